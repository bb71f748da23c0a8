//! Events over time, by log source and input: what the overview of a report shows.

use std::collections::BTreeMap;

use model::Time;
use pages::Hours;

/// Pairs of log source and input that are told apart; what is beyond is counted under the log source alone.
const MOST: usize = 2000;

const HOUR: i64 = 3_600_000_000;

/// The counts of one worker, or of all.
#[derive(Debug, Default)]
pub struct Counted {
    by_source: BTreeMap<(String, String), Hours>,
    /// Inputs that were not told apart.
    pub left_out: u64,
}

impl Counted {
    /// Counts the times of a batch's events.
    pub fn add(&mut self, log_source: &str, stream: &str, times: impl Iterator<Item = Time>) {
        let key = (log_source.to_owned(), stream.to_owned());
        let full = self.by_source.len() >= MOST && !self.by_source.contains_key(&key);
        self.left_out += u64::from(full);
        let key = if full { (key.0, String::new()) } else { key };
        let hours = self.by_source.entry(key).or_default();
        // Events of one batch are mostly of one hour.
        let (mut hour, mut count) = (i64::MIN, 0);
        for time in times.filter(|time| *time != Time::UNKNOWN) {
            let of = time.micros().div_euclid(HOUR);
            if of != hour {
                hours.add(Time::from_micros(hour.saturating_mul(HOUR)), count);
                (hour, count) = (of, 0);
            }
            count += 1;
        }
        hours.add(Time::from_micros(hour.saturating_mul(HOUR)), count);
    }

    /// Takes over what another has counted.
    pub fn merge(&mut self, other: Counted) {
        self.left_out += other.left_out;
        for (key, hours) in other.by_source {
            self.by_source.entry(key).or_default().merge(hours);
        }
    }

    /// By log source and input.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &Hours)> {
        self.by_source
            .iter()
            .map(|((log_source, stream), hours)| (log_source.as_str(), stream.as_str(), hours))
    }
}
