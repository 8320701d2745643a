use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{
        Policy, PolicyKind,
        access::{Who, covers},
    },
};

pub struct LockoutSecret;

impl Rule for LockoutSecret {
    const META: Meta = meta! {
        /// ## What it checks
        /// Statements in the policy of a secret that deny `PutResourcePolicy` and `DeleteResourcePolicy` to everybody, without a condition.
        ///
        /// ## Why
        /// Nobody can take the statement out again but the account's root user.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        ///       "Action": "secretsmanager:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Effect": "Deny",
        ///       "Principal": "*",
        ///       "Action": "secretsmanager:*",
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
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        ///       "Action": "secretsmanager:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Effect": "Deny",
        ///       "Principal": "*",
        ///       "Action": "secretsmanager:DeleteSecret",
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Take the actions out of the Deny, or spare the administrators by a condition.
        "policy-lockout-secret", "a Deny takes the right to change a secret's policy from everybody", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let prefix = policy.kind.prefix();
        let (Some(service), Some(administration)) = (facts.service(prefix), facts.access().administration(prefix)) else { return };
        let Some(undo) = administration.undo.as_deref().filter(|_| policy.kind == PolicyKind::Secret) else { return };
        for statement in policy.statements.iter().filter(|statement| statement.denies() && statement.is_unconditional()) {
            let everybody = statement
                .principals
                .as_ref()
                .is_some_and(|principals| !principals.negated && principals.entries.iter().any(|entry| *entry.who() == Who::Everyone));
            let all = [&*administration.set, undo].iter().all(|action| covers(statement, service.only(action), service).is_yes());
            if everybody && all {
                cx.report(statement, format!("{} denies to everybody to change the policy of the secret again", statement.name()))
                    .label("goes before every Allow")
                    .help(format!(
                        "take `{prefix}:{}` and `{prefix}:{undo}` out of it, or spare the administrators by a condition",
                        administration.set
                    ))
                    .statement(statement);
            }
        }
    }
}
