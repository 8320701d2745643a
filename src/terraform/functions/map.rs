//! Functions of maps and objects.

use std::collections::BTreeMap;

use super::{Call, Outcome, limit, sequence::live, why, why_deep};
use crate::{
    origin::Origin,
    terraform::eval::EntryList,
    text::Text,
    value::{Data, Entry, Open, Shadow, Type, Unknown, Value, convert::convert},
};

/// The entries of a map argument, sorted by key; the reason where they are not known.
enum Sorted<'c> {
    Known(Vec<&'c Entry>),
    Unknown(Unknown),
}

fn sorted<'c>(call: &'c Call<'_>, at: usize) -> Result<Sorted<'c>, super::FunctionError> {
    let value = call.value(at);
    match &value.data {
        Data::Entries { open: Some(open), .. } => Ok(Sorted::Unknown(open.why)),
        Data::Entries { entries, open: None } => {
            if let Some((_, reason)) = live(entries).find_map(|entry| entry.key.first_unknown()) {
                return Ok(Sorted::Unknown(Unknown::Unsupported(reason)));
            }
            let mut sorted: Vec<&Entry> = live(entries).collect();
            sorted.sort_by(|left, right| left.key.decoded().cmp(right.key.decoded()));
            Ok(Sorted::Known(sorted))
        }
        Data::Unknown(why) => Ok(Sorted::Unknown(*why)),
        Data::OneOf(_) => Ok(Sorted::Unknown(why(value).unwrap_or(Unknown::Error))),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) => {
            Err(call.error_at(at, format!("`{}` takes a map or an object", call.name)))
        }
    }
}

fn is_map(value: &Value) -> bool {
    matches!(value.ty, Type::Map(_))
}

/// `keys(map)`
pub fn keys(call: &Call<'_>) -> Outcome {
    match sorted(call, 0)? {
        Sorted::Unknown(why) => Ok(call.unknown(why)),
        Sorted::Known(entries) => {
            let keys = entries.into_iter().map(|entry| call.passed(0, &Value::string(entry.key.clone()))).collect();
            Ok(if is_map(call.value(0)) { call.list(keys, Type::String) } else { call.tuple(keys) })
        }
    }
}

/// `values(map)`, in the order of the keys.
pub fn values(call: &Call<'_>) -> Outcome {
    let mut result = match sorted(call, 0)? {
        Sorted::Unknown(why) => call.unknown(why),
        Sorted::Known(entries) => {
            let values = entries.into_iter().map(|entry| call.passed(0, &entry.value)).collect();
            match &call.value(0).ty {
                Type::Map(element) => call.list(values, (**element).clone()),
                _ => call.tuple(values),
            }
        }
    };
    result.sensitive = call.value(0).sensitive;
    Ok(result)
}

/// `lookup(map, key, default)`
pub fn lookup(call: &Call<'_>) -> Outcome {
    if call.arguments.len() > 3 {
        return Err(call.error_at(3, "`lookup` takes a map, a key and perhaps a default"));
    }
    let map = call.value(0);
    let key = call.value(1).to_text().unwrap_or_else(|| call.text(1));
    let (entries, open) = match &map.data {
        Data::Entries { entries, open } => (entries, *open),
        Data::Unknown(why) => return Ok(call.unknown(*why)),
        Data::OneOf(_) => return Ok(call.unknown(why(map).unwrap_or(Unknown::Error))),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) => {
            return Err(call.error_at(0, "`lookup` takes a map or an object"));
        }
    };
    let element = match &map.ty {
        Type::Map(element) => (**element).clone(),
        _ => Type::Any,
    };
    let default = match call.arguments.get(2) {
        Some(default) => Some(
            convert(default.value.clone(), &element)
                .map_err(|error| call.error_at(2, format!("the default must have the type of the map's elements: {}", error.message)))?,
        ),
        None => None,
    };
    if let Some(reason) = why(call.value(1)) {
        return Ok(call.one_of_entries(entries, open, default, reason));
    }
    let mut value = match live(entries).find(|entry| entry.key.known() == Some(key.decoded())) {
        Some(entry) => call.passed(0, &entry.value),
        None => {
            if let Some((_, reason)) = live(entries).find_map(|entry| entry.key.first_unknown()) {
                return Ok(call.unknown(Unknown::Unsupported(reason)));
            }
            match (open, default) {
                (Some(open), _) => call.unknown(open.why),
                (None, Some(default)) => call.passed(2, &default),
                (None, None) => return Err(call.error_at(1, format!("the map has no key `{}`", key.decoded()))),
            }
        }
    };
    value.sensitive |= map.sensitive || call.value(1).sensitive;
    Ok(value)
}

impl Call<'_> {
    /// What a key that is not known may find: an entry that begins as it does, or the default.
    fn one_of_entries(&self, entries: &[Entry], open: Option<Open>, default: Option<Value>, why: Unknown) -> Value {
        let prefix = self.value(1).to_text().map_or_else(String::new, |key| key.known_prefix().to_owned());
        let all_known = live(entries).all(|entry| entry.key.is_known());
        if open.is_some() || !all_known {
            return self.unknown(why);
        }
        let found = live(entries).filter(|entry| entry.key.decoded().starts_with(&prefix)).map(|entry| self.passed(0, &entry.value));
        let values: Vec<Value> = found.chain(default.map(|default| self.passed(2, &default))).collect();
        if values.is_empty() || values.len() > Value::MAX_ALTERNATIVES {
            return self.unknown(why);
        }
        let mut value = Value::one_of(values, Origin::at(self.span));
        value.sensitive |= self.value(0).sensitive || self.value(1).sensitive;
        value
    }
}

/// `transpose(map)`: lists of keys for each value.
pub fn transpose(call: &Call<'_>) -> Outcome {
    if let Some(why) = why_deep(call.value(0)) {
        return Ok(call.unknown(why));
    }
    let Sorted::Known(entries) = sorted(call, 0)? else { return Ok(call.unknown(Unknown::Error)) };
    let mut swapped: BTreeMap<String, (Text, Vec<Value>)> = BTreeMap::new();
    for entry in entries {
        let Data::Sequence(values) = &entry.value.data else { return Err(call.error_at(0, "a list in the map must not be null")) };
        for value in values.iter() {
            let Some(text) = value.to_text() else { return Err(call.error_at(0, "a string in the lists must not be null")) };
            let (_, keys) = swapped.entry(text.decoded().to_owned()).or_insert_with(|| (text.clone(), Vec::new()));
            keys.push(call.passed(0, &Value::string(entry.key.clone())));
        }
    }
    let mut entries = EntryList::default();
    for (_, (key, keys)) in swapped {
        entries.insert(key, call.list(keys, Type::String), Shadow::Repeated);
    }
    let mut value = entries.finish(crate::origin::Origin::at(call.span));
    value.ty = Type::Map(Type::List(Type::String.into()).into());
    Ok(value)
}

/// `zipmap(keys, values)`
pub fn zipmap(call: &Call<'_>) -> Outcome {
    let (keys, values) = (call.value(0), call.value(1));
    let (Data::Sequence(names), Data::Sequence(list)) = (&keys.data, &values.data) else {
        if let Some(why) = why(keys).or(why(values)) {
            return Ok(call.unknown(why));
        }
        return Err(call.error_at(1, "`zipmap` takes a list or a tuple of values"));
    };
    if super::sequence::is_set(values) {
        return Err(call.error_at(1, "`zipmap` takes a list or a tuple of values"));
    }
    if names.len() != list.len() {
        return Err(call.error(format!("there are {} keys and {} values", names.len(), list.len())));
    }
    if names.len() > limit::ELEMENTS {
        return Ok(call.too_large());
    }
    let mut entries = EntryList::default();
    for (name, value) in names.iter().zip(list.iter()) {
        let value = call.passed(1, value);
        match name.to_text() {
            // The last one wins; nobody wrote the key twice in one place.
            Some(key) if key.is_known() => entries.insert(key, value, Shadow::Merged),
            Some(key) => entries.add(Value::string(key), value),
            None => match why(name) {
                Some(why) => entries.open(Open { why, span: name.origin.span }),
                None => return Err(call.error_at(0, "a key must not be null")),
            },
        }
    }
    let mut value = entries.finish(crate::origin::Origin::at(call.span));
    if let Type::List(element) = &values.ty {
        value.ty = Type::Map(element.clone());
    }
    value.sensitive = keys.sensitive || values.sensitive;
    Ok(value)
}
