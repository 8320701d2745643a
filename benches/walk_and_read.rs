//! What the disk costs: a program that only walks a tree and reads the files that taglint would. The measure for taglint's own cost.
//!
//! `cargo bench --bench walk_and_read -- DIRECTORY` prints the number of files and bytes; time it with `/usr/bin/time -v`.

use std::{fs, path::Path};

use walkdir::WalkDir;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let Some(directory) = arguments.next() else {
        // `cargo bench` without a directory runs every bench: there is nothing to read then.
        return;
    };
    let (mut files, mut bytes) = (0_usize, 0_usize);
    let hidden = |name: &str| name.len() > 1 && name.starts_with('.');
    let walk = WalkDir::new(&directory).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || !hidden(&entry.file_name().to_string_lossy())).flatten() {
        let wanted = ["tf", "tofu", "tfvars", "json"];
        let ours = Path::new(entry.file_name()).extension().is_some_and(|end| wanted.iter().any(|name| end == *name));
        if ours && entry.file_type().is_file() {
            files += 1;
            bytes += fs::read(entry.path()).map_or(0, |text| text.len());
        }
    }
    let report = format!("{files} files, {bytes} bytes\n");
    std::io::Write::write_all(&mut std::io::stdout(), report.as_bytes()).expect("stdout is open");
}
