use super::{is_variable, quote, quote_str, rewrite};
use crate::{
    facts::policy::WrittenAction,
    finding::{Meta, meta},
    fix::Safety,
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct ActionUnknown;

impl Rule for ActionUnknown {
    const META: Meta = meta! {
        /// ## What it checks
        /// Whether each string in `Action` and `NotAction` names an action of the service whose policy it is: that the prefix is the
        /// service's, that the name exists, and that a pattern fits something. Letter case does not matter.
        ///
        /// ## Covers
        /// `action-unknown`, `action-reencrypt`, `action-wildcard-no-match`, `action-no-prefix`, `action-service-wildcard`,
        /// `action-wrong-service`, `action-unknown-service`
        ///
        /// ## Why
        /// The services store such a string without a word, and it allows and denies nothing. `kms:ReEncrypt` is the name of an operation,
        /// whose permissions are `kms:ReEncryptFrom` and `kms:ReEncryptTo`. The policy of a key or secret never decides about another
        /// service.
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
        ///       "Action": ["kms:Decrpyt", "kms:DescribeKey"],
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
        ///       "Action": ["kms:Decrypt", "kms:DescribeKey"],
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Writes the action that is nearest. Unsafe: another one may be meant.
        "policy-action-unknown", "an action that does not exist, or is another service's", Warning, since "0.1.0", fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        let noun = policy.kind.noun();
        for statement in &policy.statements {
            let Some(actions) = &statement.actions else { continue };
            let values = actions.values.iter().zip(actions.covered(service));
            for value in values.filter(|(_, covered)| covered.set.is_empty()).map(|(value, _)| value) {
                let Some(written) = value.known().filter(|written| !is_variable(written)) else { continue };
                let shown = quote(value);
                let (message, label, help, meant) = match facts.action(service, written) {
                    WrittenAction::Everything | WrittenAction::One(_) | WrittenAction::Pattern(_) => continue,
                    WrittenAction::NothingFits => (
                        format!("no action of a {} fits {shown}", policy.kind.resource()),
                        "fits nothing",
                        "check its spelling".to_owned(),
                        None,
                    ),
                    WrittenAction::NoSuchAction { near } => {
                        (format!("there is no action {shown}"), "does not exist", "check its spelling".to_owned(), near)
                    }
                    WrittenAction::OtherService { prefix } => {
                        let help = format!("allow `{prefix}` actions in a policy of the user or role, or of the resource they are about");
                        (format!("{shown} has no effect in a {noun}"), "an action of another service", help, None)
                    }
                    WrittenAction::NoSuchService { near } => {
                        let help = format!("actions of a {noun} begin with `{}:`", service.prefix);
                        (format!("no service has actions that begin as {shown} does"), "no such service", help, near)
                    }
                    WrittenAction::PatternOfServices => {
                        let help = format!("write `{}:` and the action", service.prefix);
                        (format!("{shown} has a wildcard in the name of the service"), "taken literally", help, None)
                    }
                    WrittenAction::NoPrefix { meant } => {
                        let help = format!("write `{}:` and the action", service.prefix);
                        (format!("{shown} does not say which service's action it is"), "no service and colon", help, meant)
                    }
                };
                let fix = meant.as_deref().and_then(|meant| rewrite(value, meant, Safety::Unsafe, "write the action that is nearest"));
                let help = meant.map_or(help, |meant| format!("did you mean {}?", quote_str(&meant)));
                let report = cx.report(&value.origin(), message).label(label).help(help).identity(written).statement(statement);
                if let Some(fix) = fix {
                    report.fix(fix);
                }
            }
        }
    }
}
