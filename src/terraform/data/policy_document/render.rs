//! A document as text, as Go's encoder writes it.

use super::model::{Document, Item, Node, Statement};
use crate::{
    origin::{HasOrigin, Origin},
    terraform::functions::json::push_escaped,
    text::{Text, TextBuilder},
    value::Open,
};

/// How the text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// A line for each member and element, two spaces a level.
    Indented,
    /// No white space.
    Minified,
}

/// The document's text. `whole` stands for the characters that nothing was written for.
#[must_use]
pub fn render(document: &Document, layout: Layout, whole: &Origin) -> Text {
    let mut writer = Writer { out: Text::build(whole.clone()), layout, depth: 0 };
    writer.document(document, whole);
    writer.out.finish()
}

struct Writer {
    out: TextBuilder,
    layout: Layout,
    depth: usize,
}

impl Writer {
    fn document(&mut self, document: &Document, whole: &Origin) {
        let mut list = self.start("{", whole);
        for (name, text) in [("Version", &document.version), ("Id", &document.id)] {
            if let Some(text) = text.as_ref().filter(|text| !text.is_known() || !text.decoded().is_empty()) {
                self.next(&mut list, whole);
                self.key(&Text::derived(name, text.origin()));
                self.string(text);
            }
        }
        if !document.statements.is_empty() {
            self.next(&mut list, whole);
            self.key(&Text::derived("Statement", whole.clone()));
            let mut items = self.start("[", whole);
            for item in &document.statements {
                self.next(&mut items, whole);
                match item {
                    Item::Statement(statement) => self.statement(statement),
                    Item::Unknown(open) => self.unknown(*open),
                }
            }
            self.end("]", &items, whole);
        }
        self.open(document.open, &mut list, whole);
        self.end("}", &list, whole);
    }

    fn statement(&mut self, statement: &Statement) {
        self.map(&statement.members, statement.open, &statement.origin);
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Text(text) => self.string(text),
            Node::Word(word, origin) => self.out.push_folded(word, origin.clone()),
            Node::Unknown(open) => self.unknown(*open),
            Node::Map(members, open, origin) => self.map(members, *open, origin),
            Node::List(elements, origin) => {
                let mut list = self.start("[", origin);
                for element in elements {
                    self.next(&mut list, origin);
                    self.node(element);
                }
                self.end("]", &list, origin);
            }
        }
    }

    fn map(&mut self, members: &[(Text, Node)], open: Option<Open>, origin: &Origin) {
        let mut list = self.start("{", origin);
        for (key, node) in members {
            self.next(&mut list, origin);
            self.key(key);
            self.node(node);
        }
        self.open(open, &mut list, origin);
        self.end("}", &list, origin);
    }

    fn key(&mut self, key: &Text) {
        self.string(key);
        let colon = if self.layout == Layout::Indented { ": " } else { ":" };
        self.out.push_folded(colon, key.origin());
    }

    fn string(&mut self, text: &Text) {
        self.out.push_folded("\"", text.origin());
        push_escaped(&mut self.out, text);
        self.out.push_folded("\"", text.origin());
    }

    fn unknown(&mut self, open: Open) {
        self.out.push_unknown(Origin::at(open.span), open.why.reason());
    }

    /// More members may follow.
    fn open(&mut self, open: Option<Open>, list: &mut List, origin: &Origin) {
        if let Some(open) = open {
            self.next(list, origin);
            self.unknown(open);
        }
    }

    fn start(&mut self, bracket: &str, origin: &Origin) -> List {
        self.out.push_folded(bracket, origin.clone());
        self.depth += 1;
        List { is_empty: true }
    }

    /// The place of the next member or element.
    fn next(&mut self, list: &mut List, origin: &Origin) {
        if !list.is_empty {
            self.out.push_folded(",", origin.clone());
        }
        list.is_empty = false;
        self.line(origin);
    }

    fn end(&mut self, bracket: &str, list: &List, origin: &Origin) {
        self.depth -= 1;
        if !list.is_empty {
            self.line(origin);
        }
        self.out.push_folded(bracket, origin.clone());
    }

    fn line(&mut self, origin: &Origin) {
        if self.layout == Layout::Indented {
            self.out.push_folded(&format!("\n{}", "  ".repeat(self.depth)), origin.clone());
        }
    }
}

/// Whether a member or element was written already.
struct List {
    is_empty: bool,
}
