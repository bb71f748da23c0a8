//! How much, against one's own past and that of one's peers.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::kept::day;
use crate::tail::ln_student_tail;

/// Past days of one measure: how many there were, on how many it was more than nothing, and how much it was then (as ln(1 + amount)). Forgotten
/// slowly; what one subject's days are for it, all days of a group of peers are for the group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Past {
    /// Days with more than nothing.
    pub some: f32,
    /// Mean of ln(1 + amount) on these.
    pub mean: f32,
    /// Sum of squared differences from it.
    squares: f32,
    /// Of a subject: half the sum of squared differences from the day before, on how many days that was, and the last day's.
    steps: f32,
    step_days: f32,
    last: f32,
    /// Of a group: sum of squares by which its members' days differed from what these had been before, and how many days that was.
    within: f32,
    within_days: f32,
    /// The most, as ln(1 + amount).
    pub most: f32,
    /// The day to which the past is forgotten.
    #[serde(deserialize_with = "day")]
    day: i32,
}

/// What is believed before anything is seen, as so many days' worth: amounts of a few, that differ by a factor of e.
const FIRST: Prior = Prior { share: 0.1, mean: 1.0, variance: 0.5, mean_days: 1.0 };
/// How many days' worth the belief about the share of days with more than nothing is.
const SHARE_DAYS: f64 = 3.0;
/// The same of the mean of a group.
const MEAN_DAYS: f64 = 1.0;
/// The same of the variance.
const VARIANCE_DAYS: f64 = 4.0;

/// A belief about the days of a subject.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Prior {
    share: f64,
    mean: f64,
    /// Of a subject's days around its own mean.
    variance: f64,
    /// How many days' worth the belief about the mean is: the fewer, the more subjects differ from each other.
    mean_days: f64,
}

impl Default for Prior {
    fn default() -> Prior {
        FIRST
    }
}

impl Past {
    /// Adds a day with more than nothing.
    pub fn add(&mut self, amount: f64, day: i32, keep: f32) {
        self.forget(day, keep);
        let value = amount.max(0.0).ln_1p() as f32;
        self.some += 1.0;
        if self.some > 1.0 {
            self.steps += (value - self.last).powi(2) / 2.0;
            self.step_days += 1.0;
        }
        self.last = value;
        let off = value - self.mean;
        self.mean += off / self.some;
        self.squares += off * (value - self.mean);
        self.most = self.most.max(value);
    }

    /// Days long past weigh less.
    pub fn forget(&mut self, day: i32, keep: f32) {
        if day > self.day {
            let factor = keep.powi(day - self.day);
            self.some *= factor;
            self.squares *= factor;
            self.steps *= factor;
            self.step_days *= factor;
            self.within *= factor;
            self.within_days *= factor;
            self.day = day;
        }
    }

    /// Adds another past of the same measure, as if its days had come to this one (Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for
    /// Computing Sample Variances", 1979).
    pub fn merge(&mut self, mut other: Past, keep: f32) {
        let latest = self.day.max(other.day);
        let last = match self.day.cmp(&other.day) {
            Ordering::Less => other.last,
            Ordering::Equal => self.last.max(other.last),
            Ordering::Greater => self.last,
        };
        self.forget(latest, keep);
        other.forget(latest, keep);
        let some = self.some + other.some;
        if self.some > 0.0 && other.some > 0.0 {
            let off = other.mean - self.mean;
            self.squares = (self.squares + other.squares) + off * off * (self.some * other.some / some);
            self.mean = (self.some * self.mean + other.some * other.mean) / some;
        } else if other.some > 0.0 {
            (self.mean, self.squares) = (other.mean, other.squares);
        }
        self.some = some;
        self.steps += other.steps;
        self.step_days += other.step_days;
        self.last = last;
        self.within += other.within;
        self.within_days += other.within_days;
        self.most = self.most.max(other.most);
    }

    /// As a belief about a member of the group whose past this is, with `days` days in all.
    pub fn prior(&self, days: f64, before: Prior) -> Prior {
        let some = f64::from(self.some);
        let share = (some + SHARE_DAYS * before.share) / (days.max(some) + SHARE_DAYS);
        let mean = (some * f64::from(self.mean) + MEAN_DAYS * before.mean) / (some + MEAN_DAYS);
        let days = f64::from(self.within_days);
        let variance = (f64::from(self.within) + VARIANCE_DAYS * before.variance) / (days + VARIANCE_DAYS);
        // Empirical Bayes: what days of different subjects differ more than those of one is the subjects' own.
        let whole = (f64::from(self.squares) + VARIANCE_DAYS * variance * (1.0 + 1.0 / before.mean_days))
            / (some + VARIANCE_DAYS);
        let mean_days = (variance / (whole - variance).max(1e-6)).clamp(0.1, 4.0);
        Prior { share, mean, variance, mean_days }
    }

    /// Notes by how much a member's day differed from its own past.
    pub fn add_within(&mut self, member: &Past, amount: f64) {
        if member.some >= 0.5 {
            let off = amount.max(0.0).ln_1p() as f32 - member.mean;
            self.within += off * off * member.some / (member.some + 1.0);
            self.within_days += 1.0;
        }
    }

    /// ln of the probability of a day with at least so much, for a subject with this past on `days` days and this belief about it.
    ///
    /// Whether there is anything is beta-binomial; how much, where there is, log-normal with unknown mean and variance, whose predictive
    /// distribution is Student's (Gelman et al., "Bayesian Data Analysis", 3rd ed., section 3.3: normal data with a conjugate prior).
    pub fn ln_chance(&self, amount: f64, days: f64, prior: Prior) -> f64 {
        if amount <= 0.0 {
            return 0.0;
        }
        let some = f64::from(self.some);
        let share = (some + SHARE_DAYS * prior.share) / (days.max(some) + SHARE_DAYS);
        let weight = some + prior.mean_days;
        let mean = (some * f64::from(self.mean) + prior.mean_days * prior.mean) / weight;
        let off = f64::from(self.mean) - prior.mean;
        let dof = VARIANCE_DAYS + some;
        let between = if some > 0.0 { prior.mean_days * some / weight * off * off } else { 0.0 };
        let variance = (VARIANCE_DAYS * prior.variance + self.spread() + between) / dof;
        let scale = (variance.max(least_variance(mean)) * (1.0 + 1.0 / weight)).sqrt();
        let t = (amount.ln_1p() - mean) / scale;
        share.min(1.0).ln() + ln_student_tail(t, dof)
    }

    /// People say that what came is normal: however the past came to differ, it is chance.
    pub fn is_normal(&mut self) {
        (self.steps, self.step_days) = (self.squares, self.some);
    }

    /// Sum of squared differences from what was usual, as it says how chance moves the next day: by how much days differ from those before them (von Neumann,
    /// "Distribution of the Ratio of the Mean Square Successive Difference to the Variance", 1941), with a share of what drift adds.
    fn spread(&self) -> f64 {
        /// Without it, work that grew for good would stand out for months; with all of it, who takes a little more each day would pass for somebody whose days
        /// differ much.
        const DRIFT: f64 = 0.25;
        let squares = f64::from(self.squares);
        if self.step_days <= 0.0 {
            return squares;
        }
        let steps = f64::from(self.steps / self.step_days * self.some);
        squares * DRIFT + steps.min(squares) * (1.0 - DRIFT)
    }

    /// The amount that is no more unusual than one in twenty days, for what is learnt from a day that stands out.
    pub fn no_more_than(&self, amount: f64, prior: Prior) -> f64 {
        let some = f64::from(self.some);
        let weight = some + prior.mean_days;
        let mean = (some * f64::from(self.mean) + prior.mean_days * prior.mean) / weight;
        let variance = (VARIANCE_DAYS * prior.variance + f64::from(self.squares)) / (VARIANCE_DAYS + some);
        amount.min((mean + 2.0 * variance.max(least_variance(mean)).sqrt()).exp_m1())
    }
}

/// Amounts differ from day to day by at least so much, whatever has been seen: a count by as much as chance alone makes it (Poisson: the variance
/// of ln(1 + X) is about m / (1 + m)² by the delta method), and by a little beside that.
fn least_variance(mean: f64) -> f64 {
    const LEAST: f64 = 0.04;
    let count = mean.max(0.0).exp_m1();
    LEAST + count / (1.0 + count).powi(2)
}

/// The amount behind a mean of ln(1 + amount).
pub(crate) fn amount(mean: f32) -> f64 {
    f64::from(mean).exp_m1()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(amounts: &[f64]) -> Past {
        let mut past = Past::default();
        for (day, amount) in (0..).zip(amounts) {
            past.add(*amount, day, 1.0);
        }
        past
    }

    #[test]
    fn two_pasts_are_one_up_to_rounding_whichever_comes_first() {
        let amounts = [30.0, 42.0, 25.0, 380.0, 3.0, 44.0, 29.0, 35.0];
        let keep = 0.985;
        let days = |of: std::ops::Range<usize>| {
            let mut past = Past::default();
            (of.start as i32..).zip(&amounts[of]).for_each(|(day, amount)| past.add(*amount, day, keep));
            past
        };
        let (first, second, whole) = (days(0..3), days(3..8), days(0..8));
        let (mut one, mut other) = (first, second);
        one.merge(second, keep);
        other.merge(first, keep);
        assert_eq!(one, other);
        let near = |a: f32, b: f32| (a - b).abs() < 1e-4 * b.abs();
        assert!(near(one.some, whole.some) && one.most == whole.most, "{one:?} {whole:?}");
        // Where nothing is forgotten between, means and squares are those of all.
        let (mut one, second, whole) = (past(&amounts[..3]), past(&amounts[3..]), past(&amounts));
        one.merge(second, 1.0);
        assert!(near(one.mean, whole.mean) && near(one.squares, whole.squares), "{one:?} {whole:?}");
        one.merge(Past::default(), 1.0);
        assert!(near(one.mean, whole.mean));
    }

    #[test]
    fn who_takes_a_little_more_each_day_is_not_somebody_whose_days_differ() {
        let rising: Vec<f64> = (0..40).map(|day| 20.0 * 1.1f64.powi(day)).collect();
        let shuffled: Vec<f64> = (0..40).map(|day| rising[day * 27 % 40]).collect();
        let prior = Prior { share: 0.8, mean: 3.5, variance: 0.2, mean_days: 1.0 };
        let [rising, shuffled] = [rising, shuffled].map(|days| past(&days).ln_chance(1000.0, 40.0, prior));
        assert!(rising < shuffled - 1.0, "{rising} {shuffled}");
    }

    #[test]
    fn ten_times_the_usual_is_improbable_and_the_usual_is_not() {
        let past = past(&[30.0, 42.0, 25.0, 38.0, 31.0, 44.0, 29.0, 35.0]);
        let prior = Prior { share: 0.8, mean: 3.5, variance: 0.3, mean_days: 1.0 };
        assert!(past.ln_chance(40.0, 8.0, prior) > -2.0);
        assert!(past.ln_chance(400.0, 8.0, prior) < -6.0);
    }

    #[test]
    fn without_a_past_peers_decide() {
        let none = Past::default();
        let few = Prior { share: 0.8, mean: 2.0, variance: 0.3, mean_days: 1.0 };
        let many = Prior { share: 0.8, mean: 6.0, variance: 0.3, mean_days: 1.0 };
        assert!(none.ln_chance(400.0, 0.0, few) < -4.0);
        assert!(none.ln_chance(400.0, 0.0, many) > -1.5);
    }

    #[test]
    fn what_nobody_ever_does_is_improbable_in_any_amount() {
        let prior = Past::default().prior(2_000.0, Prior::default());
        assert!(Past::default().ln_chance(1.0, 20.0, prior) < -6.0);
    }

    #[test]
    fn a_day_that_stands_out_teaches_no_more_than_an_unusual_one() {
        let past = past(&[30.0, 42.0, 25.0, 38.0]);
        let prior = Prior { share: 0.8, mean: 3.5, variance: 0.3, mean_days: 1.0 };
        assert!(past.no_more_than(100_000.0, prior) < 200.0);
        assert_eq!(past.no_more_than(20.0, prior), 20.0);
    }
}
