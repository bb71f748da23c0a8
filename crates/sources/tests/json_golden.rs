//! Lines of our own for every JSON shape, and what they become.
//!
//! `tests/golden/json/NAME.jsonl` holds the records, `NAME.expected` one block per record: number, time, log source, fields,
//! errors. `YAGURA_BLESS=1 cargo test -p yagura-sources --test json_golden` writes the latter anew, to be read and judged.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use model::{BatchSet, Everything};
use sources::json::JsonDecoder;
use sources::{Block, Decoder, Errors, Span};

#[test]
fn every_golden_record_becomes_the_fields_written_beside_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/json");
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    names.sort();
    assert!(names.len() >= 6);
    for path in names {
        let actual = rendered(&std::fs::read(&path).unwrap());
        let expected = path.with_extension("expected");
        if std::env::var_os("YAGURA_BLESS").is_some() {
            std::fs::write(&expected, &actual).unwrap();
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        for (actual, expected) in actual.lines().zip(expected.lines()) {
            assert_eq!(actual, expected, "{}", path.display());
        }
        assert_eq!(actual.lines().count(), expected.lines().count(), "{}", path.display());
    }
}

fn rendered(bytes: &[u8]) -> String {
    let mut decoder = JsonDecoder::new();
    let mut text = String::new();
    for (number, line) in bytes.strip_suffix(b"\n").unwrap().split(|byte| *byte == b'\n').enumerate() {
        let span = Span { start: 0, len: line.len() as u32, record: number as u64 + 1 };
        let block = Block { bytes: line.to_vec(), spans: vec![span], ..Block::default() };
        let mut out = BatchSet::new(Arc::new(Everything));
        let mut errors = Errors::new("x");
        decoder.decode(&block, &block.spans, &mut out, &mut errors);
        let batch = out.batches().next().unwrap();
        let record = batch.record(0, &out.interner);
        let number = batch.rows[0].record;
        writeln!(text, "record {number}  {}  {}", record.time, record.log_source).unwrap();
        let mut fields = record.fields;
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, value) in fields {
            writeln!(text, "  {name}  {value:?}").unwrap();
        }
        for error in errors.finish() {
            writeln!(text, "  error: {:?}: {}", error.code, error.reason).unwrap();
        }
    }
    text
}
