use std::collections::HashMap;

use super::{answer, quote};
use crate::{
    finding::{Meta, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::{Tag, TagSet},
};

pub struct KeyCaseDuplicate;

impl Rule for KeyCaseDuplicate {
    const META: Meta = meta! {
        /// ## What it checks
        /// Two tag keys of one resource that differ by letter case only, for services that compare keys without case.
        ///
        /// ## Why
        /// IAM users and roles, and the tags of a session, take `Team` and `team` for one key and refuse the call. Terraform takes them for
        /// two keys, also when one of them comes from `default_tags`.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_iam_role" "deploy" {
        ///   name               = "deploy"
        ///   assume_role_policy = "{}"
        ///   tags = {
        ///     Team = "core"
        ///     team = "core"
        ///   }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_iam_role" "deploy" {
        ///   name               = "deploy"
        ///   assume_role_policy = "{}"
        ///   tags = {
        ///     Team = "core"
        ///   }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Keep one of the two spellings.
        "tag-key-case-duplicate", "two tag keys are one to the service", Error, since "0.1.0"
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        let Some(fact) = cx.tags().and_then(|rules| rules.duplicate_in_any_case.as_ref()) else { return };
        let mut first: HashMap<String, &Tag> = HashMap::new();
        for tag in &set.tags {
            let Some(key) = tag.key.known() else { continue };
            let earlier = *first.entry(key.to_lowercase()).or_insert(tag);
            // The same key in the same case is another rule's.
            let Some(other) = earlier.key.known().filter(|other| *other != key) else { continue };
            cx.report(&tag.key, format!("tag keys {} and {} are one key to {}", quote(other), quote(key), fact.by))
                .label("the same key in another case")
                .also_at(earlier.key.origin().span, "first here")
                .fact(fact)
                .help(format!("keep one of the two; {}", answer(fact)))
                .identity(key);
        }
    }
}
