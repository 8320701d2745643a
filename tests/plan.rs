//! Plans in JSON: judged as their configurations are, at places of their own; and whatever else a file of that shape may hold.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use taglint::{
    analysis::{Analysis, analyze, subjects},
    config::{Config, TagSchema},
    facts::Facts,
    finding::Finding,
    project::{Project, Role},
    report::{
        Format, Report, Style,
        effective::{self, Wanted},
    },
    rule::Ruleset,
    rules::RULES,
};

type Texts = BTreeMap<String, Vec<u8>>;

const PLAN: &str = "plan.json";

fn stacks() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/terraform/plans");
    let mut stacks: Vec<PathBuf> =
        fs::read_dir(root).expect("the fixtures are there").map(|entry| entry.expect("readable").path()).collect();
    stacks.retain(|path| path.is_dir());
    stacks.sort();
    assert!(stacks.len() >= 5);
    stacks
}

/// The files of a stack, without the plan, and the plan.
fn read(stack: &Path) -> (Texts, Texts) {
    let mut texts = Texts::new();
    let mut open = vec![stack.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().is_none_or(|name| name != "state.json") {
                let name = path.strip_prefix(stack).expect("it is below").to_string_lossy().replace('\\', "/");
                texts.insert(name, fs::read(&path).expect("readable"));
            }
        }
    }
    let plan = texts.remove(PLAN).expect("every stack has a plan");
    (texts, Texts::from([(PLAN.to_owned(), plan)]))
}

fn plan_of(stack: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/terraform/plans").join(stack).join(PLAN);
    fs::read_to_string(path).expect("the fixture is there")
}

fn project(texts: &Texts) -> Project {
    Project::from_texts(texts.iter().map(|(path, text)| (path.as_str(), text.clone())))
}

fn of_text(text: &str) -> Project {
    Project::from_texts([(PLAN, text.as_bytes().to_vec())])
}

/// All rules, and two tags that everything must have.
fn ruleset() -> Ruleset {
    let config = Config::parse("[[tags]]\nkey = \"Owner\"\n[[tags]]\nkey = \"team\"\n").expect("it parses");
    let mut schema = TagSchema::default();
    schema.add(&config.tags, "").expect("it fits");
    Ruleset::new(RULES, &config.rules).expect("the rules are there").with_schema(schema)
}

fn analysis(project: &Project) -> Analysis {
    analyze(project, &ruleset(), Facts::builtin())
}

/// Rule, address and message of each finding: what does not depend on where it is.
fn told(analysis: &Analysis) -> BTreeSet<(String, String, String)> {
    let each = |finding: &Finding| {
        let addresses = std::iter::once(&finding.address).chain(&finding.also);
        let told = |address: &taglint::origin::Address| (finding.rule.id.to_owned(), address.to_string(), finding.message.clone());
        addresses.map(told).collect::<Vec<_>>()
    };
    analysis.findings.iter().flat_map(each).collect()
}

fn effective_of(project: &Project) -> BTreeMap<String, Value> {
    let mut out = Vec::new();
    effective::of(project, Facts::builtin(), &Wanted::default()).write_json(&mut out).expect("a vector takes everything");
    let all: Value = serde_json::from_slice(&out).expect("it is JSON");
    let resources = all["resources"].as_array().expect("a list").iter();
    resources.map(|resource| (resource["address"].as_str().expect("a string").to_owned(), resource.clone())).collect()
}

#[test]
fn a_plan_has_the_findings_of_its_configuration() {
    let mut all = 0;
    for stack in stacks() {
        let (configuration, plan) = read(&stack);
        let (of_configuration, of_plan) = (told(&analysis(&project(&configuration))), told(&analysis(&project(&plan))));
        let only = |a: &BTreeSet<_>, b: &BTreeSet<_>| a.difference(b).cloned().collect::<Vec<_>>();
        let (missing, more) = (only(&of_configuration, &of_plan), only(&of_plan, &of_configuration));
        assert!(missing.is_empty() && more.is_empty(), "{}: missing {missing:#?}, more {more:#?}", stack.display());
        all += of_plan.len();
    }
    assert!(all > 50, "{all}");
}

#[test]
fn a_plan_has_the_effective_tags_of_its_configuration() {
    let (mut keys, mut documents) = (0, 0);
    for stack in stacks() {
        let (configuration, plan) = read(&stack);
        let (ours, planned) = (effective_of(&project(&configuration)), effective_of(&project(&plan)));
        assert_eq!(ours.keys().collect::<Vec<_>>(), planned.keys().collect::<Vec<_>>(), "{}", stack.display());
        for (address, ours) in &ours {
            let planned = &planned[address];
            let tags = |resource: &Value| resource["tags"].as_object().cloned().unwrap_or_default();
            let is_known = |resource: &Value, key: &str| resource["unknown"].get(key).is_none();
            for (key, value) in tags(ours) {
                let known = is_known(ours, &key) && is_known(planned, &key);
                assert!(!known || tags(planned).get(&key) == Some(&value) || planned["open"] == true, "{address}: {key}: {planned}");
                keys += usize::from(known);
            }
            for key in tags(planned).keys() {
                assert!(tags(ours).contains_key(key) || ours["open"] == true, "{address}: {key} is not in {ours}");
            }
            let policies = |resource: &Value| resource["policies"].as_array().cloned().unwrap_or_default();
            assert_eq!(policies(ours), policies(planned), "{address}");
            documents += policies(ours).len();
        }
    }
    assert!(keys > 40 && documents > 8, "{keys} {documents}");
}

#[test]
fn a_finding_has_its_exact_place_in_the_plan() {
    for stack in stacks() {
        let (_, plan) = read(&stack);
        let project = project(&plan);
        for finding in analysis(&project).findings.iter().filter(|finding| finding.rule.id == "tag-reserved-prefix") {
            let written = project.sources.slice(finding.primary.span);
            assert!(written.starts_with("aws:") || written.starts_with("\"aws:"), "{written}: {}", finding.message);
            assert!(finding.fix.is_none());
        }
    }
    let text = plan_of("keys");
    let project = of_text(&text);
    let analysis = analysis(&project);
    let public = analysis.findings.iter().find(|finding| finding.rule.id == "policy-public").expect("a policy is for everybody");
    // JSON in a string of JSON.
    assert_eq!(project.sources.slice(public.primary.span), "\\\"*\\\"");
    assert!(text[..public.primary.span.range().start].ends_with("\\\"Principal\\\":"));
}

#[test]
fn with_its_configuration_a_plan_moves_no_finding_and_adds_none_twice() {
    for stack in stacks() {
        let (configuration, plan) = read(&stack);
        let alone = analysis(&project(&configuration));
        let mut both = configuration.clone();
        both.extend(plan);
        let both = project(&both);
        let analysis = analysis(&both);
        let in_plan = analysis.findings.iter().filter(|finding| both.document(finding.primary.span.source).role == Role::Plan);
        let in_plan: Vec<&str> = in_plan.map(|finding| &*finding.message).collect();
        assert!(in_plan.is_empty(), "{}: {in_plan:?}", stack.display());
        assert_eq!(told(&alone), told(&analysis), "{}", stack.display());
        assert_eq!(alone.findings.len(), analysis.findings.len());
        assert_eq!(alone.coverage.tag_sets, analysis.coverage.tag_sets);
    }
}

#[test]
fn a_plan_fills_what_its_configuration_leaves_open() {
    let configuration = r#"
        variable "keys" { type = set(string) }
        variable "tags" { type = map(string) }
        variable "name" { type = string }
        resource "aws_kms_key" "each" {
          for_each = var.keys
          tags     = { name = each.key }
        }
        resource "aws_kms_key" "mixed" {
          tags = merge({ "x*" = "1", name = "n-${var.name}" }, var.tags)
        }
    "#;
    let change = |address: &str, tags: &str| {
        let ty = "\"mode\": \"managed\", \"type\": \"aws_kms_key\"";
        let address = address.replace('"', "\\\"");
        format!(r#"{{"address": "{address}", {ty}, "change": {{"actions": ["create"], "after": {{"tags": {tags}, "tags_all": {tags}}}}}}}"#)
    };
    let changes = [
        change(r#"aws_kms_key.each["a"]"#, r#"{"name": "a"}"#),
        change(r#"aws_kms_key.each["b*"]"#, r#"{"name": "b*"}"#),
        change("aws_kms_key.mixed", r#"{"x*": "1", "name": "n-*", "aws:more": "1"}"#),
        change("module.far.aws_kms_key.elsewhere", r#"{"aws:far": "1"}"#),
    ];
    let plan = format!(r#"{{"format_version": "1.2", "resource_changes": [{}]}}"#, changes.join(","));
    let project = Project::from_texts([("main.tf", configuration), (PLAN, plan.as_str())]);
    let analysis = analysis(&project);
    let place = |finding: &Finding| {
        let source = project.sources.get(finding.primary.span.source);
        (finding.address.to_string(), finding.rule.id, source.path().to_owned(), project.sources.slice(finding.primary.span).to_owned())
    };
    let mut found: Vec<_> = analysis.findings.iter().filter(|finding| finding.rule.id != "tag-required-missing").map(place).collect();
    found.sort();
    let row = |address: &str, rule, file: &str, text: &str| (address.to_owned(), rule, file.to_owned(), text.to_owned());
    let expected = [
        row(r#"aws_kms_key.each["b*"]"#, "tag-value-characters", "main.tf", "var.keys"),
        row("aws_kms_key.mixed", "tag-key-characters", "main.tf", "*"),
        row("aws_kms_key.mixed", "tag-reserved-prefix", "main.tf", "var.tags"),
        row("aws_kms_key.mixed", "tag-value-characters", "main.tf", "\"n-${var.name}\""),
        row("module.far.aws_kms_key.elsewhere", "tag-reserved-prefix", PLAN, "aws:"),
    ];
    assert_eq!(found, expected);
    // Nothing is left to guess, and the instance without a key is gone.
    assert_eq!((analysis.coverage.tag_sets, analysis.coverage.judged), (4, 4), "{:?}", analysis.unknowns);
}

#[test]
fn what_terraform_hides_is_never_shown() {
    let project = of_text(&plan_of("keys"));
    let analysis = analysis(&project);
    let ruleset = ruleset();
    let metas = ruleset.metas();
    let report = Report {
        sources: &project.sources,
        analysis: &analysis,
        rules: &metas,
        data_versions: &[],
        exit_code: 1,
        category: None,
        pipeline: None,
        revision: None,
        style: Style { show_unknown: true, ..Style::default() },
    };
    for format in [Format::Human, Format::Json, Format::Sarif] {
        let mut out = Vec::new();
        format.write(&report, &mut out).expect("a vector takes everything");
        assert!(!String::from_utf8_lossy(&out).contains("open-sesame"), "{format:?}");
    }
    let shown = effective_of(&project);
    assert_eq!(shown["aws_kms_key.hidden"]["tags"]["token"], "(sensitive)");
}

#[test]
fn deletions_data_sources_and_unknown_types_are_no_resources() {
    let found = subjects(&of_text(&plan_of("changes")), Facts::builtin());
    let addresses: BTreeSet<String> = found.subjects.iter().map(|subject| subject.address.to_string()).collect();
    assert_eq!(addresses.into_iter().collect::<Vec<_>>(), ["aws_kms_key.changes", "aws_kms_key.stays", "aws_kms_key_policy.stays"]);
    let change = |rest: &str| format!(r#"{{"address": "a.b", {rest}}}"#);
    for rest in [
        r#""mode": "data", "type": "aws_kms_key", "change": {"actions": ["read"], "after": {"tags": {"aws:x": "1"}}}"#,
        r#""mode": "managed", "type": "aws_kms_key", "deposed": "00", "change": {"actions": ["create"], "after": {"tags": {"aws:x": "1"}}}"#,
        r#""mode": "managed", "type": "aws_kms_key", "change": {"actions": ["forget"], "after": null}"#,
        r#""mode": "managed", "type": "acme_widget", "change": {"actions": ["create"], "after": {"tags": {"aws:x": "1"}}}"#,
    ] {
        let plan = format!(r#"{{"format_version": "1.2", "resource_changes": [{}]}}"#, change(rest));
        assert!(subjects(&of_text(&plan), Facts::builtin()).subjects.is_empty(), "{rest}");
    }
}

#[test]
fn planned_values_alone_leave_open_what_is_not_known() {
    let plan = r#"{"format_version": "1.2", "planned_values": {"root_module": {"child_modules": [{"resources": [
        {"address": "module.a.aws_kms_key.k", "mode": "managed", "type": "aws_kms_key", "values": {"tags": {"aws:x": "1"}, "tags_all": {"aws:x": "1"}}}
    ]}]}}}"#;
    let analysis = analysis(&of_text(plan));
    let rules: Vec<&str> = analysis.findings.iter().map(|finding| finding.rule.id).collect();
    // A required tag may be among those that are left out.
    assert_eq!(rules, ["tag-reserved-prefix"]);
}

#[test]
fn only_a_plan_is_a_plan() {
    let role = |text: &str| of_text(text).documents[0].role;
    assert_eq!(role(r#"{"resource_changes": [], "format_version": "0.1"}"#), Role::Plan);
    assert_eq!(role(r#"{"format_version": "1.2", "planned_values": {"root_module": {}}}"#), Role::Plan);
    for text in [
        r#"{"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {}}}"#,
        r#"{"format_version": "1.2", "inner": {"resource_changes": []}}"#,
        r#"[{"format_version": "1.2", "resource_changes": []}]"#,
        r#"{"a": "\"format_version\" \"resource_changes\""}"#,
        r#"{"resource_changes": []}"#,
    ] {
        assert_eq!(role(text), Role::Json, "{text}");
    }
}

#[test]
fn a_cut_plan_is_judged_as_far_as_it_goes() {
    let text = plan_of("keys");
    let whole = told(&analysis(&of_text(&text)));
    let mut most = 0;
    for end in (0..text.len() - 1).step_by(text.len() / 60).filter(|end| text.is_char_boundary(*end)) {
        let project = of_text(&text[..end]);
        if project.documents[0].role != Role::Plan {
            continue;
        }
        let analysis = analysis(&project);
        assert_eq!(analysis.incomplete.len(), 1, "cut at {end}");
        let found = told(&analysis);
        // What keys have which policies is told at the end, by the configuration; of tags less is known without it, never more.
        for finding in found.iter().filter(|(rule, ..)| rule.starts_with("tag-")) {
            assert!(whole.contains(finding), "cut at {end}: {finding:?}");
        }
        most = most.max(found.len());
    }
    assert!(most > 10, "{most}");
}

#[test]
fn a_plan_that_terraform_could_not_finish_is_incomplete() {
    let text = r#"{"format_version": "1.2", "resource_changes": [], "errored": true}"#;
    let analysis = analysis(&of_text(text));
    assert!(analysis.findings.is_empty());
    assert!(analysis.incomplete[0].message.contains("error while planning"), "{:?}", analysis.incomplete);
}

#[test]
fn no_plan_is_too_odd_to_read() {
    let deep = "[".repeat(200_000);
    for text in [
        format!(r#"{{"format_version": "1.2", "resource_changes": {deep}"#),
        format!(
            r#"{{"format_version": "1.2", "resource_changes": [{{"address": "a", "type": "aws_kms_key", "change": {{"after": {{"tags": {deep}"#
        ),
        r#"{"format_version": "1.2", "resource_changes": []} {"format_version": "1.2", "resource_changes": []}"#.to_owned(),
        "\u{feff}{\"format_version\": \"1.2\", \"resource_changes\": [],}".to_owned(),
    ] {
        let project = of_text(&text);
        assert_eq!(project.documents[0].role, Role::Plan);
        assert!(!analysis(&project).incomplete.is_empty());
    }
    let tags = format!("{}1{}", "{\"a\":".repeat(1000), "}".repeat(1000));
    let nested = format!(
        r#"{{"format_version": "1.2", "resource_changes": [{{"address": "a.b", "type": "aws_kms_key", "change": {{"after": {{"tags": {tags}}}}}}}]}}"#
    );
    assert!(analysis(&of_text(&nested)).findings.is_empty());
}

#[test]
fn every_member_may_have_any_type() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/check-plan-json.in/plan.json")).expect("it is there");
    let plan: Value = serde_json::from_str(&text).expect("it is JSON");
    let mut pointers = Vec::new();
    walk(&plan, String::new(), &mut pointers);
    let small: Value = serde_json::from_str(&plan_of("modules")).expect("it is JSON");
    let mut others = Vec::new();
    walk(&small, String::new(), &mut others);
    let others = others.into_iter().filter(|pointer| pointer.starts_with("/configuration") || pointer.contains("after_")).step_by(17);
    let all = pointers.into_iter().map(|pointer| (&plan, pointer)).chain(others.map(|pointer| (&small, pointer)));
    let mut tried = 0;
    for (plan, pointer) in all {
        for odd in [
            Value::Null,
            Value::from(5),
            Value::from("x"),
            Value::from(true),
            serde_json::json!([[1]]),
            serde_json::json!({"a": {"b": []}}),
        ] {
            let mut changed = plan.clone();
            *changed.pointer_mut(&pointer).expect("it was met") = odd;
            let project = of_text(&changed.to_string());
            let analysis = analysis(&project);
            for finding in &analysis.findings {
                assert!(finding.primary.span.end as usize <= project.sources.get(finding.primary.span.source).text().len());
            }
            tried += 1;
        }
    }
    assert!(tried > 400, "{tried}");
}

fn walk(value: &Value, pointer: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                walk(inner, format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(elements) => {
            for (at, inner) in elements.iter().enumerate() {
                walk(inner, format!("{pointer}/{at}"), found);
            }
        }
        _ => {}
    }
    found.push(pointer);
}
