//! Chunks of 64 KiB, and the records in them.

use std::io::{self, Read};

use crate::evtx::{u32_at, u64_at};
use crate::{Block, ErrorCode, Errors, Framer, Place, Span};

/// The size of a chunk; a block holds whole chunks, so a record's chunk begins at its offset rounded down to this.
pub const CHUNK_BYTES: usize = 0x1_0000;

const CHUNKS_PER_BLOCK: usize = 16;
const FILE_HEADER_BYTES: usize = 4096;
const CHUNK_HEADER_BYTES: usize = 512;
const RECORD_HEADER_BYTES: usize = 24;
const SMALLEST_RECORD: usize = RECORD_HEADER_BYTES + 4;
const CHUNK_MAGIC: &[u8] = b"ElfChnk\0";
const FILE_MAGIC: &[u8] = b"ElfFile\0";
const RECORD_MAGIC: &[u8] = b"\x2a\x2a\0\0";

/// Cuts an EVTX file into blocks of chunks. Damaged and missing parts are reported and passed over.
#[derive(Debug, Default)]
pub struct ChunkFramer {
    offset: u64,
    /// Bytes read ahead while looking for the next chunk.
    ahead: Vec<u8>,
    searching: bool,
}

impl ChunkFramer {
    /// For a file read from its beginning.
    pub fn new() -> ChunkFramer {
        ChunkFramer::default()
    }

    /// Reads one chunk to the end of `bytes`. Bytes got: fewer than a chunk only at the end of the input.
    fn read(&mut self, input: &mut dyn Read, bytes: &mut Vec<u8>, size: usize) -> io::Result<usize> {
        let before = bytes.len();
        let from_ahead = self.ahead.len().min(size);
        bytes.extend(self.ahead.drain(..from_ahead));
        input.take((size - from_ahead) as u64).read_to_end(bytes)?;
        let got = bytes.len() - before;
        self.offset += got as u64;
        Ok(got)
    }

    /// Drops what is no chunk and looks for the next one at the steps at which chunks can begin in carved files.
    fn resynchronise(&mut self, bytes: &mut Vec<u8>, begin: usize) -> bool {
        const STEP: usize = 512;
        let chunk = bytes.get(begin..).unwrap_or_default();
        let next = (STEP..chunk.len())
            .step_by(STEP)
            .find(|at| chunk.get(*at..).is_some_and(|rest| rest.starts_with(CHUNK_MAGIC)));
        if let Some(at) = next {
            self.offset -= (chunk.len() - at) as u64;
            let rest = chunk.get(at..).unwrap_or_default().to_vec();
            self.ahead = [rest, std::mem::take(&mut self.ahead)].concat();
        }
        bytes.truncate(begin);
        next.is_some()
    }

    fn header(&mut self, input: &mut dyn Read, errors: &mut Errors) -> io::Result<()> {
        let mut header = Vec::new();
        self.read(input, &mut header, FILE_HEADER_BYTES)?;
        if header.starts_with(FILE_MAGIC) {
            if header.len() < FILE_HEADER_BYTES {
                let reason = "the file ends within its header; copy it again";
                errors.add(Some(Place::Offset(header.len() as u64)), ErrorCode::Truncated, reason);
            }
            return Ok(());
        }
        // A file without its header (carved, or its header destroyed): chunks may begin at once.
        let reason = "the file header is missing or damaged; looking for chunks";
        errors.add(Some(Place::Offset(0)), ErrorCode::DamagedPart, reason);
        if header.starts_with(CHUNK_MAGIC) {
            self.offset = 0;
            self.ahead = header;
        }
        Ok(())
    }
}

impl Framer for ChunkFramer {
    fn next(&mut self, input: &mut dyn Read, block: &mut Block, errors: &mut Errors) -> io::Result<bool> {
        block.clear();
        if self.offset == 0 {
            self.header(input, errors)?;
        }
        while block.bytes.len() < CHUNKS_PER_BLOCK * CHUNK_BYTES {
            let begin = block.bytes.len();
            let offset = self.offset;
            let got = self.read(input, &mut block.bytes, CHUNK_BYTES)?;
            if got == 0 {
                break;
            }
            let chunk = block.bytes.get(begin..).unwrap_or_default();
            if !chunk.starts_with(CHUNK_MAGIC) {
                // Space set aside for later chunks is zeros.
                if chunk.iter().any(|byte| *byte != 0) && !self.searching {
                    let reason = "no chunk begins here; this part was passed over up to the next chunk";
                    errors.add(Some(Place::Offset(offset)), ErrorCode::DamagedPart, reason);
                    self.searching = true;
                }
                self.resynchronise(&mut block.bytes, begin);
                continue;
            }
            self.searching = false;
            if got < CHUNK_BYTES {
                let reason = "the file ends within a chunk; its complete records were read";
                errors.add(Some(Place::Offset(offset + got as u64)), ErrorCode::Truncated, reason);
                block.bytes.resize(begin + CHUNK_BYTES, 0);
            } else {
                check_sums(block.bytes.get(begin..).unwrap_or_default(), offset, errors);
            }
            records(
                &mut block.spans,
                block.bytes.get(begin..).unwrap_or_default(),
                begin,
                got,
                offset,
                errors,
            );
        }
        Ok(!block.bytes.is_empty())
    }
}

fn free_space_offset(chunk: &[u8]) -> usize {
    u32_at(chunk, 48).map_or(0, |offset| offset as usize)
}

fn check_sums(chunk: &[u8], offset: u64, errors: &mut Errors) {
    const NO_CRC: u32 = 4;
    if u32_at(chunk, 120).is_some_and(|flags| flags & NO_CRC != 0) {
        return;
    }
    let records = chunk.get(CHUNK_HEADER_BYTES..free_space_offset(chunk)).unwrap_or_default();
    if u32_at(chunk, 52) != Some(crc32fast::hash(records)) {
        let reason = "the checksum of this chunk's records is wrong: it was changed, or copied while being written; its \
                      records were read as far as they go";
        errors.add(Some(Place::Offset(offset)), ErrorCode::DamagedPart, reason);
    }
}

/// Appends the spans of a chunk's records. Where a record is damaged, goes on at the next that looks whole.
fn records(spans: &mut Vec<Span>, chunk: &[u8], begin: usize, got: usize, offset: u64, errors: &mut Errors) {
    let free = free_space_offset(chunk);
    let end = if (CHUNK_HEADER_BYTES..=got).contains(&free) { free } else { got };
    let mut at = CHUNK_HEADER_BYTES;
    while at + SMALLEST_RECORD <= end {
        if let Some(span) = record_at(chunk, at, end) {
            spans.push(Span { start: (begin + at) as u32, ..span });
            at += span.len as usize;
            continue;
        }
        let rest = chunk.get(at..end).unwrap_or_default();
        if rest.iter().all(|byte| *byte == 0) {
            return;
        }
        let reason = "a record here is damaged; reading goes on at the next whole one";
        errors.add(Some(Place::Offset(offset + at as u64)), ErrorCode::DamagedRecord, reason);
        let next = memchr::memmem::find_iter(rest, RECORD_MAGIC)
            .map(|found| at + found)
            .find(|candidate| *candidate > at && record_at(chunk, *candidate, end).is_some());
        match next {
            Some(next) => at = next,
            None => return,
        }
    }
}

fn record_at(chunk: &[u8], at: usize, end: usize) -> Option<Span> {
    let record = chunk.get(at..end)?;
    if !record.starts_with(RECORD_MAGIC) {
        return None;
    }
    let size = u32_at(record, 4)? as usize;
    if size < SMALLEST_RECORD || size > record.len() || u32_at(record, size - 4)? as usize != size {
        return None;
    }
    Some(Span { start: at as u32, len: size as u32, record: u64_at(record, 8)? })
}
