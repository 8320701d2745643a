//! The files of `rules/`, as they were when the program was built.

/// Path below `rules/` and text, sorted by path. `build.rs` writes the table.
pub static EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The text of one file; empty where there is none, which no caller's path is.
pub(super) fn text(path: &str) -> &'static str {
    EMBEDDED.binary_search_by_key(&path, |(path, _)| path).map_or("", |at| EMBEDDED[at].1)
}

/// The files below a folder.
pub(super) fn below(folder: &str) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
    EMBEDDED.iter().copied().filter(move |(path, _)| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
}
