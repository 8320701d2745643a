//! `jsonencode` and `jsondecode`: values to JSON text exactly as Terraform prints it, and back; every character with its place.

mod decode;

pub use self::decode::{decode, jsondecode, value};
use super::{Call, Outcome, limit};
use crate::{
    origin::{HasOrigin, Origin},
    text::{Text, TextBuilder},
    value::{Data, Entry, Open, Unknown, Value},
};

/// How deep a document may nest.
const MAX_DEPTH: usize = 260;

/// `jsonencode(value)`. What is not known stands as an unknown piece in its place.
pub fn jsonencode(call: &Call<'_>) -> Outcome {
    match encode(call.value(0)) {
        Ok(text) => Ok(call.string(text)),
        Err(NoJson::TooLarge) => Ok(call.too_large()),
        Err(NoJson::Infinite) => Err(call.error_at(0, INFINITE)),
    }
}

/// Why a value cannot be written as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoJson {
    /// The text would be too large.
    TooLarge,
    /// JSON has no infinite numbers.
    Infinite,
}

/// What is said where JSON would need an infinite number.
pub const INFINITE: &str = "JSON has no infinite numbers";

/// A value as JSON.
///
/// # Errors
/// Where it is too large, or holds an infinite number.
pub fn encode(value: &Value) -> Result<Text, NoJson> {
    let mut encoder = Encoder { out: Text::build(value.origin.clone()), quotes_infinity: false };
    encoder.value(value, 0)?;
    Ok(encoder.out.finish())
}

/// A value as JSON for people: infinite numbers are the strings that they convert to. `None` where the text would be too large.
#[must_use]
pub fn shown(value: &Value) -> Option<Text> {
    let mut encoder = Encoder { out: Text::build(value.origin.clone()), quotes_infinity: true };
    encoder.value(value, 0).ok()?;
    Some(encoder.out.finish())
}

struct Encoder {
    out: TextBuilder,
    quotes_infinity: bool,
}

impl Encoder {
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), NoJson> {
        if depth > MAX_DEPTH || self.out.as_str().len() > limit::TEXT || self.out.pieces() > limit::PIECES {
            return Err(NoJson::TooLarge);
        }
        let origin = &value.origin;
        match &value.data {
            Data::Null => self.out.push_folded("null", origin.clone()),
            Data::Bool(bool) => self.out.push_folded(if *bool { "true" } else { "false" }, origin.clone()),
            Data::Number(number) if number.is_infinite() && !self.quotes_infinity => return Err(NoJson::Infinite),
            Data::Number(number) if number.is_infinite() => self.out.push_folded(&format!("\"{}\"", number.as_str()), origin.clone()),
            Data::Number(number) => self.out.push_folded(number.as_str(), origin.clone()),
            Data::String(text) => self.string(text),
            Data::Sequence(values) => {
                self.mark("[", origin);
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        self.mark(",", origin);
                    }
                    self.value(value, depth + 1)?;
                }
                self.mark("]", origin);
            }
            Data::Entries { entries, open } => self.entries(entries, *open, origin, depth)?,
            Data::OneOf(_) => self.out.push_unknown(origin.clone(), Unknown::Unsupported("conditional on an unknown value").reason()),
            Data::Unknown(why) => self.out.push_unknown(origin.clone(), why.reason()),
        }
        Ok(())
    }

    /// Members sorted by key, as Terraform writes maps and objects. Those whose keys are not known in full stand last.
    fn entries(&mut self, entries: &[Entry], open: Option<Open>, origin: &Origin, depth: usize) -> Result<(), NoJson> {
        let mut members: Vec<&Entry> = entries.iter().filter(|entry| entry.shadowed.is_none()).collect();
        members.sort_by_key(|entry| (!entry.key.is_known(), entry.key.decoded()));
        self.mark("{", origin);
        for (at, entry) in members.iter().enumerate() {
            if at > 0 {
                self.mark(",", origin);
            }
            self.string(&entry.key);
            self.mark(":", origin);
            self.value(&entry.value, depth + 1)?;
        }
        if let Some(open) = open {
            if !members.is_empty() {
                self.mark(",", origin);
            }
            self.out.push_unknown(Origin::at(open.span), open.why.reason());
        }
        self.mark("}", origin);
        Ok(())
    }

    /// Characters that nobody wrote: they stand for the whole value.
    fn mark(&mut self, mark: &str, origin: &Origin) {
        self.out.push_folded(mark, origin.clone());
    }

    fn string(&mut self, text: &Text) {
        let origin = text.origin();
        self.mark("\"", &origin);
        push_escaped(&mut self.out, text);
        self.mark("\"", &origin);
    }
}

/// The characters of a JSON string, escaped as Go's encoder does: `<`, `>` and `&` too, so that the text may stand in HTML.
pub fn push_escaped(out: &mut TextBuilder, text: &Text) {
    let decoded = text.decoded();
    let mut from = 0;
    for (at, character) in decoded.char_indices() {
        let Some(escape) = escape(character) else { continue };
        let end = (at + character.len_utf8()) as u32;
        out.push_slice(text, from..at as u32);
        out.push_folded(&escape, text.origin_of(at as u32..end));
        from = end;
    }
    out.push_slice(text, from..decoded.len() as u32);
}

fn escape(character: char) -> Option<String> {
    Some(match character {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        '\u{c}' => "\\f".to_owned(),
        '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => format!("\\u{:04x}", u32::from(character)),
        _ => return None,
    })
}
