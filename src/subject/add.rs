//! A fix that adds tags where a resource writes them.

use super::{Holder, TagForm, TagSet};
use crate::{
    fix::{Fix, Safety},
    source::{Sources, Span},
};

/// Adds tags to the map of a resource, in the layout that it has. `None` where there is no one place to write them. `block` is all of the
/// resource.
#[must_use]
pub fn fix(set: &TagSet, holder: &Holder, block: Span, tags: &[(&str, &str)], sources: &Sources) -> Option<Fix> {
    let before = |span: Span| &sources.get(span.source).text()[..span.range().start];
    if sources.get(block.source).path().ends_with(".json") {
        return None;
    }
    let title = if tags.len() == 1 { "add the tag" } else { "add the tags" };
    let (at, text) = if holder.written {
        if set.form != TagForm::Map || set.origin.hops.is_some() {
            return None;
        }
        let written = sources.slice(set.origin.span);
        let (inside, last) = (written.strip_suffix(['}', ')'])?, written.chars().last()?);
        match last {
            '}' if written.starts_with('{') => into_map(inside, tags, indent(before(set.origin.span)))?,
            ')' if written.starts_with("merge(") => into_call(inside, tags),
            _ => return None,
        }
    } else {
        let inside = sources.slice(block).strip_suffix('}')?;
        let body = inside.rfind('\n')?;
        let margin = indent(before(block));
        let lines: String = tags.iter().map(|tag| format!("{margin}    {}\n", entry(tag))).collect();
        (body + 1, format!("{margin}  {} = {{\n{lines}{margin}  }}\n", holder.argument))
    };
    let span = if holder.written { set.origin.span } else { block };
    let start = span.start + at as u32;
    Some(Fix::replace(Span { start, end: start, ..span }, text, Safety::Unsafe, title))
}

/// Where in `inside`, a map without its last brace, new entries go, and as what.
fn into_map(inside: &str, tags: &[(&str, &str)], margin: &str) -> Option<(usize, String)> {
    let end = inside.trim_end().len();
    let entries: Vec<String> = tags.iter().map(entry).collect();
    let blank = inside[1..].trim().is_empty();
    match inside.rfind('\n') {
        // A comment may stand at the end of the last line, so the new lines come after it.
        Some(line) if inside[line..].trim().is_empty() => {
            let own = inside[..line].rsplit('\n').map(indent).find(|own| !own.is_empty()).filter(|_| !blank);
            let own = own.map_or_else(|| format!("{margin}  "), str::to_owned);
            Some((line + 1, entries.iter().map(|entry| format!("{own}{entry}\n")).collect()))
        }
        Some(_) => None,
        None if blank => Some((1, format!(" {} ", entries.join(", ")))).filter(|_| inside.len() <= 2),
        None => Some((end, format!("{} {}", if inside[..end].ends_with(',') { "" } else { "," }, entries.join(", ")))),
    }
}

/// A further argument of `merge(`.
fn into_call(inside: &str, tags: &[(&str, &str)]) -> (usize, String) {
    let end = inside.trim_end().trim_end_matches(',').len();
    let entries: Vec<String> = tags.iter().map(entry).collect();
    let comma = if inside[..end].ends_with('(') { "" } else { ", " };
    (end, format!("{comma}{{ {} }}", entries.join(", ")))
}

fn entry((key, value): &(&str, &str)) -> String {
    let plain = key.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let key = if plain { (*key).to_owned() } else { literal(key) };
    format!("{key} = {}", literal(value))
}

/// A string as HCL writes it.
fn literal(text: &str) -> String {
    let mut out = String::from("\"");
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '$' | '%' if chars.peek() == Some(&'{') => out.extend([c, c]),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The white space at the start of the last line.
fn indent(before: &str) -> &str {
    let line = before.rsplit('\n').next().unwrap_or_default();
    &line[..line.len() - line.trim_start().len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn into(map: &str) -> Option<String> {
        let inside = map.strip_suffix('}')?;
        let (at, text) = into_map(inside, &[("Owner", "x"), ("cost center", "${y}")], "  ")?;
        Some(format!("{}{text}{}", &map[..at], &map[at..]))
    }

    #[test]
    fn entries_join_a_map_in_its_own_layout() {
        let entries = "Owner = \"x\", \"cost center\" = \"$${y}\"";
        let lines = "    Owner = \"x\"\n    \"cost center\" = \"$${y}\"\n";
        assert_eq!(into("{}"), Some(format!("{{ {entries} }}")));
        assert_eq!(into("{ a = 1 }"), Some(format!("{{ a = 1, {entries} }}")));
        assert_eq!(into("{ a = 1, }"), Some(format!("{{ a = 1, {entries} }}")));
        assert_eq!(into("{\n    a = 1 # why\n  }"), Some(format!("{{\n    a = 1 # why\n{lines}  }}")));
        assert_eq!(into("{\n  }"), Some(format!("{{\n{lines}  }}")));
        assert_eq!(into("{ a = 1\n b = 2 }"), None);
    }

    #[test]
    fn entries_join_a_merge_as_one_more_map() {
        let call = |inside: &str| {
            let (at, text) = into_call(inside, &[("Owner", "x")]);
            format!("{}{text}{})", &inside[..at], &inside[at..])
        };
        assert_eq!(call("merge(var.tags"), "merge(var.tags, { Owner = \"x\" })");
        assert_eq!(call("merge(\n  var.tags,\n"), "merge(\n  var.tags, { Owner = \"x\" },\n)");
    }
}
