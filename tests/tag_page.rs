//! The page about tags: what it shows, and that it needs nothing but itself.

use std::{fs, path::Path};

use taglint::{
    analysis::subjects,
    config::{TagConfig, TagSchema},
    facts::Facts,
    project::Project,
    report::tag_page::TagPage,
};

const MAIN: &str = r#"
provider "aws" {
  default_tags { tags = { Owner = "core" } }
}
variable "extra" {}
resource "aws_kms_key" "a" { tags = { Stage = "production", CostCenter = "4711" } }
resource "aws_kms_key" "b" { tags = { Stage = "Production", costcenter = "4711" } }
resource "aws_sns_topic" "c" { tags = { Stage = "prodcution ", CostCenter = "4712", api_key = "AKIA2E0A8F3B244C9986" } }
resource "aws_sqs_queue" "d" {}
resource "aws_sqs_queue" "e" { tags = var.extra }
resource "aws_sqs_queue" "f" { tags = merge(var.extra, { Stage = "dev" }) }
resource "aws_iam_role" "g" {
  assume_role_policy = "{}"
  tags = { Stage = "<script>alert(1)</script>" }
}
"#;

fn page(required: &[&str]) -> TagPage {
    let project = Project::from_texts([("envs/prod/main.tf", MAIN)]);
    let mut schema = TagSchema::default();
    let entries: Vec<TagConfig> = required.iter().map(|key| TagConfig::required(key)).collect();
    schema.add(&entries, "").expect("they are right");
    TagPage::new(&subjects(&project, Facts::builtin()), &schema, Facts::builtin(), &project.sources)
}

fn html(page: &TagPage) -> String {
    let mut out = Vec::new();
    page.write(&mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("pages are UTF-8")
}

/// `SNAPSHOTS=overwrite` writes the page anew; look at it in a browser.
#[test]
fn the_page_is_what_it_was() {
    let found = html(&page(&["CostCenter", "Stage"]));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report/tag_page.html");
    if std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
        fs::write(&path, &found).expect("it can be written");
    }
    assert_eq!(fs::read_to_string(path).expect("it is there").replace("\r\n", "\n"), found);
}

#[test]
fn the_page_needs_nothing_but_itself() {
    for required in [&["CostCenter"][..], &[]] {
        let text = html(&page(required));
        for word in ["<script", "http://", "https://", "src=", "href=", "url(", "@import"] {
            assert!(!text.contains(word), "{word}");
        }
    }
}

#[test]
fn a_secret_is_covered() {
    assert!(!html(&page(&[])).contains("AKIA2E0A8F3B244C9986"));
}

#[test]
fn one_resource_and_one_key() {
    let only = page(&["CostCenter", "Stage"]).of(&["aws_kms_key.a".to_owned()]).with_key("Stage");
    assert_eq!(only.resources.len(), 1);
    assert_eq!(only.required, ["Stage"]);
    let keys: Vec<&str> = only.resources[0].tags.iter().map(|tag| tag.key.as_str()).collect();
    assert_eq!(keys, ["Stage"]);
}
