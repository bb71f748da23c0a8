//! The baseline "z-scores": an account's day whose counts are far above those of its own days before.
//!
//! In: deeds in the order of time. Out: an alarm for each account and day, by the largest z-score of its counts: how many standard deviations the count is
//! above the mean of the account's earlier days, on which it did anything. Behind it stand the records that were counted for it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::alarms::{Alarm, rank};
use super::deeds::{Act, Deed};

/// Earlier days without which a day has no score.
const LEAST_DAYS: usize = 2;
/// The least standard deviation, in things or megabytes: without it, the second mail after days with one each would be infinitely unusual.
const LEAST_DEVIATION: f64 = 1.0;
const MEGABYTE: f64 = 1e6;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Count {
    Logins,
    FailedLogins,
    Hosts,
    Sources,
    Reads,
    MegabytesRead,
    Lists,
    Writes,
    Deletes,
    Rows,
    Mails,
    MegabytesSent,
    Programs,
}

/// The alarms, most suspicious first.
pub fn alarms(deeds: &[Deed]) -> Vec<Alarm> {
    let mut days: BTreeMap<(u32, u32), Day> = BTreeMap::new();
    for deed in deeds {
        days.entry((deed.day, deed.account)).or_default().add(deed);
    }
    let mut pasts: HashMap<u32, Past> = HashMap::new();
    let mut alarms = Vec::new();
    for ((day, account), mut counts) in days {
        let past = pasts.entry(account).or_default();
        if let Some((count, z)) = past.most_unusual(&counts.counts).filter(|(_, z)| *z > 0.0) {
            let marks = counts.marks.remove(&count).unwrap_or_default();
            alarms.push(Alarm { score: [z, 0.0, 0.0], day, marks });
        }
        past.learn(counts.counts);
    }
    rank(&mut alarms);
    alarms
}

/// A day of an account.
#[derive(Debug, Default)]
struct Day {
    counts: BTreeMap<Count, f64>,
    marks: BTreeMap<Count, BTreeSet<usize>>,
    met: HashSet<(Count, u32)>,
}

impl Day {
    fn add(&mut self, deed: &Deed) {
        let things = deed.things.max(1) as f64;
        match deed.act {
            Act::Login => {
                self.count(Count::Logins, 1.0, deed);
                self.meet(Count::Hosts, deed.host, deed);
                self.meet(Count::Sources, deed.from, deed);
            }
            Act::FailedLogin => self.count(Count::FailedLogins, 1.0, deed),
            Act::Read => {
                self.count(Count::Reads, things, deed);
                self.count(Count::MegabytesRead, deed.bytes as f64 / MEGABYTE, deed);
            }
            Act::List => self.count(Count::Lists, things, deed),
            Act::Write => self.count(Count::Writes, things, deed),
            Act::Delete => self.count(Count::Deletes, things, deed),
            Act::Rows => self.count(Count::Rows, things, deed),
            Act::Mail => self.count(Count::Mails, 1.0, deed),
            Act::Send => self.count(Count::MegabytesSent, deed.bytes as f64 / MEGABYTE, deed),
            Act::Program => self.count(Count::Programs, 1.0, deed),
        }
    }

    fn count(&mut self, count: Count, amount: f64, deed: &Deed) {
        *self.counts.entry(count).or_default() += amount;
        self.marks.entry(count).or_default().extend(deed.mark);
    }

    /// Counts each host once.
    fn meet(&mut self, count: Count, host: u32, deed: &Deed) {
        if host != 0 {
            let is_new = self.met.insert((count, host));
            self.count(count, f64::from(u8::from(is_new)), deed);
        }
    }
}

/// An account's earlier days: how many, and of each count the sum and the sum of squares.
#[derive(Debug, Default)]
struct Past {
    days: usize,
    sums: BTreeMap<Count, (f64, f64)>,
}

impl Past {
    fn most_unusual(&self, counts: &BTreeMap<Count, f64>) -> Option<(Count, f64)> {
        if self.days < LEAST_DAYS {
            return None;
        }
        let scores = counts.iter().map(|(count, value)| (*count, self.z(*count, *value)));
        scores.max_by(|a, b| a.1.total_cmp(&b.1))
    }

    fn z(&self, count: Count, value: f64) -> f64 {
        let (sum, squares) = self.sums.get(&count).copied().unwrap_or_default();
        let days = self.days as f64;
        let mean = sum / days;
        let deviation = (squares / days - mean * mean).max(0.0).sqrt();
        (value - mean) / deviation.max(LEAST_DEVIATION)
    }

    fn learn(&mut self, counts: BTreeMap<Count, f64>) {
        self.days += 1;
        for (count, value) in counts {
            let (sum, squares) = self.sums.entry(count).or_default();
            *sum += value;
            *squares += value * value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(day: u32, account: u32, things: u64, mark: Option<usize>) -> Deed {
        Deed { day, account, act: Act::Read, things, mark, ..Deed::default() }
    }

    #[test]
    fn a_day_is_as_unusual_as_its_most_unusual_count() {
        // 10, 14: mean 12, deviation 2. The third day has 22.
        let deeds = [
            reads(0, 1, 10, None),
            reads(1, 1, 14, None),
            reads(2, 1, 12, None),
            reads(2, 1, 10, Some(0)),
            Deed { act: Act::Mail, mark: Some(1), ..reads(2, 1, 0, None) },
        ];
        let alarms = alarms(&deeds);
        assert_eq!(alarms.len(), 1);
        assert_eq!((alarms[0].score[0], alarms[0].day), (5.0, 2));
        // The mail is unusual too, but not what the alarm is about.
        assert_eq!(alarms[0].marks, BTreeSet::from([0]));
    }

    #[test]
    fn days_that_never_differ_have_a_deviation_all_the_same() {
        let deeds = [reads(0, 1, 4, None), reads(1, 1, 4, None), reads(2, 1, 7, None)];
        assert_eq!(alarms(&deeds)[0].score[0], 3.0);
    }

    #[test]
    fn without_a_past_and_below_the_mean_there_is_no_alarm() {
        assert!(alarms(&[reads(0, 1, 4, None), reads(1, 1, 900, Some(0))]).is_empty());
        assert!(alarms(&[reads(0, 1, 4, None), reads(1, 1, 4, None), reads(2, 1, 3, Some(0))]).is_empty());
    }
}
