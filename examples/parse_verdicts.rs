//! What the parsers say of every file below a directory, for comparison with other parsers: `fixtures/conformance/compare.py` does that.
//!
//! `cargo run --release --example parse_verdicts -- DIRECTORY` prints one line for each file that ends in `.tf`, `.tofu`, `.tfvars` or `.json`:
//! the line of the first problem (0 for none), a tab, and the path.

use std::{
    env, fs,
    io::{self, Write},
    sync::Arc,
};

use taglint::{
    project::{Document, Role},
    source::{Source, SourceId},
};
use walkdir::WalkDir;

fn main() -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for directory in env::args_os().skip(1) {
        for entry in WalkDir::new(directory).sort_by_file_name() {
            let entry = entry?;
            let Some(role) = Role::of(&entry.path().to_string_lossy()).filter(|_| entry.file_type().is_file()) else { continue };
            let source = Arc::new(Source::new(SourceId(0), "file", fs::read(entry.path())?));
            let document = Document::parse(role, &source);
            let first = document.tree.problems().iter().map(|problem| problem.start).min();
            let line = first.map_or(0, |start| source.text()[..start as usize].matches('\n').count() + 1);
            writeln!(out, "{line}\t{}", entry.path().display())?;
        }
    }
    out.flush()
}
