use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{Request, request::ViolationKind},
};

pub struct MemberType;

impl Rule for MemberType {
    const META: Meta = meta! {
        /// ## What it checks
        /// Members of a request whose value has another JSON type than the operation takes.
        ///
        /// ## Why
        /// The service, or the client before it, refuses the request.
        ///
        /// ## Example
        /// ```json,bad
        /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tags": [ { "TagKey": "cost-center", "TagValue": 4711 } ] }
        /// ```
        /// ```json,good
        /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tags": [ { "TagKey": "cost-center", "TagValue": "4711" } ] }
        /// ```
        ///
        /// ## Fix
        /// Writes numbers, `true` and `false` as strings, or a string as what it holds, where the operation takes that. Makes a single value
        /// a list of one entry where a list is wanted; unsafe, since other entries may have been lost. Other values are for you to write.
        "request-member-type", "a member has the wrong type", Error, since "0.1.0", fixable true
    };
    type Subject = Request;
    type Options = NoOptions;

    fn check(request: &Request, _: &NoOptions, cx: &mut Context<'_>) {
        super::report(request, ViolationKind::Type, cx);
    }
}
