//! `taglint rules`

use std::fmt::Write;

use miette::Result;
use serde_json::json;
use taglint::{finding::Meta, rules::RULES};

use crate::{
    Exit,
    args::{DataFormat, Rules},
    print,
};

pub fn run(rules: &Rules) -> Result<Exit> {
    match rules.format {
        DataFormat::Human => print(&table()),
        DataFormat::Json => {
            let list: Vec<_> = RULES.iter().map(|entry| describe(entry.meta)).collect();
            print(&format!("{:#}\n", json!(list)))
        }
    }
}

/// What is known of a rule, for machines.
pub fn describe(meta: &Meta) -> serde_json::Value {
    json!({
        "id": meta.id,
        "group": meta.group(),
        "summary": meta.summary,
        "severity": meta.severity,
        "fixable": meta.fixable,
        "default": !meta.optional,
        "since": meta.since,
        "url": meta.url(),
    })
}

fn table() -> String {
    let width = RULES.iter().map(|entry| entry.meta.id.len()).max().unwrap_or_default();
    let mut text = String::new();
    for entry in RULES {
        let Meta { id, summary, severity, optional, .. } = entry.meta;
        let severity = if *optional { "off" } else { severity.as_str() };
        writeln!(text, "{id:width$}  {severity:7}  {summary}").expect("a string takes all");
    }
    text.push_str("\n`taglint explain RULE` tells more of a rule.\n");
    text
}
