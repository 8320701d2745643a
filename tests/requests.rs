//! Requests: every member of every operation, which files are requests, and what is asked of their size.

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
    report::{Format, Report, Style},
    rule::Ruleset,
    rules::RULES,
    source::{ColumnUnit, Source, SourceId},
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

/// One operation, with every limit typed from its source.
#[derive(Deserialize)]
struct Case {
    operation: String,
    source: String,
    body: Value,
    members: Vec<Member>,
    /// By object: members that it does not have, and what each was meant to be.
    siblings: BTreeMap<String, BTreeMap<String, Option<String>>>,
}

#[derive(Deserialize)]
struct Member {
    at: String,
    r#type: String,
    #[serde(default)]
    required: bool,
    min: Option<usize>,
    max: Option<usize>,
    r#enum: Option<Vec<String>>,
    /// The rule that reports what is too short, too long, or null; without it those about members of requests.
    short: Option<String>,
    long: Option<String>,
    null: Option<String>,
    /// The character that fills the member up, or a text with one such character in braces.
    fill: Option<String>,
}

impl Case {
    /// The body with another value at a place.
    fn with(&self, at: &str, value: Value) -> String {
        let mut body = self.body.clone();
        *body.pointer_mut(at).unwrap_or_else(|| panic!("{}: {at} is in the body", self.operation)) = value;
        body.to_string()
    }

    /// The findings of these rules in a body.
    fn findings(&self, body: &str, rules: &[&str]) -> Vec<(Finding, String)> {
        let (project, analysis) = run("request.json", body, Some(&self.operation));
        let found = analysis.findings.into_iter().filter(|finding| rules.contains(&finding.rule.id));
        found.map(|finding| (finding.clone(), project.sources.slice(finding.primary.span).to_owned())).collect()
    }

    /// That a body has one finding of a rule, at a text.
    fn expect(&self, what: &str, body: &str, rule: &str, at: &str) -> Finding {
        let found = self.findings(body, &[rule]);
        let places: Vec<&str> = found.iter().map(|(_, place)| place.as_str()).collect();
        assert_eq!(places, [at], "{}: {what}: {rule} in {body:.200}", self.operation);
        found.into_iter().next().expect("there is one").0
    }
}

impl Member {
    fn text(&self, length: usize) -> String {
        let fill = self.fill.as_deref().unwrap_or("é");
        match fill.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?))) {
            None => fill.repeat(length),
            Some((before, (character, after))) => {
                let rest = length.saturating_sub(before.chars().count() + after.chars().count());
                format!("{before}{}{after}", character.repeat(rest)).chars().take(length).collect()
            }
        }
    }

    /// A value of another length, as the operation's type has it.
    fn sized(&self, case: &Case, length: usize) -> Value {
        match self.r#type.as_str() {
            "array" => {
                let entry = case.body.pointer(&self.at).and_then(|list| list.get(0)).expect("a list has an entry").clone();
                vec![entry; length].into()
            }
            _ => self.text(length).into(),
        }
    }
}

#[test]
fn every_member_of_every_operation() {
    const LENGTHS: [&str; 4] = ["request-member-value", "tag-key-empty", "tag-key-too-long", "tag-value-too-long"];
    let mut seen = Vec::new();
    for (name, text) in files("operations") {
        let case: Case = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(case.source.starts_with("https://"), "{name}");
        let operation = &case.operation;
        let (_, analysis) = run("request.json", &case.body.to_string(), Some(operation));
        let found: Vec<&str> = analysis.findings.iter().map(|finding| finding.rule.id).collect();
        assert!(found.is_empty(), "{name}: the body itself has {found:?}");
        for member in &case.members {
            let (parent, last) = member.at.rsplit_once('/').expect("a pointer");
            seen.push(format!("{operation}{}", member.at.replace("/0", "/*")));
            if member.required {
                let mut body = case.body.clone();
                body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object").remove(last);
                let finding = case.expect("missing", &body.to_string(), "request-member-missing", "{");
                assert!(finding.message.contains(&format!("needs `{last}`")), "{name}: {}", finding.message);
            }
            let (other, found) = if member.r#type == "string" { (json!(4711), "a number") } else { (json!("text"), "a string") };
            let finding = case.expect("wrong type", &case.with(&member.at, other.clone()), "request-member-type", &other.to_string());
            assert!(finding.message.contains(&format!("is {found}, {operation} takes ")), "{name}: {}", finding.message);
            let null = member.null.as_deref().unwrap_or("request-member-type");
            case.expect("null", &case.with(&member.at, Value::Null), null, "null");
            let expect = |what: &str, length: usize, rule: &Option<String>| {
                let value = member.sized(&case, length);
                let rule = rule.as_deref().unwrap_or("request-member-value");
                case.expect(what, &case.with(&member.at, value.clone()), rule, &value.to_string());
            };
            let accept = |what: &str, length: usize| {
                let body = case.with(&member.at, member.sized(&case, length));
                let found = case.findings(&body, &LENGTHS);
                let found: Vec<&String> = found.iter().map(|(finding, _)| &finding.message).collect();
                assert!(found.is_empty(), "{name}: {} {what}: {found:?}", member.at);
            };
            if let Some(min) = member.min {
                // A text of the right form is longer than that.
                if !member.fill.as_ref().is_some_and(|fill| fill.contains('{')) {
                    accept("at the lower limit", min);
                }
                if min > 0 {
                    expect("one under", min - 1, &member.short);
                }
            }
            if let Some(max) = member.max {
                accept("at the limit", max);
                expect("one over", max + 1, &member.long);
            }
            for value in member.r#enum.iter().flatten() {
                assert!(case.findings(&case.with(&member.at, json!(value)), &LENGTHS).is_empty(), "{name}: {value}");
                let wrong = format!("{value}_");
                case.expect("no value", &case.with(&member.at, json!(wrong)), "request-member-value", &format!("\"{wrong}\""));
            }
            if !last.chars().all(|c| c.is_ascii_digit()) {
                let value = case.body.pointer(&member.at).expect("it is there").to_string();
                let twice =
                    case.body.to_string().replacen(&format!("\"{last}\":{value}"), &format!("\"{last}\":{value},\"{last}\":{value}"), 1);
                case.expect("twice", &twice, "request-member-duplicate", &format!("\"{last}\""));
            }
        }
        for (object, members) in &case.siblings {
            for (sibling, meant) in members {
                let mut body = case.body.clone();
                let object = body.pointer_mut(object).and_then(Value::as_object_mut).expect("an object");
                if let Some(meant) = meant {
                    object.remove(meant);
                }
                object.insert(sibling.clone(), json!("x"));
                let finding = case.expect("unknown", &body.to_string(), "request-member-unknown", &format!("\"{sibling}\""));
                let help = finding.help.unwrap_or_default();
                match meant {
                    Some(meant) => assert!(help.contains(&format!("did you mean `{meant}`?")), "{name}: {sibling}: {help}"),
                    None => assert!(help.starts_with("the members here are "), "{name}: {sibling}: {help}"),
                }
            }
        }
    }
    // What the deprecated name of `KeySpec` may be is the same list, and a body has one of the two.
    let left_out = ["kms:CreateKey/CustomerMasterKeySpec"];
    for operation in Facts::builtin().operations() {
        for member in operation.members().map(|member| format!("{}/{member}", operation.id)) {
            assert!(seen.contains(&member) || left_out.contains(&member.as_str()), "no case for {member}");
        }
    }
}

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>: 65,536 bytes.
#[test]
fn a_binary_secret_is_measured_in_bytes() {
    let found = |bytes: usize| {
        let groups = "QUJD".repeat(bytes / 3);
        let rest = ["", "QQ==", "QUI="][bytes % 3];
        let (_, analysis) = run("create-secret.json", &json!({ "Name": "a", "SecretBinary": groups + rest }).to_string(), None);
        let ids: Vec<&str> = analysis.findings.iter().map(|finding| finding.rule.id).collect();
        ids.contains(&"request-member-value")
    };
    assert!(!found(65_536) && found(65_537));
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

/// Every format, and every file that has a secret: none prints it, however it is written.
#[test]
fn no_format_prints_a_secret_of_a_request() {
    let url = "/v1.0/p/kms/bb6a3d22-dc93-47ac-b5bd-88df7ad35f1e/tags";
    let body = json!({ "KeyId": "alias/x", "TagKeys": ["aws:x"] });
    let cases = [
        // What the masker knows by name, and what only the finding knows.
        ("a.json", json!({ "Name": "a b", "SecretString": "striped \"zebra\" é" }).to_string(), vec!["zebra", "striped"]),
        ("a.json", json!({ "Name": "a b", "SecretBinary": "Y29ycmVjdCBob3JzZQ==" }).to_string(), vec!["Y29ycmVj"]),
        ("a.json", json!({ "method": "PUT", "url": url, "headers": { "X-Auth-Token": "MIIEtoken" } }).to_string(), vec!["MIIEtoken"]),
        (
            "a.json",
            json!({
                "headers": [
                    { "value": "SigTokenA", "enabled": true, "name": "x-amz-security-token" },
                    { "key": "Authorization", "value": "AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=fe5f80" },
                    { "key": "X-Amz-Target", "value": "TrentService.UntagResource" },
                ],
                "body": body,
            })
            .to_string(),
            vec!["SigTokenA", "fe5f80", "AWS4-"],
        ),
        (
            "main.tf",
            "resource \"aws_kms_key\" \"k\" {\n  tags = { deploy = \"AKIAJJJJQQQQXXXX2222\", \"aws:x\" = \"DE89 3704 0044 0532 0130 00\" }\n}\n".to_owned(),
            vec!["AKIAJJJJQQQQXXXX2222", "0532"],
        ),
        (
            "a.json",
            r#"{ "SecretId": "a", "Tags": [{ "Key": "x", "Value": "\u0041KIAJJJJQQQQXXXX2222" }, { "Key": "x", "Value": "aws:hooks.slack.com/services/T0/B0/XyZ" }] }"#.to_owned(),
            vec!["KIAJJJJQQQQXXXX2222", "XyZ"],
        ),
    ];
    for (name, text, secrets) in cases {
        let (project, analysis) = run(name, &text, None);
        let is_secret = |finding: &Finding| ["request-secret", "tag-value-secret"].contains(&finding.rule.id);
        assert!(analysis.findings.iter().any(is_secret), "{text}");
        let rules: Vec<_> = RULES.iter().map(|entry| entry.meta).collect();
        let style = Style { min_severity: Severity::Info, show_unknown: true, show_ignored: true, ..Style::default() };
        let report = Report {
            sources: &project.sources,
            analysis: &analysis,
            rules: &rules,
            data_versions: &[],
            exit_code: 1,
            category: None,
            pipeline: None,
            style,
        };
        for format in Format::ALL {
            let mut out = Vec::new();
            format.write(&report, &mut out).expect("a vector takes everything");
            let out = String::from_utf8(out).expect("reports are UTF-8");
            for secret in &secrets {
                assert!(!out.contains(secret), "{format} prints {secret}:\n{out}");
            }
        }
    }
}

/// Where a finding of a rule is: line, column in characters, and the text there.
fn places(project: &Project, analysis: &Analysis, rule: &str) -> Vec<(u32, u32, String)> {
    let found = analysis.findings.iter().filter(|finding| finding.rule.id == rule);
    let place = |finding: &Finding| {
        let span = finding.primary.span;
        let at = project.sources.get(span.source).position(span.start, ColumnUnit::Chars);
        (at.line, at.column, project.sources.slice(span).to_owned())
    };
    found.map(place).collect()
}

#[test]
fn a_minified_megabyte_points_at_the_right_column() {
    let filler = r#"{"TagKey":"clé-日","TagValue":"v\u00e9"},"#;
    let count = 1_000_000 / filler.len() + 1;
    let head = r#"{"KeyId":"1234abcd-12ab-34cd-56ef-1234567890ab","Tags":["#;
    let text = format!("{head}{}{}]}}", filler.repeat(count), r#"{"TagKey":"a&b","TagValue":4711,"Value":"x"}"#);
    assert!(text.len() > 1_000_000 && !text.contains('\n'));
    let (project, analysis) = run("a.json", &text, None);
    let start = (head.chars().count() + filler.chars().count() * count) as u32;
    let at = |rule, offset, text: &str| assert_eq!(places(&project, &analysis, rule), [(1, start + offset, text.to_owned())], "{rule}");
    at("request-member-type", 28, "4711");
    at("request-member-unknown", 33, "\"Value\"");
    at("tag-key-characters", 13, "&");
    // The request also has far too many tags, each of the same key: one finding, and one for each repetition.
    assert_eq!(places(&project, &analysis, "tag-key-duplicate").len(), count - 1);
}

/// Characters count, not bytes and not UTF-16 units; an escape counts as what it stands for; combining marks as they are written.
#[test]
fn lengths_are_counted_in_characters() {
    let body = |key: &str| format!(r#"{{ "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "TagKeys": ["{key}"] }}"#);
    for unit in ["k", "é", "日", "𐍈", "\\u00e9", "\\ud800\\udf48", "\\/"] {
        for (length, expected) in [(128, 0), (129, 1)] {
            let (project, analysis) = run("a.json", &body(&unit.repeat(length)), None);
            let found = places(&project, &analysis, "tag-key-too-long");
            assert_eq!(found.len(), expected, "{unit} {length} times");
            assert!(found.iter().all(|(_, column, text)| *column == 64 && text.len() == unit.len() * length + 2));
        }
    }
    // `e` and a combining accent are two characters, and stay two.
    let (project, analysis) = run("a.json", &body(&"e\u{301}".repeat(64)), None);
    assert_eq!(places(&project, &analysis, "tag-key-too-long"), []);
    let (project, analysis) = run("a.json", &body(&format!("{}x", "e\u{301}".repeat(64))), None);
    assert_eq!(places(&project, &analysis, "tag-key-too-long").len(), 1);
}

/// A list with a defect in every entry takes time by its length, not by the square of it.
#[test]
fn time_grows_with_the_size_of_a_body() {
    let time = |entries: usize| {
        let entry = r#"{"Key":1,"Key":2,"TagValue":null,"x":[]}"#;
        let text = format!(r#"{{"KeyId":"k","Tags":[{}]}}"#, vec![entry; entries].join(","));
        let start = std::time::Instant::now();
        let (_, analysis) = run("a.json", &text, None);
        assert!(analysis.findings.len() > entries);
        start.elapsed()
    };
    time(100);
    let (few, many) = (time(2_000), time(16_000));
    assert!(many < few * 40, "{few:?} for 2000 entries, {many:?} for 16000");
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

/// A request that a service refused, by the row of the collection it comes from.
#[derive(Deserialize)]
struct Observed {
    row: String,
    operation: String,
    body: Value,
    /// None where the service took it.
    rule: Option<String>,
    severity: Option<Severity>,
    /// Part of the help.
    says: String,
}

/// What services answered (rows of recorded answers) and what users reported (rows of issues), where the request alone shows it.
#[test]
fn what_services_refused_is_reported() {
    let rows: Vec<Observed> = serde_json::from_str(&fs::read_to_string(folder("observed.json")).expect("a text")).expect("rows");
    for Observed { row, operation, body, rule, severity, says } in rows {
        let (_, analysis) = run("request.json", &body.to_string(), Some(&operation));
        let grave: Vec<&Finding> = analysis.findings.iter().filter(|finding| finding.severity > Severity::Info).collect();
        let ids: Vec<&str> = grave.iter().map(|finding| finding.rule.id).collect();
        assert_eq!(ids, Vec::from_iter(rule.as_deref()), "{row}: {body:.200}");
        for finding in grave {
            assert_eq!(Some(finding.severity), severity, "{row}");
            let help = finding.help.as_deref().unwrap_or_default();
            assert!(help.contains(&says), "{row}: {help}");
        }
    }
}
