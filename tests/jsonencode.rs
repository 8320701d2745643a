//! `jsonencode`: the characters are those of Terraform, and each leads back to the literal it comes from.

use proptest::prelude::*;
use serde_json::Value as Json;
use taglint::{
    project::Project,
    terraform,
    text::Text,
    value::{Data, Unknown, Value},
};

/// The value of `local.x` in a module of this text.
fn local(text: &str) -> Value {
    let project = Project::from_texts([("main.tf", text)]);
    terraform::local(&project, "", "x").expect("it is declared")
}

fn encoded(text: &str) -> Text {
    match local(text).data {
        Data::String(text) => text,
        other => panic!("{text}: {other:?}"),
    }
}

fn encode(expr: &str) -> String {
    encoded(&format!("locals {{ x = jsonencode({expr}) }}")).known().expect("known").to_owned()
}

/// Each answer is what `terraform console` prints, version 1.11.4.
#[test]
fn texts_are_those_of_terraform() {
    let cases = [
        ("null", "null"),
        ("true", "true"),
        ("[]", "[]"),
        ("{}", "{}"),
        ("1.50", "1.5"),
        ("1e30", "1000000000000000000000000000000"),
        ("1e-9", "0.000000001"),
        (r#"{ "b" = 1, "a" = [1.50, null, true] }"#, r#"{"a":[1.5,null,true],"b":1}"#),
        (r#"{ "<k>" = 1, "é" = 2, Z = 3, aa = 4 }"#, r#"{"\u003ck\u003e":1,"Z":3,"aa":4,"é":2}"#),
        (r#""a<b>&\"\\\n\r\t""#, r#""a\u003cb\u003e\u0026\"\\\n\r\t""#),
        (r#""\u0008\u000c\u0001\u007f\u2028\u2029\U0001F600""#, "\"\\b\\f\\u0001\u{7f}\\u2028\\u2029😀\""),
    ];
    for (expr, expected) in cases {
        assert_eq!(encode(expr), expected, "{expr}");
    }
}

#[test]
fn characters_lead_to_the_literals() {
    let text = r#"
locals {
  name = "a\"b<c"
  x    = jsonencode({ Sid = local.name, Action = ["kms:*"] })
}
"#;
    let encoded = encoded(text);
    assert_eq!(encoded.decoded(), r#"{"Action":["kms:*"],"Sid":"a\"b\u003cc"}"#);
    let written = |part: &str| {
        let start = encoded.decoded().find(part).expect("it is there") as u32;
        text[encoded.span_of(start..start + part.len() as u32).range()].to_owned()
    };
    assert_eq!(written("Action"), "Action");
    assert_eq!(written("ms:"), "ms:");
    assert_eq!(written("\\\"b"), "\\\"b");
    assert_eq!(written("\\u003c"), "<");
    assert_eq!(written("Sid"), "Sid");
    assert_eq!(written("["), "[\"kms:*\"]");
}

#[test]
fn what_is_not_known_stands_in_its_place() {
    let text = r#"
variable "v" {}
locals {
  x = jsonencode(merge(var.v, { a = "${var.v}-tail", b = aws_kms_key.k.arn, c = [var.v] }))
}
"#;
    let encoded = encoded(text);
    assert_eq!(encoded.shown(), r#"{"a":"…-tail","b":…,"c":[…],…}"#);
    assert_eq!(encoded.known(), None);
}

#[test]
fn a_sensitive_part_makes_the_text_sensitive() {
    let value = local("variable \"v\" {\n default = \"s\"\n sensitive = true\n}\nlocals { x = jsonencode([{ a = var.v }]) }");
    assert!(value.sensitive);
}

#[test]
fn what_doubles_is_too_large() {
    let mut text = "locals {\n  x0 = [\"a\", \"b\"]\n".to_owned();
    for level in 1..40 {
        text += &format!("  x{level} = [local.x{0}, local.x{0}]\n", level - 1);
    }
    text += "  x = jsonencode(local.x39)\n}\n";
    assert_eq!(local(&text).why_unknown(), Some(Unknown::Unsupported("too large to evaluate")));
}

/// HCL for a JSON value. Strings are written with escapes only, so that no character means anything else.
fn hcl(value: &Json) -> String {
    match value {
        Json::String(text) => quoted(text),
        Json::Array(values) => format!("[{}]", values.iter().map(hcl).collect::<Vec<_>>().join(", ")),
        Json::Object(members) => {
            let member = |(key, value): (&String, &Json)| format!("{} = {}", quoted(key), hcl(value));
            format!("{{ {} }}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    text.chars().map(|character| format!("\\U{:08x}", character as u32)).fold("\"".to_owned(), |all, one| all + &one) + "\""
}

fn any_json() -> impl Strategy<Value = Json> {
    let text = "[a-z<>&\"\\\\\u{0}-\u{1f}\u{2028}\u{2029}é😀]{0,8}";
    let leaf =
        prop_oneof![Just(Json::Null), any::<bool>().prop_map(Json::from), any::<i64>().prop_map(Json::from), text.prop_map(Json::from)];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::btree_map(text, inner, 0..6).prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_encoded_is_the_value(value in any_json()) {
        let text = encode(&hcl(&value));
        prop_assert_eq!(serde_json::from_str::<Json>(&text).expect("JSON"), value);
        let is_plain = !text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']);
        prop_assert!(is_plain);
    }
}
