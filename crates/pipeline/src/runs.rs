//! Sorted runs, one after another in one temporary file.
//!
//! In: runs, each written at once. Out: a reader for each. However many runs there are, it is one open file, as systems allow a process few of
//! them; and all readers together buffer no more than a bound.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

/// What the readers of one file buffer together, and one of them at most and at least.
const BUFFERED: usize = 16 << 20;
const MOST_BUFFERED: usize = 64 << 10;
const LEAST_BUFFERED: usize = 4 << 10;

/// Runs of one thread.
#[derive(Debug, Default)]
pub struct Runs {
    file: Option<File>,
    /// Where each run ends.
    ends: Vec<u64>,
}

impl Runs {
    /// Adds what `write` writes as a run.
    ///
    /// # Errors
    /// Where temporary space fails.
    pub fn add(&mut self, write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>) -> io::Result<()> {
        let file = match self.file.take() {
            Some(file) => self.file.insert(file),
            None => self.file.insert(tempfile::tempfile()?),
        };
        let mut writer = BufWriter::with_capacity(1 << 18, &*file);
        write(&mut writer)?;
        writer.flush()?;
        drop(writer);
        self.ends.push(file.stream_position()?);
        Ok(())
    }

    /// Bytes of all runs.
    pub fn on_disk(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// A reader for each run, in the order in which they were added.
    pub fn readers(self) -> Vec<RunReader> {
        let Some(file) = self.file.map(Arc::new) else { return Vec::new() };
        let buffered = (BUFFERED / self.ends.len().max(1)).clamp(LEAST_BUFFERED, MOST_BUFFERED);
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let runs = starts.zip(&self.ends);
        runs.map(|(at, end)| {
            BufReader::with_capacity(buffered, Part { file: Arc::clone(&file), at, end: *end })
        })
        .collect()
    }
}

/// Reads one run. Readers of one file move each other's place in it, so they are all read on one thread.
pub type RunReader = BufReader<Part>;

/// A part of a file.
#[derive(Debug)]
pub struct Part {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(buffer.len());
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_read_in_turn_each_by_itself() {
        let mut runs = Runs::default();
        let text = |run: u8| vec![b'a' + run; 100_000 + usize::from(run)];
        for run in 0..3 {
            runs.add(|writer| writer.write_all(&text(run))).unwrap();
        }
        let mut readers = runs.readers();
        let mut read = vec![Vec::new(); 3];
        for _ in 0..200 {
            for (reader, read) in readers.iter_mut().zip(&mut read) {
                reader.take(1_000).read_to_end(read).unwrap();
            }
        }
        assert_eq!(read, [text(0), text(1), text(2)]);
        assert!(Runs::default().readers().is_empty());
    }
}
