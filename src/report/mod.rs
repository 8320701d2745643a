//! One file per format: `write(&Report, &mut dyn Write)`.

pub mod concise;
pub mod human;
pub mod json;
mod place;
pub mod sarif;
mod shown;
mod snippet;
mod summary;

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
    /// How a person should see it.
    pub style: Style,
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
    /// Leave out the summary.
    pub quiet: bool,
}

impl Default for Style {
    /// Plain Unicode, 100 columns, warnings and errors.
    fn default() -> Self {
        let min_severity = Severity::Warning;
        Self { color: false, unicode: true, width: 100, min_severity, show_unknown: false, show_ignored: false, quiet: false }
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
    /// All that is known, for programs: `docs/report-v1.schema.json`.
    Json,
    /// SARIF 2.1.0, for code scanning and editors.
    Sarif,
}

impl Format {
    /// All formats, in the order in which help lists them.
    pub const ALL: &[Format] = &[Format::Human, Format::Concise, Format::Json, Format::Sarif];

    /// What `--format` calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Concise => "concise",
            Format::Json => "json",
            Format::Sarif => "sarif",
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
            Format::Json => json::write(report, out),
            Format::Sarif => sarif::write(report, out),
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
#[error("`{0}` is no format; the formats are human, concise, json and sarif")]
pub struct UnknownFormat(pub String);

impl FromStr for Format {
    type Err = UnknownFormat;

    /// Takes the names, and `json-v1` for the version of `json` that there is.
    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let name = if name == "json-v1" { "json" } else { name };
        Format::ALL.iter().copied().find(|format| format.name() == name).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}
