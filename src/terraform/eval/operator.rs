//! Operators and conditionals.

use super::Scope;
use crate::{
    origin::Origin,
    syntax::{Kind, view::Expr},
    value::{
        Data, NoNumber, Number, Type, Unknown, Value,
        convert::{self, equal as same, unified},
    },
};

impl Scope<'_, '_> {
    pub(super) fn conditional(self, parts: &[Expr<'_>], origin: Origin) -> Value {
        let [condition, then, otherwise] = *parts else { return Value::unknown(Unknown::Error, origin) };
        let condition_value = self.value(condition);
        if let Some(chosen) = condition_value.to_bool() {
            let (chosen, other) = if chosen { (then, otherwise) } else { (otherwise, then) };
            let mut value = self.like(self.value(chosen), other, &origin);
            value.sensitive |= condition_value.sensitive;
            return value;
        }
        if !matches!(condition_value.data, Data::Unknown(_) | Data::OneOf(_)) {
            let message = format!("a condition must be a bool, and this is {}", condition_value.noun());
            return self.refused(Origin::at(condition.span()), message);
        }
        // Both are evaluated; what is wrong with one of them is wrong only where it is chosen.
        let (then, _) = self.instance.run.watch(|| self.value(then));
        let (otherwise, _) = self.instance.run.watch(|| self.value(otherwise));
        let both = vec![then, otherwise];
        let both = unified(both.clone(), false).map_or(both, |(unified, _)| unified);
        Value::one_of(both, origin)
    }

    /// The branch that is chosen, with the type that it has in common with the other one.
    fn like(self, chosen: Value, other: Expr<'_>, origin: &Origin) -> Value {
        match &chosen.data {
            // Text stays text, whatever plain value stands beside it.
            Data::Unknown(_) | Data::OneOf(_) => return chosen,
            Data::String(_) if matches!(other.kind(), Kind::String | Kind::Heredoc | Kind::Number | Kind::Bool | Kind::Null) => {
                return chosen;
            }
            Data::String(_) | Data::Null | Data::Bool(_) | Data::Number(_) | Data::Sequence(_) | Data::Entries { .. } => {}
        }
        let (other, met) = self.instance.run.watch(|| self.value(other));
        if matches!(chosen.data, Data::Null) {
            return Value { ty: other.full_type().unwrap_or_default(), ..chosen };
        }
        if matches!(other.data, Data::Null | Data::Unknown(_)) || !met.is_empty() {
            return chosen;
        }
        match convert::chosen(chosen, &other) {
            Ok(value) => value,
            Err(error) => self.refused(origin.clone(), format!("the two results of a condition must be of one type: {}", error.message)),
        }
    }

    pub(super) fn unary(self, parts: &[Expr<'_>], origin: Origin) -> Value {
        let [operator, operand] = *parts else { return Value::unknown(Unknown::Error, origin) };
        let value = self.value(operand);
        self.each_way(&value, |value| {
            let made = match (operator.raw(), &value.data) {
                (_, Data::Unknown(why)) => Value::unknown(*why, origin.clone()),
                ("!", _) => match value.to_bool() {
                    Some(bool) => Value::new(Data::Bool(!bool), Type::Bool, origin.clone()),
                    None => return self.operand_refused(value, "a bool", operand),
                },
                (_, Data::Number(number)) => Value::new(Data::Number(number.negated()), Type::Number, origin.clone()),
                (_, Data::String(text)) => match text.known().and_then(crate::value::Number::parse) {
                    Some(number) => Value::new(Data::Number(number.negated()), Type::Number, origin.clone()),
                    None if !text.is_known() => Value::unknown(Unknown::AfterApply, origin.clone()),
                    None => return self.operand_refused(value, "a number", operand),
                },
                _ => return self.operand_refused(value, "a number", operand),
            };
            Value { sensitive: value.sensitive, ..made }
        })
    }

    fn operand_refused(self, value: &Value, wanted: &str, operand: Expr<'_>) -> Value {
        self.refused(Origin::at(operand.span()), format!("this operator takes {wanted}, and this is {}", value.noun()))
    }

    pub(super) fn binary(self, parts: &[Expr<'_>], origin: Origin) -> Value {
        let [left, operator, right] = *parts else { return Value::unknown(Unknown::Error, origin) };
        let sign = operator.raw();
        let left_value = self.value(left);
        if matches!(sign, "&&" | "||") {
            return self.logical(&left_value, left, right, sign == "&&", origin);
        }
        let right_value = self.value(right);
        self.each_way(&left_value, |left_value| {
            self.each_way(&right_value, |right_value| {
                let made = match sign {
                    "==" | "!=" => match equal(left_value, right_value) {
                        Ok(equal) => Value::new(Data::Bool(equal == (sign == "==")), Type::Bool, origin.clone()),
                        Err(why) => Value { ty: Type::Bool, ..Value::unknown(why, origin.clone()) },
                    },
                    _ => self.arithmetic((left_value, left), sign, (right_value, right), &origin),
                };
                Value { sensitive: left_value.sensitive || right_value.sensitive, ..made }
            })
        })
    }

    /// `&&` and `||`. Newer Terraform does not look at the right side where the left one decides; so what is wrong there does not count.
    fn logical(self, left_value: &Value, left: Expr<'_>, right: Expr<'_>, and: bool, origin: Origin) -> Value {
        let bool = |bool, sensitive| Value { sensitive, ..Value::new(Data::Bool(bool), Type::Bool, origin.clone()) };
        if left_value.to_bool() == Some(!and) {
            return bool(!and, left_value.sensitive);
        }
        let (right_value, met) = self.instance.run.watch(|| self.value(right));
        if left_value.to_bool().is_some() {
            self.instance.run.pass_on(met);
        }
        let sensitive = left_value.sensitive || right_value.sensitive;
        self.each_way(left_value, |left_value| {
            self.each_way(&right_value, |right_value| {
                let sides = [(left_value, left), (right_value, right)];
                let mut why = None;
                let mut all = true;
                for (value, side) in sides {
                    match (value.to_bool(), &value.data) {
                        (Some(known), _) if known != and => return bool(!and, sensitive),
                        (Some(_), _) => {}
                        (None, Data::Unknown(reason)) => why = Some(*reason),
                        (None, Data::String(text)) if !text.is_known() => why = Some(Unknown::AfterApply),
                        (None, _) => {
                            self.operand_refused(value, "bools", side);
                            all = false;
                        }
                    }
                }
                match (all, why) {
                    (false, _) => Value::unknown(Unknown::Error, origin.clone()),
                    (true, Some(why)) => Value::unknown(why, origin.clone()),
                    (true, None) => bool(and, sensitive),
                }
            })
        })
    }

    fn arithmetic(self, left: (&Value, Expr<'_>), sign: &str, right: (&Value, Expr<'_>), origin: &Origin) -> Value {
        let is_comparison = matches!(sign, "<" | "<=" | ">" | ">=");
        let mut numbers = Vec::with_capacity(2);
        for (value, side) in [left, right] {
            match number(value) {
                Ok(Some(number)) => numbers.push(number),
                Ok(None) => {
                    self.operand_refused(value, "numbers", side);
                    return Value::unknown(Unknown::Error, origin.clone());
                }
                Err(why) => {
                    let ty = if is_comparison { Type::Bool } else { Type::Number };
                    return Value { ty, ..Value::unknown(why, origin.clone()) };
                }
            }
        }
        let [a, b] = &*numbers else { return Value::unknown(Unknown::Error, origin.clone()) };
        let bool = |bool| Value::new(Data::Bool(bool), Type::Bool, origin.clone());
        let made = match sign {
            "<" => return bool(a < b),
            "<=" => return bool(a <= b),
            ">" => return bool(a > b),
            ">=" => return bool(a >= b),
            "+" => a.add(b),
            "-" => a.subtract(b),
            "*" => a.multiply(b),
            "/" => a.divide(b),
            "%" => a.remainder(b),
            _ => return Value::unknown(Unknown::Error, origin.clone()),
        };
        let undefined = || match sign {
            "+" | "-" => "infinity cannot be subtracted from itself",
            "*" => "zero cannot be multiplied by infinity",
            "/" if b.is_zero() => "zero cannot be divided by zero",
            "/" => "infinity cannot be divided by itself",
            _ => "a division of or by infinity leaves nothing that has a remainder",
        };
        let made = match made {
            Ok(made) => made,
            Err(NoNumber::Undefined) => return self.refused(Origin::at(right.1.span()), undefined()),
            Err(NoNumber::OutOfRange) => {
                return Value { ty: Type::Number, ..Value::unknown(Unknown::Unsupported("number out of range"), origin.clone()) };
            }
        };
        Value::new(Data::Number(made), Type::Number, origin.clone())
    }
}

/// The number that a value is or converts to; `None` for what is none.
///
/// # Errors
/// Why it is not known.
fn number(value: &Value) -> Result<Option<Number>, Unknown> {
    match &value.data {
        Data::Number(number) => Ok(Some(number.clone())),
        Data::String(text) => match (text.known(), text.first_unknown()) {
            (Some(known), _) => Ok(Number::parse(known)),
            (None, Some((_, why))) => Err(Unknown::Unsupported(why)),
            (None, None) => Ok(None),
        },
        Data::Unknown(why) => Err(*why),
        Data::OneOf(_) => Err(Unknown::Unsupported("conditional on an unknown value")),
        Data::Null | Data::Bool(_) | Data::Sequence(_) | Data::Entries { .. } => Ok(None),
    }
}

/// Terraform's `==`. Values of different types are never equal, but primitive ones are converted first.
///
/// # Errors
/// Why it is not known whether they are equal.
pub(super) fn equal(left: &Value, right: &Value) -> Result<bool, Unknown> {
    let why = |value: &Value| match &value.data {
        Data::Unknown(why) => Some(*why),
        Data::String(text) => text.first_unknown().map(|(_, why)| Unknown::Unsupported(why)),
        _ => None,
    };
    if let (Data::String(a), Data::String(b)) = (&left.data, &right.data)
        && !(a.is_known() && b.is_known())
    {
        // Characters that are known may tell them apart.
        let (a, b) = (a.known_prefix(), b.known_prefix());
        if !a.starts_with(b) && !b.starts_with(a) {
            return Ok(false);
        }
    }
    same(left, right).ok_or_else(|| why(left).or_else(|| why(right)).unwrap_or(Unknown::Unsupported("comparison")))
}
