//! `[[ignore]]`: exceptions by path, address and JSON Pointer.

use std::{cell::OnceCell, collections::HashMap};

use globset::GlobMatcher;

use crate::{
    config::IgnoreConfig,
    finding::Finding,
    project::{Project, Role},
    source::{SourceId, Span},
    syntax::json,
};

/// An exception, ready to be asked.
pub struct Configured<'c> {
    /// What the configuration says.
    pub config: &'c IgnoreConfig,
    path: Option<GlobMatcher>,
    address: Option<GlobMatcher>,
    places: OnceCell<HashMap<SourceId, Span>>,
}

impl<'c> Configured<'c> {
    /// The exception; patterns that do not parse were refused when the configuration was read, and match nothing.
    pub fn new(config: &'c IgnoreConfig) -> Option<Self> {
        let path = config.path.as_ref().map(|path| path.glob().map(|glob| glob.compile_matcher())).transpose().ok()?;
        let address = config.address.as_ref().map(|address| address.address_glob().map(|glob| glob.compile_matcher())).transpose().ok()?;
        Some(Self { config, path, address, places: OnceCell::new() })
    }

    /// Whether it speaks for a finding.
    pub fn answers(&self, finding: &Finding, project: &Project, base: &str) -> bool {
        self.config.rule.as_str() == finding.rule.id
            && self.address.as_ref().is_none_or(|pattern| pattern.is_match(&*finding.address.0))
            && (self.path.is_none() && self.config.pointer.is_none()
                || std::iter::once(&finding.primary).chain(&finding.secondary).any(|label| self.holds(label.span, project, base)))
    }

    fn holds(&self, span: Span, project: &Project, base: &str) -> bool {
        let in_path =
            |pattern: &GlobMatcher| below(project.sources.get(span.source).path(), base).is_some_and(|path| pattern.is_match(path));
        self.path.as_ref().is_none_or(in_path)
            && self.config.pointer.as_ref().is_none_or(|pointer| {
                let places = self.places.get_or_init(|| places(project, pointer.as_str()));
                places.get(&span.source).is_some_and(|place| place.contains(span))
            })
    }
}

/// What a pointer names in each JSON file; a member with its name.
fn places(project: &Project, pointer: &str) -> HashMap<SourceId, Span> {
    let documents = project.sources.iter().zip(&project.documents).filter(|(_, document)| document.role == Role::Json);
    let place = |(source, document): (&std::sync::Arc<crate::source::Source>, &crate::project::Document)| {
        let tree = &document.tree;
        let value = tree.span(json::pointer(tree, tree.root()?, pointer)?);
        let parent = json::pointer(tree, tree.root()?, pointer.rsplit_once('/').map_or("", |(parent, _)| parent))?;
        let item = tree.children(parent).into_iter().map(|item| tree.span(item)).find(|item| item.contains(value));
        Some((source.id(), item.unwrap_or(value)))
    };
    documents.filter_map(place).collect()
}

/// `path` relative to `base`; both are relative to the tree.
pub fn below<'p>(path: &'p str, base: &str) -> Option<&'p str> {
    if base.is_empty() { Some(path) } else { path.strip_prefix(base)?.strip_prefix('/') }
}
