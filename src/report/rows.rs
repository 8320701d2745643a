//! Findings as flat rows: what most formats for machines need.

use super::{shown::Shown, snippet::visible};
use crate::{
    finding::Finding,
    source::{ColumnUnit, Position, Span},
};

/// A finding without secrets, and where it is.
pub(super) struct Row {
    pub finding: Finding,
    /// Relative to the tree, with everything visible.
    pub path: String,
    /// Columns count characters.
    pub start: Position,
    pub end: Position,
}

/// All findings that count, in the order of the report.
pub(super) fn rows<'s>(shown: &'s Shown<'_>) -> impl Iterator<Item = Row> + 's {
    shown.report.analysis.findings.iter().map(|finding| row(shown, finding))
}

/// A finding as a row.
pub(super) fn row(shown: &Shown<'_>, finding: &Finding) -> Row {
    let span = token(shown, finding.primary.span);
    let end = shown.position(span.source, span.end, ColumnUnit::Chars);
    Row { finding: shown.finding(finding), path: path(shown, span), start: point(shown, span), end }
}

/// Where a span begins.
pub(super) fn point(shown: &Shown<'_>, span: Span) -> Position {
    shown.position(span.source, span.start, ColumnUnit::Chars)
}

/// The path of a span's file.
pub(super) fn path(shown: &Shown<'_>, span: Span) -> String {
    visible(&shown.text(shown.report.sources.get(span.source).path())).into_owned()
}

/// Message and help, in one line.
pub(super) fn sentence(finding: &Finding) -> String {
    match &finding.help {
        Some(help) => format!("{}; {}", visible(&finding.message), visible(help)),
        None => visible(&finding.message).into_owned(),
    }
}

/// A span without the white space at its ends; of several lines the first: GitHub shows a result only where all its lines were changed.
pub(super) fn token(shown: &Shown<'_>, span: Span) -> Span {
    let text = shown.report.sources.slice(span);
    let trimmed = text.trim().lines().next().unwrap_or_default().trim_end();
    if trimmed.is_empty() {
        return Span::new(span.source, span.start, span.start);
    }
    let start = span.start + (text.len() - text.trim_start().len()) as u32;
    Span::new(span.source, start, start + trimmed.len() as u32)
}
