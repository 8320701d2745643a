use super::quote;
use crate::{
    facts::policy::Fragile,
    finding::{Meta, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct PrincipalFragile;

impl Rule for PrincipalFragile {
    const META: Meta = meta! {
        /// ## What it checks
        /// Principals that come and go: one session of a role, which has another name the next time, and a service-linked role, which exists
        /// only after the service was first used in the account.
        ///
        /// ## Covers
        /// `principal-session`, `principal-service-linked-role`
        ///
        /// ## Why
        /// A policy with a principal that does not exist is refused. In a new account that is every service-linked role.
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
        ///       "Principal": { "AWS": "arn:aws:sts::111122223333:assumed-role/App/ci" },
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
        /// Name the role of the session; create the service-linked role before the key.
        "policy-principal-fragile", "a principal that may not be there", Info, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        for statement in &policy.statements {
            for entry in statement.principals.iter().flat_map(|principals| &principals.entries).filter(|entry| entry.is_identity()) {
                let Some(written) = entry.value.known() else { continue };
                let Some(fragile) = facts.fragile(written).filter(|_| facts.identity_fault(written).is_none()) else { continue };
                let shown = quote(&entry.value);
                let (message, label, help) = match fragile {
                    Fragile::Session => (
                        format!("principal {shown} is one session of a role"),
                        "only while it is called so",
                        "name the role, with `iam` for `sts`",
                    ),
                    Fragile::ServiceLinkedRole => (
                        format!("principal {shown} exists only after the service was used"),
                        "refused in a new account",
                        "create the service-linked role first",
                    ),
                };
                cx.report(&entry.value.origin(), message).label(label).help(help).identity(written).statement(statement);
            }
        }
    }
}
