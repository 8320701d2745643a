use std::collections::HashSet;

use super::explain;
use crate::{
    facts::tags::Place,
    finding::{Meta, Severity, meta},
    rule::{Context, NoOptions, Rule},
    subject::{Tag, TagForm, TagSet, TagValue},
};

pub struct Count;

impl Rule for Count {
    const META: Meta = meta! {
        /// ## What it checks
        /// The number of tags on one resource, or in one request. Tags of the provider itself (`aws:`) do not count, nor do tags whose
        /// value is null or whose key is not known.
        ///
        /// ## Why
        /// The service refuses the whole call. A request adds to the tags that are there already, so here only a request that is over the
        /// limit alone is reported.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "opentelekomcloud_kms_key_v1" "k" {
        ///   key_alias = "k"
        ///   tags = {
        ///     t01 = "", t02 = "", t03 = "", t04 = "", t05 = "", t06 = "", t07 = "",
        ///     t08 = "", t09 = "", t10 = "", t11 = "", t12 = "", t13 = "", t14 = "",
        ///     t15 = "", t16 = "", t17 = "", t18 = "", t19 = "", t20 = "", t21 = "",
        ///   }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "opentelekomcloud_kms_key_v1" "k" {
        ///   key_alias = "k"
        ///   tags      = { team = "core", stage = "prod" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Remove tags, or join several into one.
        "tag-count", "more tags than the service accepts", Error, since "0.1.0"
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        // Tags that go do not count.
        if set.form == TagForm::Keys {
            return;
        }
        let Some(rules) = cx.tags() else { return };
        let own = |key: &str| rules.reserved_prefix_of(Place::Key, key).is_some_and(|reserved| reserved.fact.severity == Severity::Error);
        let mut seen = HashSet::new();
        let counted: Vec<&Tag> = set.tags.iter().filter(|tag| arrives(tag).is_some_and(|key| !own(key) && seen.insert(key))).collect();
        let Some(limit) = rules.count.iter().filter(|limit| counted.len() > limit.max).max_by_key(|limit| (limit.fact.severity, limit.max))
        else {
            return;
        };
        let message = format!("{} {}, {} accepts {}", counted.len(), limit.of, limit.fact.by, limit.max);
        let excess = counted.len() - limit.max;
        let report = cx
            .report(&counted[limit.max].key, message)
            .label(format!("tag number {}", limit.max + 1))
            .also_at(set.origin.span, "the whole set");
        let tags = if excess == 1 { "one tag".to_owned() } else { format!("{excess} tags") };
        explain(report, &limit.fact, &format!("remove {tags}"));
    }
}

/// The key of a tag that certainly arrives as one of its own.
fn arrives(tag: &Tag) -> Option<&str> {
    match tag.value {
        TagValue::Text { .. } | TagValue::Absent => tag.key.known(),
        TagValue::Null(_) | TagValue::Unknown(_) => None,
    }
}
