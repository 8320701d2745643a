use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{Request, request::ViolationKind},
};

pub struct MemberConflict;

impl Rule for MemberConflict {
    const META: Meta = meta! {
        /// ## What it checks
        /// Members of a request that exclude each other, and copies that would go where the original is already.
        ///
        /// ## Why
        /// The service refuses the request, or one of the members counts for nothing.
        ///
        /// ## Example
        /// ```json,bad
        /// { "Name": "prod/db", "SecretString": "${PASSWORD}", "SecretBinary": "${PASSWORD}" }
        /// ```
        /// ```json,good
        /// { "Name": "prod/db", "SecretString": "${PASSWORD}" }
        /// ```
        ///
        /// ## Fix
        /// Delete the one that is not meant.
        "request-member-conflict", "members that do not go together", Error, since "0.1.0"
    };
    type Subject = Request;
    type Options = NoOptions;

    fn check(request: &Request, _: &NoOptions, cx: &mut Context<'_>) {
        super::report(request, ViolationKind::Together, cx);
    }
}
