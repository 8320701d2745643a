//! What to do after something that cannot be read: pass it by, and find where reading can go on.

use memchr::memchr;

use super::{
    Newlines, Parser, Read, Unread,
    scan::{CLASS, START},
};

/// What ends the part that is passed by, besides the end of what encloses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// The end of the line, or the brace that closes a block.
    Line,
    /// A comma or this closing bracket.
    Comma(u8),
    /// This closing bracket.
    Close(u8),
}

impl Until {
    fn closer(self) -> u8 {
        match self {
            Until::Line => 0,
            Until::Comma(closer) | Until::Close(closer) => closer,
        }
    }
}

impl Parser<'_> {
    /// Passes what cannot be read, brackets, strings and comments as wholes.
    pub(super) fn junk(&mut self, until: Until) {
        let (mut round, mut braces) = (0_u32, 0_u32);
        if self.pos == self.at_item || (self.newlines == Newlines::Blank && self.begins_line() && self.stop_at_item()) {
            return;
        }
        while let Some(&byte) = self.bytes.get(self.pos) {
            let outside = round == 0 && braces == 0;
            match byte {
                b'\n' => {
                    if outside && self.newlines == Newlines::End {
                        return;
                    }
                    self.pos += 1;
                    if braces == 0 {
                        while matches!(self.byte(), b' ' | b'\t') {
                            self.pos += 1;
                        }
                        if self.stop_at_item() {
                            return;
                        }
                    }
                }
                b'#' | b'/' if self.comment() => {}
                b'"' => match self.closing_quote() {
                    Some(end) => self.pos = end,
                    // The quote may be the one that closes the string around all this.
                    None if self.open.quotes > 0 => return,
                    None => self.pos = self.line_end(self.pos),
                },
                b'<' => self.pos = self.heredoc_end().unwrap_or(self.pos + 1),
                b'(' | b'[' => {
                    round += 1;
                    self.pos += 1;
                }
                b'{' => {
                    braces += 1;
                    self.pos += 1;
                }
                b')' | b']' if round == 0 && braces == 0 && self.ends_here(byte, until) => return,
                b'}' if braces == 0 && self.ends_here(byte, until) => return,
                b',' if outside && matches!(until, Until::Comma(_)) => return,
                b')' | b']' => {
                    round = round.saturating_sub(1);
                    self.pos += 1;
                }
                b'}' => {
                    braces = braces.saturating_sub(1);
                    round = 0;
                    self.pos += 1;
                }
                _ => self.pos = self.char_end(self.pos),
            }
        }
    }

    /// Whether a closing bracket closes what is passed by, or something around it.
    fn ends_here(&self, byte: u8, until: Until) -> bool {
        byte == until.closer() || self.is_awaited(byte)
    }

    /// Whether this closing bracket closes something that is open.
    pub(super) fn is_awaited(&self, byte: u8) -> bool {
        match byte {
            b')' => self.open.parens > 0,
            b']' => self.open.brackets > 0,
            b'}' => self.open.braces > 0,
            _ => false,
        }
    }

    /// Closes a bracket whose content was `read`: passes `closer`, and whatever stands before it.
    ///
    /// `open` is the opening bracket, `thing` what it opens.
    pub(super) fn close(&mut self, read: Read, open: usize, closer: u8, thing: &str) -> Read {
        if read.is_ok() && self.pos != self.at_item {
            self.skip();
            if self.byte() == closer {
                self.pos += 1;
                return Ok(());
            }
            self.unclosed(open, closer, thing);
        }
        self.junk(Until::Close(closer));
        if self.pos != self.at_item && self.byte() == closer {
            self.pos += 1;
            return Ok(());
        }
        Err(Unread)
    }

    /// Records that `closer` is missing.
    pub(super) fn unclosed(&mut self, open: usize, closer: u8, thing: &str) {
        let closer = char::from(closer);
        let found = self.describe(self.pos);
        let help = if self.at_end() { None } else { Some("close it before what follows") };
        // Where another bracket or the end comes first, the opening bracket is the place to look at.
        let (start, end) = if self.at_end() || matches!(self.byte(), b')' | b']' | b'}') {
            (open, self.char_end(open))
        } else {
            (self.pos, self.char_end(self.pos))
        };
        if start < self.told_to && self.pos >= self.told_to {
            // The opening bracket is on a line that was told about, but this is another matter.
            self.problem(self.pos, self.char_end(self.pos), format!("missing `{closer}` to close {thing}, found {found}"), help);
        } else {
            self.problem(start, end, format!("missing `{closer}` to close {thing}, found {found}"), help);
        }
    }

    /// Whether only blanks stand before the position in its line.
    fn begins_line(&self) -> bool {
        self.bytes[..self.pos].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t')).is_some_and(|byte| *byte == b'\n')
    }

    /// Sets `at_item` if an attribute or a block seems to begin at the position, which is the first of its line.
    pub(super) fn stop_at_item(&mut self) -> bool {
        let found = self.seems_item(self.pos);
        if found {
            self.at_item = self.pos;
        }
        found
    }

    fn seems_item(&self, at: usize) -> bool {
        if CLASS[self.byte_at(at) as usize] & START == 0 {
            return false;
        }
        let mut end = self.name_end(at);
        while matches!(self.byte_at(end), b' ' | b'\t') {
            end += 1;
        }
        match self.byte_at(end) {
            b'=' => !matches!(self.byte_at(end + 1), b'=' | b'>'),
            b'{' => true,
            b'"' => self.opens_block(end),
            byte => CLASS[byte as usize] & START != 0 && self.opens_block(end),
        }
    }

    /// Whether the line that holds `at` ends with an opening brace.
    pub(super) fn opens_block(&self, at: usize) -> bool {
        self.bytes[at..self.line_end(at)].trim_ascii_end().ends_with(b"{")
    }

    /// After the quote that closes the string at the position, if that is on the same line.
    fn closing_quote(&self) -> Option<usize> {
        let mut at = self.pos + 1;
        loop {
            match self.bytes.get(at)? {
                b'"' => return Some(at + 1),
                b'\n' => return None,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
    }

    /// After the heredoc at the position, if there is one and it ends.
    fn heredoc_end(&mut self) -> Option<usize> {
        let (marker, mut at) = self.heredoc_start()?;
        if !self.may_rewind() {
            return None;
        }
        let marker = &self.text[marker];
        loop {
            let end = at + memchr(b'\n', &self.bytes[at..])?;
            if self.text[at..end].trim() == marker {
                return Some(end);
            }
            at = end + 1;
        }
    }

    /// Whether the parser may once more look at a part of the text that it has seen. The answer is yes only so often.
    pub(super) fn may_rewind(&mut self) -> bool {
        let may = self.rewinds > 0;
        self.rewinds = self.rewinds.saturating_sub(1);
        may
    }
}
