use std::collections::{BTreeMap, BTreeSet};

use super::quote;
use crate::{
    finding::{Meta, meta},
    origin::{HasOrigin, HopKind},
    rule::{Context, NoOptions, Rule},
    source::Span,
    subject::{
        Tag, TagSet, TagValue,
        configuration::{Configuration, Member},
    },
    value::Shadow,
};

pub struct Shadowed;

impl Rule for Shadowed {
    const META: Meta = meta! {
        /// ## What it checks
        /// A tag in an argument of `merge` or in `default_tags` that never arrives: whatever uses it replaces it by a later one of the same
        /// key. Only where the code alone decides that: not where a variable, a condition or a module's input has the later one, nor where
        /// the map is read for anything else.
        ///
        /// ## Why
        /// `merge` is there to replace values, and a default is there to be overridden. One that is always replaced says something that is
        /// true of nothing, and whoever changes it changes nothing. That is untidy rather than wrong, so it is off by default. Turn it on
        /// before you rearrange where tags are set.
        ///
        /// ## Example
        /// ```hcl,bad
        /// locals {
        ///   tags = { Team = "core", Stage = "dev" }
        /// }
        /// resource "aws_kms_key" "k" {
        ///   tags = merge(local.tags, { Stage = "prod" })
        /// }
        /// ```
        /// ```hcl,good
        /// locals {
        ///   tags = { Team = "core" }
        /// }
        /// resource "aws_kms_key" "k" {
        ///   tags = merge(local.tags, { Stage = "prod" })
        /// }
        /// ```
        ///
        /// ## Fix
        /// Delete the one that never arrives, or the one that hides it.
        "tag-shadowed", "a tag never arrives", Warning, since "0.1.0", optional true
    };
    type Subject = Configuration;
    type Options = NoOptions;

    fn check(all: &Configuration, _: &NoOptions, cx: &mut Context<'_>) {
        let mut lost: BTreeMap<Span, Lost<'_>> = BTreeMap::new();
        for member in &all.members {
            for set in &member.cases {
                for tag in set.shadowed.iter().filter(|tag| tag.shadowed == Some(Shadow::Merged)) {
                    let Some(key) = tag.key.known().filter(|_| !matches!(tag.value, TagValue::Null(_))) else { continue };
                    let uses = lost.entry(tag.key.origin().span).or_insert_with(|| Lost { key, uses: Vec::new() });
                    uses.uses.push((member, set, tag));
                }
            }
        }
        if lost.is_empty() {
            return;
        }
        for tag in all.members.iter().flat_map(|member| &member.cases).flat_map(|set| &set.tags) {
            lost.remove(&tag.key.origin().span);
        }
        for (place, Lost { key, uses }) in lost {
            let Some(winner) = winner(all, key, &uses, cx) else { continue };
            let [(member, _, tag), ..] = uses[..] else { continue };
            let message = format!("tag {} never arrives: a later one replaces it wherever it is used", quote(key));
            cx.report(&crate::origin::Origin::at(place), message)
                .about(member)
                .label(if is_default(tag) { "in `default_tags`" } else { "replaced" })
                .also_at(winner.key.origin().span, "this one arrives")
                .help("delete the one that is not meant")
                .identity(key);
        }
    }
}

struct Lost<'c> {
    key: &'c str,
    uses: Vec<(&'c Member, &'c TagSet, &'c Tag)>,
}

/// One of the tags that replace a lost one, if it is lost whatever values variables have.
fn winner<'c>(all: &Configuration, key: &str, uses: &[(&'c Member, &'c TagSet, &'c Tag)], cx: &Context<'_>) -> Option<&'c Tag> {
    let mut first = None;
    let mut read: BTreeSet<Span> = BTreeSet::new();
    for (member, set, tag) in uses {
        let winner = set.tags.iter().rev().find(|other| other.key.known() == Some(key))?;
        let same = winner.value.known().is_some() && winner.value.known() == tag.value.known();
        let certain = |tag: &Tag| all.ways.is_certain(&tag.key.origin(), cx.sources());
        // What `default_tags` gives counts only where everything that may have it was seen.
        if same || !certain(winner) || !certain(tag) || (is_default(tag) && !member.all_seen) {
            return None;
        }
        read.extend(tag.key.origin().path().iter().filter(|hop| hop.kind == HopKind::Local).map(|hop| hop.span));
        first.get_or_insert(winner);
    }
    // A local value that is read elsewhere too may arrive there.
    let seen = uses.iter().all(|(_, _, tag)| {
        tag.key
            .origin()
            .path()
            .iter()
            .filter(|hop| hop.kind == HopKind::Local)
            .all(|hop| all.ways.reads_of(hop, cx.sources()).is_some_and(|reads| reads.iter().all(|place| read.contains(place))))
    });
    first.filter(|_| seen)
}

fn is_default(tag: &Tag) -> bool {
    tag.key.origin().path().iter().any(|hop| hop.kind == HopKind::DefaultTags)
}
