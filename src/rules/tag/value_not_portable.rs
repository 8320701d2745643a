use std::collections::{BTreeMap, BTreeSet};

use super::{over, quote};
use crate::{
    facts::tags::{Channel, ServiceId, TagRules},
    finding::{Meta, Severity, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    source::Span,
    subject::{
        Tag, TagValue,
        configuration::{Configuration, Member},
    },
};

pub struct ValueNotPortable;

impl Rule for ValueNotPortable {
    const META: Meta = meta! {
        /// ## What it checks
        /// Values of a tag key of the schema (`[[tags]]`, or `--require-tag`) that one service takes, and that another service which is used
        /// here would refuse. One finding for each entry of the schema; all services that would refuse are named.
        ///
        /// ## Why
        /// A schema of tags is for all services, and each has limits of its own. The value works until somebody puts it on another kind of
        /// resource; then the call is refused in the middle of an apply. Nothing is wrong yet, so this is off by default. Turn it on where
        /// values are chosen from one list for everything, such as teams and cost centres.
        ///
        /// ## Example
        /// ```toml,config
        /// [[tags]]
        /// key = "Team"
        /// ```
        /// ```hcl,bad
        /// resource "aws_instance" "app" {
        ///   tags = { Team = "R&D" }
        /// }
        /// resource "aws_kms_key" "k" {
        ///   tags = { Team = "core" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_instance" "app" {
        ///   tags = { Team = "R-D" }
        /// }
        /// resource "aws_kms_key" "k" {
        ///   tags = { Team = "core" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Choose a value that all services take.
        "tag-value-not-portable", "another service here would refuse the value", Warning, since "0.1.0", optional true
    };
    type Subject = Configuration;
    type Options = NoOptions;

    fn check(all: &Configuration, _: &NoOptions, cx: &mut Context<'_>) {
        let mut keys: BTreeMap<&str, Values<'_>> = BTreeMap::new();
        let services: BTreeSet<&ServiceId> = all.members.iter().map(|member| &member.service).collect();
        for member in &all.members {
            for tag in member.cases.iter().flat_map(|set| &set.tags) {
                let Some(name) = tag.key.known() else { continue };
                if !cx.schema_at(member.span).any(|spec| !spec.forbidden && spec.key == name) {
                    continue;
                }
                let key = keys.entry(name).or_default();
                if let TagValue::Text { text, sensitive: false } = &tag.value
                    && text.is_known()
                {
                    let value = key.entry(text.decoded()).or_default();
                    value.services.insert(&member.service);
                    value.places.entry(text.origin().span).or_insert((member, tag));
                }
            }
        }
        let rules: BTreeMap<&ServiceId, &TagRules> =
            services.iter().filter_map(|service| Some((*service, cx.facts().tag_rules(service, Channel::Terraform)?))).collect();
        for (name, key) in &keys {
            let refused = key.iter().filter_map(|(text, value)| {
                let asked = services.iter().filter(|service| !value.services.contains(*service));
                let by: Vec<&str> =
                    asked.filter_map(|service| rules.get(service)).filter(|rules| refuses(rules, text)).map(|rules| &*rules.name).collect();
                (!by.is_empty()).then_some((text, value, by))
            });
            let refused: Vec<_> = refused.collect();
            let Some((text, value, _)) = refused.iter().min_by_key(|(_, value, _)| value.places.keys().next().copied()) else { continue };
            let Some((_, (member, tag))) = value.places.iter().next() else { continue };
            let by: BTreeSet<&str> = refused.iter().flat_map(|(_, _, by)| by.iter().copied()).collect();
            let by: Vec<&str> = by.into_iter().collect();
            let message = match refused.len() {
                1 => format!("value {} of tag {} would be refused by {}", quote(text), quote(name), list(&by)),
                more => format!("value {} of tag {} and {} more would be refused by {}", quote(text), quote(name), more - 1, list(&by)),
            };
            let TagValue::Text { text: origin, .. } = &tag.value else { continue };
            let mut report = cx.report(origin, message).about(member).label("accepted here").identity(*name);
            let others = refused.iter().filter(|(other, ..)| other != text).filter_map(|(_, value, _)| value.places.keys().next());
            for place in others.take(SHOWN) {
                report = report.also_at(*place, "another such value");
            }
            report.help("choose values that all services take that are used here");
        }
    }
}

/// So many further values and services are shown.
const SHOWN: usize = 4;

/// The values of a key.
type Values<'c> = BTreeMap<&'c str, Used<'c>>;

#[derive(Default)]
struct Used<'c> {
    services: BTreeSet<&'c ServiceId>,
    places: BTreeMap<Span, (&'c Member, &'c Tag)>,
}

/// Whether a service certainly refuses a value.
fn refuses(rules: &TagRules, value: &str) -> bool {
    let text = crate::text::Text::derived(value, crate::origin::Origin::at(Span::default()));
    let certain = |severity: Severity| severity == Severity::Error;
    over(&rules.value, &text).is_some_and(|(limit, _)| certain(limit.fact.severity))
        || rules.value.characters.iter().any(|set| certain(set.fact.severity) && set.first_refused(value).is_some())
}

/// Names in a sentence.
fn list(names: &[&str]) -> String {
    match names {
        [name] => (*name).to_owned(),
        [names @ .., last] if names.len() < SHOWN => format!("{} and {last}", names.join(", ")),
        _ => format!("{} and {} more services", names[..SHOWN].join(", "), names.len() - SHOWN),
    }
}
