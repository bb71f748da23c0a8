//! From findings and activities, each in the order of time, to incidents.
//!
//! In: what the workers spilled. Out: incidents with their texts, and which finding is in which. Findings are written to a file first, since their lines name
//! the incident that they are in; what was read in sessions waits on disk until it is known whose sessions matter.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use behavior::{Behaviors, Proof, Subject, Surprise};
use estate::{AccountId, Estate, HostId};
use incident::{Concluded, Incidents, Sign, Thing, Touch};
use model::{
    ActivityKind, EntityType, Evidence, NameId, Names, Outcome, RecordKey, RecordRef, Role, SourceId, Time,
    Verdict,
};
use path::{Flag, Paths, Seen, SessionId};

use crate::activities::{Activities, Merged};
use crate::findings::{Pending, Teller};
use crate::hunt::Shared;
use crate::order::Key;
use crate::spill::{Entry, Spill};
use crate::surprising;

/// Findings in order, on disk.
#[derive(Debug)]
pub struct Kept {
    file: File,
    /// Bytes that lie on disk.
    pub on_disk: u64,
    /// How many.
    pub count: u32,
}

impl Kept {
    /// Writes merged findings down.
    ///
    /// # Errors
    /// Where temporary space fails.
    pub fn new(findings: Vec<Spill>) -> io::Result<Kept> {
        let mut writer = BufWriter::with_capacity(1 << 18, tempfile::tempfile()?);
        let mut count = 0;
        for entry in Spill::merge(findings)? {
            let (key, payload) = entry?;
            writer.write_all(&key.to_bytes())?;
            writer.write_all(&(payload.len() as u32).to_le_bytes())?;
            writer.write_all(&payload)?;
            count += 1;
        }
        let mut file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(Kept { on_disk: file.stream_position()?, file, count })
    }

    /// Reads them from the first on.
    ///
    /// # Errors
    /// Where temporary space fails.
    pub fn read(&self) -> io::Result<impl Iterator<Item = io::Result<Entry>>> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::with_capacity(1 << 18, file);
        Ok((0..self.count).map(move |_| {
            let mut key = [0; Key::BYTES];
            reader.read_exact(&mut key)?;
            let mut length = [0; 4];
            reader.read_exact(&mut length)?;
            let mut payload = vec![0; u32::from_le_bytes(length) as usize];
            reader.read_exact(&mut payload)?;
            Ok((Key::from_bytes(key), payload))
        }))
    }

    /// Gives every record on which a finding rests.
    ///
    /// # Errors
    /// Where temporary space fails.
    pub fn each_evidence(&self, mut take: impl FnMut(&Evidence)) -> io::Result<()> {
        for entry in self.read()? {
            unpacked(&entry?.1).iter().flat_map(|pending| &pending.evidence).for_each(&mut take);
        }
        Ok(())
    }
}

/// A finding with its place and number.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its place in the order of time.
    pub key: Key,
    /// Which one it is for incidents.
    pub number: u32,
    /// What is told of it.
    pub pending: Pending,
    /// Of what behaviour found: the times of its records.
    pub times: Vec<Time>,
}

/// Findings of rules, which wait on disk, and those of behaviour, in one order.
///
/// # Errors
/// Where temporary space fails.
pub fn in_order(kept: &Kept, found: &[Found]) -> io::Result<impl Iterator<Item = io::Result<Found>>> {
    let mut of_rules = kept.read()?.enumerate().peekable();
    let mut found = found.iter().peekable();
    Ok(std::iter::from_fn(move || {
        loop {
            let first = |next: &&Found| {
                let rule = of_rules.peek().and_then(|(_, entry)| entry.as_ref().ok());
                rule.is_none_or(|(key, _)| next.key < *key)
            };
            if let Some(next) = found.next_if(first) {
                return Some(Ok(next.clone()));
            }
            let (number, entry) = of_rules.next()?;
            let (key, payload) = match entry {
                Ok(entry) => entry,
                Err(error) => return Some(Err(error)),
            };
            if let Some(pending) = unpacked(&payload) {
                return Some(Ok(Found { key, number: number as u32, pending, times: Vec::new() }));
            }
        }
    }))
}

/// What the analyst asked for.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Incidents of medium severity and above a day.
    pub alerts_per_day: u64,
    /// Whether days unlike others become findings.
    pub behavior: bool,
    /// Where people live.
    pub zone: jiff::tz::TimeZone,
    /// The first event.
    pub first: Option<Time>,
    /// What people marked as normal.
    pub verdicts: Vec<Verdict>,
}

impl Settings {
    fn incident(&self) -> incident::Settings {
        incident::Settings { alerts_per_day: self.alerts_per_day }
    }

    fn behaviors(&self) -> Option<Behaviors> {
        let first = self.first.unwrap_or_default().micros();
        let first = jiff::Timestamp::from_microsecond(first).unwrap_or_default();
        let seconds = self.zone.to_offset(first).seconds();
        let offset = i64::from(seconds) * 1_000_000;
        let mut behaviors =
            Behaviors::new(behavior::Settings { per_day: self.alerts_per_day as f64, offset });
        behaviors.normal(self.verdicts.clone());
        self.behavior.then_some(behaviors)
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Joined {
    /// What behaviour found, in the order of time.
    pub found: Vec<Found>,
    /// Incidents, by score.
    pub incidents: Vec<Concluded>,
    /// By finding, the position of its incident.
    pub by_finding: HashMap<u32, usize>,
    /// Hosts and accounts as they stand at last.
    pub estate: Estate,
    /// How many activities there were.
    pub activities: u64,
    /// Clocks that are wrong: the host, by how many microseconds it is ahead, from how many pairs of events.
    pub clocks: Vec<(HostId, i64, u64)>,
    /// By how many verdicts something was normal.
    pub verdicts_applied: u64,
    /// Bytes of what was read in sessions, on disk.
    pub on_disk: u64,
}

/// The estate, with every host name that stands in what was read.
pub fn estate_of(shared: &Shared, activities: &[Activities]) -> Estate {
    let mut estate = Estate::new(shared.inventory.clone());
    let names = activities.iter().flat_map(|one| one.hosts.iter().map(String::as_str));
    estate.add_host_names(names);
    estate.add_account_names(activities.iter().flat_map(|one| one.accounts.iter().map(String::as_str)));
    estate
}

/// Joins.
///
/// # Errors
/// Where temporary space fails.
pub fn join(
    findings: &Kept,
    activities: Vec<Activities>,
    mut estate: Estate,
    teller: &Teller<'_>,
    settings: Settings,
) -> io::Result<Joined> {
    let mut merged = Activities::merge(activities)?;
    let mut incidents = expecting(findings, &mut merged.sources)?;
    let mut paths = Paths::default();
    let (mut touches, mut stores) = (Touches::new()?, Stores::default());
    let mut signs = findings.read()?.enumerate().peekable();
    let (mut behaviors, mut found) = (settings.behaviors(), Vec::new());
    let mut count = 0;
    while let Some(activity) = merged.next()? {
        count += 1;
        // A finding comes after the activities of its records.
        while let Some((number, entry)) = signs.next_if(|(_, entry)| before(entry, activity.time)) {
            if let Some(sign) = sign(number, entry?, teller, &mut merged.sources) {
                let suspects = take(sign, &mut incidents, &mut paths, &mut estate);
                behaviors.iter_mut().for_each(|all| suspect(all, suspects));
            }
        }
        let seen = paths.push(&activity, &merged.names, &mut estate);
        incidents.push(&activity, &seen);
        let push = |all: &mut Behaviors| all.push(&activity, &seen, &merged.names, &mut estate);
        for surprise in behaviors.as_mut().map(push).unwrap_or_default() {
            let number = findings.count + found.len() as u32;
            let (sign, one) = surprising::found(&surprise, number, &estate, &merged.sources);
            surprise.proofs.iter().for_each(|one| incidents.note(one.record.key, &noted(&surprise, one)));
            take(sign, &mut incidents, &mut paths, &mut estate);
            found.push(one);
        }
        if let Some(mut touch) = touch(&activity, &seen) {
            touch.object = stores.of(touch.object, &mut merged.names);
            if touch.object.is_some() {
                touches.push(&touch)?;
            }
        }
    }
    for (number, entry) in signs {
        if let Some(sign) = sign(number, entry?, teller, &mut merged.sources) {
            take(sign, &mut incidents, &mut paths, &mut estate);
        }
    }
    incidents.settle(&paths);
    let mut drafts = incidents.join(&paths, &estate);
    let on_disk = touches.count * Touches::BYTES as u64;
    touches.each(|touch| drafts.touch(touch))?;
    let Merged { names, sources, .. } = &merged;
    let source = |id: SourceId| sources.get(NameId(id.0)).to_owned();
    found.sort_by_key(|one| one.key);
    let incidents = drafts.conclude(&paths, &estate, names, settings.incident(), &source);
    let by_finding = by_finding(&incidents);
    let (clocks, verdicts_applied) =
        (paths.clocks(), behaviors.map_or(0, |all| all.verdicts_applied() as u64));
    Ok(Joined { found, incidents, by_finding, estate, activities: count, clocks, verdicts_applied, on_disk })
}

/// Incidents that know on which records findings rest.
fn expecting(findings: &Kept, sources: &mut Names) -> io::Result<Incidents> {
    let mut incidents = Incidents::new();
    for entry in findings.read()? {
        let (key, payload) = entry?;
        for evidence in unpacked(&payload).map(|pending| pending.evidence).unwrap_or_default() {
            incidents.expect(record_of(&evidence, sources).key, key.time);
        }
    }
    Ok(incidents)
}

fn by_finding(incidents: &[Concluded]) -> HashMap<u32, usize> {
    let numbered = incidents.iter().enumerate();
    numbered.flat_map(|(at, one)| one.findings.iter().map(move |finding| (*finding, at))).collect()
}

/// Where a record belongs that shows what a surprise is about. What comes from a machine, or from an address, is the doing of no one session there.
fn noted(surprise: &Surprise, proof: &Proof) -> Seen {
    match surprise.subject {
        Subject::Account(_) => proof.seen,
        Subject::Machine(host) => Seen { host, ..Seen::default() },
        Subject::Outside(from) => Seen { host: proof.seen.host, from, ..Seen::default() },
    }
}

/// A finding of which no session is known may be the doing of whoever came in right then.
fn take(
    sign: Sign,
    incidents: &mut Incidents,
    paths: &mut Paths,
    estate: &mut Estate,
) -> (AccountId, HostId) {
    let host = incidents.without_session(&sign, estate);
    if let Some(record) = sign.records.first().filter(|_| host != HostId::NONE) {
        let program = |role: Role| {
            let mut named =
                sign.things.iter().filter(|thing| thing.kind == EntityType::Process && thing.role == role);
            named.next().map_or("", |thing| thing.name.as_str())
        };
        let shows = path::way_shown(program(Role::Source), program(Role::Actor));
        // Nobody sits at a machine as that.
        let anonymous = sign.things.iter().find(|thing| {
            let is_actor = thing.kind == EntityType::User && thing.role == Role::Actor;
            is_actor && thing.name.rsplit('\\').next() == Some("anonymous logon")
        });
        let account = anonymous.map(|thing| estate.account(&thing.name, host)).unwrap_or_default();
        paths.flagged(&Flag { host, record: *record, time: sign.time, shows, account }, estate);
    }
    incidents.sign(sign, paths, estate)
}

/// Little is to be learnt of a day on which an intruder may have been there.
fn suspect(behaviors: &mut Behaviors, (account, host): (AccountId, HostId)) {
    behaviors.suspect(Subject::Account(account));
    behaviors.suspect(Subject::Machine(host));
}

fn before(entry: &io::Result<Entry>, time: Time) -> bool {
    entry.as_ref().is_ok_and(|(key, _)| key.time < time)
}

/// A finding as it was spilled.
pub fn unpacked(payload: &[u8]) -> Option<Pending> {
    postcard::from_bytes(payload).ok()
}

fn sign(number: usize, (key, payload): Entry, teller: &Teller<'_>, sources: &mut Names) -> Option<Sign> {
    let pending = unpacked(&payload)?;
    let told = teller.about(&pending)?;
    let things = pending.entities.iter();
    Some(Sign {
        finding: number as u32,
        id: told.id,
        time: if key.time.is_plausible() { key.time } else { Time::UNKNOWN },
        kind: told.kind,
        rule: told.rule.id,
        title: told.rule.title,
        level: told.rule.level,
        score: told.rule.level.score(),
        tactics: told.attack.tactics,
        techniques: told.attack.techniques,
        records: pending.evidence.iter().map(|evidence| record_of(evidence, sources)).collect(),
        things: things
            .map(|entity| Thing { kind: entity.kind, role: entity.role, name: entity.name.clone() })
            .collect(),
    })
}

fn record_of(evidence: &Evidence, sources: &mut Names) -> RecordRef {
    let source = SourceId(sources.id(&evidence.source).0);
    let mut digest = [0; 32];
    for (at, byte) in digest.iter_mut().enumerate() {
        let pair = evidence.sha256.get(at * 2..at * 2 + 2).unwrap_or("0");
        *byte = u8::from_str_radix(pair, 16).unwrap_or(0);
    }
    RecordRef { key: RecordKey { source, record: evidence.record }, digest }
}

fn touch(activity: &model::Activity, seen: &Seen) -> Option<Touch> {
    let reads = matches!(activity.kind, ActivityKind::Read | ActivityKind::DbRead);
    (reads && seen.session.is_some() && activity.outcome == Outcome::Success).then_some(Touch {
        session: seen.session,
        host: seen.host,
        object: activity.object,
        item: activity.item,
        count: activity.count,
        bytes: activity.bytes_out,
        time: activity.time,
        record: activity.record,
    })
}

/// Which store an object is of.
#[derive(Debug, Default)]
struct Stores(HashMap<NameId, NameId>);

impl Stores {
    /// A folder of a file server's disk is the share of the same name, where there is one: what is read over the network is logged as both. A
    /// database's tables about itself are no store.
    fn of(&mut self, object: NameId, names: &mut Names) -> NameId {
        if let Some(known) = self.0.get(&object) {
            return *known;
        }
        let name = names.get(object);
        let drive = name
            .strip_prefix('/')
            .and_then(|rest| rest.split_once(":/"))
            .filter(|(drive, _)| drive.len() == 1);
        let share = drive.and_then(|(_, folder)| {
            let top = folder.split('/').next().unwrap_or(folder);
            names.known(&format!("/{top}"))
        });
        const OF_ITSELF: [&str; 5] =
            ["information_schema.", "pg_catalog.", "performance_schema.", "mysql.", "sys."];
        let table = name.rsplit('/').next().unwrap_or(name);
        let of_itself = !name.starts_with('/') && OF_ITSELF.iter().any(|schema| table.starts_with(schema));
        let store = if of_itself { NameId::NONE } else { share.unwrap_or(object) };
        self.0.insert(object, store);
        store
    }
}

/// What was read in sessions, on disk.
struct Touches {
    writer: BufWriter<File>,
    count: u64,
}

impl Touches {
    const BYTES: usize = 88;

    fn new() -> io::Result<Touches> {
        Ok(Touches { writer: BufWriter::with_capacity(1 << 18, tempfile::tempfile()?), count: 0 })
    }

    fn push(&mut self, touch: &Touch) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(Touches::BYTES);
        for number in [touch.session.0, touch.host.0, touch.object.0, touch.count] {
            bytes.extend(number.to_le_bytes());
        }
        for number in [touch.item, touch.bytes, touch.time.micros() as u64, touch.record.key.record] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(touch.record.key.source.0.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(touch.record.digest);
        self.count += 1;
        self.writer.write_all(&bytes)
    }

    fn each(self, mut take: impl FnMut(&Touch)) -> io::Result<()> {
        let mut file = self.writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::with_capacity(1 << 18, file);
        let mut bytes = [0; Touches::BYTES];
        for _ in 0..self.count {
            reader.read_exact(&mut bytes)?;
            let number = |from: usize, to: usize| {
                let bytes = bytes.get(from..to).unwrap_or_default();
                bytes.iter().rev().fold(0u64, |number, byte| (number << 8) | u64::from(*byte))
            };
            let mut digest = [0; 32];
            digest.iter_mut().zip(bytes.get(56..88).unwrap_or_default()).for_each(|(to, from)| *to = *from);
            let key = RecordKey { source: SourceId(number(48, 52) as u32), record: number(40, 48) };
            take(&Touch {
                session: SessionId(number(0, 4) as u32),
                host: HostId(number(4, 8) as u32),
                object: NameId(number(8, 12) as u32),
                count: number(12, 16) as u32,
                item: number(16, 24),
                bytes: number(24, 32),
                time: Time::from_micros(number(32, 40) as i64),
                record: RecordRef { key, digest },
            });
        }
        Ok(())
    }
}
