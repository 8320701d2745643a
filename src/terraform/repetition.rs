//! `count` and `for_each`: how often a block stands for something, and what it sees.

use super::{
    eval::{Scope, order},
    run::{RefusalKind, TOO_LARGE},
};
use crate::{
    origin::Origin,
    project::module::Layered,
    syntax::view::Expr,
    value::{Data, Number, Type, Unknown, Value},
};

/// The most instances of one block.
const MAX_INSTANCES: usize = 10_000;

/// Which of the instances of a block is meant.
#[derive(Debug, Clone)]
pub enum Repetition {
    /// The block is not repeated.
    Single,
    /// `count.index`
    Count(Value),
    /// `each.key` and `each.value`
    Each {
        /// The key; unknown where `for_each` is.
        key: Value,
        /// The value.
        value: Value,
    },
}

/// The block that is not repeated.
pub static SINGLE: Repetition = Repetition::Single;

impl Repetition {
    /// The key as an address shows it: `[0]`, `["eu"]`, `[*]` where it is not known.
    #[must_use]
    pub fn suffix(&self) -> String {
        let key = match self {
            Repetition::Single => return String::new(),
            Repetition::Count(key) | Repetition::Each { key, .. } => key,
        };
        match &key.data {
            Data::Number(number) => format!("[{}]", number.as_str()),
            Data::String(text) if text.is_known() => format!("[{}]", quoted(text.decoded())),
            _ => "[*]".to_owned(),
        }
    }
}

/// A string as Terraform writes it in an address.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if rest.peek() == Some(&'{') => out.extend([character, character]),
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

/// The instances of a block.
#[derive(Debug, Clone)]
pub struct Repetitions {
    /// What the expression is that repeats it.
    pub kind: RepetitionKind,
    /// The instances, in the order of their keys.
    pub list: Vec<Repetition>,
    /// Why there may be others, or none at all.
    pub open: Option<Unknown>,
}

impl Repetitions {
    /// Those of a block that is not repeated.
    pub fn once() -> Self {
        Self { kind: RepetitionKind::Single, list: vec![Repetition::Single], open: None }
    }
}

/// How a block is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepetitionKind {
    /// Not at all.
    Single,
    /// By `count`.
    Count,
    /// By `for_each`.
    Each,
}

impl Scope<'_, '_> {
    /// The instances of a block with these settings.
    pub fn repetitions(self, body: &Layered<'_>) -> Repetitions {
        match (body.argument("count"), body.argument("for_each")) {
            (Some(count), _) => self.counted(count),
            (None, Some(each)) => self.each(each),
            (None, None) => Repetitions::once(),
        }
    }

    fn counted(self, expr: Expr<'_>) -> Repetitions {
        let value = self.value(expr);
        let here = Origin::at(expr.span());
        let unknown = |why| Repetitions {
            kind: RepetitionKind::Count,
            list: vec![Repetition::Count(Value::new(Data::Unknown(why), Type::Number, here.clone()))],
            open: Some(why),
        };
        // What a condition decides that is not known: all that there may be.
        let possible: Vec<Value> = value.alternatives();
        let mut most = 0;
        for value in &possible {
            match whole_number(value) {
                Some(count) if count > MAX_INSTANCES => {
                    self.instance.run.refuse(RefusalKind::TooLarge, expr.span(), format!("{count} instances are too many to evaluate"));
                    return unknown(TOO_LARGE);
                }
                Some(count) => most = most.max(count),
                None => {
                    if value.why_unknown().is_none() {
                        self.refuse(expr.span(), "`count` is no whole number");
                    }
                    return unknown(value.why_unknown().unwrap_or(Unknown::Error));
                }
            }
        }
        let index = |at: usize| Number::parse(&at.to_string()).map(|number| Value::new(Data::Number(number), Type::Number, here.clone()));
        let list = (0..most).filter_map(index).map(Repetition::Count).collect();
        let open = (possible.len() > 1).then_some(Unknown::Unsupported("conditional on an unknown value"));
        Repetitions { kind: RepetitionKind::Count, list, open }
    }

    fn each(self, expr: Expr<'_>) -> Repetitions {
        let value = self.value(expr);
        let possible = value.alternatives();
        let filled: Vec<&Value> = possible.iter().filter(|value| !is_empty(value)).collect();
        let mut repetitions = match *filled {
            [] => Repetitions { kind: RepetitionKind::Each, list: Vec::new(), open: None },
            [only] => self.each_of(only, expr),
            _ => self.unknown_each(&value, expr),
        };
        if possible.len() > 1 {
            repetitions.open.get_or_insert(Unknown::Unsupported("conditional on an unknown value"));
        }
        repetitions
    }

    fn unknown_each(self, value: &Value, expr: Expr<'_>) -> Repetitions {
        let why = value.why_unknown().unwrap_or(Unknown::Unsupported("conditional on an unknown value"));
        let unknown = |ty| Value::new(Data::Unknown(why), ty, Origin::at(expr.span()));
        let each = Repetition::Each { key: unknown(Type::String), value: unknown(Type::Any) };
        Repetitions { kind: RepetitionKind::Each, list: vec![each], open: Some(why) }
    }

    fn each_of(self, value: &Value, expr: Expr<'_>) -> Repetitions {
        let count = match &value.data {
            Data::Entries { entries, .. } => entries.len(),
            Data::Sequence(elements) => elements.len(),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::OneOf(_) | Data::Unknown(_) => 0,
        };
        if count > MAX_INSTANCES {
            self.instance.run.refuse(RefusalKind::TooLarge, expr.span(), format!("{count} instances are too many to evaluate"));
            return self.unknown_each(&Value::unknown(TOO_LARGE, value.origin.clone()), expr);
        }
        let mut repetitions = Repetitions { kind: RepetitionKind::Each, list: Vec::new(), open: None };
        match &value.data {
            Data::Entries { entries, open } => {
                for entry in order(entries) {
                    let key = Value::string(entry.key.clone());
                    repetitions.list.push(Repetition::Each { key, value: entry.value.clone() });
                }
                if let Some(open) = open {
                    let unknown = Value::unknown(open.why, Origin::at(open.span));
                    repetitions.list.extend(self.unknown_each(&unknown, expr).list);
                    repetitions.open = Some(open.why);
                }
            }
            Data::Sequence(elements) if matches!(value.ty, Type::Set(_)) => {
                for element in elements.iter() {
                    let why = match element.data {
                        Data::OneOf(_) => Some(Unknown::Unsupported("conditional on an unknown value")),
                        _ => element.why_unknown(),
                    };
                    match (element.to_text(), why) {
                        (Some(text), _) => {
                            let key = Value { data: Data::String(text), ty: Type::String, ..element.clone() };
                            repetitions.list.push(Repetition::Each { key: key.clone(), value: key });
                        }
                        (None, Some(why)) => {
                            repetitions.list.extend(self.unknown_each(element, expr).list);
                            repetitions.open = Some(why);
                        }
                        (None, None) => self.refuse(expr.span(), "`for_each` takes a set of strings, and this set has other elements"),
                    }
                }
            }
            Data::Unknown(_) | Data::OneOf(_) => return self.unknown_each(value, expr),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) => {
                self.refuse(expr.span(), format!("`for_each` takes a map or a set of strings, and this is {}", value.noun()));
                return self.unknown_each(&Value::unknown(Unknown::Error, value.origin.clone()), expr);
            }
        }
        repetitions
    }
}

fn is_empty(value: &Value) -> bool {
    match &value.data {
        Data::Entries { entries, open } => open.is_none() && entries.iter().all(|entry| entry.shadowed.is_some()),
        Data::Sequence(elements) => elements.is_empty(),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::OneOf(_) | Data::Unknown(_) => false,
    }
}

/// A known number that counts something; numbers in strings count too.
pub fn whole_number(value: &Value) -> Option<usize> {
    match &value.data {
        Data::Number(number) => number.as_str().parse().ok(),
        Data::String(text) => text.known()?.parse().ok(),
        Data::Null | Data::Bool(_) | Data::Sequence(_) | Data::Entries { .. } | Data::OneOf(_) | Data::Unknown(_) => None,
    }
}
