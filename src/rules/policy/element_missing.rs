use super::{element_unknown::has_unknown, refusal};
use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct ElementMissing;

impl Rule for ElementMissing {
    const META: Meta = meta! {
        /// ## What it checks
        /// That a policy has `Statement`, and each statement `Effect`, one of `Principal` and `NotPrincipal`, one of `Action` and `NotAction`, one of
        /// `Resource` and `NotResource`. A statement with a misspelt element is that other finding.
        ///
        /// ## Covers
        /// `statement-missing`, `effect-missing`, `principal-missing`, `action-missing`, `resource-missing`
        ///
        /// ## Why
        /// The service refuses the call. A statement without a principal comes of a policy for users that was pasted into a key. A statement without an
        /// action or a resource was accepted, and did nothing, until 18 August 2025.
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
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:Decrypt"
        ///     }
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
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Add the element.
        "policy-element-missing", "an element that every policy or statement has is missing", Error, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let refusal = refusal(policy, cx);
        if let Some(object) = policy.object()
            && !object.open
            && !object.members.is_empty()
            && policy.problems.is_empty()
            && object.get("Statement").is_none()
            && !object.members.iter().any(super::element_unknown::is_unknown_of_document)
        {
            cx.report(policy, format!("the {} has no `Statement`", policy.kind.noun()))
                .label("nobody gets anything")
                .help(format!("add a list of statements{refusal}"));
        }
        for statement in policy.statements.iter().filter(|statement| !statement.object.open && !has_unknown(statement)) {
            for (names, help) in NEEDED {
                if names.iter().all(|name| statement.element(name).is_none()) {
                    let name = names[0];
                    cx.report(statement, format!("{} has no `{name}`", statement.name()))
                        .label(format!("`{name}` is missing"))
                        .help(format!("{help}{refusal}"))
                        .statement(statement)
                        .identity(format!("{} {name}", statement.identity()));
                }
            }
        }
    }
}

/// Each element with its opposite, and what to do where both are absent.
const NEEDED: [(&[&str], &str); 4] = [
    (&["Effect"], "add `\"Effect\": \"Allow\"`, or `Deny`"),
    (&["Principal", "NotPrincipal"], "say who it is about: the policy of a resource names principals"),
    (&["Action", "NotAction"], "list the actions"),
    (&["Resource", "NotResource"], "add `\"Resource\": \"*\"`, which means the resource that has the policy"),
];
