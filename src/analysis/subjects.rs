//! The subjects of a project, and what kept the others from being judged.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use super::{Coverage, Incomplete, json, judge::Judge, loaded::Known, readers::Readers};
use crate::{
    facts::Facts,
    finding::Finding,
    project::{Project, Role, module::Modules},
    source::{SourceId, Span},
    subject::{Subject, SubjectKind, UnknownValue, configuration::Configuration, policy, tags},
    terraform::{
        Evaluated, Evaluation, Unit,
        run::{Refusal, RefusalKind, Wanted, with_deep_stack},
        units,
    },
};

/// The subjects of a project, and what kept the others from being judged.
#[derive(Debug, Default)]
pub struct Subjects {
    /// What rules look at, in the order of the files; what was judged is kept only where a rule asks for all of it.
    pub subjects: Vec<Subject>,
    /// What is not known.
    pub unknowns: Vec<UnknownValue>,
    /// Whether there are tags of which nothing is known.
    has_unseen_tags: bool,
    /// Policies that are not known at all.
    unknown_policies: Vec<UnknownValue>,
    /// What is wrong with those that were judged.
    pub(super) findings: Vec<Finding>,
    /// Which places those that were judged depend on.
    pub(super) readers: Readers,
    /// How much there is, and how much is known.
    pub coverage: Coverage,
    /// JSON files that were not looked at in full.
    pub(super) incomplete: Vec<Incomplete>,
    /// JSON files that are not ours, whatever is wrong with them; and why they are not.
    pub(super) foreign: BTreeMap<SourceId, &'static str>,
    /// Files that Terraform reads for their text: they are judged as what it makes of them.
    read: BTreeSet<SourceId>,
    /// What Terraform would refuse, and what is too large to evaluate.
    pub refusals: Vec<Refusal>,
}

/// The subjects of a project, as far as they are selected.
#[must_use]
pub fn subjects(project: &Project, facts: &Facts) -> Subjects {
    let mut found = collect(project, facts, None, Known::default());
    found.subjects.retain(|subject| project.is_selected(subject.span.source));
    found
}

/// The subjects of a project; with a judge what is wrong with them. What is `known` from loading is not evaluated again.
pub(super) fn collect(project: &Project, facts: &Facts, judge: Option<&Judge<'_>>, mut known: Known) -> Subjects {
    let modules = Modules::of(project);
    let units = units(&modules);
    let known: Vec<Option<Subjects>> = units.iter().map(|unit| known.take(unit)).collect();
    let of_unit = |(unit, known): (&Unit<'_, '_>, Option<Subjects>)| match known {
        Some(known) => known,
        None => of_unit(*unit, &modules, facts, judge).0,
    };
    let mut parts: Vec<Subjects> = with_deep_stack(|| units.par_iter().zip(known).map(of_unit).collect());
    let configuration = judge.filter(|judge| judge.keeps).map(|_| {
        let not_followed = modules.list.iter().any(|module| !module.calls_not_followed.is_empty());
        // A plan does not say how what it holds is written.
        let configurations = parts.iter().zip(&units).filter(|(_, unit)| unit.root.is_some()).map(|(part, _)| part);
        let roots = configurations.map(|part| (part.subjects.as_slice(), !part.has_unseen_tags && !not_followed));
        Configuration::of(roots, project)
    });
    let mut all = Subjects { read: parts.iter_mut().flat_map(|part| std::mem::take(&mut part.read)).collect(), ..Subjects::default() };
    let is_alone = |id: &SourceId| project.document(*id).role == Role::Json && !all.read.contains(id);
    let requests = (0..project.documents.len()).into_par_iter().map(|at| SourceId(at as u32)).filter(is_alone);
    parts.extend(requests.map(|id| settled(project, json::subjects(project, id, facts), judge, false)).collect::<Vec<_>>());
    let read = all.read.iter().filter(|id| project.document(**id).role == Role::Json);
    all.foreign.extend(read.map(|id| (*id, "judged where Terraform reads it")));
    let not_followed = modules.list.iter().flat_map(|module| &module.calls_not_followed);
    all.coverage.modules_not_followed = not_followed.filter(|call| project.is_selected(call.source)).count();
    parts.into_iter().for_each(|part| all.add(part));
    if let (Some(configuration), Some(judge)) = (configuration, judge) {
        let whole = Subjects { subjects: vec![configuration.into_subject()], ..Subjects::default() };
        all.add(settled(project, whole, Some(judge), false));
    }
    all.count_files(project);
    all
}

/// How many resources are looked at together: all of a large configuration take many times its size.
const AT_ONCE: usize = 512;

/// The subjects of a unit, and the files that its evaluation would read.
pub(super) fn of_unit<'p>(
    unit: Unit<'p, 'p>,
    modules: &'p Modules<'p>,
    facts: &'p Facts,
    judge: Option<&Judge<'_>>,
) -> (Subjects, BTreeSet<Wanted>) {
    let evaluation = unit.evaluation(modules, facts);
    let mut found = Subjects::default();
    // Nobody changes a plan.
    let has_others = unit.root.is_some();
    let each = |part: Subjects| found.add(settled(modules.project, part, judge, has_others));
    in_batches(&unit.resources(evaluation.as_ref(), modules, facts), each);
    let Some(evaluation) = evaluation else { return (found, BTreeSet::new()) };
    found.refusals = evaluation.refusals();
    found.read = evaluation.read();
    if found.refusals.iter().any(|refusal| refusal.kind == RefusalKind::Expression)
        && let Some(root) = unit.root
    {
        // What an empty default is refused for, whoever uses the module may give: it counts only where it is refused whatever is given.
        let template = Evaluation::of_template(root, modules, facts, &modules.project.inputs);
        in_batches(&Unit { plan: None, ..unit }.resources(Some(&template), modules, facts), drop);
        let stays: HashSet<Span> = template.refusals().iter().map(|refusal| refusal.span).collect();
        found.refusals.retain(|refusal| refusal.kind != RefusalKind::Expression || stays.contains(&refusal.span));
    }
    (found, evaluation.wanted())
}

/// What there is to judge in resources, a few of them at a time.
fn in_batches(resources: &[Evaluated<'_>], mut each: impl FnMut(Subjects)) {
    let owners = policy::terraform::owners(resources);
    let mut order: Vec<u32> = (0..resources.len() as u32).collect();
    if order.len() > AT_ONCE {
        // What sets the policy of a key is judged with the key.
        order.sort_unstable_by_key(|at| (owners[*at as usize].unwrap_or(*at), *at));
    }
    let mut rest = order.as_slice();
    while !rest.is_empty() {
        let group = |at: u32| owners[at as usize].unwrap_or(at);
        let full = rest.len().min(AT_ONCE);
        let more = rest[full..].iter().take_while(|at| group(**at) == group(rest[full - 1])).count();
        let (batch, later) = rest.split_at(full + more);
        rest = later;
        let mut found = Subjects::default();
        for at in batch {
            tags::of_resource(&resources[*at as usize], &mut found.subjects, &mut found.unknowns);
        }
        policy::terraform::of_resources(resources, &owners, batch, &mut found.subjects, &mut found.unknown_policies);
        each(found);
    }
}

/// Says where subjects go, counts what of them is known, and has them judged. What `has_others` may be read by others, too.
fn settled(project: &Project, mut part: Subjects, judge: Option<&Judge<'_>>, has_others: bool) -> Subjects {
    part.tally(project);
    if let Some(judge) = judge {
        judge.judge(&mut part, has_others);
    }
    part
}

impl Subjects {
    /// Adds others, which are counted.
    fn add(&mut self, part: Subjects) {
        append(&mut self.subjects, part.subjects);
        append(&mut self.findings, part.findings);
        self.readers.add(part.readers);
        append(&mut self.unknowns, part.unknowns);
        self.has_unseen_tags |= part.has_unseen_tags;
        self.incomplete.extend(part.incomplete);
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

    /// Keeps what is selected, says where it goes, and counts what of it is known.
    fn tally(&mut self, project: &Project) {
        self.subjects.iter_mut().for_each(|subject| subject.place_in(&project.aws, &project.kms));
        self.has_unseen_tags = !self.unknowns.is_empty();
        self.unknowns.retain(|unknown| project.is_selected(unknown.span.source));
        self.unknown_policies.retain(|unknown| project.is_selected(unknown.span.source));
        self.coverage.tag_sets += self.unknowns.len();
        self.coverage.policies += self.unknown_policies.len();
        self.unknowns.append(&mut self.unknown_policies);
        for subject in self.subjects.iter().filter(|subject| project.is_selected(subject.span.source)) {
            let (met, judged, unknown) = match &subject.kind {
                // What is not written is not met.
                SubjectKind::Tags(set) if set.is_absent() => continue,
                SubjectKind::Tags(set) => (&mut self.coverage.tag_sets, &mut self.coverage.judged, tags::first_unknown(set)),
                SubjectKind::Policy(policy) => (&mut self.coverage.policies, &mut self.coverage.policies_judged, policy.first_unknown()),
                SubjectKind::Request(_)
                | SubjectKind::Key(_)
                | SubjectKind::NoTags(_)
                | SubjectKind::Bypass(_)
                | SubjectKind::Configuration(_) => continue,
            };
            *met += 1;
            match unknown {
                None => *judged += 1,
                Some((span, reason)) => self.unknowns.push(UnknownValue { address: subject.address.clone(), span, reason }),
            }
        }
    }

    /// Counts files, and what is not known.
    fn count_files(&mut self, project: &Project) {
        let foreign = self.foreign.keys().filter(|id| project.selected.contains(id) && !self.read.contains(id)).count();
        // A file that is read for its text is checked as a part of what reads it.
        let texts = project.selected.iter().filter(|id| project.document(**id).role == Role::Text).count();
        self.coverage.files = project.selected.len() - foreign - texts;
        self.coverage.skipped = project.skipped + foreign;
        for unknown in &self.unknowns {
            *self.coverage.unknown.entry(unknown.reason).or_default() += 1;
        }
        self.unknowns
            .sort_by_key(|unknown| (unknown.span.source, unknown.span.start, unknown.address.clone(), unknown.span.end, unknown.reason));
        // A resource may have several subjects that one value keeps from being judged.
        self.unknowns.dedup();
    }
}

/// Appends a list that may be large to one that is often empty: then nothing is held twice.
fn append<T>(list: &mut Vec<T>, more: Vec<T>) {
    if list.is_empty() {
        *list = more;
    } else {
        list.extend(more);
    }
}
