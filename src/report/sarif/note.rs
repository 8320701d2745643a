//! Notifications that count something. The number is a property, too, so that those of several runs can be added up.

use serde_json::{Value, json};

use crate::report::summary::{count, stale};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// Findings beyond [`MOST_RESULTS`](super::MOST_RESULTS).
    Omitted,
    /// Entries of the baseline that hide nothing.
    Stale,
    /// Findings in the baseline that are not listed.
    Baselined,
}

impl Note {
    /// All of them, in the order in which a run has them.
    pub const ALL: &[Note] = &[Note::Omitted, Note::Stale, Note::Baselined];

    /// The property that holds the number.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Note::Omitted => "taglint/omitted",
            Note::Stale => "taglint/stale",
            Note::Baselined => "taglint/baselined",
        }
    }

    /// The notification of so many; none of nothing.
    #[must_use]
    pub fn of(self, number: usize) -> Option<Value> {
        let (level, text) = match self {
            Note::Omitted => {
                ("warning", format!("{} omitted, the least severe ones; the format `json` has all of them.", count(number, "finding")))
            }
            Note::Stale => ("note", format!("{}.", stale(number))),
            Note::Baselined => ("note", format!("{} in the baseline, not listed here.", count(number, "finding"))),
        };
        (number > 0).then(|| json!({ "level": level, "message": { "text": text }, "properties": { self.name(): number } }))
    }
}
