//! `csvdecode`.

use super::{Call, FunctionError, Outcome, limit};
use crate::{
    origin::Origin,
    terraform::eval::EntryList,
    text::Text,
    value::{Type, Value},
};

/// `csvdecode(str)`: a list of objects, named by the first row.
pub fn csvdecode(call: &Call<'_>) -> Outcome {
    let given = call.text(0);
    let Some(rows) = rows(call, &given)? else { return Ok(call.too_large()) };
    let Some((header, rows)) = rows.split_first() else {
        return Err(call.error_at(0, "the line with the names of the columns is missing"));
    };
    let names: Vec<&str> = header.iter().map(Text::decoded).collect();
    if let Some(twice) = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        return Err(call.error_at(0, format!("two columns have the name `{}`", twice.1)));
    }
    let mut values = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        if row.len() != names.len() {
            return Err(call.error_at(0, format!("row {} has {} columns, the first one has {}", at + 2, row.len(), names.len())));
        }
        let mut entries = EntryList::default();
        for (name, field) in header.iter().zip(row) {
            entries.add(Value::string(name.clone()), call.string(field.clone()));
        }
        values.push(entries.finish(Origin::at(call.span)));
    }
    Ok(call.list(values, Type::object(names.iter().map(|name| ((*name).into(), Type::String)))))
}

/// The fields of each line that is not empty; `None` where there are too many.
fn rows(call: &Call<'_>, given: &Text) -> Result<Option<Vec<Vec<Text>>>, FunctionError> {
    let text = given.decoded();
    let bytes = text.as_bytes();
    let (mut rows, mut row, mut at, mut fields) = (Vec::new(), Vec::new(), 0, 0);
    while at < bytes.len() {
        if row.is_empty() && (bytes[at] == b'\n' || text[at..].starts_with("\r\n")) {
            at += if bytes[at] == b'\n' { 1 } else { 2 };
            continue;
        }
        let (field, end) = if bytes[at] == b'"' {
            quoted(given, at)
                .ok_or_else(|| call.error_at(0, format!("line {} has a quoted field that does not end well", rows.len() + 1)))?
        } else {
            let end = text[at..].find([',', '\n']).map_or(bytes.len(), |length| at + length);
            // A carriage return belongs to the end of the line.
            let last = if bytes.get(end) != Some(&b',') && text[at..end].ends_with('\r') { end - 1 } else { end };
            if text[at..last].contains('"') {
                return Err(call.error_at(0, format!("line {} has a `\"` in a field without quotes", rows.len() + 1)));
            }
            (given.slice(at as u32..last as u32), end)
        };
        row.push(field);
        fields += 1;
        if fields > limit::ELEMENTS {
            return Ok(None);
        }
        match bytes.get(end) {
            Some(b',') => {
                at = end + 1;
                if at == bytes.len() {
                    row.push(given.slice(at as u32..at as u32));
                    rows.push(std::mem::take(&mut row));
                } else if bytes[at] == b'\n' || text[at..].starts_with("\r\n") {
                    row.push(given.slice(at as u32..at as u32));
                    at += if bytes[at] == b'\n' { 1 } else { 2 };
                    rows.push(std::mem::take(&mut row));
                }
            }
            _ => {
                at = end + 1;
                rows.push(std::mem::take(&mut row));
            }
        }
    }
    Ok(Some(rows))
}

/// A field in quotes, and the place of what follows it; two quotes are one.
fn quoted(given: &Text, start: usize) -> Option<(Text, usize)> {
    let text = given.decoded();
    let mut builder = Text::build(given.origin_of(start as u32..start as u32 + 1));
    let mut at = start + 1;
    loop {
        let quote = at + text[at..].find('"')?;
        builder.push_slice(given, at as u32..quote as u32);
        let after = &text[quote + 1..];
        if after.starts_with('"') {
            builder.push_folded("\"", given.origin_of(quote as u32..quote as u32 + 2));
            at = quote + 2;
            continue;
        }
        let end = quote + 1 + usize::from(after.starts_with("\r\n"));
        return (after.is_empty() || after.starts_with([',', '\n']) || after.starts_with("\r\n")).then(|| (builder.finish(), end));
    }
}
