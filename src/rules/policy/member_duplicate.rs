use std::collections::BTreeMap;

use super::{is_written_here, quote, refusal};
use crate::{
    finding::{Meta, meta},
    fix::{Fix, Safety},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Member, Node, NodeData, Policy},
};

pub struct MemberDuplicate;

impl Rule for MemberDuplicate {
    const META: Meta = meta! {
        /// ## What it checks
        /// That no object of a policy has the same member twice: an element, a principal type, a condition operator or key.
        ///
        /// ## Covers
        /// `json-duplicate-key`
        ///
        /// ## Why
        /// The service refuses the call. Terraform reads the policy and keeps the last one, so that the first never arrives: a condition
        /// with the same operator twice loses half of its tests.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [{
        ///     "Effect": "Allow",
        ///     "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        ///     "Action": "kms:*",
        ///     "Action": "kms:*",
        ///     "Resource": "*"
        ///   }]
        /// }
        /// ```
        /// ```json,good
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [{
        ///     "Effect": "Allow",
        ///     "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        ///     "Action": "kms:*",
        ///     "Resource": "*"
        ///   }]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Deletes the second one where both have the same value. Else join the values in one list, or delete one of the members.
        "policy-member-duplicate", "the same member twice in one object", Error, since "0.1.0", fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let refusal = refusal(policy, cx);
        let Some(root) = &policy.root else { return };
        let mut found = Vec::new();
        duplicates(root, &mut found);
        for (first, again) in found {
            let statement = policy.statements.iter().find(|statement| statement.origin.span.contains(again.span));
            let is_same = cx.written(first.value.origin.span) == cx.written(again.value.origin.span);
            let is_here = is_written_here(&first.value.origin) && is_written_here(&again.value.origin);
            let span = cx.removal(again.span);
            let report = cx
                .report(&again.span, format!("the member {} is there twice", quote(&again.name)))
                .label("again")
                .also_at(first.name.span_of(0..first.name.decoded().len() as u32), "first here")
                .help(format!("join the values in one list, or delete one of the two{refusal}"));
            let report = match statement {
                Some(statement) => report.statement(statement),
                None => report,
            };
            if is_same && is_here && policy.problems.is_empty() {
                report.fix(Fix::replace(span, "", Safety::Safe, "delete the second one"));
            }
        }
    }
}

/// Repeated members, each with the first of its name. The parser bounds the depth.
fn duplicates<'n>(node: &'n Node, found: &mut Vec<(&'n Member, &'n Member)>) {
    match &node.data {
        NodeData::Object(object) => {
            let repeats = repeats(&object.members);
            for (at, member) in object.members.iter().enumerate() {
                if let Some(first) = repeats.get(&at) {
                    found.push((&object.members[*first], member));
                }
                duplicates(&member.value, found);
            }
        }
        NodeData::List(list) => list.items.iter().for_each(|item| duplicates(item, found)),
        NodeData::Null | NodeData::Bool(_) | NodeData::Number(_) | NodeData::String(_) | NodeData::Unknown(_) | NodeData::Broken => {}
    }
}

/// The members whose name an earlier one has, with the place of the first.
fn repeats(members: &[Member]) -> BTreeMap<usize, usize> {
    // So few are told apart without a table.
    const FEW: usize = 12;
    let name = |at: usize| members[at].name.known();
    let is_repeated = |at: usize| name(at).is_some_and(|own| (0..at).any(|earlier| name(earlier) == Some(own)));
    let mut repeats = BTreeMap::new();
    if members.len() <= FEW && !(1..members.len()).any(is_repeated) {
        return repeats;
    }
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for at in 0..members.len() {
        let Some(own) = name(at) else { continue };
        let first = *seen.entry(own).or_insert(at);
        if first < at {
            repeats.insert(at, first);
        }
    }
    repeats
}
