//! The order of findings, and those that are one.

use std::collections::HashSet;

use crate::{
    finding::{Finding, Instance},
    source::SourceId,
};

/// Sorts findings by path, place, rule and message. What has these alike is one literal that reaches several subjects, and becomes one finding
/// that lists the addresses; its fingerprint is that of the smallest address, so that no order of the code changes it. Nothing is left to the
/// order of what was looked at, so that it is the same in whatever parts the tree is.
pub(super) fn fold<'s, T>(
    items: &mut Vec<T>,
    path: impl Fn(SourceId) -> &'s str,
    get: impl Fn(&T) -> &Finding,
    get_mut: impl Fn(&mut T) -> &mut Finding,
) {
    let compare = |left: &Finding, right: &Finding| {
        let (here, there) = (left.primary.span, right.primary.span);
        let paths = || if here.source == there.source { std::cmp::Ordering::Equal } else { path(here.source).cmp(path(there.source)) };
        let places = || here.cmp(&there).then_with(|| left.rule.id.cmp(right.rule.id));
        paths().then_with(places).then_with(|| left.message.cmp(&right.message))
    };
    // There may be a million findings: numbers are sorted, and each finding is moved once.
    let mut order: Vec<u32> = (0..items.len() as u32).collect();
    order.sort_by(|left, right| compare(get(&items[*left as usize]), get(&items[*right as usize])));
    for at in 0..order.len() {
        let mut from = order[at] as usize;
        while from < at {
            from = order[from] as usize;
        }
        items.swap(at, from);
    }
    for item in items.iter_mut() {
        let finding = get_mut(item);
        finding.instances = vec![Instance { address: finding.address.clone(), fingerprint: finding.fingerprint }];
    }
    items.dedup_by(|later, first| {
        let is_same = compare(get(later), get(first)).is_eq();
        if is_same {
            get_mut(first).instances.append(&mut get_mut(later).instances);
        }
        is_same
    });
    for item in items.iter_mut() {
        let finding = get_mut(item);
        if finding.instances.len() == 1 {
            continue;
        }
        let mut seen = HashSet::from([finding.address.clone()]);
        let others = finding.instances.iter().map(|instance| &instance.address);
        finding.also = others.filter(|address| seen.insert((*address).clone())).cloned().collect();
        let smallest = finding.instances.iter().min_by(|a, b| a.address.cmp(&b.address));
        finding.fingerprint = smallest.map_or(finding.fingerprint, |instance| instance.fingerprint);
    }
}
