//! What services accept as tags: the typed view of `rules/tags/`.

pub(super) mod load;

use std::{fmt, sync::Arc};

use crate::finding::Severity;

/// Names a service in `rules/tags/`: `aws:kms`, `otc:kms`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(transparent)]
pub struct ServiceId(pub Arc<str>);

impl fmt::Display for ServiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The way tags reach a service. Some limits hold only on one way: a Terraform provider has checks of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Declared in Terraform: the map is the whole set that the configuration gives.
    Terraform,
    /// A request body.
    Request,
}

/// All that is known about the tags of one service on one channel, inherited facts included.
#[derive(Debug, Clone)]
pub struct TagRules {
    /// The service.
    pub service: ServiceId,
    /// As a sentence names it: `AWS KMS`.
    pub name: String,
    /// Limits on the number of tags, from the lowest; the last one that is exceeded is the one to report. Empty: none is known, which is not the same as none.
    pub count: Vec<CountLimit>,
    /// What a key may be.
    pub key: TextRules,
    /// What a value may be.
    pub value: TextRules,
    /// Prefixes that the provider keeps for itself.
    pub reserved: Vec<ReservedPrefix>,
    /// How the service takes the same key twice in one list; `None` where it is not known.
    pub duplicate: Option<Fact>,
    /// How the service takes keys that differ by letter case only, where it compares keys without case.
    pub duplicate_in_any_case: Option<Fact>,
    /// How an HCL map takes the same key twice; `None` outside Terraform.
    pub repeated_in_map: Option<Fact>,
}

/// What a key or a value may be.
#[derive(Debug, Clone, Default)]
pub struct TextRules {
    /// Length limits, from the lowest maximum.
    pub length: Vec<LengthLimit>,
    /// Character sets; a text is wrong where any of them refuses it.
    pub characters: Vec<CharacterSet>,
}

/// How sure a fact is, what the service answers, and where that is written.
#[derive(Debug, Clone)]
pub struct Fact {
    /// How bad it is to go against it.
    pub severity: Severity,
    /// What answers: the service, or the provider's own check at plan time. As a sentence names it.
    pub by: String,
    /// The error name, and its text where it is known: `TagException "Too many tags"`.
    pub refused_with: Option<String>,
    /// More to say in the help, a sentence without capital and full stop.
    pub note: Option<String>,
    /// A URL; in a user's facts perhaps the name of a document.
    pub source: String,
    /// When the source was read, `YYYY-MM-DD`.
    pub checked: String,
}

/// The most tags that one resource (or one request) may carry, tags of the provider itself not counted.
#[derive(Debug, Clone)]
pub struct CountLimit {
    /// The number still accepted.
    pub max: usize,
    /// What is limited, as a sentence names it: `tags on one key`, `tags in one request`.
    pub of: String,
    /// Where it comes from.
    pub fact: Fact,
}

/// A length range.
#[derive(Debug, Clone)]
pub struct LengthLimit {
    /// The shortest length accepted.
    pub min: usize,
    /// The longest length accepted.
    pub max: usize,
    /// What is counted.
    pub unit: LengthUnit,
    /// A sentence for texts of exactly this length, where sources disagree: `(128, "the API model says 128")`.
    pub disputed: Option<(usize, String)>,
    /// Where it comes from.
    pub fact: Fact,
}

/// What a length counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LengthUnit {
    /// Unicode code points.
    Characters,
    /// UTF-16 code units.
    Utf16,
    /// UTF-8 bytes.
    Bytes,
}

impl LengthUnit {
    /// The length of `text` in this unit.
    #[must_use]
    pub fn measure(self, text: &str) -> usize {
        match self {
            LengthUnit::Characters => text.chars().count(),
            LengthUnit::Utf16 => text.encode_utf16().count(),
            LengthUnit::Bytes => text.len(),
        }
    }

    /// As a message names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            LengthUnit::Characters => "characters",
            LengthUnit::Utf16 => "UTF-16 units",
            LengthUnit::Bytes => "bytes",
        }
    }
}

/// Which characters are accepted.
#[derive(Debug, Clone)]
pub struct CharacterSet {
    /// The characters that are accepted.
    pub accepted: Arc<CharacterClass>,
    /// The set in words: ``letters, digits, spaces and `_.:/=+-@` ``.
    pub describe: String,
    /// Where it comes from.
    pub fact: Fact,
}

impl CharacterSet {
    /// The first character that is not accepted, with its byte offset.
    #[must_use]
    pub fn first_refused(&self, text: &str) -> Option<(usize, char)> {
        text.char_indices().find(|(_, c)| !self.accepted.has(*c))
    }
}

/// A set of characters.
#[derive(Debug)]
pub struct CharacterClass {
    /// Matches a text of exactly one character of the set.
    one: regex::Regex,
    /// The ASCII characters of the set, a bit for each.
    ascii: u128,
}

impl CharacterClass {
    fn new(one: regex::Regex) -> Self {
        let has = |c: u8| u128::from(one.is_match(char::from(c).encode_utf8(&mut [0; 4])));
        let ascii = (0..128).fold(0, |set, c| set | has(c) << c);
        Self { one, ascii }
    }

    /// Whether a character is in it.
    #[must_use]
    pub fn has(&self, c: char) -> bool {
        if c.is_ascii() { self.ascii >> (c as u32) & 1 == 1 } else { self.one.is_match(c.encode_utf8(&mut [0; 4])) }
    }
}

/// A prefix that the provider keeps for itself.
#[derive(Debug, Clone)]
pub struct ReservedPrefix {
    /// The prefix: `aws:`.
    pub prefix: String,
    /// Whether other letter cases of it are meant too. An entry that is exact comes first.
    pub any_case: bool,
    /// Where it is reserved.
    pub place: Place,
    /// Texts that begin with it and are for users to set all the same.
    pub except: Vec<String>,
    /// Where it comes from.
    pub fact: Fact,
}

/// The two halves of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// The key.
    Key,
    /// The value.
    Value,
}

impl ReservedPrefix {
    /// Whether `text` begins with it.
    #[must_use]
    pub fn begins(&self, text: &str) -> bool {
        text.get(..self.prefix.len())
            .is_some_and(|start| if self.any_case { start.eq_ignore_ascii_case(&self.prefix) } else { start == self.prefix })
    }
}

impl TagRules {
    /// The first reserved prefix that `text` begins with, if `text` is not for users to set all the same.
    #[must_use]
    pub fn reserved_prefix_of(&self, place: Place, text: &str) -> Option<&ReservedPrefix> {
        let found = self.reserved.iter().find(|reserved| reserved.place == place && reserved.begins(text));
        found.filter(|reserved| !reserved.except.iter().any(|except| except == text))
    }
}
