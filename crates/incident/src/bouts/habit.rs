//! What has been usual: how often a kind comes on a host, at what time of day, how densely, and with what.
//!
//! In: the bouts that began, in the order of time. Out: rates and chances for the next one. It never looks at names.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use estate::{HostId, snapshot};
use serde::{Deserialize, Serialize};

use super::{DAY, HOUR, MOMENT};

/// A kind of finding, numbered as they come.
pub(super) type Kind = u32;
/// A kind on a host.
pub(super) type Pair = (Kind, HostId);

/// What nobody has seen counts as half a time (Jeffreys' prior of a rate).
pub(super) const HALF: f64 = 0.5;
/// A bout is compared with so many before it.
const RECENT: usize = 64;
/// Ways of coming together that are remembered; afterwards new ones are taken for chance.
const MOST_TOGETHER: usize = 500_000;
/// Pairs of kind and host that are remembered; afterwards new ones have the kind's habits.
const MOST_PAIRS: usize = 200_000;
/// Sizes are told apart by powers of two.
const SIZES: usize = 24;

/// Hours in which anything could have been seen, altogether and by hour of the day (UTC).
#[derive(Debug, Default, Serialize, Deserialize)]
struct Clock {
    now: Option<i64>,
    hours: f64,
    of_day: [f64; 24],
}

impl Clock {
    /// Goes on to `now`. A silence of more than a day counts as a day: longer ones mean that there is no log.
    fn go(&mut self, now: i64) {
        let before = self.now.unwrap_or(now);
        let mut at = before.max(now - DAY);
        self.now = Some(now);
        while at < now {
            let end = (at.div_euclid(HOUR) + 1).saturating_mul(HOUR).min(now);
            let part = (end - at) as f64 / HOUR as f64;
            self.hours += part;
            if let Some(hours) = self.of_day.get_mut(hour_of_day(at)) {
                *hours += part;
            }
            at = end;
        }
    }

    fn at(&self, hour: usize) -> f64 {
        self.of_day.get(hour).copied().unwrap_or_default()
    }
}

fn hour_of_day(time: i64) -> usize {
    time.div_euclid(HOUR).rem_euclid(24) as usize
}

/// Bouts by what they were like.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Counts {
    bouts: u32,
    closed: u32,
    sizes: [u32; SIZES],
    hours: [u32; 24],
}

impl Counts {
    fn open(&mut self, hour: usize) {
        self.bouts += 1;
        self.hours.get_mut(hour).into_iter().for_each(|count| *count += 1);
    }

    fn close(&mut self, size: usize) {
        self.closed += 1;
        self.sizes.get_mut(size.min(SIZES - 1)).into_iter().for_each(|count| *count += 1);
    }

    /// The chance of a bout at least so dense; `prior` counts as one bout.
    fn at_least(&self, size: usize, prior: f64) -> f64 {
        let denser: u32 = self.sizes.iter().skip(size).sum();
        (f64::from(denser) + prior) / (f64::from(self.closed) + 1.0)
    }

    /// How many times the mean rate an hour of the day has; `prior` counts as one bout.
    fn rhythm(&self, hour: usize, clock: &Clock, prior: f64) -> f64 {
        let expected = f64::from(self.bouts) * clock.at(hour) / clock.hours.max(1.0);
        (f64::from(self.hours.get(hour).copied().unwrap_or_default()) + prior) / (expected + 1.0)
    }
}

/// How often something turns up on a host that it had never been seen on. It halves in a day, as what is new gets old.
#[derive(Debug, Default, Serialize, Deserialize)]
struct News {
    count: f64,
    hours: f64,
    at: i64,
    #[serde(with = "snapshot::map")]
    last: HashMap<HostId, i64>,
    fresh: VecDeque<i64>,
}

impl News {
    fn go(&mut self, now: i64, seen: i64) {
        let gap = (now - self.at).clamp(0, DAY) as f64;
        let half = 0.5f64.powf(gap / DAY as f64);
        self.hours = self.hours * half + gap / HOUR as f64;
        self.count *= half;
        self.at = now;
        // What turned up within the hour is what is being judged, not how it has been; at the start that is less than an hour.
        let judged = (seen / 24).clamp(MOMENT, HOUR);
        while self.fresh.front().is_some_and(|time| now - time > judged) {
            self.fresh.pop_front();
            self.count += 1.0;
        }
    }

    fn add(&mut self, host: HostId) {
        if self.last.get(&host).is_none_or(|last| self.at - last > MOMENT) {
            self.fresh.push_back(self.at);
        }
        self.last.insert(host, self.at);
    }

    fn rate(&self, hosts: f64) -> f64 {
        (self.count + HALF) / ((self.hours + 1.0) * hosts)
    }
}

/// A bout that began lately.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Recent {
    pub pair: Pair,
    pub time: i64,
    pub bout: usize,
}

/// What is known of habits.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Habits {
    clock: Clock,
    #[serde(with = "snapshot::set")]
    hosts: HashSet<HostId>,
    all: Counts,
    #[serde(with = "snapshot::map")]
    kinds: HashMap<Kind, Counts>,
    #[serde(with = "snapshot::map")]
    pairs: HashMap<Pair, Counts>,
    news: News,
    /// How often a kind came within a moment behind another on one host.
    #[serde(with = "snapshot::map")]
    on_host: HashMap<(Kind, Kind), u32>,
    /// The same between hosts, for the very pairs: two sensors on one wire.
    #[serde(with = "snapshot::map")]
    between: HashMap<(Pair, Pair), u32>,
    recent: VecDeque<Recent>,
}

impl Habits {
    /// Time goes on, and something is seen on a host.
    pub fn see(&mut self, now: i64, host: HostId) {
        if self.clock.now.is_none() {
            self.news.at = now;
        }
        self.clock.go(now);
        self.news.go(now, (self.clock.hours * HOUR as f64) as i64);
        if self.hosts.len() < MOST_PAIRS {
            self.hosts.insert(host);
        }
    }

    /// Hours since the first finding, and one: nobody knows a rate before.
    pub fn hours(&self) -> f64 {
        self.clock.hours + 1.0
    }

    /// Bouts of this kind expected on this host within an hour at this time of day: its own, shrunk to those of the kind in the whole
    /// estate; for the first one not fewer than of new things in general, as the first days are full of them.
    pub fn rate(&self, pair: Pair) -> f64 {
        let (hours, hosts) = (self.hours(), self.hosts.len().max(1) as f64);
        let bouts = |counts: Option<&Counts>| counts.map_or(0.0, |counts| f64::from(counts.bouts));
        let (kind, here) = (self.kinds.get(&pair.0), bouts(self.pairs.get(&pair)));
        let elsewhere = (bouts(kind) + HALF) / (hours * hosts);
        let rate = (here + HALF) / (hours + HALF / elsewhere);
        let hour = hour_of_day(self.clock.now.unwrap_or_default());
        let day = self.all.rhythm(hour, &self.clock, 1.0);
        let rate = rate * kind.map_or(day, |kind| kind.rhythm(hour, &self.clock, day));
        if here == 0.0 { rate.max(self.news.rate(hosts) * day) } else { rate }
    }

    /// The chance that a bout is at least so dense, by those here, the kind's, and all.
    pub fn density(&self, pair: Pair, size: usize) -> f64 {
        if size == 0 {
            return 1.0;
        }
        let mut chance = self.all.at_least(size, HALF);
        for counts in [self.kinds.get(&pair.0), self.pairs.get(&pair)].into_iter().flatten() {
            chance = counts.at_least(size, chance);
        }
        chance.min(1.0)
    }

    /// A bout begins. Returns how little it says beside those that just began, in nats, and which of them explains it best: findings that
    /// always come together say one thing. Only what came together before explains anything.
    pub fn open(&mut self, pair: Pair, bout: usize) -> (f64, Option<usize>) {
        let now = self.clock.now.unwrap_or_default();
        while self.recent.len() > RECENT || self.recent.front().is_some_and(|one| now - one.time > MOMENT) {
            self.recent.pop_front();
        }
        let found = self.explained(pair);
        self.note_company(pair);
        self.recent.push_back(Recent { pair, time: now, bout });
        let hour = hour_of_day(now);
        if !self.pairs.contains_key(&pair) {
            self.news.add(pair.1);
        }
        self.all.open(hour);
        self.kinds.entry(pair.0).or_default().open(hour);
        if self.pairs.len() < MOST_PAIRS || self.pairs.contains_key(&pair) {
            self.pairs.entry(pair).or_default().open(hour);
        }
        found
    }

    fn explained(&self, pair: Pair) -> (f64, Option<usize>) {
        let mut best = (f64::INFINITY, None);
        for one in self.recent.iter().filter(|one| one.pair != pair) {
            let (together, alone) = if one.pair.1 == pair.1 {
                (self.on_host.get(&(one.pair.0, pair.0)), self.kinds.get(&one.pair.0))
            } else {
                (self.between.get(&(one.pair, pair)), self.pairs.get(&one.pair))
            };
            if let (Some(together), Some(alone)) = (together, alone) {
                let nats = -(f64::from(*together) / (f64::from(alone.bouts) + 1.0)).min(1.0).ln();
                if nats < best.0 {
                    best = (nats, Some(one.bout));
                }
            }
        }
        best
    }

    fn note_company(&mut self, pair: Pair) {
        let others: BTreeSet<Pair> =
            self.recent.iter().map(|one| one.pair).filter(|one| *one != pair).collect();
        let mut kinds = BTreeSet::new();
        for other in others {
            if other.1 == pair.1 {
                if kinds.insert(other.0) {
                    count(&mut self.on_host, (other.0, pair.0));
                    count(&mut self.on_host, (pair.0, other.0));
                }
            } else {
                count(&mut self.between, (other, pair));
                count(&mut self.between, (pair, other));
            }
        }
    }

    /// A bout is over.
    pub fn close(&mut self, pair: Pair, size: usize) {
        self.all.close(size);
        self.kinds.entry(pair.0).or_default().close(size);
        self.pairs.get_mut(&pair).into_iter().for_each(|counts| counts.close(size));
    }

    /// The bouts that began within this moment.
    pub fn recent(&self) -> impl Iterator<Item = &Recent> {
        let now = self.clock.now.unwrap_or_default();
        self.recent.iter().filter(move |one| now - one.time <= MOMENT)
    }
}

fn count<K: std::hash::Hash + Eq>(all: &mut HashMap<K, u32>, key: K) {
    if all.len() < MOST_TOGETHER || all.contains_key(&key) {
        *all.entry(key).or_default() += 1;
    }
}
