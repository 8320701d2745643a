use super::quote;
use crate::{
    facts::policy::{Fit, KeyType},
    finding::{Meta, Severity, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct ConditionOperatorType;

impl Rule for ConditionOperatorType {
    const META: Meta = meta! {
        /// ## What it checks
        /// Whether an operator compares what the key holds: numbers with numeric operators, times with date operators, addresses with IP
        /// operators, switches with `Bool`. Operators for strings compare the characters, which is noted: for ARNs `ArnLike` compares part by
        /// part.
        ///
        /// ## Covers
        /// `condition-operator-type`, `condition-arn-string`
        ///
        /// ## Why
        /// An operator of another type never matches. One for strings matches only what is written exactly as the service writes it.
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
        ///       "Action": "kms:CreateGrant",
        ///       "Resource": "*",
        ///       "Condition": { "NumericEquals": { "kms:GrantIsForAWSResource": "1" } }
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
        ///       "Action": "kms:CreateGrant",
        ///       "Resource": "*",
        ///       "Condition": { "Bool": { "kms:GrantIsForAWSResource": "true" } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Use the operator for the key's type.
        "policy-condition-operator-type", "an operator for another type than the key's", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        for statement in &policy.statements {
            for test in &statement.conditions.tests {
                let Some(operator) = test.known_operator() else { continue };
                let Some(written) = test.key.known() else { continue };
                let Some(key) = test.key_in(service) else { continue };
                let fit = operator.operator.family.fit(key.ty);
                let (operator, own) = (quote(&test.operator), quote(&test.key));
                let (message, label, severity) = match fit {
                    Fit::Own => continue,
                    Fit::Characters => {
                        (format!("operator {operator} compares {own} as characters"), "compared as characters", Severity::Info)
                    }
                    Fit::Never => (format!("operator {operator} is not for {own}"), "never matches", Severity::Warning),
                };
                let operators = match key.ty {
                    KeyType::String => "an operator for strings, such as `StringEquals`",
                    KeyType::Arn => "`ArnLike`, which compares ARNs part by part",
                    KeyType::Bool => "`Bool`",
                    KeyType::Numeric => "an operator for numbers, such as `NumericLessThan`",
                    KeyType::Date => "an operator for times, such as `DateLessThan`",
                    KeyType::IpAddress => "`IpAddress` or `NotIpAddress`",
                };
                cx.report(&test.key.origin(), message)
                    .severity(severity)
                    .label(label)
                    .help(format!("use {operators}"))
                    .identity(format!("{} {written}", test.operator.decoded()))
                    .statement(statement);
            }
        }
    }
}
