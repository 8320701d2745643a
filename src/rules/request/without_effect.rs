use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{Request, request::ViolationKind},
};

pub struct WithoutEffect;

impl Rule for WithoutEffect {
    const META: Meta = meta! {
        /// ## What it checks
        /// Requests whose only list is empty: no tag is set, no tag is removed.
        ///
        /// ## Why
        /// The service has nothing to do, so what was meant does not happen.
        ///
        /// ## Example
        /// ```json,bad
        /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tags": [] }
        /// ```
        /// ```json,good
        /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tags": [{ "TagKey": "team", "TagValue": "core" }] }
        /// ```
        ///
        /// ## Fix
        /// Add an entry, or delete the request.
        "request-without-effect", "a request that does nothing", Warning, since "0.1.0"
    };
    type Subject = Request;
    type Options = NoOptions;

    fn check(request: &Request, _: &NoOptions, cx: &mut Context<'_>) {
        super::report(request, ViolationKind::WithoutEffect, cx);
    }
}
