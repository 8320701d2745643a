//! Files that configurations read with `file`, `templatefile` and their kin: known once evaluation asks for them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use walkdir::WalkDir;

use super::{LoadError, LoadSettings, locate, root_of};
use crate::{
    project::{Document, Project, Role, directory},
    source::{Source, SourceId},
};

/// The longest file that is read for its text.
const MAX_FILE: u64 = 1 << 20;

/// The most names that a listing has.
const MAX_NAMES: usize = 100_000;

/// Adds files and the names below directories, as far as they lie in the tree and are there. Paths are relative to the tree.
///
/// # Errors
/// [`LoadError`] where the tree itself cannot be found.
pub fn add_files(
    project: &mut Project,
    paths: &[PathBuf],
    settings: &LoadSettings,
    files: &BTreeSet<String>,
    directories: &BTreeSet<String>,
) -> Result<(), LoadError> {
    let Some(root) = root_of(paths, settings)? else { return Ok(()) };
    let asked_for: Vec<PathBuf> = paths.iter().filter_map(|path| locate(path).ok()).collect();
    for file in files {
        let Some(place) = inside(&root, file) else { continue };
        let bytes = match settings.overlay.get(&root.join(file)) {
            Some(bytes) => bytes.to_vec(),
            None => {
                match fs::metadata(&place).ok().filter(|data| data.is_file() && data.len() <= MAX_FILE).and_then(|_| fs::read(&place).ok())
                {
                    Some(bytes) => bytes,
                    None => continue,
                }
            }
        };
        let id = SourceId(project.sources.len() as u32);
        let source = Arc::new(Source::new(id, file.as_str(), bytes));
        project.documents.push(Document::parse(Role::Text, &source));
        project.sources.push(source);
        // What a walk finds is the part of whoever has its directory, here and in other workers. Any other text is a part of the modules
        // that read it, which other workers may load, too: there the steps from it to the resource tell whose finding it is.
        let is_elsewhere = settings.shard.as_ref().is_some_and(|shard| Role::of(file).is_none() || !shard.has(directory(file)));
        if !is_elsewhere && asked_for.iter().any(|path| place.starts_with(path)) {
            project.selected.insert(id);
        }
    }
    for listed in directories {
        if let Some(place) = inside(&root, listed)
            && let Some(names) = names(&place)
        {
            project.listings.insert(listed.clone(), names);
        }
    }
    Ok(())
}

/// The place of a path of the tree; `None` where it is not there, or a link leads out of the tree.
fn inside(root: &Path, path: &str) -> Option<PathBuf> {
    fs::canonicalize(root.join(path)).ok().filter(|real| real.starts_with(root))
}

/// The files below a directory, relative to it; `None` where there are too many.
fn names(directory: &Path) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for entry in WalkDir::new(directory).sort_by_file_name().into_iter().filter_map(Result::ok) {
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(directory).ok()?.to_str()?.replace('\\', "/");
            names.push(name);
        }
        if names.len() > MAX_NAMES {
            return None;
        }
    }
    Some(names)
}
