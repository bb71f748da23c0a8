//! Texts that people send: how long, of which characters, how built.

use estate::snapshot;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use model::request::{CLASSES, Form, LENGTHS, RUNS, SPECIALS};
use serde::{Deserialize, Serialize};

use crate::kept::{self, keep_most};

/// As so many texts what is known of a more general place counts in a more special one.
const STRENGTH: f32 = 2.0;
/// Where nothing is known, each class of lengths is reached by so many of those that reach the one below.
const LONGER: f32 = 0.75;
/// The same of signs.
const MORE_SIGNS: f32 = 0.6;
/// Where nothing is known, so many texts have characters of a class.
const HAS_CLASS: f32 = 0.2;

/// The texts of a place.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Texts {
    all: f32,
    #[serde(deserialize_with = "kept::day")]
    last_day: i32,
    lengths: [f32; LENGTHS],
    specials: [f32; SPECIALS],
    runs: [f32; RUNS],
    classes: [f32; CLASSES],
}

const NONE: Texts = Texts {
    all: 0.0,
    last_day: 0,
    lengths: [0.0; LENGTHS],
    specials: [0.0; SPECIALS],
    runs: [0.0; RUNS],
    classes: [0.0; CLASSES],
};

impl Texts {
    fn counts(&mut self) -> impl Iterator<Item = &mut f32> {
        let counts = self.lengths.iter_mut().chain(&mut self.specials);
        counts.chain(&mut self.runs).chain(&mut self.classes).chain([&mut self.all])
    }

    fn merge(&mut self, other: &Texts) {
        self.last_day = self.last_day.max(other.last_day);
        let mut other = *other;
        self.counts().zip(other.counts()).for_each(|(count, other)| *count += *other);
    }
}

/// The texts of each place.
///
/// Of an amount, the chance that it is at least so much; of a class of characters, the chance that it occurs. Each is the share that
/// was seen, with the more general place's as a Dirichlet prior (MacKay and Peto, "A Hierarchical Dirichlet Language Model", 1995). To ask
/// signs and classes of texts about as long only would be fairer to long ones, but kept its promises worse: each place has too few.
///
/// Bound: 100,000 places after each day, twice as many within one (some 80 MB).
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Values {
    #[serde(with = "snapshot::map")]
    places: HashMap<u64, Texts, FixedState>,
}

const MOST: usize = 100_000;

impl Values {
    /// -ln of the probability of a text in a place, by it and the more general ones behind it.
    pub fn nats(&self, places: [u64; 3], form: Form) -> f64 {
        let mut lengths = base(LONGER, form.length);
        let mut specials = base(MORE_SIGNS, form.specials);
        let mut runs = base(MORE_SIGNS, form.run);
        let mut classes = [HAS_CLASS; CLASSES];
        for known in places.iter().rev().filter_map(|place| self.places.get(place)) {
            lengths = share(from(&known.lengths, form.length), known.all, lengths);
            specials = share(from(&known.specials, form.specials), known.all, specials);
            runs = share(from(&known.runs, form.run), known.all, runs);
            for (class, count) in classes.iter_mut().zip(&known.classes) {
                *class = share(*count, known.all, *class);
            }
        }
        let occurring = classes.iter().enumerate().filter(|(class, _)| form.classes & 1 << class != 0);
        let chances = occurring.map(|(_, chance)| *chance).chain([lengths, specials, runs]);
        // Eighteen chances of no less than 1e-9 do not vanish in 64 bits.
        -chances.map(|chance| f64::from(chance.clamp(1e-9, 1.0))).product::<f64>().ln()
    }

    /// A text came.
    pub fn add(&mut self, places: [u64; 3], form: Form, weight: f32, day: i32) {
        let at = |counts: &mut [f32], class: usize| {
            counts.iter_mut().skip(class).take(1).for_each(|count| *count += weight);
        };
        for place in places {
            if self.places.len() >= 2 * MOST && !self.places.contains_key(&place) {
                continue;
            }
            let known = self.places.entry(place).or_insert(NONE);
            (known.all, known.last_day) = (known.all + weight, day);
            at(&mut known.lengths, form.length);
            at(&mut known.specials, form.specials);
            at(&mut known.runs, form.run);
            let occurring = (0..CLASSES).filter(|class| form.classes & 1 << class != 0);
            occurring.for_each(|class| at(&mut known.classes, class));
        }
    }

    /// Adds the texts of another state; of too many places those stay that had texts last, and most of them.
    pub fn merge(&mut self, other: Values) {
        for (place, texts) in other.places {
            self.places.entry(place).or_insert(NONE).merge(&texts);
        }
        keep_most(&mut self.places, 2 * MOST, |_, known| (known.last_day, known.all.to_bits()));
    }

    /// What came before weighs less.
    pub fn end_day(&mut self, keep: f32, day: i32) {
        for age in [90, 30, 7, 0] {
            if self.places.len() > MOST {
                self.places.retain(|_, known| day - known.last_day <= age);
            }
        }
        let mut least = 2.0;
        while self.places.len() > MOST {
            self.places.retain(|_, known| known.all > least);
            least *= 2.0;
        }
        for known in self.places.values_mut() {
            known.all *= keep;
            let counts = known.lengths.iter_mut().chain(&mut known.specials);
            counts.chain(&mut known.runs).chain(&mut known.classes).for_each(|count| *count *= keep);
        }
    }
}

/// A chance where it is known of so many of so many, and believed to be that much.
fn share(count: f32, all: f32, believed: f32) -> f32 {
    (count + STRENGTH * believed) / (all + STRENGTH)
}

fn base(each: f32, steps: usize) -> f32 {
    each.powi(steps as i32)
}

/// How many were in that class or above.
fn from(counts: &[f32], class: usize) -> f32 {
    counts.iter().skip(class).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: [u64; 3] = [1, 2, 3];

    fn learnt(texts: &[&str]) -> Values {
        let mut values = Values::default();
        for text in texts.iter().cycle().take(200) {
            values.add(PLACE, Form::of(text), 1.0, 0);
        }
        values
    }

    #[test]
    fn among_numbers_a_statement_is_odder_than_a_number_or_a_word() {
        let values = learnt(&["17", "4", "390", "22"]);
        let nats = |text: &str| values.nats(PLACE, Form::of(text));
        assert!(nats("53") < 1.0, "{}", nats("53"));
        assert!(nats("sato") > nats("53") + 2.0);
        assert!(nats("1' or '1'='1") > nats("sato") + 8.0);
    }

    #[test]
    fn where_everything_comes_nothing_is_odd() {
        let values =
            learnt(&["a'b(c)=<d>; e", "17", "https://www.example/?a=b&c=d#'(e)", "x,y@z", "<'(=;)>"]);
        assert!(values.nats(PLACE, Form::of("1' or (1=1);")) < 10.0);
    }

    #[test]
    fn a_place_that_is_not_known_follows_the_more_general_ones() {
        let values = learnt(&["17", "4"]);
        let elsewhere = [9, 2, 3];
        assert!(values.nats(elsewhere, Form::of("8")) < 1.0);
        assert!(values.nats(elsewhere, Form::of("'||x")) > 10.0);
    }

    #[test]
    fn places_without_end_are_forgotten_and_the_usual_one_stays() {
        let mut values = learnt(&["17", "4"]);
        for place in 100..(100 + 3 * MOST as u64) {
            values.add([place, 2, 3], Form::of("x"), 1.0, 0);
        }
        assert!(values.places.len() <= 2 * MOST);
        values.end_day(1.0, 0);
        assert!(values.places.len() <= MOST);
        assert!(values.nats(PLACE, Form::of("8")) < 1.0);
    }
}
