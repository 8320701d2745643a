//! taglint checks cloud resource tags and key policies before anything is applied.
//!
//! Data moves one way: files are loaded into a project, parsed into trees, evaluated into subjects, checked by rules, and reported.
//! `docs/architecture.md` draws the map.

pub mod analysis;
pub mod baseline;
pub mod config;
pub mod facts;
pub mod finding;
pub mod fingerprint;
pub mod fix;
pub mod mask;
pub mod origin;
pub mod project;
pub mod repair;
pub mod report;
pub mod rule;
pub mod rules;
pub mod source;
pub mod subject;
pub mod suppression;
pub mod syntax;
pub mod terraform;
pub mod text;
pub mod value;
