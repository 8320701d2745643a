//! HCL native syntax.

use std::sync::Arc;

use super::tree::{Input, Tree};
use crate::{source::Source, text::Text};

/// Reads a file. Returns a tree and the problems met, never an error.
#[must_use]
pub fn parse(source: &Arc<Source>) -> Tree {
    Tree::new(Input::File(source.clone()), Vec::new(), Vec::new())
}

/// Reads decoded characters as one template, as Terraform does with a string in `.tf.json`: the root is a `Template`.
#[must_use]
pub fn parse_template(text: &Text) -> Tree {
    Tree::new(Input::Text(text.clone()), Vec::new(), Vec::new())
}

/// Reads decoded characters as one expression (an object key or a reference in `.tf.json`); the root is the expression.
#[must_use]
pub fn parse_expression(text: &Text) -> Tree {
    Tree::new(Input::Text(text.clone()), Vec::new(), Vec::new())
}
