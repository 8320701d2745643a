//! Names, attributes and indexes.

use super::{Evaluator, Scope, Slot};
use crate::{
    origin::{HopKind, Origin},
    project::module::Variable,
    syntax::{Kind, view::Expr},
    value::{Data, Unknown, Value},
};

impl<'p> Evaluator<'p> {
    pub(super) fn access(&self, expr: Expr<'_>, origin: Origin) -> Value {
        let [base, step] = *expr.children() else { return Value::unknown(Unknown::Error, origin) };
        let key = match (expr.kind(), step.kind()) {
            (Kind::Index, Kind::Interpolation) => return Value::unknown(Unknown::Error, origin),
            (Kind::Index, _) => match self.value(step).to_text() {
                Some(text) if text.is_known() => text.decoded().to_owned(),
                _ => return Value::unknown(Unknown::Unsupported("index that is not known"), origin),
            },
            _ => step.raw().to_owned(),
        };
        if base.kind() == Kind::Variable {
            match base.raw() {
                "local" => return self.local(&key, origin),
                "var" => return self.variable(&key, origin),
                root => return Value::unknown(root_reason(root), origin),
            }
        }
        if let Some(value) = self.data_source(base, &key, &origin) {
            return value;
        }
        let base = self.value(base);
        match &base.data {
            Data::Entries { entries, open } => {
                match entries.iter().find(|entry| entry.shadowed.is_none() && entry.key.known() == Some(&key)) {
                    Some(entry) => entry.value.clone(),
                    None => Value::unknown(open.map_or(Unknown::Error, |open| open.why), origin),
                }
            }
            Data::Sequence(values) => match key.parse::<usize>().ok().and_then(|at| values.get(at)) {
                Some(value) => value.clone(),
                None => Value::unknown(Unknown::Error, origin),
            },
            Data::Unknown(why) => Value::unknown(*why, origin),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) => Value::unknown(Unknown::Error, origin),
            Data::OneOf(_) => Value::unknown(Unknown::Unsupported("conditional on an unknown value"), origin),
        }
    }

    fn local(&self, name: &str, origin: Origin) -> Value {
        let Some(expr) = self.module.locals.get(name) else { return Value::unknown(Unknown::Error, origin) };
        self.named(Scope::Local, name, &origin, || self.value(*expr)).through(HopKind::Local, origin.span)
    }

    fn variable(&self, name: &str, origin: Origin) -> Value {
        let Some(variable) = self.module.variables.get(name) else { return Value::unknown(Unknown::Error, origin) };
        let value = self.named(Scope::Variable, name, &origin, || self.variable_value(name, variable));
        let mut value = value.through(HopKind::Variable, origin.span);
        value.sensitive |= variable.sensitive;
        value
    }

    fn variable_value(&self, name: &str, variable: &Variable<'p>) -> Value {
        let here = Origin::at(variable.span);
        if self.module.called {
            return Value::unknown(Unknown::Unsupported("input of a called module"), here);
        }
        let Some(given) = self.module.inputs.get(name).copied().or(variable.default) else {
            return Value::unknown(Unknown::NoDefault, here);
        };
        let value = self.value(given);
        match variable.ty {
            None => value,
            Some(ty) => convert(value, ty),
        }
    }

    /// Evaluates a name once. A name that needs itself is an error of the configuration.
    pub(super) fn named(&self, scope: Scope, name: &str, origin: &Origin, evaluate: impl FnOnce() -> Value) -> Value {
        let key = (scope, name.to_owned());
        match self.names.borrow().get(&key) {
            Some(Slot::Done(value)) => return value.clone(),
            Some(Slot::InProgress) => return Value::unknown(Unknown::Error, origin.clone()),
            None => {}
        }
        self.names.borrow_mut().insert(key.clone(), Slot::InProgress);
        let value = evaluate();
        self.names.borrow_mut().insert(key, Slot::Done(value.clone()));
        value
    }
}

/// Why a root name has no value here.
pub(super) fn root_reason(root: &str) -> Unknown {
    match root {
        "each" | "count" | "self" => Unknown::Unsupported("each, count or self"),
        "path" | "terraform" => Unknown::Unsupported("path or workspace"),
        "module" => Unknown::Unsupported("module output"),
        _ => Unknown::AfterApply,
    }
}

/// Applies a type constraint where that is certain to keep every entry; the text of a value does not depend on its type.
fn convert(value: Value, ty: Expr<'_>) -> Value {
    if value.why_unknown().is_some() || matches!(value.data, Data::Null) || keeps_entries(ty) {
        value
    } else {
        let origin = value.origin.clone();
        Value::unknown(Unknown::Unsupported("conversion to this type"), origin)
    }
}

/// `string`, `any`, `map(string)` and the like, with bare words or in the quotes of old.
fn keeps_entries(ty: Expr<'_>) -> bool {
    let words: String = ty.raw().chars().filter(|c| !c.is_whitespace() && *c != '"').collect();
    matches!(
        words.as_str(),
        "any" | "string" | "map" | "list" | "map(string)" | "map(any)" | "list(string)" | "list(any)" | "map(map(string))"
    )
}
