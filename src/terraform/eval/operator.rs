//! Operators and conditionals.

use super::Evaluator;
use crate::{
    origin::Origin,
    syntax::view::Expr,
    value::{Data, Type, Unknown, Value},
};

impl Evaluator<'_> {
    pub(super) fn conditional(&self, parts: &[Expr<'_>], origin: Origin) -> Value {
        let [condition, then, otherwise] = *parts else { return Value::unknown(Unknown::Error, origin) };
        let condition = self.value(condition);
        match condition.to_bool() {
            Some(true) => self.value(then),
            Some(false) => self.value(otherwise),
            None => {
                let why = condition.why_unknown().unwrap_or(Unknown::Error);
                Value::unknown(why, origin)
            }
        }
    }

    pub(super) fn unary(&self, parts: &[Expr<'_>], origin: Origin) -> Value {
        let [operator, operand] = *parts else { return Value::unknown(Unknown::Error, origin) };
        let value = self.value(operand);
        match (operator.raw(), &value.data) {
            ("-", Data::Number(number)) => Value::new(Data::Number(number.negated()), Type::Number, origin),
            ("!", _) if value.to_bool().is_some() => Value::new(Data::Bool(value.to_bool() == Some(false)), Type::Bool, origin),
            (_, Data::Unknown(why)) => Value::unknown(*why, origin),
            _ => Value::unknown(Unknown::Error, origin),
        }
    }

    pub(super) fn binary(&self, parts: &[Expr<'_>], origin: Origin) -> Value {
        let [left, operator, right] = *parts else { return Value::unknown(Unknown::Error, origin) };
        let (left, right) = (self.value(left), self.value(right));
        let bool = |bool| Value::new(Data::Bool(bool), Type::Bool, origin.clone());
        let why = left.why_unknown().or(right.why_unknown());
        match operator.raw() {
            "&&" | "||" => match (left.to_bool(), right.to_bool()) {
                (Some(left), Some(right)) => bool(if operator.raw() == "&&" { left && right } else { left || right }),
                _ => Value::unknown(why.unwrap_or(Unknown::Error), origin),
            },
            "==" | "!=" => match equal(&left, &right) {
                Some(equal) => bool(equal == (operator.raw() == "==")),
                None => Value::unknown(why.unwrap_or(Unknown::Unsupported("comparison")), origin),
            },
            _ => Value::unknown(why.unwrap_or(Unknown::Unsupported("arithmetic")), origin),
        }
    }
}

/// Terraform's `==` for values that are plainly equal or not: primitives of known content. Different types are never equal.
fn equal(left: &Value, right: &Value) -> Option<bool> {
    Some(match (&left.data, &right.data) {
        (Data::Null, Data::Null) => true,
        (Data::Bool(left), Data::Bool(right)) => left == right,
        (Data::Number(left), Data::Number(right)) => left == right,
        (Data::String(left), Data::String(right)) => left.known()? == right.known()?,
        (Data::Unknown(_) | Data::OneOf(_), _) | (_, Data::Unknown(_) | Data::OneOf(_)) => return None,
        (Data::Sequence(_) | Data::Entries { .. }, Data::Sequence(_) | Data::Entries { .. }) => return None,
        (Data::String(text), _) | (_, Data::String(text)) if !text.is_known() => return None,
        _ => false,
    })
}
