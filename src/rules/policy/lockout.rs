use super::{bypassed, document_of};
use crate::{
    finding::{Meta, Severity, Yield, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Policy, PolicyKind, PolicyPlace, Statement, access::Who},
};

pub struct Lockout;

impl Rule for Lockout {
    const META: Meta = meta! {
        /// ## What it checks
        /// Whether anybody of the key's account can call `PutKeyPolicy` once the policy is set: some statement must allow it, for the resource `"*"`, to
        /// the account, its users or its roles, under conditions that such a call can meet. A service cannot, another account cannot, and a condition
        /// on an encryption context or on `aws:SourceArn` never holds for it. Silent where statements are not known. `[aws] account` tells which account
        /// is the key's own, `[kms] deployers` who must be able to.
        ///
        /// ## Covers
        /// `lockout-no-admin`, `lockout-external-admin`, `lockout-bypass-unmanageable`
        ///
        /// ## Why
        /// AWS KMS refuses such a policy. With `BypassPolicyLockoutSafetyCheck` it takes it (a warning here), and then only AWS Support can help.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
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
        "policy-lockout", "nobody can change the policy of the key again", Error, since "0.1.0",
        yields_to &[Yield::subject("policy-member-duplicate")]
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        if policy.kind != PolicyKind::Key {
            return;
        }
        let Some(found) = policy.administrators().filter(|found| found.is_nobody()) else { return };
        let Some(member) = policy.element("Statement") else { return };
        let (Some(administration), Some(document)) = (facts.access().administration(policy.kind.prefix()), document_of(policy, cx)) else {
            return;
        };
        let set = format!("{}:{}", policy.kind.prefix(), administration.set);
        let noun = policy.kind.noun();
        let (message, label, help) = if let Some(account) = policy.context.account.as_ref().filter(|_| found.foreign) {
            (
                format!("only other accounts than `{account}` get `{set}`, where it has no effect"),
                "nobody of the key's account can change it",
                format!("let the account administer the key: another account cannot call `{}`", administration.set),
            )
        } else if !found.others {
            (
                format!("nobody can change this {noun} again"),
                "no statement allows it to anybody who could",
                format!("let the account administer the key: allow `{}:*` to its root", policy.kind.prefix()),
            )
        } else {
            (
                format!("no deployer can change this {noun} again"),
                "only others may",
                format!("allow `{set}` to one of `kms.deployers`, or to the account"),
            )
        };
        let fragment = is_part_of_one(policy);
        let report = cx.report(&member.value, message).label(label);
        match bypassed(policy) {
            _ if fragment => report.severity(Severity::Info).help(format!("{help}, unless another tool adds that statement")),
            true => report
                .severity(Severity::Warning)
                .help(format!("{help}; with the check switched off {} accepts it, and only its support can help", document.by)),
            false => report.help(format!("{help}; {} answers {}", document.by, document.malformed)),
        };
    }
}

/// Whether a file has statements for services and for everybody alone, as those have that another tool adds to a policy of its own.
fn is_part_of_one(policy: &Policy) -> bool {
    let names_nobody = |statement: &Statement| {
        let principals = statement.principals.as_ref().filter(|principals| !principals.negated && principals.is_known());
        principals.is_some_and(|principals| principals.entries.iter().all(|entry| matches!(entry.who(), Who::Service | Who::Everyone)))
    };
    policy.place == PolicyPlace::File && policy.statements.iter().all(|statement| statement.allows() && names_nobody(statement))
}
