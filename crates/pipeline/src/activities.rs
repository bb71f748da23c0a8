//! Activities of all threads, sorted by time: in memory up to a bound, then in runs on disk.
//!
//! An activity is small numbers on disk. Each run numbers its names anew, in the order in which its activities need them, and a name stands behind the
//! first activity that does: so a run that is read back needs no table in memory but the numbers of the names that it has come to.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::io::{self, Read, Write};

use model::{Activity, NameId, Names, RecordKey, SourceId, Time};

use crate::runs::{RunReader, Runs};

/// An activity as a thread has it: ids are those of its current names.
#[derive(Clone, Copy, Debug)]
struct Held {
    activity: Activity,
    /// The input file: ties of time are in the order of files and records.
    file: u32,
    /// The name of the stream, in the run's table of streams.
    stream: u32,
}

/// The longest activity as `postcard` packs it: 16 numbers of up to ten bytes and what it is, in four.
const LONGEST: usize = 256;

/// Time, file, place of the stream among all names, record.
type Place = (Time, u32, u32, u64);

impl Held {
    fn place(&self, ranks: &[u32]) -> Place {
        let rank = ranks.get(self.stream as usize).copied().unwrap_or_default();
        (self.activity.time, self.file, rank, self.activity.record.key.record)
    }
}

/// Collects on one thread.
#[derive(Debug, Default)]
pub struct Activities {
    limit: usize,
    held: Vec<Held>,
    streams: Vec<String>,
    runs: Runs,
    /// The last run, whose names came at the end.
    last: Option<(Names, Vec<Held>, Vec<String>)>,
    /// Names of hosts that records give.
    pub hosts: BTreeSet<String>,
    /// Names of accounts that records give.
    pub accounts: BTreeSet<String>,
}

impl Activities {
    /// An empty one that keeps about `limit` bytes in memory.
    pub fn new(limit: usize) -> Activities {
        Activities { limit, ..Activities::default() }
    }

    /// Adds one, of a stream of an input file.
    pub fn push(&mut self, activity: Activity, file: u32, stream: &str) {
        if self.streams.last().is_none_or(|last| last != stream) {
            self.streams.push(stream.to_owned());
        }
        if self.held.capacity() == 0 {
            // Once, as growing would take twice the memory for a while, and keep it; with room for the block in which the limit is reached.
            self.held.reserve_exact((self.limit + self.limit / 8) / size_of::<Held>() + 1);
        }
        self.held.push(Held { activity, file, stream: self.streams.len() as u32 - 1 });
    }

    /// Whether a run should be written: the caller takes the names from the extractor and gives them to [`Activities::write_run`].
    pub fn is_full(&self, names: &Names) -> bool {
        self.held.len() * size_of::<Held>() + names.bytes() > self.limit
    }

    /// Writes what is held to disk, with the names that it refers to.
    ///
    /// # Errors
    /// Where temporary space fails.
    pub fn write_run(&mut self, names: &Names) -> io::Result<()> {
        self.note_names(names);
        self.sort();
        let (held, streams) = (self.held.drain(..), std::mem::take(&mut self.streams));
        self.runs.add(|writer| {
            write_texts(writer, streams.len(), streams.iter().map(String::as_str))?;
            let mut numbers = Numbers { numbers: vec![NameId::NONE; names.len()], last: 0 };
            let mut packed = Vec::with_capacity(256);
            for mut held in held {
                packed.clear();
                let fresh = numbers.anew(&mut held.activity);
                packed = postcard::to_extend(&held.activity, packed).map_err(io::Error::other)?;
                writer.write_all(&held.activity.time.micros().to_le_bytes())?;
                writer.write_all(&held.activity.record.key.record.to_le_bytes())?;
                writer.write_all(&held.activity.record.digest)?;
                writer.write_all(&held.file.to_le_bytes())?;
                writer.write_all(&held.stream.to_le_bytes())?;
                writer.write_all(&(packed.len() as u16).to_le_bytes())?;
                let fresh = fresh.iter().filter(|id| id.is_some());
                writer.write_all(&(fresh.clone().count() as u16).to_le_bytes())?;
                writer.write_all(&packed)?;
                fresh.clone().try_for_each(|id| write_text(writer, names.get(*id)))?;
            }
            Ok(())
        })
    }

    /// Nothing more comes. What is held stays in memory with the names that it refers to, but where a run was written: then there will be more to keep.
    ///
    /// # Errors
    /// Where temporary space fails.
    pub fn finish(&mut self, names: Names) -> io::Result<()> {
        if self.runs.on_disk() > 0 {
            self.write_run(&names)?;
            self.held = Vec::new();
            return Ok(());
        }
        self.note_names(&names);
        self.sort();
        self.last = Some((names, std::mem::take(&mut self.held), std::mem::take(&mut self.streams)));
        Ok(())
    }

    fn sort(&mut self) {
        let mut sorted: Vec<&str> = self.streams.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        let ranks = ranks(&self.streams, &sorted);
        self.held.sort_by_key(|held| held.place(&ranks));
    }

    /// Short names and names without a domain can be told to be unique only when all are known.
    fn note_names(&mut self, names: &Names) {
        let hosts = self.held.iter().map(|held| &held.activity);
        let hosts = hosts.flat_map(|activity| [activity.host, activity.source_host, activity.target_host]);
        self.hosts.extend(distinct(hosts).into_iter().map(|id| names.get(id).to_owned()));
        let accounts =
            self.held.iter().flat_map(|held| [held.activity.account, held.activity.target_account]);
        self.accounts.extend(distinct(accounts).into_iter().map(|id| names.get(id).to_owned()));
    }

    /// Bytes that lie on disk.
    pub fn on_disk(&self) -> u64 {
        self.runs.on_disk()
    }

    /// All activities of several threads in the order of time.
    ///
    /// # Errors
    /// Where a run cannot be read back.
    pub fn merge(all: Vec<Activities>) -> io::Result<Merged> {
        let mut runs = Vec::new();
        for activities in all {
            for mut reader in activities.runs.readers() {
                let streams = read_texts(&mut reader)?;
                runs.push(Run::new(Rest::Disk(reader, Vec::new()), streams));
            }
            if let Some((names, held, streams)) = activities.last {
                runs.push(Run::new(Rest::Memory(held.into_iter(), names), streams));
            }
        }
        let mut sorted: Vec<String> = runs.iter().flat_map(|run: &Run| run.streams.iter().cloned()).collect();
        sorted.sort_unstable();
        sorted.dedup();
        let sorted: Vec<&str> = sorted.iter().map(String::as_str).collect();
        for run in &mut runs {
            run.ranks = ranks(&run.streams, &sorted);
        }
        let (names, sources) = (Names::default(), Names::default());
        let mut merged = Merged { runs, heads: BinaryHeap::new(), names, sources };
        for number in 0..merged.runs.len() {
            merged.advance(number)?;
        }
        Ok(merged)
    }
}

/// The names of an activity.
fn names_of(activity: &mut Activity) -> [&mut NameId; NAMES] {
    [
        &mut activity.host,
        &mut activity.account,
        &mut activity.target_account,
        &mut activity.source_host,
        &mut activity.source_address,
        &mut activity.target_host,
        &mut activity.target_address,
        &mut activity.program,
        &mut activity.parent,
        &mut activity.object,
    ]
}

/// How many that are.
const NAMES: usize = 10;

/// Numbers of names within a run, by those of the thread.
struct Numbers {
    numbers: Vec<NameId>,
    last: u32,
}

impl Numbers {
    /// Gives the names of an activity their numbers in the run, and what the thread calls those that are new in it, at the front.
    fn anew(&mut self, activity: &mut Activity) -> [NameId; NAMES] {
        let (mut fresh, mut count) = ([NameId::NONE; NAMES], 0);
        for id in names_of(activity).into_iter().filter(|id| id.is_some()) {
            let Some(number) = self.numbers.get_mut(id.0 as usize) else { continue };
            if !number.is_some() {
                self.last += 1;
                *number = NameId(self.last);
                fresh.iter_mut().skip(count).take(1).for_each(|fresh| *fresh = *id);
                count += 1;
            }
            *id = *number;
        }
        fresh
    }
}

#[derive(Debug)]
enum Rest {
    /// With the names that are new with the activity read last.
    Disk(RunReader, Vec<String>),
    Memory(std::vec::IntoIter<Held>, Names),
}

#[derive(Debug)]
struct Run {
    held: Rest,
    streams: Vec<String>,
    /// Ids of all runs' tables by ids of this run's; none where not needed yet.
    ids: Vec<NameId>,
    sources: Vec<NameId>,
    /// The place of each stream among those of all runs: members of one file are told apart by name, as which came first differs from thread to
    /// thread.
    ranks: Vec<u32>,
    head: Option<Held>,
}

impl Run {
    fn new(held: Rest, streams: Vec<String>) -> Run {
        let known = if let Rest::Memory(_, names) = &held { names.len() } else { 1 };
        let (ids, sources) = (vec![NameId::NONE; known], vec![NameId::NONE; streams.len()]);
        Run { held, streams, ids, sources, ranks: Vec::new(), head: None }
    }

    fn next(&mut self) -> io::Result<Option<Held>> {
        let (reader, fresh) = match &mut self.held {
            Rest::Memory(held, _) => return Ok(held.next()),
            Rest::Disk(reader, fresh) => (reader, fresh),
        };
        let mut fixed = [0u8; 60];
        match reader.read_exact(&mut fixed) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            other => other?,
        }
        let number = |from: usize, to: usize| {
            let bytes = fixed.get(from..to).unwrap_or_default();
            bytes.iter().rev().fold(0u64, |number, byte| (number << 8) | u64::from(*byte))
        };
        let mut packed = [0; LONGEST];
        let packed = packed.get_mut(..number(56, 58) as usize).unwrap_or_default();
        reader.read_exact(packed)?;
        let mut activity: Activity = postcard::from_bytes(packed).map_err(io::Error::other)?;
        activity.time = Time::from_micros(number(0, 8) as i64);
        activity.record.key.record = number(8, 16);
        let digest = fixed.get(16..48).unwrap_or_default();
        activity.record.digest.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
        for _ in 0..number(58, 60) {
            fresh.push(read_text(reader)?);
        }
        Ok(Some(Held { activity, file: number(48, 52) as u32, stream: number(52, 56) as u32 }))
    }

    /// Gives the head's names the ids that all runs share.
    fn name(&mut self, activity: &mut Activity, names: &mut Names) {
        match &mut self.held {
            Rest::Disk(_, fresh) => {
                self.ids.extend(fresh.drain(..).map(|text| names.id(&text)));
                for id in names_of(activity) {
                    *id = self.ids.get(id.0 as usize).copied().unwrap_or_default();
                }
            }
            Rest::Memory(_, own) => {
                for id in names_of(activity).into_iter().filter(|id| id.is_some()) {
                    let Some(known) = self.ids.get_mut(id.0 as usize) else { continue };
                    if !known.is_some() {
                        *known = names.id(own.get(*id));
                    }
                    *id = *known;
                }
            }
        }
    }

    fn source(&mut self, stream: u32, sources: &mut Names) -> SourceId {
        let Some(known) = self.sources.get_mut(stream as usize) else { return SourceId(0) };
        if !known.is_some() {
            *known = sources.id(self.streams.get(stream as usize).map_or("", String::as_str));
        }
        SourceId(known.0)
    }
}

/// Activities of several runs in order, with the names that they all refer to.
#[derive(Debug)]
pub struct Merged {
    runs: Vec<Run>,
    heads: BinaryHeap<Reverse<(Place, usize)>>,
    /// Hosts, accounts, programs, …
    pub names: Names,
    /// Streams: an activity's source is an id of this table.
    pub sources: Names,
}

impl Merged {
    /// The next, in the order of time.
    ///
    /// # Errors
    /// Where a run cannot be read back.
    pub fn next(&mut self) -> io::Result<Option<Activity>> {
        let Some(Reverse((_, number))) = self.heads.pop() else { return Ok(None) };
        let Some(held) = self.runs.get_mut(number).and_then(|run| run.head.take()) else { return Ok(None) };
        let mut activity = held.activity;
        if let Some(run) = self.runs.get_mut(number) {
            run.name(&mut activity, &mut self.names);
            let record = activity.record.key.record;
            activity.record.key = RecordKey { source: run.source(held.stream, &mut self.sources), record };
        }
        self.advance(number)?;
        Ok(Some(activity))
    }

    fn advance(&mut self, number: usize) -> io::Result<()> {
        let Some(run) = self.runs.get_mut(number) else { return Ok(()) };
        run.head = run.next()?;
        match &run.head {
            Some(head) => self.heads.push(Reverse((head.place(&run.ranks), number))),
            // Of a run that is over nothing is needed.
            None => run.ids = Vec::new(),
        }
        Ok(())
    }
}

fn distinct(ids: impl Iterator<Item = NameId>) -> Vec<NameId> {
    let mut all: Vec<NameId> = Vec::new();
    for id in ids.filter(|id| id.is_some()) {
        if all.last() != Some(&id) {
            all.push(id);
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

fn write_texts<'a>(
    writer: &mut impl Write,
    count: usize,
    mut texts: impl Iterator<Item = &'a str>,
) -> io::Result<()> {
    writer.write_all(&(count as u32).to_le_bytes())?;
    texts.try_for_each(|text| write_text(writer, text))
}

fn write_text(writer: &mut impl Write, text: &str) -> io::Result<()> {
    writer.write_all(&(text.len() as u32).to_le_bytes())?;
    writer.write_all(text.as_bytes())
}

fn read_texts(reader: &mut impl Read) -> io::Result<Vec<String>> {
    let mut bytes = [0; 4];
    reader.read_exact(&mut bytes)?;
    (0..u32::from_le_bytes(bytes)).map(|_| read_text(reader)).collect()
}

fn read_text(reader: &mut impl Read) -> io::Result<String> {
    let mut bytes = [0; 4];
    reader.read_exact(&mut bytes)?;
    let mut text = vec![0; u32::from_le_bytes(bytes) as usize];
    reader.read_exact(&mut text)?;
    String::from_utf8(text).map_err(io::Error::other)
}

/// The place of each text in a sorted list.
fn ranks(texts: &[String], sorted: &[&str]) -> Vec<u32> {
    texts.iter().map(|text| sorted.binary_search(&text.as_str()).unwrap_or_default() as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activities_come_back_in_order_with_their_names() {
        // The last thread has but one run, which stays in memory.
        let mut all = [(); 3].map(|()| Activities::new(0));
        for (thread, activities) in all.iter_mut().enumerate() {
            for run in if thread == 2 { 2..3u64 } else { 0..3 } {
                let mut names = Names::default();
                for number in 0..50u64 {
                    let at = (number * 7 + run * 13) % 50 * 6 + run * 2 + thread as u64;
                    let mut activity =
                        Activity { host: names.id(&format!("host{at}")), ..Activity::default() };
                    activity.time = Time::from_micros(at as i64 - 100);
                    activity.record.key.record = at;
                    activity.record.digest = [at as u8; 32];
                    activities.push(activity, thread as u32, "a.log");
                }
                match run {
                    2 => activities.finish(names).unwrap(),
                    _ => activities.write_run(&names).unwrap(),
                }
            }
        }
        let mut merged = Activities::merge(all.into()).unwrap();
        let mut last = i64::MIN;
        let mut count = 0;
        while let Some(activity) = merged.next().unwrap() {
            let number = activity.record.key.record;
            assert_eq!(merged.names.get(activity.host), format!("host{number}"));
            assert_eq!(activity.record.digest, [number as u8; 32]);
            assert!(activity.time.micros() >= last);
            last = activity.time.micros();
            count += 1;
        }
        assert_eq!(count, 350);
    }
}
