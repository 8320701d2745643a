//! Changes that mend a body: the right name of a member, a value of the right type.

use serde_json::Value;

use crate::{
    fix::{Edit, Fix, Safety},
    source::Span,
    syntax::{Input, Kind, NodeId, Tree, json},
};

/// Writes the right name of a member. Another letter case is a slip; any other name may have been meant otherwise.
pub(super) fn rename(tree: &Tree, key: NodeId, meant: &str) -> Option<Fix> {
    let written = json::decode(tree, key);
    let span = written.span_of(0..written.decoded().len() as u32);
    let safety = if written.decoded().eq_ignore_ascii_case(meant) { Safety::Safe } else { Safety::Unsafe };
    written.is_verbatim().then(|| Fix::replace(span, meant, safety, format!("write `{meant}`")))
}

/// Writes a value as the type that a schema wants, where one value of that type is meant. `fits` says whether the operation takes it.
pub(super) fn retype(tree: &Tree, node: NodeId, schema: &Value, fits: impl Fn(&Value) -> bool) -> Option<Fix> {
    let span = tree.span(node);
    match (tree.kind(node), schema["type"].as_str()?) {
        // Inside of a string a quote would have to be escaped, and it is not known how often.
        (Kind::Number | Kind::Bool, "string") if matches!(tree.input(), Input::File(_)) => {
            let raw = tree.raw(node);
            let is_plain = !raw.contains(['e', 'E']) || tree.kind(node) == Kind::Bool;
            (is_plain && fits(&Value::String(raw.to_owned())))
                .then(|| Fix::replace(span, format!("\"{raw}\""), Safety::Safe, "write it as a string"))
        }
        (Kind::String, wanted @ ("boolean" | "integer" | "number")) => {
            let text = json::decode(tree, node);
            let value: Value = serde_json::from_str(text.known()?).ok()?;
            let is_type = match wanted {
                "boolean" => value.is_boolean(),
                "integer" => value.is_i64() || value.is_u64(),
                _ => value.is_number(),
            };
            let title = format!("write it as a {}", if wanted == "boolean" { wanted } else { "number" });
            (is_type && fits(&value)).then(|| Fix::replace(span, text.decoded().trim(), Safety::Safe, title))
        }
        (kind, "array") if schema["items"]["type"] == super::checks::kind_name(kind) => Some(Fix {
            title: "make it a list of one entry".to_owned(),
            safety: Safety::Unsafe,
            edits: vec![insert(span.source, span.start, "["), insert(span.source, span.end, "]")],
        }),
        _ => None,
    }
}

fn insert(source: crate::source::SourceId, at: u32, text: &str) -> Edit {
    Edit { span: Span::new(source, at, at), replacement: text.to_owned() }
}
