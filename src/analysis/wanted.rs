//! Which files evaluation would read.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::Subjects;
use crate::{
    facts::Facts,
    project::{
        self, Project,
        module::{Module, Modules},
    },
    terraform::{
        Evaluation,
        run::{Wanted, with_deep_stack},
    },
};

/// The files that evaluation would read. Only where one of the functions that read files is called is anything evaluated for it.
pub(super) fn files(project: &Project, facts: &Facts) -> BTreeSet<Wanted> {
    let files = project.sources.iter().zip(&project.documents).filter(|(_, document)| document.role.is_module_file());
    let asking: BTreeSet<&str> =
        files.filter(|(source, _)| reads_files(source.text())).map(|(source, _)| project::directory(source.path())).collect();
    if asking.is_empty() {
        return BTreeSet::new();
    }
    let modules = Modules::around(project, &asking);
    let of_root = |root: &&Module<'_>| {
        let evaluation = Evaluation::of(root, &modules, facts, &project.inputs);
        // What is asked for is what judging asks for.
        drop(Subjects::of(&evaluation.resources()));
        evaluation.wanted()
    };
    with_deep_stack(|| {
        modules.roots().par_iter().map(of_root).reduce(BTreeSet::new, |mut all, more| {
            all.extend(more);
            all
        })
    })
}

/// `file(`, `templatefile(`, `fileset(`, `filebase64(` and the like.
fn reads_files(text: &str) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), "file").any(|at| {
        let rest = text[at + 4..].trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        rest.trim_start().starts_with('(')
    })
}
