//! Secrets are never printed: what looks like one is covered with `*`, byte for byte, in whatever is shown.
//!
//! What looks like a secret is data: `rules/secrets.json`.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    collections::BTreeMap,
    ops::Range,
    rc::Rc,
    sync::LazyLock,
};

use regex::Regex;
use serde::Deserialize;

use super::place::Boundary;
use crate::source::{Source, SourceId};

/// The table that comes with taglint.
static EMBEDDED: LazyLock<Masker> =
    LazyLock::new(|| Masker::new(include_str!("../../rules/secrets.json")).expect("rules/secrets.json is checked by a test"));

/// Finds what looks like a secret, in any text, in linear time.
#[derive(Debug)]
pub struct Masker {
    patterns: Vec<Regex>,
    unless: Regex,
}

/// Why a table of patterns cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MaskError {
    /// It is not the JSON that it should be.
    #[error("the table of secrets does not parse")]
    Table(#[from] serde_json::Error),
    /// One of its patterns is none.
    #[error("the pattern `{id}` does not parse")]
    Pattern {
        /// Which one.
        id: String,
        /// Why.
        source: regex::Error,
    },
}

#[derive(Deserialize)]
struct Table {
    name: String,
    unless: String,
    patterns: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    pattern: String,
}

impl Masker {
    /// Reads a table of patterns; see `rules/secrets.json` for its form.
    ///
    /// In a pattern, the group `secret` is what must not be seen (without it, the whole match) and `%name%` stands for the table's `name`.
    ///
    /// # Errors
    /// [`MaskError`] if the table or one of its patterns does not parse.
    pub fn new(table: &str) -> Result<Self, MaskError> {
        let table: Table = serde_json::from_str(table)?;
        let compile = |id: &str, pattern: &str| Regex::new(pattern).map_err(|source| MaskError::Pattern { id: id.to_owned(), source });
        let name = format!("(?:{})", table.name);
        let patterns = table.patterns.iter().map(|row| compile(&row.id, &row.pattern.replace("%name%", &name)));
        Ok(Self { patterns: patterns.collect::<Result<_, _>>()?, unless: compile("unless", &table.unless)? })
    }

    /// The masker that every report uses.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Where secrets are in `text`: sorted, none touches another.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for pattern in &self.patterns {
            for captures in pattern.captures_iter(text) {
                let Some(secret) = captures.name("secret").or_else(|| captures.get(0)) else { continue };
                if !self.unless.is_match(secret.as_str()) {
                    found.push(secret.range());
                }
            }
        }
        merge(found)
    }

    /// `text` with its secrets covered; as long as `text`, byte for byte, and with the same lines.
    #[must_use]
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        cover(text, &self.find(text))
    }
}

/// Sorts ranges and joins those that overlap or touch.
fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            Some(_) | None => merged.push(range),
        }
    }
    merged
}

/// `text` with `*` for every byte of `ranges`, line breaks and tabs kept.
pub(super) fn cover<'t>(text: &'t str, ranges: &[Range<usize>]) -> Cow<'t, str> {
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        out.push_str(&text[at..range.start]);
        out.extend(text.as_bytes()[range.clone()].iter().map(|byte| match byte {
            b'\n' | b'\r' | b'\t' => char::from(*byte),
            _ => '*',
        }));
        at = range.end;
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

/// How much of a source is searched at once.
const CHUNK: usize = 64 * 1024;
/// How far a search looks over the edges of its chunk: longer than any key.
const MARGIN: usize = 16 * 1024;

/// The secrets of sources, found where somebody looks and remembered. The whole search is linear in what is shown.
#[derive(Debug)]
pub(super) struct Secrets<'a> {
    masker: &'a Masker,
    chunks: RefCell<BTreeMap<(SourceId, usize), Rc<[Range<usize>]>>>,
    searched: Cell<usize>,
}

impl<'a> Secrets<'a> {
    /// Nothing is searched yet.
    pub(super) fn new(masker: &'a Masker) -> Self {
        Self { masker, chunks: RefCell::default(), searched: Cell::new(0) }
    }

    /// The masker, for texts that are no source.
    pub(super) fn masker(&self) -> &'a Masker {
        self.masker
    }

    /// How many bytes were searched so far.
    #[cfg(test)]
    pub(super) fn searched(&self) -> usize {
        self.searched.get()
    }

    /// The secrets that touch `range` of `source`, whole.
    pub(super) fn within(&self, source: &Source, range: Range<usize>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for chunk in range.start / CHUNK..=range.end / CHUNK {
            let secrets = self.chunk(source, chunk);
            found.extend(secrets.iter().filter(|secret| secret.start < range.end && range.start < secret.end).cloned());
        }
        merge(found)
    }

    /// `range` of `source` with its secrets covered.
    pub(super) fn masked<'s>(&self, source: &'s Source, range: Range<usize>) -> Cow<'s, str> {
        let secrets: Vec<_> = self
            .within(source, range.clone())
            .into_iter()
            .map(|secret| secret.start.max(range.start) - range.start..secret.end.min(range.end) - range.start)
            .collect();
        cover(&source.text()[range], &secrets)
    }

    fn chunk(&self, source: &Source, chunk: usize) -> Rc<[Range<usize>]> {
        if let Some(known) = self.chunks.borrow().get(&(source.id(), chunk)) {
            return Rc::clone(known);
        }
        let text = source.text();
        let start = text.floor_char_boundary_at((chunk * CHUNK).saturating_sub(MARGIN));
        let end = text.floor_char_boundary_at((chunk + 1) * CHUNK + MARGIN);
        self.searched.set(self.searched.get() + (end - start));
        let found = self.masker.find(&text[start..end]);
        let found: Rc<[_]> = found.into_iter().map(|secret| secret.start + start..secret.end + start).collect();
        self.chunks.borrow_mut().insert((source.id(), chunk), Rc::clone(&found));
        found
    }
}
