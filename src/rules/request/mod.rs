//! Requests. What is wrong is told by the operation's schema and by what is known beside it; each rule reports one kind of it.

pub mod body;
pub mod elsewhere;
pub mod header;
pub mod identifier;
pub mod member_conflict;
pub mod member_duplicate;
pub mod member_missing;
pub mod member_type;
pub mod member_unknown;
pub mod member_value;
pub mod method;
pub mod path;
pub mod secret;
pub mod without_effect;

use crate::{
    rule::Context,
    subject::{Request, request::ViolationKind},
};

/// Reports what was found of one kind. Rules of other groups that look at requests report with it too.
pub(super) fn report(request: &Request, kind: ViolationKind, cx: &mut Context<'_>) {
    for violation in request.violations.iter().filter(|violation| violation.kind == kind) {
        let report = cx
            .report(&violation.span, violation.message.clone())
            .label(violation.label.clone())
            .help(violation.help.clone())
            .identity(violation.identity.clone());
        let report = match violation.severity {
            Some(severity) => report.severity(severity),
            None => report,
        };
        let report = match violation.also {
            Some(first) => report.also_at(first, "first here"),
            None => report,
        };
        let report = match &violation.fix {
            Some(fix) => report.fix(fix.clone()),
            None => report,
        };
        if kind == ViolationKind::Secret {
            report.secret();
        }
    }
}
