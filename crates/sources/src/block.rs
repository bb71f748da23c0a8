//! Blocks of whole records, and the two halves of every format.

use std::borrow::Cow;
use std::io::{self, Read};
use std::sync::Arc;

use encoding_rs::Encoding;
use model::BatchSet;

use crate::Errors;

/// How many bytes a framer gathers before it hands a block over (a single larger record makes a larger block).
pub const BLOCK_BYTES: usize = 1 << 20;

/// The largest record that is read whole; what is longer is cut there, reported, and the rest passed over.
pub const LARGEST_RECORD: usize = 16 << 20;

/// One raw record in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it begins in the block's bytes.
    pub start: u32,
    /// How many bytes it has, without the end of line.
    pub len: u32,
    /// EventRecordID, line number or array index from 1.
    pub record: u64,
}

/// A piece of an input that holds whole records. Reused from one call to the next.
#[derive(Debug, Default)]
pub struct Block {
    /// The raw bytes (UTF-16 inputs: already UTF-8, see `utf16`).
    pub bytes: Vec<u8>,
    /// The records, in order.
    pub spans: Vec<Span>,
    /// Lines that say what follows means (`#Fields: …`, the first line of a table): from behind which record on they hold, and
    /// their text.
    pub headers: Vec<(u64, Arc<str>)>,
    /// The encoding of records that are not UTF-8 (Shift_JIS, EUC-JP); `None` where none was recognised.
    pub legacy: Option<&'static Encoding>,
    /// Set where the input was UTF-16 and `bytes` is its UTF-8 form: digests are of the original encoding.
    pub utf16: Option<&'static Encoding>,
}

impl Block {
    /// The raw bytes of a record; empty for a span of another block.
    #[inline]
    pub fn raw(&self, span: Span) -> &[u8] {
        self.bytes.get(span.start as usize..span.start as usize + span.len as usize).unwrap_or_default()
    }

    /// The record's bytes as the input has them: what digests are made of.
    pub fn original(&self, span: Span) -> Cow<'_, [u8]> {
        let raw = self.raw(span);
        let Some(encoding) = self.utf16 else { return Cow::Borrowed(raw) };
        // encoding_rs only decodes UTF-16.
        let bytes = if encoding == encoding_rs::UTF_16BE { u16::to_be_bytes } else { u16::to_le_bytes };
        String::from_utf8_lossy(raw).encode_utf16().flat_map(bytes).collect::<Vec<u8>>().into()
    }

    /// Empties the block for the next round, keeping its memory and encodings.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.spans.clear();
        self.headers.clear();
    }
}

/// Cuts a stream of bytes into blocks of whole records.
pub trait Framer {
    /// Fills `block` (emptied first) with the next records. `false` at the end of the input.
    ///
    /// # Errors
    /// Only where the stream itself cannot be read further; what is wrong with a record goes into `errors`.
    fn next(&mut self, input: &mut dyn Read, block: &mut Block, errors: &mut Errors) -> io::Result<bool>;
}

/// Turns the records of a block into rows of a batch set.
pub trait Decoder {
    /// Decodes `spans`, all of `block`, in order. Every record becomes a row: what cannot be understood becomes an event
    /// with a `message`, and is reported where something is damaged. Called again for single records of the same block
    /// when one is needed with every field; time may then differ for formats that infer it from the lines before.
    fn decode(&mut self, block: &Block, spans: &[Span], out: &mut BatchSet, errors: &mut Errors);
}
