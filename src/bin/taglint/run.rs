//! One run: every group of inputs loaded, analysed, and joined into one report.

use std::{
    collections::BTreeMap,
    env, fs, io, mem,
    path::{Path, PathBuf},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use miette::{Diagnostic, Result};
use taglint::{
    analysis::{Analysis, load_known},
    baseline::{Baseline, BaselineError},
    config::{Config, Day, IgnoreConfig, Word},
    facts::Facts,
    finding::{Meta, Severity},
    project::{
        Project,
        load::{LoadSettings, locate},
        walk::Patterns,
    },
    rule::Ruleset,
    source::{Source, SourceId, Sources},
    suppression::Suppressions,
};
use thiserror::Error;

use crate::{
    args::{Check, Terminal},
    join::{Part, join},
    settings::{self, Group, Layer, Origin, Standing},
    since, warn,
};

#[derive(Debug, Error, Diagnostic)]
pub enum RunError {
    #[error("cannot read the baseline `{}`", path.display())]
    #[diagnostic(help("`taglint baseline create` writes one"))]
    ReadBaseline { path: PathBuf, source: io::Error },
    #[error("cannot use the baseline `{}`", path.display())]
    Baseline { path: PathBuf, source: BaselineError },
}

/// A group of inputs with all that its analysis needs.
pub struct Job {
    pub group: Group,
    pub load: LoadSettings,
    pub ruleset: Ruleset,
    pub facts: Facts,
    pub suppressions: Suppressions,
    /// Whether anybody asks for the fingerprints of findings.
    pub fingerprints: bool,
}

/// What the flags say about suppressions.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flags<'a> {
    pub no_ignores: bool,
    pub baseline: Option<&'a Path>,
    /// The baseline is about to be written: it need not exist, and nothing is left out for its sake.
    pub writes_baseline: bool,
}

impl Job {
    pub fn new(group: Group, flags: Flags<'_>) -> Result<Self> {
        let ruleset = group.ruleset()?;
        let facts = group.facts()?;
        let load = LoadSettings { facts: Some(facts.clone()), ..group.load.clone() };
        let suppressions = suppressions(&group, flags)?;
        Ok(Self { group, load, ruleset, facts, suppressions, fingerprints: true })
    }

    /// Loads and analyses. Among the sources is the configuration, whose exceptions findings may be about.
    pub fn run(&self) -> Result<(Project, Sources, Analysis)> {
        let mut loaded = load_known(&self.group.paths, &self.load, &self.facts, &self.ruleset)?;
        let file = self.suppressions.file.as_ref().map(|file| {
            let id = SourceId(loaded.project.sources.len() as u32);
            Arc::new(Source::new(id, file.path(), file.text().as_bytes().to_vec()))
        });
        let suppressions = Suppressions { file, ..self.suppressions.clone() };
        let analysis = loaded.analyze(&suppressions, self.fingerprints);
        let project = loaded.project;
        let sources = match suppressions.file {
            Some(file) => project.sources.with(file),
            None => project.sources.clone(),
        };
        Ok((project, sources, analysis))
    }

    /// The same for a copy of the tree: with what of the inputs is there.
    pub fn moved(&self, from: &Path, to: &Path) -> Result<Self> {
        let place = |path: &Path| Some(to.join(locate(path).ok()?.strip_prefix(from).ok()?));
        let paths = self.group.paths.iter().filter_map(|path| place(path)).filter(|path| path.exists()).collect();
        let mut load = LoadSettings {
            root: Some(to.to_path_buf()),
            exclude: Patterns::default(),
            requests: Vec::new(),
            overlay: BTreeMap::new(),
            ..self.load.clone()
        };
        let layers = self.group.layers.iter().map(|layer| {
            let moved = |path: &Path| path.strip_prefix(from).map_or_else(|_| path.to_path_buf(), |rest| to.join(rest));
            Layer { base: moved(&layer.base), patterns: layer.patterns.as_deref().map(moved), ..layer.clone() }
        });
        let layers: Vec<Layer> = layers.collect();
        settings::select_files(&layers, &mut load)?;
        let group = Group { paths, layers, ..self.group.clone() };
        Ok(Self {
            load,
            ruleset: group.ruleset()?,
            facts: self.facts.clone(),
            suppressions: self.suppressions.clone(),
            fingerprints: self.fingerprints,
            group,
        })
    }

    /// Another text stands in for a file from now on. Of the configuration, its exceptions are read again: nothing else of it is edited.
    pub fn edited(&mut self, path: &Path, bytes: &Arc<Vec<u8>>) {
        self.load.overlay.insert(path.to_path_buf(), Arc::clone(bytes));
        let Some(file) = &self.suppressions.file else { return };
        let is_it = fs::canonicalize(self.root().join(file.path())).is_ok_and(|place| place == path);
        let source = Source::new(file.id(), file.path(), bytes.to_vec());
        if is_it && let Ok(config) = Config::parse(source.text()) {
            let inline = self.suppressions.configured.drain(..).filter(|exception| exception.rule.span().is_none());
            self.suppressions.configured = config.ignore.into_iter().chain(inline.collect::<Vec<_>>()).collect();
            self.suppressions.file = Some(Arc::new(source));
        }
    }

    /// The directory that paths in reports are relative to.
    pub fn root(&self) -> PathBuf {
        self.load.root.clone().unwrap_or_default()
    }
}

/// All groups in one.
pub struct Outcome {
    pub sources: Sources,
    pub analysis: Analysis,
    /// Every rule that ran, sorted by id.
    pub rules: Vec<&'static Meta>,
    /// Data files and the dates on which they were checked.
    pub versions: Vec<(String, String)>,
    /// Whether there is a finding that makes the run fail.
    pub fails: bool,
    pub min_severity: Severity,
}

/// Runs all jobs.
pub fn all(jobs: &[Job], check: &Check, terminal: &Terminal) -> Result<Outcome> {
    let mut parts = Vec::new();
    let mut rules: Vec<&'static Meta> = Vec::new();
    let mut versions = Vec::new();
    let mut fails = false;
    let mut min_severity = Severity::Error;
    for job in jobs {
        let (project, sources, mut analysis) = job.run()?;
        tell(&project, &analysis, check, terminal);
        if let Some(revision) = &check.changed_since {
            analysis.unchanged = since::keep_changed(job, revision, &sources, &mut analysis)?;
        }
        let fail_on = job.group.config.fail_on.unwrap_or_default();
        fails |= analysis.findings.iter().any(|finding| fail_on.counts(finding.severity));
        min_severity = min_severity.min(job.group.config.min_severity.unwrap_or(Severity::Warning));
        rules.extend(job.ruleset.metas());
        versions.extend(job.facts.versions());
        if jobs.len() == 1 {
            // The process ends soon: giving the trees back one node at a time would only take time.
            mem::forget(project.documents);
        }
        parts.push(Part { root: job.root(), sources, analysis });
    }
    rules.sort_by_key(|meta| meta.id);
    rules.dedup_by_key(|meta| meta.id);
    versions.sort();
    versions.dedup();
    let (sources, analysis) = join(parts);
    Ok(Outcome { sources, analysis, rules, versions, fails, min_severity })
}

fn suppressions(group: &Group, flags: Flags<'_>) -> Result<Suppressions> {
    let root = group.load.root.clone().unwrap_or_default();
    let mut suppressions =
        Suppressions { off: flags.no_ignores, today: today(), locked: group.enforced.locked(), ..Suppressions::default() };
    for layer in &group.layers {
        if layer.standing != Standing::Own {
            continue;
        }
        let ignores = layer.config.ignore.iter().cloned();
        match &layer.origin {
            Origin::File { file, text, .. } => {
                let path = file.strip_prefix(&root).unwrap_or(file).to_string_lossy().replace('\\', "/");
                suppressions.base = layer.base.strip_prefix(&root).unwrap_or(Path::new("")).to_string_lossy().replace('\\', "/");
                suppressions.file = Some(Arc::new(Source::new(SourceId(0), path, text.clone().into_bytes())));
                suppressions.partial |= !file.starts_with(&root);
                suppressions.configured.extend(ignores);
            }
            // A word of the command line stands in no file.
            Origin::Inline | Origin::Flags => {
                suppressions.partial |= !layer.config.files.exclude.is_empty();
                suppressions.configured.extend(ignores.map(|ignore| IgnoreConfig { rule: Word::from(ignore.rule.as_str()), ..ignore }));
            }
        }
    }
    if !flags.writes_baseline && !flags.no_ignores {
        suppressions.baseline = baseline_path(group, flags).map(|path| read_baseline(&path)).transpose()?;
    }
    Ok(suppressions)
}

/// The file that the flags or the configuration name.
pub fn baseline_path(group: &Group, flags: Flags<'_>) -> Option<PathBuf> {
    let configured = || group.layers.iter().rev().find_map(|layer| Some(layer.base.join(layer.config.baseline.as_ref()?.as_str())));
    flags.baseline.map(Path::to_path_buf).or_else(configured)
}

/// Reads a file of known findings.
pub fn read_baseline(path: &Path) -> Result<Baseline, RunError> {
    let text = fs::read_to_string(path).map_err(|source| RunError::ReadBaseline { path: path.to_path_buf(), source })?;
    Baseline::parse(&text).map_err(|source| RunError::Baseline { path: path.to_path_buf(), source })
}

/// The day of the run. `SOURCE_DATE_EPOCH` sets it, as for other tools whose output must not depend on the clock.
fn today() -> Option<Day> {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|time| time.as_secs());
    let seconds = env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.trim().parse().ok()).or_else(now)?;
    Day::after_epoch(seconds / (24 * 60 * 60))
}

/// What a person should know beside the findings.
fn tell(project: &Project, analysis: &Analysis, check: &Check, terminal: &Terminal) {
    if terminal.verbose {
        for file in &project.left_out {
            crate::report(&format!("left out: {}: {}\n", file.path, file.why));
        }
        for (id, why) in &analysis.foreign {
            crate::report(&format!("left out: {}: {why}\n", project.sources.get(*id).path()));
        }
    }
    if terminal.quiet || !analysis.incomplete.is_empty() {
        return;
    }
    let paths: Vec<String> = settings::paths(&check.input).unwrap_or_default().iter().map(|path| format!("`{}`", path.display())).collect();
    if analysis.coverage.files == 0 {
        let skipped = match analysis.coverage.skipped {
            0 => String::new(),
            1 => ", and the one JSON file there is neither a request nor a policy".to_owned(),
            many => format!(", and the {many} JSON files there are neither requests nor policies"),
        };
        let declare = if analysis.coverage.skipped > 0 { "; `[[requests]]` in taglint.toml says that a file is a request" } else { "" };
        warn(
            &format!(
                "no file to check in {}{skipped}\n  taglint reads .tf, .tofu, .tfvars and .json files that are not hidden, ignored by .gitignore or \
                 excluded\n  name a directory with such files, or a file; `taglint config files` lists what would be checked{declare}",
                paths.join(", ")
            ),
            terminal.color,
        );
    } else if project.selected.iter().all(|id| project.sources.get(*id).text().trim().is_empty()) {
        warn(
            &format!("nothing to check in {}: what is there is empty\n  was the file saved, or another one meant?", paths.join(", ")),
            terminal.color,
        );
    }
}
