use super::{Quoted, quote};
use crate::{
    facts::policy::{ActionSet, Covered, KeyType, PolicyFacts, ServicePolicy},
    finding::{Meta, Severity, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::{Policy, Statement, Strings},
};

pub struct ConditionKeyAbsent;

impl Rule for ConditionKeyAbsent {
    const META: Meta = meta! {
        /// ## What it checks
        /// An `Allow` with a test that holds only where a key is in the request, and actions whose requests never have it:
        /// `kms:EncryptionContext:…` beside `kms:DescribeKey`, `aws:RequestTag/…` beside `kms:Decrypt`. If none of the actions carries the
        /// key, the statement never applies; if some do not, these are never allowed. Calls that a service makes under its own name do not
        /// carry the keys of a user or role. `IfExists`, `Null`, `ForAllValues` and negated operators hold without the key.
        ///
        /// ## Covers
        /// `condition-key-for-action`, `condition-key-for-some-actions`, `condition-grant-bool-other-actions`,
        /// `condition-service-principal-key`, `tag-request-action`
        ///
        /// ## Why
        /// The permission is missing although it is written, and the refusal names no reason.
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
        ///       "Action": "kms:DescribeKey",
        ///       "Resource": "*",
        ///       "Condition": { "StringEquals": { "kms:EncryptionContext:app": "x" } }
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
        ///       "Condition": { "StringEquals": { "kms:EncryptionContext:app": "x" } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Split the statement: the actions that carry the key, and the others with another condition.
        "policy-condition-key-absent", "a test of a key that the requests do not carry", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        for statement in policy.statements.iter().filter(|statement| statement.allows()) {
            let actions = statement.actions.as_ref().filter(|actions| actions.is_known() && !actions.negated);
            for test in statement.conditions.tests.iter().filter(|test| test.fails_without_key()) {
                let Some(written) = test.key.known() else { continue };
                let Some(key) = test.key_in(service) else { continue };
                let shown = quote(&test.key);
                let found = if is_absent_from_service_calls(&key.name, statement, facts) {
                    let help = format!("use `{}`", facts.principals().instead_in_service_calls.join("` or `"));
                    Some((Severity::Warning, format!("calls of a service do not carry {shown}"), "the statement never applies", help))
                } else {
                    let carrying = key.actions.or_else(|| service.carrying(&key.name)).filter(|carrying| !carrying.is_empty());
                    actions.zip(carrying).and_then(|(actions, carrying)| {
                        // A switch is there to say which requests are meant: the other actions are a slip.
                        let some = if key.ty == KeyType::Bool { Severity::Warning } else { Severity::Info };
                        of_actions(actions, carrying, &shown, some, service)
                    })
                };
                let Some((severity, message, label, help)) = found else { continue };
                cx.report(&test.key.origin(), message).severity(severity).label(label).help(help).identity(written).statement(statement);
            }
        }
    }
}

type Found = (Severity, String, &'static str, String);

/// Whether only services are named, and their own calls do not carry a key.
fn is_absent_from_service_calls(key: &str, statement: &Statement, facts: &PolicyFacts) -> bool {
    let Some(principals) = statement.principals.as_ref().filter(|principals| !principals.open && !principals.negated) else { return false };
    let services = !principals.entries.is_empty() && principals.entries.iter().all(|entry| entry.group.is_some() && entry.is_service());
    services && facts.principals().absent_from_service_calls.iter().any(|absent| &**absent == key)
}

/// Which actions do not carry a key: all of them, or some that are written out.
fn of_actions(actions: &Strings, carrying: ActionSet, shown: &Quoted<'_>, some: Severity, service: &ServicePolicy) -> Option<Found> {
    let covered = actions.covered(service);
    let all = covered.iter().fold(ActionSet::default(), |all, covered| all.or(covered.set));
    if all.is_empty() {
        return None;
    }
    if all.and(carrying).is_empty() {
        let help = "test a key that these requests have".to_owned();
        return Some((Severity::Warning, format!("no action of this statement carries {shown}"), "the statement never applies", help));
    }
    let lacks =
        |covered: &Covered| covered.named(service).is_some_and(|action| action.reaches_resource()) && covered.set.and(carrying).is_empty();
    let values = actions.values.iter().zip(covered);
    let without: Vec<&str> = values.filter(|(_, covered)| lacks(covered)).filter_map(|(value, _)| value.known()).collect();
    if without.is_empty() {
        return None;
    }
    let verb = if without.len() == 1 { "does" } else { "do" };
    let message = format!("`{}` {verb} not carry {shown}", without.join("`, `"));
    let label = if without.len() == 1 { "this action is never allowed" } else { "these actions are never allowed" };
    Some((some, message, label, "give these actions a statement of their own".to_owned()))
}
