use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::Key,
};

pub struct Several;

impl Rule for Several {
    const META: Meta = meta! {
        /// ## What it checks
        /// That the policy of a key or secret is set in one place: in its own argument, or by one `aws_kms_key_policy`.
        ///
        /// ## Why
        /// A key has one policy. What is applied last wins, and the next plan wants to change it back.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   policy = jsonencode({
        ///     Version   = "2012-10-17"
        ///     Statement = [{ Effect = "Allow", Principal = { AWS = "111122223333" }, Action = "kms:*", Resource = "*" }]
        ///   })
        /// }
        /// resource "aws_kms_key_policy" "p" {
        ///   key_id = aws_kms_key.k.id
        ///   policy = jsonencode({
        ///     Version   = "2012-10-17"
        ///     Statement = [{ Effect = "Allow", Principal = { AWS = "111122223333" }, Action = "kms:*", Resource = "*" }]
        ///   })
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   description = "app"
        /// }
        /// resource "aws_kms_key_policy" "p" {
        ///   key_id = aws_kms_key.k.id
        ///   policy = jsonencode({
        ///     Version   = "2012-10-17"
        ///     Statement = [{ Effect = "Allow", Principal = { AWS = "111122223333" }, Action = "kms:*", Resource = "*" }]
        ///   })
        /// }
        /// ```
        ///
        /// ## Fix
        /// Keep one of the two.
        "policy-several", "two places set the policy of one key", Warning, since "0.1.0"
    };
    type Subject = Key;
    type Options = NoOptions;

    fn check(key: &Key, _: &NoOptions, cx: &mut Context<'_>) {
        // In the order of their names: blocks that move bring no new finding.
        let mut policies: Vec<_> = key.policies.iter().collect();
        policies.sort_by_key(|policy| &policy.address);
        let [first, rest @ ..] = &*policies else { return };
        for other in rest.iter().filter(|other| other.address != first.address) {
            cx.report(
                &other.origin,
                format!("the {} gets its policy from `{}` and from `{}`", key.kind.resource(), first.address, other.address),
            )
            .label("set again")
            .also_at(first.origin.span, "set here")
            .help("keep one of the two")
            .identity(other.address.to_string());
        }
    }
}
