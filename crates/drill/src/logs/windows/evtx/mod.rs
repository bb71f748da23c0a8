//! EVTX files, as the event log service writes them.
//!
//! In: events, in the order in which they are to stand. Out: a file with its header, and chunks of 64 KiB with their checksums and their tables of
//! names and templates. Records count from 1 without gaps. Memory is one chunk.
//!
//! Format: MS-EVEN6 section 2.2 (BinXML), and libyal's description of the file format.

mod chunk;
mod template;

use std::io::{self, Seek, SeekFrom, Write};

use super::body::TooLong;
use super::event::Head;
use chunk::{CHUNK_BYTES, Chunk};

/// A file that is being written.
#[derive(Debug)]
pub struct EvtxFile<W> {
    out: W,
    chunk: Chunk,
    chunks: u64,
    next_record: u64,
}

/// Why an event was not written.
#[derive(Debug, thiserror::Error)]
pub enum EvtxError {
    /// It is too large.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// No more fits into a file of this format.
    #[error("an EVTX file cannot be larger than 4 GiB; write fewer days, or fewer events, to this log")]
    Full,
    /// The file could not be written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

const FILE_HEADER_BYTES: usize = 0x1000;
/// The header counts them in 16 bits.
const MOST_CHUNKS: u64 = 0xFFFF;

impl<W: Write + Seek> EvtxFile<W> {
    /// A file that has no event yet; it says that it was not closed until it is [finished](EvtxFile::finish).
    pub fn new(out: W) -> io::Result<EvtxFile<W>> {
        EvtxFile::after(out, 0)
    }

    /// The same for a log that goes on in a new file, after so many records in others: Windows numbers them on.
    pub fn after(mut out: W, records: u64) -> io::Result<EvtxFile<W>> {
        out.write_all(&file_header(0, records + 1, true))?;
        Ok(EvtxFile { out, chunk: Chunk::new(), chunks: 0, next_record: records + 1 })
    }

    /// Writes an event with the values that [`super::pack`] made of it, and returns its EventRecordID.
    pub fn write(&mut self, head: &Head, computer: &str, body: &[u8]) -> Result<u64, EvtxError> {
        if !self.chunk.holds(head, computer, body) {
            self.flush()?;
            if !self.chunk.holds(head, computer, body) {
                return Err(TooLong(head.kind.name).into());
            }
        }
        if self.chunks >= MOST_CHUNKS {
            return Err(EvtxError::Full);
        }
        let record = self.next_record;
        self.chunk.push(record, head, computer, body);
        self.next_record += 1;
        Ok(record)
    }

    /// The number of the last record.
    pub fn records(&self) -> u64 {
        self.next_record - 1
    }

    /// How large the file is, without what was not written yet.
    pub fn bytes(&self) -> u64 {
        FILE_HEADER_BYTES as u64 + self.chunks * CHUNK_BYTES as u64
    }

    /// Writes what is left and closes the file.
    pub fn finish(mut self) -> io::Result<W> {
        if !self.chunk.is_empty() || self.chunks == 0 {
            self.flush()?;
        }
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&file_header(self.chunks, self.next_record, false))?;
        self.out.seek(SeekFrom::End(0))?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.chunk.is_empty() && self.chunks > 0 {
            return Ok(());
        }
        self.out.write_all(self.chunk.finish())?;
        self.chunk.clear();
        self.chunks += 1;
        Ok(())
    }
}

fn file_header(chunks: u64, next_record: u64, dirty: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(FILE_HEADER_BYTES);
    bytes.extend_from_slice(b"ElfFile\0");
    bytes.extend_from_slice(&0u64.to_le_bytes());
    bytes.extend_from_slice(&chunks.saturating_sub(1).to_le_bytes());
    bytes.extend_from_slice(&next_record.to_le_bytes());
    bytes.extend_from_slice(&128u32.to_le_bytes());
    for version_and_sizes in [1u16, 3, FILE_HEADER_BYTES as u16, chunks as u16] {
        bytes.extend_from_slice(&version_and_sizes.to_le_bytes());
    }
    bytes.resize(120, 0);
    let sum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&u32::from(dirty).to_le_bytes());
    bytes.extend_from_slice(&sum.to_le_bytes());
    bytes.resize(FILE_HEADER_BYTES, 0);
    bytes
}

const _: () = assert!(CHUNK_BYTES == 0x1_0000);
