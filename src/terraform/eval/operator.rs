//! Operators and conditionals.

use super::Scope;
use crate::{
    origin::Origin,
    syntax::view::Expr,
    value::{Data, Type, Unknown, Value},
};

impl Scope<'_, '_> {
    pub(super) fn conditional(self, parts: &[Expr<'_>], origin: Origin) -> Value {
        let [condition, then, otherwise] = *parts else { return Value::unknown(Unknown::Error, origin) };
        let condition_value = self.value(condition);
        if let Some(chosen) = condition_value.to_bool() {
            let mut value = self.value(if chosen { then } else { otherwise });
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
        Value::one_of(vec![then, otherwise], origin)
    }

    pub(super) fn unary(self, parts: &[Expr<'_>], origin: Origin) -> Value {
        let [operator, operand] = *parts else { return Value::unknown(Unknown::Error, origin) };
        let value = self.value(operand);
        value.map_alternatives(|value| {
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
        left_value.map_alternatives(|left_value| {
            right_value.map_alternatives(|right_value| {
                let made = match sign {
                    "==" | "!=" => match equal(left_value, right_value) {
                        Ok(equal) => Value::new(Data::Bool(equal == (sign == "==")), Type::Bool, origin.clone()),
                        Err(why) => Value::unknown(why, origin.clone()),
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
        let right_value = self.value(right);
        let sensitive = left_value.sensitive || right_value.sensitive;
        left_value.map_alternatives(|left_value| {
            right_value.map_alternatives(|right_value| {
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

    fn arithmetic(self, _left: (&Value, Expr<'_>), _sign: &str, _right: (&Value, Expr<'_>), origin: &Origin) -> Value {
        Value::unknown(Unknown::Unsupported("arithmetic"), origin.clone())
    }
}

/// Terraform's `==`. Values of different types are never equal; why it is not known.
///
/// # Errors
/// Why it is not known whether they are equal.
pub(super) fn equal(left: &Value, right: &Value) -> Result<bool, Unknown> {
    const MAX_COMPARED: u32 = 100_000;
    let mut budget = MAX_COMPARED;
    compare(left, right, &mut budget)
}

fn compare(left: &Value, right: &Value, budget: &mut u32) -> Result<bool, Unknown> {
    *budget = budget.checked_sub(1).ok_or(super::TOO_LARGE)?;
    let undecided = Unknown::Unsupported("comparison");
    Ok(match (&left.data, &right.data) {
        (Data::Unknown(why), _) | (_, Data::Unknown(why)) => return Err(*why),
        (Data::OneOf(_), _) | (_, Data::OneOf(_)) => return Err(Unknown::Unsupported("conditional on an unknown value")),
        (Data::Null, Data::Null) => true,
        (Data::Null, _) | (_, Data::Null) => false,
        (Data::Bool(left), Data::Bool(right)) => left == right,
        (Data::Number(left), Data::Number(right)) => left == right,
        (Data::String(left), Data::String(right)) => match (left.known(), right.known()) {
            (Some(left), Some(right)) => left == right,
            // Characters that are known may tell them apart.
            _ => {
                let (a, b) = (left.known_prefix(), right.known_prefix());
                if !a.starts_with(b) && !b.starts_with(a) {
                    return Ok(false);
                }
                return Err(left.first_unknown().or(right.first_unknown()).map_or(undecided, |(_, why)| Unknown::Unsupported(why)));
            }
        },
        (Data::Sequence(left), Data::Sequence(right)) if left.len() == right.len() => {
            let mut unsure = None;
            for (left, right) in left.iter().zip(right.iter()) {
                match compare(left, right, budget) {
                    Ok(true) => {}
                    Ok(false) => return Ok(false),
                    Err(why) => unsure = Some(why),
                }
            }
            unsure.map_or(Ok(true), Err)?
        }
        (Data::Sequence(_), Data::Sequence(_)) => false,
        (Data::Entries { entries: left, open: left_open }, Data::Entries { entries: right, open: right_open }) => {
            if let Some(open) = left_open.or(*right_open) {
                return Err(open.why);
            }
            let (left, right) = (super::order(left), super::order(right));
            if left.len() != right.len() {
                return Ok(false);
            }
            let mut unsure = None;
            for (left, right) in left.into_iter().zip(right) {
                match (left.key.known(), right.key.known()) {
                    (Some(left), Some(right)) if left != right => return Ok(false),
                    (Some(_), Some(_)) => {}
                    _ => return Err(undecided),
                }
                match compare(&left.value, &right.value, budget) {
                    Ok(true) => {}
                    Ok(false) => return Ok(false),
                    Err(why) => unsure = Some(why),
                }
            }
            unsure.map_or(Ok(true), Err)?
        }
        (Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) | Data::Entries { .. }, _) => false,
    })
}
