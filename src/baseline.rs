//! The file of known findings: `taglint-baseline.json`.
//!
//! It is sorted and has one entry on each line, so that version control merges it. An entry names a finding by its fingerprint, which no line
//! number is part of; the rest of the entry is for people.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::finding::Finding;

/// The version of the file that is written.
const VERSION: u32 = 1;

/// Known findings, by fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<String, Entry>,
}

/// A known finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The file, relative to the tree.
    pub path: String,
    /// The rule.
    pub rule: String,
    /// The subject.
    pub address: String,
    /// The fingerprint.
    pub fp: String,
    /// Why it is left as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A file that is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is not the JSON that it should be.
    #[error("this is not a baseline")]
    Json(#[from] serde_json::Error),
    /// A newer taglint wrote it.
    #[error("this baseline has version {0}, and this taglint reads version {VERSION}")]
    Version(u32),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    findings: Vec<Entry>,
}

impl FromIterator<Entry> for Baseline {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        Self { entries: entries.into_iter().map(|entry| (entry.fp.clone(), entry)).collect() }
    }
}

impl Baseline {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// [`BaselineError`] if it is none, or one of another version.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let file: File = serde_json::from_str(text.trim_start_matches('\u{feff}'))?;
        if file.version != VERSION {
            return Err(BaselineError::Version(file.version));
        }
        Ok(file.findings.into_iter().collect())
    }

    /// The entry of a finding.
    #[must_use]
    pub fn get(&self, finding: &Finding) -> Option<&Entry> {
        self.entries.get(&finding.fingerprint.to_string())
    }

    /// All entries, sorted by path, rule, address and fingerprint.
    #[must_use]
    pub fn entries(&self) -> Vec<&Entry> {
        let mut entries: Vec<&Entry> = self.entries.values().collect();
        entries.sort();
        entries
    }

    /// Adds what `other` has; an entry that is here already stays as it is, with its reason.
    pub fn add(&mut self, other: Self) {
        for (fp, entry) in other.entries {
            self.entries.entry(fp).or_insert(entry);
        }
    }

    /// Keeps the entries that `keep` wants; tells how many went.
    pub fn retain(&mut self, keep: impl Fn(&Entry) -> bool) -> usize {
        let before = self.entries.len();
        self.entries.retain(|_, entry| keep(entry));
        before - self.entries.len()
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The text of the file.
    #[must_use]
    pub fn write(&self) -> String {
        let lines: Vec<String> = self.entries().into_iter().map(|entry| serde_json::json!(entry).to_string()).collect();
        let body = if lines.is_empty() { String::new() } else { format!("\n{}\n", lines.join(",\n")) };
        format!("{{\"version\":{VERSION},\"findings\":[{body}]}}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_sorted() {
        let text = "{\"version\":1,\"findings\":[\n\
            {\"path\":\"a.tf\",\"rule\":\"r\",\"address\":\"x\",\"fp\":\"02\"},\n\
            {\"path\":\"b.tf\",\"rule\":\"r\",\"address\":\"x\",\"fp\":\"01\",\"why\":\"old\"}\n]}\n";
        let baseline = Baseline::parse(text).expect("it is one");
        assert_eq!(baseline.write(), text);
        assert_eq!(Baseline::default().write(), "{\"version\":1,\"findings\":[]}\n");
        assert!(matches!(Baseline::parse("{\"version\":2,\"findings\":[]}"), Err(BaselineError::Version(2))));
        assert!(Baseline::parse("[]").is_err());
    }
}
