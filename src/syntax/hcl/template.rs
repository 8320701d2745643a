//! Templates: quoted strings, heredocs, interpolation and directives.

use std::ops::Range;

use memchr::{memchr, memchr2, memchr3};

use super::{
    Kind, Newlines, Parser, Read, Unread,
    scan::{CLASS, STOP},
};
use crate::syntax::Flags;

/// What a template stands in.
#[derive(Debug, Clone)]
enum Frame {
    Quoted,
    /// Ends with a line that holds this word alone.
    Heredoc(Range<usize>),
    /// The whole text.
    Bare,
}

/// Why reading parts stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    End,
    Else(Marker),
    EndIf(Marker),
    EndFor(Marker),
}

/// `%{ else }`, `%{ endif }` or `%{ endfor }`, passed already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Marker {
    start: usize,
    strip_left: bool,
    strip_right: bool,
}

impl Parser<'_> {
    /// The whole text as a template.
    pub(super) fn bare_template(&mut self) {
        let _ = self.parts(&Frame::Bare, false);
        self.push(Kind::Template, 0, self.bytes.len(), 0);
    }

    /// A quoted string: the position is at its quote.
    pub(super) fn quoted(&mut self) -> Read {
        let (start, first) = (self.pos, self.nodes.len());
        self.pos += 1;
        self.plain(&Frame::Quoted);
        if self.byte() == b'"' {
            self.pos += 1;
            self.leaf(Kind::String, start, self.pos);
            return Ok(());
        }
        self.pos = start + 1;
        self.open.quotes += 1;
        let read = self.parts(&Frame::Quoted, false);
        self.open.quotes -= 1;
        let closed = read.is_ok() && self.byte() == b'"';
        if closed {
            self.pos += 1;
        }
        let end = if closed { self.pos } else { self.last_end().max(start + 1) };
        if closed {
            // What is text alone is a leaf, whatever escapes are in it.
            let is_text = self.nodes.len() == first + 1 && self.nodes.pop_leaf(Kind::Literal);
            self.push_flagged(Kind::String, start, end, first, if is_text { Flags::ESCAPED } else { 0 });
            return Ok(());
        }
        self.push(Kind::String, start, end, first);
        if read.is_ok() {
            let help = Some("a string ends on its line; a line break is written `\\n`");
            self.problem(start, start + 1, "missing `\"` to close this string".to_owned(), help);
        }
        Err(Unread)
    }

    /// A heredoc: the position is at `<<`.
    pub(super) fn heredoc(&mut self) -> Read {
        let (start, first) = (self.pos, self.nodes.len());
        let Some((marker, content)) = self.heredoc_start() else {
            let help = Some("a heredoc begins with `<<WORD` at the end of a line");
            self.problem(start, start + 2, "this opens no heredoc".to_owned(), help);
            return Err(Unread);
        };
        let flags = if self.byte_at(start + 2) == b'-' { Flags::INDENTED } else { 0 };
        self.pos = content;
        let read = self.parts(&Frame::Heredoc(marker.clone()), false);
        let closes = read.is_ok() && self.heredoc_closes(&marker).is_some();
        if let Some(end) = self.heredoc_closes(&marker).filter(|_| closes) {
            self.pos = end;
        }
        let end = if closes { self.pos } else { self.last_end().max(marker.end) };
        self.push_flagged(Kind::Heredoc, start, end, first, flags);
        if closes {
            return Ok(());
        }
        if read.is_ok() {
            let word = &self.text[marker.clone()];
            let message = format!("missing `{word}` on a line of its own to close this heredoc");
            self.problem(marker.start, marker.end, message, None);
        }
        Err(Unread)
    }

    /// The word of the heredoc at the position, and where its content begins.
    pub(super) fn heredoc_start(&self) -> Option<(Range<usize>, usize)> {
        let rest = &self.bytes[self.pos..];
        let word = self.pos + if rest.starts_with(b"<<-") { 3 } else { 2 };
        if !rest.starts_with(b"<<") || self.name_end(word) == word || self.byte_at(word).is_ascii_digit() || self.byte_at(word) == b'-' {
            return None;
        }
        let end = self.name_end(word);
        let line_break = usize::from(self.byte_at(end) == b'\r');
        (self.byte_at(end + line_break) == b'\n').then_some((word..end, end + line_break + 1))
    }

    /// The end of the closing word, if the line at the position is the closing one. It has a line break of its own.
    fn heredoc_closes(&self, marker: &Range<usize>) -> Option<usize> {
        let end = self.pos + memchr(b'\n', &self.bytes[self.pos..])?;
        let line = &self.text[self.pos..end];
        let word = line.trim_start_matches([' ', '\t']);
        (word.trim_end_matches([' ', '\t', '\r']) == &self.text[marker.clone()])
            .then(|| self.pos + (line.len() - word.len()) + marker.len())
    }

    /// Literals, interpolations and directives up to the end of the template, or to a marker that belongs to the directive around.
    fn parts(&mut self, frame: &Frame, in_directive: bool) -> Result<Stop, Unread> {
        let mut literal = self.pos;
        let mut line_start = matches!(frame, Frame::Heredoc(_)) && !in_directive;
        loop {
            if line_start
                && let Frame::Heredoc(marker) = frame
                && self.heredoc_closes(marker).is_some()
            {
                self.literal(literal);
                return Ok(Stop::End);
            }
            line_start = false;
            self.plain(frame);
            let Some(&byte) = self.bytes.get(self.pos) else {
                self.literal(literal);
                return Ok(Stop::End);
            };
            match (byte, self.byte_at(self.pos + 1), self.byte_at(self.pos + 2)) {
                (b'"', ..) if matches!(frame, Frame::Quoted) => {
                    self.literal(literal);
                    return Ok(Stop::End);
                }
                (b'\n', ..) if matches!(frame, Frame::Quoted) => {
                    self.literal(literal);
                    return Ok(Stop::End);
                }
                (b'\n', ..) => {
                    self.pos += 1;
                    line_start = true;
                }
                (b'\\', ..) if matches!(frame, Frame::Quoted) => self.escape(),
                (b'$' | b'%', second, b'{') if second == byte => self.pos += 3,
                (b'$', b'{', _) => {
                    self.literal(literal);
                    self.interpolation()?;
                    literal = self.pos;
                }
                (b'%', b'{', _) => {
                    self.literal(literal);
                    if let Some(stop) = self.directive(frame, in_directive)? {
                        return Ok(stop);
                    }
                    literal = self.pos;
                }
                _ => self.pos += 1,
            }
        }
    }

    /// Passes characters that mean nothing else.
    #[inline]
    fn plain(&mut self, frame: &Frame) {
        let rest = &self.bytes[self.pos..];
        let length = match frame {
            Frame::Quoted => rest.iter().position(|byte| CLASS[*byte as usize] & STOP != 0),
            Frame::Heredoc(_) => memchr3(b'\n', b'$', b'%', rest),
            Frame::Bare => memchr2(b'$', b'%', rest),
        };
        self.pos += length.unwrap_or(rest.len());
    }

    fn literal(&mut self, start: usize) {
        if self.pos > start {
            self.leaf(Kind::Literal, start, self.pos);
        }
    }

    /// A backslash in a quoted string.
    fn escape(&mut self) {
        let start = self.pos;
        let digits = match self.byte_at(start + 1) {
            b'n' | b'r' | b't' | b'"' | b'\\' => {
                self.pos += 2;
                return;
            }
            b'u' => 4,
            b'U' => 8,
            _ => 0,
        };
        let code =
            self.text.get(start + 2..start + 2 + digits).filter(|hex| digits > 0 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32).is_some() {
            self.pos += 2 + digits;
            return;
        }
        let end = if digits > 0 { start + 2 } else { self.char_end(start + 1) };
        let help =
            if digits > 0 { "write four hexadecimal digits after `\\u`, eight after `\\U`" } else { "a backslash is written `\\\\`" };
        self.note(start, end, format!("`{}` is no escape", self.text[start..end].trim_end()), Some(help));
        // The character behind the backslash may be the end of the line, and is looked at on its own.
        self.pos += 1;
    }

    /// `${ expr }`
    fn interpolation(&mut self) -> Read {
        let (start, first) = (self.pos, self.nodes.len());
        self.pos += 2;
        let left = self.strip();
        self.open.braces += 1;
        let newlines = std::mem::replace(&mut self.newlines, Newlines::Blank);
        let read = self.expr();
        let (read, right) = self.sequence_end(start, read, "this interpolation");
        self.newlines = newlines;
        self.open.braces -= 1;
        let end = if read.is_ok() { self.pos } else { self.last_end().max(start + 2) };
        self.push_flagged(Kind::Interpolation, start, end, first, strips(left, right));
        read
    }

    /// `~`, if it is there.
    fn strip(&mut self) -> bool {
        let there = self.byte() == b'~';
        self.pos += usize::from(there);
        there
    }

    /// `}` or `~}` after the content of `${` or `%{`.
    fn sequence_end(&mut self, open: usize, read: Read, thing: &str) -> (Read, bool) {
        if read.is_ok() {
            self.skip();
            if self.byte() == b'~' && self.byte_at(self.pos + 1) == b'}' {
                self.pos += 2;
                return (Ok(()), true);
            }
        }
        (self.close(read, open, b'}', thing), false)
    }

    /// `%{ … }`: a directive as a whole, or a marker that ends a part of the one around.
    fn directive(&mut self, frame: &Frame, in_directive: bool) -> Result<Option<Stop>, Unread> {
        let (start, first) = (self.pos, self.nodes.len());
        self.pos += 2;
        let strip_left = self.strip();
        self.open.braces += 1;
        let newlines = std::mem::replace(&mut self.newlines, Newlines::Blank);
        self.skip();
        let word_at = self.pos;
        let word = if self.at_name() { self.name() } else { "" };
        let result = match word {
            "if" | "for" => {
                let two = if word == "for" { self.for_names() } else { Ok(false) };
                let read = two.and_then(|_| self.expr());
                let (read, strip_right) = self.sequence_end(start, read, "this directive");
                self.newlines = newlines;
                self.open.braces -= 1;
                read?;
                let marker = Marker { start, strip_left, strip_right };
                return self.directive_body(frame, word == "for", two == Ok(true), first, marker).map(|()| None);
            }
            "else" | "endif" | "endfor" => {
                let (read, strip_right) = self.sequence_end(start, Ok(()), "this directive");
                let marker = Marker { start, strip_left, strip_right };
                let stop = match word {
                    "else" => Stop::Else(marker),
                    "endif" => Stop::EndIf(marker),
                    _ => Stop::EndFor(marker),
                };
                if read.is_ok() && !in_directive {
                    self.note(word_at, word_at + word.len(), format!("`{word}` without a directive to which it belongs"), None);
                }
                read.map(|()| in_directive.then_some(stop))
            }
            _ => {
                let found = self.describe(word_at);
                let help = Some("`if`, `else`, `endif`, `for` and `endfor` are the directives; a literal `%{` is written `%%{`");
                self.problem(word_at, self.char_end(word_at).max(self.pos), format!("expected a directive, found {found}"), help);
                self.close(Err(Unread), start, b'}', "this directive").map(|()| None)
            }
        };
        self.newlines = newlines;
        self.open.braces -= 1;
        result
    }

    /// The templates of a directive, up to its `endif` or `endfor`. Pushes the node of the directive.
    fn directive_body(&mut self, frame: &Frame, is_for: bool, two_names: bool, first: usize, head: Marker) -> Read {
        self.deeper()?;
        let mut before = head;
        let mut has_else = false;
        let kind = if is_for { Kind::DirectiveFor } else { Kind::DirectiveIf };
        let read = loop {
            let (start, template) = (self.pos, self.nodes.len());
            let stop = self.parts(frame, true);
            let (end, right) = match stop {
                Ok(Stop::Else(marker) | Stop::EndIf(marker) | Stop::EndFor(marker)) => (marker.start, marker.strip_left),
                Ok(Stop::End) | Err(Unread) => (self.last_end().max(start), false),
            };
            self.push_flagged(Kind::Template, start, end, template, strips(before.strip_right, right));
            match stop {
                Ok(Stop::Else(marker)) if !is_for && !has_else => {
                    has_else = true;
                    before = marker;
                }
                Ok(Stop::EndIf(marker)) if !is_for => break Ok(marker),
                Ok(Stop::EndFor(marker)) if is_for => break Ok(marker),
                Ok(Stop::Else(marker) | Stop::EndIf(marker) | Stop::EndFor(marker)) => {
                    let wanted = if is_for { "endfor" } else { "endif" };
                    self.note(marker.start, self.pos, format!("expected `{wanted}` to end the directive"), None);
                    break Ok(marker);
                }
                Ok(Stop::End) => {
                    let wanted = if is_for { "endfor" } else { "endif" };
                    self.note(head.start, head.start + 2, format!("missing `%{{ {wanted} }}` to end this directive"), None);
                    break Ok(Marker { start: self.pos, strip_left: false, strip_right: false });
                }
                Err(Unread) => break Err(Unread),
            }
        };
        self.depth -= 1;
        let end = if read.is_ok() { self.pos.max(self.last_end()) } else { self.last_end() };
        let names = if two_names { Flags::TWO_NAMES } else { 0 };
        let right = read.is_ok_and(|marker| marker.strip_right);
        self.push_flagged(kind, head.start, end, first, strips(head.strip_left, right) | names);
        read.map(|_| ())
    }
}

fn strips(left: bool, right: bool) -> u8 {
    (if left { Flags::STRIP_LEFT } else { 0 }) | if right { Flags::STRIP_RIGHT } else { 0 }
}
