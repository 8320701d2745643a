use super::{explain, over, quote};
use crate::{
    finding::{Meta, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::TagSet,
};

pub struct KeyTooLong;

impl Rule for KeyTooLong {
    const META: Meta = meta! {
        /// ## What it checks
        /// The length of tag keys, against the limit of the service that will get them and in the unit that service counts.
        ///
        /// ## Why
        /// The service refuses the whole call, so the resource is not created or not tagged.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   tags = { "the-team-which-looks-after-this-key-and-every-other-key-of-the-payment-platform-in-all-regions-and-all-accounts-of-the-whole-company-and-its-partners" = "core" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   tags = { team = "core" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Shorten the key. A part that is only known after apply counts nothing, so a key is reported only if what is known is too long.
        "tag-key-too-long", "tag key is longer than the service accepts", Error, since "0.1.0"
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        let Some(rules) = cx.tags() else { return };
        for tag in &set.tags {
            let Some((limit, length)) = over(&rules.key, &tag.key) else { continue };
            let key = quote(&tag.key.shown());
            let unit = limit.unit.name();
            let dispute = match &limit.disputed {
                Some((at, what)) if *at == length => format!(" ({what})"),
                _ => String::new(),
            };
            let message = format!("tag key {key} is {length} {unit} long, {} accepts {}{dispute}", limit.fact.by, limit.max);
            let report = cx.report(&tag.key.origin(), message).label(format!("{length} {unit}")).identity(tag.key.decoded());
            explain(report, &limit.fact, &format!("shorten the key to {} {unit}", limit.max));
        }
    }
}
