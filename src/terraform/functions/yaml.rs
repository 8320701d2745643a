//! `yamlencode` and `yamldecode`.
use super::{Call, Outcome};
pub fn yamldecode(call: &Call<'_>) -> Outcome {
    Ok(call.unknown(crate::value::Unknown::Unsupported("YAML")))
}
pub fn yamlencode(call: &Call<'_>) -> Outcome {
    Ok(call.unknown(crate::value::Unknown::Unsupported("YAML")))
}
