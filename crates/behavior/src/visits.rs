//! Which visits of a day a measure came from: the intruder's and the owner's lie on the same day of one account.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::day::{Measured, Proof};

/// Visits that are kept of each measure; then the one that gave least makes room.
const MOST: usize = 8;
/// Visits that a surprise names, at most.
const MOST_TOLD: usize = 8;
/// A visit that says less than this share of what the most telling one says is not named.
const TELLING: f32 = 0.3;

/// What one session gave to one measure, or, where no session is known, what came from one host to another.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Visit {
    pub key: u64,
    /// How much.
    pub amount: f64,
    /// The most that one record gave, and that record; the latest where all give the same.
    most: f64,
    /// One activity is often the proof of several measures.
    #[serde(with = "apart")]
    pub proof: Arc<Proof>,
}

/// What tells one visit from others.
fn key_of(proof: &Proof) -> u64 {
    let seen = &proof.seen;
    match seen.session.is_some() {
        true => u64::from(seen.session.0),
        false => 1 << 63 | FixedState::default().hash_one((seen.host, seen.from)) >> 1,
    }
}

/// Adds to the visit that a record is of.
pub(crate) fn add(visits: &mut Vec<Visit>, amount: f64, proof: &Arc<Proof>) {
    let key = key_of(proof);
    if let Some(known) = visits.iter_mut().rev().find(|visit| visit.key == key) {
        known.amount += amount;
        if amount >= known.most {
            (known.most, known.proof) = (amount, Arc::clone(proof));
        }
        return;
    }
    while visits.len() >= MOST {
        remove_least(visits);
    }
    // Most measures of a day have few visits, and there are many measures.
    if visits.len() == visits.capacity() {
        visits.reserve_exact(1 + visits.len() / 4);
    }
    visits.push(Visit { key, amount, most: amount, proof: Arc::clone(proof) });
}

fn remove_least(visits: &mut Vec<Visit>) {
    let by_amount = |(_, a): &(usize, &Visit), (_, b): &(usize, &Visit)| {
        a.amount.total_cmp(&b.amount).then(b.key.cmp(&a.key))
    };
    let least = visits.iter().enumerate().min_by(by_amount).map(|(at, _)| at);
    least.map(|at| visits.remove(at));
}

/// Adds the visits of another part of the same day.
pub(crate) fn merge(visits: &mut Vec<Visit>, others: Vec<Visit>) {
    let tells = |visit: &Visit| (visit.most, visit.proof.time, visit.proof.record);
    for other in others {
        match visits.iter_mut().find(|visit| visit.key == other.key) {
            Some(known) => {
                known.amount += other.amount;
                if tells(&other) > tells(known) {
                    (known.most, known.proof) = (other.most, other.proof);
                }
            }
            None => visits.push(other),
        }
    }
    visits.sort_unstable_by_key(|visit| visit.key);
    while visits.len() > MOST {
        remove_least(visits);
    }
}

/// The records that show what goes beyond the usual, of the visits that it came from: of each measure, with how much of it is usual, the fewest visits
/// without which no more than the usual remains. Each visit counts as much as the surprise of its measures that it gave.
pub(crate) fn proofs(measures: &[(&Measured, f64)]) -> Vec<Proof> {
    let mut said: Vec<(u64, f32, Vec<Proof>)> = Vec::new();
    // What is measured in several ways counts less each time, as it does for the day.
    let weights = std::iter::successors(Some(1.0f32), |weight| Some(weight / 2.0));
    for ((measured, usual), weight) in measures.iter().zip(weights) {
        let mut visits: Vec<&Visit> = measured.visits.iter().collect();
        visits.sort_by(|a, b| b.amount.total_cmp(&a.amount).then(a.proof.time.cmp(&b.proof.time)));
        let mut left = measured.value;
        for (place, visit) in visits.into_iter().enumerate() {
            if place > 0 && left <= *usual {
                break;
            }
            let share = (visit.amount / measured.value.max(1e-9)).min(1.0) as f32;
            let nats = share * measured.calibrated * weight;
            match said.iter_mut().find(|(key, ..)| *key == visit.key) {
                Some((_, all, proofs)) => {
                    *all += nats;
                    proofs.push(*visit.proof);
                }
                None => said.push((visit.key, nats, vec![*visit.proof])),
            }
            left -= visit.amount;
        }
    }
    said.sort_by(|a, b| b.1.total_cmp(&a.1));
    let enough = said.first().map_or(0.0, |(_, nats, _)| nats * TELLING);
    let told = said.into_iter().take(MOST_TOLD).filter(|(_, nats, _)| *nats >= enough);
    told.flat_map(|(.., proofs)| proofs).collect()
}

/// What several visits share is saved with each.
mod apart {
    use super::*;

    pub fn serialize<S: Serializer>(proof: &Arc<Proof>, serializer: S) -> Result<S::Ok, S::Error> {
        proof.as_ref().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<Proof>, D::Error> {
        Proof::deserialize(deserializer).map(Arc::new)
    }
}
