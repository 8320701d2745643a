//! Results: one per finding.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    Item,
    places::{artifact, location, path, physical, region},
    text::{level, message, rank, sentence},
};
use crate::{
    finding::{Finding, Label, Meta},
    fingerprint::line_hashes,
    fix::{Fix, Safety},
    report::{rows::token, shown::Shown, snippet::visible},
    source::SourceId,
    suppression::{Suppressed, SuppressionKind},
};

/// The most steps of a flow, and of places beside a result, that GitHub shows.
const MOST_STEPS: usize = 100;

/// Made one after the other, as they are asked for.
pub(super) fn results<'a>(shown: &'a Shown<'_>, rules: &'a [&'static Meta], items: &'a [Item<'_>]) -> impl Iterator<Item = Value> + 'a {
    let mut hashes: BTreeMap<SourceId, Vec<String>> = BTreeMap::new();
    let has_baseline = shown.report.analysis.suppressed.iter().any(|suppressed| suppressed.kind == SuppressionKind::Baseline);
    let one = move |item: &Item<'_>| {
        let finding = shown.finding(item.finding);
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
        if let Some(suppressed) = item.suppressed {
            result.insert("suppressions".to_owned(), json!([suppression(shown, suppressed)]));
        }
        if has_baseline {
            let known = item.suppressed.is_some_and(|suppressed| suppressed.kind == SuppressionKind::Baseline);
            result.insert("baselineState".to_owned(), json!(if known { "unchanged" } else { "new" }));
        }
        Value::Object(result)
    };
    items.iter().map(one)
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

fn suppression(shown: &Shown<'_>, suppressed: &Suppressed) -> Value {
    let kind = match suppressed.kind {
        SuppressionKind::Comment => "inSource",
        SuppressionKind::Config | SuppressionKind::Baseline => "external",
    };
    let mut suppression = json!({ "kind": kind, "status": "accepted" });
    if let Some(reason) = shown.reason(suppressed) {
        suppression["justification"] = json!(message(&[&reason]));
    }
    if let Some(by) = suppressed.by {
        suppression["location"] = json!({ "physicalLocation": physical(shown, by) });
    }
    suppression
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
