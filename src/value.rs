//! Values of Terraform's language, each with the place it was written.

use std::sync::Arc;

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
            Unknown::AfterApply => "known after apply",
            Unknown::NoDefault => "variable without a value",
            Unknown::Unsupported(form) => form,
            Unknown::MissingModule => "module not here",
            Unknown::Error => "Terraform would refuse it",
            Unknown::AlreadyThere => "on the resource already",
        }
    }
}

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
    /// `tuple([…])`: what a `[…]` makes.
    Tuple,
    /// `object({…})`: what a `{…}` makes.
    Object,
}

/// A decimal number of any size, as Terraform writes it: no exponent, no trailing zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number(Arc<str>);

/// The largest exponent that is written out.
const MAX_EXPONENT: i64 = 4096;

impl Number {
    /// Reads a literal such as `12`, `0.50` or `1e3`; `None` where it is no number or its digits would fill a page.
    #[must_use]
    pub fn parse(literal: &str) -> Option<Self> {
        let (negative, literal) = literal.strip_prefix('-').map_or((false, literal), |rest| (true, rest));
        let (mantissa, exponent) = literal.split_once(['e', 'E']).unwrap_or((literal, "0"));
        let exponent: i64 = exponent.parse().ok().filter(|exponent: &i64| exponent.abs() <= MAX_EXPONENT)?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = format!("{whole}{fraction}");
        let point = whole.len() as i64 + exponent;
        let (whole, fraction) = if point <= 0 {
            (String::new(), format!("{}{digits}", "0".repeat(point.unsigned_abs() as usize)))
        } else if point as usize >= digits.len() {
            (format!("{digits}{}", "0".repeat(point as usize - digits.len())), String::new())
        } else {
            (digits[..point as usize].to_owned(), digits[point as usize..].to_owned())
        };
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let whole = if whole.is_empty() { "0" } else { whole };
        let sign = if negative && (whole != "0" || !fraction.is_empty()) { "-" } else { "" };
        let point = if fraction.is_empty() { "" } else { "." };
        Some(Self(format!("{sign}{whole}{point}{fraction}").into()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same number with the other sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        match self.0.strip_prefix('-') {
            Some(positive) => Self(positive.into()),
            None if &*self.0 == "0" => self.clone(),
            None => Self(format!("-{}", self.0).into()),
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
        Self { key: self.key.through(kind, span), value: self.value.clone().moved(kind, span), shadowed: self.shadowed }
    }
}

impl HasOrigin for Value {
    fn origin(&self) -> Origin {
        self.origin.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_terraform_writes_them() {
        let written = |literal| Number::parse(literal).map(|number| number.as_str().to_owned());
        for (literal, expected) in
            [("12", "12"), ("0.50", "0.5"), ("1e3", "1000"), ("1.5E+2", "150"), ("25e-2", "0.25"), ("007", "7"), ("0.0", "0"), ("-0", "0")]
        {
            assert_eq!(written(literal).as_deref(), Some(expected), "{literal}");
        }
        assert_eq!(written("1e99999"), None);
        assert_eq!(written("1.2.3"), None);
    }
}
