//! Lines of a source as a person may see them: secrets covered, control characters made visible, long lines cropped.
//!
//! Whatever is replaced keeps its byte length, so a span finds its place by counting.

use std::{
    borrow::Cow,
    ops::{Range, RangeInclusive},
};

use memchr::memmem;

use crate::{
    mask::Secrets,
    source::{Boundary, Source, Span},
};

/// `text` with every character that a terminal obeys or hides made visible, at equal byte length. Line breaks and tabs count as such, too, and
/// so does what begins a command to a runner that reads the log.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    let shown = replace(text, |c| stand_in(c).or(matches!(c, '\t' | '\n').then_some('?')));
    // GitHub obeys `::command` at the start of a line, and a line may be broken before any word.
    let at_word = |at: &usize| *at == 0 || shown.as_bytes()[at - 1] == b' ';
    let commands = memmem::find_iter(shown.as_bytes(), "::").filter(at_word);
    let commands: Vec<usize> = commands.filter(|at| shown.as_bytes().get(at + 2).is_some_and(u8::is_ascii_alphabetic)).collect();
    if commands.is_empty() { shown } else { Cow::Owned(with_question_marks(shown, &commands)) }
}

/// The same for a line of a source, where tabs stay. A line number stands before it.
fn visible_line(text: &str) -> Cow<'_, str> {
    replace(text, stand_in)
}

/// Whether a text begins with a command that GitHub or Azure Pipelines obey anywhere in a line.
pub(super) fn is_command(text: &str) -> bool {
    ["##[", "##vso["].iter().any(|command| text.starts_with(command))
}

fn with_question_marks(text: Cow<'_, str>, places: &[usize]) -> String {
    let mut text = text.into_owned();
    places.iter().for_each(|at| text.replace_range(*at..*at + 1, "?"));
    text
}

fn replace(text: &str, stand_in: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    let harmless = text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) || !text.chars().any(|c| stand_in(c).is_some());
    let shown = if harmless { Cow::Borrowed(text) } else { Cow::Owned(text.chars().map(|c| stand_in(c).unwrap_or(c)).collect()) };
    let commands: Vec<usize> = memchr::memchr_iter(b'#', shown.as_bytes()).filter(|at| is_command(&shown[*at..])).collect();
    if commands.is_empty() { shown } else { Cow::Owned(with_question_marks(shown, &commands)) }
}

/// A printable character of the same UTF-8 length, for controls, bidirectional marks and characters without a shape.
fn stand_in(c: char) -> Option<char> {
    match c {
        '\t' | '\n' => None,
        '\0'..='\x1f' | '\x7f' => Some('?'),
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{61c}' => Some('¿'),
        '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' => Some('\u{fffd}'),
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => Some('\u{fffd}'),
        '\u{e0000}'..='\u{e007f}' => Some('🛇'),
        _ => None,
    }
}

/// Whether a terminal obeys or hides a character.
pub(super) fn is_hidden(c: char) -> bool {
    stand_in(c).is_some()
}

/// How wide a character is, roughly; enough to crop by.
fn columns(c: char) -> usize {
    match c {
        '\t' => 4,
        _ if (c as u32) < 0x1100 => 1,
        _ => 2,
    }
}

/// How many columns a text takes, roughly.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Some lines of one source, one under the other, each ending in `\n`.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// What is shown.
    pub text: String,
    /// Where each line begins in `text`.
    pub starts: Vec<usize>,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    /// Its bytes in the source, line break included.
    source: Range<usize>,
    /// What is shown of it: bytes of the source, and where they begin in the excerpt.
    pieces: Vec<(Range<usize>, usize)>,
    /// Where it ends in the excerpt, before its `\n`.
    end: usize,
}

/// How wide an excerpt may be, and what stands for text left out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crop {
    /// Columns.
    pub width: usize,
    /// `…`, or what stands for it.
    pub dots: &'static str,
}

impl Excerpt {
    /// `lines` (from 0) of `source`. Lines that are too long are cropped around the parts of `spans` in them.
    pub(super) fn new(source: &Source, lines: RangeInclusive<usize>, spans: &[Span], crop: Crop, secrets: &Secrets<'_>) -> Self {
        let mut excerpt = Self { text: String::new(), starts: Vec::new(), lines: Vec::new() };
        for line in lines {
            excerpt.push(source, line, spans, crop, secrets);
        }
        excerpt
    }

    fn push(&mut self, source: &Source, line: usize, spans: &[Span], crop: Crop, secrets: &Secrets<'_>) {
        let starts = source.line_starts();
        let whole = starts[line] as usize..starts.get(line + 1).map_or(source.text().len(), |next| *next as usize);
        let mut content = source.line_range(line);
        if content.start == 0 && source.text().starts_with('\u{feff}') {
            content.start = '\u{feff}'.len_utf8();
        }
        self.starts.push(self.text.len());
        let mut pieces = Vec::new();
        let mut at = content.start;
        for window in windows(source.text(), content.clone(), spans, crop.width) {
            if at < window.start {
                self.text.push_str(crop.dots);
            }
            at = window.end;
            pieces.push((window.clone(), self.text.len()));
            self.text.push_str(&visible_line(&secrets.masked(source, window)));
        }
        if at < content.end {
            self.text.push_str(crop.dots);
        }
        self.lines.push(Line { source: whole, pieces, end: self.text.len() });
        self.text.push('\n');
    }

    /// Where `span` is in `text`: at least one character, so that it can be pointed at.
    pub(super) fn locate(&self, span: Span) -> Range<usize> {
        let start = self.place(span.start as usize, false);
        let end = self.place(span.end as usize, true).max(start);
        if start < end {
            return start..end;
        }
        start..self.text.ceil_char_boundary_at(start + 1)
    }

    /// Where an offset of the source is in `text`; `end` tells which way to lean at an edge.
    fn place(&self, offset: usize, end: bool) -> usize {
        let after = self.lines.partition_point(|line| if end { line.source.start < offset } else { line.source.start <= offset });
        let Some(line) = self.lines.get(after.saturating_sub(1)) else { return 0 };
        for (piece, at) in &line.pieces {
            if offset <= piece.end && (end || offset < piece.end || piece.end == line.source.end) {
                return at + offset.saturating_sub(piece.start);
            }
        }
        line.end
    }
}

/// The parts of a line that fit into `limit` columns: all of it, or what is around the spans in it.
fn windows(text: &str, line: Range<usize>, spans: &[Span], limit: usize) -> Vec<Range<usize>> {
    let fits = forward(text, line.start, line.end, limit);
    if fits == line.end {
        return vec![line];
    }
    let mut marks: Vec<Range<usize>> = spans
        .iter()
        .map(|span| span.range())
        .filter(|mark| mark.start <= line.end && line.start <= mark.end)
        .map(|mark| mark.start.clamp(line.start, line.end)..mark.end.clamp(line.start, line.end))
        .collect();
    marks.sort_by_key(|mark| (mark.start, mark.end));
    if marks.iter().all(|mark| mark.end < fits) {
        return std::iter::once(line.start..fits).collect();
    }
    let share = (limit / marks.len()).max(24);
    let mut windows: Vec<Range<usize>> = Vec::new();
    for mark in marks {
        let end = forward(text, mark.start, mark.end, share * 2 / 3);
        let room = share.saturating_sub(width(&text[mark.start..end]));
        let start = backward(text, mark.start, line.start, room / 2);
        let used = width(&text[start..mark.start]);
        let end = forward(text, end, line.end, room - used.min(room));
        match windows.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            Some(_) | None => windows.push(start..end),
        }
    }
    windows
}

/// The offset at most `room` columns after `from`, not beyond `limit`.
fn forward(text: &str, from: usize, limit: usize, room: usize) -> usize {
    let mut left = room;
    for (at, c) in text[from..limit].char_indices() {
        match left.checked_sub(columns(c)) {
            Some(rest) => left = rest,
            None => return from + at,
        }
    }
    limit
}

/// The offset at most `room` columns before `from`, not before `limit`.
fn backward(text: &str, from: usize, limit: usize, room: usize) -> usize {
    let mut left = room;
    for (at, c) in text[limit..from].char_indices().rev() {
        match left.checked_sub(columns(c)) {
            Some(rest) => left = rest,
            None => return limit + at + c.len_utf8(),
        }
    }
    limit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{mask::Masker, source::SourceId};

    const CROP: Crop = Crop { width: 40, dots: "…" };

    fn excerpt(text: &str, span: Range<usize>) -> (Excerpt, Range<usize>) {
        let source = Source::new(SourceId(0), "a", text.into());
        let span = Span::new(SourceId(0), span.start as u32, span.end as u32);
        let last = source.line_starts().len() - 1;
        let excerpt = Excerpt::new(&source, 0..=last, &[span], CROP, &Secrets::new(Masker::embedded()));
        let range = excerpt.locate(span);
        (excerpt, range)
    }

    #[test]
    fn stand_ins_keep_the_length() {
        for c in (0..=char::MAX as u32).filter_map(char::from_u32) {
            if let Some(shown) = stand_in(c) {
                assert_eq!(shown.len_utf8(), c.len_utf8(), "{c:?}");
            }
        }
        assert_eq!(visible("a\x1b]0;x\x07\u{202e}\u{9b}\tb"), "a?]0;x?\u{fffd}¿?b");
    }

    #[test]
    fn no_text_is_a_command() {
        assert_eq!(visible("::error::x ::add-mask::y AWS::KMS::Key ::1 a::b"), "?:error::x ?:add-mask::y AWS::KMS::Key ::1 a::b");
        assert_eq!(visible("a##vso[task.complete] ##[error] ## [x]"), "a?#vso[task.complete] ?#[error] ## [x]");
        let (excerpt, _) = excerpt("# ###[group]\n", 0..1);
        assert_eq!(excerpt.text, "# #?#[group]\n\n");
    }

    #[test]
    fn a_long_line_is_cropped_around_its_span() {
        let text = format!("{}needle{}", "a".repeat(100_000), "é".repeat(100_000));
        let (excerpt, range) = excerpt(&text, 100_000..100_006);
        assert_eq!(&excerpt.text[range], "needle");
        assert_eq!(excerpt.text, format!("…{}needle{}…\n", "a".repeat(17), "é".repeat(17)));
    }

    #[test]
    fn a_long_span_is_cropped_too() {
        let (excerpt, range) = excerpt(&"x".repeat(9000), 0..9000);
        assert!(excerpt.text.len() < 60, "{}", excerpt.text);
        assert!(range.len() > 30 && range.end <= excerpt.text.len());
    }

    #[test]
    fn an_empty_span_at_the_end_is_widened() {
        let (shown, range) = excerpt("ab", 2..2);
        assert_eq!((shown.text.as_str(), range), ("ab\n", 2..3));
        let (shown, range) = excerpt("ab\n", 3..3);
        assert_eq!((shown.text.as_str(), range), ("ab\n\n", 3..4));
        let (shown, range) = excerpt("", 0..0);
        assert_eq!((shown.text.as_str(), range), ("\n", 0..1));
        let (shown, range) = excerpt("a😀", 1..1);
        assert_eq!(&shown.text[range], "😀");
    }

    #[test]
    fn line_breaks_and_a_byte_order_mark_do_not_shift_spans() {
        let text = "\u{feff}ab = 1\r\ncd = 2\r\n";
        for word in ["ab", "cd", "2"] {
            let at = text.find(word).expect("it is there");
            let (excerpt, range) = excerpt(text, at..at + word.len());
            assert_eq!(&excerpt.text[range], word);
            assert_eq!(excerpt.text, "ab = 1\ncd = 2\n\n");
        }
    }

    #[test]
    fn a_span_over_lines_covers_them() {
        let (excerpt, range) = excerpt("a\r\nbc\r\nd", 0..5);
        assert_eq!(&excerpt.text[range], "a\nbc");
    }
}
