use super::quote;
use crate::{
    finding::{Meta, Severity, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::{Effect, Policy},
};

pub struct Notprincipal;

impl Rule for Notprincipal {
    const META: Meta = meta! {
        /// ## What it checks
        /// `NotPrincipal` in an `Allow`, and, as worth knowing, in a `Deny`.
        ///
        /// ## Covers
        /// `notprincipal-allow`, `notprincipal-deny`
        ///
        /// ## Why
        /// An `Allow` lets everybody in who is not named: other accounts, and callers without an account. A `Deny` shuts out the sessions of
        /// a role whose role and account are not both named.
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
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "NotPrincipal": { "AWS": "arn:aws:iam::111122223333:role/App" }
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
        /// Name who is meant. In a `Deny`, name everybody with a condition on `aws:PrincipalArn`.
        "policy-notprincipal", "a statement about everybody but some", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        for statement in &policy.statements {
            let Some(principals) = statement.principals.as_ref().filter(|principals| principals.negated) else { continue };
            let name = quote(&principals.member.name);
            let (severity, message, help) = match statement.effect {
                Some(Effect::Allow) => (Severity::Warning, "lets everybody in who is not in", "name who is meant in `Principal`"),
                Some(Effect::Deny) => {
                    let help = "name everybody in `Principal`, with an `ArnNotLike` condition on the ARN of the principal";
                    (Severity::Info, "denies everybody who is not in", help)
                }
                None => continue,
            };
            cx.report(&principals.member.name.origin(), format!("{} {message} {name}", statement.name()))
                .severity(severity)
                .label("everybody but these")
                .help(help)
                .statement(statement);
        }
    }
}
