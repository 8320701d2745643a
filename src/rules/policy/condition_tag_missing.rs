use super::quote_str;
use crate::{
    facts::policy::{Family, fits_exactly},
    finding::{Meta, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct ConditionTagMissing;

impl Rule for ConditionTagMissing {
    const META: Meta = meta! {
        /// ## What it checks
        /// Tests of `aws:ResourceTag/KEY` where the tags of the key or secret are known, and none has that key, or one has it with another
        /// value.
        ///
        /// ## Covers
        /// `tag-not-on-key`
        ///
        /// ## Why
        /// The test never holds as long as the tags stay as they are declared.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_secretsmanager_secret" "s" {
        ///   name = "app"
        ///   tags = { Team = "web" }
        ///   policy = jsonencode({
        ///     Version = "2012-10-17"
        ///     Statement = [{
        ///       Sid       = "App"
        ///       Effect    = "Allow"
        ///       Principal = { AWS = "arn:aws:iam::111122223333:role/App" }
        ///       Action    = "secretsmanager:GetSecretValue"
        ///       Resource  = "*"
        ///       Condition = { StringEquals = { "aws:ResourceTag/Team" = "data" } }
        ///     }]
        ///   })
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_secretsmanager_secret" "s" {
        ///   name = "app"
        ///   tags = { Team = "data" }
        ///   policy = jsonencode({
        ///     Version = "2012-10-17"
        ///     Statement = [{
        ///       Sid       = "App"
        ///       Effect    = "Allow"
        ///       Principal = { AWS = "arn:aws:iam::111122223333:role/App" }
        ///       Action    = "secretsmanager:GetSecretValue"
        ///       Resource  = "*"
        ///       Condition = { StringEquals = { "aws:ResourceTag/Team" = "data" } }
        ///     }]
        ///   })
        /// }
        /// ```
        ///
        /// ## Fix
        /// Write the tag that the key has, or give it this one.
        "policy-condition-tag-missing", "a condition on a tag that the key does not have", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        let Some(tags) = policy.context.tags.as_ref().filter(|tags| tags.open.is_none()) else { return };
        for statement in &policy.statements {
            for test in &statement.conditions.tests {
                let Some(operator) = test.known_operator() else { continue };
                let Some(wanted) = test.key.known().and_then(|written| facts.tag_of_resource(service, written)) else { continue };
                let holds_without = operator.if_exists || operator.operator.negated || operator.qualifier.is_some();
                if holds_without || operator.operator.family != Family::String || !test.is_known() {
                    continue;
                }
                // A key that is not known may be this one.
                if tags.tags.iter().any(|tag| !tag.key.is_known()) {
                    continue;
                }
                let tag = tags.tags.iter().find(|tag| tag.key.decoded().eq_ignore_ascii_case(wanted));
                let what = match tag {
                    None => format!("no tag {}", quote_str(wanted)),
                    Some(tag) => {
                        let Some(value) = tag.value.known() else { continue };
                        let fits = |written: &str| match operator.operator.wildcards {
                            true => fits_exactly(written, value),
                            false => {
                                written.eq_ignore_ascii_case(value)
                                    && (written == value || &*operator.operator.name != facts.exact_equals())
                            }
                        };
                        let values = test.values.iter().filter_map(|value| value.as_text()?.known());
                        if values.clone().any(|written| written.contains("${") || fits(written)) {
                            continue;
                        }
                        format!("{} in its tag {}", quote_str(value), quote_str(tag.key.decoded()))
                    }
                };
                cx.report(&test.key.origin(), format!("the {} has {what}", policy.kind.resource()))
                    .label("never holds")
                    .help("write a tag that it has, or give it this one")
                    .identity(test.key.decoded())
                    .statement(statement);
            }
        }
    }
}
