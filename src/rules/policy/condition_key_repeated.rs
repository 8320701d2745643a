use std::collections::BTreeMap;

use super::{quote, refusal};
use crate::{
    finding::{Meta, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
    text::Text,
};

pub struct ConditionKeyRepeated;

impl Rule for ConditionKeyRepeated {
    const META: Meta = meta! {
        /// ## What it checks
        /// Two keys under one operator that are equal when letter case is ignored.
        ///
        /// ## Covers
        /// `condition-key-duplicate-case`
        ///
        /// ## Why
        /// Letter case does not matter in condition keys, also not behind the slash of a tag key, so that the two are one member twice. The
        /// services refuse that.
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
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Condition": { "StringEquals": { "kms:CallerAccount": "111122223333", "kms:calleraccount": "444455556666" } }
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
        ///       "Resource": "*",
        ///       "Condition": { "StringEquals": { "kms:CallerAccount": ["111122223333", "444455556666"] } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Write the key once, with a list of values: one of them has to fit.
        "policy-condition-key-repeated", "a condition key twice under one operator", Error, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let refusal = refusal(policy, cx);
        for statement in policy.statements.iter().filter(|statement| statement.conditions.tests.len() > 1) {
            let mut first: BTreeMap<(String, String), &Text> = BTreeMap::new();
            for test in &statement.conditions.tests {
                let (Some(operator), Some(written)) = (test.operator.known(), test.key.known()) else { continue };
                let earlier = *first.entry((operator.to_owned(), written.to_ascii_lowercase())).or_insert(&test.key);
                // The very same name twice is a member of the document twice, which has a rule of its own.
                if earlier.known() == Some(written) {
                    continue;
                }
                cx.report(&test.key.origin(), format!("condition key {} is the same as {}", quote(&test.key), quote(earlier)))
                    .label("the same key")
                    .also_at(earlier.origin().span, "is here already")
                    .help(format!("write the key once, with a list of values{refusal}"))
                    .identity(written)
                    .statement(statement);
            }
        }
    }
}
