use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{Request, request::ViolationKind},
};

pub struct Header;

impl Rule for Header {
    const META: Meta = meta! {
        /// ## What it checks
        /// The headers of an envelope: that those which the operation needs are there, and have a value that it takes. Where no headers are written at
        /// all, what sends the request may add them: a warning.
        ///
        /// ## Why
        /// Without them the service does not accept the request.
        ///
        /// ## Example
        /// ```json,bad
        /// { "method": "DELETE", "url": "/v1.0/0d0466b0e7274d9cb35df84bb474a37f/kms/bb6a3d22-dc93-47ac-b5bd-88df7ad35f1e/tags/DEV", "headers": {} }
        /// ```
        /// ```json,good
        /// { "method": "DELETE", "url": "/v1.0/0d0466b0e7274d9cb35df84bb474a37f/kms/bb6a3d22-dc93-47ac-b5bd-88df7ad35f1e/tags/DEV", "headers": { "X-Auth-Token": "${TOKEN}" } }
        /// ```
        ///
        /// ## Fix
        /// Add the header; write a placeholder for a token.
        "request-header", "a header that the operation needs is missing", Error, since "0.1.0"
    };
    type Subject = Request;
    type Options = NoOptions;

    fn check(request: &Request, _: &NoOptions, cx: &mut Context<'_>) {
        super::report(request, ViolationKind::Header, cx);
    }
}
