//! `statement` blocks.

use super::{
    Refused,
    given::why,
    hash::{in_hash_order, serialize},
    model::{Item, Node, Statement, unknown_part},
    refused, text,
};
use crate::{
    origin::{HasOrigin, Origin},
    text::Text,
    value::{Data, Open, Value},
};

/// The version of the policy language that has no variables.
const WITHOUT_VARIABLES: &str = "2008-10-17";

/// All `statement` blocks.
pub fn statements(blocks: &Value, version: &Text) -> Result<Vec<Item>, Refused> {
    match &blocks.data {
        Data::Null => Ok(Vec::new()),
        Data::Sequence(blocks) => blocks.iter().map(|block| statement(block, version)).collect(),
        Data::Unknown(_) | Data::OneOf(_) => Ok(vec![Item::Unknown(why(blocks))]),
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Entries { .. } => {
            Err(refused(blocks.origin.span, "`statement` is a block"))
        }
    }
}

fn statement(block: &Value, version: &Text) -> Result<Item, Refused> {
    if !matches!(block.data, Data::Entries { .. }) {
        return Ok(Item::Unknown(why(block)));
    }
    let mut members = Vec::new();
    let origin = block.origin.clone();
    let sid = argument(block, "sid").map(|value| text(&value)).transpose()?;
    if let Some(sid) = sid.as_ref().filter(|sid| !sid.is_known() || !sid.decoded().is_empty()) {
        members.push((Text::derived("Sid", sid.origin()), Node::Text(sid.clone())));
    }
    let effect = match argument(block, "effect") {
        Some(value) => text(&value)?,
        None => Text::derived("Allow", origin.clone()),
    };
    if !effect.is_known() || !effect.decoded().is_empty() {
        members.push((Text::derived("Effect", effect.origin()), Node::Text(effect)));
    }
    let plain = Variables::Kept;
    let variables = Variables::Replaced(version);
    for (name, member, variables) in [
        ("actions", "Action", plain),
        ("not_actions", "NotAction", plain),
        ("resources", "Resource", variables),
        ("not_resources", "NotResource", variables),
    ] {
        if let Some(value) = argument(block, name)
            && let Some(node) = set(&value, variables)?.filter(|node| !matches!(node, Node::List(nodes, _) if nodes.is_empty()))
        {
            members.push((Text::derived(member, value.origin), node));
        }
    }
    for (name, member) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        if let Some(blocks) = argument(block, name)
            && let Some(node) = principal_blocks(&blocks, version)?
        {
            members.push((Text::derived(member, blocks.origin), node));
        }
    }
    if let Some(blocks) = argument(block, "condition")
        && let Some(node) = condition_blocks(&blocks, version)?
    {
        members.push((Text::derived("Condition", blocks.origin), node));
    }
    Ok(Item::Statement(Box::new(Statement { sid, members, open: None, origin })))
}

/// The argument of a block, if it is given.
fn argument(block: &Value, name: &str) -> Option<Value> {
    let Data::Entries { entries, .. } = &block.data else { return None };
    let entry = entries.iter().find(|entry| entry.shadowed.is_none() && entry.key.known() == Some(name))?;
    (!matches!(entry.value.data, Data::Null)).then(|| entry.value.clone())
}

/// Whether `&{` becomes `${`.
#[derive(Clone, Copy)]
enum Variables<'a> {
    Kept,
    Replaced(&'a Text),
}

impl Variables<'_> {
    fn apply(self, text: Text) -> Result<Text, Refused> {
        let Variables::Replaced(version) = self else { return Ok(text) };
        if !text.decoded().contains("&{") {
            return Ok(text);
        }
        if version.known() == Some(WITHOUT_VARIABLES) {
            return Err(refused(text.origin().span, format!("`&{{` is not supported in document version {WITHOUT_VARIABLES}")));
        }
        let mut builder = Text::build(text.origin());
        let mut from = 0;
        for (at, _) in text.decoded().match_indices("&{") {
            let at = at as u32;
            builder.push_slice(&text, from..at);
            builder.push_folded("$", text.origin_of(at..at + 1));
            from = at + 1;
        }
        builder.push_slice(&text, from..text.decoded().len() as u32);
        Ok(builder.finish())
    }
}

/// A set of strings: one stands alone, several are sorted backwards.
fn set(value: &Value, variables: Variables<'_>) -> Result<Option<Node>, Refused> {
    let elements = match &value.data {
        Data::Null => return Ok(None),
        Data::Unknown(_) | Data::OneOf(_) => return Ok(Some(Node::Unknown(why(value)))),
        Data::Sequence(elements) => elements,
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Entries { .. } => {
            return Err(refused(value.origin.span, "a list of strings is asked for"));
        }
    };
    let mut texts: Vec<Text> = Vec::new();
    for element in elements.iter() {
        if matches!(element.data, Data::Null) {
            return Err(refused(element.origin.span, "null is not allowed in a set of strings"));
        }
        let text = text(element)?;
        if text.known().is_none() || !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts.sort_by(|left, right| right.decoded().cmp(left.decoded()));
    let mut nodes: Vec<Node> = texts.into_iter().map(|text| Ok(Node::Text(variables.apply(text)?))).collect::<Result<_, Refused>>()?;
    Ok(Some(if nodes.len() == 1 { nodes.remove(0) } else { Node::List(nodes, value.origin.clone()) }))
}

/// `principals` blocks as one member.
fn principal_blocks(blocks: &Value, version: &Text) -> Result<Option<Node>, Refused> {
    let Data::Sequence(list) = &blocks.data else { return Ok(Some(Node::Unknown(why(blocks)))) };
    let mut pairs = Vec::new();
    for block in list.iter() {
        if !matches!(block.data, Data::Entries { .. }) {
            return Ok(Some(Node::Unknown(why(block))));
        }
        let (Some(ty), Some(identifiers)) = (argument(block, "type"), argument(block, "identifiers")) else {
            return Err(refused(block.origin.span, "a `principals` block needs `type` and `identifiers`"));
        };
        let ty = text(&ty)?;
        let Some(node) = set(&identifiers, Variables::Kept)? else { continue };
        pairs.push((ty, node));
    }
    let hashed = |(ty, node): &(Text, Node)| {
        let set = serialize::set(node)?;
        Some(format!("identifiers:{set};type:{};", ty.known()?))
    };
    let mut pairs = in_hash_order(pairs, hashed);
    for (_, node) in &mut pairs {
        let replaced = |text: &Text| Variables::Replaced(version).apply(text.clone());
        match node {
            Node::Text(text) => *text = replaced(text)?,
            Node::List(nodes, _) => {
                for inner in nodes {
                    if let Node::Text(text) = inner {
                        *text = replaced(text)?;
                    }
                }
            }
            Node::Word(..) | Node::Map(..) | Node::Unknown(_) => {}
        }
    }
    Ok(principals(pairs, None, &blocks.origin))
}

/// The member that pairs of type and identifiers make.
pub fn principals(pairs: Vec<(Text, Node)>, open: Option<Open>, origin: &Origin) -> Option<Node> {
    if let ([(ty, node)], None) = (&*pairs, open) {
        let star = |node: &Node| matches!(node, Node::Text(text) if text.known() == Some("*"));
        let is_unknown = |node: &Node| match node {
            Node::Unknown(_) => true,
            Node::Text(text) => !text.is_known(),
            Node::List(nodes, _) => nodes.iter().any(|node| matches!(node, Node::Unknown(_))),
            Node::Word(..) | Node::Map(..) => false,
        };
        match (ty.known(), node) {
            (Some("*"), node) if star(node) => return Some(node.clone()),
            (Some("*"), Node::List(nodes, _)) if matches!(&**nodes, [only] if star(only)) => return nodes.first().cloned(),
            (Some("*"), node) if is_unknown(node) => {
                return Some(Node::Unknown(Open { why: crate::value::Unknown::AfterApply, span: ty.origin().span }));
            }
            _ => {}
        }
    }
    if let Some((ty, _)) = pairs.iter().find(|(ty, _)| !ty.is_known()) {
        return Some(Node::Unknown(unknown_part(ty)));
    }
    if pairs.is_empty() && open.is_none() {
        return None;
    }
    let mut members: Vec<(Text, Node)> = Vec::new();
    for (ty, node) in pairs {
        let Some((_, before)) = members.iter_mut().find(|(known, _)| *known == ty) else {
            let node = match node {
                Node::List(nodes, origin) => Node::List(reversed(nodes), origin),
                other => other,
            };
            members.push((ty, node));
            continue;
        };
        let (mut nodes, origin) = match std::mem::replace(before, Node::Word(String::new(), origin.clone())) {
            Node::List(nodes, origin) => (nodes, origin),
            single => (vec![single], origin.clone()),
        };
        match node {
            Node::List(more, _) => nodes.extend(reversed(more)),
            single => nodes.push(single),
        }
        *before = Node::List(nodes, origin);
    }
    members.sort_by(|left, right| left.0.decoded().cmp(right.0.decoded()));
    Some(Node::Map(members, open, origin.clone()))
}

/// Sorted backwards, as the provider writes identifiers.
pub fn reversed(mut nodes: Vec<Node>) -> Vec<Node> {
    let key = |node: &Node| match node {
        Node::Text(text) => text.decoded().to_owned(),
        Node::Word(..) | Node::List(..) | Node::Map(..) | Node::Unknown(_) => String::new(),
    };
    nodes.sort_by_key(|node| std::cmp::Reverse(key(node)));
    nodes
}

/// `condition` blocks as one member. Values of the same operator and key come together.
fn condition_blocks(blocks: &Value, version: &Text) -> Result<Option<Node>, Refused> {
    let Data::Sequence(list) = &blocks.data else { return Ok(Some(Node::Unknown(why(blocks)))) };
    let mut triples = Vec::new();
    let mut open = None;
    for block in list.iter() {
        if !matches!(block.data, Data::Entries { .. }) {
            open = Some(why(block));
            continue;
        }
        let (Some(test), Some(variable), Some(values)) = (argument(block, "test"), argument(block, "variable"), argument(block, "values"))
        else {
            return Err(refused(block.origin.span, "a `condition` block needs `test`, `variable` and `values`"));
        };
        triples.push((text(&test)?, text(&variable)?, condition_values(&values)?, values.origin.clone()));
    }
    let hashed = |(test, variable, values, _): &(Text, Text, Vec<Node>, Origin)| {
        let list = serialize::list(values)?;
        Some(format!("test:{};values:{list};variable:{};", test.known()?, variable.known()?))
    };
    let mut tests: Vec<(Text, Vec<Variable>)> = Vec::new();
    for (test, variable, values, origin) in in_hash_order(triples, hashed) {
        let values = values.into_iter().map(|node| match node {
            Node::Text(text) => Ok(Node::Text(Variables::Replaced(version).apply(text)?)),
            other => Ok(other),
        });
        let values: Vec<Node> = values.collect::<Result<_, Refused>>()?;
        let at = tests.iter().position(|(known, _)| *known == test).unwrap_or_else(|| {
            tests.push((test, Vec::new()));
            tests.len() - 1
        });
        let variables = &mut tests[at].1;
        match variables.iter_mut().find(|known| known.key == variable) {
            Some(known) => known.values.extend(values),
            None => variables.push(Variable { key: variable, values, origin }),
        }
    }
    if tests.is_empty() && open.is_none() {
        return Ok(None);
    }
    let mut members: Vec<(Text, Node)> = tests.into_iter().map(|(test, variables)| variables_of(test, variables)).collect();
    members.sort_by(|left, right| left.0.decoded().cmp(right.0.decoded()));
    Ok(Some(Node::Map(members, open, blocks.origin.clone())))
}

/// A condition key with all of its values.
struct Variable {
    key: Text,
    values: Vec<Node>,
    origin: Origin,
}

fn variables_of(test: Text, variables: Vec<Variable>) -> (Text, Node) {
    let origin = test.origin();
    let mut members: Vec<(Text, Node)> = Vec::new();
    for Variable { key, mut values, origin } in variables {
        let node = if values.len() == 1 { values.remove(0) } else { Node::List(values, origin) };
        members.push((key, node));
    }
    members.sort_by(|left, right| left.0.decoded().cmp(right.0.decoded()));
    (test, Node::Map(members, None, origin))
}

/// The values of a condition, in order; null is the empty string.
fn condition_values(value: &Value) -> Result<Vec<Node>, Refused> {
    match &value.data {
        Data::Unknown(_) | Data::OneOf(_) => Ok(vec![Node::Unknown(why(value))]),
        Data::Sequence(elements) => {
            let node = |element: &Value| match element.data {
                Data::Null => Ok(Node::Text(Text::derived("", element.origin.clone()))),
                _ => Ok(Node::Text(text(element)?)),
            };
            elements.iter().map(node).collect()
        }
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Entries { .. } => {
            Err(refused(value.origin.span, "a list of strings is asked for"))
        }
    }
}
