//! Ignore comments that cannot be read, and what they were most likely meant to be.

use crate::{
    config::Day,
    fix::{self, Edit},
    rules::RULES,
    source::{Source, Span},
};

use super::comment::{Form, Ignore};

/// What may stand after `taglint:`.
pub const WORDS: [&str; 2] = ["ignore", "ignore-file"];

/// Why a comment cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// For the help of the finding.
    pub why: &'static str,
    /// What it was most likely meant to be.
    pub meant: Option<Meant>,
}

/// A comment that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// What to do, imperative.
    pub title: String,
    /// How.
    pub edits: Vec<Edit>,
}

impl Meant {
    fn write(span: Span, text: String) -> Self {
        Self { title: format!("write `{}`", text.trim()), edits: vec![Edit { span, replacement: text }] }
    }
}

/// An empty list.
pub const NO_RULE: Broken = Broken { why: "no rule is named: an ignore comment lists the rules it is for", meant: None };

/// Another word than [`WORDS`]: it is meant for one if it looks like it, or if rules stand in brackets behind it.
pub fn word(word: &str, rest: &str, within: impl Fn(&str) -> Span) -> Broken {
    let listed = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let names_rules = listed.is_some_and(|(names, _)| names.split(',').all(|name| is_rule(name.trim())));
    let nearest = WORDS.iter().map(|known| (strsim::damerau_levenshtein(known, word), *known)).min();
    let near = nearest.filter(|(distance, _)| listed.is_some() && (*distance <= 2 || names_rules)).map(|(_, known)| known);
    let meant = near.map(|known| Meant::write(within(word), known.to_owned()));
    Broken { why: "the word after `taglint:` is `ignore` or `ignore-file`", meant }
}

/// No brackets, or only one of them: rules that stand there without are put into a pair.
pub fn brackets(rest: &str, within: impl Fn(&str) -> Span) -> Broken {
    const AROUND: [char; 7] = [' ', '\t', '[', '(', ')', ':', '='];
    let list = rest.split_once("--").map_or(rest, |(list, _)| list);
    let list = list.split_once("until=").map_or(list, |(list, _)| list).trim_end();
    let names: Vec<&str> = list.trim_matches(AROUND).split([',', ' ', '\t']).filter(|name| !name.is_empty()).collect();
    let are_rules = !names.is_empty() && names.iter().all(|name| is_rule(name));
    let meant = are_rules.then(|| Meant::write(within(list), format!("[{}]", names.join(", "))));
    Broken { why: "the rules to ignore stand in brackets: `ignore[rule-id]`", meant }
}

/// What stands between the brackets and `--`, and is no day that is set: a day in other words, or a reason without `--`.
pub fn setting(setting: &str, within: impl Fn(&str) -> Span) -> Broken {
    let Some(rest) = setting.strip_prefix("until") else {
        let why = "behind the brackets stand `until=2027-01-31` and `-- reason`, both as needed";
        let edit = dashes(setting, &within);
        return Broken { why, meant: edit.map(|edit| Meant { title: "write `--` before the reason".to_owned(), edits: vec![edit] }) };
    };
    let written = rest.trim_start_matches([' ', '\t', ':', '=']);
    let (day, reason) = written.split_at(written.find([' ', '\t']).unwrap_or(written.len()));
    let meant = day.parse::<Day>().ok().map(|known| {
        let mut meant = Meant::write(within(&setting[..setting.len() - reason.len()]), format!("until={known}"));
        meant.edits.extend(dashes(reason.trim_start(), &within));
        meant
    });
    Broken { why: "`until` takes a day: `until=2027-01-31`", meant }
}

/// Puts `--` before a reason, in place of any other dashes.
fn dashes(text: &str, within: impl Fn(&str) -> Span) -> Option<Edit> {
    let reason = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | ':'));
    let first = within(&reason[..reason.chars().next()?.len_utf8()]);
    let start = if reason.len() < text.len() { within(&text[..text.len() - reason.len()]).start } else { first.start };
    Some(Edit { span: Span::new(first.source, start, first.start), replacement: "-- ".to_owned() })
}

/// `ignore-file` below a block: it is moved up.
pub fn late(source: &Source, ignore: &Ignore) -> Broken {
    let text = source.text();
    let gone = fix::comment_range(text, ignore.comment.range());
    let top = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let span = |start: usize, end: usize| Span::new(source.id(), start as u32, end as u32);
    let edits = vec![
        Edit { span: span(top, top), replacement: format!("{}{end}", source.slice(ignore.comment).trim()) },
        Edit { span: span(gone.start, gone.end), replacement: String::new() },
    ];
    let is_whole = ignore.form == Form::Comment;
    let meant = is_whole.then(|| Meant { title: "move it to the top of the file".to_owned(), edits });
    Broken { why: "`ignore-file` stands above the first block of the file", meant }
}

fn is_rule(name: &str) -> bool {
    RULES.iter().any(|entry| entry.meta.id == name)
}
