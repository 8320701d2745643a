use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{Request, request::ViolationKind},
};

pub struct MemberMissing;

impl Rule for MemberMissing {
    const META: Meta = meta! {
        /// ## What it checks
        /// Members that an operation requires and a request does not have.
        ///
        /// ## Why
        /// The service refuses the request.
        ///
        /// ## Example
        /// ```json,bad
        /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tags": [ { "TagKey": "team" } ] }
        /// ```
        /// ```json,good
        /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tags": [ { "TagKey": "team", "TagValue": "" } ] }
        /// ```
        ///
        /// ## Fix
        /// Add the member.
        "request-member-missing", "a required member is missing", Error, since "0.1.0"
    };
    type Subject = Request;
    type Options = NoOptions;

    fn check(request: &Request, _: &NoOptions, cx: &mut Context<'_>) {
        super::report(request, ViolationKind::Missing, cx);
    }
}
