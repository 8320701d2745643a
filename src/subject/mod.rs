//! What rules look at.

use std::sync::Arc;

use crate::{
    facts::{
        tags::{Channel, ServiceId},
        terraform::Children,
    },
    origin::{Address, HasOrigin, Origin},
    source::Span,
    text::Text,
    value::{Open, Value},
};

pub mod add;
pub mod configuration;
pub mod placeholder;
pub mod policy;
pub mod request;
pub mod tags;

/// What rules look at. `address` is Terraform's (`module.a.aws_kms_key.k["eu"]`), or the operation of a request.
#[derive(Debug, Clone)]
pub struct Subject {
    /// What it is called.
    pub address: Address,
    /// The service that will judge it.
    pub service: ServiceId,
    /// The way it reaches the service.
    pub channel: Channel,
    /// The block, or the body of the request.
    pub span: Span,
    /// The module calls on the way to it, outermost first: their blocks.
    pub calls: Arc<[Span]>,
    /// What it is.
    pub kind: SubjectKind,
    /// What else it may be, where a condition decides that is not known: a defect counts if it is there in every case.
    pub otherwise: Vec<SubjectKind>,
}

impl Subject {
    /// Visits every place that its verdict depends on.
    pub fn reads(&self, visit: &mut dyn FnMut(Span)) {
        std::iter::once(&self.kind).chain(&self.otherwise).for_each(|kind| kind.reads(self.span, visit));
    }
}

impl SubjectKind {
    fn reads(&self, whole: Span, visit: &mut dyn FnMut(Span)) {
        match self {
            SubjectKind::Tags(set) => {
                for tag in &set.tags {
                    tag.key.spans().for_each(&mut *visit);
                    match &tag.value {
                        TagValue::Text { text, .. } => text.spans().for_each(&mut *visit),
                        TagValue::Null(origin) => visit(origin.span),
                        TagValue::Absent => {}
                        TagValue::Unknown(value) => visit(value.origin.span),
                    }
                }
            }
            SubjectKind::Request(_) => visit(whole),
            SubjectKind::Policy(policy) => policy.text.spans().for_each(visit),
            SubjectKind::NoTags(tags) => visit(tags.value.origin.span),
            SubjectKind::Bypass(bypass) => visit(bypass.origin.span),
            SubjectKind::Key(_) | SubjectKind::Configuration(_) => {}
        }
    }
}

/// The kinds of subject.
#[derive(Debug, Clone)]
pub enum SubjectKind {
    /// The tags that one thing gets.
    Tags(TagSet),
    /// The body of a request.
    Request(Request),
    /// The policy of a key or secret.
    Policy(policy::Policy),
    /// A key or secret, and the policies it gets.
    Key(policy::Key),
    /// A switch that turns a service's check of a policy off.
    Bypass(policy::Bypass),
    /// Tags of something that can have none.
    NoTags(NoTags),
    /// All tags of all configurations.
    Configuration(Arc<configuration::Configuration>),
}

/// Tags that are written for something that can have none.
#[derive(Debug, Clone)]
pub struct NoTags {
    /// The resource type.
    pub ty: std::sync::Arc<str>,
    /// The argument, and what it says.
    pub value: Value,
    /// Why it can have none, and what to do.
    pub fact: crate::facts::terraform::NoTags,
}

/// The tags that one thing gets.
#[derive(Debug, Clone)]
pub struct TagSet {
    /// Those that arrive, in the order they are written.
    pub tags: Vec<Tag>,
    /// Written, but lost to a later one with the same key.
    pub shadowed: Vec<Tag>,
    /// More tags may join when it is applied, so absence and totals prove nothing; and why.
    pub open: Option<Open>,
    /// The whole list or map.
    pub origin: Origin,
    /// How it is written.
    pub form: TagForm,
    /// Whose tags they are.
    pub role: TagRole,
    /// The tags of a copy: it has none of those that the original has.
    pub not_inherited: bool,
    /// What it makes that gets none of these tags.
    pub not_on_children: Option<Arc<Children>>,
    /// The Terraform resource that they are written in; `None` for a request.
    pub holder: Option<Holder>,
}

impl TagSet {
    /// Whether a resource says nothing of tags, and nothing adds any.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.tags.is_empty() && self.open.is_none() && self.holder.as_ref().is_some_and(|holder| !holder.written)
    }

    /// A set without tags.
    #[must_use]
    pub fn empty(origin: Origin, form: TagForm, role: TagRole) -> Self {
        Self {
            tags: Vec::new(),
            shadowed: Vec::new(),
            open: None,
            origin,
            form,
            role,
            not_inherited: false,
            not_on_children: None,
            holder: None,
        }
    }
}

/// The Terraform resource that holds a set of tags.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Its type: `aws_kms_key`.
    pub ty: std::sync::Arc<str>,
    /// The keyword and the labels.
    pub header: Span,
    /// The argument: `tags`.
    pub argument: std::sync::Arc<str>,
    /// Whether the argument is there. Where it is not, the set is empty.
    pub written: bool,
    /// Whether the provider's `default_tags` join it.
    pub default_tags: bool,
}

/// Whose tags a set has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagRole {
    /// The tags of a resource.
    Own,
    /// Tags that a resource or a request gives to something else: volumes, what it starts.
    Part,
    /// One tag that a resource adds to something that may have others.
    One,
}

/// How tags are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagForm {
    /// A map: the last of two equal keys wins.
    Map,
    /// A list of entries: two equal keys are both sent.
    List,
    /// A list of keys, which are to be removed.
    Keys,
}

/// One tag.
#[derive(Debug, Clone)]
pub struct Tag {
    /// The key; perhaps known in part.
    pub key: Text,
    /// The value.
    pub value: TagValue,
    /// Why it never arrives, for those that are shadowed.
    pub shadowed: Option<crate::value::Shadow>,
    /// Key and value as they are written together, in a map.
    pub item: Option<Span>,
}

/// The value of a tag.
#[derive(Debug, Clone)]
pub enum TagValue {
    /// Characters; perhaps known in part.
    Text {
        /// The characters.
        text: Text,
        /// Terraform would hide them, and so do messages.
        sensitive: bool,
    },
    /// `null`.
    Null(Origin),
    /// No value is written.
    Absent,
    /// Not known, or nothing that can be a value.
    Unknown(Value),
}

impl TagValue {
    /// The characters, where all of them are known.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        match self {
            TagValue::Text { text, .. } => text.known(),
            TagValue::Null(_) | TagValue::Absent | TagValue::Unknown(_) => None,
        }
    }
}

impl Tag {
    /// A key without a value.
    #[must_use]
    pub fn key_only(key: Text) -> Self {
        Self { key, value: TagValue::Absent, shadowed: None, item: None }
    }

    /// Whether key and value are known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.key.is_known()
            && match &self.value {
                TagValue::Text { text, .. } => text.is_known(),
                TagValue::Null(_) | TagValue::Absent => true,
                TagValue::Unknown(_) => false,
            }
    }
}

impl HasOrigin for TagSet {
    fn origin(&self) -> Origin {
        self.origin.clone()
    }
}

/// The body of a request.
#[derive(Debug, Clone)]
pub struct Request {
    /// What is asked.
    pub operation: std::sync::Arc<str>,
    /// Each way in which the body goes against the operation's schema.
    pub violations: Vec<request::Violation>,
}

/// Something that could not be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownValue {
    /// The subject it is part of.
    pub address: Address,
    /// The expression that is not known.
    pub span: Span,
    /// Why, as the summary counts it: `known after apply`.
    pub reason: &'static str,
}

/// A type of subject that a rule can ask for.
pub trait FromSubject {
    /// Whether it is all configurations together, which is made only where a rule asks for it.
    const WHOLE: bool = false;
    /// The subject as this type, if it is one.
    fn from_subject(subject: &Subject) -> Option<&Self>;
}

impl FromSubject for NoTags {
    fn from_subject(subject: &Subject) -> Option<&Self> {
        if let SubjectKind::NoTags(own) = &subject.kind { Some(own) } else { None }
    }
}

impl FromSubject for TagSet {
    fn from_subject(subject: &Subject) -> Option<&Self> {
        if let SubjectKind::Tags(own) = &subject.kind { Some(own) } else { None }
    }
}

impl FromSubject for configuration::Configuration {
    const WHOLE: bool = true;

    fn from_subject(subject: &Subject) -> Option<&Self> {
        if let SubjectKind::Configuration(own) = &subject.kind { Some(own) } else { None }
    }
}

impl FromSubject for Request {
    fn from_subject(subject: &Subject) -> Option<&Self> {
        if let SubjectKind::Request(own) = &subject.kind { Some(own) } else { None }
    }
}

impl FromSubject for policy::Policy {
    fn from_subject(subject: &Subject) -> Option<&Self> {
        if let SubjectKind::Policy(own) = &subject.kind { Some(own) } else { None }
    }
}

impl FromSubject for policy::Key {
    fn from_subject(subject: &Subject) -> Option<&Self> {
        if let SubjectKind::Key(own) = &subject.kind { Some(own) } else { None }
    }
}

impl FromSubject for policy::Bypass {
    fn from_subject(subject: &Subject) -> Option<&Self> {
        if let SubjectKind::Bypass(own) = &subject.kind { Some(own) } else { None }
    }
}
