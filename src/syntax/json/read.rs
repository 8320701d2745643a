//! What the nodes of a JSON tree mean: characters, values, pointers.

use crate::{
    origin::Origin,
    source::Span,
    syntax::tree::{Input, Kind, NodeId, Tree},
    text::{Text, TextBuilder},
};

/// The characters of a `String` node, each with its place in the file. Lone surrogates become U+FFFD; bytes that are no UTF-8 are not known.
#[must_use]
pub fn decode(tree: &Tree, string: NodeId) -> Text {
    let node = tree.node(string);
    let raw = tree.raw(string);
    let whole = tree.origin_of(node.start, node.end);
    let inner = raw.strip_prefix('"').unwrap_or(raw);
    let start = node.start + (raw.len() - inner.len()) as u32;
    let inner = if inner.len() < raw.len() { inner.strip_suffix('"').unwrap_or(inner) } else { inner };
    let is_whole = match tree.input() {
        Input::File(source) => source.invalid_bytes().is_empty(),
        Input::Text(_) => true,
    };
    if is_whole && !inner.is_empty() && memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return plain(tree, inner, start, whole);
    }
    let mut builder = Text::build(whole);
    let mut at = 0;
    while let Some(length) = memchr::memchr(b'\\', &inner.as_bytes()[at..]) {
        copy(tree, &mut builder, start + at as u32, &inner[at..at + length]);
        at += length;
        let (character, used) = unescape(&inner[at..]);
        let from = start + at as u32;
        let origin = tree.origin_of(from, from + used as u32);
        builder.push_folded(character.encode_utf8(&mut [0; 4]), origin);
        at += used;
    }
    copy(tree, &mut builder, start + at as u32, &inner[at..]);
    builder.finish()
}

/// A string without escapes, as nearly all are.
fn plain(tree: &Tree, inner: &str, start: u32, whole: Origin) -> Text {
    let range = start..start + inner.len() as u32;
    match tree.input() {
        Input::File(source) => Text::written(inner, Origin::at(Span::new(source.id(), range.start, range.end)), whole),
        Input::Text(text) => text.part(range, whole),
    }
}

/// Characters that stand as they are; where the tree was parsed from decoded text, its own pieces say where they are written.
fn copy(tree: &Tree, builder: &mut TextBuilder, start: u32, part: &str) {
    match tree.input() {
        Input::File(source) => {
            let end = start + part.len() as u32;
            let invalid = source.invalid_bytes();
            let mut at = start;
            for byte in &invalid[invalid.partition_point(|byte| *byte < start)..invalid.partition_point(|byte| *byte < end)] {
                builder.push_verbatim(&part[(at - start) as usize..(byte - start) as usize], tree.origin_of(at, *byte));
                builder.push_unknown(tree.origin_of(*byte, byte + 1), "not valid UTF-8");
                at = byte + 1;
            }
            builder.push_verbatim(&part[(at - start) as usize..], tree.origin_of(at, end));
        }
        Input::Text(text) => builder.push_slice(text, start..start + part.len() as u32),
    }
}

/// The character of an escape, and how many bytes it takes. A surrogate pair is one escape.
fn unescape(text: &str) -> (char, usize) {
    let hex =
        |at: usize| text.get(at + 2..at + 6).filter(|_| text[at..].starts_with("\\u")).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    match text.as_bytes().get(1) {
        Some(b'n') => ('\n', 2),
        Some(b't') => ('\t', 2),
        Some(b'r') => ('\r', 2),
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'u') => match hex(0) {
            Some(high @ 0xD800..0xDC00) => match text.get(6..).and_then(|_| hex(6)) {
                Some(low @ 0xDC00..0xE000) => {
                    (char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
                }
                _ => (char::REPLACEMENT_CHARACTER, 6),
            },
            Some(code) => (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 6),
            None => ('\\', 1),
        },
        Some(byte @ (b'"' | b'\\' | b'/')) => (char::from(*byte), 2),
        _ => ('\\', 1),
    }
}

/// The node that a JSON Pointer names, below `root`. Of members with one name the last counts, as in [`to_value`].
#[must_use]
pub fn pointer(tree: &Tree, root: NodeId, pointer: &str) -> Option<NodeId> {
    let mut node = root;
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        node = match tree.kind(node) {
            Kind::Object => tree.children_rev(node).find_map(|item| {
                let (key, value) = tree.key_and_value(item)?;
                (tree.kind(key) == Kind::String && decode(tree, key).decoded() == step).then_some(value)
            })?,
            Kind::Tuple => *tree.children(node).get(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(node)
}

/// The value as serde_json has it: the last of repeated members, what could not be read as null. The parser bounds the depth.
#[must_use]
pub fn to_value(tree: &Tree, node: NodeId) -> serde_json::Value {
    use serde_json::Value;
    match tree.kind(node) {
        Kind::Object => {
            let items = tree.children(node).into_iter().filter_map(|item| {
                let (key, value) = tree.key_and_value(item)?;
                (tree.kind(key) == Kind::String).then(|| (decode(tree, key).decoded().to_owned(), to_value(tree, value)))
            });
            Value::Object(items.collect())
        }
        Kind::Tuple => Value::Array(tree.children(node).into_iter().map(|element| to_value(tree, element)).collect()),
        Kind::String => Value::String(decode(tree, node).decoded().to_owned()),
        Kind::Bool => Value::Bool(tree.raw(node) == "true"),
        // A number stays one, also where serde_json has none as large.
        Kind::Number => serde_json::from_str(tree.raw(node)).unwrap_or_else(|_| Value::from(f64::MAX)),
        _ => Value::Null,
    }
}
