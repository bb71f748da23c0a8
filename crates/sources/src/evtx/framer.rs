//! Chunks of 64 KiB, and the records in them.
//!
//! In: the bytes of an EVTX file. Out: blocks of whole chunks with the spans of their records, and reports of what is
//! damaged or missing. Space that was set aside and never written is no damage: chunks of zeros are only reported where
//! the file's header counts them or chunks follow them.

use std::io::{self, Read};

use crate::evtx::{u16_at, u32_at, u64_at};
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
    header: Header,
    empty: Option<Empty>,
}

/// What the file's header says.
#[derive(Debug, Default)]
struct Header {
    present: bool,
    /// How many chunks there are. Unknown where the file was copied while in use, because the header is then out of date.
    chunks: Option<u64>,
}

/// Chunks of zeros, one after the other.
#[derive(Debug)]
struct Empty {
    begin: u64,
    end: u64,
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
            self.header = Header { present: true, chunks: counted_chunks(&header) };
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

    /// Remembers a chunk of zeros until it is known what comes after it.
    fn add_empty(&mut self, begin: u64) {
        let end = self.offset;
        self.empty.get_or_insert(Empty { begin, end }).end = end;
    }

    /// Reports the chunks of zeros just passed, where there must have been records in them.
    fn end_empty(&mut self, chunk_follows: bool, errors: &mut Errors) {
        let Some(empty) = self.empty.take().filter(|_| self.header.present) else { return };
        let counted = self.header.chunks.unwrap_or_default();
        let counted_end = FILE_HEADER_BYTES as u64 + counted * CHUNK_BYTES as u64;
        let (end, why) = match chunk_follows {
            true => (empty.end, "others follow".to_owned()),
            false => (empty.end.min(counted_end), format!("the file's header counts {counted}")),
        };
        if empty.begin >= end {
            return;
        }
        let reason = match (end - empty.begin).div_ceil(CHUNK_BYTES as u64) {
            1 => format!("the chunk here is empty though {why}; its records are lost"),
            lost => format!("{lost} chunks from here on are empty though {why}; their records are lost"),
        };
        let reason = format!("{reason}; copy the file again if you can");
        errors.add(Some(Place::Offset(empty.begin)), ErrorCode::DamagedPart, reason);
    }

    /// Reports, once, an end between two chunks that comes too early; one within a chunk is seen there.
    fn end(&mut self, errors: &mut Errors) {
        let Some(counted) = self.header.chunks.take() else { return };
        let Some(past_header) = self.offset.checked_sub(FILE_HEADER_BYTES as u64) else { return };
        let there = past_header / CHUNK_BYTES as u64;
        if there < counted && past_header.is_multiple_of(CHUNK_BYTES as u64) {
            let reason = format!(
                "the file ends after {there} of the {counted} chunks that its header counts; copy it again"
            );
            errors.add(Some(Place::Offset(self.offset)), ErrorCode::Truncated, reason);
        }
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
                self.end_empty(false, errors);
                self.end(errors);
                break;
            }
            let chunk = block.bytes.get(begin..).unwrap_or_default();
            if !chunk.starts_with(CHUNK_MAGIC) {
                let zeros = chunk.iter().all(|byte| *byte == 0);
                match (self.searching, zeros) {
                    (true, _) => {}
                    (false, true) => self.add_empty(offset),
                    (false, false) => {
                        self.end_empty(true, errors);
                        let reason = "no chunk begins here; this part was passed over up to the next chunk";
                        errors.add(Some(Place::Offset(offset)), ErrorCode::DamagedPart, reason);
                        self.searching = true;
                    }
                }
                self.resynchronise(&mut block.bytes, begin);
                continue;
            }
            self.end_empty(true, errors);
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

/// How many chunks a file has by its header; `None` where it was not closed, or the header is damaged.
fn counted_chunks(header: &[u8]) -> Option<u64> {
    const DIRTY: u32 = 1;
    let sound = u32_at(header, 124) == Some(crc32fast::hash(header.get(..120)?));
    let closed = u32_at(header, 120)? & DIRTY == 0;
    u16_at(header, 42).filter(|_| sound && closed).map(u64::from)
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
