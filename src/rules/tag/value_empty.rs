use super::{explain, quote};
use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{TagSet, TagValue},
};

pub struct ValueEmpty;

impl Rule for ValueEmpty {
    const META: Meta = meta! {
        /// ## What it checks
        /// Tags whose value is the empty string, for services that want at least one character.
        ///
        /// ## Why
        /// Most services take a tag without a value. Some do not: they refuse the whole call.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_cloudtrail" "audit" {
        ///   name           = "audit"
        ///   s3_bucket_name = "audit"
        ///   tags           = { reviewed = "" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_cloudtrail" "audit" {
        ///   name           = "audit"
        ///   s3_bucket_name = "audit"
        ///   tags           = { reviewed = "yes" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Give the tag a value, or delete it.
        "tag-value-empty", "tag value is empty where the service wants one", Error, since "0.1.0"
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        let Some(rules) = cx.tags() else { return };
        let Some(limit) = rules.value.length.iter().rev().find(|limit| limit.min > 0) else { return };
        for tag in &set.tags {
            let TagValue::Text { text, .. } = &tag.value else { continue };
            if text.known() != Some("") {
                continue;
            }
            let message =
                format!("value of tag {} is empty, {} wants at least {} character", quote(&tag.key.shown()), limit.fact.by, limit.min);
            let report = cx.report(text, message).label("no value").identity(tag.key.decoded());
            explain(report, &limit.fact, "give the tag a value, or delete it");
        }
    }
}
