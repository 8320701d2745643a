//! `yamlencode` and `yamldecode`.

mod decode;
mod encode;

use super::{Call, Outcome, why_deep};

/// `yamldecode(src)`
pub fn yamldecode(call: &Call<'_>) -> Outcome {
    decode::decode(call, &call.text(0))
}

/// `yamlencode(value)`. A value that is not known stands in its place.
pub fn yamlencode(call: &Call<'_>) -> Outcome {
    match (encode::encode(call.value(0)), why_deep(call.value(0))) {
        (Some(text), _) => Ok(call.string(text)),
        (None, Some(why)) => Ok(call.unknown(why)),
        (None, None) => Ok(call.too_large()),
    }
}
