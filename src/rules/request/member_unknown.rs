use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{Request, request::ViolationKind},
};

pub struct MemberUnknown;

impl Rule for MemberUnknown {
    const META: Meta = meta! {
        /// ## What it checks
        /// Members of a request that the operation does not have. Names are compared letter by letter: `tagKey` is not `TagKey`.
        ///
        /// ## Why
        /// A client refuses the request, or the service never sees what was meant.
        ///
        /// ## Example
        /// ```json,bad
        /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tags": [ { "tagKey": "team", "TagValue": "core" } ] }
        /// ```
        /// ```json,good
        /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tags": [ { "TagKey": "team", "TagValue": "core" } ] }
        /// ```
        ///
        /// ## Fix
        /// Writes the right name. Unsafe where more than the letter case differs: the member may have been meant for another service.
        "request-member-unknown", "a member that the operation does not have", Error, since "0.1.0", fixable true
    };
    type Subject = Request;
    type Options = NoOptions;

    fn check(request: &Request, _: &NoOptions, cx: &mut Context<'_>) {
        super::report(request, ViolationKind::Unknown, cx);
    }
}
