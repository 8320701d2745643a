//! Requests in JSON files: which file is one, and what is wrong with its shape.

use super::{Request, Subject, SubjectKind, policy, tags};
use crate::{
    facts::{Facts, requests::Operation, tags::Channel},
    origin::{Address, HasOrigin},
    source::Span,
    syntax::{Kind, NodeId, Tree, json},
    text::Text,
};

/// One way in which a body goes against the schema of its operation.
#[derive(Debug, Clone)]
pub struct Violation {
    /// Which question it answers.
    pub kind: ViolationKind,
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
}

/// The questions that a schema answers; each is a rule.
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
}

/// A body that was recognised.
#[derive(Debug)]
struct Recognised<'t, 'f> {
    operation: &'f Operation,
    tree: std::borrow::Cow<'t, Tree>,
    body: NodeId,
}

/// The subjects of a JSON file; `None` where it is not a request.
#[must_use]
pub fn subjects(tree: &Tree, path: &str, declared: Option<&str>, facts: &Facts) -> Option<Vec<Subject>> {
    let recognised = recognise(tree, path, declared, facts)?;
    let Recognised { operation, tree, body } = recognised;
    let address = Address(operation.id.as_str().into());
    let mut found = Vec::new();
    let violations = super::shape::violations(&tree, body, operation);
    found.push(Subject {
        address: address.clone(),
        service: operation.service.clone(),
        channel: Channel::Request,
        span: tree.span(body),
        calls: std::sync::Arc::default(),
        kind: SubjectKind::Request(Request { operation: operation.id.as_str().into(), violations }),
    });
    if let Some(members) = &operation.tags
        && let Some(list) = member(&tree, body, &members.member)
    {
        found.extend(tags::of_list(&tree, list, members, &operation.service, &address));
    }
    found.extend(policy::recognise::of_request(&tree, body, &operation.id));
    Some(found)
}

/// In order: what the configuration says, an envelope, the file's name, the body's own shape.
fn recognise<'t, 'f>(tree: &'t Tree, path: &str, declared: Option<&str>, facts: &'f Facts) -> Option<Recognised<'t, 'f>> {
    let root = tree.root().filter(|root| tree.kind(*root) == Kind::Object)?;
    let operations = facts.operations();
    let by_id = |id: &str| operations.iter().find(|operation| operation.id == id);
    let borrowed = |operation: &'f Operation, body| Recognised { operation, tree: std::borrow::Cow::Borrowed(tree), body };
    let enveloped = envelope(tree, root);
    if let Some(operation) = declared.and_then(by_id) {
        return match enveloped {
            Some((_, Some(body))) => open_body(tree, body, operation),
            _ => Some(borrowed(operation, root)),
        };
    }
    if let Some((target, body)) = enveloped {
        // A target that we do not know is a request of another service: not ours, whatever its shape.
        let operation = operations.iter().find(|operation| operation.target.as_deref() == Some(target.as_str()))?;
        return open_body(tree, body?, operation);
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    if let Some(operation) = operations.iter().find(|operation| operation.names_file(name)) {
        return Some(borrowed(operation, root));
    }
    let mut fitting = operations.iter().filter(|operation| has_shape_of(tree, root, operation));
    let operation = fitting.next()?;
    fitting.next().is_none().then(|| borrowed(operation, root))
}

/// The body of an envelope: an object, or a string that holds one.
fn open_body<'t, 'f>(tree: &'t Tree, body: NodeId, operation: &'f Operation) -> Option<Recognised<'t, 'f>> {
    match tree.kind(body) {
        Kind::Object => Some(Recognised { operation, tree: std::borrow::Cow::Borrowed(tree), body }),
        Kind::String => {
            let inner = json::parse_text(&json::decode(tree, body));
            let root = inner.root().filter(|root| inner.kind(*root) == Kind::Object)?;
            Some(Recognised { operation, tree: std::borrow::Cow::Owned(inner), body: root })
        }
        _ => None,
    }
}

/// The value of `X-Amz-Target` that an envelope names, and its body.
fn envelope(tree: &Tree, root: NodeId) -> Option<(String, Option<NodeId>)> {
    const TARGET: &str = "x-amz-target";
    const BODIES: &[&str] = &["body", "payload", "data", "requestBody", "input", "params", "parameters"];
    let string = |node: NodeId| (tree.kind(node) == Kind::String).then(|| json::decode(tree, node).decoded().to_owned());
    let direct = member(tree, root, TARGET).and_then(string);
    let in_headers = || {
        let headers = member(tree, root, "headers")?;
        match tree.kind(headers) {
            Kind::Object => string(member(tree, headers, TARGET)?),
            Kind::Tuple => tree.children(headers).into_iter().find_map(|header| {
                let name = string(member(tree, header, "name").or_else(|| member(tree, header, "key"))?)?;
                name.eq_ignore_ascii_case(TARGET).then(|| string(member(tree, header, "value")?)).flatten()
            }),
            _ => None,
        }
    };
    let in_url = || {
        let url = string(member(tree, root, "url").or_else(|| member(tree, root, "uri"))?)?;
        let (_, target) = url.split_once("X-Amz-Target=")?;
        Some(target.split(['&', '#']).next().unwrap_or(target).to_owned())
    };
    let target = direct.or_else(in_headers).or_else(in_url)?;
    let body = BODIES.iter().find_map(|name| member(tree, root, name));
    Some((target, body))
}

/// Whether an object has every required member of an operation and no member that it does not know, letter case aside.
fn has_shape_of(tree: &Tree, object: NodeId, operation: &Operation) -> bool {
    let names: Vec<String> = members(tree, object).map(|(name, _)| name.decoded().to_ascii_lowercase()).collect();
    let required = operation.required().all(|name| names.contains(&name.to_ascii_lowercase()));
    required && names.iter().all(|name| operation.members().any(|known| known.eq_ignore_ascii_case(name)))
}

/// The members of an object: decoded name and value, in text order, repeated ones included.
pub fn members(tree: &Tree, object: NodeId) -> impl Iterator<Item = (Text, NodeId)> + '_ {
    let items = if tree.kind(object) == Kind::Object { tree.children(object) } else { Vec::new() };
    items.into_iter().filter_map(|item| {
        let mut children = tree.children_rev(item);
        let (value, key) = (children.next()?, children.next()?);
        (tree.kind(key) == Kind::String).then(|| (json::decode(tree, key), value))
    })
}

/// The value of a member. The exact name wins; else the last one that differs only by letter case.
#[must_use]
pub fn member(tree: &Tree, object: NodeId, name: &str) -> Option<NodeId> {
    let mut loose = None;
    let mut exact = None;
    for (key, value) in members(tree, object) {
        if key.decoded() == name {
            exact = Some(value);
        } else if key.decoded().eq_ignore_ascii_case(name) {
            loose = Some(value);
        }
    }
    exact.or(loose)
}

/// The characters of a string; placeholders that another tool will fill in are not known.
#[must_use]
pub fn text(tree: &Tree, string: NodeId) -> Text {
    let text = json::decode(tree, string);
    let placeholders = placeholders(text.decoded());
    if placeholders.is_empty() {
        return text;
    }
    let mut builder = Text::build(text.origin());
    let mut at = 0;
    for (start, end) in placeholders {
        builder.push_slice(&text, at..start);
        builder.push_unknown(text.origin_of(start..end), "placeholder");
        at = end;
    }
    builder.push_slice(&text, at..text.decoded().len() as u32);
    builder.finish()
}

/// Where `${…}`, `{{…}}` and `<…>` stand in a text.
fn placeholders(text: &str) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(['$', '{', '<']).map(|offset| at + offset) {
        let rest = &text[start..];
        let length = [("${", "}"), ("{{", "}}"), ("<", ">")].iter().find_map(|(open, close)| {
            let inner = rest.strip_prefix(open)?;
            let end = inner.find(close)?;
            (is_name(&inner[..end]) && !(*open == "<" && inner.starts_with(' '))).then_some(open.len() + end + close.len())
        });
        match length {
            Some(length) => {
                found.push((start as u32, (start + length) as u32));
                at = start + length;
            }
            None => at = start + 1,
        }
    }
    found
}

/// A word or a few, as people name placeholders.
fn is_name(text: &str) -> bool {
    const LONGEST: usize = 80;
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | ':' | '|' | '\'' | '"' | '(' | ')' | '[' | ']' | '/');
    text.len() <= LONGEST && text.trim().starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '.') && text.chars().all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_words_in_brackets() {
        assert_eq!(placeholders("a-${STAGE}-{{ team }}<name>"), [(2, 10), (11, 21), (21, 27)]);
        assert_eq!(placeholders("a < b > c <> ${} {x}"), []);
    }
}
