use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::{Request, request::ViolationKind},
};

pub struct Body;

impl Rule for Body {
    const META: Meta = meta! {
        /// ## What it checks
        /// Bodies that an envelope holds as a string: that they are JSON. What can be read is still checked. A body with a placeholder in it is not
        /// judged, since it may be JSON later.
        ///
        /// ## Why
        /// The service cannot read the request.
        ///
        /// ## Example
        /// ```json,bad
        /// { "X-Amz-Target": "TrentService.TagResource", "body": "{ \"KeyId\": \"1234abcd-12ab-34cd-56ef-1234567890ab\", \"Tags\": [{ \"TagKey\": \"team\", \"TagValue\": \"core\" }] " }
        /// ```
        /// ```json,good
        /// { "X-Amz-Target": "TrentService.TagResource", "body": "{ \"KeyId\": \"1234abcd-12ab-34cd-56ef-1234567890ab\", \"Tags\": [{ \"TagKey\": \"team\", \"TagValue\": \"core\" }] }" }
        /// ```
        ///
        /// ## Fix
        /// Mend the JSON inside the string at the place shown.
        "request-body", "the body of an envelope is not JSON", Error, since "0.1.0"
    };
    type Subject = Request;
    type Options = NoOptions;

    fn check(request: &Request, _: &NoOptions, cx: &mut Context<'_>) {
        super::report(request, ViolationKind::Body, cx);
    }
}
