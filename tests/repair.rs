//! Fixes and ignore comments, made over every fixture: once is enough, nothing else changes, and what was written stays as it was written.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use taglint::{
    analysis::{Analysis, analyze_with},
    baseline::{Baseline, Entry},
    config::RulesConfig,
    facts::Facts,
    finding::{Finding, Fingerprint},
    fix::{self, Safety},
    project::Project,
    repair::{self, Left, Plan},
    rule::Ruleset,
    rules::RULES,
    source::Span,
    suppression::Suppressions,
};

#[path = "repair/random.rs"]
mod random;

type Texts = BTreeMap<String, String>;

/// The texts of every fixture, by its name.
fn fixtures() -> Vec<(String, Texts)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut found = Vec::new();
    for folder in sorted(&root.join("rules")).into_iter().chain(sorted(&root.join("projects"))) {
        if !folder.is_dir() {
            continue;
        }
        let cases = if folder.starts_with(root.join("projects")) { vec![folder] } else { sorted(&folder) };
        for case in cases {
            let mut texts = Texts::new();
            read(&case, &case, &mut texts);
            if !texts.is_empty() {
                found.push((case.strip_prefix(&root).expect("it is below").display().to_string(), texts));
            }
        }
    }
    found
}

fn sorted(directory: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(directory).expect("readable").map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    paths
}

fn read(base: &Path, path: &Path, texts: &mut Texts) {
    if path.is_dir() {
        sorted(path).iter().for_each(|below| read(base, below, texts));
        return;
    }
    let name = path.strip_prefix(base).ok().filter(|name| name.components().next().is_some());
    let name = name.map_or_else(|| path.file_name().unwrap_or_default().into(), Path::to_path_buf).to_string_lossy().replace('\\', "/");
    let is_input = [".tf", ".tofu", ".tfvars", ".json"].iter().any(|end| name.ends_with(end));
    if let (true, Ok(text)) = (is_input, fs::read_to_string(path)) {
        texts.insert(name, text);
    }
}

fn analyse(texts: &Texts) -> (Project, Analysis) {
    let project = Project::from_texts(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let ruleset = Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults fit");
    let suppressions = Suppressions { today: Some("2026-11-24".parse().expect("a day")), ..Suppressions::default() };
    let analysis = analyze_with(&project, &ruleset, Facts::builtin(), &suppressions);
    (project, analysis)
}

fn apply(project: &Project, texts: &Texts, plan: &Plan) -> Texts {
    let mut after = texts.clone();
    for (id, edits) in &plan.edits {
        let path = project.sources.get(*id).path();
        after.insert(path.to_owned(), fix::apply(&texts[path], edits));
    }
    after
}

/// Fixes until nothing changes.
fn mended(name: &str, texts: &Texts, most: Safety) -> Texts {
    let mut now = texts.clone();
    for _ in 0..10 {
        let (project, analysis) = analyse(&now);
        let next = apply(&project, &now, &repair::fixes(&project, None, &analysis, most));
        if next == now {
            return now;
        }
        now = next;
    }
    panic!("{name}: still not stable after ten rounds:\n{now:#?}");
}

/// What is found, without its place: the rule and the subjects.
fn verdicts(analysis: &Analysis) -> BTreeSet<(&'static str, String)> {
    let findings = analysis.findings.iter();
    findings.flat_map(|found| found.instances.iter().map(|instance| (found.rule.id, instance.address.to_string()))).collect()
}

fn with_breaks(texts: &Texts) -> Texts {
    texts.iter().map(|(path, text)| (path.clone(), text.replace("\r\n", "\n").replace('\n', "\r\n"))).collect()
}

#[test]
fn fixed_twice_is_fixed_once_and_still_parses() {
    let mut changed = 0;
    for (name, texts) in fixtures() {
        for most in [Safety::Safe, Safety::Unsafe] {
            let once = mended(&name, &texts, most);
            changed += usize::from(once != texts);
            assert_eq!(mended(&name, &once, most), once, "{name}");
            let problems = |texts: &Texts| -> Vec<usize> {
                analyse(texts).0.documents.iter().map(|document| document.tree.problems().len()).collect()
            };
            assert_eq!(problems(&texts), problems(&once), "{name}: {once:#?}");
        }
    }
    assert!(changed > 10, "only {changed} fixtures have anything to fix");
}

#[test]
fn a_safe_fix_brings_no_finding_elsewhere() {
    for (name, texts) in fixtures() {
        let once = mended(&name, &texts, Safety::Safe);
        let analysis = analyse(&texts).1;
        // What was mended can be read further now, so the thing itself may show what its first defect hid.
        let safe = analysis.findings.iter().filter(|found| found.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Safe));
        let touched: BTreeSet<String> =
            safe.flat_map(|found| found.instances.iter().map(|instance| instance.address.to_string())).collect();
        let (before, after) = (verdicts(&analysis), verdicts(&analyse(&once).1));
        let new: Vec<_> = after.difference(&before).filter(|(_, address)| !touched.contains(address)).collect();
        assert!(new.is_empty(), "{name}: {new:?}\n{once:#?}");
    }
}

#[test]
fn line_breaks_and_byte_order_marks_stay() {
    for (name, texts) in fixtures() {
        let once = mended(&name, &texts, Safety::Unsafe);
        if once == texts || texts.values().any(|text| text.contains("\r\n")) {
            continue;
        }
        assert_eq!(mended(&name, &with_breaks(&texts), Safety::Unsafe), with_breaks(&once), "{name}");
        let mark = |texts: &Texts| -> Texts { texts.iter().map(|(path, text)| (path.clone(), format!("\u{feff}{text}"))).collect() };
        assert_eq!(mended(&name, &mark(&texts), Safety::Unsafe), mark(&once), "{name}");
    }
}

#[test]
fn a_file_that_does_not_parse_is_not_touched() {
    let texts = Texts::from([(
        "main.tf".to_owned(),
        "resource \"aws_kms_key\" \"k\" {\n  tags = {\n    team = \"a\"\n    team = \"b\"\n  }\n}\nlocals {\n  x = [\n}\n".to_owned(),
    )]);
    let (project, analysis) = analyse(&texts);
    assert!(analysis.findings.iter().any(|finding| finding.fix.is_some()));
    let plan = repair::fixes(&project, None, &analysis, Safety::Unsafe);
    assert!(plan.edits.is_empty() && plan.left.contains_key(&Left::NotParsed), "{plan:?}");
    assert!(repair::add_ignores(&project, &analysis, &BTreeSet::new(), None).edits.is_empty());
}

/// A rule may not know that what it writes is no key without quotes.
#[test]
fn a_fix_that_breaks_its_file_is_not_made() {
    let (project, mut analysis) = analyse(&Texts::from([(
        "main.tf".to_owned(),
        "resource \"aws_kms_key\" \"k\" {\n  tags = { a = \"x\", a = \"y\" }\n}\nlocals {\n  \n}\n".to_owned(),
    )]));
    let mut wrong = analysis.findings[0].clone();
    let edit = &mut wrong.fix.as_mut().expect("a fix").edits[0];
    let start = project.sources.iter().next().expect("a file").text().find("locals").expect("it is there") as u32;
    edit.span = Span::new(edit.span.source, start, start + 6);
    edit.replacement = "a:b".to_owned();
    analysis.findings.push(wrong);
    let plan = repair::fixes(&project, None, &analysis, Safety::Safe);
    assert_eq!((plan.answered, plan.left), (1, BTreeMap::from([(Left::Broken, 1)])));
}

/// A file with one line of it replaced, mended, and the line read back. `None` where it is gone.
fn mended_comment(line: &str, most: Safety) -> String {
    let before = format!("resource \"aws_kms_key\" \"k\" {{\n  tags = {{ \"\" = \"x\" }} {line}\n}}\n");
    let after = mended(line, &Texts::from([("main.tf".to_owned(), before)]), most);
    let text = after["main.tf"].lines().nth(1).expect("a line").to_owned();
    text.strip_prefix("  tags = { \"\" = \"x\" }").unwrap_or(&text).trim_start().to_owned()
}

#[test]
fn ignore_comments_are_mended_as_they_were_meant() {
    let unsafe_fixes = [
        // The nearest rule, and what is left of the list where there is none.
        ("# taglint: ignore[tag-key-emty] -- why", "# taglint: ignore[tag-key-empty] -- why"),
        ("# taglint: ignore[tag-key-empty, no-such-thing-at-all] -- why", "# taglint: ignore[tag-key-empty] -- why"),
        ("# taglint: ignore[no-such-thing-at-all, tag-key-empty] -- why", "# taglint: ignore[tag-key-empty] -- why"),
        ("# taglint: ignore[tag-key-empty, tag-key-emty] -- why", "# taglint: ignore[tag-key-empty] -- why"),
        ("# taglint: ignore[no-such-thing-at-all, tag-count] -- why", ""),
        ("# taglint: ignore[no-such-thing-at-all] -- why # tflint-ignore: x", "# tflint-ignore: x"),
        ("// taglint: ignore[no-such-thing-at-all] #checkov:skip=CKV_1:x", "#checkov:skip=CKV_1:x"),
        ("/* taglint: ignore[no-such-thing-at-all] -- why */", ""),
        // What cannot be read.
        ("# taglint: ignroe[tag-key-empty] -- why", "# taglint: ignore[tag-key-empty] -- why"),
        ("# taglint: disable[tag-key-empty] -- why", "# taglint: ignore[tag-key-empty] -- why"),
        ("# taglint: ignore tag-key-empty -- why", "# taglint: ignore[tag-key-empty] -- why"),
        ("# taglint: ignore: tag-key-empty,tag-count -- why", "# taglint: ignore[tag-key-empty] -- why"),
        ("# taglint: ignore (tag-key-empty) until=2027-01-31 -- why", "# taglint: ignore[tag-key-empty] until=2027-01-31 -- why"),
        ("# taglint: ignore[tag-key-empty -- why", "# taglint: ignore[tag-key-empty] -- why"),
        ("# taglint: ignore[tag-key-empty] see #12", "# taglint: ignore[tag-key-empty] -- see #12"),
        ("# taglint: ignore[tag-key-empty] - why", "# taglint: ignore[tag-key-empty] -- why"),
        ("# taglint: ignore[tag-key-empty] — why", "# taglint: ignore[tag-key-empty] -- why"),
        ("# taglint: ignore[tag-key-empty] until: 2027-01-31 -- why", "# taglint: ignore[tag-key-empty] until=2027-01-31 -- why"),
        ("# taglint: ignore[tag-key-empty] until=2027-01-31 why", "# taglint: ignore[tag-key-empty] until=2027-01-31 -- why"),
        ("# taglint: ignore[tag-key-empty] until=soon -- why", ""),
        ("# taglint: ignore[] -- why", ""),
        ("# taglint: ignore no-such-thing-at-all -- why", ""),
        ("# taglint: hello", ""),
        ("# taglint: ignore[tag-key-empty]", ""),
    ];
    for (before, after) in unsafe_fixes {
        assert_eq!(mended_comment(before, Safety::Unsafe), after, "{before}");
        assert_eq!(mended_comment(after, Safety::Unsafe), after, "{before}");
    }
    let safe_fixes = [
        ("# taglint: ignore[tag-count, tag-key-empty] -- why", "# taglint: ignore[tag-key-empty] -- why"),
        ("# taglint: ignore[tag-key-empty] until=2020-01-31 -- why", ""),
        ("# taglint: ignore[tag-count] -- why # tflint-ignore: x", "# tflint-ignore: x"),
        // A newer taglint may have the rule, and a comment without a reason may be needed.
        ("# taglint: ignore[no-such-thing-at-all, tag-count] -- why", "# taglint: ignore[no-such-thing-at-all] -- why"),
        ("# taglint: ignore[tag-count, no-such-thing-at-all] -- why", "# taglint: ignore[no-such-thing-at-all] -- why"),
        ("# taglint: ignore[no-such-thing-at-all] -- why", "# taglint: ignore[no-such-thing-at-all] -- why"),
        ("# taglint: ignore[tag-key-empty] see #12", "# taglint: ignore[tag-key-empty] see #12"),
        ("# taglint: ignore[tag-key-empty]", "# taglint: ignore[tag-key-empty]"),
    ];
    for (before, after) in safe_fixes {
        assert_eq!(mended_comment(before, Safety::Safe), after, "{before}");
    }
}

/// The `"//"` of a resource in `.tf.json`, mended.
fn mended_member(member: &str, most: Safety) -> String {
    let before = format!("{{ \"resource\": {{ \"aws_kms_key\": {{ \"k\": {{ {member}\"tags\": {{ \"\": \"x\" }} }} }} }} }}");
    let mut after = mended(member, &Texts::from([("main.tf.json".to_owned(), before)]), most);
    let text = after.remove("main.tf.json").expect("it is there");
    let start = text.find("\"k\": { ").expect("the resource") + 7;
    text[start..text.find("\"tags\"").expect("its tags")].to_owned()
}

#[test]
fn ignore_members_of_json_are_mended_as_they_were_meant() {
    let fixes = [
        (r#""//": "taglint: ignore[tag-key-emty] -- why", "#, r#""//": "taglint: ignore[tag-key-empty] -- why", "#),
        (r#""//": "taglint: ignore[tag-key-\u0065mty] -- why", "#, r#""//": "taglint: ignore[tag-key-empty] -- why", "#),
        (
            r#""//": "\u0074aglint: ignore[no-such-thing-at-all, tag-key-empty] -- why", "#,
            r#""//": "\u0074aglint: ignore[tag-key-empty] -- why", "#,
        ),
        (r#""//": "taglint: ignore tag-key-empty -- \"why\"", "#, r#""//": "taglint: ignore[tag-key-empty] -- \"why\"", "#),
        (r#""//": "taglint: ignore[tag-key-empty] \"why\"", "#, r#""//": "taglint: ignore[tag-key-empty] -- \"why\"", "#),
        (r#""//": "taglint: ignore[no-such-thing-at-all] -- why", "#, ""),
        // What else is said stays.
        (r#""//": "of the \"old\" team. taglint: ignore[no-such-thing-at-all] -- why", "#, r#""//": "of the \"old\" team.", "#),
        (r###""//": "taglint: ignore[no-such-thing-at-all] # tflint-ignore: x", "###, r###""//": "# tflint-ignore: x", "###),
    ];
    for (before, after) in fixes {
        assert_eq!(mended_member(before, Safety::Unsafe), after, "{before}");
        assert_eq!(mended_member(after, Safety::Unsafe), after, "{before}");
    }
    let unused = r#""//": "of the old team. taglint: ignore[tag-count] -- why", "#;
    assert_eq!(mended_member(unused, Safety::Safe), r#""//": "of the old team.", "#);
}

#[test]
fn a_comment_for_the_file_moves_to_its_top() {
    for mark in ["", "\u{feff}"] {
        let key = "resource \"aws_kms_key\" \"k\" {\n  tags = { \"\" = \"x\" }\n}\n";
        let comment = "# taglint: ignore-file[tag-key-empty] -- why\n";
        let after = mended("late", &Texts::from([("main.tf".to_owned(), format!("{mark}{key}{comment}"))]), Safety::Unsafe);
        assert_eq!(after["main.tf"], format!("{mark}{comment}{key}"));
        assert!(analyse(&after).1.findings.is_empty());
    }
}

/// A comment that goes on below its first line says more than what is ours.
#[test]
fn the_rest_of_a_long_comment_stays() {
    let text = "/* taglint: ignore[tag-count] -- why\n   the keys of the old team */\nresource \"aws_kms_key\" \"k\" {\n  tags = { team = \"x\" }\n}\n";
    let after = mended("long", &Texts::from([("main.tf".to_owned(), text.to_owned())]), Safety::Safe);
    assert_eq!(after["main.tf"], text.replace("taglint: ignore[tag-count] -- why", ""));
}

/// Whoever reads a literal must want its fix.
#[test]
fn a_fix_that_others_read_is_not_safe() {
    let both = "locals {\n  base = {\n    team = \"a\"\n    team = \"b\"\n  }\n}\n\
        resource \"aws_kms_key\" \"k\" {\n  tags = local.base\n}\n\
        resource \"aws_kms_key\" \"l\" {\n  tags = local.base\n}\n";
    let (_, analysis) = analyse(&Texts::from([("main.tf".to_owned(), both.to_owned())]));
    assert_eq!(analysis.findings.len(), 1);
    assert_eq!(analysis.findings[0].fix.as_ref().expect("a fix").safety, Safety::Safe);
    let one = "locals {\n  pair = { a = \"x\", a = \"y\" }\n  other = { b = local.pair }\n}\n\
        resource \"aws_kms_key\" \"k\" {\n  tags = { # taglint: ignore[tag-key-duplicate] -- seen\n    team = \"a\"\n    team = \"b\"\n  }\n}\n";
    let (_, analysis) = analyse(&Texts::from([("main.tf".to_owned(), one.to_owned())]));
    assert!(analysis.findings.iter().all(|finding| finding.rule.id != "tag-key-duplicate" || finding.fix.is_some()));
}

/// One resource has something against a text that another one is content with: nobody may change it without a look.
#[test]
fn a_literal_that_another_resource_reads_is_not_fixed_safely() {
    let shared = "locals {\n  word = \"allow\"\n}\n\
        resource \"aws_kms_key\" \"k\" {\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Sid = \"A\", Effect = local.word, Action = \"kms:*\", Resource = \"*\", \
        Principal = { AWS = \"111122223333\" } }] })\n}\n";
    let reader = "resource \"aws_kms_key\" \"l\" {\n  tags = { mode = local.word }\n}\n";
    let safeties = |text: &str| {
        let texts = Texts::from([("main.tf".to_owned(), text.to_owned())]);
        let (_, analysis) = analyse(&texts);
        let fixes =
            analysis.findings.iter().filter(|finding| finding.rule.id == "policy-effect").filter_map(|finding| finding.fix.as_ref());
        (fixes.map(|fix| fix.safety).collect::<Vec<_>>(), mended("shared", &texts, Safety::Safe) == texts)
    };
    assert_eq!(safeties(shared), (vec![Safety::Safe], false));
    assert_eq!(safeties(&format!("{shared}{reader}")), (vec![Safety::Unsafe], true));
    // So it is where the reader stands behind a module call.
    let texts = Texts::from([
        ("main.tf".to_owned(), format!("{shared}module \"m\" {{\n  source = \"./m\"\n  mode   = local.word\n}}\n")),
        ("m/main.tf".to_owned(), format!("variable \"mode\" {{}}\n{}", reader.replace("local.word", "var.mode"))),
    ]);
    assert_eq!(mended("module", &texts, Safety::Safe), texts);
}

/// The fingerprints of all that is found, whether it counts or not.
fn fingerprints(analysis: &Analysis) -> Vec<(&'static str, String)> {
    let all = analysis.findings.iter().chain(analysis.suppressed.iter().map(|suppressed| &suppressed.finding));
    let mut all: Vec<_> = all.map(|finding| (finding.rule.id, finding.fingerprint.to_string())).collect();
    all.sort();
    all
}

/// `terraform fmt` is no reason to look at old findings again: what it makes of the fixtures is recorded.
#[test]
fn fingerprints_stay_when_a_file_is_formatted() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/terraform/format/recorded.jsonl");
    let mut found = 0;
    for line in fs::read_to_string(path).expect("readable").lines() {
        let record: BTreeMap<String, String> = serde_json::from_str(line).expect("a record");
        let prints = |text: &str| fingerprints(&analyse(&Texts::from([("main.tf".to_owned(), text.to_owned())])).1);
        let before = prints(&record["before"]);
        found += before.len();
        assert_eq!(before, prints(&record["after"]), "{}", record["path"]);
    }
    assert!(found > 60, "only {found} findings");
}

/// The top-level blocks of a Terraform file, each with the comments above it, last block first, with lines in between.
fn moved(text: &str) -> Option<String> {
    let (project, _) = analyse(&Texts::from([("main.tf".to_owned(), text.to_owned())]));
    let tree = &project.documents.first()?.tree;
    if !tree.problems().is_empty() || !text.ends_with('\n') || text.contains("ignore-file[") {
        return None;
    }
    let mut blocks = Vec::new();
    let mut from = 0;
    for block in tree.children(tree.root()?).iter().map(|block| tree.node(*block)) {
        let end = text[block.end as usize..].find('\n').map_or(text.len(), |at| block.end as usize + at + 1);
        if end > from {
            blocks.push(&text[from..end]);
            from = end;
        }
    }
    (blocks.len() > 1).then(|| format!("\n# first\n{}{}", blocks.iter().rev().copied().collect::<Vec<_>>().join("\n\n"), &text[from..]))
}

#[test]
fn fingerprints_stay_when_blocks_are_moved() {
    let (mut files, mut found) = (0, 0);
    for (name, texts) in fixtures() {
        let after: Texts = texts
            .iter()
            .map(|(path, text)| (path.clone(), moved(text).filter(|_| path.ends_with(".tf")).unwrap_or_else(|| text.clone())))
            .collect();
        files += usize::from(after != texts);
        let before = fingerprints(&analyse(&texts).1);
        found += before.len();
        assert_eq!(before, fingerprints(&analyse(&after).1), "{name}: {after:#?}");
    }
    assert!(files > 20 && found > 300, "{files} files, {found} findings");
}

#[test]
fn a_baseline_of_every_fixture_hides_all_and_is_empty_when_all_is_fixed() {
    for (name, texts) in fixtures() {
        let (_, analysis) = analyse(&texts);
        let all = analysis.findings.iter().filter(|finding| !matches!(finding.rule.group(), "syntax" | "suppression"));
        let entry = |finding: &Finding, fp: Fingerprint| Entry {
            path: name.clone(),
            rule: finding.rule.id.to_owned(),
            address: finding.address.to_string(),
            fp: fp.to_string(),
            why: None,
        };
        // A literal that reaches several resources is one finding, and one entry for each of them.
        let instances = all.flat_map(|finding| finding.instances.iter().map(move |instance| entry(finding, instance.fingerprint)));
        let baseline: Baseline = instances.collect();
        let written = baseline.write();
        let baseline = Baseline::parse(&written).expect("what was written can be read");
        let with = |texts: &Texts, baseline: &Baseline| {
            let project = Project::from_texts(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
            let ruleset = Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults fit");
            let today = Some("2026-11-24".parse().expect("a day"));
            let suppressions = Suppressions { today, baseline: Some(baseline.clone()), ..Suppressions::default() };
            analyze_with(&project, &ruleset, Facts::builtin(), &suppressions)
        };
        let hidden = with(&texts, &baseline);
        let left: Vec<_> = hidden.findings.iter().filter(|finding| !matches!(finding.rule.group(), "syntax" | "suppression")).collect();
        assert!(left.is_empty() && hidden.stale.is_empty(), "{name}: {left:?} {:?}", hidden.stale);
        // What is fixed is stale; without the stale ones, what is left is hidden as before.
        let once = mended(&name, &texts, Safety::Unsafe);
        let after = with(&once, &baseline);
        let stale: BTreeSet<&String> = after.stale.iter().map(|entry| &entry.fp).collect();
        let pruned: Baseline = baseline.entries().into_iter().filter(|entry| !stale.contains(&entry.fp)).cloned().collect();
        let again = with(&once, &pruned);
        assert!(again.stale.is_empty(), "{name}");
        assert_eq!(fingerprints(&again), fingerprints(&after), "{name}");
        assert_eq!(again.findings.len(), after.findings.len(), "{name}");
    }
}

#[test]
fn an_ignore_comment_for_every_finding_leaves_none() {
    let mut written = 0;
    for (name, texts) in fixtures() {
        for texts in [texts.clone(), with_breaks(&texts)] {
            let (project, analysis) = analyse(&texts);
            let plan = repair::add_ignores(&project, &analysis, &BTreeSet::new(), Some("known since 2024"));
            let after = apply(&project, &texts, &plan);
            let (_, left) = analyse(&after);
            let count = |analysis: &Analysis| {
                analysis.findings.iter().filter(|finding| !matches!(finding.rule.group(), "suppression" | "syntax")).count()
            };
            let no_comment: usize = plan.left.values().sum();
            assert_eq!(
                count(&left),
                no_comment,
                "{name}:\n{after:#?}\n{:#?}",
                left.findings.iter().map(|f| &f.message).collect::<Vec<_>>()
            );
            assert_eq!(count(&analysis), no_comment + plan.answered, "{name}");
            let parsed = |analysis: &Analysis| analysis.incomplete.len();
            assert_eq!(parsed(&left), parsed(&analysis), "{name}");
            written += plan.answered;
            if texts.values().any(|text| text.contains("\r\n")) {
                let lonely = |text: &String| text.replace("\r\n", "").contains('\n');
                assert!(texts.values().any(lonely) || !after.values().any(lonely), "{name}");
            }
        }
    }
    assert!(written > 60, "only {written} comments");
}
