//! Parsers for HCL and JSON that lose no byte, and views over what they read.

pub mod decode;
pub mod hcl;
pub mod json;
pub mod tree;
pub mod view;

use std::sync::Arc;

pub use tree::{Flags, Input, Kind, Node, NodeId, Nodes, Problem, Tree};

use crate::source::Source;

/// How deep a text may nest. Terraform has no documented limit; nothing written by a person comes near this one.
pub const MAX_DEPTH: u32 = 400;

/// The tree of a file that holds no text, and the one problem to tell about it: all others would follow from it.
fn binary(source: &Arc<Source>, root: Kind) -> Tree {
    let end = source.text().len() as u32;
    let flags = Flags::default();
    let mut nodes = Nodes::default();
    nodes.push(root, 0, end, 0, flags);
    let message = "a binary file, or text in UTF-16".to_owned();
    let help = Some("taglint reads UTF-8 text: save the file as UTF-8, rename it, or leave it out with `--exclude`");
    Tree::new(Input::File(source.clone()), nodes, vec![Problem { start: 0, end: 0, message, help }])
}
