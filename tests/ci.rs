//! The shell parts of what is shipped for CI systems, run with the variables that their runners set and a stand-in for what they install.
#![cfg(unix)]

use std::{
    collections::BTreeSet,
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

struct Runner {
    directory: PathBuf,
}

impl Runner {
    /// A job's directory with a defect in it, and `taglint` on the path.
    fn new(name: &str) -> Self {
        let directory = env::temp_dir().join(format!("taglint-ci-{}-{name}", std::process::id()));
        fs::create_dir_all(directory.join("bin")).expect("it can be made");
        fs::create_dir_all(directory.join("temp")).expect("it can be made");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_taglint"), directory.join("bin/taglint")).expect("it can be made");
        fs::create_dir_all(directory.join("work")).expect("it can be made");
        fs::write(directory.join("work/main.tf"), "resource \"aws_kms_key\" \"k\" {\n  tags = { \"aws:a\" = \"x\" }\n}\n")
            .expect("written");
        Self { directory }
    }

    fn stub(&self, name: &str, script: &str) {
        let path = self.directory.join("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it can be run");
    }

    fn run(&self, shell: &str, script: &str, variables: &[(&str, &str)]) -> Output {
        let path = format!("{}:{}", self.directory.join("bin").display(), env::var("PATH").unwrap_or_default());
        let mut command = Command::new(shell);
        command.arg("-c").arg(script).current_dir(self.directory.join("work")).env_clear().env("PATH", path);
        command.env("RUNNER_TEMP", self.directory.join("temp")).env("AGENT_TEMPDIRECTORY", self.directory.join("temp"));
        command.env("GITHUB_OUTPUT", self.directory.join("output")).env("CI_PROJECT_DIR", self.directory.join("work"));
        command.envs(variables.iter().copied()).output().expect("a shell runs")
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.directory.join(path)).unwrap_or_default()
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.directory));
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The block scripts of a YAML file: what stands, indented, below a key that ends with `|`.
fn scripts(file: &str) -> Vec<String> {
    let yaml = fs::read_to_string(root().join(file)).expect("it is there");
    let mut found = Vec::new();
    let mut lines = yaml.lines().peekable();
    while let Some(line) = lines.next() {
        if !line.trim_end().ends_with('|') {
            continue;
        }
        let indent = |line: &str| line.len() - line.trim_start().len();
        let first = lines.peek().map_or(0, |line| indent(line));
        let mut script = String::new();
        while let Some(line) = lines.next_if(|line| line.trim().is_empty() || indent(line) >= first) {
            script.push_str(line.get(first..).unwrap_or_default());
            script.push('\n');
        }
        found.push(script);
    }
    found
}

#[test]
fn the_action_reports_and_leaves_the_verdict_to_its_last_step() {
    let runner = Runner::new("github");
    let script = format!("bash {}", root().join("ci/github.sh").display());
    let inputs =
        [("INPUT_PATHS", "."), ("INPUT_SARIF_CATEGORY", "keys"), ("INPUT_BINARY", "taglint"), ("GITHUB_STEP_SUMMARY", "summary.md")];
    let output = runner.run("bash", &script, &inputs);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("::error file=main.tf,line=2,"), "{}", text(&output.stdout));
    let sarif = runner.directory.join("temp/taglint.sarif");
    assert_eq!(runner.read("output"), format!("findings=1\nexit-code=1\nsarif-file={}\n", sarif.display()));
    assert!(runner.read("temp/taglint.sarif").contains("\"id\": \"taglint/keys/\""));
    assert!(runner.read("work/summary.md").contains("1 error"));
}

#[test]
fn the_action_passes_words_on_as_they_are() {
    let runner = Runner::new("words");
    runner.stub("stand-in", "for word in \"$@\"; do echo \"[$word]\"; done; exit 2");
    let script = format!("bash {}", root().join("ci/github.sh").display());
    let inputs = [
        ("INPUT_PATHS", "a b $(touch pwned)"),
        ("INPUT_ARGS", "--select tag;x *"),
        ("INPUT_FAIL_ON", "error"),
        ("INPUT_BINARY", "stand-in"),
    ];
    let output = runner.run("bash", &script, &inputs);
    let words: Vec<String> = text(&output.stdout).lines().map(str::to_owned).collect();
    assert_eq!(words[..3], ["[check]", "[--fail-on]", "[error]"]);
    for word in ["[tag;x]", "[*]", "[--]", "[a]", "[$(touch]", "[pwned)]"] {
        assert!(words.iter().any(|found| found == word), "{word} in {words:?}");
    }
    assert_eq!(runner.read("output"), "findings=0\nexit-code=2\n");
}

#[test]
fn the_action_compares_a_pull_request_with_its_base() {
    let runner = Runner::new("base");
    runner.stub("stand-in", "echo \"$@\"");
    let script = format!("bash {}", root().join("ci/github.sh").display());
    let inputs = [("INPUT_CHANGED_ONLY", "true"), ("GITHUB_BASE_REF", "main"), ("INPUT_BINARY", "stand-in")];
    runner.stub("git", "echo \"git $*\"");
    let out = text(&runner.run("bash", &script, &inputs).stdout);
    assert!(out.contains("git fetch --quiet --depth=1 origin refs/heads/main\n") && out.contains("--changed-since FETCH_HEAD"), "{out}");
    runner.stub("git", "exit 1");
    let out = text(&runner.run("bash", &script, &inputs).stdout);
    assert!(out.contains("::warning title=taglint::") && !out.contains("--changed-since"), "{out}");
}

#[test]
fn every_input_of_the_action_is_used() {
    let action = fs::read_to_string(root().join("action.yml")).expect("it is there");
    let (inputs, steps) = action.split_once("\noutputs:").expect("there are outputs");
    let names: BTreeSet<&str> = inputs
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| line.trim().trim_end_matches(':'))
        .collect();
    let names: Vec<&&str> = names.iter().filter(|name| !name.starts_with("icon") && !name.starts_with("color")).collect();
    assert!(names.len() >= 9, "{names:?}");
    let guide = fs::read_to_string(root().join("docs/integrations.md")).expect("it is there");
    for name in names {
        assert!(steps.contains(&format!("inputs.{name}")), "{name}");
        assert!(guide.contains(&format!("`{name}`")), "docs/integrations.md says nothing of `{name}`");
    }
    let script = fs::read_to_string(root().join("ci/github.sh")).expect("it is there");
    for variable in
        steps.lines().filter_map(|line| line.trim().split_once(": ").map(|(name, _)| name)).filter(|name| name.starts_with("INPUT_"))
    {
        assert!(script.contains(variable), "{variable}");
    }
}

#[test]
fn gitlab_gets_its_reports_and_the_gate_decides() {
    let runner = Runner::new("gitlab");
    let [check, gate] = &scripts("templates/taglint.yml")[..] else { panic!("two scripts") };
    let output = runner.run("sh", &format!("set -e\n{check}"), &[("TAGLINT_PATHS", "."), ("TAGLINT_ARGS", "--fail-on error")]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(runner.read("work/taglint.env"), "TAGLINT_EXIT_CODE=1\n");
    for (file, part) in
        [("gl-taglint.sarif", "\"version\": \"2.1.0\""), ("gl-code-quality.json", "\"check_name\""), ("gl-junit.xml", "<testsuites")]
    {
        assert!(runner.read(&format!("work/{file}")).contains(part), "{file}");
    }
    assert_eq!(runner.run("sh", &format!("set -e\n{gate}"), &[("TAGLINT_EXIT_CODE", "1")]).status.code(), Some(1));
    assert_eq!(runner.run("sh", &format!("set -e\n{gate}"), &[("TAGLINT_EXIT_CODE", "0")]).status.code(), Some(0));
}

/// Cargo takes the name of a branch for no revision.
#[test]
fn gitlab_builds_a_tag_or_a_branch() {
    let runner = Runner::new("gitlab-build");
    let check = &scripts("templates/taglint.yml")[0];
    fs::remove_file(runner.directory.join("bin/taglint")).expect("it was there");
    let there = env!("CARGO_BIN_EXE_taglint");
    let cargo = format!(
        "echo \"$*\" >> calls\ncase \"$*\" in *\" $KIND main \"*) mkdir -p .taglint/bin && ln -s {there} .taglint/bin/taglint ;; *) exit 101 ;; esac"
    );
    runner.stub("cargo", &cargo);
    for (kind, calls) in [("--tag", 1), ("--branch", 2)] {
        let variables = [("KIND", kind), ("TAGLINT_VERSION", "main"), ("TAGLINT_PATHS", "main.tf"), ("TAGLINT_ARGS", "")];
        let output = runner.run("sh", &format!("set -e\nrm -rf .taglint calls\n{check}"), &variables);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert_eq!(runner.read("work/calls").lines().count(), calls, "{kind}");
        assert_eq!(runner.read("work/taglint.env"), "TAGLINT_EXIT_CODE=1\n");
    }
    let output = runner.run("sh", &format!("set -e\nrm -rf .taglint\n{check}"), &[("KIND", "none"), ("TAGLINT_VERSION", "main")]);
    assert_eq!(output.status.code(), Some(101));
}

/// The commands of the guide, line by line, where Terraform and checkouts are stood in for: each of them ends with a verdict.
#[test]
fn the_recipes_of_the_guide_run() {
    let runner = Runner::new("guide");
    let plan = root().join("fixtures/terraform/plans");
    let plan =
        fs::read_dir(&plan).expect("plans").map(|entry| entry.expect("readable").path().join("plan.json")).find(|path| path.exists());
    let plan = plan.expect("a plan is there");
    runner.stub("terraform", &format!("case $1 in plan) touch tfplan ;; show) cat {} ;; esac", plan.display()));
    fs::create_dir_all(runner.directory.join("checkouts/owner/name")).expect("it can be made");
    fs::copy(runner.directory.join("work/main.tf"), runner.directory.join("checkouts/owner/name/main.tf")).expect("copied");
    assert!(runner.run("sh", "taglint config init", &[]).status.success());
    let guide = fs::read_to_string(root().join("docs/integrations.md")).expect("it is there");
    let mut commands: Vec<String> = Vec::new();
    let mut language = "";
    for line in guide.lines() {
        match line.strip_prefix("```") {
            Some(fence) => language = fence,
            None if language == "sh" => commands.push(line.to_owned()),
            None if language == "yaml" => commands.extend(line.trim().strip_prefix("- run: ").map(str::to_owned)),
            None => {}
        }
    }
    assert!(commands.len() >= 12, "{commands:#?}");
    // What the runners set: Atlantis, a matrix, an array job.
    let variables = [
        ("DIR", "."),
        ("WORKSPACE", "default"),
        ("PLANFILE", "tfplan"),
        ("ATLANTIS_TERRAFORM_VERSION", "1.11.4"),
        ("INDEX", "1"),
        ("COUNT", "1"),
    ];
    for command in commands {
        let script = command.replace("/checkouts/", &format!("{}/checkouts/", runner.directory.display()));
        let output = runner.run("sh", &script, &variables);
        let said = format!("{command}\n{}{}", text(&output.stdout), text(&output.stderr));
        let finds = ["taglint check", "taglint merge"].iter().any(|verb| command.contains(verb)) && !command.contains("||");
        let expected: &[i32] = if finds { &[0, 1] } else { &[0] };
        assert!(output.status.code().is_some_and(|code| expected.contains(&code)), "{:?}: {said}", output.status.code());
    }
    assert!(runner.read("work/all.jsonl").contains("{\"type\":\"finding\""));
    assert!(runner.read("work/taglint.toml").contains("\nbaseline = "));
}

#[test]
fn azure_gets_issues_and_the_gate_decides() {
    let runner = Runner::new("azure");
    let [check, gate] = &scripts("azure/taglint.yml")[..] else { panic!("two scripts") };
    let output =
        runner.run("bash", check, &[("TAGLINT_PATHS", "."), ("TAGLINT_ARGS", ""), ("TF_BUILD", "True"), ("SYSTEM_DEFINITIONID", "12")]);
    let out = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(out.starts_with("##vso[task.logissue type=error;sourcepath=main.tf;linenumber=2;"), "{out}");
    assert!(out.ends_with("##vso[task.setvariable variable=taglintExitCode]1\n"), "{out}");
    assert!(runner.read("temp/taglint/taglint.sarif").contains("azuredevops/pipeline/build/taglint/"));
    assert!(runner.read("temp/taglint/junit.xml").contains("<testsuites"));
    assert_eq!(runner.run("bash", gate, &[("CODE", "3")]).status.code(), Some(3));
}

/// Flags that the guides name exist.
#[test]
fn the_guides_name_flags_that_exist() {
    let help = |arguments: &[&str]| text(&Command::new(env!("CARGO_BIN_EXE_taglint")).args(arguments).output().expect("it runs").stdout);
    let known =
        [help(&["check", "--help"]), help(&["baseline", "create", "--help"]), help(&["merge", "--help"]), help(&["effective", "--help"])]
            .concat();
    let mut files = vec!["docs/integrations.md", ".pre-commit-hooks.yaml", "templates/taglint.yml", "azure/taglint.yml", "ci/github.sh"];
    files.push("README.md");
    for file in files {
        let page = fs::read_to_string(root().join(file)).expect("it is there");
        for line in page.lines().filter(|line| line.contains("taglint")) {
            for word in line.split(|c: char| c.is_whitespace() || matches!(c, '`' | '"' | '\'' | '(' | ')' | '[' | ']' | ',')) {
                let flag = word.split('=').next().unwrap_or_default();
                let is_flag = flag.len() > 3 && flag.starts_with("--") && flag[2..].chars().all(|c| c.is_ascii_lowercase() || c == '-');
                let is_ours = !["--locked", "--git", "--root", "--path", "--release", "--depth", "--quiet"].contains(&flag);
                assert!(!is_flag || !is_ours || known.contains(flag), "{file}: {flag} in `{line}`");
            }
        }
    }
}

/// The gate runs the flows with the tools of others, and each of them can be read by a shell.
#[test]
fn the_gate_runs_the_flows() {
    let gate = fs::read_to_string(root().join(".ci/run")).expect("it is there");
    assert!(gate.lines().any(|line| line == "e2e/run"));
    for script in [".ci/run", "e2e/run", "ci/github.sh", "fixtures/terraform/format/record.sh"] {
        let path = root().join(script);
        assert!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o100 != 0, "{script} cannot be run");
        let output = Command::new("bash").arg("-n").arg(&path).output().expect("bash runs");
        assert!(output.status.success(), "{script}: {}", text(&output.stderr));
    }
    let flows = fs::read_to_string(root().join("e2e/run")).expect("it is there");
    for tool in ["pre-commit", "maturin", "sarif-tools", "duckdb", "@microsoft/sarif-multitool-linux@"] {
        assert!(flows.contains(tool), "{tool}");
    }
    assert!(flows.matches("skip \"").count() >= 4, "what cannot be reached is said");
}
