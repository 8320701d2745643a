//! Lists the files of `rules/` in one table of `(path, text)`. It parses nothing.

use std::{
    env,
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=rules");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("rules");
    let mut files = Vec::new();
    list(&root, "", &mut files)?;
    files.sort();

    // Copies of the package may share a target directory, and this table: where the package is, is asked where the table is read.
    let mut table = String::from("&[\n");
    for path in files {
        writeln!(table, "    ({path:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {:?}))),", format!("/rules/{path}"))
            .expect("a string takes everything");
    }
    table.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("embedded.rs"), table)
}

/// Adds the JSON files below `folder`. Their paths begin with `prefix` and have `/` on every system.
fn list(folder: &Path, prefix: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().expect("file names in rules/ are UTF-8");
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{path}/"), files)?;
        } else if name.ends_with(".json") {
            files.push(path);
        }
    }
    Ok(())
}
