//! What a run amounts to, for people: the lines under the findings.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{shown::Shown, snippet::visible};
use crate::{
    finding::Severity,
    source::{ColumnUnit, Span},
    suppression::SuppressionKind,
};

/// Colours, or none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    on: bool,
}

impl Paint {
    /// Paints if `on`.
    pub(super) fn new(on: bool) -> Self {
        Self { on }
    }

    /// In bold.
    pub(super) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// In the background.
    pub(super) fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    /// In the colour of what is well.
    pub(super) fn good(self, text: &str) -> String {
        self.wrap("32", text)
    }

    /// In the colour of a word such as `help`.
    pub(super) fn accent(self, text: &str) -> String {
        self.wrap("36", text)
    }

    /// In the colour of a severity.
    pub(super) fn severity(self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Error => "31;1",
            Severity::Warning => "33;1",
            Severity::Info => "36;1",
        };
        self.wrap(code, text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.on { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// `1 file`, `2 files`.
pub(super) fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// `path:line:column` of a place, columns counted in characters.
pub(super) fn place(shown: &Shown<'_>, span: Span) -> String {
    let path = shown.text(shown.report.sources.get(span.source).path()).into_owned();
    let at = shown.position(span.source, span.start, ColumnUnit::Chars);
    format!("{}:{}:{}", visible(&path), at.line, at.column)
}

/// The lines under the findings: unknowns, inputs not looked at, coverage, counts. Empty where the report is to be quiet.
pub(super) fn summary(shown: &Shown<'_>) -> String {
    let report = shown.report;
    let mut out = String::new();
    if report.style.statistics {
        statistics(shown, &mut out);
    }
    if report.style.show_unknown {
        unknowns(shown, &mut out);
    }
    incomplete(shown, &mut out);
    if !report.style.quiet {
        closing(shown, &mut out);
    }
    out
}

/// How many findings each rule has, the most frequent first.
fn statistics(shown: &Shown<'_>, out: &mut String) {
    let mut rules: BTreeMap<&'static str, (usize, Severity)> = BTreeMap::new();
    for finding in &shown.report.analysis.findings {
        let (n, worst) = rules.entry(finding.rule.id).or_insert((0, finding.severity));
        *n += 1;
        *worst = finding.severity.max(*worst);
    }
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by_key(|(id, (n, _))| (std::cmp::Reverse(*n), *id));
    let paint = Paint::new(shown.report.style.color);
    for (id, (n, severity)) in &rules {
        line(out, &format!("{n:>7}  {}  {id}", paint.severity(*severity, &format!("{:7}", severity.as_str()))));
    }
    if !rules.is_empty() {
        out.push('\n');
    }
}

fn unknowns(shown: &Shown<'_>, out: &mut String) {
    let unknowns = &shown.report.analysis.unknowns;
    if unknowns.is_empty() {
        return;
    }
    let paint = Paint::new(shown.report.style.color);
    line(out, &paint.bold(&format!("{} not known:", count(unknowns.len(), "value"))));
    for unknown in unknowns {
        let address = shown.text(&unknown.address.0);
        line(out, &format!("  {}: {}: {}", place(shown, unknown.span), visible(&address), unknown.reason));
    }
    out.push('\n');
}

fn incomplete(shown: &Shown<'_>, out: &mut String) {
    let incomplete = &shown.report.analysis.incomplete;
    if incomplete.is_empty() {
        return;
    }
    let paint = Paint::new(shown.report.style.color);
    let heading = format!("{} not looked at in full:", count(incomplete.len(), "input"));
    line(out, &paint.severity(Severity::Error, &heading));
    for input in incomplete {
        let message = shown.text(&input.message);
        let path = shown.text(&input.path);
        let place = input.span.map_or_else(|| visible(&path).into_owned(), |span| place(shown, span));
        line(out, &format!("  {place}: {}", visible(&message)));
    }
    out.push('\n');
}

fn closing(shown: &Shown<'_>, out: &mut String) {
    let analysis = shown.report.analysis;
    let coverage = &analysis.coverage;
    let paint = Paint::new(shown.report.style.color);
    let files = count(coverage.files, "file");
    let all_judged = coverage.judged == coverage.tag_sets && coverage.policies_judged == coverage.policies;
    let maps = judged(shown, all_judged);
    let nothing_left_out = all_judged && coverage.modules_not_followed == 0 && analysis.incomplete.is_empty() && analysis.stale.is_empty();
    let counts = counts(shown);
    if counts.is_empty() && hidden(shown).is_empty() && nothing_left_out {
        line(out, &format!("{files}, {maps}: {}", paint.good("no findings")));
        return;
    }
    line(out, &format!("{files}, {maps}"));
    if coverage.modules_not_followed > 0 {
        line(out, &format!("{} not followed: the code is not here", count(coverage.modules_not_followed, "module call")));
    }
    let counts = if counts.is_empty() { paint.good("no findings") } else { counts };
    let hidden = hidden(shown);
    let hidden = if hidden.is_empty() { hidden } else { paint.dim(&format!(" ({hidden})")) };
    line(out, &format!("{counts}{hidden}"));
    if !analysis.stale.is_empty() {
        line(out, &stale(analysis.stale.len()));
    }
}

/// What is to be known of so many entries of the baseline whose finding is gone, or is one of a rule that is locked by now.
pub(super) fn stale(number: usize) -> String {
    let (entries, them) = match number {
        1 => ("1 entry of the baseline hides nothing".to_owned(), "it"),
        _ => (format!("{number} entries of the baseline hide nothing"), "them"),
    };
    format!("{entries}: `taglint baseline prune` drops {them}")
}

/// `2 of 3 tag maps judged (1 could not be: 1 known after apply)`; policies are named where there are any.
fn judged(shown: &Shown<'_>, all_judged: bool) -> String {
    let coverage = &shown.report.analysis.coverage;
    let policies = |n: usize| if n == 1 { "1 policy".to_owned() } else { format!("{n} policies") };
    match (coverage.tag_sets, coverage.policies, all_judged) {
        (0, 0, _) => "no tag maps".to_owned(),
        (1, 0, true) => "1 tag map judged".to_owned(),
        (n, 0, true) => format!("all {n} tag maps judged"),
        (0, n, true) => format!("{} judged", policies(n)),
        (n, m, true) => format!("{} and {} judged", count(n, "tag map"), policies(m)),
        (n, 0, false) => format!("{} of {} judged{}", coverage.judged, count(n, "tag map"), reasons(shown)),
        (0, n, false) => format!("{} of {} judged{}", coverage.policies_judged, policies(n), reasons(shown)),
        (n, m, false) => format!(
            "{} of {} and {} of {} judged{}",
            coverage.judged,
            count(n, "tag map"),
            coverage.policies_judged,
            policies(m),
            reasons(shown)
        ),
    }
}

/// ` (2 could not be: 1 known after apply, 1 variable without a value)`.
fn reasons(shown: &Shown<'_>) -> String {
    let coverage = &shown.report.analysis.coverage;
    let reasons: Vec<String> = coverage.unknown.iter().map(|(reason, n)| format!("{n} {reason}")).collect();
    let left = (coverage.tag_sets + coverage.policies).saturating_sub(coverage.judged + coverage.policies_judged);
    let colon = if reasons.is_empty() { "" } else { ": " };
    format!(" ({left} could not be{colon}{})", reasons.join(", "))
}

/// `3 errors, 1 warning`: what is shown.
fn counts(shown: &Shown<'_>) -> String {
    painted(shown, shown.report.style.min_severity, Paint::new(shown.report.style.color))
}

/// The same without colours, from a severity on.
pub(super) fn counts_of(shown: &Shown<'_>, from: Severity) -> String {
    painted(shown, from, Paint::new(false))
}

fn painted(shown: &Shown<'_>, from: Severity, paint: Paint) -> String {
    let counts = [Severity::Error, Severity::Warning, Severity::Info].into_iter().filter(|severity| *severity >= from);
    let counts = counts.filter_map(|severity| {
        let n = number(shown, severity);
        (n > 0).then(|| paint.severity(severity, &noun(n, severity)))
    });
    counts.collect::<Vec<_>>().join(", ")
}

/// `2 infos not shown, 1 suppressed`: what is not.
fn hidden(shown: &Shown<'_>) -> String {
    let hidden_at = |severity: &Severity| *severity < shown.report.style.min_severity;
    let mut parts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .filter(hidden_at)
        .map(|severity| (number(shown, severity), severity))
        .filter(|(n, _)| *n > 0)
        .map(|(n, severity)| format!("{} not shown", noun(n, severity)))
        .collect();
    let shown_at = shown.report.analysis.findings.iter().filter(|finding| finding.severity >= shown.report.style.min_severity).count();
    if let Some(more) = shown.report.style.max_findings.and_then(|most| shown_at.checked_sub(most)).filter(|more| *more > 0) {
        parts.push(format!("{more} more not shown"));
    }
    for (kind, name) in [
        (SuppressionKind::Comment, "suppressed"),
        (SuppressionKind::Config, "ignored by the configuration"),
        (SuppressionKind::Baseline, "in the baseline"),
    ] {
        let n = shown.report.analysis.suppressed.iter().filter(|suppressed| suppressed.kind == kind).count();
        if n > 0 {
            parts.push(format!("{n} {name}"));
        }
    }
    if shown.report.analysis.unchanged > 0 {
        parts.push(format!("{} unchanged", shown.report.analysis.unchanged));
    }
    parts.join(", ")
}

fn number(shown: &Shown<'_>, severity: Severity) -> usize {
    shown.report.analysis.findings.iter().filter(|finding| finding.severity == severity).count()
}

fn noun(n: usize, severity: Severity) -> String {
    match severity {
        Severity::Error => count(n, "error"),
        Severity::Warning => count(n, "warning"),
        Severity::Info => format!("{n} info"),
    }
}

fn line(out: &mut String, text: &str) {
    let _ = writeln!(out, "{text}");
}
