//! Typed views over a tree.
