//! HCL native syntax.
//!
//! One pass over the bytes, without tokens. Three rules keep the parser simple:
//!
//! - Reading an expression pushes exactly one node at the top, even where it fails; the node is then [`Kind::Error`] or holds one.
//! - `Err(Unread)` means that the problem is on record and the position is where reading stopped. The nearest list, object or body takes
//!   up reading again with `Parser::junk`.
//! - The position only moves forward. The few places that step back do so within one name or `Parser::may_rewind`, so that time stays
//!   linear whatever the text.

mod body;
mod collection;
mod expr;
mod recover;
mod scan;
mod template;

use std::sync::Arc;

use super::tree::{Flags, Input, Kind, Nodes, Problem, Tree};
use crate::{source::Source, text::Text};

/// More problems than this in one text help nobody.
const MAX_PROBLEMS: usize = 50;

/// Reads a file. Returns a tree and the problems met, never an error. The root is a `Body`.
#[must_use]
pub fn parse(source: &Arc<Source>) -> Tree {
    let mut parser = Parser::new(source.text(), source.invalid_bytes());
    parser.file();
    if parser.lost_brace {
        // Some block has no end. Where blocks begin tells which one it is; that is a guess, and only made where something is wrong.
        parser = Parser::new(source.text(), source.invalid_bytes());
        parser.by_indentation = true;
        parser.file();
    }
    let (nodes, problems) = parser.finish();
    if !problems.is_empty() && source.is_binary() {
        return super::binary(source, Kind::Body);
    }
    Tree::new(Input::File(source.clone()), nodes, problems)
}

/// Reads decoded characters as one template, as Terraform does with a string in `.tf.json`: the root is a `Template`.
#[must_use]
pub fn parse_template(text: &Text) -> Tree {
    let mut parser = Parser::new(text.decoded(), &[]);
    parser.bare_template();
    let (nodes, problems) = parser.finish();
    Tree::new(Input::Text(text.clone()), nodes, problems)
}

/// Reads decoded characters as one expression (an object key or a reference in `.tf.json`); the root is the expression.
#[must_use]
pub fn parse_expression(text: &Text) -> Tree {
    let mut parser = Parser::new(text.decoded(), &[]);
    parser.bare_expression();
    let (nodes, problems) = parser.finish();
    Tree::new(Input::Text(text.clone()), nodes, problems)
}

/// Something was not read; the problem is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Unread;

type Read = Result<(), Unread>;

/// Whether a line break ends what is being read, or is a blank like any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Newlines {
    End,
    Blank,
}

/// How many brackets of each kind are open around the position.
#[derive(Debug, Clone, Copy, Default)]
struct Open {
    parens: u32,
    brackets: u32,
    braces: u32,
    quotes: u32,
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    invalid: &'a [u32],
    pos: usize,
    newlines: Newlines,
    depth: u32,
    open: Open,
    nodes: Nodes,
    problems: Vec<Problem>,
    /// Operators that wait for their right operand.
    pending: Vec<expr::Pending>,
    /// Names of the attributes of the bodies that are open, innermost last.
    names: Vec<body::Declared>,
    /// Where the comments are, if that matters because some bytes are not UTF-8.
    comments: Vec<(u32, u32)>,
    /// A line at which an attribute or block begins although brackets before it are still open: whatever is open ends here.
    at_item: usize,
    /// Problems up to here are taken to follow from the last one.
    told_to: usize,
    /// No `*/` comes after the first search that found none.
    comment_closes: bool,
    rewinds: u32,
    /// A block has no closing brace.
    lost_brace: bool,
    /// A block at the beginning of a line ends before the next one that begins there.
    by_indentation: bool,
    /// The innermost block stands on one line.
    one_line: bool,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, invalid: &'a [u32]) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            invalid,
            pos: if text.starts_with('\u{feff}') { 3 } else { 0 },
            newlines: Newlines::End,
            depth: 0,
            open: Open::default(),
            nodes: Nodes::for_text(text.len()),
            problems: Vec::new(),
            pending: Vec::new(),
            names: Vec::new(),
            comments: Vec::new(),
            at_item: usize::MAX,
            told_to: 0,
            comment_closes: true,
            rewinds: MAX_PROBLEMS as u32,
            lost_brace: false,
            by_indentation: false,
            one_line: false,
        }
    }

    fn bare_expression(&mut self) {
        self.newlines = Newlines::Blank;
        let read = self.expr();
        self.skip();
        if read.is_ok() && self.pos < self.bytes.len() {
            let found = self.describe(self.pos);
            self.problem(self.pos, self.char_end(self.pos), format!("expected the end of the expression, found {found}"), None);
        }
    }

    fn finish(mut self) -> (Nodes, Vec<Problem>) {
        if !self.invalid.is_empty() {
            self.invalid_bytes();
        }
        self.problems.sort_by_key(|problem| (problem.start, problem.end));
        self.nodes.fit();
        (self.nodes, self.problems)
    }

    /// Bytes that are not UTF-8 may stand in comments only.
    fn invalid_bytes(&mut self) {
        let mut comments = std::mem::take(&mut self.comments);
        comments.sort_unstable();
        let mut end = None;
        for &at in self.invalid {
            let after = comments.partition_point(|comment| comment.0 <= at);
            let in_comment = after > 0 && at < comments[after - 1].1;
            if in_comment || end == Some(at) {
                end = (!in_comment).then_some(at + 1);
                continue;
            }
            end = Some(at + 1);
            let at = at as usize;
            self.note(at, at + 1, "this byte is not UTF-8".to_owned(), Some("save the file as UTF-8"));
        }
    }

    /// The byte at the position; 0 at the end.
    #[inline]
    fn byte(&self) -> u8 {
        self.byte_at(self.pos)
    }

    #[inline]
    fn byte_at(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    #[inline]
    fn at_end(&self) -> bool {
        self.pos >= self.bytes.len()
    }

    /// Pushes a node over everything since `first`.
    #[inline]
    fn push(&mut self, kind: Kind, start: usize, end: usize, first: usize) {
        self.push_flagged(kind, start, end, first, 0);
    }

    #[inline]
    fn push_flagged(&mut self, kind: Kind, start: usize, end: usize, first: usize, flags: u8) {
        self.nodes.push(kind, start as u32, end as u32, first as u32, Flags(flags));
    }

    #[inline]
    fn leaf(&mut self, kind: Kind, start: usize, end: usize) {
        self.push(kind, start, end, self.nodes.len());
    }

    /// Where the last node ends.
    #[inline]
    fn last_end(&self) -> usize {
        self.nodes.last().map_or(0, |node| node.end as usize)
    }

    /// Makes one node of all that was pushed since `first`, if it is not one already.
    fn seal(&mut self, first: usize, start: usize) {
        let last_at = self.nodes.len().saturating_sub(1) as u32;
        match self.nodes.last() {
            Some(_) if self.nodes.len() > first && self.nodes.first(last_at) as usize == first => {}
            Some(last) if self.nodes.len() > first => {
                let end = last.end as usize;
                self.push(Kind::Error, start, end, first);
            }
            _ => self.leaf(Kind::Error, start, start),
        }
    }

    /// Pushes an `Error` over what was passed by since `start`, blanks at its end left out.
    fn push_junk(&mut self, start: usize) {
        let end = start + self.text[start..self.pos].trim_end().len();
        if end > start {
            self.leaf(Kind::Error, start, end);
        }
    }

    /// One level deeper; a text that nests too deeply is not read further down.
    fn deeper(&mut self) -> Read {
        if self.depth >= super::MAX_DEPTH {
            let end = self.char_end(self.pos);
            self.problem(self.pos, end, "nested too deeply".to_owned(), Some("split the expression, for example with `locals`"));
            return Err(Unread);
        }
        self.depth += 1;
        Ok(())
    }

    /// Records a problem of structure. What comes after it on the same line is taken to follow from it.
    fn problem(&mut self, start: usize, end: usize, message: String, help: Option<&'static str>) {
        if start < self.told_to || self.problems.len() >= MAX_PROBLEMS {
            return;
        }
        self.told_to = self.line_end(end.max(start)) + 1;
        self.note(start, end, message, help);
    }

    /// Records a problem that stands alone.
    fn note(&mut self, start: usize, end: usize, message: String, help: Option<&'static str>) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem { start: start as u32, end: end as u32, message, help });
        }
    }
}
