//! Subjects are judged as soon as they are there, so that they need not be kept.

use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use super::subjects::Subjects;
use crate::{facts::Facts, finding::Finding, rule::Ruleset, source::Sources, subject::Subject};

/// So few subjects are judged sooner than they are dealt out.
const FEW: usize = 256;

/// Runs the rules on subjects.
pub(super) struct Judge<'a> {
    ruleset: &'a Ruleset,
    facts: &'a Facts,
    sources: &'a Sources,
    /// The number of the next subject.
    next: &'a AtomicU32,
    /// Whether a rule asks for all subjects together.
    pub(super) keeps: bool,
}

impl<'a> Judge<'a> {
    /// Subjects are numbered from `next` on.
    pub(super) fn new(ruleset: &'a Ruleset, facts: &'a Facts, sources: &'a Sources, next: &'a AtomicU32) -> Self {
        Self { ruleset, facts, sources, next, keeps: ruleset.asks_for_whole() }
    }

    /// Judges subjects, and lets them go if they are of no more use. Which places they depend on is noted where others may read them, too.
    pub(super) fn judge(&self, part: &mut Subjects, has_others: bool) {
        let first = self.next.fetch_add(part.subjects.len() as u32, Ordering::Relaxed);
        let of = |(at, subject): (usize, &Subject)| {
            let mut findings: Vec<Finding> = Vec::new();
            self.ruleset.check(subject, self.facts, self.sources, &mut findings);
            findings.iter_mut().for_each(|finding| finding.scope.subject = Some(first + at as u32));
            findings
        };
        match part.subjects.len() < FEW {
            true => part.findings.extend(part.subjects.iter().enumerate().flat_map(of)),
            false => part.findings.par_extend(part.subjects.par_iter().enumerate().flat_map_iter(of)),
        }
        if has_others {
            part.subjects.iter().for_each(|subject| part.readers.note(subject));
        }
        if !self.keeps {
            part.subjects = Vec::new();
        }
    }
}
