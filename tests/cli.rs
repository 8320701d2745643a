//! The command line: every case is a file in `tests/cmd`. `SNAPSHOTS=overwrite` writes what is expected anew.

use std::{
    env,
    process::{Command, Output},
};

#[test]
fn every_case_prints_what_its_file_says() {
    if env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite") && env::var_os("TRYCMD").is_none() {
        let again = env::current_exe().and_then(|test| Command::new(test).env("TRYCMD", "overwrite").status());
        assert!(again.expect("the test runs").success());
        return;
    }
    trycmd::TestCases::new().default_bin_path(env!("CARGO_BIN_EXE_taglint")).case("tests/cmd/*.toml");
}

/// What the README shows is what taglint prints.
#[test]
fn the_readme_tells_the_truth() {
    trycmd::TestCases::new().default_bin_path(env!("CARGO_BIN_EXE_taglint")).case("README.md");
}

/// Runs a shell script in which `$0` is taglint, in an empty directory.
#[cfg(unix)]
fn shell(name: &str, script: &str) -> Output {
    let directory = env::temp_dir().join(format!("taglint-cli-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("it can be made");
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script).arg(env!("CARGO_BIN_EXE_taglint")).current_dir(&directory).env_remove("TAGLINT_CONFIG");
    let output = shell.output().expect("a shell runs");
    std::fs::remove_dir_all(&directory).expect("it can be removed");
    output
}

#[cfg(unix)]
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("it is text")
}

#[test]
#[cfg(unix)]
fn a_reader_that_leaves_is_no_failure() {
    let output = shell("pipe", "mkfifo p; (exec <p; sleep 0.2) & exec 3>p; sleep 0.5; \"$0\" explain --all >&3; echo $?");
    assert_eq!((text(&output.stdout), text(&output.stderr)), ("0\n", ""));
}

#[test]
#[cfg(unix)]
fn a_file_that_cannot_be_read_is_told_and_the_rest_checked() {
    let output = shell("link", "echo > main.tf; ln -s nowhere gone.tf; ln -s . again; mkfifo pipe.tf; mkdir x.tf; \"$0\" -v");
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stdout).contains("gone.tf: cannot be read: a link that leads nowhere"), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("1 file,"), "{}", text(&output.stdout));
    assert_eq!(text(&output.stderr), "left out: again: a link to a directory above it\nleft out: pipe.tf: not a regular file\n");
}

/// Every flag of `check` can be set by a variable of the same name.
#[test]
fn every_flag_has_a_twin_in_the_environment() {
    let output = Command::new(env!("CARGO_BIN_EXE_taglint")).args(["check", "--help"]).output().expect("it runs");
    let help = String::from_utf8(output.stdout).expect("it is text");
    let flags: Vec<&str> = help
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix('-'))
        .filter_map(|line| line.split("--").nth(1).or(line.strip_prefix('-')))
        .map(|name| name.split([' ', ',', '[']).next().unwrap_or_default())
        .filter(|name| *name != "help")
        .collect();
    assert!(flags.len() >= 18, "{flags:?}");
    for flag in flags {
        let twin = format!("[env: TAGLINT_{}", flag.replace('-', "_").to_uppercase());
        assert!(help.contains(&twin), "--{flag} has no {twin}]");
    }
}

#[test]
#[cfg(unix)]
fn colours_follow_the_flag_then_the_environment() {
    let colored = |environment: &str, flag: &str| {
        let script = format!("env -u NO_COLOR -u FORCE_COLOR -u CLICOLOR_FORCE {environment} \"$0\" {flag} nope");
        text(&shell(&environment.replace('=', "-"), &script).stderr).contains('\u{1b}')
    };
    assert!(!colored("A=1", ""), "it is no terminal");
    assert!(colored("FORCE_COLOR=1", ""));
    assert!(colored("CLICOLOR_FORCE=1", ""));
    assert!(!colored("FORCE_COLOR=1 NO_COLOR=1", ""));
    assert!(!colored("FORCE_COLOR=1", "--color never"));
    assert!(colored("NO_COLOR=1", "--color always"));
    assert!(colored("TAGLINT_COLOR=always", ""));
}
