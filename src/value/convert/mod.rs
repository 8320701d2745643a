//! Conversion of values from type to type, as Terraform's type system does it.

mod set;
mod unify;

pub use self::{
    set::{equal, is_known, order_set},
    unify::{converts, unify},
};
use super::{Data, Entry, Number, Type, Unknown, Value};
use crate::{
    origin::{HasOrigin, Origin},
    text::Text,
};

/// Why a value does not convert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// What is asked for: `a number is required`.
    pub message: String,
}

fn mismatch<T>(message: impl Into<String>) -> Result<T, Mismatch> {
    Err(Mismatch { message: message.into() })
}

/// The reason of a value that is not looked through.
pub const TOO_LARGE: Unknown = Unknown::Unsupported("too large to evaluate");

/// The value as a value of this type. Everything in it keeps its origin.
///
/// # Errors
/// Where Terraform refuses the conversion.
pub fn convert(value: Value, to: &Type) -> Result<Value, Mismatch> {
    if *to == Type::Any {
        return Ok(value);
    }
    if to.is_primitive() {
        return primitive(value, to);
    }
    if let Data::OneOf(values) = &value.data {
        let converted = values.iter().map(|value| convert(value.clone(), to)).collect::<Result<_, _>>()?;
        return Ok(Value { data: Data::OneOf(converted), ty: to.without_optional(), ..value });
    }
    let Some(from) = value.full_type() else {
        return Ok(Value { data: Data::Unknown(TOO_LARGE), ty: to.without_optional(), ..value });
    };
    if from == *to {
        return Ok(value);
    }
    if !converts(&from, to, false) && from != Type::Any {
        return mismatch(required(to, &from));
    }
    apply(value, &from, to)
}

/// What is asked for, in words.
fn required(to: &Type, from: &Type) -> String {
    match (to, from) {
        (Type::ObjectOf(wanted), Type::ObjectOf(_)) => {
            let missing = wanted.iter().find(|wanted| !wanted.optional && from.attribute(&wanted.name).is_none());
            match missing {
                Some(missing) => format!("attribute `{}` is required", missing.name),
                None => match wanted
                    .iter()
                    .find(|wanted| from.attribute(&wanted.name).is_some_and(|given| !converts(&given.ty, &wanted.ty, false)))
                {
                    Some(wrong) => format!("attribute `{}`: {} is required", wrong.name, article(&wrong.ty)),
                    None => "this object does not have the right attributes".to_owned(),
                },
            }
        }
        (Type::TupleOf(wanted), Type::TupleOf(given)) if wanted.len() != given.len() => {
            format!("a tuple of {} elements is required", wanted.len())
        }
        _ => format!("{} is required", article(to)),
    }
}

fn article(ty: &Type) -> String {
    let name = match ty {
        Type::Map(inner) if **inner == Type::Any => "map".to_owned(),
        Type::List(inner) if **inner == Type::Any => "list".to_owned(),
        Type::Set(inner) if **inner == Type::Any => "set".to_owned(),
        _ => ty.friendly_name(),
    };
    if name.starts_with(['a', 'e', 'i', 'o', 'u']) { format!("an {name}") } else { format!("a {name}") }
}

fn primitive(value: Value, to: &Type) -> Result<Value, Mismatch> {
    let data = match (&value.data, to) {
        (Data::Null | Data::Unknown(_), _) => {
            if !matches!(value.ty, Type::Any) && !value.ty.is_primitive() {
                return mismatch(format!("{} is required", article(to)));
            }
            return Ok(Value { ty: to.clone(), ..value });
        }
        (Data::OneOf(values), _) => Data::OneOf(values.iter().map(|value| primitive(value.clone(), to)).collect::<Result<_, _>>()?),
        (Data::Bool(_), Type::Bool) | (Data::Number(_), Type::Number) | (Data::String(_), Type::String) => return Ok(value),
        (Data::Bool(_) | Data::Number(_), Type::String) => match value.to_text() {
            Some(text) => Data::String(text),
            None => return mismatch("a string is required"),
        },
        (Data::String(text), Type::Number | Type::Bool) => match text.known() {
            None => Data::Unknown(Unknown::Unsupported(text.first_unknown().map_or("known after apply", |(_, reason)| reason))),
            Some(known) if *to == Type::Number => match Number::parse(known) {
                Some(number) => Data::Number(number),
                None => return mismatch("a number is required"),
            },
            Some("true" | "1") => Data::Bool(true),
            Some("false" | "0") => Data::Bool(false),
            Some(other) => match other.to_lowercase().as_str() {
                word @ ("true" | "false") => {
                    return mismatch(format!("a bool is required; to convert from string, use lowercase `{word}`"));
                }
                _ => return mismatch("a bool is required"),
            },
        },
        _ => return mismatch(format!("{} is required", article(to))),
    };
    Ok(Value { data, ty: to.clone(), ..value })
}

/// Converts where the types allow it.
fn apply(value: Value, from: &Type, to: &Type) -> Result<Value, Mismatch> {
    let Value { data, ty, sensitive, origin } = value;
    let with = |data, ty| Ok(Value { data, ty, sensitive, origin: origin.clone() });
    match (data, to) {
        (Data::Null, _) => with(Data::Null, decided(from, to)),
        (Data::Unknown(why), _) => with(Data::Unknown(why), decided(from, to)),
        (Data::Sequence(values), Type::List(element) | Type::Set(element)) => {
            let (values, element) = elements(values.to_vec(), from, element)?;
            match to {
                Type::Set(_) => with(Data::Sequence(order_set(values, &element).into()), Type::Set(element.into())),
                _ => with(Data::Sequence(values.into()), Type::List(element.into())),
            }
        }
        (Data::Sequence(values), Type::TupleOf(types)) => {
            let pairs = values.iter().zip(types.iter());
            with(Data::Sequence(pairs.map(|(value, ty)| convert(value.clone(), ty)).collect::<Result<_, _>>()?), Type::Tuple)
        }
        (Data::Entries { entries, open }, Type::Map(element)) => {
            let live = |entry: &&Entry| entry.shadowed.is_none();
            let values: Vec<Value> = entries.iter().filter(live).map(|entry| entry.value.clone()).collect();
            let (values, element) = if open.is_some() && **element == Type::Any {
                // What joins decides the type, too.
                (values, Type::Any)
            } else {
                elements(values, from, element)?
            };
            let mut values = values.into_iter();
            let entries = entries.iter().map(|entry| match entry.shadowed {
                Some(_) => entry.clone(),
                None => Entry { value: values.next().unwrap_or_else(|| entry.value.clone()), ..entry.clone() },
            });
            with(Data::Entries { entries: entries.collect(), open }, Type::Map(element.into()))
        }
        (Data::Entries { entries, open }, Type::ObjectOf(attributes)) => {
            let mut made = Vec::new();
            for attribute in attributes.iter() {
                let given = entries.iter().find(|entry| entry.shadowed.is_none() && entry.key.known() == Some(&attribute.name));
                let (key, value) = match (given, open) {
                    (Some(entry), _) => {
                        let converted = convert(entry.value.clone(), &attribute.ty);
                        let value = converted
                            .map_err(|error| Mismatch { message: format!("attribute `{}`: {}", attribute.name, error.message) })?;
                        (entry.key.clone(), value)
                    }
                    (None, Some(open)) => {
                        let value = Value::new(Data::Unknown(open.why), attribute.ty.without_optional(), Origin::at(open.span));
                        (Text::derived(&attribute.name, origin.clone()), value)
                    }
                    (None, None) if attribute.optional => (
                        Text::derived(&attribute.name, origin.clone()),
                        Value::new(Data::Null, attribute.ty.without_optional(), origin.clone()),
                    ),
                    (None, None) => return mismatch(format!("attribute `{}` is required", attribute.name)),
                };
                made.push(Entry { key, value, shadowed: None, item: None });
            }
            // Where a key is written twice, that stays to be seen.
            made.extend(entries.iter().filter(|entry| entry.shadowed.is_some()).cloned());
            with(Data::Entries { entries: made.into(), open: None }, Type::Object)
        }
        (data @ (Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) | Data::Entries { .. } | Data::OneOf(_)), _) => {
            let _ = (data, ty);
            mismatch(required(to, from))
        }
    }
}

/// The elements of a collection, all of one type.
fn elements(values: Vec<Value>, from: &Type, element: &Type) -> Result<(Vec<Value>, Type), Mismatch> {
    if values.is_empty() {
        let element = match (element, from) {
            (Type::Any, Type::List(inner) | Type::Set(inner) | Type::Map(inner)) => (**inner).clone(),
            _ => element.without_optional(),
        };
        return Ok((values, element));
    }
    let common = |values: &[Value]| {
        let types: Option<Vec<Type>> = values.iter().map(Value::full_type).collect();
        types.map_or(Some(Type::Any), |types| unify(&types, false))
    };
    let all = |values: Vec<Value>, ty: &Type| values.into_iter().map(|value| convert(value, ty)).collect::<Result<Vec<Value>, Mismatch>>();
    let wanted = if *element == Type::Any { common(&values) } else { Some(element.clone()) };
    let Some(wanted) = wanted else { return mismatch("all elements must have the same type") };
    let converted = all(values, &wanted)?;
    if !wanted.has_any() {
        return Ok((converted, wanted.without_optional()));
    }
    // What is not decided takes the type that the elements have in common now.
    match common(&converted) {
        Some(ty) => Ok((all(converted, &ty)?, ty)),
        None => mismatch("all elements must have the same type"),
    }
}

/// The wanted type with what it leaves open told by the given one.
fn decided(from: &Type, to: &Type) -> Type {
    match (from, to) {
        (from, Type::Any) => from.clone(),
        (Type::List(from) | Type::Set(from), Type::List(to)) => Type::List(decided(from, to).into()),
        (Type::List(from) | Type::Set(from), Type::Set(to)) => Type::Set(decided(from, to).into()),
        (Type::Map(from), Type::Map(to)) => Type::Map(decided(from, to).into()),
        _ => to.without_optional(),
    }
}

/// All values as values of the one type they have in common, as the branches of a conditional; `None` where there is none.
#[must_use]
pub fn unified(values: Vec<Value>, safe: bool) -> Option<(Vec<Value>, Type)> {
    let types: Option<Vec<Type>> = values.iter().map(Value::full_type).collect();
    let Some(types) = types else { return Some((values, Type::Any)) };
    let common = unify(&types, safe)?;
    let converted: Result<Vec<Value>, Mismatch> = values.into_iter().map(|value| convert(value, &common)).collect();
    converted.ok().map(|values| (values, common))
}

/// The value of the branch that a condition chose, with the type that it has in common with the other branch. Only the chosen one is
/// converted: the other may not have what that type asks for.
///
/// # Errors
/// Where the branches have no type in common, or the chosen value does not convert to it.
pub fn chosen(value: Value, other: &Value) -> Result<Value, Mismatch> {
    let (Some(own), Some(others)) = (value.full_type(), other.full_type()) else { return Ok(value) };
    match unify(&[own, others], false) {
        Some(common) => convert(value, &common),
        None => mismatch("they have no type in common"),
    }
}

impl HasOrigin for Entry {
    fn origin(&self) -> Origin {
        self.key.origin()
    }
}
