//! Which files the user asked for.

use std::{
    collections::{BTreeSet, HashMap},
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use super::{LoadError, LoadSettings, locate};
use crate::project::{
    Project, Role, Unreadable, directory,
    walk::{Found, Walk, Walked, describe, shown},
};

/// Why a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// The user named it.
    Named,
    /// It lies in a directory that the user named.
    Walked,
    /// Something selected depends on it.
    Needed,
}

/// A file to read. The role is open where only the content can tell.
#[derive(Debug)]
pub(super) struct Wanted {
    pub shown: String,
    pub role: Option<Role>,
    pub wish: Wish,
}

/// What belongs to files, by path: hashing bytes is cheaper than comparing components.
pub(super) type ByPath<T> = HashMap<OsString, T, foldhash::fast::RandomState>;

/// What the user asked for.
#[derive(Debug, Default)]
pub(super) struct Selection {
    pub files: ByPath<Wanted>,
    /// Whether it is all of the tree.
    pub is_tree: bool,
    /// The files of the tree, where a part of all of them is wanted.
    pub tree: Option<Vec<Found>>,
    /// Module directories that are selected as a whole.
    pub modules: BTreeSet<String>,
    /// Directories in which `terraform init` was run.
    pub initialised: BTreeSet<String>,
    /// Module directories of which a file was named.
    pub named_modules: BTreeSet<String>,
}

/// Sorts out what the paths name; walks the directories.
pub(super) fn select(paths: &[PathBuf], settings: &LoadSettings, walk: Walk<'_>) -> Result<(Selection, Project), LoadError> {
    let mut selection = Selection::default();
    let mut project = Project::default();
    for path in paths {
        let place = locate(path)?;
        let overlaid = settings.overlay.contains_key(&place);
        let kind = if overlaid { Ok(FileKind::File) } else { FileKind::of(&place) };
        let cannot = |message: String| Unreadable { path: shown(walk.root, &place), message };
        match kind {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(LoadError::NoSuchPath { path: path.clone() }),
            Err(error) => project.unreadable.push(cannot(describe(&error))),
            Ok(FileKind::BrokenLink) => project.unreadable.push(cannot("a link that leads nowhere".to_owned())),
            Ok(FileKind::Other) => project.unreadable.push(cannot("not a regular file; pipe it to `-` with `--stdin-filename`".to_owned())),
            Ok(FileKind::Directory | FileKind::File) if !place.starts_with(walk.root) => {
                return Err(LoadError::Outside { path: path.clone(), root: walk.root.to_path_buf() });
            }
            Ok(FileKind::Directory) => {
                selection.is_tree |= place == walk.root;
                project.named.insert(shown(walk.root, &place));
                let Walked { files, left_out, unreadable, initialised } = walk.directory(&place);
                selection.initialised.extend(initialised);
                project.left_out.extend(left_out);
                project.unreadable.extend(unreadable);
                if place == walk.root && settings.shard.is_some() {
                    selection.tree = Some(files.clone());
                }
                selection.files.reserve(files.len());
                let mut last = None;
                for Found { shown, path, role } in files {
                    // A walk comes out of a directory with its files one after the other.
                    if role.is_module_file() && last.as_deref() != Some(directory(&shown)) {
                        last = Some(directory(&shown).to_owned());
                        selection.modules.insert(directory(&shown).to_owned());
                    }
                    selection.files.entry(path.into_os_string()).or_insert(Wanted { shown, role: Some(role), wish: Wish::Walked });
                }
            }
            Ok(FileKind::File) => {
                if !overlaid && let Err(why) = walk.linked_file(&place) {
                    project.unreadable.push(cannot(why.to_owned()));
                    continue;
                }
                let role = walk.role(&place);
                let shown = shown(walk.root, &place);
                if role.is_some_and(|role| role != Role::Json) {
                    selection.named_modules.insert(directory(&shown).to_owned());
                }
                selection.files.insert(place.into_os_string(), Wanted { shown, role, wish: Wish::Named });
            }
        }
    }
    if let Some(shard) = &settings.shard {
        // The rest of the tree is looked at as if the files of this part had been named one by one: who calls their modules is loaded.
        selection.files.retain(|_, file| shard.has(directory(&file.shown)));
        let is_module_file = |file: &&Wanted| file.role.is_some_and(Role::is_module_file);
        selection.modules = selection.files.values().filter(is_module_file).map(|file| directory(&file.shown).to_owned()).collect();
        selection.named_modules.clone_from(&selection.modules);
        selection.is_tree = false;
    }
    Ok((selection, project))
}

/// What a path names.
enum FileKind {
    Directory,
    File,
    BrokenLink,
    Other,
}

impl FileKind {
    fn of(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Ok(FileKind::Directory),
            Ok(found) if found.is_file() => Ok(FileKind::File),
            Ok(_) => Ok(FileKind::Other),
            Err(_) if fs::symlink_metadata(path).is_ok_and(|link| link.is_symlink()) => Ok(FileKind::BrokenLink),
            Err(error) => Err(error),
        }
    }
}
