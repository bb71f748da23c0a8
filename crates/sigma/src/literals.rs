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

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use aho_corasick::packed::Searcher;

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
        set.index_heads(&of(How::Prefix));
        let (long, short): (Vec<u32>, Vec<u32>) =
            of(How::Suffix).into_iter().partition(|id| set.ranges[*id as usize].1 as usize >= TAIL);
        set.suffixes = Ends::build(&set.arena, &set.ranges, &short);
        let last =
            |(start, len): &(u32, u32)| (start + len.saturating_sub(TAIL as u32), (*len).min(TAIL as u32));
        set.tails = Ends::build(&set.arena, &set.ranges.iter().map(last).collect::<Vec<_>>(), &long);
        let (empty, contained): (Vec<u32>, Vec<u32>) =
            of(How::Contains).into_iter().partition(|id| set.ranges[*id as usize].1 == 0);
        set.everywhere = empty;
        if contained.len() <= FEW {
            set.few.clone_from(&contained);
        }
        for width in 1..=4u32 {
            let ids: Vec<u32> =
                contained.iter().copied().filter(|id| set.ranges[*id as usize].1.min(4) == width).collect();
            // Apart, so that ASCII values are spared the texts that only others can hold.
            let is_ascii = |id: &u32| {
                let (start, len) = set.ranges[*id as usize];
                set.arena[start as usize..(start + len) as usize].is_ascii()
            };
            let (ascii, other): (Vec<u32>, Vec<u32>) = ids.iter().partition(|id| is_ascii(id));
            for ids in [ascii, other] {
                if !ids.is_empty() {
                    set.windows.push(Windows::build(&set.arena, &set.ranges, &ids, width as usize));
                }
            }
        }
        set
    }
}

/// Prefixes at least this long are looked for only in values that begin with the same bytes as one of them.
const HEAD: usize = 8;

/// Suffixes at least this long are found by their last so many bytes.
const TAIL: usize = 8;

/// The tables. Build with [`Builder`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LiteralSet {
    arena: Vec<u8>,
    ranges: Vec<(u32, u32)>,
    equals: Ends,
    prefixes: Ends,
    /// The distinct lengths of prefixes shorter than [`HEAD`].
    short_prefixes: Vec<u32>,
    /// The first bytes of the other prefixes, and for each the lengths of those that begin so.
    heads: Ends,
    head_lengths: Vec<Vec<u32>>,
    /// Suffixes shorter than [`TAIL`].
    suffixes: Ends,
    /// The other suffixes, by their last bytes: one probe finds those few that end alike.
    tails: Ends,
    everywhere: Vec<u32>,
    windows: Vec<Windows>,
    /// The texts that may stand anywhere, where they are few: a vectorised search for any of them comes first.
    few: Vec<u32>,
    #[serde(skip)]
    searcher: OnceLock<Option<Searcher>>,
}

/// So many texts the vectorised search takes.
const FEW: usize = 48;

impl LiteralSet {
    fn index_heads(&mut self, prefixes: &[u32]) {
        let mut lengths: BTreeMap<Vec<u8>, Vec<u32>> = BTreeMap::new();
        for id in prefixes {
            let (start, len) = self.ranges[*id as usize];
            if (len as usize) < HEAD {
                self.short_prefixes.push(len);
            } else {
                let head = self.arena[start as usize..start as usize + HEAD].to_vec();
                lengths.entry(head).or_default().push(len);
            }
        }
        self.short_prefixes.sort_unstable();
        self.short_prefixes.dedup();
        let mut arena = Vec::new();
        let mut ranges = Vec::new();
        for (head, mut lengths) in lengths {
            ranges.push((arena.len() as u32, HEAD as u32));
            arena.extend_from_slice(&head);
            lengths.sort_unstable();
            lengths.dedup();
            self.head_lengths.push(lengths);
        }
        self.heads = Ends::build(&arena, &ranges, &(0..ranges.len() as u32).collect::<Vec<_>>());
    }

    /// Whether the value holds none of the texts that may stand anywhere; `false` where only a closer look can tell.
    #[inline]
    fn holds_none(&self, value: &[u8]) -> bool {
        if self.few.is_empty() || value.len() < 16 {
            return false;
        }
        let searcher = self.searcher.get_or_init(|| Searcher::new(self.few.iter().map(|id| self.bytes(*id))));
        searcher.as_ref().is_some_and(|searcher| searcher.find(value).is_none())
    }

    /// Calls `hit` for every literal that `value` has, at least once (for `Contains`, once per occurrence). `is_ascii` may
    /// be false for an ASCII value.
    #[inline]
    pub fn find(&self, value: &[u8], is_ascii: bool, mut hit: impl FnMut(u32)) {
        if self.equals.has_length(value.len()) {
            self.equals.probe(value, |id| {
                if self.bytes(id) == value {
                    hit(id)
                }
            });
        }
        let prefix = |length: u32, hit: &mut dyn FnMut(u32)| {
            let Some(begin) = value.get(..length as usize) else { return };
            self.prefixes.probe(begin, |id| {
                if self.bytes(id) == begin {
                    hit(id)
                }
            });
        };
        self.short_prefixes.iter().for_each(|length| prefix(*length, &mut hit));
        if let Some(head) = value.first_chunk::<HEAD>() {
            // Nearly every value begins unlike all prefixes, or like a few.
            self.heads.probe(head, |group| {
                for length in self.head_lengths.get(group as usize).into_iter().flatten() {
                    prefix(*length, &mut hit);
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
        if let Some(tail) = value.last_chunk::<TAIL>() {
            self.tails.probe(tail, |id| {
                if value.ends_with(self.bytes(id)) {
                    hit(id)
                }
            });
        }
        for id in &self.everywhere {
            hit(*id);
        }
        if self.holds_none(value) {
            return;
        }
        for windows in &self.windows {
            windows.scan(value, is_ascii, |id, at| {
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
    /// A bit per hashed window; one of [`BITMAP_WORDS`].
    bitmap: Vec<u64>,
    /// Open addressing: (window, first entry, entries), entries 0 for an empty slot.
    slots: Vec<(u32, u32, u32)>,
    /// (literal, how far into it the window lies), grouped by window.
    entries: Vec<(u32, u32)>,
    /// Whether every window has a byte beyond ASCII, so that ASCII values need not be looked at.
    beyond_ascii: bool,
}

/// The sizes of bitmaps, in words of 64 bits. Few sizes, known when compiling: the loop over a value then has no bounds
/// to check.
const BITMAP_WORDS: [usize; 3] = [64, 1024, 4096];

/// How many positions of a value are looked at before those found are followed up.
const STRETCH: usize = 256;

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

        let words = BITMAP_WORDS.into_iter().find(|words| words * 2 >= ids.len()).unwrap_or(BITMAP_WORDS[2]);
        let slots = (by_window.len() * 4).next_power_of_two();
        let mut windows = Windows {
            width: width as u32,
            bitmap: vec![0; words],
            slots: vec![(0, 0, 0); slots],
            entries: by_window.iter().map(|(_, id, at)| (*id, *at)).collect(),
            beyond_ascii: by_window.iter().all(|(window, ..)| window & 0x8080_8080 != 0),
        };
        let mut from = 0;
        for group in by_window.chunk_by(|a, b| a.0 == b.0) {
            let window = group[0].0;
            let bit = spread(window) >> (32 - (words * 64).ilog2());
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
    fn scan(&self, value: &[u8], is_ascii: bool, mut found: impl FnMut(u32, usize)) {
        if self.beyond_ascii && is_ascii {
            return;
        }
        let width = self.width as usize;
        let mut positions = [0u8; STRETCH];
        let mut begin = 0;
        while begin + width <= value.len() {
            let stretch = &value[begin..value.len().min(begin + STRETCH + width - 1)];
            let count = self.filter(stretch, &mut positions);
            for position in &positions[..count] {
                let at = begin + usize::from(*position);
                let window = number(&value[at..at + width]);
                for (id, offset) in self.entries_of(window) {
                    if let Some(start) = at.checked_sub(*offset as usize) {
                        found(*id, start);
                    }
                }
            }
            begin += STRETCH;
        }
    }

    /// The positions of a stretch at which a text's window may lie.
    fn filter(&self, stretch: &[u8], positions: &mut [u8; STRETCH]) -> usize {
        let [small, medium, large] = BITMAP_WORDS;
        match (self.width, self.bitmap.len()) {
            (4, words) if words == small => filter::<4, 64>(&self.bitmap, stretch, positions),
            (4, words) if words == medium => filter::<4, 1024>(&self.bitmap, stretch, positions),
            (4, words) if words == large => filter::<4, 4096>(&self.bitmap, stretch, positions),
            (3, words) if words == small => filter::<3, 64>(&self.bitmap, stretch, positions),
            (3, words) if words == medium => filter::<3, 1024>(&self.bitmap, stretch, positions),
            (3, words) if words == large => filter::<3, 4096>(&self.bitmap, stretch, positions),
            (2, words) if words == small => filter::<2, 64>(&self.bitmap, stretch, positions),
            (2, words) if words == medium => filter::<2, 1024>(&self.bitmap, stretch, positions),
            (2, _) => filter::<2, 4096>(&self.bitmap, stretch, positions),
            (_, words) if words == small => filter::<1, 64>(&self.bitmap, stretch, positions),
            _ => filter::<1, 1024>(&self.bitmap, stretch, positions),
        }
    }

    #[inline]
    fn entries_of(&self, window: u32) -> &[(u32, u32)] {
        let mask = self.slots.len() - 1;
        let mut at = spread(window) as usize & mask;
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

/// Writes down, without a branch, the positions whose windows are in the bitmap.
#[inline(never)]
fn filter<const WIDTH: usize, const WORDS: usize>(
    bitmap: &[u64],
    stretch: &[u8],
    positions: &mut [u8; STRETCH],
) -> usize {
    let Ok(bitmap) = <&[u64; WORDS]>::try_from(bitmap) else { return 0 };
    let shift = 32 - (WORDS * 64).ilog2();
    let mut count = 0usize;
    for (at, window) in stretch.windows(WIDTH).enumerate() {
        let mut bytes = [0; 4];
        bytes[..WIDTH].copy_from_slice(window);
        let bit = spread(u32::from_le_bytes(bytes)) >> shift;
        positions[count % STRETCH] = at as u8;
        count += (bitmap[(bit >> 6) as usize % WORDS] >> (bit & 63)) as usize & 1;
    }
    count
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
            texts in prop::collection::vec((hows(), "[abé]{0,14}"), 0..40),
            value in "[abé]{0,30}",
        ) {
            let mut builder = Builder::default();
            let ids: Vec<u32> = texts.iter().map(|(how, text)| builder.add(*how, text.as_bytes())).collect();
            let mut found = BTreeSet::new();
            builder.build().find(value.as_bytes(), value.is_ascii(), |id| { found.insert(id); });
            let expected: BTreeSet<u32> = texts.iter().zip(&ids)
                .filter(|((how, text), _)| naive(*how, text.as_bytes(), value.as_bytes()))
                .map(|(_, id)| *id)
                .collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn an_empty_set_finds_nothing() {
        Builder::default().build().find(b"anything", true, |_| panic!("nothing was looked for"));
    }
}
