//! What may be asked for again and mostly is not: laid aside on disk, packed.
//!
//! In: pieces of bytes, each of which gets a number. Out: those that are asked for, in the order of their numbers. Pieces are gathered into blocks, and a
//! block is packed as a whole, since pieces are much alike; so one block is in memory, and of each block on disk sixteen bytes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use zstd::bulk::{Compressor, Decompressor};

/// A block is packed when it has so many bytes: enough for zstd to see what repeats.
const BLOCK: usize = 256 << 10;
/// How hard zstd tries: the least. More costs as much time as everything else that is done to a piece.
const LEVEL: i32 = 1;

/// What one thread has laid aside.
#[derive(Default)]
pub struct Aside {
    file: Option<File>,
    packer: Option<Compressor<'static>>,
    block: Vec<u8>,
    blocks: Vec<Block>,
    count: u64,
    /// Where the next block begins.
    end: u64,
}

/// A block on disk.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// The number of the first piece behind it.
    until: u64,
    /// Where it begins.
    at: u64,
}

impl Aside {
    /// Lays a piece aside and gives its number, from 0.
    ///
    /// # Errors
    /// Where temporary space fails.
    pub fn push(&mut self, piece: &[u8]) -> io::Result<u64> {
        self.block.extend((piece.len() as u32).to_le_bytes());
        self.block.extend(piece);
        self.count += 1;
        if self.block.len() >= BLOCK {
            self.write_block()?;
        }
        Ok(self.count - 1)
    }

    fn write_block(&mut self) -> io::Result<()> {
        let packer = match self.packer.take() {
            Some(packer) => self.packer.insert(packer),
            None => self.packer.insert(Compressor::new(LEVEL)?),
        };
        let file = match self.file.take() {
            Some(file) => self.file.insert(file),
            None => self.file.insert(tempfile::tempfile()?),
        };
        let packed = packer.compress(&self.block)?;
        file.write_all(&(packed.len() as u32).to_le_bytes())?;
        file.write_all(&(self.block.len() as u32).to_le_bytes())?;
        file.write_all(&packed)?;
        self.blocks.push(Block { until: self.count, at: self.end });
        self.end += 8 + packed.len() as u64;
        self.block.clear();
        Ok(())
    }

    /// Bytes that lie on disk.
    pub fn on_disk(&self) -> u64 {
        self.end
    }

    /// Gives the pieces of these numbers, which ascend, each once. Blocks of which nothing is wanted are not read.
    ///
    /// # Errors
    /// Where temporary space fails, and as `take`.
    pub fn each(
        mut self,
        wanted: impl Iterator<Item = u64>,
        mut take: impl FnMut(u64, &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        if !self.block.is_empty() {
            self.write_block()?;
        }
        let Some(mut file) = self.file else { return Ok(()) };
        let mut unpacker = Decompressor::new()?;
        let (mut number, mut rest, mut block, mut packed) = (0, 0, Vec::new(), Vec::new());
        let mut until = 0;
        for wanted in wanted {
            if wanted >= until {
                let place = self.blocks.partition_point(|block| block.until <= wanted);
                let Some(found) = self.blocks.get(place) else { return Ok(()) };
                number =
                    place.checked_sub(1).and_then(|before| self.blocks.get(before)).map_or(0, |b| b.until);
                (until, rest) = (found.until, 0);
                block = read_block(&mut file, found.at, &mut unpacker, &mut packed)?;
            }
            while let Some(piece) = piece_at(&block, rest).filter(|_| number <= wanted) {
                rest += 4 + piece.len();
                if number == wanted {
                    take(number, piece)?;
                }
                number += 1;
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for Aside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Aside")
            .field("count", &self.count)
            .field("blocks", &self.blocks)
            .finish_non_exhaustive()
    }
}

fn read_block(
    file: &mut File,
    at: u64,
    unpacker: &mut Decompressor<'_>,
    packed: &mut Vec<u8>,
) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut length = || {
        let mut bytes = [0; 4];
        file.read_exact(&mut bytes).map(|()| u32::from_le_bytes(bytes) as usize)
    };
    let (small, large) = (length()?, length()?);
    packed.resize(small, 0);
    file.read_exact(packed)?;
    unpacker.decompress(packed, large)
}

/// The piece whose length stands at that place.
fn piece_at(block: &[u8], at: usize) -> Option<&[u8]> {
    let length = block.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)?;
    block.get(at + 4..at + 4 + length as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A piece that tells its number, of a size that differs, so that blocks end anywhere.
    fn piece(number: u64) -> Vec<u8> {
        number.to_le_bytes().repeat(1 + number as usize % 700)
    }

    fn asked(pieces: u64, wanted: &[u64]) -> Vec<u64> {
        let mut aside = Aside::default();
        for number in 0..pieces {
            assert_eq!(aside.push(&piece(number)).unwrap(), number);
        }
        let mut got = Vec::new();
        let take = |number, bytes: &[u8]| {
            assert_eq!(bytes, piece(number));
            got.push(number);
            Ok(())
        };
        aside.each(wanted.iter().copied(), take).unwrap();
        got
    }

    #[test]
    fn what_is_asked_for_comes_back_and_nothing_else() {
        let all: Vec<u64> = (0..2_000).collect();
        assert_eq!(asked(2_000, &all), all);
        assert_eq!(asked(2_000, &[0, 1, 700, 701, 1_500, 1_999]), [0, 1, 700, 701, 1_500, 1_999]);
        assert_eq!(asked(3, &[1]), [1]);
        assert!(asked(2_000, &[]).is_empty());
        assert!(asked(0, &[0]).is_empty());
        assert_eq!(asked(3, &[2, 3, 9]), [2]);
    }
}
