//! Who reads a literal: a fix is safe only if everybody who does wants it. The subjects of one resource or request are one reader.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    finding::Finding,
    fix::{Edit, Safety},
    origin::Address,
    source::{SourceId, Span},
    subject::Subject,
};

/// Takes the word `safe` from fixes that would change what another subject reads and has nothing against.
pub(super) fn doubt(subjects: &[Subject], findings: &mut [Finding]) {
    let mut wanted: BTreeMap<(&'static str, Vec<Edit>), BTreeSet<Reader<'_>>> = BTreeMap::new();
    for finding in findings.iter() {
        let subject = finding.scope.subject.and_then(|number| subjects.get(number as usize));
        if let (Some(fix), Some(subject)) = (safe(finding), subject) {
            wanted.entry((finding.rule.id, fix.to_vec())).or_default().insert(reader(subject));
        }
    }
    if wanted.is_empty() {
        return;
    }
    let files = wanted.keys().flat_map(|(_, edits)| edits.iter().map(|edit| edit.span.source)).collect();
    let readers = Readers::new(subjects, &files);
    let doubtful: BTreeSet<(&'static str, Vec<Edit>)> = wanted
        .into_iter()
        .filter(|((_, edits), who)| edits.iter().any(|edit| readers.of(edit.span).any(|reader| !who.contains(&reader))))
        .map(|(fix, _)| fix)
        .collect();
    for finding in findings {
        let is_doubtful = safe(finding).is_some_and(|edits| doubtful.contains(&(finding.rule.id, edits.to_vec())));
        if let Some(fix) = finding.fix.as_mut().filter(|_| is_doubtful) {
            fix.safety = Safety::Unsafe;
        }
    }
}

fn safe(finding: &Finding) -> Option<&[Edit]> {
    finding.fix.as_ref().filter(|fix| fix.safety == Safety::Safe).map(|fix| fix.edits.as_slice())
}

/// A resource or request: its address, its file, and the module calls on the way to it.
type Reader<'s> = (&'s Address, SourceId, &'s [Span]);

fn reader(subject: &Subject) -> Reader<'_> {
    (&subject.address, subject.span.source, &subject.calls)
}

/// The bytes that subjects read, sorted.
struct Readers<'s> {
    spans: Vec<(Span, Reader<'s>)>,
    /// The furthest end of this span and those before it in its file.
    ends: Vec<u32>,
}

impl<'s> Readers<'s> {
    fn new(subjects: &'s [Subject], files: &BTreeSet<SourceId>) -> Self {
        let mut spans = Vec::new();
        for subject in subjects {
            subject.reads(&mut |span| {
                if files.contains(&span.source) && span.start < span.end {
                    spans.push((span, reader(subject)));
                }
            });
        }
        spans.sort_unstable();
        spans.dedup();
        let mut ends = Vec::with_capacity(spans.len());
        let mut last: Option<(SourceId, u32)> = None;
        for (span, _) in &spans {
            let end = last.filter(|(source, _)| *source == span.source).map_or(span.end, |(_, end)| end.max(span.end));
            last = Some((span.source, end));
            ends.push(end);
        }
        Self { spans, ends }
    }

    /// The subjects that read a byte of `span`.
    fn of(&self, span: Span) -> impl Iterator<Item = Reader<'s>> + '_ {
        let after = self.spans.partition_point(|(read, _)| (read.source, read.start) < (span.source, span.end.max(span.start + 1)));
        (0..after)
            .rev()
            .take_while(move |at| self.spans[*at].0.source == span.source && self.ends[*at] > span.start)
            .filter(move |at| self.spans[*at].0.end > span.start)
            .map(|at| self.spans[at].1)
    }
}
