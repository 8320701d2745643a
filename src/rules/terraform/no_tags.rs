use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::NoTags,
};

pub struct TerraformNoTags;

impl Rule for TerraformNoTags {
    const META: Meta = meta! {
        /// ## What it checks
        /// Tags of resources that can have none: aliases of keys, custom key stores, versions of secrets.
        ///
        /// ## Why
        /// The provider has no such argument, and Terraform refuses the configuration: the service has nothing to put the tags on.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_kms_alias" "a" {
        ///   name          = "alias/payments"
        ///   target_key_id = aws_kms_key.k.key_id
        ///   tags          = { team = "core" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_alias" "a" {
        ///   name          = "alias/payments"
        ///   target_key_id = aws_kms_key.k.key_id
        /// }
        /// ```
        ///
        /// ## Fix
        /// Delete the tags, and tag what the message names.
        "terraform-no-tags", "tags of something that can have none", Error, since "0.1.0"
    };
    type Subject = NoTags;
    type Options = NoOptions;

    fn check(tags: &NoTags, _: &NoOptions, cx: &mut Context<'_>) {
        let message = format!("`{}` takes no `{}`: {}", tags.ty, tags.fact.argument, tags.fact.because);
        // What is wrong is not the tags, but that they are passed here: the last step of their way.
        let here = tags.value.origin.hops.as_ref().map_or(tags.value.origin.span, |hop| hop.span);
        cx.report(&here, message).label("not an argument").help(tags.fact.help.clone());
    }
}
