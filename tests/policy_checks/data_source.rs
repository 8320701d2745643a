//! Writing a policy as the data source `aws_iam_policy_document`, where that says the same.

use serde_json::{Map, Value};

use crate::render::{Style, Written};

/// The document as a data source; `None` where the blocks of one cannot say it, or say something else.
pub fn write(document: &Value) -> Option<Written> {
    let document = document.as_object()?;
    let known = ["Version", "Id", "Statement"];
    let statements = document.get("Statement")?.as_array().filter(|statements| !statements.is_empty())?;
    if document.keys().any(|name| !known.contains(&name.as_str())) || document.get("Version").is_none() {
        return None;
    }
    let mut written = Written { text: "data \"aws_iam_policy_document\" \"this\" {\n".to_owned(), ..Written::default() };
    for (name, argument) in [("Version", "version"), ("Id", "policy_id")] {
        if let Some(value) = document.get(name) {
            argument_of(&mut written, "  ", argument, value.as_str()?, &format!("/{name}"));
        }
    }
    for (nth, statement) in statements.iter().enumerate() {
        let at = format!("/Statement/{nth}");
        let start = written.text.len();
        statement_of(&mut written, statement.as_object()?, &at)?;
        written.values.insert(at, start + 2..written.text.len() - 1);
    }
    written.text.push_str("}\n");
    written.values.insert(String::new(), 0..written.text.len());
    written.values.insert("/Statement".to_owned(), 0..written.text.len());
    Some(written)
}

fn statement_of(written: &mut Written, statement: &Map<String, Value>, at: &str) -> Option<()> {
    let effect = statement.get("Effect")?.as_str().filter(|effect| ["Allow", "Deny"].contains(effect))?;
    written.text.push_str("  statement {\n");
    for (name, value) in statement {
        let below = format!("{at}/{name}");
        match name.as_str() {
            "Effect" => argument_of(written, "    ", "effect", effect, &below),
            // An empty one is left out.
            "Sid" => argument_of(written, "    ", "sid", value.as_str().filter(|sid| !sid.is_empty())?, &below),
            "Action" => strings_of(written, "actions", value, &below)?,
            "NotAction" => strings_of(written, "not_actions", value, &below)?,
            "Resource" => strings_of(written, "resources", value, &below)?,
            "NotResource" => strings_of(written, "not_resources", value, &below)?,
            "Principal" => principals_of(written, "principals", value, &below)?,
            "NotPrincipal" => principals_of(written, "not_principals", value, &below)?,
            "Condition" => conditions_of(written, value, &below)?,
            _ => return None,
        }
    }
    written.text.push_str("  }\n");
    Some(())
}

fn argument_of(written: &mut Written, indent: &str, name: &str, value: &str, at: &str) {
    written.text.push_str(&format!("{indent}{name} = "));
    let start = written.text.len();
    written.text.push_str(&literal(value));
    written.values.insert(at.to_owned(), start..written.text.len());
    written.text.push('\n');
}

fn literal(text: &str) -> String {
    Written::of(&Value::String(text.to_owned()), Style::Hcl).text
}

/// A list of strings, or one, as a list. The data source keeps each once, and leaves an empty list out.
fn strings_of(written: &mut Written, name: &str, value: &Value, at: &str) -> Option<()> {
    let (values, is_list) = match value {
        Value::Array(values) => (values.clone(), true),
        Value::String(_) => (vec![value.clone()], false),
        _ => return None,
    };
    let texts: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
    let texts = texts.filter(|texts| !texts.is_empty())?;
    if texts.iter().enumerate().any(|(nth, text)| texts[..nth].contains(text)) {
        return None;
    }
    written.text.push_str(&format!("    {name} = "));
    let start = written.text.len();
    written.text.push('[');
    for (nth, text) in texts.iter().enumerate() {
        written.text.push_str(if nth > 0 { ", " } else { "" });
        let from = written.text.len();
        written.text.push_str(&literal(text));
        let place = if is_list { format!("{at}/{nth}") } else { at.to_owned() };
        written.values.insert(place, from..written.text.len());
    }
    written.text.push(']');
    if is_list {
        written.values.insert(at.to_owned(), start..written.text.len());
    }
    written.text.push('\n');
    Some(())
}

fn principals_of(written: &mut Written, block: &str, value: &Value, at: &str) -> Option<()> {
    let everybody = Map::from_iter([("*".to_owned(), Value::String("*".to_owned()))]);
    let groups = match value {
        Value::String(text) if text == "*" => &everybody,
        Value::Object(groups) if !groups.is_empty() => groups,
        _ => return None,
    };
    let start = written.text.len();
    for (group, values) in groups {
        written.text.push_str(&format!("    {block} {{\n      type = "));
        let from = written.text.len();
        written.text.push_str(&literal(group));
        written.names.insert(format!("{at}/{group}"), from..written.text.len());
        written.text.push_str("\n  ");
        strings_of(written, "identifiers", values, &format!("{at}/{group}"))?;
        written.text.push_str("    }\n");
    }
    written.values.insert(at.to_owned(), start + 4..written.text.len() - 1);
    written.names.insert(at.to_owned(), start + 4..start + 4 + block.len());
    Some(())
}

fn conditions_of(written: &mut Written, value: &Value, at: &str) -> Option<()> {
    let start = written.text.len();
    for (test, keys) in value.as_object().filter(|tests| !tests.is_empty())? {
        for (key, values) in keys.as_object().filter(|keys| !keys.is_empty())? {
            let escape = |name: &str| name.replace('~', "~0").replace('/', "~1");
            let (of_test, of_key) = (format!("{at}/{}", escape(test)), format!("{at}/{}/{}", escape(test), escape(key)));
            written.text.push_str("    condition {\n      test = ");
            let block = written.text.len();
            written.text.push_str(&literal(test));
            written.names.entry(of_test.clone()).or_insert(block..written.text.len());
            written.text.push_str("\n      variable = ");
            let from = written.text.len();
            written.text.push_str(&literal(key));
            written.names.insert(of_key.clone(), from..written.text.len());
            written.text.push_str("\n  ");
            strings_of(written, "values", values, &of_key)?;
            written.text.push_str("    }\n");
            written.values.insert(of_test, block..written.text.len());
        }
    }
    written.values.insert(at.to_owned(), start + 4..written.text.len() - 1);
    Some(())
}
