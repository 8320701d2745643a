//! Typed views over a tree.

use super::tree::Tree;
use crate::project::LocalCall;

/// Calls of local modules that a file in `directory` makes.
#[must_use]
pub fn local_calls(_tree: &Tree, _directory: &str) -> Vec<LocalCall> {
    Vec::new()
}
