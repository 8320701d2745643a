//! The rule machinery: what a rule is, what it is given, and the set of rules that one run uses.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::{
    config::{ConfigError, RulesConfig, SeverityLevel, TagSchema, TagSpec},
    facts::{
        Facts,
        tags::{Channel, Fact, TagRules},
    },
    finding::{Finding, Fingerprint, Label, Meta, Scope, Severity},
    fix::Fix,
    origin::{HasOrigin, Hop, HopKind},
    source::{Sources, Span},
    subject::{FromSubject, Holder, Subject, TagSet, add, configuration::Member, policy::Statement},
};

/// One question asked of one kind of subject.
pub trait Rule: Sized + Send + Sync + 'static {
    /// What is known of it without running it.
    const META: Meta;
    /// What the rule reads.
    type Subject: FromSubject;
    /// Its keys in `taglint.toml`, [`NoOptions`] for none. Docs and JSON Schema derive from it.
    type Options: Default + DeserializeOwned + JsonSchema + Send + Sync + 'static;
    /// Reports what is wrong with the subject.
    fn check(subject: &Self::Subject, options: &Self::Options, cx: &mut Context<'_>);
}

/// A rule without options.
#[derive(Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoOptions {}

/// Type-erased once, here, and nowhere else.
trait Check: Send + Sync {
    fn is_of_whole(&self) -> bool;
    fn run(&self, subject: &Subject, cx: &mut Context<'_>);
}

struct Configured<R: Rule>(R::Options);

impl<R: Rule> Check for Configured<R> {
    fn is_of_whole(&self) -> bool {
        R::Subject::WHOLE
    }

    fn run(&self, subject: &Subject, cx: &mut Context<'_>) {
        if let Some(read) = R::Subject::from_subject(subject) {
            R::check(read, &self.0, cx);
        }
    }
}

type Configure = fn(Option<&toml::Value>) -> Result<Box<dyn Check>, toml::de::Error>;

/// A row of the table of rules.
pub struct Entry {
    /// What is known of the rule.
    pub meta: &'static Meta,
    /// The JSON Schema of its options.
    pub schema: fn() -> schemars::Schema,
    /// `None` for what the analysis itself reports: syntax errors, suppressions.
    configure: Option<Configure>,
}

impl Entry {
    /// The row of a rule.
    #[must_use]
    pub const fn of<R: Rule>() -> Self {
        Self { meta: &const { R::META }, schema: || schemars::schema_for!(R::Options), configure: Some(configure::<R>) }
    }

    /// The row of a finding that no rule makes: the analysis reports it itself.
    #[must_use]
    pub const fn built_in(meta: &'static Meta) -> Self {
        Self { meta, schema: || schemars::schema_for!(NoOptions), configure: None }
    }
}

fn configure<R: Rule>(options: Option<&toml::Value>) -> Result<Box<dyn Check>, toml::de::Error> {
    let options = options.map_or_else(|| Ok(R::Options::default()), |value| value.clone().try_into())?;
    Ok(Box::new(Configured::<R>(options)))
}

/// The rules that one run uses, configured.
pub struct Ruleset {
    enabled: BTreeMap<&'static str, Enabled>,
    schema: TagSchema,
}

impl fmt::Debug for Ruleset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.enabled.keys()).finish()
    }
}

struct Enabled {
    meta: &'static Meta,
    check: Option<Box<dyn Check>>,
    severity: Option<Severity>,
}

impl Ruleset {
    /// The rules of `table` that the configuration selects, with their options and severities.
    ///
    /// # Errors
    /// [`ConfigError`] where an option of a rule does not fit, or a rule is not known.
    pub fn new(table: &[Entry], config: &RulesConfig) -> Result<Self, ConfigError> {
        let mut enabled = BTreeMap::new();
        config.check_names(table.iter().map(|entry| entry.meta))?;
        for entry in table {
            let id = entry.meta.id;
            let severity = match config.severity_of(entry.meta) {
                Some(SeverityLevel::Off) => continue,
                Some(SeverityLevel::On(severity)) => Some(severity),
                None => None,
            };
            if !config.selects(entry.meta) {
                continue;
            }
            let check = match entry.configure {
                Some(configure) => Some(configure(config.options_of(id)).map_err(|error| config.bad_options(id, &error))?),
                None => None,
            };
            enabled.insert(id, Enabled { meta: entry.meta, check, severity });
        }
        Ok(Self { enabled, schema: TagSchema::default() })
    }

    /// The same rules, with what an organisation asks of its tags.
    #[must_use]
    pub fn with_schema(self, schema: TagSchema) -> Self {
        Self { schema, ..self }
    }

    /// What the organisation asks of its tags.
    #[must_use]
    pub fn schema(&self) -> &TagSchema {
        &self.schema
    }

    /// Whether a rule looks at all configurations together.
    #[must_use]
    pub fn asks_for_whole(&self) -> bool {
        self.enabled.values().any(|rule| rule.check.as_ref().is_some_and(|check| check.is_of_whole()))
    }

    /// What is known of each rule, sorted by id.
    #[must_use]
    pub fn metas(&self) -> Vec<&'static Meta> {
        self.enabled.values().map(|rule| rule.meta).collect()
    }

    /// Whether a rule runs.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.enabled.contains_key(id)
    }

    /// The severity that the configuration gives a rule, if it gives one.
    #[must_use]
    pub fn severity(&self, id: &str) -> Option<Severity> {
        self.enabled.get(id).and_then(|rule| rule.severity)
    }

    /// Runs every rule on a subject. Where it may be one of several things, what counts is what is wrong in every case.
    pub fn check(&self, subject: &Subject, facts: &Facts, sources: &Sources, findings: &mut Vec<Finding>) {
        let first = findings.len();
        self.check_one(subject, facts, sources, findings);
        for kind in &subject.otherwise {
            if findings.len() == first {
                return;
            }
            let mut others = Vec::new();
            self.check_one(&Subject { kind: kind.clone(), otherwise: Vec::new(), ..subject.clone() }, facts, sources, &mut others);
            in_both(findings, first, others);
        }
    }

    fn check_one(&self, subject: &Subject, facts: &Facts, sources: &Sources, findings: &mut Vec<Finding>) {
        let tags = facts.tag_rules(&subject.service, subject.channel);
        for rule in self.enabled.values() {
            let Some(check) = &rule.check else { continue };
            let first = findings.len();
            check.run(subject, &mut Context { subject, meta: rule.meta, tags, facts, schema: &self.schema, sources, findings });
            if let Some(severity) = rule.severity {
                findings[first..].iter_mut().for_each(|finding| finding.severity = severity);
            }
        }
    }
}

/// Leaves what is wrong in both cases: the same finding, or one of the same rule in each; then both are kept, as each is to be mended.
fn in_both(findings: &mut Vec<Finding>, first: usize, others: Vec<Finding>) {
    let same = |a: &Finding, b: &Finding| a.rule.id == b.rule.id && a.primary.span == b.primary.span && a.message == b.message;
    let mine = findings.split_off(first);
    let has_own = |list: &[Finding], other: &[Finding], rule: &str| {
        list.iter().any(|finding| finding.rule.id == rule && !other.iter().any(|known| same(known, finding)))
    };
    for finding in &mine {
        let shared = others.iter().any(|other| same(other, finding));
        if shared || has_own(&others, &mine, finding.rule.id) {
            findings.push(finding.clone());
        }
    }
    let theirs = others.iter().filter(|other| !mine.iter().any(|finding| same(finding, other)));
    let wanted = theirs.filter(|other| has_own(&mine, &others, other.rule.id)).cloned().collect::<Vec<_>>();
    findings.extend(wanted);
}

/// What a rule is given beside its subject.
pub struct Context<'a> {
    subject: &'a Subject,
    meta: &'static Meta,
    tags: Option<&'a TagRules>,
    facts: &'a Facts,
    schema: &'a TagSchema,
    sources: &'a Sources,
    findings: &'a mut Vec<Finding>,
}

impl<'a> Context<'a> {
    /// What the subject's service accepts as tags; `None` where nothing is known.
    #[must_use]
    pub fn tags(&self) -> Option<&'a TagRules> {
        self.tags
    }

    /// All facts.
    #[must_use]
    pub fn facts(&self) -> &'a Facts {
        self.facts
    }

    /// What the organisation asks of tags in a file.
    pub fn schema_at(&self, place: Span) -> impl Iterator<Item = &'a TagSpec> + use<'a> {
        self.schema.at(self.sources.get(place.source).path())
    }

    /// What the organisation asks of tags in the subject's file.
    pub fn schema(&self) -> impl Iterator<Item = &'a TagSpec> + use<'a> {
        self.schema.at(self.sources.get(self.subject.span.source).path())
    }

    /// A fix that adds tags to a set, if there is one place to write them.
    #[must_use]
    pub fn add_tags(&self, set: &TagSet, holder: &Holder, tags: &[(&str, &str)]) -> Option<Fix> {
        add::fix(set, holder, self.subject.span, tags, self.sources)
    }

    /// The way the subject reaches its service.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.subject.channel
    }

    /// The texts of all files.
    #[must_use]
    pub fn sources(&self) -> &'a Sources {
        self.sources
    }

    /// The characters that are written at a place.
    #[must_use]
    pub fn written(&self, span: Span) -> &'a str {
        self.sources.slice(span)
    }

    /// All that is written in the file of a place.
    #[must_use]
    pub fn source(&self, span: Span) -> &'a str {
        self.sources.get(span.source).text()
    }

    /// What to delete so that an entry of a map or list is gone, with its comma or its lines.
    #[must_use]
    pub fn removal(&self, entry: Span) -> Span {
        let range = crate::fix::entry_range(self.sources.get(entry.source).text(), entry.range());
        Span::new(entry.source, range.start as u32, range.end as u32)
    }

    /// Reports a defect at the place where `what` was written; the way it took becomes the secondary labels.
    pub fn report(&mut self, what: &impl HasOrigin, message: impl Into<String>) -> Report<'_> {
        let origin = what.origin();
        // A step that is written around the literal is seen with it.
        let elsewhere = origin.path().into_iter().filter(|hop| !hop.span.contains(origin.span));
        let secondary = elsewhere.map(|hop| Label { span: hop.span, text: describe(hop, self.subject, self.sources) }).collect();
        self.findings.push(Finding {
            rule: self.meta,
            severity: self.meta.severity,
            address: self.subject.address.clone(),
            subject: self.subject.span,
            calls: self.subject.calls.clone(),
            also: Vec::new(),
            instances: Vec::new(),
            message: message.into(),
            primary: Label { span: origin.span, text: Cow::Borrowed("") },
            secondary: merge_labels(secondary),
            help: None,
            fix: None,
            source: None,
            identity: String::new(),
            scope: Scope::default(),
            fingerprint: Fingerprint::default(),
            secret: false,
        });
        Report(self.findings.last_mut().expect("a finding was pushed"))
    }
}

/// A finding in the making.
pub struct Report<'a>(&'a mut Finding);

impl Report<'_> {
    /// What the text under the primary label is.
    pub fn label(self, text: impl Into<Cow<'static, str>>) -> Self {
        self.0.primary.text = text.into();
        self
    }

    /// Another place that matters.
    pub fn also_at(self, span: Span, text: impl Into<Cow<'static, str>>) -> Self {
        self.0.secondary.insert(0, Label { span, text: text.into() });
        self
    }

    /// What it is about, where the subject is all configurations together.
    pub fn about(self, member: &Member) -> Self {
        self.0.address = member.address.clone();
        self.0.subject = member.span;
        self.0.calls = member.calls.clone();
        self
    }

    /// What to do.
    pub fn help(self, text: impl Into<String>) -> Self {
        self.0.help = Some(text.into());
        self
    }

    /// What would mend it.
    pub fn fix(self, fix: Fix) -> Self {
        self.0.fix = Some(fix);
        self
    }

    /// What tells this finding from its siblings, whatever the lines.
    pub fn identity(self, text: impl Into<String>) -> Self {
        self.0.identity = text.into();
        self
    }

    /// The statement of a policy that it is about; also what tells the finding from its siblings, unless something else does.
    pub fn statement(self, statement: &Statement) -> Self {
        self.0.scope.statement = Some(statement.index as u32);
        if self.0.identity.is_empty() {
            self.0.identity = statement.identity();
        }
        self
    }

    /// The text at the primary place is a secret: no format prints it, whatever it looks like.
    pub fn secret(self) -> Self {
        self.0.secret = true;
        self
    }

    /// Another severity than the rule's own.
    pub fn severity(self, severity: Severity) -> Self {
        self.0.severity = severity;
        self
    }

    /// Takes severity and source from the fact that was gone against.
    pub fn fact(self, fact: &Fact) -> Self {
        self.0.severity = fact.severity;
        self.0.source = Some(fact.source.clone());
        self
    }
}

/// What a step did, for the label under it.
fn describe(hop: &Hop, subject: &Subject, sources: &Sources) -> Cow<'static, str> {
    let name = sources.slice(hop.span);
    let name = if name.len() > 60 || name.contains('\n') { "this" } else { name };
    match hop.kind {
        HopKind::Local | HopKind::Variable | HopKind::Each => format!("read through `{name}`").into(),
        HopKind::ModuleInput => "passed to the module here".into(),
        HopKind::ModuleOutput => format!("comes out of the module as `{name}`").into(),
        HopKind::Function("merge") => format!("joins the tags of `{}`", subject.address).into(),
        HopKind::Function(function) => format!("goes through `{function}`").into(),
        HopKind::Interpolation => "spliced into this text".into(),
        HopKind::Dynamic => "made by this `dynamic` block".into(),
        HopKind::DefaultTags => "joins through the provider's `default_tags`".into(),
    }
}

/// Steps on one span are one label.
fn merge_labels(labels: Vec<Label>) -> Vec<Label> {
    let mut merged: Vec<Label> = Vec::with_capacity(labels.len());
    for label in labels {
        match merged.iter_mut().find(|known| known.span == label.span) {
            Some(known) if known.text == label.text => {}
            Some(known) => known.text = format!("{}, {}", known.text, label.text).into(),
            None => merged.push(label),
        }
    }
    merged
}
