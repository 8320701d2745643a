//! Logging commands of Azure Pipelines: issues on the summary page of a run.

use std::io;

use super::{
    Report,
    rows::{rows, sentence},
    shown::Shown,
    snippet::visible,
};
use crate::finding::Severity;

/// Writes one command per finding and per input that could not be read. Azure knows errors and warnings; the rest is a line of the log.
///
/// # Errors
/// What `out` fails with.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = Shown::new(report);
    for input in &report.analysis.incomplete {
        let line = input.span.map_or(1, |span| super::rows::point(&shown, span).line);
        let (path, message) = (shown.text(&input.path), shown.text(&input.message));
        let place = format!("sourcepath={};linenumber={line}", property(&visible(&path)));
        writeln!(out, "##vso[task.logissue type=error;{place};code=incomplete]{}", data(&visible(&message)))?;
    }
    for row in rows(&shown) {
        let text = sentence(&row.finding);
        let kind = match row.finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => {
                writeln!(out, "info: {}:{}:{}: {}", row.path, row.start.line, row.start.column, text)?;
                continue;
            }
        };
        writeln!(
            out,
            "##vso[task.logissue type={kind};sourcepath={};linenumber={};columnnumber={};code={}]{}",
            property(&row.path),
            row.start.line,
            row.start.column,
            row.finding.rule.id,
            data(&text),
        )?;
    }
    Ok(())
}

/// What stands behind the bracket.
fn data(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(';', "%3B").replace(']', "%5D")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_no_command() {
        assert_eq!(property("a;b]c%\nd"), "a%3Bb%5Dc%AZP25%0Ad");
    }
}
