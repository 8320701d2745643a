//! Joins the analyses of several configurations into one report.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use taglint::{
    analysis::{Analysis, Incomplete, Suppressed, UnknownValue},
    baseline,
    finding::Finding,
    source::{Source, SourceId, Sources, Span},
};

/// What one configuration's run yields.
pub struct Part {
    /// The tree that its paths are relative to.
    pub root: PathBuf,
    pub sources: Sources,
    pub analysis: Analysis,
}

/// One report's worth of sources and findings. Where the trees differ, paths become relative to the directory above them all.
pub fn join(mut parts: Vec<Part>) -> (Sources, Analysis) {
    if parts.len() < 2 {
        return parts.pop().map(|part| (part.sources, part.analysis)).unwrap_or_default();
    }
    let common = common(&parts);
    let mut list: Vec<Arc<Source>> = Vec::new();
    let mut whole = Analysis::default();
    for part in parts {
        let prefix = part.root.strip_prefix(&common).unwrap_or(&part.root).to_string_lossy().replace('\\', "/");
        let offset = list.len() as u32;
        for source in part.sources.iter() {
            let id = SourceId(source.id().0 + offset);
            list.push(Arc::new(Source::new(id, under(&prefix, source.path()), source.text().as_bytes().to_vec())));
        }
        add(&mut whole, part.analysis, offset, &prefix);
    }
    sort(&mut whole, &list);
    (Sources::new(list), whole)
}

fn common(parts: &[Part]) -> PathBuf {
    let first = parts.first().map(|part| part.root.as_path()).unwrap_or(Path::new(""));
    let common = first.ancestors().find(|above| parts.iter().all(|part| part.root.starts_with(above)));
    common.unwrap_or(Path::new("")).to_path_buf()
}

fn under(prefix: &str, path: &str) -> String {
    if prefix.is_empty() { path.to_owned() } else { format!("{prefix}/{path}") }
}

/// Adds an analysis whose sources begin at `offset`.
fn add(whole: &mut Analysis, part: Analysis, offset: u32, prefix: &str) {
    let Analysis { findings, suppressed, incomplete, unknowns, coverage, foreign, stale, unchanged } = part;
    whole.unchanged += unchanged;
    whole.stale.extend(stale.into_iter().map(|entry| baseline::Entry { path: under(prefix, &entry.path), ..entry }));
    whole.findings.extend(findings.into_iter().map(|finding| moved(finding, offset)));
    whole.suppressed.extend(suppressed.into_iter().map(|suppressed| Suppressed {
        finding: moved(suppressed.finding, offset),
        by: suppressed.by.map(|span| shift(span, offset)),
        ..suppressed
    }));
    whole.incomplete.extend(incomplete.into_iter().map(|Incomplete { path, message, span }| Incomplete {
        path: under(prefix, &path),
        message,
        span: span.map(|span| shift(span, offset)),
    }));
    whole.unknowns.extend(unknowns.into_iter().map(|unknown| UnknownValue { span: shift(unknown.span, offset), ..unknown }));
    whole.foreign.extend(foreign.into_iter().map(|(SourceId(id), why)| (SourceId(id + offset), why)));
    whole.coverage.files += coverage.files;
    whole.coverage.skipped += coverage.skipped;
    whole.coverage.tag_sets += coverage.tag_sets;
    whole.coverage.policies += coverage.policies;
    whole.coverage.policies_judged += coverage.policies_judged;
    whole.coverage.judged += coverage.judged;
    whole.coverage.modules_not_followed += coverage.modules_not_followed;
    for (reason, count) in coverage.unknown {
        *whole.coverage.unknown.entry(reason).or_default() += count;
    }
}

fn shift(span: Span, offset: u32) -> Span {
    Span { source: SourceId(span.source.0 + offset), ..span }
}

fn moved(mut finding: Finding, offset: u32) -> Finding {
    finding.primary.span = shift(finding.primary.span, offset);
    finding.subject = shift(finding.subject, offset);
    finding.calls = finding.calls.iter().map(|call| shift(*call, offset)).collect();
    for label in &mut finding.secondary {
        label.span = shift(label.span, offset);
    }
    for edit in finding.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
        edit.span = shift(edit.span, offset);
    }
    finding
}

/// The order that an analysis has; a finding that two configurations share stays once.
fn sort(whole: &mut Analysis, list: &[Arc<Source>]) {
    let path = |span: Span| list[span.source.0 as usize].path();
    let key = |finding: &Finding| {
        let span = finding.primary.span;
        (path(span).to_owned(), span.start, span.end, finding.rule.id, finding.message.clone())
    };
    whole.findings.sort_by_cached_key(key);
    whole.findings.dedup_by(|a, b| key(a) == key(b));
    whole.suppressed.sort_by_cached_key(|suppressed| key(&suppressed.finding));
    whole.incomplete.sort_by(|a, b| (&a.path, a.span, &a.message).cmp(&(&b.path, b.span, &b.message)));
    whole.incomplete.dedup();
    whole.unknowns.sort_by_cached_key(|unknown| (path(unknown.span).to_owned(), unknown.span.start));
}
