use super::{explain, gravest, quote};
use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{TagSet, TagValue},
};

pub struct ValueCharacters;

impl Rule for ValueCharacters {
    const META: Meta = meta! {
        /// ## What it checks
        /// Characters in tag values that the service does not accept. Which characters these are differs from service to service; where no
        /// set is known for a service, nothing is reported.
        ///
        /// ## Why
        /// A service that checks characters refuses the whole call. Where only the general guidance of the provider speaks against a
        /// character, the finding is a warning: the service may take it, billing reports and other tools may not.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   tags = { team = "R&D" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   tags = { team = "R-D" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Write the value with the characters that the message lists.
        "tag-value-characters", "tag value has a character that the service does not accept", Error, since "0.1.0"
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        let Some(rules) = cx.tags() else { return };
        for tag in &set.tags {
            let TagValue::Text { text, .. } = &tag.value else { continue };
            let refused = rules.value.characters.iter().filter_map(|set| Some((set, set.first_refused(text.decoded())?)));
            let Some((accepted, (at, character))) = gravest(refused, |(set, _)| &set.fact) else { continue };
            let what = text.origin_of(at as u32..(at + character.len_utf8()) as u32);
            let name = super::name_of(character);
            let key = quote(&tag.key.shown());
            let message = format!("value of tag {key} has {name}, {} accepts {}", accepted.fact.by, accepted.describe);
            let report = cx.report(&what, message).label("not accepted").identity(tag.key.decoded());
            explain(report, &accepted.fact, "use another character, or leave it out");
        }
    }
}
