//! `templatefile` and `templatestring`.

use std::sync::Arc;

use super::{Call, FileText, FunctionError, Outcome, sequence::live, why};
use crate::{
    origin::HopKind,
    text::Text,
    value::{Data, Type, Unknown, Value, convert::convert},
};

/// What a template is given.
enum Variables {
    Known(Vec<(Arc<str>, Value)>),
    Unknown(Unknown),
}

fn variables(call: &Call<'_>) -> Result<Variables, FunctionError> {
    let value = call.value(1);
    match &value.data {
        // A name that only the unknown part brings is met as one that is not known.
        Data::Entries { open: Some(open), .. } => Ok(Variables::Unknown(open.why)),
        Data::Entries { entries, open: None } => {
            let mut variables = Vec::new();
            for entry in live(entries) {
                match entry.key.known() {
                    Some(name) if is_name(name) => variables.push((name.into(), call.passed(1, &entry.value))),
                    Some(name) => return Err(call.error_at(1, format!("`{name}` is no name for a variable of a template"))),
                    None => return Ok(Variables::Unknown(Unknown::Unsupported("name that is not known"))),
                }
            }
            Ok(Variables::Known(variables))
        }
        Data::Unknown(_) | Data::OneOf(_) => Ok(Variables::Unknown(why(value).unwrap_or(Unknown::Error))),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) => {
            Err(call.error_at(1, "the variables of a template are a map or an object"))
        }
    }
}

fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| unicode_ident::is_xid_start(first) || first == '_')
        && characters.all(|character| unicode_ident::is_xid_continue(character) || character == '-')
}

fn rendered(call: &Call<'_>, text: &Text) -> Outcome {
    match variables(call)? {
        Variables::Known(variables) => {
            let value = call.host.template(text, &variables)?;
            if matches!(value.data, Data::Null) {
                return Err(call.error_at(0, "the template yields null"));
            }
            Ok(value.through(HopKind::Function(call.name), call.span))
        }
        Variables::Unknown(why) => Ok(call.unknown(why)),
    }
}

/// `templatefile(path, vars)`
pub fn templatefile(call: &Call<'_>) -> Outcome {
    match call.host.read(call.text(0).decoded()) {
        Ok(FileText::Known(text)) => rendered(call, &text),
        Ok(FileText::Binary) => Err(call.error_at(0, "the template is not UTF-8")),
        Ok(FileText::Unknown(why)) => Ok(call.unknown(why)),
        Err(message) => Err(call.error_at(0, message)),
    }
}

/// `templatestring(template, vars)`
pub fn templatestring(call: &Call<'_>) -> Outcome {
    match why(call.value(0)) {
        Some(why) => Ok(call.unknown(why)),
        None => {
            let value = rendered(call, &call.text(0))?;
            convert(value, &Type::String).map_err(|error| call.error_at(0, format!("the template yields no string: {}", error.message)))
        }
    }
}
