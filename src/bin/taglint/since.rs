//! `--changed-since`: what a revision of git had is not reported again.
//!
//! Both sides are analysed as a whole. A finding is reported if one of the lines it is about was changed, or if the other side does not have
//! it: then a value changed on its way there.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use miette::{Diagnostic, Result};
use similar::{DiffOp, TextDiff};
use taglint::{
    analysis::Analysis,
    finding::Finding,
    project::Role,
    source::{SourceId, Sources, Span},
};
use tempfile::TempDir;
use thiserror::Error;

use crate::run::Job;

#[derive(Debug, Error, Diagnostic)]
pub enum SinceError {
    #[error("cannot run git")]
    #[diagnostic(help("`--changed-since` reads the revision with git, which must be installed"))]
    Git(#[source] io::Error),
    #[error("git knows no revision `{revision}` in `{}`", root.display())]
    #[diagnostic(help("a shallow clone has few revisions: fetch it first, for example with `git fetch --depth=1 origin {revision}`"))]
    NoRevision { revision: String, root: PathBuf },
    #[error("git fails: {0}")]
    Fails(String),
    #[error("cannot write the files of the revision")]
    Write(#[source] io::Error),
}

/// Leaves the findings that are new since `revision`; tells how many are not.
pub fn keep_changed(job: &Job, revision: &str, sources: &Sources, analysis: &mut Analysis) -> Result<usize> {
    let root = job.root();
    let old = Old::read(&root, revision)?;
    let (old_sources, old_analysis) = old.analyse(job, &root)?;
    let mut known: HashMap<Key, usize> = HashMap::new();
    for finding in &old_analysis.findings {
        *known.entry(key(finding, old_sources.get(finding.primary.span.source).path(), &old_sources)).or_default() += 1;
    }
    let mut changed = Changed { old: &old, sources, lines: BTreeMap::new() };
    let before = analysis.findings.len();
    analysis.findings.retain(|finding| {
        let path = old.name_of(sources.get(finding.primary.span.source).path());
        let is_known = known.get_mut(&key(finding, path, sources)).is_some_and(|n| {
            let is_left = *n > 0;
            *n = n.saturating_sub(1);
            is_left
        });
        !is_known || std::iter::once(&finding.primary).chain(&finding.secondary).any(|label| changed.touches(label.span))
    });
    Ok(before - analysis.findings.len())
}

/// What makes a finding the same on both sides, wherever its lines are.
type Key = (&'static str, String, String, BTreeSet<String>, String);

fn key(finding: &Finding, path: &str, sources: &Sources) -> Key {
    let addresses = finding.instances.iter().map(|instance| instance.address.to_string()).collect();
    let text = sources.slice(finding.primary.span).split_whitespace().collect::<Vec<_>>().join(" ");
    (finding.rule.id, path.to_owned(), finding.message.clone(), addresses, text)
}

/// The files of a revision that taglint reads.
struct Old {
    directory: TempDir,
    /// Their paths, relative to the tree.
    paths: BTreeSet<String>,
    /// What files of today were called, where git sees that they were renamed.
    renamed: HashMap<String, String>,
}

impl Old {
    fn read(root: &Path, revision: &str) -> Result<Self, SinceError> {
        let directory = TempDir::with_prefix("taglint-").map_err(SinceError::Write)?;
        let commit = git(root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")])?;
        let commit = String::from_utf8_lossy(&commit).trim().to_owned();
        if commit.is_empty() {
            return Err(SinceError::NoRevision { revision: revision.to_owned(), root: root.to_path_buf() });
        }
        // The tree may be a part of the repository; paths are relative to it.
        let listed = git(root, &["ls-tree", "-r", "-z", &commit])?;
        let mut wanted: Vec<(String, String)> = Vec::new();
        for entry in listed.split(|byte| *byte == 0) {
            let entry = String::from_utf8_lossy(entry);
            let Some((meta, path)) = entry.split_once('\t') else { continue };
            let mut meta = meta.split(' ');
            if let (Some("100644" | "100755"), Some("blob"), Some(id)) = (meta.next(), meta.next(), meta.next())
                && Role::of(path).is_some()
            {
                wanted.push((path.to_owned(), id.to_owned()));
            }
        }
        write_blobs(root, directory.path(), &wanted)?;
        let renamed = git(root, &["diff", "--name-status", "--find-renames", "--diff-filter=R", "--relative", "-z", &commit])?;
        let renamed: Vec<&[u8]> = renamed.split(|byte| *byte == 0).collect();
        let name = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let renamed = renamed.chunks_exact(3).map(|entry| (name(entry[2]), name(entry[1]))).collect();
        Ok(Self { directory, paths: wanted.into_iter().map(|(path, _)| path).collect(), renamed })
    }

    /// What a file of today was called.
    fn name_of<'p>(&'p self, path: &'p str) -> &'p str {
        self.renamed.get(path).map_or(path, String::as_str)
    }

    /// What the revision had, with the configuration of today.
    fn analyse(&self, job: &Job, root: &Path) -> Result<(Sources, Analysis)> {
        let here = fs::canonicalize(self.directory.path()).map_err(SinceError::Write)?;
        let old = job.moved(root, &here)?;
        if old.group.paths.is_empty() {
            return Ok((Sources::default(), Analysis::default()));
        }
        let (_, sources, analysis) = old.run()?;
        Ok((sources, analysis))
    }
}

/// What git answers in a tree.
pub fn git(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, SinceError> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).stdin(Stdio::null()).output().map_err(SinceError::Git)?;
    // `rev-parse --quiet` says by silence that there is no such revision.
    if output.status.success() || (arguments.contains(&"--quiet") && output.status.code() == Some(1)) {
        return Ok(output.stdout);
    }
    Err(SinceError::Fails(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

/// Writes files of the repository below a directory, all read by one process.
fn write_blobs(root: &Path, directory: &Path, wanted: &[(String, String)]) -> Result<(), SinceError> {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = command.spawn().map_err(SinceError::Git)?;
    let (Some(mut input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
        return Err(SinceError::Fails("it has no pipes".to_owned()));
    };
    let ids: String = wanted.iter().map(|(_, id)| format!("{id}\n")).collect();
    // Git may fill its output before it has read all of its input.
    let writer = thread::spawn(move || input.write_all(ids.as_bytes()));
    let mut output = BufReader::new(output);
    for (path, _) in wanted {
        let mut header = String::new();
        output.read_line(&mut header).map_err(SinceError::Git)?;
        let size = header.trim_end().rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
        let Some(size) = size else { return Err(SinceError::Fails(format!("it does not have {path}"))) };
        let mut bytes = vec![0; size + 1];
        output.read_exact(&mut bytes).map_err(SinceError::Git)?;
        bytes.pop();
        let place = directory.join(path);
        let made = place.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(&place, bytes)).map_err(SinceError::Write)?;
    }
    drop(output);
    drop(writer.join());
    process.wait().map_err(SinceError::Git)?;
    Ok(())
}

/// Which lines were changed, file by file, found when somebody asks.
struct Changed<'a> {
    old: &'a Old,
    sources: &'a Sources,
    lines: BTreeMap<SourceId, Option<BTreeSet<usize>>>,
}

impl Changed<'_> {
    /// Whether a line of `span` is not the same in the revision.
    fn touches(&mut self, span: Span) -> bool {
        let source = self.sources.get(span.source);
        let lines = self.lines.entry(span.source).or_insert_with(|| self.old.changed(source.path(), source.text()));
        let (first, last) = (source.line_of(span.start), source.line_of(span.end.max(span.start + 1) - 1));
        lines.as_ref().is_none_or(|lines| lines.range(first..=last).next().is_some())
    }
}

impl Old {
    /// The lines of a file, from 0, that the revision does not have; `None` for all of them.
    fn changed(&self, path: &str, now: &str) -> Option<BTreeSet<usize>> {
        let path = self.name_of(path);
        if !self.paths.contains(path) {
            // What taglint never reads from a revision, such as its configuration, has no lines to compare.
            return Role::of(path).map_or_else(|| Some(BTreeSet::new()), |_| None);
        }
        let before = fs::read(self.directory.path().join(path)).ok()?;
        let before = String::from_utf8_lossy(&before);
        if before == now {
            return Some(BTreeSet::new());
        }
        let diff = TextDiff::from_lines(before.as_ref(), now);
        let mut lines = BTreeSet::new();
        for op in diff.ops() {
            match op {
                DiffOp::Equal { .. } | DiffOp::Delete { .. } => {}
                DiffOp::Insert { new_index, new_len, .. } | DiffOp::Replace { new_index, new_len, .. } => {
                    lines.extend(*new_index..new_index + new_len);
                }
            }
        }
        Some(lines)
    }
}
