//! The way of a value is the same in JSON and in SARIF, for each kind of step: `fixtures/projects/provenance.ways`. What a person reads
//! stands in `provenance.txt` beside it.

use std::{fs, path::Path};

use serde_json::Value;
use snapbox::{Data, assert_data_eq};
use taglint::{
    analysis::analyze,
    config::RulesConfig,
    facts::Facts,
    project::Project,
    report::{Format, Report, Style},
    rule::Ruleset,
    rules::RULES,
};

/// `path:line:column text` of each step.
type Way = Vec<String>;

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no {pointer} in {value}"))
}

fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn in_json(finding: &Value) -> Way {
    let step = |label: &Value, message: &str| {
        format!("{}:{}:{} {message}", text(label, "/path"), label["start"]["line"], label["start"]["column"])
    };
    let labels = list(finding, "/labels").iter().map(|label| step(label, text(label, "/message")));
    std::iter::once(step(finding, text(finding, "/label"))).chain(labels).collect()
}

/// A sentence of SARIF as the other formats have it.
fn phrase(sentence: &str) -> String {
    let mut characters = sentence.strip_suffix('.').unwrap_or(sentence).chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

fn in_sarif(result: &Value) -> Way {
    let step = |location: &Value| {
        let place = &location["location"]["physicalLocation"];
        let region = &place["region"];
        let message = phrase(text(location, "/location/message/text"));
        format!("{}:{}:{} {message}", text(place, "/artifactLocation/uri"), region["startLine"], region["startColumn"])
    };
    list(result, "/codeFlows/0/threadFlows/0/locations").iter().map(step).collect()
}

fn files(directory: &Path, prefix: &str, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(directory).expect("readable") {
        let path = entry.expect("readable").path();
        let name = format!("{prefix}{}", path.file_name().expect("a name").to_string_lossy());
        if path.is_dir() {
            files(&path, &format!("{name}/"), found);
        } else {
            found.push((name, fs::read(&path).expect("readable")));
        }
    }
}

#[test]
fn the_way_is_the_same_in_json_and_in_sarif() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects");
    let mut texts = Vec::new();
    files(&fixtures.join("provenance"), "", &mut texts);
    texts.sort();
    let project = Project::from_texts(texts);
    let ruleset = Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults fit");
    let analysis = analyze(&project, &ruleset, Facts::builtin());
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
        style: Style::default(),
    };
    let document = |format: Format| {
        let mut out = Vec::new();
        format.write(&report, &mut out).expect("a vector takes all");
        serde_json::from_slice::<Value>(&out).expect("it is JSON")
    };
    let (json, sarif) = (document(Format::Json), document(Format::Sarif));
    let (findings, results) = (list(&json, "/findings"), list(&sarif, "/runs/0/results"));
    assert_eq!(findings.len(), results.len());
    let mut shown = String::new();
    for (finding, result) in findings.iter().zip(results) {
        let way = in_json(finding);
        // A literal that is used where it is written has no way.
        let expected = if way.len() > 1 { way.clone() } else { Vec::new() };
        assert_eq!(in_sarif(result), expected, "{finding}");
        shown.push_str(&format!("{}\n  {}\n", text(finding, "/address"), way.join("\n  ")));
    }
    assert_data_eq!(Data::text(shown).raw(), Data::read_from(&fixtures.join("provenance.ways"), None).raw());
}
