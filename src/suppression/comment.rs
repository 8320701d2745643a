//! Ignore comments: `# taglint: ignore[rule-a, rule-b] until=2027-01-31 -- reason`.

use std::ops::Range;

use memchr::memmem;

use super::broken::{self, Broken};
use crate::{
    config::Day,
    source::{Source, Span},
    syntax::{Kind, NodeId, Tree, json},
};

/// What every comment begins with.
const MARK: &str = "taglint:";

/// The member that is a comment in Terraform's JSON, as it is written.
const COMMENT_KEY: &str = "\"//\"";

/// One ignore comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// From `taglint:` to the end of the reason; in JSON the whole string.
    pub span: Span,
    /// What goes with it: all of the comment with its opener, in JSON the whole member, of a part the part.
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
    pub broken: Option<Broken>,
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
    /// A part of either: what else is said there is not ours.
    Part,
}

/// The ignore comments of a Terraform file. In JSON these are the values of `"//"` members, and speak for the object they stand in.
#[must_use]
pub fn ignores(source: &Source, tree: &Tree, json: bool) -> Vec<Ignore> {
    // The mark may have escapes in a string of JSON.
    let sign = if json { COMMENT_KEY } else { MARK };
    if memmem::find(source.text().as_bytes(), sign.as_bytes()).is_none() {
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
    let place = |range: Range<usize>| Span::new(id, range.start as u32, range.end as u32);
    let (own, other) = own_part(content);
    let mut ignore = read(own, |range| place(at + range.start..at + range.end));
    let (start, end) = match opener {
        "/*" => (at, text[at..].find("*/").map_or(text.len(), |close| at + close + 2)),
        _ => (line.start + code.len(), line.end),
    };
    let goes_on = opener == "/*" && !text[at + content.len()..end].trim_end_matches("*/").trim().is_empty();
    ignore.comment = match other {
        Some(other) => place(start..at + other),
        None if goes_on => place(start..at + own.len()),
        None => place(line.start + code.len()..end),
    };
    if other.is_some() || goes_on {
        ignore.form = Form::Part;
    }
    let is_file = ignore.broken.is_none() && content[MARK.len()..].trim_start().starts_with("ignore-file");
    ignore.reach = if ignore.broken.is_some() {
        ignore.span
    } else if is_file {
        if next.first().is_some_and(|first| first < at as u32) {
            ignore.broken = Some(broken::late(source, &ignore));
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

/// What of a text is ours, and where another comment begins: people put the marks of several tools on one line. `#` before a number is none.
fn own_part(text: &str) -> (&str, Option<usize>) {
    let begins = |at: &usize| {
        let (before, after) = (&text[..*at], text[at + 1..].trim_start());
        before.ends_with(char::is_whitespace) && after.starts_with(|c: char| !c.is_ascii_digit())
    };
    let other = text.match_indices('#').map(|(at, _)| at).find(begins);
    (text[..other.unwrap_or(text.len())].trim_end(), other)
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
            if tree.raw(key) != COMMENT_KEY || tree.kind(value) != Kind::String {
                continue;
            }
            let text = json::decode(tree, value);
            let Some(mark) = text.decoded().find(MARK) else { continue };
            let place = |range: Range<usize>| text.span_of((mark + range.start) as u32..(mark + range.end) as u32);
            let (own, other) = own_part(&text.decoded()[mark..]);
            let mut ignore = read(own, place);
            let before = text.decoded()[..mark].trim_end();
            (ignore.form, ignore.comment) = match other {
                Some(other) => (Form::Part, place(0..other)),
                None if !before.is_empty() => (Form::Part, text.span_of(before.len() as u32..(mark + own.len()) as u32)),
                None => (Form::Member, tree.span(item)),
            };
            ignore.span = tree.span(value);
            ignore.reach = tree.span(object);
            found.push(ignore);
        }
    }
    found
}

/// Reads `taglint: ignore[a, b] until=2027-01-31 -- reason`; `place` says where a range of it is written.
fn read(text: &str, place: impl Fn(Range<usize>) -> Span) -> Ignore {
    let span = place(0..text.len());
    let mut ignore =
        Ignore { span, comment: span, form: Form::Comment, rules: Vec::new(), until: None, reason: None, reach: span, broken: None };
    let within = |part: &str| {
        let start = part.as_ptr() as usize - text.as_ptr() as usize;
        place(start..start + part.len())
    };
    let order = text[MARK.len()..].trim_start();
    let (word, rest) = order.split_at(order.find(|c: char| !c.is_alphanumeric() && !"-_".contains(c)).unwrap_or(order.len()));
    if !broken::WORDS.contains(&word) {
        ignore.broken = Some(broken::word(word, rest, within));
        return ignore;
    }
    let Some((names, rest)) = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        ignore.broken = Some(broken::brackets(rest, within));
        return ignore;
    };
    let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
    ignore.rules.extend(names.map(|name| (name.to_owned(), within(name))));
    if ignore.rules.is_empty() {
        ignore.broken = Some(broken::NO_RULE);
        return ignore;
    }
    let (settings, reason) = rest.split_once("--").map_or((rest, None), |(settings, reason)| (settings, Some(reason.trim())));
    ignore.reason = reason.filter(|reason| !reason.is_empty()).map(str::to_owned);
    let setting = settings.trim();
    match setting.strip_prefix("until=").map(str::parse) {
        Some(Ok(day)) => ignore.until = Some(Until { day, span: within(setting) }),
        Some(Err(_)) | None if !setting.is_empty() => ignore.broken = Some(broken::setting(setting, within)),
        Some(Err(_)) | None => {}
    }
    ignore
}
