//! SARIF 2.1.0, as GitHub, GitLab, Azure DevOps and editors read it.
//!
//! Columns count UTF-16 units. What does not count is left out unless it is asked for, because GitHub opens alerts for it all the same.

mod note;
mod places;
mod results;
mod rules;
mod text;

use std::{cmp::Reverse, io};

use serde::Serialize;
use serde_json::{Map, Value, json};

pub use self::note::Note;
use self::{
    places::{artifact, physical},
    results::results,
    rules::{enabled, rule},
    text::message,
};
use super::{Report, escape, shown::Shown};
use crate::{
    finding::{Finding, Meta},
    suppression::{Suppressed, SuppressionKind},
};

/// Where the schema is.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The most results that GitLab takes and GitHub shows.
/// <https://docs.gitlab.com/user/application_security/detect/sarif/>
pub const MOST_RESULTS: usize = 5000;
/// What the identifier of a run begins with where Azure DevOps takes it.
const AZURE: &str = "azuredevops/pipeline/build/";

/// Writes the report as one SARIF log with one run.
///
/// # Errors
/// What `out` fails with.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let rules = enabled(report);
    let all = items(report);
    let kept = kept(&all);
    let omitted = all.len() - kept.len();
    let results = escape::List::new(results(&shown, &rules, &kept));
    let run = Run { head: head(&shown, &rules, omitted), results, version_control_provenance: provenance(report) };
    escape::pretty(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] }, out)
}

#[derive(Serialize)]
struct Log<R> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<R>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<R> {
    #[serde(flatten)]
    head: Map<String, Value>,
    results: R,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_control_provenance: Option<Value>,
}

/// A finding, and why it does not count where it does not.
#[derive(Clone, Copy)]
struct Item<'a> {
    finding: &'a Finding,
    suppressed: Option<&'a Suppressed>,
}

/// Everything of the run but its results.
fn head(shown: &Shown<'_>, rules: &[&'static Meta], omitted: usize) -> Map<String, Value> {
    let report = shown.report;
    let data: Map<String, Value> = report.data_versions.iter().map(|(file, date)| (file.clone(), json!(date))).collect();
    let members = [
        (
            "tool",
            json!({ "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "fullName": concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
                "organization": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_HOMEPAGE"),
                "rules": rules.iter().map(|meta| rule(meta)).collect::<Vec<_>>(),
                "properties": { "taglint/data": data },
            } }),
        ),
        (
            "invocations",
            json!([{
                "executionSuccessful": report.exit_code < 2,
                "exitCode": report.exit_code,
                "toolExecutionNotifications": notifications(shown, omitted),
                "toolConfigurationNotifications": configuration(shown),
            }]),
        ),
        ("automationDetails", automation(report)),
        ("originalUriBaseIds", json!({ "SRCROOT": { "description": { "text": "The root of the tree that was checked." } } })),
        ("columnKind", json!("utf16CodeUnits")),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The revision that was checked.
fn provenance(report: &Report<'_>) -> Option<Value> {
    let tree = json!({ "uriBaseId": "SRCROOT" });
    report.revision.map(|revision| json!([{ "repositoryUri": revision.repository, "revisionId": revision.id, "mappedTo": tree }]))
}

/// The name of the run: `taglint/`, `taglint/<category>/`, and what Azure puts before it. One slash ends it: GitHub takes what stands before the
/// last one for the category.
fn automation(report: &Report<'_>) -> Value {
    let category = report.category.map(|category| category.trim_matches('/')).filter(|category| !category.is_empty());
    let category = category.map(|category| format!("{category}/")).unwrap_or_default();
    let id = format!("{}/{category}", env!("CARGO_PKG_NAME"));
    match report.pipeline {
        None => json!({ "id": id }),
        Some(pipeline) => {
            let properties = [
                ("buildDefinitionId", &pipeline.definition_id),
                ("buildDefinitionName", &pipeline.definition_name),
                ("phaseId", &pipeline.phase_id),
                ("phaseName", &pipeline.phase_name),
            ];
            let properties: Map<String, Value> =
                properties.into_iter().map(|(name, value)| (format!("{AZURE}{name}"), json!(value))).collect();
            json!({ "id": format!("{AZURE}{id}"), "properties": properties })
        }
    }
}

/// What is written: findings that count, and the others where they are asked for.
fn items<'a>(report: &Report<'a>) -> Vec<Item<'a>> {
    let counting = report.analysis.findings.iter().map(|finding| Item { finding, suppressed: None });
    let suppressed = report.analysis.suppressed.iter().filter(|_| report.style.show_ignored);
    counting.chain(suppressed.map(|suppressed| Item { finding: &suppressed.finding, suppressed: Some(suppressed) })).collect()
}

/// Of too many items those that count and are the most severe; in the order of the report.
fn kept<'a>(items: &[Item<'a>]) -> Vec<Item<'a>> {
    let mut kept: Vec<usize> = (0..items.len()).collect();
    if kept.len() > MOST_RESULTS {
        kept.sort_by_key(|at| (items[*at].suppressed.is_some(), Reverse(items[*at].finding.severity), *at));
        kept.truncate(MOST_RESULTS);
        kept.sort_unstable();
    }
    kept.into_iter().map(|at| items[at]).collect()
}

/// What kept the run from seeing everything, and what is left out here.
fn notifications(shown: &Shown<'_>, omitted: usize) -> Vec<Value> {
    let incomplete = shown.report.analysis.incomplete.iter().map(|input| {
        let location = match input.span {
            Some(span) => physical(shown, span),
            None => json!({ "artifactLocation": artifact(&shown.text(&input.path)) }),
        };
        json!({
            "level": "error",
            "message": { "text": message(&[&shown.text(&input.message)]) },
            "locations": [{ "physicalLocation": location }],
        })
    });
    let mut notifications: Vec<Value> = incomplete.collect();
    notifications.extend(Note::Omitted.of(omitted));
    notifications
}

/// What is worth a look in the baseline.
fn configuration(shown: &Shown<'_>) -> Vec<Value> {
    let stale = shown.report.analysis.stale.len();
    let known = shown.report.analysis.suppressed.iter().filter(|suppressed| suppressed.kind == SuppressionKind::Baseline).count();
    let listed = shown.report.style.show_ignored;
    Note::Stale.of(stale).into_iter().chain(Note::Baselined.of(if listed { 0 } else { known })).collect()
}
