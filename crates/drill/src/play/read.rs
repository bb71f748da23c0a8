//! Reads what an exercise needs of a drill's truth.
//!
//! In: the folder `truth`. Out: the intruders' records, by log and cause, in order of time; what was read when; where they went.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

use model::Time;
use serde::Deserialize;

use super::{Event, PlayError};

/// No line of the truth is longer.
const LONGEST: u64 = 64 << 20;

/// What happened.
#[derive(Debug)]
pub struct Truth {
    pub scenario: String,
    pub seed: u64,
    pub from: Time,
    pub days: i64,
    /// Their names.
    pub intrusions: Vec<String>,
    pub groups: Vec<Group>,
    pub path: Vec<(Time, String, String)>,
    /// By intrusion and store: when each object was first read, in order.
    readings: BTreeMap<(String, String), Vec<Time>>,
}

/// Records of one cause in one log.
#[derive(Debug)]
pub struct Group {
    pub intrusion: String,
    pub source: String,
    pub stage: String,
    pub reason: String,
    /// In order: when, and which.
    pub records: Vec<(Time, u64)>,
}

#[derive(Deserialize)]
struct Drill {
    scenario: String,
    seed: u64,
    days: i64,
    from: String,
}

#[derive(Deserialize)]
struct Incident {
    id: String,
    #[serde(default)]
    path: Vec<Hop>,
}

#[derive(Deserialize)]
struct Hop {
    time: String,
    from: String,
    to: String,
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    intrusion: Cow<'a, str>,
    #[serde(borrow)]
    source: Cow<'a, str>,
    record: u64,
    #[serde(borrow)]
    time: Cow<'a, str>,
    #[serde(borrow)]
    stage: Cow<'a, str>,
    #[serde(borrow)]
    reason: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Reading<'a> {
    #[serde(borrow)]
    intrusion: Cow<'a, str>,
    #[serde(borrow)]
    time: Cow<'a, str>,
    #[serde(borrow)]
    store: Cow<'a, str>,
    #[serde(borrow)]
    object: Cow<'a, str>,
}

impl Truth {
    /// Reads the folder.
    pub fn read(folder: &Path) -> Result<Truth, PlayError> {
        let path = folder.join("drill.json");
        let bytes = std::fs::read(&path).map_err(|error| missing(&path, error))?;
        let bad = |reason: String| PlayError::BadTruth { path: path.clone(), line: 1, reason };
        let drill: Drill = serde_json::from_slice(&bytes).map_err(|error| bad(error.to_string()))?;
        let mut truth = Truth {
            from: moment(&drill.from).map_err(bad)?,
            scenario: drill.scenario,
            seed: drill.seed,
            days: drill.days.clamp(1, 4_000),
            intrusions: Vec::new(),
            groups: Vec::new(),
            path: Vec::new(),
            readings: BTreeMap::new(),
        };
        each_line(&folder.join("incidents.jsonl"), |line| truth.incident(line))?;
        truth.path.sort();
        let mut groups = BTreeMap::new();
        each_line(&folder.join("records.jsonl"), |line| record(line, &mut groups))?;
        truth.groups = groups.into_values().collect();
        truth.groups.iter_mut().for_each(|group| group.records.sort_unstable());
        let mut seen = BTreeSet::new();
        each_line(&folder.join("readings.jsonl"), |line| truth.reading(line, &mut seen))?;
        truth.readings.values_mut().for_each(|times| times.sort_unstable());
        Ok(truth)
    }

    /// How many different objects of each store an intrusion had read by a moment.
    pub fn read_by(&self, intrusion: &str, at: Time) -> Vec<(String, u64)> {
        let own = self.readings.iter().filter(|((name, _), _)| name == intrusion);
        let counts =
            own.map(|((_, store), times)| (store.clone(), times.partition_point(|time| *time <= at) as u64));
        counts.filter(|(_, count)| *count > 0).collect()
    }

    fn incident(&mut self, line: &[u8]) -> Result<(), String> {
        let incident: Incident = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        self.intrusions.push(incident.id);
        for Hop { time, from, to } in incident.path {
            self.path.push((moment(&time)?, from, to));
        }
        Ok(())
    }

    fn reading(&mut self, line: &[u8], seen: &mut BTreeSet<(String, String)>) -> Result<(), String> {
        let Reading { intrusion, time, store, object } =
            serde_json::from_slice(line).map_err(|error| error.to_string())?;
        let time = moment(&time)?;
        if seen.insert((format!("{intrusion}\n{store}"), object.into_owned())) {
            self.readings.entry((intrusion.into_owned(), store.into_owned())).or_default().push(time);
        }
        Ok(())
    }
}

impl Group {
    /// Whether these are records of going away, which tell nothing.
    pub fn is_farewell(&self) -> bool {
        matches!(self.reason.as_str(), "leaves" | "goes home")
    }

    /// Whether it is a Windows log.
    pub fn is_windows(&self) -> bool {
        self.source.ends_with(".evtx")
    }

    /// What its events are about, where they are those of Windows.
    pub fn event(&self) -> Event {
        match self.stage.as_str() {
            _ if self.source.contains("TerminalServices") => Event::Logon,
            "discovery" if self.reason.contains("folder") => Event::Files,
            "collection" | "exfiltration" => Event::Files,
            "impact" if self.reason.contains("encrypt") => Event::Rewritten,
            "persistence" | "defense-evasion" => Event::Change,
            "execution" | "discovery" | "credential-access" | "impact" | "command-and-control" => {
                Event::Program
            }
            _ => Event::Logon,
        }
    }
}

fn record(line: &[u8], groups: &mut BTreeMap<(String, String, String, String), Group>) -> Result<(), String> {
    let one: Record<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let time = moment(&one.time)?;
    let own = |text: &Cow<'_, str>| text.clone().into_owned();
    let key = (own(&one.intrusion), own(&one.reason), own(&one.source), own(&one.stage));
    let group = groups.entry(key).or_insert_with(|| Group {
        intrusion: own(&one.intrusion),
        source: own(&one.source),
        stage: own(&one.stage),
        reason: own(&one.reason),
        records: Vec::new(),
    });
    group.records.push((time, one.record));
    Ok(())
}

fn moment(text: &str) -> Result<Time, String> {
    Time::parse(text).ok_or_else(|| "a time is not in RFC 3339".to_owned())
}

fn missing(path: &Path, source: std::io::Error) -> PlayError {
    match source.kind() {
        ErrorKind::NotFound => PlayError::NoDrill(path.to_owned()),
        _ => PlayError::Read { path: path.to_owned(), source },
    }
}

/// Gives each line that is not blank to `take`.
fn each_line(path: &Path, mut take: impl FnMut(&[u8]) -> Result<(), String>) -> Result<(), PlayError> {
    let mut reader = BufReader::new(File::open(path).map_err(|error| missing(path, error))?);
    let mut buffer = Vec::new();
    let mut line = 0;
    loop {
        buffer.clear();
        let read = (&mut reader).take(LONGEST).read_until(b'\n', &mut buffer);
        if read.map_err(|source| PlayError::Read { path: path.to_owned(), source })? == 0 {
            return Ok(());
        }
        line += 1;
        let text = buffer.trim_ascii();
        if !text.is_empty() {
            take(text).map_err(|reason| PlayError::BadTruth { path: path.to_owned(), line, reason })?;
        }
    }
}
