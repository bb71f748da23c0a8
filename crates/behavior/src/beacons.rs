//! Programs that call home: calls of one machine to one place outside that come too regularly for people, and that hardly any other machine makes.

use estate::snapshot;
use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use serde::{Deserialize, Serialize};

use crate::kept::{self, Most, keep_most, unite};

/// Calls closer to one another than this are one call (microseconds): a page has many parts.
const SAME: i64 = 3_000_000;
const HOUR: i64 = 3_600_000_000;
/// Calls that are remembered of a pair, at most so many of each hour: so they reach back over most of a day, for slow ones over weeks.
const CALLS: usize = 64;
const PER_HOUR: u8 = 4;
/// Nothing is said before so many intervals, in so many hours.
const LEAST_CALLS: usize = 10;
const LEAST_HOURS: u16 = 4;
/// So improbable calls must be to be worth a word (once in twenty thousand pairs), and so much more must there be for another.
const LEAST_NATS: f64 = 10.0;
const STEP: f64 = 0.5;
/// Classes of intervals in an octave: one is 6 % wide.
const PER_OCTAVE: f64 = 12.0;
/// How far intervals may differ: number of classes, the least class to begin with (whole seconds are too coarse for shorter ones), and the most
/// of an exponential distribution that lies in there, whatever its mean. These are calls by the clock, jitter of ±20 %, and of ±50 %.
const WIDTHS: [(usize, usize, f64); 3] = [(2, 48, MASS_2), (7, 36, MASS_7), (19, 24, MASS_19)];
/// Of an exponential distribution, exp(-x) - exp(-rx) lies between x and rx (in means); most at x = ln(r) / (r - 1). r = 2^(classes / 12).
const MASS_2: f64 = 0.0425;
const MASS_7: f64 = 0.1478;
const MASS_19: f64 = 0.3846;
/// Pairs that are remembered (some 100 MB); beyond, those that did not call for longest are forgotten.
const MOST_PAIRS: usize = 400_000;

/// A place outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Place {
    /// Number of a host of the estate.
    Host(u32),
    /// Number of a domain in which names were looked up.
    Domain(u32),
}

/// A call, as far as it tells of a pair.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    /// Number of the machine.
    pub source: u32,
    pub place: Place,
    /// Microseconds.
    pub time: i64,
    /// The day, as days are counted here.
    pub day: i32,
    /// Bytes sent.
    pub bytes: u64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Pair {
    /// The last call.
    #[serde(deserialize_with = "kept::micros")]
    last: i64,
    /// The hour of it, how many calls of it are remembered already, and in how many hours there were calls.
    hour: i64,
    taken: u8,
    hours: u16,
    /// Classes of intervals and of sizes, the oldest first.
    calls: Vec<[u8; 2]>,
    /// What was said of it on which day.
    told: f32,
    day: i32,
}

/// Classes of sizes of all calls that were remembered.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Sizes {
    counts: Vec<f64>,
    total: f64,
}

impl Sizes {
    fn add(&mut self, size: u8) {
        let class = usize::from(size);
        self.counts.resize(self.counts.len().max(class + 1), 0.0);
        self.counts.iter_mut().skip(class).take(1).for_each(|count| *count += 1.0);
        self.total += 1.0;
    }

    fn merge(&mut self, other: &Sizes) {
        self.counts.resize(self.counts.len().max(other.counts.len()), 0.0);
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, other)| *count += other);
        self.total += other.total;
    }
}

/// Who calls what, and how regularly.
///
/// Bound: 400,000 pairs and as many machines (some 100 MB); beyond, the half of the pairs that did not call for longest is forgotten.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Beacons {
    #[serde(with = "snapshot::map")]
    pairs: HashMap<(u32, Place), Pair, FixedState>,
    /// How many machines call a place.
    #[serde(with = "snapshot::map")]
    callers: HashMap<Place, u32, FixedState>,
    #[serde(with = "snapshot::set")]
    machines: HashSet<u32, FixedState>,
    sizes: Sizes,
    #[serde(skip)]
    most: Most<MOST_PAIRS>,
}

impl Beacons {
    /// Takes a call, in the order of time. Gives by how much it makes its pair more of a beacon than was said of it today, in nats.
    pub fn call(&mut self, call: &Call) -> Option<f64> {
        let Some(pair) = self.pairs.get_mut(&(call.source, call.place)) else {
            self.begin(call);
            return None;
        };
        let gap = call.time - std::mem::replace(&mut pair.last, call.time);
        if gap <= SAME {
            return None;
        }
        let hour = call.time.div_euclid(HOUR);
        if hour != pair.hour {
            (pair.hour, pair.taken) = (hour, 0);
            pair.hours = pair.hours.saturating_add(1);
        }
        if pair.taken >= PER_HOUR {
            return None;
        }
        pair.taken += 1;
        // What is left of an exponential interval that is longer than something is exponential again.
        let size = class((call.bytes as f64 + 1.0).log2() * 8.0);
        pair.remember([class(((gap - SAME) as f64 / 1e6).max(1.0).log2() * PER_OCTAVE), size]);
        self.sizes.add(size);
        let regular = pair.nats(&self.sizes);
        if regular < LEAST_NATS {
            return None;
        }
        let nats = regular * rarity(&self.callers, self.machines.len(), call.place);
        if pair.day != call.day {
            (pair.day, pair.told) = (call.day, 0.0);
        }
        let more = nats - f64::from(pair.told);
        if nats < LEAST_NATS || more < STEP {
            return None;
        }
        pair.told = nats as f32;
        Some(more)
    }

    /// From 1 for a place that one machine of many calls to 0 for one that all call.
    pub fn rarity(&self, place: Place) -> f64 {
        rarity(&self.callers, self.machines.len(), place)
    }

    /// Every pair of which enough is known: its machine, the place, its nats without and with the rarity of the place. In no order.
    pub fn all(&self) -> impl Iterator<Item = (u32, Place, f64, f64)> {
        self.pairs.iter().filter(|(_, pair)| pair.calls.len() >= LEAST_CALLS).map(
            |((source, place), pair)| {
                let nats = pair.nats(&self.sizes);
                (*source, *place, nats, nats * self.rarity(*place))
            },
        )
    }

    fn begin(&mut self, call: &Call) {
        if self.pairs.len() >= self.most.0 {
            self.forget(call.time);
        }
        let hour = call.time.div_euclid(HOUR);
        let pair = Pair { last: call.time, hour, hours: 1, day: call.day, ..Pair::default() };
        self.pairs.insert((call.source, call.place), pair);
        *self.callers.entry(call.place).or_default() += 1;
        if self.machines.len() < self.most.0 {
            self.machines.insert(call.source);
        }
    }

    /// Forgets the half that did not call for longest.
    fn forget(&mut self, now: i64) {
        let mut times: Vec<i64> = self.pairs.values().map(|pair| pair.last).collect();
        let half = times.len() / 2;
        let until = if times.is_empty() { now } else { *times.select_nth_unstable(half).1 };
        let callers = &mut self.callers;
        self.pairs.retain(|(_, place), pair| {
            let stays = pair.last > until;
            if !stays && let Some(count) = callers.get_mut(place) {
                *count = count.saturating_sub(1);
            }
            stays
        });
        self.callers.retain(|_, count| *count > 0);
    }

    /// Domains have other numbers now; what was called below one that has none is forgotten.
    pub fn renumber(&mut self, domain: impl Fn(u32) -> Option<u32>) {
        let pairs = std::mem::take(&mut self.pairs).into_iter().filter_map(|((source, place), pair)| {
            let place = match place {
                Place::Domain(number) => Place::Domain(domain(number)?),
                host @ Place::Host(_) => host,
            };
            Some(((source, place), pair))
        });
        self.pairs = pairs.collect();
        self.count_callers();
    }

    /// Adds what another state remembers; of too many pairs those that called last stay.
    pub fn merge(&mut self, other: Beacons) {
        for (key, pair) in other.pairs {
            match self.pairs.get_mut(&key) {
                Some(known) => known.merge(pair),
                None => {
                    self.pairs.insert(key, pair);
                }
            }
        }
        keep_most(&mut self.pairs, self.most.0, |_, pair| pair.last);
        unite(&mut self.machines, other.machines, self.most.0);
        self.sizes.merge(&other.sizes);
        self.count_callers();
    }

    fn count_callers(&mut self) {
        self.callers.clear();
        for (_, place) in self.pairs.keys() {
            *self.callers.entry(*place).or_default() += 1;
        }
    }
}

/// The share of machines that call a place, on a scale of logarithms. Where there are few machines it says little, and is less.
fn rarity(callers: &HashMap<Place, u32, FixedState>, machines: usize, place: Place) -> f64 {
    let machines = machines.max(1) as f64;
    let callers = callers.get(&place).copied().unwrap_or(1).max(1);
    let share = (f64::from(callers) - 0.5) / machines;
    let rarity = -share.min(1.0).ln() / (2.0 * machines).ln();
    /// So many machines are few.
    const FEW: f64 = 4.0;
    rarity.clamp(0.0, 1.0) * machines / (machines + FEW)
}

impl Pair {
    fn remember(&mut self, call: [u8; 2]) {
        // Before, so that it need not grow beyond.
        self.calls.drain(..(self.calls.len() + 1).saturating_sub(CALLS));
        self.calls.push(call);
    }

    /// Adds the calls of the same pair that another state took: the later ones behind the earlier ones.
    fn merge(&mut self, mut other: Pair) {
        let until =
            |pair: &Pair| (pair.last, pair.hour, pair.taken, pair.hours, pair.day, pair.told.to_bits());
        if (until(self), &self.calls) > (until(&other), &other.calls) {
            std::mem::swap(self, &mut other);
        }
        let earlier = std::mem::replace(self, other);
        let in_one_hour = earlier.hour == self.hour;
        self.hours = self.hours.saturating_add(earlier.hours) - u16::from(in_one_hour && earlier.hours > 0);
        if in_one_hour {
            self.taken = self.taken.saturating_add(earlier.taken);
        }
        if earlier.day >= self.day {
            self.told = if earlier.day == self.day { self.told.max(earlier.told) } else { earlier.told };
            self.day = earlier.day;
        }
        self.calls.splice(..0, earlier.calls);
        self.calls.drain(..self.calls.len().saturating_sub(CALLS));
    }

    /// How improbable calls as regular as these are for people, in nats; what their sizes say counts at most as much as the intervals.
    fn nats(&self, sizes: &Sizes) -> f64 {
        if self.calls.len() < LEAST_CALLS || self.hours < LEAST_HOURS {
            return 0.0;
        }
        let intervals = of_intervals(&self.calls);
        if intervals > 0.0 { intervals + of_sizes(&self.calls, sizes).min(intervals) } else { 0.0 }
    }
}

/// Calls of people come at random, at a rate that changes (a Cox process): their intervals are a mixture of exponential distributions, of which no more than a
/// known part lies within a factor r, whatever the mixture. How many of them do is at most binomial with that part; the bound of its tail is Chernoff's (Hoeffding,
/// "Probability Inequalities for Sums of Bounded Random Variables", 1963), times the number of windows looked at. Calls that were missed are intervals
/// outside the window, and jitter is one of its widths.
fn of_intervals(calls: &[[u8; 2]]) -> f64 {
    let mut sorted: Vec<usize> = calls.iter().map(|[interval, _]| usize::from(*interval)).collect();
    sorted.sort_unstable();
    let n = sorted.len() as f64;
    let mut most = 0.0f64;
    for (width, least, mass) in WIDTHS {
        let (mut within, mut reached, mut end) = (0usize, 0usize, sorted.iter().peekable());
        for (at, first) in sorted.iter().enumerate() {
            while end.next_if(|one| **one < first + width).is_some() {
                reached += 1;
            }
            if *first >= least {
                within = within.max(reached - at);
            }
        }
        most = most.max(n * divergence(within as f64 / n, mass));
    }
    (most - (n * WIDTHS.len() as f64).ln()).max(0.0)
}

/// The same of the most frequent size, against how frequent it is among all calls.
fn of_sizes(calls: &[[u8; 2]], all: &Sizes) -> f64 {
    let mut sorted: Vec<usize> = calls.iter().map(|[_, size]| usize::from(*size)).collect();
    sorted.sort_unstable();
    let n = sorted.len() as f64;
    let mut most = 0.0f64;
    for run in sorted.chunk_by(|a, b| a == b) {
        let here = run.first().and_then(|class| all.counts.get(*class)).copied().unwrap_or_default();
        most = most.max(n * divergence(run.len() as f64 / n, (here + 1.0) / (all.total + 2.0)));
    }
    (most - n.ln()).max(0.0)
}

/// Kullback and Leibler's divergence of a share from a smaller probability; 0 where it is not smaller.
fn divergence(share: f64, probability: f64) -> f64 {
    if share <= probability {
        return 0.0;
    }
    let rest = if share < 1.0 { (1.0 - share) * ((1.0 - share) / (1.0 - probability)).ln() } else { 0.0 };
    share * (share / probability).ln() + rest
}

fn class(value: f64) -> u8 {
    value.clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers from 0 to 1 that look random.
    struct Random(u64);

    impl Random {
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 11) as f64 / (1u64 << 53) as f64
        }
    }

    /// A company of 60 machines that all call place 0 now and then, so that what one machine does is rare.
    fn company() -> Beacons {
        let mut beacons = Beacons::default();
        for source in 100..160 {
            beacons.call(&call(source, Place::Host(0), 0.0, 500));
        }
        beacons
    }

    fn call(source: u32, place: Place, seconds: f64, bytes: u64) -> Call {
        let time = (seconds * 1e6) as i64;
        Call { source, place, time, day: time.div_euclid(86_400_000_000) as i32, bytes }
    }

    /// The most that is said of machine 1 and place 1 on one day, with these intervals in seconds.
    fn said(beacons: &mut Beacons, intervals: impl Iterator<Item = f64>, size: impl Fn(usize) -> u64) -> f64 {
        let (mut time, mut day, mut today, mut most) = (1_000.0, 0, 0.0, 0.0f64);
        for (number, interval) in intervals.enumerate() {
            time += interval;
            let call = call(1, Place::Host(1), time, size(number));
            if call.day != day {
                (day, today) = (call.day, 0.0);
            }
            today += beacons.call(&call).unwrap_or_default();
            most = most.max(today);
        }
        most
    }

    #[test]
    fn a_call_every_ten_minutes_is_a_beacon_within_a_day() {
        let said = said(&mut company(), std::iter::repeat_n(600.0, 100), |_| 300);
        assert!(said > 100.0, "{said}");
    }

    #[test]
    fn jitter_of_half_the_interval_and_missing_calls_do_not_hide_it() {
        for jitter in [0.2, 0.5] {
            let mut random = Random(7);
            let mut missing = Random(8);
            let intervals = (0..140).map(|_| {
                let times = if missing.next() < 0.1 { 2.0 } else { 1.0 };
                times * 600.0 * (1.0 + jitter * (2.0 * random.next() - 1.0))
            });
            let said = said(&mut company(), intervals, |number| 200 + number as u64 * 37 % 900);
            assert!(said > 15.0, "{jitter}: {said}");
        }
    }

    #[test]
    fn one_call_an_hour_becomes_visible_across_days() {
        let mut random = Random(3);
        let mut intervals = || 3_600.0 * (1.0 + 0.2 * (2.0 * random.next() - 1.0));
        let slow: Vec<f64> = (0..72).map(|_| intervals()).collect();
        let first = said(&mut company(), slow.iter().copied().take(9), |_| 300);
        let third = said(&mut company(), slow.iter().copied(), |_| 300);
        assert_eq!(first, 0.0);
        assert!(third > 40.0, "{third}");
    }

    #[test]
    fn people_who_come_at_random_are_no_beacon() {
        for seed in 1..40 {
            let mut random = Random(seed);
            // Bursts of clicks, pauses, and a night.
            let intervals = (0..2_000).map(|number| {
                let mean = if number % 200 == 0 {
                    50_000.0
                } else if number % 15 == 0 {
                    2_000.0
                } else {
                    20.0
                };
                -mean * random.next().max(1e-12).ln()
            });
            let said = said(&mut company(), intervals, |number| 200 + (number * number) as u64 % 4_000);
            assert!(said < 8.0, "{seed}: {said}");
        }
    }

    #[test]
    fn what_every_machine_calls_as_regularly_is_no_beacon() {
        let mut beacons = company();
        for source in 100..160 {
            beacons.call(&call(source, Place::Host(1), 0.0, 300));
        }
        let said = said(&mut beacons, std::iter::repeat_n(600.0, 100), |_| 300);
        assert!(said < 3.0, "{said}");
    }

    #[test]
    fn the_parts_of_one_page_are_one_call() {
        let mut beacons = company();
        let said = said(&mut beacons, [0.4, 0.7, 1.5].into_iter().cycle().take(40_000), |_| 300);
        assert_eq!(said, 0.0);
    }

    #[test]
    fn when_there_are_too_many_pairs_those_that_did_not_call_for_longest_go() {
        let mut beacons = Beacons { most: Most(100), ..Beacons::default() };
        for number in 0..500u32 {
            beacons.call(&call(1, Place::Host(number), f64::from(number) * 10.0, 0));
        }
        assert!(beacons.pairs.len() <= 100);
        assert!(beacons.pairs.contains_key(&(1, Place::Host(499))));
        assert_eq!(beacons.callers.len(), beacons.pairs.len());
    }

    #[test]
    fn calls_of_one_pair_in_two_states_are_those_of_one_but_for_the_interval_between() {
        let calls = |of: std::ops::Range<i32>| {
            let mut beacons = Beacons { most: Most(100), ..Beacons::default() };
            for number in of {
                beacons.call(&call(1, Place::Host(1), f64::from(number) * 900.0, number as u64));
            }
            beacons
        };
        let (mut first, second, whole) = (calls(0..20), calls(20..40), calls(0..40));
        first.merge(second);
        let pair = |beacons: &Beacons| beacons.pairs.get(&(1, Place::Host(1))).cloned().unwrap_or_default();
        let (merged, whole) = (pair(&first), pair(&whole));
        assert_eq!((merged.last, merged.hour, merged.hours), (whole.last, whole.hour, whole.hours));
        assert_eq!(merged.calls[..19], whole.calls[..19]);
        assert_eq!(merged.calls[19..], whole.calls[20..]);
        assert_eq!(first.callers.get(&Place::Host(1)), Some(&1));
    }

    #[test]
    fn two_states_hold_no_more_pairs_than_one_and_keep_those_that_called_last() {
        let called = |of: std::ops::Range<u32>| {
            let mut beacons = Beacons { most: Most(100), ..Beacons::default() };
            for number in of {
                beacons.call(&call(number % 7, Place::Host(number), f64::from(number) * 10.0, 0));
            }
            beacons
        };
        let mut beacons = called(0..80);
        beacons.merge(called(80..160));
        assert_eq!(beacons.pairs.len(), 100);
        assert!((60..160).all(|number| beacons.callers.get(&Place::Host(number)) == Some(&1)));
        assert_eq!((beacons.callers.len(), beacons.machines.len()), (100, 7));
    }

    #[test]
    fn the_parts_of_an_exponential_distribution_are_what_they_are_said_to_be() {
        for (width, _, mass) in WIDTHS {
            let r = (width as f64 / PER_OCTAVE).exp2();
            let x = r.ln() / (r - 1.0);
            assert!(
                ((-x).exp() - (-r * x).exp() - mass).abs() < 5e-4,
                "{width}: {}",
                (-x).exp() - (-r * x).exp()
            );
        }
    }
}
