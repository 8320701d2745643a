//! The local values of a module. A large file may have millions of them, so that one takes no more than its place.

use std::borrow::Cow;

use crate::syntax::view::{Body, Expr};

/// Local values, by name.
#[derive(Debug, Default)]
pub struct Locals<'p> {
    /// Where each is declared: attributes, sorted by name once all are there.
    list: Vec<Expr<'p>>,
}

impl<'p> Locals<'p> {
    /// Takes what a `locals` block declares.
    pub(super) fn declare(&mut self, body: Body<'p>) {
        let from = self.list.len();
        self.list.extend(body.members_rev());
        self.list[from..].reverse();
    }

    /// The files are read: where one is declared twice, the first counts.
    pub(super) fn settle(&mut self) {
        self.sort();
        self.list.dedup_by(|later, first| name(*later) == name(*first));
        self.list.shrink_to_fit();
    }

    /// The override files are read, too: where one is declared twice, the last counts.
    pub(super) fn settle_overrides(&mut self) {
        self.sort();
        self.list.dedup_by(|later, first| {
            let same = name(*later) == name(*first);
            if same {
                *first = *later;
            }
            same
        });
    }

    fn sort(&mut self) {
        self.list.sort_by(|left, right| name(*left).cmp(&name(*right)));
    }

    /// The value of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Expr<'p>> {
        let at = self.list.binary_search_by(|attribute| (*self::name(*attribute)).cmp(name)).ok()?;
        self.list[at].attribute().map(|attribute| attribute.expr)
    }
}

fn name(attribute: Expr<'_>) -> Cow<'_, str> {
    attribute.attribute().map_or(Cow::Borrowed(""), |attribute| attribute.name)
}
