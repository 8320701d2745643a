use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{Request, request::ViolationKind},
};

pub struct Elsewhere;

impl Rule for Elsewhere {
    const META: Meta = meta! {
        /// ## What it checks
        /// ARNs in requests, against `[aws]` of the configuration: the account, the Region and the partition that the request is sent to. Where
        /// `[aws]` says nothing, nothing is compared.
        ///
        /// ## Why
        /// Tags and key policies are changed from within the account and the Region of the key. From elsewhere the service does not find it.
        ///
        /// ## Example
        /// ```toml,config
        /// [aws]
        /// account = "111122223333"
        /// ```
        /// ```json,bad
        /// { "KeyId": "arn:aws:kms:eu-central-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab", "TagKeys": ["team"] }
        /// ```
        /// ```json,good
        /// { "KeyId": "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", "TagKeys": ["team"] }
        /// ```
        ///
        /// ## Fix
        /// Send the request to the account and the Region of the ARN, or correct the ARN or `[aws]`.
        "request-elsewhere", "an ARN of another account, Region or partition", Error, since "0.1.0"
    };
    type Subject = Request;
    type Options = NoOptions;

    fn check(request: &Request, _: &NoOptions, cx: &mut Context<'_>) {
        super::report(request, ViolationKind::Elsewhere, cx);
    }
}
