//! `taglint merge`: the reports of several workers as one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::PathBuf,
};

use miette::{Diagnostic, Result};
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::{Exit, args::Merge, print};

mod report;
mod sarif;

#[derive(Debug, Error, Diagnostic)]
enum MergeError {
    #[error("cannot read `{}`", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("`{}` is no report that can be merged", path.display())]
    #[diagnostic(help("`taglint merge` takes files of the formats json, jsonl and sarif, all of one format"))]
    Form { path: PathBuf },
    #[error("`{}` has another format than the files before it", path.display())]
    #[diagnostic(help("merge the files of one format at a time"))]
    Mixed { path: PathBuf },
    #[error("`{}` was written by another version of taglint, or with other facts", path.display())]
    #[diagnostic(help("run all workers with one version, or the reports do not mean the same"))]
    Version { path: PathBuf },
}

/// What a file holds.
enum Form {
    Json(Value),
    Jsonl(Vec<Value>),
    Sarif(Value),
}

pub fn run(merge: &Merge) -> Result<Exit> {
    let mut whole = report::Whole::default();
    let mut log: Option<Value> = None;
    let mut form: Option<&'static str> = None;
    for path in &merge.files {
        let text = fs::read_to_string(path).map_err(|source| MergeError::Read { path: path.clone(), source })?;
        let read = read(&text).ok_or_else(|| MergeError::Form { path: path.clone() })?;
        let name = match &read {
            Form::Json(_) => "json",
            Form::Jsonl(_) => "jsonl",
            Form::Sarif(_) => "sarif",
        };
        if form.is_some_and(|form| form != name) {
            return Err(MergeError::Mixed { path: path.clone() }.into());
        }
        form = Some(name);
        let same = match read {
            Form::Json(document) => whole.add(document),
            Form::Jsonl(records) => whole.add_records(records),
            Form::Sarif(next) => match &mut log {
                None => {
                    log = Some(next);
                    true
                }
                Some(log) => sarif::add(log, next),
            },
        };
        if !same {
            return Err(MergeError::Version { path: path.clone() }.into());
        }
    }
    let (text, code) = match (log, form) {
        (Some(log), _) => sarif::finish(log),
        (None, Some("jsonl")) => whole.jsonl(),
        (None, _) => whole.json(),
    };
    print(&text)?;
    Ok(match code {
        0 => Exit::Clean,
        1 if merge.exit_zero => Exit::Clean,
        1 => Exit::Findings,
        3 => Exit::Incomplete,
        _ => Exit::Failure,
    })
}

fn read(text: &str) -> Option<Form> {
    match serde_json::from_str::<Value>(text) {
        Ok(document) if document["runs"][0]["results"].is_array() => Some(Form::Sarif(document)),
        Ok(document) if document["findings"].is_array() && document["version"] == 1 => Some(Form::Json(document)),
        Ok(record) if record["type"] == "summary" => Some(Form::Jsonl(vec![record])),
        Ok(_) => None,
        Err(_) => {
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            let records: Vec<Value> = lines.map(serde_json::from_str).collect::<Result<_, _>>().ok()?;
            (records.last()?["type"] == "summary").then_some(Form::Jsonl(records))
        }
    }
}

/// The code of a run that did what all of these did: 2 before 3 before 1 before 0.
fn worst(a: u64, b: u64) -> u64 {
    let rank = |code: u64| match code {
        0 => 0,
        1 => 1,
        3 => 2,
        _ => 3,
    };
    if rank(b) > rank(a) { b } else { a }
}

/// A text member, or nothing.
fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// Keeps the first of equal values.
fn distinct(values: &mut Vec<Value>) {
    let mut known = BTreeSet::new();
    values.retain(|value| known.insert(value.to_string()));
}

/// Adds the numbers of one object to those of another, name by name.
fn add_numbers(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (name, value) in from {
        match (into.get_mut(name), value) {
            (Some(Value::Object(into)), Value::Object(from)) => add_numbers(into, from),
            (Some(known), Value::Number(_)) => *known = json!(known.as_u64().unwrap_or_default() + value.as_u64().unwrap_or_default()),
            (Some(_), _) => {}
            (None, _) => drop(into.insert(name.clone(), value.clone())),
        }
    }
}

/// How many findings there are of each severity.
fn counts(findings: &[Value]) -> Value {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::from([("error", 0), ("warning", 0), ("info", 0)]);
    for finding in findings {
        *counts.entry(text(finding, "severity")).or_default() += 1;
    }
    json!({ "error": counts["error"], "warning": counts["warning"], "info": counts["info"] })
}
