use super::{quote, quote_str, rewrite};
use crate::{
    finding::{Meta, Yield, meta},
    fix::Safety,
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct ActionSpelling;

impl Rule for ActionSpelling {
    const META: Meta = meta! {
        /// ## What it checks
        /// Actions whose letter case is not that of the documents, and `*` where `kms:*` or `secretsmanager:*` says the same.
        ///
        /// ## Covers
        /// `action-case`, `action-star`
        ///
        /// ## Why
        /// The services take both, and a search for the action does not find it. `*` in the policy of a key reads as if it were about more
        /// than the key.
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
        ///       "Action": "KMS:decrypt",
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
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Writes the action as it is documented.
        "policy-action-spelling", "an action that is not written as it is documented", Info, since "0.1.0",
        yields_to &[Yield::place("policy-action-repeated")], fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        for statement in &policy.statements {
            let Some(actions) = &statement.actions else { continue };
            for (value, covered) in actions.values.iter().zip(actions.covered(service)) {
                let Some(written) = value.known() else { continue };
                let (name, label) = match covered.named(service) {
                    Some(action) => (&*action.name, "another letter case"),
                    None if written == "*" => ("*", "means the service's own actions"),
                    None => continue,
                };
                if written.strip_prefix(&*service.prefix).and_then(|rest| rest.strip_prefix(':')) == Some(name) {
                    continue;
                }
                let documented = format!("{}:{name}", service.prefix);
                let documented_shown = quote_str(&documented);
                let report = cx
                    .report(&value.origin(), format!("action {} is documented as {documented_shown}", quote(value)))
                    .label(label)
                    .help(format!("write {documented_shown}"))
                    .identity(written)
                    .statement(statement);
                if let Some(fix) = rewrite(value, &documented, Safety::Safe, "write the action as it is documented") {
                    report.fix(fix);
                }
            }
        }
    }
}
