use super::is_written_here;
use crate::{
    finding::{Meta, meta},
    fix::{Edit, Fix, Safety},
    rule::{Context, NoOptions, Rule},
    source::Span,
    subject::policy::Policy,
};

pub struct StatementSingleObject;

impl Rule for StatementSingleObject {
    const META: Meta = meta! {
        /// ## What it checks
        /// That `Statement` is a list, also where there is one statement.
        ///
        /// ## Why
        /// It is legal, and tools that expect a list fail on it.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" }, "Action": "kms:*", "Resource": "*" }
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
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Puts brackets around it.
        "policy-statement-single-object", "Statement is one object instead of a list", Info, since "0.1.0", fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let Some(member) = policy.element("Statement").filter(|member| member.value.as_object().is_some()) else { return };
        let span = member.value.origin.span;
        let written = cx.written(span);
        let is_object = written.starts_with('{') && written.ends_with('}');
        let report = cx.report(&member.value, "`Statement` is one object").label("legal, and tools expect a list").help("put it in a list");
        // The brackets of JSON, and of HCL: neither is an escape anywhere. What came by way of a name may be used elsewhere too.
        if is_object && policy.problems.is_empty() && is_written_here(&member.value.origin) {
            let at = |at, bracket: &str| Edit { span: Span::new(span.source, at, at), replacement: bracket.to_owned() };
            report.fix(Fix {
                title: "make it a list".to_owned(),
                safety: Safety::Safe,
                edits: vec![at(span.start, "["), at(span.end, "]")],
            });
        }
    }
}
