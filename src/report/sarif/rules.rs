//! Rules, as consumers show them beside a result.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::text::{cut, level, sentence};
use crate::{
    finding::{Meta, Severity},
    report::Report,
};

/// GitHub rejects a longer description of a rule.
const MOST_DESCRIPTION: usize = 1024;

/// The enabled rules, and those of findings that are always on; sorted by id.
pub(super) fn enabled(report: &Report<'_>) -> Vec<&'static Meta> {
    let mut rules: BTreeMap<&str, &'static Meta> = report.rules.iter().map(|meta| (meta.id, *meta)).collect();
    let suppressed = report.analysis.suppressed.iter().map(|suppressed| suppressed.finding.rule);
    rules.extend(report.analysis.findings.iter().map(|finding| finding.rule).chain(suppressed).map(|rule| (rule.id, rule)));
    rules.into_values().collect()
}

pub(super) fn rule(meta: &Meta) -> Value {
    let mut tags = vec![meta.group()];
    let mut properties = json!({ "precision": "very-high", "taglint/since": meta.since });
    // With a `security-severity` GitHub files a result as a security alert, without one as a matter of quality.
    if meta.group() == "policy" {
        tags.extend(["security", "external/cwe/cwe-732"]);
        properties["security-severity"] = json!(match meta.severity {
            Severity::Error => "8.0",
            Severity::Warning => "5.5",
            Severity::Info => "2.0",
        });
    } else {
        properties["problem.severity"] = json!(match meta.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "recommendation",
        });
    }
    properties["tags"] = json!(tags);
    json!({
        "id": meta.id,
        "name": pascal_case(meta.id),
        "shortDescription": { "text": sentence(meta.summary) },
        "fullDescription": { "text": cut(first_paragraph(meta), MOST_DESCRIPTION) },
        "help": { "text": plain(meta.docs), "markdown": markdown(meta.docs) },
        "helpUri": meta.url(),
        "defaultConfiguration": { "level": level(meta.severity) },
        "properties": properties,
    })
}

/// `tag-key-case` as `TagKeyCase`.
fn pascal_case(id: &str) -> String {
    id.split('-')
        .map(|word| {
            let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
            first.to_uppercase() + rest
        })
        .collect()
}

/// What the rule checks: the text under the first heading of its page.
fn first_paragraph(meta: &Meta) -> String {
    let lines = meta.docs.lines().map(str::trim).skip_while(|line| line.is_empty() || line.starts_with('#'));
    let paragraph: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    if paragraph.is_empty() { sentence(meta.summary) } else { paragraph.join(" ") }
}

/// The page as Markdown: without the space that doc comments begin with, and without our words behind a fence.
fn markdown(docs: &str) -> String {
    let lines = docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    let lines: Vec<&str> = lines.map(|line| if line.starts_with("```") { line.split(',').next().unwrap_or(line) } else { line }).collect();
    lines.join("\n").trim().to_owned()
}

/// The page for readers that show no Markdown: without marks of headings and fences.
fn plain(docs: &str) -> String {
    let markdown = markdown(docs);
    let lines = markdown.lines().filter(|line| !line.starts_with("```")).map(|line| line.trim_start_matches("## "));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_becomes_a_name() {
        assert_eq!(pascal_case("tag-key-case"), "TagKeyCase");
    }

    #[test]
    fn a_page_is_markdown_and_plain_text() {
        let docs = " ## Why\n Because.\n\n ```hcl,bad\n a = 1\n ```\n";
        assert_eq!(markdown(docs), "## Why\nBecause.\n\n```hcl\na = 1\n```");
        assert_eq!(plain(docs), "Why\nBecause.\n\na = 1");
    }
}
