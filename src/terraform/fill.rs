//! What a configuration alone does not decide, filled in from its plan.

use std::collections::HashSet;

use super::eval::EntryList;
use crate::{
    origin::Origin,
    text::Text,
    value::{Data, Open, Value},
};

/// The value of the configuration, with the plan's where it is not known; the places are those of the configuration.
#[must_use]
pub fn fill(value: Value, planned: Option<Value>) -> Value {
    let Some(planned) = planned else { return value };
    if planned.why_unknown().is_some() {
        return value;
    }
    let sensitive = value.sensitive || planned.sensitive;
    let filled = match (&value.data, &planned.data) {
        (Data::Unknown(_) | Data::OneOf(_), _) => placed(planned, &value.origin),
        (Data::String(text), Data::String(whole)) if !text.is_known() && whole.is_known() => placed(planned, &value.origin),
        (Data::Entries { entries, open }, Data::Entries { entries: ours, open: still }) => {
            let mut list = EntryList::default();
            let mut known = HashSet::new();
            // Where keys that are not written come from.
            let mut unwritten = open.map(|open| Origin::at(open.span));
            for entry in entries.iter() {
                let key = entry.key.known().filter(|_| entry.shadowed.is_none());
                match key {
                    _ if entry.shadowed.is_some() => list.keep_shadowed(entry.clone()),
                    Some(key) => {
                        known.insert(key.to_owned());
                        let filled = fill(entry.value.clone(), planned.member(key).filter(|value| !matches!(value.data, Data::Null)));
                        list.add_written(Value::string(entry.key.clone()), filled, entry.item);
                    }
                    None => unwritten = Some(entry.value.origin.clone()),
                }
            }
            if let Some(origin) = unwritten {
                let live = ours.iter().filter(|entry| entry.shadowed.is_none());
                for entry in live.filter(|entry| entry.key.known().is_some_and(|key| !known.contains(key))) {
                    let key = Text::derived(entry.key.decoded(), origin.clone());
                    list.add(Value::string(key), placed(entry.value.clone(), &origin));
                }
                if let Some(still) = still {
                    list.open(Open { why: still.why, span: origin.span });
                }
            }
            list.finish(value.origin.clone())
        }
        (Data::Sequence(elements), Data::Sequence(ours)) if elements.len() == ours.len() => {
            let filled = elements.iter().zip(ours.iter()).map(|(element, planned)| fill(element.clone(), Some(planned.clone())));
            Value { data: Data::Sequence(filled.collect()), ..value.clone() }
        }
        _ => return value,
    };
    Value { sensitive, ..filled }
}

/// The plan's value as if it stood at a place of the configuration.
fn placed(value: Value, origin: &Origin) -> Value {
    let data = match value.data {
        Data::String(text) if text.is_known() => Data::String(Text::derived(text.decoded(), origin.clone())),
        Data::String(_) => Data::Unknown(crate::value::Unknown::AfterApply),
        Data::Sequence(elements) => Data::Sequence(elements.iter().map(|element| placed(element.clone(), origin)).collect()),
        Data::Entries { entries, open } => {
            let mut list = EntryList::default();
            for entry in entries.iter().filter(|entry| entry.shadowed.is_none()) {
                let key = Text::derived(entry.key.decoded(), origin.clone());
                list.add(Value::string(key), placed(entry.value.clone(), origin));
            }
            if let Some(open) = open {
                list.open(Open { why: open.why, span: origin.span });
            }
            list.finish(origin.clone()).data
        }
        data @ (Data::Null | Data::Bool(_) | Data::Number(_) | Data::OneOf(_) | Data::Unknown(_)) => data,
    };
    Value { data, ty: value.ty, sensitive: value.sensitive, origin: origin.clone() }
}
