//! Syslog lines as events.
//!
//! In: lines after RFC 5424 and RFC 3164 and their many variants. Out: rows with `host`, `program`, `pid`, `message` and,
//! for the programs of `tables/linux.tsv`, what the message says (`user`, `src_ip`, `outcome`, …; names in
//! `docs/fields.md`). Times without a zone are in the user's, times without a year as [`years`] says. A line that is no
//! syslog is an event with its text as `message`. This module never joins lines into one event.

mod cisco;
mod header;
pub(crate) mod repeated;
pub(crate) mod structured;
pub mod years;

pub(crate) use header::Header;
pub use header::has_header;
