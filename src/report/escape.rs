//! JSON in which no character moves a cursor, turns a line around or begins a command to the runner that reads the log: those are written by
//! their numbers, which mean the same.

use std::{cell::Cell, io};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use super::snippet::{is_command, is_hidden};

/// Writes a value over several lines, with a line break at the end.
pub(super) fn pretty(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *out, Escaping(PrettyFormatter::new())))?;
    out.write_all(b"\n")
}

/// Writes a value on one line, with a line break at the end.
pub(super) fn line(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *out, Escaping(CompactFormatter)))?;
    out.write_all(b"\n")
}

/// A list whose elements are made while it is written, so that one of them is held at a time. It is written once.
pub(super) struct List<I>(Cell<Option<I>>);

impl<I> List<I> {
    pub(super) fn new(elements: I) -> Self {
        Self(Cell::new(Some(elements)))
    }
}

impl<I: Iterator<Item: Serialize>> Serialize for List<I> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.take().into_iter().flatten())
    }
}

struct Escaping<F>(F);

impl<F: Formatter> Formatter for Escaping<F> {
    fn write_string_fragment<W: io::Write + ?Sized>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut written = 0;
        for (at, c) in fragment.char_indices().filter(|(at, c)| is_hidden(*c) || *c == '#' && is_command(&fragment[*at..])) {
            out.write_all(&fragment.as_bytes()[written..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            written = at + c.len_utf8();
        }
        out.write_all(&fragment.as_bytes()[written..])
    }

    fn begin_array<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: io::Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: io::Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_written_as_it_is_made() {
        let mut out = Vec::new();
        let lists = (List::new(1..3), List::new([0; 0].into_iter()), List::new((1..3).filter(|n| *n > 2)));
        pretty(&lists, &mut out).expect("a vector takes everything");
        assert_eq!(String::from_utf8(out).expect("JSON is UTF-8"), "[\n  [\n    1,\n    2\n  ],\n  [],\n  []\n]\n");
    }

    #[test]
    fn what_cannot_be_seen_is_written_by_its_number() {
        let text = "a\u{202e}b\u{9b}c\u{1b}é😀\n##[d]\u{feff}";
        let mut out = Vec::new();
        pretty(&serde_json::json!({ "t": [text] }), &mut out).expect("a vector takes everything");
        let written = String::from_utf8(out).expect("JSON is UTF-8");
        assert_eq!(written, "{\n  \"t\": [\n    \"a\\u202eb\\u009bc\\u001bé😀\\n\\u0023#[d]\\ufeff\"\n  ]\n}\n");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&written).expect("it is JSON")["t"][0], text);
    }
}
