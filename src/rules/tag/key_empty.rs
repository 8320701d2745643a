use super::explain;
use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::TagSet,
};

pub struct KeyEmpty;

impl Rule for KeyEmpty {
    const META: Meta = meta! {
        /// ## What it checks
        /// Tags whose key is the empty string.
        ///
        /// ## Why
        /// A tag without a key names nothing; services refuse the call.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   tags = { "" = "core" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   tags = { team = "core" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Give the tag a key, or delete it.
        "tag-key-empty", "tag key is empty", Error, since "0.1.0"
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        let Some(rules) = cx.tags() else { return };
        let Some(limit) = rules.key.length.iter().find(|limit| limit.min > 0) else { return };
        for tag in set.tags.iter().filter(|tag| tag.key.known() == Some("")) {
            let message = format!("tag key is empty, {} wants at least {} character", limit.fact.by, limit.min);
            let report = cx.report(&tag.key, message).label("a key without a character");
            explain(report, &limit.fact, "give the tag a key, or delete it");
        }
    }
}
