//! What stops a hunt. Damaged inputs never do: they are listed in `errors.jsonl`.

use std::path::PathBuf;

/// Why a hunt could not be done.
#[derive(Debug, thiserror::Error)]
pub enum HuntError {
    /// The output folder holds something already.
    #[error("the output folder {0} is not empty; choose another with --out, or overwrite it with --force")]
    OutputExists(PathBuf),
    /// The output folder or a file in it could not be written.
    #[error("cannot write {path}: {source}; check the folder's permissions and free space")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Temporary space could not be used.
    #[error("cannot use temporary space: {0}; set TMPDIR to a folder with free space")]
    Spill(std::io::Error),
    /// A rule file or folder that was named could not be read.
    #[error("cannot read the rules in {path}: {source}; check the path given with --rules")]
    Rules {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file or folder of indicators that was named could not be read.
    #[error("cannot read the indicators in {path}: {source}; check the path given with --intel")]
    Intel {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The user's list of values that are no indicators could not be used.
    #[error("cannot use the allow-list {path}: {reason}; give a text file with a value per line")]
    Allow {
        /// The path.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// None of the files of indicators could be read.
    #[error("no indicators could be read: {} {}: {}; give STIX 2 bundles, MISP events, or lists", .0.file, .0.place, .0.what)]
    NoIntel(sigma::intel::Problem),
    /// None of the inputs could be read.
    #[error("none of the {0} inputs could be read; errors.jsonl in the output folder says why for each")]
    NothingRead(usize),
    /// The given paths hold no files at all.
    #[error("there is no file in the given paths; give a file, a folder, or - for standard input")]
    NoInputs,
}
