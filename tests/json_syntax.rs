//! RFC 8259: what is JSON is read without a word; what is not is told with its place, and the rest is still read.

use std::sync::Arc;

use taglint::{
    origin::Origin,
    source::{Source, SourceId, Span},
    syntax::{Kind, NodeId, Tree, json},
    text::Text,
};

fn parse(text: impl Into<Vec<u8>>) -> Tree {
    json::parse(&Arc::new(Source::new(SourceId(0), "a.json", text.into())))
}

#[test]
fn all_of_json_is_read() {
    let texts = [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-1",
        "1.5",
        "1e9",
        "1E-9",
        "1.0e+2",
        "123456789012345678901234567890",
        "\"\"",
        "[]",
        "{}",
        " [ ] ",
        "\t{\r\n}\n",
        "[1,2]",
        "[[],[[]]]",
        "{\"\":0}",
        "{\"a\":{\"a\":{}}}",
        "{\"a\":1,\"a\":2}",
        "[1]\n\n",
        r#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00""#,
        "\"\u{7f}\u{2028}\u{2029}\"",
        "\"// no comment # here /* */\"",
        "\u{feff}[]",
        // RFC 8259 leaves these to the reader: a lone half of a pair, and numbers of any size.
        r#""\uD83D""#,
        r#""\uDE00\uD83D""#,
        "1e999999",
        "\"\u{0}\"",
    ];
    for text in &texts[..texts.len() - 1] {
        assert!(parse(*text).problems().is_empty(), "{text}: {:?}", parse(*text).problems());
    }
    assert!(!parse(texts[texts.len() - 1]).problems().is_empty());
}

/// What is wrong, and the characters at which it is said.
#[test]
fn each_mistake_is_named_at_its_place() {
    for (text, marked, message) in [
        ("", "", "the file is empty"),
        ("  \n", "  \n", "the file is empty"),
        ("[1,]", ",", "trailing comma before `]`"),
        ("{\"a\":1,}", ",", "trailing comma before `}`"),
        ("[,]", ",", "a value is missing here"),
        ("[1,,2]", ",", "a value is missing here"),
        ("{,}", ",", "a member is missing here"),
        ("[1 2]", "1", "missing `,` after this"),
        ("{\"a\":1 \"b\":2}", "1", "missing `,` after this"),
        ("{\"a\" 1}", "\"", "missing `:` and a value after this name"),
        ("{\"a\"}", "\"", "missing `:` and a value after this name"),
        ("{\"a\":}", "}", "a value is missing here"),
        ("{a:1}", "a", "a member's name stands in double quotes"),
        ("{'a':1}", "'a'", "a member's name stands in double quotes"),
        ("{1:1}", "1", "a member's name stands in double quotes"),
        ("['a']", "'a'", "text in single quotes"),
        ("[nul]", "nul", "a value that JSON does not have"),
        ("[True]", "True", "a value that JSON does not have"),
        ("[NaN]", "NaN", "a value that JSON does not have"),
        ("[undefined]", "undefined", "a value that JSON does not have"),
        ("[01]", "01", "not a number as JSON writes it"),
        ("[-]", "-", "not a number as JSON writes it"),
        ("[1.]", "1.", "not a number as JSON writes it"),
        ("[.5]", ".5", "this is not a JSON value"),
        ("[+1]", "+1", "this is not a JSON value"),
        ("[1e]", "1e", "not a number as JSON writes it"),
        ("[0x1F]", "0x1F", "not a number as JSON writes it"),
        ("[1,000]", "000", "not a number as JSON writes it"),
        ("\"a", "\"", "missing `\"` to close this text"),
        ("[\"a\n]", "\"", "missing `\"` to close this text"),
        ("{\"a\": \"b,\n\"c\": 1}", "\"", "missing `\"` to close this text"),
        ("[\"a\n\"]", "\n", "line break in a text"),
        ("[\"a\tb\"]", "\t", "control character in a text"),
        ("[\"\u{0}\"]", "\u{0}", "control character in a text"),
        (r#"["\x41"]"#, r"\x", "an escape that JSON does not have"),
        (r#"["\u12"]"#, r"\u", "an escape that JSON does not have"),
        (r#"["\'"]"#, r"\'", "an escape that JSON does not have"),
        ("[1", "[", "missing `]` to close this"),
        ("{\"a\":1", "{", "missing `}` to close this"),
        ("[{\"a\":1]", "{", "missing `}` to close this"),
        ("[1]]", "]", "text after the end of the document"),
        ("{}{}", "{", "text after the end of the document"),
        ("1 2", "2", "text after the end of the document"),
        ("[1}]", "}", "`}` closes nothing"),
        ("[1:2]", ":", "`:` outside of an object's member"),
        ("[1] // x", "//", "JSON has no comments"),
        ("/* x */ [1]", "/*", "JSON has no comments"),
        ("# x\n[1]", "#", "JSON has no comments"),
        ("[`a`]", "`a", "this is not a JSON value"),
        ("[\u{a0}1]", "\u{a0}1", "this is not a JSON value"),
    ] {
        let tree = parse(text);
        let problem = tree.problems().first().unwrap_or_else(|| panic!("{text:?} was taken"));
        assert_eq!((&text[problem.start as usize..problem.end as usize], &*problem.message), (marked, message), "{text:?}");
    }
    let tree = parse(b"[\"a\xff\xfeb\"]".to_vec());
    let problem = &tree.problems()[0];
    assert_eq!((problem.start, problem.end, &*problem.message), (3, 5, "this is not valid UTF-8"));
}

#[test]
fn line_breaks_in_a_text_are_one_mistake() {
    for text in [
        "{\"a\": \"b\nc\", \"d\": [1]}",
        "{\"a\": \"b\r\n\r\nc, d\", \"d\": [1]}",
        "{\"a\": \"b\\\nc \\\"e\\\": \", \"d\": [1]}",
        "{\"a\": \"\n\"\n, \"d\": [1]}",
    ] {
        let tree = parse(text);
        let messages: Vec<_> = tree.problems().iter().map(|problem| &*problem.message).collect();
        assert_eq!(messages, ["line break in a text"], "{text:?}");
        assert_eq!(shape(&tree, tree.root().expect("there is a value")), "{\"a\":?,\"d\":[1]}", "{text:?}");
    }
    let key = parse("{\"a\nb\": 1, \"c\": 2}");
    assert_eq!((key.problems().len(), &*shape(&key, key.root().expect("there is a value"))), (1, "{?:1,\"c\":2}"));
}

/// The tree as JSON, `?` for what could not be read or is not known.
fn shape(tree: &Tree, node: NodeId) -> String {
    let inner = || tree.children(node).iter().map(|child| shape(tree, *child)).collect::<Vec<_>>();
    match tree.kind(node) {
        Kind::Tuple => format!("[{}]", inner().join(",")),
        Kind::Object => format!("{{{}}}", inner().join(",")),
        Kind::Item => inner().join(":"),
        Kind::Error | Kind::Unknown => "?".to_owned(),
        _ => tree.raw(node).to_owned(),
    }
}

#[test]
fn what_stands_beside_a_mistake_is_still_read() {
    for (text, expected) in [
        ("[1 2]", "[1,2]"),
        ("[1,,2]", "[1,?,2]"),
        ("[1,]", "[1]"),
        ("{\"a\":1,}", "{\"a\":1}"),
        ("{\"a\" 1, \"b\":2}", "{\"a\":1,\"b\":2}"),
        ("{\"a\", \"b\":2}", "{\"a\":?,\"b\":2}"),
        ("{\"a\":, \"b\":2}", "{\"a\":?,\"b\":2}"),
        ("{a:1, \"b\":2}", "{?:1,\"b\":2}"),
        ("{'a':1, \"b\":2}", "{?:1,\"b\":2}"),
        ("['a', 2]", "[?,2]"),
        ("{\"a\":[1, \"b\":2}", "{\"a\":[1,\"b\",2]}"),
        ("{\"a\":{\"b\":1, \"c\":[2", "{\"a\":{\"b\":1,\"c\":[2]}}"),
        ("{\"a\":\"x\n, \"b\":2}", "{\"a\":\"x,\"b\":2}"),
        ("// x\n{\"a\": 1 /* y */}", "{\"a\":1}"),
        ("[nul, 1]", "[?,1]"),
        ("[01, 1]", "[01,1]"),
    ] {
        let tree = parse(text);
        assert!(!tree.problems().is_empty(), "{text} was taken");
        assert_eq!(shape(&tree, tree.root().expect("something was read")), expected, "{text}");
    }
}

/// Texts that are made to exhaust a parser, read on a small stack.
#[test]
fn hostile_texts_are_read_in_linear_time_and_bounded_depth() {
    let many = 200_000;
    let texts = [
        "[".repeat(1_000_000),
        "{\"a\":".repeat(many),
        "[".repeat(many) + &"]".repeat(many),
        "]".repeat(many),
        "[}".repeat(many),
        "{]".repeat(many),
        "{\"a\"".repeat(many),
        ",".repeat(many),
        ":".repeat(many),
        "\"".repeat(many),
        "\\".repeat(many),
        "'".repeat(many),
        "/*".repeat(many),
        "//\n".repeat(many),
        "[\"\\".repeat(many),
        "1 ".repeat(many),
        "[1 ".repeat(many),
        "é".repeat(many),
        format!("[\"{}\"]", "x".repeat(5_000_000)),
        format!("[\"{}\"]", "\\u0041".repeat(many)),
        format!("{{{}\"z\":0}}", (0..40_000).map(|key| format!("\"k{key}\":1,")).collect::<String>()),
        format!("[{}0]", "[[[]]],".repeat(many)),
    ];
    let run = move || {
        for text in texts {
            let tree = parse(text);
            assert!(tree.problems().len() <= 50);
            for (at, node) in tree.nodes().iter().enumerate() {
                assert!(node.start <= node.end && tree.first(NodeId(at as u32)).0 as usize <= at);
            }
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("a thread").join().expect("no panic");
}

/// The shape of a text in which `@` stands for a value that is not known.
fn known_in_part(template: &str) -> (String, Vec<String>) {
    let origin = Origin::at(Span::new(SourceId(0), 0, 0));
    let mut builder = Text::build(origin.clone());
    for (nth, part) in template.split('@').enumerate() {
        if nth > 0 {
            builder.push_unknown(origin.clone(), "known after apply");
        }
        builder.push_folded(part, origin.clone());
    }
    let tree = json::parse_text(&builder.finish());
    let problems = tree.problems().iter().map(|problem| problem.message.clone()).collect();
    (tree.root().map_or_else(String::new, |root| shape(&tree, root)), problems)
}

#[test]
fn what_is_not_known_is_a_value_or_leaves_room_for_more() {
    for (template, expected) in [
        ("@", "?"),
        ("@ {\"a\": 1}", "?"),
        ("{\"a\": @}", "{\"a\":?}"),
        ("{\"a\": @, \"b\": 1}", "{\"a\":?,\"b\":1}"),
        ("[@]", "[?]"),
        ("[1, @]", "[1,?]"),
        ("[1 @]", "[1,?]"),
        ("[@ 1]", "[?,1]"),
        ("{@}", "{?}"),
        ("{\"a\": 1 @}", "{\"a\":1,?}"),
        ("{\"a\": 1, @}", "{\"a\":1,?}"),
        ("{@ \"a\": 1}", "{?,\"a\":1}"),
        ("{@: 1}", "{?:1}"),
        ("[1@2]", "[?]"),
        ("[\"a@b\", \"@\", \"\"@]", "[\"ab\",\"\",\"\",?]"),
    ] {
        assert_eq!(known_in_part(template), (expected.to_owned(), Vec::new()), "{template}");
    }
    assert_eq!(known_in_part("[1 2, @]").1, ["missing `,` after this"]);
}
