//! A stream whose first bytes can be looked at before it is read.

use std::io::{self, Read};

use crate::format::HEAD_BYTES;

/// A stream, and what it begins with. Reading never fails: damage ends the stream and is reported by [`open`](super::open).
pub struct Peeked<'a> {
    head: Vec<u8>,
    at: usize,
    rest: &'a mut dyn Read,
    error: Option<io::Error>,
}

impl<'a> Peeked<'a> {
    /// Reads up to [`HEAD_BYTES`] of `rest` ahead.
    pub fn new(rest: &'a mut dyn Read) -> Peeked<'a> {
        let mut head = Vec::new();
        let error = Read::take(&mut *rest, HEAD_BYTES as u64).read_to_end(&mut head).err();
        Peeked { head, at: 0, rest, error }
    }

    /// The first bytes of the stream, whatever was read since.
    pub fn head(&self) -> &[u8] {
        &self.head
    }
}

impl Read for Peeked<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ahead = self.head.get(self.at..).unwrap_or_default();
        if !ahead.is_empty() {
            let count = (&mut &*ahead).read(out)?;
            self.at += count;
            return Ok(count);
        }
        match self.error.take() {
            Some(error) => Err(error),
            None => self.rest.read(out),
        }
    }
}
