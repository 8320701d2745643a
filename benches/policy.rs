//! What judging a policy costs, beside parsing the same bytes: made to be counted by callgrind, `benches/README.md` has the commands.
//!
//! `policy parse N` parses N documents as JSON, `policy judge N` reads and judges them, rules included. The difference between two numbers of
//! documents is free of what a run costs once.

use std::{hint::black_box, path::Path, sync::Arc};

use taglint::{
    analysis::analyze,
    config::RulesConfig,
    facts::Facts,
    project::Project,
    rule::Ruleset,
    rules::RULES,
    source::{Source, SourceId},
    syntax::json,
};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [what, count] = arguments.as_slice() else { return };
    let count: usize = count.parse().expect("the number of documents");
    let texts = documents(count);
    match what.as_str() {
        "parse" => {
            for (at, (path, text)) in texts.into_iter().enumerate() {
                let source = Arc::new(Source::new(SourceId(at as u32), path, text.into_bytes()));
                black_box(json::parse(&source));
            }
        }
        "judge" => {
            let ruleset = Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults fit");
            let analysis = analyze(&Project::from_texts(texts), &ruleset, Facts::builtin());
            assert_eq!(analysis.coverage.policies_judged, count);
            black_box(analysis);
        }
        other => panic!("`{other}` is neither parse nor judge"),
    }
}

/// The documented policies, over and over.
fn documents(count: usize) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/policy/documented");
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("there are documents").map(|entry| entry.expect("readable").path()).collect();
    files.sort();
    let texts: Vec<(String, String)> = files
        .iter()
        .map(|file| {
            let name = file.file_name().expect("it has one").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(file).expect("readable"))
        })
        .collect();
    (0..count)
        .map(|nth| {
            let (name, text) = &texts[nth % texts.len()];
            (format!("{nth:06}.{name}"), text.clone())
        })
        .collect()
}
