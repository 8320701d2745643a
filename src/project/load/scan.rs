//! What in the rest of a tree belongs to what was asked for: files that call its modules, or read its JSON files.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use aho_corasick::AhoCorasick;
use memchr::memmem;
use rayon::prelude::*;

use super::{Loading, with_content};
use crate::{
    project::{Document, LocalCall, Role, directory, local_calls, walk::Found},
    source::{Source, SourceId},
    syntax::view,
};

/// A JSON file that a text names.
struct Read {
    /// The directory of the text.
    from: String,
    /// What the path is relative to.
    base: Base,
    /// The path, as far as it is written.
    path: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Base {
    /// `path.module`
    Module,
    /// Where Terraform runs, which is the root module.
    Root,
    /// An expression.
    Unknown,
}

impl Loading<'_> {
    /// Looks for module calls in all files of the tree that are not loaded. Returns the directories whose files read a JSON file that is: what
    /// Terraform reads is judged as Terraform reads it.
    pub(super) fn scan(&mut self, tree: Option<Vec<Found>>) -> Vec<String> {
        let files = tree.unwrap_or_else(|| self.walk.directory(self.walk.root).files);
        let others: Vec<Found> =
            files.into_iter().filter(|file| file.role.is_module_file() && !self.loaded.contains_key(file.path.as_os_str())).collect();
        let json = self.loaded.values().filter(|loaded| loaded.2.role == Role::Json).map(|loaded| loaded.0.shown.as_str());
        let mut paths: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        json.for_each(|path| paths.entry(path.rsplit('/').next().unwrap_or(path)).or_default().push(path));
        let names: Vec<&str> = paths.keys().copied().collect();
        let search = AhoCorasick::new(&names).ok().filter(|_| !names.is_empty());
        let found: Vec<(Vec<LocalCall>, Vec<Read>)> = others
            .par_iter()
            .filter_map(|Found { shown, path, role }| {
                let scan = |content: Cow<'_, [u8]>| {
                    let reads = search.as_ref().map(|search| reads(search, &content, directory(shown))).unwrap_or_default();
                    let calls = may_call(&content).then(|| {
                        let source = Arc::new(Source::new(SourceId(0), shown.as_str(), content.into_owned()));
                        local_calls(&Document::parse(*role, &source).tree, directory(shown))
                    });
                    (calls.unwrap_or_default(), reads)
                };
                with_content(path, scan).ok()
            })
            .collect();
        let paths: BTreeMap<String, Vec<String>> =
            paths.into_iter().map(|(name, paths)| (name.to_owned(), paths.into_iter().map(str::to_owned).collect())).collect();
        let mut all = Vec::new();
        for (calls, reads) in found {
            self.calls.extend(calls);
            all.extend(reads);
        }
        let is_one = |read: &Read| {
            let named = paths.get(read.path.rsplit('/').next().unwrap_or_default()).map_or(&[][..], Vec::as_slice);
            let written = format!("./{}", read.path);
            let is_read_from = |base: &str| view::join(base, &written).is_some_and(|path| named.contains(&path));
            match read.base {
                Base::Unknown => true,
                Base::Module => is_read_from(&read.from),
                Base::Root => self.with_callers(BTreeSet::from([read.from.clone()])).iter().any(|root| is_read_from(root)),
            }
        };
        all.iter().filter(|read| is_one(read)).map(|read| read.from.clone()).collect()
    }
}

/// Whether a file may call a local module. Its source begins with `./` or `../`, or is `.` or `..`; some character of it may be escaped.
fn may_call(content: &[u8]) -> bool {
    let has = |word: &[u8]| memmem::find(content, word).is_some();
    let is_local = |at: usize| {
        let rest = &content[at + 2..];
        matches!(rest.strip_prefix(b".").unwrap_or(rest).first(), Some(b'/' | b'"' | b'\\'))
    };
    has(b"module") && has(b"source") && (memmem::find_iter(content, b"\".").any(is_local) || has(b"\"\\"))
}

/// Where a text has the name of a JSON file, with the path before it.
fn reads(names: &AhoCorasick, content: &[u8], from: &str) -> Vec<Read> {
    let read = |name: aho_corasick::Match| {
        let before = &content[..name.start()];
        let start = before.iter().rposition(|byte| !byte.is_ascii_alphanumeric() && !b"/._-".contains(byte)).map_or(0, |at| at + 1);
        let is = |expression: &[u8]| before[..start].strip_suffix(b"}").is_some_and(|text| text.trim_ascii_end().ends_with(expression));
        let base = match before[..start].last() {
            Some(b'"') | None => Base::Root,
            Some(_) if is(b"path.module") => Base::Module,
            Some(_) if is(b"path.root") || is(b"path.cwd") => Base::Root,
            Some(_) => Base::Unknown,
        };
        let path = String::from_utf8_lossy(&content[start..name.end()]);
        Read { from: from.to_owned(), base, path: path.trim_start_matches('/').to_owned() }
    };
    names.find_overlapping_iter(content).map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_local_sources_are_calls() {
        for text in [
            "module \"a\" { source = \"./m\" }",
            "module \"a\" {\n  source=\"..\"\n}",
            "{\"module\":{\"a\":{\"source\":\".\\/m\"}}}",
            "module \"a\" { source = \"\\u002e/m\" }",
        ] {
            assert!(may_call(text.as_bytes()), "{text}");
        }
        for text in [
            "module \"a\" { source = \"git::https://example.com/a\" }",
            "resource \"a\" \"b\" { source = \"./m\" }",
            "module \"a\" { source = \"a/b\" } # \".x\"",
        ] {
            assert!(!may_call(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_path_is_read_with_what_it_is_relative_to() {
        let names = AhoCorasick::new(["k.json"]).expect("a name");
        let of = |text: &str| reads(&names, text.as_bytes(), "m").into_iter().map(|read| (read.base as u8, read.path)).collect::<Vec<_>>();
        assert_eq!(of("file(\"${path.module}/a/k.json\")"), [(Base::Module as u8, "a/k.json".to_owned())]);
        assert_eq!(
            of("file(\"../k.json\") file(\"${ path.root }/k.json\")"),
            [(Base::Root as u8, "../k.json".to_owned()), (Base::Root as u8, "k.json".to_owned())]
        );
        assert_eq!(
            of("file(\"${var.dir}/k.json\") x k.json"),
            [(Base::Unknown as u8, "k.json".to_owned()), (Base::Unknown as u8, "k.json".to_owned())]
        );
    }
}
