//! What services accept as tags.

pub mod count;
pub mod default_unknown;
pub mod key_case;
pub mod key_case_duplicate;
pub mod key_characters;
pub mod key_duplicate;
pub mod key_empty;
pub mod key_forbidden;
pub mod key_spelling;
pub mod key_too_long;
pub mod not_inherited;
pub mod not_on_children;
pub mod repeats_default;
pub mod required_missing;
pub mod reserved_prefix;
pub mod shadowed;
pub mod value_characters;
pub mod value_empty;
pub mod value_not_allowed;
pub mod value_not_portable;
pub mod value_null;
pub mod value_secret;
pub mod value_too_long;
pub mod wrong_place;

use crate::{
    facts::tags::{Fact, LengthLimit, TextRules},
    rule::Report,
    text::Text,
};

/// A text as a message quotes it: in backticks, shortened where it would fill the line.
fn quote(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// The limit that a length goes over, the gravest first, and the length. Unknown parts count nothing, so that what is over the limit
/// already stays over it.
fn over<'f>(rules: &'f TextRules, text: &Text) -> Option<(&'f LengthLimit, usize)> {
    let measured = rules.length.iter().map(|limit| (limit, limit.unit.measure(text.decoded())));
    gravest(measured.filter(|(limit, length)| *length > limit.max), |(limit, _)| &limit.fact)
}

/// The first of those with the highest severity: facts stand in the order in which a reader should hear of them.
fn gravest<T>(items: impl Iterator<Item = T>, fact: impl Fn(&T) -> &Fact) -> Option<T> {
    items.fold(None, |best, item| match best {
        Some(best) if fact(&best).severity >= fact(&item).severity => Some(best),
        _ => Some(item),
    })
}

/// How the service answers, for the help of a finding.
fn answer(fact: &Fact) -> String {
    match &fact.refused_with {
        Some(error) => format!("{} answers {error}", fact.by),
        None => format!("{} does not accept it", fact.by),
    }
}

/// Severity, source and help of a finding about a text, as its fact has them. `todo` is what to do, imperative.
fn explain<'a>(report: Report<'a>, fact: &Fact, todo: &str) -> Report<'a> {
    let note = fact.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
    let answer = if fact.refused_with.is_some() { format!("; {}", answer(fact)) } else { String::new() };
    report.fact(fact).help(format!("{todo}{answer}{note}"))
}

/// A character as a message names it; one that cannot be seen by its number.
fn name_of(character: char) -> String {
    if character == char::REPLACEMENT_CHARACTER {
        // What half of a surrogate pair becomes, too.
        "U+FFFD (no character)".to_owned()
    } else if character.is_control() || character.is_whitespace() || !character.is_alphanumeric() && !character.is_ascii_punctuation() {
        format!("U+{:04X}", character as u32)
    } else {
        format!("`{character}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_shortened_between_characters() {
        assert_eq!(quote("team"), "`team`");
        assert_eq!(quote(&"é".repeat(41)), format!("`{}…`", "é".repeat(40)));
    }
}
