//! Finds operations by what a file shows of them: a target, a path, its name, its members. However many operations there are, a file is
//! looked at once.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::OnceLock,
};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use globset::{Glob, GlobSet, GlobSetBuilder};

use super::{
    Operation,
    creating::Creating,
    row::Side,
    tagging::{self, Tagging},
    url::{Parameters, Url, parameters},
};
use crate::facts::policy::kind_of_file;

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
    /// Made when the first JSON file asks.
    words: OnceLock<Words>,
    /// The operations of all services that tag, read when they are first asked for.
    tagging: OnceLock<Tagging>,
    /// Those that create or change something.
    creating: OnceLock<Creating>,
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
        let names = globs.build().unwrap_or_default();
        Self {
            operations: operations.into(),
            shapes,
            ids,
            targets,
            telling,
            names,
            named,
            words: OnceLock::new(),
            tagging: OnceLock::new(),
            creating: OnceLock::new(),
        }
    }

    /// All of them, sorted by id.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation that configuration calls so.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Operation> {
        self.ids
            .get(id)
            .map(|at| &self.operations[*at])
            .or_else(|| self.tagging().by_id(id))
            .or_else(|| self.creating().by_id(id, Side::File))
    }

    /// The operation that a value of `X-Amz-Target` means.
    #[must_use]
    pub fn by_target(&self, target: &str) -> Option<&Operation> {
        let known = self.targets.get(target).map(|at| &self.operations[*at]);
        known.or_else(|| self.tagging().by_target(target)).or_else(|| self.creating().by_target(target))
    }

    fn tagging(&self) -> &Tagging {
        self.tagging.get_or_init(Tagging::load)
    }

    fn creating(&self) -> &Creating {
        self.creating.get_or_init(Creating::load)
    }

    /// The ids of the operations that create or change something and take tags with it, sorted: those of all services, beside the ones
    /// that are known in full.
    pub fn creating_ids(&self) -> impl Iterator<Item = &str> {
        self.creating().ids()
    }

    /// The operation of AWS that a method and a URL mean. The host or an ARN in the path names the service.
    #[must_use]
    pub fn by_url(&self, method: &str, url: &str) -> Option<PathMatch<'_>> {
        let url = Url::read(url);
        if url.endpoint.is_none() && url.arn().is_none() {
            return None;
        }
        let (tagging, creating) = (self.tagging(), self.creating());
        let mut asked: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        if url.endpoint.is_some() {
            let at_host = creating.endpoints().filter(|(prefix, _)| url.is_at(prefix));
            asked.extend(at_host.flat_map(|(prefix, services)| services.iter().map(move |service| (service.as_str(), Some(prefix)))));
        } else if let Some(word) = url.arn() {
            asked.extend(tagging.services(word).into_iter().map(|service| (service, None)));
        }
        let mut best: Vec<(usize, &str, Parameters<'_>)> = Vec::new();
        let rows = asked
            .iter()
            .flat_map(|(service, prefix)| tagging.sent(service).chain(creating.sent(service)).map(move |(id, row)| (id, row, *prefix)));
        for (id, row, prefix) in rows {
            let Some((_, template)) = row.sent().filter(|(needed, _)| needed.eq_ignore_ascii_case(method)) else { continue };
            let Some((fit, found)) = url.fit(template, prefix) else { continue };
            if best.first().is_none_or(|(before, ..)| *before <= fit) {
                best.retain(|(before, ..)| *before == fit);
                best.push((fit, id, found));
            }
        }
        // Several services share an endpoint: the one that is called like it owns what the others have, too.
        let owner = |id: &str| id.split(':').next().is_some_and(|service| url.endpoint == Some(service) || url.arn() == Some(service));
        if best.len() > 1 {
            best.retain(|(_, id, _)| owner(id));
        }
        let [(_, id, found)] = &best[..] else { return None };
        let operation = tagging.by_id_sent(id).or_else(|| creating.by_id(id, Side::Sent))?;
        Some(PathMatch { operation, method_fits: true, parameters: found.clone() })
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
            || kind_of_file(name).is_some()
            || memchr::memmem::find(text, b"\\u00").is_some()
            || self.words.get_or_init(|| Words::new(&self.operations, &self.shapes)).are_in(text)
            || (memchr::memmem::find(text, tagging::ARN).is_some() && self.tagging().may_be(text))
    }
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
        // Requests of all services: one that is named in its envelope, one at a host of AWS, one with an ARN in its path.
        let together = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
        for named in ["\"action\"", "\"operation\"", "\"target\""] {
            sets.extend(["body", "payload", "input", "params", "parameters"].map(|body| together(&[named, &format!("\"{body}\""), "tag"])));
        }
        sets.extend([".amazonaws.com", ".api.aws", "/arn:", "/arn%3a"].map(|word| together(&[word, "\"method\"", "tag"])));
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
    fn a_path_has_its_literals() {
        let template = "/v1.0/{project}/kms/{key}/tags";
        assert_eq!(literals(template), ["/kms/", "/tags", "/v1.0/"].map(str::to_owned).into());
    }
}
