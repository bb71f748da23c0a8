//! Activities of all threads, sorted by time: in memory up to a bound, then in runs on disk.
//!
//! Each run has its own table of names, as its thread had it: an activity is small numbers on disk, and a name is looked up once per run when
//! it is read back.

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
            write_texts(writer, names.len(), names.iter())?;
            write_texts(writer, streams.len(), streams.iter().map(String::as_str))?;
            let mut packed = Vec::with_capacity(256);
            for held in held {
                packed.clear();
                packed = postcard::to_extend(&held.activity, packed).map_err(io::Error::other)?;
                writer.write_all(&held.activity.time.micros().to_le_bytes())?;
                writer.write_all(&held.activity.record.key.record.to_le_bytes())?;
                writer.write_all(&held.activity.record.digest)?;
                writer.write_all(&held.file.to_le_bytes())?;
                writer.write_all(&held.stream.to_le_bytes())?;
                writer.write_all(&(packed.len() as u32).to_le_bytes())?;
                writer.write_all(&packed)?;
            }
            Ok(())
        })
    }

    /// Nothing more comes; what is held stays in memory with the names that it refers to.
    pub fn finish(&mut self, names: Names) {
        self.note_names(&names);
        self.sort();
        self.last = Some((names, std::mem::take(&mut self.held), std::mem::take(&mut self.streams)));
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

    /// All activities of several threads in the order of time.
    ///
    /// # Errors
    /// Where a run cannot be read back.
    pub fn merge(all: Vec<Activities>) -> io::Result<Merged> {
        let mut runs = Vec::new();
        for activities in all {
            for mut reader in activities.runs.readers() {
                let names = read_texts(&mut reader)?;
                let streams = read_texts(&mut reader)?;
                runs.push(Run::new(Rest::Disk(reader), names, streams));
            }
            if let Some((names, held, streams)) = activities.last {
                let names = names.iter().map(str::to_owned).collect();
                runs.push(Run::new(Rest::Memory(held.into_iter()), names, streams));
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

#[derive(Debug)]
enum Rest {
    Memory(std::vec::IntoIter<Held>),
    Disk(RunReader),
}

#[derive(Debug)]
struct Run {
    held: Rest,
    names: Vec<String>,
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
    fn new(held: Rest, names: Vec<String>, streams: Vec<String>) -> Run {
        let (ids, sources) = (vec![NameId::NONE; names.len()], vec![NameId::NONE; streams.len()]);
        Run { held, names, streams, ids, sources, ranks: Vec::new(), head: None }
    }

    fn next(&mut self) -> io::Result<Option<Held>> {
        let reader = match &mut self.held {
            Rest::Memory(held) => return Ok(held.next()),
            Rest::Disk(reader) => reader,
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
        let mut packed = vec![0; number(56, 60) as usize];
        reader.read_exact(&mut packed)?;
        let mut activity: Activity = postcard::from_bytes(&packed).map_err(io::Error::other)?;
        activity.time = Time::from_micros(number(0, 8) as i64);
        activity.record.key.record = number(8, 16);
        let digest = fixed.get(16..48).unwrap_or_default();
        activity.record.digest.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
        Ok(Some(Held { activity, file: number(48, 52) as u32, stream: number(52, 56) as u32 }))
    }

    fn id(&mut self, id: NameId, names: &mut Names) -> NameId {
        if !id.is_some() {
            return id;
        }
        let Some(known) = self.ids.get_mut(id.0 as usize) else { return NameId::NONE };
        if !known.is_some() {
            *known = names.id(self.names.get(id.0 as usize).map_or("", String::as_str));
        }
        *known
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
            for id in [
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
            ] {
                *id = run.id(*id, &mut self.names);
            }
            let record = activity.record.key.record;
            activity.record.key = RecordKey { source: run.source(held.stream, &mut self.sources), record };
        }
        self.advance(number)?;
        Ok(Some(activity))
    }

    fn advance(&mut self, number: usize) -> io::Result<()> {
        let Some(run) = self.runs.get_mut(number) else { return Ok(()) };
        run.head = run.next()?;
        if let Some(head) = &run.head {
            self.heads.push(Reverse((head.place(&run.ranks), number)));
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
    texts: impl Iterator<Item = &'a str>,
) -> io::Result<()> {
    writer.write_all(&(count as u32).to_le_bytes())?;
    for text in texts {
        writer.write_all(&(text.len() as u32).to_le_bytes())?;
        writer.write_all(text.as_bytes())?;
    }
    Ok(())
}

fn read_texts(reader: &mut impl Read) -> io::Result<Vec<String>> {
    let mut bytes = [0; 4];
    reader.read_exact(&mut bytes)?;
    let count = u32::from_le_bytes(bytes);
    let mut texts = Vec::with_capacity(count as usize);
    for _ in 0..count {
        reader.read_exact(&mut bytes)?;
        let mut text = vec![0; u32::from_le_bytes(bytes) as usize];
        reader.read_exact(&mut text)?;
        texts.push(String::from_utf8(text).map_err(io::Error::other)?);
    }
    Ok(texts)
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
        let mut all = vec![Activities::new(0), Activities::new(0)];
        for (thread, activities) in all.iter_mut().enumerate() {
            for run in 0..3u64 {
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
                    2 => activities.finish(names),
                    _ => activities.write_run(&names).unwrap(),
                }
            }
        }
        let mut merged = Activities::merge(all).unwrap();
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
        assert_eq!(count, 300);
    }
}
