use super::quote;
use crate::{
    facts::policy::PolicyFacts,
    finding::{Meta, Severity, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::{Policy, Statement},
};

pub struct ActionNotGrantable;

impl Rule for ActionNotGrantable {
    const META: Meta = meta! {
        /// ## What it checks
        /// Actions written out in an `Allow` that the policy cannot grant: their requests reach no key or secret (`kms:ListKeys`,
        /// `kms:CreateKey`, `secretsmanager:ListSecrets`), they need a permission on an alias besides, or only the service itself calls them.
        /// Patterns are left alone: the console's own default policy has `kms:Create*` and `kms:List*`.
        ///
        /// ## Covers
        /// `action-account-level`, `action-account-level-secret`, `action-alias-half`, `action-internal`
        ///
        /// ## Why
        /// The statement looks as if it granted the action, and the call is refused. What is about no resource belongs in a policy of the
        /// user or role. Aliases need both: `kms:CreateAlias` on the key, here, and on the alias, there.
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
        ///       "Action": ["kms:Decrypt", "kms:ListKeys"],
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
        ///       "Action": ["kms:Decrypt", "kms:ListGrants"],
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Move the action to a policy of the user or role.
        "policy-action-not-grantable", "an action that no policy of this resource can grant", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        let resource = policy.kind.resource();
        for statement in policy.statements.iter().filter(|statement| statement.allows()) {
            let Some(actions) = statement.actions.as_ref().filter(|actions| !actions.negated) else { continue };
            let values = actions.values.iter().zip(actions.covered(service));
            for (value, covered) in values {
                let Some(action) = covered.named(service) else { continue };
                let Some(written) = value.known() else { continue };
                let shown = quote(value);
                let (message, label, help) = if !action.reaches_resource() {
                    let message = format!("a {} cannot grant {shown}, whose requests are about no {resource}", policy.kind.noun());
                    (message, "no effect here", "allow it in a policy of the user or role")
                } else if action.internal {
                    (format!("{shown} is called by the service itself"), "nobody else can call it", "leave it out")
                } else if action.alias && !names_the_account(statement, facts) {
                    let message = format!("{shown} also needs a permission on the alias, which no {} gives", policy.kind.noun());
                    (message, "half of what is needed", "allow it on the alias in a policy of the user or role too")
                } else {
                    continue;
                };
                let report = cx.report(&value.origin(), message).label(label).help(help).identity(written).statement(statement);
                if action.reaches_resource() {
                    report.severity(Severity::Info);
                }
            }
        }
    }
}

/// Whether a principal may be the whole account, whose own policies then say what is allowed on aliases.
fn names_the_account(statement: &Statement, facts: &PolicyFacts) -> bool {
    let Some(principals) = &statement.principals else { return true };
    principals.open
        || principals.negated
        || principals.entries.iter().any(|entry| entry.value.known().is_none_or(|value| facts.is_whole_account(value)))
}
