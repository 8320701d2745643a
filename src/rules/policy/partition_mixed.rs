use crate::{
    facts::policy::partition_in,
    finding::{Meta, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::{Node, Policy},
    text::Text,
};

pub struct PartitionMixed;

impl Rule for PartitionMixed {
    const META: Meta = meta! {
        /// ## What it checks
        /// That the ARNs of a policy, in principals, resources and conditions, are of one partition: `aws`, `aws-cn` or `aws-us-gov`.
        ///
        /// ## Why
        /// Accounts and keys of different partitions never reach each other. AWS KMS refuses a principal that it cannot find.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws-cn:iam::111122223333:role/app"},
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
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Write the partition of the key.
        "policy-partition-mixed", "ARNs of two partitions in one policy", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let mut first: Option<(&str, &Text)> = None;
        for statement in &policy.statements {
            let principals = statement.principals.iter().flat_map(|principals| &principals.entries).map(|entry| &entry.value);
            let resources = statement.resources.iter().flat_map(|resources| &resources.values);
            let tested = statement.conditions.tests.iter().flat_map(|test| test.values.iter()).filter_map(Node::as_text);
            for text in principals.chain(resources).chain(tested) {
                let Some(partition) = partition(text).filter(|partition| facts.partitions().contains_key(*partition)) else { continue };
                match first {
                    None => first = Some((partition, text)),
                    Some((other, _)) if other == partition => {}
                    Some((other, place)) => {
                        cx.report(text, format!("an ARN of the partition `{partition}` in a policy with ARNs of `{other}`"))
                            .label(format!("of `{partition}`"))
                            .also_at(place.origin().span, format!("of `{other}`"))
                            .help("write the partition of the key")
                            .statement(statement)
                            .identity(format!("{} {}", statement.identity(), text.shown()));
                    }
                }
            }
        }
    }
}

/// The partition of an ARN, where that much of it is known.
fn partition(text: &Text) -> Option<&str> {
    partition_in(text.known_prefix())
}
