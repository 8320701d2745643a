//! The forms in which people write policies.

use std::ops::Range;

use serde_json::{Map, Value, json};
use taglint::source::Span;

use crate::{
    data_source, needs_resource,
    render::{Style, Written, escaped, in_heredoc},
    table::{Example, Kind, Row},
};

/// A form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Bare,
    Request,
    Heredoc,
    Jsonencode,
    DataSource,
}

impl Form {
    pub const ALL: [Form; 5] = [Form::Bare, Form::Request, Form::Heredoc, Form::Jsonencode, Form::DataSource];

    pub fn name(self) -> &'static str {
        match self {
            Form::Bare => "bare",
            Form::Request => "request",
            Form::Heredoc => "heredoc",
            Form::Jsonencode => "jsonencode",
            Form::DataSource => "data-source",
        }
    }
}

/// A file, and the place of the finding in it.
#[derive(Debug, Clone)]
pub struct Rendered {
    pub path: String,
    pub text: String,
    pub place: Option<Range<usize>>,
    /// Whether a statement is one value with a beginning, and not blocks.
    pub is_json: bool,
}

impl Rendered {
    /// Whether a finding is where it should be: inside, and for a statement or a document at its beginning.
    pub fn is_at(&self, span: Span) -> bool {
        let Some(place) = &self.place else { return true };
        let (start, end) = (span.start as usize, span.end as usize);
        let composite = self.is_json && self.text[place.clone()].starts_with(['{', '[']);
        place.start <= start && end <= place.end && (!composite || start == place.start)
    }
}

const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

/// An example in a form; `None` where it cannot be written so.
pub fn render(form: Form, row: &Row, example: &Example) -> Option<Rendered> {
    if let Example::Request(members) = example {
        return match form {
            Form::Request => Some(request(row, example, members.clone())),
            _ => None,
        };
    }
    match form {
        Form::Bare if needs_resource(row, example) => None,
        Form::Bare => {
            let path = match row.of {
                Kind::Key => "app.key-policy.json",
                Kind::Secret => "app.secret-policy.json",
            };
            Some(document(row, example, Style::Pretty, path, |written| written))
        }
        Form::Request => {
            let members = request_members(row);
            let name = policy_member(row);
            let mut before = Value::Object(members).to_string();
            before.pop();
            let before = format!("{before},\"{name}\":\"");
            let path = request_path(row);
            Some(document(row, example, Style::Compact, &path, |written| written.into(&before, escaped, "\"}")))
        }
        // Terraform writes the document anew, without its white space.
        Form::Heredoc if matches!(example, Example::Spaced(_)) => None,
        Form::Heredoc => {
            let before = format!("{}  {} = <<-POLICY\n    ", resource(row), "policy");
            Some(document(row, example, Style::Pretty, "main.tf", |written| written.into(&before, in_heredoc, "\n  POLICY\n}\n")))
        }
        Form::Jsonencode => {
            let before = format!("{}  policy = jsonencode(", resource(row));
            let same = |_: &str, _: usize, c: char| c.to_string();
            if row.document(example).is_some() {
                return Some(document(row, example, Style::Hcl, "main.tf", |written| written.into(&before, same, ")\n}\n")));
            }
            // A text that `jsonencode` makes: what is no JSON, or has white space or the same member twice, it never is.
            let (text, _) = row.text(example)?;
            let value: Value = serde_json::from_str(&text).ok()?;
            let compact = value.to_string();
            if compact != text {
                return None;
            }
            let written = Written::of(&value, Style::Hcl).into(&before, same, ")\n}\n");
            Some(Rendered { path: "main.tf".to_owned(), place: written.place(""), text: written.text, is_json: true })
        }
        Form::DataSource => {
            let (document, prefix) = row.document(example)?;
            let mut written = data_source::write(&document)?;
            written.text.push_str(&format!("\n{}  policy = data.aws_iam_policy_document.this.json\n}}\n", resource(row)));
            let at = row.at.clone().unwrap_or_default();
            let place = written.place(&format!("{prefix}{at}"));
            Some(Rendered { path: "main.tf".to_owned(), text: written.text, place, is_json: false })
        }
    }
}

/// Writes the document and puts it where the form has it.
fn document(row: &Row, example: &Example, style: Style, path: &str, put: impl FnOnce(Written) -> Written) -> Rendered {
    let (written, prefix) = match row.document(example) {
        Some((document, prefix)) => (Written::of(&document, style), prefix),
        None => {
            let (text, place) = row.text(example).expect("an example is a value or a text");
            let whole = place.unwrap_or(0..text.len());
            let mut written = Written { text, ..Written::default() };
            written.values.insert(String::new(), whole);
            (written, String::new())
        }
    };
    let written = put(written);
    let at = row.at.clone().unwrap_or_default();
    let place = written.place(&format!("{prefix}{at}")).or_else(|| written.place(&prefix));
    Rendered { path: path.to_owned(), text: written.text, place, is_json: true }
}

fn request(row: &Row, example: &Example, members: Map<String, Value>) -> Rendered {
    let _ = example;
    let mut all = request_members(row);
    let name = policy_member(row);
    let policy = members.get(name).cloned();
    if row.operation.as_deref() != Some("kms:CreateKey") && policy.is_none() {
        all.insert(name.to_owned(), json!({ "Version": "2012-10-17", "Statement": [row.administration()] }).to_string().into());
    }
    let inner = policy.as_ref().map(|policy| Written::of(policy, Style::Compact));
    for (member, value) in members {
        all.insert(member, value);
    }
    if let Some(inner) = &inner {
        all.shift_remove(name);
        all.insert(name.to_owned(), inner.text.clone().into());
    }
    let at = row.at.clone().unwrap_or_default();
    let mut written = Written::of(&Value::Object(all), Style::Compact);
    if let Some(inner) = inner {
        // The policy is the last member: its characters begin behind the quote.
        let start = written.values[&format!("/{name}")].start + 1;
        let moved = inner.into("", escaped, "");
        for (pointer, range) in moved.values {
            written.values.insert(format!("/{name}{pointer}"), range.start + start..range.end + start);
        }
    }
    let place = written.place(&at);
    Rendered { path: request_path(row), text: written.text, place, is_json: true }
}

fn operation(row: &Row) -> &str {
    match (&row.operation, row.of) {
        (Some(operation), _) => operation,
        (None, Kind::Key) if row.about_resource().next().is_some() => "kms:CreateKey",
        (None, Kind::Key) => "kms:PutKeyPolicy",
        (None, Kind::Secret) => "secretsmanager:PutResourcePolicy",
    }
}

fn request_path(row: &Row) -> String {
    match operation(row) {
        "kms:CreateKey" => "create-key.json",
        "kms:PutKeyPolicy" => "put-key-policy.json",
        "secretsmanager:PutResourcePolicy" => "put-resource-policy.json",
        other => panic!("no file name for {other}"),
    }
    .to_owned()
}

fn policy_member(row: &Row) -> &'static str {
    match row.of {
        Kind::Key => "Policy",
        Kind::Secret => "ResourcePolicy",
    }
}

/// The members beside the policy.
fn request_members(row: &Row) -> Map<String, Value> {
    let mut members = Map::new();
    match operation(row) {
        "kms:CreateKey" => {
            for (name, value) in row.about_resource() {
                match name {
                    "usage" => members.insert("KeyUsage".into(), value.clone()),
                    "spec" => members.insert("KeySpec".into(), value.clone()),
                    "origin" => members.insert("Origin".into(), value.clone()),
                    "multi_region" => members.insert("MultiRegion".into(), value.clone()),
                    "tags" => {
                        let tags = value.as_object().into_iter().flatten();
                        let tags = tags.map(|(key, value)| json!({ "TagKey": key, "TagValue": value }));
                        members.insert("Tags".into(), tags.collect())
                    }
                    other => panic!("{other} is no property of a key"),
                };
            }
        }
        "kms:PutKeyPolicy" => {
            members.insert("KeyId".into(), KEY.into());
        }
        _ => {
            members.insert("SecretId".into(), "app/database".into());
        }
    }
    members
}

/// The beginning of a resource that has the policy.
fn resource(row: &Row) -> String {
    if row.of == Kind::Secret {
        return "resource \"aws_secretsmanager_secret_policy\" \"this\" {\n  secret_arn = \"arn:aws:secretsmanager:us-east-1:111122223333:secret:app-AbCdEf\"\n"
            .to_owned();
    }
    let mut head = "resource \"aws_kms_key\" \"this\" {\n".to_owned();
    for (name, value) in row.about_resource() {
        let argument = match name {
            "usage" => "key_usage",
            "spec" => "customer_master_key_spec",
            "multi_region" => "multi_region",
            "tags" => "tags",
            // The resource type says it.
            "origin" => continue,
            other => panic!("{other} is no property of a key"),
        };
        head.push_str(&format!("  {argument} = {}\n", Written::of(value, Style::Hcl).text));
    }
    head
}
