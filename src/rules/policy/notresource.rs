use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct Notresource;

impl Rule for Notresource {
    const META: Meta = meta! {
        /// ## What it checks
        /// Statements with `NotResource`.
        ///
        /// ## Why
        /// The policy belongs to one resource. What is left after it is excluded is nothing, and what is left after something else is excluded is the
        /// resource itself.
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
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:Decrypt",
        ///       "NotResource": "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
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
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Write `"Resource": "*"`, or take the statement out.
        "policy-notresource", "NotResource in the policy of one resource", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        for statement in &policy.statements {
            let Some(resources) = statement.resources.as_ref().filter(|resources| resources.negated) else { continue };
            let nothing = resources.values.iter().any(|value| value.known() == Some("*"));
            let label = if nothing { "leaves nothing: the statement does nothing" } else { "leaves the resource itself" };
            cx.report(&resources.member, format!("{} has `NotResource` in the policy of one {}", statement.name(), policy.kind.resource()))
                .label(label)
                .help(format!("write `{}`, or take the statement out", statement.form().element("Resource", "*")))
                .statement(statement);
        }
    }
}
