//! Correlations: each kind and window by example, chains, bounds and saving, and an independent engine's opinion.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod bench;
mod chains;
mod generate;
mod kinds;
mod oracle;
mod state;
mod windows;
