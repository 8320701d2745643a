//! The entry point: subjects and rules in, findings out.

use std::collections::BTreeMap;

use crate::{finding::Finding, origin::Address, source::Span};

/// What one run found, and what it could not see.
#[derive(Debug, Clone, Default)]
pub struct Analysis {
    /// Sorted by path, place and rule.
    pub findings: Vec<Finding>,
    /// Findings that an ignore comment or the configuration answers.
    pub suppressed: Vec<Suppressed>,
    /// Inputs that could not be read or parsed, sorted by path.
    pub incomplete: Vec<Incomplete>,
    /// Values that are not known, where one of them kept something from being judged. Sorted by path and place.
    pub unknowns: Vec<UnknownValue>,
    /// How much was judged.
    pub coverage: Coverage,
}

/// A finding that does not count, and why.
#[derive(Debug, Clone)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// The comment or the place in the configuration; `None` where the command line said so.
    pub by: Option<Span>,
    /// What its author wrote after `--`.
    pub reason: Option<String>,
}

/// An input that was not looked at in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incomplete {
    /// The path as reports show it.
    pub path: String,
    /// What went wrong, a sentence without capital and full stop: `cannot read: permission denied`.
    pub message: String,
    /// Where, if there is a place.
    pub span: Option<Span>,
}

/// Something that could not be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownValue {
    /// The subject it is part of.
    pub address: Address,
    /// The expression that is not known.
    pub span: Span,
    /// Why, as the summary counts it: `known after apply`.
    pub reason: &'static str,
}

/// How much was looked at, and how much was judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Files that were checked.
    pub files: usize,
    /// Files that were read and are not ours: no Terraform, no request, no policy.
    pub skipped: usize,
    /// Tag maps and tag lists met.
    pub tag_sets: usize,
    /// Those of which every key and value was known.
    pub judged: usize,
    /// Why the others were not, and how many each reason kept.
    pub unknown: BTreeMap<&'static str, usize>,
    /// Module calls whose code is not here.
    pub modules_not_followed: usize,
}
