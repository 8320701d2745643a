use super::quote;
use crate::{
    facts::tags::Channel,
    finding::{Meta, Severity, meta},
    fix::{Fix, Safety},
    rule::{Context, NoOptions, Rule},
    subject::{TagSet, TagValue},
};

pub struct ValueNull;

impl Rule for ValueNull {
    const META: Meta = meta! {
        /// ## What it checks
        /// Tags whose value is `null`.
        ///
        /// ## Why
        /// In Terraform the provider drops such a tag, so it never arrives: a warning. In a request `null` is not a string, and the service
        /// refuses it: an error. Where the documentation speaks of a null string it means the empty one.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   tags = { team = null }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   tags = { team = "" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Writes `""`, a tag without a value. Unsafe: perhaps no tag at all is meant.
        "tag-value-null", "tag value is null", Warning, since "0.1.0", fixable true
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        for tag in &set.tags {
            let TagValue::Null(origin) = &tag.value else { continue };
            let key = quote(&tag.key.shown());
            let (message, severity) = match cx.channel() {
                Channel::Terraform => (format!("value of tag {key} is null: the provider drops the tag"), Severity::Warning),
                Channel::Request => (format!("value of tag {key} is null, the service wants a string"), Severity::Error),
            };
            // A null that comes from somewhere else may be meant for others.
            let is_written = cx.written(origin.span) == "null";
            let mut report = cx.report(origin, message);
            if is_written {
                report = report.fix(Fix::replace(origin.span, "\"\"", Safety::Unsafe, "write an empty value"));
            }
            report
                .severity(severity)
                .label("no value")
                .help("write `\"\"` for a tag without a value, or delete the tag")
                .identity(tag.key.decoded());
        }
    }
}
