//! Identifiers in requests: whether an operation takes their form, and whose they are.

use std::ops::Range;

use super::{Violation, ViolationKind};
use crate::{
    config::AwsConfig,
    facts::{
        Facts,
        requests::{ArnPart, Member},
    },
    finding::Severity,
    origin::HasOrigin,
    text::Text,
};

/// What is wrong with the form of an identifier. `subject` names it, as in `` `KeyId` ``.
pub(super) fn violation(
    value: &Text,
    about: &Member,
    subject: &str,
    operation: &str,
    facts: &Facts,
    kind: ViolationKind,
) -> Option<Violation> {
    let (form, text) = (facts.form(about.form.as_ref()?)?, value.known()?);
    let row = form.read(text).row;
    if about.takes.contains(&row.id) || about.takes.is_empty() && !form.is_other(row) {
        return None;
    }
    let answer = about.refused_with.as_ref().or(row.refused_with.as_ref());
    let answer = answer.map(|error| format!("; the service answers {error}")).unwrap_or_default();
    let help = match form.nearest(text) {
        Some(near) => format!("did you mean `{near}`?"),
        None => row.help.clone().unwrap_or_else(|| format!("write {}", about.wants)),
    };
    let message = match row.severity {
        Severity::Error => format!("{subject} is {}, {operation} takes {}", row.what, about.wants),
        // The operation takes it, or may.
        Severity::Warning | Severity::Info => format!("{subject} is {}", row.what),
    };
    Some(Violation {
        kind,
        severity: Some(row.severity),
        fix: None,
        also: None,
        span: value.origin().span,
        message,
        label: row.what.clone(),
        help: format!("{help}{answer}"),
        identity: format!("{subject} {text}"),
    })
}

/// The bytes of a part of an ARN, if the text is one.
pub(super) fn part(value: &Text, about: &Member, part: ArnPart, facts: &Facts) -> Option<Range<usize>> {
    facts.form(about.form.as_ref()?)?.read(value.known()?).part(name(part))
}

fn name(part: ArnPart) -> &'static str {
    match part {
        ArnPart::Partition => "partition",
        ArnPart::Region => "region",
        ArnPart::Account => "account",
    }
}

/// The first part of an ARN that is not where the configuration says that the request goes.
pub(super) fn elsewhere(value: &Text, about: &Member, subject: &str, operation: &str, aws: &AwsConfig, facts: &Facts) -> Option<Violation> {
    let text = value.known()?;
    about.own.iter().find_map(|own| {
        let pinned = match own {
            ArnPart::Partition => &aws.partition,
            ArnPart::Region => &aws.region,
            ArnPart::Account => &aws.account,
        };
        let (pinned, range) = (pinned.as_ref()?.as_str(), part(value, about, *own, facts)?);
        let given = &text[range.clone()];
        if pinned == given {
            return None;
        }
        let name = match own {
            ArnPart::Region => "Region",
            ArnPart::Partition | ArnPart::Account => name(*own),
        };
        Some(Violation {
            kind: ViolationKind::Elsewhere,
            severity: Some(Severity::Error),
            fix: None,
            also: None,
            span: value.span_of(range.start as u32..range.end as u32),
            message: format!("{subject} is of {name} `{given}`, and the configuration says `{pinned}`"),
            label: format!("another {name}"),
            help: format!("{operation} does not reach another {name}: send the request there, or correct the ARN or `[aws]`"),
            identity: text.to_owned(),
        })
    })
}
