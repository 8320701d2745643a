//! What can be wrong with a configuration.

use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

use super::Word;

/// What is wrong with a configuration. The label points into its text, which the caller attaches.
#[derive(Debug, Error, Diagnostic)]
pub enum ConfigError {
    /// The text is not TOML.
    #[error("the configuration is not valid TOML: {message}")]
    Syntax {
        /// The parser's words.
        message: String,
        /// Where.
        #[label("here")]
        at: Option<SourceSpan>,
    },
    /// A key that taglint does not know.
    #[error("there is no setting `{key}` here")]
    UnknownKey {
        /// The key.
        key: String,
        /// The nearest key, or all that may stand there.
        #[help]
        help: String,
        /// Where.
        #[label("not known")]
        at: Option<SourceSpan>,
    },
    /// A word that is not one of the words that may stand there.
    #[error("`{value}` is not a value of this setting")]
    UnknownValue {
        /// The word.
        value: String,
        /// The nearest word, or all that may stand there.
        #[help]
        help: String,
        /// Where.
        #[label("not known")]
        at: Option<SourceSpan>,
    },
    /// A value of another type, or a setting that is missing.
    #[error("a setting is not what it should be: {message}")]
    Type {
        /// What was found and what was expected.
        message: String,
        /// Where.
        #[label("here")]
        at: Option<SourceSpan>,
    },
    /// A rule or group that does not exist.
    #[error("there is no rule or group `{name}`")]
    UnknownRule {
        /// Its name.
        name: String,
        /// The nearest name.
        #[help]
        help: String,
        /// Where.
        #[label("not known")]
        at: Option<SourceSpan>,
    },
    /// Options that a rule does not take.
    #[error("the options of rule `{rule}` do not fit: {message}")]
    #[diagnostic(help("`taglint explain {rule}` lists its options"))]
    Options {
        /// The rule.
        rule: String,
        /// What does not fit.
        message: String,
        /// Where.
        #[label("the options of this rule")]
        at: Option<SourceSpan>,
    },
    /// An exception that holds everywhere.
    #[error("this exception to `{rule}` says no place")]
    #[diagnostic(help("add `path`, `address` or `pointer`; `rules.ignore` turns a rule off everywhere"))]
    NoPlace {
        /// The rule.
        rule: String,
        /// Where.
        #[label("this exception")]
        at: Option<SourceSpan>,
    },
    /// A pattern that does not parse.
    #[error("`{glob}` is not a pattern")]
    Glob {
        /// The pattern.
        glob: String,
        /// Why.
        source: globset::Error,
        /// Where.
        #[label("this pattern")]
        at: Option<SourceSpan>,
    },
    /// Another version of taglint is required.
    #[error("this project requires taglint {required}, and this is taglint {version}")]
    #[diagnostic(help("install a version that fits, or change `required-version`"))]
    Version {
        /// What is required.
        required: String,
        /// What runs.
        version: String,
        /// Where.
        #[label("required here")]
        at: Option<SourceSpan>,
    },
    /// A version requirement that does not parse.
    #[error("`{text}` is not a version requirement")]
    #[diagnostic(help("write comparisons with commas between them, like `>=0.1, <1`; the operators are = != > >= < <= ~>"))]
    VersionSyntax {
        /// The requirement.
        text: String,
        /// Where.
        #[label("this requirement")]
        at: Option<SourceSpan>,
    },
}

impl ConfigError {
    /// The error for a rule or group that is not among `known`; it offers the nearest of them.
    #[must_use]
    pub fn unknown_rule<'a>(word: &Word, known: impl IntoIterator<Item = &'a str>) -> Self {
        let help = match nearest(word.as_str(), known) {
            Some(name) => format!("did you mean `{name}`? `taglint rules` lists all rules"),
            None => "`taglint rules` lists all rules".to_owned(),
        };
        Self::UnknownRule { name: word.to_string(), help, at: word.span() }
    }

    /// What serde and the TOML parser say, sorted by what it is about.
    pub(super) fn of(error: &toml::de::Error, text: &str) -> Self {
        let message = error.message().trim().to_owned();
        let at = error.span().map(|range| SourceSpan::from(range.start.min(text.len())..range.end.min(text.len())));
        let (head, list) = message.split_once(", ").unwrap_or((&message, ""));
        let expected: Vec<&str> = quoted(list);
        match quoted(head).first() {
            Some(key) if head.starts_with("unknown field") => {
                Self::UnknownKey { key: (*key).to_owned(), help: help_with(key, &expected), at }
            }
            Some(value) if head.starts_with("unknown variant") => {
                Self::UnknownValue { value: (*value).to_owned(), help: help_with(value, &expected), at }
            }
            _ if ["invalid ", "missing field", "duplicate field", "wanted "].iter().any(|start| message.starts_with(start)) => {
                Self::Type { message, at }
            }
            _ => Self::Syntax { message, at },
        }
    }
}

/// The words in backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn help_with(word: &str, expected: &[&str]) -> String {
    let all = expected.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    match nearest(word, expected.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("it may be {all}"),
    }
}

/// The name that `word` was most likely meant to be.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let similar = known.into_iter().map(|name| (strsim::jaro_winkler(&word.to_lowercase(), name), name));
    similar.filter(|(similarity, _)| *similarity > 0.8).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}
