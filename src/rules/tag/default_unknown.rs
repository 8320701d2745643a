use super::quote;
use crate::{
    finding::{Meta, meta},
    origin::{HasOrigin, HopKind, Origin},
    rule::{Context, NoOptions, Rule},
    subject::{TagSet, TagValue},
};

pub struct DefaultUnknown;

impl Rule for DefaultUnknown {
    const META: Meta = meta! {
        /// ## What it checks
        /// Values in a provider's `default_tags` that nobody can know while planning: what `timestamp()` and `uuid()` give, and the `id` of
        /// a resource, which is not there before it is made.
        ///
        /// ## Why
        /// The provider works out the tags of every resource while it plans. A value that is known later leaves all of them open: plans
        /// are hard to read, and resources change in each run, or fail because the tags that were planned are not those that came out.
        ///
        /// ## Example
        /// ```hcl,bad
        /// provider "aws" {
        ///   default_tags {
        ///     tags = { Deployed = timestamp() }
        ///   }
        /// }
        /// resource "aws_kms_key" "k" {}
        /// ```
        /// ```hcl,good
        /// variable "release" {
        ///   type = string
        /// }
        /// provider "aws" {
        ///   default_tags {
        ///     tags = { Deployed = var.release }
        ///   }
        /// }
        /// resource "aws_kms_key" "k" {}
        /// ```
        ///
        /// ## Fix
        /// Pass the value in from outside, or set the tag on the resources that need it.
        "tag-default-unknown", "a value in `default_tags` cannot be known at plan", Info, since "0.1.0"
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        for tag in &set.tags {
            let origin = match &tag.value {
                TagValue::Unknown(value) => value.origin.clone(),
                TagValue::Text { text, .. } => match text.first_unknown() {
                    Some((span, _)) => Origin { span, ..text.origin() },
                    None => continue,
                },
                TagValue::Null(_) | TagValue::Absent => continue,
            };
            let is_default = tag.key.origin().path().iter().any(|hop| hop.kind == HopKind::DefaultTags);
            let written = cx.written(origin.span);
            if !is_default || !is_late(written) {
                continue;
            }
            let when = if written.ends_with(')') { "any plan" } else { "the first plan" };
            let message = format!("{} in `default_tags` is not known in {when}", quote(written));
            cx.report(&origin, message)
                .label("known only when it is applied")
                .help("pass the value in from outside, or set the tag on the resources that need it")
                .identity(tag.key.shown());
        }
    }
}

/// Whether an expression gives nothing before it is applied, whatever else is known: a clock, a random number, the name that a provider
/// gives a resource.
fn is_late(written: &str) -> bool {
    let call = written.strip_suffix("()").is_some_and(|name| matches!(name, "timestamp" | "uuid"));
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let is_resource = |ty: &str| ty.contains('_') && word(ty);
    call || matches!(written.split('.').collect::<Vec<_>>()[..], [ty, name, "id"] if is_resource(ty) && word(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_late() {
        for written in ["timestamp()", "uuid()", "random_pet.this.id"] {
            assert!(is_late(written), "{written}");
        }
        for written in ["data.http_x.me.id", "var.a.id", "local.x.id", "module.a.id", "random_pet.this.prefix", "path.id"] {
            assert!(!is_late(written), "{written}");
        }
    }
}
