//! Findings that do not count, and by whose word: ignore comments and `[[ignore]]` of the configuration.

mod apply;
mod broken;
mod comment;
mod configured;
mod reach;

use std::{collections::BTreeSet, sync::Arc};

pub(crate) use self::apply::{Run, apply};
pub use self::comment::{Ignore, Until, ignores};
use crate::{
    baseline::Baseline,
    config::{Day, IgnoreConfig},
    finding::Finding,
    source::{Source, Span},
};

/// A finding that does not count, and why.
#[derive(Debug, Clone)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// Who says so.
    pub kind: SuppressionKind,
    /// The comment or the place in the configuration, where there is one.
    pub by: Option<Span>,
    /// What its author wrote.
    pub reason: Option<String>,
}

/// Who says that a finding does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuppressionKind {
    /// A comment beside the code.
    Comment,
    /// `[[ignore]]` in the configuration.
    Config,
    /// The file of known findings.
    Baseline,
}

/// What a run leaves out, beside what comments say.
#[derive(Debug, Clone, Default)]
pub struct Suppressions {
    /// Nothing is left out: no comment, no exception and no baseline holds, and none is judged.
    pub off: bool,
    /// The day of the run; without it nothing expires.
    pub today: Option<Day>,
    /// `[[ignore]]`
    pub configured: Vec<IgnoreConfig>,
    /// The directory that the patterns of `configured` are relative to, relative to the tree.
    pub base: String,
    /// The file that `configured` was read from. Its number is the one after the last of the project.
    pub file: Option<Arc<Source>>,
    /// Whether other runs may need an exception that this one does not: something is left out of it, or the file is for other trees too.
    pub partial: bool,
    /// Rules whose findings always count.
    pub locked: BTreeSet<String>,
    /// Known findings.
    pub baseline: Option<Baseline>,
}
