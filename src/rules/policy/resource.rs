use super::{document_of, quote};
use crate::{
    facts::policy::{Document, is_arn},
    finding::{Meta, Yield, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
    text::Text,
};

pub struct Resource;

impl Rule for Resource {
    const META: Meta = meta! {
        /// ## What it checks
        /// Resources of a statement that are not `"*"`: a key ARN or an alias in a key policy, the ARN of another service, and what is no ARN.
        ///
        /// ## Covers
        /// `resource-not-star`, `resource-alias`, `resource-other-service`, `resource-malformed`
        ///
        /// ## Why
        /// In a key policy `"*"` means the key that has the policy, and AWS KMS documents no other value: the check against lock-out does not count
        /// statements with another one. An alias is not the key, and another service's ARN never matches: such statements do nothing.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "arn:aws:s3:::bucket/*"
        ///     }
        ///   ]
        /// }
        /// ```
        /// ```json,good
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Write `"*"`. For an alias use the condition key `kms:RequestAlias`, for what a service encrypts `aws:SourceArn` or the encryption context.
        "policy-resource", "a resource that is not the one that has the policy", Warning, since "0.1.0",
        yields_to &[Yield::place("policy-placeholder-unresolved")]
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let Some(document) = document_of(policy, cx) else { return };
        let source_arn = cx.facts().policy().access().source_arn();
        for statement in &policy.statements {
            let Some(resources) = statement.resources.as_ref().filter(|resources| !resources.negated) else { continue };
            let all = resources.values.iter().any(|resource| resource.known() == Some("*"));
            for resource in &resources.values {
                let Some(Problem { message, label, help }) = problem(policy, resource, document, source_arn, all) else { continue };
                cx.report(resource, message).label(label).help(help).statement(statement).identity(format!(
                    "{} {}",
                    statement.identity(),
                    resource.shown()
                ));
            }
        }
    }
}

struct Problem {
    message: String,
    label: &'static str,
    help: String,
}

/// The parts of an ARN before the resource.
const ARN_PARTS: usize = 5;

/// What is wrong with a resource, as far as it is known. Beside `*` in one list the name of the resource itself only adds nothing.
fn problem(policy: &Policy, resource: &Text, document: &Document, source_arn: &str, beside_all: bool) -> Option<Problem> {
    let (kind, own) = (policy.kind, policy.kind.prefix());
    let known = resource.known_prefix();
    if known == "*" || resource.known() == Some("") || (known.is_empty() && !resource.is_known()) {
        return None;
    }
    let star = "write `\"*\"`".to_owned();
    let alias = || Problem {
        message: format!("the resource {} is an alias, not the {}", quote(resource), kind.resource()),
        label: "never applies",
        help: format!("write `\"*\"`, with a condition on `{own}:RequestAlias` where the alias matters"),
    };
    if known.starts_with("alias/") {
        return document.any_resource.then(alias);
    }
    if !is_arn(known) {
        // Before what is not known there may stand too little to tell.
        let malformed = resource.is_known() && !known.contains(['*', '?']);
        return malformed.then(|| Problem {
            message: format!("the resource {} is neither `*` nor an ARN", quote(resource)),
            label: "never applies",
            help: star,
        });
    }
    let mut parts = known.splitn(ARN_PARTS + 1, ':').skip(2);
    let service = parts.next();
    let has_more = known.matches(':').count() >= 3;
    if let Some(service) = service.filter(|service| has_more && *service != own && !service.contains(['*', '?', '$'])) {
        return Some(Problem {
            message: format!("the resource {} belongs to `{service}`, not to {}", quote(resource), document.by),
            label: "never applies",
            help: format!("write `\"*\"`; what a service encrypts is told by a condition on `{source_arn}` or on the encryption context"),
        });
    }
    if resource.is_known() && known.matches(':').count() < ARN_PARTS {
        return Some(Problem {
            message: format!("the resource {} is neither `*` nor an ARN", quote(resource)),
            label: "an ARN has six parts",
            help: star,
        });
    }
    if !document.any_resource {
        return None;
    }
    if parts.nth(2).is_some_and(|rest| rest.starts_with("alias/")) {
        return Some(alias());
    }
    (!beside_all).then(|| Problem {
        message: format!("the resource of a {} is {}, not `*`", kind.noun(), quote(resource)),
        label: "not counted by the check against lock-out",
        help: format!("write `\"*\"`: it means the {} that has the policy", kind.resource()),
    })
}
