//! One file per command.

use std::io;

pub mod baseline;
pub mod check;
pub mod completions;
pub mod config;
pub mod effective;
pub mod eval;
pub mod explain;
pub mod man;
pub mod merge;
pub mod rules;
pub mod version;

/// Standard output does not take what is written.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("cannot write to standard output")]
pub struct Stdout(#[source] pub io::Error);
