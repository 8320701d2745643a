//! Which JSON documents are policies of keys or secrets, and the policies inside requests.

use std::sync::Arc;

use super::{Bypass, ELEMENTS, Node, Policy, PolicyContext, PolicyKind, PolicyPlace, context::Flag};
use crate::{
    facts::{
        policy::{Arn, kind_of_file},
        requests::{Index, Operation, RequestPolicy},
        tags::Channel,
        terraform::Setting,
    },
    origin::{Address, HasOrigin, Origin},
    source::{Source, Span},
    subject::{Subject, SubjectKind, request},
    syntax::{Input, Kind, NodeId, Tree, json},
    text::Text,
};

/// The policy that a JSON file is; `None` where it is none, or another service's.
///
/// `declared` is the operation that the configuration gives the file.
#[must_use]
pub fn document(tree: &Tree, path: &str, declared: Option<&str>, index: &Index) -> Option<Subject> {
    let Input::File(source) = tree.input() else { return None };
    let root = tree.root()?;
    let declared_kind = declared.and_then(|id| kind_of_operation(index.by_id(id)?));
    let named = || declared_kind.or_else(|| kind_of_file(path));
    if tree.kind(root) == Kind::Object && request::member(tree, root, "Statement").is_some() {
        let node = Node::read(tree, root, PolicyPlace::File);
        let kind = declared_kind.or_else(|| {
            let statements = signs(&node);
            kind_of_file(path).filter(|_| !is_identity_policy(&statements)).or_else(|| kind_of(&statements))
        })?;
        // What is no JSON may be what another tool fills in: that is read anew.
        let policy = match tree.problems().is_empty() {
            true => Policy::of_document(whole(source), node, kind, PolicyPlace::File, Arc::default()),
            false => Policy::read(whole(source), kind, PolicyPlace::File, Arc::default()),
        };
        return Some(subject(Address(kind.noun().into()), policy));
    }
    let kind = match tree.kind(root) {
        // Less than a policy: its name must say that it is meant as one, and something in it.
        Kind::Object => {
            // Declared as an operation, an empty object is a request without members.
            let empty = declared.is_none() && tree.children_rev(root).next().is_none();
            let element = ELEMENTS.iter().any(|element| request::member(tree, root, element).is_some());
            named().filter(|_| empty || element)
        }
        Kind::Tuple => {
            let is_statement = |entry| tree.kind(entry) == Kind::Object && request::member(tree, entry, "Effect").is_some();
            named().filter(|_| tree.children_rev(root).any(is_statement))
        }
        Kind::String => {
            let inner = json::parse_text(&json::decode(tree, root));
            let holds =
                inner.root().is_some_and(|root| inner.kind(root) == Kind::Object && request::member(&inner, root, "Statement").is_some());
            named().filter(|_| holds)
        }
        _ => None,
    }?;
    let policy = Policy::read(whole(source), kind, PolicyPlace::File, Arc::default());
    Some(subject(Address(kind.noun().into()), policy))
}

/// Whether a JSON file may be a policy, as far as that is seen without reading it.
#[must_use]
pub fn is_like_document(tree: &Tree, path: &str, declared: Option<&str>, index: &Index) -> bool {
    let Some(root) = tree.root() else { return false };
    let declared = || declared.and_then(|id| kind_of_operation(index.by_id(id)?));
    match tree.kind(root) {
        Kind::Object => request::member(tree, root, "Statement").is_some(),
        Kind::Tuple => declared().or_else(|| kind_of_file(path)).is_some(),
        _ => false,
    }
}

/// The policy that a request carries; `None` where the member is absent, or no string.
#[must_use]
pub fn of_request(tree: &Tree, body: NodeId, operation: &Operation) -> Option<Subject> {
    let (kind, place) = (kind_of_operation(operation)?, operation.policy.as_ref()?);
    let policy = request::member(tree, body, &place.member).filter(|policy| tree.kind(*policy) == Kind::String)?;
    let settings = Settings { tree, body, place };
    let [partition, region, account] = settings.arn_parts();
    // Only a request that creates the key says what it will be.
    let context = PolicyContext {
        usage: settings.word(Setting::Usage),
        spec: settings.word(Setting::Spec),
        origin: settings.word(Setting::Origin),
        multi_region: settings.flag(Setting::MultiRegion).map(|flag| flag.is_set),
        partition,
        region,
        account,
        bypass: settings.flag(Setting::Bypass),
        block_public_policy: settings.flag(Setting::BlockPublicPolicy),
        ..PolicyContext::default()
    };
    let policy = Policy::read(json::decode(tree, policy), kind, PolicyPlace::Request, Arc::new(context));
    Some(subject(Address(operation.id.as_str().into()), policy))
}

/// The member of a request that switches the service's check of the policy off, where it does.
#[must_use]
pub fn bypass_of_request(tree: &Tree, body: NodeId, operation: &Operation) -> Option<Bypass> {
    let settings = Settings { tree, body, place: operation.policy.as_ref()? };
    let (name, _) = settings.of(Setting::Bypass)?;
    let flag = settings.flag(Setting::Bypass).filter(|flag| flag.is_set)?;
    Some(Bypass { written: name.into(), origin: flag.origin })
}

/// What members of a request say of how its policy is judged.
struct Settings<'a> {
    tree: &'a Tree,
    body: NodeId,
    place: &'a RequestPolicy,
}

impl Settings<'_> {
    /// The first member that is there, and its value.
    fn of(&self, setting: Setting) -> Option<(&str, NodeId)> {
        let names = self.place.settings.get(&setting)?;
        names.iter().find_map(|name| Some((name.as_str(), request::member(self.tree, self.body, name)?)))
    }

    fn flag(&self, setting: Setting) -> Option<Flag> {
        let node = self.of(setting).map(|(_, node)| node).filter(|node| self.tree.kind(*node) == Kind::Bool)?;
        Some(Flag { is_set: self.tree.raw(node) == "true", origin: Origin::at(self.tree.span(node)) })
    }

    fn word(&self, setting: Setting) -> Option<Arc<str>> {
        let node = self.of(setting).map(|(_, node)| node).filter(|node| self.tree.kind(*node) == Kind::String)?;
        request::text(self.tree, node).known().map(Arc::from)
    }

    /// Partition, Region and account of the ARN that the request names its resource by.
    fn arn_parts(&self) -> [Option<Arc<str>>; 3] {
        let text = self.word(Setting::Of);
        let Some(arn) = text.as_deref().and_then(Arn::of) else { return [None, None, None] };
        [arn.partition, arn.region, arn.account].map(|part| (!part.is_empty()).then(|| part.into()))
    }
}

/// A policy as a subject.
#[must_use]
pub fn subject(address: Address, policy: Policy) -> Subject {
    let span = policy.origin().span;
    let channel = match policy.place {
        PolicyPlace::File | PolicyPlace::Request => Channel::Request,
        PolicyPlace::Terraform => Channel::Terraform,
    };
    Subject {
        address,
        service: policy.kind.service(),
        channel,
        span,
        calls: std::sync::Arc::default(),
        kind: SubjectKind::Policy(policy),
        otherwise: Vec::new(),
    }
}

fn whole(source: &Arc<Source>) -> Text {
    let span = Span::new(source.id(), 0, source.text().len() as u32);
    Text::verbatim(source.text(), Origin::at(span))
}

/// Whose policy a request of an operation carries.
fn kind_of_operation(operation: &Operation) -> Option<PolicyKind> {
    operation.policy.as_ref().and_then(|_| PolicyKind::of_service(&operation.service))
}

/// What a statement says that tells whose policy it is.
struct Signs<'n> {
    /// It has `Principal` or `NotPrincipal`.
    principal: bool,
    actions: &'n [Node],
    resources: &'n [Node],
}

fn signs(root: &Node) -> Vec<Signs<'_>> {
    let Some(list) = root.as_object().and_then(|object| object.get("Statement")) else { return Vec::new() };
    let read = |entry| {
        let object = Node::as_object(entry)?;
        let values = |names: [&str; 2]| names.iter().find_map(|name| object.get(name)).map_or(&[][..], |member| one_or_all(&member.value));
        Some(Signs {
            principal: object.get("Principal").or_else(|| object.get("NotPrincipal")).is_some(),
            actions: values(["Action", "NotAction"]),
            resources: values(["Resource", "NotResource"]),
        })
    };
    one_or_all(&list.value).iter().filter_map(read).collect()
}

/// The elements of a list, or the value itself.
fn one_or_all(node: &Node) -> &[Node] {
    node.as_list().map_or(std::slice::from_ref(node), |list| &list.items)
}

fn known(nodes: &[Node]) -> impl Iterator<Item = &str> {
    nodes.iter().filter_map(|node| node.as_text()?.known())
}

/// Whose policy the statements make it: some statement has a principal, and every known action is `*` or one of the service's.
fn kind_of(statements: &[Signs<'_>]) -> Option<PolicyKind> {
    let mut actions = statements.iter().flat_map(|statement| known(statement.actions)).filter(|action| *action != "*").peekable();
    let first = *actions.peek()?;
    let belongs =
        |kind: &PolicyKind, action: &str| action.split_once(':').is_some_and(|(prefix, _)| prefix.eq_ignore_ascii_case(kind.prefix()));
    let kind = PolicyKind::ALL.into_iter().find(|kind| belongs(kind, first))?;
    (statements.iter().any(|statement| statement.principal) && actions.all(|action| belongs(&kind, action))).then_some(kind)
}

/// Whether it is what a user or role gets: nobody is named, and resources are.
fn is_identity_policy(statements: &[Signs<'_>]) -> bool {
    let named = |statement: &Signs<'_>| known(statement.resources).any(|resource| resource != "*");
    !statements.is_empty() && statements.iter().all(|statement| !statement.principal) && statements.iter().any(named)
}
