//! One line per finding: `path:line:col: level[rule] message`.

use std::io;

use super::{
    Report,
    human::by,
    shown::Shown,
    snippet::visible,
    summary::{Paint, place, summary},
};

/// Writes one line per finding, and the summary.
///
/// # Errors
/// What `out` fails with.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let paint = Paint::new(report.style.color);
    let ignored = shown.ignored().map(|suppressed| (&suppressed.finding, format!(" (ignored {})", by(&shown, suppressed))));
    let mut any = false;
    for (finding, ignored) in shown.counting().map(|finding| (finding, String::new())).chain(ignored) {
        any = true;
        let finding = shown.finding(finding);
        let level = paint.severity(finding.severity, &format!("{}[{}]", finding.severity, finding.rule.id));
        let place = paint.bold(&place(&shown, finding.primary.span));
        writeln!(out, "{place}: {level} {}{}", visible(&finding.message), paint.dim(&ignored))?;
    }
    let lists = !report.analysis.incomplete.is_empty() || (report.style.show_unknown && !report.analysis.unknowns.is_empty());
    if any && lists {
        out.write_all(b"\n")?;
    }
    out.write_all(summary(&shown).as_bytes())
}
