//! Which JSON file is a request, and of which operation.

use std::{borrow::Cow, collections::BTreeSet};

use super::{
    http::{self, Sent},
    member, members, string,
};
use crate::{
    facts::requests::{Index, Operation, TARGET},
    subject::placeholder::{self, Variables},
    syntax::{Kind, NodeId, Tree, json},
};

/// A request that was recognised.
#[derive(Debug)]
pub(super) struct Recognised<'t, 'f> {
    pub operation: &'f Operation,
    /// The tree of the body: the file's, or that of a string in it.
    pub tree: Cow<'t, Tree>,
    /// The body; `None` where the request has none.
    pub body: Option<NodeId>,
    /// How it is sent, where an envelope says it.
    pub sent: Option<Sent<'f>>,
}

/// What a JSON file is taken for.
#[derive(Debug)]
pub(super) enum Verdict<'t, 'f> {
    Request(Box<Recognised<'t, 'f>>),
    /// Several operations have these members, and nothing says which one is meant.
    Ambiguous,
    Foreign,
}

/// In order: what the configuration says, an envelope, the file's name, the body's own shape.
pub(super) fn recognise<'t, 'f>(tree: &'t Tree, path: &str, declared: Option<&str>, index: &'f Index) -> Verdict<'t, 'f> {
    let declared = declared.and_then(|id| index.by_id(id));
    let Some(root) = tree.root().filter(|root| tree.kind(*root) == Kind::Object) else {
        // Only who says that it is a request wants to hear that it cannot be one.
        let body = tree.root().filter(|root| is_value(tree, *root));
        let claimed = |operation| Verdict::Request(Box::new(Recognised { operation, tree: Cow::Borrowed(tree), body, sent: None }));
        return declared.map_or(Verdict::Foreign, claimed);
    };
    let plain = |operation| Recognised { operation, tree: Cow::Borrowed(tree), body: Some(root), sent: None };
    let enveloped = envelope(tree, root, index);
    if let Some(operation) = declared {
        return match enveloped {
            Some(Envelope { body: Some(body), sent, .. }) => open(tree, operation, Some(body), sent),
            _ => Verdict::Request(Box::new(plain(operation))),
        };
    }
    if let Some(Envelope { operation, body, sent }) = enveloped {
        // A target that we do not know is a request of another service: not ours, whatever its shape.
        return operation.map_or(Verdict::Foreign, |operation| open(tree, operation, body, sent));
    }
    let names: BTreeSet<String> = members(tree, root).map(|(name, _)| name.decoded().to_ascii_lowercase()).collect();
    let name = path.rsplit('/').next().unwrap_or(path);
    let named = index.by_file_name(name).into_iter().find(|operation| !is_answer(name) && may_be(&names, operation));
    if let Some(operation) = named {
        return Verdict::Request(Box::new(plain(operation)));
    }
    let fitting = index.by_members(&names);
    match narrow(tree, root, fitting)[..] {
        [] if !is_answer(name) => tagging(tree, root, &names, index).map_or(Verdict::Foreign, |found| match found[..] {
            [operation] => Verdict::Request(Box::new(plain(operation))),
            [..] => Verdict::Ambiguous,
        }),
        [] => Verdict::Foreign,
        [operation] => Verdict::Request(Box::new(plain(operation))),
        [..] => Verdict::Ambiguous,
    }
}

/// Of the operations that have the same members: those that take their members without an ARN, and of several the ones that have the values
/// which are there; else those that an ARN names. So another service that has the same members changes nothing for a file that is taken.
fn narrow<'f>(tree: &Tree, root: NodeId, fitting: Vec<&'f Operation>) -> Vec<&'f Operation> {
    let (told, others): (Vec<_>, Vec<_>) = fitting.into_iter().partition(|operation| !operation.telling.is_empty());
    if told.len() <= 1 {
        return if told.is_empty() { others.into_iter().filter(|operation| is_named(tree, root, operation)).collect() } else { told };
    }
    let takes = |operation: &&Operation| {
        members(tree, root).all(|(name, value)| {
            let options = operation.schema["properties"][name.decoded()]["enum"].as_array();
            options.is_none_or(|options| string(tree, value).is_none_or(|text| options.iter().any(|option| option == text.as_str())))
        })
    };
    let narrowed: Vec<&Operation> = told.iter().copied().filter(takes).collect();
    if narrowed.is_empty() { told } else { narrowed }
}

/// The operations of any service that tag what an ARN in the body names; `None` where there are none.
fn tagging<'f>(tree: &Tree, root: NodeId, names: &BTreeSet<String>, index: &'f Index) -> Option<Vec<&'f Operation>> {
    // Few files get further.
    if !names.iter().any(|name| name.contains("tag") || name == "keys") {
        return None;
    }
    members(tree, root).find_map(|(member, value)| {
        let value = if tree.kind(value) == Kind::Tuple { *tree.children(value).first()? } else { value };
        let text = string(tree, value)?;
        let mut words = text.split(':');
        let service = (words.next() == Some("arn")).then(|| words.nth(1)).flatten()?;
        Some(index.by_arn(member.decoded(), service, names)).filter(|found| !found.is_empty())
    })
}

/// Whether the ARN in a body is one of the operation's service.
fn is_named(tree: &Tree, root: NodeId, operation: &Operation) -> bool {
    let Some(arn) = &operation.arn else { return false };
    let text = member(tree, root, &arn.member).and_then(|value| string(tree, value)).unwrap_or_default();
    let mut words = text.split(':');
    words.next() == Some("arn") && words.nth(1).is_some_and(|service| arn.services.iter().any(|known| known == service))
}

/// Whether a file of this name holds what a service answered.
fn is_answer(name: &str) -> bool {
    const WORDS: [&str; 5] = ["response", "answer", "output", "result", "reply"];
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

/// Whether a file whose name means an operation may hold it: at least as many of its members belong there, or nearly, as do not.
fn may_be(names: &BTreeSet<String>, operation: &Operation) -> bool {
    let is_known = |name: &&String| {
        operation.members().any(|known| {
            let known = known.to_ascii_lowercase();
            known.ends_with(name.as_str()) || strsim::damerau_levenshtein(&known, name) <= 2
        })
    };
    // Few files have many names: what is beyond any operation needs no counting.
    const MOST: usize = 64;
    let known = names.iter().take(MOST).filter(is_known).count();
    known * 2 >= names.len()
}

/// A request with what surrounds it: headers, a URL, a target.
struct Envelope<'f> {
    operation: Option<&'f Operation>,
    body: Option<NodeId>,
    sent: Option<Sent<'f>>,
}

/// The members that hold the body of an envelope.
const BODIES: &[&str] =
    &["body", "payload", "data", "json", "requestBody", "request_body", "input", "params", "parameters", "content", "text", "raw"];

/// The members whose value is a body, whatever it is.
const PLAIN_BODIES: &[&str] = &["body", "payload"];

fn body(tree: &Tree, root: NodeId) -> Option<NodeId> {
    let holds = |node: &NodeId| matches!(tree.kind(*node), Kind::Object | Kind::String);
    let holder = BODIES.iter().filter_map(|name| member(tree, root, name)).find(holds);
    let body = holder.or_else(|| PLAIN_BODIES.iter().find_map(|name| member(tree, root, name)))?;
    // Some tools say beside the body what kind of body it is.
    match member(tree, body, "mode").and_then(|mode| string(tree, mode)) {
        Some(mode) => member(tree, body, "raw").filter(|_| mode == "raw"),
        None => Some(body),
    }
}

/// Whether a node could be read.
fn is_value(tree: &Tree, node: NodeId) -> bool {
    matches!(tree.kind(node), Kind::Object | Kind::Tuple | Kind::String | Kind::Number | Kind::Bool | Kind::Null)
}

fn envelope<'f>(tree: &Tree, root: NodeId, index: &'f Index) -> Option<Envelope<'f>> {
    let body = body(tree, root);
    let url = ["url", "uri", "path"].iter().find_map(|name| member(tree, root, name)).filter(|url| tree.kind(*url) == Kind::String);
    let direct = member(tree, root, TARGET).and_then(|target| string(tree, target));
    let in_header = || http::header(tree, root, TARGET).and_then(|(_, value)| string(tree, value));
    let in_url = || {
        let url = string(tree, url?)?;
        let (at, word) = (url.to_ascii_lowercase().find(TARGET)?, TARGET.len() + 1);
        let target = url.get(at + word..)?;
        Some(target.split(['&', '#']).next().unwrap_or(target).to_owned())
    };
    if let Some(target) = direct.or_else(in_header).or_else(in_url) {
        return Some(Envelope { operation: index.by_target(&target), body, sent: None });
    }
    if let (Some(method), Some(url)) = (member(tree, root, "method"), url)
        && let Some(sent) = http::sent(tree, root, method, url, index)
    {
        return Some(Envelope { operation: Some(sent.operation), body, sent: Some(sent) });
    }
    let body = body?;
    let named = ["Target", "Action", "Operation"].iter().find_map(|name| member(tree, root, name)).and_then(|name| string(tree, name))?;
    let operation = index.by_target(&named).or_else(|| index.by_id(&named))?;
    Some(Envelope { operation: Some(operation), body: Some(body), sent: None })
}

/// A body in its envelope: an object, or a string that holds one. Any other value is judged as what it is.
fn open<'t, 'f>(tree: &'t Tree, operation: &'f Operation, body: Option<NodeId>, sent: Option<Sent<'f>>) -> Verdict<'t, 'f> {
    let request = |tree, body| Verdict::Request(Box::new(Recognised { operation, tree, body, sent }));
    let Some(body) = body.filter(|body| is_value(tree, *body)) else { return request(Cow::Borrowed(tree), None) };
    match tree.kind(body) {
        // The envelope alone can still be judged.
        Kind::Null => request(Cow::Borrowed(tree), None),
        Kind::String => {
            let text = json::decode(tree, body);
            // `@body.json` says where the body is.
            if !text.decoded().trim_start().starts_with(['{', '[']) {
                return request(Cow::Borrowed(tree), None);
            }
            let inner = json::parse_text(&text);
            let is_filled_in = inner.problems().is_empty() || placeholder::find(text.decoded(), Variables::None).is_empty();
            let root = inner.root().filter(|root| is_value(&inner, *root) && (is_filled_in || inner.kind(*root) == Kind::Object));
            request(Cow::Owned(inner), root)
        }
        _ => request(Cow::Borrowed(tree), Some(body)),
    }
}
