//! The entries of maps, as they come together.

use std::collections::HashMap;

use super::MAX_ENTRIES;
use crate::{
    origin::{HasOrigin, Origin},
    source::Span,
    text::Text,
    value::{Data, Entry, Open, Shadow, Type, Unknown, Value},
};

/// Collects the entries of a constructor or of `merge`: a later key takes the place of an earlier one.
#[derive(Debug, Default, Clone)]
pub struct EntryList {
    entries: Vec<Entry>,
    live: Live,
    open: Option<Open>,
    /// The entries before this one have no value that is certain.
    doubted: usize,
    /// How many keys were known in part.
    partial: u32,
}

/// Where the entries that arrive are, by key.
#[derive(Debug, Default, Clone)]
struct Live {
    /// Of many entries; few are looked through faster than they are hashed.
    places: Option<HashMap<String, usize, foldhash::fast::RandomState>>,
}

impl Live {
    const FEW: usize = 16;

    fn place(&self, key: &str, entries: &[Entry]) -> Option<usize> {
        match &self.places {
            Some(places) => places.get(key).copied(),
            None => entries.iter().rposition(|entry| arrives(entry) && entry.key.decoded() == key),
        }
    }

    /// Takes note of the last entry.
    fn note(&mut self, entries: &[Entry]) {
        let live = |(_, entry): &(usize, &Entry)| arrives(entry);
        let place = |(at, entry): (usize, &Entry)| (entry.key.decoded().to_owned(), at);
        match &mut self.places {
            Some(places) => places.extend(entries.iter().enumerate().next_back().map(place)),
            None if entries.len() > Self::FEW => self.places = Some(entries.iter().enumerate().filter(live).map(place).collect()),
            None => {}
        }
    }
}

/// Whether an entry arrives under a key that is known.
fn arrives(entry: &Entry) -> bool {
    entry.shadowed.is_none() && entry.key.is_known()
}

impl EntryList {
    /// Room for so many entries.
    #[must_use]
    pub fn with_capacity(count: usize) -> Self {
        Self { entries: Vec::with_capacity(count), ..Self::default() }
    }

    /// Whether an entry that arrives has this key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.live.place(key, &self.entries).is_some()
    }

    /// Adds an entry of a constructor.
    pub fn add(&mut self, key: Value, value: Value) {
        self.add_written(key, value, None);
    }

    /// The same; `item` is where key and value are written together.
    pub fn add_written(&mut self, key: Value, value: Value, item: Option<Span>) {
        match key.to_text() {
            Some(text) if text.is_known() => self.put(Entry { key: text, value, shadowed: None, item }, Shadow::Repeated),
            Some(text) => {
                self.doubt_keys(&text);
                self.entries.push(Entry { key: text, value, shadowed: None, item });
            }
            None => self.open(Open { why: key.why_unknown().unwrap_or(Unknown::Error), span: key.origin.span }),
        }
    }

    /// Adds an entry whose key is known; `how` is what happens to an earlier one of that key.
    pub fn insert(&mut self, key: Text, value: Value, how: Shadow) {
        self.put(Entry { key, value, shadowed: None, item: None }, how);
    }

    /// Adds an entry of another map whose key is known; `how` is what happens to an earlier one of that key.
    pub fn join(&mut self, entry: Entry, how: Shadow) {
        self.put(entry, how);
    }

    fn put(&mut self, entry: Entry, how: Shadow) {
        if let Some(earlier) = self.live.place(entry.key.decoded(), &self.entries) {
            self.entries[earlier].shadowed = Some(how);
        }
        self.entries.push(entry);
        self.live.note(&self.entries);
    }

    /// Keeps an entry that never arrives.
    pub fn keep_shadowed(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Entries that are not known join here: they may add keys, and replace the values of those before them.
    pub fn open(&mut self, open: Open) {
        self.doubt(open);
        self.open.get_or_insert(open);
    }

    /// A key known in part may be any earlier one that begins as it does.
    fn doubt_keys(&mut self, key: &Text) {
        /// So often every earlier key is looked at; then all of them are in doubt, so that time stays linear.
        const OFTEN: u32 = 64;
        let (span, reason) = key.first_unknown().unwrap_or((key.origin().span, Unknown::AfterApply.reason()));
        self.partial += 1;
        if self.partial > OFTEN || key.known_prefix().is_empty() {
            return self.doubt(Open { why: Unknown::Unsupported(reason), span });
        }
        let may_be = |entry: &&mut Entry| entry.shadowed.is_none() && entry.key.known_prefix().starts_with(key.known_prefix());
        for entry in self.entries[self.doubted..].iter_mut().filter(may_be) {
            entry.value = Value::unknown(Unknown::Unsupported(reason), entry.value.origin.clone());
        }
    }

    fn doubt(&mut self, open: Open) {
        let from = std::mem::replace(&mut self.doubted, self.entries.len());
        for entry in self.entries[from..].iter_mut().filter(|entry| entry.shadowed.is_none()) {
            let origin = entry.value.origin.clone();
            entry.value = Value::unknown(open.why, origin);
        }
    }

    /// How many entries there are, shadowed ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The map.
    #[must_use]
    pub fn finish(self, origin: Origin) -> Value {
        if self.entries.len() > MAX_ENTRIES {
            return Value::unknown(Unknown::Unsupported("too large to evaluate"), origin);
        }
        Value::new(Data::Entries { entries: self.entries.into(), open: self.open }, Type::Object, origin)
    }
}

/// The entries that arrive, in the order in which Terraform goes over them: that of the bytes of their keys.
#[must_use]
pub fn order(entries: &[Entry]) -> Vec<&Entry> {
    let mut live: Vec<&Entry> = entries.iter().filter(|entry| entry.shadowed.is_none()).collect();
    live.sort_by(|a, b| a.key.decoded().cmp(b.key.decoded()));
    live
}
