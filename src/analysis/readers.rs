//! Who reads a literal: a fix is safe only if everybody who does wants it. The subjects of one resource or request are one reader.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    finding::Finding,
    fix::{Edit, Safety},
    origin::Address,
    source::{SourceId, Span},
    subject::Subject,
};

/// A resource or request: its address, its file, and the module calls on the way to it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Reader {
    address: Address,
    source: SourceId,
    calls: Arc<[Span]>,
}

/// The places that subjects depend on: what is left of them once they are judged.
#[derive(Debug, Default)]
pub(super) struct Readers {
    list: Vec<Reader>,
    /// Each place with the number of its reader.
    spans: Vec<(Span, u32)>,
}

impl Readers {
    /// Notes what a subject reads.
    pub(super) fn note(&mut self, subject: &Subject) {
        let is_last = |last: &Reader| last.address == subject.address && last.source == subject.span.source && last.calls == subject.calls;
        if !self.list.last().is_some_and(is_last) {
            let (address, calls) = (subject.address.clone(), subject.calls.clone());
            self.list.push(Reader { address, source: subject.span.source, calls });
        }
        let reader = (self.list.len() - 1) as u32;
        subject.reads(&mut |span| {
            if span.start < span.end {
                self.spans.push((span, reader));
            }
        });
    }

    /// Adds what others read.
    pub(super) fn add(&mut self, part: Readers) {
        if self.list.is_empty() {
            *self = part;
            return;
        }
        let first = self.list.len() as u32;
        self.list.extend(part.list);
        self.spans.extend(part.spans.into_iter().map(|(span, reader)| (span, first + reader)));
    }

    /// Takes the word `safe` from fixes that would change what somebody else reads and has nothing against.
    pub(super) fn doubt(self, findings: &mut [Finding]) {
        let mut wanted: BTreeMap<(&'static str, Vec<Edit>), BTreeSet<Reader>> = BTreeMap::new();
        for finding in findings.iter() {
            if let Some(edits) = safe(finding) {
                let (address, calls) = (finding.address.clone(), finding.calls.clone());
                let who = Reader { address, source: finding.subject.source, calls };
                wanted.entry((finding.rule.id, edits.to_vec())).or_default().insert(who);
            }
        }
        if wanted.is_empty() {
            return;
        }
        let files = wanted.keys().flat_map(|(_, edits)| edits.iter().map(|edit| edit.span.source)).collect();
        let places = Places::new(self, &files);
        let doubtful: BTreeSet<(&'static str, Vec<Edit>)> = wanted
            .into_iter()
            .filter(|((_, edits), who)| edits.iter().any(|edit| places.readers(edit.span).any(|reader| !who.contains(reader))))
            .map(|(fix, _)| fix)
            .collect();
        for finding in findings {
            let is_doubtful = safe(finding).is_some_and(|edits| doubtful.contains(&(finding.rule.id, edits.to_vec())));
            if let Some(fix) = finding.fix.as_mut().filter(|_| is_doubtful) {
                fix.safety = Safety::Unsafe;
            }
        }
    }
}

fn safe(finding: &Finding) -> Option<&[Edit]> {
    finding.fix.as_ref().filter(|fix| fix.safety == Safety::Safe).map(|fix| fix.edits.as_slice())
}

/// The bytes that subjects read, sorted.
struct Places {
    readers: Readers,
    /// The furthest end of this place and those before it in its file.
    ends: Vec<u32>,
}

impl Places {
    fn new(mut readers: Readers, files: &BTreeSet<SourceId>) -> Self {
        let spans = &mut readers.spans;
        spans.retain(|(span, _)| files.contains(&span.source));
        spans.sort_unstable();
        spans.dedup();
        let mut ends = Vec::with_capacity(spans.len());
        let mut last: Option<(SourceId, u32)> = None;
        for (span, _) in spans {
            let end = last.filter(|(source, _)| *source == span.source).map_or(span.end, |(_, end)| end.max(span.end));
            last = Some((span.source, end));
            ends.push(end);
        }
        Self { readers, ends }
    }

    /// Who reads a byte of `span`.
    fn readers(&self, span: Span) -> impl Iterator<Item = &Reader> {
        let Readers { list, spans } = &self.readers;
        let after = spans.partition_point(|(read, _)| (read.source, read.start) < (span.source, span.end.max(span.start + 1)));
        (0..after)
            .rev()
            .take_while(move |at| spans[*at].0.source == span.source && self.ends[*at] > span.start)
            .filter(move |at| spans[*at].0.end > span.start)
            .map(|at| &list[spans[at].1 as usize])
    }
}
