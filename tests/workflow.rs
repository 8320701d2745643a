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
    assert!(text.contains("2 entries of the baseline hide nothing"), "{text}");
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
    // A file with two names is one file.
    sandbox.write("real/main.tf", twice);
    sandbox.out("rm -f kept.tf");
    assert_eq!(sandbox.run("\"$0\" --diff").stdout.iter().filter(|byte| **byte == b'@').count(), 4);
    assert_eq!(sandbox.out("\"$0\" --fix").lines().next(), Some("2 files, all 2 tag maps judged: no findings"));
    assert_eq!(sandbox.read("real/main.tf"), twice.replace("a = \"x\", ", ""));
    assert_eq!(sandbox.out("readlink link.tf").trim(), "real/main.tf");
    sandbox.write("kept.tf", twice);
    assert_eq!(sandbox.run("\"$0\" --fix - --stdin-filename x.tf < kept.tf").status.code(), Some(2));
    assert_eq!(sandbox.run("\"$0\" --diff kept.tf").status.code(), Some(1));
}

/// A disk that is full, a limit, a kill: whatever stops the writing, the file is what it was, byte for byte.
#[test]
fn exceptions_that_do_nothing_are_taken_out_of_the_configuration() {
    let sandbox = Sandbox::new("exceptions");
    let kept = "[[ignore]]\nrule = \"tag-reserved-prefix\"\naddress = \"*.k\"\n";
    let unused = "[[ignore]]\nrule = \"tag-key-empty\"\npath = \"a/**\"\nreason = \"never there\"\n";
    let expired = "# the old platform\n\n[[ignore]]\nrule = \"tag-key-duplicate\"\npath = \"**\"\nreason = \"old\"\nuntil = 2020-01-31\n";
    let written = format!("fail-on = \"error\"\n\n{unused}\n{kept}\n{expired}");
    sandbox.write("taglint.toml", &written);
    sandbox.write("main.tf", KEY);
    sandbox.write("a/main.tf", "locals {}\n");
    let found = |flags: &str| sandbox.out(&format!("\"$0\" -o concise -q {flags} | cut -d: -f1,2,4"));
    let all = "taglint.toml:4: warning[suppression-unused] this exception to `tag-key-empty` finds nothing\n\
        taglint.toml:15: warning[suppression-expired] this exception to `tag-key-duplicate` held until 2020-01-31\n";
    assert_eq!(found(""), all);
    // Where something is left out, or cannot be read, an exception may still be of use.
    let rest = all.split_inclusive('\n').next_back().expect("a line");
    assert_eq!((found("--exclude a"), found("main.tf")), (rest.to_owned(), rest.to_owned()));
    sandbox.write("a/main.tf", "locals {\n");
    assert!(!found("--select suppression --allow-incomplete").contains("suppression-unused"));
    sandbox.write("a/main.tf", "locals {}\n");
    let after = format!("fail-on = \"error\"\n\n{kept}\n# the old platform\n");
    let diff = sandbox.run("\"$0\" --diff");
    assert_eq!((diff.status.code(), sandbox.read("taglint.toml")), (Some(1), written.clone()));
    sandbox.write("a.patch", &String::from_utf8_lossy(&diff.stdout));
    sandbox.out("cp taglint.toml before.toml && patch -p1 -s < a.patch && cp taglint.toml patched.toml && mv before.toml taglint.toml");
    assert_eq!(sandbox.read("patched.toml"), after);
    sandbox.out("\"$0\" --fix");
    assert_eq!(sandbox.read("taglint.toml"), after);
    assert!(String::from_utf8_lossy(&sandbox.run("\"$0\" --fix").stderr).contains("nothing to change"));
    // One without a reason goes only with a look, and what it hid is there again.
    sandbox.run("\"$0\" --unsafe-fixes --select suppression,tag-key-empty --fix");
    assert_eq!(sandbox.read("taglint.toml"), "fail-on = \"error\"\n\n# the old platform\n");
}

#[test]
fn a_file_that_cannot_be_written_stays_as_it_was() {
    let sandbox = Sandbox::new("full");
    let twice = "resource \"aws_kms_key\" \"k\" {\r\n  tags = { a = \"x\", a = \"y\" }\r\n}\r\n";
    let text = format!("{twice}{}", "# words that fill the file\r\n".repeat(400));
    sandbox.write("main.tf", &text);

    let output = sandbox.run("trap '' XFSZ; ulimit -f 4; exec \"$0\" --fix main.tf");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && message.contains("cannot write `main.tf`; it is as it was"), "{message}");
    assert_eq!(sandbox.read("main.tf"), text);
    assert_eq!(sandbox.out("ls -A").trim(), "main.tf", "nothing is left beside it");

    // The signal kills in the middle of the writing.
    let output = sandbox.run("ulimit -f 4; exec \"$0\" --fix main.tf");
    assert_eq!(output.status.code(), None, "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(sandbox.read("main.tf"), text);
    // What a kill leaves beside the file is no Terraform, and the next run is not kept by it.
    sandbox.out("\"$0\" --fix -q");
    assert_eq!(sandbox.read("main.tf"), text.replace("a = \"x\", ", ""));

    sandbox.write("main.tf", &text);
    let output = sandbox.run(
        "unshare -rm true 2>/dev/null || exit 77\nmkdir disk\nexec unshare -rm sh -euc '\n\
           mount -t tmpfs -o size=20k none disk || exit 77\ncp main.tf disk\ncd disk\ncode=0\n\"$0\" check . --root . --fix || code=$?\n\
           cmp main.tf ../main.tf && [ \"$(ls -A)\" = main.tf ] && exit $code' \"$0\"",
    );
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    // Who may not mount has no disk to fill; the limit above is the same to a program.
    assert!(matches!(output.status.code(), Some(2 | 77)), "{:?} {message}", output.status);
    assert!(output.status.code() == Some(77) || message.contains("No space left on device"), "{message}");
    assert_eq!(sandbox.read("main.tf"), text);
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
    // A new name is no change, and what is added under it is one.
    sandbox.out("git checkout -q . && git clean -qfd && git mv main.tf entry.tf");
    let renamed = sandbox.out("\"$0\" --changed-since HEAD -o concise || test $? = 1");
    assert!(!renamed.contains(" error[") && renamed.contains("unchanged"), "{renamed}");
    sandbox.out("echo 'resource \"aws_kms_key\" \"more\" { tags = { \"aws:more\" = 1 } }' >> entry.tf");
    let output = String::from_utf8(sandbox.run("\"$0\" --changed-since HEAD -o concise").stdout).expect("it is text");
    assert_eq!(output.matches(" error[").count(), 1, "{output}");
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
    sandbox.write("envs/taglint.toml", "[[ignore]]\nrule = \"tag-reserved-prefix\"\npath = \"e3/*\"\nreason = \"legacy\"\n");
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

/// Code scanning takes 5,000 results: merged logs have no more, and say what one run says.
#[test]
fn merged_logs_have_the_limits_of_one_run() {
    let sandbox = Sandbox::new("limits");
    for directory in 0..52 {
        let tags = ["{ \"aws:a\" = 1 }", "{ a = 1, a = 2 }", "{ \"aws:b\" = 1 } # taglint: ignore[tag-reserved-prefix] -- seen"];
        let keys = (0..110).map(|n| format!("resource \"aws_kms_key\" \"k{n}\" {{\n  tags = {}\n}}\n", tags[n % 3]));
        sandbox.write(&format!("a b{directory}/main.tf"), &keys.collect::<String>());
    }
    let script = "for i in 1 2 3; do \"$0\" --shard $i/3 $1 -q -o sarif:$i.sarif || test $? = 1; done\n\
        \"$0\" $1 -q -o sarif:whole.sarif || test $? = 1\n\
        \"$0\" merge [123].sarif > merged.sarif || test $? = 1\n\
        cmp merged.sarif whole.sarif";
    let results = || sandbox.read("whole.sarif").matches("\"ruleIndex\"").count();
    sandbox.out(&script.replace("$1", "--show-ignored"));
    assert_eq!(results(), 5000);
    assert!(sandbox.read("whole.sarif").contains("720 findings omitted, the least severe ones"));
    // What the baseline leaves out is added up, too.
    sandbox.out("\"$0\" baseline create && rm -r 'a b1' && cp -r 'a b2' new");
    sandbox.out(&script.replace("$1", "--baseline taglint-baseline.json"));
    assert_eq!(results(), 74);
    let whole = sandbox.read("whole.sarif");
    for words in ["\"3774 findings in the baseline, not listed here.", "\"74 entries of the baseline hide nothing"] {
        assert!(whole.contains(words), "{words}");
    }
}

/// The same over all that there is to find.
#[test]
fn shards_of_every_fixture_merged_are_one_run() {
    let sandbox = Sandbox::new("shards-of-all");
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
    let outputs = |name: &str| ["json", "jsonl", "sarif"].map(|format| format!("-o {format}:{name}.{format}")).join(" ");
    let run = |flags: &str, name: &str| format!("\"$0\" {fixtures}/rules {fixtures}/projects {flags} -q {} || true\n", outputs(name));
    let parts: String = (1..=3).map(|part| run(&format!("--shard {part}/3"), &part.to_string())).collect();
    sandbox.out(&format!("{parts}{}", run("", "whole")));
    for format in ["json", "jsonl", "sarif"] {
        sandbox.out(&format!("\"$0\" merge [123].{format} > merged.{format} || test $? = 3; cmp merged.{format} whole.{format}"));
    }
}

/// What a part of a tree shows is what the whole shows of that part.
#[test]
fn a_file_by_itself_is_judged_with_what_it_belongs_to() {
    let sandbox = Sandbox::new("part");
    // A comment speaks for a call whose resources lie in other files.
    sandbox.write("modules/m/main.tf", "variable \"p\" {}\nresource \"aws_kms_key\" \"k\" {\n  tags = { \"${var.p}a\" = \"x\" }\n}\n");
    let call = "# taglint: ignore[tag-reserved-prefix] -- seen\nmodule \"m\" {\n  source = \"./modules/m\"\n  p      = \"aws:\"\n}\n";
    sandbox.write("main.tf", call);
    assert!(sandbox.out("\"$0\" --format concise").contains("no findings (1 suppressed)"));
    let part = sandbox.out("\"$0\" main.tf --format concise");
    assert!(part.contains("no findings"), "the comment is of use: {part}");
    // A policy that Terraform fills in is no document of its own.
    let policy = "{ \"Version\": \"2012-10-17\", \"Statement\": [{ \"Sid\": \"A\", \"Effect\": \"Allow\", \"Principal\": { \"AWS\": \"${account}\" }, \
        \"Action\": \"kms:*\", \"Resource\": \"*\" }] }\n";
    sandbox.write("policies/key.json", policy);
    sandbox.write(
        "keys/main.tf",
        "resource \"aws_kms_key\" \"k\" {\n  policy = templatefile(\"../policies/key.json\", { account = \"111122223333\" })\n}\n",
    );
    let whole = sandbox.out("\"$0\" --format concise --exit-zero");
    let part = sandbox.out("\"$0\" policies --format concise --exit-zero");
    assert!(!whole.contains("placeholder") && !part.contains("placeholder"), "{whole}{part}");
}

/// What a pull request from a fork gets: a checkout that cannot be written, no credentials, no network.
#[test]
fn a_read_only_checkout_is_enough() {
    let sandbox = Sandbox::new("fork");
    sandbox.write("repo/main.tf", KEY);
    sandbox.out("cd repo && git init -q . && git add -A && git commit -qm one && echo '# x' >> main.tf");
    sandbox.write(
        "check.sh",
        "cd repo\n! touch written 2>/dev/null\nexport HOME=/nowhere\n\"$0\" --changed-since HEAD -o sarif:../out.sarif -o github\n",
    );
    // Some kernels let nobody take the network away; then the rest is tried.
    let output = sandbox.run(
        "if unshare -rnm true 2>/dev/null; then\n\
           exec unshare -rnm sh -euc 'mount --bind repo repo; mount -o remount,ro,bind repo; . ./check.sh' \"$0\"\n\
         elif [ \"$(id -u)\" -ne 0 ]; then chmod -R a-w repo; . ./check.sh\n\
         else (cd repo && exec \"$0\" --changed-since HEAD -o sarif:../out.sarif -o github); fi",
    );
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
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
fn sarif_names_the_revision_where_it_is_asked_for() {
    let sandbox = Sandbox::new("vcs");
    sandbox.write("main.tf", KEY);
    sandbox.out("git init -q . && git add -A && git commit -qm one && git remote add origin https://user:t0ken@example.com/a/b.git");
    sandbox.out("\"$0\" --exit-zero -q --sarif-vcs -o sarif:with.sarif && \"$0\" --exit-zero -q -o sarif:without.sarif");
    let log: serde_json::Value = serde_json::from_str(&sandbox.read("with.sarif")).expect("it is JSON");
    let details = &log["runs"][0]["versionControlProvenance"][0];
    assert_eq!(details["repositoryUri"], "https://example.com/a/b.git");
    assert_eq!(details["revisionId"], sandbox.out("git rev-parse HEAD").trim());
    assert!(!sandbox.read("without.sarif").contains("versionControlProvenance"));
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

/// The first day of a user, as the README tells it: its commands are run in order, and print what stands below them.
#[test]
fn the_path_of_the_readme_is_as_it_happened() {
    let sandbox = Sandbox::new("first-day");
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let project = root.join("fixtures/projects/first-day");
    sandbox.out(&format!("cp -R {}/. . && find . -name '*.expect' -delete && mkdir bin", project.display()));
    sandbox.out("ln -s \"$0\" bin/taglint");
    let readme = fs::read_to_string(root.join("README.md")).expect("it is there");
    let (before, rest) = readme.split_once("## From nothing to a gate").expect("the section is there");
    let (head, rest) = rest.split_once("```text\n").expect("commands");
    let (written, after) = rest.split_once("```\n").expect("they end");
    let mut happened = String::new();
    for command in written.lines().filter_map(|line| line.strip_prefix("$ ")) {
        let output = sandbox.run(&format!("PATH=\"$PWD/bin:$PATH\"; export PATH; set +e; exec 2>&1; {command}"));
        happened.push_str(&format!("$ {command}\n{}", String::from_utf8_lossy(&output.stdout)));
    }
    if env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite") {
        let readme = format!("{before}## From nothing to a gate{head}```text\n{happened}```\n{after}");
        fs::write(root.join("README.md"), readme).expect("it can be written");
    } else {
        assert_eq!(happened, written, "`SNAPSHOTS=overwrite cargo test --test workflow` writes what happens now");
    }
}
