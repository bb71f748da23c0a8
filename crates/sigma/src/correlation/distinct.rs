//! How many distinct values there were within a window. Only the last time of each value is kept: a value is in the
//! window exactly if its last time is.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use super::evidence::Evidence;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub(super) struct Distinct {
    /// By value: the number of its entry and what that weighs.
    latest: HashMap<Arc<[u8]>, (u64, u64), RandomState>,
    /// By time; entries that are no longer their value's latest are dropped when they come to the front or are many.
    order: VecDeque<Entry>,
    next: u64,
    weight: u64,
}

#[derive(Clone, Debug)]
struct Entry {
    time: i64,
    number: u64,
    value: Arc<[u8]>,
    evidence: Evidence,
}

#[derive(Serialize, Deserialize)]
struct Saved(Vec<(i64, Vec<u8>, Evidence)>);

impl From<Saved> for Distinct {
    fn from(saved: Saved) -> Distinct {
        let mut distinct = Distinct::default();
        for (time, value, evidence) in saved.0 {
            distinct.add(time, &value, evidence);
        }
        distinct
    }
}

impl From<Distinct> for Saved {
    fn from(distinct: Distinct) -> Saved {
        let live = distinct.order.iter().filter(|entry| distinct.is_latest(entry));
        Saved(live.map(|entry| (entry.time, entry.value.to_vec(), entry.evidence.clone())).collect())
    }
}

impl Distinct {
    pub(super) fn add(&mut self, time: i64, value: &[u8], evidence: Evidence) {
        let (number, weight) = (self.next, evidence.weight());
        self.next += 1;
        self.weight += weight;
        let value = match self.latest.get_key_value(value) {
            Some((known, (_, before))) => {
                self.weight = self.weight.saturating_sub(*before);
                Arc::clone(known)
            }
            None => Arc::from(value),
        };
        self.latest.insert(Arc::clone(&value), (number, weight));
        self.order.push_back(Entry { time, number, value, evidence });
        if self.order.len() > 2 * self.latest.len() + 16 {
            let latest = &self.latest;
            self.order.retain(|entry| latest.get(&entry.value).is_some_and(|(n, _)| *n == entry.number));
        }
    }

    pub(super) fn trim(&mut self, cutoff: i64, most: usize) {
        while let Some(entry) = self.order.front() {
            let is_latest = self.is_latest(entry);
            if is_latest && entry.time >= cutoff && self.latest.len() <= most {
                return;
            }
            if is_latest && let Some((_, weight)) = self.latest.remove(&entry.value) {
                self.weight = self.weight.saturating_sub(weight);
            }
            self.order.pop_front();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.latest.len()
    }

    pub(super) fn weight(&self) -> u64 {
        self.weight
    }

    /// The last evidence of each value.
    pub(super) fn evidence(&self) -> impl Iterator<Item = &Evidence> {
        self.order.iter().filter(|entry| self.is_latest(entry)).map(|entry| &entry.evidence)
    }

    fn is_latest(&self, entry: &Entry) -> bool {
        self.latest.get(&entry.value).is_some_and(|(number, _)| *number == entry.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_as_long_as_its_last_time() {
        let mut distinct = Distinct::default();
        for (time, value) in [(0, "a"), (1, "b"), (2, "a")] {
            distinct.add(time, value.as_bytes(), Evidence::One(time as u64));
        }
        distinct.trim(2, usize::MAX);
        assert_eq!((distinct.len(), distinct.weight()), (1, 1));
        distinct.trim(3, usize::MAX);
        assert_eq!((distinct.len(), distinct.weight(), distinct.order.len()), (0, 0, 0));
    }

    #[test]
    fn one_value_over_and_over_takes_no_room() {
        let mut distinct = Distinct::default();
        for time in 0..100_000 {
            distinct.add(time, b"root", Evidence::One(time as u64));
        }
        assert!(distinct.order.len() < 20);
        assert_eq!(distinct.evidence().collect::<Vec<_>>(), [&Evidence::One(99_999)]);
    }
}
