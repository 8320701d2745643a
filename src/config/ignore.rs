//! `[[ignore]]`: exceptions, and where they stand.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use toml::Spanned;

use super::{ConfigError, Day, Word};
use crate::fix;

/// `[[ignore]]`: exceptions for findings at places that cannot hold a comment, such as JSON files. All that is given must fit.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IgnoreConfig {
    /// The rule.
    #[schemars(extend("examples" = ["tag-key-characters"]))]
    pub rule: Word,
    /// A pattern of files, as in `files.exclude`. One of `path`, `address` and `pointer` is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Word", extend("default" = null, "examples" = ["legacy/**"]))]
    pub path: Option<Word>,
    /// A pattern of addresses; `*` stands for any characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Word", extend("default" = null, "examples" = ["module.old.*"]))]
    pub address: Option<Word>,
    /// A JSON Pointer: the value there, and all in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Word", extend("default" = null, "examples" = ["/Tags/3"]))]
    pub pointer: Option<Word>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Word", extend("default" = null, "examples" = ["decommissioned in Q2"]))]
    pub reason: Option<Word>,
    /// The last day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Day", extend("default" = null, "examples" = ["2027-06-30"]))]
    pub until: Option<Day>,
    /// Where it stands in the file: its header, or all of a table between braces.
    #[serde(skip)]
    pub place: Place,
}

/// A range of bytes of the configuration. Places are equal wherever they are, as words are.
#[derive(Debug, Clone, Default)]
pub struct Place(Option<Range<usize>>);

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl IgnoreConfig {
    /// # Errors
    /// [`ConfigError`] where it says no place, or a pattern does not parse.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.path.is_none() && self.address.is_none() && self.pointer.is_none() {
            return Err(ConfigError::NoPlace { rule: self.rule.to_string(), at: self.rule.span() });
        }
        self.path.iter().try_for_each(Word::check_glob)?;
        self.address.iter().try_for_each(|address| address.address_glob().map(|_| ()))
    }

    /// Checks that the rule is one of `known`.
    ///
    /// # Errors
    /// [`ConfigError::UnknownRule`] if it is not.
    pub fn check_rule(&self, known: &[&str]) -> Result<(), ConfigError> {
        self.rule.check_rule(known)
    }

    /// What to delete from the text it was read from so that it is gone.
    #[must_use]
    pub fn range(&self, text: &str) -> Option<Range<usize>> {
        let place = self.place.0.clone()?;
        if text.get(place.clone())?.starts_with('{') {
            return Some(fix::entry_range(text, place));
        }
        let words = [Some(&self.rule), self.path.as_ref(), self.address.as_ref(), self.pointer.as_ref(), self.reason.as_ref()];
        let last = words.into_iter().flatten().filter_map(Word::span).map(|span| span.offset() + span.len()).max()?;
        let line_end = |at: usize| text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
        let start = text[..place.start].rfind('\n').map_or(0, |at| at + 1);
        // `until` may come after the last word; what no text can be begins the next table.
        let (mut end, mut at) = (line_end(last), line_end(last));
        while at < text.len() && !text[at..].trim_start_matches([' ', '\t']).starts_with('[') {
            let line = at..line_end(at);
            if !matches!(text[line.clone()].trim().chars().next(), None | Some('#')) {
                end = line.end;
            }
            at = line.end;
        }
        Some(with_blank_lines(text, start..end))
    }
}

/// A table with the blank lines that would be left over without it: those behind it, or before it at the end of the file.
fn with_blank_lines(text: &str, table: Range<usize>) -> Range<usize> {
    let is_blank = |c: char| c.is_ascii_whitespace();
    let behind = text[table.end..].trim_start_matches(is_blank);
    let before = text[..table.start].trim_end_matches(is_blank);
    if behind.is_empty() {
        let kept = text[before.len()..table.start].find('\n').map_or(table.start, |at| before.len() + at + 1);
        return kept..text.len();
    }
    let next = text.len() - behind.len();
    let next_line = text[..next].rfind('\n').map_or(0, |at| at + 1);
    if next_line > table.end && (before.is_empty() || text[before.len()..table.start].matches('\n').count() > 1) {
        return table.start..next_line;
    }
    table
}

/// Exceptions with their places.
pub(super) fn placed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IgnoreConfig>, D::Error> {
    let found = Vec::<Spanned<IgnoreConfig>>::deserialize(deserializer)?;
    Ok(found.into_iter().map(|one| IgnoreConfig { place: Place(Some(one.span())), ..one.into_inner() }).collect())
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    /// The text without each exception whose rule is named.
    fn without(text: &str, rules: &[&str]) -> String {
        let config = Config::parse(text).expect("it is a configuration");
        let gone = config.ignore.iter().filter(|one| rules.contains(&one.rule.as_str()));
        let mut ranges: Vec<_> = gone.map(|one| one.range(text).expect("it stands there")).collect();
        ranges.sort_by_key(|range| range.start);
        let mut left = text.to_owned();
        ranges.into_iter().rev().for_each(|range| left.replace_range(range, ""));
        Config::parse(&left).expect("it still is one");
        left
    }

    #[test]
    fn an_exception_goes_with_its_lines() {
        let one = "[[ignore]] # old\nuntil = 2020-01-01\nrule = \"a\"\npath = \"x\"\n";
        let two =
            "[[ignore]]\nrule = \"b\"\nreason = \"\"\"\nsee\n[[ignore]]\n\"\"\"\npath = \"x\"\n# until it is done\nuntil = 2020-01-01\n";
        let text = format!("min-severity = \"info\"\n\n{one}\n{two}\n# all\n[rules]\nselect = [\"all\"]\n");
        assert_eq!(without(&text, &["a"]), format!("min-severity = \"info\"\n\n{two}\n# all\n[rules]\nselect = [\"all\"]\n"));
        assert_eq!(without(&text, &["b"]), format!("min-severity = \"info\"\n\n{one}\n# all\n[rules]\nselect = [\"all\"]\n"));
        assert_eq!(without(&text, &["a", "b"]), "min-severity = \"info\"\n\n# all\n[rules]\nselect = [\"all\"]\n");
        assert_eq!(without(&format!("{one}\n{two}"), &["b"]), one);
        assert_eq!(without(&format!("{one}{two}"), &["a"]), two);
        assert_eq!(without(&one.replace('\n', "\r\n"), &["a"]), "");
        assert_eq!(without(&format!("x\n\n{one}").replace("x\n", "facts = []\n").replace('\n', "\r\n"), &["a"]), "facts = []\r\n");
    }

    #[test]
    fn an_exception_between_braces_goes_with_its_comma() {
        let text = "ignore = [\n  { rule = \"a\", path = \"x\" },\n  { rule = \"b\", path = \"x\" },\n]\n";
        assert_eq!(without(text, &["a"]), "ignore = [\n  { rule = \"b\", path = \"x\" },\n]\n");
        assert_eq!(without("ignore = [{ rule = \"a\", path = \"x\" }]\n", &["a"]), "ignore = []\n");
    }
}
