//! Logs of text: lines in the order of their times, in files that begin anew each day where the product does so.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use model::Time;

use super::{At, Out};
use crate::clock::{Civil, DAY, MINUTE};
use crate::rng::Rng;
use crate::truth::Mark;

/// A log of text before its first line.
#[derive(Clone, Debug)]
pub struct TextSpec {
    /// Below `logs/`: `proxy01/access.log`. `{date}` stands for the day as `20260507`, `{yymmdd}` for `260507`, `{weekday}` for `Thu`; with one of
    /// these the log begins a new file each day.
    pub path: String,
    /// The device's distance from UTC in minutes.
    pub offset: i32,
    /// How far the device's clock is ahead, in microseconds.
    pub skew: i64,
    /// How its text is written.
    pub encoding: Encoding,
    /// What stands at the top of each file.
    pub header: Option<fn(&mut Vec<u8>, &At)>,
    /// Windows programs end lines with a carriage return as well.
    pub carriage_return: bool,
}

/// How text becomes bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Utf8,
    /// As older Windows programs write in Japan.
    ShiftJis,
}

impl TextSpec {
    /// UTF-8 without a header, by a clock in Japan.
    pub fn new(path: impl Into<String>) -> TextSpec {
        TextSpec {
            path: path.into(),
            offset: crate::clock::JST,
            skew: 0,
            encoding: Encoding::Utf8,
            header: None,
            carriage_return: false,
        }
    }
}

/// A log that is being written.
#[derive(Debug)]
pub struct TextLog {
    spec: TextSpec,
    pub(super) missing: bool,
    bytes: Vec<u8>,
    pending: Vec<Pending>,
    marks: Vec<Mark>,
    file: Option<BufWriter<File>>,
    source: String,
    day: i64,
    lines: u64,
    shuffled: Rng,
    /// A buffer beyond this is written on when time advances.
    full: usize,
}

#[derive(Clone, Copy, Debug)]
struct Pending {
    time: i64,
    start: u32,
    len: u32,
    /// One more than the position among the marks; 0 is none.
    mark: u32,
    /// What a hunt names the record by, where that is not its line; else 0.
    number: u64,
}

/// The days of a log, by its own clock.
#[derive(Clone, Copy, Debug)]
struct Days {
    ahead: i64,
    daily: bool,
}

impl Days {
    /// The day of a moment; of a log that is one file, always the same.
    fn of(self, time: i64) -> i64 {
        if self.daily { (time + self.ahead).div_euclid(DAY) } else { 0 }
    }
}

/// What a buffer holds before it is written on, at least: more where much of it is yet to come.
const FULL: usize = 96 << 10;

impl TextLog {
    pub(super) fn new(mut spec: TextSpec, skew: i64, missing: bool) -> TextLog {
        spec.skew += skew;
        let shuffled = Rng::new(0).of(&spec.path, 0);
        TextLog {
            spec,
            missing,
            bytes: Vec::new(),
            pending: Vec::new(),
            marks: Vec::new(),
            file: None,
            source: String::new(),
            day: i64::MIN,
            lines: 0,
            shuffled,
            full: FULL,
        }
    }

    pub(super) fn path(&self) -> &str {
        &self.spec.path
    }

    /// Keeps a record; whether the buffer has just become full.
    pub(super) fn push(
        &mut self,
        time: Time,
        mark: Option<Mark>,
        write: impl FnOnce(&mut Vec<u8>, &At),
    ) -> bool {
        self.push_numbered(time, mark, 0, write)
    }

    /// The same for a record that a hunt names by a number of its own.
    pub(super) fn push_numbered(
        &mut self,
        time: Time,
        mark: Option<Mark>,
        number: u64,
        write: impl FnOnce(&mut Vec<u8>, &At),
    ) -> bool {
        let at = self.at(time);
        let start = self.bytes.len();
        write(&mut self.bytes, &at);
        let mark = mark.map_or(0, |mark| {
            self.marks.push(mark);
            self.marks.len() as u32
        });
        let len = (self.bytes.len() - start) as u32;
        self.pending.push(Pending { time: time.micros(), start: start as u32, len, mark, number });
        start < self.full && self.bytes.len() >= self.full
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= self.full
    }

    fn at(&self, time: Time) -> At {
        let time = Time::from_micros(time.micros() + self.spec.skew);
        At { time, civil: Civil::of(time, self.spec.offset) }
    }

    /// Writes what is not younger than `now`.
    pub(super) fn flush(&mut self, now: Time, shuffle: bool, out: &mut Out) -> io::Result<()> {
        self.pending.sort_by_key(|one| one.time);
        let ready = self.pending.partition_point(|one| one.time <= now.micros());
        let mut pending = std::mem::take(&mut self.pending);
        if shuffle && let Some(ready) = pending.get_mut(..ready) {
            let days = self.days();
            // The file of a day holds no record of another.
            for day in ready.chunk_by_mut(|a, b| days.of(a.time) == days.of(b.time)) {
                for at in (1..day.len()).rev() {
                    day.swap(at, self.shuffled.below(at as u64 + 1) as usize);
                }
            }
        }
        let bytes = std::mem::take(&mut self.bytes);
        let marks = std::mem::take(&mut self.marks);
        for (at, one) in pending.iter().enumerate() {
            let text = bytes.get(one.start as usize..(one.start + one.len) as usize).unwrap_or_default();
            let mark = (one.mark as usize).checked_sub(1).and_then(|at| marks.get(at));
            if at < ready {
                self.write((Time::from_micros(one.time), one.number), text, mark, out)?;
            } else {
                let time = Time::from_micros(one.time);
                self.push_numbered(time, mark.copied(), one.number, |out, _| out.extend_from_slice(text));
            }
        }
        self.full = FULL.max(2 * self.bytes.len());
        Ok(())
    }

    fn write(
        &mut self,
        (time, number): (Time, u64),
        text: &[u8],
        mark: Option<&Mark>,
        out: &mut Out,
    ) -> io::Result<()> {
        self.turn_over(time, out)?;
        let Some(file) = self.file.as_mut() else { return Ok(()) };
        for line in text.split(|byte| *byte == b'\n') {
            self.lines += 1;
            put(file, line, &self.spec)?;
            let record = if number == 0 { self.lines } else { number };
            out.wrote(&self.source, record, line.len() as u64 + 1, time, mark)?;
        }
        Ok(())
    }

    fn days(&self) -> Days {
        let ahead = self.spec.skew + i64::from(self.spec.offset) * MINUTE;
        Days { ahead, daily: self.spec.path.contains('{') }
    }

    /// Opens the file of the day, and closes that of the day before.
    fn turn_over(&mut self, time: Time, out: &Out) -> io::Result<()> {
        let day = self.days().of(time.micros());
        if self.file.is_some() && day <= self.day {
            return Ok(());
        }
        self.close()?;
        self.day = day;
        self.lines = 0;
        let at = self.at(time);
        self.source = format!("logs/{}", named(&self.spec.path, &at.civil));
        let mut file = BufWriter::with_capacity(64 << 10, out.create(&self.source)?);
        if let Some(header) = self.spec.header {
            let mut lines = Vec::new();
            header(&mut lines, &at);
            for line in lines.split(|byte| *byte == b'\n') {
                self.lines += 1;
                put(&mut file, line.strip_suffix(b"\r").unwrap_or(line), &self.spec)?;
            }
        }
        self.file = Some(file);
        Ok(())
    }

    pub(super) fn close(&mut self) -> io::Result<()> {
        match self.file.take() {
            Some(mut file) => file.flush(),
            None => Ok(()),
        }
    }
}

fn put(file: &mut BufWriter<File>, line: &[u8], spec: &TextSpec) -> io::Result<()> {
    match (spec.encoding, std::str::from_utf8(line)) {
        (Encoding::ShiftJis, Ok(text)) => file.write_all(&encoding_rs::SHIFT_JIS.encode(text).0)?,
        _ => file.write_all(line)?,
    }
    file.write_all(if spec.carriage_return { b"\r\n" } else { b"\n" })
}

fn named(path: &str, civil: &Civil) -> String {
    let mut date = Vec::new();
    crate::clock::digits(&mut date, civil.year as u64, 4);
    crate::clock::digits(&mut date, u64::from(civil.month), 2);
    crate::clock::digits(&mut date, u64::from(civil.day), 2);
    let date = String::from_utf8_lossy(&date).into_owned();
    path.replace("{yymmdd}", date.get(2..).unwrap_or_default())
        .replace("{date}", &date)
        .replace("{weekday}", civil.weekday_name())
}
