//! Limits of services, typed by hand in `fixtures/limits/limits.txt` with the page each is from: a resource on each limit is silent, one
//! over it has one finding.

mod rows;

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

use taglint::{analysis::analyze, config::RulesConfig, facts::Facts, finding::Severity, project::Project, rule::Ruleset, rules::RULES};

/// A limit with its severity, and a laxer one behind it.
#[derive(Debug, Clone, Copy)]
struct Limit {
    max: usize,
    severity: Severity,
    /// Whether UTF-16 units are counted.
    utf16: bool,
}

#[derive(Debug)]
struct Row<'t> {
    ty: &'t str,
    path: Option<&'t str>,
    form: &'t str,
    key: Vec<Limit>,
    value: Vec<Limit>,
    tags: Vec<Limit>,
    refused: [Option<(char, Severity)>; 2],
    empty: bool,
}

fn limits(text: &str) -> Vec<Limit> {
    let read = |part: &str| {
        let digits = part.trim_end_matches(['w', 'u', 'i']);
        let severity = match part.chars().last() {
            Some('i') => Severity::Info,
            Some('w') => Severity::Warning,
            _ => Severity::Error,
        };
        Limit { max: digits.parse().expect("a number"), severity, utf16: part.ends_with('u') }
    };
    text.split(',').filter(|part| *part != "-").map(read).collect()
}

fn refused(text: &str) -> Option<(char, Severity)> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), Some('e')) => Some((c, Severity::Error)),
        (Some(c), Some('w')) => Some((c, Severity::Warning)),
        _ => None,
    }
}

fn rows(table: &str) -> Vec<Row<'_>> {
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let [place, form, key, value, tags, in_key, in_value, empty, source] = line.split_whitespace().collect::<Vec<_>>()[..] else {
                panic!("a row has nine columns: {line}");
            };
            assert!(source.starts_with("https://"), "{line}");
            let (ty, path) = place.split_once('.').map_or((place, None), |(ty, path)| (ty, Some(path)));
            let (key, value, tags) = (limits(key), limits(value), limits(tags));
            Row { ty, path, form, key, value, tags, refused: [refused(in_key), refused(in_value)], empty: empty == "ok" }
        })
        .collect()
}

impl Row<'_> {
    /// A resource with these tags.
    fn write(&self, tags: &[(String, String)]) -> String {
        let entry = |(key, value): &(String, String)| format!("{{ key = {key:?}, value = {value:?} }}");
        let mut text = format!("resource \"{}\" \"x\" {{\n", self.ty);
        let path: Vec<&str> = self.path.map(|path| path.split('.').collect()).unwrap_or_default();
        let (name, around) = path.split_last().map_or(("", &[][..]), |(name, around)| (*name, around));
        around.iter().for_each(|block| writeln!(text, "{block} {{").expect("a string takes all"));
        match self.form {
            "map" => {
                let tags: Vec<_> = tags.iter().map(|(key, value)| format!("{key:?} = {value:?}")).collect();
                writeln!(text, "{name} = {{\n{}\n}}", tags.join("\n")).expect("a string takes all");
            }
            "entries" => {
                writeln!(text, "{name} = [{}]", tags.iter().map(entry).collect::<Vec<_>>().join(",\n")).expect("a string takes all")
            }
            "blocks" => {
                for (key, value) in tags {
                    writeln!(text, "{name} {{\nkey = {key:?}\nvalue = {value:?}\npropagate_at_launch = true\n}}")
                        .expect("a string takes all");
                }
            }
            "single" => writeln!(text, "key = {:?}\nvalue = {:?}", tags[0].0, tags[0].1).expect("a string takes all"),
            form => panic!("{form}"),
        }
        around.iter().for_each(|_| text.push_str("}\n"));
        text + "}\n"
    }

    /// The rule and the severity of each finding.
    fn findings(&self, tags: &[(String, String)]) -> Vec<(&'static str, Severity)> {
        let project = Project::from_texts([("main.tf", self.write(tags).as_str())]);
        let ruleset = Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults are right");
        let analysis = analyze(&project, &ruleset, Facts::builtin());
        assert!(analysis.incomplete.is_empty(), "{:?}", analysis.incomplete);
        assert_eq!(analysis.coverage.tag_sets, 1, "{self:?}");
        analysis.findings.iter().map(|finding| (finding.rule.id, finding.severity)).collect()
    }
}

/// A text of this length. In UTF-16 units, where they are counted: then most letters have two of them.
fn text(length: usize, limit: Limit) -> String {
    if limit.utf16 { "𝒜".repeat(length / 2) + &"a".repeat(length % 2) } else { "a".repeat(length) }
}

fn tag(key: impl Into<String>, value: impl Into<String>) -> (String, String) {
    (key.into(), value.into())
}

#[test]
fn a_resource_on_the_limit_is_silent_and_one_over_it_is_not() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/limits/limits.txt");
    let table = fs::read_to_string(path).expect("the table can be read");
    let rows = rows(&table);
    let types: BTreeSet<&str> = rows.iter().map(|row| row.ty).collect();
    assert!(types.len() >= 60, "{} types", types.len());
    let mut wrong = String::new();
    for row in &rows {
        let mut expect = |tags: &[(String, String)], expected: Option<(&'static str, Severity)>| {
            let found = row.findings(tags);
            if found != expected.into_iter().collect::<Vec<_>>() {
                writeln!(wrong, "{} {:?}: {found:?} and not {expected:?}", row.ty, row.path).expect("a string takes all");
            }
        };
        for limit in &row.key {
            expect(&[tag(text(limit.max + 1, *limit), "v")], Some(("tag-key-too-long", limit.severity)));
        }
        for limit in &row.value {
            expect(&[tag("k", text(limit.max + 1, *limit))], Some(("tag-value-too-long", limit.severity)));
        }
        expect(&[tag(text(row.key[0].max, row.key[0]), text(row.value[0].max, row.value[0]))], None);
        let many = |count: usize| (0..count).map(|at| tag(format!("k{at}"), "v")).collect::<Vec<_>>();
        for limit in &row.tags {
            expect(&many(limit.max + 1), Some(("tag-count", limit.severity)));
        }
        if let Some(limit) = row.tags.first() {
            expect(&many(limit.max), None);
        }
        for (place, rule) in ["tag-key-characters", "tag-value-characters"].into_iter().enumerate() {
            let with = |c: char| if place == 0 { tag(format!("k{c}"), "v") } else { tag("k", format!("v{c}")) };
            let refused = row.refused[place];
            expect(&[with(refused.map_or('&', |(c, _)| c))], refused.map(|(_, severity)| (rule, severity)));
        }
        expect(&[tag("k", "")], (!row.empty).then_some(("tag-value-empty", Severity::Error)));
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
