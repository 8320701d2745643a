//! Functions of the AWS provider that need no provider.

use super::{Call, Outcome};
use crate::{origin::Origin, terraform::eval::EntryList, text::Text, value::Value};

/// The parts of an ARN after `arn:`, in order.
const PARTS: [&str; 5] = ["partition", "service", "region", "account_id", "resource"];

/// `provider::aws::arn_build(partition, service, region, account_id, resource)`
pub fn arn_build(call: &Call<'_>) -> Outcome {
    let origin = Origin::at(call.span);
    let mut builder = Text::build(origin.clone());
    builder.push_folded("arn", origin.clone());
    for at in 0..PARTS.len() {
        builder.push_folded(":", origin.clone());
        builder.push_text(&call.text(at));
    }
    Ok(call.string(builder.finish()))
}

/// `provider::aws::arn_parse(arn)`
pub fn arn_parse(call: &Call<'_>) -> Outcome {
    let given = call.text(0);
    let decoded = given.decoded();
    let mut starts = vec![];
    let mut at = 0;
    for part in decoded.splitn(6, ':') {
        starts.push((at, at + part.len()));
        at += part.len() + 1;
    }
    if starts.len() != 6 || !decoded.starts_with("arn:") {
        return Err(call.error_at(0, format!("`{decoded}` is no ARN")));
    }
    let mut entries = EntryList::default();
    for (name, (from, to)) in PARTS.iter().zip(starts.into_iter().skip(1)) {
        let value = call.string(super::text::slice(&given, from, to));
        entries.add(Value::string(Text::derived(name, Origin::at(call.span))), value);
    }
    Ok(entries.finish(Origin::at(call.span)))
}

/// `provider::aws::trim_iam_role_path(arn)`
pub fn trim_iam_role_path(call: &Call<'_>) -> Outcome {
    let given = call.text(0);
    let decoded = given.decoded();
    let parts: Vec<&str> = decoded.splitn(6, ':').collect();
    let [_, _, service, region, _, resource] = *parts else { return Err(call.error_at(0, format!("`{decoded}` is no ARN"))) };
    if !decoded.starts_with("arn:") || service != "iam" || !region.is_empty() || !resource.starts_with("role/") {
        return Err(call.error_at(0, format!("`{decoded}` is no ARN of an IAM role")));
    }
    let name = resource.rsplit('/').next().unwrap_or(resource);
    let head = decoded.len() - resource.len() + "role/".len();
    let mut builder = Text::build(call.value(0).origin.clone());
    builder.push_slice(&given, 0..head as u32);
    builder.push_slice(&given, (decoded.len() - name.len()) as u32..decoded.len() as u32);
    Ok(call.string(builder.finish()))
}
