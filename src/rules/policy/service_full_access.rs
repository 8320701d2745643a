use crate::{
    finding::{Meta, Yield, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct ServiceFullAccess;

impl Rule for ServiceFullAccess {
    const META: Meta = meta! {
        /// ## What it checks
        /// Statements that allow `kms:*` or `*` to a service.
        ///
        /// ## Why
        /// A service needs a handful of actions. With all of them it can delete the key and change its policy.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"Service": "sns.amazonaws.com"},
        ///       "Action": "kms:*",
        ///       "Resource": "*",
        ///       "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}
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
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"Service": "sns.amazonaws.com"},
        ///       "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
        ///       "Resource": "*",
        ///       "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// List the actions that the service needs; its documentation names them.
        "policy-service-full-access", "a service gets every action", Warning, since "0.1.0",
        yields_to &[Yield::statement("policy-principal-not-caller")]
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        let all = service.all();
        for statement in policy.statements.iter().filter(|statement| statement.allows()) {
            let (Some(principals), Some(actions)) = (&statement.principals, statement.actions.as_ref().filter(|actions| !actions.negated))
            else {
                continue;
            };
            let Some(named) = principals.entries.iter().find(|entry| entry.is_service()).filter(|_| !principals.negated) else {
                continue;
            };
            for (action, covered) in actions.values.iter().zip(actions.covered(service)) {
                if covered.set == all {
                    cx.report(action, format!("{} gives every action to `{}`", statement.name(), named.value.shown()))
                        .label("deletion and the policy included")
                        .help("list the actions that the service needs")
                        .statement(statement);
                }
            }
        }
    }
}
