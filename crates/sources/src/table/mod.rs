//! Formats as tables: one file says how records of a format are recognised, how they split into raw fields, and which
//! raw field is which column.
//!
//! In: the files of `formats/` (and the user's own), and the text of records. Out: rows, with the log source and the columns
//! that the table names. [`Definition`] is a file as read, [`Formats`] is all of them, [`LogDecoder`] turns records into rows by
//! them. How a file is written is in `docs/formats.md`. This module never reads a file of logs itself, and knows no product:
//! what a table cannot say is a [`split`] of its own.

mod code;
mod columns;
mod convert;
mod decoder;
mod definition;
mod describe;
mod engine;
mod envelope;
mod file;
mod flow;
mod formats;
mod heads;
mod hints;
mod kinds;
mod messages;
mod pattern;
mod phrases;
mod plan;
mod raws;
mod recognise;
mod signs;
mod split;
mod starts;

pub(crate) use code::journal::binary;
pub use columns::{Column, Columns, Type};
pub(crate) use convert::{Aside, value};
pub use decoder::{LogDecoder, Mostly};
pub(crate) use definition::{Body, Condition, Part, Template, ValueMap, Wanted};
pub use definition::{Definition, Records, Sign};
pub use describe::{Description, describe, markdown};
pub(crate) use file::ANY_JSON;
pub use file::Problem;
pub(crate) use flow::directed;
pub use formats::{FormatId, Formats};
pub use recognise::{Guess, guesses};
