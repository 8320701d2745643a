//! What every rule owes its users: an id that names its file, docs with examples that run, and three fixtures.

use std::{collections::BTreeSet, fs, path::Path};

use taglint::{
    analysis::analyze_with,
    config::{Config, RulesConfig, TagSchema},
    facts::Facts,
    finding::Meta,
    project::Project,
    rule::Ruleset,
    rules::RULES,
    suppression::Suppressions,
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn metas() -> impl Iterator<Item = &'static Meta> {
    RULES.iter().map(|entry| entry.meta)
}

#[test]
fn ids_are_unique_and_sorted() {
    let ids: Vec<&str> = metas().map(|meta| meta.id).collect();
    let sorted: Vec<&str> = ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    assert_eq!(ids, sorted);
}

#[test]
fn an_id_is_folder_and_file() {
    for meta in metas().filter(|meta| !meta.file.ends_with("built_in.rs")) {
        let path = Path::new(meta.file);
        let folder = path.parent().and_then(Path::file_name).expect("a rule is in a folder").to_string_lossy();
        let file = path.file_stem().expect("a rule is in a file").to_string_lossy();
        assert_eq!(meta.id, format!("{folder}-{}", file.replace('_', "-")), "{}", meta.file);
    }
}

#[test]
fn every_rule_file_is_registered() {
    let registered: BTreeSet<String> = metas().map(|meta| meta.file.replace('\\', "/")).collect();
    for folder in fs::read_dir(root().join("src/rules")).expect("there are rules") {
        let folder = folder.expect("readable").path();
        if !folder.is_dir() {
            continue;
        }
        for file in fs::read_dir(&folder).expect("readable") {
            let file = file.expect("readable").path();
            let name = file.strip_prefix(root()).expect("below").to_string_lossy().replace('\\', "/");
            if !name.ends_with("/mod.rs") {
                assert!(registered.contains(&name), "{name} is not in RULES of src/rules/mod.rs");
            }
        }
    }
}

#[test]
fn docs_have_the_four_headings() {
    for meta in metas() {
        let mut rest = meta.docs;
        for heading in ["## What it checks", "## Why", "## Example", "## Fix"] {
            let Some((_, after)) = rest.split_once(heading) else { panic!("{}: no `{heading}`, or out of order", meta.id) };
            rest = after;
        }
        assert!(!meta.summary.ends_with('.') && meta.summary.len() <= 80, "{}", meta.id);
    }
}

/// The code blocks of a rule's docs, with the words behind the fence.
fn examples(meta: &Meta) -> Vec<(String, String)> {
    let docs: String = meta.docs.lines().map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect();
    let mut found = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in docs.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(words)) => open = Some((words.to_owned(), String::new())),
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some((_, code)), None) => {
                code.push_str(line);
                code.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

/// The files of an example: `# file: x/main.tf` begins another one.
fn files(first: &str, code: &str) -> Vec<(String, String)> {
    let mut files = vec![(first.to_owned(), String::new())];
    for line in code.lines() {
        match (line.strip_prefix("# file: "), files.last_mut()) {
            (Some(path), _) => files.push((path.to_owned(), String::new())),
            (None, Some((_, text))) => *text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    files
}

/// The same rules, and one that may be off by default.
fn with(id: &str, mut rules: RulesConfig) -> RulesConfig {
    let default = || vec!["default".into()];
    rules.select.get_or_insert_with(default).push(id.into());
    rules
}

#[test]
fn examples_in_docs_do_what_they_say() {
    let suppressions = Suppressions { today: Some("2026-11-24".parse().expect("a day")), ..Suppressions::default() };
    for meta in metas() {
        let examples = examples(meta);
        for verdict in ["bad", "good"] {
            assert!(examples.iter().any(|(words, _)| words.ends_with(verdict)), "{} has no {verdict} example", meta.id);
        }
        let mut ruleset = Ruleset::new(RULES, &with(meta.id, RulesConfig::default())).expect("the defaults fit");
        let mut config = Config::default();
        for (words, code) in examples {
            if words == "toml,config" {
                config = Config::parse(&code).unwrap_or_else(|error| panic!("{}: {error}", meta.id));
                let mut schema = TagSchema::default();
                schema.add(&config.tags, "").expect("it was checked");
                ruleset = Ruleset::new(RULES, &with(meta.id, config.rules.clone())).expect("they fit").with_schema(schema);
                continue;
            }
            let (language, verdict) = words.split_once(',').unwrap_or_else(|| panic!("{}: a fence without a verdict", meta.id));
            let file = if language == "json" { "example.json" } else { "main.tf" };
            let mut project = Project::from_texts(files(file, &code));
            project.aws = config.aws.clone();
            let analysis = analyze_with(&project, &ruleset, Facts::builtin(), &suppressions);
            let ids: Vec<&str> = analysis.findings.iter().map(|finding| finding.rule.id).collect();
            match verdict {
                "bad" => assert_eq!(ids, [meta.id], "{}: the bad example\n{code}", meta.id),
                _ => assert!(ids.is_empty(), "{}: the good example has {ids:?}\n{code}", meta.id),
            }
        }
    }
}

#[test]
fn every_rule_has_its_fixtures() {
    for meta in metas() {
        let folder = root().join("fixtures/rules").join(meta.id);
        let names: Vec<String> = fs::read_dir(&folder)
            .unwrap_or_else(|_| panic!("no folder fixtures/rules/{}", meta.id))
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .collect();
        for kind in ["bad", "good", "unknown"] {
            // What the analysis reports itself does not depend on values: it has no unknown case.
            if kind == "unknown" && meta.file.ends_with("built_in.rs") {
                continue;
            }
            assert!(names.iter().any(|name| name.starts_with(kind)), "fixtures/rules/{} has no {kind} case", meta.id);
        }
    }
    let known: BTreeSet<&str> = metas().map(|meta| meta.id).collect();
    for folder in fs::read_dir(root().join("fixtures/rules")).expect("there are fixtures") {
        let name = folder.expect("readable").file_name().to_string_lossy().into_owned();
        assert!(known.contains(name.as_str()), "fixtures/rules/{name} belongs to no rule");
    }
}

#[test]
fn no_rule_holds_a_limit_or_a_vendor_string() {
    for meta in metas() {
        let text = fs::read_to_string(root().join(meta.file)).expect("the rule's file");
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        for word in ["\"aws", "AWS", "128", "256", "127", "255", "\"otc"] {
            assert!(!code.contains(word), "{}: `{word}` belongs in rules/", meta.file);
        }
    }
}

/// Where words of a vendor stand in code, and why they may.
const MAY_NAME_A_VENDOR: [(&str, &str); 7] = [
    ("config/", "examples that the schema of `taglint.toml` shows, and the names of its tables"),
    ("terraform/", "functions and data sources of a provider are called as it calls them, and are evaluated by code"),
    ("facts/mod.rs", "names of files in rules/"),
    ("facts/requests/", "the first word of an ARN is grammar"),
    ("subject/request/recognise.rs", "as above"),
    ("facts/policy/arn.rs", "as above"),
    ("report/tag_page/html.rs", "what a style sheet calls the whole page"),
];

/// The string literals of code; comments and tests are left out.
fn literals(text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    let mut rest = code.as_str();
    while let Some(start) = rest.find('"') {
        let is_character = rest[..start].ends_with('\'') && rest[start + 1..].starts_with('\'');
        rest = &rest[start + 1..];
        if is_character {
            continue;
        }
        let mut end = 0;
        while let Some(next) = rest[end..].find(['"', '\\']).map(|at| at + end) {
            if rest[next..].starts_with('"') {
                end = next;
                break;
            }
            end = next + 2;
        }
        found.push(rest[..end].to_owned());
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    found
}

#[test]
fn no_code_names_a_vendor() {
    fn walk(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push(path.strip_prefix(root().join("src")).expect("below").to_string_lossy().replace('\\', "/"));
            }
        }
    }
    let mut files = Vec::new();
    walk(&root().join("src"), &mut files);
    assert!(files.len() > 100);
    for (exempt, _) in MAY_NAME_A_VENDOR {
        assert!(files.iter().any(|file| file.starts_with(exempt)), "{exempt} is no more");
    }
    let is_vendors = |literal: &str| {
        let words = ["amazon", "aws:", "kms:", "secretsmanager", "arn:", ":root", "assumed-role"];
        let whole = ["aws", "kms", "iam", "sts", "root", "arn", "StringEquals", "IfExists"];
        let digits = literal.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() == 12);
        words.iter().any(|word| literal.contains(word)) || whole.contains(&literal) || digits
    };
    assert!(literals("f(\"a\", '\"', \"arn:b\\\"c\") // \"x\"").contains(&"arn:b\\\"c".to_owned()));
    for file in files.iter().filter(|file| !MAY_NAME_A_VENDOR.iter().any(|(exempt, _)| file.starts_with(exempt))) {
        let text = fs::read_to_string(root().join("src").join(file)).expect("readable");
        let found: Vec<String> = literals(&text).into_iter().filter(|literal| is_vendors(literal)).collect();
        assert!(found.is_empty(), "src/{file}: {found:?} belong in rules/");
    }
}
