//! Fixes as data: what to replace by what, and how sure we are.

use crate::source::Span;

/// A change that answers a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, imperative: `drop the prefix`.
    pub title: String,
    /// Whether it may be applied without a look.
    pub safety: Safety,
    /// Sorted, and none overlaps another.
    pub edits: Vec<Edit>,
}

/// One replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What goes.
    pub span: Span,
    /// What comes.
    pub replacement: String,
}

/// How sure a fix is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// Keeps what the code means to its author.
    Safe,
    /// May change it: a person should look.
    Unsafe,
}

impl Fix {
    /// Replaces `span`.
    #[must_use]
    pub fn replace(span: Span, replacement: impl Into<String>, safety: Safety, title: impl Into<String>) -> Self {
        Self { title: title.into(), safety, edits: vec![Edit { span, replacement: replacement.into() }] }
    }
}

/// `text` with the edits made. Edits that overlap an earlier one are left out.
#[must_use]
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let range = edit.span.range();
        if range.start < at || range.end > text.len() {
            continue;
        }
        out.push_str(&text[at..range.start]);
        out.push_str(&edit.replacement);
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    #[test]
    fn edits_are_made_in_order_and_never_overlap() {
        let edit = |start, end, with: &str| Edit { span: Span::new(SourceId(0), start, end), replacement: with.into() };
        assert_eq!(apply("abcdef", &[edit(4, 5, "E"), edit(0, 2, ""), edit(1, 3, "x")]), "cdEf");
    }
}
