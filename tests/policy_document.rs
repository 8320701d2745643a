//! `aws_iam_policy_document`: the texts that the AWS provider makes, and the way from their characters to the literals.

use std::{fs, path::Path};

use snapbox::{Data, assert_data_eq};
use taglint::{project::Project, terraform, text::Text, value};

/// An attribute of `data.aws_iam_policy_document.x` in a module of this text.
fn attribute(text: &str, name: &str) -> Text {
    let read = format!("locals {{ read = data.aws_iam_policy_document.x.{name} }}");
    let project = Project::from_texts([("main.tf", text), ("read.tf", &read)]);
    match terraform::local(&project, "", "read").expect("it is declared").data {
        value::Data::String(text) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn texts_are_those_of_the_provider() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/terraform/policy-document");
    let mut seen = 0;
    for entry in fs::read_dir(directory).expect("readable") {
        let path = entry.expect("readable").path();
        if path.extension().is_some_and(|end| end == "tf") {
            let text = fs::read_to_string(&path).expect("readable");
            let (json, minified) = (attribute(&text, "json"), attribute(&text, "minified_json"));
            let both = Data::text(format!("{}\n{}\n", json.shown(), minified.shown())).raw();
            assert_data_eq!(both, Data::read_from(&path.with_extension("txt"), None).raw());
            if let (Some(json), Some(minified)) = (json.known(), minified.known()) {
                let read = |text| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
                assert_eq!(read(json), read(minified), "{}", path.display());
            }
            seen += 1;
        }
    }
    assert!(seen >= 5);
}

/// Groups of one principal type follow each other by the checksum of their blocks: what the provider's own tests expect
/// (`TestAccIAMPolicyDocumentDataSource_multiplePrincipals` and `…StringAndSlice`).
#[test]
fn groups_of_principals_are_in_the_order_of_the_provider() {
    let principals = |partition: &str, groups: &[&[&str]]| {
        let identifier = |digit: &&str| format!("\"arn:{partition}:iam::{}:root\"", digit.repeat(12));
        let block = |group: &&[&str]| {
            let identifiers = group.iter().map(identifier).collect::<Vec<_>>().join(", ");
            format!("principals {{\n identifiers = [{identifiers}]\n type = \"AWS\"\n}}\n")
        };
        let blocks: String = groups.iter().map(block).collect();
        let text = format!("data \"aws_iam_policy_document\" \"x\" {{\n statement {{\n{blocks}}}\n}}\n");
        let json: serde_json::Value = serde_json::from_str(attribute(&text, "json").decoded()).expect("JSON");
        let digits = json["Statement"][0]["Principal"]["AWS"].as_array().expect("several").iter();
        digits.map(|arn| arn.as_str().and_then(|arn| arn.split("::").nth(1)).expect("an ARN")[..1].to_owned()).collect::<String>()
    };
    let groups: &[&[&str]] = &[&["1", "2"], &["3"], &["4"]];
    assert_eq!(principals("aws", groups), "3421");
    assert_eq!(principals("aws-us-gov", groups), "3214");
    assert_eq!(principals("aws", &[&["1"], &["2", "3"]]), "132");
}

#[test]
fn characters_lead_to_the_literals() {
    let text = r#"
locals {
  root = "arn:aws:iam::111122223333:root"
}
data "aws_iam_policy_document" "x" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    sid       = "Own"
    actions   = ["kms:*", "kms:Decrypt"]
    resources = ["arn:&{aws:username}"]
  }
}
data "aws_iam_policy_document" "base" {
  statement {
    sid     = "Base"
    principals {
      type        = "AWS"
      identifiers = [local.root]
    }
  }
}
"#;
    let json = attribute(text, "json");
    let written = |part: &str| {
        let start = json.decoded().find(part).unwrap_or_else(|| panic!("{part} in {}", json.decoded())) as u32;
        text[json.span_of(start..start + part.len() as u32).range()].to_owned()
    };
    assert_eq!(written("arn:aws:iam"), "arn:aws:iam");
    assert_eq!(written("kms:*"), "kms:*");
    assert_eq!(written("${aws"), "&{aws");
    assert_eq!(written("Base"), "Base");
    assert_eq!(written("Own"), "Own");
    assert_eq!(written("Action"), r#"["kms:*", "kms:Decrypt"]"#);
}
