//! `[[tags]]`: what an organisation asks of its tags.

use globset::{Glob, GlobMatcher};
use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ConfigError, Word};

/// `[[tags]]`: what an organisation asks of one tag key. Where several entries name the same key, all of them hold.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TagConfig {
    /// The key, in the letter case that is wanted.
    #[schemars(extend("examples" = ["CostCenter"]))]
    pub key: Word,
    /// What the key is for; findings show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Word", extend("default" = null, "examples" = ["the four digits that finance books on"]))]
    pub description: Option<Word>,
    /// The resource types that must have the tag, as patterns; `!` takes types out again. Without it the tag may be absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("default" = [], "examples" = [["aws_*", "!aws_iam_*"]]))]
    pub required_for: Vec<Word>,
    /// The values that are allowed; `*` stands for any characters. Without it all are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("default" = [], "examples" = [["dev", "prod", "2*"]]))]
    pub values: Vec<Word>,
    /// A regular expression that a value must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Word", extend("default" = null, "examples" = ["^\\d{4}$"]))]
    pub pattern: Option<Word>,
    /// How bad it is to write the key in another letter case.
    #[serde(default, skip_serializing_if = "KeyCase::is_default")]
    #[schemars(extend("default" = "exact", "examples" = ["insensitive-warn"]))]
    pub case: KeyCase,
    /// Whether the key must not be used.
    #[serde(default, skip_serializing_if = "is_false")]
    #[schemars(extend("default" = false, "examples" = [true]))]
    pub forbidden: bool,
    /// Where the tag must be set.
    #[serde(default, skip_serializing_if = "TagSource::is_default")]
    #[schemars(extend("default" = "any", "examples" = ["default_tags"]))]
    pub source: TagSource,
    /// Patterns of files, as in `files.exclude`: the entry holds for the resources in them. Without it, for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("default" = [], "examples" = [["envs/prod/**"]]))]
    pub paths: Vec<Word>,
}

/// How the letter case of a key is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeyCase {
    /// Another case is an error.
    #[default]
    Exact,
    /// Another case is a warning.
    InsensitiveWarn,
}

impl KeyCase {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Where a tag must be set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TagSource {
    /// Anywhere.
    #[default]
    Any,
    /// In the provider's `default_tags`.
    DefaultTags,
    /// On the resource.
    Resource,
}

impl TagSource {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl TagConfig {
    /// The rules that judge tags by these entries.
    pub const RULES: [&str; 5] = ["tag-key-case", "tag-key-forbidden", "tag-required-missing", "tag-value-not-allowed", "tag-wrong-place"];

    /// A key that every resource must have.
    #[must_use]
    pub fn required(key: &str) -> Self {
        Self {
            key: key.into(),
            description: None,
            required_for: vec!["*".into()],
            values: Vec::new(),
            pattern: None,
            case: KeyCase::default(),
            forbidden: false,
            source: TagSource::default(),
            paths: Vec::new(),
        }
    }

    /// # Errors
    /// [`ConfigError`] where the key is empty, a pattern does not parse, or the entry asks for two things that exclude each other.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        TagSpec::new(self, "").map(|_| ())
    }
}

/// What an organisation asks of its tags, ready to be asked.
#[derive(Debug, Clone, Default)]
pub struct TagSchema {
    specs: Vec<TagSpec>,
}

/// What is asked of one key.
#[derive(Debug, Clone)]
pub struct TagSpec {
    /// The key.
    pub key: String,
    /// What it is for.
    pub description: Option<String>,
    /// How its letter case is taken.
    pub case: KeyCase,
    /// Whether it must not be used.
    pub forbidden: bool,
    /// Where it must be set.
    pub source: TagSource,
    /// The values that are allowed; empty for all.
    pub values: Vec<String>,
    /// What values must match.
    pub pattern: Option<Regex>,
    required: Vec<(GlobMatcher, bool)>,
    paths: Vec<GlobMatcher>,
    /// The directory that `paths` are relative to, relative to the tree, with `/` at its end if it is not the tree itself.
    base: String,
}

impl TagSchema {
    /// Adds entries whose paths are relative to `base`, a directory of the tree; `""` is the tree itself.
    ///
    /// # Errors
    /// [`ConfigError`] where a pattern does not parse.
    pub fn add(&mut self, entries: &[TagConfig], base: &str) -> Result<(), ConfigError> {
        for entry in entries {
            self.specs.push(TagSpec::new(entry, base)?);
        }
        Ok(())
    }

    /// Whether nothing is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.specs.is_empty()
    }

    /// The keys, in the order of the configuration.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.specs.iter().map(|spec| spec.key.as_str())
    }

    /// What is asked of tags in a file.
    pub fn at<'s>(&'s self, path: &'s str) -> impl Iterator<Item = &'s TagSpec> {
        self.specs.iter().filter(move |spec| spec.holds_in(path))
    }
}

impl TagSpec {
    fn new(config: &TagConfig, base: &str) -> Result<Self, ConfigError> {
        let wrong = |message: &str, word: &Word| ConfigError::Type { message: message.to_owned(), at: word.span() };
        if config.key.as_str().is_empty() {
            return Err(wrong("a tag key has at least one character", &config.key));
        }
        let asks = !config.required_for.is_empty() || !config.values.is_empty() || config.pattern.is_some();
        if config.forbidden && (asks || config.source != TagSource::Any) {
            return Err(wrong("a forbidden key is neither required nor has it values or a place", &config.key));
        }
        let pattern = match &config.pattern {
            Some(word) => Some(Regex::new(word.as_str()).map_err(|error| {
                let reason = error.to_string();
                let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                wrong(&format!("the regular expression cannot be read: {reason}"), word)
            })?),
            None => None,
        };
        let required = config.required_for.iter().map(|word| {
            let (text, wanted) = word.as_str().strip_prefix('!').map_or((word.as_str(), true), |text| (text, false));
            let glob = Glob::new(text).map_err(|source| ConfigError::Glob { glob: text.to_owned(), source, at: word.span() })?;
            Ok((glob.compile_matcher(), wanted))
        });
        let required = required.collect::<Result<_, ConfigError>>()?;
        let paths = config.paths.iter().map(|word| Ok(word.glob()?.compile_matcher())).collect::<Result<_, ConfigError>>()?;
        Ok(Self {
            key: config.key.to_string(),
            description: config.description.as_ref().map(Word::to_string),
            case: config.case,
            forbidden: config.forbidden,
            source: config.source,
            values: config.values.iter().map(Word::to_string).collect(),
            pattern,
            required,
            paths,
            base: if base.is_empty() { String::new() } else { format!("{base}/") },
        })
    }

    fn holds_in(&self, path: &str) -> bool {
        let Some(path) = path.strip_prefix(self.base.as_str()) else { return false };
        // A pattern may name a directory: then it holds for all in it.
        let ancestors = || path.match_indices('/').map(|(at, _)| &path[..at]).chain([path]);
        self.paths.is_empty() || self.paths.iter().any(|glob| ancestors().any(|part| glob.is_match(part)))
    }

    /// Whether resources of a type must have the tag. The last pattern that fits decides.
    #[must_use]
    pub fn is_required_for(&self, ty: &str) -> bool {
        self.required.iter().rev().find(|(glob, _)| glob.is_match(ty)).is_some_and(|(_, wanted)| *wanted)
    }

    /// Whether it speaks of a key, whatever its letter case.
    #[must_use]
    pub fn speaks_of(&self, key: &str) -> bool {
        self.key == key || self.key.to_lowercase() == key.to_lowercase()
    }

    /// Whether a value is one of those that are listed, if any are.
    #[must_use]
    pub fn lists(&self, value: &str) -> bool {
        self.values.is_empty() || self.values.iter().any(|pattern| fits(pattern, value))
    }
}

/// Whether a text is what a pattern says, in which `*` stands for any characters.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn spec(text: &str) -> TagSpec {
        let config = Config::parse(&format!("[[tags]]\n{text}")).expect("it parses");
        TagSpec::new(&config.tags[0], "live").expect("it compiles")
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, text, expected) in [
            ("prod", "prod", true),
            ("prod", "prods", false),
            ("2*", "2", true),
            ("2*", "12", false),
            ("*-eu-*", "a-eu-b", true),
            ("*-eu-*", "a-eu", false),
            ("a*a", "a", false),
            ("a*b*c", "abxbc", true),
            ("*", "", true),
            ("", "x", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn the_last_pattern_that_fits_decides() {
        let spec = spec("key = 'a'\nrequired-for = ['aws_*', '!aws_iam_*', 'aws_iam_role']");
        let required = ["aws_kms_key", "aws_iam_user", "aws_iam_role", "google_kms_key"].map(|ty| spec.is_required_for(ty));
        assert_eq!(required, [true, false, true, false]);
    }

    #[test]
    fn paths_are_relative_to_the_configuration() {
        let scoped = spec("key = 'a'\npaths = ['envs/prod', '*.test.tf']");
        let holds = ["live/envs/prod/a.tf", "live/x/b.test.tf", "live/envs/dev/a.tf", "envs/prod/a.tf"].map(|path| scoped.holds_in(path));
        assert_eq!(holds, [true, true, false, false]);
        assert!(spec("key = 'a'").holds_in("live/a.tf"));
    }

    #[test]
    fn what_excludes_itself_is_refused() {
        for text in ["key = ''", "key = 'a'\npattern = '('", "key = 'a'\nforbidden = true\nvalues = ['x']", "key = 'a'\npaths = ['a[']"] {
            assert!(Config::parse(&format!("[[tags]]\n{text}")).is_err(), "{text}");
        }
    }
}
