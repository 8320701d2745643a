use super::quote;
use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::TagSet,
};

pub struct KeyForbidden;

impl Rule for KeyForbidden {
    const META: Meta = meta! {
        /// ## What it checks
        /// Tag keys that `[[tags]]` in `taglint.toml` forbids, in any letter case.
        ///
        /// ## Why
        /// A key that has been replaced, or that must not be public, comes back with every copied module.
        ///
        /// ## Example
        /// ```toml,config
        /// [[tags]]
        /// key = "Contact"
        /// description = "names of people do not belong in tags; use Team"
        /// forbidden = true
        /// ```
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   tags = { Contact = "Ada Lovelace" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   tags = { Team = "engines" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Delete the tag, or use the key that the description names.
        "tag-key-forbidden", "tag key is forbidden", Warning, since "0.1.0"
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        for spec in cx.schema().filter(|spec| spec.forbidden) {
            for tag in &set.tags {
                let Some(key) = tag.key.known().filter(|key| spec.speaks_of(key)) else { continue };
                let help = spec.description.clone().unwrap_or_else(|| "delete the tag".to_owned());
                cx.report(&tag.key, format!("tag key {} is forbidden here", quote(key))).label("forbidden").help(help).identity(key);
            }
        }
    }
}
