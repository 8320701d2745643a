//! `format` and `formatlist`.

use num_bigint::Sign;

use super::{Call, FunctionError, Outcome, json, limit, text, why, why_deep};
use crate::{
    origin::{HasOrigin, Origin},
    text::{Text, TextBuilder},
    value::{Data, Number, Type, Unknown, Value, convert::convert},
};

/// A verb such as `%-5.2[1]f`.
#[derive(Debug, Default)]
struct Verb {
    zero: bool,
    sharp: bool,
    plus: bool,
    minus: bool,
    space: bool,
    width: Option<usize>,
    precision: Option<usize>,
    argument: usize,
    mode: char,
    /// As it is written.
    raw: String,
}

/// `format(format, args...)`. Values that are not known stand in their places where the verb leaves them as they are.
pub fn format(call: &Call<'_>) -> Outcome {
    let values: Vec<&Value> = call.arguments[1..].iter().map(|argument| &argument.value).collect();
    if values.iter().any(|value| is_bare_null(value)) {
        return Ok(call.unknown(BARE_NULL));
    }
    match formatted(call, &values)? {
        Some(text) => Ok(call.string(text)),
        None => Ok(call.too_large()),
    }
}

/// `formatlist(format, args...)`
pub fn formatlist(call: &Call<'_>) -> Outcome {
    let values: Vec<&Value> = call.arguments[1..].iter().map(|argument| &argument.value).collect();
    if values.iter().any(|value| is_bare_null(value)) {
        return Ok(call.unknown(BARE_NULL));
    }
    let mut rows = None;
    for (at, value) in values.iter().enumerate() {
        match &value.data {
            Data::Sequence(elements) => {
                if rows.is_some_and(|rows| rows != elements.len()) {
                    return Err(call.error_at(at + 1, "the lists given to `formatlist` must have the same length"));
                }
                rows = Some(elements.len());
            }
            Data::Unknown(_) | Data::OneOf(_) if !value.ty.is_primitive() => {
                return Ok(call.unknown(why(value).unwrap_or(Unknown::Error)));
            }
            _ => {}
        }
    }
    let rows = rows.unwrap_or(1);
    if rows > limit::ELEMENTS {
        return Ok(call.too_large());
    }
    let mut made = Vec::with_capacity(rows);
    for row in 0..rows {
        let values: Vec<&Value> = values
            .iter()
            .map(|value| match &value.data {
                Data::Sequence(elements) => &elements[row],
                _ => *value,
            })
            .collect();
        match formatted(call, &values)? {
            Some(text) => made.push(call.string(text)),
            None => return Ok(call.too_large()),
        }
    }
    Ok(call.list(made, Type::String))
}

/// What Terraform itself makes of a null that has no type.
const BARE_NULL: Unknown = Unknown::Unsupported("null without a type");

fn is_bare_null(value: &Value) -> bool {
    matches!((&value.data, &value.ty), (Data::Null, Type::Any))
}

/// One text; `None` where it would be too large.
fn formatted(call: &Call<'_>, values: &[&Value]) -> Result<Option<Text>, FunctionError> {
    let format = call.text(0);
    let characters = format.decoded();
    let mut out = Text::build(Origin::at(call.span));
    let (mut at, mut next, mut highest) = (0, 1, 0);
    while let Some(found) = characters[at..].find('%') {
        out.push_slice(&format, at as u32..(at + found) as u32);
        at += found;
        if characters[at..].starts_with("%%") {
            out.push_folded("%", format.origin_of(at as u32..at as u32 + 2));
            at += 2;
            continue;
        }
        let verb = verb(&characters[at..], next).ok_or_else(|| call.error_at(0, format!("`{}` is no verb", shown(&characters[at..]))))?;
        highest = highest.max(verb.argument);
        let value = verb.argument.checked_sub(1).and_then(|index| values.get(index));
        let Some(value) = value else {
            let count = values.len();
            return Err(call.error_at(
                0,
                format!("`{}` asks for argument {}, there {} {count}", verb.raw, verb.argument, if count == 1 { "is" } else { "are" }),
            ));
        };
        push(&mut out, &verb, value).map_err(|message| call.error_at(verb.argument, format!("`{}`: {message}", verb.raw)))?;
        if out.as_str().len() > limit::TEXT || out.pieces() > limit::PIECES {
            return Ok(None);
        }
        next = verb.argument + 1;
        at += verb.raw.len();
    }
    out.push_slice(&format, at as u32..characters.len() as u32);
    if highest < values.len() {
        let message = if highest == 0 {
            "the format has no verbs for these arguments".to_owned()
        } else {
            format!("the format uses only {highest} arguments")
        };
        return Err(call.error_at(highest + 1, message));
    }
    Ok(Some(out.finish()))
}

/// The beginning of what is no verb.
fn shown(text: &str) -> String {
    text.chars().take(2).collect()
}

fn verb(text: &str, next: usize) -> Option<Verb> {
    let mut verb = Verb { argument: next, ..Verb::default() };
    let mut at = 1;
    let bytes = text.as_bytes();
    loop {
        match bytes.get(at)? {
            b'0' => verb.zero = true,
            b'#' => verb.sharp = true,
            b'-' => verb.minus = true,
            b'+' => verb.plus = true,
            b' ' => verb.space = true,
            _ => break,
        }
        at += 1;
    }
    let number = |at: &mut usize| {
        let start = *at;
        while bytes.get(*at).is_some_and(u8::is_ascii_digit) {
            *at += 1;
        }
        text[start..*at].parse::<usize>().ok()
    };
    if bytes.get(at).is_some_and(u8::is_ascii_digit) {
        verb.width = Some(number(&mut at)?);
    }
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        verb.precision = Some(number(&mut at).unwrap_or(0));
    }
    if bytes.get(at) == Some(&b'[') {
        at += 1;
        verb.argument = number(&mut at).filter(|index| *index > 0)?;
        if bytes.get(at) != Some(&b']') {
            return None;
        }
        at += 1;
    }
    verb.mode = char::from(*bytes.get(at).filter(|byte| byte.is_ascii_alphabetic())?);
    verb.raw = text[..=at].to_owned();
    Some(verb)
}

/// The longest padding that is made.
const MAX_WIDTH: usize = 1 << 16;

fn push(out: &mut TextBuilder, verb: &Verb, value: &Value) -> Result<(), String> {
    if verb.width.unwrap_or(0).max(verb.precision.unwrap_or(0)) > MAX_WIDTH {
        return Err("this is wider than anything".to_owned());
    }
    if !matches!(verb.mode, 'v' | 't' | 'b' | 'd' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'g' | 'G' | 's' | 'q') {
        return Err("there is no such verb".to_owned());
    }
    let as_it_is = verb.width.is_none() && verb.precision.is_none();
    if let Some(why) = why_deep(value) {
        // Characters that are known stay, where the verb takes them as they are.
        match value.to_text() {
            Some(text) if as_it_is && (verb.mode == 's' || verb.mode == 'v' && !verb.sharp) => out.push_text(&text),
            _ => out.push_unknown(value.origin.clone(), why.reason()),
        }
        return Ok(());
    }
    if verb.mode != 'v' && matches!(value.data, Data::Null) {
        return Err("null cannot be formatted".to_owned());
    }
    let converted = |ty: &Type| convert(value.clone(), ty).map_err(|error| error.message);
    let number = || match converted(&Type::Number)?.data {
        Data::Number(number) => Ok(number),
        _ => Err("a number is required".to_owned()),
    };
    let origin = value.origin.clone();
    match verb.mode {
        'v' => match &value.data {
            Data::String(text) if !verb.sharp => push_padded(out, verb, text),
            Data::Number(number) if !verb.sharp => {
                let written = match number.is_infinite() {
                    true => number.as_str().to_owned(),
                    false => format!("{}{}", if number.is_negative() { "-" } else { "" }, number.general(None)),
                };
                push_padded(out, verb, &Text::derived(&written, origin));
            }
            _ => match json::encode(value) {
                Ok(text) => push_padded(out, verb, &text),
                Err(json::NoJson::TooLarge) => out.push_unknown(origin, "too large to evaluate"),
                Err(json::NoJson::Infinite) => return Err(json::INFINITE.to_owned()),
            },
        },
        't' => match converted(&Type::Bool)?.data {
            Data::Bool(bool) => out.push_folded(if bool { "true" } else { "false" }, origin),
            _ => return Err("a bool is required".to_owned()),
        },
        's' | 'q' => {
            let Some(mut text) = converted(&Type::String)?.to_text() else { return Err("a string is required".to_owned()) };
            if let Some(precision) = verb.precision.filter(|precision| *precision > 0) {
                let starts = text::clusters(text.decoded());
                let end = starts.get(precision).copied().unwrap_or(text.decoded().len());
                text = text::slice(&text, 0, end);
            }
            if verb.mode == 'q' {
                let mut quoted = Text::build(text.origin());
                quoted.push_folded("\"", text.origin());
                json::push_escaped(&mut quoted, &text);
                quoted.push_folded("\"", text.origin());
                text = quoted.finish();
            }
            push_padded(out, verb, &text);
        }
        'e' | 'E' | 'f' | 'g' | 'G' => out.push_folded(&float(verb, &number()?), origin),
        _ => {
            let number = number()?;
            if !number.is_integer() {
                return Err("a whole number is required".to_owned());
            }
            out.push_folded(&integer(verb, &number), origin);
        }
    }
    Ok(())
}

/// Width counts grapheme clusters.
fn push_padded(out: &mut TextBuilder, verb: &Verb, text: &Text) {
    let length = text::clusters(text.decoded()).len() - 1;
    let padding = verb.width.unwrap_or(0).saturating_sub(length);
    let pads = if verb.zero { "0" } else { " " }.repeat(padding);
    if !verb.minus {
        out.push_folded(&pads, text.origin());
    }
    out.push_text(text);
    if verb.minus {
        out.push_folded(&pads, text.origin());
    }
}

fn sign(verb: &Verb, negative: bool) -> &'static str {
    match (negative, verb.plus, verb.space) {
        (true, ..) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    }
}

/// As Go pads numbers: zeros between sign and digits, spaces outside.
fn padded(verb: &Verb, prefix: &str, digits: &str, zeros: bool) -> String {
    let padding = verb.width.unwrap_or(0).saturating_sub(prefix.len() + digits.len());
    if verb.minus {
        format!("{prefix}{digits}{}", " ".repeat(padding))
    } else if zeros {
        format!("{prefix}{}{digits}", "0".repeat(padding))
    } else {
        format!("{}{prefix}{digits}", " ".repeat(padding))
    }
}

fn float(verb: &Verb, number: &Number) -> String {
    if number.is_infinite() {
        let sign = if verb.space && !number.is_negative() { " " } else { &number.as_str()[..1] };
        return padded(verb, sign, "Inf", false);
    }
    let written = match verb.mode {
        'e' | 'E' => number.scientific(Some(verb.precision.unwrap_or(6))),
        'f' => number.fixed(verb.precision.unwrap_or(6)),
        _ => number.general(verb.precision),
    };
    let written = if verb.mode.is_ascii_uppercase() { written.to_ascii_uppercase() } else { written };
    padded(verb, sign(verb, number.is_negative()), &written, verb.zero)
}

fn integer(verb: &Verb, number: &Number) -> String {
    let whole = number.truncated();
    let base = match verb.mode {
        'b' => 2,
        'o' => 8,
        'x' | 'X' => 16,
        _ => 10,
    };
    let mut digits = whole.magnitude().to_str_radix(base);
    if verb.mode == 'X' {
        digits.make_ascii_uppercase();
    }
    if let Some(precision) = verb.precision {
        if precision == 0 && digits == "0" {
            digits.clear();
        }
        digits = format!("{}{digits}", "0".repeat(precision.saturating_sub(digits.len())));
    }
    let prefix = match verb.mode {
        'b' if verb.sharp => "0b",
        'o' if verb.sharp => "0",
        'x' if verb.sharp => "0x",
        'X' if verb.sharp => "0X",
        _ => "",
    };
    let prefix = format!("{}{prefix}", sign(verb, whole.sign() == Sign::Minus));
    padded(verb, &prefix, &digits, verb.zero && verb.precision.is_none())
}
