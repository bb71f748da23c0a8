//! Every EVTX file of the corpora, record by record, against the `evtx` crate's JSON.

#[path = "support/corpus.rs"]
mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use model::{BatchSet, Everything, OwnedValue, Record};
use serde_json::Value;
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

fn same(ours: Option<&OwnedValue>, theirs: &Value) -> bool {
    match (ours, theirs) {
        (None | Some(OwnedValue::Null), Value::Null) => true,
        (None | Some(OwnedValue::Null), Value::String(text)) => text.is_empty(),
        // The crate renders an empty text in an element as null, in an attribute as a text.
        (Some(OwnedValue::Str(text)), Value::Null) => text.is_empty(),
        (Some(OwnedValue::Float(a)), Value::String(b)) => b.parse() == Ok(*a),
        (Some(OwnedValue::Str(a)), Value::String(b)) => {
            // Times are written with six decimals here.
            a.trim_end_matches('\0') == b.trim_end_matches('\0')
                || model::Time::parse(a).is_some_and(|time| Some(time) == model::Time::parse(b))
        }
        (Some(OwnedValue::Int(a)), Value::Number(b)) => b.as_i64() == Some(*a),
        (Some(OwnedValue::Str(a)), Value::Number(b)) => *a == b.to_string(),
        (Some(OwnedValue::Float(a)), Value::Number(b)) => b.as_f64() == Some(*a),
        (Some(OwnedValue::Bool(a)), Value::Bool(b)) => a == b,
        (Some(OwnedValue::List(a)), Value::Array(b)) => {
            let b: Vec<&Value> = b.iter().filter(|value| !value.is_null()).collect();
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(Some(a), b))
        }
        (Some(_), Value::Array(b)) if b.len() == 1 => same(ours, &b[0]),
        (_, Value::Object(object)) => object.get("#text").is_none_or(|text| same(ours, text)),
        _ => false,
    }
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
                let Some(own) = ours.get(&record.event_record_id) else {
                    let entry = differences.entry("missing record".to_owned()).or_default();
                    entry.0 += 1;
                    entry.1 = format!("{} {}", path.display(), record.event_record_id);
                    continue;
                };
                seen.1 += 1;
                let event = &record.data["Event"];
                let mut expected: Vec<(String, &Value)> = Vec::new();
                for (name, value) in event["EventData"].as_object().into_iter().flatten() {
                    if name != "#attributes" {
                        expected.push((name.clone(), value));
                    }
                }
                for name in ["EventID", "Channel", "Computer", "Level", "Keywords", "EventRecordID"] {
                    expected.push((name.to_owned(), &event["System"][name]));
                }
                for (_, user_data) in event["UserData"].as_object().into_iter().flatten() {
                    for (name, value) in user_data.as_object().into_iter().flatten() {
                        if name != "#attributes" && !value.is_object() {
                            expected.push((name.clone(), value));
                        }
                    }
                }
                for (name, theirs) in expected {
                    seen.2 += 1;
                    let aliased = matches!(own.log_source.service.as_str(), "security" | "windefend");
                    let ours = own.get(&format!("Data.{name}")).or_else(|| own.get(&name));
                    if !same(ours, theirs) && !(aliased && name == "ProcessId") {
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
