//! What a text must have for a pattern to match in it: one search for all of that tells which patterns are worth asking.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex_syntax::hir::{Class, Hir, HirKind};

/// More alternatives than this are not told apart.
const ALTERNATIVES: usize = 64;
/// A shorter word is in every text.
const SHORTEST: usize = 3;

/// What is the same letter as one of ASCII, letter case aside: `s` and `k`.
const OTHER_LETTERS: [char; 2] = ['\u{17f}', '\u{212a}'];

/// Words of patterns, letter case aside.
#[derive(Debug)]
pub(super) struct Needles {
    search: Option<AhoCorasick>,
    /// The patterns that a word belongs to.
    patterns_of: Vec<usize>,
    /// The patterns that no word tells: they may match in any text.
    always: Vec<bool>,
}

impl Needles {
    pub(super) fn of<'h>(patterns: impl Iterator<Item = &'h Hir>) -> Self {
        let (mut words, mut patterns_of, mut always) = (Vec::new(), Vec::new(), Vec::new());
        for (at, hir) in patterns.enumerate() {
            let needed = needed(hir);
            always.push(needed.is_none());
            for word in needed.into_iter().flatten() {
                words.push(word);
                patterns_of.push(at);
            }
        }
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&words);
        Self { search: search.ok(), patterns_of, always }
    }

    /// For each pattern, whether it may match in `text`.
    pub(super) fn possible(&self, text: &str) -> Vec<bool> {
        let mut possible = self.always.clone();
        match &self.search {
            Some(search) if text.is_ascii() || !text.contains(OTHER_LETTERS) => {
                for found in search.find_overlapping_iter(text) {
                    possible[self.patterns_of[found.pattern().as_usize()]] = true;
                }
            }
            Some(_) | None => possible.fill(true),
        }
        possible
    }
}

/// Words, in lower case, one of which is in every match, if it has none of [`OTHER_LETTERS`].
fn needed(hir: &Hir) -> Option<Vec<String>> {
    if let Some(all) = exact(hir) {
        return usable(all);
    }
    match hir.kind() {
        HirKind::Capture(capture) => needed(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => needed(&repetition.sub),
        HirKind::Alternation(parts) => parts.iter().map(needed).collect::<Option<Vec<_>>>().map(|parts| parts.concat()),
        HirKind::Concat(parts) => {
            let mut best: Option<Vec<String>> = None;
            let mut run = vec![String::new()];
            let mut consider = |words: Option<Vec<String>>| {
                let value = |words: &Vec<String>| words.iter().map(String::len).min();
                if words.as_ref().map(value) > best.as_ref().map(value) {
                    best = words;
                }
            };
            for part in parts {
                let longer = exact(part).and_then(|next| product(&run, &next));
                run = longer.unwrap_or_else(|| {
                    consider(usable(std::mem::take(&mut run)));
                    consider(needed(part));
                    exact(part).unwrap_or_else(|| vec![String::new()])
                });
            }
            consider(usable(run));
            best
        }
        HirKind::Repetition(_) | HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => None,
    }
}

fn usable(words: Vec<String>) -> Option<Vec<String>> {
    words.iter().all(|word| word.len() >= SHORTEST).then_some(words)
}

/// All that an expression matches without [`OTHER_LETTERS`], in lower case, where that is little.
fn exact(hir: &Hir) -> Option<Vec<String>> {
    let mut all = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![String::new()],
        HirKind::Literal(literal) => vec![std::str::from_utf8(&literal.0).ok()?.to_ascii_lowercase()],
        HirKind::Class(class) => letters(class)?,
        HirKind::Capture(capture) => exact(&capture.sub)?,
        HirKind::Alternation(parts) => parts.iter().map(exact).collect::<Option<Vec<_>>>()?.concat(),
        HirKind::Concat(parts) => parts.iter().try_fold(vec![String::new()], |words, part| product(&words, &exact(part)?))?,
        HirKind::Repetition(repetition) if repetition.max == Some(1) => {
            let mut all = exact(&repetition.sub)?;
            all.extend((repetition.min == 0).then(String::new));
            all
        }
        HirKind::Repetition(_) => return None,
    };
    all.sort_unstable();
    all.dedup();
    (all.len() <= ALTERNATIVES).then_some(all)
}

fn product(words: &[String], next: &[String]) -> Option<Vec<String>> {
    let all = || words.iter().flat_map(|word| next.iter().map(move |next| format!("{word}{next}")));
    (words.len() * next.len() <= ALTERNATIVES).then(|| all().collect())
}

/// The characters of a small class of ASCII.
fn letters(class: &Class) -> Option<Vec<String>> {
    let Class::Unicode(class) = class else { return None };
    let letters = class.iter().flat_map(|range| range.start()..=range.end()).take(2 * ALTERNATIVES);
    let letters: Vec<char> = letters.filter(|c| !OTHER_LETTERS.contains(c)).map(|c| c.to_ascii_lowercase()).collect();
    (letters.len() <= 16 && letters.iter().all(char::is_ascii)).then(|| letters.into_iter().map(String::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(pattern: &str) -> Option<Vec<String>> {
        needed(&regex_syntax::parse(pattern).expect("it parses"))
    }

    fn list(words: &[&str]) -> Option<Vec<String>> {
        Some(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn the_longest_words_that_a_match_must_have() {
        assert_eq!(words("(?-u:\\b)gh[po]_[a-z]{20,}"), list(&["gho_", "ghp_"]));
        assert_eq!(words("[a-z]*(?i:passwords?|api[_-]?key)x*"), list(&["api-key", "api_key", "apikey", "password", "passwords"]));
        assert_eq!(words("(?:abc|def)+[0-9]"), list(&["abc", "def"]));
        assert_eq!(words("[a-z]+://[^/]+"), list(&["://"]));
        assert_eq!(words("(?:abc)*de"), None);
        assert_eq!(words("abc|[0-9]{12}"), None);
        assert_eq!(words("abc?"), None);
        assert_eq!(words("ab[cé]"), None);
        assert_eq!(words("(?i)task"), list(&["task"]));
    }

    #[test]
    fn a_text_tells_which_patterns_may_match() {
        let patterns: Vec<Hir> =
            ["(?i)secret", "tok[e]n|pass", "[0-9]+"].iter().map(|text| regex_syntax::parse(text).expect("it parses")).collect();
        let needles = Needles::of(patterns.iter());
        assert_eq!(needles.possible("My SecRet"), [true, false, true]);
        assert_eq!(needles.possible("bypass"), [false, true, true]);
        assert_eq!(needles.possible(""), [false, false, true]);
        assert_eq!(needles.possible("é pass"), [false, true, true]);
        assert_eq!(needles.possible("\u{17f}ecret"), [true, true, true]);
    }
}
