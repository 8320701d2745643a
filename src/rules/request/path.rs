use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{Request, request::ViolationKind},
};

pub struct Path;

impl Rule for Path {
    const META: Meta = meta! {
        /// ## What it checks
        /// The parameters in the path of an envelope, such as the id of a key.
        ///
        /// ## Why
        /// The service does not find what the path names, or refuses it.
        ///
        /// ## Example
        /// ```json,bad
        /// { "method": "DELETE", "url": "/v1.0/0d0466b0e7274d9cb35df84bb474a37f/kms/alias-of-key/tags/DEV", "headers": { "X-Auth-Token": "${TOKEN}" } }
        /// ```
        /// ```json,good
        /// { "method": "DELETE", "url": "/v1.0/0d0466b0e7274d9cb35df84bb474a37f/kms/bb6a3d22-dc93-47ac-b5bd-88df7ad35f1e/tags/DEV", "headers": { "X-Auth-Token": "${TOKEN}" } }
        /// ```
        ///
        /// ## Fix
        /// Write the form that the message names.
        "request-path", "a parameter of the path is not what the operation takes", Error, since "0.1.0"
    };
    type Subject = Request;
    type Options = NoOptions;

    fn check(request: &Request, _: &NoOptions, cx: &mut Context<'_>) {
        super::report(request, ViolationKind::Path, cx);
    }
}
