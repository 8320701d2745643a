//! Why nothing can be loaded.

use std::{io, path::PathBuf};

use thiserror::Error;

/// Why nothing can be loaded.
#[derive(Debug, Error, miette::Diagnostic)]
pub enum LoadError {
    /// A path that does not exist.
    #[error("there is no file or directory `{}`", path.display())]
    #[diagnostic(help("paths are relative to the working directory"))]
    NoSuchPath {
        /// The path as given.
        path: PathBuf,
    },
    /// A path that is not below the tree.
    #[error("`{}` lies outside the tree `{}`", path.display(), root.display())]
    #[diagnostic(help("name a directory above both with `--root`"))]
    Outside {
        /// The path as given.
        path: PathBuf,
        /// The tree.
        root: PathBuf,
    },
    /// A directory of facts that is none.
    #[error("there is no directory of facts `{}`", path.display())]
    #[diagnostic(help("`facts` in the configuration names directories, relative to the file"))]
    NoFacts {
        /// The path.
        path: PathBuf,
    },
    /// A path that cannot be looked at.
    #[error("cannot look at `{}`", path.display())]
    Look {
        /// The path as given.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}
