//! A drill as baselines see it: who did what on which day, and whether an intruder did it.
//!
//! In: the folder that `yagura drill generate` wrote. Out: what accounts of people and services did, in the order of time, with hosts and accounts resolved by the very
//! stages of a hunt, so that a baseline knows no less of them. What machines and parts of an operating system do for themselves is left out.

use std::collections::HashMap;
use std::path::Path;

use estate::{AccountId, AccountKind, Estate, HostId, Inventory};
use jiff::tz::TimeZone;
use model::{ActivityKind, NameId, Outcome};
use pipeline::{Done, Replay};
use serde_json::Value;

use crate::error::{Error, at};

/// The zone of a drill: of its log times without one, and of its days.
const ZONE: &str = "Asia/Tokyo";
const DAY: i64 = 86_400_000_000;
/// The role of a machine at which one person sits, as a drill's inventory has it.
const CLIENT: &str = "client";

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Act {
    #[default]
    Login,
    FailedLogin,
    Read,
    List,
    Write,
    Delete,
    /// Rows of a database were read.
    Rows,
    Mail,
    /// Something went to a place outside.
    Send,
    Program,
}

/// Something that somebody did. Hosts and accounts are numbers; 0 is nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Deed {
    /// Microseconds since 1970.
    pub time: i64,
    /// The day in the company's zone, from the first of the logs.
    pub day: u32,
    pub act: Act,
    pub account: u32,
    /// Whose account it is: the same for all accounts of one person.
    pub person: u32,
    pub host: u32,
    /// The machine it came from, where that is one inside.
    pub from: u32,
    /// The person whose machine that is; 0 for servers.
    pub owner: u32,
    /// How many at once.
    pub things: u64,
    pub bytes: u64,
    /// The intrusion to which the record belongs.
    pub mark: Option<usize>,
}

/// A drill.
#[derive(Debug)]
pub struct Drill {
    pub deeds: Vec<Deed>,
    /// The ids of what happened.
    pub intrusions: Vec<String>,
    /// How many days the logs last.
    pub days: u64,
}

impl Drill {
    /// Reads the folder.
    ///
    /// # Errors
    /// Where it is no drill, or cannot be read.
    pub fn read(folder: &Path) -> Result<Drill, Error> {
        let truth = Truth::read(&folder.join("truth"))?;
        let list = |name: &str| folder.join("company").join(name);
        let inventory = Inventory::read(&[&list("assets.csv")], &[&list("users.csv")])
            .map_err(|error| Error::Said(error.to_string()))?;
        let zone = TimeZone::get(ZONE).map_err(|error| Error::Said(error.to_string()))?;
        let mut replay = Replay { paths: vec![folder.join("logs")], inventory, ..Replay::default() };
        replay.read.zone = zone.clone();
        let mut taker =
            Taker { truth: &truth, zone, owners: HashMap::new(), first_day: None, deeds: Vec::new() };
        pipeline::replay(replay, |done| taker.take(done)).map_err(|error| Error::Said(error.to_string()))?;
        Ok(Drill { deeds: taker.deeds, intrusions: truth.intrusions, days: truth.days })
    }
}

/// What truly happened.
#[derive(Debug, Default)]
pub struct Truth {
    /// The ids of what happened.
    pub intrusions: Vec<String>,
    /// How many days the logs last.
    pub days: u64,
    /// By input and record number.
    marks: HashMap<String, HashMap<u64, usize>>,
}

impl Truth {
    /// Reads the folder `truth` of a drill.
    ///
    /// # Errors
    /// Where it is none, or cannot be read.
    pub fn read(folder: &Path) -> Result<Truth, Error> {
        let drill = folder.join("drill.json");
        let text = std::fs::read_to_string(&drill).map_err(at(&drill))?;
        let drill: Value = serde_json::from_str(&text).unwrap_or_default();
        let mut truth =
            Truth { days: drill.get("days").and_then(Value::as_u64).unwrap_or(0), ..Truth::default() };
        each_line(&folder.join("incidents.jsonl"), |line| {
            truth.intrusions.push(line.get("id").and_then(Value::as_str)?.to_owned());
            Some(())
        })?;
        each_line(&folder.join("records.jsonl"), |line| {
            let intrusion = line.get("intrusion").and_then(Value::as_str)?;
            let number = truth.intrusions.iter().position(|id| id == intrusion)?;
            let source = line.get("source").and_then(Value::as_str)?.to_owned();
            let record = line.get("record").and_then(Value::as_u64)?;
            truth.marks.entry(source).or_default().insert(record, number);
            Some(())
        })?;
        Ok(truth)
    }

    /// The number of the intrusion to which a record belongs. The truth names inputs from the drill's folder on, a hunt from wherever it was started.
    pub fn mark(&self, source: &str, record: u64) -> Option<usize> {
        let from_logs = source.rfind("/logs/").and_then(|at| source.get(at + 1..)).unwrap_or(source);
        let marks = self.marks.get(from_logs).or_else(|| self.marks.get(&format!("logs/{source}")))?;
        marks.get(&record).copied()
    }
}

/// Reads lines of JSON. What `take` has no use for is an error that names the line.
///
/// # Errors
/// That, or where the file cannot be read.
pub fn each_line(path: &Path, mut take: impl FnMut(&Value) -> Option<()>) -> Result<(), Error> {
    let text = std::fs::read_to_string(path).map_err(at(path))?;
    for (number, line) in (1..).zip(text.lines()) {
        let value: Value = serde_json::from_str(line).unwrap_or_default();
        take(&value).ok_or_else(|| {
            Error::Said(format!(
                "{}, line {number}: not what a drill writes; generate it anew",
                path.display()
            ))
        })?;
    }
    Ok(())
}

/// Turns activities into deeds.
struct Taker<'a> {
    truth: &'a Truth,
    zone: TimeZone,
    /// Whose machine a host is, once it was asked.
    owners: HashMap<HostId, u32>,
    first_day: Option<i64>,
    deeds: Vec<Deed>,
}

impl Taker<'_> {
    fn take(&mut self, done: &Done<'_>) {
        let day = self.day(done.activity.time.micros());
        let first_day = *self.first_day.get_or_insert(day);
        let kind = done.estate.account_info(done.seen.account).kind;
        if done.seen.account == AccountId::NONE || matches!(kind, AccountKind::Machine | AccountKind::BuiltIn)
        {
            return;
        }
        let Some(act) = act(done) else { return };
        let activity = done.activity;
        let from =
            Some(done.seen.from).filter(|from| !done.estate.host_info(*from).external).unwrap_or_default();
        self.deeds.push(Deed {
            time: activity.time.micros(),
            day: u32::try_from(day - first_day).unwrap_or(0),
            act,
            account: done.seen.account.0,
            person: person(done.estate, done.seen.account),
            host: done.seen.host.0,
            from: from.0,
            owner: *self.owners.entry(from).or_insert_with(|| owner(done.estate, from)),
            things: u64::from(activity.count),
            bytes: if act == Act::Send { activity.bytes_in } else { activity.bytes_out },
            mark: self.truth.mark(done.source, activity.record.key.record),
        });
    }

    fn day(&self, micros: i64) -> i64 {
        let time = jiff::Timestamp::from_microsecond(micros).unwrap_or_default();
        (micros + i64::from(self.zone.to_offset(time).seconds()) * 1_000_000).div_euclid(DAY)
    }
}

fn act(done: &Done<'_>) -> Option<Act> {
    let failed = done.activity.outcome == Outcome::Failure;
    Some(match done.activity.kind {
        ActivityKind::Logon | ActivityKind::Ticket if failed => Act::FailedLogin,
        _ if failed => return None,
        ActivityKind::Logon => Act::Login,
        ActivityKind::Read => Act::Read,
        ActivityKind::List => Act::List,
        ActivityKind::Write | ActivityKind::Rename | ActivityKind::DbWrite => Act::Write,
        ActivityKind::Delete => Act::Delete,
        ActivityKind::DbRead => Act::Rows,
        ActivityKind::Mail => Act::Mail,
        ActivityKind::Proxy => Act::Send,
        ActivityKind::Flow if is_outwards(done) => Act::Send,
        ActivityKind::Process => Act::Program,
        _ => return None,
    })
}

fn is_outwards(done: &Done<'_>) -> bool {
    let address = done.activity.target_address;
    address != NameId::NONE && done.estate.is_external(done.names.get(address))
}

/// A number that all accounts of a person have in common, and no other account has.
fn person(estate: &Estate, account: AccountId) -> u32 {
    const PERSONS: u32 = 1 << 31;
    estate.person(account).map_or(account.0, |person| PERSONS | person.0)
}

/// The person at whose machine one sits there: as the inventory says, or who dialled in from it. 0 for machines of no one person.
fn owner(estate: &Estate, host: HostId) -> u32 {
    let info = estate.host_info(host);
    if info.dialled_in != AccountId::NONE {
        return person(estate, info.dialled_in);
    }
    let asset = info.asset.and_then(|asset| estate.inventory().asset(asset));
    let Some(asset) = asset.filter(|asset| asset.role == CLIENT && !asset.owner.is_empty()) else { return 0 };
    let mut accounts = estate.accounts();
    let account = accounts.find(|(_, account)| account.listed && *account.name == *asset.owner);
    account.map_or(0, |(id, _)| person(estate, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_by_whatever_name_a_hunt_gives_an_input() {
        let marks = HashMap::from([("logs/fs01/a.log".to_owned(), HashMap::from([(7, 1)]))]);
        let truth = Truth { marks, ..Truth::default() };
        for name in ["logs/fs01/a.log", "x/logs/fs01/a.log", "/logs/x/logs/fs01/a.log", "fs01/a.log"] {
            assert_eq!(truth.mark(name, 7), Some(1), "{name}");
        }
        assert_eq!((truth.mark("logs/fs01/a.log", 8), truth.mark("logs/fs02/a.log", 7)), (None, None));
    }

    #[test]
    fn a_truth_that_no_drill_wrote_is_an_error_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jsonl");
        std::fs::write(&path, "{\"id\": \"I-1\"}\n{}\n").unwrap();
        let error = each_line(&path, |line| line.get("id").map(|_| ())).unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
    }
}
