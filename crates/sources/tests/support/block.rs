//! Records as one block, the way a framer hands them over.

use sources::{Block, Span};

/// A block of these records, one behind the other, numbered from 1.
pub fn block_of(records: &[Vec<u8>]) -> Block {
    let mut block = Block::default();
    for (number, record) in records.iter().enumerate() {
        let (start, len) = (block.bytes.len() as u32, record.len() as u32);
        block.bytes.extend_from_slice(record);
        block.bytes.push(b'\n');
        block.spans.push(Span { start, len, record: number as u64 + 1 });
    }
    block
}
