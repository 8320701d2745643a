//! `taglint baseline`

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs, io,
    path::{Path, PathBuf},
};

use miette::{Diagnostic, Result};
use taglint::{
    analysis::Analysis,
    baseline::{Baseline, Entry},
    finding::Finding,
    mask::Masker,
    source::Sources,
};
use thiserror::Error;

use crate::{
    Exit,
    args::{Baseline as Command, BaselineInput},
    run::{Flags, Job, baseline_path, read_baseline},
    settings,
};

/// What the file is called where nothing else is said.
const NAME: &str = "taglint-baseline.json";

#[derive(Debug, Error, Diagnostic)]
enum BaselineFileError {
    #[error("`{}` exists already", .0.display())]
    #[diagnostic(help("`taglint baseline update` adds what is new, `taglint baseline prune` drops what is gone"))]
    Exists(PathBuf),
    #[error("cannot write the baseline `{}`", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("not all inputs could be read, so what is gone from the baseline is not known")]
    #[diagnostic(help("`taglint check` lists them; the baseline is as it was"))]
    Incomplete,
}

pub fn run(command: &Command) -> Result<Exit> {
    match command {
        Command::Create(input) => each(input, true, |path, found| {
            if path.exists() {
                return Err(BaselineFileError::Exists(path.to_path_buf()).into());
            }
            let baseline = found.entries(input.reason.as_deref());
            write(path, &baseline)?;
            let n = baseline.len();
            Ok(format!("wrote `{}` with {}\n", shown(path), entries(n)))
        }),
        Command::Update(input) => each(input, true, |path, found| {
            let mut baseline = read_baseline(path)?;
            let before = baseline.len();
            baseline.add(found.entries(input.reason.as_deref()));
            write(path, &baseline)?;
            Ok(format!("added {} to `{}`, now {}\n", entries(baseline.len() - before), shown(path), baseline.len()))
        }),
        Command::Prune(input) => each(input, false, |path, found| {
            if found.incomplete {
                return Err(BaselineFileError::Incomplete.into());
            }
            let mut baseline = read_baseline(path)?;
            let gone = baseline.retain(|entry| !found.stale.contains(&entry.fp));
            write(path, &baseline)?;
            Ok(format!("dropped {} from `{}`, now {}\n", entries(gone), shown(path), baseline.len()))
        }),
    }
}

/// What the groups of one baseline have found.
#[derive(Default)]
struct Found {
    entries: Vec<Entry>,
    stale: BTreeSet<String>,
    incomplete: bool,
}

impl Found {
    fn add(&mut self, job: &Job, sources: &Sources, analysis: &Analysis) {
        let mask = |text: &str| Masker::embedded().mask(text).into_owned();
        let is_kept = |finding: &&Finding| finding.rule.group() != "syntax" && !job.suppressions.locked.contains(finding.rule.id);
        for finding in analysis.findings.iter().filter(is_kept) {
            let path = mask(sources.get(finding.primary.span.source).path());
            self.entries.extend(finding.instances.iter().map(|instance| Entry {
                path: path.clone(),
                rule: finding.rule.id.to_owned(),
                address: mask(&instance.address.0),
                fp: instance.fingerprint.to_string(),
                why: None,
            }));
        }
        self.stale.extend(analysis.stale.iter().map(|entry| entry.fp.clone()));
        self.incomplete |= !analysis.incomplete.is_empty();
    }

    fn entries(&self, why: Option<&str>) -> Baseline {
        self.entries.iter().map(|entry| Entry { why: why.map(str::to_owned), ..entry.clone() }).collect()
    }
}

/// Runs `what` for each baseline that the inputs have.
fn each(input: &BaselineInput, writes: bool, what: impl Fn(&Path, &Found) -> Result<String>) -> Result<Exit> {
    let flags = Flags { no_ignores: false, baseline: input.baseline.as_deref(), writes_baseline: writes };
    let mut files: BTreeMap<PathBuf, Found> = BTreeMap::new();
    for group in settings::groups(&input.input, None)? {
        let path = baseline_path(&group, flags).unwrap_or_else(|| group.load.root.clone().unwrap_or_default().join(NAME));
        let mut job = Job::new(group, flags)?;
        if !writes && job.suppressions.baseline.is_none() {
            job.suppressions.baseline = Some(read_baseline(&path)?);
        }
        let (_, sources, analysis) = job.run()?;
        files.entry(path).or_default().add(&job, &sources, &analysis);
    }
    let mut incomplete = false;
    for (path, found) in &files {
        crate::report(&what(path, found)?);
        incomplete |= found.incomplete;
    }
    if incomplete {
        crate::report("not all inputs could be read: `taglint check` lists them\n");
        return Ok(Exit::Incomplete);
    }
    Ok(Exit::Clean)
}

/// A new file beside the old one, put in its place at once.
fn write(path: &Path, baseline: &Baseline) -> Result<(), BaselineFileError> {
    let text = baseline.write();
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    crate::mend::put(path, text.as_bytes()).map_err(|source| BaselineFileError::Write { path: path.to_path_buf(), source })
}

/// The file as a person who is here would name it.
fn shown(path: &Path) -> String {
    let here = env::current_dir().ok();
    here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path).display().to_string()
}

/// A literal that reaches several resources has an entry for each.
fn entries(n: usize) -> String {
    if n == 1 { "1 entry".to_owned() } else { format!("{n} entries") }
}
