use super::quote;
use crate::{
    config::TagSpec,
    finding::{Meta, meta},
    origin::Origin,
    rule::{Context, NoOptions, Rule},
    subject::{Tag, TagRole, TagSet, TagValue},
};

pub struct RequiredMissing;

impl Rule for RequiredMissing {
    const META: Meta = meta! {
        /// ## What it checks
        /// Whether a resource has the tags that `[[tags]]` in `taglint.toml` requires for its type, or `--require-tag` for all types. All
        /// that a resource lacks is one finding. Tags count wherever they come from: `tags`, a merge, a module's input, `default_tags`.
        ///
        /// ## Why
        /// Bills, access rules and alarms find resources by their tags. What has none of them is missing there, and nobody sees that.
        /// Where more tags may join when the plan is applied, taglint cannot tell: such a resource is counted in the summary, not reported.
        ///
        /// ## Example
        /// ```toml,config
        /// [[tags]]
        /// key = "CostCenter"
        /// description = "the four digits that finance books on"
        /// required-for = ["aws_*", "!aws_iam_*"]
        /// ```
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   tags = { Name = "payments" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   tags = { Name = "payments", CostCenter = "4711" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Adds the tags: with the value where only one is allowed, else with `FIXME`. Unsafe: somebody must know the right values, and the
        /// better place may be the provider's `default_tags`.
        "tag-required-missing", "a required tag is missing", Warning, since "0.1.0", fixable true
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        let Some(holder) = set.holder.as_ref().filter(|_| set.role == TagRole::Own) else { return };
        let missing: Vec<&TagSpec> = cx.schema().filter(|spec| spec.is_required_for(&holder.ty) && !is_there(spec, set)).collect();
        if missing.is_empty() || set.open.is_some() || set.tags.iter().any(|tag| !tag.key.is_known()) {
            return;
        }
        let names: Vec<String> = missing.iter().map(|spec| quote(&spec.key)).collect();
        let message = match &names[..] {
            [name] => format!("required tag {name} is missing"),
            [names @ .., last] => format!("required tags {} and {last} are missing", names.join(", ")),
            [] => return,
        };
        let about: Vec<String> =
            missing.iter().filter_map(|spec| Some(format!("{}: {}", quote(&spec.key), spec.description.as_ref()?))).collect();
        let pronoun = if names.len() == 1 { "it" } else { "them" };
        let elsewhere = if holder.default_tags { ", or to the provider's `default_tags`" } else { "" };
        let place = format!("add {pronoun} to `{}`{elsewhere}", holder.argument);
        let help = if about.is_empty() { place } else { format!("{place}; {}", about.join("; ")) };
        let tags = missing.iter().map(|spec| (spec.key.as_str(), only_value(spec).unwrap_or("FIXME")));
        let fix = cx.add_tags(set, holder, &tags.collect::<Vec<_>>());
        let keys: Vec<&str> = missing.iter().map(|spec| spec.key.as_str()).collect();
        let report = cx.report(&Origin::at(holder.header), message);
        let report = report.label(format!("without {pronoun}")).help(help).identity(keys.join(" "));
        if let Some(fix) = fix {
            report.fix(fix);
        }
    }
}

/// Whether the set has the key. A key in another letter case is another rule's to report.
fn is_there(spec: &TagSpec, set: &TagSet) -> bool {
    let arrives = |tag: &&Tag| !matches!(tag.value, TagValue::Null(_));
    set.tags.iter().filter(arrives).any(|tag| tag.key.known().is_some_and(|key| spec.speaks_of(key)))
}

/// The value, where only one is allowed.
fn only_value(spec: &TagSpec) -> Option<&str> {
    match &spec.values[..] {
        [value] if !value.contains('*') => Some(value),
        _ => None,
    }
}
