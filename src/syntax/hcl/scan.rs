//! Bytes, blanks, comments, names and numbers.

use memchr::{memchr, memmem};

use super::{Newlines, Parser};

/// Begins a name.
pub(super) const START: u8 = 1;
/// Goes on with a name.
pub(super) const CONTINUE: u8 = 2;
/// A blank, a line break, or the beginning of a comment.
const BLANK: u8 = 4;
/// Begins a binary operator.
pub(super) const OPERATOR: u8 = 8;
/// Ends a run of plain characters in a quoted string.
pub(super) const STOP: u8 = 16;
/// Part of a character that is not ASCII.
const WIDE: u8 = 32;

/// What each byte may be.
pub(super) static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => START | CONTINUE,
            b'0'..=b'9' => CONTINUE,
            b'-' => CONTINUE | OPERATOR,
            b' ' | b'\t' | b'#' => BLANK,
            b'\n' | b'\r' => BLANK | STOP,
            b'/' => BLANK | OPERATOR,
            b'%' => OPERATOR | STOP,
            b'"' | b'\\' | b'$' => STOP,
            b'|' | b'&' | b'=' | b'!' | b'<' | b'>' | b'+' | b'*' => OPERATOR,
            0x80.. => WIDE,
            _ => 0,
        };
        byte += 1;
    }
    table
}

/// The first place from `pos` on that has no space. A quarter of a configuration is indentation: eight at a time.
#[inline]
fn after_spaces(bytes: &[u8], mut pos: usize) -> usize {
    if bytes.get(pos) != Some(&b' ') {
        return pos;
    }
    while let Some(eight) = bytes.get(pos..).and_then(<[u8]>::first_chunk) {
        let others = u64::from_le_bytes(*eight) ^ u64::from_le_bytes([b' '; 8]);
        pos += others.trailing_zeros() as usize / 8;
        if others != 0 {
            return pos;
        }
    }
    while bytes.get(pos) == Some(&b' ') {
        pos += 1;
    }
    pos
}

impl<'a> Parser<'a> {
    /// Passes blanks and comments, and line breaks where they are blanks.
    #[inline(always)]
    pub(super) fn skip(&mut self) {
        let byte = self.byte();
        if byte == b' ' && CLASS[self.byte_at(self.pos + 1) as usize] & BLANK == 0 {
            self.pos += 1;
        } else if CLASS[byte as usize] & BLANK != 0 {
            self.blanks();
        }
    }

    #[inline(never)]
    fn blanks(&mut self) {
        let (bytes, mut pos) = (self.bytes, self.pos);
        let lines = self.newlines == Newlines::Blank;
        loop {
            match bytes.get(pos) {
                Some(b' ') => pos = after_spaces(bytes, pos + 1),
                Some(b'\t') => pos += 1,
                Some(b'\n') if lines => pos += 1,
                Some(b'\r') if lines && bytes.get(pos + 1) == Some(&b'\n') => pos += 2,
                Some(b'#' | b'/') => {
                    self.pos = pos;
                    if !self.comment() {
                        return;
                    }
                    pos = self.pos;
                }
                Some(_) | None => break,
            }
        }
        self.pos = pos;
    }

    /// As [`Parser::skip`] where line breaks are blanks.
    pub(super) fn skip_lines(&mut self) {
        let newlines = std::mem::replace(&mut self.newlines, Newlines::Blank);
        self.skip();
        self.newlines = newlines;
    }

    /// Passes a comment. A line comment ends before its line break.
    pub(super) fn comment(&mut self) -> bool {
        let start = self.pos;
        match (self.byte(), self.byte_at(start + 1)) {
            (b'#', _) | (b'/', b'/') => {
                let end = self.line_end(start);
                // A carriage return before the line break belongs to the break.
                let cut = end > start && end < self.bytes.len() && self.bytes[end - 1] == b'\r';
                self.pos = end - usize::from(cut);
            }
            (b'/', b'*') => {
                let close = if self.comment_closes { memmem::find(&self.bytes[start + 2..], b"*/") } else { None };
                if let Some(close) = close {
                    self.pos = start + 2 + close + 2;
                } else {
                    self.comment_closes = false;
                    self.problem(start, start + 2, "missing `*/` to close this comment".to_owned(), None);
                    self.pos = self.line_end(start);
                }
            }
            _ => return false,
        }
        if !self.invalid.is_empty() {
            self.comments.push((start as u32, self.pos as u32));
        }
        true
    }

    /// Where the line that holds `at` ends, before its line feed.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let at = at.min(self.bytes.len());
        memchr(b'\n', &self.bytes[at..]).map_or(self.bytes.len(), |len| at + len)
    }

    /// Whether a line break or the end of the text is at the position.
    #[inline]
    pub(super) fn at_line_end(&self) -> bool {
        match self.bytes.get(self.pos) {
            None | Some(b'\n') => true,
            Some(b'\r') => self.byte_at(self.pos + 1) == b'\n',
            Some(_) => false,
        }
    }

    /// Whether a name begins at the position.
    #[inline]
    pub(super) fn at_name(&self) -> bool {
        let class = CLASS[self.byte() as usize];
        class & START != 0 || (class & WIDE != 0 && self.text[self.pos..].chars().next().is_some_and(unicode_ident::is_xid_start))
    }

    /// Passes a name that begins at the position, and returns it.
    #[inline]
    pub(super) fn name(&mut self) -> &'a str {
        let start = self.pos;
        self.pos = self.name_end(start);
        &self.text[start..self.pos]
    }

    /// Where a name that begins at `at` ends.
    #[inline]
    pub(super) fn name_end(&self, at: usize) -> usize {
        let mut end = at;
        while end < self.bytes.len() && CLASS[self.bytes[end] as usize] & CONTINUE != 0 {
            end += 1;
        }
        if CLASS[self.byte_at(end) as usize] & WIDE != 0 {
            return self.wide_name_end(end);
        }
        end
    }

    #[cold]
    fn wide_name_end(&self, at: usize) -> usize {
        let end = self.text[at..].find(|char| char != '-' && !unicode_ident::is_xid_continue(char));
        end.map_or(self.text.len(), |len| at + len)
    }

    /// Whether the name `word`, and no longer one, is at the position.
    pub(super) fn at_word(&self, word: &str) -> bool {
        self.bytes[self.pos..].starts_with(word.as_bytes()) && self.name_end(self.pos) == self.pos + word.len()
    }

    /// Passes a number: digits, points and exponents, however many, up to the last that is no point. Records what no number is.
    pub(super) fn number(&mut self) -> &'a str {
        let start = self.pos;
        let mut at = start;
        let mut end = start;
        loop {
            match self.byte_at(at) {
                b'0'..=b'9' => at += 1,
                b'.' => {
                    at += 1;
                    continue;
                }
                b'e' | b'E' => {
                    let sign = usize::from(matches!(self.byte_at(at + 1), b'+' | b'-'));
                    if !self.byte_at(at + 1 + sign).is_ascii_digit() {
                        break;
                    }
                    at += 2 + sign;
                }
                _ => break,
            }
            end = at;
        }
        self.pos = end;
        let number = &self.text[start..end];
        if !number.bytes().all(|byte| byte.is_ascii_digit()) && !is_number(number) {
            self.note(start, end, format!("`{}` is not a number", shorten(number)), None);
        }
        number
    }

    /// The end of the character at `at`; `at` itself at the end.
    pub(super) fn char_end(&self, at: usize) -> usize {
        at + self.text[at..].chars().next().map_or(0, char::len_utf8)
    }

    /// What is at `at`, for a message.
    pub(super) fn describe(&self, at: usize) -> String {
        match self.text[at..].chars().next() {
            None => "the end of the text".to_owned(),
            Some('\n' | '\r') => "the end of the line".to_owned(),
            Some(_) if self.name_end(at) > at => format!("`{}`", shorten(&self.text[at..self.name_end(at)])),
            Some(char) if char.is_control() || char.is_whitespace() => format!("the character U+{:04X}", u32::from(char)),
            Some(char) => format!("`{char}`"),
        }
    }
}

/// The beginning of a text that may be long, for a message.
pub(super) fn shorten(text: &str) -> &str {
    text.char_indices().nth(40).map_or(text, |(end, _)| &text[..end])
}

/// Whether these digits, points and exponents are one number that Terraform can hold.
fn is_number(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (_, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if fraction.contains('.') || exponent.contains(['.', 'e', 'E']) {
        return false;
    }
    // The limit is that of Go's `big.Float`: a binary exponent of 32 bits.
    exponent.parse::<i64>().is_ok_and(|exponent| exponent.unsigned_abs() < 1 << 31)
}
