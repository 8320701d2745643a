//! Workflow commands of GitHub Actions: annotations on the lines of a pull request.
//!
//! A step shows ten annotations of each kind, so the most severe come first.

use std::io;

use super::{
    Report,
    rows::{Row, row},
    shown::Shown,
    snippet::visible,
    summary::count,
};
use crate::finding::Severity;

/// How many annotations of one kind a step shows.
const MOST: usize = 10;

/// Writes one command per finding and per input that could not be read.
///
/// # Errors
/// What `out` fails with.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = Shown::new(report);
    for input in &report.analysis.incomplete {
        let path = shown.text(&input.path);
        let place = input.span.map(|span| super::rows::point(&shown, span)).map(|at| format!(",line={},col={}", at.line, at.column));
        let message = visible(&shown.text(&input.message)).into_owned();
        writeln!(out, "::error file={}{},title=taglint::{}", property(&visible(&path)), place.unwrap_or_default(), data(&message))?;
    }
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let mut found = 0;
        for finding in report.analysis.findings.iter().filter(|finding| finding.severity == severity) {
            found += 1;
            writeln!(out, "{}", annotation(&row(&shown, finding)))?;
        }
        if found > MOST {
            let text = format!("{} of {}: a step shows {MOST} of them, the job summary has more", count(found, "finding"), kind(severity));
            writeln!(out, "::notice title=taglint::{}", data(&text))?;
        }
    }
    Ok(())
}

fn annotation(row: &Row) -> String {
    let finding = &row.finding;
    let help = finding.help.as_deref().map(|help| format!("\nhelp: {}", visible(help))).unwrap_or_default();
    format!(
        "::{} file={},line={},endLine={},col={},endColumn={},title={}::{}",
        kind(finding.severity),
        property(&row.path),
        row.start.line,
        row.end.line,
        row.start.column,
        row.end.column,
        property(&format!("taglint {}", finding.rule.id)),
        data(&format!("{}{help}", visible(&finding.message))),
    )
}

fn kind(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

/// What stands behind the last `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_no_command() {
        assert_eq!(data("50 %\r\n::error::x"), "50 %25%0D%0A::error::x");
        assert_eq!(property("a,b:c%"), "a%2Cb%3Ac%25");
    }
}
