//! Functions that take characters off the ends of strings.

use super::{Call, Outcome, text, why};
use crate::value::Unknown;

fn kept(call: &Call<'_>, keep: impl Fn(&str) -> &str) -> Outcome {
    let given = call.text(0);
    let decoded = given.decoded();
    let part = keep(decoded);
    // `part` lies in `decoded`.
    let from = part.as_ptr() as usize - decoded.as_ptr() as usize;
    Ok(call.string(text::slice(&given, from, from + part.len())))
}

/// `chomp(str)`: line ends at the end.
pub fn chomp(call: &Call<'_>) -> Outcome {
    kept(call, |text| {
        let mut text = text;
        while let Some(shorter) = text.strip_suffix("\r\n").or_else(|| text.strip_suffix(['\r', '\n'])) {
            text = shorter;
        }
        text
    })
}

/// `trim(str, cutset)`
pub fn trim(call: &Call<'_>) -> Outcome {
    let cutset = call.text(1);
    let cut: Vec<char> = cutset.decoded().chars().collect();
    kept(call, |text| text.trim_matches(|character| cut.contains(&character)))
}

/// `trimspace(str)`
pub fn trimspace(call: &Call<'_>) -> Outcome {
    kept(call, |text| text.trim_matches(char::is_whitespace))
}

/// `trimprefix(str, prefix)`. What is known of the beginning may be enough.
pub fn trimprefix(call: &Call<'_>) -> Outcome {
    let prefix = call.text(1);
    let unknown = || Ok(call.unknown(why(call.value(0)).unwrap_or(Unknown::Error)));
    let Some(given) = call.value(0).to_text() else { return unknown() };
    let known = given.known_prefix();
    if !given.is_known() && known.len() < prefix.decoded().len() && prefix.decoded().starts_with(known) {
        return unknown();
    }
    if !given.is_known() {
        let from = if known.starts_with(prefix.decoded()) { prefix.decoded().len() } else { 0 };
        return Ok(call.string(text::slice(&given, from, given.decoded().len())));
    }
    kept(call, |text| text.strip_prefix(prefix.decoded()).unwrap_or(text))
}

/// `trimsuffix(str, suffix)`
pub fn trimsuffix(call: &Call<'_>) -> Outcome {
    let suffix = call.text(1);
    kept(call, |text| text.strip_suffix(suffix.decoded()).unwrap_or(text))
}
