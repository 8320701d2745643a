//! Requests that tag and untag, of every service: which are told, by what, and that nothing is wrong with what they take.

use serde_json::{Value, json};
use taglint::facts::{Facts, requests::Operation};

use super::{run, taken_for};

/// A body of an operation that only tags, as its schema has it, with an ARN of `service` in the member that names what is tagged.
fn tagging_body(operation: &Operation, service: &str) -> Value {
    let mut body = serde_json::Map::new();
    let properties = operation.schema["properties"].as_object().expect("it has members");
    let arn = operation.arn.as_ref().map(|arn| arn.member.as_str());
    let required: Vec<&str> = operation.required().collect();
    for (name, schema) in properties.iter().filter(|(name, _)| required.contains(&name.as_str()) || arn == Some(name)) {
        let value = match schema["type"].as_str() {
            _ if schema["enum"].is_array() => schema["enum"][0].clone(),
            Some("array") => json!([]),
            Some("object") => json!({}),
            Some("boolean") => json!(true),
            Some("integer") => json!(1),
            _ => json!("x".repeat(schema["minLength"].as_u64().unwrap_or(1) as usize)),
        };
        body.insert(name.clone(), value);
    }
    if let Some(member) = arn {
        let text = format!("arn:aws:{service}:::x");
        let least = properties[member]["minLength"].as_u64().unwrap_or_default() as usize;
        let text = format!("{text}{}", "x".repeat(least.saturating_sub(text.len())));
        let listed = properties[member]["type"] == "array";
        body.insert(member.to_owned(), if listed { json!([text]) } else { json!(text) });
    }
    let place = &operation.tags[0];
    let path: Vec<&str> = place.member.as_deref().expect("a member").split('.').collect();
    let tags = match (&place.key, &place.value, place.map) {
        (_, _, true) => json!({ "Team": "core" }),
        (Some(key), Some(value), _) => json!([{ (key.as_str()): "Team", (value.as_str()): "core" }]),
        (Some(key), None, _) => json!([{ (key.as_str()): "Team" }]),
        (None, ..) => json!(["Team"]),
    };
    match path[..] {
        [name] => body.insert(name.to_owned(), tags),
        [name, inner] => body.insert(name.to_owned(), json!({ (inner): tags })),
        _ => panic!("{path:?}"),
    };
    Value::Object(body)
}

/// Every operation that tags or untags is taken for what a configuration or a target says, and its own body has nothing wrong. Where an ARN
/// names its service it is taken for itself or for another name of the same thing, never for a service that the ARN does not name.
#[test]
fn every_tagging_operation_is_recognised() {
    let index = Facts::builtin().requests();
    let ids: Vec<&str> = index.tagging_ids().collect();
    assert!(ids.len() > 680, "{}", ids.len());
    let (mut by_target, mut by_arn) = (0, 0);
    for id in &ids {
        let operation = index.by_id(id).expect("it is listed");
        assert_eq!(operation.id, *id);
        let service = operation.arn.as_ref().map_or("none", |arn| arn.services[0].as_str());
        let body = tagging_body(operation, service);
        let (_, analysis) = run("a.json", &body.to_string(), Some(id));
        assert!(analysis.findings.is_empty(), "{id}: {body}: {:?}", analysis.findings);
        assert_eq!(taken_for("a.json", &body.to_string(), Some(id), Facts::builtin()), *id);
        if let Some(target) = &operation.target {
            let envelope = json!({ "headers": { "X-Amz-Target": target }, "body": body });
            let found = index.by_target(target).expect("it has a target");
            assert_eq!(taken_for("a.json", &envelope.to_string(), None, Facts::builtin()), found.id, "{id}");
            by_target += usize::from(found.id == *id);
        }
        let taken = taken_for("a.json", &body.to_string(), None, Facts::builtin());
        match taken.as_str() {
            "ambiguous" | "none" => {}
            other => {
                let other = index.by_id(other).expect("it is known");
                assert!(other.arn.as_ref().is_some_and(|arn| arn.services.iter().any(|word| word == service)), "{id}: {taken}");
                assert!(index.may_be_request("a.json", body.to_string().as_bytes()), "{id}");
                by_arn += usize::from(other.id == *id);
            }
        }
        if operation.arn.is_some() {
            let foreign = tagging_body(operation, "nobody").to_string();
            assert_eq!(taken_for("a.json", &foreign, None, Facts::builtin()), "none", "{id}: {foreign}");
        }
    }
    assert!(by_target > 180 && by_arn > 500, "{by_target} by target, {by_arn} by ARN");
}

/// What a quota says of a resource is not what one request may hold.
#[test]
fn a_quota_is_not_the_limit_of_a_request() {
    let found = |n: usize| {
        let tags: Vec<_> = (0..n).map(|at| json!({ "Key": format!("k{at}"), "Value": "x" })).collect();
        let id = "arn:aws:ssm:eu-central-1:111122223333:parameter/x";
        let body = json!({ "ResourceType": "Parameter", "ResourceId": id, "Tags": tags });
        let (_, analysis) = run("a.json", &body.to_string(), None);
        analysis.findings.iter().map(|finding| finding.rule.id).collect::<Vec<_>>()
    };
    assert_eq!(found(50), [""; 0]);
    assert_eq!(found(51), ["tag-count"]);
    assert_eq!(found(1001), ["request-member-value", "tag-count"]);
}
