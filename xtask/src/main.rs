//! The project's own chores: `cargo xtask CHORE`.
//!
//! In: the working tree, or corpora. Out: complaints, larger corpora, tables of measurements. Nothing here is part of the
//! product, and nothing here is needed to build it.

#[cfg(feature = "corpora")]
mod compare;
#[cfg(feature = "corpora")]
mod corpora;
mod error;
#[cfg(feature = "corpora")]
mod extract;
#[cfg(feature = "corpora")]
mod multiply;
#[cfg(feature = "corpora")]
mod random;
mod tidy;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

/// The project's own chores.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
enum Chore {
    /// Checks what compilers do not: sizes of files and functions, module docs, the arrows between crates, …
    Tidy,
    #[cfg(feature = "corpora")]
    #[command(flatten)]
    Corpora(corpora::Chore),
}

fn main() -> ExitCode {
    let result = match Chore::parse() {
        Chore::Tidy => tidy::run(workspace()),
        #[cfg(feature = "corpora")]
        Chore::Corpora(chore) => chore.run(workspace()),
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
