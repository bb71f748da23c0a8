//! Values that repeat: paths, methods, statuses, sets of parameters.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

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
/// Bound: a million values. Beyond, the rarest are forgotten.
#[derive(Debug, Default)]
pub(super) struct Counts {
    values: HashMap<(u64, u64), f32, FixedState>,
    places: HashMap<u64, Drawn, FixedState>,
}

#[derive(Clone, Copy, Debug, Default)]
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
        let mut least = 0.02;
        loop {
            self.values.retain(|_, count| *count > least);
            if self.values.len() <= MOST {
                break;
            }
            least *= 2.0;
        }
        self.places.clear();
        for ((place, _), count) in &mut self.values {
            *count *= keep;
            let drawn = self.places.entry(*place).or_default();
            drawn.all += *count;
            drawn.different += count.min(1.0);
        }
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
