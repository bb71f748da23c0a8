//! Event logs of Windows machines: files of their own, or lines at a collector.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter};

use model::Time;

use super::text::{TextLog, TextSpec};
use super::{Damage, Out, WindowsId};
use crate::clock::{Civil, digits};
use crate::logs::windows::{EvtxError, EvtxFile, Head, WindowsEvent, pack, winlogbeat};
use crate::rng::Rng;
use crate::truth::Mark;

/// A Windows machine.
#[derive(Clone, Debug)]
pub struct WindowsSpec {
    /// The folder of its logs; of a machine that forwards its events, that of the collector.
    pub folder: String,
    /// Its full name.
    pub computer: String,
    /// Whether its events go to a collector, which writes JSON.
    pub forwarded: bool,
    /// How far its clock is ahead, in microseconds.
    pub skew: i64,
}

/// All event logs.
#[derive(Debug, Default)]
pub struct WindowsLogs {
    machines: Vec<Machine>,
    channels: Vec<Channel>,
    /// By machine and channel.
    channel_of: HashMap<(u32, &'static str), usize>,
    collectors: Vec<TextLog>,
    full: Vec<usize>,
}

#[derive(Debug)]
struct Machine {
    spec: WindowsSpec,
    collector: Option<usize>,
    forwarded: u64,
}

/// One channel's file.
#[derive(Debug)]
struct Channel {
    path: String,
    /// The file that is being written, below the folder of the drill.
    source: String,
    machine: usize,
    missing: bool,
    bodies: Vec<u8>,
    pending: Vec<Pending>,
    writer: Option<EvtxFile<BufWriter<File>>>,
    shuffled: Rng,
    /// Bodies beyond this are written on when time advances.
    full: usize,
}

#[derive(Clone, Copy, Debug)]
struct Pending {
    time: Time,
    head: Head,
    start: u32,
    len: u32,
    mark: Option<Mark>,
}

/// What is kept before it is written on, at least: more where much of it is yet to come.
const FULL: usize = 48 << 10;

impl WindowsLogs {
    pub(super) fn add(&mut self, mut spec: WindowsSpec, damage: &Damage) -> WindowsId {
        let collector = spec.forwarded.then(|| {
            let path = format!("{}/winlogbeat-{{date}}.ndjson", spec.folder);
            self.collectors.iter().position(|log| log.path() == path).unwrap_or_else(|| {
                let missing = damage.misses(&path);
                self.collectors.push(TextLog::new(TextSpec { offset: 0, ..TextSpec::new(path) }, 0, missing));
                self.collectors.len() - 1
            })
        });
        let name = spec.computer.split('.').next().unwrap_or_default();
        spec.skew += damage.skew_of(&format!("{}/", if spec.forwarded { name } else { &spec.folder }));
        // Each machine numbers its own events: far apart, so that no two of a collector's file have the same number.
        let forwarded = self.machines.len() as u64 * 10_000_000;
        self.machines.push(Machine { spec, collector, forwarded });
        WindowsId(self.machines.len() as u32 - 1)
    }

    /// Keeps an event; `false` where it is left out.
    pub(super) fn push(
        &mut self,
        id: WindowsId,
        time: Time,
        mark: Option<Mark>,
        event: &dyn WindowsEvent,
        damage: &Damage,
    ) -> bool {
        let Some(machine) = self.machines.get_mut(id.0 as usize) else { return false };
        let own_time = Time::from_micros(time.micros() + machine.spec.skew);
        let head = Head::of(event, &machine.spec.computer, own_time);
        if let Some(collector) = machine.collector {
            let Some(log) = self.collectors.get_mut(collector) else { return false };
            if log.missing || damage.in_gap(log.path(), time) {
                return false;
            }
            machine.forwarded += 1;
            let (record, computer) = (machine.forwarded, machine.spec.computer.as_str());
            let mut body = Vec::new();
            if pack(event, &mut body).is_err() {
                return false;
            }
            // The line carries the machine's own clock; the collector's only orders the file.
            log.push_numbered(time, mark, record, |out, _| {
                winlogbeat::line(out, &head, computer, record, &body);
            });
            return true;
        }
        self.push_own(id, time, mark, (event, head), damage)
    }

    fn push_own(
        &mut self,
        id: WindowsId,
        time: Time,
        mark: Option<Mark>,
        (event, head): (&dyn WindowsEvent, Head),
        damage: &Damage,
    ) -> bool {
        let channel = head.kind.channel;
        let at = match self.channel_of.get(&(id.0, channel)) {
            Some(at) => *at,
            None => {
                let folder =
                    self.machines.get(id.0 as usize).map_or("", |machine| machine.spec.folder.as_str());
                let path = format!("{folder}/{}.evtx", channel.replace('/', "%4"));
                let missing = damage.misses(&path);
                let shuffled = Rng::new(0).of(&path, 0);
                let source = format!("logs/{path}");
                self.channels.push(Channel {
                    path,
                    source,
                    machine: id.0 as usize,
                    missing,
                    bodies: Vec::new(),
                    pending: Vec::new(),
                    writer: None,
                    shuffled,
                    full: FULL,
                });
                self.channel_of.insert((id.0, channel), self.channels.len() - 1);
                self.channels.len() - 1
            }
        };
        let Some(channel) = self.channels.get_mut(at) else { return false };
        if channel.missing || damage.in_gap(&channel.path, time) {
            return false;
        }
        let start = channel.bodies.len();
        if pack(event, &mut channel.bodies).is_err() {
            channel.bodies.truncate(start);
            return false;
        }
        let len = (channel.bodies.len() - start) as u32;
        channel.pending.push(Pending { time, head, start: start as u32, len, mark });
        if start < channel.full && channel.bodies.len() >= channel.full {
            self.full.push(at);
        }
        true
    }

    pub(super) fn advance(&mut self, now: Time, shuffle: bool, out: &mut Out) -> io::Result<()> {
        for at in self.full.drain(..) {
            if let (Some(channel), machines) = (self.channels.get_mut(at), &self.machines) {
                channel.flush(now, shuffle, machines, out)?;
            }
        }
        for log in &mut self.collectors {
            if log.is_full() {
                log.flush(now, shuffle, out)?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(&mut self, shuffle: bool, out: &mut Out) -> io::Result<()> {
        let end = Time::from_micros(i64::MAX);
        for channel in &mut self.channels {
            channel.flush(end, shuffle, &self.machines, out)?;
            if let Some(writer) = channel.writer.take() {
                writer.finish()?;
            }
        }
        for log in &mut self.collectors {
            log.flush(end, shuffle, out)?;
            log.close()?;
        }
        Ok(())
    }
}

/// A log that is larger goes on in a file of its own; Windows' format ends at 4 GiB.
const LARGEST: u64 = 1 << 30;

/// `dc01/Archive-Security-2026-06-08-04-52-14-192.evtx`: as Windows names what it sets aside.
fn archive(path: &str, time: Time) -> String {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.trim_end_matches(".evtx");
    let at = Civil::of(time, 0);
    let mut name = format!("{folder}/Archive-{stem}-").into_bytes();
    at.date(&mut name, b'-');
    for number in [at.hour, at.minute, at.second] {
        name.push(b'-');
        digits(&mut name, u64::from(number), 2);
    }
    name.push(b'-');
    at.fraction(&mut name, 3);
    name.extend_from_slice(b".evtx");
    String::from_utf8_lossy(&name).into_owned()
}

impl Channel {
    fn flush(&mut self, now: Time, shuffle: bool, machines: &[Machine], out: &mut Out) -> io::Result<()> {
        self.pending.sort_by_key(|one| one.time);
        let ready = self.pending.partition_point(|one| one.time <= now);
        let mut pending = std::mem::take(&mut self.pending);
        if shuffle && let Some(ready) = pending.get_mut(..ready) {
            for at in (1..ready.len()).rev() {
                ready.swap(at, self.shuffled.below(at as u64 + 1) as usize);
            }
        }
        let bodies = std::mem::take(&mut self.bodies);
        let computer = machines.get(self.machine).map_or("", |machine| machine.spec.computer.as_str());
        for (at, one) in pending.into_iter().enumerate() {
            let body = bodies.get(one.start as usize..(one.start + one.len) as usize).unwrap_or_default();
            if at >= ready {
                let start = self.bodies.len() as u32;
                self.bodies.extend_from_slice(body);
                self.pending.push(Pending { start, ..one });
                continue;
            }
            let mut records = 0;
            if self.writer.as_ref().is_some_and(|writer| writer.bytes() > LARGEST)
                && let Some(full) = self.writer.take()
            {
                records = full.records();
                full.finish()?;
                self.source = format!("logs/{}", archive(&self.path, one.time));
            }
            let writer = match &mut self.writer {
                Some(writer) => writer,
                none => none.insert(EvtxFile::after(BufWriter::new(out.create(&self.source)?), records)?),
            };
            match writer.write(&one.head, computer, body) {
                Ok(record) => {
                    out.wrote(&self.source, record, body.len() as u64, one.time, one.mark.as_ref())?
                }
                Err(EvtxError::TooLong(_)) => out.leave_out(one.mark),
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        self.full = FULL.max(2 * self.bodies.len());
        Ok(())
    }
}
