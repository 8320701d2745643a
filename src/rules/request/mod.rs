//! The shape of requests. What is wrong is told by the schema of the operation; each rule reports one kind of it.

pub mod member_duplicate;
pub mod member_missing;
pub mod member_type;
pub mod member_unknown;
pub mod member_value;

use crate::{
    rule::Context,
    subject::{Request, request::ViolationKind},
};

fn report(request: &Request, kind: ViolationKind, cx: &mut Context<'_>) {
    for violation in request.violations.iter().filter(|violation| violation.kind == kind) {
        cx.report(&violation.span, violation.message.clone())
            .label(violation.label.clone())
            .help(violation.help.clone())
            .identity(violation.identity.clone());
    }
}
