//! Windows event log files.
//!
//! In: the bytes of an EVTX file, whole, cut short or damaged. Out: events in columns. Records of one kind share a
//! template that holds the names of their fields; it is read once, and a record is then only an array of values. A value
//! seen before is recognised by its bytes as they stand in the file and is never decoded again. What this reader does not
//! know (rare forms of BinXML) goes through the `evtx` crate, which is slower and knows all of it.
//!
//! Format: MS-EVEN6 section 2.2 (BinXML), and libyal's description of the file format.

mod decoder;
mod fallback;
mod framer;
mod plan;
mod template;
mod value;

pub use decoder::EvtxDecoder;
pub use framer::{CHUNK_BYTES, ChunkFramer};

/// Little-endian numbers at an offset; `None` beyond the end.
fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
