//! Bodies: attributes and blocks.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::{Kind, Newlines, Parser, recover::Until};

/// So many names are compared faster than they are sorted.
const FEW: usize = 16;

/// The name of an attribute: a body may have millions of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Declared {
    hash: u32,
    start: u32,
}

/// How a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// With the file.
    File,
    /// With a brace.
    Brace,
    /// With a brace, or before a block at the beginning of a line.
    Margin,
}

impl<'a> Parser<'a> {
    /// Reads the whole text as a body.
    pub(super) fn file(&mut self) {
        self.body(Ends::File);
        self.push(Kind::Body, 0, self.bytes.len(), 0);
    }

    /// Reads attributes and blocks, up to the brace that closes the body.
    fn body(&mut self, ends: Ends) {
        let base = self.names.len();
        loop {
            self.skip_lines();
            if self.pos == self.at_item {
                self.at_item = usize::MAX;
            }
            match self.bytes.get(self.pos) {
                None => break,
                Some(b'}') if ends != Ends::File => break,
                Some(_) if ends == Ends::Margin && self.at_margin(self.pos) && self.at_name() && self.opens_block(self.pos) => break,
                Some(_) if self.at_name() => self.item(),
                Some(byte) => {
                    let start = self.pos;
                    let end = self.char_end(start);
                    let found = self.describe(start);
                    match byte {
                        b'}' => self.problem(
                            start,
                            end,
                            "`}` closes nothing".to_owned(),
                            Some("delete it, or look for a brace that is missing above"),
                        ),
                        _ => self.problem(start, end, format!("expected an attribute or a block, found {found}"), None),
                    }
                    self.pos = end;
                    self.junk(Until::Line);
                    self.push_junk(start);
                }
            }
        }
        self.refuse_repeated(base);
    }

    /// Whether `at` is the first byte of a line.
    fn at_margin(&self, at: usize) -> bool {
        at == 0 || self.bytes[at - 1] == b'\n'
    }

    /// One attribute or block, with the end of its line.
    fn item(&mut self) {
        let (start, first) = (self.pos, self.nodes.len());
        let name = self.name();
        self.leaf(Kind::Name, start, self.pos);
        self.skip();
        if self.byte() == b'=' && self.byte_at(self.pos + 1) != b'=' {
            let hash = FixedState::default().hash_one(name) as u32;
            self.names.push(Declared { hash, start: start as u32 });
            self.attribute(start, first);
        } else {
            self.block(start, first);
        }
    }

    /// An attribute of a name that the body has already is a problem. The names of the body are those from `base` on: they are done with.
    fn refuse_repeated(&mut self, base: usize) {
        let mut names = std::mem::take(&mut self.names);
        let text = self.text;
        let name = |declared: &Declared| {
            let start = declared.start as usize;
            &text[start..self.name_end(start)]
        };
        let mut repeated: Vec<(usize, &'a str)> = Vec::new();
        let place = |declared: &Declared| (declared.start as usize, name(declared));
        let own = &mut names[base..];
        if own.len() <= FEW {
            let is_known = |(at, later): &(usize, &Declared)| {
                own[..*at].iter().any(|earlier| earlier.hash == later.hash && name(earlier) == name(later))
            };
            repeated.extend(own.iter().enumerate().filter(is_known).map(|(_, later)| place(later)));
        } else {
            own.sort_unstable();
            for group in own.chunk_by_mut(|left, right| left.hash == right.hash).filter(|group| group.len() > 1) {
                // Other names may have the same hash.
                group.sort_by(|left, right| name(left).cmp(name(right)));
                repeated.extend(group.windows(2).filter(|pair| name(&pair[0]) == name(&pair[1])).map(|pair| place(&pair[1])));
            }
        }
        for (start, name) in repeated {
            let message = format!("attribute `{name}` is set twice in this body");
            self.note(start, start + name.len(), message, Some("delete one of the two"));
        }
        names.truncate(base);
        self.names = names;
    }

    /// The rest of an attribute: the position is at `=`.
    fn attribute(&mut self, start: usize, first: usize) {
        self.pos += 1;
        let read = self.expr();
        self.push(Kind::Attribute, start, self.last_end().max(start), first);
        self.item_end(read.is_ok(), "an attribute");
    }

    /// An item ends with its line, or before the brace of a block on one line.
    fn item_end(&mut self, read: bool, what: &str) {
        if self.pos == self.at_item {
            return;
        }
        if read {
            self.skip();
            if self.at_line_end() {
                return;
            }
            if self.byte() == b'}' && self.one_line {
                return;
            }
            let found = self.describe(self.pos);
            let message = format!("expected a line break after {what}, found {found}");
            self.problem(self.pos, self.char_end(self.pos), message, None);
            if self.byte() == b'}' {
                return;
            }
        }
        let junk = self.pos;
        self.junk(Until::Line);
        self.push_junk(junk);
    }

    /// The rest of a block: labels, and the body in braces.
    fn block(&mut self, start: usize, first: usize) {
        let mut labels = 0;
        loop {
            self.skip();
            match self.byte() {
                b'{' => break,
                b'"' if self.opens_block(self.pos) || labels > 0 || self.quote_ends_header() => {
                    let label = self.nodes.len();
                    if self.quoted().is_err() {
                        return self.no_block(start, first);
                    }
                    if self.nodes[label..]
                        .iter()
                        .any(|node| matches!(node.kind, Kind::Interpolation | Kind::DirectiveIf | Kind::DirectiveFor))
                    {
                        let node = self.nodes[self.nodes.len() - 1];
                        let help = Some("a label is plain text");
                        self.problem(node.start as usize, node.end as usize, "a label cannot be computed".to_owned(), help);
                    }
                    labels += 1;
                }
                _ if self.at_name() => {
                    let at = self.pos;
                    self.name();
                    self.leaf(Kind::Name, at, self.pos);
                    labels += 1;
                }
                _ => {
                    let found = self.describe(self.pos);
                    let end = self.char_end(self.pos);
                    if labels == 0 {
                        let message = format!("expected `=` and a value, or a block, found {found}");
                        self.problem(self.pos, end, message, None);
                    } else {
                        self.problem(self.pos, end, format!("expected `{{` to open the block, found {found}"), None);
                    }
                    return self.no_block(start, first);
                }
            }
        }
        self.braces(start, first);
    }

    /// Whether the string at the position is a label: it ends on this line.
    fn quote_ends_header(&self) -> bool {
        memchr::memchr(b'"', &self.bytes[self.pos + 1..self.line_end(self.pos)]).is_some()
    }

    fn no_block(&mut self, start: usize, first: usize) {
        self.push(Kind::Error, start, self.last_end().max(start), first);
        let junk = self.pos;
        self.junk(Until::Line);
        self.push_junk(junk);
    }

    /// The body of a block: the position is at `{`.
    fn braces(&mut self, start: usize, first: usize) {
        let open = self.pos;
        if self.deeper().is_err() {
            self.pos = self.bytes.len();
            self.push(Kind::Error, start, open, first);
            return;
        }
        self.pos += 1;
        self.open.braces += 1;
        let newlines = std::mem::replace(&mut self.newlines, Newlines::End);
        let body = self.nodes.len();
        self.skip();
        let is_one_line = !self.at_line_end();
        let one_line = std::mem::replace(&mut self.one_line, is_one_line);
        if self.one_line {
            self.single();
        } else {
            self.body(if self.by_indentation && self.at_margin(start) { Ends::Margin } else { Ends::Brace });
        }
        let closed = self.byte() == b'}' && self.pos != self.at_item;
        if closed {
            self.pos += 1;
        } else {
            self.lost_brace = true;
            self.problem(start, open + 1, "missing `}` to close this block".to_owned(), None);
        }
        self.one_line = one_line;
        self.newlines = newlines;
        self.open.braces -= 1;
        self.depth -= 1;
        let end = if closed { self.pos } else { self.last_end().max(open + 1) };
        self.push(Kind::Body, open, end, body);
        self.push(Kind::Block, start, end, first);
        if closed {
            self.item_end(true, "a block");
        }
    }

    /// A body on one line: at most one attribute.
    fn single(&mut self) {
        if self.byte() == b'}' {
            return;
        }
        if self.at_name() {
            let (start, first) = (self.pos, self.nodes.len());
            self.name();
            self.leaf(Kind::Name, start, self.pos);
            self.skip();
            if self.byte() == b'=' && self.byte_at(self.pos + 1) != b'=' {
                self.attribute(start, first);
                self.skip();
                if self.byte() == b'}' {
                    return;
                }
            } else {
                let help = Some("write each on a line of its own");
                self.problem(start, self.pos, "a block on one line holds one attribute".to_owned(), help);
                self.block(start, first);
            }
        } else {
            let found = self.describe(self.pos);
            self.problem(self.pos, self.char_end(self.pos), format!("expected an attribute, found {found}"), None);
            let start = self.pos;
            self.junk(Until::Line);
            self.push_junk(start);
        }
        // It was no block on one line after all: what follows is read as its body.
        self.one_line = false;
        self.body(Ends::Brace);
    }
}
