//! Findings, and what is known of the rule that makes them.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use crate::{fix::Fix, origin::Address, source::Span};

/// How much a finding matters; `Off` exists only as a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Accepted but dangerous, without effect, or probably not meant.
    Warning,
    /// The provider will reject it, or it certainly does not do what it says.
    Error,
}

impl Severity {
    /// `error`, `warning` or `info`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is known of a rule without running it.
#[derive(Debug)]
pub struct Meta {
    /// kebab-case, `<group>-<problem>`, equal to folder and file name.
    pub id: &'static str,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// Markdown with the headings *What it checks*, *Why*, *Example*, *Fix*.
    pub docs: &'static str,
    /// The severity of most of its findings.
    pub severity: Severity,
    /// The first release that had it.
    pub since: &'static str,
    /// The rule's source file.
    pub file: &'static str,
    /// Rules that win when they report the same span.
    pub yields_to: &'static [&'static str],
    /// Whether it can offer a fix.
    pub fixable: bool,
}

impl Meta {
    /// The first word of the id: what `--select` takes as a group.
    #[must_use]
    pub fn group(&self) -> &'static str {
        self.id.split('-').next().unwrap_or(self.id)
    }

    /// Where its page is, derived from the package's homepage.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/blob/main/docs/rules.md#{}", env!("CARGO_PKG_REPOSITORY"), self.id)
    }
}

/// Makes a [`Meta`] of doc comments and a few words; remembers the file it stands in.
macro_rules! meta {
    ($(#[doc = $doc:literal])* $id:literal, $summary:literal, $severity:ident, since $since:literal
     $(, yields_to $yields:expr)? $(, fixable $fixable:literal)?) => {
        $crate::finding::Meta {
            id: $id,
            summary: $summary,
            docs: concat!($($doc, "\n"),*),
            severity: $crate::finding::Severity::$severity,
            since: $since,
            file: file!(),
            yields_to: { #[allow(unused_mut, unused_assignments, reason = "the list is optional")] { let mut list: &'static [&'static str] = &[]; $(list = $yields;)? list } },
            fixable: { #[allow(unused_mut, unused_assignments, reason = "the word is optional")] { let mut fixable = false; $(fixable = $fixable;)? fixable } },
        }
    };
}
pub(crate) use meta;

/// A text under a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What this text is, or what this step does.
    pub text: Cow<'static, str>,
}

/// One defect. `primary` is the literal to change; `secondary` is the way it took, in reading order.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Meta,
    /// As the rule set it, remapped by the configuration.
    pub severity: Severity,
    /// The subject it is about.
    pub address: Address,
    /// Further subjects with the same defect at the same place.
    pub also: Vec<Address>,
    /// What is wrong, with the value and the limit. No capital, no full stop.
    pub message: String,
    /// The literal to change.
    pub primary: Label,
    /// The way it took, in reading order.
    pub secondary: Vec<Label>,
    /// What to do, imperative.
    pub help: Option<String>,
    /// What would mend it.
    pub fix: Option<Fix>,
    /// Where the fact comes from: a URL.
    pub source: Option<String>,
    /// What tells this finding from others of the same rule and subject, whatever the lines: a tag key, a Sid.
    pub identity: String,
}
