use super::{explain, quote};
use crate::{
    facts::tags::Place,
    finding::{Meta, meta},
    fix::{Fix, Safety},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::{TagForm, TagSet, TagValue},
    text::Text,
};

pub struct ReservedPrefix;

impl Rule for ReservedPrefix {
    const META: Meta = meta! {
        /// ## What it checks
        /// Tag keys and values that begin with a prefix the provider keeps for itself, such as `aws:`.
        ///
        /// ## Why
        /// A service refuses a key with its own prefix, in the exact letters and sometimes in any case. Terraform's provider may drop such a
        /// tag without a word, and plan it again every time. In values the prefix is refused by some services and discouraged by the rest.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   tags = { "aws:team" = "core" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   tags = { team = "core" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Drops the prefix. Unsafe: another system may look the key up by its old name.
        "tag-reserved-prefix", "tag begins with a prefix that the provider keeps for itself", Error, since "0.1.0", fixable true
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        for tag in &set.tags {
            let key = || quote(&tag.key.shown());
            report(&tag.key, Place::Key, || format!("tag key {}", key()), tag.key.decoded(), set.form, cx);
            if let TagValue::Text { text, .. } = &tag.value {
                report(text, Place::Value, || format!("value of tag {}", key()), tag.key.decoded(), set.form, cx);
            }
        }
    }
}

fn report(text: &Text, place: Place, what: impl FnOnce() -> String, identity: &str, form: TagForm, cx: &mut Context<'_>) {
    let Some(rules) = cx.tags() else { return };
    let Some(reserved) = rules.reserved_prefix_of(place, text.known_prefix()) else { return };
    if !text.is_known() && reserved.except.iter().any(|except| except.starts_with(text.known_prefix())) {
        return;
    }
    let rest = &text.decoded()[reserved.prefix.len()..];
    let written = &text.decoded()[..reserved.prefix.len()];
    let range = 0..reserved.prefix.len() as u32;
    let message = format!("{} begins with `{written}`, which {} keeps for itself", what(), reserved.fact.by);
    let todo = match form {
        TagForm::Keys => "leave the key out: such a tag can only be removed by what set it".to_owned(),
        TagForm::Map | TagForm::List if rest.is_empty() || !text.is_known() => "choose another name".to_owned(),
        TagForm::Map | TagForm::List => format!("drop the prefix: {}", quote(rest)),
    };
    // A prefix that is spliced in stands for other texts too: only what is written here can be edited here.
    let edit = (text.is_verbatim() && !rest.is_empty() && form != TagForm::Keys)
        .then(|| Fix::replace(text.span_of(range.clone()), "", Safety::Unsafe, "drop the prefix"));
    let origin = if text.is_verbatim() { text.origin_of(range) } else { text.origin() };
    let mut report = cx.report(&origin, message).label("reserved").identity(identity);
    if let Some(edit) = edit {
        report = report.fix(edit);
    }
    explain(report, &reserved.fact, &todo);
}
