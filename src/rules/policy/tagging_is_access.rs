use super::quote;
use crate::{
    facts::policy::Access,
    finding::{Meta, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::{Condition, Policy, Statement},
};

pub struct TaggingIsAccess;

impl Rule for TaggingIsAccess {
    const META: Meta = meta! {
        /// ## What it checks
        /// An `Allow` of `TagResource` or `UntagResource` without a condition on tags, in a policy where another statement decides by the
        /// tags of the key or secret (`aws:ResourceTag/…`).
        ///
        /// ## Covers
        /// `tag-permission-is-access`
        ///
        /// ## Why
        /// Whoever may change the tags may also let others in, or shut them out.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Sid": "Tag", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/Ops" },
        ///       "Action": "secretsmanager:TagResource", "Resource": "*"
        ///     },
        ///     {
        ///       "Sid": "Read", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/App" },
        ///       "Action": "secretsmanager:GetSecretValue", "Resource": "*",
        ///       "Condition": { "StringEquals": { "aws:ResourceTag/Team": "a" } }
        ///     }
        ///   ]
        /// }
        /// ```
        /// ```json,good
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Sid": "Tag", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/Ops" },
        ///       "Action": "secretsmanager:TagResource", "Resource": "*",
        ///       "Condition": { "ForAnyValue:StringEquals": { "aws:TagKeys": "Note" } }
        ///     },
        ///     {
        ///       "Sid": "Read", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/App" },
        ///       "Action": "secretsmanager:GetSecretValue", "Resource": "*",
        ///       "Condition": { "StringEquals": { "aws:ResourceTag/Team": "a" } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Restrict the tags that may be changed, with `aws:TagKeys` or `aws:RequestTag/…`.
        "policy-tagging-is-access", "who may tag also decides who has access", Info, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        let decides = |statement: &&Statement| {
            statement.conditions.tests.iter().any(|test| test.key.known().is_some_and(|key| facts.tag_of_resource(service, key).is_some()))
        };
        let Some(deciding) = policy.statements.iter().find(decides) else { return };
        for statement in policy.statements.iter().filter(|statement| statement.allows() && statement.index != deciding.index) {
            let Some(actions) = statement.actions.as_ref().filter(|actions| !actions.negated) else { continue };
            let guarded = |test: &Condition| !test.key.is_known() || test.tag_in(service).is_some();
            if statement.conditions.open || statement.conditions.tests.iter().any(guarded) {
                continue;
            }
            for (value, covered) in actions.values.iter().zip(actions.covered(service)) {
                let Some(written) = value.known() else { continue };
                let Some(action) = covered.named(service) else { continue };
                if action.access != Access::Tagging {
                    continue;
                }
                cx.report(&value.origin(), format!("{} also decides who has access to the {}", quote(value), policy.kind.resource()))
                    .label("changes what another statement tests")
                    .also_at(deciding.origin.span, "decides by tags")
                    .help("restrict the tags that may be changed")
                    .identity(written)
                    .statement(statement);
            }
        }
    }
}
