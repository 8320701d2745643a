//! What tells a finding from others, whatever moves around it.
//!
//! `taglint/v1` is our own, for baselines and for consumers that track findings over time: sixteen hex digits, FNV-1a over
//! the rule, the path, the address, the identity, and the offending text with its secrets covered and white space only between words, each
//! ended by a zero byte, and the number of earlier findings that are alike in all of these. A line number is no part of it.
//!
//! `primaryLocationLineHash` is the rolling hash of GitHub's codeql-action, which computes it again and warns when it differs.

use std::collections::HashMap;

use crate::{
    finding::{Finding, Fingerprint},
    mask::{Masker, Secrets},
    source::{Boundary, Source, Sources, Span},
};

/// Gives every finding its `taglint/v1` fingerprint.
///
/// Findings that are alike are numbered: pass all findings of a run, those that are suppressed as well, or an ignore comment would give its
/// neighbour a new fingerprint. Their order is that of the blocks they stand in and of their lines, whatever is around those, and of their
/// places only where these are alike, too. `block` gives the block that holds a place.
pub fn assign(findings: &mut [Finding], sources: &Sources, block: impl Fn(Span) -> Span) {
    let secrets = Secrets::new(Masker::embedded()).covering(findings.iter());
    let mut alike: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, finding) in findings.iter().enumerate() {
        alike.entry(of(finding, sources, &secrets)).or_default().push(at);
    }
    for (hash, mut group) in alike {
        if group.len() > 1 {
            group.sort_by_cached_key(|at| {
                let span = findings[*at].primary.span;
                let source = sources.get(span.source);
                (around(source, block(span)), around(source, span), span, *at)
            });
        }
        for (at, count) in group.into_iter().zip(0_u32..) {
            findings[at].fingerprint = Fingerprint(fnv(hash, &count.to_le_bytes()));
        }
    }
}

/// A text as no formatting changes it: white space is one space between words, and nothing elsewhere.
fn folded(text: &str) -> String {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let mut folded = String::with_capacity(text.len());
    for part in text.split_whitespace() {
        if folded.ends_with(word) && part.starts_with(word) {
            folded.push(' ');
        }
        folded.push_str(part);
    }
    folded
}

/// The line that a span begins in, without white space; of a long one what is near.
fn around(source: &Source, span: Span) -> String {
    const NEAR: usize = 100;
    let (line, text) = (source.line_range(source.line_of(span.start)), source.text());
    let from = text.floor_char_boundary_at((span.start as usize).saturating_sub(NEAR)).max(line.start);
    let to = text.ceil_char_boundary_at(span.start as usize + NEAR).min(line.end).max(from);
    text[from..to].chars().filter(|c| !c.is_whitespace()).collect()
}

/// A fingerprint of texts that are no finding.
#[must_use]
pub fn of_texts(texts: &[&str]) -> Fingerprint {
    Fingerprint(texts.iter().fold(FNV_START, |hash, part| fnv(fnv(hash, part.as_bytes()), &[0])))
}

/// The hash of one finding, without its number.
fn of(finding: &Finding, sources: &Sources, secrets: &Secrets<'_>) -> u64 {
    let source = sources.get(finding.primary.span.source);
    let masked = secrets.masked(source, finding.primary.span.range());
    let text = folded(&masked);
    let identity = secrets.masker().mask(&finding.identity);
    of_texts(&[finding.rule.id, source.path(), &finding.address.0, &identity, &text]).0
}

/// Where FNV-1a (64 bit) begins: <https://www.rfc-editor.org/rfc/rfc9923>.
const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// How many UTF-16 units codeql-action hashes from the start of a line.
const BLOCK: usize = 100;
/// The base of its hash.
const BASE: i64 = 37;
/// What it appends to a file.
const END: u16 = 65535;

/// The `primaryLocationLineHash` of every line of a source, as codeql-action computes it.
///
/// The last line counts even where it is empty. A lone `\r` ends a line here and nowhere else, which shifts the lines after it: the action
/// looks a result's `startLine` up in this very list, so callers do, too.
#[must_use]
pub fn line_hashes(source: &Source) -> Vec<String> {
    let first = (0..BLOCK).fold(1_i64, |product, _| product.wrapping_mul(BASE));
    let mut rolling = Rolling { window: [0; BLOCK], begins: [false; BLOCK], at: 0, hash: 0, first, lines: Vec::new() };
    let mut line_start = true;
    let mut after_return = false;
    for unit in source.text().encode_utf16().chain([END]) {
        let line_feed = unit == u16::from(b'\n');
        if unit == u16::from(b' ') || unit == u16::from(b'\t') || (after_return && line_feed) {
            after_return = false;
            continue;
        }
        after_return = unit == u16::from(b'\r');
        let unit = if after_return { u16::from(b'\n') } else { unit };
        rolling.push(unit, line_start);
        line_start = unit == u16::from(b'\n');
    }
    for _ in 0..BLOCK {
        rolling.push(0, false);
    }
    let mut seen: HashMap<u64, u32> = HashMap::new();
    let number = |hash: u64| {
        let count = seen.entry(hash).or_default();
        *count += 1;
        format!("{hash:x}:{count}")
    };
    rolling.lines.into_iter().map(number).collect()
}

/// A hash over the last [`BLOCK`] units, taken for a line when its first unit is about to leave.
struct Rolling {
    window: [u16; BLOCK],
    begins: [bool; BLOCK],
    at: usize,
    hash: i64,
    first: i64,
    lines: Vec<u64>,
}

impl Rolling {
    fn push(&mut self, unit: u16, begins_line: bool) {
        if self.begins[self.at] {
            self.lines.push(self.hash as u64);
        }
        self.begins[self.at] = begins_line;
        let leaves = i64::from(std::mem::replace(&mut self.window[self.at], unit));
        self.hash = self.hash.wrapping_mul(BASE).wrapping_add(i64::from(unit)).wrapping_sub(self.first.wrapping_mul(leaves));
        self.at = (self.at + 1) % BLOCK;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    fn hashes(text: &str) -> String {
        line_hashes(&Source::new(SourceId(0), "a", text.into())).join(", ")
    }

    #[test]
    fn only_space_between_words_is_text() {
        assert_eq!(folded(" a  =\t\"b\r\n c\" }"), "a=\"b c\"}");
    }

    /// The first three are codeql-action's own: <https://github.com/github/codeql-action/blob/main/src/fingerprints.test.ts>.
    #[test]
    fn line_hashes_are_those_of_codeql_action() {
        assert_eq!(hashes(""), "c129715d7a2bc9a3:1");
        let blanks = "271789c17abda88f:1, 54703d4cd895b18:1, 180aee12dab6264:1, a23a3dc5e078b07b:1";
        assert_eq!(hashes(" a\nb\n  \t\tc\n d"), blanks);
        let print = hashes("x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n");
        assert!(print.starts_with("e54938cc54b302f1:1, "), "{print}");
        let crlf = "resource \"aws_kms_key\" \"k\" {\r\n  tags = { Owner = \"😀\" }\r\n}\r\n";
        assert_eq!(hashes(crlf), "aa5e77fa1eb62aa:1, cc317bf15ea866dd:1, 32dce9ccfdbc9d3e:1, c129715d7a2bc9a3:1");
    }
}
