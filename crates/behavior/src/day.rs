//! A day of a subject, as far as it has come.

use std::sync::Arc;

use estate::{AccountId, HostId};
use model::behavior::Measure;
use model::{NameId, RecordRef, Time};
use path::Seen;
use serde::{Deserialize, Serialize};

use crate::places::Sort;
use crate::visits::{self, Visit};

mod state;

/// A record that shows something, and where it belongs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Proof {
    /// The record.
    pub record: RecordRef,
    /// Where it belongs.
    pub seen: Seen,
    /// Its time.
    pub time: Time,
}

/// The most telling thing of a measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
pub(crate) enum Example {
    #[default]
    None,
    Host(HostId),
    Account(AccountId),
    Name(NameId),
    /// The domain below which a name is.
    Below(NameId),
}

/// One measure of a day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub measure: Measure,
    pub value: f64,
    /// What came beside it that people marked as normal: learnt, never judged.
    pub normal: f64,
    /// The value from which it is worth being judged again.
    pub next: f64,
    /// -ln of its probability by its model.
    pub nats: f32,
    /// The same, calibrated.
    pub calibrated: f32,
    pub example: Example,
    /// How much the example weighs.
    weight: f64,
    /// What it came from.
    pub visits: Vec<Visit>,
}

impl Measured {
    fn new(measure: Measure) -> Measured {
        Measured {
            measure,
            value: 0.0,
            normal: 0.0,
            next: 0.0,
            nats: 0.0,
            calibrated: 0.0,
            example: Example::None,
            weight: 0.0,
            visits: Vec::new(),
        }
    }

    fn add(&mut self, amount: f64, example: Example, proof: &Arc<Proof>) {
        self.value += amount;
        if amount >= self.weight {
            (self.example, self.weight) = (example, amount);
        }
        visits::add(&mut self.visits, amount, proof);
    }
}

/// What was measured, and what was new.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Day {
    pub group: u32,
    pub measures: Vec<Measured>,
    /// New values, to be unlearnt where the day stands out.
    pub news: Vec<(Sort, u64)>,
    /// The hours in which it was active, as bits.
    pub hours: u32,
    /// Whatever its hours are, they are normal.
    pub hours_are_normal: bool,
    /// The class of age of the subject.
    pub age: usize,
    /// Where it was last, and when.
    #[serde(deserialize_with = "state::place")]
    pub place: Option<(u64, Time)>,
    /// Nats of the whole day, before calibration.
    pub nats: f32,
    /// With what the days before carried over.
    pub with_past: f32,
    /// The same, calibrated.
    pub calibrated: f32,
    /// Calibrated nats of the whole day at its last alarm.
    pub alarmed: f32,
    /// Something else says that an intruder took part in it.
    pub suspected: bool,
}

/// New values that are remembered of a day.
const MOST_NEWS: usize = 64;

impl Day {
    /// Whether it teaches no more than an unusual day would: an intruder is not to become normal.
    pub fn is_held(&self) -> bool {
        self.suspected || self.alarmed > 0.0
    }

    /// Adds to a measure; gives it where it is worth being judged.
    pub fn add(
        &mut self,
        measure: Measure,
        amount: f64,
        example: Example,
        proof: &Arc<Proof>,
    ) -> Option<usize> {
        let (at, measured) = self.of(measure)?;
        measured.add(amount, example, proof);
        (measured.value >= measured.next).then_some(at)
    }

    /// Adds what people marked as normal.
    pub fn add_normal(&mut self, measure: Measure, amount: f64) {
        if let Some((_, measured)) = self.of(measure) {
            measured.normal += amount;
        }
    }

    /// Raises what people marked as normal to a value, where it is less.
    pub fn raise_normal(&mut self, measure: Measure, value: f64) {
        if let Some((_, measured)) = self.of(measure) {
            measured.normal = measured.normal.max(value);
        }
    }

    fn of(&mut self, measure: Measure) -> Option<(usize, &mut Measured)> {
        let known = self.measures.iter().position(|one| one.measure == measure);
        let at = known.unwrap_or(self.measures.len());
        if known.is_none() {
            // There are many open days.
            if self.measures.len() == self.measures.capacity() {
                self.measures.reserve_exact(2);
            }
            self.measures.push(Measured::new(measure));
        }
        self.measures.get_mut(at).map(|measured| (at, measured))
    }

    /// Raises a measure to a value, where it is less.
    pub fn raise(
        &mut self,
        measure: Measure,
        value: f64,
        example: Example,
        proof: &Arc<Proof>,
    ) -> Option<usize> {
        let known = self.measures.iter().find(|one| one.measure == measure).map_or(0.0, |one| one.value);
        if value <= known {
            return None;
        }
        self.add(measure, value - known, example, proof)
    }

    /// Remembers that something was new.
    pub fn note_new(&mut self, sort: Sort, value: u64) {
        if self.news.len() < MOST_NEWS {
            self.news.push((sort, value));
        }
    }
}
