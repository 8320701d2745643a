//! Finds operations by what a file shows of them: a target, a path, its name, its members. However many operations there are, a file is
//! looked at once.

use std::{
    collections::{BTreeSet, HashMap},
    sync::OnceLock,
};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use globset::{Glob, GlobSet, GlobSetBuilder};

use super::{
    Operation,
    tagging::{self, Tagging},
};
use crate::facts::policy::service_of_file;

/// The member, header or parameter of a URL that names an operation.
pub const TARGET: &str = "x-amz-target";

/// All operations.
#[derive(Debug)]
pub struct Index {
    operations: Box<[Operation]>,
    shapes: Box<[Shape]>,
    ids: HashMap<String, usize>,
    targets: HashMap<String, usize>,
    /// The operations that a member tells, its name in small letters.
    telling: HashMap<String, Vec<usize>>,
    names: GlobSet,
    /// The operation of each glob of `names`.
    named: Vec<usize>,
    words: Words,
    /// The operations of all services that tag, read when they are first asked for.
    tagging: OnceLock<Tagging>,
}

/// The names of an operation's members in small letters.
#[derive(Debug)]
struct Shape {
    required: BTreeSet<String>,
    members: BTreeSet<String>,
}

/// A path that means an operation, and the bytes of each of its parameters.
#[derive(Debug)]
pub struct PathMatch<'f> {
    /// The operation.
    pub operation: &'f Operation,
    /// Whether the method is the operation's.
    pub method_fits: bool,
    /// Name and byte range in the path.
    pub parameters: Vec<(&'f str, std::ops::Range<usize>)>,
}

impl Index {
    /// Of operations that are sorted by id.
    pub(super) fn new(operations: Vec<Operation>) -> Self {
        let small = |names: &mut dyn Iterator<Item = &str>| names.map(str::to_ascii_lowercase).collect::<BTreeSet<String>>();
        let shapes: Box<[Shape]> = operations
            .iter()
            .map(|operation| Shape { required: small(&mut operation.required()), members: small(&mut operation.members()) })
            .collect();
        let (mut ids, mut targets, mut telling) = (HashMap::new(), HashMap::new(), HashMap::<String, Vec<usize>>::new());
        let (mut globs, mut named) = (GlobSetBuilder::new(), Vec::new());
        for (at, operation) in operations.iter().enumerate() {
            ids.insert(operation.id.clone(), at);
            targets.extend(operation.target.clone().map(|target| (target, at)));
            let arn = operation.arn.iter().map(|arn| &arn.member);
            for member in operation.telling.iter().chain(arn) {
                let told = telling.entry(member.to_ascii_lowercase()).or_default();
                if told.last() != Some(&at) {
                    told.push(at);
                }
            }
            // A test reads our globs, loading reads a user's: none is left out here.
            for glob in operation.file_names.iter().filter_map(|pattern| Glob::new(pattern).ok()) {
                globs.add(glob);
                named.push(at);
            }
        }
        let words = Words::new(&operations, &shapes);
        let names = globs.build().unwrap_or_default();
        Self { operations: operations.into(), shapes, ids, targets, telling, names, named, words, tagging: OnceLock::new() }
    }

    /// All of them, sorted by id.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation that configuration calls so.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Operation> {
        self.ids.get(id).map(|at| &self.operations[*at]).or_else(|| self.tagging().by_id(id))
    }

    /// The operation that a value of `X-Amz-Target` means.
    #[must_use]
    pub fn by_target(&self, target: &str) -> Option<&Operation> {
        self.targets.get(target).map(|at| &self.operations[*at]).or_else(|| self.tagging().by_target(target))
    }

    fn tagging(&self) -> &Tagging {
        self.tagging.get_or_init(Tagging::load)
    }

    /// The ids of the operations that only tag or untag, sorted: those of all services, beside the ones that are known in full.
    pub fn tagging_ids(&self) -> impl Iterator<Item = &str> {
        self.tagging().ids()
    }

    /// The operations that have all of these members, given in small letters, and need no other, where `member` holds an ARN with `word`
    /// as its service.
    #[must_use]
    pub fn by_arn(&self, member: &str, word: &str, names: &BTreeSet<String>) -> Vec<&Operation> {
        self.tagging().by_arn(member, word, names)
    }

    /// The operations that a file's name means.
    #[must_use]
    pub fn by_file_name(&self, name: &str) -> Vec<&Operation> {
        let mut found: Vec<usize> = self.names.matches(name).into_iter().map(|glob| self.named[glob]).collect();
        found.dedup();
        found.into_iter().map(|at| &self.operations[at]).collect()
    }

    /// The operation that a path means with a method, or with any where the method is not known. With a method that means nothing there, the
    /// operation that the path means otherwise.
    #[must_use]
    pub fn by_path(&self, method: Option<&str>, path: &str) -> Option<PathMatch<'_>> {
        let mut otherwise = None;
        for operation in &self.operations {
            let Some(http) = &operation.http else { continue };
            let Some(parameters) = parameters(&http.path, path) else { continue };
            let is = |known: &String| method.is_none_or(|method| known.eq_ignore_ascii_case(method));
            let method_fits = is(&http.method);
            if !method_fits && http.other_methods.iter().any(is) {
                return None;
            }
            let found = PathMatch { operation, method_fits, parameters };
            if method_fits {
                return Some(found);
            }
            otherwise.get_or_insert(found);
        }
        otherwise
    }

    /// The operations that have all of these members, given in small letters, and need no other. One of the members tells each of them: an
    /// operation that no member tells is not among them.
    #[must_use]
    pub fn by_members(&self, names: &BTreeSet<String>) -> Vec<&Operation> {
        let mut candidates: Vec<usize> = names.iter().filter_map(|name| self.telling.get(name)).flatten().copied().collect();
        candidates.sort_unstable();
        candidates.dedup();
        let fits = |shape: &Shape| shape.required.is_subset(names) && names.is_subset(&shape.members);
        candidates.into_iter().filter(|at| fits(&self.shapes[*at])).map(|at| &self.operations[at]).collect()
    }

    /// Whether a JSON file could be a request or a policy at all: a cheap test, in one pass, before anything is parsed. It may err on the side of yes.
    #[must_use]
    pub fn may_be_request(&self, name: &str, text: &[u8]) -> bool {
        // An escape can hide any name.
        self.names.is_match(name)
            || service_of_file(name).is_some()
            || memchr::memmem::find(text, b"\\u00").is_some()
            || self.words.are_in(text)
            || (memchr::memmem::find(text, tagging::ARN).is_some() && self.tagging().may_be(text))
    }
}

/// The parameters of a path that has the form of a template; `None` where it has another form.
fn parameters<'f>(template: &'f str, path: &str) -> Option<Vec<(&'f str, std::ops::Range<usize>)>> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut steps = path.split('/');
    for wanted in template.split('/') {
        let step = steps.next()?;
        match wanted.strip_prefix('{').and_then(|wanted| wanted.strip_suffix('}')) {
            Some(_) if step.is_empty() => return None,
            Some(name) => found.push((name, at..at + step.len())),
            None if wanted == step => {}
            None => return None,
        }
        at += step.len() + 1;
    }
    steps.next().is_none().then_some(found)
}

/// Words of which a request has one or several.
#[derive(Debug)]
struct Words {
    searcher: Option<AhoCorasick>,
    /// Sets of which all words must be there. For each word, the sets that it is in.
    sets: Vec<Vec<usize>>,
    /// How many words each set has.
    sizes: Vec<usize>,
}

impl Words {
    fn new(operations: &[Operation], shapes: &[Shape]) -> Self {
        let mut sets: BTreeSet<BTreeSet<String>> = BTreeSet::from([BTreeSet::from([TARGET.to_owned()])]);
        // A policy has statements about somebody. One letter of `Effect` may be wrong, but not of both.
        sets.extend(["\"principal", "\"effect"].map(|word| BTreeSet::from(["\"statement".to_owned(), word.to_owned()])));
        // A member's name begins with a quote, also in JSON inside a string.
        let member = |name: &String| format!("\"{}", name.to_ascii_lowercase());
        for (operation, shape) in operations.iter().zip(shapes) {
            let required = || shape.required.iter().map(member);
            let arn = operation.arn.iter().map(|arn| &arn.member);
            sets.extend(operation.telling.iter().chain(arn).map(|telling| required().chain([member(telling)]).collect()));
            sets.extend([&operation.id].into_iter().chain(&operation.target).map(|name| BTreeSet::from([name.to_ascii_lowercase()])));
            sets.extend(operation.http.iter().map(|http| literals(&http.path)));
        }
        let words: BTreeSet<&String> = sets.iter().flatten().collect();
        let words: Vec<&String> = words.into_iter().collect();
        let holds = |word: &&String| sets.iter().enumerate().filter(|(_, set)| set.contains(*word)).map(|(at, _)| at).collect();
        // The words are few, and every JSON file is searched: the largest automaton is the fastest.
        let kind = Some(AhoCorasickKind::DFA);
        let searcher = AhoCorasickBuilder::new().kind(kind).ascii_case_insensitive(true).build(&words).ok();
        Self { searcher, sets: words.iter().map(holds).collect(), sizes: sets.iter().map(BTreeSet::len).collect() }
    }

    fn are_in(&self, text: &[u8]) -> bool {
        // Without a searcher nothing is left out.
        let Some(searcher) = &self.searcher else { return true };
        let mut seen = vec![false; self.sets.len()];
        let mut missing = self.sizes.clone();
        searcher.find_overlapping_iter(text).any(|found| {
            let word = found.pattern().as_usize();
            !std::mem::replace(&mut seen[word], true)
                && self.sets[word].iter().any(|set| {
                    missing[*set] -= 1;
                    missing[*set] == 0
                })
        })
    }
}

/// What stands between the parameters of a path.
fn literals(path: &str) -> BTreeSet<String> {
    let parts = path.split('{').map(|part| part.split_once('}').map_or(part, |(_, literal)| literal));
    parts.filter(|part| !part.is_empty()).map(str::to_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_its_parameters() {
        let template = "/v1.0/{project}/kms/{key}/tags";
        let found = parameters(template, "/v1.0/p1/kms/k-2/tags").expect("it fits");
        assert_eq!(found, [("project", 6..8), ("key", 13..16)]);
        for other in ["/v1.0/p1/kms/k-2/tags/x", "/v1.0/p1/kms/k-2", "/v1.0//kms/k/tags", "/v2/p1/kms/k-2/tags"] {
            assert_eq!(parameters(template, other), None, "{other}");
        }
        assert_eq!(literals(template), ["/kms/", "/tags", "/v1.0/"].map(str::to_owned).into());
    }
}
