//! SARIF 2.1.0, as GitHub, GitLab, Azure DevOps and editors read it.
//!
//! Columns count UTF-16 units. Results that an ignore comment answers are left out, because GitHub opens alerts for them all the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use serde_json::{Map, Value, json};

use super::{Report, shown::Shown, snippet::visible, summary::count};
use crate::{
    finding::{Finding, Label, Meta, Severity},
    fingerprint::line_hashes,
    fix::{Fix, Safety},
    source::{ColumnUnit, SourceId, Span},
};

/// Where the schema is.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The most results that GitLab takes and GitHub shows.
/// <https://docs.gitlab.com/user/application_security/detect/sarif/>
const MOST_RESULTS: usize = 5000;
/// GitLab skips a result whose message is longer than 2,048 characters.
const MOST_MESSAGE: usize = 2000;
/// GitHub rejects a longer description of a rule.
const MOST_DESCRIPTION: usize = 1024;
/// The most steps of a flow, and of places beside a result, that GitHub shows.
const MOST_STEPS: usize = 100;

/// Writes the report as one SARIF log with one run.
///
/// # Errors
/// What `out` fails with.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = Shown::new(report);
    serde_json::to_writer_pretty(&mut *out, &log(&shown))?;
    out.write_all(b"\n")
}

fn log(shown: &Shown<'_>) -> Value {
    let rules = rules(shown.report);
    let kept = kept(&shown.report.analysis.findings);
    let omitted = shown.report.analysis.findings.len() - kept.len();
    let data: Map<String, Value> = shown.report.data_versions.iter().map(|(file, date)| (file.clone(), json!(date))).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "fullName": concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
                "organization": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_HOMEPAGE"),
                "rules": rules.iter().map(|meta| rule(meta)).collect::<Vec<_>>(),
                "properties": { "taglint/data": data },
            } },
            "invocations": [{
                "executionSuccessful": shown.report.exit_code < 2,
                "exitCode": shown.report.exit_code,
                "toolExecutionNotifications": notifications(shown, omitted),
            }],
            "automationDetails": { "id": concat!(env!("CARGO_PKG_NAME"), "/") },
            "originalUriBaseIds": { "SRCROOT": { "description": { "text": "The root of the tree that was checked." } } },
            "columnKind": "utf16CodeUnits",
            "results": results(shown, &rules, &kept),
        }],
    })
}

/// The enabled rules, and those of findings that are always on; sorted by id.
fn rules(report: &Report<'_>) -> Vec<&'static Meta> {
    let mut rules: BTreeMap<&str, &'static Meta> = report.rules.iter().map(|meta| (meta.id, *meta)).collect();
    rules.extend(report.analysis.findings.iter().map(|finding| (finding.rule.id, finding.rule)));
    rules.into_values().collect()
}

fn rule(meta: &Meta) -> Value {
    let mut properties = json!({ "tags": [meta.group()], "precision": "very-high", "taglint/since": meta.since });
    if meta.group() != "policy" {
        properties["problem.severity"] = json!(match meta.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "recommendation",
        });
    }
    json!({
        "id": meta.id,
        "name": pascal_case(meta.id),
        "shortDescription": { "text": sentence(meta.summary) },
        "fullDescription": { "text": cut(first_paragraph(meta), MOST_DESCRIPTION) },
        "help": { "text": meta.docs, "markdown": meta.docs },
        "helpUri": meta.url(),
        "defaultConfiguration": { "level": level(meta.severity) },
        "properties": properties,
    })
}

/// `tag-key-case` as `TagKeyCase`.
fn pascal_case(id: &str) -> String {
    id.split('-')
        .map(|word| {
            let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
            first.to_uppercase() + rest
        })
        .collect()
}

/// What the rule checks: the text under the first heading of its page.
fn first_paragraph(meta: &Meta) -> String {
    let lines = meta.docs.lines().map(str::trim).skip_while(|line| line.is_empty() || line.starts_with('#'));
    let paragraph: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    if paragraph.is_empty() { sentence(meta.summary) } else { paragraph.join(" ") }
}

/// Which findings are written: all, or the most severe; in the order of the report.
fn kept(findings: &[Finding]) -> Vec<usize> {
    let mut kept: Vec<usize> = (0..findings.len()).collect();
    if kept.len() > MOST_RESULTS {
        kept.sort_by_key(|at| (std::cmp::Reverse(findings[*at].severity), *at));
        kept.truncate(MOST_RESULTS);
        kept.sort_unstable();
    }
    kept
}

/// What kept the run from seeing everything, and what is left out here.
fn notifications(shown: &Shown<'_>, omitted: usize) -> Vec<Value> {
    let analysis = shown.report.analysis;
    let mut notifications: Vec<Value> = analysis
        .incomplete
        .iter()
        .map(|input| {
            let location = match input.span {
                Some(span) => physical(shown, span),
                None => json!({ "artifactLocation": artifact(&shown.text(&input.path)) }),
            };
            json!({
                "level": "error",
                "message": { "text": message(&[&shown.text(&input.message)]) },
                "locations": [{ "physicalLocation": location }],
            })
        })
        .collect();
    if omitted > 0 {
        let text = format!("{} omitted, the least severe ones; the format `json` has all of them.", count(omitted, "finding"));
        notifications.push(json!({ "level": "warning", "message": { "text": text } }));
    }
    notifications
}

fn results(shown: &Shown<'_>, rules: &[&'static Meta], kept: &[usize]) -> Vec<Value> {
    let mut hashes: BTreeMap<SourceId, Vec<String>> = BTreeMap::new();
    let one = |at: &usize| {
        let finding = shown.finding(&shown.report.analysis.findings[*at]);
        let mut result = result(shown, rules, &finding);
        let primary = token(shown, finding.primary.span);
        let source = shown.report.sources.get(primary.source);
        let hashes = hashes.entry(primary.source).or_insert_with(|| line_hashes(source));
        let mut partial = Map::new();
        if let Some(hash) = hashes.get(source.line_of(primary.start)) {
            partial.insert("primaryLocationLineHash".to_owned(), json!(hash));
        }
        partial.insert("taglint/v1".to_owned(), json!(finding.fingerprint.to_string()));
        result.insert("partialFingerprints".to_owned(), partial.into());
        Value::Object(result)
    };
    kept.iter().map(one).collect()
}

fn result(shown: &Shown<'_>, rules: &[&'static Meta], finding: &Finding) -> Map<String, Value> {
    let mut result = Map::new();
    let mut put = |name: &str, value: Value| result.insert(name.to_owned(), value);
    put("ruleId", json!(finding.rule.id));
    if let Ok(index) = rules.binary_search_by(|meta| meta.id.cmp(finding.rule.id)) {
        put("ruleIndex", json!(index));
    }
    put("level", json!(level(finding.severity)));
    put("rank", json!(rank(finding.severity)));
    let parts: Vec<&str> = std::iter::once(finding.message.as_str()).chain(finding.help.as_deref()).collect();
    put("message", json!({ "text": message(&parts) }));
    let primary = token(shown, finding.primary.span);
    put("locations", json!([{ "physicalLocation": physical(shown, primary) }]));
    let also: BTreeSet<String> = finding.also.iter().map(ToString::to_string).collect();
    put("properties", json!({ "taglint/address": finding.address.to_string(), "taglint/also": also, "taglint/source": finding.source }));
    if !finding.secondary.is_empty() {
        let related = finding.secondary.iter().take(MOST_STEPS).enumerate();
        put("relatedLocations", related.map(|(at, label)| location(shown, label, Some(at + 1))).collect());
        let literal = Label { span: primary, text: finding.primary.text.clone() };
        let steps = std::iter::once(&literal).chain(&finding.secondary).take(MOST_STEPS);
        let steps: Vec<Value> = steps.map(|label| json!({ "location": location(shown, label, None) })).collect();
        put("codeFlows", json!([{ "threadFlows": [{ "locations": steps }] }]));
    }
    if let Some(fix) = finding.fix.as_ref().filter(|fix| fix.safety == Safety::Safe) {
        put("fixes", json!([self::fix(shown, fix)]));
    }
    result
}

fn fix(shown: &Shown<'_>, fix: &Fix) -> Value {
    let mut files: BTreeMap<SourceId, Vec<Value>> = BTreeMap::new();
    for edit in &fix.edits {
        let replacement = json!({ "deletedRegion": region(shown, edit.span), "insertedContent": { "text": edit.replacement } });
        files.entry(edit.span.source).or_default().push(replacement);
    }
    let changes: Vec<Value> = files
        .into_iter()
        .map(|(id, replacements)| json!({ "artifactLocation": artifact(&path(shown, id)), "replacements": replacements }))
        .collect();
    json!({ "description": { "text": sentence(&visible(&fix.title)) }, "artifactChanges": changes })
}

fn location(shown: &Shown<'_>, label: &Label, id: Option<usize>) -> Value {
    let mut location = Map::new();
    if let Some(id) = id {
        location.insert("id".to_owned(), json!(id));
    }
    location.insert("physicalLocation".to_owned(), physical(shown, label.span));
    location.insert("message".to_owned(), json!({ "text": message(&[&label.text]) }));
    location.into()
}

fn physical(shown: &Shown<'_>, span: Span) -> Value {
    json!({ "artifactLocation": artifact(&path(shown, span.source)), "region": region(shown, span) })
}

fn path(shown: &Shown<'_>, id: SourceId) -> String {
    shown.text(shown.report.sources.get(id).path()).into_owned()
}

fn region(shown: &Shown<'_>, span: Span) -> Value {
    let start = shown.position(span.source, span.start, ColumnUnit::Utf16);
    let end = shown.position(span.source, span.end, ColumnUnit::Utf16);
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}

/// A span without the white space at its ends: GitHub shows a result only where all its lines were changed.
fn token(shown: &Shown<'_>, span: Span) -> Span {
    let text = shown.report.sources.slice(span);
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Span::new(span.source, span.start, span.start);
    }
    let start = span.start + (text.len() - text.trim_start().len()) as u32;
    Span::new(span.source, start, start + trimmed.len() as u32)
}

fn artifact(path: &str) -> Value {
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

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// GitLab reads a severity from it: from 70 on high, from 40 on medium, from 10 on low.
fn rank(severity: Severity) -> f64 {
    match severity {
        Severity::Error => 80.0,
        Severity::Warning => 50.0,
        Severity::Info => 20.0,
    }
}

/// Sentences from the parts of a message, short enough for every consumer. A value cannot make a link of itself.
fn message(parts: &[&str]) -> String {
    let sentences: Vec<String> = parts.iter().filter(|part| !part.is_empty()).map(|part| sentence(&visible(part))).collect();
    let text = sentences.join(" ").replace("](", "] (");
    if text.is_empty() { "Here.".to_owned() } else { cut(text, MOST_MESSAGE) }
}

/// With a capital where the first character is a letter, and a full stop.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    first.into_iter().chain(chars).chain(stop.chars()).collect()
}

/// At most `most` characters.
fn cut(text: String, most: usize) -> String {
    match text.char_indices().nth(most - 1) {
        Some((at, c)) if at + c.len_utf8() < text.len() => format!("{}…", &text[..at]),
        Some(_) | None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_relative_uri() {
        assert_eq!(uri("./a b/é#1.tf"), "a%20b/%C3%A9%231.tf");
        assert_eq!(uri("c:/x?y%"), "c%3A/x%3Fy%25");
    }

    #[test]
    fn a_long_message_is_cut_and_a_link_is_none() {
        assert_eq!(message(&[&"é".repeat(3000)]).chars().count(), MOST_MESSAGE);
        assert_eq!(message(&["tag `[a](http://x)`", "drop it"]), "Tag `[a] (http://x)`. Drop it.");
    }

    #[test]
    fn an_id_becomes_a_name() {
        assert_eq!(pascal_case("tag-key-case"), "TagKeyCase");
    }
}
