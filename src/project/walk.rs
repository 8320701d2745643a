//! Finds what is to be checked.
//!
//! The walk stays in the tree, whatever links say, and leaves out what is hidden, ignored by `.gitignore` or excluded.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    fs, io,
    path::{MAIN_SEPARATOR, Path, PathBuf},
    rc::Rc,
};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use globset::{Glob, GlobSet, GlobSetBuilder};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use walkdir::{DirEntry, WalkDir};

use super::{LeftOut, Role, Unreadable};
use crate::config::ConfigError;

/// A file that the walk met and taglint reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// As reports show it: relative to the tree, with `/`.
    pub shown: String,
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub role: Role,
}

/// What a walk met.
#[derive(Debug, Default)]
pub struct Walked {
    /// What taglint reads. In no order.
    pub files: Vec<Found>,
    /// What it would read, but may not or cannot.
    pub left_out: Vec<LeftOut>,
    /// What it has to read and cannot.
    pub unreadable: Vec<Unreadable>,
    /// The directories, as reports show them, in which `terraform init` was run.
    pub initialised: Vec<String>,
}

/// Patterns of paths, each relative to a directory.
#[derive(Debug, Clone, Default)]
pub struct Patterns {
    sets: Vec<(PathBuf, GlobSet)>,
}

impl Patterns {
    /// Adds patterns that are relative to the canonical path `base`.
    ///
    /// # Errors
    /// [`ConfigError::Glob`] where a pattern is too large to match.
    pub fn add(&mut self, base: &Path, globs: impl IntoIterator<Item = Glob>) -> Result<(), ConfigError> {
        let mut set = GlobSetBuilder::new();
        let mut text = String::new();
        for glob in globs {
            text = glob.glob().to_owned();
            set.add(glob);
        }
        let set = set.build().map_err(|source| ConfigError::Glob { glob: text, source, at: None })?;
        if !set.is_empty() {
            self.sets.push((base.to_path_buf(), set));
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// Whether a pattern matches the canonical path `path`.
    #[must_use]
    pub fn matches(&self, path: &Path) -> bool {
        self.sets.iter().any(|(base, set)| path.strip_prefix(base).is_ok_and(|relative| set.is_match(relative)))
    }
}

impl<'a> FromIterator<&'a Patterns> for Patterns {
    fn from_iter<I: IntoIterator<Item = &'a Patterns>>(all: I) -> Self {
        Self { sets: all.into_iter().flat_map(|patterns| patterns.sets.iter().cloned()).collect() }
    }
}

/// How to walk.
#[derive(Debug, Clone, Copy)]
pub struct Walk<'a> {
    /// The canonical path of the tree.
    pub root: &'a Path,
    /// What to leave out.
    pub exclude: &'a Patterns,
    /// What is JSON, whatever its name.
    pub json: &'a Patterns,
}

/// The nearest directory at or above `directory` that version control calls its root.
#[must_use]
pub fn vcs_root(directory: &Path) -> Option<&Path> {
    directory.ancestors().find(|directory| is_vcs_root(directory))
}

fn is_vcs_root(directory: &Path) -> bool {
    VCS.iter().any(|name| directory.join(name).exists())
}

/// What stands in a directory that version control calls its root.
const VCS: [&str; 3] = [".git", ".hg", ".jj"];

/// The directory that `terraform init` makes beside a root module.
const INIT_DIRECTORY: &str = ".terraform";

/// The path that reports show: relative to the tree, with `/`.
#[must_use]
pub fn shown(root: &Path, path: &Path) -> String {
    // Most paths are text; then this costs no look at their components.
    let text = path.to_str().zip(root.to_str()).and_then(|(path, root)| path.strip_prefix(root));
    let text = match text.and_then(|text| if text.is_empty() { Some(text) } else { text.strip_prefix(MAIN_SEPARATOR) }) {
        Some(text) => text.to_owned(),
        None => path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned(),
    };
    if MAIN_SEPARATOR == '/' { text } else { text.replace(MAIN_SEPARATOR, "/") }
}

/// An input or output error in the words of a message.
#[must_use]
pub fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or_default();
            let mut chars = text.chars();
            chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
        }
    }
}

/// A place where a walk begins: the directory that was asked for, or a linked one inside it.
struct Start {
    path: PathBuf,
    ignores: Vec<Level>,
    /// The real directories in which links were followed to come here.
    links: Vec<PathBuf>,
}

/// What one directory of the path says about what is ignored.
#[derive(Clone)]
struct Level {
    depth: usize,
    ignore: Option<Rc<Ignores>>,
    vcs_root: bool,
}

/// What directories say, as far as somebody asked.
#[derive(Default)]
pub(super) struct Levels(HashMap<PathBuf, Level>);

impl Level {
    fn new(depth: usize) -> Self {
        Self { depth, ignore: None, vcs_root: false }
    }

    /// What a directory that is not walked says.
    fn read(directory: &Path) -> Self {
        Self { depth: 0, ignore: read_ignores(&directory.join(".gitignore")), vcs_root: is_vcs_root(directory) }
    }

    /// Takes note of a hidden entry of the directory. The walk meets them before all others.
    fn note(&mut self, entry: &DirEntry) {
        match entry.file_name().to_str() {
            Some(".gitignore") => self.ignore = read_ignores(entry.path()),
            Some(name) if VCS.contains(&name) => self.vcs_root = true,
            Some(_) | None => {}
        }
    }
}

/// What a `.gitignore` says.
struct Ignores {
    patterns: Gitignore,
    /// A word of each pattern: a path that has none of them is not ignored, and this search costs a tenth of asking the patterns.
    words: Option<AhoCorasick>,
    /// The last directory, and whether it has a word: files come one directory after the other.
    last: RefCell<(Vec<u8>, bool)>,
}

impl Ignores {
    fn matched(&self, path: &Path, is_dir: bool) -> ignore::Match<&ignore::gitignore::Glob> {
        let below = path.as_os_str().as_encoded_bytes().get(self.patterns.path().as_os_str().len()..);
        match (&self.words, below) {
            (Some(words), Some(below)) if !self.has_word(words, below) => ignore::Match::None,
            _ => self.patterns.matched(path, is_dir),
        }
    }

    /// A word lies within one part of a path.
    fn has_word(&self, words: &AhoCorasick, path: &[u8]) -> bool {
        let (directory, name) = path.split_at(memchr::memrchr2(b'/', MAIN_SEPARATOR as u8, path).map_or(0, |at| at + 1));
        let mut last = self.last.borrow_mut();
        if last.0 != directory {
            *last = (directory.to_vec(), words.is_match(directory));
        }
        last.1 || words.is_match(name)
    }
}

/// What a `.gitignore` says. A line that is no pattern is left out, as git does.
fn read_ignores(file: &Path) -> Option<Rc<Ignores>> {
    if !file.is_file() {
        return None;
    }
    let text = fs::read(file).ok()?;
    let text = String::from_utf8_lossy(&text);
    let mut builder = GitignoreBuilder::new(file.parent()?);
    for line in text.trim_start_matches('\u{feff}').lines() {
        drop(builder.add_line(None, line));
    }
    // Paths are short: what looks ahead for rare bytes costs more than it saves.
    let search = |words| AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).prefilter(false).build(words).ok();
    let words = words_of(&text).and_then(search);
    builder.build().ok().map(|patterns| Rc::new(Ignores { patterns, words, last: RefCell::default() }))
}

/// A word of each pattern that is in every path that it matches; `None` where a pattern has none.
fn words_of<'t>(text: &'t str) -> Option<Vec<&'t str>> {
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim_end);
    let patterns = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let word = |pattern: &'t str| -> Option<&'t str> {
        // What stands in brackets and braces is a choice, and a backslash makes a character another one.
        let plain = !pattern.contains(['[', '{', '\\', char::REPLACEMENT_CHARACTER]);
        let parts = pattern.trim_start_matches('!').split(['*', '?', '/']);
        parts.max_by_key(|part| part.len()).filter(|part| plain && !part.is_empty())
    };
    patterns.map(word).collect()
}

fn is_hidden(entry: &DirEntry) -> bool {
    name_of(entry).starts_with(b".")
}

/// The bytes of an entry's name. A walk sorts by them: looking at the components of its path costs many times as much.
fn name_of(entry: &DirEntry) -> &[u8] {
    let path = entry.path().as_os_str().as_encoded_bytes();
    memchr::memrchr2(b'/', MAIN_SEPARATOR as u8, path).map_or(path, |at| &path[at + 1..])
}

/// What is hidden comes first: it tells what to ignore. Files may come in any order; of links to one directory the first one counts.
fn order(a: &DirEntry, b: &DirEntry) -> std::cmp::Ordering {
    let class = |entry: &DirEntry| (!is_hidden(entry), !entry.file_type().is_file());
    let of_files = (true, false);
    class(a).cmp(&class(b)).then_with(|| if class(a) == of_files { std::cmp::Ordering::Equal } else { name_of(a).cmp(name_of(b)) })
}

fn is_ignored(levels: &[Level], path: &Path, is_dir: bool) -> bool {
    for level in levels.iter().rev() {
        if let Some(ignore) = &level.ignore {
            let matched = ignore.matched(path, is_dir);
            if !matched.is_none() {
                return matched.is_ignore();
            }
        }
        if level.vcs_root {
            break;
        }
    }
    false
}

impl Walk<'_> {
    /// The role of a file at this path, if taglint reads it.
    #[must_use]
    pub fn role(&self, path: &Path) -> Option<Role> {
        // A role depends on the end of the name only, and looking at components costs.
        let role = path.to_str().map_or_else(|| Role::of(&path.to_string_lossy()), Role::of);
        role.or_else(|| self.json.matches(path).then_some(Role::Json))
    }

    /// Everything at and below a directory of the tree, which is given by its canonical path.
    #[must_use]
    pub fn directory(&self, directory: &Path) -> Walked {
        let mut walked = Walked::default();
        let above: Vec<&Path> = directory.ancestors().skip(1).take_while(|above| above.starts_with(self.root)).collect();
        let ignores = above.into_iter().rev().map(Level::read).collect();
        let mut starts = vec![Start { path: directory.to_path_buf(), ignores, links: Vec::new() }];
        let mut followed = HashSet::new();
        while let Some(start) = starts.pop() {
            self.walk(start, &mut starts, &mut followed, &mut walked);
        }
        walked
    }

    /// The files directly in a directory: those that a walk which comes to it meets. Of one that a walk leaves out itself they are all of them.
    pub(super) fn files_of(&self, directory: &Path, known: &mut Levels) -> Walked {
        let mut walked = Walked::default();
        let levels = self.levels_of(directory, known);
        for entry in WalkDir::new(directory).min_depth(1).max_depth(1).into_iter().flatten() {
            let left_out =
                || levels.as_ref().is_some_and(|levels| self.leaves_out(&entry, false) || is_ignored(levels, entry.path(), false));
            if is_hidden(&entry) {
                self.note_initialised(&entry, &mut walked);
            } else if !entry.file_type().is_dir() && !left_out() && !fs::metadata(entry.path()).is_ok_and(|target| target.is_dir()) {
                self.file(&entry, &mut walked);
            }
        }
        walked
    }

    /// What the directories on the way to one say about what is ignored in it; `None` where a walk does not come to it.
    fn levels_of(&self, directory: &Path, known: &mut Levels) -> Option<Vec<Level>> {
        let mut levels: Vec<Level> = Vec::new();
        let ways: Vec<&Path> = directory.ancestors().take_while(|above| above.starts_with(self.root)).collect();
        for way in ways.into_iter().rev() {
            let hidden = way.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            if way != self.root && (hidden || self.exclude.matches(way) || is_ignored(&levels, way, true)) {
                return None;
            }
            levels.push(known.0.entry(way.to_path_buf()).or_insert_with(|| Level::read(way)).clone());
        }
        Some(levels)
    }

    fn walk(&self, start: Start, starts: &mut Vec<Start>, followed: &mut HashSet<PathBuf>, walked: &mut Walked) {
        let mut levels = start.ignores;
        let above = levels.len();
        let mut entries = WalkDir::new(&start.path).sort_by(order).into_iter();
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().unwrap_or(&start.path);
                    let message = error.io_error().map_or_else(|| error.to_string(), describe);
                    walked.unreadable.push(Unreadable { path: shown(self.root, path), message });
                    continue;
                }
            };
            let depth = entry.depth();
            let kept = levels[above..].iter().take_while(|level| level.depth < depth).count();
            levels.truncate(above + kept);
            let is_dir = entry.file_type().is_dir();
            if depth > 0 && is_hidden(&entry) {
                levels.last_mut().expect("its directory was met").note(&entry);
                self.note_initialised(&entry, walked);
                if is_dir {
                    entries.skip_current_dir();
                }
            } else if depth > 0 && !is_dir && !entry.path_is_symlink() && self.role(entry.path()).is_none() {
                // Nothing that taglint reads, whatever the patterns say.
            } else if depth > 0 && (self.leaves_out(&entry, is_dir) || is_ignored(&levels, entry.path(), is_dir)) {
                if is_dir {
                    entries.skip_current_dir();
                }
            } else if is_dir || depth == 0 {
                levels.push(Level::new(depth));
            } else if let Some(target) = linked_directory(&entry) {
                let here = entry.path().parent().and_then(|parent| fs::canonicalize(parent).ok()).unwrap_or_default();
                let comes_back = start.links.iter().chain([&here]).any(|from| from.starts_with(&target));
                let first = followed.insert(target.clone());
                if !target.starts_with(self.root) {
                    walked.left_out.push(self.left_out(entry.path(), "a link that leads outside the tree"));
                } else if comes_back {
                    walked.left_out.push(self.left_out(entry.path(), "a link to a directory above it"));
                } else if first || start.links.is_empty() {
                    let links = start.links.iter().cloned().chain([here]).collect();
                    starts.push(Start { path: entry.path().to_path_buf(), ignores: levels.clone(), links });
                }
            } else {
                self.file(&entry, walked);
            }
        }
    }

    /// Takes note of what `terraform init` leaves behind.
    fn note_initialised(&self, entry: &DirEntry, walked: &mut Walked) {
        if name_of(entry) == INIT_DIRECTORY.as_bytes()
            && let Some(directory) = entry.path().parent()
        {
            walked.initialised.push(shown(self.root, directory));
        }
    }

    fn leaves_out(&self, entry: &DirEntry, is_dir: bool) -> bool {
        !self.exclude.is_empty() && (is_dir || self.role(entry.path()).is_some()) && self.exclude.matches(entry.path())
    }

    fn left_out(&self, path: &Path, why: &'static str) -> LeftOut {
        LeftOut { path: shown(self.root, path), why }
    }

    /// Sorts an entry that is no directory.
    fn file(&self, entry: &DirEntry, walked: &mut Walked) {
        let path = entry.path();
        let Some(role) = self.role(path) else { return };
        if entry.file_type().is_file() {
            walked.files.push(Found { shown: shown(self.root, path), path: path.to_path_buf(), role });
        } else if entry.file_type().is_symlink() {
            match self.linked_file(path) {
                Ok(()) => walked.files.push(Found { shown: shown(self.root, path), path: path.to_path_buf(), role }),
                Err(why) if role == Role::Json => walked.left_out.push(self.left_out(path, why)),
                Err(why) => walked.unreadable.push(Unreadable { path: shown(self.root, path), message: why.to_owned() }),
            }
        } else {
            walked.left_out.push(self.left_out(path, "not a regular file"));
        }
    }

    /// Whether a link leads to a regular file of the tree, and if not, why it may not be read.
    pub(super) fn linked_file(&self, path: &Path) -> Result<(), &'static str> {
        let target = fs::canonicalize(path).map_err(|_| "a link that leads nowhere")?;
        if !target.starts_with(self.root) {
            return Err("a link that leads outside the tree; `--root` names a larger tree");
        }
        if target.is_file() { Ok(()) } else { Err("not a regular file") }
    }
}

/// The real path of the directory that a link leads to.
fn linked_directory(entry: &DirEntry) -> Option<PathBuf> {
    let target = entry.path_is_symlink().then(|| fs::canonicalize(entry.path()).ok()).flatten()?;
    target.is_dir().then_some(target)
}
