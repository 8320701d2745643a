//! Requests that tag and untag, of every service: which are told, by what, and that nothing is wrong with what they take.

use serde_json::{Map, Value, json};
use taglint::facts::{
    Facts,
    requests::{Operation, RequestTags},
};

use super::{run, taken_for};

/// A body of an operation that only tags, as its schema has it, with an ARN of `service` in the member that names what is tagged.
fn tagging_body(operation: &Operation, service: &str) -> Value {
    let mut body = Map::new();
    let properties = operation.schema["properties"].as_object().expect("it has members");
    let arn = operation.arn.as_ref().map(|arn| arn.member.as_str());
    let required: Vec<&str> = operation.required().collect();
    for (name, schema) in properties.iter().filter(|(name, _)| required.contains(&name.as_str()) || arn == Some(name)) {
        let value = match schema["type"].as_str() {
            _ if schema["enum"].is_array() => schema["enum"][0].clone(),
            Some("array") => json!(vec!["x"; schema["minItems"].as_u64().unwrap_or_default() as usize]),
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
    for place in &operation.tags {
        put_tags(&mut body, place, properties);
    }
    Value::Object(body)
}

/// Puts tags where an operation takes them. A list on the way has one entry.
fn put_tags(body: &mut Map<String, Value>, place: &RequestTags, properties: &Map<String, Value>) {
    let path: Vec<&str> = place.member.as_deref().expect("a member").split('.').collect();
    let tags = match (&place.key, &place.value, place.map) {
        (_, _, true) => json!({ "Team": "core" }),
        (Some(key), Some(value), _) => json!([{ (key.as_str()): "Team", (value.as_str()): "core" }]),
        (Some(key), None, _) => json!([{ (key.as_str()): "Team" }]),
        (None, ..) => json!(["Team"]),
    };
    let [first, inner @ ..] = &path[..] else { panic!("{path:?}") };
    let value = inner.iter().rev().fold(tags, |value, name| json!({ (*name): value }));
    let listed = !inner.is_empty() && properties.get(*first).is_some_and(|schema| schema["type"] == "array");
    match body.get_mut(*first).filter(|_| !inner.is_empty()) {
        Some(Value::Object(before)) => before.extend(value.as_object().expect("it has a path").clone()),
        _ => drop(body.insert((*first).to_owned(), if listed { json!([value]) } else { value })),
    }
}

/// Every operation with tags is taken for what a configuration or a target says, and its own body has nothing wrong. Where an ARN
/// names its service it is taken for itself or for another name of the same thing, never for a service that the ARN does not name.
#[test]
fn every_tagging_operation_is_recognised() {
    let index = Facts::builtin().requests();
    let ids: Vec<&str> = index.tagging_ids().chain(index.creating_ids()).collect();
    assert!(ids.len() > 2400, "{}", ids.len());
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
    assert!(by_target > 600 && by_arn > 500, "{by_target} by target, {by_arn} by ARN");
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

/// A method and a URL of AWS mean an operation; those of others do not.
#[test]
fn a_url_names_the_service() {
    let index = Facts::builtin().requests();
    let arn = "arn:aws:lambda:eu-central-1:111122223333:function:pay";
    for (method, url, expected) in [
        ("POST", "https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions", Some("lambda:CreateFunction")),
        ("post", "https://lambda.eu-central-1.api.aws/2015-03-31/functions", Some("lambda:CreateFunction")),
        ("GET", "https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions", None),
        ("POST", "https://lambda.eu-central-1.example.com/2015-03-31/functions", None),
        ("POST", "https://batch.eu-central-1.amazonaws.com/2015-03-31/functions", None),
        ("POST", &format!("https://lambda.eu-central-1.amazonaws.com/2017-03-31/tags/{arn}"), Some("lambda:TagResource")),
        ("POST", &format!("{{{{host}}}}/2017-03-31/tags/{}", arn.replace(':', "%3A")), Some("lambda:TagResource")),
        ("POST", "/v1/tags/arn:aws:batch:eu-central-1:111122223333:job-queue/a", Some("batch:TagResource")),
        ("POST", "/v1/tags/arn:aws:nobody:eu-central-1:111122223333:x", None),
        ("POST", "/v1/tags/batch", None),
        ("PUT", "https://s3.eu-central-1.amazonaws.com/logs?tagging", Some("s3:PutBucketTagging")),
        ("PUT", "https://logs.s3.eu-central-1.amazonaws.com/?tagging", Some("s3:PutBucketTagging")),
        ("PUT", "https://logs.s3.eu-central-1.amazonaws.com/a/b.txt?tagging", Some("s3:PutObjectTagging")),
        ("PUT", "https://logs.s3.eu-central-1.amazonaws.com/?acl", None),
        ("PUT", "https://logs.s3.eu-central-1.amazonaws.com/a/b.txt", None),
        ("POST", "https://mq.eu-central-1.amazonaws.com/v1/brokers", Some("mq:CreateBroker")),
    ] {
        let found = index.by_url(method, url).map(|found| found.operation.id.as_str());
        assert_eq!(found, expected, "{method} {url}");
    }
}

/// Quotas are judged where something is created, and each entry of a list has tags of its own.
#[test]
fn what_is_created_has_its_tags() {
    let found = |operation: &str, body: Value| {
        let (_, analysis) = run("a.json", &body.to_string(), Some(operation));
        analysis.findings.iter().map(|finding| finding.rule.id).collect::<Vec<_>>()
    };
    let many = |n: usize| (0..n).map(|at| json!({ "Key": format!("k{at}"), "Value": "x" })).collect::<Vec<_>>();
    let instances = |tags: [usize; 2]| {
        let specifications = tags.map(|n| json!({ "ResourceType": "instance", "Tags": many(n) }));
        json!({ "MinCount": 1, "MaxCount": 1, "TagSpecifications": specifications })
    };
    assert_eq!(found("ec2:RunInstances", instances([50, 50])), [""; 0]);
    assert_eq!(found("ec2:RunInstances", instances([50, 51])), ["tag-count"]);
    assert_eq!(found("ssm:StartAutomationExecution", json!({ "DocumentName": "a", "Tags": many(6) })), ["tag-count"]);
    let broker = |tags: &str, name: &str| json!({ "BrokerName": "a", (tags): { (name): "x" } });
    assert!(found("mq:CreateBroker", broker("Tags", "aws:a")).contains(&"tag-reserved-prefix"));
    let role =
        json!({ "RoleName": "a", "AssumeRolePolicyDocument": "{}", "Tags": [{ "Key": "a", "Value": "b" }, { "Key": "A", "Value": "b" }] });
    assert!(found("iam:CreateRole", role).contains(&"tag-key-case-duplicate"));
}
