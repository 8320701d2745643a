//! What another tool fills in before a text is sent: `<ACCOUNT_ID>`, `{{account}}`, `${var.x}`.

use crate::{origin::HasOrigin, text::Text};

/// The reason of an unknown piece that is a placeholder.
pub const REASON: &str = "placeholder";

/// The longest text between the brackets of a placeholder.
const LONGEST: usize = 80;

/// Whether the service that gets a text fills in variables itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variables {
    /// It takes the text as it is: `${aws:username}` is a placeholder like any other.
    None,
    /// Variables of the policy language are for the service: `${aws:username}` is known.
    OfPolicies,
}

/// The same text with its placeholders not known.
#[must_use]
pub fn mark(text: Text, variables: Variables) -> Text {
    let placeholders = find(text.decoded(), variables);
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
#[must_use]
pub fn find(text: &str, variables: Variables) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = memchr::memchr3(b'$', b'{', b'<', &text.as_bytes()[at..]).map(|offset| at + offset) {
        let rest = &text[start..];
        let length = [("${", "}"), ("{{", "}}"), ("<", ">")].iter().find_map(|(open, close)| {
            let inner = rest.strip_prefix(open)?;
            let inner = &inner[..end(inner, close)?];
            let is_other = match *open {
                "${" => variables == Variables::OfPolicies && is_variable(inner),
                "<" => inner.starts_with(' '),
                _ => false,
            };
            (!is_other && is_name(inner)).then_some(open.len() + inner.len() + close.len())
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

/// Where a bracket closes; not looked for further than a placeholder is long, or many brackets that never close would be looked through
/// for each.
fn end(inner: &str, close: &str) -> Option<usize> {
    let near = inner.len().min(LONGEST + close.len());
    let near = (near..=inner.len()).find(|at| inner.is_char_boundary(*at))?;
    inner[..near].find(close)
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
    fn placeholders_are_words_in_brackets() {
        for variables in [Variables::None, Variables::OfPolicies] {
            assert_eq!(find("a-${STAGE}-{{ team }}<name>", variables), [(2, 10), (11, 21), (21, 27)]);
            assert_eq!(find("a < b > c <> ${} {x}", variables), []);
            for (text, range) in [
                ("arn:aws:iam::${AWS::AccountId}:root", (13, 30)),
                ("arn:aws:iam::<ACCOUNT_ID>:root", (13, 25)),
                ("{{ account }}", (0, 13)),
                ("${var.account}", (0, 14)),
            ] {
                assert_eq!(find(text, variables), [range], "{text}");
            }
        }
    }

    #[test]
    fn variables_of_policies_are_no_placeholders() {
        for text in ["${aws:username}", "a ${aws:PrincipalTag/team}", "${aws: username}"] {
            assert_eq!(find(text, Variables::OfPolicies), [], "{text}");
            assert_eq!(find(text, Variables::None).len(), 1, "{text}");
        }
        for text in ["${*}", "${}", "a ${aws:PrincipalTag/team, 'none'}", "< 5", "{x}"] {
            assert_eq!(find(text, Variables::OfPolicies), [], "{text}");
        }
    }

    #[test]
    fn brackets_that_never_close_take_linear_time() {
        let text = "${a<b{{".repeat(300_000);
        assert_eq!(find(&text, Variables::None), []);
        let long = format!("${{{}}}", "a".repeat(LONGEST + 1));
        assert_eq!(find(&long, Variables::None), []);
        let longest = format!("${{{}}}", "a".repeat(LONGEST));
        assert_eq!(find(&longest, Variables::None), [(0, LONGEST as u32 + 3)]);
    }
}
