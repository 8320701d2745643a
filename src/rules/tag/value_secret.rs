use super::quote;
use crate::{
    finding::{Meta, meta},
    mask::Masker,
    rule::{Context, NoOptions, Rule},
    subject::{TagSet, TagValue},
};

pub struct ValueSecret;

impl Rule for ValueSecret {
    const META: Meta = meta! {
        /// ## What it checks
        /// Tag values that look like a key, a token, a password in a URL, a private key, a bank account or a payment card: by their form, and by
        /// their check digits where they have some. A telling key alone, such as `token`, is not enough, and an address of e-mail is no
        /// secret: teams are named by it. The value is never printed, in no format.
        ///
        /// ## Why
        /// Tags are no place for secrets. They are shown in consoles, bills and logs in plain text, and many people and tools may read them.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   tags = { deploy = "AKIAIOSFODNN7EXAMPLE" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   tags = { deploy = "ci" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Take the value out, and replace the secret: whoever has seen the file or the tag has it.
        "tag-value-secret", "tag value looks like a secret", Warning, since "0.1.0"
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        for tag in &set.tags {
            let TagValue::Text { text, .. } = &tag.value else { continue };
            let Some(what) = text.known().and_then(|value| Masker::embedded().looks_like(tag.key.decoded(), value)) else { continue };
            cx.report(text, format!("value of tag {} looks like a secret: {what}", quote(&tag.key.shown())))
                .label("never printed")
                .help("take the value out of the tag, and replace the secret; tags are shown in consoles, bills and logs")
                .identity(tag.key.decoded())
                .secret();
        }
    }
}
