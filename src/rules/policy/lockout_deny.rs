use super::{bypassed, document_of};
use crate::{
    finding::{Meta, Severity, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Policy, PolicyKind},
};

pub struct LockoutDeny;

impl Rule for LockoutDeny {
    const META: Meta = meta! {
        /// ## What it checks
        /// Statements that deny `PutKeyPolicy` to everybody to whom others allow it. A condition counts where its outcome is certain: on
        /// `aws:PrincipalArn` or the account, for the users and roles that the policy or `[kms] deployers` names.
        ///
        /// ## Why
        /// A Deny goes before every Allow. AWS KMS refuses the policy; with `BypassPolicyLockoutSafetyCheck` it takes it (a warning here), and then only
        /// AWS Support can help.
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
        ///       "Effect": "Deny",
        ///       "Principal": "*",
        ///       "Action": "kms:Put*",
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
        ///       "Effect": "Deny",
        ///       "Principal": "*",
        ///       "Action": "kms:ScheduleKeyDeletion",
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Take the action out of the Deny, or spare the administrators: `ArnNotLike` on `aws:PrincipalArn`.
        "policy-lockout-deny", "a Deny takes the right to change the policy from everybody", Error, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        if policy.kind != PolicyKind::Key {
            return;
        }
        let facts = cx.facts().policy();
        let Some(found) = policy.administrators() else { return };
        let denied: Vec<_> = found.denied.iter().filter_map(|at| policy.statements.get(*at)).collect();
        let [deny, others @ ..] = &*denied else { return };
        let (Some(administration), Some(document)) = (facts.access().administration(policy.kind.prefix()), document_of(policy, cx)) else {
            return;
        };
        let set = format!("{}:{}", policy.kind.prefix(), administration.set);
        let message = match others {
            [] => format!("{} denies `{set}` to everybody who has it", deny.name()),
            [other] => format!("{} and {} together deny `{set}` to everybody who has it", deny.name(), other.name()),
            _ => format!("{} and {} others together deny `{set}` to everybody who has it", deny.name(), others.len()),
        };
        let report = cx.report(*deny, message).label("goes before every Allow").statement(deny);
        let report = others.iter().fold(report, |report, other| report.also_at(other.origin.span, "and this"));
        let help = format!("take `{set}` out of it, or spare the administrators by a condition");
        match bypassed(policy) {
            true => report
                .severity(Severity::Warning)
                .help(format!("{help}; with the check switched off {} accepts it, and only its support can help", document.by)),
            false => report.help(format!("{help}; {} answers {}", document.by, document.malformed)),
        };
    }
}
