use super::quote;
use crate::{
    finding::{Meta, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct Notaction;

impl Rule for Notaction {
    const META: Meta = meta! {
        /// ## What it checks
        /// `NotAction` in an `Allow`.
        ///
        /// ## Covers
        /// `notaction-allow`
        ///
        /// ## Why
        /// It allows every action that is not in the list, those that AWS adds later included.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Sid": "Admin",
        ///       "Effect": "Allow",
        ///       "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Sid": "App",
        ///       "Effect": "Allow",
        ///       "Principal": { "AWS": "arn:aws:iam::111122223333:role/App" },
        ///       "Resource": "*",
        ///       "NotAction": "kms:ScheduleKeyDeletion"
        ///     }
        ///   ]
        /// }
        /// ```
        /// ```json,good
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Sid": "Admin",
        ///       "Effect": "Allow",
        ///       "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Sid": "App",
        ///       "Effect": "Allow",
        ///       "Principal": { "AWS": "arn:aws:iam::111122223333:role/App" },
        ///       "Action": ["kms:Decrypt", "kms:DescribeKey"],
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// List the actions that are meant. To forbid some, add a `Deny` with `Action`.
        "policy-notaction", "an Allow of everything but some actions", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        for statement in policy.statements.iter().filter(|statement| statement.allows()) {
            let Some(actions) = statement.actions.as_ref().filter(|actions| actions.negated) else { continue };
            let name = quote(&actions.member.name);
            cx.report(&actions.member.name.origin(), format!("{} allows every action that is not in {name}", statement.name()))
                .label("everything but these")
                .help("list the actions that are meant, and deny others in a statement of their own")
                .statement(statement);
        }
    }
}
