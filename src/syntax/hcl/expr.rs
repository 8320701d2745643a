//! Expressions: operators, terms, and what follows a term.

use super::{
    Kind, Newlines, Parser, Read, Unread,
    scan::{CLASS, OPERATOR},
};
use crate::syntax::Flags;

/// An operator that waits for its right operand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pending {
    /// Where its node will begin.
    start: u32,
    /// The first node of its node.
    first: u32,
    step: Step,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Unary,
    Binary(u8),
    /// After `?`.
    Then,
    /// After `:`.
    Else,
}

impl Parser<'_> {
    /// Reads one expression. Pushes exactly one node at the top, also where it fails.
    pub(super) fn expr(&mut self) -> Read {
        let (first, depth, base, start) = (self.nodes.len(), self.depth, self.pending.len(), self.pos);
        let read = self.deeper().and_then(|()| self.operators(base));
        self.depth = depth;
        if read.is_err() {
            let start = self.pending.get(base).map_or(start, |pending| pending.start as usize);
            self.pending.truncate(base);
            let start = self.nodes.get(first).map_or(start, |node| start.min(node.start as usize));
            self.seal(first, start);
        }
        read
    }

    /// Operands and the operators between them, by precedence: a stack instead of recursion, so that a chain of any length is a loop.
    fn operators(&mut self, base: usize) -> Read {
        self.operand()?;
        loop {
            self.skip();
            let byte = self.byte();
            if CLASS[byte as usize] & OPERATOR != 0
                && let Some((precedence, len)) = self.binary_operator(byte)
            {
                self.reduce(base, precedence);
                self.wait(Step::Binary(precedence));
                self.leaf(Kind::Operator, self.pos, self.pos + len);
                self.pos += len;
            } else if self.pending.len() == base && byte != b'?' {
                return Ok(());
            } else {
                self.reduce(base, 0);
                if byte == b'?' {
                    self.deeper()?;
                    self.wait(Step::Then);
                } else {
                    self.conditionals(base);
                    let Some(top) = self.pending[base..].last_mut() else { return Ok(()) };
                    // What is left can only wait for its colon.
                    if byte != b':' || self.bytes.get(self.pos + 1) == Some(&b':') {
                        let found = self.describe(self.pos);
                        let message = format!("missing `:` and the value of the other case, found {found}");
                        let help = Some("write `condition ? value : other`");
                        self.problem(self.pos, self.char_end(self.pos), message, help);
                        return Err(Unread);
                    }
                    top.step = Step::Else;
                    self.depth -= 1;
                }
                self.pos += 1;
            }
            self.operand()?;
        }
    }

    /// The node just read becomes the left operand of an operator.
    #[inline]
    fn wait(&mut self, step: Step) {
        if let Some(left) = self.nodes.last() {
            self.pending.push(Pending { start: left.start, first: self.nodes.first(self.nodes.len() as u32 - 1), step });
        }
    }

    /// Completes the binary operators on top that bind at least as tightly.
    #[inline]
    fn reduce(&mut self, base: usize, precedence: u8) {
        while let Some(&Pending { start, first, step: Step::Binary(own) }) = self.pending[base..].last()
            && own >= precedence
        {
            self.pending.pop();
            self.push(Kind::Binary, start as usize, self.last_end(), first as usize);
        }
    }

    /// Completes the conditionals on top that have all three parts.
    fn conditionals(&mut self, base: usize) {
        while let Some(&Pending { start, first, step: Step::Else }) = self.pending[base..].last() {
            self.pending.pop();
            self.push(Kind::Conditional, start as usize, self.last_end(), first as usize);
        }
    }

    /// The precedence and the length of the binary operator at the position.
    #[inline]
    fn binary_operator(&self, byte: u8) -> Option<(u8, usize)> {
        let next = self.byte_at(self.pos + 1);
        match byte {
            b'|' if next == b'|' => Some((1, 2)),
            b'&' if next == b'&' => Some((2, 2)),
            b'=' | b'!' if next == b'=' => Some((3, 2)),
            b'<' | b'>' => Some((4, 1 + usize::from(next == b'='))),
            b'+' | b'-' => Some((5, 1)),
            b'*' | b'/' | b'%' => Some((6, 1)),
            _ => None,
        }
    }

    /// A term with the operators before it and the accesses after it.
    fn operand(&mut self) -> Read {
        let base = self.pending.len();
        self.skip();
        let mut byte = self.byte();
        while byte == b'-' || (byte == b'!' && self.byte_at(self.pos + 1) != b'=') {
            self.deeper()?;
            self.pending.push(Pending { start: self.pos as u32, first: self.nodes.len() as u32, step: Step::Unary });
            self.leaf(Kind::Operator, self.pos, self.pos + 1);
            self.pos += 1;
            self.skip();
            byte = self.byte();
        }
        let first = self.nodes.len();
        self.term(byte)?;
        self.accesses(first)?;
        while self.pending.len() > base {
            if let Some(Pending { start, first, .. }) = self.pending.pop() {
                self.push(Kind::Unary, start as usize, self.last_end(), first as usize);
                self.depth -= 1;
            }
        }
        Ok(())
    }

    #[inline]
    fn term(&mut self, byte: u8) -> Read {
        match byte {
            b'"' => self.quoted(),
            b'0'..=b'9' => {
                let start = self.pos;
                self.number();
                self.leaf(Kind::Number, start, self.pos);
                Ok(())
            }
            b'[' => self.tuple(),
            b'{' => self.object(),
            b'(' => self.paren(),
            b'<' if self.byte_at(self.pos + 1) == b'<' => self.heredoc(),
            _ if self.at_name() => self.named(),
            _ => {
                self.no_expression();
                Err(Unread)
            }
        }
    }

    /// A root name, a keyword or a call.
    fn named(&mut self) -> Read {
        let (start, first) = (self.pos, self.nodes.len());
        let name = self.name();
        let end = self.pos;
        // Most often something else than a call follows at once.
        let byte = self.byte();
        let plain = matches!(byte, b'.' | b',' | b'[' | b'}' | b')') || (byte == b'\n' && self.newlines == Newlines::End);
        if !plain {
            self.skip();
            match self.byte() {
                b'(' => {
                    self.leaf(Kind::Name, start, end);
                    return self.call(start, first);
                }
                b':' if self.byte_at(self.pos + 1) == b':' => return self.scoped_call(start, first, end),
                _ => {}
            }
        }
        let kind = match name {
            "true" | "false" => Kind::Bool,
            "null" => Kind::Null,
            _ => Kind::Variable,
        };
        self.leaf(kind, start, end);
        Ok(())
    }

    /// `provider::aws::f(…)`, from the first `::` on.
    fn scoped_call(&mut self, start: usize, first: usize, mut end: usize) -> Read {
        while self.byte() == b':' && self.byte_at(self.pos + 1) == b':' {
            self.pos += 2;
            self.skip();
            if !self.at_name() {
                let found = self.describe(self.pos);
                self.problem(self.pos, self.char_end(self.pos), format!("expected the name of a function after `::`, found {found}"), None);
                self.leaf(Kind::Name, start, end);
                return Err(Unread);
            }
            self.name();
            end = self.pos;
            self.skip();
        }
        self.leaf(Kind::Name, start, end);
        if self.byte() != b'(' {
            let found = self.describe(self.pos);
            self.problem(start, end, format!("missing `(` to call this function, found {found}"), None);
            return Err(Unread);
        }
        self.call(start, first)
    }

    fn call(&mut self, start: usize, first: usize) -> Read {
        let open = self.pos;
        self.pos += 1;
        self.open.parens += 1;
        let newlines = std::mem::replace(&mut self.newlines, Newlines::Blank);
        let read = self.elements(open, b')');
        self.newlines = newlines;
        self.open.parens -= 1;
        let flags = if read == Ok(true) { Flags::EXPANDED } else { 0 };
        let end = if read.is_ok() { self.pos } else { self.last_end().max(open + 1) };
        self.push_flagged(Kind::Call, start, end, first, flags);
        read.map(|_| ())
    }

    fn paren(&mut self) -> Read {
        let (start, first) = (self.pos, self.nodes.len());
        self.pos += 1;
        self.open.parens += 1;
        let newlines = std::mem::replace(&mut self.newlines, Newlines::Blank);
        let read = self.expr();
        let read = self.close(read, start, b')', "this parenthesis");
        self.newlines = newlines;
        self.open.parens -= 1;
        let end = if read.is_ok() { self.pos } else { self.last_end() };
        self.push(Kind::Paren, start, end, first);
        read
    }
}
