//! What it costs to write a text: a program that formats each line of it into a buffered standard output, and does nothing else. The measure for
//! the cost of a report.
//!
//! `cargo bench --bench plain_write -- FILE > COPY`; `python3 benches/measure.py human` compares.

use std::{
    fs,
    io::{BufWriter, Write, stdout},
};

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let Some(file) = arguments.next() else {
        // `cargo bench` without a file runs every bench: there is nothing to write then.
        return;
    };
    let text = fs::read_to_string(&file).expect("the file can be read");
    let mut out = BufWriter::new(stdout().lock());
    for line in text.lines() {
        writeln!(out, "{line}").expect("stdout is open");
    }
    out.flush().expect("stdout is open");
}
