use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{Request, request::ViolationKind},
};

pub struct Secret;

impl Rule for Secret {
    const META: Meta = meta! {
        /// ## What it checks
        /// Secrets that a request file holds: the value of a secret to create, tokens and signatures in headers. The value is never printed, in no
        /// format. A placeholder such as `${SECRET}` is no secret, nor is a path such as `file://secret.txt`.
        ///
        /// ## Why
        /// A file is copied, committed and sent around. Whoever has the file has the secret.
        ///
        /// ## Example
        /// ```json,bad
        /// { "Name": "prod/db", "SecretString": "correct horse battery staple" }
        /// ```
        /// ```json,good
        /// { "Name": "prod/db", "SecretString": "${PASSWORD}" }
        /// ```
        ///
        /// ## Fix
        /// Write a placeholder, and fill it in when the request is sent. Replace the secret if the file was shared.
        "request-secret", "a secret in plain text in a request", Warning, since "0.1.0"
    };
    type Subject = Request;
    type Options = NoOptions;

    fn check(request: &Request, _: &NoOptions, cx: &mut Context<'_>) {
        super::report(request, ViolationKind::Secret, cx);
    }
}
