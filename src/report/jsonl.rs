//! JSON Lines: one record per finding, then what did not count and what was not seen, then a summary. Each has a `type`.
//!
//! The records are those of `json`, so that one schema describes both.

use std::io;

use serde::Serialize;

use super::{Report, escape, json, shown::Shown};

#[derive(Serialize)]
struct Record<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    record: T,
}

/// Writes the records.
///
/// # Errors
/// What `out` fails with.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let analysis = report.analysis;
    for finding in &analysis.findings {
        line("finding", json::finding(&shown, finding), out)?;
    }
    for suppressed in &analysis.suppressed {
        line("suppressed", json::suppressed(&shown, suppressed), out)?;
    }
    for input in &analysis.incomplete {
        line("incomplete", json::incomplete(&shown, input), out)?;
    }
    for unknown in &analysis.unknowns {
        line("unknown", json::unknown(&shown, unknown), out)?;
    }
    line("summary", json::closing(report), out)
}

fn line(kind: &'static str, record: impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    escape::line(&Record { kind, record }, out)
}
