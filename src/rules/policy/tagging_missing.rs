use crate::{
    facts::policy::{Access, ActionSet},
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Policy, PolicyKind},
};

pub struct TaggingMissing;

impl Rule for TaggingMissing {
    const META: Meta = meta! {
        /// ## What it checks
        /// A key with tags whose policy is known in full and allows nobody to call `kms:TagResource`: administrators are listed action by
        /// action, and tagging is not among them. Not reported where the account has `kms:*`, since its IAM policies then decide.
        ///
        /// ## Why
        /// The tags may be set when the key is created, and the first change of a tag is refused (AccessDeniedException).
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   tags = { Team = "web" }
        ///   policy = jsonencode({
        ///     Version = "2012-10-17"
        ///     Statement = [{
        ///       Sid       = "Admin"
        ///       Effect    = "Allow"
        ///       Principal = { AWS = "arn:aws:iam::111122223333:root" }
        ///       Action    = ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:ScheduleKeyDeletion"]
        ///       Resource  = "*"
        ///     }]
        ///   })
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   tags = { Team = "web" }
        ///   policy = jsonencode({
        ///     Version = "2012-10-17"
        ///     Statement = [{
        ///       Sid       = "Admin"
        ///       Effect    = "Allow"
        ///       Principal = { AWS = "arn:aws:iam::111122223333:root" }
        ///       Action    = ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource"]
        ///       Resource  = "*"
        ///     }]
        ///   })
        /// }
        /// ```
        ///
        /// ## Fix
        /// Allow `kms:TagResource` and `kms:UntagResource` to the administrators.
        "policy-tagging-missing", "tags are declared that nobody may set", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        match policy.kind {
            PolicyKind::Key => {}
            // Without a word in the policy of a secret, the account's own policies decide.
            PolicyKind::Secret => return,
        }
        let has_tags = policy.context.tags.as_ref().is_some_and(|tags| !tags.tags.is_empty());
        if !has_tags || !policy.is_closed() {
            return;
        }
        let tagging = service.where_is(|action| action.access == Access::Tagging);
        let mut administration = None;
        for statement in &policy.statements {
            // What is not known may allow it.
            let Some(actions) = statement.actions.as_ref().filter(|actions| actions.is_known()) else { return };
            if statement.effect.is_none() || actions.negated {
                return;
            }
            let covered = actions.covered(service).iter().fold(ActionSet::default(), |all, covered| all.or(covered.set));
            if statement.denies() {
                continue;
            }
            if !covered.and(tagging).is_empty() {
                return;
            }
            // Grants are permissions too, and are given to who uses the key.
            let administers = service.of(covered).any(|action| action.access == Access::Permissions && action.cross_account == Some(false));
            if administers && administration.is_none() {
                administration = Some((statement, actions));
            }
        }
        let Some((statement, actions)) = administration else { return };
        let names: Vec<String> = service.of(tagging).map(|action| format!("`{}:{}`", service.prefix, action.name)).collect();
        cx.report(&actions.member.value.origin, format!("the {} has tags, and nobody may change them", policy.kind.resource()))
            .label("tagging is not among these")
            .help(format!("allow {}", names.join(" and ")))
            .statement(statement);
    }
}
