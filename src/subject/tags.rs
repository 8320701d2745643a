//! Tag sets: from evaluated Terraform arguments, and from lists in requests.

use std::sync::Arc;

use super::{Subject, SubjectKind, Tag, TagForm, TagSet, TagValue, UnknownValue};
use crate::{
    facts::{
        requests::RequestTags,
        tags::{Channel, ServiceId},
    },
    origin::{Address, HasOrigin, Origin},
    source::Span,
    syntax::{Kind, NodeId, Tree},
    terraform::Evaluated,
    value::{Data, Open, Unknown, Value},
};

/// The tag sets of a Terraform resource: one for each of its arguments that is known at least in part.
pub fn of_resource(evaluated: &Evaluated<'_>, subjects: &mut Vec<Subject>, unknowns: &mut Vec<UnknownValue>) {
    let Some(service) = &evaluated.ty.service else { return };
    let resource = evaluated.resource;
    let address = &evaluated.address;
    for value in evaluated.tags() {
        match of_value(&value) {
            Ok(Some(tags)) => subjects.push(Subject {
                address: address.clone(),
                service: service.clone(),
                channel: Channel::Terraform,
                span: resource.span,
                calls: Arc::default(),
                kind: SubjectKind::Tags(tags),
            }),
            Ok(None) => {}
            Err(why) => unknowns.push(UnknownValue { address: address.clone(), span: value.origin.span, reason: why.reason() }),
        }
    }
}

/// The tags that a map gives; `None` for null, which gives none.
fn of_value(value: &Value) -> Result<Option<TagSet>, Unknown> {
    match &value.data {
        Data::Null => Ok(None),
        Data::Unknown(why) => Err(*why),
        Data::OneOf(_) => Err(Unknown::Unsupported("conditional on an unknown value")),
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) => Err(Unknown::Error),
        Data::Entries { entries, open } => {
            let mut set = TagSet { tags: Vec::new(), shadowed: Vec::new(), open: *open, origin: value.origin.clone(), form: TagForm::Map };
            for entry in entries.iter() {
                let tag = Tag {
                    key: entry.key.clone(),
                    value: tag_value(&entry.value, value.sensitive || entry.value.sensitive),
                    shadowed: entry.shadowed,
                };
                if entry.shadowed.is_some() { set.shadowed.push(tag) } else { set.tags.push(tag) }
            }
            Ok(Some(set))
        }
    }
}

fn tag_value(value: &Value, sensitive: bool) -> TagValue {
    match (value.to_text(), &value.data) {
        (Some(text), _) => TagValue::Text { text, sensitive },
        (None, Data::Null) => TagValue::Null(value.origin.clone()),
        (None, _) => TagValue::Unknown(value.clone()),
    }
}

/// Why a set cannot be judged in full: the first thing in it that is not known.
#[must_use]
pub fn first_unknown(set: &TagSet) -> Option<(Span, &'static str)> {
    let of_tag = |tag: &Tag| {
        tag.key.first_unknown().or_else(|| match &tag.value {
            TagValue::Text { text, .. } => text.first_unknown(),
            TagValue::Null(_) => None,
            TagValue::Unknown(value) => Some((value.origin.span, value.why_unknown().unwrap_or(Unknown::Error).reason())),
        })
    };
    let open = |Open { why, span }: Open| (span, why.reason());
    set.open.filter(|open| open.why != Unknown::AlreadyThere).map(open).or_else(|| set.tags.iter().find_map(of_tag))
}

/// The tag set of a request's list; `None` where there is no list.
#[must_use]
pub fn of_list(tree: &Tree, list: NodeId, members: &RequestTags, service: &ServiceId, address: &Address) -> Option<Subject> {
    if tree.kind(list) != Kind::Tuple {
        return None;
    }
    let span = tree.span(list);
    let open = members.open.then_some(Open { why: Unknown::AlreadyThere, span });
    let mut set = TagSet { tags: Vec::new(), shadowed: Vec::new(), open, origin: Origin::at(span), form: TagForm::List };
    for entry in tree.children(list) {
        let member = |name: &str| super::request::member(tree, entry, name);
        let Some(key) = member(&members.key).filter(|key| tree.kind(*key) == Kind::String) else { continue };
        let value = match member(&members.value) {
            None => TagValue::Unknown(Value::unknown(Unknown::Unsupported("no value in the request"), Origin::at(tree.span(entry)))),
            Some(value) => match tree.kind(value) {
                Kind::String => TagValue::Text { text: super::request::text(tree, value), sensitive: false },
                Kind::Null => TagValue::Null(Origin::at(tree.span(value))),
                _ => TagValue::Unknown(Value::unknown(Unknown::Unsupported("no string in the request"), Origin::at(tree.span(value)))),
            },
        };
        set.tags.push(Tag { key: super::request::text(tree, key), value, shadowed: None });
    }
    Some(Subject {
        address: address.clone(),
        service: service.clone(),
        channel: Channel::Request,
        span,
        calls: Arc::default(),
        kind: SubjectKind::Tags(set),
    })
}

impl HasOrigin for Tag {
    fn origin(&self) -> Origin {
        self.key.origin()
    }
}
