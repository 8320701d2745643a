//! Loading what evaluation reads: which files that are is known once it is evaluated.

use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
};

use rayon::prelude::*;

use super::{Analysis, Subjects, analyze_known, of_unit};
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
pub struct Loaded {
    /// What was loaded.
    pub project: Project,
    facts: Facts,
    known: Known,
}

/// The subjects of root modules that were evaluated with all that they read, by directory.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<String, Subjects>);

impl Known {
    /// What is known of a unit. A plan beside the module changes what it has.
    pub(super) fn take(&mut self, unit: &Unit<'_, '_>) -> Option<Subjects> {
        let root = unit.root.filter(|_| unit.plan.is_none())?;
        self.0.remove(&root.directory)
    }
}

impl Loaded {
    /// Runs the rules, as [`super::analyze_with`] does. Without `fingerprints` findings have none, unless there is a baseline to compare them
    /// with.
    pub fn analyze(&mut self, ruleset: &Ruleset, suppressions: &Suppressions, fingerprints: bool) -> Analysis {
        analyze_known(&self.project, ruleset, &self.facts, suppressions, fingerprints, std::mem::take(&mut self.known))
    }
}

/// Loads a project, and the files that its configurations read.
///
/// # Errors
/// As [`load::load`].
pub fn load(paths: &[PathBuf], settings: &LoadSettings, facts: &Facts) -> Result<Project, LoadError> {
    Ok(load_known(paths, settings, facts)?.project)
}

/// The same, with what its evaluation yields.
///
/// # Errors
/// As [`load::load`].
pub fn load_known(paths: &[PathBuf], settings: &LoadSettings, facts: &Facts) -> Result<Loaded, LoadError> {
    let mut project = load::load(paths, settings)?;
    let mut known = HashMap::new();
    let mut places = asking(&project);
    for _ in 0..ROUNDS {
        if places.is_empty() {
            break;
        }
        let found = evaluate(&project, facts, &places);
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
                known.insert(root.directory, root.subjects);
            }
        }
    }
    Ok(Loaded { project, facts: facts.clone(), known: Known(known) })
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
fn evaluate(project: &Project, facts: &Facts, places: &BTreeSet<String>) -> Vec<Root> {
    let modules = Modules::around(project, &places.iter().map(String::as_str).collect());
    let of_root = |root: &&Module<'_>| {
        let (subjects, wanted) = of_unit(Unit { root: Some(root), plan: None }, &modules, facts);
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
