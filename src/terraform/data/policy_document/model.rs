//! A policy document as the provider holds it while it merges, and how it merges.

use crate::{
    origin::{HasOrigin, Origin},
    text::Text,
    value::Open,
};

/// A document: what a `source_policy_documents` element, the blocks, or all of them together say.
#[derive(Debug, Default)]
pub struct Document {
    pub version: Option<Text>,
    pub id: Option<Text>,
    pub statements: Vec<Item>,
    /// More members than these may join: part of it is not known.
    pub open: Option<Open>,
}

/// A statement, or a place where statements may stand that are not known.
#[derive(Debug, Clone)]
pub enum Item {
    Statement(Box<Statement>),
    Unknown(Open),
}

/// A statement. Its members are in the order in which the provider writes them.
#[derive(Debug, Clone)]
pub struct Statement {
    pub sid: Option<Text>,
    pub members: Vec<(Text, Node)>,
    pub open: Option<Open>,
    pub origin: Origin,
}

/// A value of a member.
#[derive(Debug, Clone)]
pub enum Node {
    Text(Text),
    /// A number, `true`, `false` or `null`, as it is written out.
    Word(String, Origin),
    List(Vec<Node>, Origin),
    Map(Vec<(Text, Node)>, Option<Open>, Origin),
    Unknown(Open),
}

impl Document {
    /// Lays another document over this one: a statement takes the place of the one with its Sid.
    pub fn merge(&mut self, new: Document) {
        self.id = match new.id {
            // Part of it being known is enough: then it is not empty.
            Some(id) if !id.is_known() || !id.decoded().is_empty() => Some(id),
            _ => self.id.take(),
        };
        self.version = newer(self.version.take(), new.version);
        self.open = self.open.or(new.open);
        for item in new.statements {
            match item {
                Item::Unknown(open) => {
                    // It may carry the Sid of any earlier one.
                    self.doubt(open, |_| true);
                    self.statements.push(Item::Unknown(open));
                }
                Item::Statement(statement) => self.add(statement),
            }
        }
    }

    fn add(&mut self, new: Box<Statement>) {
        let Some(sid) = new.sid.clone().filter(|sid| !sid.is_known() || !sid.decoded().is_empty()) else {
            self.statements.push(Item::Statement(new));
            return;
        };
        let Some(known) = sid.known() else {
            let open = unknown_part(&sid);
            let prefix = sid.known_prefix();
            self.doubt(open, |earlier| earlier.known_prefix().starts_with(prefix) || !earlier.is_known());
            self.statements.push(Item::Statement(new));
            return;
        };
        let same = |item: &&mut Item| matches!(item, Item::Statement(earlier) if earlier.sid.as_ref().and_then(Text::known) == Some(known));
        match self.statements.iter_mut().find(same) {
            Some(item) => *item = Item::Statement(new),
            None => {
                let open = crate::value::Open { why: crate::value::Unknown::AfterApply, span: sid.origin().span };
                self.doubt(open, |earlier| !earlier.is_known() && known.starts_with(earlier.known_prefix()));
                self.statements.push(Item::Statement(new));
            }
        }
    }

    /// Statements whose Sid may be that of a later one: they may be gone.
    fn doubt(&mut self, open: Open, may_match: impl Fn(&Text) -> bool) {
        for item in &mut self.statements {
            if let Item::Statement(statement) = item
                && statement.sid.as_ref().is_some_and(|sid| (!sid.is_known() || !sid.decoded().is_empty()) && may_match(sid))
            {
                *item = Item::Unknown(open);
            }
        }
    }
}

/// The later of two versions, which are dates.
fn newer(old: Option<Text>, new: Option<Text>) -> Option<Text> {
    match (old, new) {
        (Some(old), Some(new)) => match (old.known(), new.known()) {
            (Some(known), Some(other)) => Some(if other > known { new } else { old }),
            (Some(_), None) => Some(new),
            (None, _) => Some(old),
        },
        (old, new) => old.or(new),
    }
}

/// Why part of a text is not known.
pub fn unknown_part(text: &Text) -> Open {
    let (span, reason) = text.first_unknown().unwrap_or((text.origin().span, "known after apply"));
    Open { why: crate::value::Unknown::Unsupported(reason), span }
}
