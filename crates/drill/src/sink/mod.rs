//! Where records go: many log files, written as time goes on.
//!
//! In: records, in about the order of their times, each with the file it belongs to and, where the intruder caused it, a mark. Out: the files
//! below `logs/`, each in the order of its own clock, and `truth/records.jsonl`, which says where every marked record stands. Memory is bounded: a
//! file keeps what is not older than the moment reached, and a buffer. What the drill is told to leave out or to damage ([`Damage`]) is left out
//! and damaged here, so that nothing else need know of it.

mod damage;
mod text;
mod windows;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use model::Time;
use serde::Serialize;

use crate::clock::Civil;
use crate::logs::windows::WindowsEvent;
use crate::truth::{Mark, Stage};

pub use damage::{Damage, DamageError};
use text::TextLog;
pub use text::{Encoding, TextSpec};
use windows::WindowsLogs;
pub use windows::WindowsSpec;

/// A log file, or a family of them where it is rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextId(u32);

/// The event logs of a Windows machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WindowsId(u32);

/// A moment by a device's own clock.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// In UTC, as that clock has it.
    pub time: Time,
    /// As that clock shows it.
    pub civil: Civil,
}

/// All log files of a drill.
#[derive(Debug)]
pub struct Sink {
    texts: Vec<TextLog>,
    windows: WindowsLogs,
    damage: Damage,
    full: Vec<TextId>,
    out: Out,
}

/// What the logs write to.
#[derive(Debug)]
pub struct Out {
    root: PathBuf,
    marks: BufWriter<File>,
    names: Vec<String>,
    totals: Totals,
}

/// How much was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Records in the logs.
    pub records: u64,
    /// Bytes of text logs.
    pub bytes: u64,
    /// Records of an intruder among them.
    pub marked: u64,
    /// Records that were left out on purpose.
    pub left_out: u64,
    /// Records of an intruder among those.
    pub marked_left_out: u64,
    /// The first moment of a marked record that is in the logs.
    pub first_marked: Option<Time>,
}

#[derive(Serialize)]
struct MarkLine<'a> {
    intrusion: &'a str,
    source: &'a str,
    record: u64,
    time: Time,
    stage: Stage,
    reason: &'a str,
}

impl Sink {
    /// Files below `root/logs` and `root/truth`, which are made; `names` are those of the intrusions that marks speak of.
    pub fn new(root: &Path, names: Vec<String>, damage: Damage) -> io::Result<Sink> {
        std::fs::create_dir_all(root.join("logs"))?;
        std::fs::create_dir_all(root.join("truth"))?;
        let marks = BufWriter::new(File::create(root.join("truth/records.jsonl"))?);
        let out = Out { root: root.to_path_buf(), marks, names, totals: Totals::default() };
        Ok(Sink { texts: Vec::new(), windows: WindowsLogs::default(), damage, full: Vec::new(), out })
    }

    /// A log of text. No file is made before its first record.
    pub fn text(&mut self, spec: TextSpec) -> TextId {
        let skew = self.damage.skew_of(&spec.path);
        let missing = self.damage.misses(&spec.path);
        self.texts.push(TextLog::new(spec, skew, missing));
        TextId(self.texts.len() as u32 - 1)
    }

    /// The event logs of a Windows machine.
    pub fn windows_logs(&mut self, spec: WindowsSpec) -> WindowsId {
        self.windows.add(spec, &self.damage)
    }

    /// Adds a record of text: `write` appends it, without the end of the line.
    pub fn line(
        &mut self,
        id: TextId,
        time: Time,
        mark: Option<Mark>,
        write: impl FnOnce(&mut Vec<u8>, &At),
    ) {
        let Some(log) = self.texts.get_mut(id.0 as usize) else { return };
        if log.missing || self.damage.in_gap(log.path(), time) {
            self.out.leave_out(mark);
            return;
        }
        if log.push(time, mark, write) {
            self.full.push(id);
        }
    }

    /// Adds a Windows event.
    pub fn event(&mut self, id: WindowsId, time: Time, mark: Option<Mark>, event: &dyn WindowsEvent) {
        if !self.windows.push(id, time, mark, event, &self.damage) {
            self.out.leave_out(mark);
        }
    }

    /// Says that no record will come that is older than `now`; files whose buffers are full are written on.
    pub fn advance(&mut self, now: Time) -> io::Result<()> {
        for id in self.full.drain(..) {
            if let Some(log) = self.texts.get_mut(id.0 as usize) {
                log.flush(now, self.damage.shuffle, &mut self.out)?;
            }
        }
        self.windows.advance(now, self.damage.shuffle, &mut self.out)
    }

    /// Writes what is left, and says how much it was in all.
    pub fn finish(mut self) -> io::Result<Totals> {
        let end = Time::from_micros(i64::MAX);
        for log in &mut self.texts {
            log.flush(end, self.damage.shuffle, &mut self.out)?;
            log.close()?;
        }
        self.windows.finish(self.damage.shuffle, &mut self.out)?;
        self.out.marks.flush()?;
        Ok(self.out.totals)
    }
}

impl Out {
    /// Counts a record written to `source`, and says where it stands if it is an intruder's.
    fn wrote(
        &mut self,
        source: &str,
        record: u64,
        bytes: u64,
        time: Time,
        mark: Option<&Mark>,
    ) -> io::Result<()> {
        self.totals.records += 1;
        self.totals.bytes += bytes;
        let Some(mark) = mark else { return Ok(()) };
        self.totals.marked += 1;
        let first = self.totals.first_marked.get_or_insert(time);
        *first = time.min(*first);
        let intrusion = self.names.get(usize::from(mark.intrusion)).map_or("", String::as_str);
        let line = MarkLine { intrusion, source, record, time, stage: mark.stage, reason: mark.reason };
        serde_json::to_writer(&mut self.marks, &line)?;
        self.marks.write_all(b"\n")
    }

    fn leave_out(&mut self, mark: Option<Mark>) {
        self.totals.left_out += 1;
        self.totals.marked_left_out += u64::from(mark.is_some());
    }

    fn create(&self, source: &str) -> io::Result<File> {
        let path = self.root.join(source);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        File::create(path)
    }
}
