//! `taglint explain`: pages of rules, and of operations

use std::fmt::Write;

use miette::Result;
use serde_json::{Value, json};
use taglint::{
    config::{ConfigError, Word},
    facts::{Facts, requests::Operation},
    rule::Entry,
    rules::RULES,
};

use super::rules::describe;
use crate::{
    Exit,
    args::{Explain, PageFormat},
    print,
};

pub fn run(explain: &Explain) -> Result<Exit> {
    if let Some(operation) = explain.rule.as_deref().and_then(|name| Facts::builtin().requests().by_id(name)) {
        return print(&operation_page(operation, explain.format));
    }
    let entries: Vec<&Entry> = match &explain.rule {
        None => RULES.iter().collect(),
        Some(name) => match RULES.iter().find(|entry| entry.meta.id == name) {
            Some(entry) => vec![entry],
            None => return Err(ConfigError::unknown_rule(&Word::from(name.as_str()), RULES.iter().map(|entry| entry.meta.id)).into()),
        },
    };
    print(&match explain.format {
        PageFormat::Json => {
            let mut pages = entries.into_iter().map(page).collect::<Vec<_>>();
            format!("{:#}\n", if explain.all { Value::Array(pages) } else { pages.remove(0) })
        }
        PageFormat::Markdown => entries.into_iter().map(markdown).collect::<Vec<_>>().join("\n"),
        PageFormat::Human => entries.into_iter().map(human).collect::<Vec<_>>().join("\n\n"),
    })
}

/// What is known of an operation beyond its schema.
fn operation_page(operation: &Operation, format: PageFormat) -> String {
    let Operation { id, source, checked, notes, .. } = operation;
    let members: Vec<&str> = operation.members().collect();
    let required: Vec<&str> = operation.required().collect();
    if format == PageFormat::Json {
        let page = json!({ "id": id, "members": members, "required": required, "notes": notes, "source": source, "checked": checked });
        return format!("{page:#}\n");
    }
    let heading = |title: &str| match format {
        PageFormat::Markdown => format!("\n## {title}\n"),
        PageFormat::Human | PageFormat::Json => format!("\n{}\n", title.to_uppercase()),
    };
    let mut text = if format == PageFormat::Markdown { format!("# {id}\n") } else { format!("{id}\n") };
    text.push_str(&heading("Members"));
    for member in members {
        let needed = if required.contains(&member) { " (required)" } else { "" };
        writeln!(text, "- {member}{needed}").expect("a string takes all");
    }
    text.push_str(&heading("What its page says"));
    notes.iter().for_each(|note| writeln!(text, "- {note}").expect("a string takes all"));
    writeln!(text, "\n{source}, read on {checked}").expect("a string takes all");
    text
}

fn page(entry: &Entry) -> Value {
    let mut page = describe(entry.meta);
    page["docs"] = docs(entry.meta.docs).into();
    page["options"] = (entry.schema)().to_value();
    page
}

fn markdown(entry: &Entry) -> String {
    let meta = entry.meta;
    let off = off_by_default(meta);
    let mut text = format!(
        "# {}\n\n{}. Severity: {}.{off} Since {}.\n\n{}",
        meta.id,
        sentence(meta.summary),
        meta.severity,
        meta.since,
        docs(meta.docs)
    );
    let options = options(entry);
    if !options.is_empty() {
        text.push_str("\n## Options\n");
    }
    for (name, about) in options {
        writeln!(text, "- `{name}`: {about}").expect("a string takes all");
    }
    text
}

/// That a rule is off by default, and how to turn it on.
fn off_by_default(meta: &taglint::finding::Meta) -> String {
    if meta.optional { format!(" Off by default; `--select default,{}` turns it on.", meta.id) } else { String::new() }
}

/// The page as a terminal shows it: headings in capitals, fences as indentation.
fn human(entry: &Entry) -> String {
    let mut text = String::new();
    let mut fenced = false;
    for line in markdown(entry).lines() {
        if line.starts_with("```") {
            fenced = !fenced;
            if line.ends_with("bad") {
                text.push_str("  Reported:\n");
            } else if line.ends_with("good") {
                text.push_str("  Accepted:\n");
            }
        } else if fenced {
            writeln!(text, "    {line}").expect("a string takes all");
        } else if let Some(heading) = line.strip_prefix("## ") {
            writeln!(text, "{}", heading.to_uppercase()).expect("a string takes all");
        } else {
            writeln!(text, "{}", line.trim_start_matches("# ")).expect("a string takes all");
        }
    }
    text
}

/// Names and descriptions of a rule's options.
fn options(entry: &Entry) -> Vec<(String, String)> {
    let schema = (entry.schema)().to_value();
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(|(name, option)| (name.clone(), option["description"].as_str().unwrap_or_default().to_owned())).collect()
}

/// Doc comments without the blank that follows `///`.
fn docs(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
