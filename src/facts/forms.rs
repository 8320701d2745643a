//! Forms that identifiers have: the typed view of `rules/forms/`.

use std::{collections::BTreeMap, ops::Range};

use regex::Regex;
use serde::Deserialize;

use super::{embedded, read};
use crate::finding::Severity;

/// The forms that one kind of identifier may have, such as those that name a key.
#[derive(Debug)]
pub struct Form {
    /// The forms, in the order in which they are tried.
    pub rows: Vec<FormRow>,
    /// What a text is that has none of them.
    pub other: FormRow,
    /// A URL.
    pub source: String,
    /// When the source was read, `YYYY-MM-DD`.
    pub checked: String,
}

/// One form.
#[derive(Debug, Deserialize)]
pub struct FormRow {
    /// As operations name it: `key-arn`.
    pub id: String,
    /// As a message names it, with its article: `a key ARN`.
    pub what: String,
    /// What the whole text matches. Its groups `partition`, `region` and `account` are the parts of an ARN.
    #[serde(default, deserialize_with = "whole")]
    pattern: Option<Regex>,
    /// The texts themselves, where they can be listed.
    #[serde(default)]
    pub names: Vec<String>,
    /// What to write where an operation does not take this form. No capital, no full stop.
    pub help: Option<String>,
    /// What the service answers, where it is known.
    pub refused_with: Option<String>,
    /// How bad it is where an operation does not take this form.
    #[serde(default = "error")]
    pub severity: Severity,
}

/// What a text was read as.
#[derive(Debug)]
pub struct Read<'f> {
    /// Its form.
    pub row: &'f FormRow,
    parts: Vec<(&'static str, Range<usize>)>,
}

impl Read<'_> {
    /// The bytes of a part of an ARN, where the text has it: `partition`, `region`, `account`.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<Range<usize>> {
        self.parts.iter().find(|(known, _)| *known == name).map(|(_, range)| range.clone())
    }
}

/// The parts of an ARN that a pattern may name.
const PARTS: [&str; 3] = ["partition", "region", "account"];

impl Form {
    /// The first form that the text has.
    #[must_use]
    pub fn read(&self, text: &str) -> Read<'_> {
        let read = |row: &'_ FormRow| row.parts(text);
        let found = self.rows.iter().find_map(|row| Some((row, read(row)?)));
        let (row, parts) = found.unwrap_or((&self.other, Vec::new()));
        Read { row, parts }
    }

    /// Whether a row is that of texts which have none of the forms.
    #[must_use]
    pub fn is_other(&self, row: &FormRow) -> bool {
        row.id == self.other.id
    }

    /// The listed text that is most like this one, if one is like it.
    #[must_use]
    pub fn nearest(&self, text: &str) -> Option<&str> {
        super::error::nearest(text, self.rows.iter().flat_map(|row| &row.names).map(String::as_str))
    }
}

impl FormRow {
    /// The parts of an ARN in a text of this form; `None` for a text of another form.
    fn parts(&self, text: &str) -> Option<Vec<(&'static str, Range<usize>)>> {
        if self.names.iter().any(|name| name == text) {
            return Some(Vec::new());
        }
        let captures = self.pattern.as_ref()?.captures(text)?;
        Some(PARTS.into_iter().filter_map(|name| Some((name, captures.name(name)?.range()))).collect())
    }
}

fn error() -> Severity {
    Severity::Error
}

/// Reads a pattern that the whole text must match.
fn whole<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Regex>, D::Error> {
    let pattern = String::deserialize(deserializer)?;
    Regex::new(&format!("(?s)^(?:{pattern})$")).map(Some).map_err(serde::de::Error::custom)
}

#[derive(Deserialize)]
struct File {
    checked: String,
    forms: BTreeMap<String, Row>,
}

#[derive(Deserialize)]
struct Row {
    source: String,
    rows: Vec<FormRow>,
    other: FormRow,
}

/// All forms, by name.
pub(super) fn load() -> BTreeMap<String, Form> {
    let files = embedded::below("forms").map(|(_, text)| read::<File, _>(serde_json::from_str(text)));
    let forms = files.flat_map(|File { checked, forms }| {
        forms.into_iter().map(move |(name, Row { source, rows, other })| (name, Form { rows, other, source, checked: checked.clone() }))
    });
    forms.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_reads_what_it_should() {
        let forms = load();
        let id = |form: &str, text: &str| forms[form].read(text).row.id.clone();
        let arn = "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        assert_eq!(id("kms-key", arn), "key-arn");
        let read = forms["kms-key"].read(arn);
        let part = |name| read.part(name).map(|range| &arn[range]);
        assert_eq!(["partition", "region", "account"].map(part), [Some("aws-us-gov"), Some("us-gov-west-1"), Some("111122223333")]);
        for (text, expected) in [
            ("1234abcd-12ab-34cd-56ef-1234567890ab", "key-id"),
            ("mrk-1234abcd12ab34cd56ef1234567890ab", "multi-region-key-id"),
            ("mrk-1234abcd12ab34cd56ef12345678990ab", "multi-region-key-id-malformed"),
            ("arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab", "multi-region-key-arn"),
            ("alias/payments", "alias-name"),
            ("alias/aws/s3", "aws-alias-name"),
            ("alias/a:b", "alias-malformed"),
            ("arn:aws:kms:us-east-1:111122223333:alias/payments", "alias-arn"),
            ("arn:aws:kms:us-east-1:111122223333:alias/aws/s3", "aws-alias-arn"),
            ("aws/s3", "aws-managed-name"),
            ("cks-1234567890abcdef0", "custom-key-store-id"),
            ("arn:aws:kms:us-east-1:111122223333:key:1234abcd-12ab-34cd-56ef-1234567890ab", "arn-colon"),
            ("arn:aws:kms::111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", "arn-without-region"),
            ("arn:aws:kms:us-east-1::key/1234abcd-12ab-34cd-56ef-1234567890ab", "arn-without-account"),
            ("arn:aws:kms:us-east-1:11112222333:key/1234abcd-12ab-34cd-56ef-1234567890ab", "arn-account"),
            ("arn:aws:kms:us-east-1:111122223333:key/", "arn-malformed"),
            ("arn:aws:sns:us-east-1:111122223333:topic", "arn-of-another-service"),
            ("payments", "other"),
            ("", "other"),
        ] {
            assert_eq!(id("kms-key", text), expected, "{text}");
        }
        assert_eq!(id("secret", "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf"), "secret-arn");
        assert_eq!(id("secret", "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db"), "partial-secret-arn");
        assert_eq!(id("secret", "prod/db"), "secret-name");
        assert_eq!(id("secret", "prod db"), "other");
        assert_eq!(id("aws-region", "eu-central-1"), "aws");
        assert_eq!(forms["aws-region"].nearest("eu-cental-1"), Some("eu-central-1"));
    }
}
