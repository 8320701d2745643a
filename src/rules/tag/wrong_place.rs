use super::quote;
use crate::{
    config::TagSource,
    finding::{Meta, meta},
    origin::{HasOrigin, HopKind},
    rule::{Context, NoOptions, Rule},
    subject::{TagRole, TagSet},
};

pub struct WrongPlace;

impl Rule for WrongPlace {
    const META: Meta = meta! {
        /// ## What it checks
        /// Where a tag is set, for keys of `[[tags]]` in `taglint.toml` that have `source = "default_tags"` or `source = "resource"`.
        ///
        /// ## Why
        /// A tag that is the same for all belongs in the provider's `default_tags`, where nobody forgets it and one line changes it. A tag
        /// that must be right for each resource does not: there it is always set, and often wrong.
        ///
        /// ## Example
        /// ```toml,config
        /// [[tags]]
        /// key = "CostCenter"
        /// source = "default_tags"
        /// ```
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   tags = { CostCenter = "4711" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   tags = { Name = "payments" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Move the tag.
        "tag-wrong-place", "tag is set in another place than is asked for", Warning, since "0.1.0"
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        if set.holder.is_none() || set.role != TagRole::Own {
            return;
        }
        for spec in cx.schema() {
            for tag in &set.tags {
                let Some(key) = tag.key.known().filter(|key| spec.speaks_of(key)) else { continue };
                let by_default = tag.key.origin().path().iter().any(|hop| hop.kind == HopKind::DefaultTags);
                let (message, help) = match (spec.source, by_default) {
                    (TagSource::Any, _) | (TagSource::DefaultTags, true) | (TagSource::Resource, false) => continue,
                    (TagSource::DefaultTags, false) => {
                        ("is to be set in `default_tags`, not on the resource", "move it to the `default_tags` of the provider")
                    }
                    (TagSource::Resource, true) => {
                        ("is to be set on the resource, not in `default_tags`", "set it on each resource, and delete it here")
                    }
                };
                cx.report(&tag.key, format!("tag {} {message}", quote(key))).label("set here").help(help).identity(key);
            }
        }
    }
}
