//! Reads the truth of a drill.
//!
//! In: the folder `truth`. Out: what happened, and which records are the intruder's: 16 bytes for each, since there may be millions. The
//! truth is ours, so a line that cannot be read is an error, not a note.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use model::Time;
use serde::Deserialize;

use super::forms::{Drill, Incident, Marked, Reading, Scopes};
use super::lines::{Lines, ScoreError};
use crate::clock::{JST, MINUTE};

/// What happened in a drill.
#[derive(Debug)]
pub struct Truth {
    pub drill: Drill,
    pub intrusions: Vec<Incident>,
    pub records: Records,
    pub scope: Option<Scopes>,
    folder: PathBuf,
}

/// The records of intruders.
#[derive(Debug, Default)]
pub struct Records {
    sources: HashMap<String, u32>,
    /// By source: record and intrusion, in order.
    marks: Vec<Vec<(u64, u32)>>,
    /// By intrusion: how many, and the time of the first.
    totals: Vec<(u64, Option<Time>)>,
}

/// A record of an intruder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    source: u32,
    position: u32,
}

/// Objects read in an intrusion.
#[derive(Clone, Copy, Debug, Default)]
pub struct Objects {
    pub all: u64,
    /// Until a given time.
    pub by_then: u64,
}

impl Truth {
    /// Reads the folder; also that in which the folder `truth` lies.
    pub fn read(folder: &Path) -> Result<Truth, ScoreError> {
        let inner = folder.join("truth");
        let folder = if inner.join("drill.json").exists() { inner } else { folder.to_owned() };
        let drill: Drill = whole(&folder.join("drill.json"))?
            .ok_or_else(|| ScoreError::NoTruth(folder.join("drill.json")))?;
        let path = folder.join("incidents.jsonl");
        let mut intrusions = Vec::new();
        let there = each_line(&path, |line| {
            intrusions.push(serde_json::from_slice::<Incident>(line).map_err(|error| error.to_string())?);
            Ok(())
        })?;
        if !there {
            return Err(ScoreError::NoTruth(path));
        }
        let records = Records::read(&folder.join("records.jsonl"), &intrusions)?;
        let scope = whole(&folder.join("scope.json"))?;
        Ok(Truth { drill, intrusions, records, scope, folder })
    }

    /// How many different objects were read in each intrusion, in all and until the time given for it.
    pub fn objects(&self, until: &[Option<Time>]) -> Result<Vec<Objects>, ScoreError> {
        let mut seen: Vec<HashMap<u64, bool>> = vec![HashMap::new(); self.intrusions.len()];
        each_line(&self.folder.join("readings.jsonl"), |line| {
            let reading: Reading<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
            let at = position(&self.intrusions, &reading.intrusion)?;
            // Never found: everything was read in peace.
            let early = until.get(at).copied().flatten().is_none_or(|until| reading.time.0 <= until);
            if let Some(objects) = seen.get_mut(at) {
                *objects.entry(digest(&reading.store, &reading.object)).or_default() |= early;
            }
            Ok(())
        })?;
        let count = |objects: &HashMap<u64, bool>| Objects {
            all: objects.len() as u64,
            by_then: objects.values().filter(|early| **early).count() as u64,
        };
        Ok(seen.iter().map(count).collect())
    }

    /// How far the company's clocks are ahead of UTC, in microseconds: Japan's where the drill names no zone, `None` where it names one that is
    /// not known here.
    pub fn offset(&self) -> Option<i64> {
        let minutes = match &self.drill.tz {
            serde_json::Value::Null => Some(i64::from(JST)),
            serde_json::Value::Number(minutes) => minutes.as_i64(),
            serde_json::Value::String(zone) => offset_of(zone),
            _ => None,
        };
        minutes.filter(|minutes| minutes.abs() <= 24 * 60).map(|minutes| minutes * MINUTE)
    }
}

impl Records {
    fn read(path: &Path, intrusions: &[Incident]) -> Result<Records, ScoreError> {
        let mut records = Records { totals: vec![(0, None); intrusions.len()], ..Records::default() };
        let there = each_line(path, |line| {
            let marked: Marked<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
            let intrusion = position(intrusions, &marked.intrusion)?;
            records.add(&marked, intrusion);
            Ok(())
        })?;
        if !there {
            return Err(ScoreError::NoTruth(path.to_owned()));
        }
        for marks in &mut records.marks {
            marks.sort_unstable();
            marks.dedup_by_key(|(record, _)| *record);
        }
        Ok(records)
    }

    fn add(&mut self, marked: &Marked<'_>, intrusion: usize) {
        let source = match self.sources.get(marked.source.as_ref()) {
            Some(source) => *source,
            None => {
                let source = self.marks.len() as u32;
                self.sources.insert(marked.source.clone().into_owned(), source);
                self.marks.push(Vec::new());
                source
            }
        };
        if let Some(marks) = self.marks.get_mut(source as usize) {
            marks.push((marked.record, intrusion as u32));
        }
        if let Some((count, first)) = self.totals.get_mut(intrusion) {
            *count += 1;
            *first = Some(first.map_or(marked.time.0, |first| first.min(marked.time.0)));
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// How many the logs show of an intrusion, and when the first.
    pub fn of(&self, intrusion: usize) -> (u64, Option<Time>) {
        self.totals.get(intrusion).copied().unwrap_or_default()
    }

    /// The file that a hunt calls `name`. Its names depend on the folder it was given: `logs/dc1/Security.evtx` may be
    /// `drill/logs/dc1/Security.evtx` or `dc1/Security.evtx`.
    pub fn source(&self, name: &str) -> Option<u32> {
        let exact = self.sources.get(name);
        let found = exact.or_else(|| self.sources.get(name.get(name.find("/logs/")? + 1..)?));
        found.or_else(|| self.sources.get(&format!("logs/{name}"))).copied()
    }

    /// The intrusion that caused that record, if one did.
    pub fn at(&self, source: u32, record: u64) -> Option<(usize, Place)> {
        let marks = self.marks.get(source as usize)?;
        let position = marks.binary_search_by_key(&record, |(record, _)| *record).ok()?;
        let (_, intrusion) = marks.get(position)?;
        Some((*intrusion as usize, Place { source, position: position as u32 }))
    }
}

/// Gives each line to `take`; says whether there is such a file.
fn each_line(path: &Path, mut take: impl FnMut(&[u8]) -> Result<(), String>) -> Result<bool, ScoreError> {
    let Some(mut lines) = Lines::open(path)? else { return Ok(false) };
    while let Some((line, text)) = lines.next().map_err(ScoreError::read(path))? {
        let taken = text.ok_or_else(|| "the line is too long".to_owned()).and_then(&mut take);
        taken.map_err(|reason| ScoreError::BadTruth { path: path.to_owned(), line, reason })?;
    }
    Ok(true)
}

/// A file that is one JSON value; `None` where there is no such file.
fn whole<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Option<T>, ScoreError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ScoreError::Read { path: path.to_owned(), source }),
    };
    let bad = |error: serde_json::Error| ScoreError::BadTruth {
        path: path.to_owned(),
        line: error.line() as u64,
        reason: error.to_string(),
    };
    serde_json::from_slice(&bytes).map(Some).map_err(bad)
}

fn position(intrusions: &[Incident], id: &str) -> Result<usize, String> {
    let found = intrusions.iter().position(|intrusion| intrusion.id == id);
    found.ok_or_else(|| format!("no intrusion `{id}` stands in incidents.jsonl"))
}

/// An object in 8 bytes: two of ten million share them once in 370,000 drills.
fn digest(store: &str, object: &str) -> u64 {
    use sha2::{Digest, Sha256};
    let mut digest = Sha256::new();
    digest.update((store.len() as u64).to_le_bytes());
    digest.update(store.as_bytes());
    digest.update(object.as_bytes());
    digest.finalize().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Minutes ahead of UTC: Japan's zone, `UTC`, or `+09:00`.
fn offset_of(zone: &str) -> Option<i64> {
    match zone {
        "Asia/Tokyo" | "Japan" | "JST" => return Some(i64::from(JST)),
        "" | "UTC" | "Z" => return Some(0),
        _ => {}
    }
    let (sign, rest) = match zone.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, zone.strip_prefix('+')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    Some(sign * (i64::from(hours.parse::<u8>().ok()?) * 60 + i64::from(minutes.parse::<u8>().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_read_as_a_drill_names_them() {
        assert_eq!(
            ["Asia/Tokyo", "+09:00", "-05:30", "UTC"].map(offset_of),
            [Some(540), Some(540), Some(-330), Some(0)]
        );
        assert_eq!(["Mars/Olympus", "+9", "900"].map(offset_of), [None; 3]);
    }
}
