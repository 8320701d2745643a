//! Texts that were probably meant to be one.

use std::collections::BTreeMap;

/// Groups texts that differ by letter case, white space or one slip of the finger, with how often each is used. The most used of a group
/// comes first, and so does the most used group.
pub fn groups(counts: &BTreeMap<String, usize>) -> Vec<Vec<(&str, usize)>> {
    let mut by_use: Vec<(&str, usize)> = counts.iter().map(|(text, count)| (text.as_str(), *count)).collect();
    by_use.sort_by_key(|(text, count)| (std::cmp::Reverse(*count), *text));
    let mut groups: Vec<(String, Vec<(&str, usize)>)> = Vec::new();
    // Comparing each with each is for what a person would read.
    let compare = by_use.len() <= 500;
    let mut folded: BTreeMap<String, usize> = BTreeMap::new();
    for (text, count) in by_use {
        let plain = fold(text);
        let near = folded.get(&plain).copied().or_else(|| groups.iter().position(|(first, _)| compare && is_slip(first, &plain)));
        match near {
            Some(at) => groups[at].1.push((text, count)),
            None => {
                folded.insert(plain.clone(), groups.len());
                groups.push((plain, vec![(text, count)]));
            }
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Without letter case, white space and the signs that join words.
fn fold(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect()
}

/// One letter too many, too few, wrong or swapped, in a word that is long enough. Numbers are never slips of each other.
fn is_slip(a: &str, b: &str) -> bool {
    let long = a.chars().count() >= 5 && b.chars().count() >= 5;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    long && digits(a) == digits(b) && strsim::damerau_levenshtein(a, b) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouped(texts: &[(&str, usize)]) -> Vec<Vec<String>> {
        let counts = texts.iter().map(|(text, count)| ((*text).to_owned(), *count)).collect();
        groups(&counts).into_iter().map(|group| group.into_iter().map(|(text, _)| text.to_owned()).collect()).collect()
    }

    #[test]
    fn misspellings_stand_side_by_side() {
        let found =
            grouped(&[("production", 9), ("Production", 2), ("prodcution", 1), ("staging ", 1), ("staging", 3), ("dev", 2), ("test", 1)]);
        let expected: Vec<Vec<&str>> =
            vec![vec!["production", "Production", "prodcution"], vec!["staging", "staging "], vec!["dev"], vec!["test"]];
        assert_eq!(found, expected);
    }

    #[test]
    fn numbers_are_different() {
        assert_eq!(grouped(&[("account-11", 1), ("account-12", 1)]).len(), 2);
    }
}
