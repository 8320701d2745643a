//! Findings, and what is known of the rule that makes them.

use std::{borrow::Cow, fmt, sync::Arc};

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
    /// Rules that win where both have something to say.
    pub yields_to: &'static [Yield],
    /// Whether it can offer a fix.
    pub fixable: bool,
    /// Whether it runs only where the configuration asks for it.
    pub optional: bool,
}

/// A rule that wins, and how near its finding must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Yield {
    /// The id of the rule that wins.
    pub rule: &'static str,
    /// How near.
    pub within: Within,
}

/// How near to each other two findings are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// At the same place; in a statement also where one place holds the other.
    Place,
    /// In the same statement of a policy.
    Statement,
    /// About the same subject.
    Subject,
}

impl Yield {
    /// Wins at the same place.
    #[must_use]
    pub const fn place(rule: &'static str) -> Self {
        Self { rule, within: Within::Place }
    }

    /// Wins in the same statement.
    #[must_use]
    pub const fn statement(rule: &'static str) -> Self {
        Self { rule, within: Within::Statement }
    }

    /// Wins for the whole subject.
    #[must_use]
    pub const fn subject(rule: &'static str) -> Self {
        Self { rule, within: Within::Subject }
    }
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
        format!("{}/blob/main/docs/rules/{}.md", env!("CARGO_PKG_REPOSITORY"), self.id)
    }
}

/// Makes a [`Meta`] of doc comments and a few words; remembers the file it stands in.
macro_rules! meta {
    ($(#[doc = $doc:literal])* $id:literal, $summary:literal, $severity:ident, since $since:literal
     $(, yields_to $yields:expr)? $(, fixable $fixable:literal)? $(, optional $optional:literal)?) => {
        $crate::finding::Meta {
            id: $id,
            summary: $summary,
            docs: concat!($($doc, "\n"),*),
            severity: $crate::finding::Severity::$severity,
            since: $since,
            file: file!(),
            yields_to: { #[allow(unused_mut, unused_assignments, reason = "the list is optional")] { let mut list: &'static [$crate::finding::Yield] = &[]; $(list = $yields;)? list } },
            fixable: { #[allow(unused_mut, unused_assignments, reason = "the word is optional")] { let mut fixable = false; $(fixable = $fixable;)? fixable } },
            optional: { #[allow(unused_mut, unused_assignments, reason = "the word is optional")] { let mut optional = false; $(optional = $optional;)? optional } },
        }
    };
}
pub(crate) use meta;

/// Sixteen hex digits that tell a finding from all others: see [`crate::fingerprint`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u64);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A finding of one subject, before findings of one literal became one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// The subject.
    pub address: Address,
    /// What tells this finding from all others.
    pub fingerprint: Fingerprint,
}

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
    /// The block or body that the subject is.
    pub subject: Span,
    /// The module calls on the way to the subject, outermost first: their blocks.
    pub calls: Arc<[Span]>,
    /// Further subjects with the same defect at the same place.
    pub also: Vec<Address>,
    /// Each subject with its fingerprint; empty until findings of one literal have become one.
    pub instances: Vec<Instance>,
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
    /// What tells this finding from all others, whatever moves around it. The analysis sets it.
    pub fingerprint: Fingerprint,
    /// What it is a finding in.
    pub scope: Scope,
    /// The text at the primary place is a secret, whatever it looks like: nothing prints it.
    pub secret: bool,
}

/// What a finding is a finding in: the reach of other rules that win over its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Scope {
    /// The number of its subject in the analysis.
    pub subject: Option<u32>,
    /// The number of its statement, in a policy.
    pub statement: Option<u32>,
}
