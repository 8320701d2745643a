//! Ignore comments: `# taglint: ignore[rule-a, rule-b] -- reason`.

use std::collections::BTreeSet;

use memchr::memmem;

use crate::{
    finding::Finding,
    source::{Source, Span},
    syntax::{Kind, Tree, json},
};

/// What every comment begins with.
const MARK: &str = "taglint:";

/// One ignore comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// From `taglint:` to the end of the reason.
    pub span: Span,
    /// The names in the brackets, with their places.
    pub rules: Vec<(String, Span)>,
    /// What stands after `--`.
    pub reason: Option<String>,
    /// The bytes it speaks for: its line, or the block or attribute below it, or the whole file.
    pub reach: Span,
    /// What is wrong with it; then it ignores nothing.
    pub broken: Option<&'static str>,
}

impl Ignore {
    /// Whether it speaks for a finding: by the rule's id, at the literal or on the way it took.
    #[must_use]
    pub fn answers(&self, finding: &Finding) -> bool {
        let named = self.rules.iter().any(|(name, _)| name == finding.rule.id);
        named && std::iter::once(&finding.primary).chain(&finding.secondary).any(|label| touches(self.reach, label.span))
    }
}

fn touches(reach: Span, span: Span) -> bool {
    reach.source == span.source && reach.start <= span.start && span.start < reach.end.max(reach.start + 1)
}

/// The ignore comments of a file. In JSON these are the values of `"//"` members, and speak for the object they stand in.
#[must_use]
pub fn ignores(source: &Source, tree: &Tree, json: bool) -> Vec<Ignore> {
    if memmem::find(source.text().as_bytes(), MARK.as_bytes()).is_none() {
        return Vec::new();
    }
    if json { in_members(tree) } else { in_comments(source, tree) }
}

fn in_comments(source: &Source, tree: &Tree) -> Vec<Ignore> {
    let text = source.text();
    let found = memmem::find_iter(text.as_bytes(), MARK.as_bytes());
    found.filter_map(|at| comment_at(source, tree, at)).collect()
}

/// The comment that holds the mark at `at`; `None` where it stands in a string, or in no comment.
fn comment_at(source: &Source, tree: &Tree, at: usize) -> Option<Ignore> {
    let text = source.text();
    let line = source.line_range(source.line_of(at as u32));
    let before = &text[line.start..at];
    let opener = ["#", "//", "/*"].iter().filter_map(|opener| before.trim_end().strip_suffix(opener)).next()?;
    let in_string = tree.nodes().iter().any(|node| {
        matches!(node.kind, Kind::Literal | Kind::String | Kind::Heredoc) && (node.start as usize) < at && at < node.end as usize
    });
    if in_string {
        return None;
    }
    let rest = text[at..line.end].split("*/").next().unwrap_or_default().trim_end();
    let mut ignore = read(source.span().source, at as u32, rest);
    ignore.reach = if ignore.rules.is_empty() && ignore.broken.is_some() {
        ignore.span
    } else if rest[MARK.len()..].trim_start().starts_with("ignore-file") {
        source.span()
    } else if opener.trim().is_empty() {
        below(source, tree, line.end as u32)
    } else {
        Span::new(source.id(), line.start as u32, line.end as u32)
    };
    Some(ignore)
}

/// The next attribute or block after `offset`, whole; for an object's entry the entry. Its first line alone where there is none.
fn below(source: &Source, tree: &Tree, offset: u32) -> Span {
    let next = tree
        .nodes()
        .iter()
        .filter(|node| matches!(node.kind, Kind::Attribute | Kind::Block | Kind::Item) && node.start >= offset)
        .min_by_key(|node| (node.start, std::cmp::Reverse(node.end)));
    match next {
        Some(node) => Span::new(source.id(), node.start, node.end),
        None => Span::new(source.id(), offset, source.text().len() as u32),
    }
}

fn in_members(tree: &Tree) -> Vec<Ignore> {
    let mut found = Vec::new();
    for (at, node) in tree.nodes().iter().enumerate() {
        if node.kind != Kind::Object {
            continue;
        }
        let object = crate::syntax::NodeId(at as u32);
        for item in tree.children(object) {
            let [key, value] = *tree.children(item) else { continue };
            if tree.raw(key) != "\"//\"" || tree.kind(value) != Kind::String {
                continue;
            }
            let text = json::decode(tree, value);
            let Some(mark) = text.decoded().find(MARK) else { continue };
            let span = tree.span(value);
            let mut ignore = read(span.source, span.start + 1 + mark as u32, &text.decoded()[mark..]);
            ignore.span = span;
            ignore.reach = tree.span(object);
            found.push(ignore);
        }
    }
    found
}

/// Reads `taglint: ignore[a, b] -- reason`.
fn read(source: crate::source::SourceId, start: u32, text: &str) -> Ignore {
    let span = Span::new(source, start, start + text.len() as u32);
    let mut ignore = Ignore { span, rules: Vec::new(), reason: None, reach: span, broken: None };
    let order = text[MARK.len()..].trim_start();
    let Some(rest) = order.strip_prefix("ignore-file").or_else(|| order.strip_prefix("ignore")) else {
        ignore.broken = Some("the word after `taglint:` is `ignore` or `ignore-file`");
        return ignore;
    };
    let Some((names, rest)) = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        ignore.broken = Some("the rules to ignore stand in brackets: `ignore[rule-id]`");
        return ignore;
    };
    let names_at = start + (names.as_ptr() as usize - text.as_ptr() as usize) as u32;
    let mut at = names_at;
    for part in names.split(',') {
        let name = part.trim();
        if !name.is_empty() {
            let from = at + (part.len() - part.trim_start().len()) as u32;
            ignore.rules.push((name.to_owned(), Span::new(source, from, from + name.len() as u32)));
        }
        at += part.len() as u32 + 1;
    }
    if ignore.rules.is_empty() {
        ignore.broken = Some("no rule is named: an ignore comment lists the rules it is for");
    }
    let reason = rest.trim_start().strip_prefix("--").map(str::trim).filter(|reason| !reason.is_empty());
    ignore.reason = reason.map(str::to_owned);
    ignore
}

/// Names of rules that are used by no finding: see [`Ignore`].
#[must_use]
pub fn unused<'i>(ignore: &'i Ignore, used: &BTreeSet<(Span, String)>, ran: impl Fn(&str) -> bool) -> Vec<&'i (String, Span)> {
    ignore.rules.iter().filter(|(name, at)| ran(name) && !used.contains(&(*at, name.clone()))).collect()
}
