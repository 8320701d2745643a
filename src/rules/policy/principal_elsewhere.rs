use super::{quote, refusal};
use crate::{
    finding::{Meta, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct PrincipalElsewhere;

impl Rule for PrincipalElsewhere {
    const META: Meta = meta! {
        /// ## What it checks
        /// Federated and canonical users as principals: the first belong in the trust policies of roles, the second in the policies of S3
        /// buckets.
        ///
        /// ## Covers
        /// `principal-federated`, `principal-canonical-user`
        ///
        /// ## Why
        /// The services refuse the policy.
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
        ///       "Principal": { "Federated": "arn:aws:iam::111122223333:saml-provider/Idp" },
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
        /// Name the role that such users take.
        "policy-principal-elsewhere", "a kind of principal that this policy does not take", Error, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let refusal = refusal(policy, cx);
        for statement in &policy.statements {
            let Some(groups) = statement.principals.as_ref().and_then(|principals| principals.member.value.as_object()) else { continue };
            for group in groups.members.iter() {
                let Some(name) = group.name.known() else { continue };
                let Some(elsewhere) = facts.principals().only_in(name) else { continue };
                cx.report(&group.name.origin(), format!("a {} takes no principals of the type {}", policy.kind.noun(), quote(&group.name)))
                    .label(format!("belongs in {elsewhere}"))
                    .help(format!("name a role, or an account{refusal}"))
                    .identity(name)
                    .statement(statement);
            }
        }
    }
}
