use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Policy, PolicyKind},
};

pub struct NoAccountDelegation;

impl Rule for NoAccountDelegation {
    const META: Meta = meta! {
        /// ## What it checks
        /// Key policies that allow `PutKeyPolicy` to users or roles, and not to the account.
        ///
        /// ## Why
        /// Where these are deleted, nobody can change the policy any more. And policies of users and roles have no effect on the key. Some want just
        /// that.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:*",
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
        /// Add the statement that gives `kms:*` to the account.
        "policy-no-account-delegation", "users and roles alone can change the policy of the key", Info, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let Some(found) = policy
            .administrators()
            .filter(|found| policy.kind == PolicyKind::Key && found.certain && !found.is_nobody() && found.denied.is_empty())
        else {
            return;
        };
        let Some(member) = policy.element("Statement") else { return };
        if found.only_identities {
            cx.report(&member.value, "only users and roles can change this key policy again")
                .label("none for the account")
                .help("allow it to the account as well: users and roles come and go");
        }
    }
}
