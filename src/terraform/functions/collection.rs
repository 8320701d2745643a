//! Functions of maps, lists and sets.

use std::collections::HashSet;

use super::{Call, FunctionError};
use crate::{
    origin::{HasOrigin, HopKind, Origin},
    terraform::eval::EntryList,
    value::{Data, Open, Shadow, Unknown, Value},
};

/// `merge(maps...)`: later keys win, null arguments are passed over.
pub fn merge(call: Call) -> Result<Value, FunctionError> {
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
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) => {
                return Err(FunctionError { message: "`merge` takes maps and objects".to_owned(), span: here });
            }
        }
    }
    let mut value = merged.finish(origin);
    value.sensitive = sensitive;
    Ok(value)
}

/// `tomap(x)`: the entries stay what they are; only their common type changes, and with it nothing that a tag shows.
pub fn tomap(call: Call) -> Result<Value, FunctionError> {
    let [argument] = call.exactly()?;
    match argument.value.data {
        Data::Entries { .. } | Data::Unknown(_) | Data::Null => Ok(argument.value),
        Data::OneOf(_) => Ok(Value::unknown(Unknown::Unsupported("conditional on an unknown value"), argument.value.origin)),
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) => {
            Err(FunctionError { message: "`tomap` takes a map or an object".to_owned(), span: argument.span })
        }
    }
}
