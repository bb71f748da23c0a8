//! An EVTX file of a copy: the same events, later. Names within events stay.
//!
//! Layout after libyal's "Windows XML Event Log (EVTX) format": a file header of 4096 bytes, chunks of 64 KiB with a
//! header of 512 bytes, records that begin with 2a 2a 00 00, their size, their id and the time at which they were written.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use super::time;
use crate::error::{Error, at};

const FILE_HEADER: usize = 4096;
const CHUNK: usize = 64 << 10;
const CHUNK_HEADER: usize = 512;
const RECORD_HEADER: usize = 24;
const TICKS_PER_SECOND: u64 = 10_000_000;

/// Event and record are at most this far from each other in time, for the event's time to be found.
const NEAR: u64 = 60 * TICKS_PER_SECOND;

/// 1980: earlier times are none. Last records of exported files have 0.
const EARLIEST: u64 = 119_600_064_000_000_000;

/// Takes the times of a file's records into account.
pub fn range(path: &Path, range: &mut time::Range) -> Result<(), Error> {
    parts(path, |part| {
        for (start, _) in records(part) {
            let written = read_u64(part, start + 16).filter(|time| *time >= EARLIEST);
            let written = written.and_then(time::of_filetime);
            written.into_iter().for_each(|written| range.add(written));
        }
        Ok(())
    })
}

/// Writes the file with all times so many seconds later, and returns its size.
pub fn copy(from: &Path, to: &Path, seconds: i64) -> Result<u64, Error> {
    let mut out = BufWriter::new(File::create(to).map_err(at(to))?);
    let ticks = seconds.unsigned_abs().saturating_mul(TICKS_PER_SECOND);
    let mut size = 0;
    parts(from, |part| {
        if ticks > 0 {
            shift(part, ticks);
        }
        size += part.len() as u64;
        out.write_all(part).map_err(at(to))
    })?;
    out.flush().map_err(at(to))?;
    Ok(size)
}

/// Hands over the file header, then chunk after chunk; the last may be cut.
fn parts(path: &Path, mut each: impl FnMut(&mut [u8]) -> Result<(), Error>) -> Result<(), Error> {
    let mut input = BufReader::new(File::open(path).map_err(at(path))?);
    let mut part = Vec::new();
    let mut size = FILE_HEADER;
    loop {
        part.clear();
        if input.by_ref().take(size as u64).read_to_end(&mut part).map_err(at(path))? == 0 {
            return Ok(());
        }
        each(&mut part)?;
        size = CHUNK;
    }
}

/// Where the records of a chunk begin and end; none in what is no whole chunk.
fn records(part: &[u8]) -> Vec<(usize, usize)> {
    let mut records = Vec::new();
    if part.len() != CHUNK || !part.starts_with(b"ElfChnk\0") {
        return records;
    }
    let free = read_u32(part, 48).map_or(0, |free| free as usize).min(CHUNK);
    let mut start = CHUNK_HEADER;
    while start + RECORD_HEADER <= free && part.get(start..start + 4) == Some(b"\x2a\x2a\0\0") {
        let len = read_u32(part, start + 4).map_or(0, |len| len as usize);
        if len < RECORD_HEADER || start + len > free {
            break;
        }
        records.push((start, start + len));
        start += len;
    }
    records
}

fn shift(part: &mut [u8], ticks: u64) {
    let records = records(part);
    let mut last = None;
    for (start, end) in &records {
        // A record without a time is about as old as the one before it.
        last = read_u64(part, start + 16).filter(|time| *time >= EARLIEST).or(last);
        let Some(written) = last else { continue };
        // The time of the event lies anywhere in the record, as a value of its template: nothing else is that near.
        let mut place = start + 16;
        while place + 8 <= *end {
            match read_u64(part, place) {
                Some(time) if time.abs_diff(written) <= NEAR => {
                    write(part, place, &time.wrapping_add(ticks).to_le_bytes());
                    place += 8;
                }
                _ => place += 1,
            }
        }
    }
    if !records.is_empty() {
        checksums(part);
    }
}

/// CRC-32 of the records at 52, of the header (without 120 to 128) at 124.
fn checksums(part: &mut [u8]) {
    let free = read_u32(part, 48).map_or(0, |free| free as usize).min(CHUNK);
    let of_records = crc32fast::hash(part.get(CHUNK_HEADER..free).unwrap_or_default());
    write(part, 52, &of_records.to_le_bytes());
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(part.get(..120).unwrap_or_default());
    hasher.update(part.get(128..CHUNK_HEADER).unwrap_or_default());
    write(part, 124, &hasher.finalize().to_le_bytes());
}

fn read_u32(part: &[u8], at: usize) -> Option<u32> {
    part.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn read_u64(part: &[u8], at: usize) -> Option<u64> {
    part.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)
}

fn write(part: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(place) = part.get_mut(at..at + bytes.len()) {
        place.copy_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: u64 = 132_328_725_680_000_000;

    /// A file with one chunk with one record, whose event time lies a second before its written time.
    fn file() -> Vec<u8> {
        let mut chunk = vec![0; CHUNK];
        write(&mut chunk, 0, b"ElfChnk\0");
        write(&mut chunk, 48, &(CHUNK_HEADER as u32 + 64).to_le_bytes());
        write(&mut chunk, CHUNK_HEADER, b"\x2a\x2a\0\0");
        write(&mut chunk, CHUNK_HEADER + 4, &64_u32.to_le_bytes());
        write(&mut chunk, CHUNK_HEADER + 16, &TIME.to_le_bytes());
        write(&mut chunk, CHUNK_HEADER + 35, &(TIME - TICKS_PER_SECOND).to_le_bytes());
        let mut file = vec![0; FILE_HEADER];
        write(&mut file, 0, b"ElfFile\0");
        file.extend(chunk);
        file
    }

    #[test]
    fn both_times_of_a_record_are_later_and_the_checksums_fit() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a.evtx"), folder.path().join("b.evtx"));
        std::fs::write(&from, file()).unwrap();
        assert_eq!(copy(&from, &to, 60).unwrap(), file().len() as u64);
        let written = std::fs::read(&to).unwrap();
        let chunk = &written[FILE_HEADER..];
        assert_eq!(read_u64(chunk, CHUNK_HEADER + 16), Some(TIME + 60 * TICKS_PER_SECOND));
        assert_eq!(read_u64(chunk, CHUNK_HEADER + 35), Some(TIME + 59 * TICKS_PER_SECOND));
        assert_eq!(read_u32(chunk, 52), Some(crc32fast::hash(&chunk[CHUNK_HEADER..CHUNK_HEADER + 64])));
        let mut times = time::Range::default();
        range(&to, &mut times).unwrap();
        assert_eq!(times.span(), 1);
    }

    #[test]
    fn a_record_without_a_time_is_not_taken_for_one_of_1601() {
        let mut without = file();
        write(&mut without, FILE_HEADER + CHUNK_HEADER + 16, &[0; 8]);
        shift(&mut without[FILE_HEADER..], 60 * TICKS_PER_SECOND);
        assert_eq!(
            read_u64(&without, FILE_HEADER + CHUNK_HEADER + 40),
            read_u64(&file(), FILE_HEADER + CHUNK_HEADER + 40)
        );
    }

    #[test]
    fn damaged_files_are_copied_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a.evtx"), folder.path().join("b.evtx"));
        for len in [0, 10, FILE_HEADER, FILE_HEADER + 100] {
            std::fs::write(&from, &file()[..len]).unwrap();
            copy(&from, &to, 60).unwrap();
            assert_eq!(std::fs::read(&to).unwrap(), &file()[..len]);
        }
    }
}
