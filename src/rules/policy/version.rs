use super::{element_unknown::is_unknown_of_document, quote, refusal, rewrite};
use crate::{
    finding::{Meta, Severity, Yield, meta},
    fix::{Edit, Fix, Safety},
    rule::{Context, NoOptions, Rule},
    source::Span,
    subject::policy::{Form, NodeData, Policy},
};

pub struct Version;

impl Rule for Version {
    const META: Meta = meta! {
        /// ## What it checks
        /// The `Version` of the policy language: an error where there is no such version, a warning where it is absent, info where it is
        /// the old one.
        ///
        /// ## Covers
        /// `version-missing`, `version-invalid`, `version-old`
        ///
        /// ## Why
        /// There are two versions, whatever the date of the policy. Without one the old version holds, in which `${aws:username}` and other
        /// variables are no variables.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2024-01-01",
        ///   "Statement": [{
        ///     "Effect": "Allow",
        ///     "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        ///     "Action": "kms:*",
        ///     "Resource": "*"
        ///   }]
        /// }
        /// ```
        /// ```json,good
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [{
        ///     "Effect": "Allow",
        ///     "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        ///     "Action": "kms:*",
        ///     "Resource": "*"
        ///   }]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Writes `2012-10-17`. Unsafe for a policy with variables: they begin to work.
        "policy-version", "the version of the policy language", Error, since "0.1.0",
        yields_to &[Yield::place("policy-variable-version")], fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let Some(object) = policy.object() else { return };
        let [current, others @ ..] = cx.facts().policy().versions() else { return };
        let safety = if policy.text.decoded().contains("${") { Safety::Unsafe } else { Safety::Safe };
        let Some(version) = object.get("Version") else {
            // What may be the element under another name is that other finding.
            if !object.open && !policy.statements.is_empty() && !object.members.iter().any(is_unknown_of_document) {
                let fix = insertion(policy, current, safety, cx);
                let report = cx
                    .report(policy, format!("the {} has no `Version`", policy.kind.noun()))
                    .severity(Severity::Warning)
                    .label("the old version of the language holds")
                    .help(format!("add `{}`", policy.form().element("Version", current)));
                if let Some(fix) = fix {
                    report.fix(fix);
                }
            }
            return;
        };
        let NodeData::String(text) = &version.value.data else { return };
        let Some(known) = text.known() else { return };
        if known == &**current {
            return;
        }
        let fix = rewrite(text, current, safety, "write the current version");
        let report = if others.iter().any(|other| &**other == known) {
            cx.report(text, format!("{} is the old version of the policy language", quote(text)))
                .severity(Severity::Info)
                .label("variables are no variables in it")
                .help(format!("write `{current}`"))
        } else {
            let refusal = refusal(policy, cx);
            cx.report(text, format!("{} is no version of the policy language", quote(text)))
                .label("not the date of the policy")
                .help(format!("write `{current}`{refusal}"))
        };
        if let Some(fix) = fix {
            report.fix(fix);
        }
    }
}

/// The element before the first one.
fn insertion(policy: &Policy, version: &str, safety: Safety, cx: &Context<'_>) -> Option<Fix> {
    let name = &policy.object()?.members.first()?.name;
    let inner = name.span_of(0..name.decoded().len() as u32);
    if !name.is_verbatim() {
        return None;
    }
    let (at, element) = match policy.form() {
        Form::DataSource => return None,
        Form::Object => {
            let source = cx.source(inner);
            let line = source[..inner.range().start].rfind('\n').map_or(0, |at| at + 1);
            let before = &source[line..inner.range().start];
            // On lines of their own, or between commas.
            let between = if before.trim().is_empty() { format!("\n{before}") } else { ", ".to_owned() };
            (inner.start, format!("{}{between}", policy.form().element("Version", version)))
        }
        Form::Json => {
            let written = |from: u32, to: u32| Some(cx.written(Span::new(inner.source, inner.start.checked_sub(from)?, inner.start - to)));
            // In a string of another document the quotation marks are escaped; once more inside of that, nobody writes.
            let escape = if written(1, 0) != Some("\"") {
                return None;
            } else if written(2, 1) != Some("\\") {
                ""
            } else if written(3, 2) != Some("\\") {
                "\\"
            } else {
                return None;
            };
            let quote = format!("{escape}\"");
            (inner.start - quote.len() as u32, format!("{quote}Version{quote}: {quote}{version}{quote}, "))
        }
    };
    let edit = Edit { span: Span::new(inner.source, at, at), replacement: element };
    Some(Fix { title: "add the version".to_owned(), safety, edits: vec![edit] })
}
