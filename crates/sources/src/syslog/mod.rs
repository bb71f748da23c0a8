//! What stands around a message in syslog: its header, its data, and the year that it does not name.
//!
//! In: lines after RFC 5424 and RFC 3164 and their many variants. Out: a [`Header`] with the parts of a line. What the message says is told
//! by the formats of programs (`table`). Times without a zone are in the user's, times without a year as [`years`] says.

mod cisco;
mod header;
pub(crate) mod repeated;
pub(crate) mod structured;
pub mod years;

pub(crate) use header::Header;
pub use header::has_header;
