//! The corpus through the JSON decoder: public logs that are tested in place and never committed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

#[path = "support/block.rs"]
mod block;
#[path = "support/corpus.rs"]
mod support;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use block::block_of;
use model::{BatchSet, Everything, OwnedValue, Record};
use sources::json::JsonDecoder;
use sources::{Decoder, Errors};
use support::{corpus, files};

fn decode(records: &[Vec<u8>], source: &str) -> (BatchSet, Errors) {
    let block = block_of(records);
    let mut out = BatchSet::new(Arc::new(Everything));
    let mut errors = Errors::new(source);
    JsonDecoder::new().decode(&block, &block.spans, &mut out, &mut errors);
    (out, errors)
}

fn events(out: &BatchSet) -> Vec<Record> {
    let rows = out.batches().flat_map(|batch| (0..batch.rows.len()).map(move |row| (batch, row)));
    rows.map(|(batch, row)| batch.record(row, &out.interner)).collect()
}

#[test]
fn every_windows_dataset_of_otrf_decodes_without_an_error() {
    let Some(root) = corpus("otrf/atomic/windows") else { return };
    let (mut members, mut total) = (0, 0);
    for path in files(&root, ".zip") {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
        for index in 0..archive.len() {
            let member = archive.by_index(index).unwrap();
            let name = member.name().to_owned();
            if member.is_dir() || name.contains("__MACOSX") || !name.ends_with(".json") {
                continue;
            }
            let lines = BufReader::new(member).split(b'\n').map(Result::unwrap).take(2000);
            let lines: Vec<_> = lines.filter(|line| !line.trim_ascii().is_empty()).collect();
            let (out, errors) = decode(&lines, &name);
            assert_eq!(errors.finish(), [], "{}", path.display());
            let events = events(&out);
            assert_eq!(events.len(), lines.len());
            for event in &events {
                assert_eq!(event.log_source.product, "windows", "{name}: {event:?}");
                assert!(matches!(event.get("EventID"), Some(OwnedValue::Int(_))), "{name}: {event:?}");
                assert!(event.time.micros() > 1_500_000_000_000_000, "{name}: {event:?}");
            }
            members += 1;
            total += events.len();
        }
    }
    assert!(members > 50, "only {members} members with {total} events");
}

#[test]
fn every_regression_event_of_sigma_has_its_event_id_channel_and_data() {
    let Some(root) = corpus("sigma/regression_data") else { return };
    let mut total = 0;
    for path in files(&root, ".json") {
        let text = std::fs::read(&path).unwrap();
        let values = serde_json::Deserializer::from_slice(&text).into_iter::<serde_json::Value>();
        for value in values {
            let value = value.unwrap();
            // Pretty-printed, as the file has it, and on one line.
            for record in [serde_json::to_vec_pretty(&value).unwrap(), serde_json::to_vec(&value).unwrap()] {
                let (out, errors) = decode(&[record], "x.json");
                assert_eq!(errors.finish(), [], "{}", path.display());
                check_regression_event(&value, &events(&out)[0], &path);
                let row = out.batches().next().unwrap().rows[0];
                assert_eq!(Some(row.record), value["Event"]["System"]["EventRecordID"].as_u64());
            }
            total += 1;
        }
    }
    assert!(total > 100, "only {total} events");
}

fn check_regression_event(value: &serde_json::Value, event: &Record, path: &Path) {
    let system = &value["Event"]["System"];
    let id = system["EventID"].as_i64().unwrap();
    assert_eq!(event.get("EventID"), Some(&OwnedValue::Int(id)), "{}", path.display());
    assert_eq!(event.log_source.product, "windows");
    assert!(!event.log_source.service.is_empty(), "{}: {event:?}", path.display());
    assert_eq!(event.text("Channel").as_deref(), system["Channel"].as_str());
    assert_eq!(event.text("Provider_Name").as_deref(), system["Provider"]["#attributes"]["Name"].as_str());
    let time = system["TimeCreated"]["#attributes"]["SystemTime"].as_str().unwrap();
    assert_eq!(Some(event.time), model::Time::parse(time));
    for (name, data) in value["Event"]["EventData"].as_object().into_iter().flatten() {
        let aliased = id == 4688 && name == "ProcessId";
        if let Some(text) = data.as_str().filter(|_| !aliased) {
            assert_eq!(event.get(name), Some(&OwnedValue::Str(text.to_owned())), "{}", path.display());
        }
    }
}

#[test]
fn every_cloudtrail_event_decodes_with_its_log_source_and_time() {
    let Some(root) = corpus("cloud/aws/CloudTrail") else { return };
    let mut total = 0;
    for path in files(&root, ".json") {
        let text = std::fs::read(&path).unwrap();
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(&text) else { continue };
        let records: Vec<_> = value["Records"].as_array().into_iter().flatten().collect();
        let lines: Vec<_> = records.iter().map(|record| serde_json::to_vec(record).unwrap()).collect();
        let (out, errors) = decode(&lines, "x.json");
        assert_eq!(errors.finish(), [], "{}", path.display());
        for event in events(&out) {
            assert_eq!(event.log_source.to_string(), "aws/-/cloudtrail", "{event:?}");
            assert_ne!(event.time, model::Time::UNKNOWN);
        }
        total += records.len();
    }
    assert!(total > 100, "only {total} events");
}
