//! Checksums.

use data_encoding::{BASE64, HEXLOWER};
use sha1::Digest;

use super::{Call, Outcome};

/// The checksum of bytes, in lower-case hexadecimal.
pub fn hex<D: Digest>(bytes: &[u8]) -> String {
    HEXLOWER.encode(&D::digest(bytes))
}

/// The checksum of bytes, in Base64.
pub fn base64<D: Digest>(bytes: &[u8]) -> String {
    BASE64.encode(&D::digest(bytes))
}

fn summed(call: &Call<'_>, sum: fn(&[u8]) -> String) -> Outcome {
    Ok(call.derived(0, &sum(call.text(0).decoded().as_bytes())))
}

/// `md5(str)`
pub fn md5(call: &Call<'_>) -> Outcome {
    summed(call, hex::<md5::Md5>)
}

/// `sha1(str)`
pub fn sha1(call: &Call<'_>) -> Outcome {
    summed(call, hex::<sha1::Sha1>)
}

/// `sha256(str)`
pub fn sha256(call: &Call<'_>) -> Outcome {
    summed(call, hex::<sha2::Sha256>)
}

/// `sha512(str)`
pub fn sha512(call: &Call<'_>) -> Outcome {
    summed(call, hex::<sha2::Sha512>)
}

/// `base64sha256(str)`
pub fn base64sha256(call: &Call<'_>) -> Outcome {
    summed(call, base64::<sha2::Sha256>)
}

/// `base64sha512(str)`
pub fn base64sha512(call: &Call<'_>) -> Outcome {
    summed(call, base64::<sha2::Sha512>)
}

/// The name spaces of RFC 4122 differ in one digit.
const NAMESPACE: &str = "6ba7b81_9dad11d180b400c04fd430c8";

/// `uuidv5(namespace, name)`
pub fn uuidv5(call: &Call<'_>) -> Outcome {
    let namespace = call.text(0);
    let standard = |digit: &str| NAMESPACE.replace('_', digit);
    let digits = match namespace.decoded() {
        "dns" => standard("0"),
        "url" => standard("1"),
        "oid" => standard("2"),
        "x500" => standard("4"),
        other => uuid_digits(other),
    };
    let Some(mut bytes) = HEXLOWER.decode(digits.as_bytes()).ok().filter(|bytes| bytes.len() == 16) else {
        return Err(call.error_at(0, "the name space must be `dns`, `url`, `oid`, `x500` or a UUID"));
    };
    bytes.extend_from_slice(call.text(1).decoded().as_bytes());
    let mut sum = sha1::Sha1::digest(&bytes)[..16].to_vec();
    sum[6] = (sum[6] & 0x0f) | 0x50;
    sum[8] = (sum[8] & 0x3f) | 0x80;
    let hex = HEXLOWER.encode(&sum);
    Ok(call.derived(1, &format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])))
}

/// The digits of a UUID in any of its forms; empty where it is none.
fn uuid_digits(text: &str) -> String {
    let text = text.to_ascii_lowercase();
    let inner = text.strip_prefix("urn:uuid:").or_else(|| text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'))).unwrap_or(&text);
    let dashes = inner.bytes().enumerate().filter(|(_, byte)| *byte == b'-').map(|(at, _)| at);
    let is_uuid = (inner.len() == 36 && dashes.eq([8, 13, 18, 23])) || (inner.len() == 32 && !inner.contains('-'));
    if is_uuid { inner.replace('-', "") } else { String::new() }
}
