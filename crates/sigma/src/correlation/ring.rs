//! What happened within a window, in time order, with a running sum or the values in order where they are asked for.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::evidence::Evidence;

/// Times with what stands behind them and a value each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Ring<T> {
    entries: VecDeque<(i64, Evidence, T)>,
    weight: u64,
}

impl<T> Default for Ring<T> {
    fn default() -> Ring<T> {
        Ring { entries: VecDeque::new(), weight: 0 }
    }
}

impl<T> Ring<T> {
    pub(super) fn push(&mut self, time: i64, evidence: Evidence, value: T) {
        self.weight += evidence.weight();
        self.entries.push_back((time, evidence, value));
    }

    /// Takes out the first entry if it is older than `cutoff`, or if there are more than `most`.
    pub(super) fn pop(&mut self, cutoff: i64, most: usize) -> Option<T> {
        let (time, evidence, _) = self.entries.front()?;
        if *time >= cutoff && self.entries.len() <= most {
            return None;
        }
        self.weight = self.weight.saturating_sub(evidence.weight());
        self.entries.pop_front().map(|(_, _, value)| value)
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn weight(&self) -> u64 {
        self.weight
    }

    pub(super) fn evidence(&self) -> impl Iterator<Item = &Evidence> {
        self.entries.iter().map(|(_, evidence, _)| evidence)
    }
}

/// Numbers and their sum.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Summed {
    ring: Ring<f64>,
    sum: f64,
    taken: usize,
}

impl Summed {
    pub(super) fn push(&mut self, time: i64, evidence: Evidence, value: f64) {
        self.ring.push(time, evidence, value);
        self.sum += value;
    }

    pub(super) fn trim(&mut self, cutoff: i64, most: usize) {
        while let Some(value) = self.ring.pop(cutoff, most) {
            self.sum -= value;
            self.taken += 1;
        }
        // What is added and taken away again leaves rounding errors behind; adding up anew now and then keeps them
        // small, and costs no more than the taking did.
        if self.taken > self.ring.len() {
            self.sum = self.ring.entries.iter().map(|(_, _, value)| value).sum();
            self.taken = 0;
        }
    }

    pub(super) fn sum(&self) -> f64 {
        self.sum
    }

    pub(super) fn mean(&self) -> Option<f64> {
        (self.ring.len() > 0).then(|| self.sum / self.ring.len() as f64)
    }

    pub(super) fn ring(&self) -> &Ring<f64> {
        &self.ring
    }
}

/// Numbers in time order and by size. A number costs a binary search and the moving of those above it: some 10 µs at
/// the most that a group keeps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Ring<f64>", into = "Ring<f64>")]
pub(super) struct Ranked {
    ring: Ring<f64>,
    sorted: Vec<f64>,
}

impl From<Ring<f64>> for Ranked {
    fn from(ring: Ring<f64>) -> Ranked {
        let mut sorted: Vec<f64> = ring.entries.iter().map(|(_, _, value)| *value).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Ranked { ring, sorted }
    }
}

impl From<Ranked> for Ring<f64> {
    fn from(ranked: Ranked) -> Ring<f64> {
        ranked.ring
    }
}

impl Ranked {
    pub(super) fn push(&mut self, time: i64, evidence: Evidence, value: f64) {
        self.ring.push(time, evidence, value);
        let at = self.sorted.partition_point(|other| other.total_cmp(&value).is_lt());
        self.sorted.insert(at, value);
    }

    pub(super) fn trim(&mut self, cutoff: i64, most: usize) {
        while let Some(value) = self.ring.pop(cutoff, most) {
            if let Ok(at) = self.sorted.binary_search_by(|other| other.total_cmp(&value)) {
                self.sorted.remove(at);
            }
        }
    }

    /// The value at a percentile (0-100), between two ranks by linear interpolation with the first at 0 and the last
    /// at 100 (Hyndman and Fan 1996, definition 7).
    pub(super) fn percentile(&self, percentile: f64) -> Option<f64> {
        let last = self.sorted.len().checked_sub(1)?;
        let rank = percentile.clamp(0.0, 100.0) / 100.0 * last as f64;
        let below = *self.sorted.get(rank.floor() as usize)?;
        let above = *self.sorted.get(rank.ceil() as usize)?;
        Some(below + rank.fract() * (above - below))
    }

    pub(super) fn ring(&self) -> &Ring<f64> {
        &self.ring
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_lies_between_its_neighbours() {
        let mut ranked = Ranked::default();
        assert_eq!(ranked.percentile(50.0), None);
        for (time, value) in [4.0, 1.0, 3.0, 2.0].into_iter().enumerate() {
            ranked.push(time as i64, Evidence::One(0), value);
        }
        assert_eq!(ranked.percentile(0.0), Some(1.0));
        assert_eq!(ranked.percentile(50.0), Some(2.5));
        assert_eq!(ranked.percentile(100.0), Some(4.0));
        ranked.trim(1, usize::MAX);
        assert_eq!(ranked.percentile(50.0), Some(2.0));
    }

    #[test]
    fn a_sum_forgets_the_rounding_of_what_has_left() {
        let mut summed = Summed::default();
        summed.push(0, Evidence::One(0), 1e17);
        summed.push(1, Evidence::One(1), 1.0);
        summed.trim(1, usize::MAX);
        summed.push(2, Evidence::One(2), 1.0);
        summed.push(3, Evidence::One(3), 1.0);
        summed.trim(3, usize::MAX);
        assert_eq!(summed.sum(), 1.0);
    }

    #[test]
    fn more_than_the_most_leave_oldest_first() {
        let mut ring = Ring::default();
        for time in 0..5 {
            ring.push(time, Evidence::One(time as u64), ());
        }
        while ring.pop(i64::MIN, 2).is_some() {}
        assert_eq!(ring.weight(), 2);
        assert_eq!(ring.evidence().flat_map(Evidence::events).copied().collect::<Vec<_>>(), [3, 4]);
    }
}
