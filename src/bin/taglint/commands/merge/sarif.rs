//! SARIF logs of one run each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

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
    if let Value::Array(results) = &mut run["results"] {
        for result in results.iter_mut() {
            if let Some(at) = index.get(text(result, "ruleId")) {
                result["ruleIndex"] = json!(at);
            }
        }
        fold(results);
        results.sort_by_cached_key(|result| (place(result), text(result, "ruleId").to_owned()));
    }
    for name in ["toolExecutionNotifications", "toolConfigurationNotifications"] {
        if let Value::Array(list) = &mut run["invocations"][0][name] {
            distinct(list);
            list.sort_by_cached_key(place);
        }
    }
    let code = run["invocations"][0]["exitCode"].as_u64().unwrap_or(2);
    (format!("{log:#}\n"), code)
}

/// File, line and column of a result or a notification.
fn place(item: &Value) -> (String, u64, u64) {
    let place = &item["locations"][0]["physicalLocation"];
    let region = |name: &str| place["region"][name].as_u64().unwrap_or_default();
    (text(&place["artifactLocation"], "uri").to_owned(), region("startLine"), region("startColumn"))
}

/// One literal that several workers reported is one result: that of the worker who saw more of its addresses, with those of both, and the
/// fingerprint of the smallest.
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
    if addresses(next).len() > addresses(first).len() {
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
