use std::collections::BTreeMap;

use super::{quote, removal};
use crate::{
    finding::{Meta, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::{Policy, Principal},
};

pub struct PrincipalRepeated;

impl Rule for PrincipalRepeated {
    const META: Meta = meta! {
        /// ## What it checks
        /// Equal principals of one statement. An account id and the ARN of its root are the same principal.
        ///
        /// ## Covers
        /// `principal-duplicate`
        ///
        /// ## Why
        /// The services keep one of them, so that what they return differs from what was written, and Terraform plans the difference anew.
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
        ///       "Principal": { "AWS": ["111122223333", "arn:aws:iam::111122223333:root"] },
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*"
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
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Leaves the second one out.
        "policy-principal-repeated", "a principal that stands twice in a statement", Info, since "0.1.0", fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        for statement in &policy.statements {
            // Nearly all name one.
            if statement.principals.as_ref().is_none_or(|principals| principals.entries.len() < 2) {
                continue;
            }
            let mut first: BTreeMap<(String, &str), &Principal> = BTreeMap::new();
            for entry in statement.principals.iter().flat_map(|principals| &principals.entries) {
                let (Some(group), Some(written)) = (entry.group_name(), entry.value.known()) else { continue };
                let whole = entry.is_identity() && facts.is_whole_account(written);
                let same = facts.account_of(written).filter(|_| whole).unwrap_or(written);
                let earlier = *first.entry((group.to_ascii_lowercase(), same)).or_insert(entry);
                if std::ptr::eq(earlier, entry) {
                    continue;
                }
                let fix = removal(&entry.value.origin(), "leave it out", cx);
                let report = cx
                    .report(&entry.value.origin(), format!("principal {} is in this statement twice", quote(&entry.value)))
                    .label("says nothing new")
                    .also_at(earlier.value.origin().span, "the same principal")
                    .help("leave one of them out")
                    .identity(written)
                    .statement(statement);
                if let Some(fix) = fix {
                    report.fix(fix);
                }
            }
        }
    }
}
