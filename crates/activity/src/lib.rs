//! Who did what to what: the view of events that is the same for every product.
//!
//! In: [`model::EventBatch`]es as decoders fill them. Out: [`model::Activity`]s (logon, process, share, flow, mail, database, …), whose
//! parts are ids of the extractor's own table of names. What is made of which record stands in tables (`tables/*.tsv`): a line names a
//! log source, conditions, the kind, and which column fills which part. [`Wanted`] makes decoders fill these columns; the extractor works
//! by value, so that a row costs a few look-ups.
//! This crate never decides which machine an address was, never joins two records, and never drops a record for being unimportant, except
//! where a table says so.

mod classes;
mod command;
mod convert;
mod extract;
mod memo;
mod statement;
mod table;
mod wanted;

pub use extract::Extractor;
pub use wanted::Wanted;
