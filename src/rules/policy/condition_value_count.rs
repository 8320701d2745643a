use super::quote;
use crate::{
    facts::policy::Family,
    finding::{Meta, Severity, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Policy, Statement},
};

pub struct ConditionValueCount;

impl Rule for ConditionValueCount {
    const META: Meta = meta! {
        /// ## What it checks
        /// Both `true` and `false` under `Bool`, several limits under one comparison of numbers, an empty list of values, and an operator
        /// without keys.
        ///
        /// ## Covers
        /// `condition-bool-multiple`, `condition-numeric-redundant`, `condition-value-empty`, `condition-empty`
        ///
        /// ## Why
        /// One of the values has to fit: `true` or `false` always does, and of several limits only the weakest counts. Without a value a test
        /// never holds, or with a negated operator always. Without a test the statement is not conditional.
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
        ///       "Condition": { "Bool": { "kms:GrantIsForAWSResource": ["true", "false"] } }
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
        /// Write the one value that is meant.
        "policy-condition-value-count", "more or fewer values than the operator can use", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        for statement in &policy.statements {
            empty_objects(statement, cx);
            for test in statement.conditions.tests.iter().filter(|test| !test.open) {
                let Some(operator) = test.known_operator() else { continue };
                let is_list = test.value.as_list().is_some();
                let compares = ["LessThan", "GreaterThan"].iter().any(|word| operator.operator.name.contains(word));
                let key = quote(&test.key);
                let (severity, message, label, help) = match operator.operator.family {
                    _ if is_list && test.values.is_empty() => {
                        let label = if operator.operator.negated { "always holds" } else { "never holds" };
                        (Severity::Warning, format!("{key} is compared with no value"), label, "write a value, or take the test away")
                    }
                    Family::Bool if test.values.len() > 1 => (
                        Severity::Warning,
                        format!("{key} is compared with more than one switch"),
                        "one of them always fits",
                        "write the one that is meant",
                    ),
                    Family::Numeric | Family::Date if compares && test.values.len() > 1 => {
                        (Severity::Info, format!("{key} has more than one limit"), "only the weakest counts", "write the one that is meant")
                    }
                    Family::String
                    | Family::Numeric
                    | Family::Date
                    | Family::Bool
                    | Family::Binary
                    | Family::Ip
                    | Family::Arn
                    | Family::Null => continue,
                };
                cx.report(&test.value.origin, message)
                    .severity(severity)
                    .label(label)
                    .help(help)
                    .identity(test.key.decoded())
                    .statement(statement);
            }
        }
    }
}

/// `Condition`, or an operator in it, with nothing inside.
fn empty_objects(statement: &Statement, cx: &mut Context<'_>) {
    let Some(member) = &statement.conditions.member else { return };
    let Some(operators) = member.value.as_object().filter(|operators| !operators.open) else { return };
    let all = std::iter::once(member).chain(operators.members.iter());
    for member in all {
        let is_empty = member.value.as_object().is_some_and(|object| object.members.is_empty() && !object.open);
        if is_empty {
            cx.report(&member.value.origin, format!("{} tests nothing", quote(&member.name)))
                .severity(Severity::Info)
                .label("no test")
                .help("write what has to hold, or take it away")
                .identity(member.name.decoded())
                .statement(statement);
        }
    }
}
