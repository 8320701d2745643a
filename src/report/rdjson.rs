//! Reviewdog Diagnostic Format, with the fixes as suggestions:
//! <https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>. Columns count bytes.

use std::io;

use serde::Serialize;
use serde_json::{Value, json};

use super::{Report, escape, rows::path, rows::sentence, shown::Shown, snippet::visible};
use crate::{
    finding::{Finding, Severity},
    source::Span,
};

#[derive(Serialize)]
struct Document<D> {
    source: Value,
    diagnostics: D,
}

/// Writes one document with all diagnostics.
///
/// # Errors
/// What `out` fails with.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let incomplete = report.analysis.incomplete.iter().map(|input| {
        let location = match input.span {
            Some(span) => json!({ "path": path(&shown, span), "range": range(&shown, span) }),
            None => json!({ "path": visible(&shown.text(&input.path)) }),
        };
        let message = format!("not looked at in full: {}", visible(&shown.text(&input.message)));
        json!({ "message": message, "location": location, "severity": "ERROR", "code": { "value": "incomplete" } })
    });
    let found = report.analysis.findings.iter().map(|finding| diagnostic(&shown, &shown.finding(finding)));
    let source = json!({ "name": env!("CARGO_PKG_NAME"), "url": env!("CARGO_PKG_HOMEPAGE") });
    escape::pretty(&Document { source, diagnostics: escape::List::new(incomplete.chain(found)) }, out)
}

fn diagnostic(shown: &Shown<'_>, finding: &Finding) -> Value {
    let span = finding.primary.span;
    let mut diagnostic = json!({
        "message": sentence(finding),
        "location": { "path": path(shown, span), "range": range(shown, span) },
        "severity": match finding.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Info => "INFO",
        },
        "code": { "value": finding.rule.id, "url": finding.rule.url() },
    });
    // A suggestion belongs to the file of its diagnostic.
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
    let edits: Vec<_> = edits.map(|edit| (edit.span, json!({ "range": range(shown, edit.span), "text": edit.replacement }))).collect();
    if !edits.is_empty() && edits.iter().all(|(edit, _)| edit.source == span.source) {
        diagnostic["suggestions"] = edits.into_iter().map(|(_, suggestion)| suggestion).collect();
    }
    diagnostic
}

fn range(shown: &Shown<'_>, span: Span) -> Value {
    let source = shown.report.sources.get(span.source);
    let point = |offset: u32| {
        let line = source.line_of(offset);
        json!({ "line": line + 1, "column": offset - source.line_starts()[line] + 1 })
    };
    json!({ "start": point(span.start), "end": point(span.end) })
}
