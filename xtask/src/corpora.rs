//! The chores on corpora, and what they share.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::{compare, extract, multiply};

/// What can be done with corpora.
#[derive(Debug, clap::Subcommand)]
pub enum Chore {
    /// Unpacks the JSON lines in zip and tar.gz archives below a folder.
    Extract(extract::Options),
    /// Makes a large corpus out of a small one.
    Multiply(multiply::Options),
    /// Measures `yagura hunt` beside other programs, and prints a table.
    Compare(compare::Options),
    /// Runs a program and prints what it used, as JSON.
    #[command(hide = true)]
    Measure(compare::measure::Options),
    /// Renders EVTX files as JSON with the evtx crate alone.
    #[command(hide = true)]
    EvtxJson(compare::parsers::EvtxOptions),
    /// Parses JSON lines, and does nothing with them.
    #[command(hide = true)]
    JsonParse(compare::parsers::JsonOptions),
    /// Has the baselines of the curve look at a drill, and prints how far down they find each intrusion, as JSON.
    #[command(hide = true)]
    Baselines(compare::curve::BaselineOptions),
}

impl Chore {
    /// Does it.
    ///
    /// # Errors
    /// As the chore says.
    pub fn run(&self, workspace: &Path) -> Result<(), Error> {
        match self {
            Chore::Extract(options) => extract::run(options),
            Chore::Multiply(options) => multiply::run(options),
            Chore::Compare(options) => compare::run(workspace, options),
            Chore::Measure(options) => compare::measure::run(options),
            Chore::EvtxJson(options) => compare::parsers::evtx_json(options),
            Chore::JsonParse(options) => compare::parsers::json_parse(options),
            Chore::Baselines(options) => compare::curve::run_baselines(options),
        }
    }
}

/// The files below the given paths, sorted, without hidden ones; a file stands for itself.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in paths {
        for entry in walkdir::WalkDir::new(path).follow_links(true) {
            let entry = entry.map_err(|error| Error::Said(error.to_string()))?;
            let is_hidden = entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
            if entry.file_type().is_file() && !is_hidden {
                files.push(entry.into_path());
            }
        }
    }
    files.sort();
    Ok(files)
}
