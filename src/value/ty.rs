//! Types of Terraform's language.

use std::{fmt, sync::Arc};

use super::{Data, Value};

/// A type in Terraform's type system.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Type {
    /// Not decided.
    #[default]
    Any,
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `list(…)`
    List(Arc<Type>),
    /// `set(…)`
    Set(Arc<Type>),
    /// `map(…)`
    Map(Arc<Type>),
    /// What a `[…]` makes: the elements of the value tell the rest of its type ([`Value::full_type`]).
    Tuple,
    /// What a `{…}` makes: the entries of the value tell the rest of its type ([`Value::full_type`]).
    Object,
    /// `tuple([…])`, in a constraint, or of a value that has no elements because it is null or not known.
    TupleOf(Arc<[Type]>),
    /// `object({…})`, likewise. Sorted by name.
    ObjectOf(Arc<[Attribute]>),
}

/// An attribute of an object type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Type,
    /// Whether a value may leave it out; it is null then.
    pub optional: bool,
}

/// How much of a value is looked at to tell its type. Values share their parts, so that what doubles at every step has no end.
const MAX_NODES: u32 = 200_000;

/// How deep it is looked into.
const MAX_DEPTH: u32 = 300;

impl Type {
    /// An object type.
    #[must_use]
    pub fn object(attributes: impl IntoIterator<Item = (Arc<str>, Type)>) -> Self {
        let attribute = |(name, ty)| Attribute { name, ty, optional: false };
        let mut attributes: Vec<Attribute> = attributes.into_iter().map(attribute).collect();
        attributes.sort_by(|left, right| left.name.cmp(&right.name));
        Type::ObjectOf(attributes.into())
    }

    /// Whether it is `string`, `number` or `bool`.
    #[must_use]
    pub fn is_primitive(&self) -> bool {
        match self {
            Type::Bool | Type::Number | Type::String => true,
            Type::Any | Type::List(_) | Type::Set(_) | Type::Map(_) | Type::Tuple | Type::Object | Type::TupleOf(_) | Type::ObjectOf(_) => {
                false
            }
        }
    }

    /// The attribute of that name of an object type.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        let Type::ObjectOf(attributes) = self else { return None };
        attributes.binary_search_by(|attribute| (*attribute.name).cmp(name)).ok().map(|at| &attributes[at])
    }

    /// Whether something in it is not decided.
    #[must_use]
    pub fn has_any(&self) -> bool {
        match self {
            Type::Any | Type::Tuple | Type::Object => true,
            Type::Bool | Type::Number | Type::String => false,
            Type::List(inner) | Type::Set(inner) | Type::Map(inner) => inner.has_any(),
            Type::TupleOf(types) => types.iter().any(Type::has_any),
            Type::ObjectOf(attributes) => attributes.iter().any(|attribute| attribute.ty.has_any()),
        }
    }

    /// The same type, every attribute asked for: types of values have no optional ones.
    #[must_use]
    pub fn without_optional(&self) -> Type {
        match self {
            Type::List(inner) => Type::List(inner.without_optional().into()),
            Type::Set(inner) => Type::Set(inner.without_optional().into()),
            Type::Map(inner) => Type::Map(inner.without_optional().into()),
            Type::TupleOf(types) => Type::TupleOf(types.iter().map(Type::without_optional).collect()),
            Type::ObjectOf(attributes) => Type::ObjectOf(
                attributes
                    .iter()
                    .map(|attribute| Attribute { ty: attribute.ty.without_optional(), optional: false, ..attribute.clone() })
                    .collect(),
            ),
            Type::Any | Type::Bool | Type::Number | Type::String | Type::Tuple | Type::Object => self.clone(),
        }
    }

    /// As messages name it: `list of string`, `object`.
    #[must_use]
    pub fn friendly_name(&self) -> String {
        match self {
            Type::List(inner) => format!("list of {}", inner.friendly_name()),
            Type::Set(inner) => format!("set of {}", inner.friendly_name()),
            Type::Map(inner) => format!("map of {}", inner.friendly_name()),
            Type::Any => "dynamic".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Number => "number".to_owned(),
            Type::String => "string".to_owned(),
            Type::Tuple | Type::TupleOf(_) => "tuple".to_owned(),
            Type::Object | Type::ObjectOf(_) => "object".to_owned(),
        }
    }
}

/// As a type constraint is written.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Any => f.write_str("any"),
            Type::Bool => f.write_str("bool"),
            Type::Number => f.write_str("number"),
            Type::String => f.write_str("string"),
            Type::List(inner) => write!(f, "list({inner})"),
            Type::Set(inner) => write!(f, "set({inner})"),
            Type::Map(inner) => write!(f, "map({inner})"),
            Type::Tuple => f.write_str("tuple"),
            Type::Object => f.write_str("object"),
            Type::TupleOf(types) => {
                f.write_str("tuple([")?;
                for (at, ty) in types.iter().enumerate() {
                    write!(f, "{}{ty}", if at > 0 { ", " } else { "" })?;
                }
                f.write_str("])")
            }
            Type::ObjectOf(attributes) => {
                f.write_str("object({")?;
                for (at, Attribute { name, ty, optional }) in attributes.iter().enumerate() {
                    let comma = if at > 0 { ", " } else { "" };
                    if *optional { write!(f, "{comma}{name} = optional({ty})")? } else { write!(f, "{comma}{name} = {ty}")? }
                }
                f.write_str("})")
            }
        }
    }
}

impl Value {
    /// Its whole type. What is open or may be one of several has a type that is not decided; `None` where it is too large to tell.
    #[must_use]
    pub fn full_type(&self) -> Option<Type> {
        let mut left = MAX_NODES;
        self.type_within(&mut left, MAX_DEPTH)
    }

    fn type_within(&self, left: &mut u32, depth: u32) -> Option<Type> {
        *left = left.checked_sub(1)?;
        let depth = depth.checked_sub(1)?;
        if let Type::List(_) | Type::Set(_) | Type::Map(_) = self.ty {
            return Some(self.ty.clone());
        }
        Some(match &self.data {
            Data::Bool(_) => Type::Bool,
            Data::Number(_) => Type::Number,
            Data::String(_) => Type::String,
            Data::Sequence(values) => Type::TupleOf(values.iter().map(|value| value.type_within(left, depth)).collect::<Option<_>>()?),
            Data::Entries { open: Some(_), .. } | Data::OneOf(_) => Type::Any,
            Data::Entries { entries, open: None } => {
                let live = entries.iter().filter(|entry| entry.shadowed.is_none());
                let mut attributes = Vec::new();
                for entry in live {
                    let Some(name) = entry.key.known() else { return Some(Type::Any) };
                    attributes.push((name.into(), entry.value.type_within(left, depth)?));
                }
                Type::object(attributes)
            }
            Data::Null | Data::Unknown(_) => match self.ty {
                Type::Tuple | Type::Object => Type::Any,
                _ => self.ty.clone(),
            },
        })
    }
}
