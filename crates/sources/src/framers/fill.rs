//! What all framers of text share: filling a block, and keeping the record that its end cuts through for the next one.

use std::io::{self, Read};

use crate::Block;
use crate::block::BLOCK_BYTES;

use super::BOM;

/// The bytes between blocks.
#[derive(Debug, Default)]
pub struct Fill {
    carry: Vec<u8>,
    started: bool,
    ended: bool,
}

impl Fill {
    /// Begins a block with what the last one left over. The block's bytes stay allocated and even initialised, so that
    /// reading into them need not clear them first.
    pub fn begin(&mut self, block: &mut Block) -> usize {
        block.spans.clear();
        let kept = self.carry.len();
        if block.bytes.len() < kept {
            block.bytes.clear();
            block.bytes.extend_from_slice(&self.carry);
        } else if let Some(start) = block.bytes.get_mut(..kept) {
            start.copy_from_slice(&self.carry);
        }
        self.carry.clear();
        kept
    }

    /// Reads a block's worth behind the first `len` bytes (more for a record that grows) and returns the new length; the
    /// same length means the end of the input. A byte order mark at the beginning of the input is left out.
    pub fn more(&mut self, input: &mut dyn Read, block: &mut Block, len: usize) -> io::Result<usize> {
        let wanted = (2 * len).clamp(BLOCK_BYTES, len + 4 * BLOCK_BYTES);
        if block.bytes.len() < wanted {
            block.bytes.resize(wanted, 0);
        }
        let mut filled = len;
        while !self.ended && filled < wanted {
            let Some(free) = block.bytes.get_mut(filled..wanted) else { break };
            match input.read(free) {
                Ok(0) => self.ended = true,
                Ok(count) => filled += count.min(free.len()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if !self.started {
            self.started = true;
            if len == 0 && block.bytes.get(..filled).is_some_and(|bytes| bytes.starts_with(BOM)) {
                block.bytes.copy_within(BOM.len()..filled, 0);
                filled -= BOM.len();
            }
        }
        Ok(filled)
    }

    /// Ends the block at `whole`; the bytes from `tail` to `len` begin the next one.
    pub fn end(&mut self, block: &mut Block, whole: usize, tail: usize, len: usize) {
        self.carry.extend_from_slice(block.bytes.get(tail..len).unwrap_or_default());
        block.bytes.truncate(whole);
    }
}
