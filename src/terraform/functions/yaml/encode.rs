//! YAML as Terraform prints it: strings in double quotes, those of several lines as blocks, lists not indented below their keys.

use crate::{
    origin::{HasOrigin, Origin},
    terraform::functions::limit,
    text::{Text, TextBuilder},
    value::{Data, Entry, Value},
};

/// A line is broken at the first space after so many columns.
const WIDTH: usize = 80;

/// How deep a document may nest.
const MAX_DEPTH: usize = 260;

/// The text of a value; `None` where it would be too large.
pub fn encode(value: &Value) -> Option<Text> {
    let mut emitter = Emitter { out: Text::build(value.origin.clone()) };
    match &value.data {
        Data::String(_) => emitter.value(value, 0, 2)?,
        Data::Null | Data::Bool(_) | Data::Number(_) => {
            emitter.value(value, 0, 2)?;
            // A plain word alone does not end the document.
            emitter.out.push_folded("\n...", value.origin.clone());
        }
        Data::Sequence(_) | Data::Entries { .. } | Data::OneOf(_) | Data::Unknown(_) => emitter.value(value, 0, 0)?,
    }
    if !emitter.out.as_str().ends_with('\n') {
        emitter.out.push_folded("\n", value.origin.clone());
    }
    Some(emitter.out.finish())
}

struct Emitter {
    out: TextBuilder,
}

impl Emitter {
    /// A value at the end of the line that is being written; what follows on lines of its own is indented by `indent`.
    fn value(&mut self, value: &Value, depth: usize, indent: usize) -> Option<()> {
        if depth > MAX_DEPTH || self.out.as_str().len() > limit::TEXT || self.out.pieces() > limit::PIECES {
            return None;
        }
        let origin = &value.origin;
        match &value.data {
            Data::Null => self.out.push_folded("null", origin.clone()),
            Data::Bool(bool) => self.out.push_folded(if *bool { "true" } else { "false" }, origin.clone()),
            Data::Number(number) => self.out.push_folded(number.as_str(), origin.clone()),
            Data::String(text) if is_block(text) => self.block(text, indent),
            Data::String(text) => self.quoted(text, indent, true),
            Data::Sequence(values) if values.is_empty() => self.out.push_folded("[]", origin.clone()),
            Data::Sequence(values) => {
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        self.line(indent, origin);
                    }
                    self.out.push_folded("- ", origin.clone());
                    self.value(value, depth + 1, indent + 2)?;
                }
            }
            Data::Entries { entries, open: None } if entries.iter().all(|entry| entry.shadowed.is_some()) => {
                self.out.push_folded("{}", origin.clone());
            }
            Data::Entries { entries, open } => {
                let mut live: Vec<&Entry> = entries.iter().filter(|entry| entry.shadowed.is_none()).collect();
                live.sort_by(|left, right| left.key.decoded().cmp(right.key.decoded()));
                for (at, entry) in live.into_iter().enumerate() {
                    if at > 0 {
                        self.line(indent, origin);
                    }
                    self.quoted(&entry.key, indent, false);
                    self.out.push_folded(":", entry.key.origin());
                    self.member(&entry.value, depth, indent)?;
                }
                if let Some(open) = open {
                    self.out.push_unknown(Origin::at(open.span), open.why.reason());
                }
            }
            Data::OneOf(_) => self.out.push_unknown(origin.clone(), "conditional on an unknown value"),
            Data::Unknown(why) => self.out.push_unknown(origin.clone(), why.reason()),
        }
        Some(())
    }

    /// What stands behind a key.
    fn member(&mut self, value: &Value, depth: usize, indent: usize) -> Option<()> {
        let is_empty = match &value.data {
            Data::Sequence(values) => values.is_empty(),
            Data::Entries { entries, open } => open.is_none() && entries.iter().all(|entry| entry.shadowed.is_some()),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::OneOf(_) | Data::Unknown(_) => true,
        };
        let deeper = match (&value.data, is_empty) {
            (Data::Sequence(_), false) => {
                self.line(indent, &value.origin);
                indent
            }
            (Data::Entries { .. }, false) => {
                self.line(indent + 2, &value.origin);
                indent + 2
            }
            _ => {
                self.out.push_folded(" ", value.origin.clone());
                indent + 2
            }
        };
        self.value(value, depth + 1, deeper)
    }

    /// A new line, unless the last one ended already.
    fn line(&mut self, indent: usize, origin: &Origin) {
        if !self.out.as_str().ends_with('\n') {
            self.out.push_folded("\n", origin.clone());
        }
        self.out.push_folded(&" ".repeat(indent), origin.clone());
    }

    fn column(&self) -> usize {
        let text = self.out.as_str();
        text[text.rfind('\n').map_or(0, |at| at + 1)..].chars().count()
    }

    /// Characters in double quotes; long lines are broken at spaces where that is allowed.
    fn quoted(&mut self, text: &Text, indent: usize, breaks: bool) {
        self.out.push_folded("\"", text.origin());
        let decoded = text.decoded();
        let (mut from, mut after_space) = (0, false);
        let mut column = self.column();
        for (at, character) in decoded.char_indices() {
            let end = at + character.len_utf8();
            let is_space = character == ' ';
            if is_space && breaks && !after_space && column > WIDTH && at > 0 && end < decoded.len() {
                self.out.push_slice(text, from..at as u32);
                let follows = if decoded[end..].starts_with(' ') { "\\" } else { "" };
                self.out.push_folded(&format!("\n{}{follows}", " ".repeat(indent)), text.origin_of(at as u32..end as u32));
                from = end as u32;
                column = indent + follows.len();
            } else if let Some(escape) = escape(character) {
                self.out.push_slice(text, from..at as u32);
                self.out.push_folded(&escape, text.origin_of(at as u32..end as u32));
                from = end as u32;
                column += escape.len();
            } else {
                column += 1;
            }
            after_space = is_space;
        }
        self.out.push_slice(text, from..decoded.len() as u32);
        self.out.push_folded("\"", text.origin());
    }

    /// Lines as they are, behind `|` and what says how they begin and end.
    fn block(&mut self, text: &Text, indent: usize) {
        let decoded = text.decoded();
        let hint = if decoded.starts_with([' ', '\n']) { "2" } else { "" };
        let chomp = match decoded.strip_suffix('\n') {
            None => "-",
            Some(rest) if rest.is_empty() || rest.ends_with('\n') => "+",
            Some(_) => "",
        };
        self.out.push_folded(&format!("|{hint}{chomp}\n"), text.origin());
        let mut at = 0;
        for line in decoded.split_inclusive('\n') {
            if line != "\n" {
                self.out.push_folded(&" ".repeat(indent), text.origin());
            }
            self.out.push_slice(text, at..at + line.len() as u32);
            at += line.len() as u32;
        }
    }
}

/// Whether a text is written as a block: it has several lines, and nothing that a block cannot have.
fn is_block(text: &Text) -> bool {
    let decoded = text.decoded();
    text.is_known() && decoded.contains('\n') && !decoded.contains(" \n") && !decoded.ends_with(' ') && decoded.chars().all(is_plain)
}

/// Characters that are written as they are.
fn is_plain(character: char) -> bool {
    matches!(character, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && !matches!(character, '\u{feff}' | '\u{2028}' | '\u{2029}')
}

fn escape(character: char) -> Option<String> {
    Some(match character {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\0' => "\\0".to_owned(),
        '\u{7}' => "\\a".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        '\t' => "\\t".to_owned(),
        '\n' => "\\n".to_owned(),
        '\u{b}' => "\\v".to_owned(),
        '\u{c}' => "\\f".to_owned(),
        '\r' => "\\r".to_owned(),
        '\u{1b}' => "\\e".to_owned(),
        '\u{85}' => "\\N".to_owned(),
        '\u{2028}' => "\\L".to_owned(),
        '\u{2029}' => "\\P".to_owned(),
        _ if is_plain(character) => return None,
        _ => match u32::from(character) {
            code @ 0..=0xff => format!("\\x{code:02X}"),
            code @ 0x100..=0xffff => format!("\\u{code:04X}"),
            code => format!("\\U{code:08X}"),
        },
    })
}
