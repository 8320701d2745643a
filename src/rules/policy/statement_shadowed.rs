use crate::{
    facts::policy::ActionSet,
    finding::{Meta, Yield, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{
        Policy, Principals, Statement,
        access::{Who, actions, is_about_resource},
    },
};

pub struct StatementShadowed;

impl Rule for StatementShadowed {
    const META: Meta = meta! {
        /// ## What it checks
        /// Statements that allow what another denies without a condition: to everybody, or to the same principals, all of their actions.
        ///
        /// ## Why
        /// A Deny goes before every Allow. The statement never has an effect.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Sid": "A",
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Sid": "B",
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Sid": "C",
        ///       "Effect": "Deny",
        ///       "Principal": "*",
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
        ///       "Sid": "A",
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Sid": "B",
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Sid": "C",
        ///       "Effect": "Deny",
        ///       "Principal": "*",
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Condition": {"Bool": {"aws:SecureTransport": "false"}}
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Take out one of the two, or bound the Deny by a condition.
        "policy-statement-shadowed", "a Deny undoes what a statement allows", Warning, since "0.1.0",
        yields_to &[Yield::subject("policy-lockout-deny"), Yield::subject("policy-lockout-secret")]
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind).filter(|_| policy.is_comparable()) else { return };
        let everybody = |deny: &Statement| {
            deny.principals
                .as_ref()
                .is_some_and(|principals| !principals.negated && principals.entries.iter().any(|entry| *entry.who() == Who::Everyone))
        };
        let denials: Vec<(&Statement, ActionSet, bool)> = policy
            .statements
            .iter()
            .filter(|deny| deny.denies() && deny.is_unconditional() && is_about_resource(policy, deny).is_yes())
            .map(|deny| (deny, actions(deny, service), everybody(deny)))
            .collect();
        if denials.is_empty() {
            return;
        }
        for statement in policy.statements.iter().filter(|statement| statement.allows()) {
            let (Some(principals), Some(named)) = (&statement.principals, &statement.actions) else { continue };
            let allowed = actions(statement, service);
            if named.open || !named.values.iter().all(|value| value.is_known()) || allowed.is_empty() {
                continue;
            }
            let undone = denials.iter().find(|(deny, denied, everybody)| {
                allowed.is_subset(*denied) && (*everybody || same_principals(principals, deny.principals.as_ref()))
            });
            if let Some((deny, ..)) = undone {
                cx.report(statement, format!("{} is undone by {}", statement.name(), deny.name()))
                    .label("never has an effect")
                    .also_at(deny.origin.span, "denies all of it")
                    .help("take out one of the two, or bound the Deny by a condition")
                    .statement(statement);
            }
        }
    }
}

/// Whether all principals of a statement are named by another. That an account is denied is not decided here.
fn same_principals(allowed: &Principals, denied: Option<&Principals>) -> bool {
    let Some(denied) = denied else { return false };
    let named = |value: &str| denied.entries.iter().any(|entry| entry.value.known() == Some(value));
    !allowed.negated
        && !denied.negated
        && allowed.is_known()
        && !allowed.entries.is_empty()
        && allowed.entries.iter().all(|entry| named(entry.value.decoded()))
}
