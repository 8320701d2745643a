use super::{quote, quote_str};
use crate::{
    finding::{Meta, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct ConditionKeyObsolete;

impl Rule for ConditionKeyObsolete {
    const META: Meta = meta! {
        /// ## What it checks
        /// Condition keys that AWS has replaced, and keys that are documented for IAM policies only: `kms:ResourceAliases` and
        /// `aws:ResourceTag/…` select among keys, and a key policy belongs to one.
        ///
        /// ## Covers
        /// `condition-key-deprecated`, `condition-key-iam-only`, `condition-resource-tag-in-key-policy`
        ///
        /// ## Why
        /// What such a test does in a key policy is not documented. A test of the key's own tags also hands the decision to whoever may tag
        /// the key.
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
        ///       "Condition": { "StringEquals": { "kms:CustomerMasterKeySpec": "SYMMETRIC_DEFAULT" } }
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
        ///       "Condition": { "StringEquals": { "kms:KeySpec": "SYMMETRIC_DEFAULT" } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Use the key that came in its place, or test who calls.
        "policy-condition-key-obsolete", "a condition key that should not be used here", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        for statement in &policy.statements {
            for test in &statement.conditions.tests {
                let Some(written) = test.key.known() else { continue };
                let Some(key) = test.key_in(service) else { continue };
                let shown = quote(&test.key);
                let (message, label, help) = if let Some(instead) = &key.replaced_by {
                    (format!("condition key {shown} was replaced"), "obsolete", format!("use {}", quote_str(instead)))
                } else if let Some(instead) = service.instead_of(&key.name) {
                    let help = format!("move the test to an IAM policy, or use {}", quote_str(&instead.replace("${TagKey}", "…")));
                    (
                        format!("condition key {shown} is for IAM policies, and not for a {}", policy.kind.noun()),
                        "no documented effect here",
                        help,
                    )
                } else {
                    continue;
                };
                cx.report(&test.key.origin(), message).label(label).help(help).identity(written).statement(statement);
            }
        }
    }
}
