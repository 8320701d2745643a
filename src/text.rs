//! Decoded characters that remember the bytes they were written as.

use std::{
    ops::{Deref, Range},
    sync::Arc,
};

use crate::{
    origin::{HasOrigin, HopKind, Origin},
    source::Span,
};

/// Decoded characters that remember the bytes they were written as: escapes, heredoc indentation, interpolation, JSON in JSON.
///
/// Pieces are sorted by `at`, the first is at 0, and together they cover `decoded`. There is always at least one piece.
#[derive(Debug, Clone)]
pub struct Text {
    decoded: Arc<str>,
    pieces: Pieces,
    /// The whole literal, quotes included where it has them.
    origin: Origin,
}

/// The pieces of a text. Nearly all texts are written in one place, which needs no list.
#[derive(Debug, Clone)]
enum Pieces {
    One(Piece),
    Several(Arc<[Piece]>),
}

impl Deref for Pieces {
    type Target = [Piece];

    fn deref(&self) -> &[Piece] {
        match self {
            Pieces::One(piece) => std::slice::from_ref(piece),
            Pieces::Several(pieces) => pieces,
        }
    }
}

impl FromIterator<Piece> for Pieces {
    fn from_iter<I: IntoIterator<Item = Piece>>(pieces: I) -> Self {
        let mut pieces = pieces.into_iter();
        match (pieces.next(), pieces.next()) {
            (Some(only), None) => Pieces::One(only),
            (first, second) => Pieces::Several(first.into_iter().chain(second).chain(pieces).collect()),
        }
    }
}

#[derive(Debug, Clone)]
struct Piece {
    at: u32,
    origin: Origin,
    kind: PieceKind,
}

/// How the characters of a piece relate to the bytes of its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// Offset for offset.
    Verbatim,
    /// Any offset maps to the whole: `\n`, `\u00e9`.
    Folded,
    /// Stands for a value that is not known yet, and why; it has no characters.
    Unknown(&'static str),
}

impl PieceKind {
    fn is_unknown(self) -> bool {
        matches!(self, PieceKind::Unknown(_))
    }
}

impl Text {
    /// Characters that stand as written at `origin`.
    #[must_use]
    pub fn verbatim(decoded: &str, origin: Origin) -> Self {
        let piece = Piece { at: 0, origin: origin.clone(), kind: PieceKind::Verbatim };
        debug_assert_eq!(decoded.len(), piece.origin.span.range().len());
        Self { decoded: decoded.into(), pieces: Pieces::One(piece), origin }
    }

    /// Characters that stand as written at `origin`, inside of the literal `whole`.
    #[must_use]
    pub fn written(decoded: &str, origin: Origin, whole: Origin) -> Self {
        Self { origin: whole, ..Self::verbatim(decoded, origin) }
    }

    /// Characters that something at `origin` stands for, and that are not written there: `true` made a string, the result of a function.
    #[must_use]
    pub fn derived(decoded: &str, origin: Origin) -> Self {
        let piece = Piece { at: 0, origin: origin.clone(), kind: PieceKind::Folded };
        Self { decoded: decoded.into(), pieces: Pieces::One(piece), origin }
    }

    /// Starts an empty text; `origin` is the whole literal.
    #[must_use]
    pub fn build(origin: Origin) -> TextBuilder {
        TextBuilder { decoded: String::new(), pieces: Vec::new(), origin }
    }

    /// The characters; an unknown piece has none.
    #[must_use]
    pub fn decoded(&self) -> &str {
        &self.decoded
    }

    /// The characters, where all of them are known.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        self.is_known().then_some(&*self.decoded)
    }

    /// The characters for a message: `…` where something is not known.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut shown = self.decoded.to_string();
        let unknown = self.pieces.iter().rev().filter(|piece| piece.kind.is_unknown());
        unknown.for_each(|piece| shown.insert(piece.at as usize, '…'));
        shown
    }

    /// Whether all of the characters are known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.pieces.iter().all(|piece| !piece.kind.is_unknown())
    }

    /// The characters before the first unknown piece.
    #[must_use]
    pub fn known_prefix(&self) -> &str {
        let end = self.pieces.iter().find(|piece| piece.kind.is_unknown()).map_or(self.decoded.len(), |piece| piece.at as usize);
        &self.decoded[..end]
    }

    /// The characters after the last unknown piece.
    #[must_use]
    pub fn known_suffix(&self) -> &str {
        let start = self.pieces.iter().rev().find(|piece| piece.kind.is_unknown()).map_or(0, |piece| piece.at as usize);
        &self.decoded[start..]
    }

    /// Whether a value that is not known yet touches this range of the characters: then what stands there may be longer than it seems.
    #[must_use]
    pub fn touches_unknown(&self, range: Range<u32>) -> bool {
        let first = self.pieces.partition_point(|piece| piece.at < range.start);
        self.pieces[first..].iter().take_while(|piece| piece.at <= range.end).any(|piece| piece.kind.is_unknown())
    }

    /// The offsets at which values stand that are not known, in order.
    pub fn unknown_offsets(&self) -> impl Iterator<Item = u32> + '_ {
        self.pieces.iter().filter(|piece| piece.kind.is_unknown()).map(|piece| piece.at)
    }

    /// The first value in it that is not known: where it is, and why.
    #[must_use]
    pub fn first_unknown(&self) -> Option<(Span, &'static str)> {
        self.pieces.iter().find_map(|piece| match piece.kind {
            PieceKind::Unknown(reason) => Some((piece.origin.span, reason)),
            PieceKind::Verbatim | PieceKind::Folded => None,
        })
    }

    /// Where a range of the characters is written. Inside a folded piece it is the whole piece; over several pieces, from the first to the
    /// last where they are in one file and in order, else the whole literal.
    #[must_use]
    pub fn span_of(&self, range: Range<u32>) -> Span {
        self.origin_of(range).span
    }

    /// As [`Text::span_of`], with the way the characters took.
    #[must_use]
    pub fn origin_of(&self, range: Range<u32>) -> Origin {
        let first = self.piece_at(range.start);
        let last = if range.end > range.start { self.piece_at(range.end - 1) } else { first };
        let start = self.offset_in(first, range.start, false);
        let end = self.offset_in(last, range.end, true);
        let (first, last) = (&self.pieces[first], &self.pieces[last]);
        if first.origin.span.source == last.origin.span.source && start <= end {
            first.origin.narrowed(Span::new(first.origin.span.source, start, end))
        } else {
            self.origin.clone()
        }
    }

    /// The characters in `range`, with their places.
    #[must_use]
    pub fn slice(&self, range: Range<u32>) -> Text {
        let mut builder = Text::build(self.origin_of(range.clone()));
        builder.push_slice(self, range);
        builder.finish()
    }

    /// The characters in `range` of a text, as the whole of another literal.
    #[must_use]
    pub fn part(&self, range: Range<u32>, whole: Origin) -> Text {
        let first = self.piece_at(range.start);
        let end = self.pieces.get(first + 1).map_or(self.decoded.len() as u32, |next| next.at);
        // The usual case: all of it is written in one place, and no unknown value touches it.
        if let Some(piece) = self.pieces.get(first).filter(|piece| piece.kind == PieceKind::Verbatim)
            && range.start > piece.at
            && range.end < end
            && let Some(decoded) = self.decoded.get(range.start as usize..range.end as usize)
        {
            let span =
                Span::new(piece.origin.span.source, self.offset_in(first, range.start, false), self.offset_in(first, range.end, true));
            return Text::written(decoded, piece.origin.narrowed(span), whole);
        }
        let mut builder = Text::build(whole);
        builder.push_slice(self, range);
        builder.finish()
    }

    /// The same characters after one more step.
    #[must_use]
    pub fn through(&self, kind: HopKind, span: Span) -> Text {
        let pieces = self.pieces.iter().map(|piece| Piece { origin: piece.origin.through(kind, span), ..piece.clone() }).collect();
        Text { decoded: self.decoded.clone(), pieces, origin: self.origin.through(kind, span) }
    }

    /// Other characters for the same literal: what a function made of it.
    #[must_use]
    pub fn with_decoded(&self, decoded: &str) -> Text {
        if decoded == &*self.decoded { self.clone() } else { Text::derived(decoded, self.origin.clone()) }
    }

    /// Where its pieces are written.
    pub fn spans(&self) -> impl Iterator<Item = Span> + '_ {
        self.pieces.iter().map(|piece| piece.origin.span)
    }

    /// Whether the characters stand in one file exactly as they are here, so that an edit of them is an edit of the file.
    #[must_use]
    pub fn is_verbatim(&self) -> bool {
        matches!(&*self.pieces, [piece] if piece.kind == PieceKind::Verbatim)
    }

    /// The piece that holds the character at `offset`; the last one at the very end.
    fn piece_at(&self, offset: u32) -> usize {
        let after = self.pieces.partition_point(|piece| piece.at <= offset);
        // Empty pieces share their offset with the piece that has the character: it is the last of them.
        after.saturating_sub(1)
    }

    /// Where `offset` falls in the file of piece `index`; `end` asks for the place after the character before it.
    fn offset_in(&self, index: usize, offset: u32, end: bool) -> u32 {
        let piece = &self.pieces[index];
        let span = piece.origin.span;
        match piece.kind {
            PieceKind::Verbatim => (span.start + (offset - piece.at)).min(span.end),
            PieceKind::Folded | PieceKind::Unknown(_) if end => span.end,
            PieceKind::Folded | PieceKind::Unknown(_) => span.start,
        }
    }
}

impl HasOrigin for Text {
    fn origin(&self) -> Origin {
        self.origin.clone()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.is_known() && other.is_known() && self.decoded == other.decoded
    }
}

/// Puts a [`Text`] together, piece by piece.
#[derive(Debug, Clone)]
pub struct TextBuilder {
    decoded: String,
    pieces: Vec<Piece>,
    origin: Origin,
}

impl TextBuilder {
    /// So many pieces are told apart. What follows in the same literal is one, which maps to all that it was written as: a text with more
    /// escapes is longer than any service accepts.
    const MOST: usize = 1 << 20;

    fn piece(&mut self, origin: Origin, kind: PieceKind) {
        if self.pieces.len() >= Self::MOST
            && !kind.is_unknown()
            && let Some(last) = self.pieces.last_mut()
            && !last.kind.is_unknown()
            && last.origin.span.source == origin.span.source
            && last.origin.span.end <= origin.span.start
            && last.origin.hops.is_none()
            && origin.hops.is_none()
        {
            last.kind = PieceKind::Folded;
            last.origin.span.end = origin.span.end;
            return;
        }
        self.pieces.push(Piece { at: self.decoded.len() as u32, origin, kind });
    }

    /// Characters that stand as written at `origin`.
    pub fn push_verbatim(&mut self, decoded: &str, origin: Origin) {
        debug_assert_eq!(decoded.len(), origin.span.range().len());
        if !decoded.is_empty() {
            self.piece(origin, PieceKind::Verbatim);
            self.decoded.push_str(decoded);
        }
    }

    /// Characters that the bytes at `origin` stand for.
    pub fn push_folded(&mut self, decoded: &str, origin: Origin) {
        if !decoded.is_empty() {
            self.piece(origin, PieceKind::Folded);
            self.decoded.push_str(decoded);
        }
    }

    /// A value that is not known, and why.
    pub fn push_unknown(&mut self, origin: Origin, reason: &'static str) {
        self.piece(origin, PieceKind::Unknown(reason));
    }

    /// All of another text.
    pub fn push_text(&mut self, text: &Text) {
        let base = self.decoded.len() as u32;
        let empty = text.decoded.is_empty();
        let pieces = text.pieces.iter().filter(|piece| !empty || piece.kind.is_unknown());
        self.pieces.extend(pieces.map(|piece| Piece { at: base + piece.at, ..piece.clone() }));
        self.decoded.push_str(&text.decoded);
    }

    /// Part of another text.
    pub fn push_slice(&mut self, text: &Text, range: Range<u32>) {
        // A large text is sliced once for each of its strings: only the pieces of the range are looked at.
        let first = text.pieces.partition_point(|piece| piece.at < range.start).saturating_sub(1);
        for (index, piece) in text.pieces.iter().enumerate().skip(first).take_while(|(_, piece)| piece.at <= range.end) {
            let next = text.pieces.get(index + 1).map_or(text.decoded.len() as u32, |next| next.at);
            let (start, end) = (piece.at.max(range.start), next.min(range.end));
            let unknown = piece.kind.is_unknown() && range.start <= piece.at && piece.at <= range.end;
            if start < end || unknown {
                let part = text.decoded.get(start as usize..end.max(start) as usize).unwrap_or_default();
                let (from, to) = (text.offset_in(index, start, false), text.offset_in(index, end.max(start), true));
                let span = Span::new(piece.origin.span.source, from, to.max(from));
                self.piece(piece.origin.narrowed(span), piece.kind);
                self.decoded.push_str(part);
            }
        }
    }

    /// How many pieces were put together so far: what every further step of the text costs.
    #[must_use]
    pub fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// What was put together so far.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.decoded
    }

    /// The text.
    #[must_use]
    pub fn finish(mut self) -> Text {
        if self.pieces.first().is_none_or(|piece| piece.at > 0) {
            // Nothing was pushed: the empty characters stand for the whole literal.
            self.pieces.insert(0, Piece { at: 0, origin: self.origin.clone(), kind: PieceKind::Folded });
        }
        Text { decoded: self.decoded.into(), pieces: self.pieces.into_iter().collect(), origin: self.origin }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    #[test]
    fn the_last_of_too_many_pieces_maps_to_all_that_follows() {
        let place = |start, end| Origin::at(Span::new(SourceId(0), start, end));
        let most = TextBuilder::MOST as u32;
        let mut text = Text::build(place(0, 10_000_000));
        for at in 0..most + 10 {
            text.push_folded("\n", place(at * 2, at * 2 + 2));
        }
        text.push_unknown(place(most * 2 + 20, most * 2 + 30), "known after apply");
        let text = text.finish();
        assert_eq!(text.decoded().len() as u32, most + 10);
        assert_eq!(text.span_of(5..6), Span::new(SourceId(0), 10, 12));
        assert_eq!(text.span_of(most + 3..most + 4), Span::new(SourceId(0), most * 2 - 2, most * 2 + 20));
        assert!(!text.is_known());
    }
}
