//! Tag sets: from evaluated Terraform arguments, and from lists in requests.

use std::collections::BTreeMap;

use super::{Holder, Subject, SubjectKind, Tag, TagForm, TagRole, TagSet, TagValue, UnknownValue};
use crate::{
    facts::{
        requests::RequestTags,
        tags::{Channel, ServiceId},
        terraform::{TagArgument, TagShape, Through},
    },
    origin::{HasOrigin, Origin},
    source::Span,
    syntax::{Kind, NodeId, Tree},
    terraform::Evaluated,
    text::Text,
    value::{Data, Open, Type, Unknown, Value},
};

/// The tag sets of a Terraform resource: one for each place where its arguments hold tags that are known at least in part.
pub fn of_resource(evaluated: &Evaluated<'_>, subjects: &mut Vec<Subject>, unknowns: &mut Vec<UnknownValue>) {
    let (first, unknown) = (subjects.len(), unknowns.len());
    of_arguments(evaluated, subjects, unknowns);
    let Some(service) = &evaluated.ty.service else { return };
    let subject = |kind| Subject {
        address: evaluated.address.clone(),
        service: service.clone(),
        channel: Channel::Terraform,
        span: evaluated.span,
        calls: evaluated.calls(),
        kind,
        otherwise: Vec::new(),
    };
    if evaluated.ty.not_inherited && unknowns.len() == unknown {
        let origin = Origin::at(evaluated.header);
        if subjects.len() == first {
            subjects.push(subject(SubjectKind::Tags(TagSet::empty(origin, TagForm::Map, TagRole::Own))));
        }
        for subject in &mut subjects[first..] {
            if let SubjectKind::Tags(set) = &mut subject.kind {
                set.not_inherited = set.role == TagRole::Own;
            }
        }
    }
    if let Some(children) = evaluated.ty.children.as_ref().filter(|children| !children.through.iter().any(|way| may_reach(evaluated, way)))
    {
        for subject in &mut subjects[first..] {
            let kinds = std::iter::once(&mut subject.kind).chain(&mut subject.otherwise);
            for kind in kinds {
                if let SubjectKind::Tags(set) = kind
                    && set.role == TagRole::Own
                {
                    set.not_on_children = Some(children.clone());
                }
            }
        }
    }
    if let Some(fact) = &evaluated.ty.no_tags
        && let Some(value) = evaluated.get(&fact.argument)
    {
        let ty = evaluated.ty.name.clone();
        subjects.push(subject(SubjectKind::NoTags(super::NoTags { ty, value, fact: fact.clone() })));
    }
}

/// Whether an argument gives tags to what a resource makes, or may do so.
fn may_reach(evaluated: &Evaluated<'_>, way: &Through) -> bool {
    fn gives(value: &Value, way: &Through) -> bool {
        match &value.data {
            Data::Null => false,
            Data::Unknown(_) | Data::OneOf(_) => true,
            Data::Sequence(values) => values.iter().any(|value| gives(value, way)),
            Data::Entries { entries, open } => way.is.is_empty() && (open.is_some() || !entries.is_empty()),
            Data::Bool(_) | Data::Number(_) | Data::String(_) => {
                way.is.is_empty() || value.to_text().is_none_or(|text| text.known().is_none_or(|word| way.is.iter().any(|is| is == word)))
            }
        }
    }
    evaluated.get(&way.path).is_some_and(|value| gives(&value, way))
}

fn of_arguments(evaluated: &Evaluated<'_>, subjects: &mut Vec<Subject>, unknowns: &mut Vec<UnknownValue>) {
    for (at, argument) in evaluated.ty.tags.iter().enumerate() {
        let Some(usual) = argument.service.as_ref().or(evaluated.ty.service.as_ref()) else { continue };
        let other = other_service(evaluated, argument);
        let role = match argument.shape {
            TagShape::Single => TagRole::One,
            TagShape::Map | TagShape::Entries if at == 0 && !argument.path.contains('.') => TagRole::Own,
            TagShape::Map | TagShape::Entries => TagRole::Part,
        };
        let own = evaluated.get(&argument.path);
        let holder = Holder {
            ty: evaluated.ty.name.clone(),
            header: evaluated.header,
            argument: argument.path.clone(),
            written: own.is_some(),
            default_tags: argument.default_tags,
        };
        let held = |tags| SubjectKind::Tags(TagSet { holder: Some(holder.clone()), ..tags });
        let subject = |service: &ServiceId, kind, otherwise| Subject {
            address: evaluated.address.clone(),
            service: service.clone(),
            channel: Channel::Terraform,
            span: evaluated.span,
            calls: evaluated.calls(),
            kind,
            otherwise,
        };
        let mut none = true;
        for (value, is_beside) in written(evaluated, argument, own) {
            let service = other.filter(|_| is_beside).unwrap_or(usual);
            let read = |value: &Value| match argument.shape {
                TagShape::Map => of_map(value, role),
                TagShape::Entries => of_entries(value, argument, role),
                TagShape::Single => Ok(one(evaluated, argument, value)),
            };
            // No tags at all are a case too, in which nothing is wrong with them.
            let nothing = || TagSet::empty(value.origin.clone(), TagForm::Map, role);
            let ways = value.ways();
            let sets = ways.iter().map(|way| Ok(read(way)?.or_else(|| (ways.len() > 1).then(nothing))));
            let mut sets = match sets.collect::<Result<Vec<Option<TagSet>>, Unknown>>() {
                Ok(sets) => sets.into_iter().flatten().map(held),
                Err(why) => {
                    none = false;
                    unknowns.push(UnknownValue { address: evaluated.address.clone(), span: value.origin.span, reason: why.reason() });
                    continue;
                }
            };
            if let Some(tags) = sets.next() {
                none = false;
                subjects.push(subject(service, tags, sets.collect()));
            }
        }
        if none && role == TagRole::Own {
            let nothing = Value::new(Data::Null, Type::Any, Origin::at(evaluated.header));
            subjects.push(subject(usual, held(empty(&nothing, None, TagForm::Map, role)), Vec::new()));
        }
    }
}

/// The service that judges the tags of an argument in place of the usual one, where another argument says so.
fn other_service<'e>(evaluated: &Evaluated<'_>, argument: &'e TagArgument) -> Option<&'e ServiceId> {
    let when = argument.when.as_ref()?;
    evaluated.each(&when.path).iter().any(|value| says(value, &when.is)).then_some(&when.service)
}

fn says(value: &Value, word: &str) -> bool {
    value.to_text().is_some_and(|text| text.known() == Some(word))
}

/// What is written for an argument: the value of each place that has it, and whether what decides who judges it stands beside it.
fn written(evaluated: &Evaluated<'_>, argument: &TagArgument, own: Option<Value>) -> Vec<(Value, bool)> {
    let beside = argument.when.as_ref().and_then(|when| when.beside.as_ref());
    if let (Some(beside), Some((around, name))) = (beside, argument.path.rsplit_once('.'))
        && let Some(Data::Sequence(places)) = evaluated.get(around).map(|around| around.data)
    {
        let has = |place: &Value| place.member(&beside.member).is_some_and(|value| says(&value, &beside.is));
        return places.iter().filter_map(|place| Some((place.member(name)?, has(place)))).collect();
    }
    let values = match argument.shape {
        TagShape::Map | TagShape::Entries => evaluated.effective_tags(argument, own),
        TagShape::Single => evaluated.get(&argument.key).into_iter().collect(),
    };
    values.into_iter().map(|value| (value, beside.is_none())).collect()
}

fn empty(value: &Value, open: Option<Open>, form: TagForm, role: TagRole) -> TagSet {
    TagSet { open, ..TagSet::empty(value.origin.clone(), form, role) }
}

/// The tags that a map gives; `None` for null, which gives none.
fn of_map(value: &Value, role: TagRole) -> Result<Option<TagSet>, Unknown> {
    match &value.data {
        Data::Null => Ok(None),
        Data::Unknown(why) => Err(*why),
        Data::OneOf(_) => Err(Unknown::Unsupported("conditional on an unknown value")),
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) => Err(Unknown::Error),
        Data::Entries { entries, open } => {
            let mut set = empty(value, *open, TagForm::Map, role);
            set.tags.reserve_exact(entries.len());
            for entry in entries.iter() {
                let tag = Tag {
                    key: entry.key.clone(),
                    value: tag_value(&entry.value, value.sensitive || entry.value.sensitive),
                    shadowed: entry.shadowed,
                    item: entry.item,
                };
                if entry.shadowed.is_some() { set.shadowed.push(tag) } else { set.tags.push(tag) }
            }
            Ok(Some(set))
        }
    }
}

/// The tags that blocks or a list of objects give.
fn of_entries(value: &Value, argument: &TagArgument, role: TagRole) -> Result<Option<TagSet>, Unknown> {
    match &value.data {
        Data::Null => Ok(None),
        Data::Unknown(why) => Err(*why),
        Data::OneOf(_) => Err(Unknown::Unsupported("conditional on an unknown value")),
        Data::Bool(_) | Data::Number(_) | Data::String(_) => Err(Unknown::Error),
        // One block that is written as an object, as an attribute of an object type is.
        Data::Entries { .. } => Ok(of_entry(value, argument).map(|tag| {
            let mut set = empty(value, None, TagForm::List, role);
            set.tags.push(tag);
            set
        })),
        Data::Sequence(elements) => {
            let mut set = empty(value, None, TagForm::List, role);
            for element in elements.iter() {
                match (of_entry(element, argument), element.why_unknown()) {
                    (Some(tag), _) => set.tags.push(tag),
                    (None, Some(why)) => set.open = Some(Open { why, span: element.origin.span }),
                    (None, None) => {}
                }
            }
            Ok(Some(set))
        }
    }
}

/// The tag of one block or object; `None` where it has no key.
fn of_entry(entry: &Value, argument: &TagArgument) -> Option<Tag> {
    let Data::Entries { .. } = entry.data else { return None };
    let key = entry.member(&argument.key)?;
    tag(&key, entry.member(&argument.value).as_ref(), entry)
}

fn tag(key: &Value, value: Option<&Value>, entry: &Value) -> Option<Tag> {
    let text = key.to_text().or_else(|| {
        let mut text = Text::build(key.origin.clone());
        text.push_unknown(key.origin.clone(), key.why_unknown()?.reason());
        Some(text.finish())
    })?;
    let value = match value {
        Some(value) => tag_value(value, value.sensitive || entry.sensitive),
        None => TagValue::Unknown(Value::unknown(Unknown::Unsupported("tag without a value"), entry.origin.clone())),
    };
    Some(Tag { key: text, value, shadowed: None, item: None })
}

/// The one tag that a resource is, on something that may have others.
fn one(evaluated: &Evaluated<'_>, argument: &TagArgument, key: &Value) -> Option<TagSet> {
    let open = Open { why: Unknown::AlreadyThere, span: key.origin.span };
    let mut set = empty(key, Some(open), TagForm::List, TagRole::One);
    set.tags.push(tag(key, evaluated.get(&argument.value).as_ref(), key)?);
    Some(set)
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
            TagValue::Null(_) | TagValue::Absent => None,
            TagValue::Unknown(value) => Some((value.origin.span, value.why_unknown().unwrap_or(Unknown::Error).reason())),
        })
    };
    let open = |Open { why, span }: Open| (span, why.reason());
    set.open.filter(|open| open.why != Unknown::AlreadyThere).map(open).or_else(|| set.tags.iter().find_map(of_tag))
}

/// The tag sets of a body: a list of entries, a map, a list of keys, or the one entry itself; several where each entry says for which
/// resource it is. None where there is nothing of the kind.
#[must_use]
pub fn of_body(tree: &Tree, body: NodeId, path: &str, place: &RequestTags) -> Vec<TagSet> {
    let not_inherited = place.inherited == Some(false);
    let lists = path.split('.').fold(vec![body], |nodes, name| {
        // Each entry of a list on the way has tags of its own.
        let entries = nodes.into_iter().flat_map(|node| if tree.kind(node) == Kind::Tuple { tree.children(node) } else { vec![node] });
        entries.filter_map(|object| super::request::member(tree, object, name)).collect()
    });
    if lists.is_empty() {
        // A copy without tags is something to say; another request without tags is not.
        let none = || TagSet { not_inherited, ..TagSet::empty(Origin::at(tree.span(body)), TagForm::List, TagRole::Part) };
        return not_inherited.then(none).into_iter().collect();
    }
    lists.into_iter().flat_map(|list| of_list(tree, list, place, not_inherited)).collect()
}

/// The tags of one list or map.
fn of_list(tree: &Tree, list: NodeId, place: &RequestTags, not_inherited: bool) -> Vec<TagSet> {
    let span = tree.span(list);
    let form = match (place.map, &place.key) {
        (true, _) => TagForm::Map,
        (false, Some(_)) => TagForm::List,
        (false, None) => TagForm::Keys,
    };
    let mut set = TagSet { not_inherited, ..TagSet::empty(Origin::at(span), form, TagRole::Part) };
    set.open = place.open.then_some(Open { why: Unknown::AlreadyThere, span });
    let entries = match tree.kind(list) {
        Kind::Object if place.map => {
            set.tags.extend(super::request::members(tree, list).map(|(key, value)| entry_of_map(tree, key, value)));
            return vec![set];
        }
        Kind::Tuple if !place.map => tree.children(list),
        Kind::Object => vec![list],
        _ => return Vec::new(),
    };
    if !place.several {
        set.tags.extend(entries.into_iter().filter_map(|entry| entry_of_list(tree, entry, place)));
        return vec![set];
    }
    let mut sets: BTreeMap<Vec<String>, TagSet> = BTreeMap::new();
    for entry in entries {
        let whose = super::request::members(tree, entry).filter(|(name, _)| Some(name.decoded()) != place.key.as_deref());
        let whose = whose.filter(|(name, value)| Some(name.decoded()) != place.value.as_deref() && tree.kind(*value) == Kind::String);
        let whose = whose.map(|(_, value)| super::request::text(tree, value).decoded().to_owned()).collect();
        sets.entry(whose).or_insert_with(|| set.clone()).tags.extend(entry_of_list(tree, entry, place));
    }
    sets.into_values().collect()
}

fn entry_of_map(tree: &Tree, key: Text, value: NodeId) -> Tag {
    Tag {
        key: super::placeholder::mark(key, super::placeholder::Variables::None),
        value: request_value(tree, value),
        shadowed: None,
        item: None,
    }
}

/// The value of a tag in a request.
fn request_value(tree: &Tree, value: NodeId) -> TagValue {
    match tree.kind(value) {
        Kind::String => TagValue::Text { text: super::request::text(tree, value), sensitive: false },
        Kind::Null => TagValue::Null(Origin::at(tree.span(value))),
        _ => TagValue::Unknown(Value::unknown(Unknown::Unsupported("no string in the request"), Origin::at(tree.span(value)))),
    }
}

fn entry_of_list(tree: &Tree, entry: NodeId, place: &RequestTags) -> Option<Tag> {
    let string = |node: &NodeId| tree.kind(*node) == Kind::String;
    let Some(key) = &place.key else {
        return Some(entry).filter(string).map(|key| Tag::key_only(super::request::text(tree, key)));
    };
    let key = super::request::member(tree, entry, key).filter(string)?;
    let value = place.value.as_ref().and_then(|name| super::request::member(tree, entry, name));
    let value = value.map_or(TagValue::Absent, |value| request_value(tree, value));
    Some(Tag { key: super::request::text(tree, key), value, shadowed: None, item: None })
}

/// The set of one key, which a path names.
#[must_use]
pub fn of_key(key: Text) -> TagSet {
    let origin = key.origin();
    let open = Some(Open { why: Unknown::AlreadyThere, span: origin.span });
    TagSet { tags: vec![Tag::key_only(key)], open, ..TagSet::empty(origin, TagForm::Keys, TagRole::Part) }
}

impl HasOrigin for Tag {
    fn origin(&self) -> Origin {
        self.key.origin()
    }
}
