//! What formats may show of a run: findings without secrets, and positions.
//!
//! Formats take every text of a finding from here, so none of them can print a secret.

use std::{borrow::Cow, cell::RefCell, collections::HashSet, ops::Range};

use super::{Report, place::Places};
use crate::{
    finding::{Finding, Label},
    mask::{Masker, Secrets, cover, merge},
    source::{Boundary, ColumnUnit, Position, SourceId, Span},
    suppression::Suppressed,
};

/// A report, seen by a format.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    /// The run. Its texts are not safe to print; `text`, `finding` and `secrets` make them so.
    pub report: &'a Report<'a>,
    /// The secrets in its sources.
    pub secrets: Secrets<'a>,
    places: Places<'a>,
    /// Texts in which nothing looks like a secret: most findings of a rule say the same.
    clean: RefCell<HashSet<Box<str>>>,
}

/// How many such texts are remembered.
const REMEMBERED: usize = 1000;

/// How far around a place its secrets are looked for, in texts about it.
const NEAR: usize = 256;
/// A secret of so many bytes is covered inside of words, too.
const LONG: usize = 8;

impl<'a> Shown<'a> {
    /// Nothing is searched or counted before it is asked for.
    pub(super) fn new(report: &'a Report<'a>) -> Self {
        let analysis = report.analysis;
        let findings = analysis.findings.iter().chain(analysis.suppressed.iter().map(|suppressed| &suppressed.finding));
        Self {
            report,
            secrets: Secrets::new(Masker::embedded()).covering(findings),
            places: Places::new(report.sources),
            clean: RefCell::default(),
        }
    }

    /// Where `offset` is, counted in `unit`.
    pub(super) fn position(&self, source: SourceId, offset: u32, unit: ColumnUnit) -> Position {
        self.places.position(source, offset, unit)
    }

    /// Any text, without what looks like a secret by itself.
    pub(super) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        cover(text, &self.found(text))
    }

    /// Where `text` has what looks like a secret by itself.
    fn found(&self, text: &str) -> Vec<Range<usize>> {
        if self.clean.borrow().contains(text) {
            return Vec::new();
        }
        let found = self.secrets.masker().find(text);
        let mut clean = self.clean.borrow_mut();
        if found.is_empty() && clean.len() < REMEMBERED {
            clean.insert(text.into());
        }
        found
    }

    /// A finding without secrets: neither what looks like one, nor what stands near its places and looks like one there. Of our own sentences
    /// only what they quote can be a secret. A fix that would write one is left out.
    pub(super) fn finding(&self, finding: &Finding) -> Finding {
        let known = self.known(finding);
        let clean = |text: &str| cover(text, &self.covered(text, &known)).into_owned();
        let is_clean = |text: &str| self.covered(text, &known).is_empty();
        let says = |text: &str| {
            let covered = self.covered(text, &known);
            if covered.is_empty() {
                return text.to_owned();
            }
            let quotes = quotes(text);
            let inner = |secret: Range<usize>| {
                let parts = quotes.iter().map(move |quote| secret.start.max(quote.start)..secret.end.min(quote.end));
                parts.filter(|part| part.start < part.end)
            };
            cover(text, &covered.into_iter().flat_map(inner).collect::<Vec<_>>()).into_owned()
        };
        let label = |label: &Label| Label { span: label.span, text: says(&label.text).into() };
        Finding {
            rule: finding.rule,
            severity: finding.severity,
            address: crate::origin::Address(clean(&finding.address.0).into()),
            subject: finding.subject,
            calls: finding.calls.clone(),
            also: finding.also.iter().map(|also| crate::origin::Address(clean(&also.0).into())).collect(),
            instances: Vec::new(),
            message: says(&finding.message),
            primary: label(&finding.primary),
            secondary: finding.secondary.iter().map(label).collect(),
            help: finding.help.as_deref().map(says),
            fix: finding
                .fix
                .as_ref()
                .filter(|fix| fix.edits.iter().all(|edit| is_clean(&edit.replacement)) && says(&fix.title) == fix.title)
                .cloned(),
            source: finding.source.as_deref().map(|source| self.text(source).into_owned()),
            // No format shows it.
            identity: String::new(),
            scope: finding.scope,
            secret: finding.secret,
            fingerprint: finding.fingerprint,
        }
    }

    /// Where `text` has what looks like a secret by itself, or one that is known: sorted, none touches another.
    fn covered(&self, text: &str, known: &[String]) -> Vec<Range<usize>> {
        let mut found = self.found(text);
        if known.is_empty() {
            return found;
        }
        found.extend(known.iter().flat_map(|secret| occurrences(text, secret)));
        merge(found)
    }

    /// The findings that count and that a person wants to see.
    pub(super) fn counting(&self) -> impl Iterator<Item = &'a Finding> {
        let style = self.report.style;
        let most = if style.statistics { 0 } else { style.max_findings.unwrap_or(usize::MAX) };
        self.report.analysis.findings.iter().filter(move |finding| finding.severity >= style.min_severity).take(most)
    }

    /// The findings that do not count, where a person wants to see them.
    pub(super) fn ignored(&self) -> impl Iterator<Item = &'a Suppressed> {
        let style = self.report.style;
        let wanted = move |suppressed: &&Suppressed| style.show_ignored && suppressed.finding.severity >= style.min_severity;
        self.report.analysis.suppressed.iter().filter(wanted)
    }

    /// A reason that an author wrote.
    pub(super) fn reason(&self, suppressed: &Suppressed) -> Option<String> {
        suppressed.reason.as_deref().map(|reason| self.text(reason).into_owned())
    }

    /// The secrets in the sources near the places of a finding, as they are written and as they are meant.
    fn known(&self, finding: &Finding) -> Vec<String> {
        let mut known = Vec::new();
        for span in std::iter::once(&finding.primary).chain(&finding.secondary).map(|label| label.span) {
            let source = self.report.sources.get(span.source);
            let text = source.text();
            let near = |span: Span| -> Range<usize> {
                let start = text.floor_char_boundary_at((span.start as usize).saturating_sub(NEAR));
                start..text.ceil_char_boundary_at(span.end as usize + NEAR)
            };
            for secret in self.secrets.within(source, near(span)) {
                let written = &text[secret];
                if written.contains('\\') {
                    known.extend(serde_json::from_str::<String>(&format!("\"{written}\"")));
                }
                // A text may quote one line of a key.
                known.extend(written.lines().map(str::trim).filter(|line| line.len() >= LONG).map(str::to_owned));
                known.push(written.to_owned());
            }
        }
        known.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        known.dedup();
        known
    }
}

/// What a sentence of ours quotes: the texts between backticks. All of it, where a quoted text has backticks itself, so that they could be
/// read in another way.
fn quotes(text: &str) -> Vec<Range<usize>> {
    let ticks: Vec<usize> = memchr::memchr_iter(b'`', text.as_bytes()).collect();
    let opens = |at: usize| text[..at].chars().next_back().is_none_or(|c| matches!(c, ' ' | '(' | '['));
    let closes = |at: usize| text[at + 1..].chars().next().is_none_or(|c| " ,.;:?!)]".contains(c));
    let (pairs, rest) = ticks.as_chunks::<2>();
    if rest.is_empty() && pairs.iter().all(|[open, close]| opens(*open) && closes(*close)) {
        return pairs.iter().map(|[open, close]| open + 1..*close).collect();
    }
    std::iter::once(0..text.len()).collect()
}

/// Where `secret` stands in `text`: anywhere if it is long, as a word of its own if it is short.
fn occurrences(text: &str, secret: &str) -> Vec<Range<usize>> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let alone =
        |at: usize| !text[..at].chars().next_back().is_some_and(word) && !text[at + secret.len()..].chars().next().is_some_and(word);
    let found = text.match_indices(secret).map(|(at, _)| at);
    found.filter(|at| secret.len() >= LONG || alone(*at)).map(|at| at..at + secret.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_told_apart_from_our_words() {
        let quoted = |text: &'static str| quotes(text).into_iter().map(|range| &text[range]).collect::<Vec<_>>();
        assert_eq!(quoted("tag key `long` is too long (`a`, `b c`)"), ["long", "a", "b c"]);
        assert_eq!(quoted("`x` is long"), ["x"]);
        assert_eq!(quoted("nothing"), [""; 0]);
        for text in ["tag key `a`b` is long", "`a ` b` is `c ` d`", "``a` and `b``"] {
            assert_eq!(quoted(text), [text]);
        }
    }
}
