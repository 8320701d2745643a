//! A word of the configuration that remembers where it stands.

use std::{
    borrow::{Borrow, Cow},
    cmp::Ordering,
    fmt,
    ops::Range,
};

use globset::GlobBuilder;
use miette::SourceSpan;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::ConfigError;

/// A string of the configuration and its byte range in the file. A word of the command line stands nowhere.
///
/// Words are equal if their texts are, wherever they stand.
#[derive(Clone, Serialize)]
#[serde(into = "String")]
pub struct Word {
    text: String,
    at: Option<Range<usize>>,
}

impl Word {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where it stands in the file.
    #[must_use]
    pub fn span(&self) -> Option<SourceSpan> {
        self.at.clone().map(SourceSpan::from)
    }

    /// The pattern of paths that it is. Without a `/` it matches a name at any depth.
    ///
    /// # Errors
    /// [`ConfigError::Glob`] if it is not a pattern.
    pub fn glob(&self) -> Result<globset::Glob, ConfigError> {
        let pattern = self.text.trim_end_matches('/').trim_start_matches("./");
        let anchored = pattern.strip_prefix('/').map(str::to_owned);
        let pattern = anchored.unwrap_or_else(|| if pattern.contains('/') { pattern.to_owned() } else { format!("**/{pattern}") });
        GlobBuilder::new(&pattern).literal_separator(true).build().map_err(|source| ConfigError::Glob {
            glob: self.text.clone(),
            source,
            at: self.span(),
        })
    }

    /// The pattern of addresses that it is. Brackets stand for themselves, `*` crosses dots.
    ///
    /// # Errors
    /// [`ConfigError::Glob`] if it is not a pattern.
    pub fn address_glob(&self) -> Result<globset::Glob, ConfigError> {
        let pattern = self.text.replace('[', "\\[").replace(']', "\\]");
        let built = GlobBuilder::new(&pattern).backslash_escape(true).build();
        built.map_err(|source| ConfigError::Glob { glob: self.text.clone(), source, at: self.span() })
    }

    pub(super) fn check_glob(&self) -> Result<(), ConfigError> {
        self.glob().map(|_| ())
    }

    pub(super) fn check_rule(&self, known: &[&str]) -> Result<(), ConfigError> {
        if known.contains(&self.as_str()) { Ok(()) } else { Err(ConfigError::unknown_rule(self, known.iter().copied())) }
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), at: None }
    }
}

impl From<Word> for String {
    fn from(word: Word) -> Self {
        word.text
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = toml::Spanned::<String>::deserialize(deserializer)?;
        Ok(Self { at: Some(spanned.span()), text: spanned.into_inner() })
    }
}

impl JsonSchema for Word {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        String::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Word {}

impl PartialOrd for Word {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Word {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Borrow<str> for Word {
    fn borrow(&self) -> &str {
        &self.text
    }
}
