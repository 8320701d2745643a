use super::quote;
use crate::{
    facts::{
        policy::{Family, TagInKey},
        tags::{Place, TagRules, TextRules},
    },
    finding::{Meta, Severity, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct ConditionTag;

impl Rule for ConditionTag {
    const META: Meta = meta! {
        /// ## What it checks
        /// Tag keys and values in conditions on `aws:RequestTag/…`, `aws:ResourceTag/…` and `aws:TagKeys` that the service refuses as a tag:
        /// too long, with other characters, or with a prefix that AWS keeps for itself. Wildcards and policy variables are left out.
        ///
        /// ## Covers
        /// `tag-key-invalid`, `tag-value-invalid`
        ///
        /// ## Why
        /// No key or secret ever has such a tag, so that the test never holds.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Sid": "Admin",
        ///       "Effect": "Allow",
        ///       "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Sid": "App",
        ///       "Effect": "Allow",
        ///       "Principal": { "AWS": "arn:aws:iam::111122223333:role/App" },
        ///       "Action": "kms:TagResource",
        ///       "Resource": "*",
        ///       "Condition": { "StringEquals": { "aws:RequestTag/Team": "R&D" } }
        ///     }
        ///   ]
        /// }
        /// ```
        /// ```json,good
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Sid": "Admin",
        ///       "Effect": "Allow",
        ///       "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Sid": "App",
        ///       "Effect": "Allow",
        ///       "Principal": { "AWS": "arn:aws:iam::111122223333:role/App" },
        ///       "Action": "kms:TagResource",
        ///       "Resource": "*",
        ///       "Condition": { "StringEquals": { "aws:RequestTag/Team": "RnD" } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Write a tag that the service takes.
        "policy-condition-tag", "a condition on a tag that cannot exist", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let (Some(service), Some(tags)) = (facts.service_of(policy.kind), cx.tags()) else { return };
        for statement in &policy.statements {
            for test in &statement.conditions.tests {
                let Some(operator) = test.known_operator() else { continue };
                let Some(subject) = test.tag_in(service) else { continue };
                if operator.operator.family != Family::String {
                    continue;
                }
                if let TagInKey::OfKey(key) = subject
                    && let Some(why) = refused(key, &tags.key, tags, Place::Key)
                {
                    cx.report(&test.key.origin(), format!("{} asks for a tag key that {why}", quote(&test.key)))
                        .label("no such tag")
                        .help(format!("write a key that {} takes", tags.name))
                        .identity(test.key.decoded())
                        .statement(statement);
                    continue;
                }
                let (rules, place, what) = match subject {
                    TagInKey::OfKey(_) => (&tags.value, Place::Value, "value"),
                    TagInKey::ListOfKeys => (&tags.key, Place::Key, "key"),
                };
                for value in test.values.iter().filter_map(|value| value.as_text()) {
                    let Some(written) = value.known() else { continue };
                    let plain = if operator.operator.wildcards { written.replace(['*', '?'], "") } else { written.to_owned() };
                    if plain.contains("${") {
                        continue;
                    }
                    let Some(why) = refused(&plain, rules, tags, place) else { continue };
                    cx.report(&value.origin(), format!("{} is a tag {what} that {why}", quote(value)))
                        .label("no such tag")
                        .help(format!("write a {what} that {} takes", tags.name))
                        .identity(format!("{} {written}", test.key.decoded()))
                        .statement(statement);
                }
            }
        }
    }
}

/// Why the service certainly refuses a text as one half of a tag.
fn refused(text: &str, rules: &TextRules, tags: &TagRules, place: Place) -> Option<String> {
    let over =
        rules.length.iter().filter(|limit| limit.fact.severity == Severity::Error).find(|limit| limit.unit.measure(text) > limit.max);
    if let Some(limit) = over {
        return Some(format!("is longer than {} {}", limit.max, limit.unit.name()));
    }
    let sets = rules.characters.iter().filter(|set| set.fact.severity == Severity::Error);
    if let Some(set) = sets.into_iter().find(|set| set.first_refused(text).is_some()) {
        return Some(format!("has other characters than {}", set.describe));
    }
    let reserved = tags.reserved_prefix_of(place, text).filter(|reserved| reserved.fact.severity == Severity::Error)?;
    Some(format!("begins with `{}`, which {} keeps for itself", reserved.prefix, reserved.fact.by))
}
