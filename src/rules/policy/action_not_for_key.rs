use super::quote;
use crate::{
    facts::policy::{Action, ActionSet, Covered, ServicePolicy},
    finding::{Meta, Severity, Yield, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::{Policy, PolicyContext},
};

pub struct ActionNotForKey;

impl Rule for ActionNotForKey {
    const META: Meta = meta! {
        /// ## What it checks
        /// Actions that a key of this usage, spec, origin or kind never does: `kms:Sign` on a key for encryption, `kms:GenerateMac` on
        /// anything but an HMAC key, rotation of an asymmetric key, import into a key whose material AWS KMS made, replication of a key of a
        /// single Region. A pattern is reported when none of what it fits is supported. What the key is must be known: from the key's own
        /// resource or request. In a list of what an administrator does with keys of every kind, most of
        /// which this one supports, the others are worth knowing and no warning.
        ///
        /// ## Covers
        /// `action-key-usage`, `action-key-spec`, `action-rotation`, `action-import-origin`, `action-multi-region`
        ///
        /// ## Why
        /// The permission is never of use, and often the key is not the one that was meant: usage and spec cannot be changed once the key
        /// exists.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   key_usage = "ENCRYPT_DECRYPT"
        ///   policy = jsonencode({
        ///     Version = "2012-10-17"
        ///     Statement = [
        ///       { Sid = "Admin", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" },
        ///       { Sid = "App", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/App" }, Action = "kms:Sign", Resource = "*" },
        ///     ]
        ///   })
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   key_usage                = "SIGN_VERIFY"
        ///   customer_master_key_spec = "ECC_NIST_P256"
        ///   policy = jsonencode({
        ///     Version = "2012-10-17"
        ///     Statement = [
        ///       { Sid = "Admin", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" },
        ///       { Sid = "App", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/App" }, Action = "kms:Sign", Resource = "*" },
        ///     ]
        ///   })
        /// }
        /// ```
        ///
        /// ## Fix
        /// Take the action away, or make a key that supports it.
        "policy-action-not-for-key", "an action that the key does not support", Warning, since "0.1.0",
        yields_to &[Yield::place("policy-action-not-grantable")]
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        let context = &policy.context;
        if context.usage.is_none() && context.spec.is_none() && context.origin.is_none() && context.multi_region.is_none() {
            return;
        }
        for statement in policy.statements.iter().filter(|statement| statement.allows()) {
            let Some(actions) = statement.actions.as_ref().filter(|actions| !actions.negated) else { continue };
            for (value, set) in actions.values.iter().zip(actions.covered(service)) {
                let Some(written) = value.known() else { continue };
                let set = set.set;
                let mut reasons = service.of(set).map(|action| mismatch(action, context));
                // Of a pattern, one action that fits is enough.
                let Some(Some(reason)) = reasons.next() else { continue };
                if reasons.any(|reason| reason.is_none()) {
                    continue;
                }
                let severity = match is_of_a_list(set, actions.covered(service), service, context) {
                    true => Severity::Info,
                    false => Severity::Warning,
                };
                cx.report(&value.origin(), format!("this key does not support {}: {reason}", quote(value)))
                    .severity(severity)
                    .label("never of use")
                    .help("take the action away, or make a key that supports it")
                    .identity(written)
                    .statement(statement);
            }
        }
    }
}

/// Whether an action is one of a list to administer keys of every kind: most of what the statement names beside it, this key supports.
/// Then what does not fit this one is of no harm.
fn is_of_a_list(set: ActionSet, all: &[Covered], service: &ServicePolicy, context: &PolicyContext) -> bool {
    let administers = |action: &&Action| action.usages.is_none();
    if !service.of(set).all(|action| administers(&action)) {
        return false;
    }
    let named = all.iter().fold(ActionSet::default(), |all, covered| all.or(covered.set));
    let (fitting, others): (Vec<&Action>, Vec<&Action>) =
        service.of(named).filter(administers).partition(|action| mismatch(action, context).is_none());
    fitting.len() > others.len()
}

/// Why a key does not support an action; `None` where it does, or where that is not known.
fn mismatch(action: &Action, key: &PolicyContext) -> Option<String> {
    let differs = |needed: &Option<Box<[Box<str>]>>, own: Option<&str>| {
        let (needed, own) = (needed.as_ref()?, own?);
        (!needed.iter().any(|word| &**word == own)).then(|| (own.to_owned(), needed.join("` or `")))
    };
    if let Some((own, needed)) = differs(&action.usages, key.usage.as_deref()) {
        return Some(format!("it is for `{own}`, and the action needs `{needed}`"));
    }
    if let Some((own, needed)) = differs(&action.specs, key.spec.as_deref()) {
        const SHOWN: usize = 40;
        let needed = if needed.len() > SHOWN { "another spec".to_owned() } else { format!("`{needed}`") };
        return Some(format!("its spec is `{own}`, and the action needs {needed}"));
    }
    if let Some((own, needed)) = differs(&action.origins, key.origin.as_deref()) {
        return Some(format!("the origin of its material is `{own}`, and the action needs `{needed}`"));
    }
    (action.multi_region && key.multi_region == Some(false)).then(|| "it is a key of a single Region".to_owned())
}
