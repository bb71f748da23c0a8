//! How far the clocks of hosts are apart.
//!
//! In: for pairs of records on two hosts that tell of one moment (a flow at both its ends, a logon and its ticket), the difference of their times.
//! Out: each host's offset against the largest group of hosts whose clocks agree. Records that were late by chance do no harm: a pair of hosts counts
//! by the median of its differences. Two seconds are no offset.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::hosts::HostId;

/// Differences that are kept of one pair of hosts.
const KEPT: usize = 31;

/// A pair of hosts counts from so many differences on.
const FEWEST: u64 = 5;

/// Offsets up to this many microseconds are none.
const AGREEING: i64 = 2_000_000;

/// At most so many pairs of hosts.
const MOST_PAIRS: usize = 200_000;

/// The differences of one pair: a sample of all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Differences {
    seen: u64,
    kept: Vec<i64>,
}

impl Differences {
    /// A reservoir (Vitter's algorithm R, ACM TOMS 1985) whose dice are the count: the same input keeps the same sample.
    fn take(&mut self, difference: i64) {
        self.seen += 1;
        if self.kept.len() < KEPT {
            self.kept.push(difference);
            return;
        }
        let at = mixed(self.seen) % self.seen;
        if let Some(kept) = usize::try_from(at).ok().and_then(|at| self.kept.get_mut(at)) {
            *kept = difference;
        }
    }
}

/// The clocks of all hosts.
///
/// Bound: a sample of 31 differences for each of 200,000 pairs of hosts; pairs met later are passed over, none is forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocks {
    pairs: BTreeMap<(HostId, HostId), Differences>,
    seen: u64,
    /// When so many differences have been seen, offsets are worked out again.
    next: u64,
    /// What the pairs came to then: by host, offset and differences it rests on.
    settled: Offsets,
}

type Offsets = BTreeMap<HostId, (i64, u64)>;

/// By host, those it is paired with: the other, the other's time minus its own, the number of differences.
type Neighbours = BTreeMap<HostId, Vec<(HostId, i64, u64)>>;

impl Clocks {
    /// No host yet.
    pub fn new() -> Clocks {
        Clocks::default()
    }

    /// Two records tell of the same moment; `difference` is the time of `b`'s record minus that of `a`'s, in microseconds.
    pub fn pair(&mut self, a: HostId, b: HostId, difference: i64) {
        if a == b || a == HostId::NONE || b == HostId::NONE {
            return;
        }
        let (key, difference) =
            if a < b { ((a, b), difference) } else { ((b, a), difference.saturating_neg()) };
        if self.pairs.len() >= MOST_PAIRS && !self.pairs.contains_key(&key) {
            return;
        }
        let differences = self.pairs.entry(key).or_default();
        differences.take(difference);
        self.seen += 1;
        if self.seen >= self.next {
            self.settle();
        }
    }

    /// By host, how far its clock is ahead of the others', in microseconds, and the number of differences that say so: hosts that are more than two
    /// seconds off.
    pub fn offsets(&self) -> Vec<(HostId, i64, u64)> {
        self.worked_out().into_iter().map(|(host, (offset, pairs))| (host, offset, pairs)).collect()
    }

    /// How far a host's clock is ahead, in microseconds; 0 where nothing says so. From a table that is made anew whenever the differences have grown
    /// by a quarter, and by [`Clocks::settle`].
    pub fn offset(&self, host: HostId) -> i64 {
        self.settled.get(&host).map_or(0, |(offset, _)| *offset)
    }

    /// Makes the table of [`Clocks::offset`] anew.
    pub fn settle(&mut self) {
        self.settled = self.worked_out();
        self.next = self.seen + self.seen / 4 + FEWEST;
    }

    fn worked_out(&self) -> Offsets {
        let mut neighbours = Neighbours::new();
        for ((a, b), differences) in &self.pairs {
            if differences.seen >= FEWEST {
                let median = median(&differences.kept);
                neighbours.entry(*a).or_default().push((*b, median, differences.seen));
                neighbours.entry(*b).or_default().push((*a, median.saturating_neg(), differences.seen));
            }
        }
        let mut offsets = Offsets::new();
        let mut left: BTreeSet<HostId> = neighbours.keys().copied().collect();
        while let Some(start) = left.first().copied() {
            let group = walk(start, &neighbours);
            for host in group.keys() {
                left.remove(host);
            }
            set_right(&group, &neighbours, &mut offsets);
        }
        offsets
    }
}

/// Sets a group of connected hosts against most of them.
fn set_right(group: &BTreeMap<HostId, i64>, neighbours: &Neighbours, offsets: &mut Offsets) {
    let mut clocks: Vec<i64> = group.values().copied().collect();
    clocks.sort_unstable();
    let right = most_agree(&clocks);
    for (host, clock) in group {
        let offset = clock.saturating_sub(right);
        if offset.saturating_abs() > AGREEING {
            let pairs = neighbours.get(host).into_iter().flatten().map(|(_, _, pairs)| pairs).sum();
            offsets.insert(*host, (offset, pairs));
        }
    }
}

/// The clock of each host that is connected with the first, against the first's: over the fewest steps, of those the one with most differences.
fn walk(start: HostId, neighbours: &Neighbours) -> BTreeMap<HostId, i64> {
    let mut clocks = BTreeMap::from([(start, 0)]);
    let mut next = VecDeque::from([start]);
    while let Some(host) = next.pop_front() {
        let clock = clocks.get(&host).copied().unwrap_or_default();
        let mut others: Vec<&(HostId, i64, u64)> = neighbours.get(&host).into_iter().flatten().collect();
        others.sort_by_key(|(other, _, pairs)| (std::cmp::Reverse(*pairs), *other));
        for (other, difference, _) in others {
            if !clocks.contains_key(other) {
                clocks.insert(*other, difference.saturating_add(clock));
                next.push_back(*other);
            }
        }
    }
    clocks
}

/// The clock on which most agree: the middle of the largest number of sorted clocks within two seconds; of several the first.
fn most_agree(sorted: &[i64]) -> i64 {
    let mut best: &[i64] = &[];
    for (at, first) in sorted.iter().enumerate() {
        let from = sorted.get(at..).unwrap_or_default();
        let end = from.partition_point(|clock| clock.saturating_sub(*first) <= AGREEING);
        let within = from.get(..end).unwrap_or_default();
        if within.len() > best.len() {
            best = within;
        }
    }
    median(best)
}

fn median(values: &[i64]) -> i64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// A number without any pattern for each number (SplitMix64: Steele, Lea and Flood, OOPSLA 2014).
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    fn agree(clocks: &mut Clocks, a: u32, b: u32, difference: i64, times: i64) {
        (0..times).for_each(|at| clocks.pair(HostId(a), HostId(b), difference + at * 1000));
    }

    #[test]
    fn a_host_that_is_five_minutes_ahead_is_found_against_those_that_agree() {
        let mut clocks = Clocks::new();
        agree(&mut clocks, 1, 2, 0, 10);
        agree(&mut clocks, 2, 3, SECOND / 2, 10);
        agree(&mut clocks, 4, 2, -300 * SECOND, 10);
        clocks.settle();
        let offsets = clocks.offsets();
        let [(host, offset, pairs)] = offsets.as_slice() else { panic!("{offsets:?}") };
        assert_eq!((host.0, *pairs), (4, 10));
        assert!((*offset - 300 * SECOND).abs() < SECOND, "{offset}");
        assert_eq!((clocks.offset(HostId(4)), clocks.offset(HostId(1))), (*offset, 0));
    }

    #[test]
    fn a_clock_is_known_through_hosts_in_between() {
        let mut clocks = Clocks::new();
        agree(&mut clocks, 1, 2, 0, 5);
        agree(&mut clocks, 2, 3, 0, 5);
        agree(&mut clocks, 3, 4, 60 * SECOND, 5);
        agree(&mut clocks, 4, 5, 0, 5);
        let ahead: Vec<u32> = clocks.offsets().iter().map(|(host, ..)| host.0).collect();
        assert_eq!(ahead, [4, 5]);
    }

    #[test]
    fn single_late_records_and_small_differences_are_no_offset() {
        let mut clocks = Clocks::new();
        agree(&mut clocks, 1, 2, SECOND, 100);
        agree(&mut clocks, 1, 2, 3600 * SECOND, 40);
        agree(&mut clocks, 1, 3, 500 * SECOND, 4);
        assert_eq!(clocks.offsets(), []);
    }

    #[test]
    fn the_sample_is_bounded_and_the_same_each_time() {
        let filled = || {
            let mut clocks = Clocks::new();
            agree(&mut clocks, 2, 1, 10 * SECOND, 10_000);
            clocks
        };
        assert_eq!(filled(), filled());
        assert!(filled().pairs.values().all(|differences| differences.kept.len() == KEPT));
    }

    proptest::proptest! {
        #[test]
        fn no_differences_make_it_panic(pairs in proptest::collection::vec((0u32..5, 0u32..5, proptest::num::i64::ANY), 0..100)) {
            let mut clocks = Clocks::new();
            for (a, b, difference) in pairs {
                clocks.pair(HostId(a), HostId(b), difference);
            }
            let _ = clocks.offsets();
        }
    }
}
