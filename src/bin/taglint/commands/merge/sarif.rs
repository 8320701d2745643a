//! SARIF logs of one run each.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use taglint::report::sarif::{MOST_RESULTS, Note};

use super::{distinct, text, worst};

/// Adds the run of a log to that of another; `false` where another version wrote it.
pub fn add(log: &mut Value, mut next: Value) -> bool {
    let driver = |log: &Value, name: &str| log["runs"][0]["tool"]["driver"][name].clone();
    let same = ["version", "properties"].iter().all(|name| driver(log, name) == driver(&next, name));
    let (run, other) = (&mut log["runs"][0], &mut next["runs"][0]);
    append(&mut run["tool"]["driver"]["rules"], &mut other["tool"]["driver"]["rules"]);
    append(&mut run["results"], &mut other["results"]);
    let (invocation, another) = (&mut run["invocations"][0], &mut other["invocations"][0]);
    for name in ["toolExecutionNotifications", "toolConfigurationNotifications"] {
        append(&mut invocation[name], &mut another[name]);
    }
    let code = |invocation: &Value| invocation["exitCode"].as_u64().unwrap_or(2);
    let code = worst(code(invocation), code(another));
    invocation["exitCode"] = json!(code);
    invocation["executionSuccessful"] = json!(code < 2);
    same
}

fn append(list: &mut Value, other: &mut Value) {
    if let (Value::Array(list), Value::Array(other)) = (list, other) {
        list.append(other);
    }
}

/// The log with each rule and each result once, in the order that one run has; and the exit code.
pub fn finish(mut log: Value) -> (String, u64) {
    let run = &mut log["runs"][0];
    let mut rules: BTreeMap<String, Value> = BTreeMap::new();
    if let Value::Array(list) = run["tool"]["driver"]["rules"].take() {
        rules.extend(list.into_iter().map(|rule| (text(&rule, "id").to_owned(), rule)));
    }
    let index: BTreeMap<String, usize> = rules.keys().cloned().zip(0..).collect();
    run["tool"]["driver"]["rules"] = rules.into_values().collect();
    let mut omitted = 0;
    if let Value::Array(results) = &mut run["results"] {
        for result in results.iter_mut() {
            if let Some(at) = index.get(text(result, "ruleId")) {
                result["ruleIndex"] = json!(at);
            }
        }
        fold(results);
        results.sort_by_cached_key(|result| (is_suppressed(result), place(result), end(result), text(result, "ruleId").to_owned()));
        omitted = keep(results);
        if results.iter().any(|result| result["baselineState"].is_string()) {
            results.iter_mut().filter(|result| result["baselineState"].is_null()).for_each(|result| result["baselineState"] = json!("new"));
        }
    }
    for name in ["toolExecutionNotifications", "toolConfigurationNotifications"] {
        if let Value::Array(list) = &mut run["invocations"][0][name] {
            let counted: Vec<Value> = Note::ALL.iter().filter_map(|note| add_up(list, *note, std::mem::take(&mut omitted))).collect();
            distinct(list);
            list.sort_by_cached_key(place);
            list.extend(counted);
        }
    }
    let code = run["invocations"][0]["exitCode"].as_u64().unwrap_or(2);
    (format!("{log:#}\n"), code)
}

fn is_suppressed(result: &Value) -> bool {
    result["suppressions"].is_array()
}

/// Of too many results those that count and are the most severe, as in one run; how many were dropped.
fn keep(results: &mut Vec<Value>) -> usize {
    let omitted = results.len().saturating_sub(MOST_RESULTS);
    if omitted > 0 {
        let mut order: Vec<usize> = (0..results.len()).collect();
        order.sort_by_key(|at| (is_suppressed(&results[*at]), Reverse(results[*at]["rank"].as_f64().map(f64::to_bits)), *at));
        let kept: BTreeSet<usize> = order.into_iter().take(MOST_RESULTS).collect();
        let mut at = 0..;
        results.retain(|_| at.next().is_some_and(|at| kept.contains(&at)));
    }
    omitted
}

/// Takes the notifications of one kind out of a list, and gives the one of all of them together with `more`.
fn add_up(list: &mut Vec<Value>, note: Note, more: usize) -> Option<Value> {
    let number = |item: &Value| item["properties"][note.name()].as_u64();
    let sum: u64 = list.iter().filter_map(number).sum();
    list.retain(|item| number(item).is_none());
    note.of(sum as usize + more)
}

/// File, line and column of a result or a notification.
fn place(item: &Value) -> (String, u64, u64) {
    at(&item["locations"][0])
}

/// File, line and column of a location.
fn at(location: &Value) -> (String, u64, u64) {
    let place = &location["physicalLocation"];
    let region = |name: &str| place["region"][name].as_u64().unwrap_or_default();
    let path = percent_decode_str(text(&place["artifactLocation"], "uri")).decode_utf8_lossy().into_owned();
    (path, region("startLine"), region("startColumn"))
}

/// Where a result ends.
fn end(result: &Value) -> (u64, u64) {
    let region = |name: &str| result["locations"][0]["physicalLocation"]["region"][name].as_u64().unwrap_or_default();
    (region("endLine"), region("endColumn"))
}

/// One literal that several workers reported is one result: that of the worker who saw more of its addresses, else the one whose way begins in
/// the first file, as in one run; with the addresses of both, and the fingerprint of the smallest.
fn fold(results: &mut Vec<Value>) {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut folded: Vec<Value> = Vec::with_capacity(results.len());
    for mut result in results.drain(..) {
        let key = json!([result["ruleId"], result["locations"], result["message"], result["suppressions"]]).to_string();
        match known.get(&key) {
            Some(at) => join(&mut folded[*at], &mut result),
            None => {
                known.insert(key, folded.len());
                folded.push(result);
            }
        }
    }
    *results = folded;
}

fn join(first: &mut Value, next: &mut Value) {
    let addresses = |result: &Value| -> BTreeSet<String> {
        let also = result["properties"]["taglint/also"].as_array().into_iter().flatten().filter_map(Value::as_str);
        also.chain([text(&result["properties"], "taglint/address")]).map(str::to_owned).collect()
    };
    let way = |result: &Value| result["relatedLocations"].as_array().into_iter().flatten().map(at).collect::<Vec<_>>();
    let rank = |result: &Value| (Reverse(addresses(result).len()), way(result));
    if rank(next) < rank(first) {
        std::mem::swap(first, next);
    }
    let (mut all, more) = (addresses(first), addresses(next));
    if more.first() < all.first() {
        first["partialFingerprints"] = next["partialFingerprints"].clone();
    }
    all.extend(more);
    all.remove(text(&first["properties"], "taglint/address"));
    first["properties"]["taglint/also"] = json!(all);
}
