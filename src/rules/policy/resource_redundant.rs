use super::{quote, removal};
use crate::{
    finding::{Meta, Yield, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct ResourceRedundant;

impl Rule for ResourceRedundant {
    const META: Meta = meta! {
        /// ## What it checks
        /// Resources that stand beside `"*"` in one list.
        ///
        /// ## Why
        /// `"*"` is the resource that has the policy; it covers every other.
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
        ///       "Resource": ["*", "*"]
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
        ///       "Resource": ["*"]
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Takes it out.
        "policy-resource-redundant", "a resource beside one that covers it", Info, since "0.1.0",
        yields_to &[Yield::place("policy-resource")], fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        for statement in &policy.statements {
            let Some(resources) = &statement.resources else { continue };
            let Some(all) = resources.values.iter().position(|resource| resource.known() == Some("*")) else { continue };
            for (at, resource) in resources.values.iter().enumerate() {
                if at != all && resource.is_known() {
                    let fix = removal(&resource.origin(), "take it out", cx);
                    let report = cx
                        .report(resource, format!("{} is covered by `*` in the same list", quote(resource)))
                        .label("adds nothing")
                        .also_at(resources.values[all].origin().span, "covers it")
                        .help("take it out")
                        .statement(statement)
                        .identity(format!("{} {}", statement.identity(), resource.shown()));
                    if let Some(fix) = fix {
                        report.fix(fix);
                    }
                }
            }
        }
    }
}
