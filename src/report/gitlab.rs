//! GitLab Code Quality: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>.

use std::io;

use serde::Serialize;

use super::{
    Report, escape,
    rows::{rows, sentence},
    shown::Shown,
    snippet::visible,
};
use crate::{finding::Severity, fingerprint};

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Writes a list with one issue per finding and per input that could not be read.
///
/// # Errors
/// What `out` fails with.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let incomplete = report.analysis.incomplete.iter().map(|input| {
        let (path, message) = (shown.text(&input.path), shown.text(&input.message));
        let line = input.span.map_or(1, |span| super::rows::point(&shown, span).line);
        Issue {
            description: format!("not looked at in full: {}", visible(&message)),
            check_name: "incomplete",
            fingerprint: fingerprint::of_texts(&["incomplete", &path, &message]).to_string(),
            severity: "blocker",
            location: Location { path: visible(&path).into_owned(), lines: Lines { begin: line, end: line } },
        }
    });
    let found = rows(&shown).map(|row| Issue {
        description: sentence(&row.finding),
        check_name: row.finding.rule.id,
        fingerprint: row.finding.fingerprint.to_string(),
        severity: match row.finding.severity {
            Severity::Error => "critical",
            Severity::Warning => "major",
            Severity::Info => "info",
        },
        location: Location { path: row.path, lines: Lines { begin: row.start.line, end: row.end.line } },
    });
    escape::pretty(&escape::List::new(incomplete.chain(found)), out)
}
