use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Policy, PolicyPlace},
};

pub struct Syntax;

impl Rule for Syntax {
    const META: Meta = meta! {
        /// ## What it checks
        /// That a policy which stands in a string, in a request or in Terraform, is JSON, and begins without a byte order mark. A file that
        /// is the policy itself is `syntax-json`. The rest of the policy is still checked, but not judged as a whole.
        ///
        /// ## Covers
        /// `json-syntax`, `json-trailing-data`, `json-byte-order-mark`
        ///
        /// ## Why
        /// The service refuses the call (AWS KMS: MalformedPolicyDocumentException); Terraform refuses the plan.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   policy = <<-EOT
        ///     {
        ///       "Version": "2012-10-17",
        ///       "Statement": [
        ///         { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" }, "Action": "kms:*", "Resource": "*" },
        ///       ]
        ///     }
        ///   EOT
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   policy = <<-EOT
        ///     {
        ///       "Version": "2012-10-17",
        ///       "Statement": [
        ///         { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" }, "Action": "kms:*", "Resource": "*" }
        ///       ]
        ///     }
        ///   EOT
        /// }
        /// ```
        ///
        /// ## Fix
        /// Mend the JSON at the place shown. `jsonencode` cannot get it wrong.
        "policy-syntax", "the policy is not valid JSON", Error, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        const MARK: char = '\u{feff}';
        if policy.text.decoded().starts_with(MARK) {
            cx.report(&policy.text.origin_of(0..MARK.len_utf8() as u32), "the policy begins with a byte order mark")
                .label("a character that cannot be seen")
                .help("save the text without it");
        }
        // A file's own mistakes are reported with the file, and what is empty is another finding.
        if policy.place == PolicyPlace::File || policy.text.decoded().trim().is_empty() {
            return;
        }
        for problem in &policy.problems {
            let report = cx.report(&problem.origin, format!("the policy is not valid JSON: {}", problem.message)).label("here");
            if let Some(help) = problem.help {
                report.help(help);
            }
        }
    }
}
