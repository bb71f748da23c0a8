//! The year of times that name none.
//!
//! Lines are taken to be in order of time. What is known is the latest time that a record can have: a day after the
//! input was last written (after now, where that is not known either). At the first block:
//!
//! * the years between the first and the last record of the block are counted (a month that is more than six months
//!   before the one before begins a new year);
//! * with a given year, the block's last record has it;
//! * else the block's last record has the latest year in which it is not after the latest possible time.
//!
//! From there on, years are counted up in the same way. A record of December behind one of January is a late one of the
//! year before and changes nothing. An input that goes on for more than a year after its first
//! block ends later than it can be (or than the given year), by as many years: split such inputs, or give their lines years.

use jiff::tz::TimeZone;
use model::Time;

use super::header::{Stamp, local_time};
use crate::Options;

const DAY: i64 = 86_400_000_000;

/// Follows the months of one input.
#[derive(Debug)]
pub struct Years {
    zone: TimeZone,
    given: Option<i16>,
    latest: Time,
    /// The current year and month, once the first block was seen.
    now: Option<(i16, i8)>,
    last_record: u64,
    /// From which record on which year holds, in the current block: for records that are decoded again.
    changes: Vec<(u64, i16)>,
}

impl Years {
    /// For an input that is read with those options.
    pub fn new(options: &Options) -> Years {
        let now = || Time::from_micros(jiff::Timestamp::now().as_microsecond());
        let latest = Time::from_micros(options.reference.unwrap_or_else(now).micros().saturating_add(DAY));
        Years {
            zone: options.zone.clone(),
            given: options.year,
            latest,
            now: None,
            last_record: 0,
            changes: Vec::new(),
        }
    }

    /// Looks at the records of a block, in order, before they are decoded. Those of a block that was seen change nothing.
    pub fn begin_block(&mut self, records: &mut dyn Iterator<Item = (u64, Stamp)>) {
        let mut months = Vec::new();
        for (record, stamp) in records {
            if let Stamp::Yearless { month, day, micros } = stamp
                && record > self.last_record
            {
                months.push((record, month, day, micros));
            }
        }
        let Some((last, ..)) = months.last().copied() else { return };
        self.last_record = last;
        let mut at = self.now.unwrap_or_else(|| self.first(&months));
        self.changes.clear();
        for (record, month, ..) in months {
            let year = step(&mut at, month);
            if self.changes.last().is_none_or(|(_, before)| *before != year) {
                self.changes.push((record, year));
            }
        }
        self.now = Some(at);
    }

    /// The time of a record of the block seen last.
    pub fn time(&self, record: u64, stamp: Stamp) -> Option<Time> {
        match stamp {
            Stamp::Full(time) => Some(time),
            Stamp::None => None,
            Stamp::Yearless { month, day, micros } => {
                let before = self.changes.partition_point(|(from, _)| *from <= record);
                let (_, year) = self.changes.get(before.checked_sub(1)?)?;
                local_time(*year, month, day, micros, &self.zone)
            }
        }
    }

    /// The time of a record that stands for itself: the latest year in which it is not after the latest possible time, or
    /// the given one.
    pub fn nearest(&self, stamp: Stamp) -> Option<Time> {
        match stamp {
            Stamp::Full(time) => Some(time),
            Stamp::None => None,
            Stamp::Yearless { month, day, micros } => {
                let of_year = |year| local_time(year, month, day, micros, &self.zone);
                if let Some(year) = self.given {
                    return of_year(year);
                }
                let latest = self.latest.to_string().get(..4)?.parse::<i16>().ok()?;
                (latest.saturating_sub(8)..=latest)
                    .rev()
                    .filter_map(of_year)
                    .find(|time| *time <= self.latest)
            }
        }
    }

    /// The year and month with which the first block begins.
    fn first(&self, months: &[(u64, i8, i8, i64)]) -> (i16, i8) {
        let mut turns = (0, months.first().map_or(1, |(_, month, ..)| *month));
        let mut last_turn = 0;
        for (_, month, ..) in months {
            last_turn = step(&mut turns, *month);
        }
        let first_month = months.first().map_or(1, |(_, month, ..)| *month);
        if let Some(year) = self.given {
            return (year.saturating_sub(last_turn), first_month);
        }
        // 29 February exists every four years, and every eight around 1900.
        let latest_year =
            self.latest.to_string().get(..4).and_then(|year| year.parse().ok()).unwrap_or(1970i16);
        let last_fits = |year: i16| {
            months.last().is_some_and(|(_, month, day, micros)| {
                local_time(year, *month, *day, *micros, &self.zone).is_some_and(|time| time <= self.latest)
            })
        };
        let year = (latest_year.saturating_sub(8)..=latest_year.saturating_add(1))
            .rev()
            .find(|year| last_fits(*year));
        (year.unwrap_or(latest_year).saturating_sub(last_turn), first_month)
    }
}

/// Goes on to a month and returns the year of the record there.
fn step((year, now): &mut (i16, i8), month: i8) -> i16 {
    match (*now, month) {
        (1, 12) => return *year - 1,
        _ if month - *now < -6 => *year += 1,
        _ => {}
    }
    *now = month;
    *year
}

#[cfg(test)]
mod tests {
    use super::*;

    fn years(year: Option<i16>, reference: &str, blocks: &[&[(i8, i8)]]) -> Vec<String> {
        let options =
            Options { year, reference: Time::parse(reference), zone: TimeZone::UTC, ..Options::default() };
        let mut years = Years::new(&options);
        let mut record = 0;
        let mut days = Vec::new();
        for block in blocks {
            let stamps: Vec<(u64, Stamp)> = block
                .iter()
                .map(|(month, day)| {
                    record += 1;
                    (record, Stamp::Yearless { month: *month, day: *day, micros: 0 })
                })
                .collect();
            years.begin_block(&mut stamps.iter().copied());
            years.begin_block(&mut stamps.iter().copied().take(1));
            let time = |(record, stamp): &(u64, Stamp)| years.time(*record, *stamp);
            days.extend(
                stamps.iter().map(|stamp| time(stamp).map_or("-".into(), |t| t.to_string()[..10].into())),
            );
        }
        days
    }

    #[test]
    fn without_a_year_no_record_is_later_than_a_day_after_the_reference() {
        let day = |month, day| years(None, "2026-05-07T12:00:00Z", &[&[(month, day)]]).remove(0);
        assert_eq!(day(5, 7), "2026-05-07");
        assert_eq!(day(5, 8), "2026-05-08");
        assert_eq!(day(5, 9), "2025-05-09");
        assert_eq!(day(12, 31), "2025-12-31");
        assert_eq!(day(2, 29), "2024-02-29");
        assert_eq!(day(2, 31), "-");
    }

    #[test]
    fn the_year_turns_within_a_block_and_between_blocks() {
        let expected = ["2025-12-30", "2025-12-31", "2026-01-01", "2026-03-01"];
        let reference = "2026-05-07T12:00:00Z";
        assert_eq!(years(None, reference, &[&[(12, 30), (12, 31), (1, 1), (3, 1)]]), expected);
        assert_eq!(years(None, reference, &[&[(12, 30)], &[(12, 31)], &[(1, 1), (3, 1)]]), expected);
        assert_eq!(years(Some(2026), reference, &[&[(12, 30), (12, 31), (1, 1), (3, 1)]]), expected);
    }

    #[test]
    fn a_late_record_of_the_old_year_does_not_turn_the_year_again() {
        let found =
            years(Some(2026), "2026-05-07T12:00:00Z", &[&[(12, 31), (1, 1), (12, 31), (1, 1), (2, 1)]]);
        assert_eq!(found, ["2025-12-31", "2026-01-01", "2025-12-31", "2026-01-01", "2026-02-01"]);
    }

    #[test]
    fn a_given_year_holds_whatever_the_reference_is() {
        assert_eq!(
            years(Some(2019), "2026-05-07T12:00:00Z", &[&[(3, 1), (11, 30)]]),
            ["2019-03-01", "2019-11-30"]
        );
    }
}
