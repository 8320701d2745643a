//! The operations that tag and untag, of every service: rows of `rules/tagging/`, made from the models of the services. They are read only
//! where a file shows that it may be one of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aho_corasick::AhoCorasick;
use serde::Deserialize;

use super::{
    Operation,
    row::{About, Made, Row, Side, first},
};
use crate::facts::{embedded, read};

/// All of them.
#[derive(Debug)]
pub(super) struct Tagging {
    rows: Vec<(String, Row, Made)>,
    source: String,
    checked: String,
    /// The rows that a value of `X-Amz-Target` means.
    targets: HashMap<String, usize>,
    /// The rows of a service, by the third word of its ARNs.
    arns: HashMap<String, Vec<usize>>,
    words: Words,
}

#[derive(Debug, Deserialize)]
struct File {
    source: String,
    checked: String,
    operations: BTreeMap<String, Row>,
}

impl Tagging {
    pub fn load() -> Self {
        let mut all = Self {
            rows: Vec::new(),
            source: String::new(),
            checked: String::new(),
            targets: HashMap::new(),
            arns: HashMap::new(),
            words: Words::default(),
        };
        let (mut named, mut tags) = (BTreeSet::new(), BTreeSet::new());
        for (_, text) in embedded::below("tagging") {
            let file: File = read(serde_json::from_str(text));
            (all.source, all.checked) = (file.source, file.checked);
            for (id, row) in file.operations {
                let at = all.rows.len();
                if let Some(target) = &row.target {
                    all.targets.entry(target.clone()).or_insert(at);
                }
                if let Some(arn) = &row.arn {
                    arn.services.iter().for_each(|word| all.arns.entry(word.clone()).or_default().push(at));
                    named.insert(arn.member.to_ascii_lowercase());
                    tags.insert(format!("\"{}\"", first(&row.tags.all()[0].member).to_ascii_lowercase()));
                }
                all.rows.push((id, row, Made::default()));
            }
        }
        all.words = Words { named, tags: AhoCorasick::builder().ascii_case_insensitive(true).build(&tags).ok() };
        all
    }

    /// The ids of all operations, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|(id, ..)| id.as_str())
    }

    pub fn by_id(&self, id: &str) -> Option<&Operation> {
        self.rows.binary_search_by_key(&id, |(id, ..)| id).ok().map(|at| self.operation(at))
    }

    pub fn by_target(&self, target: &str) -> Option<&Operation> {
        self.targets.get(target).map(|at| self.operation(*at))
    }

    /// The operations that have all of these members, given in small letters, need no other, and have the name of something in `member`, an
    /// ARN with `word` as its service. If several have, the one whose service is called like that.
    pub fn by_arn(&self, member: &str, word: &str, names: &BTreeSet<String>) -> Vec<&Operation> {
        let fits = |at: &&usize| {
            let row = &self.rows[**at].1;
            let needs = || row.required.iter().chain(&row.apart);
            let known = |name: &String| {
                name.eq_ignore_ascii_case(first(&row.tags.all()[0].member))
                    || row.members.keys().any(|known| known.eq_ignore_ascii_case(name))
            };
            let is_there = |name: &String| names.contains(&name.to_ascii_lowercase());
            row.arn.as_ref().is_some_and(|arn| arn.member.eq_ignore_ascii_case(member))
                && needs().all(is_there)
                && is_there(&first(&row.tags.all()[0].member).to_owned())
                && names.iter().all(known)
        };
        let found: Vec<usize> = self.arns.get(word).into_iter().flatten().filter(fits).copied().collect();
        let own = |at: &&usize| self.rows[**at].0.split(':').next() == Some(word);
        let owned: Vec<usize> = found.iter().filter(own).copied().collect();
        let chosen = if owned.len() == 1 { owned } else { found };
        chosen.into_iter().map(|at| self.operation(at)).collect()
    }

    /// Whether a text may be a request that an ARN names: an ARN in one of the members that name something, and tags.
    pub fn may_be(&self, text: &[u8]) -> bool {
        /// So many ARNs are looked at: a request begins with what it is about.
        const MOST: usize = 16;
        let is_named = |at: usize| {
            let before = text[..at].trim_ascii_end();
            let before = before.strip_suffix(b"[").unwrap_or(before).trim_ascii_end();
            let Some(before) = before.strip_suffix(b":").map(<[u8]>::trim_ascii_end).and_then(|name| name.strip_suffix(b"\"")) else {
                return false;
            };
            let start = memchr::memrchr(b'"', before).map_or(0, |quote| quote + 1);
            std::str::from_utf8(&before[start..]).is_ok_and(|name| self.words.named.contains(&name.to_ascii_lowercase()))
        };
        memchr::memmem::find_iter(text, ARN).take(MOST).any(is_named) && self.words.tags.as_ref().is_none_or(|tags| tags.is_match(text))
    }

    /// The operations of a service.
    pub fn sent<'t>(&'t self, service: &str) -> impl Iterator<Item = (&'t str, &'t Row)> {
        self.rows.iter().map(|(id, row, _)| (id.as_str(), row)).filter(move |(id, _)| id.split(':').next() == Some(service))
    }

    /// The names of the services whose ARNs have this word.
    pub fn services(&self, word: &str) -> BTreeSet<&str> {
        self.arns.get(word).into_iter().flatten().filter_map(|at| self.rows[*at].0.split(':').next()).collect()
    }

    /// The operation as it is sent.
    pub fn by_id_sent(&self, id: &str) -> Option<&Operation> {
        self.rows.binary_search_by_key(&id, |(id, ..)| id).ok().map(|at| self.made(at, Side::Sent))
    }

    fn operation(&self, at: usize) -> &Operation {
        self.made(at, Side::File)
    }

    fn made(&self, at: usize, side: Side) -> &Operation {
        let (id, row, made) = &self.rows[at];
        made.get(side, row, About { id, target: row.target.as_deref(), open: true, source: &self.source, checked: &self.checked })
    }
}

/// How an ARN begins in JSON.
pub(super) const ARN: &[u8] = b"\"arn:";

/// Words of requests that an ARN names.
#[derive(Debug, Default)]
struct Words {
    /// The members that hold the ARN, in small letters.
    named: BTreeSet<String>,
    /// The members that hold tags, in quotes.
    tags: Option<AhoCorasick>,
}
