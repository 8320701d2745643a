use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{Request, request::ViolationKind},
};

pub struct MemberValue;

impl Rule for MemberValue {
    const META: Meta = meta! {
        /// ## What it checks
        /// Members of a request whose value is too long, too short, or not of the form that the operation takes. Tags have rules of their own.
        ///
        /// ## Why
        /// The service refuses the request.
        ///
        /// ## Example
        /// ```json,bad
        /// { "KeyId": "", "Tags": [{ "TagKey": "team", "TagValue": "core" }] }
        /// ```
        /// ```json,good
        /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tags": [{ "TagKey": "team", "TagValue": "core" }] }
        /// ```
        ///
        /// ## Fix
        /// Write a value within the limit that the message names.
        "request-member-value", "a member has a value that the operation does not take", Error, since "0.1.0"
    };
    type Subject = Request;
    type Options = NoOptions;

    fn check(request: &Request, _: &NoOptions, cx: &mut Context<'_>) {
        super::report(request, ViolationKind::Value, cx);
    }
}
