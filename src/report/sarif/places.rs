//! Places in SARIF's terms.

use serde_json::{Map, Value, json};

use super::text::message;
use crate::{
    finding::Label,
    report::shown::Shown,
    source::{ColumnUnit, SourceId, Span},
};

pub(super) fn location(shown: &Shown<'_>, label: &Label, id: Option<usize>) -> Value {
    let mut location = Map::new();
    if let Some(id) = id {
        location.insert("id".to_owned(), json!(id));
    }
    location.insert("physicalLocation".to_owned(), physical(shown, label.span));
    location.insert("message".to_owned(), json!({ "text": message(&[&label.text]) }));
    location.into()
}

pub(super) fn physical(shown: &Shown<'_>, span: Span) -> Value {
    json!({ "artifactLocation": artifact(&path(shown, span.source)), "region": region(shown, span) })
}

pub(super) fn path(shown: &Shown<'_>, id: SourceId) -> String {
    shown.text(shown.report.sources.get(id).path()).into_owned()
}

pub(super) fn region(shown: &Shown<'_>, span: Span) -> Value {
    let start = shown.position(span.source, span.start, ColumnUnit::Utf16);
    let end = shown.position(span.source, span.end, ColumnUnit::Utf16);
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}

pub(super) fn artifact(path: &str) -> Value {
    json!({ "uri": uri(path), "uriBaseId": "SRCROOT" })
}

/// A relative path as a URI: percent-encoded, without `./` or `/` before it.
fn uri(path: &str) -> String {
    let mut path = path;
    while let Some(rest) = path.strip_prefix("./").or_else(|| path.strip_prefix('/')) {
        path = rest;
    }
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_relative_uri() {
        assert_eq!(uri("./a b/é#1.tf"), "a%20b/%C3%A9%231.tf");
        assert_eq!(uri("c:/x?y%"), "c%3A/x%3Fy%25");
    }
}
