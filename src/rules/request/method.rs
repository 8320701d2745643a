use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{Request, request::ViolationKind},
};

pub struct Method;

impl Rule for Method {
    const META: Meta = meta! {
        /// ## What it checks
        /// The HTTP method of an envelope whose path means an operation.
        ///
        /// ## Why
        /// The service refuses the method: nothing is changed.
        ///
        /// ## Example
        /// ```json,bad
        /// { "method": "PUT", "url": "/v1.0/0d0466b0e7274d9cb35df84bb474a37f/kms/bb6a3d22-dc93-47ac-b5bd-88df7ad35f1e/tags", "headers": { "X-Auth-Token": "${TOKEN}", "Content-Type": "application/json" }, "body": { "tag": { "key": "DEV", "value": "DEV1" } } }
        /// ```
        /// ```json,good
        /// { "method": "POST", "url": "/v1.0/0d0466b0e7274d9cb35df84bb474a37f/kms/bb6a3d22-dc93-47ac-b5bd-88df7ad35f1e/tags", "headers": { "X-Auth-Token": "${TOKEN}", "Content-Type": "application/json" }, "body": { "tag": { "key": "DEV", "value": "DEV1" } } }
        /// ```
        ///
        /// ## Fix
        /// Write the method that the message names.
        "request-method", "a request is sent with another method", Error, since "0.1.0"
    };
    type Subject = Request;
    type Options = NoOptions;

    fn check(request: &Request, _: &NoOptions, cx: &mut Context<'_>) {
        super::report(request, ViolationKind::Method, cx);
    }
}
