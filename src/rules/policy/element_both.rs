use super::refusal;
use crate::{
    finding::{Meta, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::{Element, Policy},
};

const PAIRS: [[Element; 2]; 3] =
    [[Element::Principal, Element::NotPrincipal], [Element::Action, Element::NotAction], [Element::Resource, Element::NotResource]];

pub struct ElementBoth;

impl Rule for ElementBoth {
    const META: Meta = meta! {
        /// ## What it checks
        /// That no statement has both `Principal` and `NotPrincipal`, `Action` and `NotAction`, or `Resource` and `NotResource`.
        ///
        /// ## Covers
        /// `principal-both`, `action-both`, `resource-both`
        ///
        /// ## Why
        /// The service refuses the call: it cannot tell which one is meant.
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
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "NotAction": "kms:Encrypt"
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
        /// Keep one of the two.
        "policy-element-both", "an element and its opposite in one statement", Error, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let refusal = refusal(policy, cx);
        for statement in &policy.statements {
            for [plain, negated] in PAIRS {
                let (Some(second), Some(first)) = (statement.element(negated), statement.element(plain)) else { continue };
                let (plain, negated) = (plain.name(), negated.name());
                cx.report(statement, format!("{} has both `{plain}` and `{negated}`", statement.name()))
                    .also_at(second.name.origin().span, "and this")
                    .also_at(first.name.origin().span, "this")
                    .label("one of them too many")
                    .help(format!("keep one of the two{refusal}"))
                    .statement(statement)
                    .identity(format!("{} {plain}", statement.identity()));
            }
        }
    }
}
