//! Texts and levels in SARIF's terms.

use crate::{finding::Severity, report::snippet::visible};

/// GitLab skips a result whose message is longer than 2,048 characters.
const MOST_MESSAGE: usize = 2000;

pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// GitLab reads a severity from it: from 70 on high, from 40 on medium, from 10 on low.
pub(super) fn rank(severity: Severity) -> f64 {
    match severity {
        Severity::Error => 80.0,
        Severity::Warning => 50.0,
        Severity::Info => 20.0,
    }
}

/// Sentences from the parts of a message, short enough for every consumer. A value cannot make a link of itself.
pub(super) fn message(parts: &[&str]) -> String {
    let sentences: Vec<String> = parts.iter().filter(|part| !part.is_empty()).map(|part| sentence(&visible(part))).collect();
    let text = sentences.join(" ").replace("](", "] (");
    if text.is_empty() { "Here.".to_owned() } else { cut(text, MOST_MESSAGE) }
}

/// With a capital where the first character is a letter, and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    first.into_iter().chain(chars).chain(stop.chars()).collect()
}

/// At most `most` characters.
pub(super) fn cut(text: String, most: usize) -> String {
    match text.char_indices().nth(most - 1) {
        Some((at, c)) if at + c.len_utf8() < text.len() => format!("{}…", &text[..at]),
        Some(_) | None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_is_cut_and_a_link_is_none() {
        assert_eq!(message(&[&"é".repeat(3000)]).chars().count(), MOST_MESSAGE);
        assert_eq!(message(&["tag `[a](http://x)`", "drop it"]), "Tag `[a] (http://x)`. Drop it.");
    }
}
