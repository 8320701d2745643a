//! One file per format: `write(&Report, &mut dyn Write)`.

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
    /// Columns to wrap and crop at.
    pub width: usize,
    /// Findings below it are counted, not shown.
    pub min_severity: Severity,
    /// List every unknown with its reason and place.
    pub show_unknown: bool,
    /// Leave out the summary.
    pub quiet: bool,
}
