//! `taglint check`

use std::{
    fs,
    io::{self, BufWriter, Write},
    mem,
    path::PathBuf,
};

use miette::{Diagnostic, IntoDiagnostic, Result};
use taglint::{
    analysis::{Analysis, analyze},
    config::FailOn,
    finding::{Meta, Severity},
    project::{
        Project,
        load::{LoadSettings, load},
    },
    report::{Report, Style},
};
use thiserror::Error;

use super::Stdout;
use crate::{
    Exit,
    args::{Check, Output, Terminal},
    join::{Part, join},
    settings, terminal, warn,
};

#[derive(Debug, Error, Diagnostic)]
enum OutputError {
    #[error("two outputs go to {0}")]
    #[diagnostic(help("give each `-o` a path of its own: `-o sarif:taglint.sarif -o human`"))]
    SamePlace(String),
    #[error("cannot write `{}`", path.display())]
    Write { path: PathBuf, source: io::Error },
}

pub fn run(check: &Check, terminal: &Terminal) -> Result<Exit> {
    let outputs = outputs(check)?;
    if check.threads > 0 {
        rayon::ThreadPoolBuilder::new().num_threads(check.threads).build_global().into_diagnostic()?;
    }
    let groups = settings::groups(&check.input, Some(&check.settings))?;
    let mut parts = Vec::new();
    let mut rules: Vec<&'static Meta> = Vec::new();
    let mut versions = Vec::new();
    let mut counts = false;
    let mut min_severity = Severity::Error;
    for group in &groups {
        let ruleset = group.ruleset()?;
        let facts = group.facts()?;
        let project = load(&group.paths, &LoadSettings { facts: Some(facts.clone()), ..group.load.clone() })?;
        let analysis = analyze(&project, &ruleset, &facts);
        tell(&project, &analysis, check, terminal);
        let fail_on = group.config.fail_on.unwrap_or_default();
        counts |= fails(&analysis, fail_on);
        min_severity = min_severity.min(group.config.min_severity.unwrap_or(Severity::Warning));
        rules.extend(ruleset.metas());
        versions.extend(facts.versions());
        // The process ends soon: giving the trees back one node at a time would only take time.
        mem::forget(project.documents);
        parts.push(Part { root: group.load.root.clone().unwrap_or_default(), sources: project.sources, analysis });
    }
    rules.sort_by_key(|meta| meta.id);
    rules.dedup_by_key(|meta| meta.id);
    versions.sort();
    versions.dedup();
    let (sources, analysis) = join(parts);
    let exit = match () {
        () if !analysis.incomplete.is_empty() && !check.allow_incomplete => Exit::Incomplete,
        () if counts && !check.exit_zero => Exit::Findings,
        () => Exit::Clean,
    };
    for output in &outputs {
        let style = Style {
            color: output.path.is_none() && terminal::colors(terminal.color, &io::stdout()),
            unicode: output.path.is_some() || terminal::unicode(),
            width: terminal::width(),
            min_severity,
            show_unknown: check.show_unknown,
            quiet: terminal.quiet,
        };
        let report =
            Report { sources: &sources, analysis: &analysis, rules: &rules, data_versions: &versions, exit_code: exit as u8, style };
        write(output, &report)?;
    }
    mem::forget((sources, analysis));
    Ok(exit)
}

fn fails(analysis: &Analysis, fail_on: FailOn) -> bool {
    analysis.findings.iter().any(|finding| fail_on.counts(finding.severity))
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

/// What a person should know beside the findings.
fn tell(project: &Project, analysis: &Analysis, check: &Check, terminal: &Terminal) {
    if terminal.verbose {
        for file in &project.left_out {
            crate::report(&format!("left out: {}: {}\n", file.path, file.why));
        }
        for id in &analysis.foreign {
            crate::report(&format!("left out: {}: not a request or a policy\n", project.sources.get(*id).path()));
        }
    }
    if terminal.quiet || !analysis.incomplete.is_empty() {
        return;
    }
    let paths: Vec<String> = check.input.paths.iter().map(|path| format!("`{}`", path.display())).collect();
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
