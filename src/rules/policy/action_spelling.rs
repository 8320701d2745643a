use super::{quote, quote_str, rewrite};
use crate::{
    facts::policy::WrittenAction,
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
        let Some(service) = facts.service(policy.kind.prefix()) else { return };
        for statement in &policy.statements {
            let Some(actions) = &statement.actions else { continue };
            for (value, covered) in actions.values.iter().zip(actions.covered(facts, service)) {
                let Some(written) = value.known() else { continue };
                // No action, or a pattern of several.
                if covered.len() != 1 && *covered != service.all() {
                    continue;
                }
                let (documented, label) = match facts.action(service, written) {
                    WrittenAction::Everything => (format!("{}:*", service.prefix), "means the service's own actions"),
                    WrittenAction::One(action) => (format!("{}:{}", service.prefix, action.name), "another letter case"),
                    WrittenAction::Pattern(_)
                    | WrittenAction::NothingFits
                    | WrittenAction::NoSuchAction { .. }
                    | WrittenAction::OtherService { .. }
                    | WrittenAction::NoSuchService { .. }
                    | WrittenAction::PatternOfServices
                    | WrittenAction::NoPrefix { .. } => continue,
                };
                if documented == written {
                    continue;
                }
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
