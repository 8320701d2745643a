//! The same bytes come out, whatever the number of threads and the order in which files are met.

use std::{
    fs,
    path::{Path, PathBuf},
};

use taglint::{
    analysis::analyze,
    config::RulesConfig,
    facts::Facts,
    finding::Severity,
    project::Project,
    report::{Format, Report, Style, effective},
    rule::Ruleset,
    rules::RULES,
};

const RUNS: usize = 100;
const THREADS: [usize; 3] = [1, 2, 8];

/// All files of all projects, as one tree.
fn texts() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects");
    let (mut texts, mut open) = (Vec::new(), vec![root.clone()]);
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).expect("readable") {
            let path: PathBuf = entry.expect("readable").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&root).expect("it is below").to_string_lossy().replace('\\', "/");
                texts.push((name, fs::read(&path).expect("readable")));
            }
        }
    }
    texts.sort();
    texts
}

/// What the formats say, and what resources get.
fn output(texts: &[(String, Vec<u8>)], ruleset: &Ruleset, formats: &[Format]) -> Vec<u8> {
    let project = Project::from_texts(texts.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())));
    let analysis = analyze(&project, ruleset, Facts::builtin());
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
        style: Style { min_severity: Severity::Info, show_unknown: true, ..Style::default() },
    };
    let mut out = Vec::new();
    for format in formats {
        format.write(&report, &mut out).expect("a vector takes everything");
    }
    effective::of(&project, Facts::builtin(), &effective::Wanted::default()).write_json(&mut out).expect("a vector takes everything");
    out
}

/// Shuffles, each time otherwise and always the same.
fn shuffle<T>(items: &mut [T], seed: &mut u64) {
    for at in (1..items.len()).rev() {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(at, (*seed >> 33) as usize % (at + 1));
    }
}

#[test]
fn the_same_bytes_come_out() {
    let ruleset = Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults fit");
    let mut texts = texts();
    let all = [Format::Json, Format::Human, Format::Sarif];
    let expected = output(&texts, &ruleset, &all);
    let expected_json = output(&texts, &ruleset, &all[..1]);
    assert!(String::from_utf8_lossy(&expected).contains("tag-reserved-prefix"));
    let pools = THREADS.map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads"));
    let mut seed = 1;
    for run in 0..RUNS {
        shuffle(&mut texts, &mut seed);
        let pool = &pools[run % pools.len()];
        // The formats show the same findings: all of them are asked now and then.
        let (formats, expected) = if run % 10 < pools.len() { (&all[..], &expected) } else { (&all[..1], &expected_json) };
        let found = pool.install(|| output(&texts, &ruleset, formats));
        assert!(found == *expected, "run {run}, with {} threads, differs", pool.current_num_threads());
    }
}
