//! One file per format: `write(&Report, &mut dyn Write)`.

pub mod azure;
pub mod checkstyle;
pub mod concise;
pub mod effective;
mod escape;
pub mod github;
pub mod gitlab;
pub mod grouped;
pub mod human;
pub mod json;
pub mod jsonl;
pub mod junit;
pub mod markdown;
mod place;
pub mod rdjson;
mod rows;
pub mod sarif;
mod shown;
mod snippet;
mod summary;
pub mod tag_page;
mod xml;

use std::{fmt, io, str::FromStr};

use crate::{
    analysis::Analysis,
    finding::{Meta, Severity},
    source::Sources,
};

/// All that a format may show.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The texts that spans point into; configuration files among them.
    pub sources: &'a Sources,
    /// What was found.
    pub analysis: &'a Analysis,
    /// Every rule that was enabled, sorted by id.
    pub rules: &'a [&'static Meta],
    /// Data files and the dates on which they were checked.
    pub data_versions: &'a [(String, String)],
    /// The exit code that the process will have.
    pub exit_code: u8,
    /// What SARIF calls this run, where a tree has several.
    pub category: Option<&'a str>,
    /// The pipeline of Azure that the run is part of.
    pub pipeline: Option<&'a Pipeline>,
    /// Of which repository and revision the tree is, where somebody wants to be told.
    pub revision: Option<&'a Revision>,
    /// How a person should see it.
    pub style: Style,
}

/// A revision of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Where the repository is, without credentials.
    pub repository: String,
    /// The revision's identifier.
    pub id: String,
}

/// What Azure DevOps wants to know of a run before it takes its SARIF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// The number of the pipeline's definition.
    pub definition_id: String,
    /// Its name.
    pub definition_name: String,
    /// The identifier of the job's definition.
    pub phase_id: String,
    /// Its name.
    pub phase_name: String,
}

/// Choices for people; machine formats ignore them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// ANSI colours.
    pub color: bool,
    /// Lines and marks drawn with Unicode; ASCII otherwise.
    pub unicode: bool,
    /// Columns to wrap and crop at.
    pub width: usize,
    /// Findings below it are counted, not shown.
    pub min_severity: Severity,
    /// List every unknown with its reason and place.
    pub show_unknown: bool,
    /// Show also findings that do not count, and why they do not.
    pub show_ignored: bool,
    /// At most so many findings are shown; the others are counted.
    pub max_findings: Option<usize>,
    /// Show how many findings each rule has, in place of the findings.
    pub statistics: bool,
    /// Leave out the summary.
    pub quiet: bool,
}

impl Default for Style {
    /// Plain Unicode, 100 columns, warnings and errors.
    fn default() -> Self {
        Self {
            color: false,
            unicode: true,
            width: 100,
            min_severity: Severity::Warning,
            show_unknown: false,
            show_ignored: false,
            max_findings: None,
            statistics: false,
            quiet: false,
        }
    }
}

/// What a report is written as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Annotated snippets.
    #[default]
    Human,
    /// One line per finding.
    Concise,
    /// One line per finding, under its file.
    Grouped,
    /// All that is known, for programs: `docs/report-v1.schema.json`.
    Json,
    /// The same, one record on each line.
    Jsonl,
    /// SARIF 2.1.0, for code scanning and editors.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab Code Quality.
    Gitlab,
    /// Issues of Azure Pipelines.
    Azure,
    /// JUnit XML.
    Junit,
    /// Checkstyle XML.
    Checkstyle,
    /// Reviewdog, with suggestions.
    Rdjson,
    /// A comment on a pull request.
    Markdown,
}

impl Format {
    /// All formats, in the order in which help lists them.
    pub const ALL: &[Format] = &[
        Format::Human,
        Format::Concise,
        Format::Grouped,
        Format::Json,
        Format::Jsonl,
        Format::Sarif,
        Format::Github,
        Format::Gitlab,
        Format::Azure,
        Format::Junit,
        Format::Checkstyle,
        Format::Rdjson,
        Format::Markdown,
    ];

    /// Whether it shows the fingerprints of findings.
    #[must_use]
    pub fn has_fingerprints(self) -> bool {
        matches!(self, Format::Json | Format::Jsonl | Format::Sarif | Format::Gitlab)
    }

    /// What `--format` calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Concise => "concise",
            Format::Grouped => "grouped",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Azure => "azure",
            Format::Junit => "junit",
            Format::Checkstyle => "checkstyle",
            Format::Rdjson => "rdjson",
            Format::Markdown => "markdown",
        }
    }

    /// Writes `report` in this format.
    ///
    /// # Errors
    /// What `out` fails with; nothing else can fail.
    pub fn write(self, report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        match self {
            Format::Human => human::write(report, out),
            Format::Concise => concise::write(report, out),
            Format::Grouped => grouped::write(report, out),
            Format::Json => json::write(report, out),
            Format::Jsonl => jsonl::write(report, out),
            Format::Sarif => sarif::write(report, out),
            Format::Github => github::write(report, out),
            Format::Gitlab => gitlab::write(report, out),
            Format::Azure => azure::write(report, out),
            Format::Junit => junit::write(report, out),
            Format::Checkstyle => checkstyle::write(report, out),
            Format::Rdjson => rdjson::write(report, out),
            Format::Markdown => markdown::write(report, out),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no format's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no format; the formats are {formats}", formats = names())]
pub struct UnknownFormat(pub String);

fn names() -> String {
    Format::ALL.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ")
}

impl FromStr for Format {
    type Err = UnknownFormat;

    /// Takes the names, and `json-v1` for the version of `json` that there is.
    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let name = if name == "json-v1" { "json" } else { name };
        Format::ALL.iter().copied().find(|format| format.name() == name).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}
