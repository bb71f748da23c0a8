//! Events counted by time, in bounded memory.
//!
//! In: times of events in any order, from any thread. Out: counts in stretches of an hour, or of two, four, … hours
//! where the events are spread over so many that hours would be too many. What comes out depends on the events alone,
//! not on their order.

use std::collections::{BTreeMap, BTreeSet};

use model::{Level, Time};
use serde::Serialize;

use crate::overview::Gap;

const HOUR: i64 = 3_600_000_000;

/// As many stretches as are kept.
const MOST: usize = 4096;

/// Events by the hour, or by longer stretches: at most 4,096 of them, some 100 KiB.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hours {
    width: i64,
    counts: BTreeMap<i64, u64>,
}

impl Default for Hours {
    fn default() -> Hours {
        Hours { width: HOUR, counts: BTreeMap::new() }
    }
}

impl Hours {
    /// Counts events of that time. Events whose time is not known are not counted.
    pub fn add(&mut self, time: Time, events: u64) {
        if time == Time::UNKNOWN || events == 0 {
            return;
        }
        let count = self.counts.entry(time.micros().div_euclid(self.width)).or_default();
        *count = count.saturating_add(events);
        self.shrink();
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, mut other: Hours) {
        self.widen(other.width);
        other.widen(self.width);
        for (at, events) in other.counts {
            let count = self.counts.entry(at).or_default();
            *count = count.saturating_add(events);
        }
        self.shrink();
    }

    /// Microseconds of a stretch.
    pub fn width(&self) -> i64 {
        self.width
    }

    /// Stretches with events, by time: when each begins, and how many.
    pub fn stretches(&self) -> impl Iterator<Item = (Time, u64)> + '_ {
        self.counts.iter().map(|(at, events)| (Time::from_micros(at.saturating_mul(self.width)), *events))
    }

    /// All events.
    pub fn total(&self) -> u64 {
        self.counts.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Stretches without events that are unusual for this log: at least six stretches long, and more than twice as
    /// long as nine in ten of its silences. A log that is silent more often than not has none.
    pub fn gaps(&self) -> Vec<Gap> {
        let ends = self.counts.keys().zip(self.counts.keys().skip(1));
        let silent: Vec<(i64, i64)> =
            ends.filter(|(one, next)| *next - *one > 1).map(|(one, next)| (one + 1, *next)).collect();
        let mut lengths: Vec<i64> = silent.iter().map(|(from, to)| to - from).collect();
        lengths.sort_unstable();
        let usual = match lengths.len() {
            0..=3 => 0,
            count => lengths.get((count - 1) * 9 / 10).copied().unwrap_or(0),
        };
        let unusual = |(from, to): &&(i64, i64)| to - from >= 6 && to - from > usual.saturating_mul(2);
        let gaps: Vec<&(i64, i64)> = silent.iter().filter(unusual).collect();
        let in_gaps: i64 = gaps.iter().map(|(from, to)| to - from).sum();
        let whole = self
            .counts
            .keys()
            .next_back()
            .zip(self.counts.keys().next())
            .map_or(0, |(last, first)| last - first + 1);
        let is_mostly_silent = (self.counts.len() as i64).saturating_mul(3) < whole - in_gaps;
        if is_mostly_silent || self.counts.len() < 12 {
            return Vec::new();
        }
        let time = |at: i64| Time::from_micros(at.saturating_mul(self.width));
        gaps.into_iter().map(|(from, to)| Gap { from: time(*from), to: time(*to) }).collect()
    }

    fn shrink(&mut self) {
        while self.counts.len() > MOST {
            self.widen(self.width.saturating_mul(2));
        }
    }

    fn widen(&mut self, width: i64) {
        if width <= self.width {
            return;
        }
        let factor = width / self.width;
        let mut wider: BTreeMap<i64, u64> = BTreeMap::new();
        for (at, events) in &self.counts {
            let count = wider.entry(at.div_euclid(factor)).or_default();
            *count = count.saturating_add(*events);
        }
        (self.width, self.counts) = (width, wider);
    }
}

/// Events and findings over time, by row. A row is a log source or a group of hosts: whoever counts sees to it that
/// rows are few (hundreds at most). Costs at most 600 KiB a row, mostly a few KiB.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Heat {
    rows: BTreeMap<String, HeatRow>,
}

/// A row of a [`Heat`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HeatRow {
    /// Its events.
    pub events: Hours,
    /// Its findings, in the order of [`Level::ALL`].
    pub findings: [Hours; 5],
}

impl Heat {
    /// Counts events of a row. Cheapest when many events of one hour are counted at once.
    pub fn count(&mut self, row: &str, time: Time, events: u64) {
        self.with(row, |row| row.events.add(time, events));
    }

    /// Counts a finding.
    pub fn find(&mut self, row: &str, time: Time, level: Level) {
        self.with(row, |row| {
            let hours = Level::ALL.into_iter().zip(&mut row.findings).find(|(each, _)| *each == level);
            if let Some((_, hours)) = hours {
                hours.add(time, 1);
            }
        });
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: Heat) {
        for (name, theirs) in other.rows {
            let own = self.rows.entry(name).or_default();
            own.events.merge(theirs.events);
            for (own, theirs) in own.findings.iter_mut().zip(theirs.findings) {
                own.merge(theirs);
            }
        }
    }

    /// The rows by name.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &HeatRow)> {
        self.rows.iter().map(|(name, row)| (name.as_str(), row))
    }

    /// From when until when nearly all events happened. A handful of events whose clock was years away do not count,
    /// unless there are findings among them.
    pub fn span(&self) -> Option<(Time, Time)> {
        let mut all: BTreeMap<i64, u64> = BTreeMap::new();
        let mut found: BTreeSet<i64> = BTreeSet::new();
        let mut width = HOUR;
        for row in self.rows.values() {
            width =
                row.findings.iter().fold(width.max(row.events.width), |width, hours| width.max(hours.width));
            for (time, events) in row.events.stretches() {
                let count = all.entry(time.micros()).or_default();
                *count = count.saturating_add(events);
            }
            found.extend(row.findings.iter().flat_map(Hours::stretches).map(|(time, _)| time.micros()));
        }
        let few = all.values().fold(0_u64, |sum, count| sum.saturating_add(*count)) / 2000;
        let forward = all.iter().map(|(time, count)| (*time, *count));
        let first = edge(forward.clone(), few).into_iter().chain(found.first().copied()).min()?;
        let last = edge(forward.rev(), few).into_iter().chain(found.last().copied()).max()?;
        let last = last.saturating_add(width - 1);
        Some((Time::from_micros(first), Time::from_micros(last)))
    }

    fn with(&mut self, name: &str, change: impl FnOnce(&mut HeatRow)) {
        match self.rows.get_mut(name) {
            Some(row) => change(row),
            None => change(self.rows.entry(name.to_owned()).or_default()),
        }
    }
}

/// The first time before which there are no more than `few` events.
fn edge(counts: impl Iterator<Item = (i64, u64)>, few: u64) -> Option<i64> {
    let mut seen = 0_u64;
    for (time, count) in counts {
        seen = seen.saturating_add(count);
        if seen > few {
            return Some(time);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hour(number: i64) -> Time {
        Time::from_micros(1_780_000_000_000_000 / HOUR * HOUR + number * HOUR)
    }

    proptest! {
        #[test]
        fn counts_do_not_depend_on_order_or_threads(mut hours in prop::collection::vec((0_i64..100_000, 1_u64..9), 1..6000), cut in 0_usize..6000) {
            let count = |hours: &[(i64, u64)]| {
                let mut out = Hours::default();
                hours.iter().for_each(|(at, events)| out.add(hour(*at), *events));
                out
            };
            let whole = count(&hours);
            let (one, other) = hours.split_at(cut.min(hours.len()));
            let mut merged = count(other);
            merged.merge(count(one));
            prop_assert_eq!(&merged, &whole);
            hours.reverse();
            prop_assert_eq!(&count(&hours), &whole);
            prop_assert!(whole.counts.len() <= MOST);
            prop_assert_eq!(whole.total(), hours.iter().map(|(_, events)| events).sum::<u64>());
        }
    }

    #[test]
    fn days_without_records_are_a_gap_and_nights_are_none() {
        let mut hours = Hours::default();
        for at in (0..20 * 24).filter(|at| (8..20).contains(&(at % 24)) && !(100..190).contains(at)) {
            hours.add(hour(at), 10);
        }
        // The last event before lies at hour 92, the first after at hour 200.
        assert_eq!(hours.gaps(), [Gap { from: hour(92), to: hour(200) }]);
    }

    #[test]
    fn a_log_that_mostly_is_silent_has_no_gaps() {
        let mut hours = Hours::default();
        (0..40).for_each(|at| hours.add(hour(at * at), 1));
        assert_eq!(hours.gaps(), []);
        assert_eq!(Hours::default().gaps(), []);
    }

    #[test]
    fn an_event_whose_clock_was_years_away_does_not_stretch_the_map() {
        let mut heat = Heat::default();
        (0..48).for_each(|at| heat.count("a", hour(at), 1000));
        heat.count("a", hour(-90_000), 1);
        heat.count("a", Time::UNKNOWN, 1);
        assert_eq!(heat.span(), Some((hour(0), Time::from_micros(hour(48).micros() - 1))));
        heat.find("b", hour(60), Level::High);
        assert_eq!(heat.span().map(|(_, last)| last), Some(Time::from_micros(hour(61).micros() - 1)));
    }
}
