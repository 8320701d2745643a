//! Loading, on small trees made for each test.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
};

use taglint::{
    config::{FilesConfig, RequestFiles},
    facts::Facts,
    project::{
        Project,
        load::{LoadError, LoadSettings, list, load, tree_of},
    },
    terraform,
    value::{Data, Unknown, Value},
};

/// A directory that is removed at the end; a version control root.
struct Tree(PathBuf);

impl Tree {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let root = env::temp_dir().join(format!("taglint-{}-{name}", process::id()));
        drop(fs::remove_dir_all(&root));
        fs::create_dir_all(root.join(".git")).expect("it can be made");
        let tree = Self(fs::canonicalize(root).expect("it exists"));
        files.iter().for_each(|(path, text)| tree.write(path, text));
        tree
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("it is a file")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }

    fn load(&self, paths: &[&str], settings: &LoadSettings) -> Project {
        let paths: Vec<PathBuf> = paths.iter().map(|path| self.0.join(path)).collect();
        load(&paths, settings).expect("it loads")
    }

    fn list(&self, path: &str) -> Vec<String> {
        list(&[self.0.join(path)], &LoadSettings::default()).expect("it can be listed")
    }

    fn link(&self, path: &str, target: impl AsRef<Path>) {
        #[cfg(unix)]
        std::os::unix::fs::symlink(target, self.0.join(path)).expect("it can be linked");
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn paths(project: &Project) -> Vec<&str> {
    project.sources.iter().map(|source| source.path()).collect()
}

fn selected(project: &Project) -> Vec<&str> {
    project.selected.iter().map(|id| project.sources.get(*id).path()).collect()
}

const CALL: &str = "module \"k\" {\n  source = \"../../modules/k\"\n}\n";
const REQUEST: &str = r#"{"KeyId": "x", "Tags": []}"#;

#[test]
fn hidden_and_ignored_files_are_left_out_and_named_ones_are_not() {
    let tree = Tree::new(
        "hidden",
        &[
            ("main.tf", ""),
            (".hidden.tf", ""),
            (".terraform/modules/x/main.tf", ""),
            (".gitignore", "/out\n*.auto.tfvars\n"),
            ("out/main.tf", ""),
            ("a/.gitignore", "!keep.auto.tfvars\n"),
            ("a/keep.auto.tfvars", ""),
            ("a/lose.auto.tfvars", ""),
            ("readme.md", ""),
        ],
    );
    assert_eq!(tree.list("."), ["a/keep.auto.tfvars", "main.tf"]);
    assert_eq!(tree.list("out"), ["out/main.tf"], "a directory that is named is walked");
    assert_eq!(selected(&tree.load(&[".hidden.tf"], &LoadSettings::default())), [".hidden.tf"]);
}

/// A module that is loaded for its callers' sake has the files that a walk over the tree finds in it; one that is ignored itself has all.
#[test]
fn a_called_module_has_the_files_that_a_walk_meets() {
    let call = "module \"a\" {\n  source = \"../a\"\n}\nmodule \"b\" {\n  source = \"../vendor/b\"\n}\n";
    let tree = Tree::new(
        "called-ignored",
        &[
            (".gitignore", "*.auto.tfvars\n/vendor\n"),
            ("a/main.tf", ""),
            ("a/x.auto.tfvars", ""),
            ("a/legacy.tf", ""),
            ("env/main.tf", call),
            ("vendor/b/main.tf", ""),
            ("vendor/b/x.auto.tfvars", ""),
        ],
    );
    let mut settings = LoadSettings::default();
    settings.exclude(&tree.0, &FilesConfig { exclude: vec!["a/legacy.tf".into()] }).expect("it is a pattern");
    let expected = ["a/main.tf", "env/main.tf", "vendor/b/main.tf", "vendor/b/x.auto.tfvars"];
    assert_eq!(paths(&tree.load(&["."], &settings)), expected);
    assert_eq!(paths(&tree.load(&["env"], &settings)), expected);
}

#[test]
fn a_repository_in_the_tree_has_its_own_ignores() {
    let tree = Tree::new("nested", &[(".gitignore", "*.tf\n"), ("main.tf", ""), ("sub/.git", ""), ("sub/main.tf", "")]);
    assert_eq!(tree.list("."), ["sub/main.tf"]);
}

#[test]
fn excluded_files_are_left_out_and_named_ones_are_not() {
    let tree = Tree::new("excluded", &[("main.tf", ""), ("examples/a/main.tf", ""), ("legacy/x.tf", ""), ("legacy/y.tf", "")]);
    let mut settings = LoadSettings::default();
    let files = FilesConfig { exclude: vec!["examples".into(), "legacy/x*".into()] };
    settings.exclude(&tree.0, &files).expect("they are patterns");
    assert_eq!(paths(&tree.load(&["."], &settings)), ["legacy/y.tf", "main.tf"]);
    assert_eq!(selected(&tree.load(&["legacy/x.tf"], &settings)), ["legacy/x.tf"]);
}

#[test]
fn json_that_is_not_ours_is_dropped_and_counted() {
    let tree = Tree::new("json", &[("package.json", "{}"), ("tag.json", REQUEST), ("a.tf.json", "{}"), ("odd.body", "{}")]);
    let ours = LoadSettings { facts: Some(Facts::builtin().clone()), ..LoadSettings::default() };
    let project = tree.load(&["."], &ours);
    assert_eq!(paths(&project), ["a.tf.json", "tag.json"]);
    assert_eq!((project.skipped, project.left_out[0].path.as_str()), (1, "package.json"));
    assert_eq!(paths(&tree.load(&["package.json"], &ours)), ["package.json"], "a named file is kept");

    let mut settings = ours;
    let declared = RequestFiles { files: "*.body".into(), operation: "kms:TagResource".into() };
    settings.declare(&tree.0, &[declared]).expect("it is a pattern");
    let project = tree.load(&["."], &settings);
    assert_eq!(paths(&project), ["a.tf.json", "odd.body", "tag.json"]);
    assert_eq!(project.declared.values().collect::<Vec<_>>(), ["kms:TagResource"]);
}

#[test]
fn a_file_that_is_named_as_a_policy_is_kept_whatever_it_lacks() {
    let tree = Tree::new("policies", &[("app.key-policy.json", "{}"), ("other.json", "{}")]);
    let settings = LoadSettings { facts: Some(Facts::builtin().clone()), ..LoadSettings::default() };
    assert_eq!(paths(&tree.load(&[""], &settings)), ["app.key-policy.json"]);
}

#[test]
fn a_named_file_that_is_not_for_us_is_told_and_the_rest_goes_on() {
    let tree = Tree::new(
        "foreign",
        &[("main.tf", ""), ("notes.md", "# x"), ("data.txt", "[]"), ("plan.out", "PK\u{3}\u{4}x"), ("bin.json", "\0")],
    );
    tree.write("plan.json", r#"{"format_version":"1.2","resource_changes":[]}"#);
    tree.write("state.json", r#"{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{}}}"#);
    tree.write("log.json", "{\"@level\":\"info\",\"@message\":\"Terraform 1.11.4\"}\n{\"@level\":\"info\",\"@message\":\"Plan\"}\n");
    let files = ["log.json", "main.tf", "notes.md", "data.txt", "plan.out", "bin.json", "plan.json", "state.json"];
    let project = tree.load(&files, &LoadSettings::default());
    assert_eq!(selected(&project), ["data.txt", "main.tf", "plan.json"]);
    let told: Vec<String> = project.unreadable.iter().map(|file| format!("{}: {}", file.path, file.message)).collect();
    assert_eq!(
        told,
        [
            "bin.json: a binary file; taglint reads UTF-8 text",
            "log.json: a log of Terraform; `terraform show -json` writes a plan that taglint reads",
            "notes.md: neither Terraform nor JSON; taglint reads .tf, .tofu, .tfvars and .json files, and others that hold JSON",
            "plan.out: a saved plan or another archive; `terraform show -json` writes a plan that taglint reads",
            "state.json: a Terraform state; name the directory of its configuration instead",
        ]
    );
}

#[test]
fn a_file_brings_its_module_its_callers_and_what_they_call() {
    let tree = Tree::new(
        "callers",
        &[
            (
                "envs/prod/main.tf",
                "module \"k\" {\n  source = \"../../modules/k\"\n}\nmodule \"other\" {\n  source = \"../../modules/other\"\n}\n",
            ),
            ("envs/prod/terraform.tfvars", ""),
            ("envs/dev/main.tf", ""),
            ("modules/k/main.tf", ""),
            ("modules/k/variables.tf", ""),
            ("modules/other/main.tf", ""),
        ],
    );
    let project = tree.load(&["modules/k/main.tf"], &LoadSettings::default());
    assert_eq!(selected(&project), ["modules/k/main.tf"]);
    assert_eq!(
        paths(&project),
        ["envs/prod/main.tf", "envs/prod/terraform.tfvars", "modules/k/main.tf", "modules/k/variables.tf", "modules/other/main.tf"]
    );
}

#[test]
fn what_is_installed_of_a_registry_and_of_git_is_called() {
    let manifest = r#"{"Modules": [
        {"Key": "", "Source": "", "Dir": "."},
        {"Key": "label", "Source": "registry.terraform.io/cloudposse/label/null", "Version": "0.25.0", "Dir": ".terraform/modules/label"},
        {"Key": "key", "Source": "git::https://example.com/key.git?ref=v1", "Dir": ".terraform/modules/key/inner"},
        {"Key": "key.label", "Source": "registry.terraform.io/cloudposse/label/null", "Version": "0.24.1", "Dir": ".terraform/modules/key.label"}
    ]}"#;
    let main = r#"
module "label" {
  source  = "cloudposse/label/null"
  version = "0.25.0"
  name    = "a"
}
module "key" {
  source = "git::https://example.com/key.git//inner?ref=v1"
  name   = module.label.id
}
module "absent" {
  source = "git::https://example.com/absent.git"
}
locals { x = [module.label.id, module.key.id, module.absent.id] }
"#;
    let label = |mark: &str| format!("variable \"name\" {{}}\noutput \"id\" {{\n  value = \"{mark}-${{var.name}}\"\n}}\n");
    let key = "variable \"name\" {}\nmodule \"label\" {\n  source = \"cloudposse/label/null\"\n  name = var.name\n}\noutput \"id\" {\n  value = module.label.id\n}\n";
    let tree = Tree::new(
        "installed",
        &[
            ("env/main.tf", main),
            ("env/.terraform/modules/modules.json", manifest),
            ("env/.terraform/modules/label/main.tf", &label("new")),
            ("env/.terraform/modules/key/inner/main.tf", key),
            ("env/.terraform/modules/key.label/main.tf", &label("old")),
        ],
    );
    let project = tree.load(&["env"], &LoadSettings::default());
    let Data::Sequence(values) = terraform::local(&project, "env", "x").expect("it is declared").data else { panic!("a list") };
    let known = |value: &Value| Some(value.to_text()?.known()?.to_owned());
    assert_eq!(values.iter().map(known).collect::<Vec<_>>(), [Some("new-a".to_owned()), Some("old-new-a".to_owned()), None]);
    assert_eq!(values[2].why_unknown(), Some(Unknown::MissingModule));
}

#[test]
fn a_directory_brings_what_it_calls_and_knows_who_calls_it() {
    let tree = Tree::new("directory", &[("envs/prod/main.tf", CALL), ("envs/dev/main.tf", ""), ("modules/k/main.tf", "")]);
    let project = tree.load(&["envs/prod"], &LoadSettings::default());
    assert_eq!(paths(&project), ["envs/prod/main.tf", "modules/k/main.tf"]);
    let project = tree.load(&["modules"], &LoadSettings::default());
    assert_eq!(paths(&project), ["modules/k/main.tf"]);
    assert_eq!((project.calls[0].from.as_str(), project.calls[0].to.as_str()), ("envs/prod", "modules/k"));
}

#[test]
fn a_path_that_does_not_exist_or_lies_outside_stops_the_run() {
    let tree = Tree::new("missing", &[("main.tf", ""), ("sub/main.tf", "")]);
    let missing = load(&[tree.0.join("nope.tf")], &LoadSettings::default());
    assert!(matches!(missing, Err(LoadError::NoSuchPath { .. })));
    let root = Some(tree.0.join("sub"));
    let outside = load(&[tree.0.join("main.tf")], &LoadSettings { root, ..LoadSettings::default() });
    assert!(matches!(outside, Err(LoadError::Outside { .. })));
    assert_eq!(tree_of(&tree.0.join("sub/main.tf")).expect("it exists"), tree.0);
}

#[test]
fn an_overlay_stands_in_for_a_file_that_need_not_exist() {
    let tree = Tree::new("overlay", &[("main.tf", "old")]);
    let overlay = [(tree.0.join("main.tf"), b"new".to_vec().into()), (tree.0.join("more.tf"), b"more".to_vec().into())].into();
    let project = tree.load(&["main.tf", "more.tf"], &LoadSettings { overlay, ..LoadSettings::default() });
    let texts: Vec<&str> = project.sources.iter().map(|source| source.text()).collect();
    assert_eq!(texts, ["new", "more"]);
}

#[cfg(unix)]
mod unix {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt, process::Command};

    use super::*;

    #[test]
    fn links_are_followed_in_the_tree_without_end_or_escape() {
        let tree = Tree::new("links", &[("a/main.tf", ""), ("b/x.tf", "")]);
        let outside = Tree::new("outside", &[("secret.tf", "")]);
        tree.link("a/loop", "..");
        tree.link("a/b", "../b");
        tree.link("b/a", "../a");
        tree.link("a/out", &outside.0);
        tree.link("a/secret.tf", outside.0.join("secret.tf"));
        tree.link("a/broken.tf", "nowhere.tf");
        tree.link("a/shared.tf", "../b/x.tf");
        let project = tree.load(&["."], &LoadSettings::default());
        assert_eq!(paths(&project), ["a/b/x.tf", "a/main.tf", "a/shared.tf", "b/a/main.tf", "b/a/shared.tf", "b/x.tf"]);
        let unreadable: Vec<&str> = project.unreadable.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(unreadable, ["a/broken.tf", "a/secret.tf", "b/a/broken.tf", "b/a/secret.tf"]);
        assert!(project.left_out.iter().any(|file| file.path == "a/out"));
    }

    #[test]
    fn links_into_each_other_do_not_multiply() {
        let tree = Tree::new("braid", &[("d0/main.tf", "")]);
        for level in 1..=20 {
            fs::create_dir(tree.0.join(format!("d{level}"))).expect("it can be made");
            tree.link(&format!("d{level}/x"), format!("../d{}", level - 1));
            tree.link(&format!("d{level}/y"), format!("../d{}", level - 1));
        }
        assert!(tree.list(".").len() < 2000);
    }

    #[test]
    fn a_pipe_is_never_opened() {
        let tree = Tree::new("pipe", &[("main.tf", "")]);
        assert!(Command::new("mkfifo").arg(tree.0.join("pipe.tf")).status().expect("mkfifo runs").success());
        let project = tree.load(&["."], &LoadSettings::default());
        assert_eq!((paths(&project), project.unreadable.len()), (vec!["main.tf"], 0));
        let project = tree.load(&["main.tf", "pipe.tf"], &LoadSettings::default());
        assert_eq!(project.unreadable[0].message, "not a regular file; pipe it to `-` with `--stdin-filename`");
    }

    #[test]
    fn a_name_that_is_not_utf_8_is_shown_as_well_as_it_can_be() {
        let tree = Tree::new("lossy", &[]);
        fs::write(tree.0.join(OsStr::from_bytes(b"a\xff.tf")), "x = 1").expect("it can be written");
        let project = tree.load(&["."], &LoadSettings::default());
        assert_eq!(paths(&project), ["a\u{fffd}.tf"]);
        assert_eq!(project.sources.iter().next().map(|source| source.text()), Some("x = 1"));
    }

    #[test]
    fn a_directory_named_like_a_file_is_a_directory() {
        let tree = Tree::new("x-tf", &[("x.tf/main.tf", "")]);
        assert_eq!(tree.list("."), ["x.tf/main.tf"]);
        let project = tree.load(&["x.tf/main.tf"], &LoadSettings::default());
        assert_eq!(selected(&project), ["x.tf/main.tf"]);
    }
}
