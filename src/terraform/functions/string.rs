//! Functions of strings.

use super::{Call, Outcome, limit, text, why, why_deep};
use crate::{
    origin::{HasOrigin, Origin},
    text::Text,
    value::{Data, Type, Value},
};

/// Makes each character another one; what stays keeps its place, and what is not known stays so.
fn cased(call: &Call<'_>, map: impl Fn(char) -> Option<String>) -> Outcome {
    match &call.value(0).data {
        Data::String(given) => Ok(call.string(text::map_characters(given, map))),
        _ => Ok(call.unknown(why(call.value(0)).unwrap_or(crate::value::Unknown::Error))),
    }
}

/// Go maps each code point to one; where Rust has several, the character stays.
fn single(mut mapped: impl Iterator<Item = char>, character: char) -> Option<String> {
    let first = mapped.next()?;
    (mapped.next().is_none() && first != character).then(|| first.to_string())
}

/// `lower(str)`
pub fn lower(call: &Call<'_>) -> Outcome {
    cased(call, |character| match character {
        // The one capital whose small letter has two code points in full.
        'İ' => Some("i̇".chars().next().map_or_else(String::new, String::from)),
        _ => single(character.to_lowercase(), character),
    })
}

/// `upper(str)`
pub fn upper(call: &Call<'_>) -> Outcome {
    cased(call, |character| single(character.to_uppercase(), character))
}

/// `title(str)`: the first letter of each word.
pub fn title(call: &Call<'_>) -> Outcome {
    let given = call.text(0);
    let mut builder = Text::build(given.origin());
    let (mut from, mut before) = (0, ' ');
    for (at, character) in given.decoded().char_indices() {
        if is_separator(before)
            && let Some(other) = single(character.to_uppercase(), character)
        {
            let (at, end) = (at as u32, (at + character.len_utf8()) as u32);
            builder.push_slice(&given, from..at);
            builder.push_folded(&other, given.origin_of(at..end));
            from = end;
        }
        before = character;
    }
    builder.push_slice(&given, from..given.decoded().len() as u32);
    Ok(call.string(builder.finish()))
}

/// As Go's `strings.Title` sees words.
fn is_separator(character: char) -> bool {
    if character.is_ascii() { !character.is_ascii_alphanumeric() && character != '_' } else { character.is_whitespace() }
}

/// `strrev(str)`, by grapheme clusters.
pub fn strrev(call: &Call<'_>) -> Outcome {
    let given = call.text(0);
    let reversed: String = unicode_segmentation::UnicodeSegmentation::graphemes(given.decoded(), true).rev().collect();
    Ok(call.string(given.with_decoded(&reversed)))
}

/// `substr(str, offset, length)`, by grapheme clusters.
pub fn substr(call: &Call<'_>) -> Outcome {
    let given = call.text(0);
    let (offset, length) = (call.whole(1)?, call.whole(2)?);
    let starts = text::clusters(given.decoded());
    let count = starts.len() as i64 - 1;
    let from = if offset < 0 { (offset + count).max(0) } else { offset }.min(count);
    let to = if length < 0 { count } else { from.saturating_add(length).min(count) };
    let at = |index: i64| usize::try_from(index).ok().and_then(|index| starts.get(index)).copied().unwrap_or(given.decoded().len());
    Ok(call.string(text::slice(&given, at(from), at(to))))
}

/// `startswith(str, prefix)`. What is known of the beginning may be enough.
pub fn startswith(call: &Call<'_>) -> Outcome {
    let prefix = call.text(1);
    let prefix = prefix.decoded();
    if why(call.value(0)).is_some() && call.value(0).to_text().is_none() {
        return Ok(unknown_unless_empty(call, prefix));
    }
    let given = call.text(0);
    let known = given.known_prefix();
    if given.is_known() || known.len() >= prefix.len() {
        return Ok(call.bool(known.starts_with(prefix)));
    }
    if !prefix.starts_with(known) {
        return Ok(call.bool(false));
    }
    Ok(call.unknown(why(call.value(0)).unwrap_or(crate::value::Unknown::Error)))
}

fn unknown_unless_empty(call: &Call<'_>, part: &str) -> Value {
    if part.is_empty() { call.bool(true) } else { call.unknown(why(call.value(0)).unwrap_or(crate::value::Unknown::Error)) }
}

/// `endswith(str, suffix)`.
pub fn endswith(call: &Call<'_>) -> Outcome {
    let suffix = call.text(1);
    let suffix = suffix.decoded();
    let Some(given) = call.value(0).to_text() else { return Ok(unknown_unless_empty(call, suffix)) };
    if given.is_known() {
        return Ok(call.bool(given.decoded().ends_with(suffix)));
    }
    let known = given.known_suffix();
    if known.len() >= suffix.len() || !suffix.ends_with(known) {
        return Ok(call.bool(known.ends_with(suffix)));
    }
    Ok(call.unknown(why(call.value(0)).unwrap_or(crate::value::Unknown::Error)))
}

/// `strcontains(str, substr)`. A part that is known may have it already.
pub fn strcontains(call: &Call<'_>) -> Outcome {
    let part = call.text(1);
    let part = part.decoded();
    let Some(given) = call.value(0).to_text() else { return Ok(unknown_unless_empty(call, part)) };
    if given.is_known() {
        return Ok(call.bool(given.decoded().contains(part)));
    }
    let inside = |at: usize| !given.touches_unknown(at as u32 + 1..(at + part.len()).saturating_sub(1) as u32) || part.len() < 2;
    if given.decoded().match_indices(part).any(|(at, _)| inside(at)) {
        return Ok(call.bool(true));
    }
    Ok(call.unknown(why(call.value(0)).unwrap_or(crate::value::Unknown::Error)))
}

/// `indent(spaces, str)`: all lines but the first.
pub fn indent(call: &Call<'_>) -> Outcome {
    let spaces = call.whole(0)?;
    let Ok(spaces) = usize::try_from(spaces) else { return Err(call.error_at(0, "the number of spaces must not be negative")) };
    let Some(given) = call.value(1).to_text() else {
        return Ok(call.unknown(why(call.value(1)).unwrap_or(crate::value::Unknown::Error)));
    };
    let lines = given.decoded().matches('\n').count();
    if spaces.saturating_mul(lines) > limit::TEXT {
        return Ok(call.too_large());
    }
    // Where no line is indented, no number of spaces is too large, nor are they made.
    let padded = if lines == 0 { String::new() } else { format!("\n{}", " ".repeat(spaces)) };
    Ok(call.string(text::map_characters(&given, |character| (character == '\n' && spaces > 0).then(|| padded.clone()))))
}

/// `join(separator, lists...)`. Elements that are not known stand in their places.
pub fn join(call: &Call<'_>) -> Outcome {
    let separator = call.text(0);
    let mut builder = Text::build(Origin::at(call.span));
    let mut first = true;
    if call.arguments.len() < 2 {
        return Err(call.error("`join` needs at least one list"));
    }
    for at in 1..call.arguments.len() {
        let Data::Sequence(values) = &call.value(at).data else {
            return Ok(call.unknown(why(call.value(at)).unwrap_or(crate::value::Unknown::Error)));
        };
        for (index, value) in values.iter().enumerate() {
            if !first {
                builder.push_text(&separator);
            }
            first = false;
            match value.to_text() {
                Some(text) => builder.push_text(&text),
                None => match why_deep(value) {
                    Some(why) => builder.push_unknown(value.origin.clone(), why.reason()),
                    None => return Err(call.error_at(at, format!("element {index} is null, which cannot be joined"))),
                },
            }
            if builder.as_str().len() > limit::TEXT || builder.pieces() > limit::PIECES {
                return Ok(call.too_large());
            }
        }
    }
    Ok(call.string(builder.finish()))
}

/// `split(separator, str)`.
pub fn split(call: &Call<'_>) -> Outcome {
    let (separator, given) = (call.text(0), call.text(1));
    let decoded = given.decoded();
    let mut parts = Vec::new();
    if separator.decoded().is_empty() {
        for (at, character) in decoded.char_indices() {
            parts.push((at, at + character.len_utf8()));
        }
    } else {
        let mut from = 0;
        for (at, part) in decoded.match_indices(separator.decoded()) {
            parts.push((from, at));
            from = at + part.len();
        }
        parts.push((from, decoded.len()));
    }
    if parts.len() > limit::ELEMENTS {
        return Ok(call.too_large());
    }
    let values = parts.into_iter().map(|(from, to)| call.string(text::slice(&given, from, to))).collect();
    Ok(call.list(values, Type::String))
}
