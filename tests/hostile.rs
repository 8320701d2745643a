//! Configurations that are made to exhaust an evaluator: each ends soon, with what could be known.

use std::fmt::Write;

use taglint::{
    analysis::{Analysis, analyze},
    config::RulesConfig,
    facts::Facts,
    project::Project,
    rule::Ruleset,
    rules::RULES,
};

fn check(text: String) -> Analysis {
    let ruleset = Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults fit");
    analyze(&Project::from_texts([("main.tf", text)]), &ruleset, Facts::builtin())
}

fn locals(first: &str, times: usize, next: impl Fn(usize) -> String) -> String {
    let mut text = format!("locals {{\n  x0 = {first}\n");
    for at in 1..=times {
        let _ = writeln!(text, "  x{at} = {}", next(at - 1));
    }
    text.push_str("}\n");
    text
}

fn key(tags: &str) -> String {
    format!("resource \"aws_kms_key\" \"k\" {{\n  tags = {tags}\n}}\n")
}

#[test]
fn a_text_that_doubles_is_not_put_together() {
    let text = locals("\"x\"", 60, |at| format!("\"${{local.x{at}}}${{local.x{at}}}\"")) + &key("{ a = local.x60, b = local.x5 }");
    let analysis = check(text);
    assert_eq!(analysis.coverage.unknown.keys().copied().collect::<Vec<_>>(), ["too large to evaluate"]);
}

#[test]
fn a_map_that_doubles_stays_small() {
    check(locals("{ a = 1 }", 60, |at| format!("{{ a = local.x{at}, b = local.x{at} }}")) + &key("local.x60"));
    let analysis = check(locals("{ \"aws:a\" = 1 }", 200, |at| format!("merge(local.x{at}, local.x{at})")) + &key("local.x100"));
    assert_eq!(analysis.findings.len(), 1);
}

#[test]
fn a_chain_of_locals_is_followed_only_so_far() {
    let analysis = check(locals("{ \"aws:a\" = 1 }", 5_000, |at| format!("local.x{at}")) + &key("local.x150"));
    assert_eq!(analysis.findings.len(), 1);
    let analysis = check(locals("{ \"aws:a\" = 1 }", 5_000, |at| format!("local.x{at}")) + &key("local.x5000"));
    assert_eq!(analysis.coverage.unknown.keys().copied().collect::<Vec<_>>(), ["too large to evaluate"]);
}

#[test]
fn names_that_need_themselves_are_not_known() {
    let analysis = check("locals {\n  a = local.b\n  b = local.a\n}\n".to_owned() + &key("local.a"));
    assert_eq!(analysis.coverage.unknown.keys().copied().collect::<Vec<_>>(), ["Terraform would refuse it"]);
}

#[test]
fn a_large_map_is_judged_in_full() {
    let tags: String = (0..40_000).map(|at| format!("k{at} = 1\n")).collect();
    assert_eq!(check(key(&format!("{{\n{tags}}}"))).findings.len(), 1);
    let tags = "k = 1\n".repeat(40_000);
    assert_eq!(check(key(&format!("{{\n{tags}}}"))).findings.len(), 39_999);
}
