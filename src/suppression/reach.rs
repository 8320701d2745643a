//! Which ignore comments speak for a place, found without looking at all of them.

use std::collections::HashMap;

use super::Ignore;
use crate::{
    finding::Finding,
    source::{SourceId, Span},
};

/// The comments of a run, by file and rule.
pub struct Index<'i> {
    lists: HashMap<(SourceId, &'i str), List>,
}

/// Comments of one file that name one rule, by the start of what they speak for.
#[derive(Default)]
struct List {
    ignores: Vec<usize>,
    reaches: Vec<Span>,
    /// The furthest end of this reach and those before it.
    ends: Vec<u32>,
}

impl<'i> Index<'i> {
    /// The comments that can answer a finding.
    pub fn new(ignores: impl Iterator<Item = (usize, &'i Ignore)>) -> Self {
        let mut lists: HashMap<(SourceId, &str), List> = HashMap::new();
        let mut sorted: Vec<(usize, &Ignore)> = ignores.collect();
        sorted.sort_by_key(|(_, ignore)| ignore.reach);
        for (at, ignore) in sorted {
            for (name, _) in &ignore.rules {
                let list = lists.entry((ignore.reach.source, name)).or_default();
                let end = list.ends.last().copied().unwrap_or_default().max(end_of(ignore.reach));
                list.ignores.push(at);
                list.reaches.push(ignore.reach);
                list.ends.push(end);
            }
        }
        Self { lists }
    }

    /// The comments that speak for a finding: by the rule's id, at the literal, on the way it took, around its subject, or above a module
    /// call on the way to it. The innermost comes first.
    pub fn answering(&self, finding: &Finding) -> Vec<usize> {
        let mut found = Vec::new();
        let labels = std::iter::once(&finding.primary).chain(&finding.secondary).map(|label| label.span);
        for span in labels {
            self.visit(finding.rule.id, span, |_| true, &mut found);
        }
        self.visit(finding.rule.id, finding.subject, |reach| reach.contains(finding.subject), &mut found);
        for call in finding.calls.iter().rev() {
            self.visit(finding.rule.id, *call, |reach| reach == *call, &mut found);
        }
        found
    }

    fn visit(&self, rule: &str, span: Span, fits: impl Fn(Span) -> bool, found: &mut Vec<usize>) {
        let Some(list) = self.lists.get(&(span.source, rule)) else { return };
        let mut at = list.reaches.partition_point(|reach| reach.start <= span.start);
        while at > 0 && list.ends[at - 1] > span.start {
            at -= 1;
            let (reach, ignore) = (list.reaches[at], list.ignores[at]);
            if end_of(reach) > span.start && fits(reach) && !found.contains(&ignore) {
                found.push(ignore);
            }
        }
    }
}

/// Where a reach ends; an empty one holds its own place.
fn end_of(reach: Span) -> u32 {
    reach.end.max(reach.start + 1)
}
