//! What must hold for every text: characters survive writing and reading, and each is found where it was written.

use std::{fmt::Write, sync::Arc};

use proptest::prelude::*;
use serde_json::Value as Json;
use taglint::{
    source::{Source, SourceId},
    syntax::{Kind, NodeId, Tree, decode, hcl, json},
    text::Text,
};

fn source(text: impl Into<Vec<u8>>) -> Arc<Source> {
    Arc::new(Source::new(SourceId(0), "a", text.into()))
}

/// The value that a JSON tree stands for, as `serde_json` reads it.
fn value(tree: &Tree, node: NodeId) -> Json {
    match tree.kind(node) {
        Kind::Object => {
            let pair = |item: NodeId| {
                let children = tree.children(item);
                (json::decode(tree, children[0]).decoded().to_owned(), value(tree, children[1]))
            };
            Json::Object(tree.children(node).into_iter().map(pair).collect())
        }
        Kind::Tuple => Json::Array(tree.children(node).into_iter().map(|child| value(tree, child)).collect()),
        Kind::String => Json::String(json::decode(tree, node).decoded().to_owned()),
        _ => serde_json::from_str(tree.raw(node)).expect("a number or word of JSON"),
    }
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-1e15..1e15).prop_map(Json::from),
        any::<String>().prop_map(Json::from),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Json::from),
            prop::collection::vec((any::<String>(), inner), 0..8).prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

/// One way to write a character in a JSON string.
fn json_character(character: char, how: u8) -> String {
    let code =
        |character: char| character.encode_utf16(&mut [0; 2]).iter().fold(String::new(), |text, unit| format!("{text}\\u{unit:04x}"));
    match (character, how % 3) {
        ('"' | '\\', 0) => format!("\\{character}"),
        ('/', 1) => "\\/".to_owned(),
        ('\n', 0) => "\\n".to_owned(),
        ('\t', 0) => "\\t".to_owned(),
        ('\u{8}', 0) => "\\b".to_owned(),
        ('\u{c}', 0) => "\\f".to_owned(),
        ('"' | '\\' | '\0'..='\u{1f}', _) | (_, 2) => code(character),
        _ => character.to_string(),
    }
}

/// One way to write a character in a quoted HCL string. `$` and `%` are written by their codes, which means them wherever they stand.
fn hcl_character(character: char, how: u8) -> String {
    match (character, how % 3) {
        ('"' | '\\', 0) => format!("\\{character}"),
        ('\n', 0) => "\\n".to_owned(),
        ('\r', 0) => "\\r".to_owned(),
        ('\t', 0) => "\\t".to_owned(),
        (_, 1) if (character as u32) < 0x10000 => format!("\\u{:04x}", character as u32),
        ('"' | '\\' | '\n' | '\r' | '$' | '%' | '\0', _) | (_, 2) => format!("\\U{:08x}", character as u32),
        _ => character.to_string(),
    }
}

/// Characters and the ways in which they are written; the ones that mean something are frequent.
fn written() -> impl Strategy<Value = Vec<(char, u8)>> {
    let character = prop_oneof![4 => any::<char>(), 2 => "[a-z ]".prop_map(|text| text.chars().next().unwrap_or(' ')), 1 => "[\"\\\\/\n\r\t${}%~é😀\u{301}]".prop_map(|text| text.chars().next().unwrap_or(' '))];
    prop::collection::vec((character, any::<u8>()), 0..24)
}

/// Asserts that each character of `text` is found exactly where it was written: `starts` are the offsets in the file, the end included.
fn assert_places(text: &Text, characters: &[(char, u8)], starts: &[usize]) {
    let mut offsets = vec![0];
    for (character, _) in characters {
        offsets.push(offsets[offsets.len() - 1] + character.len_utf8() as u32);
    }
    for from in 0..characters.len() {
        for to in from + 1..=characters.len() {
            let span = text.span_of(offsets[from]..offsets[to]);
            assert_eq!(span.range(), starts[from]..starts[to], "characters {from}..{to} of {:?}", text.decoded());
        }
    }
}

/// The characters as they are written, and the offset of each; `base` is that of the first.
fn write(characters: &[(char, u8)], base: usize, one: impl Fn(char, u8) -> String) -> (String, Vec<usize>) {
    let (mut text, mut starts) = (String::new(), Vec::new());
    for (character, how) in characters {
        starts.push(base + text.len());
        text.push_str(&one(*character, *how));
    }
    starts.push(base + text.len());
    (text, starts)
}

/// Every child lies in its parent, siblings stand in order, every place is between characters.
fn assert_nested(tree: &Tree) {
    let text = tree.text();
    for (at, node) in tree.nodes().iter().enumerate() {
        assert!(
            text.get(node.start as usize..node.end as usize).is_some() && tree.first(NodeId(at as u32)).0 as usize <= at,
            "{node:?} of\n{text}"
        );
        let mut last = node.start;
        for child in tree.children(NodeId(at as u32)) {
            let child = tree.node(child);
            assert!(last <= child.start && child.end <= node.end, "{child:?} in {node:?} of\n{text}");
            last = child.end;
        }
    }
    for problem in tree.problems() {
        assert!(text.get(problem.start as usize..problem.end as usize).is_some(), "{problem:?} of\n{text}");
    }
}

/// A text with some of its bytes gone, doubled or replaced by bytes that mean something.
fn mutate(text: &str, edits: &[(usize, u8, u8)]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (at, how, byte) in edits {
        let signs = b"{}[]()\"\\,:=<>-~$%.*\n\r/# '?E0a\xff";
        let at = at % (bytes.len() + 1);
        let sign = signs[*byte as usize % signs.len()];
        match how % 3 {
            0 if at < bytes.len() => drop(bytes.remove(at)),
            1 if at < bytes.len() => bytes[at] = sign,
            _ => bytes.insert(at, sign),
        }
    }
    bytes
}

fn edits() -> impl Strategy<Value = Vec<(usize, u8, u8)>> {
    prop::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 1..6)
}

const CONFIGURATION: &str = include_str!("../fixtures/projects/quickstart/main.tf");

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_is_read_as_it_was_written(document in any_json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) }.expect("it can be written");
        let tree = json::parse(&source(text.clone()));
        prop_assert!(tree.problems().is_empty(), "{text}: {:?}", tree.problems());
        assert_nested(&tree);
        let read: Json = serde_json::from_str(&text).expect("serde_json reads what it wrote");
        prop_assert_eq!(value(&tree, tree.root().expect("a root")), read);
    }

    #[test]
    fn json_is_taken_or_refused_as_by_serde_json(document in any_json(), edits in edits()) {
        let text = serde_json::to_string(&document).expect("it can be written");
        let bytes = mutate(&text, &edits);
        let tree = json::parse(&source(bytes.clone()));
        assert_nested(&tree);
        match serde_json::from_slice::<Json>(&bytes) {
            Ok(read) => {
                prop_assert!(tree.problems().is_empty(), "{text}: {:?}", tree.problems());
                prop_assert_eq!(value(&tree, tree.root().expect("a root")), read);
            }
            // The two things that RFC 8259 has and serde_json has not.
            Err(error) if error.to_string().contains("out of range") || error.to_string().contains("surrogate") || error.to_string().contains("hex escape") => {}
            Err(error) => prop_assert!(!tree.problems().is_empty(), "{}: {error}", tree.text()),
        }
    }

    #[test]
    fn a_character_of_a_json_string_is_found_where_it_is_written(characters in written()) {
        let (inner, starts) = write(&characters, 3, json_character);
        let tree = json::parse(&source(format!(" [\"{inner}\"]")));
        prop_assert!(tree.problems().is_empty(), "{inner}: {:?}", tree.problems());
        let text = json::decode(&tree, NodeId(0));
        let expected: String = characters.iter().map(|(character, _)| character).collect();
        prop_assert_eq!(text.decoded(), expected);
        assert_places(&text, &characters, &starts);
    }

    #[test]
    fn a_character_of_json_in_json_in_json_is_found_where_it_is_written(characters in written(), hows in prop::collection::vec(any::<u8>(), 1..7)) {
        // Three strings, one in the other: `"\"\\\"a\\\"\""`.
        let (mut text, mut starts) = write(&characters, 1, json_character);
        text = format!("\"{text}\"");
        for level in 0..2 {
            let all: Vec<(char, u8)> = text.chars().enumerate().map(|(at, character)| (character, hows[(at + level) % hows.len()])).collect();
            let (outer, places) = write(&all, 1, json_character);
            let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let moved = |start: &usize| places[bytes.binary_search(start).expect("between characters")];
            starts = starts.iter().map(moved).collect();
            text = format!("\"{outer}\"");
        }
        let mut tree = json::parse(&source(text));
        for _ in 0..2 {
            prop_assert!(tree.problems().is_empty(), "{:?}", tree.problems());
            tree = json::parse_text(&json::decode(&tree, tree.root().expect("a string")));
        }
        let decoded = json::decode(&tree, tree.root().expect("a string"));
        let expected: String = characters.iter().map(|(character, _)| character).collect();
        prop_assert_eq!(decoded.decoded(), expected);
        assert_places(&decoded, &characters, &starts);
    }

    #[test]
    fn a_character_of_an_hcl_string_is_found_where_it_is_written(characters in written()) {
        let (inner, starts) = write(&characters, 5, hcl_character);
        let tree = hcl::parse(&source(format!("a = \"{inner}\"\n")));
        prop_assert!(tree.problems().is_empty(), "{inner}: {:?}", tree.problems());
        let string = tree.nodes().iter().position(|node| node.kind == Kind::String).expect("a string");
        let text = decode::plain(&tree, NodeId(string as u32)).expect("no interpolation");
        let expected: String = characters.iter().map(|(character, _)| character).collect();
        prop_assert_eq!(text.decoded(), expected);
        assert_places(&text, &characters, &starts);
    }

    #[test]
    fn the_lines_of_an_indented_heredoc_are_found_where_they_are_written(lines in prop::collection::vec((0_usize..5, "[a-dé\\\\\"]{0,6}"), 0..6)) {
        let mut file = "a = <<-END\n".to_owned();
        let shared = lines.iter().filter(|(_, line)| !line.is_empty()).map(|(indent, _)| *indent).min().unwrap_or(0);
        let (mut expected, mut places) = (String::new(), Vec::new());
        for (indent, line) in &lines {
            let kept = if line.is_empty() { *indent } else { indent - shared };
            let start = file.len() + indent - kept;
            let _ = writeln!(file, "{}{line}", " ".repeat(*indent));
            places.push((expected.len() as u32, start..file.len()));
            let _ = writeln!(expected, "{}{line}", " ".repeat(kept));
        }
        file.push_str("END\n");
        let tree = hcl::parse(&source(file));
        prop_assert!(tree.problems().is_empty(), "{:?}", tree.problems());
        let heredoc = tree.nodes().iter().position(|node| node.kind == Kind::Heredoc).expect("a heredoc");
        let text = decode::plain(&tree, NodeId(heredoc as u32)).expect("no interpolation");
        prop_assert_eq!(text.decoded(), &expected);
        for (at, (offset, place)) in places.iter().enumerate() {
            let end = places.get(at + 1).map_or(expected.len() as u32, |next| next.0);
            prop_assert_eq!(text.span_of(*offset..end).range(), place.clone());
        }
    }

    #[test]
    fn a_slice_of_a_text_has_its_places(characters in written(), cut in any::<(u8, u8)>()) {
        let (inner, _) = write(&characters, 1, json_character);
        let tree = json::parse(&source(format!("\"{inner}\"")));
        let text = json::decode(&tree, NodeId(0));
        let offsets: Vec<u32> = text.decoded().char_indices().map(|(at, _)| at as u32).chain([text.decoded().len() as u32]).collect();
        let (a, b) = (cut.0 as usize % offsets.len(), cut.1 as usize % offsets.len());
        let (from, to) = (a.min(b), a.max(b));
        let slice = text.slice(offsets[from]..offsets[to]);
        prop_assert_eq!(slice.decoded(), &text.decoded()[offsets[from] as usize..offsets[to] as usize]);
        for pair in offsets[from..=to].windows(2) {
            let base = offsets[from];
            prop_assert_eq!(slice.span_of(pair[0] - base..pair[1] - base), text.span_of(pair[0]..pair[1]));
        }
    }

    #[test]
    fn a_changed_configuration_is_still_a_tree(edits in edits()) {
        assert_nested(&hcl::parse(&source(mutate(CONFIGURATION, &edits))));
    }
}
