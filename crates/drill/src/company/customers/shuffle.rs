//! An order of all numbers below an end that looks like chance, and its inverse, without a table.

use crate::rng::Rng;

/// A one-to-one map of the numbers below an end onto themselves.
///
/// A Feistel network over the next power of four, walked until it comes back below the end (Black, Rogaway, "Ciphers with arbitrary finite domains",
/// 2002). It hides nothing; it only mixes.
#[derive(Clone, Debug)]
pub struct Shuffle {
    rng: Rng,
    end: u64,
    /// Bits of each half.
    bits: u32,
}

const ROUNDS: u64 = 4;

impl Shuffle {
    /// Of the numbers below `end`.
    pub fn new(rng: Rng, end: u64) -> Shuffle {
        let bits = (64 - end.saturating_sub(1).leading_zeros()).div_ceil(2).max(1);
        Shuffle { rng, end, bits }
    }

    /// How many numbers there are.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// What `number` becomes; itself where it is not below the end.
    pub fn forward(&self, number: u64) -> u64 {
        self.walk(number, |number| (0..ROUNDS).fold(number, |state, round| self.round(state, round)))
    }

    /// What becomes `number`.
    pub fn back(&self, number: u64) -> u64 {
        // The rounds the other way round, with the halves swapped before and after.
        self.walk(number, |number| {
            let turned = (0..ROUNDS).rev().fold(self.swap(number), |state, round| self.round(state, round));
            self.swap(turned)
        })
    }

    fn walk(&self, number: u64, step: impl Fn(u64) -> u64) -> u64 {
        if number >= self.end {
            return number;
        }
        let mut at = step(number);
        while at >= self.end {
            at = step(at);
        }
        at
    }

    fn round(&self, state: u64, round: u64) -> u64 {
        let mask = (1 << self.bits) - 1;
        let (left, right) = (state >> self.bits, state & mask);
        let mixed = left ^ (self.rng.of("", right << 2 | round).bits() & mask);
        right << self.bits | mixed
    }

    fn swap(&self, state: u64) -> u64 {
        let mask = (1 << self.bits) - 1;
        (state & mask) << self.bits | state >> self.bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_becomes_another_and_comes_back() {
        for end in [1, 2, 3, 16, 17, 1000, 4097] {
            let shuffle = Shuffle::new(Rng::new(9), end);
            let mut seen: Vec<u64> = (0..end).map(|number| shuffle.forward(number)).collect();
            assert!((0..end).all(|number| shuffle.back(shuffle.forward(number)) == number), "{end}");
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..end), "{end}");
        }
    }

    #[test]
    fn neighbours_do_not_stay_together() {
        let shuffle = Shuffle::new(Rng::new(9), 10_000);
        let near =
            (1..10_000).filter(|number| shuffle.forward(*number).abs_diff(shuffle.forward(number - 1)) < 100);
        assert!(near.count() < 400);
    }
}
