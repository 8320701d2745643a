//! Parsers for HCL and JSON that lose no byte, and views over what they read.

pub mod decode;
pub mod hcl;
pub mod json;
pub mod tree;
pub mod view;

pub use tree::{Flags, Input, Kind, Node, NodeId, Problem, Tree};

/// How deep a text may nest. Terraform has no documented limit; nothing written by a person comes near this one.
pub const MAX_DEPTH: u32 = 400;
