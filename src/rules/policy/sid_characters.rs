use super::{document_of, quote};
use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct SidCharacters;

impl Rule for SidCharacters {
    const META: Meta = meta! {
        /// ## What it checks
        /// The characters of a `Sid` in the policy of a secret. A key policy takes spaces and punctuation there; AWS's own has them.
        ///
        /// ## Covers
        /// `sid-charset-secret`
        ///
        /// ## Why
        /// Other services than AWS KMS take letters and digits only.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "secretsmanager:GetSecretValue",
        ///       "Resource": "*",
        ///       "Sid": "Allow app"
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
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "secretsmanager:GetSecretValue",
        ///       "Resource": "*",
        ///       "Sid": "AllowApp"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Write the Sid without other characters.
        "policy-sid-characters", "a Sid with characters that the service does not take", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let Some(document) = document_of(policy, cx) else { return };
        let Some(allowed) = &document.sid_is else { return };
        for statement in &policy.statements {
            let Some(sid) = statement.sid.as_ref().filter(|sid| sid.known().is_some_and(|sid| !document.takes_sid(sid))) else { continue };
            cx.report(sid, format!("the Sid {} is not valid in a {}", quote(sid), policy.kind.noun()))
                .label("other characters")
                .help(format!("write it with {allowed} only"))
                .statement(statement);
        }
    }
}
