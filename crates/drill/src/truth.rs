//! What is true of a drill, beside its logs: which records the intruder caused, where they went, what they read.
//!
//! In: marks on records as they are made, and an intruder's own [`Notes`]. Out: the files of `truth/`, in the forms of the contracts where
//! those have one. Nothing here is ever given to a hunt.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use model::Time;
pub use model::Via;
use serde::Serialize;
use serde_json::json;

use crate::scenario::Intrusion;
use crate::sink::Totals;

/// Which intrusion caused a record, in which stage, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The position of the intrusion among those of the drill.
    pub intrusion: u8,
    /// Where the attack stands.
    pub stage: Stage,
    /// What the intruder did, in a few words.
    pub reason: &'static str,
}

/// Stages of an attack: tactics of ATT&CK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// TA0043
    Reconnaissance,
    /// TA0001
    InitialAccess,
    /// TA0002
    Execution,
    /// TA0003
    Persistence,
    /// TA0004
    PrivilegeEscalation,
    /// TA0005
    DefenseEvasion,
    /// TA0006
    CredentialAccess,
    /// TA0007
    Discovery,
    /// TA0008
    LateralMovement,
    /// TA0009
    Collection,
    /// TA0011
    CommandAndControl,
    /// TA0010
    Exfiltration,
    /// TA0040
    Impact,
}

/// A move of the intruder from one host to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hop {
    /// When.
    pub time: Time,
    /// The host, or the address outside, that it came from.
    pub from: String,
    /// The host reached.
    pub to: String,
    /// With whose account.
    pub account: String,
    /// How.
    pub via: Via,
    /// Techniques of ATT&CK.
    pub techniques: Vec<&'static str>,
}

/// What was taken from one store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Touched {
    /// The store, as the holdings name it.
    pub store: String,
    /// How many different objects were read.
    pub objects: u64,
    /// Bytes read.
    pub bytes: u64,
    /// The first reading.
    pub first: Time,
    /// The last.
    pub last: Time,
}

/// An intruder's own diary.
#[derive(Debug, Default)]
pub struct Notes {
    /// Moves, in order.
    pub hops: Vec<Hop>,
    /// Stages, with the first time of each.
    pub stages: BTreeMap<Stage, Time>,
    /// Accounts, hosts, addresses, domains: (type, name), as the contract writes entities.
    pub entities: Vec<(&'static str, String)>,
    /// Readings: (time, store, object, bytes), in order.
    pub readings: Vec<Reading>,
}

/// One reading of one object by an intruder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// When.
    pub time: Time,
    /// The store.
    pub store: String,
    /// The object within it.
    pub object: String,
    /// Bytes.
    pub bytes: u64,
}

impl Notes {
    /// Remembers an entity once.
    pub fn entity(&mut self, kind: &'static str, name: &str) {
        if !self.entities.iter().any(|(known, own)| *known == kind && own == name) {
            self.entities.push((kind, name.to_owned()));
        }
    }

    /// Remembers a move and who and what took part in it.
    pub fn hop(&mut self, hop: Hop) {
        self.entity("host", &hop.to);
        self.entity("user", &hop.account);
        self.hops.push(hop);
    }

    /// What was taken, per store.
    pub fn touched(&self) -> Vec<Touched> {
        let mut stores: BTreeMap<&str, (Touched, std::collections::BTreeSet<&str>)> = BTreeMap::new();
        for reading in &self.readings {
            let (touched, objects) = stores.entry(&reading.store).or_insert_with(|| {
                let none = Touched {
                    store: reading.store.clone(),
                    objects: 0,
                    bytes: 0,
                    first: reading.time,
                    last: reading.time,
                };
                (none, Default::default())
            });
            touched.objects += u64::from(objects.insert(&reading.object));
            touched.bytes += reading.bytes;
            touched.last = reading.time;
        }
        stores.into_values().map(|(touched, _)| touched).collect()
    }
}

/// What a drill was.
#[derive(Clone, Debug, Serialize)]
pub struct Header {
    /// Its scenario.
    pub scenario: &'static str,
    /// What its chance came from.
    pub seed: u64,
    /// How many people.
    pub users: u32,
    /// How many machines, where so many were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosts: Option<u32>,
    /// How many days.
    pub days: u32,
    /// Their first moment.
    pub from: Time,
    /// The moment after the last.
    pub until: Time,
    /// The zone of log times without one, and of the days that are counted.
    pub tz: &'static str,
    /// How much was written.
    #[serde(flatten)]
    pub totals: Totals,
}

/// Writes `drill.json`, `incidents.jsonl` and `readings.jsonl` below `folder`.
pub fn write(folder: &Path, header: &Header, intrusions: &[Intrusion], notes: &[Notes]) -> io::Result<()> {
    let mut drill = serde_json::to_vec_pretty(header)?;
    drill.push(b'\n');
    std::fs::write(folder.join("drill.json"), drill)?;
    let mut incidents = BufWriter::new(File::create(folder.join("incidents.jsonl"))?);
    let mut readings = BufWriter::new(File::create(folder.join("readings.jsonl"))?);
    for (intrusion, notes) in intrusions.iter().zip(notes) {
        serde_json::to_writer(&mut incidents, &incident(*intrusion, notes))?;
        incidents.write_all(b"\n")?;
        for Reading { time, store, object, bytes } in &notes.readings {
            let line = json!({ "intrusion": intrusion.name(), "time": time, "store": store, "object": object, "bytes": bytes });
            serde_json::to_writer(&mut readings, &line)?;
            readings.write_all(b"\n")?;
        }
    }
    incidents.flush()?;
    readings.flush()
}

fn incident(intrusion: Intrusion, notes: &Notes) -> serde_json::Value {
    let times = || {
        let moves = notes.hops.iter().map(|hop| hop.time);
        moves.chain(notes.stages.values().copied()).chain(notes.readings.iter().map(|one| one.time))
    };
    let entry = notes
        .hops
        .first()
        .map(|hop| json!({ "time": hop.time, "entity": { "type": "host", "name": hop.to }, "how": hop.via }));
    let entities: Vec<serde_json::Value> = notes
        .entities
        .iter()
        .map(|(kind, name)| json!({ "type": kind, "name": name, "status": "confirmed" }))
        .collect();
    let mut stages: Vec<(&Stage, &Time)> = notes.stages.iter().collect();
    stages.sort_by_key(|(_, time)| **time);
    json!({
        "id": intrusion.name(),
        "first_seen": times().min(),
        "last_seen": times().max(),
        "stages": stages.iter().map(|(stage, _)| stage).collect::<Vec<_>>(),
        "entry": entry,
        "path": notes.hops,
        "entities": entities,
        "data": notes.touched(),
    })
}
