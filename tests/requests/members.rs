//! Every member of every operation, with the figures of its limits as somebody typed them from the page of the operation.
//!
//! A file of `fixtures/requests/operations/` is a body that passes and, for each member in it, what it may be. The walk goes through the
//! schema of each operation and asks for a case for each member, and for a figure wherever the schema has a limit.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use taglint::{
    facts::{Facts, requests::Operation},
    finding::Finding,
};

use super::{files, folder, run};

/// One operation, with every limit typed from its source.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    operation: String,
    source: String,
    body: Value,
    /// Warnings that the body itself has.
    #[serde(default)]
    found: Vec<String>,
    members: Vec<Member>,
    /// By object: members that it does not have, and what each was meant to be.
    siblings: BTreeMap<String, BTreeMap<String, Option<String>>>,
    /// Members that do not go together.
    #[serde(default)]
    together: Vec<Together>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    at: String,
    r#type: String,
    /// Where its figures are, if they are not on the page of the operation.
    source: Option<String>,
    #[serde(default)]
    required: bool,
    min: Option<usize>,
    max: Option<usize>,
    r#enum: Option<BTreeSet<String>>,
    /// Texts that are accepted, and texts that are not, where it must have a form.
    #[serde(default)]
    takes: Vec<String>,
    #[serde(default)]
    refuses: Vec<String>,
    /// The rule that reports what is too short, too long, null, or of another form; without it those about members of requests.
    short: Option<String>,
    long: Option<String>,
    null: Option<String>,
    form: Option<String>,
    /// The character that fills the member up, or a text with one such character in braces.
    fill: Option<String>,
    /// It is Base64, and its figures are of what that stands for.
    #[serde(default)]
    base64: bool,
}

/// Members that are put into the body, and the one at which that is reported.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Together {
    with: Map<String, Value>,
    at: String,
    /// Part of the help: what the service answers.
    says: String,
}

/// The rules that report lengths, numbers and forms.
const LIMITS: [&str; 6] =
    ["request-member-value", "request-identifier", "tag-key-empty", "tag-key-too-long", "tag-value-too-long", "policy-size"];

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
        // A policy is shown without the quotes of its string.
        let is_there = |place: &&str| place.trim_matches('"') == at.trim_matches('"');
        assert!(
            places.len() == 1 && places.iter().all(is_there),
            "{}: {what}: {rule} at {at:.100} and not at {places:.100?} in {body:.200}",
            self.operation
        );
        found.into_iter().next().expect("there is one").0
    }

    /// That a body has no finding about limits.
    fn accept(&self, what: &str, body: &str) {
        let found = self.findings(body, &LIMITS);
        let found: Vec<&String> = found.iter().map(|(finding, _)| &finding.message).collect();
        assert!(found.is_empty(), "{}: {what}: {found:?} in {body:.200}", self.operation);
    }
}

impl Member {
    fn text(&self, length: usize) -> String {
        if self.base64 {
            return "QUJD".repeat(length / 3) + ["", "QQ==", "QUI="][length % 3];
        }
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

    /// The place with `*` for entries.
    fn place(&self) -> String {
        general(&self.at)
    }

    /// Missing, of another type, null, twice.
    fn shapes(&self, case: &Case) {
        let operation = &case.operation;
        let (parent, last) = self.at.rsplit_once('/').expect("a pointer");
        if self.required {
            let mut body = case.body.clone();
            body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object").remove(last);
            let finding = case.expect("missing", &body.to_string(), "request-member-missing", "{");
            assert!(finding.message.contains(&format!("needs `{last}`")), "{operation}: {}", finding.message);
        }
        let (other, found) = if self.r#type == "string" { (json!(4711), "a number") } else { (json!("text"), "a string") };
        // A list with one tag in it may do, and warns by itself.
        let finding = match case.found.is_empty() {
            true => case.expect("wrong type", &case.with(&self.at, other.clone()), "request-member-type", &other.to_string()),
            false => return,
        };
        assert!(finding.message.contains(&format!("is {found}, {operation} takes ")), "{operation}: {}", finding.message);
        for (other, found) in [(json!([[]]), "a list"), (json!({ "x": {} }), "an object"), (json!(true), "a boolean")] {
            let is_own = matches!((self.r#type.as_str(), found), ("array", "a list") | ("object", "an object") | ("boolean", "a boolean"));
            // A list of one tag may do.
            if is_own || case.findings(&case.with(&self.at, other.clone()), &["request-member-type"]).len() == 2 {
                continue;
            }
            let finding = case.expect(found, &case.with(&self.at, other.clone()), "request-member-type", &other.to_string());
            assert!(finding.message.contains(&format!("is {found}, ")), "{operation}: {}", finding.message);
        }
        let null = self.null.as_deref().unwrap_or("request-member-type");
        case.expect("null", &case.with(&self.at, Value::Null), null, "null");
        if !last.chars().all(|c| c.is_ascii_digit()) {
            let value = case.body.pointer(&self.at).expect("it is there").to_string();
            let (once, again) = (format!("\"{last}\":{value}"), format!("\"{last}\":{value},\"{last}\":{value}"));
            let twice = case.body.to_string().replacen(&once, &again, 1);
            case.expect("twice", &twice, "request-member-duplicate", &format!("\"{last}\""));
        }
    }

    /// At each limit, and one over it.
    fn limits(&self, case: &Case) {
        let expect = |what: &str, length: usize, rule: &Option<String>| {
            let value = self.sized(case, length);
            let rule = rule.as_deref().unwrap_or("request-member-value");
            case.expect(&format!("{} {what}", self.at), &case.with(&self.at, value.clone()), rule, &value.to_string());
        };
        let accept = |what: &str, length: usize| {
            let body = case.with(&self.at, self.sized(case, length));
            let found = case.findings(&body, &LIMITS).into_iter().filter(|(finding, _)| finding.rule.id != "request-identifier");
            let found: Vec<String> = found.map(|(finding, _)| finding.message).collect();
            assert!(found.is_empty(), "{}: {} {what}: {found:?}", case.operation, self.at);
        };
        if let Some(min) = self.min {
            // A text of the right form is longer than that.
            if !self.fill.as_ref().is_some_and(|fill| fill.contains('{')) {
                accept("at the lower limit", min);
            }
            if min > 0 {
                expect("one under", min - 1, &self.short);
            }
        }
        if let Some(max) = self.max {
            accept("at the limit", max);
            expect("one over", max + 1, &self.long);
        }
        for value in self.r#enum.iter().flatten() {
            case.accept(value, &case.with(&self.at, json!(value)));
            for wrong in [format!("{value}_"), value.to_lowercase() + " "] {
                case.expect("no value", &case.with(&self.at, json!(wrong)), "request-member-value", &json!(wrong).to_string());
            }
        }
        for text in &self.takes {
            case.accept(text, &case.with(&self.at, json!(text)));
        }
        for text in &self.refuses {
            let rule = self.form.as_deref().unwrap_or("request-member-value");
            case.expect("another form", &case.with(&self.at, json!(text)), rule, &json!(text).to_string());
        }
    }
}

fn general(pointer: &str) -> String {
    let steps = pointer.split('/').map(|step| if step.parse::<usize>().is_ok() { "*" } else { step });
    steps.collect::<Vec<_>>().join("/")
}

fn cases() -> Vec<(String, Case)> {
    let read = |(name, text): (String, String)| {
        let case = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, case)
    };
    files("operations").into_iter().map(read).collect()
}

#[test]
fn every_member_of_every_operation() {
    for (name, case) in cases() {
        let sources = case.members.iter().filter_map(|member| member.source.as_ref()).chain([&case.source]);
        sources.for_each(|source| assert!(source.starts_with("https://"), "{name}: {source}"));
        let (_, analysis) = run("request.json", &case.body.to_string(), Some(&case.operation));
        let found: Vec<&str> = analysis.findings.iter().map(|finding| finding.rule.id).collect();
        assert_eq!(found, case.found, "{name}: what the body itself has");
        for member in &case.members {
            member.shapes(&case);
            member.limits(&case);
        }
    }
}

#[test]
fn members_that_no_operation_has() {
    for (name, case) in cases() {
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
                    None => assert!(
                        help.starts_with("the members here are ") || help.starts_with("delete it: there are no members"),
                        "{name}: {sibling}: {help}"
                    ),
                }
            }
        }
    }
}

#[test]
fn members_that_do_not_go_together() {
    for (name, case) in cases() {
        for together in &case.together {
            let mut body = case.body.clone();
            let members = body.as_object_mut().expect("an object");
            let mut alone = members.clone();
            alone.remove(&together.at);
            for (member, value) in &together.with {
                members.insert(member.clone(), value.clone());
            }
            let finding = case.expect("together", &body.to_string(), "request-member-conflict", &format!("\"{}\"", together.at));
            let help = finding.help.unwrap_or_default();
            assert!(help.contains(&together.says), "{name}: {help}");
            assert!(case.findings(&Value::Object(alone).to_string(), &["request-member-conflict"]).is_empty(), "{name}: {}", together.at);
        }
    }
}

/// Every place of a schema: its pointer with `*` for entries, and the schema there.
fn walk<'s>(schema: &'s Value, at: String, visit: &mut dyn FnMut(&str, &'s Value)) {
    visit(&at, schema);
    for (name, below) in schema["properties"].as_object().into_iter().flatten() {
        walk(below, format!("{at}/{name}"), visit);
    }
    if let Some(entry) = schema.get("items") {
        walk(entry, format!("{at}/*"), visit);
    }
}

/// A new member, a new limit, or a new object needs a case.
#[test]
fn the_walk_finds_no_member_without_a_case() {
    let cases = cases();
    let mut missing = Vec::new();
    for operation in Facts::builtin().operations() {
        let own: Vec<&Case> = cases.iter().map(|(_, case)| case).filter(|case| case.operation == operation.id).collect();
        let members: Vec<&Member> = own.iter().flat_map(|case| &case.members).collect();
        walk(&operation.schema, String::new(), &mut |at, schema| {
            let mut want = |what: &str, holds: bool| {
                if !holds {
                    missing.push(format!("{}{at}: {what}", operation.id));
                }
            };
            if schema.get("properties").is_some() {
                want("a member that it does not have", own.iter().any(|case| case.siblings.keys().any(|object| general(object) == at)));
            }
            if at.is_empty() {
                return;
            }
            let here: Vec<&Member> = members.iter().copied().filter(|member| member.place() == at).collect();
            want("a case", !here.is_empty());
            let has = |keyword: &str| schema.get(keyword).is_some();
            let any = |test: &dyn Fn(&Member) -> bool| here.iter().any(|member| test(member));
            let about = operation.member_at(at);
            let in_bytes = about.is_some_and(|about| about.bytes.is_some() || about.base64.is_some());
            want("a lower limit", !(has("minLength") || has("minItems") || in_bytes) || any(&|member| member.min.is_some()));
            want("an upper limit", !(has("maxLength") || has("maxItems") || in_bytes) || any(&|member| member.max.is_some()));
            want("texts of its form", !has("pattern") || any(&|member| !member.takes.is_empty() && !member.refuses.is_empty()));
            let is_required =
                operation.schema_at(parent(at))["required"].as_array().is_some_and(|names| names.iter().any(|name| *name == last(at)));
            want("that it is required, or is not", here.iter().all(|member| member.required == is_required));
            let values = schema["enum"].as_array().map(|values| values.iter().filter_map(Value::as_str).map(str::to_owned).collect());
            want("its values", here.iter().all(|member| member.r#enum == values));
        });
        for rule in &operation.not_together {
            let is_case = |together: &Together| rule.members.last() == Some(&together.at);
            if !own.iter().flat_map(|case| &case.together).any(is_case) {
                missing.push(format!("{}: {:?} together", operation.id, rule.members));
            }
        }
        if own.is_empty() {
            missing.push(format!("{}: a case", operation.id));
        }
    }
    for (name, case) in &cases {
        if Facts::builtin().requests().by_id(&case.operation).is_none() {
            missing.push(format!("{name}: no such operation"));
        }
    }
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

fn parent(pointer: &str) -> &str {
    pointer.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn last(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or_default()
}

/// How a request is sent by path: an envelope that passes, and what is wrong with others. Typed from the page of the operation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    operation: String,
    source: String,
    method: String,
    /// With `KEY` where the id of the key stands.
    url: String,
    headers: BTreeMap<String, Header>,
    #[serde(default)]
    body: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    value: String,
    /// Another value that is not accepted.
    refuses: Option<String>,
}

const KEY: &str = "bb6a3d22-dc93-47ac-b5bd-88df7ad35f1e";

impl Envelope {
    fn write(&self, method: &str, key: &str, change: impl Fn(&mut BTreeMap<String, String>)) -> String {
        let mut headers = self.headers.iter().map(|(name, header)| (name.clone(), header.value.clone())).collect();
        change(&mut headers);
        let mut envelope = json!({ "method": method, "url": self.url.replace("KEY", key), "headers": headers });
        if let Some(body) = &self.body {
            envelope["body"] = body.clone();
        }
        envelope.to_string()
    }

    fn ids(&self, text: &str) -> Vec<(&'static str, String)> {
        let (project, analysis) = run("envelope.json", text, None);
        analysis.findings.iter().map(|finding| (finding.rule.id, project.sources.slice(finding.primary.span).to_owned())).collect()
    }
}

#[test]
fn what_surrounds_a_request() {
    let text = fs::read_to_string(folder("envelopes.json")).expect("a text");
    let envelopes: Vec<Envelope> = serde_json::from_str(&text).expect("envelopes");
    let sent: BTreeSet<&str> = envelopes.iter().map(|envelope| envelope.operation.as_str()).collect();
    let http = |operation: &&Operation| operation.http.is_some();
    let known: BTreeSet<&str> = Facts::builtin().operations().iter().filter(http).map(|operation| operation.id.as_str()).collect();
    assert_eq!(sent, known);
    for envelope in &envelopes {
        let id = &envelope.operation;
        assert!(envelope.source.starts_with("https://"), "{id}");
        let as_is = |_: &mut BTreeMap<String, String>| {};
        assert_eq!(envelope.ids(&envelope.write(&envelope.method, KEY, as_is)), [], "{id}");
        assert_eq!(envelope.ids(&envelope.write(&envelope.method.to_lowercase(), KEY, as_is)), [], "{id}: in small letters");
        assert_eq!(envelope.ids(&envelope.write("PATCH", KEY, as_is)), [("request-method", "\"PATCH\"".to_owned())], "{id}");
        for (name, header) in &envelope.headers {
            let without = envelope.write(&envelope.method, KEY, |headers| {
                headers.remove(name);
            });
            assert_eq!(envelope.ids(&without), [("request-header", "{".to_owned())], "{id}: without {name}");
            let small = envelope.write(&envelope.method, KEY, |headers| {
                let value = headers.remove(name).expect("it is there");
                headers.insert(name.to_lowercase(), value);
            });
            assert_eq!(envelope.ids(&small), [], "{id}: {name} in small letters");
            if let Some(refused) = &header.refuses {
                let other = envelope.write(&envelope.method, KEY, |headers| {
                    headers.insert(name.clone(), refused.clone());
                });
                assert_eq!(envelope.ids(&other), [("request-header", json!(refused).to_string())], "{id}: {name}");
            }
        }
        if envelope.url.contains("KEY") {
            // The page: 36 characters, digits and small letters in groups of 8, 4, 4, 4 and 12.
            for wrong in [&KEY[1..], &format!("{KEY}0"), &KEY.to_uppercase(), &KEY.replace('-', "_"), "alias", "0"] {
                let found = envelope.ids(&envelope.write(&envelope.method, wrong, as_is));
                assert_eq!(found, [("request-path", wrong.to_owned())], "{id}: {wrong}");
            }
            for unknown in ["{key_id}", "{{key}}", "${KEY}", ":key_id", "<key>"] {
                assert_eq!(envelope.ids(&envelope.write(&envelope.method, unknown, as_is)), [], "{id}: {unknown}");
            }
        }
    }
}

/// The key of a tag in a path: <https://docs.otc.t-systems.com/key-management-service/api-ref/apis/key_management_service/cmk_management/adding_a_cmk_tag.html>, 36 characters.
#[test]
fn the_key_of_a_tag_in_a_path() {
    let found = |key: &str| {
        let url = format!("https://kms.eu-de.otc.t-systems.com/v1.0/0d0466b0e7274d9cb35df84bb474a37f/kms/{KEY}/tags/{key}");
        let text = json!({ "method": "DELETE", "url": url, "headers": { "X-Auth-Token": "${TOKEN}" } }).to_string();
        let (_, analysis) = run("envelope.json", &text, None);
        analysis.findings.iter().map(|finding| finding.rule.id).collect::<Vec<_>>()
    };
    for letter in ["k", "%20", "%C3%A9"] {
        assert_eq!(found(&letter.repeat(36)), Vec::<&str>::new(), "{letter}");
        assert_eq!(found(&letter.repeat(37)), ["tag-key-too-long"], "{letter}");
    }
    assert_eq!(found("a%3Db"), ["tag-key-characters"]);
    assert_eq!(found("{key}"), Vec::<&str>::new());
}
