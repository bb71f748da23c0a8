//! Decoded events for two engines: ours as batches, rsigma-eval's as JSON.

use std::collections::BTreeSet;
use std::path::Path;

use model::{BatchSet, LogSource, OwnedValue, Record};
use rsigma_eval::Engine;
use serde_json::{Map, Value};
use sigma::{Loaded, RuleFile};
use sources::format::{self, HEAD_BYTES, Options};
use sources::{Block, Errors};

#[path = "../../../sources/tests/support/corpus.rs"]
pub mod corpus;

/// The rules in folders of SigmaHQ's corpus.
pub fn rule_files(folders: &[&str]) -> Option<Vec<RuleFile>> {
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

/// rsigma's engine with the rules that ours can use.
pub fn engine(files: &[RuleFile], loaded: &Loaded) -> Engine {
    let usable: BTreeSet<&str> = loaded.rules.rules.iter().map(|rule| rule.info.id.as_str()).collect();
    let mut engine = Engine::new();
    let mut rules = Vec::new();
    for file in files {
        let collection = rsigma_parser::parse_sigma_yaml(&file.text).unwrap();
        rules.extend(
            collection
                .rules
                .into_iter()
                .filter(|rule| usable.contains(rule.id.as_deref().unwrap_or_default())),
        );
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

/// A record as JSON.
pub fn event(record: &Record) -> Value {
    Value::Object(record.fields.iter().map(|(name, value)| (name.clone(), json(value))).collect())
}

/// The log source for rsigma, which takes an unknown part for any: a part that the event does not have must differ from
/// every rule's. An event of several categories is asked about once for each.
pub fn log_sources(source: &LogSource) -> Vec<rsigma_parser::LogSource> {
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
pub fn batches(path: &Path, set: &mut BatchSet, see: &mut dyn FnMut(&BatchSet)) {
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

/// SigmaHQ's folders of rules.
pub const RULES: [&str; 3] = ["rules", "rules-emerging-threats", "rules-threat-hunting"];
