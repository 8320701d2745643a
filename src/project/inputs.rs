//! What is said about a configuration from outside: values for variables, the workspace, tags from the environment.

use std::collections::BTreeMap;

use crate::source::SourceId;

/// What is said about a configuration from outside its files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// The name of the workspace, where it is pinned.
    pub workspace: Option<String>,
    /// Tags that the environment of the provider adds: `TF_AWS_DEFAULT_TAGS_…`.
    pub ambient_default_tags: BTreeMap<String, String>,
    /// Values for variables, from the lowest rank to the highest.
    pub variables: Vec<Given>,
}

/// Something that gives values to variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Its text.
    pub source: SourceId,
    /// What it gives.
    pub kind: GivenKind,
}

/// What gives a value to a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GivenKind {
    /// `TF_VAR_name`: one value, below the files that Terraform finds itself. The text is `name = value`.
    Environment,
    /// A file of values.
    File,
    /// `--var name=value`: one value. The text is `name = value`.
    Flag,
}
