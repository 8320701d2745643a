use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{Request, request::ViolationKind},
};

pub struct PolicyName;

impl Rule for PolicyName {
    const META: Meta = meta! {
        /// ## What it checks
        /// The name of a policy in a request. A key and a secret have one policy each, and it is called `default`.
        ///
        /// *Covers*: `policy/policy-name`.
        ///
        /// ## Why
        /// The service refuses every other name.
        ///
        /// ## Example
        /// ```json,bad
        /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "PolicyName": "main", "Policy": "${POLICY}" }
        /// ```
        /// ```json,good
        /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "PolicyName": "default", "Policy": "${POLICY}" }
        /// ```
        ///
        /// ## Fix
        /// Write `default`, or leave the member out.
        "policy-policy-name", "a policy has another name than `default`", Error, since "0.1.0"
    };
    type Subject = Request;
    type Options = NoOptions;

    fn check(request: &Request, _: &NoOptions, cx: &mut Context<'_>) {
        super::request_report(request, ViolationKind::PolicyName, cx);
    }
}
