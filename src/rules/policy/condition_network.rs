use super::{quote, quote_str};
use crate::{
    facts::policy::{Family, Network},
    finding::{Meta, Severity, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct ConditionNetwork;

impl Rule for ConditionNetwork {
    const META: Meta = meta! {
        /// ## What it checks
        /// Private addresses under `aws:SourceIp`, and networks whose address has bits behind the length of the prefix (`203.0.113.7/24`).
        ///
        /// ## Covers
        /// `condition-ip-private`, `condition-ip-host-bits`
        ///
        /// ## Why
        /// `aws:SourceIp` is the public address of the caller. A call through a VPC endpoint does not have it at all, and has its private
        /// address in `aws:VpcSourceIp`. Bits behind the prefix are ignored.
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
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Condition": { "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }
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
        ///       "Condition": { "IpAddress": { "aws:VpcSourceIp": "10.0.0.0/8" } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Use the key for private addresses; write the address of the network.
        "policy-condition-network", "an address that no caller has", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        let private = facts.private_networks();
        for statement in &policy.statements {
            for test in &statement.conditions.tests {
                let Some(operator) = test.known_operator() else { continue };
                let Some(key) = test.key_in(service) else { continue };
                if operator.operator.family != Family::Ip {
                    continue;
                }
                for value in test.values.iter() {
                    let Some(text) = value.as_text() else { continue };
                    let Some(network) = text.known().and_then(Network::of) else { continue };
                    let shown = quote(text);
                    if private.are_never_in(&key.name, &network) {
                        cx.report(&value.origin, format!("{shown} is private, and {} never is", quote(&test.key)))
                            .label("never matches")
                            .help(format!("test {} for private addresses", quote_str(&private.instead)))
                            .identity(text.decoded())
                            .statement(statement);
                    } else if network.has_bits_behind_prefix() {
                        cx.report(&value.origin, format!("{shown} has bits behind its prefix"))
                            .severity(Severity::Info)
                            .label("the last bits are ignored")
                            .help("write the address of the network, or of one host")
                            .identity(text.decoded())
                            .statement(statement);
                    }
                }
            }
        }
    }
}
