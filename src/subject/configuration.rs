//! All tags of all configurations together: what no resource shows by itself.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Subject, SubjectKind, TagSet};
use crate::{
    facts::tags::{Channel, ServiceId},
    origin::{Address, Hop, HopKind, Origin},
    project::{Project, Role, directory},
    source::{Sources, Span},
    syntax::{Kind, NodeId, Tree},
};

/// All tags that the configurations of a project give.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// What has tags, configuration by configuration.
    pub members: Vec<Member>,
    /// What the texts say of the ways that values take.
    pub ways: Ways,
}

/// One thing with tags.
#[derive(Debug, Clone)]
pub struct Member {
    /// The number of its configuration.
    pub root: usize,
    /// Whether every set of tags of its configuration was seen.
    pub all_seen: bool,
    /// What it is called.
    pub address: Address,
    /// The service that judges its tags.
    pub service: ServiceId,
    /// The block.
    pub span: Span,
    /// The module calls on the way to it.
    pub calls: Arc<[Span]>,
    /// Its tags, in each case that a condition may choose.
    pub cases: Vec<TagSet>,
}

/// What the texts say of the ways that values take, whatever the values of variables.
#[derive(Debug, Clone, Default)]
pub struct Ways {
    /// Expressions whose parts are not always used: conditions, loops, calls, indices. Sorted; none is part of another.
    unsure: Vec<Span>,
    /// Where each local value is read, by directory and name.
    reads: BTreeMap<(String, String), BTreeSet<Span>>,
    /// Directories with JSON configurations, whose expressions were not looked at.
    opaque: BTreeSet<String>,
}

impl Configuration {
    /// Puts the subjects of each root module together; with each comes whether all of its tags were seen.
    pub fn of<'s>(roots: impl Iterator<Item = (&'s [Subject], bool)>, project: &Project) -> Self {
        let mut members = Vec::new();
        for (root, (subjects, all_seen)) in roots.enumerate() {
            for subject in subjects {
                let kinds = std::iter::once(&subject.kind).chain(&subject.otherwise);
                let sets = kinds.filter_map(|kind| if let SubjectKind::Tags(set) = kind { Some(set) } else { None });
                let cases: Vec<TagSet> = sets.filter(|set| set.holder.is_some()).cloned().collect();
                if !cases.is_empty() {
                    members.push(Member {
                        root,
                        all_seen,
                        address: subject.address.clone(),
                        service: subject.service.clone(),
                        span: subject.span,
                        calls: subject.calls.clone(),
                        cases,
                    });
                }
            }
        }
        Self { members, ways: Ways::of(project) }
    }

    /// The subject that is about all of it.
    #[must_use]
    pub fn into_subject(self) -> Subject {
        Subject {
            address: Address("".into()),
            service: ServiceId("".into()),
            channel: Channel::Terraform,
            span: self.members.first().map_or_else(Span::default, |member| member.span),
            calls: Arc::default(),
            kind: SubjectKind::Configuration(Arc::new(self)),
            otherwise: Vec::new(),
        }
    }
}

impl Member {
    /// The platform of its service: `aws`.
    #[must_use]
    pub fn platform(&self) -> &str {
        self.service.0.split(':').next().unwrap_or_default()
    }
}

impl Ways {
    fn of(project: &Project) -> Self {
        let mut ways = Self::default();
        for (source, document) in project.sources.iter().zip(&project.documents) {
            match document.role {
                Role::Terraform => ways.read(directory(source.path()), &document.tree),
                Role::TerraformJson => {
                    ways.opaque.insert(directory(source.path()).to_owned());
                }
                Role::Variables | Role::VariablesJson | Role::Json | Role::Plan | Role::Text => {}
            }
        }
        ways.unsure.sort_unstable_by_key(|span| (span.source, span.start, Reverse(span.end)));
        ways.unsure.dedup_by(|inner, outer| outer.contains(*inner));
        ways
    }

    fn read(&mut self, directory: &str, tree: &Tree) {
        for at in 0..tree.nodes().len() {
            let id = NodeId(at as u32);
            match tree.kind(id) {
                Kind::Conditional
                | Kind::ForTuple
                | Kind::ForObject
                | Kind::Index
                | Kind::LegacyIndex
                | Kind::AttrSplat
                | Kind::FullSplat
                | Kind::DirectiveIf
                | Kind::DirectiveFor => self.unsure.push(tree.span(id)),
                Kind::Call if tree.children(id).first().is_none_or(|name| tree.raw(*name) != "merge") => self.unsure.push(tree.span(id)),
                Kind::GetAttr => {
                    if let [base, name] = tree.children(id)[..]
                        && tree.kind(base) == Kind::Variable
                        && tree.raw(base) == "local"
                    {
                        let key = (directory.to_owned(), tree.raw(name).to_owned());
                        self.reads.entry(key).or_default().insert(tree.span(id));
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether a value comes this way whatever the values of variables are: it is written, read through local values, merged, and joined
    /// by `default_tags`, and nothing else.
    #[must_use]
    pub fn is_certain(&self, origin: &Origin, sources: &Sources) -> bool {
        let plain = |hop: &&Hop| matches!(hop.kind, HopKind::Local | HopKind::Function("merge") | HopKind::DefaultTags);
        let mut places = origin.path().into_iter().map(|hop| hop.span).chain([origin.span]);
        let path = origin.path();
        path.iter().all(plain)
            && places.all(|place| !self.is_unsure(place) && !self.opaque.contains(directory(sources.get(place.source).path())))
    }

    fn is_unsure(&self, place: Span) -> bool {
        let after = self.unsure.partition_point(|span| (span.source, span.start) <= (place.source, place.start));
        after.checked_sub(1).is_some_and(|at| self.unsure[at].contains(place))
    }

    /// The places at which the local value is read that a step reads; `None` for a step of another kind.
    #[must_use]
    pub fn reads_of(&self, hop: &Hop, sources: &Sources) -> Option<&BTreeSet<Span>> {
        if hop.kind != HopKind::Local {
            return None;
        }
        let name = sources.slice(hop.span).strip_prefix("local.")?;
        self.reads.get(&(directory(sources.get(hop.span.source).path()).to_owned(), name.to_owned()))
    }
}
