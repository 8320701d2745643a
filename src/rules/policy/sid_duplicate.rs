use std::collections::BTreeMap;

use super::{quote, refusal};
use crate::{
    finding::{Meta, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
    text::Text,
};

pub struct SidDuplicate;

impl Rule for SidDuplicate {
    const META: Meta = meta! {
        /// ## What it checks
        /// That no two statements of a policy have the same `Sid`. Empty ones do not count.
        ///
        /// ## Why
        /// The service refuses the call.
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
        ///       "Resource": "*",
        ///       "Sid": "A"
        ///     },
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Sid": "A"
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
        ///       "Resource": "*",
        ///       "Sid": "A"
        ///     },
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Sid": "B"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Rename one of them.
        "policy-sid-duplicate", "two statements have the same Sid", Error, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let refusal = refusal(policy, cx);
        let mut seen: BTreeMap<&str, &Text> = BTreeMap::new();
        for statement in &policy.statements {
            let Some(sid) = &statement.sid else { continue };
            let Some(known) = sid.known().filter(|sid| !sid.is_empty()) else { continue };
            match seen.get(known) {
                Some(first) => {
                    cx.report(sid, format!("the Sid {} is there twice", quote(sid)))
                        .label("again")
                        .also_at(first.origin().span, "first here")
                        .help(format!("give the statement a name of its own{refusal}"))
                        .statement(statement);
                }
                None => {
                    seen.insert(known, sid);
                }
            }
        }
    }
}
