//! Each stage by itself, on texts made here: parse, evaluate, check, render.
//!
//! `cargo bench --bench analyze`

use std::{fmt::Write, sync::Arc};

use divan::{Bencher, counter::BytesCount};
use taglint::{
    analysis::{analyze, subjects},
    config::RulesConfig,
    facts::Facts,
    finding::Severity,
    project::Project,
    report::{Format, Report, Style},
    rule::Ruleset,
    rules::RULES,
    source::{Source, SourceId},
    syntax::{hcl, json},
};

fn main() {
    divan::main();
}

/// A module of `keys` keys, one of ten with a defect.
fn terraform(keys: usize) -> String {
    let mut text = String::from("locals {\n  base = { team = \"core\", stage = \"prod\" }\n}\n");
    for key in 0..keys {
        let tag = if key % 10 == 0 { "aws:name" } else { "name" };
        let _ = write!(
            text,
            "\nresource \"aws_kms_key\" \"k{key}\" {{\n  description = \"key number {key}\"\n  tags = merge(local.base, {{\n    \"{tag}\" = \"k-{key}\"\n    cost-center = 4711\n  }})\n}}\n"
        );
    }
    text
}

fn request(tags: usize) -> String {
    let tags: Vec<String> = (0..tags).map(|tag| format!("{{ \"TagKey\": \"k{tag}\", \"TagValue\": \"v\\u00e9\" }}")).collect();
    format!("{{ \"KeyId\": \"1234abcd-12ab-34cd-56ef-1234567890ab\", \"Tags\": [{}] }}", tags.join(",\n"))
}

fn ruleset() -> Ruleset {
    Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults fit")
}

#[divan::bench]
fn parse_hcl(bencher: Bencher) {
    let source = Arc::new(Source::new(SourceId(0), "main.tf", terraform(1000).into()));
    bencher.counter(BytesCount::of_str(source.text())).bench(|| hcl::parse(divan::black_box(&source)));
}

#[divan::bench]
fn parse_json(bencher: Bencher) {
    let source = Arc::new(Source::new(SourceId(0), "request.json", request(2000).into()));
    bencher.counter(BytesCount::of_str(source.text())).bench(|| json::parse(divan::black_box(&source)));
}

#[divan::bench]
fn evaluate(bencher: Bencher) {
    let text = terraform(1000);
    let project = Project::from_texts([("main.tf", text.clone())]);
    bencher.counter(BytesCount::of_str(&text)).bench(|| subjects(divan::black_box(&project), Facts::builtin()));
}

#[divan::bench]
fn evaluate_and_check(bencher: Bencher) {
    let text = terraform(1000);
    let project = Project::from_texts([("main.tf", text.clone())]);
    let ruleset = ruleset();
    bencher.counter(BytesCount::of_str(&text)).bench(|| analyze(divan::black_box(&project), &ruleset, Facts::builtin()));
}

#[divan::bench(args = ["human", "concise", "json", "sarif"])]
fn render(bencher: Bencher, format: &str) {
    let project = Project::from_texts([("main.tf", terraform(1000))]);
    let ruleset = ruleset();
    let analysis = analyze(&project, &ruleset, Facts::builtin());
    let metas = ruleset.metas();
    let style = Style { min_severity: Severity::Info, ..Style::default() };
    let report = Report {
        sources: &project.sources,
        analysis: &analysis,
        rules: &metas,
        data_versions: &[],
        exit_code: 1,
        category: None,
        pipeline: None,
        revision: None,
        style,
    };
    let format: Format = format.parse().unwrap_or(Format::Human);
    bencher.bench(|| {
        let mut out = Vec::new();
        format.write(divan::black_box(&report), &mut out).expect("a vector takes everything");
        out
    });
}
