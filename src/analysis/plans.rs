//! Plans are judged piece by piece: all subjects of a large one take many times its size.

use super::{Check, Incomplete, Subjects, judged};
use crate::{
    facts::Facts,
    project::{Project, module::Modules},
    subject::policy,
    terraform::{Evaluated, Unit},
};

/// How many resources are judged at a time.
const AT_ONCE: usize = 512;

/// Judges a plan that has no configuration beside it; what is kept is what was found.
pub(super) fn judge<'p>(unit: Unit<'p, 'p>, modules: &'p Modules<'p>, facts: &'p Facts, check: &Check<'_>) -> Subjects {
    let resources = unit.resources(None, modules, facts);
    let groups = policy::terraform::groups(&resources);
    let mut all = Subjects { is_judged: true, ..Subjects::default() };
    let mut batch: Vec<Evaluated<'p>> = Vec::new();
    for group in groups.chunk_by(|(left, _), (right, _)| left == right) {
        batch.extend(group.iter().map(|(_, at)| resources[*at as usize].clone()));
        if batch.len() >= AT_ONCE {
            all.add(judged(modules.project, Subjects::of(&batch), check));
            batch.clear();
        }
    }
    all.add(judged(modules.project, Subjects::of(&batch), check));
    all
}

/// Plans that Terraform could not finish: what they lack was not looked at.
pub(super) fn errored(project: &Project) -> impl Iterator<Item = Incomplete> + '_ {
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
