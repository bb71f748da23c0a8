//! What can go wrong in a chore.

use std::io;

/// Why a chore stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or a program could not be used.
    #[error("{what}: {source}")]
    Io {
        /// Which, and what was tried.
        what: String,
        /// What the system said.
        source: io::Error,
    },
    /// Anything else, with what to do.
    #[error("{0}")]
    Said(String),
    /// The chore found what it looks for, and has printed it.
    #[error("{0} to mend")]
    Found(usize),
}

/// Adds the path to what the system says.
#[cfg(feature = "corpora")]
pub fn at(path: &std::path::Path) -> impl Fn(io::Error) -> Error + '_ {
    |source| Error::Io { what: path.display().to_string(), source }
}
