//! What another tool fills in before a policy is sent: `<ACCOUNT_ID>`, `{{account}}`, `${var.x}`. Policy variables (`${aws:username}`) are none.

use crate::{origin::HasOrigin, text::Text};

/// The reason of an unknown piece that is a placeholder.
pub const REASON: &str = "placeholder";

/// The longest text between the brackets of a placeholder.
const LONGEST: usize = 80;

/// The same text with its placeholders not known.
pub(super) fn mark(text: Text) -> Text {
    let placeholders = placeholders(text.decoded());
    if placeholders.is_empty() {
        return text;
    }
    let mut builder = Text::build(text.origin());
    let mut at = 0;
    for (start, end) in placeholders {
        builder.push_slice(&text, at..start);
        builder.push_unknown(text.origin_of(start..end), REASON);
        at = end;
    }
    builder.push_slice(&text, at..text.decoded().len() as u32);
    builder.finish()
}

/// Where placeholders stand in a text.
fn placeholders(text: &str) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(['$', '{', '<']).map(|offset| at + offset) {
        let rest = &text[start..];
        let length = [("${", "}"), ("{{", "}}"), ("<", ">")].iter().find_map(|(open, close)| {
            let inner = rest.strip_prefix(open)?;
            let inner = &inner[..inner.find(close)?];
            let fits = if *open == "${" { !is_variable(inner) && is_name(inner) } else { !inner.starts_with(' ') || *open == "{{" };
            (fits && is_name(inner)).then_some(open.len() + inner.len() + close.len())
        });
        match length {
            Some(length) => {
                found.push((start as u32, (start + length) as u32));
                at = start + length;
            }
            None => at = start + 1,
        }
    }
    found
}

/// Whether `${…}` with this inside is meant for the service: a condition key with its prefix, or an escaped character.
fn is_variable(inner: &str) -> bool {
    let prefixed = inner.split_once(':').is_some_and(|(prefix, rest)| !prefix.is_empty() && !rest.starts_with(':'));
    prefixed || matches!(inner, "" | "*" | "?" | "$")
}

/// A word or a few, as people name placeholders.
fn is_name(text: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | ':' | '|' | '\'' | '"' | '(' | ')' | '[' | ']' | '/');
    text.len() <= LONGEST && text.trim().starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '.') && text.chars().all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_policies_are_no_placeholders() {
        for text in ["${aws:username}", "${*}", "${}", "a ${aws:PrincipalTag/team, 'none'}", "< 5", "{x}", "a < b > c", "${aws: username}"]
        {
            assert_eq!(placeholders(text), [], "{text}");
        }
        for (text, range) in [
            ("arn:aws:iam::${AWS::AccountId}:root", (13, 30)),
            ("arn:aws:iam::<ACCOUNT_ID>:root", (13, 25)),
            ("{{ account }}", (0, 13)),
            ("${var.account}", (0, 14)),
        ] {
            assert_eq!(placeholders(text), [range], "{text}");
        }
    }
}
