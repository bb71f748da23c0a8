//! Every event of the corpora against every SigmaHQ rule: the same (event, rule) pairs as rsigma-eval.
//!
//! Both engines see the same decoded fields and the same log source. Differences that stay are listed in
//! [`DECIDED`], each with what decides it.

#[path = "../../../sources/tests/support/corpus.rs"]
mod corpus;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use model::{BatchSet, Everything, LogSource, OwnedValue, Record};
use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use serde_json::{Map, Value};
use sigma::{Loaded, Matcher, Placeholders, RuleFile, load};
use sources::format::{self, HEAD_BYTES, Options};
use sources::{Block, Errors};

/// Rules of which the engines are known to differ, and why ours is right.
const DECIDED: &[(&str, &str)] = &[];

fn rule_files(folders: &[&str]) -> Option<Vec<RuleFile>> {
    let root = corpus::corpus("sigma")?;
    let mut files = Vec::new();
    for folder in folders {
        for path in corpus::files(&root.join(folder), ".yml") {
            files.push(RuleFile {
                name: path.display().to_string(),
                text: std::fs::read_to_string(&path).unwrap(),
            });
        }
    }
    Some(files)
}

fn engine(files: &[RuleFile], loaded: &Loaded) -> Engine {
    let usable: BTreeSet<&str> = loaded.rules.rules.iter().map(|rule| rule.info.id.as_str()).collect();
    let mut engine = Engine::new();
    let mut rules = Vec::new();
    for file in files {
        let collection = rsigma_parser::parse_sigma_yaml(&file.text).unwrap();
        rules.extend(collection.rules.into_iter().filter(|rule| {
            usable.contains(rule.id.as_deref().unwrap_or_default())
        }));
    }
    let refused = engine.add_rules(&rules);
    assert!(refused.is_empty(), "{refused:?}");
    engine
}

fn json(value: &OwnedValue) -> Value {
    match value {
        OwnedValue::Null => Value::Null,
        OwnedValue::Object => Value::Object(Map::new()),
        OwnedValue::Bool(flag) => (*flag).into(),
        OwnedValue::Int(number) => (*number).into(),
        OwnedValue::Float(number) => (*number).into(),
        OwnedValue::Str(text) => text.as_str().into(),
        OwnedValue::List(items) => Value::Array(items.iter().map(json).collect()),
    }
}

fn event(record: &Record) -> Value {
    Value::Object(record.fields.iter().map(|(name, value)| (name.clone(), json(value))).collect())
}

/// The log source for rsigma, which takes an unknown part for any: a part that the event does not have must differ from
/// every rule's. An event of several categories is asked about once for each.
fn log_sources(source: &LogSource) -> Vec<rsigma_parser::LogSource> {
    if source.is_unknown() {
        return vec![rsigma_parser::LogSource::default()];
    }
    let part = |text: &str| Some(if text.is_empty() { "-".to_owned() } else { text.to_owned() });
    let with = |category: &str| rsigma_parser::LogSource {
        category: part(category),
        product: part(&source.product),
        service: part(&source.service),
        ..rsigma_parser::LogSource::default()
    };
    match source.categories.is_empty() {
        true => vec![with("")],
        false => source.categories.iter().map(|category| with(category)).collect(),
    }
}

/// Calls `see` with every batch set of a file.
fn batches(path: &Path, set: &mut BatchSet, see: &mut dyn FnMut(&BatchSet)) {
    let bytes = std::fs::read(path).unwrap();
    let head = bytes.get(..HEAD_BYTES).unwrap_or(&bytes);
    let Some(recognised) = format::recognise(head) else { return };
    let (mut framer, mut decoder) =
        (format::framer(recognised), format::decoder(recognised.format, &Options::default()));
    let (mut block, mut errors, mut input) = (Block::default(), Errors::new("test"), bytes.as_slice());
    while framer.next(&mut input, &mut block, &mut errors).unwrap() {
        let spans = block.spans.clone();
        decoder.decode(&block, &spans, set, &mut errors);
        see(set);
        set.clear(1 << 26);
    }
}

struct Compared {
    events: u64,
    pairs: u64,
    differences: BTreeMap<String, (u64, u64, String)>,
}

fn compare(files: &[RuleFile], inputs: &[std::path::PathBuf]) -> Compared {
    let loaded = load(files, &Placeholders::new());
    for problem in &loaded.problems {
        eprintln!("{problem}");
    }
    let engine = engine(files, &loaded);
    let rules = Arc::new(loaded.rules);
    let mut matcher = Matcher::new(Arc::clone(&rules));
    let mut set = BatchSet::new(Arc::new(Everything));
    let mut all = Compared { events: 0, pairs: 0, differences: BTreeMap::new() };
    for path in inputs {
        batches(path, &mut set, &mut |set| {
            for batch in set.batches() {
                let mut matches = Vec::new();
                matcher.push(batch, &set.interner, &mut matches);
                for row in 0..batch.rows.len() {
                    let record = batch.record(row, &set.interner);
                    let value = event(&record);
                    let ours: BTreeSet<&str> = matches
                        .iter()
                        .filter(|found| found.row as usize == row)
                        .map(|found| rules.rules[found.rule as usize].info.id.as_str())
                        .collect();
                    let mut theirs = BTreeSet::new();
                    for source in log_sources(&record.log_source) {
                        for result in engine.evaluate_with_logsource(&JsonEvent::borrow(&value), &source) {
                            theirs.insert(result.header.rule_id.clone().unwrap_or_default());
                        }
                    }
                    all.events += 1;
                    all.pairs += theirs.len() as u64;
                    let theirs: BTreeSet<&str> = theirs.iter().map(String::as_str).collect();
                    for id in ours.symmetric_difference(&theirs) {
                        let entry = all.differences.entry((*id).to_owned()).or_default();
                        if ours.contains(id) { entry.0 += 1 } else { entry.1 += 1 }
                        entry.2 = format!("{} {}", path.display(), batch.rows[row].record);
                    }
                }
            }
        });
    }
    all
}

fn check(compared: &Compared) {
    eprintln!("{} events, {} pairs", compared.events, compared.pairs);
    let open: BTreeMap<_, _> = compared
        .differences
        .iter()
        .filter(|(id, _)| !DECIDED.iter().any(|(known, _)| known == id))
        .collect();
    assert!(open.is_empty(), "rule: (only ours, only theirs, last event): {open:#?}");
    assert!(compared.pairs > 0);
}

const RULES: [&str; 3] = ["rules", "rules-emerging-threats", "rules-threat-hunting"];

#[test]
fn windows_event_logs() {
    let (Some(files), Some(evtx), Some(sigma)) =
        (rule_files(&RULES), corpus::corpus("evtx"), corpus::corpus("sigma"))
    else {
        return;
    };
    let inputs = [corpus::files(&evtx, ".evtx"), corpus::files(&sigma, ".evtx")].concat();
    check(&compare(&files, &inputs));
}
