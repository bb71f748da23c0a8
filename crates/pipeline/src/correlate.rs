//! From the matches that correlations wait for to their findings.
//!
//! In: what the workers spilled: occurrences to sort by time, and what a finding would say of each, laid aside. Out: findings and lines of the timeline. All
//! occurrences are pushed first; then what was laid aside is read once, block by block, for the events of those correlations that fired.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use model::Entity;
use sigma::correlation::{Correlation, Correlator, Firing, Occurrence};

use crate::aside::Aside;
use crate::findings::{By, Pending};
use crate::hunt::Shared;
use crate::order::Key;
use crate::spill::Spill;
use crate::worker::{Event, Occurred, packed};

/// What findings of correlations keep in memory, and their lines of the timeline.
const KEPT: usize = 8 << 20;

/// What came of it.
#[derive(Debug)]
pub struct Correlated {
    /// Findings, as [`Pending`].
    pub findings: Spill,
    /// The lines of the timeline that no other finding has.
    pub timeline: Spill,
    /// Bytes of what is told of the events that fired, on disk.
    pub on_disk: u64,
}

/// Runs the correlations.
///
/// # Errors
/// Where temporary space fails.
pub fn correlate(shared: &Shared, occurrences: Vec<Spill>, occurred: Vec<Aside>) -> io::Result<Correlated> {
    let (mut findings, mut timeline) = (Spill::new(KEPT), Spill::new(KEPT));
    let firings = firings(shared, occurrences)?;
    let mut told = Told::of(&firings, occurred)?;
    for (firing, key) in firings {
        let Some(correlation) = shared.rules.correlations.get(firing.correlation as usize) else { continue };
        let mut events = Vec::new();
        for event in &firing.events {
            events.extend(told.read(*event)?);
        }
        for event in &mut events {
            if let Some(line) = event.timeline.take() {
                let record = event.evidence.record;
                timeline.push(Key { time: event.time, source: event.source, record, rule: 0 }, &line)?;
            }
        }
        let pending = of_firing(correlation, &firing, &events);
        shared.progress.findings.fetch_add(1, Ordering::Relaxed);
        let key = Key { time: firing.time, rule: pending.by.order(), ..key };
        findings.push(key, &packed(&pending)?)?;
    }
    Ok(Correlated { findings, timeline, on_disk: told.length })
}

/// Feeds the occurrences to the correlations in event-time order. What fires and becomes a finding, each with the place of the event that completed it.
fn firings(shared: &Shared, occurrences: Vec<Spill>) -> io::Result<Vec<(Firing, Key)>> {
    let mut firings: Vec<(Firing, Key)> = Vec::new();
    if shared.rules.correlations.is_empty() {
        return Ok(firings);
    }
    let generates = |firing: &Firing| {
        let correlation = shared.rules.correlations.get(firing.correlation as usize);
        correlation.is_some_and(|correlation| correlation.generates)
    };
    let mut correlator = Correlator::new(Arc::clone(&shared.rules));
    let mut fired = Vec::new();
    for entry in Spill::merge(occurrences)? {
        let (key, payload) = entry?;
        let Ok(occurrence) = postcard::from_bytes::<Occurrence>(&payload) else { continue };
        correlator.push(&occurrence, &mut fired);
        firings.extend(fired.drain(..).filter(generates).map(|firing| (firing, key)));
    }
    Ok(firings)
}

/// What is to be told of the events that fired, on disk once more, as one event can be in several findings.
struct Told {
    file: File,
    /// By event without its match, sorted: where it begins.
    places: Vec<(u64, u64)>,
    length: u64,
}

impl Told {
    /// Takes what is needed out of what the workers laid aside.
    fn of(firings: &[(Firing, Key)], occurred: Vec<Aside>) -> io::Result<Told> {
        let events = firings.iter().flat_map(|(firing, _)| &firing.events);
        let mut wanted: Vec<u64> = events.map(|event| record_of(*event)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut writer = BufWriter::with_capacity(1 << 18, tempfile::tempfile()?);
        let (mut places, mut length) = (Vec::with_capacity(wanted.len()), 0);
        for (worker, aside) in occurred.into_iter().enumerate() {
            let of_worker = wanted.iter().map(|event| Event::unpack(*event));
            let of_worker = of_worker.filter(|event| usize::from(event.worker) == worker);
            aside.each(of_worker.map(|event| event.number), |number, piece| {
                let event = Event { worker: worker as u16, number, nth: 0 };
                places.push((event.pack(), length));
                length += 4 + piece.len() as u64;
                writer.write_all(&(piece.len() as u32).to_le_bytes())?;
                writer.write_all(piece)
            })?;
        }
        Ok(Told { file: writer.into_inner().map_err(io::IntoInnerError::into_error)?, places, length })
    }

    fn read(&mut self, event: u64) -> io::Result<Option<Occurred>> {
        let Ok(place) = self.places.binary_search_by_key(&record_of(event), |(event, _)| *event) else {
            return Ok(None);
        };
        let at = self.places.get(place).map_or(0, |(_, at)| *at);
        self.file.seek(SeekFrom::Start(at))?;
        let mut length = [0; 4];
        self.file.read_exact(&mut length)?;
        let mut piece = vec![0; u32::from_le_bytes(length) as usize];
        self.file.read_exact(&mut piece)?;
        Ok(postcard::from_bytes(&piece).ok())
    }
}

/// The event, whichever of its matches it stands for.
fn record_of(event: u64) -> u64 {
    Event { nth: 0, ..Event::unpack(event) }.pack()
}

fn of_firing(correlation: &Correlation, firing: &Firing, events: &[Occurred]) -> Pending {
    let mut entities: Vec<Entity> = Vec::new();
    let mut evidence = Vec::new();
    for event in events {
        for entity in &event.entities {
            if !entities.contains(entity) && entities.len() < 200 {
                entities.push(entity.clone());
            }
        }
        if !evidence.contains(&event.evidence) {
            evidence.push(event.evidence.clone());
        }
    }
    let from = events.iter().map(|event| event.time).min().unwrap_or(firing.time);
    let title = correlation.info.title_text();
    let summary =
        words::correlation_summary(&title, &firing.group, firing.value, evidence.len(), from, firing.time);
    let mut fields: BTreeMap<&str, serde_json::Value> =
        firing.group.iter().map(|(name, value)| (name.as_str(), value.as_str().into())).collect();
    fields.insert("correlation_value", firing.value.into());
    Pending {
        by: By::Correlation(firing.correlation),
        evidence,
        entities,
        fields: serde_json::to_string(&fields).unwrap_or_else(|_| "{}".to_owned()),
        summary: Some((summary.en, summary.ja)),
        external: None,
        surprising: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_keeps_its_worker_and_number_and_is_told_apart_by_its_match() {
        let event = Event { worker: 300, number: 1 << 39, nth: 7 };
        assert_eq!(Event::unpack(event.pack()), event);
        assert_ne!(event.pack(), Event { nth: 8, ..event }.pack());
        assert_eq!(record_of(event.pack()), record_of(Event { nth: 8, ..event }.pack()));
        assert!(event.pack() < Event { number: event.number + 1, nth: 0, ..event }.pack());
    }
}
