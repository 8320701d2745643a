//! What is known of AWS's limits, row by row in `fixtures/limits/rows.txt`: each is held by a check, or names what `docs/tags.md` says of it.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};
use taglint::{
    analysis::{Analysis, analyze},
    config::RulesConfig,
    facts::{Facts, requests::RequestTags},
    finding::Severity,
    project::Project,
    rule::Ruleset,
    rules::RULES,
    source::SourceId,
};

use super::{Row, limits, tag, text};

/// Where a row is tried.
enum Probe<'t> {
    Resource(Row<'t>),
    Request(&'t str, &'t RequestTags),
    /// A type without tags.
    Type(&'t str),
    Nowhere,
}

type Tags<'t> = &'t [(String, String)];
type Found = Vec<(&'static str, Severity)>;

fn judge(project: &Project) -> Analysis {
    let ruleset = Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults are right");
    analyze(project, &ruleset, Facts::builtin())
}

/// What is found of tags. That a request lacks members is another question.
fn findings(analysis: &Analysis, rules: &[&str]) -> Found {
    let of_tags = |rule: &str| rule.starts_with("tag-") || rules.contains(&rule);
    let found = analysis.findings.iter().map(|finding| (finding.rule.id, finding.severity));
    found.filter(|(rule, _)| of_tags(rule)).collect()
}

/// The body of a request that has `entries` where its tags are.
fn body(place: &RequestTags, entries: Value) -> String {
    let member = place.member.as_deref().expect("tags are in the body");
    member.rsplit('.').fold(entries, |inner, name| json!({ (name): inner })).to_string()
}

impl<'t> Probe<'t> {
    fn read(text: &'t str) -> Self {
        match text.split_whitespace().collect::<Vec<_>>()[..] {
            ["-"] => Self::Nowhere,
            [operation, "request"] => {
                let known = Facts::builtin().requests().by_id(operation).unwrap_or_else(|| panic!("no operation {operation}"));
                Self::Request(operation, &known.tags[0])
            }
            [ty] => Self::Type(ty),
            [place, form] => {
                let (ty, path) = place.split_once('.').map_or((place, None), |(ty, path)| (ty, Some(path)));
                Self::Resource(Row { ty, path, form, key: vec![], value: vec![], tags: vec![], refused: [None; 2], empty: true })
            }
            _ => panic!("no place to try: {text}"),
        }
    }

    fn find(&self, tags: Tags<'_>) -> Found {
        match self {
            Self::Resource(row) => row.findings(tags).into_iter().filter(|(rule, _)| rule.starts_with("tag-")).collect(),
            Self::Request(_, place) => {
                let entry = |(key, value): &(String, String)| match (&place.key, &place.value) {
                    (Some(k), Some(v)) => json!({ (k): key, (v): value }),
                    (Some(k), None) => json!({ (k): key }),
                    (None, _) => json!(key),
                };
                let entries = if place.map {
                    Value::Object(tags.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect())
                } else {
                    tags.iter().map(entry).collect()
                };
                self.sends(entries, &[])
            }
            Self::Type(_) | Self::Nowhere => panic!("tags need a resource or a request"),
        }
    }

    /// What is found of a request with these entries.
    fn sends(&self, entries: Value, rules: &[&str]) -> Found {
        let Self::Request(operation, place) = self else { panic!("no request") };
        let mut project = Project::from_texts([("a.json", body(place, entries).as_str())]);
        project.declared.insert(SourceId(0), (*operation).to_owned());
        let analysis = judge(&project);
        assert_eq!(analysis.coverage.tag_sets, 1, "{operation}: nothing was judged");
        findings(&analysis, rules)
    }

    /// Names of an entry's members.
    fn names(&self) -> (&str, Option<&str>) {
        let Self::Request(_, place) = self else { panic!("no request") };
        (place.key.as_deref().expect("entries"), place.value.as_deref())
    }

    /// What is wrong, if anything, and what was expected.
    fn check(&self, check: &str) -> Result<(), String> {
        let words: Vec<&str> = check.split_whitespace().collect();
        let severity = |word: &str| match word {
            "e" => Some(Severity::Error),
            "w" => Some(Severity::Warning),
            "ok" => None,
            _ => panic!("neither e, w nor ok: {check}"),
        };
        let expect = |found: Found, expected: Option<(&'static str, Severity)>| {
            let expected: Found = expected.into_iter().collect();
            if found == expected { Ok(()) } else { Err(format!("{found:?} and not {expected:?}")) }
        };
        let rule = |part: &str, of_key: &'static str, of_value: &'static str| if part == "key" { of_key } else { of_value };
        let in_part = |part: &str, text: String| if part == "key" { tag(text, "v") } else { tag("k", text) };
        match words[..] {
            ["tags", max] => {
                let many = |count: usize| (0..count).map(|at| tag(format!("k{at}"), "v")).collect::<Vec<_>>();
                let limits = limits(max);
                expect(self.find(&many(limits[0].max)), None)?;
                limits.iter().try_for_each(|limit| expect(self.find(&many(limit.max + 1)), Some(("tag-count", limit.severity))))
            }
            [part @ ("key" | "value"), max] => {
                let limits = limits(max);
                expect(self.find(&[in_part(part, text(limits[0].max, limits[0]))]), None)?;
                let rule = rule(part, "tag-key-too-long", "tag-value-too-long");
                limits
                    .iter()
                    .try_for_each(|limit| expect(self.find(&[in_part(part, text(limit.max + 1, *limit))]), Some((rule, limit.severity))))
            }
            [part @ ("key" | "value"), "takes", ..] => words[2..].iter().try_for_each(|taken| {
                let taken = if *taken == r"\s" { " " } else { taken };
                expect(self.find(&[in_part(part, format!("a{taken}b"))]), None)
            }),
            [part @ ("key" | "value"), "refuses", refused, how] => {
                let refused = if refused == r"\s" { " " } else { refused };
                let rule = rule(part, "tag-key-characters", "tag-value-characters");
                expect(self.find(&[in_part(part, format!("a{refused}b"))]), severity(how).map(|severity| (rule, severity)))
            }
            [part @ ("key" | "value"), "begins", prefix, how] => {
                expect(self.find(&[in_part(part, format!("{prefix}x"))]), severity(how).map(|severity| ("tag-reserved-prefix", severity)))
            }
            ["empty", how] => expect(self.find(&[tag("k", "")]), severity(how).map(|severity| ("tag-value-empty", severity))),
            ["secret", how] => {
                let secret = tag("k", "AKIA2OGYBAH6STMMNXNN");
                expect(self.find(&[secret]), severity(how).map(|severity| ("tag-value-secret", severity)))
            }
            ["twice", how] => {
                expect(self.find(&[tag("k", "v"), tag("k", "w")]), severity(how).map(|severity| ("tag-key-duplicate", severity)))
            }
            ["other", "case", how] => {
                let found = self.find(&[tag("Team", "v"), tag("team", "w")]);
                let found = found.into_iter().filter(|(rule, _)| *rule != "tag-key-spelling").collect();
                expect(found, severity(how).map(|severity| ("tag-key-case-duplicate", severity)))
            }
            ["null", how] => {
                let found = match self {
                    Self::Resource(row) => {
                        let text = row.write(&[tag("k", "NULL")]).replace("\"NULL\"", "null");
                        findings(&judge(&Project::from_texts([("main.tf", text.as_str())])), &[])
                    }
                    _ => {
                        let (key, value) = self.names();
                        self.sends(json!([{ (key): "k", (value.expect("a value")): null }]), &[])
                    }
                };
                expect(found, severity(how).map(|severity| ("tag-value-null", severity)))
            }
            ["without", "value", ..] => {
                let found = self.sends(json!([{ (self.names().0): "k" }]), &["request-member-missing"]);
                let found: BTreeSet<&str> = found.into_iter().map(|(rule, _)| rule).collect();
                let wanted = words.get(2).is_some();
                let missing = found.contains("request-member-missing") && self.misses_the_value();
                if missing == wanted { Ok(()) } else { Err(format!("{found:?}")) }
            }
            ["other", "names", key, value, rule] => {
                let found = self.sends(json!([{ (key): "k", (value): "v" }]), &[rule]);
                if found.iter().any(|(found, _)| *found == rule) { Ok(()) } else { Err(format!("{found:?}")) }
            }
            ["no", "tags"] => {
                let Self::Type(ty) = self else { panic!("no type: {check}") };
                let text = format!("resource \"{ty}\" \"x\" {{\n  tags = {{ a = \"b\" }}\n}}\n");
                let found = findings(&judge(&Project::from_texts([("main.tf", text.as_str())])), &["terraform-no-tags"]);
                expect(found, Some(("terraform-no-tags", Severity::Error)))
            }
            ["file", name] => file(name),
            ["rule", id] => {
                let folder = root().join("fixtures/rules").join(id);
                let has_bad = fs::read_dir(&folder)
                    .is_ok_and(|mut files| files.any(|file| file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("bad"))));
                if has_bad { Ok(()) } else { Err(format!("{} has nothing bad", folder.display())) }
            }
            ["page", ..] => {
                let page = fs::read_to_string(root().join("docs/tags.md")).expect("the page is there");
                let (_, list) = page.split_once("## Not enforced").expect("it says what is not enforced");
                let what = check.trim_start_matches("page ");
                if list.contains(&format!("| {what} |")) { Ok(()) } else { Err("the page does not say so".to_owned()) }
            }
            _ => panic!("no check: {check}"),
        }
    }

    /// Whether the value is what a request with a key alone lacks.
    fn misses_the_value(&self) -> bool {
        let (key, value) = self.names();
        let value = value.expect("a value");
        let with = self.sends(json!([{ (key): "k", (value): "v" }]), &["request-member-missing"]).len();
        self.sends(json!([{ (key): "k" }]), &["request-member-missing"]).len() > with
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file whose lines say what is found in them.
fn file(name: &str) -> Result<(), String> {
    let path = root().join("fixtures/limits/provider").join(format!("{name}.tf"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = text.lines().enumerate();
    let expected: BTreeSet<(usize, &str)> = lines
        .filter_map(|(at, line)| Some((at + 1, line.split_once("# expect: ")?.1)))
        .flat_map(|(at, rules)| rules.split(", ").map(move |rule| (at, rule)))
        .collect();
    let project = Project::from_texts([("main.tf", text.as_str())]);
    let analysis = judge(&project);
    let found: BTreeSet<(usize, &str)> = analysis
        .findings
        .iter()
        .map(|finding| {
            let at = finding.primary.span.range().start;
            (text[..at].matches('\n').count() + 1, finding.rule.id)
        })
        .collect();
    if found == expected { Ok(()) } else { Err(format!("{found:?} and not {expected:?}")) }
}

#[test]
fn every_row_of_the_facts_is_held() {
    let table = fs::read_to_string(root().join("fixtures/limits/rows.txt")).expect("the table can be read");
    let mut ids = BTreeSet::new();
    let mut wrong = Vec::new();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let [id, probe, check] = line.splitn(3, " | ").collect::<Vec<_>>()[..] else { panic!("a row has three columns: {line}") };
        ids.insert(id);
        if let Err(why) = Probe::read(probe).check(check) {
            wrong.push(format!("{line}: {why}"));
        }
    }
    assert!(ids.len() > 250, "{} rows", ids.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
