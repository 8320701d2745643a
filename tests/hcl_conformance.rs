//! What Terraform accepts, we accept, and what it refuses, we refuse: verdicts of `terraform fmt`, recorded in `fixtures/conformance`.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use serde_json::Value;
use taglint::{
    source::{Source, SourceId},
    syntax::{NodeId, Tree, hcl},
};

/// Constructs that we accept although Terraform does not, each with the reason.
const ACCEPTED: &[(&str, &str)] = &[];

fn parse(bytes: Vec<u8>) -> Tree {
    hcl::parse(&Arc::new(Source::new(SourceId(0), "main.tf", bytes)))
}

fn constructs() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conformance/hcl-constructs.jsonl");
    let text = fs::read_to_string(path).expect("the constructs are there");
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

fn bytes(construct: &Value) -> Vec<u8> {
    match construct["src_base64"].as_str() {
        Some(encoded) => decode_base64(encoded),
        None => construct["src"].as_str().expect("a source").into(),
    }
}

fn decode_base64(text: &str) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut out) = (0_u32, 0, Vec::new());
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        bits = (bits << 6) | alphabet.iter().position(|known| *known == byte).expect("base64") as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

#[test]
fn verdicts_are_those_of_terraform() {
    let accepted: BTreeMap<&str, &str> = ACCEPTED.iter().copied().collect();
    let mut wrong = Vec::new();
    for construct in constructs() {
        let id = construct["id"].as_str().expect("an id");
        let tree = parse(bytes(&construct));
        let ok = tree.problems().is_empty();
        if ok != construct["ok"].as_bool().expect("a verdict") && !(ok && accepted.contains_key(id)) {
            wrong.push(format!("{id}: Terraform says {}, we say {:?}\n{}", construct["ok"], tree.problems(), tree.text()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), constructs().len(), wrong.join("\n"));
}

/// Every child lies in its parent, siblings stand in order, and every place is between characters.
fn assert_nested(tree: &Tree) {
    let text = tree.text();
    for (at, node) in tree.nodes().iter().enumerate() {
        assert!(node.start <= node.end && node.end as usize <= text.len(), "{node:?}");
        assert!(text.is_char_boundary(node.start as usize) && text.is_char_boundary(node.end as usize), "{node:?}");
        assert!(tree.first(NodeId(at as u32)).0 as usize <= at, "{node:?}");
        let mut last = node.start;
        for child in tree.children(NodeId(at as u32)) {
            let child = tree.node(child);
            assert!(last <= child.start && child.end <= node.end, "{child:?} in {node:?} of\n{text}");
            last = child.end;
        }
    }
    for problem in tree.problems() {
        assert!(problem.start <= problem.end && text.get(problem.start as usize..problem.end as usize).is_some(), "{problem:?} of\n{text}");
    }
}

#[test]
fn spans_nest_in_every_construct_and_in_every_beginning_of_it() {
    for construct in constructs() {
        let bytes = bytes(&construct);
        for end in 0..=bytes.len() {
            assert_nested(&parse(bytes[..end].to_vec()));
        }
        for gone in 0..bytes.len() {
            let mut mutant = bytes.clone();
            mutant.remove(gone);
            assert_nested(&parse(mutant));
        }
    }
}

/// The tree as text: `(+ a (* b c))`.
fn shape(tree: &Tree, node: NodeId) -> String {
    let children = tree.children(node);
    if children.is_empty() {
        return tree.raw(node).to_owned();
    }
    let parts: Vec<String> = children.iter().map(|child| shape(tree, *child)).collect();
    format!("{:?}({})", tree.kind(node), parts.join(" "))
}

fn expression(text: &str) -> String {
    let tree = parse(format!("a = {text}\n").into_bytes());
    assert!(tree.problems().is_empty(), "{text}: {:?}", tree.problems());
    let attribute = tree.children(tree.root().expect("a body"))[0];
    shape(&tree, tree.children(attribute)[1])
}

#[test]
fn operators_bind_as_in_hcl() {
    for (text, expected) in [
        ("a + b * c", "Binary(a + Binary(b * c))"),
        ("a * b + c", "Binary(Binary(a * b) + c)"),
        ("a - b - c", "Binary(Binary(a - b) - c)"),
        ("a || b && c == d", "Binary(a || Binary(b && Binary(c == d)))"),
        ("a < b == c", "Binary(Binary(a < b) == c)"),
        ("-a + b", "Binary(Unary(- a) + b)"),
        ("!a && b", "Binary(Unary(! a) && b)"),
        ("a ? b : c ? d : e", "Conditional(a b Conditional(c d e))"),
        ("a ? b ? c : d : e", "Conditional(a Conditional(b c d) e)"),
        ("a || b ? c + 1 : d", "Conditional(Binary(a || b) Binary(c + 1) d)"),
        ("-a.b[0]", "Unary(- Index(GetAttr(a b) 0))"),
        ("f(a, b...).c", "GetAttr(Call(f a b) c)"),
        ("a.*.b.c", "AttrSplat(a SplatStep(b) SplatStep(c))"),
        ("a[*].b[0]", "FullSplat(a SplatStep(b) SplatStep(0))"),
        ("a.*.b[0]", "Index(AttrSplat(a SplatStep(b)) 0)"),
        ("[for k, v in m : k if v]", "ForTuple(k v m k v)"),
        ("{for v in l : v => v...}", "ForObject(v l v v)"),
        ("\"a${b}c\"", "String(a Interpolation(b) c)"),
        ("\"%{ if a }b%{ else }c%{ endif }\"", "String(DirectiveIf(a Template(b) Template(c)))"),
        ("\"%{ for a in b ~}c%{ endfor }\"", "String(DirectiveFor(a b Template(c)))"),
    ] {
        assert_eq!(expression(text), expected, "{text}");
    }
}

#[test]
fn what_stands_beside_an_error_is_still_read() {
    let text = "resource \"aws_kms_key\" \"a\" {\n  tags = { team = [ }\n  description = \"x\"\n}\n\nresource \"aws_kms_key\" \"b\" {\n  tags = {}\n}\n";
    let tree = parse(text.into());
    assert!(!tree.problems().is_empty());
    let names: Vec<&str> = tree
        .nodes()
        .iter()
        .filter(|node| matches!(node.kind, taglint::syntax::Kind::Name))
        .map(|node| &text[node.start as usize..node.end as usize])
        .collect();
    assert_eq!(names, ["resource", "tags", "description", "resource", "tags"]);
}

#[test]
fn most_attributes_survive_a_lost_bracket() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects/quickstart/main.tf")).expect("the quickstart");
    let attributes = |tree: &Tree| -> Vec<String> {
        let nodes = (0..tree.nodes().len()).map(|at| NodeId(at as u32)).filter(|node| tree.kind(*node) == taglint::syntax::Kind::Attribute);
        nodes.map(|node| tree.raw(node).to_owned()).collect()
    };
    let whole = attributes(&parse(text.clone().into()));
    let (mut kept, mut all) = (0, 0);
    for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| b"{}[]()\"=,".contains(byte)) {
        let mut mutant = text.clone().into_bytes();
        mutant.remove(at);
        let tree = parse(mutant);
        assert_nested(&tree);
        let found = attributes(&tree);
        all += whole.len();
        kept += whole.iter().filter(|attribute| found.contains(attribute)).count();
        let _ = byte;
    }
    assert!(kept * 100 > all * 80, "{kept} of {all} attributes were kept");
}

/// Texts that are made to exhaust a parser, read on a small stack.
#[test]
fn hostile_texts_are_read_in_linear_time_and_bounded_depth() {
    let repeat = |prefix: &str, part: &str, times: usize| format!("{prefix}{}", part.repeat(times));
    let many = 200_000;
    let texts = [
        repeat("a = ", "[", many),
        repeat("a = ", "(", many),
        repeat("a = ", "{a=", many),
        repeat("a = ", "!", many),
        repeat("a = ", "-", many),
        repeat("a = ", "\"${", many),
        repeat("", "a {\n", many),
        repeat("a = ", "a ? b : ", many),
        repeat("a = b", " + b", many),
        repeat("a = b", ".c", many),
        repeat("a = b", "[0]", many),
        repeat("a = ", "f(", many),
        repeat("a = ", "[for x in ", many),
        repeat("a = \"", "%{ if a }", many),
        repeat("a = <<E\n", "%{ for a in b }\n", many),
        repeat("a = <<", "E\n<<", many),
        repeat("", "\"", many),
        repeat("", "/*", many),
        repeat("a = {", "\n k = [", many),
        repeat("", "}", many),
        format!("a = {{\n{}}}\n", (0..40_000).map(|key| format!("k{key} = 1\n")).collect::<String>()),
        (0..100_000).map(|name| format!("a{name} = 1\n")).collect(),
        format!("a = \"{}\"\n", "x".repeat(5_000_000)),
        repeat("", "b \"x\" {\n  a = 1\n}\n", 100_000),
    ];
    let run = move || {
        for text in texts {
            let tree = parse(text.into_bytes());
            assert!(tree.problems().len() <= 50);
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("a thread").join().expect("no panic");
}
