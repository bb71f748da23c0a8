//! Framers: streams of bytes cut into blocks of whole records.
//!
//! In: the stream of one input. Out: [`Block`](crate::Block)s with a span per record. One framer per way of cutting:
//! [`LineFramer`], [`RecordFramer`], [`JsonValueFramer`], [`XmlEventFramer`], and [`Utf16Framer`] around any of them for UTF-16 inputs.
//! A framer holds one block and the record that the block's end cut through; it never looks into a record further than
//! it must to find its end.

mod fill;
mod json_probe;
mod json_values;
mod lines;
mod records;
mod utf16;
mod xml_events;

pub use json_values::JsonValueFramer;
pub use lines::LineFramer;
pub use records::{RecordFramer, is_dated};
pub use utf16::Utf16Framer;
pub use xml_events::XmlEventFramer;

pub(crate) use json_probe::is_wrapper;

pub(crate) const BOM: &[u8] = b"\xef\xbb\xbf";
