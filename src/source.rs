//! Source texts, and places in them.
//!
//! A [`Span`] is a byte range; lines and columns exist only in reports and are computed here, once per file that has something to report.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, OnceLock},
};

/// Names one source of a [`Sources`]. Sources are numbered in path order, so ids do not depend on threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SourceId(pub u32);

/// A half-open byte range in one source. `start <= end <= source length`, both on char boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The source it lies in.
    pub source: SourceId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `source`.
    #[must_use]
    pub fn new(source: SourceId, start: u32, end: u32) -> Self {
        debug_assert!(start <= end, "a span runs forward");
        Self { source, start, end }
    }

    /// The byte range, ready to index the text with.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether `other` lies inside this span.
    #[must_use]
    pub fn contains(self, other: Span) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }
}

/// A line and a column, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in the unit that was asked for.
    pub column: u32,
}

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnUnit {
    /// Unicode code points: what a person counts in an editor.
    Chars,
    /// UTF-16 code units: SARIF and the language server protocol.
    Utf16,
}

/// One file's text, or an editor's unsaved buffer.
///
/// The text is always valid UTF-8 and as long as the file: a byte that is not valid UTF-8 is kept as `?`, and `invalid` says where.
/// Terraform accepts such bytes in comments, so the parser, not the reader, decides whether they are an error.
#[derive(Debug)]
pub struct Source {
    id: SourceId,
    path: Arc<str>,
    text: Box<str>,
    invalid: Box<[u32]>,
    lines: OnceLock<Box<[u32]>>,
    hidden: OnceLock<Box<[(u32, u32)]>>,
}

impl Source {
    /// The text of `bytes`. `path` is what reports show: relative to the tree, with `/`.
    #[must_use]
    pub fn new(id: SourceId, path: impl Into<Arc<str>>, bytes: Vec<u8>) -> Self {
        let (text, invalid) = decode(bytes);
        Self { id, path: path.into(), text, invalid, lines: OnceLock::new(), hidden: OnceLock::new() }
    }

    /// The same text under another number.
    #[must_use]
    pub fn with_id(mut self, id: SourceId) -> Self {
        self.id = id;
        self
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> SourceId {
        self.id
    }

    /// The path that reports show, relative to the tree, with `/`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text; as long as the file, byte for byte.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Offsets of the bytes that are not valid UTF-8, sorted; the text has `?` there.
    #[must_use]
    pub fn invalid_bytes(&self) -> &[u32] {
        &self.invalid
    }

    /// Says which ranges must never be shown, whatever they look like. They do not overlap. Counts once, by whoever reads the text first.
    pub fn hide(&self, mut ranges: Vec<(u32, u32)>) {
        ranges.sort_unstable();
        ranges.dedup();
        drop(self.hidden.set(ranges.into_boxed_slice()));
    }

    /// The ranges that must never be shown, sorted.
    #[must_use]
    pub fn hidden(&self) -> &[(u32, u32)] {
        self.hidden.get().map_or(&[], |hidden| hidden)
    }

    /// Whether this is no text that anybody wrote as UTF-8: an image, an archive, or text in UTF-16.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        !self.invalid.is_empty() && memchr::memchr(0, self.text.as_bytes()).is_some()
    }

    /// The whole text as a span.
    #[must_use]
    pub fn span(&self) -> Span {
        Span::new(self.id, 0, self.text.len() as u32)
    }

    /// The text of a span of this source.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        debug_assert_eq!(span.source, self.id);
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Offsets at which lines begin; the first is 0.
    #[must_use]
    pub fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let breaks = memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|at| at as u32 + 1);
            std::iter::once(0).chain(breaks).collect()
        })
    }

    /// The line, from 0, that holds `offset`.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> usize {
        self.line_starts().partition_point(|start| *start <= offset) - 1
    }

    /// The bytes of line `line` (from 0), without its line break.
    #[must_use]
    pub fn line_range(&self, line: usize) -> Range<usize> {
        let starts = self.line_starts();
        let start = starts[line] as usize;
        let end = starts.get(line + 1).map_or(self.text.len(), |next| *next as usize);
        let content = self.text[start..end].trim_end_matches('\n').trim_end_matches('\r');
        start..start + content.len()
    }

    /// Where `offset` is. A byte order mark is no column.
    #[must_use]
    pub fn position(&self, offset: u32, unit: ColumnUnit) -> Position {
        let line = self.line_of(offset);
        let start = self.line_starts()[line] as usize;
        let before = &self.text[start..(offset as usize).clamp(start, self.text.len())];
        let before = if start == 0 { before.strip_prefix('\u{feff}').unwrap_or(before) } else { before };
        let column = match unit {
            ColumnUnit::Chars => before.chars().count(),
            ColumnUnit::Utf16 => before.chars().map(char::len_utf16).sum(),
        };
        Position { line: line as u32 + 1, column: column as u32 + 1 }
    }
}

/// Makes valid UTF-8 of the same length, and tells which bytes were not.
fn decode(bytes: Vec<u8>) -> (Box<str>, Box<[u32]>) {
    let mut bytes = match String::from_utf8(bytes) {
        Ok(text) => return (text.into_boxed_str(), Box::default()),
        Err(error) => error.into_bytes(),
    };
    let mut invalid = Vec::new();
    let mut at = 0;
    while let Err(error) = std::str::from_utf8(&bytes[at..]) {
        let start = at + error.valid_up_to();
        let end = error.error_len().map_or(bytes.len(), |len| start + len);
        bytes[start..end].fill(b'?');
        invalid.extend(start as u32..end as u32);
        at = end;
    }
    let text = String::from_utf8(bytes).expect("every invalid byte was replaced");
    (text.into_boxed_str(), invalid.into_boxed_slice())
}

/// All sources of one project. Immutable; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    list: Vec<Arc<Source>>,
    /// So many are in path order.
    ordered: usize,
    /// Those after them came later.
    later: HashMap<Arc<str>, SourceId>,
}

impl Sources {
    /// Sources whose ids equal their places.
    #[must_use]
    pub fn new(list: Vec<Arc<Source>>) -> Self {
        debug_assert!(list.iter().enumerate().all(|(at, source)| source.id().0 as usize == at));
        let ordered = list.windows(2).position(|pair| pair[0].path() >= pair[1].path()).map_or(list.len(), |last| last + 1);
        let later = list[ordered..].iter().rev().map(|source| (source.path().into(), source.id())).collect();
        Self { list, ordered, later }
    }

    /// These and one more, whose id is the next.
    #[must_use]
    pub fn with(&self, source: Arc<Source>) -> Self {
        let mut sources = self.clone();
        sources.push(source);
        sources
    }

    /// Adds one whose id is the next.
    pub fn push(&mut self, source: Arc<Source>) {
        debug_assert_eq!(source.id().0 as usize, self.list.len());
        self.later.entry(source.path().into()).or_insert(source.id());
        self.list.push(source);
    }

    /// The source at a path; of several, the first.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<&Arc<Source>> {
        let found = self.list[..self.ordered].binary_search_by(|source| source.path().cmp(path)).ok();
        let found = found.or_else(|| self.later.get(path).map(|id| id.0 as usize));
        found.map(|at| &self.list[at])
    }

    /// The source with this number.
    #[must_use]
    pub fn get(&self, id: SourceId) -> &Arc<Source> {
        &self.list[id.0 as usize]
    }

    /// All of them, in path order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Source>> {
        self.list.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The text of a span.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).slice(span)
    }
}

/// Char boundaries near an offset.
pub(crate) trait Boundary {
    /// The last boundary at or before `at`.
    fn floor_char_boundary_at(&self, at: usize) -> usize;
    /// The first boundary at or after `at`.
    fn ceil_char_boundary_at(&self, at: usize) -> usize;
}

impl Boundary for str {
    fn floor_char_boundary_at(&self, at: usize) -> usize {
        let at = at.min(self.len());
        (0..=at).rev().find(|at| self.is_char_boundary(*at)).unwrap_or(0)
    }

    fn ceil_char_boundary_at(&self, at: usize) -> usize {
        (at..self.len()).find(|at| self.is_char_boundary(*at)).unwrap_or(self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_byte_keeps_its_place() {
        let source = Source::new(SourceId(0), "a", b"a\xffb\xc3".to_vec());
        assert_eq!(source.text(), "a?b?");
        assert_eq!(source.invalid_bytes(), [1, 3]);
    }

    #[test]
    fn columns_count_what_was_asked_for() {
        let source = Source::new(SourceId(0), "a", "x\r\n😀é=".into());
        let at = source.text().find('=').expect("it is there") as u32;
        assert_eq!(source.position(at, ColumnUnit::Chars), Position { line: 2, column: 3 });
        assert_eq!(source.position(at, ColumnUnit::Utf16), Position { line: 2, column: 4 });
        assert_eq!(source.line_range(0), 0..1);
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        let source = Source::new(SourceId(0), "a", "\u{feff}a".into());
        assert_eq!(source.position(3, ColumnUnit::Chars), Position { line: 1, column: 1 });
    }
}
