//! One mistake is one finding: rules that say less yield to those that say more.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    finding::{Finding, Scope, Within},
    source::Span,
};

/// Leaves out a finding where a rule that it yields to has one that is near enough.
pub(super) fn yield_to_others(findings: &mut Vec<Finding>) {
    let winners: BTreeSet<&'static str> = findings.iter().flat_map(|finding| finding.rule.yields_to).map(|other| other.rule).collect();
    let mut places: BTreeSet<(&'static str, Span)> = BTreeSet::new();
    let mut scopes: BTreeMap<(&'static str, Scope), BTreeSet<Span>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| winners.contains(finding.rule.id)) {
        let (rule, span) = (finding.rule.id, finding.primary.span);
        places.insert((rule, span));
        scopes.entry((rule, finding.scope)).or_default().insert(span);
        if finding.scope.statement.is_some() {
            scopes.entry((rule, Scope { statement: None, ..finding.scope })).or_default().insert(span);
        }
    }
    let wins = |finding: &Finding, rule: &'static str, within: Within| {
        let Scope { subject, statement } = finding.scope;
        match within {
            Within::Place => {
                let span = finding.primary.span;
                // The places of one rule do not overlap: the neighbours decide.
                let nested = |spans: &BTreeSet<Span>| {
                    let before = spans.range(..=span).next_back().is_some_and(|other| other.contains(span));
                    before || spans.range(span..).next().is_some_and(|other| span.contains(*other))
                };
                places.contains(&(rule, span)) || (statement.is_some() && scopes.get(&(rule, finding.scope)).is_some_and(nested))
            }
            Within::Statement => statement.is_some() && scopes.contains_key(&(rule, finding.scope)),
            Within::Subject => subject.is_some() && scopes.contains_key(&(rule, Scope { subject, statement: None })),
        }
    };
    findings.retain(|finding| !finding.rule.yields_to.iter().any(|other| wins(finding, other.rule, other.within)));
}
