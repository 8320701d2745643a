//! Every known check of policies, with a bad and a good example, in five forms: a bare document, escaped in a request, a heredoc,
//! `jsonencode`, and a policy document data source where the example can be written as one.
//!
//! `fixtures/policy/README.md` says what the files are. A rule says in its docs, under *Covers*, which checks it is; a rule whose id is
//! `policy-` and the check's is that check. A bad example has a finding of that rule with its severity at its place, and no other error or
//! warning; a good one has none of that rule. What no rule covers is in `unchecked.json`.

mod data_source;
mod documented;
mod form;
mod render;
mod table;

use std::{
    collections::{BTreeMap, BTreeSet},
    process::ExitCode,
};

use libtest_mimic::{Arguments, Failed, Trial};
use taglint::{
    analysis::analyze,
    config::{Config, RulesConfig},
    facts::Facts,
    finding::{Finding, Meta, Severity},
    fix::{Fix, apply},
    project::Project,
    rule::Ruleset,
    rules::RULES,
    source::ColumnUnit,
};

use self::{
    form::{Form, Rendered},
    table::{Example, RealWorld, Row, Unchecked},
};

fn main() -> ExitCode {
    let rows = table::rows();
    let unchecked = table::unchecked();
    let covered = covered();
    let mut trials = vec![Trial::test("every_check_has_a_rule_or_a_reason", {
        let (ids, covered) = (rows.iter().map(|row| row.id.clone()).collect(), covered.clone());
        move || every_check_has_a_rule_or_a_reason(&ids, &covered)
    })];
    for row in rows {
        let rules: BTreeSet<&'static str> = covered.get(&row.id).cloned().unwrap_or_default();
        let pending = unchecked.pending.contains(&row.id);
        if rules.is_empty() || (pending && std::env::var_os("TAGLINT_PENDING").is_none()) {
            continue;
        }
        trials.extend(trials_of(&row.id, &row, &rules));
    }
    let real = table::real_world();
    trials.push(Trial::test("every_report_is_shown_or_has_a_reason", {
        let real = real.clone();
        move || every_report_is_shown_or_has_a_reason(&real)
    }));
    for report in real.shown {
        let rules: BTreeSet<&'static str> = metas().map(|meta| meta.id).filter(|id| *id == report.rule).collect();
        trials.extend(trials_of(&format!("reports/{}", report.row.id), &report.row, &rules));
    }
    trials.extend(documented::trials());
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Both examples of a row in every form.
fn trials_of(name: &str, row: &Row, rules: &BTreeSet<&'static str>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for form in Form::ALL.into_iter().filter(|form| row.forms.is_empty() || row.forms.contains(form.name())) {
        for (which, example, is_bad) in [("bad", &row.bad, true), ("good", &row.good, false)] {
            let Some(rendered) = form::render(form, row, example) else { continue };
            let (row, rules) = (row.clone(), rules.clone());
            trials.push(Trial::test(format!("{name}/{}/{which}", form.name()), move || judge(&row, &rules, &rendered, is_bad)));
        }
    }
    trials
}

/// The reports of users: 68 of them were collected.
fn every_report_is_shown_or_has_a_reason(real: &RealWorld) -> Result<(), Failed> {
    const REPORTS: u32 = 68;
    let shown: BTreeSet<u32> = real.shown.iter().flat_map(|report| report.rows.iter().copied()).collect();
    let wrong: Vec<u32> = (1..=REPORTS).filter(|row| shown.contains(row) == real.not_shown.contains_key(&row.to_string())).collect();
    let unknown: Vec<&str> = real.shown.iter().map(|report| &*report.rule).filter(|rule| !metas().any(|meta| meta.id == *rule)).collect();
    let sourced = real.shown.iter().all(|report| !report.what.is_empty() && report.sources.iter().all(|url| url.starts_with("https://")));
    if wrong.is_empty() && unknown.is_empty() && sourced { Ok(()) } else { Err(format!("{wrong:?} {unknown:?}").into()) }
}

fn metas() -> impl Iterator<Item = &'static Meta> {
    RULES.iter().map(|entry| entry.meta)
}

/// The rules of each check.
fn covered() -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut covered: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    for meta in metas() {
        if let Some(own) = meta.id.strip_prefix("policy-") {
            covered.entry(own.to_owned()).or_default().insert(meta.id);
        }
        let Some((_, list)) = meta.docs.split_once("## Covers") else { continue };
        let list = list.split("\n ## ").next().unwrap_or(list);
        for id in list.split('`').skip(1).step_by(2) {
            covered.entry(id.to_owned()).or_default().insert(meta.id);
        }
    }
    covered
}

fn every_check_has_a_rule_or_a_reason(ids: &BTreeSet<String>, covered: &BTreeMap<String, BTreeSet<&'static str>>) -> Result<(), Failed> {
    let Unchecked { pending, left_out } = table::unchecked();
    let mut wrong = Vec::new();
    for id in ids {
        match (covered.contains_key(id), pending.contains(id), left_out.contains_key(id)) {
            (true, false, false) | (_, true, false) | (false, false, true) => {}
            (false, false, false) => wrong.push(format!("{id}: no rule covers it, and unchecked.json does not have it")),
            (true, _, true) | (false, true, true) => wrong.push(format!("{id}: left out, and yet not")),
        }
    }
    for (id, rules) in covered {
        let is_own = rules.iter().all(|rule| *rule == format!("policy-{id}"));
        if !ids.contains(id) && !is_own {
            wrong.push(format!("{id}: {rules:?} cover what checks.json does not have"));
        }
    }
    wrong.extend(pending.iter().chain(left_out.keys()).filter(|id| !ids.contains(*id)).map(|id| format!("{id}: no such check")));
    if left_out.len() > 10 {
        wrong.push("more than ten checks are left out".to_owned());
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// The findings of an example.
fn findings(row: &Row, rendered: &Rendered) -> Result<(Project, Vec<Finding>), Failed> {
    let ruleset = Ruleset::new(RULES, &RulesConfig::default()).map_err(|error| error.to_string())?;
    let mut project = Project::from_texts([(rendered.path.clone(), rendered.text.clone())]);
    let config = Config::parse(&row.configuration()).map_err(|error| error.to_string())?;
    project.aws = config.aws;
    let analysis = analyze(&project, &ruleset, Facts::builtin());
    Ok((project, analysis.findings))
}

fn judge(row: &Row, rules: &BTreeSet<&'static str>, rendered: &Rendered, is_bad: bool) -> Result<(), Failed> {
    let (project, findings) = findings(row, rendered)?;
    let shown = || {
        let lines = findings.iter().map(|finding| {
            let source = project.sources.get(finding.primary.span.source);
            let at = source.position(finding.primary.span.start, ColumnUnit::Chars);
            let text = project.sources.slice(finding.primary.span);
            let (severity, rule) = (finding.severity, finding.rule.id);
            format!("  {}:{}: {severity} {rule}: {} [{text}]\n", at.line, at.column, finding.message)
        });
        lines.collect::<String>()
    };
    let of_check: Vec<&Finding> = findings.iter().filter(|finding| rules.contains(finding.rule.id)).collect();
    if !is_bad {
        let silent = of_check.iter().all(|finding| row.good_has.contains(finding.rule.id));
        return if silent { Ok(()) } else { Err(format!("the good example is reported\n{}\n{}", shown(), rendered.text).into()) };
    }
    let Some(found) = of_check.iter().find(|finding| finding.severity == row.severity && rendered.is_at(finding.primary.span)) else {
        let place = rendered.place.clone().map_or_else(String::new, |place| rendered.text[place].to_owned());
        return Err(format!("no {} of {rules:?} at [{place}]\n{}\n{}", row.severity, shown(), rendered.text).into());
    };
    let others: BTreeSet<&str> = findings
        .iter()
        .filter(|finding| finding.severity > Severity::Info && !std::ptr::eq(*finding, *found))
        .map(|finding| finding.rule.id)
        .filter(|rule| !row.also.contains(*rule))
        .collect();
    if !others.is_empty() {
        return Err(format!("one mistake, and also {others:?}\n{}\n{}", shown(), rendered.text).into());
    }
    match &found.fix {
        Some(fix) => is_mended(row, rendered, found, fix, &findings),
        // A block of the data source is not taken out.
        None if FIXED.contains(&&*row.id) && (rendered.is_json || row.id != "statement-duplicate") => {
            Err(format!("no fix\n{}\n{}", shown(), rendered.text).into())
        }
        None => Ok(()),
    }
}

/// The checks whose meaning is certain enough for a fix, in every form in which they can be written.
const FIXED: [&str; 16] = [
    "element-case",
    "statement-single-object",
    "version-missing",
    "version-invalid",
    "effect-invalid",
    "principal-type-case",
    "principal-service-misspelt",
    "principal-duplicate",
    "action-unknown",
    "action-case",
    "action-duplicate",
    "resource-redundant",
    "condition-operator-unknown",
    "condition-operator-case",
    "condition-key-unknown-kms",
    "statement-duplicate",
];

/// A fix takes its finding away, and brings no error of another rule.
fn is_mended(row: &Row, rendered: &Rendered, found: &Finding, fix: &Fix, before: &[Finding]) -> Result<(), Failed> {
    let text = apply(&rendered.text, &fix.edits);
    let (_, after) = findings(row, &Rendered { text: text.clone(), ..rendered.clone() })?;
    let count = |list: &[Finding]| list.iter().filter(|finding| finding.rule.id == found.rule.id).count();
    let errors = |list: &[Finding]| -> BTreeSet<&'static str> {
        list.iter().filter(|finding| finding.severity == Severity::Error).map(|finding| finding.rule.id).collect()
    };
    let new: Vec<&str> = errors(&after).difference(&errors(before)).copied().collect();
    match (count(&after) < count(before), new.is_empty()) {
        (true, true) => Ok(()),
        (is_gone, _) => Err(format!("after `{}`: gone is {is_gone}, new are {new:?}\n{text}", fix.title).into()),
    }
}

/// Whether an example says anything about the resource, which a bare document cannot.
fn needs_resource(row: &Row, example: &Example) -> bool {
    row.about_resource().next().is_some() || matches!(example, Example::Request(_))
}
