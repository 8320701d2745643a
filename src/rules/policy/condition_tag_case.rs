use std::collections::BTreeMap;

use super::quote_str;
use crate::{
    facts::policy::TagInKey,
    finding::{Meta, Yield, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
    text::Text,
};

pub struct ConditionTagCase;

impl Rule for ConditionTagCase {
    const META: Meta = meta! {
        /// ## What it checks
        /// Conditions of one policy that name a tag key in more than one letter case: `team` and `Team`.
        ///
        /// ## Covers
        /// `tag-case-variants`
        ///
        /// ## Why
        /// Condition keys do not know letter case, and tags do: a key can have both tags, and what the test then compares is not defined.
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
        ///       "Action": "kms:TagResource",
        ///       "Resource": "*",
        ///       "Condition": { "StringEquals": { "aws:RequestTag/team": "a" }, "StringLike": { "aws:RequestTag/Team": "a*" } }
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
        ///       "Action": "kms:TagResource",
        ///       "Resource": "*",
        ///       "Condition": { "StringEquals": { "aws:RequestTag/Team": "a" } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Choose one spelling.
        "policy-condition-tag-case", "one tag key in two letter cases", Info, since "0.1.0",
        yields_to &[Yield::place("policy-condition-key-repeated")]
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        let mut first: BTreeMap<String, (&str, &Text)> = BTreeMap::new();
        for statement in &policy.statements {
            for test in &statement.conditions.tests {
                let Some(TagInKey::OfKey(tag)) = test.tag_in(service) else { continue };
                let (earlier, text) = *first.entry(tag.to_lowercase()).or_insert((tag, &test.key));
                if earlier == tag {
                    continue;
                }
                cx.report(&test.key.origin(), format!("tag key {} is {} elsewhere in this policy", quote_str(tag), quote_str(earlier)))
                    .label("another letter case")
                    .also_at(text.origin().span, "here it is")
                    .help("choose one spelling")
                    .identity(tag)
                    .statement(statement);
            }
        }
    }
}
