//! Hand-made cases of incidents, each small enough to read.
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
mod guards;
#[rustfmt::skip]
mod joins;
mod random;
mod state;
#[path = "../support/mod.rs"]
mod support;
#[rustfmt::skip]
mod telling;
#[rustfmt::skip]
mod usual;
