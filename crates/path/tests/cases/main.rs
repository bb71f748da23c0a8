//! Hand-made cases of sessions and causes, each small enough to read.
//!
//! A line of a story is a record; so that it stays one, stories are not formatted.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

#[rustfmt::skip]
mod bad_input;
#[rustfmt::skip]
mod causes;
#[rustfmt::skip]
mod sessions;
mod state;
#[path = "../support/mod.rs"]
mod support;
