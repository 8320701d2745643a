//! Ignore comments: `# taglint: ignore[rule-a, rule-b] until=2027-01-31 -- reason`.

use std::ops::Range;

use memchr::memmem;

use crate::{
    config::Day,
    source::{Source, SourceId, Span},
    syntax::{Kind, NodeId, Tree, json},
};

/// What every comment begins with.
const MARK: &str = "taglint:";

/// One ignore comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// From `taglint:` to the end of the reason; in JSON the whole string.
    pub span: Span,
    /// All of the comment with its opener; in JSON the whole member.
    pub comment: Span,
    /// How it is written.
    pub form: Form,
    /// The names in the brackets, with their places.
    pub rules: Vec<(String, Span)>,
    /// The last day on which it holds.
    pub until: Option<Until>,
    /// What stands after `--`.
    pub reason: Option<String>,
    /// The bytes it speaks for: its line, or the block or attribute below it, or the whole file.
    pub reach: Span,
    /// What is wrong with it; then it ignores nothing.
    pub broken: Option<&'static str>,
}

/// The last day on which a comment holds, and where it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Until {
    /// The day.
    pub day: Day,
    /// `until=2027-01-31`
    pub span: Span,
}

/// How an ignore comment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A comment of HCL.
    Comment,
    /// A `"//"` member of JSON.
    Member,
}

/// The ignore comments of a Terraform file. In JSON these are the values of `"//"` members, and speak for the object they stand in.
#[must_use]
pub fn ignores(source: &Source, tree: &Tree, json: bool) -> Vec<Ignore> {
    if memmem::find(source.text().as_bytes(), MARK.as_bytes()).is_none() {
        return Vec::new();
    }
    if json { in_members(tree) } else { in_comments(source, tree) }
}

fn in_comments(source: &Source, tree: &Tree) -> Vec<Ignore> {
    let next = Next::of(tree);
    let found = memmem::find_iter(source.text().as_bytes(), MARK.as_bytes());
    found.filter_map(|at| comment_at(source, tree, &next, at)).collect()
}

/// The comment that holds the mark at `at`; `None` where it stands in a string, or in no comment.
fn comment_at(source: &Source, tree: &Tree, next: &Next, at: usize) -> Option<Ignore> {
    let text = source.text();
    let line = source.line_range(source.line_of(at as u32));
    let before = text[line.start..at].trim_end();
    let (opener, code) = ["#", "//", "/*"].iter().find_map(|opener| Some((*opener, before.strip_suffix(opener)?)))?;
    if in_string(tree, at as u32) {
        return None;
    }
    let (content, after) = match (opener, text[at..line.end].split_once("*/")) {
        ("/*", Some((content, after))) => (content, after),
        _ => (&text[at..line.end], ""),
    };
    let id = source.id();
    let mut ignore = read(id, at as u32, content.trim_end());
    let end = match opener {
        "/*" => text[at..].find("*/").map_or(text.len(), |close| at + close + 2),
        _ => line.end,
    };
    ignore.comment = Span::new(id, (line.start + code.len()) as u32, end as u32);
    let is_file = ignore.broken.is_none() && content[MARK.len()..].trim_start().starts_with("ignore-file");
    ignore.reach = if ignore.broken.is_some() {
        ignore.span
    } else if is_file {
        if next.first().is_some_and(|first| first < at as u32) {
            ignore.broken = Some("`ignore-file` stands above the first block of the file");
        }
        source.span()
    } else if code.trim().is_empty() && after.trim().is_empty() {
        let (start, end) = next.after(end as u32).unwrap_or((end as u32, text.len() as u32));
        Span::new(id, start, end)
    } else {
        Span::new(id, line.start as u32, line.end as u32)
    };
    Some(ignore)
}

/// Whether the byte at `at` is text of a string. Nodes end in order, so that the first one that ends behind it is the innermost around it,
/// if one is.
fn in_string(tree: &Tree, at: u32) -> bool {
    let nodes = tree.nodes();
    let innermost = nodes.get(nodes.partition_point(|node| node.end <= at));
    innermost.is_some_and(|node| node.start < at && matches!(node.kind, Kind::Literal | Kind::String | Kind::Heredoc))
}

/// What a comment on a line of its own may speak for: attributes, blocks and entries, by their starts; of several the longest.
struct Next(Vec<(u32, u32)>);

impl Next {
    fn of(tree: &Tree) -> Self {
        let nodes = tree.nodes().iter().filter(|node| matches!(node.kind, Kind::Attribute | Kind::Block | Kind::Item));
        let mut found: Vec<(u32, u32)> = nodes.map(|node| (node.start, node.end)).collect();
        found.sort_by_key(|(start, end)| (*start, std::cmp::Reverse(*end)));
        found.dedup_by_key(|(start, _)| *start);
        Self(found)
    }

    fn first(&self) -> Option<u32> {
        self.0.first().map(|(start, _)| *start)
    }

    fn after(&self, offset: u32) -> Option<(u32, u32)> {
        self.0.get(self.0.partition_point(|(start, _)| *start < offset)).copied()
    }
}

fn in_members(tree: &Tree) -> Vec<Ignore> {
    let mut found = Vec::new();
    for (at, node) in tree.nodes().iter().enumerate() {
        if node.kind != Kind::Object {
            continue;
        }
        let object = NodeId(at as u32);
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
            ignore.comment = tree.span(item);
            ignore.form = Form::Member;
            ignore.reach = tree.span(object);
            found.push(ignore);
        }
    }
    found
}

/// Reads `taglint: ignore[a, b] until=2027-01-31 -- reason`.
fn read(source: SourceId, start: u32, text: &str) -> Ignore {
    let at = |range: Range<usize>| Span::new(source, start + range.start as u32, start + range.end as u32);
    let span = at(0..text.len());
    let mut ignore =
        Ignore { span, comment: span, form: Form::Comment, rules: Vec::new(), until: None, reason: None, reach: span, broken: None };
    let order = text[MARK.len()..].trim_start();
    let Some(rest) = order.strip_prefix("ignore-file").or_else(|| order.strip_prefix("ignore")) else {
        ignore.broken = Some("the word after `taglint:` is `ignore` or `ignore-file`");
        return ignore;
    };
    let Some((names, rest)) = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        ignore.broken = Some("the rules to ignore stand in brackets: `ignore[rule-id]`");
        return ignore;
    };
    let offset = |part: &str| part.as_ptr() as usize - text.as_ptr() as usize;
    for part in names.split(',') {
        let name = part.trim();
        if !name.is_empty() {
            let from = offset(name);
            ignore.rules.push((name.to_owned(), at(from..from + name.len())));
        }
    }
    if ignore.rules.is_empty() {
        ignore.broken = Some("no rule is named: an ignore comment lists the rules it is for");
        return ignore;
    }
    let (settings, reason) = rest.split_once("--").map_or((rest, None), |(settings, reason)| (settings, Some(reason.trim())));
    ignore.reason = reason.filter(|reason| !reason.is_empty()).map(str::to_owned);
    // Another comment may follow.
    let setting = settings.split('#').next().unwrap_or_default().trim();
    if let Some(day) = setting.strip_prefix("until=") {
        match day.parse() {
            Ok(day) => ignore.until = Some(Until { day, span: at(offset(setting)..offset(setting) + setting.len()) }),
            Err(_) => ignore.broken = Some("`until` takes a day: `until=2027-01-31`"),
        }
    } else if !setting.is_empty() {
        ignore.broken = Some("behind the brackets stand `until=2027-01-31` and `-- reason`, both as needed");
    }
    ignore
}
