//! Secrets are never printed: what looks like one is covered with `*`, byte for byte, in whatever is shown.
//!
//! What looks like a secret is data: `rules/secrets/patterns.json`.

use std::{
    borrow::Cow,
    cell::RefCell,
    collections::{BTreeMap, HashSet},
    ops::Range,
    rc::Rc,
    sync::{LazyLock, Mutex, OnceLock, PoisonError},
};

use regex::Regex;
use regex_syntax::hir::Hir;
use serde::Deserialize;

use crate::{
    finding::Finding,
    source::{Boundary, Source, SourceId},
};

mod needles;

use needles::Needles;

/// The table that comes with taglint.
static EMBEDDED: LazyLock<Masker> = LazyLock::new(|| {
    Masker::new(include_str!("../rules/secrets/patterns.json")).expect("rules/secrets/patterns.json is checked by a test")
});

/// Finds what looks like a secret, in any text, in linear time.
#[derive(Debug)]
pub struct Masker {
    patterns: Vec<Pattern>,
    unless: Regex,
    headers: Vec<String>,
    /// What the patterns need, all in one search: most texts have nothing of it.
    needles: OnceLock<Needles>,
    /// Names with values that are no secrets: most resources of a configuration have the same tags.
    clean: Mutex<HashSet<Box<str>, foldhash::fast::RandomState>>,
}

/// How many names with values are remembered, and how long they may be.
const REMEMBERED: usize = 10_000;
const REMEMBERED_LENGTH: usize = 200;

#[derive(Debug)]
struct Pattern {
    written: String,
    hir: Hir,
    /// Compiled when a text is met that may have it: most values are a word, and compiling all costs more than checking a small file.
    regex: OnceLock<Option<Regex>>,
    /// The bytes of the shortest match.
    shortest: usize,
    what: String,
    /// It tells by what the secret looks like, not by a name beside it.
    shape: bool,
    check: Option<Check>,
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
    headers: Vec<String>,
    patterns: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    what: String,
    pattern: String,
    #[serde(default)]
    shape: bool,
    check: Option<Check>,
}

/// What the digits of a number must fulfil.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Check {
    /// The sum over a payment card's digits ends in 0.
    Luhn,
    /// A bank account's number, letters as numbers, is 1 modulo 97.
    Mod97,
}

impl Check {
    fn holds(self, text: &str) -> bool {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        match self {
            Check::Luhn => {
                let digits = letters.filter_map(|c| c.to_digit(10)).collect::<Vec<_>>();
                let sum = digits.iter().rev().enumerate().map(|(at, digit)| {
                    let doubled = digit * (1 + at as u32 % 2);
                    doubled / 10 + doubled % 10
                });
                sum.sum::<u32>() % 10 == 0
            }
            Check::Mod97 => {
                // The country and the check digits stand in front and count last.
                let letters: Vec<u32> = letters.filter_map(|c| c.to_digit(36)).collect();
                let (front, rest) = letters.split_at(letters.len().min(4));
                let step = |sum: u32, value: &u32| (sum * if *value > 9 { 100 } else { 10 } + value) % 97;
                rest.iter().chain(front).fold(0, step) == 1
            }
        }
    }
}

impl Pattern {
    /// What to search a text with; `None` where it is too short for a match.
    fn regex(&self, text: &str) -> Option<&Regex> {
        if text.len() < self.shortest {
            return None;
        }
        self.regex.get_or_init(|| Regex::new(&self.written).ok()).as_ref()
    }
}

impl Masker {
    /// Reads a table of patterns; see `rules/secrets/patterns.json` for its form.
    ///
    /// In a pattern, the group `secret` is what must not be seen (without it, the whole match) and `%name%` stands for the table's `name`.
    ///
    /// # Errors
    /// [`MaskError`] if the table or one of its patterns does not parse.
    pub fn new(table: &str) -> Result<Self, MaskError> {
        let table: Table = serde_json::from_str(table)?;
        let refuse = |id: &str, source: regex::Error| MaskError::Pattern { id: id.to_owned(), source };
        let name = format!("(?:{})", table.name);
        let patterns = table.patterns.into_iter().map(|row| {
            let written = row.pattern.replace("%name%", &name);
            let parsed = regex_syntax::parse(&written).map_err(|error| refuse(&row.id, regex::Error::Syntax(error.to_string())))?;
            let shortest = parsed.properties().minimum_len().unwrap_or(0);
            let Row { what, shape, check, .. } = row;
            Ok::<_, MaskError>(Pattern { written, hir: parsed, regex: OnceLock::new(), shortest, what, shape, check })
        });
        Ok(Self {
            patterns: patterns.collect::<Result<_, _>>()?,
            unless: Regex::new(&table.unless).map_err(|source| refuse("unless", source))?,
            headers: table.headers,
            needles: OnceLock::new(),
            clean: Mutex::default(),
        })
    }

    /// The masker that every report uses.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Headers that let anybody who has them act for somebody else.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().map(String::as_str)
    }

    /// Where secrets are in `text`: sorted, none touches another.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let possible = self.needles().possible(text);
        let patterns = self.patterns.iter().zip(possible).filter_map(|(pattern, possible)| possible.then_some(pattern));
        merge(patterns.flat_map(|pattern| self.matches(pattern, text)).collect())
    }

    fn needles(&self) -> &Needles {
        self.needles.get_or_init(|| Needles::of(self.patterns.iter().map(|pattern| &pattern.hir)))
    }

    fn matches<'a>(&'a self, pattern: &'a Pattern, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        // Whether there is a match at all is told without room for groups.
        let regex = pattern.regex(text).filter(|regex| regex.is_match(text));
        let matches = regex.into_iter().flat_map(move |regex| regex.captures_iter(text));
        matches.filter_map(|captures| {
            let secret = captures.name("secret").or_else(|| captures.get(0))?;
            let counts = !self.unless.is_match(secret.as_str()) && pattern.check.is_none_or(|check| check.holds(secret.as_str()));
            counts.then(|| secret.range())
        })
    }

    /// What a value looks like, if it looks like a secret by itself. Its name counts only beside a value that could hardly be anything else.
    #[must_use]
    pub fn looks_like(&self, name: &str, value: &str) -> Option<&str> {
        let text = format!("{name}={value}");
        if self.is_known_clean(&text) {
            return None;
        }
        let possible = self.needles().possible(&text);
        let shapes =
            || self.patterns.iter().zip(&possible).filter(|(pattern, possible)| pattern.shape && **possible).map(|(pattern, _)| pattern);
        let alone = shapes().find(|pattern| self.matches(pattern, value).next().is_some());
        let named = || shapes().find(|pattern| self.matches(pattern, &text).any(|secret| secret.start > name.len()));
        let found = alone.or_else(named).map(|pattern| pattern.what.split([',', ':']).next().unwrap_or(&pattern.what));
        if found.is_none() {
            self.keep_clean(text);
        }
        found
    }

    fn is_known_clean(&self, text: &str) -> bool {
        self.clean.lock().unwrap_or_else(PoisonError::into_inner).contains(text)
    }

    fn keep_clean(&self, text: String) {
        let mut clean = self.clean.lock().unwrap_or_else(PoisonError::into_inner);
        if clean.len() < REMEMBERED && text.len() <= REMEMBERED_LENGTH {
            clean.insert(text.into());
        }
    }

    /// `text` with its secrets covered; as long as `text`, byte for byte, and with the same lines.
    #[must_use]
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        cover(text, &self.find(text))
    }
}

impl Masker {
    /// A value with its secrets covered; its name may say that it is one.
    #[must_use]
    pub fn mask_named<'t>(&self, name: &str, value: &'t str) -> Cow<'t, str> {
        // A quote inside of the value does not end it.
        let probe: String = value.chars().map(|c| if matches!(c, '"' | '\\') { '_' } else { c }).collect();
        let before = format!("\"{name}\" = \"");
        let named = self.find(&format!("{before}{probe}\"")).into_iter().filter_map(|secret| {
            let (start, end) = (secret.start.max(before.len()) - before.len(), secret.end.saturating_sub(before.len()).min(value.len()));
            (start < end).then_some(start..end)
        });
        cover(value, &merge(named.chain(self.find(value)).collect()))
    }
}

/// Sorts ranges and joins those that overlap or touch.
pub(crate) fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
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
pub(crate) fn cover<'t>(text: &'t str, ranges: &[Range<usize>]) -> Cow<'t, str> {
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

/// The secrets of one chunk.
type Found = Rc<[Range<usize>]>;

/// The secrets of sources, found where somebody looks and remembered. The whole search is linear in what is shown.
#[derive(Debug)]
pub(crate) struct Secrets<'a> {
    masker: &'a Masker,
    /// Places that a finding says are secrets, sorted.
    told: BTreeMap<SourceId, Vec<Range<usize>>>,
    chunks: RefCell<BTreeMap<(SourceId, usize), Found>>,
    #[cfg(test)]
    searched: std::cell::Cell<usize>,
}

impl<'a> Secrets<'a> {
    /// Nothing is searched yet.
    pub(crate) fn new(masker: &'a Masker) -> Self {
        Self {
            masker,
            told: BTreeMap::new(),
            chunks: RefCell::default(),
            #[cfg(test)]
            searched: std::cell::Cell::default(),
        }
    }

    /// The same, with what findings say is a secret, whatever it looks like.
    pub(crate) fn covering<'f>(mut self, findings: impl Iterator<Item = &'f Finding>) -> Self {
        for span in findings.filter(|finding| finding.secret).map(|finding| finding.primary.span) {
            self.told.entry(span.source).or_default().push(span.range());
        }
        for ranges in self.told.values_mut() {
            *ranges = merge(std::mem::take(ranges));
        }
        self
    }

    /// The masker, for texts that are no source.
    pub(crate) fn masker(&self) -> &'a Masker {
        self.masker
    }

    /// How many bytes were searched so far.
    #[cfg(test)]
    pub(crate) fn searched(&self) -> usize {
        self.searched.get()
    }

    /// The secrets that touch `range` of `source`, whole.
    pub(crate) fn within(&self, source: &Source, range: Range<usize>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for chunk in range.start / CHUNK..=range.end / CHUNK {
            let secrets = self.chunk(source, chunk);
            found.extend(secrets.iter().filter(|secret| secret.start < range.end && range.start < secret.end).cloned());
        }
        let hidden = source.hidden();
        let first = hidden.partition_point(|(_, end)| *end as usize <= range.start);
        let hidden =
            hidden[first..].iter().map(|(start, end)| *start as usize..*end as usize).take_while(|secret| secret.start < range.end);
        let told = self.told.get(&source.id()).map_or(&[][..], Vec::as_slice);
        let first = told.partition_point(|secret| secret.end <= range.start);
        // Quotes stay, so that the reader sees a text.
        let inner = |secret: &Range<usize>| {
            let quoted = source.text()[secret.clone()].starts_with('"') && secret.len() > 1;
            if quoted { secret.start + 1..secret.end - 1 } else { secret.clone() }
        };
        found.extend(told[first..].iter().take_while(|secret| secret.start < range.end).map(inner));
        found.extend(hidden.map(|secret| inner(&secret)));
        merge(found)
    }

    /// `range` of `source` with its secrets covered.
    pub(crate) fn masked<'s>(&self, source: &'s Source, range: Range<usize>) -> Cow<'s, str> {
        let secrets: Vec<_> = self
            .within(source, range.clone())
            .into_iter()
            .map(|secret| secret.start.max(range.start) - range.start..secret.end.min(range.end) - range.start)
            .collect();
        cover(&source.text()[range], &secrets)
    }

    fn chunk(&self, source: &Source, chunk: usize) -> Found {
        if let Some(known) = self.chunks.borrow().get(&(source.id(), chunk)) {
            return Rc::clone(known);
        }
        let text = source.text();
        let start = text.floor_char_boundary_at((chunk * CHUNK).saturating_sub(MARGIN));
        let end = text.floor_char_boundary_at((chunk + 1) * CHUNK + MARGIN);
        #[cfg(test)]
        self.searched.set(self.searched.get() + (end - start));
        let found = self.masker.find(&text[start..end]);
        let found: Found = found.into_iter().map(|secret| secret.start + start..secret.end + start).collect();
        self.chunks.borrow_mut().insert((source.id(), chunk), Rc::clone(&found));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        let masked = Masker::embedded().mask(text);
        assert_eq!(masked.len(), text.len());
        masked.into_owned()
    }

    #[test]
    fn every_pattern_compiles() {
        let long = " ".repeat(MARGIN);
        for pattern in &Masker::embedded().patterns {
            assert!(pattern.regex(&long).is_some(), "{}", pattern.what);
        }
    }

    #[test]
    fn names_tell_secrets() {
        assert_eq!(masked(r#"db_password = "hunter2""#), r#"db_password = "*******""#);
        assert_eq!(masked(r#"{"SecretString": "a\"b c"}"#), r#"{"SecretString": "******"}"#);
        assert_eq!(masked(r#""X-Auth-Token":"gAAAA""#), r#""X-Auth-Token":"*****""#);
        assert_eq!(masked(r#""X-Amz-Security-Token": "FwoG""#), r#""X-Amz-Security-Token": "****""#);
        assert_eq!(masked("Authorization: Bearer abc.def"), "Authorization: Bearer *******");
        assert_eq!(masked(r#"{"Key": "ApiKey", "Value": "v1"}"#), r#"{"Key": "ApiKey", "Value": "**"}"#);
        assert_eq!(masked(r#"key = "token"  value = "v1""#), r#"key = "token"  value = "**""#);
        assert_eq!(masked(r#"{"TagKey":"password","TagValue":"v1"}"#), r#"{"TagKey":"password","TagValue":"**"}"#);
        let variable = "variable \"db_password\" {\n  type    = string\n  default = \"hunter2\"\n}";
        assert_eq!(masked(variable), variable.replace("hunter2", "*******"));
        assert_eq!(masked("postgres://app:s3cr@db"), "postgres://app:****@db");
    }

    #[test]
    fn secrets_in_strings_of_strings_are_found() {
        assert_eq!(masked(r#""{\"password\": \"hun\\\"ter2\"}""#), r#""{\"password\": \"***********\"}""#);
        assert_eq!(masked(r#"{\\\"password\\\": \\\"hunter2\\\"}"#).matches("hunter2").count(), 0);
    }

    #[test]
    fn shapes_tell_secrets() {
        for secret in [
            "AKIAIOSFODNN7EXAMPLE",
            "ASIAIOSFODNN7EXAMPLE",
            concat!("ghp", "_16C7e42F292c6912E7710c838347Ae178B4a"),
            concat!("github", "_pat_11ABCDEFG0aBcDeFgHiJkLmNoP"),
            concat!("glpat", "-0123456789abcdefghij"),
            concat!("xoxb", "-1234567890-abcdefghij"),
            concat!("sk", "_live_0123456789abcdefghijklmn"),
            concat!("AIza", "SyA0123456789abcdefghijklmnopqrstuv"),
            concat!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.", "c2lnbmF0dXJl"),
        ] {
            let text = format!("tags = {{ a = \"{secret}\" }}");
            assert_eq!(masked(&text), text.replace(secret, &"*".repeat(secret.len())));
        }
        let key = "aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";
        assert_eq!(masked(key), format!("aws_secret_access_key={}\n", "*".repeat(40)));
    }

    #[test]
    fn the_name_of_a_value_tells_that_it_is_a_secret() {
        let masked = |name, value| Masker::embedded().mask_named(name, value).into_owned();
        assert_eq!(masked("password", "hunter2"), "*******");
        assert_eq!(masked("password", "hun\"ter 2\\"), "**********");
        assert_eq!(masked("owner", "hunter2"), "hunter2");
        assert_eq!(masked("owner", "AKIAIOSFODNN7EXAMPLE é"), "******************** é");
    }

    #[test]
    fn numbers_of_people_have_check_digits() {
        let what = |value| Masker::embedded().looks_like("owner", value);
        assert_eq!(what("DE89 3704 0044 0532 0130 00"), Some("international bank account number"));
        assert_eq!(what("DE88370400440532013000"), None);
        assert_eq!(what("4111 1111 1111 1111"), Some("payment card number"));
        assert_eq!(what("4111111111111112"), None);
        assert_eq!(masked("card = \"4111111111111111\""), "card = \"****************\"");
    }

    #[test]
    fn a_value_looks_like_a_secret_by_its_form() {
        let what = |name, value| Masker::embedded().looks_like(name, value);
        assert_eq!(what("owner", "AKIAIOSFODNN7EXAMPLE"), Some("AWS access key id"));
        assert_eq!(what("aws_secret_key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), Some("AWS secret access key"));
        for (name, value) in [
            ("Secret", "rds-master"),
            ("token", "github"),
            ("password", "in the vault"),
            ("Authorization", "team-a"),
            ("commit", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ] {
            assert_eq!(what(name, value), None, "{name}");
        }
    }

    #[test]
    fn all_lines_of_a_private_key_are_covered() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4\nMIIE\n+/=\n-----END RSA PRIVATE KEY-----\nx";
        assert_eq!(masked(key), "-----BEGIN RSA PRIVATE KEY-----\n************\n****\n***\n-----END RSA PRIVATE KEY-----\nx");
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            r#"tags = { CostCenter = "4711", Owner = "ops", "aws:team" = "core" }"#,
            r#"password = var.password"#,
            r#"password = "${var.password}""#,
            r#"secret_arn = "arn:aws:secretsmanager:eu-central-1:1:secret:x""#,
            r#"{"Key": "CostCenter", "Value": "4711"}"#,
            r#"{"TagKeys": ["password", "token"]}"#,
            r#""Action": ["secretsmanager:GetSecretValue", "kms:CreateGrant"]"#,
            r#"manage_master_user_password = "true""#,
            r#"resource "aws_secretsmanager_secret" "token" { name = "prod/db" }"#,
            r#"variable "password" { description = "of the database" }"#,
            "source = \"https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html\"",
            r#"kms_key_id = "1234abcd-12ab-34cd-56ef-1234567890ab""#,
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn many_texts_are_searched_like_few() {
        let masker = Masker::new(include_str!("../rules/secrets/patterns.json")).expect("it parses");
        for n in 0..1000 {
            assert_eq!(
                masker.mask(&format!("db_password = \"hunter{n}\"")),
                format!("db_password = \"{}\"", "*".repeat(6 + n.to_string().len()))
            );
            assert_eq!(masker.mask(&format!("team = \"core{n}\"")), format!("team = \"core{n}\""));
        }
    }

    #[test]
    fn a_file_is_searched_once_and_in_parts() {
        let row = "  aws_key = \"AKIAIOSFODNN7EXAMPLE\" # é\n";
        let text = row.repeat(20_000);
        let source = Source::new(SourceId(0), "a", text.clone().into_bytes());
        let secrets = Secrets::new(Masker::embedded());
        for line in 0..20_000 {
            let start = line * row.len();
            let shown = secrets.masked(&source, start..start + row.len());
            assert_eq!(shown, row.replace("AKIAIOSFODNN7EXAMPLE", &"*".repeat(20)));
        }
        assert!(secrets.searched() < 2 * text.len(), "{} of {}", secrets.searched(), text.len());
    }
}
