//! JSON (RFC 8259), read without recursion. After an error the rest of the document is still read.

use std::{collections::VecDeque, sync::Arc};

use super::{
    MAX_DEPTH,
    tree::{Flags, Input, Kind, Nodes, Problem, Tree},
};
use crate::{source::Source, text::Text};

mod read;
pub mod skim;

pub use read::{decode, pointer, to_value};

/// Further problems of one file are not worth a reader's time.
const MAX_PROBLEMS: usize = 50;

/// Reads a file. Returns a tree and the problems met, never an error.
#[must_use]
pub fn parse(source: &Arc<Source>) -> Tree {
    if source.is_binary() {
        // JSON has neither NUL nor bytes that are not UTF-8.
        return super::binary(source, Kind::Error);
    }
    let mut parser = Parser::new(source.text());
    for run in runs(source.invalid_bytes()) {
        parser.problem(run.0, run.1, "this is not valid UTF-8", Some("save the file as UTF-8"));
    }
    parser.document();
    parser.problems.sort_by_key(|problem| problem.start);
    Tree::new(Input::File(source.clone()), parser.nodes, parser.problems)
}

/// Reads decoded characters: JSON inside a string, heredoc or template.
///
/// A value of the text that is not known may stand for any JSON: where a value is due it is that value ([`Kind::Unknown`]), between members or
/// elements it says that more of them may follow. Inside a string it is a part of the string that is not known.
#[must_use]
pub fn parse_text(text: &Text) -> Tree {
    let mut parser = Parser::new(text.decoded());
    parser.unknown = text.unknown_offsets().map(|offset| offset as usize).collect();
    parser.document();
    let (nodes, problems) = (parser.nodes, parser.problems);
    Tree::new(Input::Text(text.clone()), nodes, problems)
}

/// Neighbouring offsets as ranges.
fn runs(offsets: &[u32]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for offset in offsets.iter().map(|offset| *offset as usize) {
        match runs.last_mut() {
            Some(run) if run.1 == offset => run.1 += 1,
            _ => runs.push((offset, offset + 1)),
        }
    }
    runs
}

struct Parser<'s> {
    str: &'s str,
    text: &'s [u8],
    at: usize,
    nodes: Nodes,
    problems: Vec<Problem>,
    open: Vec<Frame>,
    /// Where values stand that are not known, those already passed left out.
    unknown: VecDeque<usize>,
}

/// An object or list that is not closed yet.
struct Frame {
    start: usize,
    first: usize,
    object: bool,
    /// Start and first node of the key that waits for its value.
    key: Option<(usize, usize)>,
}

enum State {
    /// A value must come. After a comma its place is known.
    Value { comma: Option<usize> },
    /// A key must come, or the end of an object.
    Key { comma: Option<usize> },
    /// A value was read.
    After,
}

impl<'s> Parser<'s> {
    fn new(text: &'s str) -> Self {
        Self {
            str: text,
            text: text.as_bytes(),
            at: 0,
            nodes: Nodes::for_text(text.len()),
            problems: Vec::new(),
            open: Vec::new(),
            unknown: VecDeque::new(),
        }
    }

    fn problem(&mut self, start: usize, end: usize, message: impl Into<String>, help: Option<&'static str>) {
        if self.problems.len() < MAX_PROBLEMS {
            let length = self.text.len();
            let boundary = |at: &usize| self.str.is_char_boundary(*at);
            let start = (0..=start.min(length)).rev().find(boundary).unwrap_or(0);
            let end = (end.clamp(start, length)..=length).find(boundary).unwrap_or(length);
            self.problems.push(Problem { start: start as u32, end: end as u32, message: message.into(), help });
        }
    }

    fn push(&mut self, kind: Kind, start: usize, first: usize, flags: u8) {
        self.nodes.push(kind, start as u32, self.at as u32, first as u32, Flags(flags));
    }

    fn leaf(&mut self, kind: Kind, start: usize, flags: u8) {
        self.push(kind, start, self.nodes.len(), flags);
    }

    fn document(&mut self) {
        if self.at == 0 && self.text.starts_with("\u{feff}".as_bytes()) {
            self.at = 3;
        }
        self.space();
        if self.at == self.text.len() && self.unknown.is_empty() {
            self.problem(0, self.text.len(), "the file is empty", None);
            return;
        }
        let mut state = State::Value { comma: None };
        loop {
            self.space();
            if self.unknown.front().is_some_and(|offset| *offset <= self.at) {
                state = self.unknown(state);
                continue;
            }
            state = match state {
                State::Value { comma } => self.value(comma),
                State::Key { comma } => self.key(comma),
                State::After => match self.after() {
                    Some(next) => next,
                    None => break,
                },
            };
        }
        self.space();
        // What is not known may be a whole document or the beginning of one.
        let open_ended = self.nodes.last().is_some_and(|node| node.kind == Kind::Unknown);
        if self.at < self.text.len() && !open_ended {
            let end = self.word_end(self.at + 1);
            self.problem(self.at, end, "text after the end of the document", Some("a JSON file holds one value"));
        }
    }

    /// Skips white space; comments are a problem and skipped too.
    fn space(&mut self) {
        loop {
            while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.text.get(self.at) {
                self.at += 1;
            }
            let rest = &self.text[self.at..];
            let (sign, length) = match rest {
                [b'#', ..] => (1, memchr::memchr(b'\n', rest).unwrap_or(rest.len())),
                [b'/', b'/', ..] => (2, memchr::memchr(b'\n', rest).unwrap_or(rest.len())),
                [b'/', b'*', ..] => (2, memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2)),
                _ => return,
            };
            self.problem(self.at, self.at + sign, "JSON has no comments", Some("delete the comment"));
            self.at += length;
        }
    }

    fn value(&mut self, comma: Option<usize>) -> State {
        let start = self.at;
        match self.text.get(start) {
            Some(b'{' | b'[') if self.open.len() >= MAX_DEPTH as usize => {
                self.problem(start, start + 1, "nested too deeply", None);
                self.at = self.text.len();
                self.leaf(Kind::Error, start, 0);
                // The brackets that are still open are no problem of their own.
                while let Some(frame) = self.open.pop() {
                    self.close(&frame);
                }
                State::After
            }
            Some(bracket @ (b'{' | b'[')) => {
                let object = *bracket == b'{';
                self.at += 1;
                self.open.push(Frame { start, first: self.nodes.len(), object, key: None });
                self.space();
                match (object, self.text.get(self.at)) {
                    (true, _) => State::Key { comma: None },
                    (false, Some(b']')) => State::After,
                    (false, _) => State::Value { comma: None },
                }
            }
            Some(b'"') => {
                self.string();
                self.done()
            }
            Some(b'-' | b'0'..=b'9') => {
                self.number();
                self.done()
            }
            Some(b']') if comma.is_some() && self.open.last().is_some_and(|frame| !frame.object) => {
                let comma = comma.unwrap_or(start);
                self.problem(comma, comma + 1, "trailing comma before `]`", Some("delete the comma"));
                State::After
            }
            Some(byte) if byte.is_ascii_alphabetic() => {
                self.at = self.word_end(start);
                let kind = match &self.text[start..self.at] {
                    b"true" | b"false" => Kind::Bool,
                    b"null" => Kind::Null,
                    _ if self.passes_unknown(start, self.at) => Kind::Unknown,
                    _ => {
                        self.problem(start, self.at, "a value that JSON does not have", Some("text stands in double quotes"));
                        Kind::Error
                    }
                };
                self.leaf(kind, start, 0);
                self.done()
            }
            Some(b'}' | b']' | b',') | None => {
                self.problem(start.min(self.text.len().saturating_sub(1)), start + 1, "a value is missing here", None);
                self.leaf(Kind::Error, start, 0);
                self.done()
            }
            Some(b'\'') => {
                let end = self.text[start + 1..]
                    .iter()
                    .position(|byte| matches!(byte, b'\'' | b'\n'))
                    .map_or(self.text.len(), |end| start + 2 + end);
                self.problem(start, end, "text in single quotes", Some("JSON wants double quotes"));
                self.at = end;
                self.leaf(Kind::Error, start, 0);
                self.done()
            }
            Some(_) => {
                self.at = self.word_end(start + 1);
                self.problem(start, self.at, "this is not a JSON value", None);
                self.leaf(Kind::Error, start, 0);
                self.done()
            }
        }
    }

    /// A value that is not known: the value that is due, or members and elements that may follow.
    fn unknown(&mut self, state: State) -> State {
        self.unknown.pop_front();
        let start = self.at;
        match state {
            State::Value { .. } => {
                self.leaf(Kind::Unknown, start, 0);
                self.done()
            }
            // The member that is read next completes what stands here.
            State::Key { .. } | State::After => {
                if !self.open.is_empty() {
                    self.leaf(Kind::Unknown, start, 0);
                }
                State::After
            }
        }
    }

    /// Whether a value that is not known stands between two offsets, ends included; those up to the second are passed.
    fn passes_unknown(&mut self, start: usize, end: usize) -> bool {
        let mut found = false;
        while let Some(offset) = self.unknown.front().filter(|offset| **offset <= end) {
            found |= *offset >= start;
            self.unknown.pop_front();
        }
        found
    }

    /// Whether the last thing read was not known, so that it may have ended with a comma.
    fn after_unknown(&self) -> bool {
        self.nodes.last().is_some_and(|node| match node.kind {
            Kind::Unknown => true,
            Kind::Item => self.nodes.len().checked_sub(2).is_some_and(|value| self.nodes[value].kind == Kind::Unknown),
            _ => false,
        })
    }

    /// A value is complete: in an object it completes its item.
    fn done(&mut self) -> State {
        if let Some((start, first)) = self.open.last_mut().and_then(|frame| frame.key.take()) {
            let end = self.nodes.last().map_or(self.at, |node| node.end as usize);
            let at = std::mem::replace(&mut self.at, end);
            self.push(Kind::Item, start, first, 0);
            self.at = at;
        }
        State::After
    }

    fn key(&mut self, comma: Option<usize>) -> State {
        let (start, first) = (self.at, self.nodes.len());
        match self.text.get(start) {
            Some(b'"') => self.string(),
            Some(b'}') => {
                if let Some(comma) = comma {
                    self.problem(comma, comma + 1, "trailing comma before `}`", Some("delete the comma"));
                }
                return State::After;
            }
            None => return State::After,
            Some(b']' | b',') => {
                if comma.is_some() || self.text[start] == b',' {
                    self.problem(start, start + 1, "a member is missing here", None);
                }
                return State::After;
            }
            Some(_) => {
                let quoted = self.text[start] == b'\'';
                let end = if quoted {
                    self.text[start + 1..]
                        .iter()
                        .position(|byte| matches!(byte, b'\'' | b'\n'))
                        .map_or(self.text.len(), |end| start + 2 + end)
                } else {
                    self.word_end(start + 1)
                };
                self.problem(start, end, "a member's name stands in double quotes", None);
                self.at = end;
                self.leaf(Kind::Error, start, 0);
            }
        }
        if let Some(frame) = self.open.last_mut() {
            frame.key = Some((start, first));
        }
        self.space();
        if self.text.get(self.at) == Some(&b':') {
            self.at += 1;
            return State::Value { comma: None };
        }
        let end = self.nodes.last().map_or(start, |node| node.end as usize);
        self.problem(end.saturating_sub(1), end, "missing `:` and a value after this name", None);
        if matches!(self.text.get(self.at), Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')) {
            return State::Value { comma: None };
        }
        let at = std::mem::replace(&mut self.at, end);
        self.leaf(Kind::Error, end, 0);
        self.at = at;
        self.done()
    }

    /// What follows a value. `None` at the end of the document.
    fn after(&mut self) -> Option<State> {
        let object = self.open.last()?.object;
        let next = if object { |comma| State::Key { comma } } else { |comma| State::Value { comma } };
        match self.text.get(self.at) {
            Some(b',') => {
                let comma = self.at;
                self.at += 1;
                Some(next(Some(comma)))
            }
            Some(bracket @ (b'}' | b']')) => {
                if (*bracket == b'}') == object {
                    self.at += 1;
                } else if self.open.iter().any(|frame| frame.object != object) {
                    let frame = self.open.last()?;
                    let (start, wanted) = (frame.start, if object { '}' } else { ']' });
                    self.problem(start, start + 1, format!("missing `{wanted}` to close this"), None);
                } else {
                    self.problem(self.at, self.at + 1, format!("`{}` closes nothing", *bracket as char), Some("delete it"));
                    self.at += 1;
                    return Some(State::After);
                }
                let frame = self.open.pop()?;
                self.close(&frame);
                Some(self.done())
            }
            None => {
                let frame = self.open.pop()?;
                let wanted = if frame.object { '}' } else { ']' };
                if self.problems.last().is_none_or(|problem| !problem.message.starts_with("missing `")) {
                    self.problem(frame.start, frame.start + 1, format!("missing `{wanted}` to close this"), None);
                }
                self.close(&frame);
                Some(self.done())
            }
            Some(b':') if object && self.nodes.last().is_some_and(|node| node.kind == Kind::Unknown) => {
                // What is not known was the name of a member.
                let key = self.nodes.len() - 1;
                let start = self.nodes[key].start as usize;
                self.at += 1;
                self.open.last_mut()?.key = Some((start, key));
                Some(State::Value { comma: None })
            }
            Some(b':') => {
                self.problem(self.at, self.at + 1, "`:` outside of an object's member", None);
                self.at += 1;
                Some(next(None))
            }
            Some(_) => {
                let end = self.nodes.last().map_or(self.at, |node| node.end as usize);
                if !self.after_unknown() {
                    self.problem(end.saturating_sub(1), end.max(1), "missing `,` after this", None);
                }
                Some(next(None))
            }
        }
    }

    fn close(&mut self, frame: &Frame) {
        let kind = if frame.object { Kind::Object } else { Kind::Tuple };
        self.push(kind, frame.start, frame.first, 0);
    }

    fn string(&mut self) {
        let start = self.at;
        let mut flags = 0;
        let mut kind = Kind::String;
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let Some(length) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)) else {
                self.at = self.text.len();
                self.problem(start, start + 1, "missing `\"` to close this text", None);
                break;
            };
            self.at += length;
            match self.text[self.at] {
                b'"' => {
                    self.at += 1;
                    break;
                }
                b'\\' => {
                    flags = Flags::ESCAPED;
                    self.escape();
                }
                b'\n' | b'\r' if kind == Kind::Error => self.at += 1,
                b'\n' | b'\r' if self.closes_later() => {
                    self.problem(self.at, self.at + 1, "line break in a text", Some("write it as `\\n`"));
                    kind = Kind::Error;
                }
                b'\n' | b'\r' => {
                    self.problem(start, start + 1, "missing `\"` to close this text", Some("a line break in a text is written `\\n`"));
                    break;
                }
                _ => {
                    self.problem(self.at, self.at + 1, "control character in a text", Some("write it as `\\t` or `\\u00…`"));
                    self.at += 1;
                }
            }
        }
        if !self.unknown.is_empty() {
            // Those inside are parts of the string; one right behind it is not.
            self.passes_unknown(start, self.at.saturating_sub(1));
        }
        self.leaf(kind, start, flags);
    }

    /// Whether the next quote is one that closes a text, and does not open the next: then the line break here is part of a text.
    fn closes_later(&self) -> bool {
        let mut rest = self.text[self.at..].iter();
        while let Some(byte) = rest.next() {
            match byte {
                b'\\' => drop(rest.next()),
                b'"' => return rest.find(|byte| !byte.is_ascii_whitespace()).is_none_or(|byte| matches!(byte, b',' | b':' | b'}' | b']')),
                _ => {}
            }
        }
        false
    }

    fn escape(&mut self) {
        let start = self.at;
        let length = match self.text.get(start + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') if self.text.get(start + 2..start + 6).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) => 6,
            // A line that ends in a backslash is told as a line break.
            Some(b'\n' | b'\r') => 1,
            _ => 0,
        };
        if length == 0 {
            self.problem(start, start + 2, "an escape that JSON does not have", Some("a backslash is written `\\\\`"));
        }
        // The character behind a bad backslash may be the end of the line, and is looked at on its own.
        self.at += length.max(1);
    }

    fn number(&mut self) {
        let start = self.at;
        while self.text.get(self.at).is_some_and(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')) {
            self.at += 1;
        }
        self.at = self.word_end(self.at);
        if self.passes_unknown(start, self.at) {
            return self.leaf(Kind::Unknown, start, 0);
        }
        if !is_number(&self.text[start..self.at]) {
            self.problem(start, self.at, "not a number as JSON writes it", None);
        }
        self.leaf(Kind::Number, start, 0);
    }

    /// The end of a run of letters, digits and other bytes that no token begins with.
    fn word_end(&self, from: usize) -> usize {
        let from = from.min(self.text.len());
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$' | b'+') || *byte >= 0x80;
        from + self.text[from..].iter().position(|byte| !is_word(byte)).unwrap_or(self.text.len() - from)
    }
}

/// `-? (0 | [1-9] digits) (. digits)? ([eE] [+-]? digits)?`
fn is_number(text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    let mut rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = exponent.strip_prefix(b"+").or_else(|| exponent.strip_prefix(b"-")).unwrap_or(exponent);
        return !exponent.is_empty() && digits(exponent) == exponent.len();
    }
    rest.is_empty()
}
