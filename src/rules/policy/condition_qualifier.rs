use super::{quote, quote_str};
use crate::{
    facts::policy::Family,
    finding::{Meta, Severity, Yield, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::{Condition, NodeData, Policy},
};

pub struct ConditionQualifier;

impl Rule for ConditionQualifier {
    const META: Meta = meta! {
        /// ## What it checks
        /// Whether keys that have several values in one request are compared with `ForAllValues:` or `ForAnyValue:`, and keys with one value
        /// without. An `Allow` with `ForAllValues:` also holds where the request has no value at all, unless a `Null` test of the key stands
        /// beside it.
        ///
        /// ## Covers
        /// `forallvalues-allow`, `forallvalues-single`, `foranyvalue-single`, `condition-qualifier-missing`
        ///
        /// ## Why
        /// `ForAllValues` is true of an empty set: a caller who leaves the key out is let in. What an operator without a qualifier does with
        /// several values is not defined.
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
        ///       "Condition": { "ForAllValues:StringEquals": { "kms:GrantOperations": ["Decrypt"] } }
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
        ///       "Condition": { "ForAllValues:StringEquals": { "kms:GrantOperations": ["Decrypt"] }, "Null": { "kms:GrantOperations": "false" } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Add `"Null": { KEY: "false" }`, use the other qualifier, or none.
        "policy-condition-qualifier", "ForAllValues or ForAnyValue that does not fit the key", Warning, since "0.1.0",
        yields_to &[Yield::place("policy-public"), Yield::place("policy-confused-deputy")]
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        for statement in &policy.statements {
            let tests = &statement.conditions.tests;
            for test in tests {
                let Some(operator) = test.known_operator() else { continue };
                let Some(written) = test.key.known() else { continue };
                let Some(key) = test.key_in(service) else { continue };
                if operator.operator.family == Family::Null || key.either {
                    continue;
                }
                let shown = quote(&test.key);
                let named = quote(&test.operator);
                let holds_without = operator.qualifier.is_some_and(|qualifier| qualifier.true_when_absent);
                let (severity, message, label, help) = match (operator.qualifier, key.several) {
                    (None, true) => {
                        let names: Vec<String> = facts.qualifiers().map(|qualifier| format!("`{}:`", qualifier.name)).collect();
                        let message = format!("{shown} may have several values, and {named} is for one");
                        (Severity::Warning, message, "not defined for several values", format!("write {} before it", names.join(" or ")))
                    }
                    (Some(_), false) if holds_without => {
                        let message = format!("{shown} has one value, and {named} also holds without it");
                        (
                            Severity::Warning,
                            message,
                            "holds where the key is absent",
                            format!("write {}", quote_str(&operator.operator.name)),
                        )
                    }
                    (Some(_), false) => {
                        let message = format!("{shown} has one value, and {named} is for several");
                        (Severity::Info, message, "says no more than without", format!("write {}", quote_str(&operator.operator.name)))
                    }
                    (Some(_), true)
                        if holds_without && statement.allows() && !statement.conditions.open && !must_be_there(tests, written) =>
                    {
                        let message = format!("{named} also holds where the request has no {shown}");
                        (
                            Severity::Warning,
                            message,
                            "holds where the key is absent",
                            format!("add `\"Null\": {{ \"{written}\": \"false\" }}`"),
                        )
                    }
                    (None, false) | (Some(_), true) => continue,
                };
                cx.report(&test.operator.origin(), message)
                    .severity(severity)
                    .label(label)
                    .help(help)
                    .identity(format!("{} {written}", test.operator.decoded()))
                    .statement(statement);
            }
        }
    }
}

/// Whether another test fails where a key is absent. A `Null` that is not known may be one.
fn must_be_there(tests: &[Condition], key: &str) -> bool {
    tests.iter().any(|test| {
        let same = test.key.known().is_none_or(|other| other.eq_ignore_ascii_case(key));
        let Some(operator) = test.known_operator() else { return same };
        let is_false = test.open
            || test.values.iter().any(|value| match &value.data {
                NodeData::Bool(bool) => !bool,
                NodeData::String(text) => text.known().is_none_or(|text| text.eq_ignore_ascii_case("false")),
                NodeData::Null
                | NodeData::Number(_)
                | NodeData::List(_)
                | NodeData::Object(_)
                | NodeData::Unknown(_)
                | NodeData::Broken => true,
            });
        let needs = match operator.qualifier {
            Some(qualifier) => !qualifier.true_when_absent && !operator.operator.negated,
            None => operator.operator.family == Family::Null && is_false,
        };
        same && needs && !operator.if_exists
    })
}
