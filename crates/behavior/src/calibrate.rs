//! How often a score as high as this one really came: models promise probabilities, and what came keeps them to their promise.

use serde::{Deserialize, Serialize};

/// Width of a class of scores, in nats.
const WIDTH: f32 = 0.25;
const CLASSES: usize = 160;

/// Scores (nats: -ln of what a model calls a probability) that came, one of each day of each subject, counted in classes; those of today are counted as
/// far as they have come. Forgotten slowly; two add up to one.
///
/// The chance of a score is the share of those that came and were as high (conformal prediction: Vovk, Gammerman and Shafer, "Algorithmic Learning
/// in a Random World", 2005). Beyond where enough came to count, the tail is taken to fall off exponentially, with the mean excess of the
/// highest ones (Hill, "A Simple General Approach to Inference About the Tail of a Distribution", 1975), and never faster than a true
/// p-value's would.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Calibration {
    past: Vec<f32>,
    today: Vec<f32>,
}

impl Calibration {
    /// A score of today became another one; 0 before the first.
    pub fn change(&mut self, before: f32, now: f32) {
        self.add(before, -1.0);
        self.add(now, 1.0);
    }

    /// A score came that counts for so much.
    pub fn add(&mut self, score: f32, weight: f32) {
        let Some(class) = class(score) else { return };
        if self.today.len() <= class {
            self.today.resize(class + 1, 0.0);
        }
        self.today.iter_mut().skip(class).take(1).for_each(|count| *count += weight);
    }

    /// The day is over; what came before weighs less.
    pub fn end_day(&mut self, keep: f32) {
        self.past.iter_mut().for_each(|count| *count *= keep);
        if self.past.len() < self.today.len() {
            self.past.resize(self.today.len(), 0.0);
        }
        self.past.iter_mut().zip(self.today.drain(..)).for_each(|(past, today)| *past += today);
    }

    /// How many scores came that were as high.
    pub fn above(&self, score: f32) -> f32 {
        let class = class(score).unwrap_or_default();
        self.past.iter().skip(class).chain(self.today.iter().skip(class)).sum()
    }

    /// Adds what another one counted.
    pub fn merge(&mut self, other: &Calibration) {
        for (counts, others) in [(&mut self.past, &other.past), (&mut self.today, &other.today)] {
            counts.resize(counts.len().max(others.len()), 0.0);
            counts.iter_mut().zip(others).for_each(|(count, other)| *count += other);
        }
    }

    /// Nats of the chance that a score of somebody else is at least so high, where there are `total` scores in all, those of nothing surprising
    /// with them: 0 for what is nothing special.
    pub fn nats(&self, score: f32, total: f32) -> f32 {
        /// So many of the highest tell how the tail falls off.
        const HIGHEST: f32 = 0.03;
        const LEAST: f32 = 10.0;
        if class(score).is_none() {
            return 0.0;
        }
        let above = self.above(score);
        // The one in question is one more that came.
        let counted = (total + 1.0).ln() - (above + 1.0).ln();
        let wanted = (total * HIGHEST).max(LEAST);
        if above >= wanted || total < LEAST {
            return counted.max(0.0);
        }
        // Where the highest ones begin, how many they are, and by how much they exceed that.
        let (mut count, mut excess, mut begin) = (0.0f32, 0.0f32, 0usize);
        for class in (0..self.past.len().max(self.today.len())).rev() {
            let of = |counts: &[f32]| counts.get(class).copied().unwrap_or_default();
            let here = of(&self.past) + of(&self.today);
            excess += count * WIDTH + here * WIDTH / 2.0;
            count += here;
            begin = class;
            if count >= wanted {
                break;
            }
        }
        let begin = begin as f32 * WIDTH;
        let scale = ((excess + LEAST) / (count + LEAST)).max(1.0);
        let extrapolated = (total + 1.0).ln() - (count + 1.0).ln() + (score - begin).max(0.0) / scale;
        // A model may be kept to less than it says, or to what was counted, but never to more than both.
        extrapolated.min(counted.max(score)).max(0.0)
    }
}

fn class(score: f32) -> Option<usize> {
    (score >= WIDTH).then_some(((score / WIDTH) as usize).min(CLASSES - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_a_true_model_keep_their_chance() {
        let mut calibration = Calibration::default();
        let count = 20_000;
        for i in 0..count {
            let p = (f64::from(i) + 0.5) / f64::from(count);
            calibration.change(0.0, -p.ln() as f32);
        }
        for nats in [2.0f32, 4.0, 6.0, 9.0, 14.0] {
            assert!(
                (calibration.nats(nats, 20_000.0) - nats).abs() < 0.6,
                "{nats}: {}",
                calibration.nats(nats, 20_000.0)
            );
        }
    }

    #[test]
    fn a_model_that_promises_too_much_is_kept_to_what_came() {
        let mut calibration = Calibration::default();
        let count = 20_000;
        for i in 0..count {
            let p = (f64::from(i) + 0.5) / f64::from(count);
            calibration.change(0.0, (-p.ln() * 3.0) as f32);
        }
        assert!((calibration.nats(18.0, 20_000.0) - 6.0).abs() < 1.0, "{}", calibration.nats(18.0, 20_000.0));
        assert!(
            (calibration.nats(36.0, 20_000.0) - 12.0).abs() < 2.0,
            "{}",
            calibration.nats(36.0, 20_000.0)
        );
    }

    #[test]
    fn two_count_as_one() {
        let counted = |scores: std::ops::Range<u32>, days: u32| {
            let mut calibration = Calibration::default();
            for score in scores {
                calibration.change(0.0, score as f32 / 3.0);
                if score % days == 0 {
                    calibration.end_day(1.0);
                }
            }
            calibration
        };
        let (mut one, other, whole) = (counted(0..60, 20), counted(60..95, 20), counted(0..95, 20));
        one.merge(&other);
        assert_eq!(one.nats(7.0, 95.0), whole.nats(7.0, 95.0));
        assert_eq!(one.nats(30.0, 95.0), whole.nats(30.0, 95.0));
    }

    #[test]
    fn with_nothing_seen_nothing_is_surprising() {
        let calibration = Calibration::default();
        assert!(calibration.nats(30.0, 0.0) < 0.1);
    }
}
