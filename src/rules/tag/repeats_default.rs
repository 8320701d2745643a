use std::collections::HashMap;

use super::quote;
use crate::{
    finding::{Meta, meta},
    fix::{Fix, Safety},
    origin::{HasOrigin, HopKind, Origin},
    rule::{Context, NoOptions, Rule},
    subject::{Tag, TagSet},
    value::Shadow,
};

pub struct RepeatsDefault;

impl Rule for RepeatsDefault {
    const META: Meta = meta! {
        /// ## What it checks
        /// A tag of a resource that has the same key and the same value in the provider's `default_tags`: written twice, or one local value
        /// that both of them read.
        ///
        /// ## Why
        /// The resource gets the tag either way. Two places must be kept alike, and whoever changes the default later does not change this
        /// resource. Nothing is refused, so it is worth knowing and no more.
        ///
        /// ## Example
        /// ```hcl,bad
        /// provider "aws" {
        ///   default_tags {
        ///     tags = { Team = "core" }
        ///   }
        /// }
        /// resource "aws_kms_key" "k" {
        ///   tags = { Team = "core", Name = "payments" }
        /// }
        /// ```
        /// ```hcl,good
        /// provider "aws" {
        ///   default_tags {
        ///     tags = { Team = "core" }
        ///   }
        /// }
        /// resource "aws_kms_key" "k" {
        ///   tags = { Name = "payments" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Deletes the tag from the resource. Unsafe: other code may read it from the resource's `tags`.
        "tag-repeats-default", "a tag says what `default_tags` says already", Info, since "0.1.0", fixable true
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        let lost = set.shadowed.iter().filter(|tag| tag.shadowed == Some(Shadow::Merged) && is_default(tag));
        let lost: HashMap<&str, &Tag> = lost.filter_map(|tag| Some((tag.key.known()?, tag))).collect();
        if lost.is_empty() {
            return;
        }
        let mut shared: Vec<(&Tag, &Tag)> = Vec::new();
        for own in set.tags.iter().filter(|tag| !is_default(tag)) {
            let Some((default, key)) = own.key.known().and_then(|key| Some((*lost.get(key)?, key))) else { continue };
            if own.value.known().is_none() || own.value.known() != default.value.known() {
                continue;
            }
            // Where both come from one literal, it is the way that it takes to the resource that is not needed.
            if own.key.origin().span == default.key.origin().span {
                shared.push((own, default));
                continue;
            }
            let removal = own.item.map(|item| cx.removal(item));
            let report = cx.report(&own.key, format!("tag {} says what `default_tags` says already", quote(key)));
            let report = report.label("the same key and value").also_at(default.key.origin().span, "in `default_tags`");
            let report = report.help("delete it here: the provider adds it").identity(key);
            if let Some(removal) = removal {
                report.fix(Fix::replace(removal, "", Safety::Unsafe, "delete the tag"));
            }
        }
        let Some((own, default)) = shared.first() else { return };
        let Some(way) = own.key.origin().path().last().map(|hop| hop.span) else { return };
        let named = quote(&own.key.shown());
        let message = match shared.len() {
            1 => format!("tag {named} comes from where `default_tags` has it too"),
            count => format!("tag {named} and {} more come from where `default_tags` has them too", count - 1),
        };
        let report = cx.report(&Origin::at(way), message).label("the provider adds these by itself");
        report.also_at(default.key.origin().span, "written here").help("leave it out here");
    }
}

fn is_default(tag: &Tag) -> bool {
    tag.key.origin().path().iter().any(|hop| hop.kind == HopKind::DefaultTags)
}
