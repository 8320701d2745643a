use super::{explain, gravest, quote};
use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::TagSet,
};

pub struct KeyCharacters;

impl Rule for KeyCharacters {
    const META: Meta = meta! {
        /// ## What it checks
        /// Characters in tag keys that the service does not accept. Which characters these are differs from service to service; where no
        /// set is known for a service, nothing is reported.
        ///
        /// ## Why
        /// A service that checks characters refuses the whole call. Where only the general guidance of the provider speaks against a
        /// character, the finding is a warning: the service may take it, billing reports and other tools may not.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   tags = { "cost&center" = "4711" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   tags = { "cost-center" = "4711" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Write the key with the characters that the message lists.
        "tag-key-characters", "tag key has a character that the service does not accept", Error, since "0.1.0"
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        let Some(rules) = cx.tags() else { return };
        for tag in &set.tags {
            let text = &tag.key;
            let refused = rules.key.characters.iter().filter_map(|set| Some((set, set.first_refused(text.decoded())?)));
            let Some((accepted, (at, character))) = gravest(refused, |(set, _)| &set.fact) else { continue };
            let what = text.origin_of(at as u32..(at + character.len_utf8()) as u32);
            let name = super::name_of(character);
            let key = quote(&tag.key.shown());
            let message = format!("tag key {key} has {name}, {} accepts {}", accepted.fact.by, accepted.describe);
            let report = cx.report(&what, message).label("not accepted").identity(tag.key.decoded());
            explain(report, &accepted.fact, "use another character, or leave it out");
        }
    }
}
