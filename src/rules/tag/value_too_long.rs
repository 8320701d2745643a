use super::{explain, over, quote};
use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{TagSet, TagValue},
};

pub struct ValueTooLong;

impl Rule for ValueTooLong {
    const META: Meta = meta! {
        /// ## What it checks
        /// The length of tag values, against the limit of the service that will get them and in the unit that service counts.
        ///
        /// ## Why
        /// The service refuses the whole call, so the resource is not created or not tagged.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "opentelekomcloud_kms_key_v1" "k" {
        ///   key_alias = "k"
        ///   tags      = { purpose = "encrypts the volumes of the payment platform" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "opentelekomcloud_kms_key_v1" "k" {
        ///   key_alias = "k"
        ///   tags      = { purpose = "payment volumes" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Shorten the value, or keep the long text where it is not limited, such as the description of the resource.
        "tag-value-too-long", "tag value is longer than the service accepts", Error, since "0.1.0"
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        let Some(rules) = cx.tags() else { return };
        for tag in &set.tags {
            let TagValue::Text { text, .. } = &tag.value else { continue };
            let Some((limit, length)) = over(&rules.value, text) else { continue };
            let key = quote(&tag.key.shown());
            let unit = limit.unit.name();
            let dispute = match &limit.disputed {
                Some((at, what)) if *at == length => format!(" ({what})"),
                _ => String::new(),
            };
            let message = format!("value of tag {key} is {length} {unit} long, {} accepts {}{dispute}", limit.fact.by, limit.max);
            let report = cx.report(text, message).label(format!("{length} {unit}")).identity(tag.key.decoded());
            explain(report, &limit.fact, &format!("shorten the value to {} {unit}", limit.max));
        }
    }
}
