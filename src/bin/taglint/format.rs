//! The formats that a report may have.

use std::io::{self, Write};

use clap::ValueEnum;
use taglint::report::Report;

/// A format of `--format` and `-o`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Human,
}

impl Format {
    /// Whether colours make sense in it.
    pub fn is_for_people(self) -> bool {
        match self {
            Format::Human => true,
        }
    }

    /// Writes a report.
    pub fn write(self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        for finding in &report.analysis.findings {
            writeln!(out, "{}", finding.message)?;
        }
        for incomplete in &report.analysis.incomplete {
            writeln!(out, "{}: {}", incomplete.path, incomplete.message)?;
        }
        if !report.style.quiet {
            writeln!(out, "{} files checked", report.analysis.coverage.files)?;
        }
        Ok(())
    }
}
