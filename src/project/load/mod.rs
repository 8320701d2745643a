//! Reads what is to be checked: the only place, with the walk, that touches the file system.

mod error;
mod files;
mod installed;
mod scan;
mod select;
mod shard;
mod variables;

use std::{
    borrow::Cow,
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    env,
    ffi::OsString,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use rayon::prelude::*;
use walkdir::WalkDir;

use self::select::{ByPath, Wanted, Wish, select};
pub use self::{
    error::LoadError,
    files::add_files,
    shard::{Shard, ShardOfTree},
    variables::Variables,
};
use super::{
    Document, LeftOut, LocalCall, Project, Role, Unreadable, directory,
    inputs::{Given, GivenKind, Inputs},
    local_calls,
    plan::may_be_plan,
    walk::{Found, Levels, Patterns, Walk, Walked, describe, shown, vcs_root},
};
use crate::{
    config::{AwsConfig, ConfigError, FilesConfig, KmsConfig, RequestFiles, Word},
    facts::{Facts, UserFacts},
    source::{Source, SourceId, Sources},
    syntax::{Input, Tree},
};

/// How far loading has come; another thread may look on.
#[derive(Debug, Default)]
pub struct Progress {
    read: AtomicU64,
    wanted: AtomicU64,
}

impl Progress {
    /// How many files were read, and how many are to be read as far as is known.
    #[must_use]
    pub fn files(&self) -> (u64, u64) {
        (self.read.load(Ordering::Relaxed), self.wanted.load(Ordering::Relaxed))
    }
}

/// What loading needs to know beside the paths.
#[derive(Debug, Clone, Default)]
pub struct LoadSettings {
    /// The tree; without it [`tree_of`] the first path.
    pub root: Option<PathBuf>,
    /// Files and directories that a walk leaves out.
    pub exclude: Patterns,
    /// Files that are requests of an operation, whatever they look like.
    pub requests: Vec<(Patterns, String)>,
    /// Where requests and configurations go.
    pub aws: AwsConfig,
    /// The workspace of Terraform configurations, and tags from the environment of their provider.
    pub inputs: Inputs,
    /// Values for variables, in order: files, and `name` with its value.
    pub variables: Vec<Variables>,
    /// Who sets key policies.
    pub kms: KmsConfig,
    /// The facts that tell which JSON files may be requests; the others are left out, unless they are named. Without facts all are kept.
    pub facts: Option<Facts>,
    /// Where to count what is read.
    pub progress: Option<Arc<Progress>>,
    /// The part of the directories that is checked; without it, all.
    pub shard: Option<ShardOfTree>,
    /// Texts that stand in for files: an editor's buffers, or standard input. The files need not exist.
    pub overlay: BTreeMap<PathBuf, Arc<Vec<u8>>>,
}

impl LoadSettings {
    /// Leaves out what a configuration excludes; its patterns are relative to the canonical path `base`.
    ///
    /// # Errors
    /// [`ConfigError::Glob`] for a pattern that does not parse.
    pub fn exclude(&mut self, base: &Path, files: &FilesConfig) -> Result<(), ConfigError> {
        let globs = files.exclude.iter().map(Word::glob).collect::<Result<Vec<_>, _>>()?;
        self.exclude.add(base, globs)
    }

    /// Takes files for the requests that a configuration says they are.
    ///
    /// # Errors
    /// [`ConfigError::Glob`] for a pattern that does not parse.
    pub fn declare(&mut self, base: &Path, requests: &[RequestFiles]) -> Result<(), ConfigError> {
        for RequestFiles { files, operation } in requests {
            let mut patterns = Patterns::default();
            patterns.add(base, [files.glob()?])?;
            self.requests.push((patterns, operation.to_string()));
        }
        Ok(())
    }
}

/// Where a path really is. Of a link that names a file, only the directories on the way are resolved; of a path that does not exist, what does.
///
/// # Errors
/// [`LoadError::Look`] where the working directory cannot be found.
pub fn locate(path: &Path) -> Result<PathBuf, LoadError> {
    let look = |source| LoadError::Look { path: path.to_path_buf(), source };
    if path.is_dir() {
        return fs::canonicalize(path).map_err(look);
    }
    let absolute = env::current_dir().map_err(look)?.join(path);
    let mut missing = Vec::new();
    for above in absolute.ancestors() {
        if !missing.is_empty()
            && let Ok(real) = fs::canonicalize(above)
        {
            return Ok(missing.into_iter().rev().fold(real, |path, name| path.join(name)));
        }
        missing.extend(above.file_name());
    }
    Ok(absolute)
}

/// The tree that a path lies in: the version control root above it, else the working directory, else its own directory.
///
/// # Errors
/// [`LoadError::Look`] where the working directory cannot be found.
pub fn tree_of(path: &Path) -> Result<PathBuf, LoadError> {
    let place = locate(path)?;
    let directory = if place.is_dir() { place.as_path() } else { place.parent().unwrap_or(&place) };
    if let Some(root) = vcs_root(directory) {
        return Ok(root.to_path_buf());
    }
    let here = locate(Path::new("."))?;
    Ok(if directory.starts_with(&here) { here } else { directory.to_path_buf() })
}

/// A place as reports show it: relative to the tree of these settings.
#[must_use]
pub fn shown_in_tree(settings: &LoadSettings, place: &Path) -> String {
    let shown = settings.root.as_ref().map_or_else(|| place.display().to_string(), |root| shown(root, place));
    if shown == "." { String::new() } else { shown }
}

/// Reads and parses what `paths` name, and what that depends on in the tree.
///
/// A directory is walked; a file is read whatever its name, with its whole module and the modules that call it. A file that cannot be read goes
/// to [`Project::unreadable`], and the rest goes on.
///
/// # Errors
/// [`LoadError`] for a path that does not exist or lies outside the tree.
pub fn load(paths: &[PathBuf], settings: &LoadSettings) -> Result<Project, LoadError> {
    let Some(root) = root_of(paths, settings)? else { return Ok(Project::default()) };
    let json = settings.requests.iter().map(|(patterns, _)| patterns).collect();
    let walk = Walk { root: &root, exclude: &settings.exclude, json: &json };
    let (mut selection, project) = select(paths, settings, walk)?;
    let tree = selection.tree.take();
    let mut loading = Loading {
        walk,
        settings,
        loaded: ByPath::default(),
        whole: selection.modules,
        initialised: selection.initialised,
        calls: BTreeSet::new(),
        project,
    };
    loading.read(selection.files);
    let mut callers = selection.named_modules;
    if !selection.is_tree {
        callers.extend(loading.scan(tree));
    }
    loading.add_callers(callers);
    loading.add_installed();
    loading.add_called();
    let given = loading.add_variables()?;
    Ok(loading.finish(&given))
}

/// Reads the facts in a user's directory: all JSON files at and below it, in path order.
///
/// # Errors
/// [`LoadError::NoFacts`] if it is no directory; [`LoadError::Look`] if a file cannot be read.
pub fn read_facts(base: &Path) -> Result<Vec<UserFacts>, LoadError> {
    if !base.is_dir() {
        return Err(LoadError::NoFacts { path: base.to_path_buf() });
    }
    let mut files = Vec::new();
    for entry in WalkDir::new(base).sort_by_file_name() {
        let look = |path: &Path, source: io::Error| LoadError::Look { path: path.to_path_buf(), source };
        let entry = entry.map_err(|error| look(error.path().unwrap_or(base), io::Error::other(error.to_string())))?;
        let path = entry.path();
        if entry.file_type().is_file() && path.extension().is_some_and(|extension| extension == "json") {
            let bytes = fs::read(path).map_err(|source| look(path, source))?;
            let source = Arc::new(Source::new(SourceId(files.len() as u32), path.display().to_string(), bytes));
            files.push(UserFacts { path: shown(base, path), source });
        }
    }
    Ok(files)
}

/// The files that would be read for their own sake, in path order, as reports show them. None is opened.
///
/// # Errors
/// As [`load`].
pub fn list(paths: &[PathBuf], settings: &LoadSettings) -> Result<Vec<String>, LoadError> {
    let Some(root) = root_of(paths, settings)? else { return Ok(Vec::new()) };
    let json = settings.requests.iter().map(|(patterns, _)| patterns).collect();
    let (selection, _) = select(paths, settings, Walk { root: &root, exclude: &settings.exclude, json: &json })?;
    let files: BTreeSet<String> = selection.files.into_values().map(|file| file.shown).collect();
    Ok(files.into_iter().collect())
}

fn root_of(paths: &[PathBuf], settings: &LoadSettings) -> Result<Option<PathBuf>, LoadError> {
    match (&settings.root, paths.first()) {
        (Some(root), _) if root.is_dir() => locate(root).map(Some),
        (Some(root), _) => Err(LoadError::NoSuchPath { path: root.clone() }),
        (None, Some(path)) => tree_of(path).map(Some),
        (None, None) => Ok(None),
    }
}

/// A project in the making.
struct Loading<'a> {
    walk: Walk<'a>,
    settings: &'a LoadSettings,
    loaded: ByPath<Box<(Wanted, Arc<Source>, Document)>>,
    /// Module directories of which every file is loaded.
    whole: BTreeSet<String>,
    /// The directories met so far in which `terraform init` was run.
    initialised: BTreeSet<String>,
    calls: BTreeSet<LocalCall>,
    project: Project,
}

/// What became of a file.
enum Outcome {
    Read(Arc<Source>, Document, Vec<LocalCall>),
    LeftOut(&'static str),
    Unreadable(String),
}

impl Loading<'_> {
    /// Reads and parses files, in parallel.
    fn read(&mut self, files: ByPath<Wanted>) {
        let files: Vec<(OsString, Wanted)> = files.into_iter().collect();
        let progress = self.settings.progress.as_deref();
        if let Some(progress) = progress {
            progress.wanted.fetch_add(files.len() as u64, Ordering::Relaxed);
        }
        let read = |(path, wanted): &(OsString, Wanted)| {
            let outcome = self.read_one(Path::new(path), wanted);
            if let Some(progress) = progress {
                progress.read.fetch_add(1, Ordering::Relaxed);
            }
            outcome
        };
        let outcomes: Vec<Outcome> = files.par_iter().map(read).collect();
        for ((path, wanted), outcome) in files.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Read(source, document, calls) => {
                    self.calls.extend(calls);
                    self.loaded.insert(path, Box::new((wanted, source, document)));
                }
                Outcome::LeftOut(why) => {
                    self.project.skipped += 1;
                    self.project.left_out.push(LeftOut { path: wanted.shown, why });
                }
                Outcome::Unreadable(message) => self.project.unreadable.push(Unreadable { path: wanted.shown, message }),
            }
        }
    }

    fn read_one(&self, path: &Path, wanted: &Wanted) -> Outcome {
        let read = |content: Cow<'_, [u8]>| {
            let bytes = &*content;
            let named = wanted.wish == Wish::Named;
            let is_json = wanted.role.is_none_or(|role| role == Role::Json);
            if named
                && is_json
                && let Some(why) = foreign(bytes)
            {
                return Outcome::Unreadable(why.to_owned());
            }
            let may_be_plan = is_json && may_be_plan(bytes);
            if !named && is_json && !may_be_plan && !self.walk.json.matches(path) && !self.may_be_ours(&wanted.shown, bytes) {
                return Outcome::LeftOut("not a request or a policy");
            }
            let role = wanted.role.unwrap_or(Role::Json);
            if wanted.role.is_none() && !may_be_plan && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_err() {
                return Outcome::Unreadable(UNKNOWN_KIND.to_owned());
            }
            if u32::try_from(bytes.len()).is_err() {
                return Outcome::Unreadable("it is larger than 4 GiB".to_owned());
            }
            let source = Arc::new(Source::new(SourceId(0), wanted.shown.as_str(), content.into_owned()));
            let document = Document::parse(role, &source);
            let calls = if role.is_module_file() { local_calls(&document.tree, directory(&wanted.shown)) } else { Vec::new() };
            Outcome::Read(source, document, calls)
        };
        match self.settings.overlay.get(path) {
            Some(bytes) => read(Cow::Borrowed(bytes)),
            None => with_content(path, read).unwrap_or_else(|error| Outcome::Unreadable(describe(&error))),
        }
    }

    fn may_be_ours(&self, path: &str, bytes: &[u8]) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.settings.facts.as_ref().is_none_or(|facts| facts.requests().may_be_request(name, bytes))
    }

    /// Loads the given modules and, transitively, those that call them.
    fn add_callers(&mut self, modules: BTreeSet<String>) {
        let reached = self.with_callers(modules);
        self.add_modules(reached);
    }

    /// Modules and, transitively, those that call them.
    fn with_callers(&self, modules: BTreeSet<String>) -> BTreeSet<String> {
        let mut reached = modules.clone();
        let mut next: Vec<String> = modules.into_iter().collect();
        while let Some(module) = next.pop() {
            let callers = self.calls.iter().filter(|call| call.to == module).map(|call| call.from.clone());
            next.extend(callers.filter(|caller| reached.insert(caller.clone())).collect::<Vec<_>>());
        }
        reached
    }

    /// Loads what the loaded modules call, and what that calls.
    fn add_called(&mut self) {
        loop {
            let called = self.calls.iter().filter(|call| self.whole.contains(&call.from) && !self.whole.contains(&call.to));
            let called: BTreeSet<String> = called.map(|call| call.to.clone()).collect();
            if called.is_empty() {
                return;
            }
            self.add_modules(called);
        }
    }

    fn add_modules(&mut self, modules: BTreeSet<String>) {
        let mut wanted = ByPath::default();
        let mut levels = Levels::default();
        for module in modules {
            let place = self.walk.root.join(&module);
            let is_inside = fs::canonicalize(&place).is_ok_and(|real| real.starts_with(self.walk.root));
            if !self.whole.insert(module) || !is_inside {
                continue;
            }
            let Walked { files, left_out, unreadable, initialised } = self.walk.files_of(&place, &mut levels);
            self.initialised.extend(initialised);
            self.project.left_out.extend(left_out);
            self.project.unreadable.extend(unreadable);
            for Found { shown, path, role } in files {
                if role != Role::Json && !self.loaded.contains_key(path.as_os_str()) {
                    wanted.insert(path.into_os_string(), Wanted { shown, role: Some(role), wish: Wish::Needed });
                }
            }
        }
        self.read(wanted);
    }

    /// Numbers the sources in path order.
    fn finish(self, given: &[(OsString, GivenKind)]) -> Project {
        let mut project = self.project;
        let mut loaded: Vec<_> = self.loaded.into_iter().collect();
        loaded.sort_by(|(a_path, a), (b_path, b)| a.0.shown.cmp(&b.0.shown).then_with(|| a_path.cmp(b_path)));
        let mut list = Vec::with_capacity(loaded.len());
        let mut ids = BTreeMap::new();
        for (at, (path, loaded)) in loaded.into_iter().enumerate() {
            let (wanted, source, document) = *loaded;
            let id = SourceId(at as u32);
            if given.iter().any(|(key, _)| *key == path) {
                ids.insert(path.clone(), id);
            }
            let (role, plan) = (document.role, document.plan);
            let (nodes, problems) = document.tree.into_parts();
            let source = Arc::new(Arc::into_inner(source).expect("the tree gave its source back").with_id(id));
            project.documents.push(Document { role, tree: Tree::new(Input::File(source.clone()), nodes, problems), plan });
            list.push(source);
            if wanted.wish != Wish::Needed {
                project.selected.insert(id);
            }
            if let Some((_, operation)) = self.settings.requests.iter().find(|(patterns, _)| patterns.matches(Path::new(&path))) {
                project.declared.insert(id, operation.clone());
            }
        }
        project.aws = self.settings.aws.clone();
        project.inputs = self.settings.inputs.clone();
        let numbered = |(key, kind): &(OsString, GivenKind)| Some(Given { source: *ids.get(key)?, kind: *kind });
        project.inputs.variables = given.iter().filter_map(numbered).collect();
        project.kms = self.settings.kms.clone();
        project.shard = self.settings.shard.clone();
        project.sources = Sources::new(list);
        project.calls = self.calls.into_iter().collect();
        project.left_out.sort();
        project.left_out.dedup();
        project.unreadable.sort_by(|a, b| (&a.path, &a.message).cmp(&(&b.path, &b.message)));
        project.unreadable.dedup();
        project
    }
}

const UNKNOWN_KIND: &str = "neither Terraform nor JSON; taglint reads .tf, .tofu, .tfvars and .json files, and others that hold JSON";

/// Why a file that the user named is not for taglint, where its content shows it.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    let has = |word: &str| memchr::memmem::find(bytes, word.as_bytes()).is_some();
    if bytes.starts_with(b"PK\x03\x04") {
        Some("a saved plan or another archive; `terraform show -json` writes a plan that taglint reads")
    } else if memchr::memchr(0, bytes).is_some() {
        Some("a binary file; taglint reads UTF-8 text")
    } else if may_be_plan(bytes) {
        None
    } else if has("\"@level\"") && has("\"@message\"") {
        Some("a log of Terraform; `terraform show -json` writes a plan that taglint reads")
    } else if has("\"terraform_version\"") && (has("\"lineage\"") || (has("\"format_version\"") && has("\"values\""))) {
        Some("a Terraform state; name the directory of its configuration instead")
    } else {
        None
    }
}

/// Reads a file into a buffer that the next one reuses: most JSON files are looked at and dropped. A large file gets a buffer of its own.
fn with_content<T>(path: &Path, use_bytes: impl FnOnce(Cow<'_, [u8]>) -> T) -> io::Result<T> {
    const FIRST: usize = 64 << 10;
    const KEPT: usize = 1 << 20;
    thread_local! {
        static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }
    let mut file = fs::File::open(path)?;
    let mut buffer = BUFFER.take();
    let mut filled = 0;
    loop {
        if filled == KEPT {
            // Exactly as large as the file, so that the text is held once.
            let size = file.metadata().map_or(0, |metadata| usize::try_from(metadata.len()).unwrap_or(0));
            let mut own = Vec::with_capacity(size.max(filled));
            own.extend_from_slice(&buffer);
            BUFFER.set(buffer);
            file.read_to_end(&mut own)?;
            return Ok(use_bytes(Cow::Owned(own)));
        }
        if filled == buffer.len() {
            buffer.resize((filled * 2).max(FIRST), 0);
        }
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let result = use_bytes(Cow::Borrowed(&buffer[..filled]));
    BUFFER.set(buffer);
    Ok(result)
}
