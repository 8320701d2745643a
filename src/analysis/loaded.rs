//! Loading what evaluation reads: which files that are is known once it is evaluated.

use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
    sync::atomic::AtomicU32,
};

use rayon::prelude::*;

use super::{
    Analysis, analyze_known,
    judge::Judge,
    subjects::{Subjects, of_unit},
};
use crate::{
    facts::Facts,
    project::{
        self, Project,
        load::{self, LoadError, LoadSettings},
        module::{Module, Modules},
    },
    rule::Ruleset,
    suppression::Suppressions,
    terraform::{
        Unit,
        run::{Wanted, with_deep_stack},
    },
};

/// How often files that were read may ask for further files.
const ROUNDS: usize = 8;

/// A project, and what was found out while it was loaded.
#[derive(Debug)]
pub struct Loaded<'a> {
    /// What was loaded.
    pub project: Project,
    facts: &'a Facts,
    ruleset: &'a Ruleset,
    known: Known,
}

/// What is wrong in the root modules that were evaluated with all that they read.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// By directory.
    roots: HashMap<String, Subjects>,
    /// The number of the next subject.
    pub(super) next: u32,
}

impl Known {
    /// What is known of a unit. A plan beside the module changes what it has.
    pub(super) fn take(&mut self, unit: &Unit<'_, '_>) -> Option<Subjects> {
        let root = unit.root.filter(|_| unit.plan.is_none())?;
        self.roots.remove(&root.directory)
    }
}

impl Loaded<'_> {
    /// Runs the rules, as [`super::analyze_with`] does. Without `fingerprints` findings have none, unless there is a baseline to compare them
    /// with.
    pub fn analyze(&mut self, suppressions: &Suppressions, fingerprints: bool) -> Analysis {
        analyze_known(&self.project, self.ruleset, self.facts, suppressions, fingerprints, std::mem::take(&mut self.known))
    }
}

/// Loads a project, and the files that its configurations read.
///
/// # Errors
/// As [`load::load`].
pub fn load(paths: &[PathBuf], settings: &LoadSettings, facts: &Facts) -> Result<Project, LoadError> {
    Ok(load_judged(paths, settings, facts, None)?.0)
}

/// The same, with what its evaluation yields and the rules say of that.
///
/// # Errors
/// As [`load::load`].
pub fn load_known<'a>(paths: &[PathBuf], settings: &LoadSettings, facts: &'a Facts, ruleset: &'a Ruleset) -> Result<Loaded<'a>, LoadError> {
    let (project, known) = load_judged(paths, settings, facts, Some(ruleset))?;
    Ok(Loaded { project, facts, ruleset, known })
}

fn load_judged(
    paths: &[PathBuf],
    settings: &LoadSettings,
    facts: &Facts,
    ruleset: Option<&Ruleset>,
) -> Result<(Project, Known), LoadError> {
    let mut project = load::load(paths, settings)?;
    let mut roots = HashMap::new();
    let next = AtomicU32::new(0);
    let mut places = asking(&project);
    for _ in 0..ROUNDS {
        if places.is_empty() {
            break;
        }
        let judge = ruleset.map(|ruleset| Judge::new(ruleset, facts, &project.sources, &next));
        let found = evaluate(&project, facts, &places, judge.as_ref());
        let mut files = BTreeSet::new();
        let mut directories = BTreeSet::new();
        for want in found.iter().flat_map(|root| &root.wanted) {
            match want {
                Wanted::File(path) => files.insert(path.clone()),
                Wanted::Listing(path) => directories.insert(path.clone()),
            };
        }
        load::add_files(&mut project, paths, settings, &files, &directories)?;
        let is_there = |want: &Wanted| match want {
            Wanted::File(path) => project.sources.at(path).is_some(),
            Wanted::Listing(path) => project.listings.contains_key(path),
        };
        places.clear();
        for root in found {
            // What it asked for and got changes what it is.
            if root.wanted.iter().any(is_there) {
                places.insert(root.directory);
            } else {
                roots.insert(root.directory, root.subjects);
            }
        }
    }
    Ok((project, Known { roots, next: next.into_inner() }))
}

/// The directories with files in which one of the functions that read files is called. Only for them is anything evaluated.
fn asking(project: &Project) -> BTreeSet<String> {
    let files = project.sources.iter().zip(&project.documents).filter(|(_, document)| document.role.is_module_file());
    files.filter(|(source, _)| reads_files(source.text())).map(|(source, _)| project::directory(source.path()).to_owned()).collect()
}

/// A root module as its evaluation has it now.
struct Root {
    directory: String,
    subjects: Subjects,
    wanted: BTreeSet<Wanted>,
}

/// Evaluates the root modules that are in these directories or call what is.
fn evaluate(project: &Project, facts: &Facts, places: &BTreeSet<String>, judge: Option<&Judge<'_>>) -> Vec<Root> {
    let modules = Modules::around(project, &places.iter().map(String::as_str).collect());
    let of_root = |root: &&Module<'_>| {
        let (subjects, wanted) = of_unit(Unit { root: Some(root), plan: None }, &modules, facts, judge);
        Root { directory: root.directory.clone(), subjects, wanted }
    };
    with_deep_stack(|| modules.roots().par_iter().map(of_root).collect())
}

/// `file(`, `templatefile(`, `fileset(`, `filebase64(` and the like.
fn reads_files(text: &str) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), "file").any(|at| {
        let rest = text[at + 4..].trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        rest.trim_start().starts_with('(')
    })
}
