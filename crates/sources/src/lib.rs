//! Decoders: bytes of any kind in, events in columns out.
//!
//! In: files, folders, archives, standard input ([`input`]). Out: [`model::BatchSet`]s, block by block, and
//! [`ReadError`]s for what could not be read. A [`Framer`] cuts a stream into [`Block`]s of whole records, a [`Decoder`]
//! turns the records of a block into rows; [`Format`] says which two belong together and recognises them by content.
//! This crate never judges an event and never holds more than a block of a file in memory.

mod block;
pub mod derive;
mod error;
pub mod evtx;
pub mod format;
pub mod framers;
pub mod input;
pub mod json;
mod steps;
pub mod syslog;
pub mod table;
pub mod text;
pub mod times;
pub mod windows;

pub use block::{Block, Decoder, Framer, Span};
pub use error::{ErrorCode, Errors, Place, ReadError};
pub use format::{Format, Options};
