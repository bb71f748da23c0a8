//! Indicators compiled for look-ups: a question costs the same for ten indicators as for a million.
//!
//! In: what was gathered. Out: for a value, the indicators that it is. A bitmap that mostly stays in the cache says for
//! nearly every value that there is none; a flat table of fingerprints points at the others, and the text decides. The
//! hash is keyed anew in every process, so that no log or list can choose values that collide.
#![expect(
    clippy::indexing_slicing,
    reason = "the innermost look-ups; positions are masked by the tables' sizes, which are powers of two"
)]

use std::hash::{BuildHasher, Hasher};
use std::net::IpAddr;

use foldhash::quality::RandomState;
use model::{Level, Time};

use super::gathered::{Entry, Gathered};
use super::indicator::{Details, Indicator, Kind};
use super::normal::{bits, masked, network};
use super::reason::{Reason, Report};

/// Compiled indicators.
#[derive(Debug)]
pub struct Indicators {
    entries: Vec<Entry>,
    texts: Box<str>,
    details: Vec<Details>,
    /// A fingerprint of 32 bits, and the number of an entry plus one; 0 is free.
    slots: Vec<u64>,
    /// Eight to sixteen bits per indicator.
    filter: Vec<u64>,
    hasher: RandomState,
    /// The prefix lengths that networks have.
    v4_lengths: Vec<u8>,
    v6_lengths: Vec<u8>,
    /// A bit for each /24 of IPv4 in which any address is in a network: one question in place of one per length.
    v4_blocks: Vec<u64>,
    /// A bit for each hash of a last label (`jp`, `com`) that any domain has: most names in texts are of files.
    last_labels: [u64; LABEL_BITS / 64],
    counts: [u64; Kind::ALL.len()],
    report: Report,
    least: Level,
}

/// What is looked up.
#[derive(Clone, Copy, Debug)]
pub(super) enum Key<'a> {
    Text(Kind, &'a str),
    Address(IpAddr),
    Network(IpAddr, u8),
}

const NONE: u32 = 0;

impl Default for Indicators {
    /// None.
    fn default() -> Indicators {
        Indicators::build(Gathered::default(), Level::Informational)
    }
}

impl Indicators {
    /// Compiles what was gathered. Findings below the level `least` are not wanted.
    pub fn build(gathered: Gathered, least: Level) -> Indicators {
        let Gathered { entries, texts, details, report, .. } = gathered;
        let slots = (entries.len() * 2).next_power_of_two().max(2);
        let mut built = Indicators {
            entries,
            texts: texts.into_boxed_str(),
            details,
            slots: vec![0; slots],
            filter: vec![0; (slots * 4 / 64).max(1)],
            hasher: RandomState::default(),
            v4_lengths: Vec::new(),
            v6_lengths: Vec::new(),
            v4_blocks: Vec::new(),
            last_labels: [0; LABEL_BITS / 64],
            counts: [0; Kind::ALL.len()],
            report,
            least,
        };
        for number in 0..built.entries.len() as u32 {
            built.insert(number);
        }
        built.mark_blocks();
        built.v4_lengths.sort_unstable();
        built.v6_lengths.sort_unstable();
        built
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many of a kind there are.
    pub fn count(&self, kind: Kind) -> u64 {
        self.counts[kind as usize]
    }

    /// What became of the others.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// An indicator by its number.
    pub fn get(&self, number: u32) -> Option<Indicator<'_>> {
        let entry = self.entries.get(number as usize)?;
        let start = entry.start as usize;
        let end = start + usize::from(entry.value_len);
        Some(Indicator {
            kind: entry.kind,
            value: self.texts.get(start..end)?,
            given_id: self.texts.get(end..end + usize::from(entry.id_len))?,
            details: self.details.get(entry.details as usize)?,
        })
    }

    /// Whether an event of that time that shows the indicator is a finding.
    pub fn matters(&self, number: u32, time: Time) -> bool {
        let details =
            self.entries.get(number as usize).and_then(|entry| self.details.get(entry.details as usize));
        details.is_some_and(|details| details.is_valid_at(time) && details.level() >= self.least)
    }

    pub(super) fn has(&self, kinds: &[Kind]) -> bool {
        kinds.iter().any(|kind| self.count(*kind) > 0)
    }

    /// Appends the indicators that an address is, or in whose networks it lies.
    pub(super) fn address(&self, address: IpAddr, found: &mut Vec<u32>) {
        if self.count(Kind::Address) > 0 {
            self.probe(Key::Address(address), found);
        }
        if let IpAddr::V4(address) = address
            && !self.v4_blocks.is_empty()
        {
            let block = address.to_bits() as usize >> 8;
            if self.v4_blocks[block / 64] >> (block % 64) & 1 == 0 {
                return;
            }
        }
        let lengths = if address.is_ipv4() { &self.v4_lengths } else { &self.v6_lengths };
        for length in lengths {
            self.probe(Key::Network(masked(address, *length), *length), found);
        }
    }

    /// Appends the indicators that a name in normal form is, or below which it lies.
    pub(super) fn name(&self, name: &str, found: &mut Vec<u32>) {
        let bit = label_bit(name);
        if self.last_labels[bit / 64] >> (bit % 64) & 1 == 0 {
            return;
        }
        let mut rest = name;
        loop {
            self.probe(Key::Text(Kind::Domain, rest), found);
            match rest.split_once('.') {
                // No indicator has one label only.
                Some((_, above)) if above.contains('.') => rest = above,
                _ => return,
            }
        }
    }

    /// Appends the indicators with exactly that value.
    #[inline]
    pub(super) fn probe(&self, key: Key<'_>, found: &mut Vec<u32>) {
        let hash = self.hash(key);
        if !self.may_hold(hash) {
            return;
        }
        let mut entry = self.find(key, hash);
        while let Some(number) = entry {
            found.push(number);
            entry = self.entries[number as usize].next.checked_sub(1);
        }
    }

    /// Only where there are enough lengths for it to pay: the bits are 2 MiB.
    fn mark_blocks(&mut self) {
        const ENOUGH: usize = 4;
        const BLOCKS: usize = 1 << 24;
        if self.v4_lengths.len() < ENOUGH {
            return;
        }
        let mut blocks = vec![0u64; BLOCKS / 64];
        for number in 0..self.entries.len() as u32 {
            let Some(Key::Network(IpAddr::V4(address), length)) = self.get(number).and_then(key_of) else {
                continue;
            };
            let first = address.to_bits() as usize >> 8;
            let count = 1 << 24u8.saturating_sub(length);
            for block in first..first + count {
                blocks[block / 64] |= 1 << (block % 64);
            }
        }
        self.v4_blocks = blocks;
    }

    fn insert(&mut self, number: u32) {
        let Some((key, kind)) =
            self.get(number).and_then(|indicator| Some((key_of(indicator)?, indicator.kind)))
        else {
            return;
        };
        let hash = self.hash(key);
        let known = if self.may_hold(hash) { self.find(key, hash) } else { None };
        match key {
            Key::Text(Kind::Domain, name) => {
                let bit = label_bit(name);
                self.last_labels[bit / 64] |= 1 << (bit % 64);
            }
            Key::Network(address, length) => {
                let lengths = if address.is_ipv4() { &mut self.v4_lengths } else { &mut self.v6_lengths };
                if !lengths.contains(&length) {
                    lengths.push(length);
                }
            }
            _ => {}
        }
        if let Some(first) = known {
            return self.chain(first, number, kind);
        }
        self.counts[kind as usize] += 1;
        let bit = hash as usize & (self.filter.len() * 64 - 1);
        self.filter[bit / 64] |= 1 << (bit % 64);
        let mask = self.slots.len() - 1;
        let mut at = (hash >> 16) as usize & mask;
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = (hash >> 32 << 32) | u64::from(number + 1);
    }

    /// The same value said by another source, or again by the same.
    fn chain(&mut self, first: u32, number: u32, kind: Kind) {
        const FAR_ENOUGH: usize = 16;
        let details = self.entries[number as usize].details;
        let mut other = Some(first);
        for _ in 0..FAR_ENOUGH {
            let Some(at) = other else { break };
            let entry = self.entries[at as usize];
            if entry.details == details {
                *self.report.by_reason.entry(Reason::Duplicate).or_default() += 1;
                return;
            }
            other = entry.next.checked_sub(1);
        }
        self.counts[kind as usize] += 1;
        self.entries[number as usize].next = self.entries[first as usize].next;
        self.entries[first as usize].next = number + 1;
    }

    #[inline]
    fn may_hold(&self, hash: u64) -> bool {
        let bit = hash as usize & (self.filter.len() * 64 - 1);
        self.filter[bit / 64] >> (bit % 64) & 1 == 1
    }

    fn find(&self, key: Key<'_>, hash: u64) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut at = (hash >> 16) as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return None;
            }
            let number = (slot as u32).wrapping_sub(1);
            if slot >> 32 == hash >> 32 && self.is(number, key) {
                return Some(number);
            }
            at = (at + 1) & mask;
        }
    }

    fn is(&self, number: u32, key: Key<'_>) -> bool {
        let Some(indicator) = self.get(number) else { return false };
        match key {
            Key::Text(kind, text) => indicator.kind == kind && indicator.value == text,
            Key::Address(address) => {
                indicator.kind == Kind::Address && indicator.value.parse() == Ok(address)
            }
            Key::Network(address, length) => {
                indicator.kind == Kind::Network && network(indicator.value) == Some((address, length))
            }
        }
    }

    #[inline]
    fn hash(&self, key: Key<'_>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        match key {
            Key::Text(kind, text) => {
                hasher.write_u8(kind as u8);
                hasher.write(text.as_bytes());
            }
            Key::Address(address) => write_address(&mut hasher, Kind::Address, address, 0),
            Key::Network(address, length) => write_address(&mut hasher, Kind::Network, address, length),
        }
        hasher.finish()
    }
}

const LABEL_BITS: usize = 1 << 13;

/// Of the length and the letters of the last label.
fn label_bit(name: &str) -> usize {
    let label = name.bytes().rev().take_while(|byte| *byte != b'.');
    let hash = label.fold(0u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash >> 11) as usize % LABEL_BITS
}

fn write_address(hasher: &mut impl Hasher, kind: Kind, address: IpAddr, length: u8) {
    hasher.write_u32(u32::from(kind as u8) << 16 | u32::from(bits(address)) << 8 | u32::from(length));
    match address {
        IpAddr::V4(address) => hasher.write_u32(address.to_bits()),
        IpAddr::V6(address) => hasher.write_u128(address.to_bits()),
    }
}

fn key_of(indicator: Indicator<'_>) -> Option<Key<'_>> {
    Some(match indicator.kind {
        Kind::Address => Key::Address(indicator.value.parse().ok()?),
        Kind::Network => {
            let (address, length) = network(indicator.value)?;
            Key::Network(address, length)
        }
        kind => Key::Text(kind, indicator.value),
    })
}

// What ends a chain is what `checked_sub` gives of it.
const _: () = assert!(NONE == 0);
