use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{Request, request::ViolationKind},
};

pub struct MemberDuplicate;

impl Rule for MemberDuplicate {
    const META: Meta = meta! {
        /// ## What it checks
        /// Members that one object of a request has twice or more often. Each name is reported once.
        ///
        /// ## Why
        /// A parser keeps one of them and says nothing; which one is not defined.
        ///
        /// ## Example
        /// ```json,bad
        /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "KeyId": "0987dcba-09fe-87dc-65ba-ab0987654321", "Tags": [{ "TagKey": "team", "TagValue": "core" }] }
        /// ```
        /// ```json,good
        /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tags": [{ "TagKey": "team", "TagValue": "core" }] }
        /// ```
        ///
        /// ## Fix
        /// Delete the one that is not meant.
        "request-member-duplicate", "the same member twice in a request", Error, since "0.1.0"
    };
    type Subject = Request;
    type Options = NoOptions;

    fn check(request: &Request, _: &NoOptions, cx: &mut Context<'_>) {
        super::report(request, ViolationKind::Duplicate, cx);
    }
}
