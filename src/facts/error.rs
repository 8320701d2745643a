//! What can be wrong with a user's facts.

use std::{ops::Range, sync::Arc};

use super::locate::{Half, locate};
use crate::source::Source;

/// Why a user's facts cannot be used.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum FactsError {
    /// The file is in no folder that means a kind of facts.
    #[error("cannot use the facts in {path}: the folder does not say what kind they are")]
    #[diagnostic(help("put the file in `tags`, `terraform` or `requests` below the folder of facts"))]
    Folder {
        /// The path of the file, as reports show it.
        path: String,
    },
    /// The file's content is wrong at one place.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Content(#[from] Box<ContentError>),
}

/// What is wrong at one place of a user's file.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("cannot use the facts in {path}: {message}")]
pub struct ContentError {
    /// The path of the file, as reports show it.
    pub path: String,
    /// What is wrong. No capital, no full stop.
    pub message: String,
    /// What to do, where it is known.
    #[help]
    pub help: Option<String>,
    /// The bytes of the file that it is about.
    #[label("here")]
    pub at: Range<usize>,
    #[source_code]
    text: miette::NamedSource<String>,
}

/// Something wrong, before its bytes are known.
#[derive(Debug)]
pub(super) struct Problem {
    /// A JSON Pointer.
    pub pointer: String,
    pub half: Half,
    pub message: String,
    pub help: Option<String>,
}

impl Problem {
    /// A problem with the value at `pointer`.
    pub fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), half: Half::Value, message: message.into(), help: None }
    }

    /// The same problem, with what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The problem that comes first in the file, as an error.
pub(super) fn first(problems: Vec<Problem>, source: &Arc<Source>) -> Result<(), FactsError> {
    let place = |problem: &Problem| locate(source.text(), &problem.pointer, problem.half);
    match problems.into_iter().min_by_key(|problem| place(problem).start) {
        Some(problem) => Err(content(source, place(&problem), problem.message, problem.help)),
        None => Ok(()),
    }
}

/// An error about `at` in `source`.
pub(super) fn content(source: &Arc<Source>, at: Range<usize>, message: String, help: Option<String>) -> FactsError {
    let text = miette::NamedSource::new(source.path(), source.text().to_owned()).with_language("json");
    FactsError::Content(Box::new(ContentError { path: source.path().to_owned(), message, help, at, text }))
}

/// `pointer` with one more step.
pub(super) fn step(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The one of `known` that `name` was probably meant to be.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |known: &str| strsim::damerau_levenshtein(&name.to_lowercase(), &known.to_lowercase());
    let near = known.into_iter().map(|known| (distance(known), known)).min()?;
    (near.0 <= 1 + name.chars().count() / 3).then_some(near.1)
}
