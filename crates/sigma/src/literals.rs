//! Thousands of texts looked for in one value at once.
//!
//! Texts that must equal, begin or end a value are found by a fingerprint of their first and last eight bytes and
//! their length: one probe per distinct length. Texts that may stand anywhere are found by one window of up to four
//! of their bytes, chosen to be rare among all texts: a bitmap that fits the first-level cache says for nearly every
//! position that no text's window is there. The tables are flat numbers: built in a millisecond and loaded from the
//! rule cache as they are, which an automaton of this size is not.
#![expect(
    clippy::indexing_slicing,
    reason = "the innermost loops; every index is below a length checked or built a few lines above, and the property \
              tests compare the whole with a naive search"
)]

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// How a text must stand in the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// It is the whole value.
    Equals,
    /// The value begins with it.
    Prefix,
    /// The value ends with it.
    Suffix,
    /// The value contains it.
    Contains,
}

/// Gathers texts; the same text twice is one literal.
#[derive(Debug, Default)]
pub struct Builder {
    literals: Vec<(How, Vec<u8>)>,
    ids: HashMap<(How, Vec<u8>), u32>,
}

impl Builder {
    /// The number of the literal, the same for the same text.
    pub fn add(&mut self, how: How, text: &[u8]) -> u32 {
        let next = self.literals.len() as u32;
        *self.ids.entry((how, text.to_vec())).or_insert_with(|| {
            self.literals.push((how, text.to_vec()));
            next
        })
    }

    /// Builds the tables.
    pub fn build(self) -> LiteralSet {
        let mut set = LiteralSet::default();
        for (_, text) in &self.literals {
            set.ranges.push((set.arena.len() as u32, text.len() as u32));
            set.arena.extend_from_slice(text);
        }
        let of = |how: How| -> Vec<u32> {
            (0..self.literals.len() as u32).filter(|id| self.literals[*id as usize].0 == how).collect()
        };
        set.equals = Ends::build(&set.arena, &set.ranges, &of(How::Equals));
        set.prefixes = Ends::build(&set.arena, &set.ranges, &of(How::Prefix));
        set.suffixes = Ends::build(&set.arena, &set.ranges, &of(How::Suffix));
        let (empty, contained): (Vec<u32>, Vec<u32>) =
            of(How::Contains).into_iter().partition(|id| set.ranges[*id as usize].1 == 0);
        set.everywhere = empty;
        for width in 1..=4u32 {
            let ids: Vec<u32> =
                contained.iter().copied().filter(|id| set.ranges[*id as usize].1.min(4) == width).collect();
            if !ids.is_empty() {
                set.windows.push(Windows::build(&set.arena, &set.ranges, &ids, width as usize));
            }
        }
        set
    }
}

/// The tables. Build with [`Builder`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LiteralSet {
    arena: Vec<u8>,
    ranges: Vec<(u32, u32)>,
    equals: Ends,
    prefixes: Ends,
    suffixes: Ends,
    everywhere: Vec<u32>,
    windows: Vec<Windows>,
}

impl LiteralSet {
    /// Calls `hit` for every literal that `value` has, at least once (for `Contains`, once per occurrence).
    #[inline]
    pub fn find(&self, value: &[u8], mut hit: impl FnMut(u32)) {
        if self.equals.has_length(value.len()) {
            self.equals.probe(value, |id| {
                if self.bytes(id) == value {
                    hit(id)
                }
            });
        }
        for length in &self.prefixes.lengths {
            let Some(begin) = value.get(..*length as usize) else { break };
            self.prefixes.probe(begin, |id| {
                if self.bytes(id) == begin {
                    hit(id)
                }
            });
        }
        for length in &self.suffixes.lengths {
            let Some(from) = value.len().checked_sub(*length as usize) else { break };
            let end = &value[from..];
            self.suffixes.probe(end, |id| {
                if self.bytes(id) == end {
                    hit(id)
                }
            });
        }
        for id in &self.everywhere {
            hit(*id);
        }
        for windows in &self.windows {
            windows.scan(value, |id, at| {
                let text = self.bytes(id);
                if value.get(at..at + text.len()) == Some(text) {
                    hit(id);
                }
            });
        }
    }

    #[inline]
    fn bytes(&self, id: u32) -> &[u8] {
        let (start, len) = self.ranges[id as usize];
        &self.arena[start as usize..(start + len) as usize]
    }
}

/// Texts at an end of the value (or being all of it), by fingerprint.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Ends {
    /// The distinct lengths, ascending.
    lengths: Vec<u32>,
    /// Open addressing: (fingerprint, literal + 1), 0 for an empty slot.
    slots: Vec<(u32, u32)>,
}

impl Ends {
    fn build(arena: &[u8], ranges: &[(u32, u32)], ids: &[u32]) -> Ends {
        let mut lengths: Vec<u32> = ids.iter().map(|id| ranges[*id as usize].1).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let size = if ids.is_empty() { 0 } else { (ids.len() * 4).next_power_of_two() };
        let mut slots = vec![(0, 0); size];
        for id in ids {
            let (start, len) = ranges[*id as usize];
            let fingerprint = fingerprint(&arena[start as usize..(start + len) as usize]);
            let mut at = fingerprint as usize & (size - 1);
            while slots[at].1 != 0 {
                at = (at + 1) & (size - 1);
            }
            slots[at] = (fingerprint, id + 1);
        }
        Ends { lengths, slots }
    }

    fn has_length(&self, length: usize) -> bool {
        u32::try_from(length).is_ok_and(|length| self.lengths.binary_search(&length).is_ok())
    }

    #[inline]
    fn probe(&self, text: &[u8], mut found: impl FnMut(u32)) {
        let fingerprint = fingerprint(text);
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = fingerprint as usize & mask;
        while let Some((known, literal)) = self.slots.get(at) {
            if *literal == 0 {
                return;
            }
            if *known == fingerprint {
                found(literal - 1);
            }
            at = (at + 1) & mask;
        }
    }
}

/// A hash of the first and last eight bytes and the length: constant time for any length.
#[inline]
fn fingerprint(text: &[u8]) -> u32 {
    let (first, last) = if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
    } else {
        let mut short = [0; 8];
        short[..text.len()].copy_from_slice(text);
        (u64::from_le_bytes(short), 0)
    };
    let mixed = (first ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xD6E8_FEB8_6659_FD93)
        ^ last.rotate_left(23).wrapping_mul(0xA24B_AED4_963E_E407)
        ^ (text.len() as u64).wrapping_mul(0x9FB2_1C65_1E98_DF25);
    (mixed ^ (mixed >> 31)).wrapping_mul(0xD6E8_FEB8_6659_FD93).rotate_left(32) as u32
}

/// Texts anywhere in the value, by one window of `width` bytes each.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Windows {
    width: u32,
    /// A bit per hashed window.
    bitmap: Vec<u64>,
    shift: u32,
    /// Open addressing: (window, first entry, entries), entries 0 for an empty slot.
    slots: Vec<(u32, u32, u32)>,
    /// (literal, how far into it the window lies), grouped by window.
    entries: Vec<(u32, u32)>,
}

impl Windows {
    fn build(arena: &[u8], ranges: &[(u32, u32)], ids: &[u32], width: usize) -> Windows {
        let text = |id: u32| {
            let (start, len) = ranges[id as usize];
            &arena[start as usize..(start + len) as usize]
        };
        let mut frequency: HashMap<u32, u32> = HashMap::new();
        for id in ids {
            for window in text(*id).windows(width) {
                *frequency.entry(number(window)).or_default() += 1;
            }
        }
        let mut by_window: Vec<(u32, u32, u32)> = ids
            .iter()
            .map(|id| {
                let windows = text(*id).windows(width).enumerate();
                let rarest = windows.min_by_key(|(at, window)| (commonness(&frequency, window), *at));
                rarest.map_or((0, *id, 0), |(at, window)| (number(window), *id, at as u32))
            })
            .collect();
        by_window.sort_unstable();

        let bits = ((ids.len() * 24).next_power_of_two().ilog2()).clamp(10, 18);
        let slots = (by_window.len() * 4).next_power_of_two();
        let mut windows = Windows {
            width: width as u32,
            bitmap: vec![0; 1 << (bits - 6)],
            shift: 32 - bits,
            slots: vec![(0, 0, 0); slots],
            entries: by_window.iter().map(|(_, id, at)| (*id, *at)).collect(),
        };
        let mut from = 0;
        for group in by_window.chunk_by(|a, b| a.0 == b.0) {
            let window = group[0].0;
            let bit = spread(window) >> windows.shift;
            windows.bitmap[(bit >> 6) as usize] |= 1 << (bit & 63);
            let mut at = spread(window) as usize & (slots - 1);
            while windows.slots[at].2 != 0 {
                at = (at + 1) & (slots - 1);
            }
            windows.slots[at] = (window, from, group.len() as u32);
            from += group.len() as u32;
        }
        windows
    }

    #[inline]
    fn scan(&self, value: &[u8], found: impl FnMut(u32, usize)) {
        match self.width {
            4 => {
                self.scan_width(value.windows(4).map(|w| u32::from_le_bytes([w[0], w[1], w[2], w[3]])), found)
            }
            3 => self.scan_width(value.windows(3).map(|w| u32::from_le_bytes([w[0], w[1], w[2], 0])), found),
            2 => self.scan_width(value.windows(2).map(|w| u32::from_le_bytes([w[0], w[1], 0, 0])), found),
            _ => self.scan_width(value.iter().map(|byte| u32::from(*byte)), found),
        }
    }

    #[inline]
    fn scan_width(&self, windows: impl Iterator<Item = u32>, mut found: impl FnMut(u32, usize)) {
        let (bitmap, shift) = (self.bitmap.as_slice(), self.shift);
        let mask = bitmap.len() - 1;
        for (at, window) in windows.enumerate() {
            let hash = spread(window);
            let bit = hash >> shift;
            if bitmap[(bit >> 6) as usize & mask] & (1 << (bit & 63)) != 0 {
                for (id, offset) in self.entries_of(window, hash) {
                    if let Some(start) = at.checked_sub(*offset as usize) {
                        found(*id, start);
                    }
                }
            }
        }
    }

    #[inline]
    fn entries_of(&self, window: u32, hash: u32) -> &[(u32, u32)] {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let (known, first, count) = self.slots[at];
            if count == 0 {
                return &[];
            }
            if known == window {
                return &self.entries[first as usize..(first + count) as usize];
            }
            at = (at + 1) & mask;
        }
    }
}

/// How often a window will be met in values, as a guess: windows that many texts share, and windows of the bytes that
/// file paths and command lines are full of, are common.
fn commonness(frequency: &HashMap<u32, u32>, window: &[u8]) -> u32 {
    let common = window.iter().filter(|byte| b" \\/.-:eatoinrs".contains(byte)).count() as u32;
    frequency.get(&number(window)).copied().unwrap_or_default() * 4 + common * common
}

fn number(window: &[u8]) -> u32 {
    window.iter().rev().fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

#[inline]
fn spread(window: u32) -> u32 {
    window.wrapping_mul(0x9E37_79B1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn naive(how: How, text: &[u8], value: &[u8]) -> bool {
        match how {
            How::Equals => value == text,
            How::Prefix => value.starts_with(text),
            How::Suffix => value.ends_with(text),
            How::Contains => text.is_empty() || value.windows(text.len()).any(|window| window == text),
        }
    }

    fn hows() -> impl Strategy<Value = How> {
        prop_oneof![Just(How::Equals), Just(How::Prefix), Just(How::Suffix), Just(How::Contains)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn finds_what_a_naive_search_finds(
            texts in prop::collection::vec((hows(), "[abc]{0,12}"), 0..40),
            value in "[abc]{0,30}",
        ) {
            let mut builder = Builder::default();
            let ids: Vec<u32> = texts.iter().map(|(how, text)| builder.add(*how, text.as_bytes())).collect();
            let mut found = BTreeSet::new();
            builder.build().find(value.as_bytes(), |id| { found.insert(id); });
            let expected: BTreeSet<u32> = texts.iter().zip(&ids)
                .filter(|((how, text), _)| naive(*how, text.as_bytes(), value.as_bytes()))
                .map(|(_, id)| *id)
                .collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn an_empty_set_finds_nothing() {
        Builder::default().build().find(b"anything", |_| panic!("nothing was looked for"));
    }
}
