//! One page that needs nothing but a browser: no network, no script.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use super::{Has, Resource, Shown, TagPage, spelling};
use crate::project::directory;

/// Keys that the page shows where none is required.
const MOST_USED: usize = 6;
/// Keys whose values are listed, and values of a key.
const KEYS: usize = 60;
const VALUES: usize = 40;
/// Resources that one list names.
const LISTED: usize = 500;

/// Writes the page.
pub fn write(effective: &TagPage, out: &mut dyn io::Write) -> io::Result<()> {
    let keys = keys(effective);
    write!(out, "{HEAD}")?;
    totals(effective, out)?;
    let about = if effective.required.is_empty() {
        "No tag is required: these are the keys that most resources have."
    } else {
        "The keys that the configuration requires."
    };
    writeln!(out, "<section><h2>Coverage</h2><p>{about} A resource counts as <i>cannot tell</i> where more tags may join at apply.</p>")?;
    writeln!(out, "<p class=legend><b class=y></b> has it <b class=u></b> cannot tell <b class=n></b> has it not</p>")?;
    coverage("by resource type", effective, &keys, |resource| resource.ty.clone(), out)?;
    coverage("by path", effective, &keys, |resource| directory(&resource.place.path).to_owned(), out)?;
    writeln!(out, "</section>")?;
    missing(effective, out)?;
    key_spellings(effective, out)?;
    values(effective, &keys, out)?;
    unknowns(effective, out)?;
    writeln!(out, "<footer>taglint {}</footer></main></body></html>", env!("CARGO_PKG_VERSION"))
}

/// The keys that the page is about.
fn keys(effective: &TagPage) -> Vec<String> {
    if !effective.required.is_empty() {
        return effective.required.clone();
    }
    let mut keys: Vec<(String, usize)> = used_keys(effective).into_iter().collect();
    keys.sort_by_key(|(key, count)| (std::cmp::Reverse(*count), key.clone()));
    keys.into_iter().take(MOST_USED).map(|(key, _)| key).collect()
}

fn used_keys(effective: &TagPage) -> BTreeMap<String, usize> {
    let mut used = BTreeMap::new();
    for tag in effective.resources.iter().flat_map(|resource| &resource.tags) {
        *used.entry(tag.key.clone()).or_default() += 1;
    }
    used
}

fn totals(effective: &TagPage, out: &mut dyn io::Write) -> io::Result<()> {
    let all = effective.resources.len();
    let open = effective.resources.iter().filter(|resource| resource.open.is_some()).count();
    let bare = effective.resources.iter().filter(|resource| resource.tags.is_empty() && resource.open.is_none()).count();
    let lacking = effective.resources.iter().filter(|resource| resource.required.values().any(|has| *has == Has::No)).count();
    writeln!(out, "<dl class=totals>")?;
    for (number, what) in [(all, "resources"), (lacking, "lack a required tag"), (bare, "have no tags"), (open, "not known in full")] {
        writeln!(out, "<div><dt>{what}</dt><dd>{number}</dd></div>")?;
    }
    writeln!(out, "</dl>")
}

/// Whether a resource has a key, required or not.
fn has(resource: &Resource, key: &str) -> Has {
    if resource.tags.iter().any(|tag| tag.key == key && tag.value != Shown::Null) {
        return Has::Yes;
    }
    match resource.required.get(key) {
        Some(has) => *has,
        None if resource.open.is_some() => Has::Unknown,
        None => Has::No,
    }
}

fn coverage(
    title: &str,
    effective: &TagPage,
    keys: &[String],
    group: impl Fn(&Resource) -> String,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut rows: BTreeMap<String, Vec<&Resource>> = BTreeMap::new();
    for resource in &effective.resources {
        rows.entry(group(resource)).or_default().push(resource);
    }
    writeln!(out, "<h3>{title}</h3><div class=wide><table><thead><tr><th scope=col>{}<th scope=col>", title.trim_start_matches("by "))?;
    keys.iter().try_for_each(|key| write!(out, "<th scope=col>{}", escape(key)))?;
    writeln!(out, "</thead><tbody>")?;
    let rows = [("all".to_owned(), effective.resources.iter().collect())].into_iter().chain(rows);
    for (name, resources) in rows {
        write!(out, "<tr><th scope=row>{}<td class=count>{}", escape(if name.is_empty() { "." } else { &name }), resources.len())?;
        for key in keys {
            // Resources of which the key is not asked do not count, where others are asked.
            let asked = effective.required.is_empty();
            let of: Vec<Has> = resources
                .iter()
                .filter(|resource| asked || resource.required.contains_key(key))
                .map(|resource| has(resource, key))
                .collect();
            cell(&of, out)?;
        }
        writeln!(out)?;
    }
    writeln!(out, "</tbody></table></div>")
}

fn cell(of: &[Has], out: &mut dyn io::Write) -> io::Result<()> {
    if of.is_empty() {
        return write!(out, "<td class=none>not asked");
    }
    let count = |wanted: Has| of.iter().filter(|has| **has == wanted).count();
    let (yes, unknown, no) = (count(Has::Yes), count(Has::Unknown), count(Has::No));
    let part = |class: &str, number: usize| {
        if number == 0 { String::new() } else { format!("<b class={class} style=\"flex-grow:{number}\"></b>") }
    };
    let words: Vec<String> = [(no, "missing"), (unknown, "cannot tell")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    let words = if words.is_empty() { "all".to_owned() } else { words.join(", ") };
    write!(
        out,
        "<td><span class=bar>{}{}{}</span><span class=of>{yes} of {}</span><br><small>{words}</small>",
        part("y", yes),
        part("u", unknown),
        part("n", no),
        of.len()
    )
}

fn missing(effective: &TagPage, out: &mut dyn io::Write) -> io::Result<()> {
    let lacks = |resource: &&Resource| resource.required.values().any(|has| *has == Has::No);
    let lacking: Vec<&Resource> = effective.resources.iter().filter(lacks).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section><h2>Missing</h2><details><summary>{} without a required tag</summary><ul>", number(lacking.len(), "resource"))?;
    for resource in lacking.iter().take(LISTED) {
        let keys: Vec<&str> = resource.required.iter().filter(|(_, has)| **has == Has::No).map(|(key, _)| key.as_str()).collect();
        writeln!(out, "<li>{} <small>{}</small>", named(resource), escape(&keys.join(", ")))?;
    }
    more(lacking.len(), out)?;
    writeln!(out, "</ul></details></section>")
}

fn key_spellings(effective: &TagPage, out: &mut dyn io::Write) -> io::Result<()> {
    let used = used_keys(effective);
    let groups: Vec<_> = spelling::groups(&used).into_iter().filter(|group| group.len() > 1).collect();
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<section><h2>One key or several?</h2><p>These keys differ by letter case, white space or one letter.</p><ul class=same>"
    )?;
    for group in groups {
        spelled(&group, out)?;
    }
    writeln!(out, "</ul></section>")
}

fn spelled(group: &[(&str, usize)], out: &mut dyn io::Write) -> io::Result<()> {
    write!(out, "<li>")?;
    for (nth, (text, count)) in group.iter().enumerate() {
        let class = if nth == 0 { "most" } else { "odd" };
        write!(out, "<span class={class}><code>{}</code> ×{count}</span> ", spaced(text))?;
    }
    writeln!(out)
}

fn values(effective: &TagPage, first: &[String], out: &mut dyn io::Write) -> io::Result<()> {
    let mut by_key: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
    let mut hidden: BTreeMap<&str, usize> = BTreeMap::new();
    for tag in effective.resources.iter().flat_map(|resource| &resource.tags) {
        match &tag.value {
            Shown::Text(text) => *by_key.entry(&tag.key).or_default().entry(text.clone()).or_default() += 1,
            Shown::Sensitive | Shown::Null | Shown::Unknown(_) => *hidden.entry(&tag.key).or_default() += 1,
        }
    }
    let mut keys: Vec<&str> = by_key.keys().copied().collect();
    let used = |key: &str| by_key[key].values().sum::<usize>();
    keys.sort_by_key(|key| (first.iter().position(|known| known == key).unwrap_or(usize::MAX), std::cmp::Reverse(used(key)), *key));
    if keys.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section><h2>Values</h2><p>Values that may be meant to be one stand side by side.</p><div class=cards>")?;
    for key in keys.iter().take(KEYS) {
        let counts = &by_key[key];
        let most = counts.values().max().copied().unwrap_or(1);
        writeln!(out, "<article><h3><code>{}</code> <small>{}</small></h3><ul class=values>", spaced(key), number(counts.len(), "value"))?;
        let groups = spelling::groups(counts);
        for group in groups.iter().take(VALUES) {
            let class = if group.len() > 1 { " class=same" } else { "" };
            write!(out, "<li{class}>")?;
            for (nth, (text, count)) in group.iter().enumerate() {
                let odd = if nth > 0 { " odd" } else { "" };
                write!(
                    out,
                    "<span class=\"value{odd}\"><code>{}</code><span class=bar><b class=y style=\"width:{}%\"></b></span><span class=of>{count}</span></span>",
                    spaced(text),
                    (count * 100).div_ceil(most)
                )?;
            }
            writeln!(out)?;
        }
        if groups.len() > VALUES {
            writeln!(out, "<li><small>and {} more</small>", groups.len() - VALUES)?;
        }
        if let Some(number) = hidden.get(key) {
            writeln!(out, "<li><small>{number} not known or not shown</small>")?;
        }
        writeln!(out, "</ul></article>")?;
    }
    writeln!(out, "</div>")?;
    if keys.len() > KEYS {
        writeln!(out, "<p><small>and {} keys more</small></p>", keys.len() - KEYS)?;
    }
    writeln!(out, "</section>")
}

fn unknowns(effective: &TagPage, out: &mut dyn io::Write) -> io::Result<()> {
    let mut reasons: BTreeMap<&str, Vec<&Resource>> = BTreeMap::new();
    for resource in &effective.resources {
        if let Some(reason) = resource.open {
            reasons.entry(reason).or_default().push(resource);
        }
    }
    if reasons.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section><h2>Not known</h2><p>Why the tags of a resource are not known in full.</p>")?;
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(reason, resources)| (std::cmp::Reverse(resources.len()), *reason));
    for (reason, resources) in reasons {
        let folders: BTreeSet<&str> = resources.iter().map(|resource| directory(&resource.place.path)).collect();
        writeln!(
            out,
            "<details><summary>{} <small>{} in {}</small></summary><ul>",
            escape(reason),
            number(resources.len(), "resource"),
            if folders.len() == 1 { "1 directory".to_owned() } else { format!("{} directories", folders.len()) }
        )?;
        for resource in resources.iter().take(LISTED) {
            writeln!(out, "<li>{}", named(resource))?;
        }
        more(resources.len(), out)?;
        writeln!(out, "</ul></details>")?;
    }
    writeln!(out, "</section>")
}

fn named(resource: &Resource) -> String {
    format!("<code>{}</code> <small>{}:{}</small>", escape(&resource.address), escape(&resource.place.path), resource.place.line)
}

fn more(all: usize, out: &mut dyn io::Write) -> io::Result<()> {
    if all > LISTED { writeln!(out, "<li><small>and {} more</small>", all - LISTED) } else { Ok(()) }
}

/// `1 value`, `2 values`.
fn number(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// A text as HTML writes it, with white space at its ends and control characters made visible.
fn spaced(text: &str) -> String {
    if text.is_empty() {
        return "<i>empty</i>".to_owned();
    }
    let inner = text.trim_matches(' ');
    let (before, after) = (text.len() - text.trim_start_matches(' ').len(), text.len() - text.trim_end_matches(' ').len());
    let after = if inner.is_empty() { 0 } else { after };
    format!("{}{}{}", "␣".repeat(before), escape(inner), "␣".repeat(after))
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
                out.push_str(&format!("<i>U+{:04X}</i>", c as u32));
            }
            c if c.is_control() => out.push_str(&format!("<i>U+{:04X}</i>", c as u32)),
            c => out.push(c),
        }
    }
    out
}

const HEAD: &str = r#"<!doctype html>
<html lang=en>
<head>
<meta charset=utf-8>
<meta name=viewport content="width=device-width, initial-scale=1">
<meta http-equiv=Content-Security-Policy content="default-src 'none'; style-src 'unsafe-inline'">
<title>Tags</title>
<style>
:root { color-scheme: light dark; --y: #2c7f5b; --u: #b9bec7; --n: #c8433a; --line: #d9dce1; --soft: #f3f4f6; --odd: #8a4b00; --text: #1c1f24; --page: #fff }
@media (prefers-color-scheme: dark) { :root { --y: #4fb286; --u: #5b626d; --n: #e2685f; --line: #353a43; --soft: #20242b; --odd: #f0b35c; --text: #e6e8ec; --page: #15181d } }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.45 system-ui, sans-serif; color: var(--text); background: var(--page) }
main { max-width: 72rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.5rem; margin: .5rem 0 1rem } h2 { font-size: 1.2rem; margin: 2rem 0 .25rem } h3 { font-size: 1rem; margin: 1.25rem 0 .5rem }
p { margin: .25rem 0 .75rem } small { opacity: .75 } code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere }
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 0 }
.totals div { background: var(--soft); border-radius: .5rem; padding: .75rem } .totals dt { opacity: .75 } .totals dd { margin: 0; font-size: 1.6rem; font-weight: 600 }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; font-weight: 400 }
thead th { font-weight: 600 } tbody tr:last-child > * { border-bottom: 0 } tbody tr:first-child > * { font-weight: 600 } tbody th { font-family: ui-monospace, monospace; font-size: .85rem; position: sticky; left: 0; background: var(--page); min-width: 9rem; max-width: 45vw; overflow-wrap: anywhere }
td { min-width: 8.5rem } td.count { min-width: 0; text-align: right } td.none { opacity: .5 }
.bar { display: inline-flex; width: 5rem; height: .7rem; border-radius: .35rem; overflow: hidden; background: var(--soft); vertical-align: middle; margin-right: .4rem } .bar b { height: 100% }
.y { background: var(--y) } .u { background: var(--u) } .n { background: var(--n) } .of { white-space: nowrap }
.legend b { display: inline-block; width: .8rem; height: .8rem; border-radius: .2rem; margin: 0 .2rem 0 .8rem; vertical-align: baseline } .legend b:first-child { margin-left: 0 }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); gap: .75rem } article { border: 1px solid var(--line); border-radius: .5rem; padding: .25rem .75rem .75rem } article h3 { margin: .5rem 0 }
ul { padding-left: 1.1rem; margin: .25rem 0 } .values, ul.same { list-style: none; padding: 0 } .values li { margin: .15rem 0 } li.same { border-left: 3px solid var(--odd); padding-left: .5rem }
.value { display: flex; align-items: center; gap: .4rem } .value code { flex: 1 } .odd code { color: var(--odd); font-weight: 600 } ul.same li { margin: .3rem 0; display: flex; flex-wrap: wrap; gap: .25rem 1rem }
details { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .75rem; margin: .5rem 0 } summary { cursor: pointer } footer { margin: 2rem 0 1rem; opacity: .6 }
</style>
</head>
<body><main><h1>Tags</h1>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_no_markup() {
        assert_eq!(spaced("<script>\"&'"), "&lt;script&gt;&quot;&amp;&#39;");
        assert_eq!(spaced(" a b "), "␣a b␣");
        assert_eq!(spaced(""), "<i>empty</i>");
        assert_eq!(spaced("  "), "␣␣");
        assert_eq!(escape("a\u{202e}\n"), "a<i>U+202E</i><i>U+000A</i>");
    }
}
