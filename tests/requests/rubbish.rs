//! Bodies that nobody would write by hand: each is told clearly and at its place, once.

use taglint::{analysis::Analysis, config::RulesConfig, facts::Facts, project::Project, rule::Ruleset, rules::RULES, source::SourceId};

/// The rule, the text at the place, and the message of each finding.
fn told(name: &str, bytes: &[u8], declared: Option<&str>) -> Vec<(String, String, String)> {
    let mut project = Project::from_texts([(name.to_owned(), bytes.to_vec())]);
    project.declared.extend(declared.map(|operation| (SourceId(0), operation.to_owned())));
    let ruleset = Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults fit");
    let Analysis { findings, .. } = taglint::analysis::analyze(&project, &ruleset, Facts::builtin());
    let shown = |span| project.sources.slice(span).chars().take(40).collect();
    findings.iter().map(|finding| (finding.rule.id.to_owned(), shown(finding.primary.span), finding.message.clone())).collect()
}

const KEY: &str = r#""KeyId":"1234abcd-12ab-34cd-56ef-1234567890ab""#;

#[test]
fn a_wrong_shape_is_told_where_it_is() {
    let nested = format!("{}1{}", r#"{"a":"#.repeat(200), "}".repeat(200));
    let huge = "9".repeat(5000);
    for (body, expected) in [
        (format!("[{{{KEY},\"Tags\":[]}}]"), vec![("[", "the body is a list, kms:TagResource takes an object")]),
        ("\"text\"".to_owned(), vec![("\"text\"", "the body is a string, kms:TagResource takes an object")]),
        ("4711".to_owned(), vec![("4711", "the body is a number, kms:TagResource takes an object")]),
        ("null".to_owned(), vec![("null", "the body is null, kms:TagResource takes an object")]),
        (
            format!("{{{KEY},\"Tags\":[[{{\"TagKey\":\"a\",\"TagValue\":\"b\"}}]]}}"),
            vec![("[{\"TagKey", "entry 1 of `Tags` is a list, kms:TagResource takes an object")],
        ),
        (format!("{{{KEY},\"Tags\":{{\"team\":\"core\"}}}}"), vec![("{\"team\"", "`Tags` is an object, kms:TagResource takes a list")]),
        (
            r#"{"KeyId":{"Ref":"k"},"Tags":[{"TagKey":{"a":1},"TagValue":["b"]}]}"#.to_owned(),
            vec![
                ("{\"Ref\"", "`KeyId` is an object, kms:TagResource takes a string"),
                ("{\"a\"", "`TagKey` is an object, kms:TagResource takes a string"),
                ("[\"b\"", "`TagValue` is a list, kms:TagResource takes a string"),
            ],
        ),
        (
            format!("{{{KEY},\"Tags\":[{{\"TagKey\":{huge},\"TagValue\":-1e999999}}]}}"),
            vec![
                ("9999", "`TagKey` is a number, kms:TagResource takes a string"),
                ("-1e999999", "`TagValue` is a number, kms:TagResource takes a string"),
            ],
        ),
        (
            format!("{{{KEY},\"Tags\":[{{\"TagKey\":{nested},\"TagValue\":\"b\"}}]}}"),
            vec![("{\"a\":", "`TagKey` is an object, kms:TagResource takes a string")],
        ),
        (
            format!("{{{KEY},\"Tags\":[{{\"TagKey\":\"a\",\"TagValue\":\"b\"}}],\"{}\":1}}", "n".repeat(5000)),
            vec![("\"nnnn", "kms:TagResource has no member `nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn…`")],
        ),
        (
            format!("{{{KEY},\"Tags\":[{{\"TagKey\":\"a\",\"TagValue\":\"b\"}}],\"\":1}}"),
            vec![("\"\"", "kms:TagResource has no member ``")],
        ),
    ] {
        let found = told("a.json", body.as_bytes(), Some("kms:TagResource"));
        let messages: Vec<&str> = found.iter().map(|(.., message)| message.as_str()).collect();
        assert_eq!(messages, expected.iter().map(|(_, message)| *message).collect::<Vec<_>>(), "{body:.120}");
        for ((_, text, _), (place, _)) in found.iter().zip(&expected) {
            assert!(text.starts_with(place), "{text} is not at {place}");
        }
    }
}

/// What could not be read is told, and nothing that follows from it only.
#[test]
fn broken_json_is_told_once() {
    let name = "a.kms-tag-resource.json";
    let deep = format!("{{{KEY},\"Tags\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let tag = r#"{"TagKey":"a","TagValue":"b"}"#;
    for (body, expected) in [
        (deep.into_bytes(), vec!["nested too deeply"]),
        (format!("{{{KEY},\"Tags\":[{tag},],}}").into_bytes(), vec!["trailing comma before `]`", "trailing comma before `}`"]),
        (format!("{{{KEY},\"Tags\":[{tag}]}}{{}}").into_bytes(), vec!["text after the end of the document"]),
        (format!("{{{KEY}, // the key\n\"Tags\":[{tag}]}}").into_bytes(), vec!["JSON has no comments"]),
        (
            format!("{{{KEY},\"Tags\":[{{\"TagKey\":NaN,\"TagValue\":undefined}}]}}").into_bytes(),
            vec!["a value that JSON does not have", "a value that JSON does not have"],
        ),
        (
            format!("{{{KEY},\"Tags\":[{{\"TagKey\":\"a\",\"TagVal").into_bytes(),
            vec!["missing `\"` to close this text", "missing `:` and a value after this name"],
        ),
        (
            [format!("{{{KEY},\"Tags\":[{{\"TagKey\":\"a").as_bytes(), b"\xff", br#"","TagValue":"b"}]}"#].concat(),
            vec!["this is not valid UTF-8"],
        ),
        (
            format!("{{{KEY},\"Tags\":[{{\"TagKey\":\"a\0b\",\"TagValue\":\"c\"}}]}}").into_bytes(),
            vec!["control character in a text", "tag key `a\0b` has U+0000, AWS KMS accepts letters, digits, spaces and `_.:/=+-@`"],
        ),
    ] {
        let found = told(name, &body, None);
        let messages: Vec<&str> = found.iter().map(|(.., message)| message.as_str()).collect();
        assert_eq!(messages, expected, "{:.120}", String::from_utf8_lossy(&body));
    }
}

/// Half of a surrogate pair is no character: no service can get it in UTF-8.
#[test]
fn lone_surrogates_are_told_by_their_place() {
    let body = |key: &str| format!(r#"{{{KEY},"Tags":[{{"TagKey":"{key}","TagValue":"b"}}]}}"#);
    for half in ["\\ud800", "\\udc00", "\\ud800x", "\\ud800\\u0041", "\\udc00\\ud800"] {
        let found = told("a.kms-tag-resource.json", body(half).as_bytes(), None);
        let [(rule, text, message)] = &found[..] else { panic!("{half}: {found:?}") };
        assert_eq!((rule.as_str(), &text[..6]), ("tag-key-characters", &half[..6]), "{half}");
        assert!(message.contains("has U+FFFD (no character)"), "{message}");
    }
    let found = told("a.kms-tag-resource.json", body("\\ud83d\\ude00").as_bytes(), None);
    assert!(found[0].2.contains("has U+1F600") && found.len() == 1, "{found:?}");
}

#[test]
fn an_envelope_may_hold_anything() {
    let with = |body: &str| format!(r#"{{"X-Amz-Target":"TrentService.TagResource","body":{body}}}"#);
    let ids = |text: &str| told("a.json", text.as_bytes(), None).into_iter().map(|(rule, ..)| rule).collect::<Vec<_>>();
    let none: Vec<String> = Vec::new();
    for body in ["null", "\"\"", "\"{{payload}}\"", "\"${BODY}\"", "\"@body.json\"", "\"file://tags.json\"", "\"[{{payload}}]\""] {
        assert_eq!(ids(&with(body)), none, "{body}");
    }
    assert_eq!(ids(r#"{"X-Amz-Target":"TrentService.TagResource"}"#), none);
    for body in ["[]", "5", "true", "\"[]\""] {
        assert_eq!(ids(&with(body)), ["request-member-type"], "{body}");
    }
    for body in [r#""{\"KeyId\":""#, "\"[1,\"", "\"{KeyId: 5}\""] {
        assert!(ids(&with(body)).iter().any(|rule| rule == "request-body"), "{body}");
    }
    // As tools for trying out requests save them.
    let saved = r#"{"method":"POST","header":[{"key":"X-Amz-Target","value":"TrentService.TagResource"}],
            "body":{"mode":"raw","raw":"{\"KeyId\":5,\"Tags\":[]}","options":{"raw":{"language":"json"}}},
            "url":{"raw":"https://kms.eu-central-1.amazonaws.com"}}"#;
    assert_eq!(ids(saved), ["request-member-type", "request-without-effect"]);
    assert_eq!(ids(&saved.replace(r#""mode":"raw""#, r#""mode":"file""#)), none);
    // No target, no request.
    for other in
        [r#"{"X-Amz-Target":["TrentService.TagResource"],"body":[]}"#, r#"{"method":5,"url":["/v1.0/p/kms/k/tags"],"body":{"tag":1}}"#]
    {
        assert_eq!(ids(other), none, "{other}");
    }
}

#[test]
fn a_policy_may_be_anything() {
    let with = |policy: &str| format!("{{{KEY},\"Policy\":{policy}}}");
    for (policy, rule, place) in [
        (r#"{"Version":"2012-10-17","Statement":[]}"#, "request-member-type", "{\"Version\""),
        (r#""[]""#, "policy-document", "[]"),
        (r#""\"x\"""#, "policy-document", "\\\"x\\\""),
        (r#""5""#, "policy-document", "5"),
        (r#""null""#, "policy-document", "null"),
        (r#""not json""#, "policy-syntax", "not"),
        (r#""{\"Statement\":[[[{}]]]}""#, "policy-element-type", "[[{}]]"),
        (r#""{\"Statement\":[{\"Effect\":[\"Allow\"]}]}""#, "policy-element-type", "[\\\"Allow\\\"]"),
    ] {
        let found = told("a.kms-put-key-policy.json", with(policy).as_bytes(), None);
        assert!(found.iter().any(|(id, text, _)| id == rule && text.starts_with(place)), "{policy}: {found:?}");
    }
    let deep = format!("\"{}{}\"", "[".repeat(50_000), "]".repeat(50_000));
    let found = told("a.kms-put-key-policy.json", with(&deep).as_bytes(), None);
    assert!(found.iter().any(|(_, _, message)| message.contains("nested too deeply")), "{found:.300?}");
}
