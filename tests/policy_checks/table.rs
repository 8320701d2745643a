//! The checks and their examples, as `fixtures/policy/` has them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use taglint::finding::Severity;

/// One check.
#[derive(Debug, Clone, Deserialize)]
pub struct Row {
    pub id: String,
    pub severity: Severity,
    /// Whose policy the examples are.
    pub of: Kind,
    /// The request that the examples are, where they are not about the document.
    pub operation: Option<String>,
    /// The place of the finding: a JSON Pointer into the example. `#` at its end is the name of the member, `@` name and value.
    pub at: Option<String>,
    /// What is known beside the document: of the key, and where it is.
    #[serde(default, rename = "where")]
    pub place: BTreeMap<String, Value>,
    /// The bad example.
    pub bad: Example,
    /// The good example.
    pub good: Example,
    /// The only forms in which it is a fault; empty for all.
    #[serde(default)]
    pub forms: BTreeSet<String>,
    /// Rules that have an error or a warning of their own in the bad example: it has more than one fault.
    #[serde(default)]
    pub also: BTreeSet<String>,
    /// Rules of the check that the good example has for another reason.
    #[serde(default)]
    pub good_has: BTreeSet<String>,
}

/// Whose policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Key,
    Secret,
}

/// An example.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Example {
    /// A statement, to stand behind one that lets the account administer the resource.
    Statement(Value),
    /// Several of them.
    Statements(Vec<Value>),
    /// A whole document.
    Document(Value),
    /// The characters of a document; `«»` around the place of the finding.
    Text(String),
    /// Members of a request.
    Request(Map<String, Value>),
    /// A document of so many bytes.
    Size(usize),
    /// A document of so many bytes, half of them space.
    Spaced(usize),
}

/// What no rule covers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unchecked {
    /// Still to come.
    pub pending: BTreeSet<String>,
    /// Never to come, and why.
    pub left_out: BTreeMap<String, String>,
}

/// A mistake that somebody reported.
#[derive(Debug, Clone, Deserialize)]
pub struct Reported {
    /// Its numbers in the list of reports.
    pub rows: Vec<u32>,
    /// What went wrong.
    pub what: String,
    /// Where it is told.
    pub sources: Vec<String>,
    /// The rule that shows it.
    pub rule: String,
    #[serde(flatten)]
    pub row: Row,
}

/// What users reported.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RealWorld {
    pub shown: Vec<Reported>,
    /// What a document alone cannot show, and why; by number.
    pub not_shown: BTreeMap<String, String>,
}

/// A documented policy with one fault.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planted {
    /// The file, without its ending.
    pub policy: String,
    /// The page that has the policy.
    pub source: String,
    /// What is changed.
    pub at: String,
    /// Into what.
    pub becomes: Value,
    /// The rule that shows it.
    pub rule: String,
    /// Where it is shown, if that is another place.
    pub found_at: Option<String>,
}

pub fn real_world() -> RealWorld {
    serde_json::from_str(include_str!("../../fixtures/policy/real-world.json")).expect("real-world.json has the form that is read here")
}

pub fn planted() -> Vec<Planted> {
    serde_json::from_str(include_str!("../../fixtures/policy/planted.json")).expect("planted.json has the form that is read here")
}

pub fn rows() -> Vec<Row> {
    serde_json::from_str(include_str!("../../fixtures/policy/checks.json")).expect("checks.json has the form that is read here")
}

pub fn unchecked() -> Unchecked {
    serde_json::from_str(include_str!("../../fixtures/policy/unchecked.json")).expect("unchecked.json has the form that is read here")
}

impl Row {
    /// `[aws]` of `taglint.toml`.
    pub fn configuration(&self) -> String {
        let known = ["account", "region"].into_iter().filter_map(|name| Some(format!("{name} = {}\n", self.place.get(name)?)));
        format!("[aws]\n{}", known.collect::<String>())
    }

    /// What is known of the key itself.
    pub fn about_resource(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.place.iter().map(|(name, value)| (name.as_str(), value)).filter(|(name, _)| !["account", "region"].contains(name))
    }

    /// The document of an example, and the pointer that the example's own place begins with.
    pub fn document(&self, example: &Example) -> Option<(Value, String)> {
        let of = |statements: &[Value]| json!({ "Version": "2012-10-17", "Statement": statements });
        match example {
            Example::Statement(statement) => Some((of(&[self.administration(), statement.clone()]), "/Statement/1".to_owned())),
            Example::Statements(statements) => {
                // Behind the statements, so that their places are those of the example.
                let all: Vec<Value> = statements.iter().cloned().chain([self.administration()]).collect();
                Some((of(&all), "/Statement".to_owned()))
            }
            Example::Document(document) => Some((document.clone(), String::new())),
            Example::Text(_) | Example::Request(_) | Example::Size(_) | Example::Spaced(_) => None,
        }
    }

    pub fn administration(&self) -> Value {
        let actions = match self.of {
            Kind::Key => "kms:*",
            Kind::Secret => "secretsmanager:*",
        };
        json!({ "Sid": "Administration", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" }, "Action": actions, "Resource": "*" })
    }

    /// The characters of an example that is no JSON value, and its place in them.
    pub fn text(&self, example: &Example) -> Option<(String, Option<std::ops::Range<usize>>)> {
        let admin = self.administration().to_string();
        let padded = |size: usize, pad: char, before: &str, after: &str| {
            let rest = size - before.len() - after.len() - admin.len();
            format!("{before}{}{after}{admin}", pad.to_string().repeat(rest))
        };
        match example {
            Example::Text(text) => {
                let (start, end) = (text.find('«'), text.find('»'));
                let plain = text.replace(['«', '»'], "");
                Some((plain, start.zip(end).map(|(start, end)| start..end - '«'.len_utf8())))
            }
            Example::Size(size) => {
                let text = padded(size - 2, 'x', "{\"Version\":\"2012-10-17\",\"Id\":\"", "\",\"Statement\":[") + "]}";
                Some((text, None))
            }
            Example::Spaced(size) => {
                let minified = padded(size / 2 - 2, 'x', "{\"Version\":\"2012-10-17\",\"Id\":\"", "\",\"Statement\":[");
                Some((format!("{minified}{}]}}", " ".repeat(size - minified.len() - 2)), None))
            }
            Example::Statement(_) | Example::Statements(_) | Example::Document(_) | Example::Request(_) => None,
        }
    }
}
