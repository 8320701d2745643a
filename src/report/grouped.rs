//! Findings under the file they are in, one line each.

use std::io;

use super::{
    Report,
    rows::row,
    shown::Shown,
    snippet::visible,
    summary::{Paint, summary},
};

/// Writes a heading per file, and the summary.
///
/// # Errors
/// What `out` fails with.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let paint = Paint::new(report.style.color);
    let mut open: Option<String> = None;
    for finding in shown.counting() {
        let row = row(&shown, finding);
        if open.as_ref() != Some(&row.path) {
            let gap = if open.is_some() { "\n" } else { "" };
            writeln!(out, "{gap}{}", paint.bold(&row.path))?;
            open = Some(row.path.clone());
        }
        let severity = row.finding.severity;
        let place = format!("{}:{}", row.start.line, row.start.column);
        let level = paint.severity(severity, &format!("{:7}", severity.as_str()));
        writeln!(out, "  {place:>8}  {level}  {}  {}", visible(&row.finding.message), paint.dim(row.finding.rule.id))?;
    }
    if open.is_some() {
        out.write_all(b"\n")?;
    }
    out.write_all(summary(&shown).as_bytes())
}
