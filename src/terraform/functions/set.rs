//! Functions of sets.

use super::{
    Call, Outcome, limit,
    sequence::{Elements, arguments, elements, is_set, may_collapse},
    why_deep,
};
use crate::value::{
    Data, Type, Unknown, Value,
    convert::{convert, equal, order_set, unify},
};

/// The arguments as sets of one type.
struct Sets {
    sets: Vec<Vec<Value>>,
    element: Type,
}

fn sets(call: &Call<'_>) -> Result<Result<Sets, Unknown>, super::FunctionError> {
    let types: Vec<Type> = call
        .arguments
        .iter()
        .filter(|argument| {
            !matches!(&argument.value.data, Data::Sequence(values) if values.is_empty()) || argument.value.ty != Type::Set(Type::Any.into())
        })
        .map(|argument| match &argument.value.ty {
            Type::Set(element) => (**element).clone(),
            _ => Type::Any,
        })
        .collect();
    let element = if types.is_empty() { Some(Type::Any) } else { unify(&types, false) };
    let Some(element) = element else { return Err(call.error("the sets must have elements of the same type")) };
    let mut sets = Vec::new();
    for (at, _) in arguments(call) {
        match elements(call, at, "sets")? {
            Elements::Unknown(why) => return Ok(Err(why)),
            Elements::Known(values) => {
                if let Some(why) = values.iter().find_map(why_deep) {
                    return Ok(Err(why));
                }
                let converted = values.iter().map(|value| convert(call.passed(at, value), &element)).collect::<Result<Vec<Value>, _>>();
                sets.push(converted.map_err(|error| call.error_at(at, error.message))?);
            }
        }
    }
    Ok(Ok(Sets { sets, element }))
}

fn made(call: &Call<'_>, combine: impl Fn(Vec<Vec<Value>>) -> Vec<Value>) -> Outcome {
    match sets(call)? {
        Err(why) => Ok(call.unknown(why)),
        Ok(Sets { sets, element }) => {
            let mut value = call.list(order_set(combine(sets), &element), element.clone());
            value.ty = Type::Set(element.into());
            Ok(value)
        }
    }
}

/// Sets are kept in order, but for elements that have none; so this looks at all of them.
fn has(set: &[Value], value: &Value) -> bool {
    set.iter().any(|known| equal(known, value) == Some(true))
}

/// `setunion(sets...)`
pub fn setunion(call: &Call<'_>) -> Outcome {
    made(call, |sets| sets.into_iter().flatten().collect())
}

/// `setintersection(sets...)`
pub fn setintersection(call: &Call<'_>) -> Outcome {
    made(call, |sets| {
        let mut sets = sets.into_iter();
        let first = sets.next().unwrap_or_default();
        sets.fold(first, |kept, set| kept.into_iter().filter(|value| has(&set, value)).collect())
    })
}

/// `setsubtract(a, b)`
pub fn setsubtract(call: &Call<'_>) -> Outcome {
    made(call, |sets| {
        let mut sets = sets.into_iter();
        let (first, second) = (sets.next().unwrap_or_default(), sets.next().unwrap_or_default());
        first.into_iter().filter(|value| !has(&second, value)).collect()
    })
}

/// `setproduct(sets...)`: a list where all are lists, else a set.
pub fn setproduct(call: &Call<'_>) -> Outcome {
    if call.arguments.len() < 2 {
        return Err(call.error("`setproduct` needs at least two sets"));
    }
    let mut columns: Vec<Vec<Value>> = Vec::new();
    let mut types = Vec::new();
    let mut all_lists = true;
    let mut unknown = None;
    for (at, argument) in arguments(call) {
        all_lists &= !is_set(&argument.value);
        let values = match elements(call, at, "sets and lists")? {
            Elements::Known(values) => values,
            Elements::Unknown(why) => {
                unknown = unknown.or(Some(why));
                continue;
            }
        };
        unknown = unknown.or(may_collapse(&argument.value));
        let element = match &argument.value.ty {
            Type::List(element) | Type::Set(element) => (**element).clone(),
            _ if values.is_empty() => Type::Any,
            _ => {
                let types: Option<Vec<Type>> = values.iter().map(Value::full_type).collect();
                let common = types.map_or(Some(Type::Any), |types| unify(&types, false));
                common.ok_or_else(|| call.error_at(at, "all elements must have the same type"))?
            }
        };
        let converted = values.iter().map(|value| convert(call.passed(at, value), &element)).collect::<Result<Vec<Value>, _>>();
        columns.push(converted.map_err(|error| call.error_at(at, error.message))?);
        types.push(element);
    }
    if let Some(why) = unknown {
        return Ok(call.unknown(why));
    }
    let total = columns.iter().try_fold(1_usize, |total, column| total.checked_mul(column.len()));
    let Some(total) = total.filter(|total| total.saturating_mul(columns.len()) <= limit::ELEMENTS) else { return Ok(call.too_large()) };
    let mut rows = Vec::with_capacity(total);
    for index in 0..total {
        let (mut rest, mut row) = (index, Vec::new());
        for column in columns.iter().rev() {
            row.push(column[rest % column.len()].clone());
            rest /= column.len();
        }
        row.reverse();
        rows.push(call.tuple(row));
    }
    let element = Type::TupleOf(types.into());
    if all_lists {
        return Ok(call.list(rows, element));
    }
    let mut value = call.list(order_set(rows, &element), element.clone());
    value.ty = Type::Set(element.into());
    Ok(value)
}
