//! Files of lines, and what stops a score.
//!
//! In: a path. Out: its lines one by one, from 1, without their ends. No more than one line is held, and none that is longer than any hunt would
//! write: such a line is passed over and said to be too long.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// An incident with a million findings has lines of about 30 MB.
const LONGEST: u64 = 128 << 20;

/// Why there is no score.
#[derive(Debug, thiserror::Error)]
pub enum ScoreError {
    /// There is no truth there.
    #[error("{} is missing; give the folder that `yagura drill generate` wrote, or the folder `truth` in it", .0.display())]
    NoTruth(PathBuf),
    /// The truth is not as it was written.
    #[error("{}:{line}: {reason}; the truth is damaged, so no score would be right: generate the drill again", path.display())]
    BadTruth {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// No hunt has written there.
    #[error("{} is missing; give the folder that `yagura hunt … --out` wrote", .0.display())]
    NoHunt(PathBuf),
    /// A file is there, but cannot be read.
    #[error("cannot read {}: {source}; check the permissions of the file and the disk", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl ScoreError {
    pub(super) fn read(path: &Path) -> impl FnOnce(io::Error) -> ScoreError {
        |source| ScoreError::Read { path: path.to_owned(), source }
    }
}

/// A line with its number; no text where it is too long.
pub type Line<'a> = (u64, Option<&'a [u8]>);

/// The lines of a file.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    number: u64,
    longest: u64,
}

impl Lines<BufReader<File>> {
    /// The lines of that file; `None` where there is no such file.
    pub fn open(path: &Path) -> Result<Option<Self>, ScoreError> {
        match File::open(path) {
            Ok(file) => Ok(Some(Lines::new(BufReader::with_capacity(1 << 18, file), LONGEST))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(ScoreError::Read { path: path.to_owned(), source }),
        }
    }
}

impl<R: BufRead> Lines<R> {
    fn new(reader: R, longest: u64) -> Self {
        Lines { reader, buffer: Vec::new(), number: 0, longest }
    }

    /// The next line that is not blank.
    pub fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        loop {
            self.buffer.clear();
            let read = (&mut self.reader).take(self.longest).read_until(b'\n', &mut self.buffer)?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            if read as u64 == self.longest && !self.buffer.ends_with(b"\n") {
                self.pass_over()?;
                return Ok(Some((self.number, None)));
            }
            if !self.buffer.trim_ascii().is_empty() {
                return Ok(Some((self.number, Some(self.buffer.trim_ascii()))));
            }
        }
    }

    fn pass_over(&mut self) -> io::Result<()> {
        loop {
            let held = self.reader.fill_buf()?;
            let end = held.iter().position(|byte| *byte == b'\n');
            let (used, done) = (end.map_or(held.len(), |end| end + 1), end.is_some() || held.is_empty());
            self.reader.consume(used);
            if done {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_one_is_read() {
        let text = format!("one\n{}\n\r\nthree\r\nfour", "x".repeat(100));
        let mut lines = Lines::new(BufReader::with_capacity(7, text.as_bytes()), 20);
        let mut seen = Vec::new();
        while let Some((number, line)) = lines.next().unwrap() {
            seen.push((number, line.map(|line| String::from_utf8(line.to_vec()).unwrap())));
        }
        let texts = [(1, Some("one")), (2, None), (4, Some("three")), (5, Some("four"))];
        assert_eq!(seen, texts.map(|(number, text)| (number, text.map(str::to_owned))));
    }
}
