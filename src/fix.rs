//! Fixes as data: what to replace by what, and how sure we are.

use std::ops::Range;

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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
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

impl Fix {
    /// Whether it only deletes.
    #[must_use]
    pub fn is_deletion(&self) -> bool {
        self.edits.iter().all(|edit| edit.replacement.is_empty())
    }
}

/// `text` with the edits made. Edits that overlap an earlier one are left out.
#[must_use]
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let bytes = apply_to_bytes(text.as_bytes(), edits);
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// As [`apply`], for the bytes of a file, which need not be valid UTF-8 everywhere.
#[must_use]
pub fn apply_to_bytes(bytes: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for edit in edits {
        let range = edit.span.range();
        if range.start < at || range.end > bytes.len() {
            continue;
        }
        out.extend_from_slice(&bytes[at..range.start]);
        out.extend_from_slice(edit.replacement.as_bytes());
        at = range.end;
    }
    out.extend_from_slice(&bytes[at..]);
    out
}

/// What to delete so that an entry of a map, an element of a list or a member of an object is gone: its whole lines where nothing else is
/// on them, else the entry and one comma.
#[must_use]
pub fn entry_range(text: &str, entry: Range<usize>) -> Range<usize> {
    let after = &text[entry.end..];
    let comma = after.trim_start().strip_prefix(',').map(|rest| text.len() - rest.len());
    let end = comma.unwrap_or(entry.end);
    let has_more = comma.is_some() && !text[end..].trim_start().starts_with(['}', ']']);
    let before = text[..entry.start].trim_end();
    if comma.is_none() && before.ends_with(',') && after.trim_start().starts_with(['}', ']']) {
        return before.len() - 1..entry.end;
    }
    match own_lines(text, &(entry.start..end)) {
        Some(lines) => lines,
        None if comma.is_some() && !has_more && before.ends_with(',') => before.len() - 1..entry.end,
        None => {
            let blank = text[end..].len() - text[end..].trim_start_matches([' ', '\t']).len();
            entry.start..end + blank
        }
    }
}

/// What to delete so that a comment is gone: its lines where nothing else is on them, else the comment and the blanks before it.
#[must_use]
pub fn comment_range(text: &str, comment: Range<usize>) -> Range<usize> {
    own_lines(text, &comment).unwrap_or_else(|| {
        let before = text[..comment.start].trim_end_matches([' ', '\t']).len();
        before..comment.end
    })
}

/// The lines of a range with their line breaks, where only blanks stand beside it.
fn own_lines(text: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let start = if start == 0 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { start };
    let rest = &text[range.end..];
    let end = rest.find('\n').map_or(text.len(), |at| range.end + at + 1);
    let is_blank = |part: &str| part.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n'));
    (is_blank(&text[start..range.start]) && is_blank(&text[range.end..end])).then_some(start..end)
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

    fn without(text: &str, entry: &str, range: fn(&str, Range<usize>) -> Range<usize>) -> String {
        let start = text.find(entry).expect("it is there");
        let gone = range(text, start..start + entry.len());
        format!("{}{}", &text[..gone.start], &text[gone.end..])
    }

    #[test]
    fn an_entry_goes_with_its_line_or_its_comma() {
        assert_eq!(without("{\n  a = 1\n  b = 2\n}", "a = 1", entry_range), "{\n  b = 2\n}");
        assert_eq!(without("{\r\n  a = 1,\r\n  b = 2\r\n}", "a = 1", entry_range), "{\r\n  b = 2\r\n}");
        assert_eq!(without("{ a = 1, b = 2 }", "a = 1", entry_range), "{ b = 2 }");
        assert_eq!(without("{ a = 1, b = 2 }", "b = 2", entry_range), "{ a = 1 }");
        assert_eq!(without("{\n  \"a\": 1,\n  \"b\": 2\n}", "\"b\": 2", entry_range), "{\n  \"a\": 1\n}");
        assert_eq!(without("[1, 2, 3]", "2", entry_range), "[1, 3]");
        assert_eq!(without("{ a = 1 }", "a = 1", entry_range), "{ }");
    }

    #[test]
    fn a_comment_goes_with_its_line_or_the_blanks_before_it() {
        assert_eq!(without("a = 1 # x\nb = 2", "# x", comment_range), "a = 1\nb = 2");
        assert_eq!(without("  # x\r\nb = 2", "# x", comment_range), "b = 2");
        assert_eq!(without("\u{feff}# x\nb = 2", "# x", comment_range), "\u{feff}b = 2");
        assert_eq!(without("f(1 /* x */, 2)", "/* x */", comment_range), "f(1, 2)");
    }
}
