//! What functions do with texts, so that characters keep their places.

use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_segmentation::UnicodeSegmentation;

use crate::{origin::HasOrigin, text::Text};

/// Terraform keeps strings in Unicode's composed form.
pub fn normalized(text: Text) -> Text {
    match text.known() {
        Some(known) if !known.is_ascii() && !is_nfc(known) => {
            let composed: String = known.nfc().collect();
            text.with_decoded(&composed)
        }
        _ => text,
    }
}

/// Each character replaced by others; those that stay keep their places.
pub fn map_characters(text: &Text, map: impl Fn(char) -> Option<String>) -> Text {
    let mut builder = Text::build(text.origin());
    let mut from = 0;
    for (at, character) in text.decoded().char_indices() {
        let Some(other) = map(character) else { continue };
        let (at, end) = (at as u32, (at + character.len_utf8()) as u32);
        builder.push_slice(text, from..at);
        builder.push_folded(&other, text.origin_of(at..end));
        from = end;
    }
    builder.push_slice(text, from..text.decoded().len() as u32);
    builder.finish()
}

/// Where the grapheme clusters begin, and the end of the last.
pub fn clusters(text: &str) -> Vec<usize> {
    let mut starts: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
    starts.push(text.len());
    starts
}

/// A part of a text, by bytes.
pub fn slice(text: &Text, from: usize, to: usize) -> Text {
    text.slice(from as u32..to.max(from) as u32)
}
