//! Requests: which files are requests, and what of them is reported. Every member of every operation is in `members`.

mod members;
mod rubbish;
mod secrets;
mod size;
mod tagging;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::{Value, json};
use taglint::{
    analysis::{Analysis, analyze_with, subjects},
    config::RulesConfig,
    facts::{Facts, UserFacts},
    finding::{Finding, Severity},
    project::Project,
    rule::Ruleset,
    rules::RULES,
    source::{Source, SourceId},
    subject::SubjectKind,
    suppression::Suppressions,
};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/requests").join(name)
}

fn files(name: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder(name)).expect("the folder is there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().expect("a file").to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), fs::read_to_string(path).expect("a text"))).collect()
}

fn run(name: &str, text: &str, declared: Option<&str>) -> (Project, Analysis) {
    let mut project = Project::from_texts([(name, text)]);
    project.declared.extend(declared.map(|operation| (SourceId(0), operation.to_owned())));
    let ruleset = Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults fit");
    let analysis = analyze_with(&project, &ruleset, Facts::builtin(), &Suppressions::default());
    (project, analysis)
}

/// What a file is taken for: an operation, `none`, or `ambiguous`.
fn taken_for(name: &str, text: &str, declared: Option<&str>, facts: &Facts) -> String {
    let mut project = Project::from_texts([(name, text)]);
    project.declared.extend(declared.map(|operation| (SourceId(0), operation.to_owned())));
    let found = subjects(&project, facts);
    let operation = found.subjects.iter().find_map(|subject| match &subject.kind {
        SubjectKind::Request(request) => Some(request.operation.to_string()),
        _ => None,
    });
    operation.unwrap_or_else(|| match found.left_out(SourceId(0)) {
        Some(why) if why.contains("several") => "ambiguous".to_owned(),
        _ => "none".to_owned(),
    })
}

/// Folder by folder: what the files in it are taken for.
fn recognition() -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder("recognition")).expect("the folder is there") {
        let expected = entry.expect("readable").file_name().to_string_lossy().into_owned();
        let mut open = vec![folder("recognition").join(&expected)];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(fs::read_dir(path).expect("readable").map(|entry| entry.expect("readable").path()));
            } else {
                let name = path.file_name().expect("a file").to_string_lossy().into_owned();
                all.push((expected.replace('.', ":"), name, fs::read_to_string(&path).expect("a text")));
            }
        }
    }
    all.sort();
    all
}

#[test]
fn files_are_taken_for_what_they_are() {
    let index = Facts::builtin().requests();
    for (expected, name, text) in recognition() {
        assert_eq!(taken_for(&name, &text, None, Facts::builtin()), expected, "{name}: {text}");
        // What is judged must not be left out before it is parsed.
        assert!(expected == "none" || index.may_be_request(&name, text.as_bytes()), "{name}");
        let (_, analysis) = run(&name, &text, None);
        assert!(expected != "none" || analysis.findings.is_empty() && analysis.incomplete.is_empty(), "{name}: {:?}", analysis.findings);
    }
}

#[test]
fn the_configuration_goes_before_everything_else() {
    let by_name = r#"{ "headers": { "X-Amz-Target": "TrentService.TagResource" }, "body": { "SecretId": "a", "Tags": [] } }"#;
    for (name, text) in [("kms-tag-resource.json", "{}"), ("a.json", by_name), ("a.json", r#"{ "KeyId": "x", "Tags": [] }"#)] {
        let declared = Some("secretsmanager:TagResource");
        assert_eq!(taken_for(name, text, declared, Facts::builtin()), "secretsmanager:TagResource", "{text}");
    }
    // The body is that of the envelope.
    let (_, analysis) = run("a.json", by_name, Some("secretsmanager:TagResource"));
    let found: Vec<&str> = analysis.findings.iter().map(|finding| finding.rule.id).collect();
    assert_eq!(found, ["request-without-effect"]);
}

/// A service that has the members of ours, and may be told by an ARN.
fn further_service(name: &str, members: &[&str]) -> UserFacts {
    let properties: serde_json::Map<String, Value> = members
        .iter()
        .map(|member| ((*member).to_owned(), json!({ "type": if *member == "Tags" { "array" } else { "string" } })))
        .collect();
    let file = json!({
        "type": "object", "required": members, "additionalProperties": false, "properties": properties,
        "x-taglint": {
            "id": format!("{name}:TagResource"), "service": "aws", "target": format!("{name}.TagResource"),
            "arn": { "member": members[0], "services": [name] },
            "tags": [{ "member": "Tags", "key": "Key", "value": "Value", "open": true }],
            "source": "https://example.com", "checked": "2026-11-24",
        },
    });
    let source = std::sync::Arc::new(Source::new(SourceId(0), format!("{name}.json"), file.to_string().into_bytes()));
    UserFacts { path: format!("requests/{name}.json"), source }
}

/// However many services there are, a file that was taken for something stays that, and one that was nothing becomes a request only of a
/// service that it names.
#[test]
fn adding_services_never_changes_a_verdict() {
    let shapes: [&[&str]; 5] =
        [&["KeyId", "Tags"], &["SecretId", "Tags"], &["ResourceArn", "Tags"], &["Name", "Tags"], &["SecretId", "ResourcePolicy"]];
    let services = (0..400).map(|at| further_service(&format!("service{at}"), shapes[at % shapes.len()]));
    let more = Facts::with_overrides(services.collect()).expect("they are good");
    for (expected, name, text) in recognition() {
        assert_eq!(taken_for(&name, &text, None, &more), expected, "{name}: {text}");
    }
    let arn = |service: &str| format!(r#"{{ "ResourceArn": "arn:aws:{service}:eu-central-1:111122223333:x", "Tags": [] }}"#);
    assert_eq!(taken_for("a.json", &arn("service2"), None, &more), "service2:TagResource");
    assert_eq!(taken_for("a.json", &arn("service2"), None, Facts::builtin()), "none");
    assert_eq!(taken_for("a.json", &arn("other"), None, &more), "none");
    assert!(more.requests().may_be_request("a.json", arn("service2").as_bytes()));
    // Not even an ARN of another service takes a file away.
    let key = r#"{ "KeyId": "arn:aws:service0:eu-central-1:111122223333:key/x", "Tags": [] }"#;
    assert_eq!(taken_for("a.json", key, None, Facts::builtin()), "kms:TagResource");
    assert_eq!(taken_for("a.json", key, None, &more), "kms:TagResource");
}

/// No two operations take each other's bodies by their members alone.
#[test]
fn no_body_tells_two_operations() {
    for operation in Facts::builtin().operations() {
        for telling in &operation.telling {
            let names = operation.required().chain([telling.as_str()]).map(str::to_ascii_lowercase).collect();
            let found: Vec<&str> = Facts::builtin().requests().by_members(&names).iter().map(|found| found.id.as_str()).collect();
            let others = found.iter().filter(|id| **id != operation.id).count();
            // The value of `action` tells these two.
            assert!(others == 0 || found == ["otc-kms:BatchTags", "otc-kms:QueryInstances"], "{names:?}: {found:?}");
        }
    }
}

/// A request that a page prints.
#[derive(Deserialize)]
struct Printed {
    page: String,
    operation: String,
    body: Value,
    /// What is found nevertheless, and why it is right.
    #[serde(default)]
    found: Vec<String>,
    why: Option<String>,
}

/// The examples of the AWS CLI reference, of boto3 and of the OTC documentation.
#[test]
fn what_the_pages_print_passes() {
    let rows: Vec<Printed> = serde_json::from_str(&fs::read_to_string(folder("printed.json")).expect("a text")).expect("rows");
    for Printed { page, operation, body, found, why } in rows {
        assert_eq!(found.is_empty(), why.is_none(), "{page}");
        let (_, analysis) =
            run("request.json", &body.to_string(), Some(&operation).filter(|_| body.get("method").is_none()).map(String::as_str));
        let ids = analysis.findings.iter().filter(|finding| finding.severity > Severity::Info).map(|finding| finding.rule.id);
        assert_eq!(ids.collect::<Vec<_>>(), found, "{page}: {body}");
        let (project, _) = run("request.json", &body.to_string(), None);
        let taken = taken_for("request.json", project.sources.get(SourceId(0)).text(), None, Facts::builtin());
        // A policy that is put and one that is only validated have the same members, and the same is asked of them.
        let twin = operation.replace("Validate", "Put");
        assert!(["none", "ambiguous", &operation, &twin].contains(&taken.as_str()), "{page}: taken for {taken}");
    }
}

/// What the AWS CLI prints for somebody to fill in: it is taken for what it is, and each finding is about what is still empty.
#[test]
fn skeletons_are_to_be_filled_in() {
    let rows: Vec<Printed> = serde_json::from_str(&fs::read_to_string(folder("skeletons.json")).expect("a text")).expect("rows");
    let aws = Facts::builtin().operations().iter().filter(|operation| operation.target.is_some()).count();
    assert_eq!(rows.len(), aws);
    for Printed { page, operation, body, found, .. } in rows {
        let command = page.rsplit(['/', '.']).nth(1).expect("a page has a name");
        let name = format!("{}-{command}.json", operation.split(':').next().expect("a service"));
        assert_eq!(taken_for(&name, &body.to_string(), None, Facts::builtin()), operation, "{name}");
        let (project, analysis) = run(&name, &body.to_string(), None);
        let ids: Vec<&str> = analysis.findings.iter().map(|finding| finding.rule.id).collect();
        assert_eq!(ids, found, "{name}");
        for finding in &analysis.findings {
            let place = project.sources.slice(finding.primary.span);
            let is_choice = ["request-member-conflict", "policy-lockout-bypass-flag"].contains(&finding.rule.id);
            assert!(place.is_empty() || ["\"\"", "null"].contains(&place) || is_choice, "{name}: {} at {place}", finding.rule.id);
        }
    }
}

/// What services answered (rows of recorded answers) and what users reported (rows of issues).
#[derive(Deserialize)]
struct Rows {
    shown: Vec<Observed>,
    /// What neither a request nor a resource shows, and why.
    not_shown: BTreeMap<String, String>,
}

/// A request or a resource that a service refused, by the row of the collection it comes from.
#[derive(Deserialize)]
struct Observed {
    row: String,
    #[serde(flatten)]
    what: Refused,
    /// None where the service took it.
    rule: Option<String>,
    severity: Option<Severity>,
    /// Part of the help.
    says: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Refused {
    Request { operation: String, body: Value },
    Resource { terraform: String },
}

#[test]
fn what_services_refused_is_reported() {
    /// How many answers were recorded.
    const ANSWERS: usize = 16;
    let rows: Rows = serde_json::from_str(&fs::read_to_string(folder("observed.json")).expect("a text")).expect("rows");
    for at in 1..=ANSWERS {
        let row = format!("observed {at}");
        let shown = rows.shown.iter().any(|observed| observed.row == row);
        assert!(shown != rows.not_shown.contains_key(&row), "{row}");
    }
    for Observed { row, what, rule, severity, says } in rows.shown {
        let (_, analysis) = match &what {
            Refused::Request { operation, body } => run("request.json", &body.to_string(), Some(operation)),
            Refused::Resource { terraform } => run("main.tf", terraform, None),
        };
        let grave: Vec<&Finding> = analysis.findings.iter().filter(|finding| finding.severity > Severity::Info).collect();
        let ids: Vec<&str> = grave.iter().map(|finding| finding.rule.id).collect();
        assert_eq!(ids, Vec::from_iter(rule.as_deref()), "{row}");
        for finding in grave {
            assert_eq!(Some(finding.severity), severity, "{row}");
            let help = finding.help.as_deref().unwrap_or_default();
            assert!(help.contains(&says), "{row}: {help}");
        }
    }
}

/// What the page of each operation says beyond limits is a line of `explain`: typed here by what the line is about.
#[test]
fn pages_say_more_than_limits() {
    let replaces = "already gets the new value";
    let (access, later, across) = ("Tags can decide access (ABAC)", "eventually consistent", "Not across accounts");
    let state = "Refused in the key states PendingDeletion and PendingReplicaDeletion (KMSInvalidStateException)";
    let expected: [(&str, &[&str]); 15] = [
        ("kms:CreateKey", &[access, later, across, "kms:CreateKey", "kms:TagResource"]),
        ("kms:PutKeyPolicy", &["Replaces the whole policy", later, state, across, "kms:PutKeyPolicy"]),
        ("kms:ReplicateKey", &["are not copied", access, later, "in the state Enabled", across, "kms:ReplicateKey", "kms:TagResource"]),
        ("kms:TagResource", &["has already gets the new value", access, later, state, across, "kms:TagResource", "cannot be tagged"]),
        ("kms:UntagResource", &["does not have is no error", access, later, state, across, "kms:UntagResource"]),
        ("otc-kms:AddTag", &["each tag key once", "KMS.0211", "kms:cmkTag:create"]),
        ("otc-kms:BatchTags", &["KMS.0211", "kms:cmkTag:batch"]),
        ("otc-kms:DeleteTag", &["KMS.0416", "kms:cmkTag:delete"]),
        ("otc-kms:QueryInstances", &["kms:cmkTag:list"]),
        ("secretsmanager:CreateSecret", &[access, "secretsmanager:CreateSecret", "secretsmanager:TagResource"]),
        ("secretsmanager:PutResourcePolicy", &["PublicPolicyException", "secretsmanager:PutResourcePolicy"]),
        ("secretsmanager:ReplicateSecretToRegions", &["secretsmanager:ReplicateSecretToRegions", "is not overwritten"]),
        ("secretsmanager:TagResource", &[replaces, access, "marked for deletion is refused", "secretsmanager:TagResource"]),
        ("secretsmanager:UntagResource", &["is no error", access, "marked for deletion is refused", "secretsmanager:UntagResource"]),
        ("secretsmanager:ValidateResourcePolicy", &["broad access", "secretsmanager:ValidateResourcePolicy"]),
    ];
    let operations = Facts::builtin().operations();
    assert_eq!(operations.iter().map(|operation| operation.id.as_str()).collect::<Vec<_>>(), expected.map(|(id, _)| id));
    for (operation, (id, lines)) in operations.iter().zip(expected) {
        for line in lines {
            assert!(operation.notes.iter().any(|note| note.contains(line)), "{id}: no line about {line}");
        }
    }
}
