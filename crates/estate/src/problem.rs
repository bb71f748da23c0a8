//! What is wrong with a list.

use std::path::PathBuf;

use serde::Serialize;

/// Which kind of problem. The text form is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// A column that must be there is missing.
    MissingColumn,
    /// The row has no value where it must have one.
    MissingValue,
    /// A value that cannot be what the column says.
    BadValue,
    /// The same name or address as in an earlier row.
    Duplicate,
    /// More or fewer cells than the header.
    BadRow,
    /// Bytes that are no text in the file's encoding; they were replaced.
    BadEncoding,
}

/// One thing that is wrong, with its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The column's name; empty where it is the whole row.
    pub column: String,
    /// Which kind.
    pub code: Code,
    /// What is wrong and what to do, in English.
    pub reason: String,
    /// The row was not used.
    pub skipped: bool,
}

/// A list that cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadFailure {
    /// The file cannot be opened.
    #[error("{}: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A column that the list cannot do without.
    #[error("{file}: the header has no column `{column}`; it must have: {wanted}")]
    Header {
        /// The file.
        file: String,
        /// The column.
        column: &'static str,
        /// All that must be there.
        wanted: String,
    },
}
