//! Base64, URLs and other encodings.

use data_encoding::BASE64;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::{
    Call, FunctionError, Outcome,
    single_byte::{self, SingleByte},
};

/// The bytes of a Base64 argument; line ends in it do not count.
fn decoded(call: &Call<'_>) -> Result<Vec<u8>, FunctionError> {
    let given = call.text(0);
    let characters: String = given.decoded().chars().filter(|character| !matches!(character, '\r' | '\n')).collect();
    // Go is not strict about the bits that the last character has left.
    let mut lenient = data_encoding::Specification::new();
    lenient.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    lenient.padding = Some('=');
    lenient.check_trailing_bits = false;
    let encoding = lenient.encoding().unwrap_or(BASE64);
    encoding.decode(characters.as_bytes()).map_err(|_| call.error_at(0, "this is not Base64"))
}

/// `base64decode(str)`
pub fn base64decode(call: &Call<'_>) -> Outcome {
    match String::from_utf8(decoded(call)?) {
        Ok(text) => Ok(call.derived(0, &text)),
        Err(_) => Err(call.error_at(0, "what this decodes to is not UTF-8")),
    }
}

/// `base64encode(str)`
pub fn base64encode(call: &Call<'_>) -> Outcome {
    Ok(call.derived(0, &BASE64.encode(call.text(0).decoded().as_bytes())))
}

/// What a query string may have as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b' ');

/// `urlencode(str)`
pub fn urlencode(call: &Call<'_>) -> Outcome {
    let encoded = percent_encode(call.text(0).decoded().as_bytes(), KEPT).to_string().replace(' ', "+");
    Ok(call.derived(0, &encoded))
}

/// `textencodebase64(string, encoding)`
pub fn textencodebase64(call: &Call<'_>) -> Outcome {
    let given = call.text(0);
    let name = call.text(1);
    let bytes = match family(name.decoded()) {
        Some(Family::Utf8) => given.decoded().as_bytes().to_vec(),
        Some(Family::Utf16 { big, mark }) => {
            let mark = mark.then_some(0xfeff_u16);
            let units = mark.into_iter().chain(given.decoded().encode_utf16());
            units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        }
        Some(Family::SingleByte(encoding)) => encoding
            .encode(given.decoded())
            .ok_or_else(|| call.error_at(0, format!("the text has characters that {} does not have", name.decoded())))?,
        None => return Ok(call.unknown(crate::value::Unknown::Unsupported("character encoding"))),
    };
    Ok(call.derived(0, &BASE64.encode(&bytes)))
}

/// `textdecodebase64(source, encoding)`
pub fn textdecodebase64(call: &Call<'_>) -> Outcome {
    let name = call.text(1);
    let Some(family) = family(name.decoded()) else {
        return Ok(call.unknown(crate::value::Unknown::Unsupported("character encoding")));
    };
    let bytes = decoded(call)?;
    let text = match family {
        Family::Utf8 => String::from_utf8(bytes).ok(),
        Family::Utf16 { big, mark } => {
            let mut units: Vec<u16> = bytes
                .chunks_exact(2)
                .map(|pair| if big { u16::from_be_bytes([pair[0], pair[1]]) } else { u16::from_le_bytes([pair[0], pair[1]]) })
                .collect();
            if mark && units.first() == Some(&0xfffe) {
                units = units.iter().map(|unit| unit.swap_bytes()).collect();
            }
            let start = usize::from(mark && units.first() == Some(&0xfeff));
            if bytes.len() % 2 == 0 { String::from_utf16(&units[start..]).ok() } else { None }
        }
        Family::SingleByte(encoding) => encoding.decode(&bytes),
    };
    match text {
        Some(text) => Ok(call.derived(0, &text)),
        None => Err(call.error_at(0, format!("this is not text in {}", name.decoded()))),
    }
}

/// Encodings that are told by a rule, and those of one byte a character. Those of East Asia are not evaluated.
enum Family {
    Utf8,
    Utf16 { big: bool, mark: bool },
    SingleByte(&'static SingleByte),
}

fn family(name: &str) -> Option<Family> {
    match name.trim().to_ascii_lowercase().as_str() {
        "utf-8" | "csutf8" => Some(Family::Utf8),
        "utf-16le" | "csutf16le" => Some(Family::Utf16 { big: false, mark: false }),
        "utf-16be" | "csutf16be" => Some(Family::Utf16 { big: true, mark: false }),
        "utf-16" | "csutf16" => Some(Family::Utf16 { big: true, mark: true }),
        name => single_byte::named(name).map(Family::SingleByte),
    }
}
