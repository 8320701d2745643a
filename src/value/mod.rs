//! Values of Terraform's language, each with the place it was written.

pub mod convert;
mod number;
mod ty;

use std::sync::Arc;

pub use self::{
    number::{NoNumber, Number},
    ty::{Attribute, Type},
};

use crate::{
    origin::{HasOrigin, HopKind, Origin},
    source::Span,
    text::Text,
};

/// A value and where it came from.
#[derive(Debug, Clone)]
pub struct Value {
    /// What it is.
    pub data: Data,
    /// Its type in Terraform's type system.
    pub ty: Type,
    /// Whether Terraform would hide it.
    pub sensitive: bool,
    /// Where it was written, and the way from there.
    pub origin: Origin,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum Data {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Characters, some of which may not be known.
    String(Text),
    /// A list, set or tuple.
    Sequence(Arc<[Value]>),
    /// A map or object, in the order it was written.
    Entries {
        /// Shadowed entries stay: they were written.
        entries: Arc<[Entry]>,
        /// More entries may join when the plan is applied, and why.
        open: Option<Open>,
    },
    /// What a condition on an unknown may yield, at most 8; a defect counts only if all have it.
    OneOf(Arc<[Value]>),
    /// Not known, and why.
    Unknown(Unknown),
}

/// Why a map may have more entries than are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// Why they are not known.
    pub why: Unknown,
    /// The expression that brings them.
    pub span: Span,
}

/// One entry of a map or object.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: Text,
    /// The value.
    pub value: Value,
    /// Why it never arrives, if a later entry takes its place.
    pub shadowed: Option<Shadow>,
    /// Key and value as they are written together; `None` where nothing is written for this entry alone.
    pub item: Option<Span>,
}

/// How an entry lost to a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shadow {
    /// The same constructor has the key again.
    Repeated,
    /// A later argument of `merge` has it.
    Merged,
}

/// Why a value is not known. Shown by `--show-unknown`; never a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unknown {
    /// Terraform learns it when it applies: an attribute of a resource or data source.
    AfterApply,
    /// The same, of a resource that is remembered: which, the evaluation can tell by this number.
    OfResource(u32),
    /// A variable without default, tfvars or argument.
    NoDefault,
    /// taglint does not evaluate this form.
    Unsupported(&'static str),
    /// The module's code is not here.
    MissingModule,
    /// Terraform would refuse it.
    Error,
    /// What the service has already: a request adds to it.
    AlreadyThere,
}

impl Unknown {
    /// As the summary counts it.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Unknown::AfterApply | Unknown::OfResource(_) => "known after apply",
            Unknown::NoDefault => "variable without a value",
            Unknown::Unsupported(form) => form,
            Unknown::MissingModule => "module not here",
            Unknown::Error => "Terraform would refuse it",
            Unknown::AlreadyThere => "on the resource already",
        }
    }
}

impl Value {
    /// A value as it is written.
    #[must_use]
    pub fn new(data: Data, ty: Type, origin: Origin) -> Self {
        Self { data, ty, sensitive: false, origin }
    }

    /// A value that is not known.
    #[must_use]
    pub fn unknown(why: Unknown, origin: Origin) -> Self {
        Self::new(Data::Unknown(why), Type::Any, origin)
    }

    /// A string.
    #[must_use]
    pub fn string(text: Text) -> Self {
        let origin = text.origin();
        Self::new(Data::String(text), Type::String, origin)
    }

    /// The most values that one may be, where a condition decides.
    pub const MAX_ALTERNATIVES: usize = 8;

    /// One of these values; which one is decided when the plan is applied.
    #[must_use]
    pub fn one_of(values: Vec<Value>, origin: Origin) -> Self {
        let mut flat: Vec<Value> = Vec::with_capacity(values.len());
        for value in values {
            let alternatives = value.alternatives();
            flat.extend(alternatives);
        }
        let mut distinct: Vec<Value> = Vec::with_capacity(flat.len());
        for value in flat {
            if !distinct.iter().any(|known| known.is_plainly(&value)) {
                distinct.push(value);
            }
        }
        if distinct.len() > Self::MAX_ALTERNATIVES {
            return Self::unknown(Unknown::Unsupported("conditional on an unknown value"), origin);
        }
        let sensitive = distinct.iter().any(|value| value.sensitive);
        match <[Value; 1]>::try_from(distinct) {
            Ok([only]) => only,
            Err(values) => {
                let same = values.windows(2).all(|pair| pair[0].ty == pair[1].ty);
                let ty = values.first().filter(|_| same).map_or(Type::Any, |value| value.ty.clone());
                Self { data: Data::OneOf(values.into()), ty, sensitive, origin }
            }
        }
    }

    /// What it may be: itself, unless a condition decides.
    #[must_use]
    pub fn alternatives(&self) -> Vec<Value> {
        match &self.data {
            Data::OneOf(values) => values.iter().flat_map(Value::alternatives).collect(),
            Data::Null
            | Data::Bool(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::Sequence(_)
            | Data::Entries { .. }
            | Data::Unknown(_) => {
                vec![self.clone()]
            }
        }
    }

    /// What it may be, with what its entries may be: every way in which the conditions in it turn out, where these are few. The values of
    /// entries for which there are too many ways are not known.
    #[must_use]
    pub fn ways(&self) -> Vec<Value> {
        let mut ways: Vec<Value> = Vec::new();
        let alternatives = self.alternatives();
        for alternative in &alternatives {
            let Data::Entries { entries, open } = &alternative.data else {
                ways.push(alternative.clone());
                continue;
            };
            let mut lists: Vec<Vec<Entry>> = vec![entries.to_vec()];
            for (at, entry) in entries.iter().enumerate() {
                let Data::OneOf(_) = entry.value.data else { continue };
                let values = entry.value.alternatives();
                if lists.len() * values.len() * alternatives.len() > Self::MAX_ALTERNATIVES {
                    let unknown = Value::unknown(Unknown::Unsupported("conditional on an unknown value"), entry.value.origin.clone());
                    lists.iter_mut().for_each(|list| list[at].value = unknown.clone());
                    continue;
                }
                let with = |list: &Vec<Entry>, value: &Value| {
                    let mut list = list.clone();
                    list[at].value = value.clone();
                    list
                };
                lists = lists.iter().flat_map(|list| values.iter().map(|value| with(list, value)).collect::<Vec<_>>()).collect();
            }
            let made = |list: Vec<Entry>| Value { data: Data::Entries { entries: list.into(), open: *open }, ..alternative.clone() };
            ways.extend(lists.into_iter().map(made));
        }
        ways
    }

    /// Whether both are the same small value, wherever they come from.
    fn is_plainly(&self, other: &Value) -> bool {
        match (&self.data, &other.data) {
            (Data::Null, Data::Null) => true,
            (Data::Bool(left), Data::Bool(right)) => left == right,
            (Data::Number(left), Data::Number(right)) => left == right,
            (Data::Unknown(left), Data::Unknown(right)) => left == right,
            _ => false,
        }
    }

    /// What it makes of each value that it may be.
    #[must_use]
    pub fn map_alternatives(&self, mut make: impl FnMut(&Value) -> Value) -> Value {
        match &self.data {
            Data::OneOf(_) => {
                let made = self.alternatives().iter().map(&mut make).collect();
                Self::one_of(made, self.origin.clone())
            }
            _ => make(self),
        }
    }

    /// What it is, for a message: `a string`.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        match (&self.data, &self.ty) {
            (Data::Null, _) => "null",
            (Data::Bool(_), _) | (Data::Unknown(_) | Data::OneOf(_), Type::Bool) => "a bool",
            (Data::Number(_), _) | (Data::Unknown(_) | Data::OneOf(_), Type::Number) => "a number",
            (Data::String(_), _) | (Data::Unknown(_) | Data::OneOf(_), Type::String) => "a string",
            (Data::Sequence(_), Type::Set(_)) => "a set",
            (Data::Sequence(_), Type::List(_)) => "a list",
            (Data::Sequence(_), _) => "a tuple",
            (Data::Entries { .. }, Type::Map(_)) => "a map",
            (Data::Entries { .. }, _) => "an object",
            (Data::Unknown(_) | Data::OneOf(_), _) => "a value that is not known",
        }
    }

    /// The value one step further. What it holds directly goes along; what lies deeper keeps its way, so that values which share their
    /// parts stay small.
    #[must_use]
    pub fn through(self, kind: HopKind, span: Span) -> Self {
        let mut value = self.moved(kind, span);
        value.data = match value.data {
            Data::Sequence(values) => Data::Sequence(values.iter().map(|value| value.clone().moved(kind, span)).collect()),
            Data::Entries { entries, open } => {
                Data::Entries { entries: entries.iter().map(|entry| entry.through(kind, span)).collect(), open }
            }
            Data::OneOf(values) => Data::OneOf(values.iter().map(|value| value.clone().moved(kind, span)).collect()),
            data @ (Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Unknown(_)) => data,
        };
        value
    }

    /// The value itself one step further.
    fn moved(mut self, kind: HopKind, span: Span) -> Self {
        self.origin = self.origin.through(kind, span);
        if let Data::String(text) = self.data {
            self.data = Data::String(text.through(kind, span));
        }
        self
    }

    /// The value as text, as Terraform converts numbers and booleans. `None` for null, collections and what is not known at all.
    #[must_use]
    pub fn to_text(&self) -> Option<Text> {
        match &self.data {
            Data::String(text) => Some(text.clone()),
            Data::Number(number) => Some(Text::derived(number.as_str(), self.origin.clone())),
            Data::Bool(bool) => Some(Text::derived(if *bool { "true" } else { "false" }, self.origin.clone())),
            Data::Null | Data::Sequence(_) | Data::Entries { .. } | Data::OneOf(_) | Data::Unknown(_) => None,
        }
    }

    /// The known boolean it is, or converts to.
    #[must_use]
    pub fn to_bool(&self) -> Option<bool> {
        match &self.data {
            Data::Bool(bool) => Some(*bool),
            Data::String(text) => match text.known()? {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            Data::Null | Data::Number(_) | Data::Sequence(_) | Data::Entries { .. } | Data::OneOf(_) | Data::Unknown(_) => None,
        }
    }

    /// Says of a map or object that more entries may join.
    pub fn set_open(&mut self, more: Open) {
        if let Data::Entries { open, .. } = &mut self.data {
            *open = Some(more);
        }
    }

    /// Whether Terraform would hide it, or something in it.
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        // Values share their parts: what doubles at every step is not looked through.
        let mut left = 100_000;
        self.has_sensitive(&mut left)
    }

    fn has_sensitive(&self, left: &mut u32) -> bool {
        if self.sensitive || *left == 0 {
            return true;
        }
        *left -= 1;
        match &self.data {
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Unknown(_) => false,
            Data::Sequence(values) | Data::OneOf(values) => values.iter().any(|value| value.has_sensitive(left)),
            Data::Entries { entries, .. } => entries.iter().any(|entry| entry.shadowed.is_none() && entry.value.has_sensitive(left)),
        }
    }

    /// The member of that name; of a sequence, what each of its elements has there. Something unknown for what may be there.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Value> {
        match &self.data {
            Data::Entries { entries, open } => {
                let live = entries.iter().filter(|entry| entry.shadowed.is_none());
                match live.into_iter().find(|entry| entry.key.known() == Some(name)) {
                    Some(entry) => Some(entry.value.clone()),
                    None => open.map(|open| Value::unknown(open.why, self.origin.clone())),
                }
            }
            Data::Sequence(elements) => {
                let found = elements.iter().filter_map(|element| element.member(name));
                let flat = found.flat_map(|found| match found.data {
                    Data::Sequence(inner) => inner.to_vec(),
                    _ => vec![found],
                });
                Some(Value { data: Data::Sequence(flat.collect()), ..self.clone() })
            }
            Data::Unknown(_) | Data::OneOf(_) => Some(self.clone()),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) => None,
        }
    }

    /// Why it is not known, if it is not known at all.
    #[must_use]
    pub fn why_unknown(&self) -> Option<Unknown> {
        match self.data {
            Data::Unknown(why) => Some(why),
            _ => None,
        }
    }
}

impl Entry {
    /// The entry one step further.
    #[must_use]
    pub fn through(&self, kind: HopKind, span: Span) -> Self {
        Self { key: self.key.through(kind, span), value: self.value.clone().moved(kind, span), ..self.clone() }
    }
}

impl HasOrigin for Value {
    fn origin(&self) -> Origin {
        self.origin.clone()
    }
}
