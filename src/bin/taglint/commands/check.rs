//! `taglint check`

use std::{
    env, fs,
    io::{self, BufWriter, Write},
    mem,
    path::{Path, PathBuf},
};

use miette::{Diagnostic, IntoDiagnostic, Result};
use taglint::{
    fix::Safety,
    report::{Format, Pipeline, Report, Revision, Style},
};
use thiserror::Error;

use super::Stdout;
use crate::{
    Exit,
    args::{Check, MendArgs, Output, Terminal},
    mend::{self, Mend},
    progress::Bar,
    revision,
    run::{self, Flags, Job, Outcome},
    settings, terminal,
};

#[derive(Debug, Error, Diagnostic)]
enum OutputError {
    #[error("two outputs go to {0}")]
    #[diagnostic(help("give each `-o` a path of its own: `-o sarif:taglint.sarif -o human`"))]
    SamePlace(String),
    #[error("cannot write `{}`", path.display())]
    Write { path: PathBuf, source: io::Error },
}

#[derive(Debug, Error, Diagnostic)]
#[error("standard input cannot be changed")]
#[diagnostic(help("add `--diff` to see what would change, or name the file"))]
struct MendStdin;

pub fn run(check: &Check, terminal: &Terminal) -> Result<Exit> {
    let outputs = outputs(check)?;
    threads(check.threads)?;
    let bar = Bar::start(!check.no_progress && !terminal.quiet);
    let flags = Flags { no_ignores: check.no_ignores, baseline: check.baseline.as_deref(), writes_baseline: false };
    let groups = settings::groups(&check.input, Some(&check.settings))?;
    let mut jobs = groups.into_iter().map(|group| Job::new(group, flags)).collect::<Result<Vec<_>>>()?;
    for job in &mut jobs {
        job.load.progress = Some(bar.progress.clone());
        job.fingerprints = outputs.iter().any(|output| output.format.has_fingerprints());
    }
    let mended = match wanted(&check.mend) {
        Some(_) if check.input.stdin_filename.is_some() && !check.mend.diff => return Err(MendStdin.into()),
        Some(what) => Some(mend::mend(&mut jobs, what)?),
        None => None,
    };
    let outcome = run::all(&jobs, check, terminal)?;
    drop(bar);
    let mut exit = match () {
        () if !outcome.analysis.incomplete.is_empty() && !check.allow_incomplete => Exit::Incomplete,
        () if outcome.fails && !check.exit_zero && !check.mend.fix_only && !check.mend.diff => Exit::Findings,
        () => Exit::Clean,
    };
    if let Some(mended) = &mended {
        if check.mend.diff {
            crate::print(&mended.diff())?;
        } else {
            mended.write()?;
        }
        let counts = (check.mend.diff || check.mend.exit_non_zero_on_fix) && mended.changes() && !check.exit_zero;
        if exit == Exit::Clean && counts {
            exit = Exit::Findings;
        }
        if !terminal.quiet {
            crate::report(&mended.summary(check.mend.diff));
        }
    }
    if !check.mend.diff && !check.mend.fix_only {
        let revision = check.sarif_vcs.then(|| revision::of_tree(&jobs.first()?.root())).flatten();
        report(&outputs, &outcome, exit, check, terminal, revision.as_ref())?;
    }
    mem::forget(outcome);
    Ok(exit)
}

/// What the flags want to be changed.
fn wanted(flags: &MendArgs) -> Option<Mend<'_>> {
    let most = if flags.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
    match &flags.add_ignore {
        Some(reason) => Some(Mend::Ignore(reason.as_deref())),
        None => (flags.fix || flags.fix_only || flags.diff).then_some(Mend::Fix(most)),
    }
}

/// How many threads everything uses; 0 for one per core.
pub fn threads(number: usize) -> Result<()> {
    if number > 0 {
        rayon::ThreadPoolBuilder::new().num_threads(number).build_global().into_diagnostic()?;
    }
    Ok(())
}

/// Writes every output.
fn report(
    outputs: &[Output],
    outcome: &Outcome,
    exit: Exit,
    check: &Check,
    terminal: &Terminal,
    revision: Option<&Revision>,
) -> Result<()> {
    let pipeline = pipeline();
    for output in outputs {
        let style = Style {
            color: output.path.is_none() && terminal::colors(terminal.color, &io::stdout()),
            unicode: output.path.is_some() || terminal::unicode(),
            width: terminal::width(),
            min_severity: outcome.min_severity,
            show_unknown: check.show_unknown,
            show_ignored: check.show_ignored,
            max_findings: check.max_findings,
            statistics: check.statistics,
            quiet: terminal.quiet,
        };
        let report = Report {
            sources: &outcome.sources,
            analysis: &outcome.analysis,
            rules: &outcome.rules,
            data_versions: &outcome.versions,
            exit_code: exit as u8,
            category: check.sarif_category.as_deref(),
            pipeline: pipeline.as_ref(),
            revision,
            style,
        };
        write(output, &report)?;
        if output.format == Format::Github
            && let Some(path) = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty())
        {
            step_summary(Path::new(&path), &report)?;
        }
    }
    Ok(())
}

/// Adds the report to the summary of the job, where GitHub shows more than ten annotations.
fn step_summary(path: &Path, report: &Report<'_>) -> Result<(), OutputError> {
    let file = fs::OpenOptions::new().append(true).create(true).open(path);
    let result = file.map(BufWriter::new).and_then(|mut out| Format::Markdown.write(report, &mut out).and_then(|()| out.flush()));
    result.map_err(|source| OutputError::Write { path: path.to_path_buf(), source })
}

/// The pipeline of Azure that this is a step of.
fn pipeline() -> Option<Pipeline> {
    let read = |name: &str| env::var(name).unwrap_or_default();
    env::var_os("TF_BUILD").map(|_| Pipeline {
        definition_id: read("SYSTEM_DEFINITIONID"),
        definition_name: read("BUILD_DEFINITIONNAME"),
        phase_id: read("SYSTEM_PHASEID"),
        phase_name: read("SYSTEM_PHASENAME"),
    })
}

/// What to write, and where. Standard output takes one format.
fn outputs(check: &Check) -> Result<Vec<Output>, OutputError> {
    let mut outputs = check.output.clone();
    if outputs.is_empty() {
        outputs.push(Output { format: check.format, path: None });
    }
    for (at, output) in outputs.iter().enumerate() {
        if outputs[..at].iter().any(|earlier| earlier.path == output.path) {
            let place = output.path.as_ref().map_or_else(|| "standard output".to_owned(), |path| format!("`{}`", path.display()));
            return Err(OutputError::SamePlace(place));
        }
    }
    Ok(outputs)
}

fn write(output: &Output, report: &Report<'_>) -> Result<()> {
    match &output.path {
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            output.format.write(report, &mut out).and_then(|()| out.flush()).map_err(Stdout)?;
        }
        Some(path) => {
            let result = fs::File::create(path).map(BufWriter::new).and_then(|mut out| {
                output.format.write(report, &mut out)?;
                out.flush()
            });
            result.map_err(|source| OutputError::Write { path: path.clone(), source })?;
        }
    }
    Ok(())
}
