use std::collections::HashMap;

use super::{answer, quote};
use crate::{
    finding::{Meta, Severity, meta},
    fix::{Fix, Safety},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::{Tag, TagForm, TagSet},
    value::Shadow,
};

pub struct KeyDuplicate;

impl Rule for KeyDuplicate {
    const META: Meta = meta! {
        /// ## What it checks
        /// The same tag key twice, in one list of a request or in one map of Terraform. Keys that differ by case are different keys.
        ///
        /// ## Why
        /// In a list both tags are sent, and most services refuse the call. In a map the last one wins without a word: the first never
        /// arrives. A key that `merge` replaces is not reported, since that is what `merge` is for.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   tags = {
        ///     team = "core"
        ///     team = "platform"
        ///   }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   tags = {
        ///     team = "platform"
        ///   }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Deletes the one of a map that never arrives, which changes nothing. Where both are sent, delete the one that is not meant.
        "tag-key-duplicate", "the same tag key twice", Error, since "0.1.0", fixable true
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        match set.form {
            TagForm::Map => lost_in_map(set, cx),
            TagForm::List => twice_in_list(set, cx),
            TagForm::Keys => twice_to_remove(set, cx),
        }
    }
}

fn lost_in_map(set: &TagSet, cx: &mut Context<'_>) {
    let Some(fact) = cx.tags().and_then(|rules| rules.repeated_in_map.as_ref()) else { return };
    let winners: HashMap<&str, &Tag> = set.tags.iter().filter_map(|tag| Some((tag.key.known()?, tag))).collect();
    for lost in set.shadowed.iter().filter(|tag| tag.shadowed == Some(Shadow::Repeated)) {
        let key = quote(&lost.key.shown());
        let removal = lost.item.map(|item| cx.removal(item));
        let mut report =
            cx.report(&lost.key, format!("tag key {key} is written twice in one map: the last one wins")).label("never arrives");
        if let Some(winner) = winners.get(lost.key.decoded()) {
            report = report.also_at(winner.key.origin().span, "this one wins");
        }
        if let Some(removal) = removal {
            // The last one wins as it did: nothing that is read changes.
            report = report.fix(Fix::replace(removal, "", Safety::Safe, "delete the one that never arrives"));
        }
        report.fact(fact).help("delete the one that is not meant").identity(lost.key.decoded());
    }
}

/// A key that is to be removed twice is harmless, and hardly meant.
fn twice_to_remove(set: &TagSet, cx: &mut Context<'_>) {
    let mut first: HashMap<&str, &Tag> = HashMap::new();
    for tag in &set.tags {
        let Some(key) = tag.key.known() else { continue };
        let Some(earlier) = first.get(key) else {
            first.insert(key, tag);
            continue;
        };
        cx.report(&tag.key, format!("tag key {} is to be removed twice", quote(key)))
            .severity(Severity::Warning)
            .label("again here")
            .also_at(earlier.key.origin().span, "first here")
            .help("delete one of the two, or write the key that is meant")
            .identity(key);
    }
}

fn twice_in_list(set: &TagSet, cx: &mut Context<'_>) {
    let Some(rules) = cx.tags() else { return };
    let Some(fact) = &rules.duplicate else { return };
    let mut first: HashMap<&str, &Tag> = HashMap::new();
    for tag in &set.tags {
        let Some(key) = tag.key.known() else { continue };
        let Some(earlier) = first.get(key) else {
            first.insert(key, tag);
            continue;
        };
        cx.report(&tag.key, format!("tag key {} is in this list twice", quote(key)))
            .label("again here")
            .also_at(earlier.key.origin().span, "first here")
            .fact(fact)
            .help(format!("delete one of the two; {}", answer(fact)))
            .identity(key);
    }
}
