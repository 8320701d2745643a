use super::{quote, quote_str};
use crate::{
    facts::policy::{Arn, Family, fits},
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct ConditionSourceArn;

impl Rule for ConditionSourceArn {
    const META: Meta = meta! {
        /// ## What it checks
        /// An `Allow` for one service whose `aws:SourceArn` test names only resources of another: CloudTrail with the ARN of a bucket,
        /// instead of the trail's.
        ///
        /// ## Covers
        /// `condition-source-arn-service`
        ///
        /// ## Why
        /// `aws:SourceArn` is what the service calls for, which is its own resource. The statement never applies, and the service fails later
        /// with an error of its own.
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
        ///       "Principal": { "Service": "cloudtrail.amazonaws.com" },
        ///       "Action": "kms:GenerateDataKey*",
        ///       "Resource": "*",
        ///       "Condition": { "ArnEquals": { "aws:SourceArn": "arn:aws:s3:::trail-bucket" }, "StringEquals": { "aws:SourceAccount": "111122223333" } }
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
        ///       "Principal": { "Service": "cloudtrail.amazonaws.com" },
        ///       "Action": "kms:GenerateDataKey*",
        ///       "Resource": "*",
        ///       "Condition": { "ArnEquals": { "aws:SourceArn": "arn:aws:cloudtrail:us-east-1:111122223333:trail/t" }, "StringEquals": { "aws:SourceAccount": "111122223333" } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Write the ARN of the service's own resource.
        "policy-condition-source-arn", "a service that never calls for such a resource", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        for statement in policy.statements.iter().filter(|statement| statement.allows()) {
            let Some(principals) = statement.principals.as_ref().filter(|principals| principals.is_known() && !principals.negated) else {
                continue;
            };
            let [entry] = principals.entries.as_slice() else { continue };
            let Some(host) = entry.host().filter(|_| entry.is_service()) else { continue };
            let Some(own) = facts.principals().source_arn_service(&host.service) else { continue };
            for test in &statement.conditions.tests {
                let Some(operator) = test.known_operator() else { continue };
                let is_source = test.key.known().is_some_and(|key| facts.is_source_arn(key));
                if !is_source || operator.operator.negated || operator.operator.family == Family::Null || !test.is_known() {
                    continue;
                }
                let services: Option<Vec<&str>> = test.values.iter().map(|value| service_in(value.as_text()?.known()?)).collect();
                let Some(services) = services.filter(|services| !services.is_empty()) else { continue };
                if services.iter().any(|service| fits(service, own)) {
                    continue;
                }
                let message = format!("{} never calls for a resource of {}", quote(&entry.value), quote_str(services[0]));
                cx.report(&test.value.origin, message)
                    .label("never matches")
                    .help(format!("write the ARN of a resource of {}", quote_str(own)))
                    .identity(host.service.clone())
                    .statement(statement);
            }
        }
    }
}

/// The service in an ARN; `None` where it is none, or may be any.
fn service_in(written: &str) -> Option<&str> {
    let arn = Arn::split(written);
    (arn.has_scheme() && !arn.service.is_empty() && !arn.service.contains('$')).then_some(arn.service)
}
