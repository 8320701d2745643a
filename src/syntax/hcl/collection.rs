//! Lists, objects, `for`, and what follows a term: accesses and splats.

use super::{Kind, Newlines, Parser, Read, Unread, recover::Until};
use crate::syntax::Flags;

/// A splat that goes on: its kind, and where its star ends.
pub(super) type Splat = Option<(Kind, usize)>;

impl Parser<'_> {
    /// Nothing that an expression begins with is at the position.
    #[cold]
    pub(super) fn no_expression(&mut self) {
        let found = self.describe(self.pos);
        self.problem(self.pos, self.char_end(self.pos), format!("expected a value, found {found}"), None);
    }

    /// Expressions between commas up to `closer`, which is passed. The opening bracket at `open` is passed already.
    ///
    /// Whether the last one is followed by `...`.
    pub(super) fn elements(&mut self, open: usize, closer: u8) -> Result<bool, Unread> {
        let thing = if closer == b')' { "this call" } else { "this list" };
        loop {
            self.skip();
            if self.pos != self.at_item && self.byte() == closer {
                self.pos += 1;
                return Ok(false);
            }
            if self.at_end() {
                self.unclosed(open, closer, thing);
                return Err(Unread);
            }
            let mut read = self.expr();
            if read.is_ok() {
                self.skip();
                if closer == b')' && self.bytes[self.pos..].starts_with(b"...") {
                    self.pos += 3;
                    return self.close(Ok(()), open, closer, thing).map(|()| true);
                }
                if !matches!(self.byte(), b',') && self.byte() != closer {
                    self.unclosed(open, closer, thing);
                    read = Err(Unread);
                }
            }
            if read.is_err() {
                self.junk(Until::Comma(closer));
            }
            match self.byte() {
                _ if self.pos == self.at_item => return Err(Unread),
                b',' => self.pos += 1,
                byte if byte == closer => {}
                _ => return Err(Unread),
            }
        }
    }

    /// `[a, b]` or `[for …]`.
    pub(super) fn tuple(&mut self) -> Read {
        let (start, first) = (self.pos, self.nodes.len());
        self.pos += 1;
        self.open.brackets += 1;
        let newlines = std::mem::replace(&mut self.newlines, Newlines::Blank);
        self.skip();
        let (kind, flags, read) = if self.at_word("for") {
            let (flags, read) = self.for_expression(start, b']');
            (Kind::ForTuple, flags, read)
        } else {
            (Kind::Tuple, 0, self.elements(start, b']').map(|_| ()))
        };
        self.newlines = newlines;
        self.open.brackets -= 1;
        self.bracketed(kind, flags, start, first, read)
    }

    /// `{ k = v }` or `{for …}`.
    pub(super) fn object(&mut self) -> Read {
        let (start, first) = (self.pos, self.nodes.len());
        self.pos += 1;
        self.open.braces += 1;
        let newlines = self.newlines;
        self.skip_lines();
        let (kind, flags, read) = if self.at_word("for") {
            self.newlines = Newlines::Blank;
            let (flags, read) = self.for_expression(start, b'}');
            (Kind::ForObject, flags, read)
        } else {
            self.newlines = Newlines::End;
            (Kind::Object, 0, self.items(start))
        };
        self.newlines = newlines;
        self.open.braces -= 1;
        self.bracketed(kind, flags, start, first, read)
    }

    /// The node of a collection that was read, or broken off.
    fn bracketed(&mut self, kind: Kind, flags: u8, start: usize, first: usize, read: Read) -> Read {
        let end = if read.is_ok() { self.pos } else { self.last_end().max(start + 1) };
        let whole = read.is_ok() || matches!(kind, Kind::Tuple | Kind::Object);
        self.push_flagged(if whole { kind } else { Kind::Error }, start, end, first, flags);
        read
    }

    /// The items of an object, up to its brace, which is passed.
    fn items(&mut self, open: usize) -> Read {
        loop {
            self.skip_lines();
            if self.pos != self.at_item && self.byte() == b'}' {
                self.pos += 1;
                return Ok(());
            }
            if self.at_end() || self.pos == self.at_item {
                self.unclosed(open, b'}', "this object");
                return Err(Unread);
            }
            let before = self.pos;
            let mut read = self.object_item();
            if read.is_ok() {
                self.skip();
                if !(self.at_line_end() || matches!(self.byte(), b',' | b'}')) {
                    let found = self.describe(self.pos);
                    let message = format!("missing `,` or a line break between items, found {found}");
                    self.problem(self.pos, self.char_end(self.pos), message, None);
                    // What follows on the line may be the next item.
                    if !(self.at_name() || self.byte() == b'"') || self.pos == before {
                        read = Err(Unread);
                    }
                }
            }
            if read.is_err() {
                if self.pos == self.at_item {
                    return Err(Unread);
                }
                let start = self.pos;
                self.junk(Until::Comma(b'}'));
                self.push_junk(start);
                if self.pos == self.at_item || (!self.at_line_end() && !matches!(self.byte(), b',' | b'}')) {
                    return Err(Unread);
                }
            }
            if self.byte() == b',' {
                self.pos += 1;
            }
        }
    }

    fn object_item(&mut self) -> Read {
        let (start, first) = (self.pos, self.nodes.len());
        let key = self.expr();
        if key.is_err() {
            return self.broken_item(start, first);
        }
        self.skip();
        let is_separator = match self.byte() {
            b'=' => !matches!(self.byte_at(self.pos + 1), b'='),
            byte => byte == b':',
        };
        if !is_separator {
            let found = self.describe(self.pos);
            let message = format!("missing `=` and a value after this key, found {found}");
            self.problem(self.pos, self.char_end(self.pos), message, None);
            return self.broken_item(start, first);
        }
        self.pos += 1;
        let value = self.expr();
        self.push(Kind::Item, start, self.last_end().max(start), first);
        value
    }

    fn broken_item(&mut self, start: usize, first: usize) -> Read {
        self.push(Kind::Error, start, self.last_end().max(start), first);
        Err(Unread)
    }

    /// What follows the word `for`, up to `closer`, which is passed.
    fn for_expression(&mut self, open: usize, closer: u8) -> (u8, Read) {
        let mut flags = 0;
        let read = self.for_parts(closer, &mut flags);
        (flags, self.close(read, open, closer, "this `for` expression"))
    }

    fn for_parts(&mut self, closer: u8, flags: &mut u8) -> Read {
        self.pos += "for".len();
        if self.for_names()? {
            *flags |= Flags::TWO_NAMES;
        }
        self.expr()?;
        self.expect(":")?;
        self.expr()?;
        if closer == b'}' {
            self.expect("=>")?;
            self.expr()?;
            self.skip();
            if self.bytes[self.pos..].starts_with(b"...") {
                self.pos += 3;
                *flags |= Flags::GROUPED;
            }
        }
        self.skip();
        if self.at_word("if") {
            self.pos += 2;
            *flags |= Flags::CONDITION;
            self.expr()?;
        }
        Ok(())
    }

    /// `k, v in` or `v in`; whether there are two names.
    pub(super) fn for_names(&mut self) -> Result<bool, Unread> {
        self.for_name()?;
        self.skip();
        let two = self.byte() == b',';
        if two {
            self.pos += 1;
            self.for_name()?;
            self.skip();
        }
        if !self.at_word("in") {
            let found = self.describe(self.pos);
            self.problem(
                self.pos,
                self.char_end(self.pos),
                format!("expected `in`, found {found}"),
                Some("write `for name in collection`"),
            );
            return Err(Unread);
        }
        self.pos += 2;
        Ok(two)
    }

    fn for_name(&mut self) -> Read {
        self.skip();
        if !self.at_name() {
            let found = self.describe(self.pos);
            self.problem(self.pos, self.char_end(self.pos), format!("expected a name after `for`, found {found}"), None);
            return Err(Unread);
        }
        let start = self.pos;
        self.name();
        self.leaf(Kind::Name, start, self.pos);
        Ok(())
    }

    fn expect(&mut self, word: &str) -> Read {
        self.skip();
        if self.bytes[self.pos..].starts_with(word.as_bytes()) {
            self.pos += word.len();
            return Ok(());
        }
        let found = self.describe(self.pos);
        self.problem(self.pos, self.char_end(self.pos), format!("expected `{word}`, found {found}"), None);
        Err(Unread)
    }

    /// `.name`, `[key]`, `.0`, `.*` and `[*]` after the term whose first node is `first`.
    pub(super) fn accesses(&mut self, first: usize) -> Read {
        let Some(start) = self.nodes.last().map(|term| term.start as usize) else { return Ok(()) };
        let mut splat = None;
        let read = loop {
            self.skip();
            let at = self.pos;
            let read = match self.byte() {
                b'.' if !self.bytes[at..].starts_with(b"...") => {
                    self.pos += 1;
                    self.skip();
                    self.dot(start, first, at, &mut splat)
                }
                b'[' => {
                    if let Some((Kind::AttrSplat, _)) = splat {
                        self.end_splat(start, first, &mut splat);
                    }
                    self.bracket(start, first, at, &mut splat)
                }
                _ => break Ok(()),
            };
            if read.is_err() {
                break read;
            }
        };
        self.end_splat(start, first, &mut splat);
        read
    }

    /// Completes a splat with the steps read so far.
    fn end_splat(&mut self, start: usize, first: usize, splat: &mut Splat) {
        if let Some((kind, star)) = splat.take() {
            let end = self.last_end().max(star);
            self.push(kind, start, end, first);
        }
    }

    /// What follows a dot at `at`; the dot is passed.
    fn dot(&mut self, start: usize, first: usize, at: usize, splat: &mut Splat) -> Read {
        let step = (self.pos, self.nodes.len());
        match self.byte() {
            b'*' => {
                self.end_splat(start, first, splat);
                self.pos += 1;
                *splat = Some((Kind::AttrSplat, self.pos));
            }
            b'0'..=b'9' => {
                let number = self.number();
                let whole = number.bytes().all(|byte| byte.is_ascii_digit());
                if !whole {
                    let help = Some("write an index in brackets: `[0]`");
                    self.note(step.0, self.pos, "an index after a dot stands alone".to_owned(), help);
                }
                self.leaf(Kind::Number, step.0, self.pos);
                self.step(Kind::LegacyIndex, (start, first), (at, step.1), splat);
            }
            _ if self.at_name() => {
                self.name();
                self.leaf(Kind::Name, step.0, self.pos);
                self.step(Kind::GetAttr, (start, first), (at, step.1), splat);
            }
            _ => {
                let found = self.describe(self.pos);
                let message = format!("expected the name of an attribute after `.`, found {found}");
                self.problem(self.pos, self.char_end(self.pos), message, None);
                return Err(Unread);
            }
        }
        Ok(())
    }

    /// `[key]` or `[*]` at `at`.
    fn bracket(&mut self, start: usize, first: usize, at: usize, splat: &mut Splat) -> Read {
        let step = self.nodes.len();
        self.pos += 1;
        self.open.brackets += 1;
        let newlines = std::mem::replace(&mut self.newlines, Newlines::Blank);
        self.skip();
        let star = self.byte() == b'*';
        let read = if star {
            self.pos += 1;
            Ok(())
        } else {
            self.expr()
        };
        let read = self.close(read, at, b']', "this index");
        self.newlines = newlines;
        self.open.brackets -= 1;
        if star {
            self.end_splat(start, first, splat);
            *splat = Some((Kind::FullSplat, self.pos));
        } else {
            self.step(Kind::Index, (start, first), (at, step), splat);
        }
        read
    }

    /// One access: a step of the splat that goes on, or a node over the term.
    fn step(&mut self, kind: Kind, term: (usize, usize), step: (usize, usize), splat: &Splat) {
        let end = self.pos.max(self.last_end());
        match splat {
            Some(_) => self.push(Kind::SplatStep, step.0, end, step.1),
            None => self.push(kind, term.0, end, term.1),
        }
    }
}
