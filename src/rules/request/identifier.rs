use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{Request, request::ViolationKind},
};

pub struct Identifier;

impl Rule for Identifier {
    const META: Meta = meta! {
        /// ## What it checks
        /// The form of what names a key, a secret or a Region: key ids and key ARNs, aliases, names and ARNs of secrets. Each operation takes some of
        /// them; most that change a key take no alias. A Region that is not known yet is a warning.
        ///
        /// ## Why
        /// The service does not find what is named, or refuses the ARN.
        ///
        /// ## Example
        /// ```json,bad
        /// { "KeyId": "alias/payments", "Tags": [{ "TagKey": "team", "TagValue": "core" }] }
        /// ```
        /// ```json,good
        /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tags": [{ "TagKey": "team", "TagValue": "core" }] }
        /// ```
        ///
        /// ## Fix
        /// Write one of the forms that the message names.
        "request-identifier", "an identifier of a form that the operation does not take", Error, since "0.1.0"
    };
    type Subject = Request;
    type Options = NoOptions;

    fn check(request: &Request, _: &NoOptions, cx: &mut Context<'_>) {
        super::report(request, ViolationKind::Identifier, cx);
    }
}
