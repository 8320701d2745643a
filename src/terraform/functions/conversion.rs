//! Functions that change types and marks, and `coalesce`.

use super::{Call, Outcome, why};
use crate::value::{
    Data, Type, Unknown, Value,
    convert::{convert, unify},
};

fn to(call: &Call<'_>, ty: &Type) -> Outcome {
    let given = call.value(0);
    match convert(given.clone(), ty) {
        Ok(value) => Ok(value),
        Err(error) => Err(call.error_at(0, format!("`{}`: {}", call.name, error.message))),
    }
}

/// `tobool(v)`
pub fn tobool(call: &Call<'_>) -> Outcome {
    to(call, &Type::Bool)
}

/// `tonumber(v)`
pub fn tonumber(call: &Call<'_>) -> Outcome {
    to(call, &Type::Number)
}

/// `tostring(v)`
pub fn tostring(call: &Call<'_>) -> Outcome {
    to(call, &Type::String)
}

/// `tolist(v)`
pub fn tolist(call: &Call<'_>) -> Outcome {
    to(call, &Type::List(Type::Any.into()))
}

/// `toset(v)`
pub fn toset(call: &Call<'_>) -> Outcome {
    to(call, &Type::Set(Type::Any.into()))
}

/// `tomap(v)`
pub fn tomap(call: &Call<'_>) -> Outcome {
    to(call, &Type::Map(Type::Any.into()))
}

/// `sensitive(value)`
pub fn sensitive(call: &Call<'_>) -> Outcome {
    Ok(Value { sensitive: true, ..call.value(0).clone() })
}

/// `nonsensitive(value)`
pub fn nonsensitive(call: &Call<'_>) -> Outcome {
    Ok(Value { sensitive: false, ..call.value(0).clone() })
}

/// `issensitive(value)`
pub fn issensitive(call: &Call<'_>) -> Outcome {
    let value = call.value(0);
    match why(value) {
        // What is not known may turn out to be sensitive.
        Some(why) if !value.sensitive => Ok(call.unknown(why)),
        _ => Ok(call.bool(value.sensitive)),
    }
}

/// `ephemeralasnull(value)`: no value is ephemeral here, for an ephemeral one is not known.
pub fn ephemeralasnull(call: &Call<'_>) -> Outcome {
    Ok(call.value(0).clone())
}

/// `coalesce(vals...)`: the first that is neither null nor the empty string.
pub fn coalesce(call: &Call<'_>) -> Outcome {
    let types: Option<Vec<Type>> = call.arguments.iter().map(|argument| argument.value.full_type()).collect();
    let Some(types) = types else { return Ok(call.too_large()) };
    if types.is_empty() {
        return Err(call.error("`coalesce` needs at least one value"));
    }
    let Some(common) = unify(&types, false) else { return Err(call.error("all arguments of `coalesce` must have the same type")) };
    for at in 0..call.arguments.len() {
        let value =
            convert(call.value(at).clone(), &common).map_err(|error| call.error_at(at, format!("`coalesce`: {}", error.message)))?;
        match &value.data {
            Data::Null => {}
            Data::Unknown(why) => {
                let mut unknown = call.unknown(*why);
                unknown.ty = common;
                return Ok(unknown);
            }
            Data::OneOf(_) => return Ok(call.unknown(Unknown::Unsupported("conditional on an unknown value"))),
            Data::String(text) if text.decoded().is_empty() => {
                if let Some((_, reason)) = text.first_unknown() {
                    return Ok(call.unknown(Unknown::Unsupported(reason)));
                }
            }
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) | Data::Entries { .. } => {
                return Ok(call.passed(at, &value));
            }
        }
    }
    Err(call.error("all arguments of `coalesce` are null or empty"))
}
