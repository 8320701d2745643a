//! Policies that AWS documents: clean as they are, and each with one fault that is found.

use std::{collections::BTreeSet, fs, path::Path};

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use taglint::{analysis::analyze, config::RulesConfig, facts::Facts, finding::Severity, project::Project, rule::Ruleset, rules::RULES};

use crate::{
    render::{Style, Written},
    table::{Planted, planted},
};

/// The name of a policy, the name of its file, and its text.
fn policies() -> Vec<(String, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/policy/documented");
    let mut policies: Vec<_> = fs::read_dir(folder)
        .expect("there are policies")
        .map(|entry| {
            let path = entry.expect("readable").path();
            let file = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).expect("readable");
            (file.split('.').next().unwrap_or_default().to_owned(), file, text)
        })
        .collect();
    policies.sort();
    policies
}

pub fn trials() -> Vec<Trial> {
    let policies = policies();
    let planted = planted();
    let mut trials = vec![Trial::test("every_documented_policy_has_a_planted_fault", {
        let names: BTreeSet<String> = policies.iter().map(|(name, ..)| name.clone()).collect();
        let with_fault: BTreeSet<String> = planted.iter().map(|planted| planted.policy.clone()).collect();
        let sourced = planted.iter().all(|planted| planted.source.starts_with("https://docs.aws.amazon.com/"));
        move || if names == with_fault && sourced { Ok(()) } else { Err(format!("{names:?} {with_fault:?}").into()) }
    })];
    for (name, file, text) in &policies {
        let (file, text) = (file.clone(), text.clone());
        trials.push(Trial::test(format!("documented/{name}"), move || is_clean(&file, &text)));
    }
    for planted in planted {
        let Some((_, file, text)) = policies.iter().find(|(name, ..)| *name == planted.policy).cloned() else { continue };
        trials.push(Trial::test(format!("planted/{}", planted.policy), move || is_found(&file, &text, &planted)));
    }
    trials
}

/// Each finding that fails a run: its rule, where it begins and ends, and its message.
fn grave(file: &str, text: &str) -> Result<Vec<(&'static str, usize, usize, String)>, Failed> {
    let ruleset = Ruleset::new(RULES, &RulesConfig::default()).map_err(|error| error.to_string())?;
    let analysis = analyze(&Project::from_texts([(file.to_owned(), text.to_owned())]), &ruleset, Facts::builtin());
    if analysis.coverage.policies != 1 {
        return Err("the policy is not judged".into());
    }
    let grave = analysis.findings.into_iter().filter(|finding| finding.severity > Severity::Info);
    Ok(grave
        .map(|finding| {
            let range = finding.primary.span.range();
            (finding.rule.id, range.start, range.end, finding.message)
        })
        .collect())
}

fn is_clean(file: &str, text: &str) -> Result<(), Failed> {
    let found = grave(file, text)?;
    if found.is_empty() { Ok(()) } else { Err(format!("{found:?}").into()) }
}

fn is_found(file: &str, text: &str, planted: &Planted) -> Result<(), Failed> {
    let mut document: Value = serde_json::from_str(text)?;
    let place = document.pointer_mut(&planted.at).ok_or("there is nothing to change")?;
    *place = planted.becomes.clone();
    let written = Written::of(&document, Style::Pretty);
    let at = planted.found_at.as_ref().unwrap_or(&planted.at);
    let expected = written.place(at).ok_or("there is no such place")?;
    let found = grave(file, &written.text)?;
    let is_there =
        |(rule, start, end, _): &(&str, usize, usize, String)| *rule == planted.rule && expected.start <= *start && *end <= expected.end;
    if found.iter().any(is_there) { Ok(()) } else { Err(format!("{found:?}").into()) }
}
