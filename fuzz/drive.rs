//! What all targets do with bytes: frame them, decode them, and look whether the promises of `Framer` and `Decoder` hold.
//!
//! A panic is a finding. So is a record without a row, a row without a record, a place outside the block, and (by
//! libFuzzer's time limit) an input that does not come to an end.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;

use model::{BatchSet, Everything, Record};
use sources::format::{self, Recognised};
use sources::{Block, Decoder, Errors, Format, Framer, Options, Span};

/// What the dictionaries may hold between blocks.
const DICTIONARIES: usize = 1 << 20;

/// How many more rows than records a block may have: a line of syslog may stand for several.
const MOST_REPEATS: usize = 100_000;

/// Reads `bytes` as if the user had named the format.
pub fn forced(what: Format, bytes: &[u8]) {
    with(what, bytes, &Options::default());
}

/// The same with formats of the user's own.
pub fn with(what: Format, bytes: &[u8], options: &Options) {
    let recognised = Recognised::forced(what, bytes);
    run(format::framer(recognised, options), format::decoder(what, options), &mut &*bytes);
}

/// Reads a stream to its end.
pub fn run(mut framer: Box<dyn Framer + Send>, mut decoder: Box<dyn Decoder + Send>, input: &mut dyn Read) {
    let mut block = Block::default();
    let mut errors = Errors::new("fuzz");
    let mut set = BatchSet::new(Arc::new(Everything));
    while framer.next(input, &mut block, &mut errors).unwrap_or(false) {
        for span in &block.spans {
            let end = span.start as usize + span.len as usize;
            assert!(end <= block.bytes.len(), "a record reaches beyond its block");
        }
        let spans = block.spans.clone();
        decoder.decode(&block, &spans, &mut set, &mut errors);
        check(&set, &spans);
        set.clear(DICTIONARIES);

        // A record that evidence is wanted of is decoded again, alone.
        if let Some(span) = spans.last() {
            decoder.decode(&block, &[*span], &mut set, &mut errors);
            check(&set, &[*span]);
            set.clear(DICTIONARIES);
        }
    }
    for error in errors.finish() {
        assert!(!error.reason.is_empty(), "an error says what happened");
    }
}

/// Every record has a row, every row a record, and every column a cell per row. Each row is also taken out with all its
/// fields.
fn check(set: &BatchSet, spans: &[Span]) {
    // By place: the numbers of Windows events are those that stand in them.
    let records: BTreeSet<(u32, u32)> = spans.iter().map(|span| (span.start, span.len)).collect();
    let mut seen = BTreeSet::new();
    let mut rows = 0;
    for batch in set.batches() {
        for column in &batch.columns {
            assert_eq!(column.cells.len(), batch.rows.len(), "a column has a cell per row");
        }
        for (number, row) in batch.rows.iter().enumerate() {
            assert!(records.contains(&(row.start, row.len)), "a row is of no record: {row:?}");
            seen.insert((row.start, row.len));
            rows += 1;
            let _: Record = batch.record(number, &set.interner);
        }
    }
    assert_eq!(seen, records, "every record becomes a row");
    assert!(rows <= spans.len() + MOST_REPEATS, "{rows} rows of {} records", spans.len());
}
