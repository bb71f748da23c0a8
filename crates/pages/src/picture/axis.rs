//! Time from left to right.
//!
//! In: the moments that are drawn. Out: where each lies, with idle stretches cut to a narrow band, so that an
//! intruder who came back every other week for half a year still shows what was done within minutes. Between two
//! cuts, a longer time is never drawn shorter.

use std::collections::BTreeMap;

use model::Time;

/// As many stretches as are cut.
const CUTS: usize = 14;

/// An idle stretch is cut where it would take more than this part of the axis (1 in so many).
const SHARE: i64 = 16;

/// No stretch shorter than half an hour is cut.
const IDLE: i64 = 30 * 60_000_000;

/// The width of a cut.
const CUT_WIDTH: f64 = 18.0;

/// The part of the axis that is dealt out evenly among moments, so that those seconds apart stay apart.
const EVEN: f64 = 0.6;

/// As much as a moment of weight 1 gets of that part.
const APART: f64 = 22.0;

/// An axis.
#[derive(Clone, Debug, Default)]
pub struct Axis {
    /// Moments and where they lie, by time.
    anchors: Vec<(i64, f64)>,
    /// Idle stretches that were cut.
    pub cuts: Vec<Cut>,
}

/// An idle stretch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    /// Where the band begins.
    pub left: f64,
    /// Where it ends.
    pub right: f64,
    /// When it begins.
    pub from: Time,
    /// When it ends.
    pub to: Time,
}

impl Axis {
    /// The axis for moments in any order, between two places. A moment that weighs more gets more of the room that is
    /// dealt out evenly.
    pub fn new(moments: impl IntoIterator<Item = (Time, f64)>, left: f64, right: f64) -> Axis {
        let mut weights: BTreeMap<i64, f64> = BTreeMap::new();
        for (time, weight) in moments.into_iter().filter(|(time, _)| *time != Time::UNKNOWN) {
            let known = weights.entry(time.micros()).or_insert(weight);
            *known = known.max(weight);
        }
        let times: Vec<i64> = weights.keys().copied().collect();
        let gaps: Vec<i64> =
            times.iter().zip(times.iter().skip(1)).map(|(one, next)| next.saturating_sub(*one)).collect();
        let longest = longest_to_keep(&gaps);
        let is_cut = |gap: i64| gap > longest;
        let cut_count = gaps.iter().filter(|gap| is_cut(**gap)).count() as f64;
        let kept: f64 = gaps.iter().filter(|gap| !is_cut(**gap)).map(|gap| *gap as f64).sum();
        // The first moment has its place already.
        let weight: f64 = weights.values().skip(1).sum::<f64>().max(f64::MIN_POSITIVE);
        let whole = (right - left - 16.0).max(1.0);
        let cut_width = CUT_WIDTH.min(whole * 0.3 / cut_count.max(1.0));
        let free = whole - cut_count * cut_width;
        // Without anything to be true to in scale, nearly all is dealt out evenly.
        let (most, part) = if kept > 0.0 { (APART, EVEN) } else { (4.0 * APART, 1.0) };
        let even = most.min(free * part / weight);
        let scale = if kept > 0.0 { (free - even * weight) / kept } else { 0.0 };

        let mut axis = Axis::default();
        let mut x = left + 8.0;
        let mut before: Option<i64> = None;
        for (time, weight) in weights {
            let own = even * weight;
            if let Some(before) = before {
                let gap = time.saturating_sub(before);
                if is_cut(gap) {
                    let (from, to) = (Time::from_micros(before), Time::from_micros(time));
                    let begin = x + own / 2.0;
                    axis.cuts.push(Cut { left: begin, right: begin + cut_width, from, to });
                    x += own + cut_width;
                } else {
                    x += own + scale * gap as f64;
                }
            }
            axis.anchors.push((time, x));
            before = Some(time);
        }
        axis
    }

    /// Where a moment lies.
    pub fn x(&self, time: Time) -> f64 {
        let micros = time.micros();
        let after = self.anchors.partition_point(|(at, _)| *at < micros);
        let next = self.anchors.get(after).or(self.anchors.last());
        let before = after.checked_sub(1).and_then(|at| self.anchors.get(at)).or(next);
        let (Some((t0, x0)), Some((t1, x1))) = (before, next) else { return 0.0 };
        if t1 <= t0 {
            return *x1;
        }
        let part = (micros.saturating_sub(*t0)) as f64 / (t1 - t0) as f64;
        x0 + (x1 - x0) * part.clamp(0.0, 1.0)
    }

    /// The first moment after each cut, and the first of all.
    pub fn starts(&self) -> Vec<Time> {
        let first = self.anchors.first().map(|(time, _)| Time::from_micros(*time));
        first.into_iter().chain(self.cuts.iter().map(|cut| cut.to)).collect()
    }

    /// The last moment.
    pub fn end(&self) -> Option<Time> {
        self.anchors.last().map(|(time, _)| Time::from_micros(*time))
    }

    /// Round times to name within the axis, with their distance to the next not above `apart`: every 1, 5, 15
    /// minutes, 1, 3, 6, 12 hours, 1, 2, 7, … days.
    pub fn rounds(&self) -> Vec<Time> {
        const MINUTE: i64 = 60_000_000;
        const STEPS: [i64; 14] =
            [1, 5, 15, 30, 60, 180, 360, 720, 1440, 2880, 10_080, 43_200, 129_600, 525_600];
        let mut ends: Vec<i64> = self.cuts.iter().map(|cut| cut.from.micros()).collect();
        ends.extend(self.end().map(Time::micros));
        let mut rounds = Vec::new();
        for (from, to) in self.starts().into_iter().map(Time::micros).zip(ends) {
            let room = self.x(Time::from_micros(to)) - self.x(Time::from_micros(from));
            let wanted = (room / 70.0).floor();
            if wanted < 1.0 {
                continue;
            }
            let least = (to.saturating_sub(from) as f64 / wanted) as i64;
            let Some(step) = STEPS.into_iter().map(|minutes| minutes * MINUTE).find(|step| *step >= least)
            else {
                continue;
            };
            let first = from.div_euclid(step).saturating_add(1).saturating_mul(step);
            let times = (0..20_i64).map(|count| first.saturating_add(count * step));
            rounds.extend(times.take_while(|time| *time < to).map(Time::from_micros));
        }
        rounds
    }
}

/// The longest gap that is drawn at its length.
fn longest_to_keep(gaps: &[i64]) -> i64 {
    let mut sorted = gaps.to_vec();
    sorted.sort_unstable();
    let usual = sorted.get(sorted.len() / 4).copied().unwrap_or(0).max(1);
    let mut span: i64 = sorted.iter().fold(0, |sum, gap| sum.saturating_add(*gap));
    let mut cut = Vec::new();
    for gap in sorted.iter().rev() {
        if *gap < IDLE || *gap <= span / SHARE || *gap <= usual.saturating_mul(4) {
            break;
        }
        cut.push(*gap);
        span -= gap;
    }
    let Some(shortest) = cut.last() else { return i64::MAX };
    if cut.len() <= CUTS {
        return shortest - 1;
    }
    // Too many alike: then their length is the scale, and only what stands out among them is cut.
    let usual = cut.get(cut.len() / 2).copied().unwrap_or(0).saturating_mul(4);
    let bound = cut.get(CUTS).copied().unwrap_or(0);
    usual.max(bound)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: i64 = 60_000_000;

    fn axis(minutes: &[i64]) -> Axis {
        Axis::new(
            minutes.iter().map(|minute| (Time::from_micros(1_780_000_000_000_000 + minute * MINUTE), 1.0)),
            100.0,
            700.0,
        )
    }

    proptest! {
        #[test]
        fn later_is_further_right_and_nothing_leaves_the_axis(minutes in prop::collection::vec(0_i64..3_000_000, 1..300)) {
            let axis = axis(&minutes);
            let places: Vec<f64> = axis.anchors.iter().map(|(_, x)| *x).collect();
            prop_assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(places.iter().all(|x| (100.0..=700.0).contains(x)));
            prop_assert!(axis.cuts.len() <= CUTS);
            prop_assert!(axis.rounds().len() < 60);
        }
    }

    #[test]
    fn visits_on_twelve_evenings_show_what_was_done_within_minutes() {
        let visits: Vec<i64> =
            (0..12).flat_map(|visit| (0..6).map(move |step| visit * 600 + step * 3)).collect();
        let axis = axis(&visits);
        assert_eq!(axis.cuts.len(), 11);
        let width = axis.x(axis.cuts[0].from) - axis.x(axis.starts()[0]);
        assert!(width > 25.0, "{width}");
    }

    #[test]
    fn what_is_spread_evenly_is_not_cut() {
        assert_eq!(axis(&(0..10).map(|at| at * 1440).collect::<Vec<_>>()).cuts, []);
        assert_eq!(axis(&[5]).cuts, []);
        assert_eq!(axis(&[]).x(Time::from_micros(5)), 0.0);
    }

    #[test]
    fn a_pause_of_minutes_is_no_idle_time() {
        assert_eq!(axis(&[0, 1, 15, 16, 30]).cuts, []);
        assert_eq!(axis(&[0, 1, 15, 16, 30, 1560, 1569]).cuts.len(), 1);
    }

    #[test]
    fn months_without_activity_are_cut_and_said() {
        let axis = axis(&[0, 5, 20, 130_000, 130_010, 130_030, 260_000, 260_004]);
        let months: Vec<i64> =
            axis.cuts.iter().map(|cut| (cut.to.micros() - cut.from.micros()) / MINUTE / 1440).collect();
        assert_eq!(months, [90, 90]);
    }
}
