//! Flows over several runs, in a shell as a person would type them. `$0` is taglint.
#![cfg(unix)]

use std::{
    env, fs,
    path::PathBuf,
    process::{Command, Output},
};

/// A directory of its own for one test, gone afterwards.
struct Sandbox(PathBuf);

impl Sandbox {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("taglint-workflow-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("it can be made");
        Self(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("it is below")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).expect("it is there")
    }

    fn run(&self, script: &str) -> Output {
        let mut shell = Command::new("sh");
        shell.args(["-euc", script]).arg(env!("CARGO_BIN_EXE_taglint")).current_dir(&self.0).env_clear();
        shell.env("PATH", env::var_os("PATH").unwrap_or_default()).env("HOME", &self.0).env("SOURCE_DATE_EPOCH", "1795478400");
        let author = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
        shell.envs(author.map(|name| (name, "a@example.com"))).env("GIT_CONFIG_GLOBAL", "/dev/null");
        shell.output().expect("a shell runs")
    }

    /// Runs a script that succeeds, and returns what it prints.
    fn out(&self, script: &str) -> String {
        let output = self.run(script);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{script}\n{}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(Command::new("chmod").args(["-R", "u+w"]).arg(&self.0).status());
        drop(fs::remove_dir_all(&self.0));
    }
}

const KEY: &str = "resource \"aws_kms_key\" \"k\" {\n  tags = {\n    \"aws:a\" = \"x\"\n    team    = \"b\"\n  }\n}\n";

#[test]
fn a_baseline_survives_what_moves_and_hides_nothing_new() {
    let sandbox = Sandbox::new("baseline");
    sandbox.write("main.tf", KEY);
    sandbox.write("other.tf", &KEY.replace("\"k\"", "\"l\""));
    sandbox.out("\"$0\" baseline create --reason 'before taglint' 2>&1 && \"$0\" --baseline taglint-baseline.json");
    let known = sandbox.read("taglint-baseline.json");
    assert_eq!(known.lines().count(), 4, "{known}");

    // Moved down, formatted, and in another order: nothing is new.
    let moved = format!(
        "locals {{}}\n\n\n{}\n# more\n",
        KEY.replace("    \"aws:a\" = \"x\"\n    team    = \"b\"\n", "team=\"b\"\n\"aws:a\"=\"x\"\n")
    );
    sandbox.write("main.tf", &moved);
    assert!(sandbox.out("\"$0\" --baseline taglint-baseline.json").contains("no findings (2 in the baseline)"));

    // The same defect in another file, and in another resource of the same file, are new.
    sandbox.write("third/main.tf", KEY);
    sandbox.write("other.tf", &format!("{}{}", KEY.replace("\"k\"", "\"l\""), KEY.replace("\"k\"", "\"m\"")));
    let output = sandbox.run("\"$0\" --baseline taglint-baseline.json --format concise");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("third/main.tf:3:6") && text.contains("other.tf:9:6") && text.contains("2 errors (2 in the baseline)"), "{text}");

    // Update adds, prune drops, and what a person wrote stays.
    sandbox.out("\"$0\" baseline update");
    assert_eq!(sandbox.read("taglint-baseline.json").lines().count(), 6);
    sandbox.write("other.tf", "locals {}\n");
    let text = sandbox.out("\"$0\" --baseline taglint-baseline.json");
    assert!(text.contains("2 entries of the baseline found nothing"), "{text}");
    sandbox.out("\"$0\" baseline prune");
    let left = sandbox.read("taglint-baseline.json");
    assert!(left.lines().count() == 4 && left.contains("before taglint"), "{left}");
    assert_eq!(sandbox.run("\"$0\" baseline create").status.code(), Some(2), "it exists already");
}

#[test]
fn all_is_suppressed_then_fixed_then_pruned() {
    let sandbox = Sandbox::new("round");
    sandbox.write(
        "main.tf",
        "resource \"aws_kms_key\" \"k\" {\n  tags = {\n    \"aws:a\" = \"x\"\n    team = \"a\"\n    team = \"b\"\n  }\n}\n",
    );
    let before = sandbox.read("main.tf");
    sandbox.out("\"$0\" --add-ignore='seen in review' -q");
    assert_eq!(sandbox.read("main.tf").matches("taglint: ignore").count(), 2);
    sandbox.out("\"$0\" --require-ignore-reason --min-severity info");
    // Without the ignores the fixes are made; then the comments ignore nothing, and fixes delete them.
    sandbox.out("\"$0\" --no-ignores --fix --unsafe-fixes -q");
    sandbox.out("\"$0\" --fix -q");
    assert_eq!(sandbox.read("main.tf"), before.replace("    team = \"a\"\n", "").replace("\"aws:a\"", "\"a\""));
    sandbox.out("\"$0\" --fix 2>&1 | grep 'nothing to change'");
}

#[test]
fn fixes_are_written_whole_or_not_at_all() {
    let sandbox = Sandbox::new("write");
    let twice = "resource \"aws_kms_key\" \"k\" {\r\n  tags = { a = \"x\", a = \"y\" }\r\n}\r\n";
    sandbox.write("real/main.tf", twice);
    sandbox.write("kept.tf", twice);
    sandbox.out("chmod 640 real/main.tf; ln -s real/main.tf link.tf; chmod 444 kept.tf");
    let output = sandbox.run("\"$0\" --fix real/main.tf");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(sandbox.read("real/main.tf"), twice.replace("a = \"x\", ", ""));
    assert_eq!(sandbox.out("ls -l real | grep main.tf").get(..10), Some("-rw-r-----"));
    assert_eq!(sandbox.out("ls -A real").trim(), "main.tf", "nothing is left beside it");
    let output = sandbox.run("\"$0\" --fix kept.tf");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("read-only"));
    assert_eq!(sandbox.read("kept.tf"), twice);
    assert_eq!(sandbox.run("\"$0\" --fix - --stdin-filename x.tf < kept.tf").status.code(), Some(2));
    assert_eq!(sandbox.run("\"$0\" --diff kept.tf").status.code(), Some(1));
}

#[test]
fn a_revision_hides_what_it_had_and_shows_what_changed_on_the_way() {
    let sandbox = Sandbox::new("since");
    let module =
        "variable \"prefix\" {}\nresource \"aws_kms_key\" \"k\" {\n  tags = { \"${var.prefix}a\" = \"x\", \"aws:old\" = \"y\" }\n}\n";
    sandbox.write("main.tf", &module.replace("var.prefix", "local.prefix").replace("variable \"prefix\" {}\n", ""));
    sandbox.write("locals.tf", "locals {\n  prefix = \"ok:\"\n}\n");
    sandbox.out("git init -q . && git add -A && git commit -qm one");
    assert!(sandbox.out("\"$0\" --changed-since HEAD").contains("no findings (1 unchanged)"));
    // Lines that move change nothing.
    sandbox.write("main.tf", &format!("\n\n{}", sandbox.read("main.tf")));
    assert!(sandbox.out("\"$0\" --changed-since HEAD").contains("no findings (1 unchanged)"));
    // An edit of the locals breaks a tag elsewhere.
    sandbox.write("locals.tf", "locals {\n  prefix = \"aws:\"\n}\n");
    let output = sandbox.run("\"$0\" --changed-since HEAD --format concise");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("begins with `aws:`") && text.contains("1 error (1 unchanged)"), "{text}");
    // A file that git does not know yet is new.
    sandbox.write("locals.tf", "locals {\n  prefix = \"ok:\"\n}\n");
    sandbox.write("new/main.tf", KEY);
    let output = sandbox.run("\"$0\" --changed-since HEAD --format concise");
    assert!(String::from_utf8_lossy(&output.stdout).contains("new/main.tf:3:6"));
    let output = sandbox.run("\"$0\" --changed-since nowhere");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("git knows no revision `nowhere`"));
}

#[test]
fn shards_merged_are_one_run() {
    let sandbox = Sandbox::new("shards");
    for n in 0..12 {
        sandbox.write(&format!("envs/e{n}/main.tf"), KEY);
    }
    sandbox.write("modules/m/main.tf", &KEY.replace("\"k\"", "\"m\""));
    sandbox.write("main.tf", "module \"m\" {\n  source = \"./modules/m\"\n}\n");
    sandbox.write("broken/main.tf", "resource {\n");
    sandbox.write("list.txt", "envs\nmodules\nmain.tf\nbroken\n");
    for format in ["json", "jsonl", "sarif"] {
        let script = format!(
            "for i in 1 2 3; do \"$0\" --file-list list.txt --shard $i/3 -q -o {format}:$i.{format} || true; done\n\
             \"$0\" --file-list list.txt -q -o {format}:whole.{format} || test $? = 3\n\
             \"$0\" merge [123].{format} > merged.{format} || test $? = 3\n\
             cmp merged.{format} whole.{format}"
        );
        sandbox.out(&script);
    }
    assert_eq!(sandbox.run("\"$0\" merge 1.json 2.sarif").status.code(), Some(2));
    assert_eq!(sandbox.run("\"$0\" merge list.txt").status.code(), Some(2));
}

/// What a pull request from a fork gets: a checkout that cannot be written, no credentials, no network.
#[test]
fn a_read_only_checkout_is_enough() {
    let sandbox = Sandbox::new("fork");
    sandbox.write("repo/main.tf", KEY);
    sandbox.out("cd repo && git init -q . && git add -A && git commit -qm one && echo '# x' >> main.tf && chmod -R a-w .");
    let output = sandbox.run("cd repo && exec unshare -rn \"$0\" --changed-since HEAD -o sarif:../out.sarif -o github");
    if String::from_utf8_lossy(&output.stderr).contains("unshare") {
        // Some kernels let nobody take the network away; then the rest is tried.
        assert_eq!(sandbox.run("cd repo && \"$0\" --changed-since HEAD -o sarif:../out.sarif -o github").status.code(), Some(0));
    } else {
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(sandbox.read("out.sarif").contains("\"results\": []"));
}

#[test]
fn the_format_never_changes_the_exit_code() {
    let sandbox = Sandbox::new("code");
    sandbox.write("main.tf", KEY);
    sandbox.write("clean/main.tf", "locals {}\n");
    let help = sandbox.out("\"$0\" check --help");
    let formats = help.split("--format <FORMAT>").nth(1).and_then(|rest| rest.split("[possible values: ").nth(1)).expect("they are listed");
    let formats = formats.split(']').next().expect("a list").split_whitespace().collect::<String>();
    assert!(formats.split(',').count() >= 13, "{formats}");
    for format in formats.split(',') {
        assert_eq!(sandbox.run(&format!("\"$0\" main.tf --format {format}")).status.code(), Some(1), "{format}");
        assert_eq!(sandbox.run(&format!("\"$0\" clean --format {format}")).status.code(), Some(0), "{format}");
    }
}

#[test]
fn a_job_of_github_gets_a_summary_and_one_of_azure_a_name() {
    let sandbox = Sandbox::new("ci");
    sandbox.write("main.tf", KEY);
    let out = sandbox.out("GITHUB_STEP_SUMMARY=summary.md \"$0\" --exit-zero -o github");
    assert!(out.starts_with("::error file=main.tf,line=3,"), "{out}");
    assert!(sandbox.read("summary.md").starts_with("<!-- taglint -->\n### taglint: 1 error"));
    sandbox.out(
        "TF_BUILD=True SYSTEM_DEFINITIONID=7 BUILD_DEFINITIONNAME=ci \"$0\" --exit-zero -q -o sarif:a.sarif --sarif-category nightly/",
    );
    let log: serde_json::Value = serde_json::from_str(&sandbox.read("a.sarif")).expect("it is JSON");
    let details = &log["runs"][0]["automationDetails"];
    assert_eq!(details["id"], "azuredevops/pipeline/build/taglint/nightly/");
    assert_eq!(details["properties"]["azuredevops/pipeline/build/buildDefinitionId"], "7");
}
