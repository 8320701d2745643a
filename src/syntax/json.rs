//! JSON (RFC 8259).

use std::sync::Arc;

use super::tree::{Input, NodeId, Tree};
use crate::{origin::Origin, source::Source, text::Text};

/// Reads a file. Returns a tree and the problems met, never an error.
#[must_use]
pub fn parse(source: &Arc<Source>) -> Tree {
    Tree::new(Input::File(source.clone()), Vec::new(), Vec::new())
}

/// Reads decoded characters: JSON inside a string, heredoc or template.
#[must_use]
pub fn parse_text(text: &Text) -> Tree {
    Tree::new(Input::Text(text.clone()), Vec::new(), Vec::new())
}

/// The characters of a `String` node, each with its place in the file. Lone surrogates become U+FFFD.
#[must_use]
pub fn decode(tree: &Tree, string: NodeId) -> Text {
    Text::derived("", Origin::at(tree.span(string)))
}
