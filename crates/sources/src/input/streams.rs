//! Streams that count, and streams that end where they are damaged or swell beyond reason.

use std::cell::Cell;
use std::io::{self, Read};

use super::open::limits;
use crate::ErrorCode;

/// Counts what is read.
pub struct Counted<'a> {
    inner: &'a mut dyn Read,
    count: &'a Cell<u64>,
}

impl<'a> Counted<'a> {
    /// Adds to `count` what is read from `inner`.
    pub fn new(inner: &'a mut dyn Read, count: &'a Cell<u64>) -> Counted<'a> {
        Counted { inner, count }
    }
}

impl Read for Counted<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.count.set(self.count.get() + count as u64);
        Ok(count)
    }
}

/// What an input may unpack to, all members together.
#[derive(Debug, Default)]
pub struct Budget {
    /// Bytes read of the input itself.
    pub given: Cell<u64>,
    /// Bytes that came out of containers.
    pub unpacked: Cell<u64>,
}

impl Budget {
    fn is_spent(&self) -> bool {
        let allowed = self.given.get().saturating_mul(limits::RATIO).saturating_add(limits::FREE_PER_INPUT);
        self.unpacked.get() > allowed
    }
}

/// Ends where its inner stream fails or unpacks to more than is plausible, and remembers why.
pub struct Guarded<'a> {
    inner: &'a mut dyn Read,
    packed: &'a Cell<u64>,
    budget: &'a Budget,
    unpacked: u64,
    /// Why it ended early.
    pub failure: Option<(ErrorCode, String)>,
}

impl<'a> Guarded<'a> {
    /// Guards `inner`, which unpacks `packed` bytes (as counted so far) of an input with that budget.
    pub fn new(inner: &'a mut dyn Read, packed: &'a Cell<u64>, budget: &'a Budget) -> Guarded<'a> {
        Guarded { inner, packed, budget, unpacked: 0, failure: None }
    }

    fn check_size(&mut self) {
        let allowed = self.packed.get().saturating_mul(limits::RATIO).max(limits::FREE_PER_MEMBER);
        if self.unpacked > allowed || self.budget.is_spent() {
            let reason = format!(
                "it unpacks to more than {} times its size, which no log does; the rest was not read",
                limits::RATIO
            );
            self.failure = Some((ErrorCode::TooLarge, reason));
        }
    }
}

impl Read for Guarded<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.failure.is_some() {
            return Ok(0);
        }
        loop {
            match self.inner.read(out) {
                Ok(count) => {
                    self.unpacked += count as u64;
                    self.budget.unpacked.set(self.budget.unpacked.get() + count as u64);
                    self.check_size();
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let reason = format!("what came before the damage was read; the rest is lost: {error}");
                    self.failure = Some((ErrorCode::DamagedArchive, reason));
                    return Ok(0);
                }
            }
        }
    }
}
