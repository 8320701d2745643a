use super::{Refusal, nearest, quote, refusal, rewrite};
use crate::{
    finding::{Meta, meta},
    fix::Safety,
    rule::{Context, NoOptions, Report, Rule},
    subject::policy::{ELEMENTS, Element, Member, Policy},
};

pub struct ElementUnknown;

impl Rule for ElementUnknown {
    const META: Meta = meta! {
        /// ## What it checks
        /// The names of the elements of a policy and of its statements, letter case included.
        ///
        /// ## Covers
        /// `element-unknown`, `element-case`
        ///
        /// ## Why
        /// The service refuses the call. Elements are in the singular: `Action`, also where a list follows.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/app" }, "Actions": "kms:Decrypt", "Resource": "*" }
        ///   ]
        /// }
        /// ```
        /// ```json,good
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/app" }, "Action": "kms:Decrypt", "Resource": "*" }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Writes the name that is meant, where one is near. Safe where only the letter case differs.
        "policy-element-unknown", "an element that policies do not have", Error, since "0.1.0", fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let refusal = refusal(policy, cx);
        let Some(object) = policy.object() else { return };
        for member in object.members.iter().filter(|member| is_unknown_of_document(member)) {
            report(member, &ELEMENTS, "policies", refusal, cx).identity(member.name.shown());
        }
        for statement in policy.statements.iter().filter(|statement| statement.has_other_members()) {
            for member in statement.object.members.iter().filter(|member| is_unknown(member, &Element::NAMES)) {
                report(member, &Element::NAMES, "statements", refusal, cx).statement(statement);
            }
        }
    }
}

/// Whether a member of a document is no element of one.
pub(super) fn is_unknown_of_document(member: &Member) -> bool {
    is_unknown(member, &ELEMENTS)
}

fn is_unknown(member: &Member, elements: &[&str]) -> bool {
    member.name.known().is_some_and(|name| !elements.contains(&name))
}

fn report<'r>(member: &Member, elements: &[&'static str], of: &str, refusal: Refusal<'_>, cx: &'r mut Context<'_>) -> Report<'r> {
    let name = member.name.decoded();
    let report = cx.report(member, format!("{of} have no element {}", quote(&member.name)));
    let case = elements.iter().find(|element| element.eq_ignore_ascii_case(name));
    let (meant, safety) = match case {
        Some(element) => (Some(*element), Safety::Safe),
        None => (nearest(name, elements.iter().copied()), Safety::Unsafe),
    };
    match (meant, case) {
        (Some(meant), case) => {
            let label = if case.is_some() { "letter case counts" } else { "not an element" };
            let report = report.label(label).help(format!("write `{meant}`{refusal}"));
            match rewrite(&member.name, meant, safety, "write the element's name") {
                Some(fix) => report.fix(fix),
                None => report,
            }
        }
        (None, _) => report.label("not an element").help(format!("take it out{refusal}")),
    }
}
