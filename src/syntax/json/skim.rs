//! Parts of a JSON text, found without a tree: of a large document only what is asked for is parsed.
//!
//! What is skimmed must be JSON, at least up to the end of the text that is given; a value that this end cuts is not whole.

use std::{ops::Range, sync::Arc};

use super::{Nodes, Parser, read};
use crate::{
    source::{Source, Span},
    syntax::tree::{Input, Tree},
};

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name, in quotes.
    pub name: Range<u32>,
    /// Its value.
    pub value: Range<u32>,
    /// Whether the text holds all of the value.
    pub is_whole: bool,
}

/// The value that a document holds, without what stands around it; nothing for an empty one.
#[must_use]
pub fn document(text: &str) -> Range<u32> {
    let start = space(text.as_bytes(), if text.starts_with('\u{feff}') { 3 } else { 0 });
    let (end, _) = skip(text.as_bytes(), start);
    start as u32..end as u32
}

/// The members of the object in `part`, in text order; none where it is no object.
pub fn members(text: &str, part: Range<u32>) -> impl Iterator<Item = Member> + '_ {
    let bytes = &text.as_bytes()[..part.end as usize];
    let mut next = first(bytes, part.start as usize, b'{');
    std::iter::from_fn(move || {
        let start = next.take()?;
        if bytes.get(start) != Some(&b'"') {
            return None;
        }
        let (end, _) = skip(bytes, start);
        let colon = space(bytes, end);
        let from = space(bytes, colon + 1);
        if bytes.get(colon) != Some(&b':') || from >= bytes.len() {
            return None;
        }
        let (to, is_whole) = skip(bytes, from);
        next = following(bytes, to);
        Some(Member { name: start as u32..end as u32, value: from as u32..to as u32, is_whole })
    })
}

/// The elements of the array in `part` that the text holds whole, in text order; none where it is no array.
pub fn elements(text: &str, part: Range<u32>) -> impl Iterator<Item = Range<u32>> + '_ {
    let bytes = &text.as_bytes()[..part.end as usize];
    let mut next = first(bytes, part.start as usize, b'[');
    std::iter::from_fn(move || {
        let start = next.take()?;
        if matches!(bytes.get(start), None | Some(b']')) {
            return None;
        }
        let (end, is_whole) = skip(bytes, start);
        next = following(bytes, end);
        is_whole.then_some(start as u32..end as u32)
    })
}

/// The value of the member with a plain name; of several the last, as JSON readers take it.
#[must_use]
pub fn member(text: &str, part: Range<u32>, name: &str) -> Option<Range<u32>> {
    members(text, part).filter(|member| member.is_whole && is_named(text, member, name)).last().map(|member| member.value)
}

/// The member with a plain name, of those that were found; of several the last, as JSON readers take it.
#[must_use]
pub fn last<'m>(text: &str, members: &'m [Member], name: &str) -> Option<&'m Member> {
    members.iter().rev().find(|member| is_named(text, member, name))
}

/// Whether a member has this name, which needs no escapes.
#[must_use]
pub fn is_named(text: &str, member: &Member, name: &str) -> bool {
    text.get(member.name.start as usize + 1..(member.name.end as usize).saturating_sub(1)) == Some(name)
}

/// The characters of the string in `part`; `None` where it is no string.
#[must_use]
pub fn string(text: &str, part: Range<u32>) -> Option<String> {
    let raw = text.get(part.start as usize..part.end as usize)?;
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') { serde_json::from_str(raw).ok() } else { Some(inner.to_owned()) }
}

/// Reads one value of a file; its nodes have their places in the file.
#[must_use]
pub fn parse(source: &Arc<Source>, part: Range<u32>) -> Tree {
    let text = &source.text()[..part.end as usize];
    let mut parser =
        Parser { nodes: Nodes::for_text(part.len()), at: part.start as usize, str: text, text: text.as_bytes(), ..Parser::new("") };
    parser.document();
    Tree::new(Input::File(Arc::clone(source)), parser.nodes, parser.problems)
}

/// The same as serde_json has it.
#[must_use]
pub fn value(source: &Arc<Source>, part: Range<u32>) -> serde_json::Value {
    let tree = parse(source, part);
    tree.root().map_or(serde_json::Value::Null, |root| read::to_value(&tree, root))
}

/// A part as a place.
#[must_use]
pub fn span(source: &Source, part: &Range<u32>) -> Span {
    Span::new(source.id(), part.start, part.end)
}

/// Where the first member or element of a container begins.
fn first(bytes: &[u8], start: usize, bracket: u8) -> Option<usize> {
    (bytes.get(start) == Some(&bracket)).then(|| space(bytes, start + 1))
}

/// Where the next one begins, after a comma.
fn following(bytes: &[u8], end: usize) -> Option<usize> {
    let at = space(bytes, end);
    (bytes.get(at) == Some(&b',')).then(|| space(bytes, at + 1))
}

fn space(bytes: &[u8], from: usize) -> usize {
    let from = from.min(bytes.len());
    from + bytes[from..].iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).count()
}

/// Where the value that begins at `start` ends, and whether it does.
fn skip(bytes: &[u8], start: usize) -> (usize, bool) {
    let mut depth = 0_usize;
    let mut at = start;
    loop {
        match bytes.get(at) {
            None => return (bytes.len(), at > start && depth == 0),
            Some(b'"') => match string_end(bytes, at) {
                Some(end) => at = end,
                None => return (bytes.len(), false),
            },
            Some(b'{' | b'[') => {
                depth += 1;
                at += 1;
            }
            Some(b'}' | b']') => {
                let Some(less) = depth.checked_sub(1) else { return (at, false) };
                depth = less;
                at += 1;
            }
            Some(_) if depth > 0 => {
                at += 1;
                continue;
            }
            Some(_) => {
                let word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
                let length = bytes[at..].iter().take_while(word).count();
                return (at + length.max(1), length > 0);
            }
        }
        if depth == 0 {
            return (at, true);
        }
    }
}

/// The offset behind the string that begins at `start`.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    fn names(text: &str) -> Vec<(String, &str, bool)> {
        let slice = |part: &Range<u32>| &text[part.start as usize..part.end as usize];
        let found = members(text, document(text));
        found.map(|member| (string(text, member.name).unwrap_or_default(), slice(&member.value), member.is_whole)).collect()
    }

    #[test]
    fn members_are_found_with_their_places() {
        let text = r#" { "a" : [1, "]}\"", {"x": {}}] , "b\u0062":-1.5e3,"c": null } "#;
        let expected = [("a", r#"[1, "]}\"", {"x": {}}]"#, true), ("bb", "-1.5e3", true), ("c", "null", true)];
        assert_eq!(names(text), expected.map(|(name, value, whole)| (name.to_owned(), value, whole)));
        let part = member(text, document(text), "a").expect("it is there");
        let elements: Vec<&str> = elements(text, part).map(|part| &text[part.start as usize..part.end as usize]).collect();
        assert_eq!(elements, ["1", r#""]}\"""#, r#"{"x": {}}"#]);
    }

    #[test]
    fn what_the_end_cuts_is_not_whole() {
        let text = r#"{"a": 1, "b": [{"x": 1}, {"y": "#;
        assert_eq!(names(text)[1], ("b".to_owned(), r#"[{"x": 1}, {"y": "#, false));
        let last = members(text, document(text)).last().expect("two members");
        assert_eq!(elements(text, last.value).count(), 1);
        for end in 0..text.len() {
            let cut = &text[..end];
            assert!(members(cut, document(cut)).all(|member| !member.is_whole || member.value.end <= end as u32));
        }
        assert!(names("").is_empty() && names("[1]").is_empty() && names("{").is_empty() && names("{\"a\"").is_empty());
    }

    #[test]
    fn a_part_is_parsed_in_its_place() {
        let text = "\u{feff}{\"a\": {\"k\": \"v\"}}";
        let source = Arc::new(Source::new(SourceId(3), "a.json", text.into()));
        let tree = parse(&source, member(text, document(text), "a").expect("it is there"));
        assert!(tree.problems().is_empty());
        assert_eq!(tree.span(tree.root().expect("a root")), Span::new(SourceId(3), 9, 19));
    }
}
