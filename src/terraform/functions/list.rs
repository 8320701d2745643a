//! Functions that make lists of lists.

use super::{
    Call, Outcome, limit,
    sequence::{Elements, arguments, elements, is_set, may_collapse},
    why_deep,
};
use crate::{
    origin::Origin,
    value::{
        Data, Type, Unknown, Value,
        convert::{convert, equal, unify},
    },
};

/// `compact(list)`: without null and empty strings.
pub fn compact(call: &Call<'_>) -> Outcome {
    let values = match elements(call, 0, "a list of strings")? {
        Elements::Known(values) => values,
        Elements::Unknown(why) => return Ok(call.unknown(why)),
    };
    let mut kept = Vec::new();
    for value in values {
        match &value.data {
            Data::Null => {}
            // A text that has characters is not empty, whatever else it may have.
            Data::String(text) if !text.decoded().is_empty() => kept.push(call.passed(0, value)),
            Data::String(text) if text.is_known() => {}
            _ => return Ok(call.unknown(why_deep(value).unwrap_or(Unknown::Error))),
        }
    }
    Ok(call.list(kept, Type::String))
}

/// `concat(lists...)`
pub fn concat(call: &Call<'_>) -> Outcome {
    if call.arguments.is_empty() {
        return Err(call.error("`concat` needs at least one list"));
    }
    let mut joined = Vec::new();
    let mut unknown = None;
    let mut sensitive = false;
    for (at, argument) in arguments(call) {
        if is_set(&argument.value) {
            return Err(call.error_at(at, "`concat` takes lists and tuples, not sets"));
        }
        sensitive |= argument.value.sensitive;
        match elements(call, at, "lists and tuples")? {
            Elements::Known(values) => joined.extend(values.iter().map(|value| call.passed(at, value))),
            Elements::Unknown(why) => unknown = unknown.or(Some(why)),
        }
        if joined.len() > limit::ELEMENTS {
            return Ok(call.too_large());
        }
    }
    let types: Option<Vec<Type>> = call
        .arguments
        .iter()
        .map(|argument| if let Type::List(_) = &argument.value.ty { Some(argument.value.ty.clone()) } else { None })
        .collect();
    let common = types.and_then(|types| unify(&types, false));
    let mut value = match (unknown, common) {
        (Some(why), common) => {
            let mut value = call.unknown(why);
            value.ty = common.unwrap_or_default();
            value
        }
        (None, Some(Type::List(element))) => {
            let converted = joined.into_iter().map(|value| convert(value, &element)).collect::<Result<Vec<Value>, _>>();
            call.list(converted.map_err(|error| call.error(error.message))?, (*element).clone())
        }
        (None, _) => call.tuple(joined),
    };
    value.sensitive = sensitive;
    Ok(value)
}

/// `distinct(list)`
pub fn distinct(call: &Call<'_>) -> Outcome {
    let values = match elements(call, 0, "a list")? {
        Elements::Known(values) => values,
        Elements::Unknown(why) => return Ok(call.unknown(why)),
    };
    if let Some(why) = values.iter().find_map(why_deep) {
        return Ok(call.unknown(why));
    }
    let mut seen = std::collections::HashSet::new();
    let mut kept: Vec<Value> = Vec::new();
    for value in values {
        let is_new = match &value.data {
            Data::String(text) => seen.insert(text.decoded().to_owned()),
            _ if kept.len() > 2_000 => return Ok(call.too_large()),
            _ => !kept.iter().any(|known| equal(known, value) == Some(true)),
        };
        if is_new {
            kept.push(call.passed(0, value));
        }
    }
    Ok(Value { data: Data::Sequence(kept.into()), ..call.value(0).clone() })
}

/// `flatten(list)`
pub fn flatten(call: &Call<'_>) -> Outcome {
    elements(call, 0, "a list, a set or a tuple")?;
    let mut flat = Vec::new();
    match flatten_into(call.value(0), &mut flat, 300) {
        Ok(()) => {
            let mut value = call.tuple(flat.iter().map(|value| call.passed(0, value)).collect());
            value.sensitive = call.value(0).sensitive;
            Ok(value)
        }
        Err(why) => Ok(call.unknown(why)),
    }
}

fn flatten_into(value: &Value, flat: &mut Vec<Value>, depth: u32) -> Result<(), Unknown> {
    let too_large = crate::value::convert::TOO_LARGE;
    let depth = depth.checked_sub(1).ok_or(too_large)?;
    if let Some(why) = may_collapse(value) {
        return Err(why);
    }
    match &value.data {
        Data::Sequence(values) => values.iter().try_for_each(|value| flatten_into(value, flat, depth)),
        // It may be a list.
        Data::Unknown(why) if !value.ty.is_primitive() && !matches!(value.ty, Type::Map(_) | Type::ObjectOf(_)) => Err(*why),
        Data::OneOf(_) => Err(Unknown::Unsupported("conditional on an unknown value")),
        _ if flat.len() >= limit::ELEMENTS => Err(too_large),
        _ => {
            flat.push(value.clone());
            Ok(())
        }
    }
}

/// `reverse(list)`
pub fn reverse(call: &Call<'_>) -> Outcome {
    let values = match elements(call, 0, "a list or a tuple")? {
        Elements::Known(values) => values,
        Elements::Unknown(why) => return Ok(call.unknown(why)),
    };
    if let Some(why) = may_collapse(call.value(0)) {
        return Ok(call.unknown(why));
    }
    let reversed: Vec<Value> = values.iter().rev().map(|value| call.passed(0, value)).collect();
    let mut value = match &call.value(0).ty {
        Type::List(element) | Type::Set(element) => call.list(reversed, (**element).clone()),
        _ => call.tuple(reversed),
    };
    value.sensitive = call.value(0).sensitive;
    Ok(value)
}

/// `slice(list, start, end)`
pub fn slice(call: &Call<'_>) -> Outcome {
    if is_set(call.value(0)) {
        return Err(call.error_at(0, "`slice` takes a list or a tuple; a set has no order"));
    }
    let found = elements(call, 0, "a list or a tuple")?;
    let (start, end) = (call.whole(1)?, call.whole(2)?);
    let values = match found {
        Elements::Known(values) => values,
        Elements::Unknown(why) => return Ok(call.unknown_part(why, start, end)),
    };
    let length = values.len() as i64;
    for (at, name, index) in [(1, "start", start), (2, "end", end)] {
        if index < 0 || index > length {
            return Err(call.error_at(at, format!("the {name} index must be between 0 and the length of the list, {length}")));
        }
    }
    if start > end {
        return Err(call.error_at(1, "the start index must not be greater than the end index"));
    }
    let part: Vec<Value> = values.iter().skip(start as usize).take((end - start) as usize).map(|value| call.passed(0, value)).collect();
    Ok(Value { data: Data::Sequence(part.into()), ..call.value(0).clone() })
}

impl Call<'_> {
    /// A part of a list that is not known: how long it is, is known, since a shorter list would be refused.
    fn unknown_part(&self, why: Unknown, start: i64, end: i64) -> Value {
        /// The longest part that is worth its elements.
        const LONGEST: i64 = 1_000;
        let element = match &self.value(0).ty {
            Type::List(element) => (**element).clone(),
            _ => Type::Any,
        };
        if !(0..=end).contains(&start) || end - start > LONGEST {
            return self.unknown(why);
        }
        let unknown = Value { ty: element.clone(), ..self.unknown(why) };
        let ty = if element == Type::Any { Type::Tuple } else { Type::List(element.into()) };
        Value::new(Data::Sequence((start..end).map(|_| unknown.clone()).collect()), ty, Origin::at(self.span))
    }
}

/// `sort(list)`
pub fn sort(call: &Call<'_>) -> Outcome {
    let values = match elements(call, 0, "a list of strings")? {
        Elements::Known(values) => values,
        Elements::Unknown(why) => return Ok(call.unknown(why)),
    };
    if let Some(why) = values.iter().find_map(why_deep) {
        return Ok(call.unknown(why));
    }
    let mut sorted = Vec::new();
    for (at, value) in values.iter().enumerate() {
        let Some(text) = value.to_text() else {
            return Err(call.error_at(0, format!("element {at} is null, which cannot be sorted")));
        };
        sorted.push((text.decoded().to_owned(), call.passed(0, value)));
    }
    sorted.sort_by(|left, right| left.0.cmp(&right.0));
    Ok(call.list(sorted.into_iter().map(|(_, value)| value).collect(), Type::String))
}
