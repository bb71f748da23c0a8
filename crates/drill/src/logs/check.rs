//! What `yagura` reads of the lines that are written here, for the tests of this folder.
//!
//! In: lines as a product writes them, at an offset of 0 where they name no zone. Out: the recognised format and each record's fields. Lines
//! without a year are taken to be of the year before [`REFERENCE`].

use std::io::Read;
use std::sync::Arc;

use model::{BatchSet, Everything, OwnedValue, Record, Time};
use sources::format::{Recognised, decoder, framer, recognise};
use sources::{Block, Errors, Format, Options};

use crate::clock::Civil;

/// When the inputs are said to be written.
pub const REFERENCE: &str = "2026-05-20T00:00:00Z";

/// The moment that tests write: `2026-05-07T09:30:00.123456Z`.
pub fn moment() -> Time {
    Time::parse("2026-05-07T09:30:00.123456Z").unwrap()
}

/// [`moment`] as clocks show it in UTC.
pub fn utc() -> Civil {
    Civil::of(moment(), 0)
}

/// Lines on their way to the decoder.
#[derive(Default)]
pub struct Lines {
    /// What is written so far.
    pub bytes: Vec<u8>,
    count: usize,
}

impl Lines {
    /// One more line.
    pub fn add(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        write(&mut self.bytes);
        let line = &self.bytes[start..];
        assert!(!line.contains(&b'\n'), "a line has no end within: {}", String::from_utf8_lossy(line));
        self.bytes.push(b'\n');
        self.count += 1;
    }

    /// The records, one for each line, where the whole is recognised as `format`.
    pub fn read(&self, format: &str) -> Vec<Seen> {
        let seen = self.read_any(format);
        assert_eq!(seen.len(), self.count, "one record for each line:\n{}", self.text());
        seen
    }

    /// As [`Lines::read`], where some lines are heads or belong together.
    pub fn read_any(&self, format: &str) -> Vec<Seen> {
        let options = options();
        let head = &self.bytes[..self.bytes.len().min(64 << 10)];
        let recognised = recognise(head, &options).expect("a known format");
        assert_eq!(recognised.format.name(&options.formats), format, "{}", self.text());
        read_as(recognised, &self.bytes, &options)
    }

    /// As [`Lines::read_any`], for formats that are not recognised by their content alone.
    pub fn read_forced(&self, format: &str) -> Vec<Seen> {
        let options = options();
        let format = Format::parse(format, &options.formats).expect("a format's name");
        read_as(Recognised::forced(format, &self.bytes), &self.bytes, &options)
    }

    /// Each line is recognised as `format` without the others.
    pub fn each_is(&self, format: &str) {
        let options = options();
        for line in self.bytes.split_inclusive(|byte| *byte == b'\n') {
            let found = recognise(line, &options).expect("a known format").format;
            assert_eq!(found.name(&options.formats), format, "{}", String::from_utf8_lossy(line));
        }
    }

    /// For looking at.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).chars().take(3000).collect()
    }
}

/// A record as it was read.
pub struct Seen(Record);

impl Seen {
    /// The log source and these fields are as said; `-` is for one that is not there.
    pub fn is(&self, log_source: &str, fields: &[(&str, &str)]) {
        assert_eq!(self.0.log_source.to_string(), log_source, "{}", self.shown());
        for (name, value) in fields {
            assert_eq!(self.text(name), *value, "{name} of {}", self.shown());
        }
    }

    /// A field's text, numbers in digits, lists in JSON; `-` where there is none.
    pub fn text(&self, name: &str) -> String {
        let other = |value: &OwnedValue| serde_json::to_string(value).unwrap();
        self.0.text(name).or_else(|| self.0.get(name).map(other)).unwrap_or_else(|| "-".into())
    }

    /// When it was, in RFC 3339.
    pub fn time(&self) -> String {
        self.0.time.to_string()
    }

    /// Every field, by name.
    pub fn shown(&self) -> String {
        let mut fields: Vec<(&str, &OwnedValue)> =
            self.0.fields.iter().map(|(name, value)| (&**name, value)).collect();
        fields.sort_by_key(|(name, _)| *name);
        let fields: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", serde_json::to_string(value).unwrap()))
            .collect();
        format!("{} {} {}", self.0.time, self.0.log_source, fields.join(" "))
    }
}

fn options() -> Options {
    Options { reference: Time::parse(REFERENCE), ..Options::default() }
}

fn read_as(recognised: Recognised, mut bytes: &[u8], options: &Options) -> Vec<Seen> {
    let (mut framer, mut decoder) = (framer(recognised, options), decoder(recognised.format, options));
    let (mut block, mut errors) = (Block::default(), Errors::new("test"));
    let mut set = BatchSet::new(Arc::new(Everything));
    let mut records = Vec::new();
    let input: &mut dyn Read = &mut bytes;
    while framer.next(input, &mut block, &mut errors).expect("memory can be read") {
        decoder.decode(&block, &block.spans, &mut set, &mut errors);
        let mut of_block = Vec::new();
        for batch in set.batches() {
            for (at, row) in batch.rows.iter().enumerate() {
                of_block.push((row.record, batch.record(at, &set.interner)));
            }
        }
        of_block.sort_by_key(|(number, _)| *number);
        records.extend(of_block.into_iter().map(|(_, record)| Seen(record)));
        set.clear(usize::MAX);
    }
    let errors = errors.finish();
    assert!(errors.is_empty(), "{}", serde_json::to_string(&errors).unwrap());
    records
}
