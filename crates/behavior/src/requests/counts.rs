//! Values that repeat: paths, methods, statuses, sets of parameters.

use estate::snapshot;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::Draw;

/// How readily something new is drawn at all.
const STRENGTH: f64 = 1.0;
/// How much the more readily the more different ones were drawn.
const DISCOUNT: f64 = 0.5;

/// How often each value was drawn in each place, and in all.
///
/// Hierarchical Pitman-Yor processes (Teh, "A Hierarchical Bayesian Language Model based on Pitman-Yor Processes", 2006), with the least
/// number of tables, as in interpolated Kneser-Ney smoothing: a more general place learns a value only where it is new in the more
/// special one. A value may count for less than one; then it does so as a different value, too, and all still adds up to one.
///
/// Bound: a million values, and twice as many within a day (some 180 MB). Beyond, the rarest are forgotten.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Counts {
    #[serde(with = "snapshot::map")]
    values: HashMap<(u64, u64), f32, FixedState>,
    #[serde(with = "snapshot::map")]
    places: HashMap<u64, Drawn, FixedState>,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Drawn {
    all: f32,
    different: f32,
}

const MOST: usize = 1_000_000;

impl Counts {
    /// The probability of a draw.
    pub fn chance(&self, draw: &Draw) -> f64 {
        draw.places.iter().rev().filter(|place| **place != 0).fold(draw.base, |base, place| {
            let Some(drawn) = self.places.get(place) else { return base };
            let count = f64::from(self.values.get(&(*place, draw.value)).copied().unwrap_or_default());
            let all = f64::from(drawn.all) + STRENGTH;
            (count - DISCOUNT * count.min(1.0)) / all
                + (STRENGTH + DISCOUNT * f64::from(drawn.different)) / all * base
        })
    }

    /// A value was drawn. Gives what of it is new in all places.
    pub fn add(&mut self, draw: &Draw, weight: f32) -> f32 {
        let mut weight = weight;
        for place in draw.places.iter().filter(|place| **place != 0) {
            let is_full = self.values.len() >= 2 * MOST;
            let count = match is_full {
                true => self.values.get_mut(&(*place, draw.value)),
                false => Some(self.values.entry((*place, draw.value)).or_default()),
            };
            let Some(count) = count else { return 0.0 };
            let new = (*count + weight).min(1.0) - count.min(1.0);
            *count += weight;
            let drawn = self.places.entry(*place).or_default();
            drawn.all += weight;
            drawn.different += new;
            weight = new;
            if weight <= 0.0 {
                break;
            }
        }
        weight
    }

    /// What came before weighs less.
    pub fn end_day(&mut self, keep: f32) {
        self.forget(MOST);
        self.values.values_mut().for_each(|count| *count *= keep);
        self.sum_up();
    }

    /// Adds what another state counted. What a special place drew in both counts in the more general ones for each of them.
    pub fn merge(&mut self, other: Counts) {
        for (place, drawn) in other.places {
            let own = self.places.entry(place).or_default();
            (own.all, own.different) = (own.all + drawn.all, own.different + drawn.different);
        }
        let mut twice = false;
        for (key, count) in other.values {
            let own = self.values.entry(key).or_default();
            twice |= *own > 0.0;
            *own += count;
        }
        let is_over = self.values.len() > 2 * MOST;
        if is_over {
            self.forget(2 * MOST);
        }
        if twice || is_over {
            self.sum_up();
        }
    }

    /// Forgets the rarest until there are no more than so many.
    fn forget(&mut self, most: usize) {
        let mut least = 0.02;
        loop {
            self.values.retain(|_, count| *count > least);
            if self.values.len() <= most {
                break;
            }
            least *= 2.0;
        }
    }

    /// Works out the places from their values. Each is a whole number of small steps, so that the sums are exact and do not depend on the order of the table.
    fn sum_up(&mut self) {
        const STEPS: f64 = (1u64 << 24) as f64;
        let mut sums: HashMap<u64, (f64, f64), FixedState> = HashMap::default();
        for ((place, _), count) in &self.values {
            let sum = sums.entry(*place).or_default();
            sum.0 += (f64::from(*count) * STEPS).round();
            sum.1 += (f64::from(count.min(1.0)) * STEPS).round();
        }
        let places = sums.into_iter().map(|(place, (all, different))| {
            let of = |sum: f64| (sum / STEPS) as f32;
            (place, Drawn { all: of(all), different: of(different) })
        });
        self.places = places.collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(value: u64) -> Draw {
        Draw { places: [1, 2, 0], value, base: 0.1 }
    }

    #[test]
    fn what_is_usual_is_likely_and_what_is_new_is_less_so_the_more_was_seen() {
        let mut counts = Counts::default();
        let before = counts.chance(&draw(9));
        for _ in 0..100 {
            counts.add(&draw(7), 1.0);
        }
        assert!(counts.chance(&draw(7)) > 0.9);
        assert!(counts.chance(&draw(9)) < before / 20.0);
    }

    #[test]
    fn where_everything_is_new_something_new_is_likely() {
        let mut counts = Counts::default();
        for value in 0..100 {
            counts.add(&draw(value), 1.0);
        }
        assert!(counts.chance(&draw(1000)) > 0.02);
    }

    #[test]
    fn a_place_that_is_not_known_follows_the_more_general_one() {
        let mut counts = Counts::default();
        for place in 10..30 {
            counts.add(&Draw { places: [place, 2, 0], value: 7, base: 0.1 }, 1.0);
        }
        assert!(counts.chance(&Draw { places: [99, 2, 0], value: 7, base: 0.1 }) > 0.9);
    }

    #[test]
    fn two_states_add_up_and_a_value_of_both_is_one_different_one() {
        let counted = |values: std::ops::Range<u64>| {
            let mut counts = Counts::default();
            values.for_each(|value| {
                counts.add(&draw(value), 0.7);
            });
            counts
        };
        let (mut counts, other) = (counted(0..4), counted(2..6));
        counts.merge(other);
        let drawn = counts.places.get(&1).copied().unwrap_or_default();
        assert_eq!((drawn.all, drawn.different), (5.6, 4.8));
    }

    #[test]
    fn the_rarest_are_forgotten_first() {
        let mut counts = Counts::default();
        for _ in 0..50 {
            counts.add(&draw(7), 1.0);
        }
        for value in 0..(2 * MOST as u64 + 1000) {
            counts.add(&Draw { places: [5, 0, 0], value, base: 0.1 }, 1.0);
        }
        assert!(counts.values.len() <= 2 * MOST);
        counts.end_day(1.0);
        assert!(counts.values.len() <= MOST);
        assert!(counts.chance(&draw(7)) > 0.9);
    }
}
