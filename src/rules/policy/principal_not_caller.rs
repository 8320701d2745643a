use super::quote;
use crate::{
    finding::{Meta, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::{Policy, PolicyKind},
};

pub struct PrincipalNotCaller;

impl Rule for PrincipalNotCaller {
    const META: Meta = meta! {
        /// ## What it checks
        /// An `Allow` for a service that uses keys as somebody else: EC2 and EBS as who starts the instance, Auto Scaling through its
        /// service-linked role. AWS KMS itself is no caller either.
        ///
        /// ## Covers
        /// `principal-service-not-caller`
        ///
        /// ## Why
        /// The statement is accepted and never applies; instances that need the key die at launch.
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
        ///       "Principal": { "Service": "autoscaling.amazonaws.com" },
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Condition": { "StringEquals": { "aws:SourceAccount": "111122223333" } }
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
        ///       "Resource": "*",
        ///       "Condition": { "StringEquals": { "kms:ViaService": "ec2.us-east-1.amazonaws.com" } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Name who the service acts as.
        "policy-principal-not-caller", "a service that never calls under its own name", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        match policy.kind {
            PolicyKind::Key => {}
            PolicyKind::Secret => return,
        }
        for statement in policy.statements.iter().filter(|statement| statement.allows()) {
            let Some(principals) = statement.principals.as_ref().filter(|principals| !principals.negated) else { continue };
            for entry in principals.entries.iter().filter(|entry| entry.is_service()) {
                let Some(host) = entry.host() else { continue };
                let Some(not_caller) = facts.principals().not_caller(&host.service) else { continue };
                cx.report(&entry.value.origin(), format!("{} never uses a key under its own name", quote(&entry.value)))
                    .label("not the caller")
                    .help(format!("{}: {}", not_caller.why, not_caller.instead))
                    .identity(&*host.service)
                    .statement(statement);
            }
        }
    }
}
