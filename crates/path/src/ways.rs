//! How usual a way is: who has come from where to where, how often, on how many days.

use std::collections::BTreeMap;

use estate::{AccountId, HostId, snapshot};
use hashbrown::HashMap;
use model::Time;
use serde::{Deserialize, Serialize};

const DAY: i64 = 86_400_000_000;

/// How often something was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Times.
    pub count: u32,
    /// Different days (of UTC).
    pub days: u16,
    /// The first time.
    pub first: Time,
    last_day: i32,
}

impl Usage {
    fn add(&mut self, time: Time) -> Usage {
        let before = *self;
        let day = (time.micros().div_euclid(DAY)) as i32;
        self.count = self.count.saturating_add(1);
        if before.count == 0 {
            self.first = time;
        }
        if before.count == 0 || day != self.last_day {
            self.days = self.days.saturating_add(1);
            self.last_day = day;
        }
        before
    }
}

/// Counts by way and by account and host.
///
/// Bound: two million ways and as many pairs (some 100 MB). When full, new ones are counted as if never seen before: an unknown way is
/// rather called new than old. Of each day of event time 24 bytes are kept. Nothing is forgotten.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Ways {
    #[serde(with = "snapshot::map")]
    ways: HashMap<(HostId, HostId, AccountId), Usage, foldhash::fast::FixedState>,
    #[serde(with = "snapshot::map")]
    accounts: HashMap<(AccountId, HostId), Usage, foldhash::fast::FixedState>,
    /// By day: how many goings, the first and the last.
    days: BTreeMap<i32, (u32, Time, Time)>,
    total: u32,
}

const MOST: usize = 2_000_000;

impl Ways {
    /// Counts one going, and says how usual way and account on that host were before.
    pub fn add(&mut self, from: HostId, to: HostId, account: AccountId, time: Time) -> (Usage, Usage) {
        let day = self.days.entry(time.micros().div_euclid(DAY) as i32).or_insert((0, time, time));
        *day = (day.0.saturating_add(1), day.1.min(time), day.2.max(time));
        self.total = self.total.saturating_add(1);
        (add(&mut self.ways, (from, to, account), time), add(&mut self.accounts, (account, to), time))
    }

    /// How usual a way is, all in all.
    pub fn usage(&self, from: HostId, to: HostId, account: AccountId) -> Usage {
        self.ways.get(&(from, to, account)).copied().unwrap_or_default()
    }

    /// The time that the counted goings cover, but for a few at its ends that are further from the rest than that is long: wrong clocks.
    pub fn span(&self) -> (Time, Time) {
        let ends = || Some((*self.days.first_key_value()?.0, *self.days.last_key_value()?.0));
        let Some((mut first, mut last)) = ends() else { return Default::default() };
        for _ in 0..2 {
            first = self.end(self.days.range(first..=last), last);
            last = self.end(self.days.range(first..=last).rev(), first);
        }
        let at = |day: i32| self.days.get(&day).copied().unwrap_or_default();
        (at(first).1, at(last).2)
    }

    /// The first day from one end on that belongs to the rest, which reaches to `far`.
    fn end<'a>(&self, days: impl Iterator<Item = (&'a i32, &'a (u32, Time, Time))>, far: i32) -> i32 {
        let mut passed = 0u32;
        let mut days = days.peekable();
        while let Some((day, (count, ..))) = days.next() {
            passed = passed.saturating_add(*count);
            let Some((next, _)) = days.peek() else { return *day };
            if next.abs_diff(*day) <= far.abs_diff(**next).max(1) || passed.saturating_mul(10) > self.total {
                return *day;
            }
        }
        far
    }

    /// How many accounts have come from one host to another.
    pub fn accounts_between(&self) -> HashMap<(HostId, HostId), u32, foldhash::fast::FixedState> {
        let mut counts: HashMap<(HostId, HostId), u32, foldhash::fast::FixedState> = HashMap::default();
        for (from, to, _) in self.ways.keys() {
            *counts.entry((*from, *to)).or_default() += 1;
        }
        counts
    }

    /// The probability that a way which had always been gone at its rate would be seen for the first time so late: a way that is gone `n` times in
    /// the time that the logs cover begins after a share `s` of that time by chance with probability `(1 - s)^n`. Goings of one day are not
    /// independent of each other, so `n` is the days, and one more where there were several a day.
    pub fn chance_of_beginning_so_late(&self, from: HostId, to: HostId, account: AccountId) -> f64 {
        self.chance_of(self.usage(from, to, account))
    }

    /// The same of goings at these times, which are in order.
    pub fn chance_of_first_so_late(&self, goings: impl Iterator<Item = Time>) -> f64 {
        let mut usage = Usage::default();
        for time in goings {
            usage.add(time);
        }
        self.chance_of(usage)
    }

    fn chance_of(&self, usage: Usage) -> f64 {
        let (first, last) = self.span();
        let whole = (last.micros() - first.micros()).max(1) as f64;
        let rest = (last.micros() - usage.first.micros()).max(0) as f64 / whole;
        let goings = i32::from(usage.days.clamp(1, 1000)) + i32::from(usage.count > u32::from(usage.days));
        rest.min(1.0).powi(goings)
    }
}

fn add<K: std::hash::Hash + Eq>(
    map: &mut HashMap<K, Usage, foldhash::fast::FixedState>,
    key: K,
    time: Time,
) -> Usage {
    if map.len() >= MOST && !map.contains_key(&key) {
        return Usage::default();
    }
    map.entry(key).or_default().add(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_once() {
        let mut ways = Ways::default();
        let at = |hour: i64| Time::from_micros(hour * 3_600_000_000);
        for hour in [0, 1, 2, 30] {
            ways.add(HostId(1), HostId(2), AccountId(3), at(hour));
        }
        let (way, account) = ways.add(HostId(4), HostId(2), AccountId(3), at(31));
        assert_eq!((way.count, account.count, account.days), (0, 4, 2));
    }
}
