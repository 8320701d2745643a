use std::collections::BTreeMap;

use super::quote;
use crate::{
    finding::{Meta, Yield, meta},
    fix::{Fix, Safety},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    source::Span,
    subject::{
        Tag, TagSet,
        configuration::{Configuration, Member},
    },
};

pub struct KeySpelling;

impl Rule for KeySpelling {
    const META: Meta = meta! {
        /// ## What it checks
        /// Tag keys of one configuration that differ by letter case or white space only. The spelling that most resources have is
        /// suggested; where two are as common, the one that is written first.
        ///
        /// ## Why
        /// To almost every service `Team` and `team` are two keys. A report by `Team` lacks what is tagged `team`, and an access rule does
        /// not see it. A configuration may have both for a reason, and what is there already cannot be renamed in one go, so this is off by
        /// default. Turn it on when you set up a schema of tags, or once your configuration has one spelling for each key.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_kms_key" "a" {
        ///   tags = { Team = "core" }
        /// }
        /// resource "aws_kms_key" "b" {
        ///   tags = { Team = "core" }
        /// }
        /// resource "aws_kms_key" "c" {
        ///   tags = { team = "core" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "a" {
        ///   tags = { Team = "core" }
        /// }
        /// resource "aws_kms_key" "b" {
        ///   tags = { Team = "core" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Writes the key as most resources have it. Unsafe: something else may look for the key as it is.
        "tag-key-spelling", "tag keys differ by letter case or white space only", Warning, since "0.1.0",
        yields_to &[Yield::place("tag-key-case")], fixable true, optional true
    };
    type Subject = Configuration;
    type Options = NoOptions;

    fn check(all: &Configuration, _: &NoOptions, cx: &mut Context<'_>) {
        let mut keys: BTreeMap<(usize, &str, String), BTreeMap<&str, Spelling<'_>>> = BTreeMap::new();
        for member in &all.members {
            for tag in member.cases.iter().flat_map(|set: &TagSet| &set.tags) {
                let Some(key) = tag.key.known() else { continue };
                let folded: String = key.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
                let spellings = keys.entry((member.root, member.platform(), folded)).or_default();
                let spelling = spellings.entry(key).or_insert_with(|| Spelling { members: Vec::new(), places: BTreeMap::new() });
                if !spelling.members.last().is_some_and(|last| std::ptr::eq(*last, member)) {
                    spelling.members.push(member);
                }
                spelling.places.entry(tag.key.origin().span).or_insert((member, tag));
            }
        }
        for spellings in keys.values().filter(|spellings| spellings.len() > 1) {
            let first = |spelling: &Spelling<'_>| spelling.places.keys().next().copied().unwrap_or_default();
            let usual = spellings.iter().max_by(|(_, a), (_, b)| a.members.len().cmp(&b.members.len()).then(first(b).cmp(&first(a))));
            let Some((usual, most)) = usual else { continue };
            for (key, spelling) in spellings.iter().filter(|(key, _)| *key != usual) {
                for (member, tag) in spelling.places.values() {
                    let bare = !usual.contains(char::is_whitespace) && !key.contains(char::is_whitespace);
                    let fix = (tag.key.is_verbatim() && bare)
                        .then(|| Fix::replace(tag.key.origin().span, *usual, Safety::Unsafe, format!("write `{usual}`")));
                    let message = format!("tag key {} is elsewhere written {}", quote(key), quote(usual));
                    let count = most.members.len();
                    let help =
                        format!("write {}, as {count} other resource{} here", quote(usual), if count == 1 { " does" } else { "s do" });
                    let report = cx.report(&tag.key, message).about(member).label("another spelling").identity(*key);
                    let report = report.also_at(first(most), "written so here").help(help);
                    if let Some(fix) = fix {
                        report.fix(fix);
                    }
                }
            }
        }
    }
}

/// One spelling of a key.
struct Spelling<'c> {
    /// Who has it.
    members: Vec<&'c Member>,
    /// Where it is written, with one who has it from there.
    places: BTreeMap<Span, (&'c Member, &'c Tag)>,
}
