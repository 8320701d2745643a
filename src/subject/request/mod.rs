//! Requests in JSON files: which file is one, and what is wrong with it.

mod checks;
mod forms;
mod http;
mod mend;
mod recognise;
mod shape;

use self::recognise::{Recognised, Verdict};
use super::{
    Request, Subject, SubjectKind,
    placeholder::{self, Variables},
    policy, tags,
};
use crate::{
    config::AwsConfig,
    facts::{Facts, tags::Channel},
    finding::Severity,
    fix::Fix,
    origin::Address,
    source::Span,
    syntax::{Kind, NodeId, Tree, json},
    text::Text,
};

/// One way in which a request goes against what its operation takes.
#[derive(Debug, Clone)]
pub struct Violation {
    /// Which question it answers.
    pub kind: ViolationKind,
    /// Another severity than that of the question.
    pub severity: Option<Severity>,
    /// The place to change.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What the text under the place is.
    pub label: String,
    /// What to do.
    pub help: String,
    /// What tells it from its siblings.
    pub identity: String,
    /// What would mend it.
    pub fix: Option<Fix>,
    /// The place that it repeats.
    pub also: Option<Span>,
}

/// The questions that are asked of a request; each is a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViolationKind {
    /// A required member is not there.
    Missing,
    /// A member that the operation does not have.
    Unknown,
    /// A value of another type than the operation takes.
    Type,
    /// A value that is too long, too short, or does not match.
    Value,
    /// The same member twice.
    Duplicate,
    /// Members that do not go together.
    Together,
    /// A list without which the request does nothing.
    WithoutEffect,
    /// An identifier of a form that the operation does not take.
    Identifier,
    /// An ARN of another account, Region or partition.
    Elsewhere,
    /// The name of a policy.
    PolicyName,
    /// A secret in plain text.
    Secret,
    /// The method of an envelope.
    Method,
    /// A parameter of an envelope's path.
    Path,
    /// A header of an envelope.
    Header,
    /// The body of an envelope is a string that is not JSON.
    Body,
}

/// What a JSON file is.
#[derive(Debug)]
pub enum JsonFile {
    /// A request, and its subjects.
    Request(Vec<Subject>),
    /// A request with more nodes than are looked at.
    TooLarge,
    /// It has the members of several operations, and nothing says which one is meant.
    Ambiguous,
    /// Not ours.
    Foreign,
}

/// What a JSON file is, and what rules look at in it, if it has no more than so many nodes.
#[must_use]
pub fn subjects(tree: &Tree, path: &str, declared: Option<&str>, facts: &Facts, aws: &AwsConfig, max_nodes: usize) -> JsonFile {
    match recognise::recognise(tree, path, declared, facts.requests()) {
        Verdict::Request(request) if tree.nodes().len().max(request.tree.nodes().len()) > max_nodes => JsonFile::TooLarge,
        Verdict::Request(request) => JsonFile::Request(of_request(tree, &request, facts, aws)),
        Verdict::Ambiguous => JsonFile::Ambiguous,
        Verdict::Foreign => JsonFile::Foreign,
    }
}

fn of_request(file: &Tree, request: &Recognised<'_, '_>, facts: &Facts, aws: &AwsConfig) -> Vec<Subject> {
    let Recognised { operation, tree, body, sent } = request;
    let address = Address(operation.id.as_str().into());
    let root = file.root();
    let mut violations = Vec::new();
    if let Some(body) = *body {
        violations.extend(shape::violations(tree, body, operation));
        violations.extend(checks::Checks { tree, body, operation, facts, aws }.violations());
    }
    if let Some(sent) = sent {
        http::violations(file, sent, facts, &mut violations);
    }
    if let Some(root) = root {
        http::credentials(file, root, &mut violations);
    }
    violations.extend(broken_body(tree));
    violations.sort_by_key(|violation| (violation.span.start, violation.span.end));
    let span = match (body, root) {
        (Some(body), _) => tree.span(*body),
        (None, Some(root)) => file.span(root),
        (None, None) => return Vec::new(),
    };
    let subject = |kind| Subject {
        otherwise: Vec::new(),
        address: address.clone(),
        service: operation.service.clone(),
        channel: Channel::Request,
        span,
        calls: std::sync::Arc::default(),
        kind,
    };
    let mut found = vec![subject(SubjectKind::Request(Request { operation: operation.id.as_str().into(), violations }))];
    found.extend(body.and_then(|body| policy::recognise::of_request(tree, body, operation)));
    let bypass = body.and_then(|body| policy::recognise::bypass_of_request(tree, body, operation));
    found.extend(bypass.map(|bypass| subject(SubjectKind::Bypass(bypass))));
    for place in &operation.tags {
        let sets = match (&place.member, &place.parameter) {
            (Some(name), _) => body.map(|body| tags::of_body(tree, body, name, place)).unwrap_or_default(),
            (None, Some(parameter)) => {
                sent.as_ref().and_then(|sent| http::key_in_path(sent, parameter)).map(tags::of_key).into_iter().collect()
            }
            (None, None) => Vec::new(),
        };
        found.extend(sets.into_iter().map(|set| subject(SubjectKind::Tags(set))));
    }
    tell_tags(&mut found);
    found
}

/// Tells a policy the tags that the same request gives the resource, where these are all it will have.
fn tell_tags(found: &mut [Subject]) {
    let tags = found.iter().find_map(|subject| match &subject.kind {
        SubjectKind::Tags(tags) if tags.open.is_none() => Some(tags.clone()),
        SubjectKind::Tags(_)
        | SubjectKind::Request(_)
        | SubjectKind::Policy(_)
        | SubjectKind::Key(_)
        | SubjectKind::NoTags(_)
        | SubjectKind::Bypass(_)
        | SubjectKind::Configuration(_) => None,
    });
    for subject in found {
        if let SubjectKind::Policy(policy) = &mut subject.kind
            && tags.is_some()
        {
            std::sync::Arc::make_mut(&mut policy.context).tags = tags.clone();
        }
    }
}

/// A body that is a string and no JSON. Unless another tool will put something in it first.
fn broken_body(tree: &Tree) -> Option<Violation> {
    let crate::syntax::Input::Text(text) = tree.input() else { return None };
    let problem = tree.problems().first()?;
    if !placeholder::find(text.decoded(), Variables::None).is_empty() {
        return None;
    }
    Some(Violation {
        kind: ViolationKind::Body,
        severity: None,
        fix: None,
        also: None,
        span: tree.span_of(problem.start, problem.end),
        message: format!("the body is not JSON: {}", problem.message),
        label: "here".to_owned(),
        help: problem.help.unwrap_or("mend the JSON inside the string").to_owned(),
        identity: problem.message.clone(),
    })
}

/// The first character of a place, for what is missing in it.
fn first(span: Span) -> Span {
    Span::new(span.source, span.start, (span.start + 1).min(span.end))
}

/// A text as a message quotes it: in backticks, shortened where it would fill the line.
fn quote(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// The characters of a string, as they are written.
fn string(tree: &Tree, node: NodeId) -> Option<String> {
    (tree.kind(node) == Kind::String).then(|| json::decode(tree, node).decoded().to_owned())
}

/// The members of an object: decoded name and value, in text order, repeated ones included.
pub fn members(tree: &Tree, object: NodeId) -> impl Iterator<Item = (Text, NodeId)> + '_ {
    entries(tree, object).map(|(key, value)| (json::decode(tree, key), value))
}

/// The members of an object: name and value, in text order, repeated ones included.
fn entries(tree: &Tree, object: NodeId) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
    let items = if tree.kind(object) == Kind::Object { tree.children(object) } else { Vec::new() };
    items.into_iter().filter_map(|item| tree.key_and_value(item).filter(|(key, _)| tree.kind(*key) == Kind::String))
}

/// The value of a member. The exact name wins; else the last one that differs only by letter case.
#[must_use]
pub fn member(tree: &Tree, object: NodeId, name: &str) -> Option<NodeId> {
    let mut loose = None;
    let mut exact = None;
    for (key, value) in entries(tree, object) {
        match likeness(tree, key, name) {
            Some(Likeness::Exact) => exact = Some(value),
            Some(Likeness::ButForCase) => loose = Some(value),
            None => {}
        }
    }
    exact.or(loose)
}

/// The value of a member of exactly that name; the last, where it is there twice.
#[must_use]
pub fn exact_member(tree: &Tree, object: NodeId, name: &str) -> Option<NodeId> {
    entries(tree, object).filter(|(key, _)| likeness(tree, *key, name) == Some(Likeness::Exact)).last().map(|(_, value)| value)
}

/// How much the name of a member is like another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Likeness {
    Exact,
    ButForCase,
}

/// Compares the name of a member as it is written: an object may have a million of them, and is asked for one after the other.
fn likeness(tree: &Tree, key: NodeId, name: &str) -> Option<Likeness> {
    let of = |written: &str| {
        let like = written.eq_ignore_ascii_case(name);
        like.then(|| if written == name { Likeness::Exact } else { Likeness::ButForCase })
    };
    let raw = tree.raw(key);
    match raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(written) if !written.contains('\\') => of(written),
        _ => of(json::decode(tree, key).decoded()),
    }
}

/// The characters of a string; placeholders that another tool will fill in are not known.
#[must_use]
pub fn text(tree: &Tree, string: NodeId) -> Text {
    placeholder::mark(json::decode(tree, string), Variables::None)
}
