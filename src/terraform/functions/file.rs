//! Files and their names.

use data_encoding::BASE64;

use super::{Call, FileText, FunctionError, Outcome, hash};
use crate::{
    text::Text,
    value::{Type, Unknown, Value},
};

/// `basename(path)`
pub fn basename(call: &Call<'_>) -> Outcome {
    if let Some(why) = call.value(0).why_unknown() {
        return Ok(call.unknown(why));
    }
    let given = call.text(0);
    let path = given.decoded();
    let trimmed = path.trim_end_matches('/');
    if let Some((_, why)) = given.first_unknown() {
        // The end may be known all the same.
        let start = trimmed.rfind('/').map_or(0, |slash| slash + 1);
        if start == 0 || start == trimmed.len() || given.touches_unknown(start as u32..path.len() as u32) {
            return Ok(call.unknown(Unknown::Unsupported(why)));
        }
    }
    let name = match (path.is_empty(), trimmed.is_empty()) {
        (true, _) => ".",
        (false, true) => "/",
        (false, false) => trimmed.rsplit('/').next().unwrap_or(trimmed),
    };
    Ok(call.derived(0, name))
}

/// `dirname(path)`
pub fn dirname(call: &Call<'_>) -> Outcome {
    let given = call.text(0);
    let directory = given.decoded().rsplit_once('/').map_or("", |(directory, _)| directory);
    let rooted = given.decoded().starts_with('/');
    Ok(call.derived(0, &clean(if directory.is_empty() && rooted { "/" } else { directory })))
}

/// The shortest path that means the same.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(last) if *last != ".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(".."),
            },
            _ => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// `pathexpand(path)`: the home directory is that of the machine on which Terraform runs.
pub fn pathexpand(call: &Call<'_>) -> Outcome {
    let given = call.text(0);
    if given.decoded().starts_with('~') {
        return Ok(call.unknown(Unknown::Unsupported("machine on which Terraform runs")));
    }
    Ok(call.string(given))
}

/// What is known of the file that an argument names.
enum Read {
    Text(Text),
    Binary,
    Unknown(Unknown),
}

fn read(call: &Call<'_>) -> Result<Read, FunctionError> {
    match call.host.read(call.text(0).decoded()) {
        Ok(FileText::Known(text)) => Ok(Read::Text(text)),
        Ok(FileText::Binary) => Ok(Read::Binary),
        Ok(FileText::Unknown(why)) => Ok(Read::Unknown(why)),
        Err(message) => Err(call.error_at(0, message)),
    }
}

/// A text made of the bytes of a file.
fn summed(call: &Call<'_>, sum: fn(&[u8]) -> String) -> Outcome {
    match read(call)? {
        Read::Text(text) => Ok(call.derived(0, &sum(text.decoded().as_bytes()))),
        Read::Binary => Ok(call.unknown(Unknown::Unsupported("file that is no text"))),
        Read::Unknown(why) => Ok(call.unknown(why)),
    }
}

/// `file(path)`
pub fn file(call: &Call<'_>) -> Outcome {
    match read(call)? {
        Read::Text(text) => Ok(call.string(text)),
        Read::Binary => Err(call.error_at(0, "the file is not UTF-8; `filebase64` reads such files")),
        Read::Unknown(why) => Ok(call.unknown(why)),
    }
}

/// `filebase64(path)`
pub fn filebase64(call: &Call<'_>) -> Outcome {
    summed(call, |bytes| BASE64.encode(bytes))
}

/// `filemd5(path)`
pub fn filemd5(call: &Call<'_>) -> Outcome {
    summed(call, hash::hex::<md5::Md5>)
}

/// `filesha1(path)`
pub fn filesha1(call: &Call<'_>) -> Outcome {
    summed(call, hash::hex::<sha1::Sha1>)
}

/// `filesha256(path)`
pub fn filesha256(call: &Call<'_>) -> Outcome {
    summed(call, hash::hex::<sha2::Sha256>)
}

/// `filesha512(path)`
pub fn filesha512(call: &Call<'_>) -> Outcome {
    summed(call, hash::hex::<sha2::Sha512>)
}

/// `filebase64sha256(path)`
pub fn filebase64sha256(call: &Call<'_>) -> Outcome {
    summed(call, hash::base64::<sha2::Sha256>)
}

/// `filebase64sha512(path)`
pub fn filebase64sha512(call: &Call<'_>) -> Outcome {
    summed(call, hash::base64::<sha2::Sha512>)
}

/// `fileexists(path)`
pub fn fileexists(call: &Call<'_>) -> Outcome {
    let found = call.host.exists(call.text(0).decoded());
    Ok(found.map_or_else(|| call.unknown(Unknown::Unsupported("file that is not read")), |found| call.bool(found)))
}

/// `fileset(path, pattern)`
pub fn fileset(call: &Call<'_>) -> Outcome {
    let pattern = call.text(1);
    let glob = globset::GlobBuilder::new(pattern.decoded()).literal_separator(true).build();
    let Ok(glob) = glob else { return Err(call.error_at(1, format!("`{}` is no pattern of file names", pattern.decoded()))) };
    let matcher = glob.compile_matcher();
    let Some(names) = call.host.list(call.text(0).decoded()) else {
        return Ok(call.unknown(Unknown::Unsupported("directory that is not read")));
    };
    let mut names: Vec<String> = names.into_iter().filter(|name| matcher.is_match(name)).collect();
    names.sort();
    let values: Vec<Value> = names.iter().map(|name| call.derived(1, name)).collect();
    let mut value = call.list(values, Type::String);
    value.ty = Type::Set(Type::String.into());
    Ok(value)
}
