//! Every EVTX file of the corpora, record by record, against the `evtx` crate's JSON.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

#[path = "support/corpus.rs"]
mod support;

#[path = "support/evtx_same.rs"]
mod evtx_same;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use model::{BatchSet, Everything, Record};
use sources::evtx::{ChunkFramer, EvtxDecoder};
use sources::{Block, Decoder, Errors, Framer};

fn decode(path: &Path) -> BTreeMap<u64, Record> {
    let mut file = std::fs::File::open(path).unwrap();
    let (mut framer, mut decoder) = (ChunkFramer::new(), EvtxDecoder::new());
    let (mut block, mut errors) = (Block::default(), Errors::new("test"));
    let mut set = BatchSet::new(Arc::new(Everything));
    let mut records = BTreeMap::new();
    while framer.next(&mut file, &mut block, &mut errors).unwrap() {
        let spans = block.spans.clone();
        decoder.decode(&block, &spans, &mut set, &mut errors);
        for batch in set.batches() {
            for (row, at) in batch.rows.iter().enumerate() {
                records.insert(at.record, batch.record(row, &set.interner));
            }
        }
        set.clear(1 << 24);
    }
    records
}

#[test]
fn every_record_has_the_fields_that_the_evtx_crate_sees() {
    let mut seen = (0, 0, 0);
    let mut differences: BTreeMap<String, (u64, String)> = BTreeMap::new();
    for folder in ["evtx", "sigma"].iter().filter_map(|name| support::corpus(name)) {
        for path in support::files(&folder, ".evtx") {
            let ours = decode(&path);
            let mut parser = evtx::EvtxParser::from_path(&path).unwrap();
            for record in parser.records_json_value().filter_map(Result::ok) {
                seen.0 += 1;
                let id = &record.data["Event"]["System"]["EventRecordID"];
                let Some(own) = ours.get(&id.as_u64().unwrap_or(record.event_record_id)) else {
                    let entry = differences.entry("missing record".to_owned()).or_default();
                    entry.0 += 1;
                    entry.1 = format!("{} {}", path.display(), record.event_record_id);
                    continue;
                };
                seen.1 += 1;
                for (name, theirs) in evtx_same::expected(&record.data) {
                    seen.2 += 1;
                    let aliased = matches!(own.log_source.service.as_str(), "security" | "windefend");
                    let ours = own.get(&format!("Data.{name}")).or_else(|| own.get(&name));
                    if !(evtx_same::same(ours, theirs) || aliased && name == "ProcessId") {
                        let entry = differences.entry(name.clone()).or_default();
                        entry.0 += 1;
                        entry.1 = format!("{} {}: {ours:?} {theirs}", path.display(), record.event_record_id);
                    }
                }
            }
        }
    }
    eprintln!("records {} found {} fields {}", seen.0, seen.1, seen.2);
    assert!(differences.is_empty(), "{differences:#?}");
}
