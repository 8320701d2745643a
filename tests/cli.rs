//! The command line: every case is a file in `tests/cmd`. `SNAPSHOTS=overwrite` writes what is expected anew.

use std::{env, process::Command};

#[test]
fn every_case_prints_what_its_file_says() {
    if env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite") && env::var_os("TRYCMD").is_none() {
        let again = env::current_exe().and_then(|test| Command::new(test).env("TRYCMD", "overwrite").status());
        assert!(again.expect("the test runs").success());
        return;
    }
    trycmd::TestCases::new().default_bin_path(env!("CARGO_BIN_EXE_taglint")).case("tests/cmd/*.toml");
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let command = Command::new("sh")
        .arg("-c")
        .arg("\"$0\" explain --all | head -c 1 >/dev/null; \"$0\" explain --all >&-; echo $?")
        .arg(env!("CARGO_BIN_EXE_taglint"))
        .output();
    let output = command.expect("a shell runs");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
