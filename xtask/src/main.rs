//! The project's own chores: `cargo xtask CHORE`.
//!
//! In: the working tree, or corpora. Out: complaints, larger corpora, tables of measurements. Nothing here is part of the
//! product, and nothing here is needed to build it.

mod compare;
mod error;
mod extract;
mod multiply;
mod random;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use crate::error::Error;

/// The project's own chores.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
enum Chore {
    /// Checks what compilers do not: sizes of files and functions, module docs, the arrows between crates, …
    Tidy,
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
}

fn main() -> ExitCode {
    let result = match Chore::parse() {
        Chore::Tidy => tidy::run(workspace()),
        Chore::Extract(options) => extract::run(&options),
        Chore::Multiply(options) => multiply::run(&options),
        Chore::Compare(options) => compare::run(workspace(), &options),
        Chore::Measure(options) => compare::measure::run(&options),
        Chore::EvtxJson(options) => compare::parsers::evtx_json(&options),
        Chore::JsonParse(options) => compare::parsers::json_parse(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace that this program was built from.
fn workspace() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// The files below the given paths, sorted, without hidden ones; a file stands for itself.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
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
