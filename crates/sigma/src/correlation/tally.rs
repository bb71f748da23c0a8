//! What one group of one correlation has counted within its window.

use serde::{Deserialize, Serialize};

use super::distinct::Distinct;
use super::evidence::{Evidence, gather};
use super::ring::{Ranked, Ring, Summed};
use super::sequence::Sequence;
use super::{Correlation, Kind, Window};

/// The window state of a group, by what its correlation counts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Tally {
    Events(Ring<()>),
    Values(Distinct),
    Numbers(Summed),
    Ranks(Ranked),
    Rules(Sequence),
}

/// What an event adds to a tally.
pub(super) enum Reading<'a> {
    /// Itself.
    Event,
    /// Each of these values.
    Values(&'a [String]),
    /// The values of several fields as one.
    Tuple(Vec<u8>),
    Number(f64),
    /// That the rule at these places occurred.
    Places(&'a [u32]),
}

impl Tally {
    pub(super) fn new(correlation: &Correlation) -> Tally {
        match correlation.kind {
            Kind::EventCount => Tally::Events(Ring::default()),
            Kind::ValueCount => Tally::Values(Distinct::default()),
            Kind::ValueSum | Kind::ValueAvg => Tally::Numbers(Summed::default()),
            Kind::ValuePercentile | Kind::ValueMedian => Tally::Ranks(Ranked::default()),
            Kind::Temporal | Kind::TemporalOrdered => Tally::Rules(Sequence::new(correlation)),
        }
    }

    /// Adds what is read from an event; `evidence` is `None` where a firing goes on that was counted before.
    pub(super) fn add(&mut self, reading: &Reading<'_>, time: i64, evidence: Option<Evidence>, event: u64) {
        let known = |evidence: Option<Evidence>| evidence.unwrap_or(Evidence::One(event));
        match (self, reading) {
            (Tally::Events(ring), _) => ring.push(time, known(evidence), ()),
            (Tally::Values(distinct), Reading::Values(values)) => {
                let evidence = known(evidence);
                for value in *values {
                    distinct.add(time, value.as_bytes(), evidence.clone());
                }
            }
            (Tally::Values(distinct), Reading::Tuple(value)) => distinct.add(time, value, known(evidence)),
            (Tally::Numbers(numbers), Reading::Number(value)) => numbers.push(time, known(evidence), *value),
            (Tally::Ranks(ranks), Reading::Number(value)) => ranks.push(time, known(evidence), *value),
            (Tally::Rules(sequence), Reading::Places(places)) => sequence.add(places, time, evidence, event),
            // Wiring reads for a correlation what its kind needs.
            _ => {}
        }
    }

    /// Drops what is older than `cutoff`, and the oldest beyond `most`.
    pub(super) fn trim(&mut self, cutoff: i64, most: usize) {
        match self {
            Tally::Events(ring) => while ring.pop(cutoff, most).is_some() {},
            Tally::Values(distinct) => distinct.trim(cutoff, most),
            Tally::Numbers(numbers) => numbers.trim(cutoff, most),
            Tally::Ranks(ranks) => ranks.trim(cutoff, most),
            Tally::Rules(sequence) => sequence.trim(cutoff),
        }
    }

    /// Drops everything.
    fn clear(&mut self) {
        match self {
            Tally::Events(ring) => *ring = Ring::default(),
            Tally::Values(distinct) => *distinct = Distinct::default(),
            Tally::Numbers(numbers) => *numbers = Summed::default(),
            Tally::Ranks(ranks) => *ranks = Ranked::default(),
            Tally::Rules(sequence) => sequence.clear(),
        }
    }

    /// The value that the correlation asks for, where its condition holds.
    pub(super) fn judge(&self, correlation: &Correlation) -> Option<f64> {
        let value = match self {
            Tally::Events(ring) => ring.len() as f64,
            Tally::Values(distinct) => distinct.len() as f64,
            Tally::Numbers(numbers) if correlation.kind == Kind::ValueAvg => numbers.mean()?,
            Tally::Numbers(numbers) => numbers.sum(),
            Tally::Ranks(ranks) if correlation.kind == Kind::ValueMedian => ranks.percentile(50.0)?,
            Tally::Ranks(ranks) => ranks.percentile(correlation.percentile)?,
            Tally::Rules(sequence) => return sequence.judge(correlation),
        };
        let thresholds = &correlation.thresholds;
        (!thresholds.is_empty() && thresholds.iter().all(|(operator, with)| operator.holds(value, *with)))
            .then_some(value)
    }

    /// The events in the window, oldest first; at most [`super::MOST_EVENTS`].
    pub(super) fn events(&self) -> Vec<u64> {
        match self {
            Tally::Events(ring) => gather(ring.evidence()),
            Tally::Values(distinct) => gather(distinct.evidence()),
            Tally::Numbers(numbers) => gather(numbers.ring().evidence()),
            Tally::Ranks(ranks) => gather(ranks.ring().evidence()),
            Tally::Rules(sequence) => gather(sequence.evidence().into_iter()),
        }
    }

    /// How many events it retains.
    pub(super) fn weight(&self) -> u64 {
        match self {
            Tally::Events(ring) => ring.weight(),
            Tally::Values(distinct) => distinct.weight(),
            Tally::Numbers(numbers) => numbers.ring().weight(),
            Tally::Ranks(ranks) => ranks.ring().weight(),
            Tally::Rules(sequence) => sequence.weight(),
        }
    }
}

/// A group's tally and where its window lies.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Group {
    /// The last event.
    pub(super) last: i64,
    /// The first event of the window (tumbling, session).
    pub(super) opened: i64,
    /// The last firing (sliding), or the firing in this window.
    pub(super) fired: Option<i64>,
    pub(super) tally: Tally,
}

impl Group {
    pub(super) fn new(correlation: &Correlation, now: i64) -> Group {
        Group { last: now, opened: now, fired: None, tally: Tally::new(correlation) }
    }

    /// Whether nothing of it counts any more for an event at `now`. A group that is over is as good as a new one.
    pub(super) fn is_over(&self, correlation: &Correlation, now: i64) -> bool {
        let span = correlation.timespan;
        match correlation.window {
            Window::Sliding => now.saturating_sub(self.last) > span,
            Window::Tumbling => now.div_euclid(span.max(1)) != self.last.div_euclid(span.max(1)),
            Window::Session(gap) => {
                now.saturating_sub(self.last) > gap || now.saturating_sub(self.opened) > span
            }
        }
    }

    /// Makes the window ready for an event at `now`.
    pub(super) fn open(&mut self, correlation: &Correlation, now: i64) {
        if self.is_over(correlation, now) {
            self.tally.clear();
            self.fired = None;
            self.opened = now;
        } else if correlation.window == Window::Sliding {
            self.tally.trim(now.saturating_sub(correlation.timespan), usize::MAX);
        }
        self.last = now;
    }

    /// Whether the window that fired has not passed yet.
    pub(super) fn is_silent(&self, correlation: &Correlation, now: i64) -> bool {
        match correlation.window {
            Window::Sliding => {
                self.fired.is_some_and(|fired| now.saturating_sub(fired) < correlation.timespan)
            }
            Window::Tumbling | Window::Session(_) => self.fired.is_some(),
        }
    }
}
