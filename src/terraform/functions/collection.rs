//! `merge`.

use std::collections::HashSet;

use super::{Call, FunctionError, Outcome};
use crate::{
    origin::{HasOrigin, HopKind, Origin},
    terraform::eval::EntryList,
    value::{Data, Open, Shadow, Type, Unknown, Value},
};

/// `merge(maps...)`: later keys win, null arguments are passed over.
pub fn merge(call: &Call<'_>) -> Outcome {
    let origin = Origin::at(call.span);
    let mut merged = EntryList::default();
    // The same written entry may come in by several arguments; it is lost only once.
    let mut lost = HashSet::new();
    let mut sensitive = false;
    for argument in &call.arguments {
        let here = argument.span;
        sensitive |= argument.value.sensitive;
        match &argument.value.data {
            Data::Null => {}
            Data::Entries { entries, open } => {
                if let Some(open) = open {
                    merged.open(*open);
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
            Data::Unknown(why) => merged.open(Open { why: *why, span: here }),
            Data::OneOf(_) => merged.open(Open { why: Unknown::Unsupported("conditional on an unknown value"), span: here }),
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) => {
                return Err(FunctionError { message: "`merge` takes maps and objects".to_owned(), span: here });
            }
        }
    }
    let mut value = merged.finish(origin);
    // Maps of one type make a map of that type; all others an object.
    if let Some(first @ Type::Map(_)) = call.arguments.first().map(|argument| &argument.value.ty)
        && call.arguments.iter().all(|argument| argument.value.ty == *first)
    {
        value.ty = first.clone();
    }
    value.sensitive = sensitive;
    Ok(value)
}
