//! `jsondecode`: JSON text to a value, every part with the place of its characters.

use super::super::{Call, FunctionError, Outcome, why};
use crate::{
    origin::HasOrigin,
    syntax::{Kind, NodeId, Tree, json},
    terraform::eval::EntryList,
    text::Text,
    value::{Data, Number, Open, Type, Unknown, Value},
};

/// `jsondecode(text)`. Members and elements that the text leaves open are unknown, the others known.
pub fn jsondecode(call: &Call<'_>) -> Outcome {
    let Some(text) = call.value(0).to_text() else { return Ok(call.unknown(why(call.value(0)).unwrap_or(Unknown::Error))) };
    decode(&text).map_err(|error| call.error_at(0, format!("this is not JSON: {}", error.message)))
}

/// The value that a JSON text stands for.
///
/// # Errors
/// Text that is not JSON, at the place of its first mistake.
pub fn decode(text: &Text) -> Result<Value, FunctionError> {
    /// May stand before a file, and not before what is decoded.
    const BYTE_ORDER_MARK: char = '\u{feff}';
    if text.known_prefix().starts_with(BYTE_ORDER_MARK) {
        return Err(FunctionError { message: "it begins with a byte order mark".to_owned(), span: text.origin().span });
    }
    let tree = json::parse_text(text);
    let open = match text.first_unknown() {
        Some((span, reason)) => Open { why: Unknown::Unsupported(reason), span },
        None => Open { why: Unknown::Error, span: text.origin().span },
    };
    match (tree.root(), tree.problems().first()) {
        (Some(root), None) => Ok(value(&tree, root, open)),
        _ if !text.is_known() => Ok(Value::unknown(open.why, text.origin())),
        (_, Some(problem)) => Err(FunctionError { message: problem.message.clone(), span: tree.span_of(problem.start, problem.end) }),
        (None, None) => Err(FunctionError { message: "the text is empty".to_owned(), span: text.origin().span }),
    }
}

/// The value of a JSON tree, every part with its place; of what the tree leaves open only `open` is known. The parser bounds the depth.
#[must_use]
pub fn value(tree: &Tree, node: NodeId, open: Open) -> Value {
    let origin = tree.origin_of(tree.node(node).start, tree.node(node).end);
    match tree.kind(node) {
        Kind::Object => {
            let mut entries = EntryList::default();
            for item in tree.children(node) {
                match tree.key_and_value(item).filter(|(key, _)| tree.kind(item) == Kind::Item && tree.kind(*key) == Kind::String) {
                    Some((key, member)) => {
                        let key = Value::string(json::decode(tree, key));
                        entries.add_written(key, value(tree, member, open), tree.is_file().then(|| tree.span(item)));
                    }
                    // Of what is not known only this is: more members may follow.
                    None => entries.open(open),
                }
            }
            entries.finish(origin)
        }
        Kind::Tuple => {
            let elements = tree.children(node).into_iter().map(|element| value(tree, element, open));
            Value::new(Data::Sequence(elements.collect()), Type::Tuple, origin)
        }
        Kind::String => Value::string(json::decode(tree, node)),
        Kind::Bool => Value::new(Data::Bool(tree.raw(node) == "true"), Type::Bool, origin),
        Kind::Null => Value::new(Data::Null, Type::Any, origin),
        Kind::Number => match Number::parse(tree.raw(node)) {
            Some(number) => Value::new(Data::Number(number), Type::Number, origin),
            None => Value::unknown(Unknown::Unsupported("number out of range"), origin),
        },
        _ => Value::unknown(open.why, origin),
    }
}
