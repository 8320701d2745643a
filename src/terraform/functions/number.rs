//! Functions of numbers.

use num_bigint::BigInt;

use super::{Call, FunctionError, Outcome, limit, machine};
use crate::value::{Data, Number, Type, Value};

/// `abs(num)`
pub fn abs(call: &Call<'_>) -> Outcome {
    let number = call.num(0);
    Ok(call.number(if number.is_negative() { number.negated() } else { number }))
}

/// `ceil(num)`
pub fn ceil(call: &Call<'_>) -> Outcome {
    Ok(call.number(call.num(0).ceil()))
}

/// `floor(num)`
pub fn floor(call: &Call<'_>) -> Outcome {
    Ok(call.number(call.num(0).floor()))
}

/// `signum(num)`
pub fn signum(call: &Call<'_>) -> Outcome {
    Ok(call.int(call.whole(0)?.signum()))
}

/// A number of the machine; larger ones do not fit.
fn machine(call: &Call<'_>, at: usize) -> Result<f64, FunctionError> {
    let number = call.num(at);
    let value = number.to_f64();
    if value.is_infinite() && !number.is_infinite() {
        return Err(call.error_at(at, format!("the number is too large for `{}`", call.name)));
    }
    Ok(value)
}

/// A result of the machine's arithmetic.
fn of_machine(call: &Call<'_>, result: f64) -> Outcome {
    let number = Number::from_f64(result).ok_or_else(|| call.error("the result is not a number"))?;
    Ok(call.number(number))
}

/// `log(num, base)`
pub fn log(call: &Call<'_>) -> Outcome {
    of_machine(call, machine::log(machine(call, 0)?) / machine::log(machine(call, 1)?))
}

/// `pow(num, power)`
pub fn pow(call: &Call<'_>) -> Outcome {
    of_machine(call, machine::pow(machine(call, 0)?, machine(call, 1)?))
}

fn best(call: &Call<'_>, better: impl Fn(&Number, &Number) -> bool) -> Outcome {
    let mut found: Option<Number> = None;
    for at in 0..call.arguments.len() {
        let number = call.num(at);
        if found.as_ref().is_none_or(|known| better(&number, known)) {
            found = Some(number);
        }
    }
    found.map(|number| call.number(number)).ok_or_else(|| call.error(format!("`{}` needs at least one number", call.name)))
}

/// `max(numbers...)`
pub fn max(call: &Call<'_>) -> Outcome {
    best(call, |number, known| number > known)
}

/// `min(numbers...)`
pub fn min(call: &Call<'_>) -> Outcome {
    best(call, |number, known| number < known)
}

/// `parseint(number, base)`
pub fn parseint(call: &Call<'_>) -> Outcome {
    let Data::String(text) = &call.value(0).data else {
        return Err(call.error_at(0, "the first argument of `parseint` must be a string"));
    };
    let base = call.whole(1)?;
    let Some(base) = u32::try_from(base).ok().filter(|base| (2..=62).contains(base)) else {
        return Err(call.error_at(1, "the base must be between 2 and 62"));
    };
    let refused = || call.error_at(0, format!("`{}` is no whole number in base {base}", text.decoded()));
    let (negative, digits) = match text.decoded().strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.decoded().strip_prefix('+').unwrap_or(text.decoded())),
    };
    if digits.is_empty() || digits.len() > 10_000 {
        return Err(refused());
    }
    let mut value = BigInt::from(0);
    for character in digits.chars() {
        // Up to base 36 small and capital letters are the same digits; above, capitals follow.
        let digit = match character {
            '0'..='9' => character as u32 - '0' as u32,
            'a'..='z' => character as u32 - 'a' as u32 + 10,
            'A'..='Z' if base <= 36 => character as u32 - 'A' as u32 + 10,
            'A'..='Z' => character as u32 - 'A' as u32 + 36,
            _ => return Err(refused()),
        };
        if digit >= base {
            return Err(refused());
        }
        value = value * base + digit;
    }
    Ok(call.number(Number::from_integer(&if negative { -value } else { value })))
}

/// `range(limit)`, `range(start, limit)`, `range(start, limit, step)`
pub fn range(call: &Call<'_>) -> Outcome {
    let number = |at: usize| call.num(at);
    let (zero, one) = (Number::from_i64(0), Number::from_i64(1));
    let (start, end, step) = match call.arguments.len() {
        1 => (zero.clone(), number(0), None),
        2 => (number(0), number(1), None),
        3 => (number(0), number(1), Some(number(2))),
        _ => return Err(call.error("`range` takes one, two or three numbers")),
    };
    let down = end < start;
    let step = match step {
        Some(step) if step.is_zero() => return Err(call.error_at(2, "the step must not be zero")),
        Some(step) if down && !step.is_negative() => {
            return Err(call.error_at(2, "the step must be negative, since the end is below the start"));
        }
        Some(step) if !down && step.is_negative() => {
            return Err(call.error_at(2, "the step must not be negative, since the end is above the start"));
        }
        Some(step) => step,
        None if down => one.negated(),
        None => one,
    };
    /// The most numbers that Terraform itself makes.
    const MOST: usize = 1024;
    let mut values: Vec<Value> = Vec::new();
    let mut next = start;
    while if down { next > end } else { next < end } {
        if values.len() >= MOST {
            return Err(call.error("more than 1024 numbers were made; reduce the difference between start and end"));
        }
        values.push(call.number(next.clone()));
        next = next.add(&step).map_err(|_| call.error("infinity has no numbers between it and its opposite"))?;
    }
    debug_assert!(values.len() <= limit::ELEMENTS);
    Ok(call.list(values, Type::Number))
}
