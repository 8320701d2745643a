//! Functions that look into lists, sets and tuples.

use super::{Argument, Call, FunctionError, Outcome, text, why, why_deep};
use crate::value::{
    Data, Entry, Number, Type, Unknown, Value,
    convert::{convert, equal, unified},
};

/// What is known of a sequence argument.
pub enum Elements<'v> {
    Known(&'v [Value]),
    Unknown(Unknown),
}

/// The elements of a sequence argument.
pub fn elements<'c>(call: &'c Call<'_>, at: usize, what: &str) -> Result<Elements<'c>, FunctionError> {
    let value = call.value(at);
    match &value.data {
        Data::Sequence(values) => Ok(Elements::Known(values)),
        Data::Unknown(why) => Ok(Elements::Unknown(*why)),
        Data::OneOf(_) => Ok(Elements::Unknown(why(value).unwrap_or(Unknown::Error))),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Entries { .. } => {
            Err(call.error_at(at, format!("`{}` takes {what}", call.name)))
        }
    }
}

/// Whether the length of a set is in doubt: elements that are not known may be equal.
pub fn may_collapse(value: &Value) -> Option<Unknown> {
    match (&value.ty, &value.data) {
        (Type::Set(_), Data::Sequence(values)) if values.len() > 1 => values.iter().find_map(why_deep),
        _ => None,
    }
}

pub fn is_set(value: &Value) -> bool {
    matches!(value.ty, Type::Set(_))
}

/// Entries that arrive.
pub fn live(entries: &[Entry]) -> impl Iterator<Item = &Entry> {
    entries.iter().filter(|entry| entry.shadowed.is_none())
}

/// `alltrue(list)`
pub fn alltrue(call: &Call<'_>) -> Outcome {
    let Elements::Known(values) = elements(call, 0, "a list of bools")? else { return Ok(call.unknown(Unknown::Error)) };
    for value in values {
        match (&value.data, why(value)) {
            (_, Some(why)) => return Ok(call.unknown(why)),
            (Data::Bool(true), None) => {}
            _ => return Ok(call.bool(false)),
        }
    }
    Ok(call.bool(true))
}

/// `anytrue(list)`
pub fn anytrue(call: &Call<'_>) -> Outcome {
    let Elements::Known(values) = elements(call, 0, "a list of bools")? else { return Ok(call.unknown(Unknown::Error)) };
    if values.iter().any(|value| matches!(value.data, Data::Bool(true))) {
        return Ok(call.bool(true));
    }
    Ok(values.iter().find_map(why).map_or_else(|| call.bool(false), |why| call.unknown(why)))
}

/// `chunklist(list, size)`
pub fn chunklist(call: &Call<'_>) -> Outcome {
    let size = call.whole(1)?;
    let values = match elements(call, 0, "a list")? {
        Elements::Known(values) => values,
        Elements::Unknown(why) => return Ok(call.unknown(why)),
    };
    let Ok(size) = usize::try_from(size) else { return Err(call.error_at(1, "the size must not be negative")) };
    let ty = call.value(0).ty.clone();
    let chunk = |values: &[Value]| Value {
        data: Data::Sequence(values.iter().map(|value| call.passed(0, value)).collect()),
        ..call.value(0).clone()
    };
    let chunks = match size {
        0 if values.is_empty() => Vec::new(),
        0 => vec![chunk(values)],
        size => values.chunks(size).map(chunk).collect(),
    };
    Ok(call.list(chunks, ty))
}

/// `coalescelist(lists...)`: the first that has elements.
pub fn coalescelist(call: &Call<'_>) -> Outcome {
    if call.arguments.is_empty() {
        return Err(call.error("`coalescelist` needs at least one list"));
    }
    if let Some(why) = call.arguments.iter().find_map(|argument| why(&argument.value))
        && !matches!(&call.value(0).data, Data::Sequence(values) if !values.is_empty())
    {
        let before = call.arguments.iter().take_while(|argument| super::why(&argument.value).is_none());
        if !before.into_iter().any(|argument| matches!(&argument.value.data, Data::Sequence(values) if !values.is_empty())) {
            return Ok(call.unknown(why));
        }
    }
    for at in 0..call.arguments.len() {
        match &call.value(at).data {
            // A bare null has no type, and so is no list.
            Data::Null if call.value(at).ty != Type::Any => {}
            Data::Sequence(values) if !is_set(call.value(at)) => {
                if !values.is_empty() {
                    return Ok(call.passed(at, call.value(at)));
                }
            }
            Data::Unknown(why) => return Ok(call.unknown(*why)),
            Data::OneOf(_) | Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) | Data::Entries { .. } => {
                return Err(call.error_at(at, "`coalescelist` takes lists and tuples"));
            }
        }
    }
    Err(call.error("none of the lists has elements"))
}

/// `contains(list, value)`
pub fn contains(call: &Call<'_>) -> Outcome {
    let values = match elements(call, 0, "a list, a tuple or a set")? {
        Elements::Known(values) => values,
        Elements::Unknown(why) => return Ok(call.unknown(why)),
    };
    let wanted = call.value(1);
    let mut unknown = None;
    for value in values {
        match equal(value, wanted) {
            Some(true) => return Ok(call.bool(true)),
            Some(false) => {}
            None => unknown = unknown.or(why_deep(value)).or(why_deep(wanted)),
        }
    }
    Ok(unknown.map_or_else(|| call.bool(false), |why| call.unknown(why)))
}

/// `element(list, index)`: the index wraps around.
pub fn element(call: &Call<'_>) -> Outcome {
    let index = call.whole(1)?;
    if is_set(call.value(0)) {
        return Err(call.error_at(0, "`element` takes a list or a tuple; a set has no order"));
    }
    let values = match elements(call, 0, "a list or a tuple")? {
        Elements::Known(values) => values,
        Elements::Unknown(why) => return Ok(call.unknown(why)),
    };
    if values.is_empty() {
        return Err(call.error_at(0, "`element` takes a list that is not empty"));
    }
    let at = usize::try_from(index.rem_euclid(values.len() as i64)).unwrap_or(0);
    let mut value = call.passed(0, &values[at]);
    value.sensitive |= call.value(0).sensitive;
    Ok(value)
}

/// `index(list, value)`
pub fn index(call: &Call<'_>) -> Outcome {
    if is_set(call.value(0)) {
        return Err(call.error_at(0, "`index` takes a list or a tuple"));
    }
    let values = match elements(call, 0, "a list or a tuple")? {
        Elements::Known(values) => values,
        Elements::Unknown(why) => return Ok(call.unknown(why)),
    };
    let wanted = call.value(1);
    for (at, value) in values.iter().enumerate() {
        match equal(value, wanted) {
            Some(true) => return Ok(call.int(at as i64)),
            Some(false) => {}
            None => return Ok(call.unknown(why_deep(value).or(why_deep(wanted)).unwrap_or(Unknown::Error))),
        }
    }
    Err(call.error_at(1, if values.is_empty() { "an empty list has no elements to find" } else { "the list has no such element" }))
}

/// `length(value)`
pub fn length(call: &Call<'_>) -> Outcome {
    let value = call.value(0);
    if let Some(why) = may_collapse(value) {
        return Ok(call.unknown(why));
    }
    let mut length = match &value.data {
        Data::Sequence(values) => call.int(values.len() as i64),
        Data::Entries { open: Some(open), .. } => call.unknown(open.why),
        Data::Entries { entries, open: None } => match live(entries).find_map(|entry| entry.key.first_unknown()) {
            Some((_, reason)) => call.unknown(Unknown::Unsupported(reason)),
            None => call.int(live(entries).count() as i64),
        },
        Data::String(given) => match why(value) {
            Some(why) => call.unknown(why),
            None => call.int(text::clusters(given.decoded()).len() as i64 - 1),
        },
        Data::Unknown(why) => call.unknown(*why),
        Data::OneOf(_) | Data::Null | Data::Bool(_) | Data::Number(_) => {
            return Err(call.error_at(0, "`length` takes a string, a list or a map"));
        }
    };
    length.sensitive = value.sensitive;
    Ok(length)
}

/// `matchkeys(values, keys, searchset)`
pub fn matchkeys(call: &Call<'_>) -> Outcome {
    for argument in &call.arguments {
        if let Some(why) = why_deep(&argument.value) {
            return Ok(call.unknown(why));
        }
    }
    let pair = vec![call.value(1).clone(), call.value(2).clone()];
    let Some((pair, _)) = unified(pair, false) else {
        return Err(call.error("`keys` and `searchset` must have elements of the same type"));
    };
    let (Data::Sequence(values), [Value { data: Data::Sequence(keys), .. }, Value { data: Data::Sequence(wanted), .. }]) =
        (&call.value(0).data, &*pair)
    else {
        return Ok(call.unknown(Unknown::Error));
    };
    if values.len() != keys.len() {
        return Err(call.error("`values` and `keys` must have the same length"));
    }
    let matches = |key: &Value| wanted.iter().any(|wanted| equal(key, wanted) == Some(true));
    let found = values.iter().zip(keys.iter()).filter(|(_, key)| matches(key)).map(|(value, _)| call.passed(0, value)).collect();
    Ok(Value { data: Data::Sequence(found), ..call.value(0).clone() })
}

/// `one(list)`: the only element, or null.
pub fn one(call: &Call<'_>) -> Outcome {
    let what = "a list, set or tuple with zero or one elements";
    if let Some(why) = may_collapse(call.value(0)) {
        return Ok(call.unknown(why));
    }
    match elements(call, 0, what)? {
        Elements::Known([]) => {
            let ty = match &call.value(0).ty {
                Type::List(inner) | Type::Set(inner) => (**inner).clone(),
                _ => Type::Any,
            };
            Ok(call.null(ty))
        }
        Elements::Known([only]) => {
            let mut value = call.passed(0, only);
            value.sensitive |= call.value(0).sensitive;
            Ok(value)
        }
        Elements::Known(values) => Err(call.error_at(0, format!("`one` takes {what}, this one has {}", values.len()))),
        Elements::Unknown(why) => Ok(call.unknown(why)),
    }
}

/// `sum(list)`
pub fn sum(call: &Call<'_>) -> Outcome {
    let values = match elements(call, 0, "a list, set or tuple of numbers")? {
        Elements::Known(values) => values,
        Elements::Unknown(why) => return Ok(call.unknown(why)),
    };
    if values.is_empty() {
        return Err(call.error_at(0, "`sum` takes a list that is not empty"));
    }
    if let Some(why) = values.iter().find_map(why_deep) {
        return Ok(call.unknown(why));
    }
    let number = |value: &Value| match convert(value.clone(), &Type::Number) {
        Ok(Value { data: Data::Number(number), .. }) => Ok(number),
        _ => Err(call.error_at(0, "`sum` takes numbers only")),
    };
    let mut total: Option<Number> = None;
    for value in values {
        let number = number(value)?;
        total = Some(match total {
            Some(total) => total.add(&number).map_err(|_| call.error_at(0, "infinity cannot be subtracted from itself"))?,
            None => number,
        });
    }
    Ok(total.map_or_else(|| call.unknown(Unknown::Error), |total| call.number(total)))
}

/// All arguments, for functions that take any number of sequences.
pub fn arguments<'c>(call: &'c Call<'_>) -> impl Iterator<Item = (usize, &'c Argument)> {
    call.arguments.iter().enumerate()
}
