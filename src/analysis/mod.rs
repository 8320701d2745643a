//! The entry point: subjects and rules in, findings out.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::atomic::AtomicU32,
};

use crate::{
    baseline,
    facts::Facts,
    finding::{Finding, Fingerprint, Label, Meta, Scope},
    fingerprint,
    origin::Address,
    project::{Project, Role, directory},
    rule::Ruleset,
    rules::built_in,
    source::{SourceId, Sources, Span},
    suppression::{self, SuppressionKind, Suppressions},
    terraform::run::{Refusal, RefusalKind},
};

mod fold;
mod json;
mod judge;
mod loaded;
mod precedence;
mod readers;
mod subjects;

use self::{judge::Judge, loaded::Known};
pub use self::{
    loaded::{Loaded, load, load_known},
    subjects::{Subjects, subjects},
};
pub use crate::{subject::UnknownValue, suppression::Suppressed};

/// What one run found, and what it could not see.
#[derive(Debug, Clone, Default)]
pub struct Analysis {
    /// Sorted by path, place and rule.
    pub findings: Vec<Finding>,
    /// Findings that an ignore comment or the configuration answers.
    pub suppressed: Vec<Suppressed>,
    /// Inputs that could not be read or parsed, sorted by path.
    pub incomplete: Vec<Incomplete>,
    /// Values that are not known, where one of them kept something from being judged. Sorted by path and place.
    pub unknowns: Vec<UnknownValue>,
    /// How much was judged.
    pub coverage: Coverage,
    /// JSON files that were read to the end and not judged, and why.
    pub foreign: BTreeMap<SourceId, &'static str>,
    /// Entries of the baseline that no finding has any more. Only those of files that were looked at.
    pub stale: Vec<baseline::Entry>,
    /// How many findings a revision had already: they are not among the others.
    pub unchanged: usize,
}

/// An input that was not looked at in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incomplete {
    /// The path as reports show it.
    pub path: String,
    /// What went wrong, a sentence without capital and full stop: `cannot read: permission denied`.
    pub message: String,
    /// Where, if there is a place.
    pub span: Option<Span>,
}

/// How much was looked at, and how much was judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Files that were checked.
    pub files: usize,
    /// Files that were read and are not ours: no Terraform, no request, no policy.
    pub skipped: usize,
    /// Tag maps and tag lists met.
    pub tag_sets: usize,
    /// Those of which every key and value was known.
    pub judged: usize,
    /// Policies of keys and secrets met.
    pub policies: usize,
    /// Those of which everything was known.
    pub policies_judged: usize,
    /// Why the others were not, and how many each reason kept.
    pub unknown: BTreeMap<&'static str, usize>,
    /// Module calls whose code is not here.
    pub modules_not_followed: usize,
}

/// Runs the rules on a project; ignore comments count.
#[must_use]
pub fn analyze(project: &Project, ruleset: &Ruleset, facts: &Facts) -> Analysis {
    analyze_with(project, ruleset, facts, &Suppressions::default())
}

/// Runs the rules on a project, and leaves out what `suppressions` say beside the comments in the code.
#[must_use]
pub fn analyze_with(project: &Project, ruleset: &Ruleset, facts: &Facts, suppressions: &Suppressions) -> Analysis {
    analyze_known(project, ruleset, facts, suppressions, true, Known::default())
}

/// The same; without `fingerprints` findings have none, unless there is a baseline to compare them with. Each is a hash of a text that is
/// searched for secrets first, which costs more than the finding did.
fn analyze_known(
    project: &Project,
    ruleset: &Ruleset,
    facts: &Facts,
    suppressions: &Suppressions,
    fingerprints: bool,
    known: Known,
) -> Analysis {
    let next = AtomicU32::new(known.next);
    let judge = Judge::new(ruleset, facts, &project.sources, &next);
    let mut found = subjects::collect(project, facts, Some(&judge), known);
    let mut findings = std::mem::take(&mut found.findings);
    let mut analysis = Analysis { unknowns: found.unknowns, coverage: found.coverage, incomplete: found.incomplete, ..Analysis::default() };
    for unreadable in &project.unreadable {
        analysis.incomplete.push(Incomplete {
            path: unreadable.path.clone(),
            message: format!("cannot be read: {}", unreadable.message),
            span: None,
        });
    }
    syntax_findings(project, ruleset, &found.foreign, &mut findings, &mut analysis.incomplete);
    analysis.incomplete.extend(unfinished_plans(project));
    refusal_findings(project, ruleset, &found.refusals, &mut findings, &mut analysis.incomplete);
    precedence::yield_to_others(&mut findings);
    // Whether a finding counts is asked of each subject for itself, before the findings of one literal become one.
    let run = suppression::Run { project, ruleset, suppressions, foreign: &found.foreign };
    let (counting, suppressed) = suppression::apply(&run, findings);
    let sources = match &suppressions.file {
        Some(file) => project.sources.with(file.clone()),
        None => project.sources.clone(),
    };
    let (counting, suppressed) = match fingerprints || suppressions.baseline.is_some() {
        true => fingerprinted(counting, suppressed, &sources, project),
        false => (counting, suppressed),
    };
    let (mut counting, mut suppressed) = baselined(counting, suppressed, project, ruleset, suppressions, &mut analysis.stale);
    // Nobody mends a plan: what it was made from is to be changed.
    let is_plan = |finding: &&mut Finding| {
        let document = project.documents.get(finding.primary.span.source.0 as usize);
        document.is_some_and(|document| document.role == Role::Plan)
    };
    counting.iter_mut().filter(is_plan).for_each(|finding| finding.fix = None);
    found.readers.doubt(&mut counting);
    // What is loaded for the sake of others has had its say: whether a comment is of use, who else reads a literal.
    // A configuration is no source of the project, and always counts.
    let is_shown = |span: Span| span.source.0 as usize >= project.sources.len() || project.is_selected(span.source);
    let is_selected = |finding: &Finding| is_shown(finding.primary.span) || finding.secondary.iter().any(|label| is_shown(label.span));
    counting.retain(is_selected);
    suppressed.retain(|suppressed| is_selected(&suppressed.finding));
    // Files that were read for their text are numbered after those of the walk.
    let path = |id: SourceId| match &suppressions.file {
        Some(file) if file.id() == id => file.path(),
        _ => project.sources.get(id).path(),
    };
    suppressed.sort_by_key(|suppressed| suppressed.kind);
    fold::fold(&mut counting, path, |finding| finding, |finding| finding);
    fold::fold(&mut suppressed, path, |suppressed| &suppressed.finding, |suppressed| &mut suppressed.finding);
    analysis.findings = counting;
    analysis.suppressed = suppressed;
    analysis.foreign = found.foreign;
    analysis.incomplete.sort_by(|a, b| (&a.path, a.span, &a.message).cmp(&(&b.path, b.span, &b.message)));
    analysis
}

/// Gives all findings their fingerprints; those that do not count are numbered with the others.
fn fingerprinted(
    mut counting: Vec<Finding>,
    mut suppressed: Vec<Suppressed>,
    sources: &Sources,
    project: &Project,
) -> (Vec<Finding>, Vec<Suppressed>) {
    let first = counting.len();
    counting.extend(suppressed.iter().map(|suppressed| suppressed.finding.clone()));
    let blocks: RefCell<HashMap<SourceId, Vec<Span>>> = RefCell::default();
    let block = |span: Span| {
        let mut blocks = blocks.borrow_mut();
        let blocks = blocks.entry(span.source).or_insert_with(|| {
            let tree = project.documents.get(span.source.0 as usize).map(|document| &document.tree);
            let children = tree.and_then(|tree| Some(tree.children(tree.root()?).into_iter().map(|block| tree.span(block))));
            children.into_iter().flatten().collect()
        });
        blocks.get(blocks.partition_point(|block| block.end < span.end)).copied().unwrap_or(span)
    };
    fingerprint::assign(&mut counting, sources, block);
    for (suppressed, finding) in suppressed.iter_mut().zip(counting.drain(first..)) {
        suppressed.finding = finding;
    }
    (counting, suppressed)
}

/// Takes out what the baseline knows, and lists its entries that no finding has.
fn baselined(
    counting: Vec<Finding>,
    mut suppressed: Vec<Suppressed>,
    project: &Project,
    ruleset: &Ruleset,
    suppressions: &Suppressions,
    stale: &mut Vec<baseline::Entry>,
) -> (Vec<Finding>, Vec<Suppressed>) {
    let Some(baseline) = suppressions.baseline.as_ref().filter(|_| !suppressions.off) else { return (counting, suppressed) };
    let mut found: BTreeSet<String> = suppressed.iter().map(|suppressed| suppressed.finding.fingerprint.to_string()).collect();
    let mut new = Vec::new();
    for finding in counting {
        match baseline.get(&finding).filter(|_| !suppressions.locked.contains(finding.rule.id)) {
            Some(entry) => {
                found.insert(entry.fp.clone());
                suppressed.push(Suppressed { finding, kind: SuppressionKind::Baseline, by: None, reason: entry.why.clone() });
            }
            None => new.push(finding),
        }
    }
    let paths: BTreeSet<&str> =
        project.sources.iter().filter(|source| project.is_selected(source.id())).map(|source| source.path()).collect();
    let is_here = |path: &str| match &project.shard {
        Some(shard) => shard.has(directory(path)),
        None => true,
    };
    let whole = project.named.contains("");
    let looked_at =
        |entry: &&baseline::Entry| ruleset.has(&entry.rule) && (whole && is_here(&entry.path) || paths.contains(entry.path.as_str()));
    stale.extend(baseline.entries().into_iter().filter(looked_at).filter(|entry| !found.contains(&entry.fp)).cloned());
    (new, suppressed)
}

/// A file that does not parse is a finding, and makes the run incomplete.
fn syntax_findings(
    project: &Project,
    ruleset: &Ruleset,
    foreign: &BTreeMap<SourceId, &'static str>,
    findings: &mut Vec<Finding>,
    incomplete: &mut Vec<Incomplete>,
) {
    for (source, document) in project.sources.iter().zip(&project.documents) {
        if foreign.contains_key(&source.id()) || !project.is_selected(source.id()) || document.tree.problems().is_empty() {
            continue;
        }
        let rule = if document.role.is_json() { &built_in::SYNTAX_JSON } else { &built_in::SYNTAX_HCL };
        for (nth, problem) in document.tree.problems().iter().enumerate() {
            let span = document.tree.span_of(problem.start, problem.end);
            if nth == 0 {
                incomplete.push(Incomplete { path: source.path().to_owned(), message: problem.message.clone(), span: Some(span) });
            }
            if ruleset.has(rule.id) {
                let help = problem.help.map(str::to_owned);
                findings.push(built_in_finding(rule, ruleset, source.path(), span, problem.message.clone(), "here", help));
            }
        }
    }
}

/// Plans that Terraform could not finish: what they lack was not looked at.
fn unfinished_plans(project: &Project) -> impl Iterator<Item = Incomplete> + '_ {
    let plans = project
        .sources
        .iter()
        .zip(&project.documents)
        .filter(|(source, document)| document.plan.as_ref().is_some_and(|plan| plan.is_errored) && project.is_selected(source.id()));
    plans.map(|(source, _)| {
        let message = "Terraform met an error while planning, so that resources may be missing in this plan".to_owned();
        Incomplete { path: source.path().to_owned(), message, span: None }
    })
}

/// What Terraform would refuse. A cycle, and what is too large, make the run incomplete too.
fn refusal_findings(
    project: &Project,
    ruleset: &Ruleset,
    refusals: &[Refusal],
    findings: &mut Vec<Finding>,
    incomplete: &mut Vec<Incomplete>,
) {
    let distinct: BTreeSet<&Refusal> = refusals.iter().collect();
    for Refusal { kind, span, message } in distinct {
        if !project.is_selected(span.source) {
            continue;
        }
        let (rule, label, is_incomplete) = match kind {
            RefusalKind::Expression => (&built_in::TERRAFORM_EXPRESSION, "refused here", false),
            RefusalKind::Cycle => (&built_in::TERRAFORM_CYCLE, "needs itself", true),
            RefusalKind::ModuleArgument => (&built_in::TERRAFORM_MODULE_ARGUMENT, "does not fit", false),
            RefusalKind::TooLarge => (&built_in::TERRAFORM_TOO_LARGE, "not evaluated", true),
        };
        let path = project.sources.get(span.source).path();
        if is_incomplete {
            incomplete.push(Incomplete { path: path.to_owned(), message: message.clone(), span: Some(*span) });
        }
        if ruleset.has(rule.id) {
            findings.push(built_in_finding(rule, ruleset, path, *span, message.clone(), label, None));
        }
    }
}

fn built_in_finding(
    rule: &'static Meta,
    ruleset: &Ruleset,
    path: &str,
    span: Span,
    message: String,
    label: &'static str,
    help: Option<String>,
) -> Finding {
    Finding {
        rule,
        severity: ruleset.severity(rule.id).unwrap_or(rule.severity),
        address: Address(path.into()),
        subject: span,
        calls: std::sync::Arc::default(),
        also: Vec::new(),
        instances: Vec::new(),
        identity: message.clone(),
        message,
        primary: Label { span, text: label.into() },
        secondary: Vec::new(),
        help,
        fix: None,
        source: None,
        scope: Scope::default(),
        fingerprint: Fingerprint::default(),
        secret: false,
    }
}
