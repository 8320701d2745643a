//! JUnit XML: one suite per file that has findings, one case per finding. Times are left out: they would differ from run to run.

use std::io;

use super::{
    Report,
    rows::{Row, rows, sentence},
    shown::Shown,
    xml::escape,
};
use crate::finding::Severity;

/// Writes the suites. Errors and warnings are failures, what is merely worth knowing is output of a case that passes.
///
/// # Errors
/// What `out` fails with.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let analysis = report.analysis;
    let failures = analysis.findings.iter().filter(|finding| fails(finding.severity)).count();
    let errors = analysis.incomplete.len();
    let tests = (analysis.findings.len() + errors).max(1);
    out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
    writeln!(out, "<testsuites name=\"taglint\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">")?;
    if analysis.findings.is_empty() && analysis.incomplete.is_empty() {
        // Readers take a file without a case for a failure of its own.
        out.write_all(b"  <testsuite name=\"taglint\" tests=\"1\" failures=\"0\" errors=\"0\">\n")?;
        out.write_all(b"    <testcase name=\"no findings\" classname=\"taglint\"/>\n  </testsuite>\n")?;
    }
    for input in &analysis.incomplete {
        let (path, message) = (escape(&shown.text(&input.path)), escape(&shown.text(&input.message)));
        writeln!(out, "  <testsuite name=\"{path}\" tests=\"1\" failures=\"0\" errors=\"1\">")?;
        writeln!(out, "    <testcase name=\"looked at in full\" classname=\"{path}\">")?;
        writeln!(out, "      <error type=\"incomplete\" message=\"{message}\"/>")?;
        out.write_all(b"    </testcase>\n  </testsuite>\n")?;
    }
    let mut suite: Vec<Row> = Vec::new();
    for row in rows(&shown) {
        if suite.first().is_some_and(|first| first.path != row.path) {
            write_suite(&suite, out)?;
            suite.clear();
        }
        suite.push(row);
    }
    if !suite.is_empty() {
        write_suite(&suite, out)?;
    }
    out.write_all(b"</testsuites>\n")
}

fn write_suite(suite: &[Row], out: &mut dyn io::Write) -> io::Result<()> {
    let path = suite.first().map(|row| escape(&row.path)).unwrap_or_default();
    let failures = suite.iter().filter(|row| fails(row.finding.severity)).count();
    writeln!(out, "  <testsuite name=\"{path}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\">", suite.len())?;
    for Row { finding, start, .. } in suite {
        let name = escape(&format!("{} {}:{} {}", finding.rule.id, start.line, start.column, finding.address));
        writeln!(out, "    <testcase name=\"{name}\" classname=\"{path}\" file=\"{path}\" line=\"{}\">", start.line)?;
        let text = escape(&sentence(finding));
        if fails(finding.severity) {
            let kind = finding.severity.as_str();
            writeln!(out, "      <failure type=\"{kind}\" message=\"{}\">{text}</failure>", escape(&finding.message))?;
        } else {
            writeln!(out, "      <system-out>{text}</system-out>")?;
        }
        out.write_all(b"    </testcase>\n")?;
    }
    out.write_all(b"  </testsuite>\n")
}

fn fails(severity: Severity) -> bool {
    match severity {
        Severity::Error | Severity::Warning => true,
        Severity::Info => false,
    }
}
