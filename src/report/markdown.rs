//! Markdown for a comment on a pull request, or the summary of a job.
//!
//! The first line is a marker by which a later run finds its comment. A comment holds 65,536 characters, so the most severe findings come
//! first and the rest is counted.

use std::{cmp::Reverse, fmt::Write as _, io};

use super::{
    Report,
    rows::{Row, path, point, row},
    shown::Shown,
    snippet::visible,
    summary::{count, counts_of},
};
use crate::finding::Severity;

/// The most characters that are written.
const MOST: usize = 60_000;

/// Writes the comment.
///
/// # Errors
/// What `out` fails with.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let analysis = report.analysis;
    let mut text = "<!-- taglint -->\n".to_owned();
    let counts = counts_of(&shown, Severity::Info);
    let _ = writeln!(text, "### taglint: {}\n", if counts.is_empty() { "no findings".to_owned() } else { counts });
    if !analysis.incomplete.is_empty() {
        let _ = writeln!(text, "**{} not looked at in full**\n", count(analysis.incomplete.len(), "input"));
        for input in analysis.incomplete.iter().take(20) {
            let _ = writeln!(text, "- {}: {}", escape(&shown.text(&input.path)), escape(&shown.text(&input.message)));
        }
        text.push('\n');
    }
    let mut order: Vec<usize> = (0..analysis.findings.len()).collect();
    order.sort_by_key(|at| (Reverse(analysis.findings[*at].severity), *at));
    let mut left = order.len();
    if !order.is_empty() {
        text.push_str("| | Place | Finding |\n|---|---|---|\n");
    }
    let mut details = String::new();
    for at in order {
        let row = row(&shown, &analysis.findings[at]);
        let (line, detail) = (line(&row), detail(&shown, &row));
        if text.len() + details.len() + line.len() + detail.len() > MOST {
            break;
        }
        text.push_str(&line);
        details.push_str(&detail);
        left -= 1;
    }
    if left > 0 {
        let _ = writeln!(text, "\n{} more, the least severe ones.", count(left, "finding"));
    }
    if !details.is_empty() {
        let _ = write!(text, "\n<details><summary>Where the values come from, and what to do</summary>\n\n{details}\n</details>\n");
    }
    out.write_all(text.as_bytes())
}

fn line(row: &Row) -> String {
    let finding = &row.finding;
    let place = escape(&format!("{}:{}", row.path, row.start.line));
    format!("| {} | {place} | {} [{}]({}) |\n", finding.severity, escape(&finding.message), finding.rule.id, finding.rule.url())
}

fn detail(shown: &Shown<'_>, row: &Row) -> String {
    let finding = &row.finding;
    let mut text = format!("- {}:{} {}", escape(&row.path), row.start.line, escape(&finding.address.0));
    for also in finding.also.iter().take(5) {
        let _ = write!(text, ", {}", escape(&also.0));
    }
    text.push('\n');
    for label in finding.secondary.iter().take(10) {
        let _ = writeln!(text, "  - {}:{} {}", escape(&path(shown, label.span)), point(shown, label.span).line, escape(&label.text));
    }
    if let Some(help) = &finding.help {
        let _ = writeln!(text, "  - {}", escape(help));
    }
    text
}

/// A text that is nothing but text: no markup, no link, no mention.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' | '<' | '>' | '@' | '#' => {
                let _ = write!(out, "&#{};", c as u32);
            }
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '!' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    // A bare address would become a link.
    out.replace("://", ":&#47;&#47;").replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_text_and_nothing_else() {
        assert_eq!(escape("`a` | [x](http://y) @team <b>"), "\\`a\\` \\| \\[x\\]\\(http:&#47;&#47;y\\) &#64;team &#60;b&#62;");
    }
}
