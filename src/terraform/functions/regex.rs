//! Functions with regular expressions. Go's engine and Rust's are siblings: linear in the text, without look-around. Where their languages
//! differ, a pattern is translated.

use regex::{Captures, Regex, RegexBuilder};

use super::{Call, FunctionError, Outcome, limit, text};
use crate::{
    origin::{HasOrigin, Origin},
    terraform::eval::EntryList,
    text::Text,
    value::{Data, Type, Value},
};

/// The most memory that a compiled pattern may take.
const MAX_SIZE: usize = 1 << 20;

/// A pattern, compiled; `Ok(None)` where it would be too large.
fn compile(call: &Call<'_>, at: usize, pattern: &str) -> Result<Option<Regex>, FunctionError> {
    if has_nested_repetition(pattern) {
        return Err(call.error_at(at, "this is no regular expression: a repetition is repeated"));
    }
    match RegexBuilder::new(&translated(pattern)).size_limit(MAX_SIZE).build() {
        Ok(regex) => Ok(Some(regex)),
        Err(regex::Error::CompiledTooBig(_)) => Ok(None),
        Err(error) => {
            let last = error.to_string();
            let reason = last.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            Err(call.error_at(at, format!("this is no regular expression: {reason}")))
        }
    }
}

/// `a**` and the like, which Go refuses.
fn has_nested_repetition(pattern: &str) -> bool {
    let (mut in_class, mut escaped, mut repeated) = (false, false, false);
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        if std::mem::take(&mut escaped) {
            repeated = false;
            continue;
        }
        match character {
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => (in_class, repeated) = (false, false),
            '*' | '+' if !in_class => {
                if repeated {
                    return true;
                }
                repeated = true;
                characters.next_if_eq(&'?');
            }
            _ => repeated = false,
        }
    }
    false
}

/// Go's language in Rust's: classes are those of ASCII, brackets and `&&` inside of classes are themselves, `\Q…\E` quotes.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(character) = rest.next() {
        match character {
            '\\' => match rest.next() {
                Some('Q') => {
                    let mut quoted = String::new();
                    while let Some(next) = rest.next() {
                        if next == '\\' && rest.peek() == Some(&'E') {
                            rest.next();
                            break;
                        }
                        quoted.push(next);
                    }
                    out.push_str(&regex::escape(&quoted));
                }
                Some('d') => out.push_str(if in_class { "0-9" } else { "[0-9]" }),
                Some('D') => out.push_str("[^0-9]"),
                Some('w') => out.push_str(if in_class { "0-9A-Za-z_" } else { "[0-9A-Za-z_]" }),
                Some('W') => out.push_str("[^0-9A-Za-z_]"),
                Some('s') => out.push_str(if in_class { "\\t\\n\\x0c\\r " } else { "[\\t\\n\\x0c\\r ]" }),
                Some('S') => out.push_str("[^\\t\\n\\x0c\\r ]"),
                Some('b') if !in_class => out.push_str("(?-u:\\b)"),
                Some('B') if !in_class => out.push_str("(?-u:\\B)"),
                Some(escaped) => out.extend(['\\', escaped]),
                None => out.push('\\'),
            },
            '[' if !in_class => {
                in_class = true;
                out.push('[');
                if rest.peek() == Some(&'^') {
                    rest.next();
                    out.push('^');
                }
                if rest.peek() == Some(&']') {
                    rest.next();
                    out.push_str("\\]");
                }
            }
            '[' if rest.peek() == Some(&':') => {
                // `[:alpha:]`
                out.push('[');
                for inner in rest.by_ref() {
                    out.push(inner);
                    if inner == ']' {
                        break;
                    }
                }
            }
            '[' => out.push_str("\\["),
            ']' => {
                in_class = false;
                out.push(']');
            }
            '&' | '~' if in_class => out.extend(['\\', character]),
            '-' if in_class && rest.peek() == Some(&'-') => out.push_str("\\-"),
            other => out.push(other),
        }
    }
    out
}

/// What the groups of a pattern make of a match.
enum Groups {
    None,
    Unnamed,
    Named(Vec<String>),
}

fn groups(call: &Call<'_>, regex: &Regex) -> Result<Groups, FunctionError> {
    let names: Vec<Option<&str>> = regex.capture_names().skip(1).collect();
    let named: Vec<String> = names.iter().flatten().map(|name| (*name).to_owned()).collect();
    match (names.len(), named.len()) {
        (0, _) => Ok(Groups::None),
        (_, 0) => Ok(Groups::Unnamed),
        (all, some) if all == some => Ok(Groups::Named(named)),
        _ => Err(call.error_at(0, "a pattern cannot have both named and unnamed groups")),
    }
}

impl Groups {
    fn ty(&self, regex: &Regex) -> Type {
        match self {
            Groups::None => Type::String,
            Groups::Unnamed => Type::TupleOf(vec![Type::String; regex.captures_len() - 1].into()),
            Groups::Named(names) => Type::object(names.iter().map(|name| (name.as_str().into(), Type::String))),
        }
    }

    fn value(&self, call: &Call<'_>, given: &Text, captures: &Captures<'_>) -> Value {
        let group = |index: usize| match captures.get(index) {
            Some(found) => call.string(text::slice(given, found.start(), found.end())),
            None => call.null(Type::String),
        };
        match self {
            Groups::None => group(0),
            Groups::Unnamed => call.tuple((1..captures.len()).map(group).collect()),
            Groups::Named(names) => {
                let mut entries = EntryList::default();
                for (index, name) in names.iter().enumerate() {
                    entries.add(Value::string(Text::derived(name, call.value(0).origin.clone())), group(index + 1));
                }
                entries.finish(Origin::at(call.span))
            }
        }
    }
}

/// `regex(pattern, string)`: the first match.
pub fn regex(call: &Call<'_>) -> Outcome {
    let (pattern, given) = (call.text(0), call.text(1));
    let Some(regex) = compile(call, 0, pattern.decoded())? else { return Ok(call.too_large()) };
    let groups = groups(call, &regex)?;
    match regex.captures(given.decoded()) {
        Some(captures) => Ok(groups.value(call, &given, &captures)),
        None => Err(call.error_at(1, "the pattern does not match")),
    }
}

/// `regexall(pattern, string)`: all matches.
pub fn regexall(call: &Call<'_>) -> Outcome {
    let (pattern, given) = (call.text(0), call.text(1));
    let Some(regex) = compile(call, 0, pattern.decoded())? else { return Ok(call.too_large()) };
    let groups = groups(call, &regex)?;
    let mut found = Vec::new();
    for captures in regex.captures_iter(given.decoded()) {
        if found.len() >= limit::ELEMENTS {
            return Ok(call.too_large());
        }
        found.push(groups.value(call, &given, &captures));
    }
    Ok(call.list(found, groups.ty(&regex)))
}

/// `replace(str, substr, replace)`: of a pattern in slashes, or of plain characters.
pub fn replace(call: &Call<'_>) -> Outcome {
    let (given, wanted, with) = (call.text(0), call.text(1), call.text(2));
    let decoded = given.decoded();
    let mut out = Text::build(given.origin());
    let mut from = 0;
    let pattern = wanted.decoded().strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    if let Some(pattern) = pattern {
        let Some(regex) = compile(call, 1, pattern)? else { return Ok(call.too_large()) };
        for captures in regex.captures_iter(decoded) {
            let Some(found) = captures.get(0) else { continue };
            out.push_slice(&given, from as u32..found.start() as u32);
            let mut expanded = String::new();
            captures.expand(with.decoded(), &mut expanded);
            out.push_folded(&expanded, given.origin_of(found.start() as u32..found.end() as u32));
            from = found.end();
            if out.as_str().len() > limit::TEXT || out.pieces() > limit::PIECES {
                return Ok(call.too_large());
            }
        }
    } else {
        for (at, part) in decoded.match_indices(wanted.decoded()) {
            out.push_slice(&given, from as u32..at as u32);
            out.push_text(&with);
            from = at + part.len();
            if out.as_str().len() > limit::TEXT || out.pieces() > limit::PIECES {
                return Ok(call.too_large());
            }
        }
    }
    if from == 0 && out.as_str().is_empty() {
        return Ok(call.string(given));
    }
    out.push_slice(&given, from as u32..decoded.len() as u32);
    let mut value = call.string(out.finish());
    if let Data::String(text) = &value.data
        && text.decoded() == decoded
    {
        value = call.string(given);
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::translated;

    #[test]
    fn patterns_of_go_become_patterns_of_rust() {
        for (go, rust) in [
            (r"\d+[\d\w]", r"[0-9]+[0-90-9A-Za-z_]"),
            ("[[&&]", r"[\[\&\&]"),
            ("[]a]", r"[\]a]"),
            ("[[:alpha:]_]", "[[:alpha:]_]"),
            (r"\Qa.b\E.", r"a\.b."),
            (r"\bx", r"(?-u:\b)x"),
        ] {
            assert_eq!(translated(go), rust, "{go}");
        }
    }
}
