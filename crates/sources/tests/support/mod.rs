//! Reading an input to the end, as the pipeline does, and its records as JSON.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

pub mod formats;

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use model::{BatchSet, Everything, OwnedValue, Record, Time};
use sources::format::{Recognised, decoder, framer, recognise};
use sources::{Block, Errors, Options, ReadError};

/// The records of an input with their numbers, in order, and what was wrong.
pub fn read(bytes: &[u8], options: &Options) -> (Vec<(u64, Record)>, Vec<ReadError>) {
    let recognised = recognise(&bytes[..bytes.len().min(64 << 10)], options).expect("a known format");
    read_as(recognised, bytes, options)
}

/// As [`read`], in a given format.
pub fn read_as(
    recognised: Recognised,
    mut bytes: &[u8],
    options: &Options,
) -> (Vec<(u64, Record)>, Vec<ReadError>) {
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
        records.extend(of_block);
        set.clear(usize::MAX);
    }
    (records, errors.finish())
}

/// Options with which inferred years do not depend on today.
pub fn options() -> Options {
    Options { reference: Time::parse("2026-05-20T00:00:00Z"), ..Options::default() }
}

/// A record as one line of JSON: number, time and log source first, then the fields by name.
pub fn to_json(number: u64, record: &Record) -> String {
    let mut fields: Vec<(&str, &OwnedValue)> =
        record.fields.iter().map(|(name, value)| (&**name, value)).collect();
    fields.sort_by_key(|(name, _)| *name);
    let text = |value: &str| serde_json::to_string(value).expect("text is JSON");
    let mut line = format!(
        "{{\"record\":{number},\"time\":\"{}\",\"log_source\":{}",
        record.time,
        text(&record.log_source.to_string())
    );
    for (name, value) in fields {
        line += &format!(",{}:{}", text(name), serde_json::to_string(value).expect("values are JSON"));
    }
    line + "}"
}

/// The folder of recorded logs, where there is one; says so where there is not.
pub fn corpus(below: &str) -> Option<PathBuf> {
    let root = std::env::var_os("YAGURA_CORPUS").map(PathBuf::from);
    let root = root.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/corpus"));
    let path = root.join(below);
    if !path.exists() {
        println!("skipped: there is no corpus at {}", path.display());
        return None;
    }
    Some(path)
}
