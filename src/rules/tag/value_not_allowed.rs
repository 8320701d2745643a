use super::quote;
use crate::{
    config::TagSpec,
    finding::{Meta, meta},
    fix::{Fix, Safety},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::{TagSet, TagValue},
};

pub struct ValueNotAllowed;

impl Rule for ValueNotAllowed {
    const META: Meta = meta! {
        /// ## What it checks
        /// Tag values against the `values` and the `pattern` that `[[tags]]` in `taglint.toml` gives their keys.
        ///
        /// ## Why
        /// Reports and access rules compare values letter by letter: `Prod` is another stage than `prod`.
        ///
        /// ## Example
        /// ```toml,config
        /// [[tags]]
        /// key = "Stage"
        /// values = ["dev", "prod"]
        /// ```
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   tags = { Stage = "Prod" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   tags = { Stage = "prod" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Writes the allowed value that differs only by letter case or white space around it. Unsafe: something else may compare with the
        /// value as it is.
        "tag-value-not-allowed", "tag value is not one that is allowed", Warning, since "0.1.0", fixable true
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        for spec in cx.schema().filter(|spec| !spec.values.is_empty() || spec.pattern.is_some()) {
            for tag in &set.tags {
                let TagValue::Text { text, sensitive: false } = &tag.value else { continue };
                let (Some(key), Some(value)) = (tag.key.known(), text.known()) else { continue };
                if !spec.speaks_of(key) {
                    continue;
                }
                let Some(wanted) = wanted(spec, value) else { continue };
                let near = nearest(spec, value);
                let help = match near {
                    Some(near) => format!("did you mean {}?", quote(near)),
                    None => match &spec.description {
                        Some(about) => format!("{}: {about}", quote(&spec.key)),
                        None => "write one that is, or add it to `[[tags]]`".to_owned(),
                    },
                };
                let same = near.filter(|near| near.to_lowercase() == value.trim().to_lowercase() && text.is_verbatim());
                let fix = same.map(|near| Fix::replace(text.origin().span, near, Safety::Unsafe, format!("write `{near}`")));
                let message = format!("value {} of tag {} {wanted}", quote(value), quote(key));
                let report = cx.report(text, message).label("not allowed").help(help).identity(key);
                if let Some(fix) = fix {
                    report.fix(fix);
                }
            }
        }
    }
}

/// What a value that is not allowed is not.
fn wanted(spec: &TagSpec, value: &str) -> Option<String> {
    if !spec.lists(value) {
        let some: Vec<String> = spec.values.iter().take(6).map(|value| quote(value)).collect();
        let more = if spec.values.len() > some.len() { ", …" } else { "" };
        let one_of = if spec.values.len() == 1 { "" } else { "one of " };
        return Some(format!("is not {one_of}{}{more}", some.join(", ")));
    }
    let pattern = spec.pattern.as_ref().filter(|pattern| !pattern.is_match(value))?;
    Some(format!("does not match `{pattern}`"))
}

/// The allowed value that was probably meant.
fn nearest<'s>(spec: &'s TagSpec, value: &str) -> Option<&'s str> {
    let value = value.trim().to_lowercase();
    let distance = |known: &str| strsim::damerau_levenshtein(&value, &known.to_lowercase());
    let known = spec.values.iter().map(String::as_str).filter(|known| !known.contains('*'));
    let near = known.min_by_key(|known| distance(known))?;
    (distance(near) <= value.chars().count() / 3).then_some(near)
}
