//! Checkstyle 4.3.

use std::io;

use super::{
    Report,
    rows::{rows, sentence},
    shown::Shown,
    xml::escape,
};
use crate::finding::Severity;

/// Writes one element per file that has findings, in path order.
///
/// # Errors
/// What `out` fails with.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = Shown::new(report);
    out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n")?;
    for input in &report.analysis.incomplete {
        let line = input.span.map_or(1, |span| super::rows::point(&shown, span).line);
        let (path, message) = (shown.text(&input.path), shown.text(&input.message));
        writeln!(out, "  <file name=\"{}\">", escape(&path))?;
        let message = escape(&format!("not looked at in full: {message}"));
        writeln!(out, "    <error line=\"{line}\" severity=\"error\" message=\"{message}\" source=\"taglint.incomplete\"/>")?;
        out.write_all(b"  </file>\n")?;
    }
    let mut open: Option<String> = None;
    for row in rows(&shown) {
        if open.as_ref() != Some(&row.path) {
            if open.is_some() {
                out.write_all(b"  </file>\n")?;
            }
            writeln!(out, "  <file name=\"{}\">", escape(&row.path))?;
            open = Some(row.path.clone());
        }
        let severity = match row.finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        writeln!(
            out,
            "    <error line=\"{}\" column=\"{}\" severity=\"{severity}\" message=\"{}\" source=\"taglint.{}\"/>",
            row.start.line,
            row.start.column,
            escape(&sentence(&row.finding)),
            row.finding.rule.id,
        )?;
    }
    if open.is_some() {
        out.write_all(b"  </file>\n")?;
    }
    out.write_all(b"</checkstyle>\n")
}
