//! Documents that are given as JSON text: what the provider keeps of them.

use super::{
    Refused,
    block::{principals, reversed},
    model::{Document, Item, Node, Statement},
    refused, text,
};
use crate::{
    origin::{HasOrigin, Origin},
    terraform::functions::json::decode,
    text::Text,
    value::{Data, Entry, Open, Unknown, Value},
};

/// How deep a value may nest that the provider passes on as it is.
const MAX_DEPTH: usize = 64;

/// Reads an element of `source_policy_documents` or `override_policy_documents`; `None` where it is null or empty.
pub fn document(given: &Value) -> Result<Option<Document>, Refused> {
    let text = match &given.data {
        Data::Null => return Ok(None),
        Data::Unknown(_) | Data::OneOf(_) => return Ok(Some(unknown(given))),
        _ => text(given)?,
    };
    if text.known() == Some("") {
        return Ok(None);
    }
    let value = decode(&text).map_err(|problem| refused(problem.span, format!("the document is not JSON: {}", problem.message)))?;
    match &value.data {
        Data::Unknown(_) | Data::OneOf(_) => Ok(Some(unknown(&value))),
        Data::Null => Ok(Some(Document::default())),
        Data::Entries { entries, open } => Ok(Some(members(entries, *open)?)),
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) => {
            Err(refused(value.origin.span, "a policy document is an object"))
        }
    }
}

/// A document of which nothing is known.
fn unknown(value: &Value) -> Document {
    let open = why(value);
    Document { statements: vec![Item::Unknown(open)], open: Some(open), ..Document::default() }
}

/// Why a value is not known.
pub fn why(value: &Value) -> Open {
    let why = value.why_unknown().unwrap_or(Unknown::Unsupported("conditional on an unknown value"));
    Open { why, span: value.origin.span }
}

fn members(entries: &[Entry], open: Option<Open>) -> Result<Document, Refused> {
    let mut document = Document { open, ..Document::default() };
    if let Some(version) = member(entries, "Version") {
        document.version = string(version)?;
    }
    if let Some(id) = member(entries, "Id") {
        document.id = string(id)?;
    }
    match member(entries, "Statement") {
        None => {}
        Some(value) => match &value.data {
            Data::Null => {}
            Data::Sequence(elements) => {
                for element in elements.iter() {
                    document.statements.extend(statement(element)?);
                }
            }
            Data::Unknown(_) | Data::OneOf(_) => document.statements.push(Item::Unknown(why(value))),
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Entries { .. } => {
                return Err(refused(value.origin.span, "the provider takes `Statement` as a list only"));
            }
        },
    }
    if let (Some(open), true) = (open, member(entries, "Statement").is_none()) {
        document.statements.push(Item::Unknown(open));
    }
    Ok(document)
}

fn statement(value: &Value) -> Result<Option<Item>, Refused> {
    let (entries, open) = match &value.data {
        Data::Entries { entries, open } => (entries, *open),
        Data::Unknown(_) | Data::OneOf(_) => return Ok(Some(Item::Unknown(why(value)))),
        Data::Null => return Ok(None),
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) => {
            return Err(refused(value.origin.span, "a statement is an object"));
        }
    };
    let mut members = Vec::new();
    let mut sid = None;
    for name in ["Sid", "Effect"] {
        let Some(value) = member(entries, name) else { continue };
        let Some(text) = string(value)?.filter(|text| !text.is_known() || !text.decoded().is_empty()) else { continue };
        if name == "Sid" {
            sid = Some(text.clone());
        }
        members.push((key(entries, name, value), Node::Text(text)));
    }
    for name in ["Action", "NotAction", "Resource", "NotResource"] {
        if let Some(value) = member(entries, name).filter(|value| !matches!(value.data, Data::Null)) {
            members.push((key(entries, name, value), passed_on(value, 0)?));
        }
    }
    for name in ["Principal", "NotPrincipal"] {
        if let Some(value) = member(entries, name)
            && let Some(node) = principal(value)?
        {
            members.push((key(entries, name, value), node));
        }
    }
    if let Some(value) = member(entries, "Condition")
        && let Some(node) = condition(value)?
    {
        members.push((key(entries, "Condition", value), node));
    }
    if let (Some(open), None) = (open, &sid) {
        // Its Sid may be among the members that are not known.
        let mut builder = Text::build(Origin::at(open.span));
        builder.push_unknown(Origin::at(open.span), open.why.reason());
        sid = Some(builder.finish());
    }
    Ok(Some(Item::Statement(Box::new(Statement { sid, members, open, origin: value.origin.clone() }))))
}

/// A value that the provider passes on as it is; members sorted, as Go does.
fn passed_on(value: &Value, depth: usize) -> Result<Node, Refused> {
    let origin = value.origin.clone();
    if depth > MAX_DEPTH {
        return Err(refused(origin.span, "the document is nested too deeply"));
    }
    Ok(match &value.data {
        Data::Null => Node::Word("null".to_owned(), origin),
        Data::Bool(bool) => Node::Word(bool.to_string(), origin),
        Data::Number(number) => Node::Word(number.as_str().to_owned(), origin),
        Data::String(text) => Node::Text(text.clone()),
        Data::Sequence(elements) => {
            Node::List(elements.iter().map(|element| passed_on(element, depth + 1)).collect::<Result<_, _>>()?, origin)
        }
        Data::Entries { entries, open } => {
            let live = entries.iter().filter(|entry| entry.shadowed.is_none());
            let mut members: Vec<(Text, Node)> =
                live.map(|entry| Ok((entry.key.clone(), passed_on(&entry.value, depth + 1)?))).collect::<Result<_, Refused>>()?;
            members.sort_by(|left, right| left.0.decoded().cmp(right.0.decoded()));
            Node::Map(members, *open, origin)
        }
        Data::Unknown(_) | Data::OneOf(_) => Node::Unknown(why(value)),
    })
}

fn principal(value: &Value) -> Result<Option<Node>, Refused> {
    let origin = value.origin.clone();
    let (entries, open) = match &value.data {
        Data::Unknown(_) | Data::OneOf(_) => return Ok(Some(Node::Unknown(why(value)))),
        // Any string is taken for `"*"`.
        Data::String(text) => return Ok(Some(Node::Text(Text::derived("*", text.origin())))),
        Data::Entries { entries, open } => (entries, *open),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Sequence(_) => {
            return Err(refused(origin.span, "the provider takes a principal as a string or an object"));
        }
    };
    let mut pairs = Vec::new();
    for entry in entries.iter().filter(|entry| entry.shadowed.is_none()) {
        let node = match &entry.value.data {
            Data::String(text) => Node::Text(text.clone()),
            Data::Sequence(elements) => {
                Node::List(reversed(elements.iter().map(string_or_unknown).collect::<Result<_, _>>()?), entry.value.origin.clone())
            }
            Data::Unknown(_) | Data::OneOf(_) => Node::Unknown(why(&entry.value)),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::Entries { .. } => {
                return Err(refused(
                    entry.value.origin.span,
                    "the provider takes the identifiers of a principal as a string or a list of strings",
                ));
            }
        };
        pairs.push((entry.key.clone(), node));
    }
    Ok(principals(pairs, open, &origin))
}

fn condition(value: &Value) -> Result<Option<Node>, Refused> {
    let (entries, open) = match &value.data {
        Data::Null => return Ok(None),
        Data::Unknown(_) | Data::OneOf(_) => return Ok(Some(Node::Unknown(why(value)))),
        Data::Entries { entries, open } => (entries, *open),
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) => {
            return Err(refused(value.origin.span, "`Condition` is an object"));
        }
    };
    let mut tests = Vec::new();
    for test in entries.iter().filter(|entry| entry.shadowed.is_none()) {
        let (variables, more) = match &test.value.data {
            Data::Null => continue,
            Data::Entries { entries, open } => (entries, *open),
            Data::Unknown(_) | Data::OneOf(_) => {
                tests.push((test.key.clone(), Node::Unknown(why(&test.value))));
                continue;
            }
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) => {
                return Err(refused(test.value.origin.span, "the operator of a condition is an object"));
            }
        };
        let mut members = Vec::new();
        for variable in variables.iter().filter(|entry| entry.shadowed.is_none()) {
            let node = match &variable.value.data {
                Data::String(text) => Node::Text(text.clone()),
                Data::Bool(bool) => Node::Text(Text::derived(&bool.to_string(), variable.value.origin.clone())),
                Data::Sequence(elements) => {
                    let mut nodes: Vec<Node> = elements.iter().map(string_or_unknown).collect::<Result<_, _>>()?;
                    match nodes.len() {
                        1 => nodes.remove(0),
                        _ => Node::List(nodes, variable.value.origin.clone()),
                    }
                }
                Data::Unknown(_) | Data::OneOf(_) => Node::Unknown(why(&variable.value)),
                // The provider drops what is neither.
                Data::Null | Data::Number(_) | Data::Entries { .. } => continue,
            };
            members.push((variable.key.clone(), node));
        }
        if !members.is_empty() || more.is_some() {
            members.sort_by(|left, right| left.0.decoded().cmp(right.0.decoded()));
            tests.push((test.key.clone(), Node::Map(members, more, test.value.origin.clone())));
        }
    }
    if tests.is_empty() && open.is_none() {
        return Ok(None);
    }
    tests.sort_by(|left, right| left.0.decoded().cmp(right.0.decoded()));
    Ok(Some(Node::Map(tests, open, value.origin.clone())))
}

fn string_or_unknown(value: &Value) -> Result<Node, Refused> {
    match &value.data {
        Data::String(text) => Ok(Node::Text(text.clone())),
        Data::Unknown(_) | Data::OneOf(_) => Ok(Node::Unknown(why(value))),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Sequence(_) | Data::Entries { .. } => {
            Err(refused(value.origin.span, "the provider takes strings here only"))
        }
    }
}

/// A string, or null.
fn string(value: &Value) -> Result<Option<Text>, Refused> {
    match &value.data {
        Data::Null => Ok(None),
        Data::String(text) => Ok(Some(text.clone())),
        Data::Unknown(_) | Data::OneOf(_) => Ok(Some(text(value)?)),
        Data::Bool(_) | Data::Number(_) | Data::Sequence(_) | Data::Entries { .. } => {
            Err(refused(value.origin.span, "the provider takes a string here"))
        }
    }
}

/// The member that Go's decoder reads into the field of that name: the last one whose name is it in any letter case.
fn find<'e>(entries: &'e [Entry], name: &str) -> Option<&'e Entry> {
    entries.iter().rev().find(|entry| entry.shadowed.is_none() && entry.key.known().is_some_and(|key| key.eq_ignore_ascii_case(name)))
}

fn member<'e>(entries: &'e [Entry], name: &str) -> Option<&'e Value> {
    find(entries, name).map(|entry| &entry.value)
}

/// The key as it is written out, standing for the key as it was given.
fn key(entries: &[Entry], name: &str, value: &Value) -> Text {
    match find(entries, name) {
        Some(entry) => entry.key.with_decoded(name),
        None => Text::derived(name, value.origin.clone()),
    }
}
