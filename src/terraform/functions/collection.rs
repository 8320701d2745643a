//! Functions of maps, lists and sets.

use std::collections::HashSet;

use super::{Argument, Call};
use crate::{
    origin::{HasOrigin, HopKind, Origin},
    terraform::eval::EntryList,
    value::{Data, Open, Shadow, Unknown, Value},
};

/// `merge(maps...)`: later keys win, null arguments are passed over.
pub fn merge(call: Call) -> Value {
    let origin = Origin::at(call.span);
    let mut merged = EntryList::default();
    // The same written entry may come in by several arguments; it is lost only once.
    let mut lost = HashSet::new();
    let mut sensitive = false;
    for argument in call.arguments {
        let here = argument.span;
        sensitive |= argument.value.sensitive;
        match argument.value.data {
            Data::Null => {}
            Data::Entries { entries, open } => {
                if let Some(open) = open {
                    merged.open(open);
                }
                for entry in entries.iter() {
                    // What is written in the argument itself took no way to it.
                    let is_inline = here.contains(entry.key.origin().span);
                    let entry = if is_inline { entry.clone() } else { entry.through(HopKind::Function(call.name), here) };
                    match entry.shadowed {
                        Some(Shadow::Repeated) => {
                            if lost.insert(entry.key.origin().span) {
                                merged.keep_shadowed(entry);
                            }
                        }
                        Some(Shadow::Merged) => {}
                        None if entry.key.is_known() => merged.insert(entry.key, entry.value, Shadow::Merged),
                        None => merged.add(Value::string(entry.key), entry.value),
                    }
                }
            }
            Data::Unknown(why) => merged.open(Open { why, span: here }),
            Data::OneOf(_) => merged.open(Open { why: Unknown::Unsupported("conditional on an unknown value"), span: here }),
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) => return Value::unknown(Unknown::Error, origin),
        }
    }
    let mut value = merged.finish(origin);
    value.sensitive = sensitive;
    value
}

/// `tomap(x)`: the entries stay what they are; only their common type changes, and with it nothing that a tag shows.
pub fn tomap(call: Call) -> Value {
    let Ok([Argument { value, .. }]) = <[Argument; 1]>::try_from(call.arguments) else {
        return Value::unknown(Unknown::Error, Origin::at(call.span));
    };
    match value.data {
        Data::Entries { .. } | Data::Unknown(_) | Data::Null => value,
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) | Data::OneOf(_) => {
            Value::unknown(Unknown::Error, Origin::at(call.span))
        }
    }
}
