//! Equality, and the order in which sets have their elements.

use std::cmp::Ordering;

use crate::value::{Data, Entry, Type, Value};

/// Whether two values are the same for Terraform's `==`: of the same type and content. `None` where something that matters is not known.
#[must_use]
pub fn equal(left: &Value, right: &Value) -> Option<bool> {
    let mut left_to_see = 200_000;
    equal_within(left, right, &mut left_to_see, 300)
}

fn equal_within(left: &Value, right: &Value, see: &mut u32, depth: u32) -> Option<bool> {
    *see = see.checked_sub(1)?;
    let depth = depth.checked_sub(1)?;
    match (&left.data, &right.data) {
        (Data::Unknown(_) | Data::OneOf(_), _) | (_, Data::Unknown(_) | Data::OneOf(_)) => None,
        (Data::Null, Data::Null) => Some(true),
        (Data::Null, _) | (_, Data::Null) => Some(false),
        (Data::Bool(left), Data::Bool(right)) => Some(left == right),
        (Data::Number(left), Data::Number(right)) => Some(left == right),
        (Data::String(left), Data::String(right)) => match (left.known(), right.known()) {
            (Some(left), Some(right)) => Some(left == right),
            _ => {
                // Beginnings that differ are enough.
                let (left, right) = (left.known_prefix(), right.known_prefix());
                let shorter = left.len().min(right.len());
                (left.as_bytes()[..shorter] != right.as_bytes()[..shorter]).then_some(false)
            }
        },
        (Data::Sequence(values), Data::Sequence(others)) => {
            if !same_kind(&left.ty, &right.ty) || values.len() != others.len() {
                return Some(false);
            }
            all(values.iter().zip(others.iter()).map(|(left, right)| equal_within(left, right, see, depth)))
        }
        (Data::Entries { entries, open }, Data::Entries { entries: others, open: other_open }) => {
            if !same_kind(&left.ty, &right.ty) {
                return Some(false);
            }
            let live = |entries: &[Entry]| -> Option<Vec<(String, Value)>> {
                let mut live: Vec<(String, Value)> = entries
                    .iter()
                    .filter(|entry| entry.shadowed.is_none())
                    .map(|entry| Some((entry.key.known()?.to_owned(), entry.value.clone())))
                    .collect::<Option<_>>()?;
                live.sort_by(|left, right| left.0.cmp(&right.0));
                Some(live)
            };
            if open.is_some() || other_open.is_some() {
                return None;
            }
            let (entries, others) = (live(entries)?, live(others)?);
            if entries.len() != others.len() || entries.iter().zip(&others).any(|(left, right)| left.0 != right.0) {
                return Some(false);
            }
            all(entries.iter().zip(&others).map(|(left, right)| equal_within(&left.1, &right.1, see, depth)))
        }
        _ => Some(false),
    }
}

/// All of them; one that is false is enough, whatever is not known.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

/// Lists, sets and tuples are never equal to each other; nor are maps and objects.
fn same_kind(left: &Type, right: &Type) -> bool {
    let kind = |ty: &Type| match ty {
        Type::List(_) => 1,
        Type::Set(_) => 2,
        Type::Tuple | Type::TupleOf(_) => 3,
        Type::Map(_) => 4,
        Type::Object | Type::ObjectOf(_) => 5,
        Type::Any | Type::Bool | Type::Number | Type::String => 0,
    };
    kind(left) == 0 || kind(right) == 0 || kind(left) == kind(right)
}

/// The elements of a set: each once, strings and numbers in their order. What is not known stands last.
#[must_use]
pub fn order_set(values: Vec<Value>, element: &Type) -> Vec<Value> {
    let (known, unknown): (Vec<Value>, Vec<Value>) = values.into_iter().partition(is_known);
    let mut keyed: Vec<(Vec<u8>, Value)> = known.into_iter().map(|value| (key(&value), value)).collect();
    let compare = |left: &(Vec<u8>, Value), right: &(Vec<u8>, Value)| match (element, &left.1.data, &right.1.data) {
        (_, Data::Null, Data::Null) => Ordering::Equal,
        (_, Data::Null, _) => Ordering::Greater,
        (_, _, Data::Null) => Ordering::Less,
        (_, Data::Number(left), Data::Number(right)) => left.cmp(right),
        (_, Data::String(left), Data::String(right)) => left.decoded().cmp(right.decoded()),
        (_, Data::Bool(left), Data::Bool(right)) => left.cmp(right),
        _ => left.0.cmp(&right.0),
    };
    keyed.sort_by(compare);
    keyed.dedup_by(|later, earlier| compare(later, earlier) == Ordering::Equal);
    keyed.into_iter().map(|(_, value)| value).chain(unknown).collect()
}

/// Whether all of it is known.
#[must_use]
pub fn is_known(value: &Value) -> bool {
    fn within(value: &Value, see: &mut u32, depth: u32) -> Option<bool> {
        *see = see.checked_sub(1)?;
        let depth = depth.checked_sub(1)?;
        Some(match &value.data {
            Data::Null | Data::Bool(_) | Data::Number(_) => true,
            Data::String(text) => text.is_known(),
            Data::Sequence(values) => {
                for value in values.iter() {
                    if !within(value, see, depth)? {
                        return Some(false);
                    }
                }
                true
            }
            Data::Entries { entries, open } => {
                for entry in entries.iter().filter(|entry| entry.shadowed.is_none()) {
                    if !entry.key.is_known() || !within(&entry.value, see, depth)? {
                        return Some(false);
                    }
                }
                open.is_none()
            }
            Data::OneOf(_) | Data::Unknown(_) => false,
        })
    }
    within(value, &mut 200_000, 300).unwrap_or(false)
}

/// What orders the elements of a set that are neither strings nor numbers: the bytes that cty writes for them.
fn key(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    push_key(value, &mut bytes);
    bytes
}

fn push_key(value: &Value, out: &mut Vec<u8>) {
    match &value.data {
        Data::Null => out.push(b'~'),
        Data::Unknown(_) | Data::OneOf(_) => out.push(b'?'),
        Data::Bool(bool) => out.push(if *bool { b'T' } else { b'F' }),
        Data::Number(number) => out.extend(number.short().into_bytes()),
        Data::String(text) => push_quoted(text.decoded(), out),
        Data::Sequence(values) => {
            let (open, close) = if matches!(value.ty, Type::List(_) | Type::Set(_)) { (b'[', b']') } else { (b'<', b'>') };
            out.push(open);
            for value in values.iter() {
                push_key(value, out);
                out.push(b';');
            }
            out.push(close);
        }
        Data::Entries { entries, .. } => {
            let is_map = matches!(value.ty, Type::Map(_));
            let mut live: Vec<&Entry> = entries.iter().filter(|entry| entry.shadowed.is_none()).collect();
            live.sort_by(|left, right| left.key.decoded().cmp(right.key.decoded()));
            out.push(if is_map { b'{' } else { b'<' });
            for entry in live {
                if is_map {
                    push_quoted(entry.key.decoded(), out);
                    out.push(b':');
                }
                push_key(&entry.value, out);
                out.push(b';');
            }
            out.push(if is_map { b'}' } else { b'>' });
        }
    }
}

/// As Go's `%q` writes plain text; others are told apart all the same.
fn push_quoted(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend([b'\\', character as u8]),
            '\n' => out.extend(b"\\n"),
            '\t' => out.extend(b"\\t"),
            '\r' => out.extend(b"\\r"),
            _ => out.extend(character.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    out.push(b'"');
}
