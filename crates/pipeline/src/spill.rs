//! Sorting more than fits into memory: runs on disk, merged.
//!
//! In: entries in any order, each a key and a payload of bytes. Out: the same entries by key, then by payload. Memory is
//! bounded by the buffer; what is sorted on several threads is merged as if it had been on one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Read, Write};

use crate::order::Key;
use crate::runs::{RunReader, Runs};

/// An entry of a [`Spill`].
pub type Entry = (Key, Vec<u8>);

/// Collects entries on one thread.
#[derive(Debug)]
pub struct Spill {
    /// Entries are kept in memory up to this many bytes, then written out as a sorted run.
    limit: usize,
    buffer: Buffer,
    runs: Runs,
}

/// Entries in memory: their payloads one behind the other, since most are small.
#[derive(Debug, Default)]
struct Buffer {
    payloads: Vec<u8>,
    places: Vec<Place>,
}

/// A key, where its payload begins, and how long it is.
type Place = (Key, u32, u32);

impl Buffer {
    fn bytes(&self) -> usize {
        self.payloads.len() + self.places.len() * size_of::<Place>()
    }

    fn sort(&mut self) {
        let Buffer { payloads, places } = self;
        places.sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| payload(payloads, a).cmp(payload(payloads, b)))
        });
    }

    fn entries(&self) -> impl Iterator<Item = (Key, &[u8])> {
        self.places.iter().map(|place| (place.0, payload(&self.payloads, place)))
    }

    fn clear(&mut self) {
        self.payloads.clear();
        self.places.clear();
    }
}

fn payload<'a>(payloads: &'a [u8], (_, start, length): &Place) -> &'a [u8] {
    payloads.get(*start as usize..*start as usize + *length as usize).unwrap_or_default()
}

impl Spill {
    /// An empty one that keeps `limit` bytes in memory, 1 GiB at most.
    pub fn new(limit: usize) -> Spill {
        Spill { limit: limit.min(1 << 30), buffer: Buffer::default(), runs: Runs::default() }
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// Where a run cannot be written to temporary space.
    pub fn push(&mut self, key: Key, payload: &[u8]) -> io::Result<()> {
        let more = payload.len() + size_of::<Place>();
        if self.buffer.bytes() + more > self.limit && !self.buffer.places.is_empty() {
            self.write_run()?;
        }
        let Buffer { payloads, places } = &mut self.buffer;
        places.push((key, payloads.len() as u32, payload.len() as u32));
        payloads.extend(payload);
        Ok(())
    }

    fn write_run(&mut self) -> io::Result<()> {
        self.buffer.sort();
        self.runs.add(|writer| {
            for (key, payload) in self.buffer.entries() {
                writer.write_all(&key.to_bytes())?;
                writer.write_all(&(payload.len() as u32).to_le_bytes())?;
                writer.write_all(payload)?;
            }
            Ok(())
        })?;
        self.buffer.clear();
        Ok(())
    }

    /// Bytes that lie on disk.
    pub fn on_disk(&self) -> u64 {
        self.runs.on_disk()
    }

    /// All entries of several spills in order.
    ///
    /// # Errors
    /// Where a run cannot be read back.
    pub fn merge(spills: Vec<Spill>) -> io::Result<Merge> {
        let mut runs: Vec<Run> = Vec::new();
        for mut spill in spills {
            spill.buffer.sort();
            runs.push(Run::Memory(spill.buffer, 0));
            runs.extend(spill.runs.readers().into_iter().map(Run::Disk));
        }
        let mut heads = BinaryHeap::new();
        for (number, run) in runs.iter_mut().enumerate() {
            if let Some(entry) = run.next()? {
                heads.push(Reverse((entry, number)));
            }
        }
        Ok(Merge { runs, heads })
    }
}

#[derive(Debug)]
enum Run {
    /// What is left begins at that entry.
    Memory(Buffer, usize),
    Disk(RunReader),
}

impl Run {
    fn next(&mut self) -> io::Result<Option<Entry>> {
        let reader = match self {
            Run::Memory(buffer, next) => {
                let place = buffer.places.get(*next);
                *next += 1;
                return Ok(place.map(|place| (place.0, payload(&buffer.payloads, place).to_vec())));
            }
            Run::Disk(reader) => reader,
        };
        let mut key = [0; Key::BYTES];
        match reader.read_exact(&mut key) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            other => other?,
        }
        let mut length = [0; 4];
        reader.read_exact(&mut length)?;
        let mut payload = vec![0; u32::from_le_bytes(length) as usize];
        reader.read_exact(&mut payload)?;
        Ok(Some((Key::from_bytes(key), payload)))
    }
}

/// Entries of several runs in order.
#[derive(Debug)]
pub struct Merge {
    runs: Vec<Run>,
    heads: BinaryHeap<Reverse<(Entry, usize)>>,
}

impl Iterator for Merge {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<io::Result<Entry>> {
        let Reverse((entry, number)) = self.heads.pop()?;
        match self.runs.get_mut(number)?.next() {
            Ok(Some(next)) => self.heads.push(Reverse((next, number))),
            Ok(None) => {}
            Err(error) => return Some(Err(error)),
        }
        Some(Ok(entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Time;

    #[test]
    fn entries_come_back_in_order_whichever_run_they_were_in() {
        let mut spills = vec![Spill::new(1 << 20), Spill::new(1 << 20)];
        for number in 0..1000u64 {
            let mixed = number * 7919 % 1000;
            let key = Key { time: Time::from_micros(mixed as i64 - 500), source: 0, record: mixed, rule: 0 };
            let spill = &mut spills[number as usize % 2];
            spill.push(key, &mixed.to_le_bytes()).unwrap();
            if number % 97 == 0 {
                spill.write_run().unwrap();
            }
        }
        let all: Vec<Entry> = Spill::merge(spills).unwrap().map(Result::unwrap).collect();
        assert_eq!(all.len(), 1000);
        assert!(all.windows(2).all(|pair| pair[0] <= pair[1]));
    }
}
