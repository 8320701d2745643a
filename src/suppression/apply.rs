//! Takes out what ignore comments and the configuration answer, and judges these themselves.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Ignore, Suppressed, SuppressionKind, Suppressions,
    comment::{Form, ignores},
    configured::Configured,
    reach::Index,
};
use crate::{
    finding::{Finding, Fingerprint, Label, Meta, Scope},
    fix::{self, Fix, Safety},
    origin::Address,
    project::{Project, Role},
    rule::Ruleset,
    rules::{RULES, built_in},
    source::{Source, SourceId, Span},
};

/// What a run and its suppressions are.
pub(crate) struct Run<'a> {
    pub project: &'a Project,
    pub ruleset: &'a Ruleset,
    pub suppressions: &'a Suppressions,
    /// JSON files that are not ours.
    pub foreign: &'a BTreeMap<SourceId, &'static str>,
}

/// Splits findings into those that count and those that do not. Comments and exceptions that do nothing become findings.
pub(crate) fn apply(run: &Run<'_>, mut findings: Vec<Finding>) -> (Vec<Finding>, Vec<Suppressed>) {
    if run.suppressions.off {
        return (findings, Vec::new());
    }
    let ignores = comments(run);
    let holds = |ignore: &&(&Source, Ignore)| ignore.1.broken.is_none() && !run.is_over(&ignore.1);
    let holding = ignores.iter().enumerate().filter(|(_, ignore)| holds(ignore)).map(|(at, (_, ignore))| (at, ignore));
    let index = Index::new(holding);
    let today = run.suppressions.today;
    let configured: Vec<Option<Configured<'_>>> = run.suppressions.configured.iter().map(Configured::new).collect();
    let mut used: BTreeSet<(usize, &'static str)> = BTreeSet::new();
    let mut used_config: BTreeSet<usize> = BTreeSet::new();
    let mut answer = |finding: &Finding| {
        if run.suppressions.locked.contains(finding.rule.id) {
            return None;
        }
        let answering = index.answering(finding);
        used.extend(answering.iter().map(|at| (*at, finding.rule.id)));
        let by_config =
            configured.iter().enumerate().filter_map(|(at, exception)| Some((at, exception.as_ref()?))).find(|(_, exception)| {
                let holds = exception.config.until.is_none_or(|until| today.is_none_or(|today| today <= until));
                holds && exception.answers(finding, run.project, &run.suppressions.base)
            });
        used_config.extend(by_config.map(|(at, _)| at));
        match (answering.first(), by_config) {
            (Some(at), _) => {
                let (_, ignore) = &ignores[*at];
                Some((SuppressionKind::Comment, Some(ignore.span), ignore.reason.clone()))
            }
            (None, Some((_, exception))) => {
                let by = run.place_of(exception.config.rule.span());
                Some((SuppressionKind::Config, by, exception.config.reason.as_ref().map(ToString::to_string)))
            }
            (None, None) => None,
        }
    };
    // Most findings stay where they are.
    let mut answers = Vec::new();
    let answered = findings.extract_if(.., |finding| answer(finding).map(|answer| answers.push(answer)).is_some()).collect::<Vec<_>>();
    let suppressed =
        answered.into_iter().zip(answers).map(|(finding, (kind, by, reason))| Suppressed { finding, kind, by, reason }).collect();
    let mut counting = findings;
    for (at, (source, ignore)) in ignores.iter().enumerate().filter(|(_, (source, _))| run.project.is_selected(source.id())) {
        judge(run, source, ignore, |rule| used.contains(&(at, rule)), &mut counting);
    }
    judge_configured(run, &used_config, &mut counting);
    (counting, suppressed)
}

/// The comments of all Terraform files.
fn comments<'p>(run: &Run<'p>) -> Vec<(&'p Source, Ignore)> {
    let documents = run.project.sources.iter().zip(&run.project.documents);
    let documents = documents.filter(|(source, document)| {
        !matches!(document.role, Role::Json | Role::Plan | Role::Text) && !run.foreign.contains_key(&source.id())
    });
    let found = documents.map(|(source, document)| (&**source, ignores(source, &document.tree, document.role.is_json())));
    found.flat_map(|(source, found)| found.into_iter().map(move |ignore| (source, ignore))).collect()
}

impl Run<'_> {
    fn is_over(&self, ignore: &Ignore) -> bool {
        ignore.until.is_some_and(|until| self.suppressions.today.is_some_and(|today| until.day < today))
    }

    /// Where a word of the configuration stands, if it was read from a file.
    fn place_of(&self, at: Option<miette::SourceSpan>) -> Option<Span> {
        let (file, at) = (self.suppressions.file.as_ref()?, at?);
        let end = at.offset() + at.len();
        (end <= file.text().len()).then(|| Span::new(file.id(), at.offset() as u32, end as u32))
    }

    fn report(
        &self,
        rule: &'static Meta,
        path: &str,
        at: (Span, &'static str),
        message: String,
        help: String,
        fix: Option<Fix>,
    ) -> Option<Finding> {
        self.ruleset.has(rule.id).then(|| Finding {
            rule,
            severity: self.ruleset.severity(rule.id).unwrap_or(rule.severity),
            address: Address(path.into()),
            subject: at.0,
            calls: std::sync::Arc::default(),
            also: Vec::new(),
            instances: Vec::new(),
            identity: message.clone(),
            message,
            primary: Label { span: at.0, text: at.1.into() },
            secondary: Vec::new(),
            help: (!help.is_empty()).then_some(help),
            fix,
            source: None,
            fingerprint: Fingerprint::default(),
            scope: Scope::default(),
            secret: false,
        })
    }
}

/// Why a name in the brackets does nothing.
enum Idle {
    Unknown { nearest: Option<&'static str> },
    Locked,
    Unused,
}

fn judge(run: &Run<'_>, source: &Source, ignore: &Ignore, is_used: impl Fn(&str) -> bool, findings: &mut Vec<Finding>) {
    let path = source.path();
    let delete = |safety| delete(source, ignore, safety);
    if let Some(broken) = &ignore.broken {
        let message = "this ignore comment cannot be read".to_owned();
        let at = (ignore.span, "ignores nothing");
        let meant = broken.meant.clone().map(|meant| Fix { title: meant.title, safety: Safety::Unsafe, edits: meant.edits });
        let fix = Some(meant.unwrap_or_else(|| delete(Safety::Unsafe)));
        findings.extend(run.report(&built_in::SUPPRESSION_UNKNOWN_RULE, path, at, message, broken.why.to_owned(), fix));
        return;
    }
    let over = ignore.until.filter(|_| run.is_over(ignore));
    if let Some(until) = over {
        let message = format!("this ignore comment held until {}", until.day);
        let help = "mend what it hid, or give it another day".to_owned();
        let fix = Some(delete(Safety::Safe));
        findings.extend(run.report(&built_in::SUPPRESSION_EXPIRED, path, (until.span, "has passed"), message, help, fix));
    }
    let idle: Vec<Option<Idle>> = ignore.rules.iter().map(|(name, _)| idle(run, name, over.is_some() || is_used(name))).collect();
    // A name that is no rule may be one of a newer taglint: it is not taken away without a look.
    let safe: Vec<bool> = idle.iter().map(|idle| matches!(idle, Some(Idle::Locked | Idle::Unused))).collect();
    let is_named = |rule: &str| ignore.rules.iter().any(|(name, _)| name == rule);
    let meant = |near: &Option<&'static str>| near.filter(|near| !is_named(near));
    let gone = |idle: &Option<Idle>| match idle {
        Some(Idle::Unknown { nearest }) => meant(nearest).is_none(),
        Some(Idle::Locked | Idle::Unused) => true,
        None => false,
    };
    let all: Vec<bool> = idle.iter().map(gone).collect();
    let drop_name = |nth: usize, deletable: &[bool], safety| {
        if deletable.iter().all(|gone| *gone) {
            return delete(safety);
        }
        Fix::replace(name_range(ignore, deletable, nth), "", safety, "delete it from the comment")
    };
    for (nth, ((name, at), idle)) in ignore.rules.iter().zip(&idle).enumerate() {
        let unused = |message: String| {
            let (help, fix) = ("delete it from the comment".to_owned(), drop_name(nth, &safe, Safety::Safe));
            run.report(&built_in::SUPPRESSION_UNUSED, path, (*at, "ignores nothing"), message, help, Some(fix))
        };
        let finding = match idle {
            None => None,
            Some(Idle::Unknown { nearest }) => {
                let help = nearest.map_or_else(|| "`taglint rules` lists the names".to_owned(), |near| format!("did you mean `{near}`?"));
                let fix = match meant(nearest) {
                    Some(near) => Fix::replace(*at, near, Safety::Unsafe, format!("write `{near}`")),
                    None => drop_name(nth, &all, Safety::Unsafe),
                };
                let message = format!("there is no rule `{name}`");
                run.report(&built_in::SUPPRESSION_UNKNOWN_RULE, path, (*at, "not a rule"), message, help, Some(fix))
            }
            Some(Idle::Locked) => unused(format!("`{name}` is locked: no comment can ignore it")),
            Some(Idle::Unused) => unused(format!("`{name}` finds nothing here")),
        };
        findings.extend(finding);
    }
    if ignore.reason.is_none() {
        let help = "write why: `ignore[rule] -- reason`".to_owned();
        let fix = Some(delete(Safety::Unsafe));
        let message = "this ignore comment gives no reason".to_owned();
        findings.extend(run.report(&built_in::SUPPRESSION_WITHOUT_REASON, path, (ignore.span, "why?"), message, help, fix));
    }
}

fn idle(run: &Run<'_>, name: &str, is_used: bool) -> Option<Idle> {
    match RULES.iter().map(|entry| entry.meta.id).find(|id| *id == name) {
        None => Some(Idle::Unknown { nearest: nearest(name) }),
        Some(_) if run.suppressions.locked.contains(name) => Some(Idle::Locked),
        Some(id) if is_used || !run.ruleset.has(id) => None,
        Some(_) => Some(Idle::Unused),
    }
}

fn nearest(name: &str) -> Option<&'static str> {
    let measured = RULES.iter().map(|entry| (strsim::damerau_levenshtein(entry.meta.id, name), entry.meta.id));
    measured.min_by_key(|(distance, _)| *distance).filter(|(distance, _)| *distance <= name.len() / 3).map(|(_, id)| id)
}

/// What goes with a name: the comma behind it, or the one before it where no name that stays comes after.
fn name_range(ignore: &Ignore, deletable: &[bool], nth: usize) -> Span {
    let span = ignore.rules[nth].1;
    if deletable[nth + 1..].iter().all(|gone| *gone) {
        let before = if nth > 0 { ignore.rules[nth - 1].1.end } else { span.start };
        Span::new(span.source, before, span.end)
    } else {
        Span::new(span.source, span.start, ignore.rules[nth + 1].1.start)
    }
}

/// The fix that deletes a comment, and its line where nothing else is on it.
fn delete(source: &Source, ignore: &Ignore, safety: Safety) -> Fix {
    let range = match ignore.form {
        Form::Comment => fix::comment_range(source.text(), ignore.comment.range()),
        Form::Member => fix::entry_range(source.text(), ignore.comment.range()),
        Form::Part => ignore.comment.range(),
    };
    Fix::replace(Span::new(source.id(), range.start as u32, range.end as u32), "", safety, "delete the comment")
}

/// Exceptions of the configuration that do nothing. Only where all that the file speaks for was looked at in full, by one worker.
fn judge_configured(run: &Run<'_>, used: &BTreeSet<usize>, findings: &mut Vec<Finding>) {
    let Some(file) = &run.suppressions.file else { return };
    let base = &run.suppressions.base;
    let mut documents = run.project.sources.iter().zip(&run.project.documents);
    let is_whole = !run.suppressions.partial
        && run.project.shard.is_none()
        && run.project.unreadable.is_empty()
        && run.project.named.iter().any(|named| named == base || super::configured::below(base, named).is_some())
        && documents.all(|(source, document)| document.tree.problems().is_empty() || run.foreign.contains_key(&source.id()));
    for (at, exception) in run.suppressions.configured.iter().enumerate() {
        let name = exception.rule.as_str();
        let Some(span) = run.place_of(exception.rule.span()) else { continue };
        let fix = |safety| {
            let range = exception.range(file.text())?;
            let span = Span::new(file.id(), range.start as u32, range.end as u32);
            Some(Fix::replace(span, "", safety, "delete the exception"))
        };
        let mut report = |rule, label, message: String, help: &str, safety| {
            findings.extend(run.report(rule, file.path(), (span, label), message, help.to_owned(), fix(safety)));
        };
        let over = exception.until.filter(|until| run.suppressions.today.is_some_and(|today| *until < today));
        if let Some(until) = over {
            let message = format!("this exception to `{name}` held until {until}");
            report(&built_in::SUPPRESSION_EXPIRED, "has passed", message, "mend what it hid, or give it another day", Safety::Safe);
        } else if run.suppressions.locked.contains(name) {
            let message = format!("`{name}` is locked: no exception can ignore it");
            report(&built_in::SUPPRESSION_UNUSED, "ignores nothing", message, "delete it", Safety::Safe);
        } else if is_whole && !used.contains(&at) && run.ruleset.has(name) {
            let message = format!("this exception to `{name}` finds nothing");
            report(&built_in::SUPPRESSION_UNUSED, "ignores nothing", message, "delete it", Safety::Safe);
        }
        if exception.reason.is_none() {
            let message = format!("this exception to `{name}` gives no reason");
            report(&built_in::SUPPRESSION_WITHOUT_REASON, "why?", message, "add `reason = \"…\"`", Safety::Unsafe);
        }
    }
}
