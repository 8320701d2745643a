//! Writing values as JSON and as HCL, with the place of each member and value.

use std::{collections::HashMap, ops::Range};

use serde_json::Value;

/// Characters, and where the names and values of a document are in them, by JSON Pointer.
#[derive(Debug, Clone, Default)]
pub struct Written {
    pub text: String,
    pub names: HashMap<String, Range<usize>>,
    pub values: HashMap<String, Range<usize>>,
}

/// How values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// JSON on one line.
    Compact,
    /// JSON with a line for each member.
    Pretty,
    /// An expression of Terraform.
    Hcl,
}

impl Written {
    pub fn of(value: &Value, style: Style) -> Self {
        let mut written = Self::default();
        written.value(value, "", style, 0);
        written
    }

    /// The range of a place: `/a/b`, `/a/b#` for the name, `/a/b@` for both.
    pub fn place(&self, at: &str) -> Option<Range<usize>> {
        if let Some(at) = at.strip_suffix('#') {
            self.names.get(at).cloned()
        } else if let Some(at) = at.strip_suffix('@') {
            Some(self.names.get(at)?.start..self.values.get(at)?.end)
        } else {
            self.values.get(at).cloned()
        }
    }

    fn value(&mut self, value: &Value, at: &str, style: Style, depth: usize) {
        let start = self.text.len();
        match value {
            Value::Object(members) => {
                let members: Vec<(String, &Value)> = members.iter().map(|(name, value)| (name.clone(), value)).collect();
                self.items(("{", "}"), members.len(), style, depth, |written, nth| {
                    let (name, value) = &members[nth];
                    let below = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                    let from = written.text.len();
                    written.string(name, style);
                    written.names.insert(below.clone(), from..written.text.len());
                    written.text.push_str(match style {
                        Style::Compact => ":",
                        Style::Pretty => ": ",
                        Style::Hcl => " = ",
                    });
                    written.value(value, &below, style, depth + 1);
                });
            }
            Value::Array(values) => {
                self.items(("[", "]"), values.len(), style, depth, |written, nth| {
                    written.value(&values[nth], &format!("{at}/{nth}"), style, depth + 1);
                });
            }
            Value::String(text) => self.string(text, style),
            other => self.text.push_str(&other.to_string()),
        }
        self.values.insert(at.to_owned(), start..self.text.len());
    }

    fn items(&mut self, brackets: (&str, &str), count: usize, style: Style, depth: usize, mut item: impl FnMut(&mut Self, usize)) {
        self.text.push_str(brackets.0);
        let lines = style != Style::Compact && count > 0;
        for nth in 0..count {
            if nth > 0 {
                self.text.push(',');
            }
            if lines {
                self.text.push('\n');
                self.text.push_str(&"  ".repeat(depth + 1));
            }
            item(self, nth);
        }
        if lines {
            self.text.push('\n');
            self.text.push_str(&"  ".repeat(depth));
        }
        self.text.push_str(brackets.1);
    }

    fn string(&mut self, text: &str, style: Style) {
        let json = Value::String(text.to_owned()).to_string();
        self.text.push_str(&match style {
            Style::Compact | Style::Pretty => json,
            Style::Hcl => json.replace("${", "$${").replace("%{", "%%{"),
        });
    }

    /// Puts this text into another one: `change` gives what each character becomes.
    pub fn into(self, before: &str, change: impl Fn(&str, usize, char) -> String, after: &str) -> Self {
        let mut text = before.to_owned();
        let mut at = Vec::with_capacity(self.text.len() + 1);
        for (offset, c) in self.text.char_indices() {
            at.resize(offset + 1, text.len());
            text.push_str(&change(&self.text, offset, c));
            at.resize(offset + c.len_utf8(), text.len());
        }
        at.push(text.len());
        text.push_str(after);
        let moved = |places: HashMap<String, Range<usize>>| {
            places.into_iter().map(|(pointer, range)| (pointer, at[range.start]..at[range.end])).collect()
        };
        Self { names: moved(self.names), values: moved(self.values), text }
    }
}

/// As a character stands in a JSON string.
pub fn escaped(_: &str, _: usize, c: char) -> String {
    let quoted = Value::String(c.to_string()).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// As a character stands in a heredoc with an indentation of four.
pub fn in_heredoc(text: &str, offset: usize, c: char) -> String {
    match c {
        '\n' => "\n    ".to_owned(),
        '$' | '%' if text[offset + 1..].starts_with('{') => format!("{c}{c}"),
        _ => c.to_string(),
    }
}
