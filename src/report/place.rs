//! Lines and columns of offsets, found in constant time however long a line is.

use std::cell::OnceCell;

use crate::source::{Boundary, ColumnUnit, Position, Source, SourceId, Sources};

/// How many bytes lie between two offsets whose columns are remembered.
const STEP: usize = 4096;

/// Finds positions in sources. A file of one long line is counted through once, not once per finding.
#[derive(Debug)]
pub(super) struct Places<'a> {
    sources: &'a Sources,
    counts: Vec<OnceCell<Vec<Count>>>,
}

/// Characters and UTF-16 units before an offset.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    chars: u32,
    utf16: u32,
}

impl Count {
    fn of(text: &str) -> Self {
        let chars = text.chars().count() as u32;
        let astral = text.bytes().filter(|byte| *byte >= 0xf0).count() as u32;
        Self { chars, utf16: chars + astral }
    }

    fn plus(self, other: Self) -> Self {
        Self { chars: self.chars + other.chars, utf16: self.utf16 + other.utf16 }
    }
}

impl<'a> Places<'a> {
    /// Positions in `sources`; nothing is counted before it is asked for.
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self { sources, counts: (0..sources.len()).map(|_| OnceCell::new()).collect() }
    }

    /// What [`Source::position`] answers.
    pub(super) fn position(&self, id: SourceId, offset: u32, unit: ColumnUnit) -> Position {
        let source = self.sources.get(id);
        let line = source.line_of(offset);
        let start = source.line_starts()[line] as usize;
        let offset = (offset as usize).clamp(start, source.text().len());
        if offset - start < 2 * STEP {
            return source.position(offset as u32, unit);
        }
        let (from, to) = (self.before(source, start), self.before(source, offset));
        let mark = u32::from(start == 0 && source.text().starts_with('\u{feff}'));
        let column = match unit {
            ColumnUnit::Chars => to.chars - from.chars,
            ColumnUnit::Utf16 => to.utf16 - from.utf16,
        };
        Position { line: line as u32 + 1, column: column - mark + 1 }
    }

    /// What comes before `offset` in the whole text.
    fn before(&self, source: &Source, offset: usize) -> Count {
        let text = source.text();
        let counts = self.counts[source.id().0 as usize].get_or_init(|| {
            let mut counts = vec![Count::default()];
            let mut at = 0;
            for step in 1..=text.len() / STEP {
                let next = text.floor_char_boundary_at(step * STEP);
                let last = *counts.last().unwrap_or(&Count::default());
                counts.push(last.plus(Count::of(&text[at..next])));
                at = next;
            }
            counts
        });
        let step = offset / STEP;
        let from = text.floor_char_boundary_at(step * STEP);
        counts[step].plus(Count::of(&text[from..offset]))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_long_line_is_counted_like_a_short_one() {
        let text = format!("\u{feff}{}\r\n{}", "é😀x".repeat(5000), "😀".repeat(4000));
        let sources = Sources::new(vec![Arc::new(Source::new(SourceId(0), "a", text.clone().into_bytes()))]);
        let places = Places::new(&sources);
        for (at, _) in text.char_indices().filter(|(at, _)| at % 97 == 0 || at % STEP < 4) {
            for unit in [ColumnUnit::Chars, ColumnUnit::Utf16] {
                let expected = sources.get(SourceId(0)).position(at as u32, unit);
                assert_eq!(places.position(SourceId(0), at as u32, unit), expected, "at {at}");
            }
        }
    }
}
