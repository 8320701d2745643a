use super::size::{at_least, measure};
use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct SizeNearQuota;

impl Rule for SizeNearQuota {
    const META: Meta = meta! {
        /// ## What it checks
        /// Policies that have more than nine tenths of the length that the service accepts.
        ///
        /// ## Why
        /// The next statement may be the one that is too much, and a policy cannot be extended.
        ///
        /// ## Example
        /// ```hcl,bad
        /// locals {
        ///   a = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
        ///   b = "${local.a}${local.a}${local.a}${local.a}${local.a}${local.a}${local.a}${local.a}"
        ///   c = "${local.b}${local.b}${local.b}${local.b}${local.b}${local.b}${local.b}${local.b}"
        ///   d = "${local.c}${local.c}${local.c}${local.c}${local.c}${local.c}${local.c}${local.b}${local.b}"
        /// }
        /// resource "aws_kms_key" "k" {
        ///   policy = jsonencode({
        ///     Version   = "2012-10-17"
        ///     Id        = local.d
        ///     Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" }]
        ///   })
        /// }
        /// ```
        /// ```json,good
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [{
        ///     "Effect": "Allow",
        ///     "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        ///     "Action": "kms:*",
        ///     "Resource": "*"
        ///   }]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Take out indentation, or give access by grants.
        "policy-size-near-quota", "the policy is almost as long as the service accepts", Info, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let Some(measured) = measure(policy, cx).filter(|measured| measured.is_near()) else { return };
        let (sent, max, unit) = (measured.sent, measured.document.size.max, measured.document.size.unit.as_str());
        let (noun, by) = (policy.kind.noun(), &measured.document.by);
        cx.report(policy, format!("the {noun} has {}{sent} of the {max} {unit} that {by} accepts", at_least(policy)))
            .label(format!("{} left", max - sent))
            .help("take out indentation, or give access by other means before it is full");
    }
}
