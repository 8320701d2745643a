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
    check_all(vec![("main.tf".to_owned(), text)])
}

fn check_all(files: Vec<(String, String)>) -> Analysis {
    let ruleset = Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults fit");
    analyze(&Project::from_texts(files), &ruleset, Facts::builtin())
}

/// A key that has a defect, whatever becomes of the rest.
const REST: &str = "resource \"aws_kms_key\" \"rest\" {\n  tags = { \"aws:rest\" = \"x\" }\n}\n";

fn rules(analysis: &Analysis) -> Vec<&'static str> {
    analysis.findings.iter().map(|finding| finding.rule.id).collect()
}

/// What is too large is one finding, the run is incomplete, and the rest is checked.
fn is_too_large(text: &str) {
    let analysis = check(format!("{text}\n{REST}"));
    assert_eq!(rules(&analysis), ["terraform-too-large", "tag-reserved-prefix"], "{text}");
    assert_eq!(analysis.incomplete.len(), 1, "{text}");
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
fn a_number_that_squares_is_not_computed_to_its_end() {
    for first in ["1e4000", "1e-4000"] {
        let text = locals(first, 70, |at| format!("local.x{at} * local.x{at}")) + &key("{ a = local.x70, b = 1 / local.x70 }");
        let analysis = check(text + REST);
        assert_eq!(analysis.coverage.unknown.keys().copied().collect::<Vec<_>>(), ["number out of range"]);
        assert_eq!(rules(&analysis), ["tag-reserved-prefix"]);
    }
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
fn resources_that_need_themselves_are_told_once() {
    let all =
        "{ Name = \"k\", Others = join(\"-\", [for k in aws_kms_key.k : k.tags.Name]), More = join(\"-\", aws_kms_key.k[*].tags.Others) }";
    let analysis = check(format!("resource \"aws_kms_key\" \"k\" {{\n  count = 3\n  tags = {all}\n}}\n{REST}"));
    assert_eq!(rules(&analysis).into_iter().filter(|rule| *rule != "terraform-cycle").collect::<Vec<_>>(), ["tag-reserved-prefix"]);
    assert!(rules(&analysis).contains(&"terraform-cycle"));
    let pair = "resource \"aws_kms_key\" \"a\" {\n  tags = { x = aws_kms_key.b.tags.x }\n}\nresource \"aws_kms_key\" \"b\" {\n  tags = { x = aws_kms_key.a.tags.x }\n}\n";
    let analysis = check(format!("{pair}{REST}"));
    assert!(rules(&analysis).contains(&"terraform-cycle") && rules(&analysis).contains(&"tag-reserved-prefix"));
    // An attribute of the same resource that is another one is refused by Terraform, but has a value.
    let analysis =
        check("resource \"aws_kms_key\" \"a\" {\n  description = \"d\"\n  tags = { x = aws_kms_key.a.description }\n}\n".to_owned());
    assert_eq!(analysis.coverage.judged, 1);
}

#[test]
fn arguments_that_exhaust_the_steps_leave_less_to_others() {
    let one = |at: usize| {
        format!(
            "resource \"aws_kms_key\" \"k{at}\" {{\n  tags = {{ n = length(flatten([for x in range(1000) : [for y in range(1000) : [for z in range(10) : x + y + {at}]]])) }}\n}}\n"
        )
    };
    let analysis = check((0..200).map(one).collect::<String>() + REST);
    assert!(rules(&analysis).contains(&"tag-reserved-prefix"));
    assert!(rules(&analysis).contains(&"terraform-too-large"));
}

#[test]
fn a_large_map_is_judged_in_full() {
    let tags: String = (0..40_000).map(|at| format!("k{at} = 1\n")).collect();
    assert_eq!(check(key(&format!("{{\n{tags}}}"))).findings.len(), 1);
    let tags = "k = 1\n".repeat(40_000);
    assert_eq!(check(key(&format!("{{\n{tags}}}"))).findings.len(), 39_999);
}

#[test]
fn no_more_than_a_hundred_thousand_parts_are_put_together() {
    is_too_large(&key(&format!("{{\n{}}}", (0..=100_000).map(|at| format!("k{at} = 1\n")).collect::<String>())));
    is_too_large(&key(&format!("{{ a = join(\"\", [{}]) }}", "\"\", ".repeat(100_001))));
    is_too_large(&key(&format!("{{ a = \"{}\" }}", "${\"\"}".repeat(100_001))));
    let statements = "  statement {}\n".repeat(100_001);
    is_too_large(&format!(
        "data \"aws_iam_policy_document\" \"d\" {{\n{statements}}}\nresource \"aws_kms_key\" \"k\" {{\n  policy = data.aws_iam_policy_document.d.json\n}}\n"
    ));
}

/// No service takes a tenth of it: that is told, and nothing else of the policy.
#[test]
fn a_policy_of_a_megabyte_is_too_long_and_not_read() {
    let statement = r#"{ "Effect": "Alow", "Principal": "*", "Action": "kms:*", "Resource": "*" }"#;
    let policy = format!(r#"{{ "Version": "2012-10-17", "Statement": [{}] }}"#, vec![statement; 20_000].join(","));
    let request = serde_json::json!({ "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "PolicyName": "default", "Policy": policy });
    let analysis = check_all(vec![("a.kms-put-key-policy.json".to_owned(), request.to_string())]);
    assert_eq!(rules(&analysis), ["policy-size"]);
    assert_eq!((analysis.coverage.policies, analysis.coverage.policies_judged), (1, 0));
}

#[test]
fn a_request_of_a_quarter_million_values_is_not_looked_at() {
    let body = |count: usize| {
        let tags = vec![r#"{ "TagKey": "aws:a", "TagValue": "b" }"#; count].join(",");
        format!(r#"{{ "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tags": [{tags}] }}"#)
    };
    let analysis = check_all(vec![("a.kms-tag-resource.json".to_owned(), body(100_000)), ("main.tf".to_owned(), REST.to_owned())]);
    assert_eq!(rules(&analysis), ["tag-reserved-prefix"]);
    assert_eq!(analysis.incomplete.len(), 1);
    let analysis = check_all(vec![("a.kms-tag-resource.json".to_owned(), body(1_000))]);
    assert!(analysis.findings.len() > 1_000 && analysis.incomplete.is_empty());
    let statement = r#"{ "Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*" }"#;
    let document = format!(r#"{{ "Statement": [{}] }}"#, vec![statement; 40_000].join(","));
    let analysis = check_all(vec![("kms-key-policy.json".to_owned(), document)]);
    assert!(analysis.findings.is_empty());
    assert_eq!(analysis.incomplete.len(), 1);
}

#[test]
fn a_range_is_as_long_as_terraform_allows() {
    for tags in ["{ n = length(range(1e9)) }", "{ for n in range(1000000000) : \"k${n}\" => n }"] {
        let analysis = check(key(tags) + REST);
        assert_eq!(rules(&analysis), ["terraform-expression", "tag-reserved-prefix"]);
    }
}

#[test]
fn ten_million_steps_are_not_taken() {
    is_too_large(&key(
        "{ n = length(flatten([for x in range(1000) : [for y in range(1000) : [for z in range(10) : \"${x}${y}${z}\"]]])) }",
    ));
}

#[test]
fn a_template_that_doubles_forty_times_is_one_finding() {
    is_too_large(&(locals("\"ab\"", 40, |at| format!("\"${{local.x{at}}}${{local.x{at}}}\"")) + &key("{ a = local.x40 }")));
}

#[test]
fn a_hundred_million_instances_are_not_made() {
    is_too_large("resource \"aws_kms_key\" \"many\" {\n  count = 100000000\n  tags = { a = count.index }\n}");
    let call = |name: &str, count: u32| format!("module \"{name}\" {{\n  source = \"../{name}\"\n  count = {count}\n}}\n");
    let files = [
        ("root/main.tf", format!("{}{REST}", call("a", 1_000))),
        ("a/main.tf", call("b", 1_000)),
        ("b/main.tf", call("c", 100)),
        ("c/main.tf", key("{ a = \"b\" }")),
    ];
    let analysis = check_all(files.map(|(path, text)| (path.to_owned(), text)).into());
    let mut found = rules(&analysis);
    found.sort_unstable();
    assert_eq!(found, ["tag-reserved-prefix", "terraform-too-large"]);
}

#[test]
fn a_regular_expression_takes_no_longer_than_its_text() {
    let text = "replace(join(\"\", [for n in range(1000) : \"aaaaaaaaaa\"]), \"b\", \"\")";
    let analysis = check(key(&format!(
        "{{ all = length(regexall(\"(a*)*(a*)*(a*)*b\", {text})), one = replace({text}, \"/(x+x+)+y/\", \"y\") == {text} }}"
    )));
    assert!(analysis.findings.is_empty());
    assert_eq!(analysis.coverage.judged, 1);
    is_too_large(&key("{ large = can(regex(\"((a{1,100}){1,100}){1,100}\", \"a\")) }"));
}

#[test]
fn two_hundred_levels_of_modules_are_followed_and_a_thousand_are_not() {
    let levels = |count: usize| {
        let module = |at: usize| {
            format!(
                "variable \"tags\" {{\n  default = {{}}\n}}\nmodule \"next\" {{\n  source = \"../m{}\"\n  tags = merge(var.tags, {{ l{} = \"x\" }})\n}}\n",
                at + 1,
                at % 5
            )
        };
        let mut files: Vec<(String, String)> = (0..count).map(|at| (format!("m{at}/main.tf"), module(at))).collect();
        files.push((format!("m{count}/main.tf"), "variable \"tags\" {}\n".to_owned() + &key("merge(var.tags, { \"aws:deep\" = \"x\" })")));
        files[0].1.push_str(REST);
        check_all(files)
    };
    assert_eq!(rules(&levels(200)), ["tag-reserved-prefix"; 2]);
    let mut deeper = rules(&levels(1_000));
    deeper.sort_unstable();
    assert_eq!(deeper, ["tag-reserved-prefix", "terraform-too-large"]);
}
