//! The entry point: subjects and rules in, findings out.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, hash_map::Entry},
    sync::atomic::{AtomicU32, Ordering},
};

use rayon::prelude::*;

use crate::{
    baseline,
    facts::Facts,
    finding::{Finding, Fingerprint, Instance, Label, Meta, Scope},
    fingerprint,
    origin::Address,
    project::{Project, Role, directory, module::Modules},
    rule::Ruleset,
    rules::built_in,
    source::{SourceId, Sources, Span},
    subject::{Subject, SubjectKind, configuration::Configuration, policy, tags},
    suppression::{self, SuppressionKind, Suppressions},
    terraform::{
        Evaluated, Evaluation, Unit,
        run::{Refusal, RefusalKind, Wanted, with_deep_stack},
        units,
    },
};

mod json;
mod loaded;
mod plans;
mod precedence;
mod readers;

use self::loaded::Known;
pub use self::loaded::{Loaded, load, load_known};
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

/// The subjects of a project, and what kept the others from being judged.
#[derive(Debug, Default)]
pub struct Subjects {
    /// What rules look at, in the order of the files.
    pub subjects: Vec<Subject>,
    /// What is not known.
    pub unknowns: Vec<UnknownValue>,
    /// Policies that are not known at all.
    unknown_policies: Vec<UnknownValue>,
    /// What is wrong with subjects that are not kept.
    findings: Vec<Finding>,
    /// Whether they were judged and counted.
    is_judged: bool,
    /// How much there is, and how much is known.
    pub coverage: Coverage,
    /// JSON files that are not ours, whatever is wrong with them; and why they are not.
    foreign: BTreeMap<SourceId, &'static str>,
    /// Files that Terraform reads for their text: they are judged as what it makes of them.
    read: BTreeSet<SourceId>,
    /// What Terraform would refuse, and what is too large to evaluate.
    pub refusals: Vec<Refusal>,
}

impl Subjects {
    /// What there is to judge in resources.
    fn of(resources: &[Evaluated<'_>]) -> Self {
        let mut found = Self::default();
        for resource in resources {
            tags::of_resource(resource, &mut found.subjects, &mut found.unknowns);
        }
        policy::terraform::of_resources(resources, &mut found.subjects, &mut found.unknown_policies);
        found
    }

    /// Adds others, which are counted.
    fn add(&mut self, part: Subjects) {
        self.subjects.extend(part.subjects);
        self.findings.extend(part.findings);
        self.unknowns.extend(part.unknowns);
        self.foreign.extend(part.foreign);
        self.refusals.extend(part.refusals);
        self.coverage.tag_sets += part.coverage.tag_sets;
        self.coverage.judged += part.coverage.judged;
        self.coverage.policies += part.coverage.policies;
        self.coverage.policies_judged += part.coverage.policies_judged;
    }

    /// Why a JSON file is not judged; `None` for one that is.
    #[must_use]
    pub fn left_out(&self, id: SourceId) -> Option<&'static str> {
        self.foreign.get(&id).copied()
    }
}

/// The subjects of a project, as far as they are selected.
#[must_use]
pub fn subjects(project: &Project, facts: &Facts) -> Subjects {
    let mut found = subjects_with(project, facts, false, None, Known::default());
    found.subjects.retain(|subject| project.is_selected(subject.span.source));
    found
}

/// Runs the rules on subjects.
type Check<'a> = dyn Fn(&[Subject]) -> Vec<Finding> + Sync + 'a;

/// The subjects of a project; with `whole` also all configurations together. With `check`, those of plans are judged at once and not kept.
/// What is `known` from loading is not evaluated again.
fn subjects_with(project: &Project, facts: &Facts, whole: bool, check: Option<&Check<'_>>, mut known: Known) -> Subjects {
    let modules = Modules::of(project);
    let units = units(&modules);
    let known: Vec<Option<Subjects>> = units.iter().map(|unit| known.take(unit)).collect();
    let of_unit = |(unit, known): (&Unit<'_, '_>, Option<Subjects>)| match (known, check.filter(|_| unit.root.is_none())) {
        (Some(known), _) => known,
        (None, Some(check)) => plans::judge(*unit, &modules, facts, check),
        (None, None) => of_unit(*unit, &modules, facts).0,
    };
    let mut parts: Vec<Subjects> = with_deep_stack(|| units.par_iter().zip(known).map(of_unit).collect());
    let configuration = whole.then(|| {
        let not_followed = modules.list.iter().any(|module| !module.calls_not_followed.is_empty());
        // A plan does not say how what it holds is written.
        let configurations = parts.iter().zip(&units).filter(|(_, unit)| unit.root.is_some()).map(|(part, _)| part);
        let roots = configurations.map(|part| (part.subjects.as_slice(), part.unknowns.is_empty() && !not_followed));
        Configuration::of(roots, project)
    });
    let mut all = Subjects { read: parts.iter_mut().flat_map(|part| std::mem::take(&mut part.read)).collect(), ..Subjects::default() };
    let is_alone = |id: &SourceId| project.document(*id).role == Role::Json && !all.read.contains(id);
    let requests = (0..project.documents.len()).into_par_iter().map(|at| SourceId(at as u32)).filter(is_alone);
    let of_file = |id| {
        let part = json::subjects(project, id, facts);
        // Nobody else reads the file: once judged, its subjects are of no more use.
        match check {
            Some(check) => judged(project, part, check),
            None => part,
        }
    };
    parts.extend(requests.map(of_file).collect::<Vec<_>>());
    let read = all.read.iter().filter(|id| project.document(**id).role == Role::Json);
    all.foreign.extend(read.map(|id| (*id, "judged where Terraform reads it")));
    let not_followed = modules.list.iter().flat_map(|module| &module.calls_not_followed);
    all.coverage.modules_not_followed = not_followed.filter(|call| project.is_selected(call.source)).count();
    for mut part in parts {
        tally(project, &mut part);
        all.add(part);
    }
    count(project, &mut all);
    all.subjects.extend(configuration.map(Configuration::into_subject));
    all
}

/// The subjects of a unit, and the files that its evaluation would read.
fn of_unit<'p>(unit: Unit<'p, 'p>, modules: &'p Modules<'p>, facts: &'p Facts) -> (Subjects, BTreeSet<Wanted>) {
    let evaluation = unit.evaluation(modules, facts);
    let mut found = of_evaluation(unit, evaluation.as_ref(), modules, facts);
    if found.refusals.iter().any(|refusal| refusal.kind == RefusalKind::Expression)
        && let Some(root) = unit.root
    {
        // What an empty default is refused for, whoever uses the module may give: it counts only where it is refused whatever is given.
        let template = Evaluation::of_template(root, modules, facts, &modules.project.inputs);
        let given = of_evaluation(Unit { plan: None, ..unit }, Some(&template), modules, facts).refusals;
        let stays: HashSet<Span> = given.iter().map(|refusal| refusal.span).collect();
        found.refusals.retain(|refusal| refusal.kind != RefusalKind::Expression || stays.contains(&refusal.span));
    }
    (found, evaluation.map(|evaluation| evaluation.wanted()).unwrap_or_default())
}

fn of_evaluation<'p>(unit: Unit<'p, 'p>, evaluation: Option<&Evaluation<'p>>, modules: &'p Modules<'p>, facts: &'p Facts) -> Subjects {
    let mut found = Subjects::of(&unit.resources(evaluation, modules, facts));
    if let Some(evaluation) = evaluation {
        found.refusals = evaluation.refusals();
        found.read = evaluation.read();
    }
    found
}

/// Judges subjects and lets them go; what is kept is what was found, and how much of it is known.
fn judged(project: &Project, mut part: Subjects, check: &Check<'_>) -> Subjects {
    tally(project, &mut part);
    let findings = check(&part.subjects);
    Subjects { subjects: Vec::new(), findings, is_judged: true, ..part }
}

/// Counts files, and what is not known.
fn count(project: &Project, all: &mut Subjects) {
    let foreign = all.foreign.keys().filter(|id| project.selected.contains(id) && !all.read.contains(id)).count();
    // A file that is read for its text is checked as a part of what reads it.
    let texts = project.selected.iter().filter(|id| project.document(**id).role == Role::Text).count();
    all.coverage.files = project.selected.len() - foreign - texts;
    all.coverage.skipped = project.skipped + foreign;
    for unknown in &all.unknowns {
        *all.coverage.unknown.entry(unknown.reason).or_default() += 1;
    }
    all.unknowns
        .sort_by_key(|unknown| (unknown.span.source, unknown.span.start, unknown.address.clone(), unknown.span.end, unknown.reason));
    // A resource may have several subjects that one value keeps from being judged.
    all.unknowns.dedup();
}

/// Keeps what is selected, says where it goes, and counts what of it is known. What was counted is not counted again.
fn tally(project: &Project, all: &mut Subjects) {
    if all.is_judged {
        return;
    }
    all.subjects.iter_mut().for_each(|subject| subject.place_in(&project.aws, &project.kms));
    all.unknowns.retain(|unknown| project.is_selected(unknown.span.source));
    all.unknown_policies.retain(|unknown| project.is_selected(unknown.span.source));
    all.coverage.tag_sets += all.unknowns.len();
    all.coverage.policies += all.unknown_policies.len();
    all.unknowns.append(&mut all.unknown_policies);
    for subject in all.subjects.iter().filter(|subject| project.is_selected(subject.span.source)) {
        let (met, judged, unknown) = match &subject.kind {
            // What is not written is not met.
            SubjectKind::Tags(set) if set.is_absent() => continue,
            SubjectKind::Tags(set) => (&mut all.coverage.tag_sets, &mut all.coverage.judged, tags::first_unknown(set)),
            SubjectKind::Policy(policy) => (&mut all.coverage.policies, &mut all.coverage.policies_judged, policy.first_unknown()),
            SubjectKind::Request(_)
            | SubjectKind::Key(_)
            | SubjectKind::NoTags(_)
            | SubjectKind::Bypass(_)
            | SubjectKind::Configuration(_) => continue,
        };
        *met += 1;
        match unknown {
            None => *judged += 1,
            Some((span, reason)) => all.unknowns.push(UnknownValue { address: subject.address.clone(), span, reason }),
        }
    }
}

/// Runs the rules on a project; ignore comments count.
#[must_use]
pub fn analyze(project: &Project, ruleset: &Ruleset, facts: &Facts) -> Analysis {
    analyze_with(project, ruleset, facts, &Suppressions::default())
}

/// So few subjects are judged sooner than they are dealt out.
const FEW: usize = 8;

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
    let check = |subjects: &[Subject], first: u32| -> Vec<Finding> {
        let check = |(number, subject): (usize, &Subject)| {
            let mut findings = Vec::new();
            ruleset.check(subject, facts, &project.sources, &mut findings);
            findings.iter_mut().for_each(|finding| finding.scope.subject = Some(first + number as u32));
            findings
        };
        if subjects.len() < FEW {
            return subjects.iter().enumerate().flat_map(check).collect();
        }
        subjects.par_iter().enumerate().flat_map_iter(check).collect()
    };
    // Subjects that are not kept have numbers of their own.
    let next = AtomicU32::new(1 << 31);
    let at_once = |subjects: &[Subject]| check(subjects, next.fetch_add(subjects.len() as u32, Ordering::Relaxed));
    let mut found = subjects_with(project, facts, ruleset.asks_for_whole(), Some(&at_once), known);
    let mut findings = std::mem::take(&mut found.findings);
    findings.extend(check(&found.subjects, 0));
    let mut analysis = Analysis { unknowns: found.unknowns, coverage: found.coverage, ..Analysis::default() };
    for unreadable in &project.unreadable {
        analysis.incomplete.push(Incomplete {
            path: unreadable.path.clone(),
            message: format!("cannot be read: {}", unreadable.message),
            span: None,
        });
    }
    syntax_findings(project, ruleset, &found.foreign, &mut findings, &mut analysis.incomplete);
    analysis.incomplete.extend(plans::errored(project));
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
    readers::doubt(&found.subjects, &mut counting);
    // What is loaded for the sake of others has had its say: whether a comment is of use, who else reads a literal.
    // A configuration is no source of the project, and always counts.
    let is_shown = |span: Span| span.source.0 as usize >= project.sources.len() || project.is_selected(span.source);
    let is_selected = |finding: &Finding| is_shown(finding.primary.span) || finding.secondary.iter().any(|label| is_shown(label.span));
    counting.retain(is_selected);
    suppressed.retain(|suppressed| is_selected(&suppressed.finding));
    analysis.findings = fold(counting, |finding| finding);
    suppressed.sort_by_key(|suppressed| suppressed.kind);
    analysis.suppressed = fold(suppressed, |suppressed| &mut suppressed.finding);
    analysis.foreign = found.foreign;
    // What has these three alike is one finding by now, so that the order is one, in whatever parts the tree is looked at.
    // Files that were read for their text are numbered after those of the walk.
    let path = |span: Span| match &suppressions.file {
        Some(file) if file.id() == span.source => file.path(),
        _ => project.sources.get(span.source).path(),
    };
    let order = |finding: &Finding| (path(finding.primary.span), finding.primary.span, finding.rule.id, finding.message.clone());
    analysis.findings.sort_by_cached_key(order);
    analysis.suppressed.sort_by_cached_key(|suppressed| order(&suppressed.finding));
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

/// One literal that reaches several subjects is one finding: the addresses are listed. Its fingerprint is that of the smallest address, so
/// that no order of the code changes it.
fn fold<T>(items: Vec<T>, finding: impl Fn(&mut T) -> &mut Finding) -> Vec<T> {
    let mut folded: Vec<T> = Vec::with_capacity(items.len());
    let mut known: HashMap<(&'static str, Span, String), usize> = HashMap::new();
    for mut item in items {
        let next = finding(&mut item);
        let instance = Instance { address: next.address.clone(), fingerprint: next.fingerprint };
        match known.entry((next.rule.id, next.primary.span, next.message.clone())) {
            Entry::Occupied(entry) => finding(&mut folded[*entry.get()]).instances.push(instance),
            Entry::Vacant(entry) => {
                entry.insert(folded.len());
                next.instances.push(instance);
                folded.push(item);
            }
        }
    }
    for item in &mut folded {
        let finding = finding(item);
        let mut seen = HashSet::from([finding.address.clone()]);
        let others = finding.instances.iter().map(|instance| &instance.address);
        finding.also = others.filter(|address| seen.insert((*address).clone())).cloned().collect();
        let smallest = finding.instances.iter().min_by(|a, b| a.address.cmp(&b.address));
        finding.fingerprint = smallest.map_or(finding.fingerprint, |instance| instance.fingerprint);
    }
    folded
}
