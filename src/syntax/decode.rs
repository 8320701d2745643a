//! The characters of HCL templates: escapes, heredoc indentation, `~`.

use super::tree::{Flags, Input, Kind, NodeId, Tree};
use crate::{
    origin::Origin,
    source::Span,
    text::{Text, TextBuilder},
};

/// A part of a template, after indentation and `~` have been taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Characters, as a range of the parsed text; escapes are still in it.
    Literal {
        /// First byte.
        start: u32,
        /// Byte after the last.
        end: u32,
    },
    /// An interpolation.
    Node(NodeId),
    /// A directive begins; what it repeats or chooses follows, up to its [`Part::End`].
    Directive(NodeId),
    /// The `else` of the innermost directive.
    Else,
    /// The end of the innermost directive.
    End,
}

/// The parts of a `String`, `Heredoc` or `Template`, in order, those inside directives included. Terraform cuts the literals of a heredoc at
/// line ends: indentation and `~` work line by line.
#[must_use]
pub fn parts(tree: &Tree, template: NodeId) -> Vec<Part> {
    let mut flat = Flat { tree, by_line: tree.kind(template) != Kind::String, parts: Vec::new(), strips: Vec::new() };
    flat.template(template);
    let Flat { mut parts, strips, .. } = flat;
    trim(tree, &mut parts, &strips, tree.kind(template) == Kind::String);
    if tree.kind(template) == Kind::Heredoc && tree.node(template).flags.has(Flags::INDENTED) {
        unindent(tree, &mut parts);
    }
    parts
}

/// A template laid out flat.
struct Flat<'t> {
    tree: &'t Tree,
    by_line: bool,
    parts: Vec<Part>,
    /// For each part, whether it takes off the white space before it, and behind it.
    strips: Vec<(bool, bool)>,
}

impl Flat<'_> {
    fn push(&mut self, part: Part, before: bool, behind: bool) {
        self.parts.push(part);
        self.strips.push((before, behind));
    }

    fn template(&mut self, template: NodeId) {
        let tree = self.tree;
        if let Some(content) = tree.content(template) {
            if !content.is_empty() {
                self.literal(content.start, content.end);
            }
            return;
        }
        let has = |node: NodeId, flag| tree.node(node).flags.has(flag);
        for child in tree.children(template) {
            match tree.kind(child) {
                Kind::Literal => self.literal(tree.node(child).start, tree.node(child).end),
                Kind::DirectiveIf | Kind::DirectiveFor => {
                    let bodies: Vec<NodeId> = tree.children(child).into_iter().filter(|node| tree.kind(*node) == Kind::Template).collect();
                    let mut before = has(child, Flags::STRIP_LEFT);
                    for (at, body) in bodies.iter().enumerate() {
                        let part = if at == 0 { Part::Directive(child) } else { Part::Else };
                        self.push(part, before, has(*body, Flags::STRIP_LEFT));
                        self.template(*body);
                        before = has(*body, Flags::STRIP_RIGHT);
                    }
                    self.push(Part::End, before, has(child, Flags::STRIP_RIGHT));
                }
                _ => self.push(Part::Node(child), has(child, Flags::STRIP_LEFT), has(child, Flags::STRIP_RIGHT)),
            }
        }
    }

    fn literal(&mut self, start: u32, end: u32) {
        if !self.by_line {
            return self.push(Part::Literal { start, end }, false, false);
        }
        let mut at = start;
        for line in self.tree.text()[start as usize..end as usize].split_inclusive('\n') {
            self.push(Part::Literal { start: at, end: at + line.len() as u32 }, false, false);
            at += line.len() as u32;
        }
    }
}

/// Takes white space off beside `~`.
fn trim(tree: &Tree, parts: &mut [Part], strips: &[(bool, bool)], quoted: bool) {
    let text = tree.text();
    for (at, (before, behind)) in strips.iter().enumerate() {
        if *before && let Some(Part::Literal { start, end }) = at.checked_sub(1).and_then(|before| parts.get_mut(before)) {
            *end = *start + without_end(&text[*start as usize..*end as usize], quoted).len() as u32;
        }
        if *behind && let Some(Part::Literal { start, end }) = parts.get_mut(at + 1) {
            *start = *end - without_start(&text[*start as usize..*end as usize], quoted).len() as u32;
        }
    }
}

/// The escapes of quoted strings that stand for white space.
const BLANK: [&str; 3] = ["\\n", "\\r", "\\t"];

fn without_start(mut text: &str, quoted: bool) -> &str {
    loop {
        text = text.trim_start();
        match BLANK.iter().find_map(|escape| text.strip_prefix(escape)).filter(|_| quoted) {
            Some(rest) => text = rest,
            None => return text,
        }
    }
}

fn without_end(mut text: &str, quoted: bool) -> &str {
    loop {
        text = text.trim_end();
        let rest = BLANK.iter().find_map(|escape| text.strip_suffix(escape)).filter(|_| quoted);
        // A backslash before it makes the escape a backslash and a letter.
        match rest.filter(|rest| rest.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 0) {
            Some(rest) => text = rest,
            None => return text,
        }
    }
}

/// Takes off the indentation that all lines of a `<<-` heredoc share. Lines of white space do not count, and keep theirs.
fn unindent(tree: &Tree, parts: &mut [Part]) {
    let text = tree.text();
    let mut at_line_start = true;
    let mut shared = usize::MAX;
    let mut indented = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let literal = match part {
            Part::Literal { start, end } => &text[*start as usize..*end as usize],
            Part::Node(_) | Part::Directive(_) | Part::Else | Part::End => "",
        };
        if at_line_start {
            at_line_start = false;
            let trimmed = literal.trim_start();
            if !matches!(part, Part::Literal { .. }) {
                shared = 0;
            } else if !(trimmed.is_empty() && literal.ends_with('\n')) {
                shared = shared.min(literal[..literal.len() - trimmed.len()].chars().count());
                indented.push(at);
            }
        }
        at_line_start |= literal.ends_with('\n');
    }
    for at in indented {
        if let Part::Literal { start, end } = &mut parts[at] {
            let literal = &text[*start as usize..*end as usize];
            *start += literal.chars().take(shared).map(char::len_utf8).sum::<usize>() as u32;
        }
    }
}

/// Pushes the characters of a literal. Only quoted strings have backslash escapes; `$${` and `%%{` are everywhere.
pub fn push_literal(tree: &Tree, start: u32, end: u32, quoted: bool, out: &mut TextBuilder) {
    let text = &tree.text()[start as usize..end as usize];
    let mut at = 0;
    while let Some(length) = memchr::memchr3(b'\\', b'$', b'%', &text.as_bytes()[at..]) {
        let found = at + length;
        let escape = escape_at(&text[found..], quoted);
        let Some((character, used)) = escape else {
            // A lone `$`, `%` or backslash is itself.
            copy(tree, start + at as u32, &text[at..=found], out);
            at = found + 1;
            continue;
        };
        copy(tree, start + at as u32, &text[at..found], out);
        let from = start + found as u32;
        let mut buffer = [0; 4];
        out.push_folded(character.encode_utf8(&mut buffer), tree.origin_of(from, from + used as u32));
        at = found + used;
    }
    copy(tree, start + at as u32, &text[at..], out);
}

/// The character of the escape that `text` begins with, and its length; `None` where it begins with none.
fn escape_at(text: &str, quoted: bool) -> Option<(char, usize)> {
    let bytes = text.as_bytes();
    // `$${` stands for `${`: the first of the two signs is the escape.
    if bytes.starts_with(b"$${") || bytes.starts_with(b"%%{") {
        return Some((char::from(bytes[0]), 2));
    }
    if !quoted || bytes[0] != b'\\' {
        return None;
    }
    let code = |length: usize| {
        let hex = text.get(2..2 + length)?;
        Some((char::from_u32(u32::from_str_radix(hex, 16).ok()?)?, 2 + length))
    };
    match bytes.get(1)? {
        b'n' => Some(('\n', 2)),
        b'r' => Some(('\r', 2)),
        b't' => Some(('\t', 2)),
        byte @ (b'"' | b'\\') => Some((char::from(*byte), 2)),
        b'u' => code(4),
        b'U' => code(8),
        _ => None,
    }
}

fn copy(tree: &Tree, start: u32, part: &str, out: &mut TextBuilder) {
    match tree.input() {
        Input::File(source) => out.push_verbatim(part, Origin::at(Span::new(source.id(), start, start + part.len() as u32))),
        Input::Text(text) => out.push_slice(text, start..start + part.len() as u32),
    }
}

/// The text of a template that has no interpolation; `None` where it has one.
#[must_use]
pub fn plain(tree: &Tree, template: NodeId) -> Option<Text> {
    let mut builder = Text::build(Origin::at(tree.span(template)));
    for part in parts(tree, template) {
        let Part::Literal { start, end } = part else { return None };
        push_literal(tree, start, end, tree.kind(template) == Kind::String, &mut builder);
    }
    Some(builder.finish())
}
