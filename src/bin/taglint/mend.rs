//! `--fix`, `--diff` and `--add-ignore`: edits made in memory, analysed again until nothing changes, and written file by file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use miette::{Diagnostic, Result};
use similar::TextDiff;
use taglint::{
    analysis::Analysis,
    fix::{self, Edit, Safety},
    mask::Masker,
    project::Project,
    repair::{self, Left, Plan},
    source::{Source, SourceId, Sources},
};
use thiserror::Error;

use crate::run::Job;

/// How often fixes of fixes are made.
const MOST_ROUNDS: usize = 10;

#[derive(Debug, Error, Diagnostic)]
enum WriteError {
    #[error("cannot write `{path}`; it is as it was")]
    Write { path: String, source: io::Error },
}

/// What to do to the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mend<'a> {
    /// Make the fixes up to this safety.
    Fix(Safety),
    /// Write an ignore comment for every finding, with a reason.
    Ignore(Option<&'a str>),
}

/// A file that would change.
struct Changed {
    path: PathBuf,
    shown: String,
    before: Vec<u8>,
    after: Vec<u8>,
    /// What findings say is a secret in it, whatever it looks like.
    secrets: BTreeSet<String>,
}

/// What was done, in memory.
#[derive(Default)]
pub struct Mended {
    files: BTreeMap<PathBuf, Changed>,
    /// Findings that were answered.
    pub answered: usize,
    /// Findings that could not be, and why.
    left: BTreeMap<Left, usize>,
    is_stable: bool,
}

/// Edits in memory until nothing changes any more. Afterwards the jobs see the edited texts.
pub fn mend(jobs: &mut [Job], what: Mend<'_>) -> Result<Mended> {
    let mut mended = Mended::default();
    // A file that an edit has broken is given back, and left alone from then on.
    let mut frozen: BTreeSet<PathBuf> = BTreeSet::new();
    for _ in 0..MOST_ROUNDS {
        mended.left.clear();
        let mut edited: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
        let mut names: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
        for job in jobs.iter_mut() {
            let (project, sources, analysis) = job.run()?;
            let plan = plan(job, &project, &sources, &analysis, what);
            for (why, n) in plan.left {
                *mended.left.entry(why).or_default() += n;
            }
            mended.answered += plan.answered;
            if plan.edits.is_empty() {
                continue;
            }
            // Links may give one file several names: it is edited under one of them, and all of them are seen edited.
            for source in sources.iter() {
                let name = job.root().join(source.path());
                names.entry(real(&name)).or_default().insert(name);
            }
            for (id, edits) in plan.edits {
                let source = sources.get(id);
                let path = real(&job.root().join(source.path()));
                if !frozen.contains(&path) && !edited.contains_key(&path) {
                    let shown = path.strip_prefix(job.root()).map_or(source.path().into(), Path::to_string_lossy).replace('\\', "/");
                    edited.extend(edit(&mut mended, &path, &shown, source, &edits, &mut frozen));
                    if let Some(changed) = mended.files.get_mut(&path) {
                        changed.secrets.extend(secrets(source, &analysis));
                    }
                }
            }
        }
        mended.is_stable = edited.is_empty();
        if mended.is_stable {
            break;
        }
        for (path, bytes) in edited {
            let bytes = Arc::new(bytes);
            for name in names.get(&path).into_iter().flatten().chain([&path]) {
                jobs.iter_mut().for_each(|job| job.edited(name, &bytes));
            }
        }
        if matches!(what, Mend::Ignore(_)) {
            // A comment that does not help now will not help the next time.
            mended.is_stable = true;
            break;
        }
    }
    Ok(mended)
}

/// Where a file is, whatever links lead there.
fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

fn plan(job: &Job, project: &Project, sources: &Sources, analysis: &Analysis, what: Mend<'_>) -> Plan {
    match what {
        Mend::Fix(most) => {
            // Exceptions are edited where the file is one of the tree; its number is the one after the last of the project.
            let in_tree = job.suppressions.file.as_ref().is_some_and(|file| Path::new(file.path()).is_relative());
            let settings = in_tree.then(|| &**sources.get(SourceId(project.sources.len() as u32)));
            repair::fixes(project, settings, analysis, most)
        }
        Mend::Ignore(reason) => repair::add_ignores(project, analysis, &job.suppressions.locked, reason),
    }
}

/// The texts in a file that findings say are secrets, with their quotes: a short one may stand elsewhere too.
fn secrets(source: &Source, analysis: &Analysis) -> Vec<String> {
    let all = analysis.findings.iter().chain(analysis.suppressed.iter().map(|suppressed| &suppressed.finding));
    let here = all.filter(|finding| finding.secret && finding.primary.span.source == source.id());
    here.map(|finding| source.text()[finding.primary.span.range()].to_owned()).collect()
}

/// The new bytes of a file; `None` where the file is not what was analysed, or would no longer parse.
fn edit(
    mended: &mut Mended,
    path: &Path,
    shown: &str,
    source: &Source,
    edits: &[Edit],
    frozen: &mut BTreeSet<PathBuf>,
) -> Option<(PathBuf, Vec<u8>)> {
    let now = match mended.files.get(path) {
        Some(changed) => changed.after.clone(),
        None => fs::read(path).ok()?,
    };
    let after = fix::apply_to_bytes(&now, edits);
    let fits = Source::new(SourceId(0), source.path(), now.clone()).text() == source.text();
    if !fits || !parses(source.path(), &after) || after == now {
        frozen.insert(path.to_path_buf());
        return None;
    }
    let shown = shown.to_owned();
    let changed = mended.files.entry(path.to_path_buf()).or_insert(Changed {
        path: path.to_path_buf(),
        shown,
        before: now,
        after: Vec::new(),
        secrets: BTreeSet::new(),
    });
    changed.after.clone_from(&after);
    Some((path.to_path_buf(), after))
}

/// As long as a text, with the same lines and quotes, and nothing else of it.
fn covered(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\r' | '"') { c } else { '*' }).collect()
}

fn parses(path: &str, bytes: &[u8]) -> bool {
    let project = Project::from_texts([(path.to_owned(), bytes.to_vec())]);
    project.documents.iter().all(|document| document.tree.problems().is_empty())
}

impl Mended {
    /// Whether any file would change.
    pub fn changes(&self) -> bool {
        self.files.values().any(|file| file.before != file.after)
    }

    /// Writes every file that changed: a new file beside the old one, put in its place at once. What stops it half-way leaves whole files.
    pub fn write(&self) -> Result<()> {
        for file in self.files.values().filter(|file| file.before != file.after) {
            replace(&file.path, &file.before, &file.after).map_err(|source| WriteError::Write { path: file.shown.clone(), source })?;
        }
        Ok(())
    }

    /// The changes as one unified diff. Secrets are covered in it as everywhere, so that a diff with secrets does not apply.
    pub fn diff(&self) -> String {
        let mut out = String::new();
        for file in self.files.values().filter(|file| file.before != file.after) {
            let masked = |bytes: &[u8]| {
                let text = Masker::embedded().mask(&String::from_utf8_lossy(bytes)).into_owned();
                file.secrets.iter().fold(text, |text, secret| text.replace(secret.as_str(), &covered(secret)))
            };
            let (before, after) = (masked(&file.before), masked(&file.after));
            let diff = TextDiff::from_lines(before.as_str(), after.as_str());
            let name: String = file.shown.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
            let _ = write!(out, "{}", diff.unified_diff().context_radius(3).header(&format!("a/{name}"), &format!("b/{name}")));
        }
        out
    }

    /// What was done, in a line or a few.
    pub fn summary(&self, would: bool) -> String {
        let files = self.files.values().filter(|file| file.before != file.after).count();
        let count = |n: usize, noun: &str| if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") };
        let verb = if would { "would answer" } else { "answered" };
        let mut text = match files {
            0 => "nothing to change\n".to_owned(),
            _ => format!("{verb} {} in {}\n", count(self.answered, "finding"), count(files, "file")),
        };
        for (why, n) in &self.left {
            let _ = writeln!(text, "{} left {}", count(*n, "finding"), why.as_str());
        }
        if !self.is_stable {
            let _ = writeln!(text, "the fixes still bring new ones after {MOST_ROUNDS} rounds: run again, and report it as a bug");
        }
        text
    }
}

/// Puts new bytes in the place of a file that still has the old ones.
fn replace(path: &Path, before: &[u8], after: &[u8]) -> io::Result<()> {
    if fs::read(path)? != before {
        return Err(io::Error::other("it changed while taglint ran"));
    }
    put(path, after)
}

/// Writes a file beside the place, and puts it there at once: a full disk or a kill leaves what was there. A link stays a link.
pub fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let permissions = fs::metadata(&path).ok().map(|metadata| metadata.permissions());
    if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".taglint-").tempfile_in(directory)?;
    file.write_all(bytes)?;
    match permissions {
        Some(permissions) => file.as_file().set_permissions(permissions)?,
        None => new_file(file.as_file())?,
    }
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}

/// Gives a new file the permissions that files have here; one for a moment has none for others.
#[cfg(unix)]
fn new_file(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn new_file(_: &fs::File) -> io::Result<()> {
    Ok(())
}
