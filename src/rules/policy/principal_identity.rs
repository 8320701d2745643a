use super::{is_variable, quote, quote_str, refusal, rewrite};
use crate::{
    facts::policy::{IdentityFault, PolicyFacts, is_arn, partition_in},
    finding::{Meta, meta},
    fix::Safety,
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct PrincipalIdentity;

impl Rule for PrincipalIdentity {
    const META: Meta = meta! {
        /// ## What it checks
        /// Whether each value for accounts, users and roles names one: `*`, an account id of twelve digits, the ARN of an account (`:root`),
        /// of a user, of a role, or of one session of a role. Groups, instance profiles, policies and other resources are no principals, and
        /// no part of a name takes a wildcard.
        ///
        /// ## Covers
        /// `principal-account-id`, `principal-arn-malformed`, `principal-arn-partition`, `principal-arn-region`, `principal-arn-service`,
        /// `principal-arn-resource`, `principal-group`, `principal-arn-wildcard`, `principal-session-wildcard`, `principal-unique-id`,
        /// `principal-access-key`, `principal-arn-in-service`
        ///
        /// ## Why
        /// The services look every principal up when the policy is set, and refuse the whole policy for one that is not there. An id that
        /// begins with `AROA` or `AIDA` is what is left in a policy of a role or user that was deleted: it can be read, and never be written
        /// again.
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
        ///       "Principal": { "AWS": "arn:aws:iam:111122223333:role/App" },
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
        /// Where the role of a session is meant, writes the role. Unsafe: it lets every session of the role in.
        "policy-principal-identity", "a principal that is no account, user or role", Error, since "0.1.0", fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let refusal = refusal(policy, cx);
        for statement in &policy.statements {
            for entry in statement.principals.iter().flat_map(|principals| &principals.entries).filter(|entry| entry.is_identity()) {
                let value = &entry.value;
                let Some(written) = value.known().filter(|written| !is_variable(written)) else { continue };
                let fault = facts.identity_fault(written);
                let elsewhere = policy.context.partition.as_deref().filter(|own| is_arn(written) && partition_in(written) != Some(own));
                let Some((what, label, help)) =
                    fault.as_ref().map(|fault| explain(fault, facts)).or_else(|| elsewhere.map(other_partition))
                else {
                    continue;
                };
                let report = cx
                    .report(&value.origin(), format!("principal {} {what}", quote(value)))
                    .label(label)
                    .help(format!("{help}{refusal}"))
                    .identity(written)
                    .statement(statement);
                if let Some(IdentityFault::Sessions { role }) = &fault
                    && let Some(fix) = rewrite(value, role, Safety::Unsafe, "name the role instead of its sessions")
                {
                    report.fix(fix);
                }
            }
        }
    }
}

/// What is wrong, what the value is, and what to do.
fn explain(fault: &IdentityFault, facts: &PolicyFacts) -> (String, &'static str, String) {
    let role = || "name the role or the user".to_owned();
    match fault {
        IdentityFault::Account(account) if account.is_empty() => {
            ("names no account".to_owned(), "no account between the colons", "write the twelve digits of the account".to_owned())
        }
        IdentityFault::Account(account) => {
            (format!("has {} for an account", quote_str(account)), "not twelve digits", "write the twelve digits of the account".to_owned())
        }
        IdentityFault::Shape => (
            "is no account, user or role".to_owned(),
            "not an ARN with all of its parts",
            format!("write it as `{}`, or the account id alone", facts.principals().role("PARTITION", "ACCOUNT", "NAME")),
        ),
        IdentityFault::Partition { written, near } => {
            let help = near.as_ref().map_or_else(|| "check the partition".to_owned(), |near| format!("did you mean {}?", quote_str(near)));
            (format!("is in {}, which is no partition", quote_str(written)), "no such partition", help)
        }
        IdentityFault::Region(region) => (
            format!("has {} where no Region stands", quote_str(region)),
            "users and roles have no Region",
            "leave the Region out".to_owned(),
        ),
        IdentityFault::Resource(service) => {
            let help = "name the role that it runs with, or the service with a condition on the resource".to_owned();
            (format!("is a resource of {}", quote_str(service)), "not an identity", help)
        }
        IdentityFault::Entity(kind) => (
            format!("is {}, which is no user and no role", quote_str(kind)),
            "not an identity",
            "name `root`, `user/…` or `role/…`".to_owned(),
        ),
        IdentityFault::Group => {
            ("is a group".to_owned(), "groups are no principals", "name the users, or a role that they take".to_owned())
        }
        IdentityFault::Wildcard => (
            "has a wildcard in its name".to_owned(),
            "not a pattern here",
            "name the account, with an `ArnLike` condition on the principal's ARN".to_owned(),
        ),
        IdentityFault::Sessions { role } => {
            ("does not name one session of the role".to_owned(), "not a pattern here", format!("name the role: {}", quote_str(role)))
        }
        IdentityFault::UniqueId(what) => (format!("is the unique id of a deleted {what}"), "what is left of it", role()),
        IdentityFault::AccessKey => ("is the id of an access key".to_owned(), "not an identity", role()),
        IdentityFault::Host => {
            ("is a service".to_owned(), "not an account, user or role", "move it to the member `Service` of the principal".to_owned())
        }
    }
}

/// What is wrong with an identity of another partition than the key's.
fn other_partition(own: &str) -> (String, &'static str, String) {
    (
        "is in another partition than the resource".to_owned(),
        "accounts do not reach over partitions",
        format!("name one in {}", quote_str(own)),
    )
}
