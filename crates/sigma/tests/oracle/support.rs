//! Decoded events for two engines: ours as batches, rsigma-eval's as JSON.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeSet;
use std::io::Read;
use std::path::PathBuf;

use model::{BatchSet, LogSource, OwnedValue, Record};
use rsigma_eval::Engine;
use serde_json::{Map, Value};
use sigma::{Loaded, RuleFile};
use sources::format::{self, Options};
use sources::input::{Member, Peeked, list, open};
use sources::{Block, Errors};

#[path = "../../../sources/tests/support/corpus.rs"]
pub mod corpus;

/// SigmaHQ's folders of rules.
const RULES: [&str; 4] = ["rules", "rules-emerging-threats", "rules-threat-hunting", "rules-compliance"];

/// All rules of SigmaHQ's corpus.
pub fn rule_files() -> Option<Vec<RuleFile>> {
    let root = corpus::corpus("sigma")?;
    let mut files = Vec::new();
    for folder in RULES {
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

/// A record as JSON, as flat as it is: rsigma looks for a dotted name as a key before it looks into objects, so an empty
/// object in the place of `a` takes nothing away from `a.b`.
pub fn event(record: &Record) -> Value {
    Value::Object(record.fields.iter().map(|(name, value)| (name.to_string(), json(value))).collect())
}

/// The log sources to ask rsigma about; none for an event of which nothing is known, which is open to every rule. rsigma
/// takes a part that the event lacks as unequal to what a rule asks for, as we do. An event of several categories is
/// asked about once for each.
pub fn log_sources(source: &LogSource) -> Vec<rsigma_parser::LogSource> {
    if source.is_unknown() {
        return Vec::new();
    }
    let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
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

/// Calls `see` with every batch set of every log below a path, up to about `most` events of each; archives are unpacked.
pub fn batches(path: PathBuf, most: usize, set: &mut BatchSet, see: &mut dyn FnMut(&str, &BatchSet)) {
    let (files, errors) = list(&[path]);
    assert!(errors.is_empty(), "{errors:?}");
    for file in files {
        open(&file, &mut |member: &Member<'_>, input: &mut Peeked<'_>| {
            let Some(recognised) = format::recognise(input.head(), &Options::default()) else { return };
            let options = Options { reference: member.modified, ..Options::default() };
            let (mut framer, mut decoder) =
                (format::framer(recognised, &options), format::decoder(recognised.format, &options));
            let (mut block, mut errors) = (Block::default(), Errors::new(member.name));
            let input: &mut dyn Read = input;
            let mut left = most;
            while left > 0 && framer.next(input, &mut block, &mut errors).unwrap() {
                let end = block.spans.len().min(left);
                decoder.decode(&block, &block.spans[..end], set, &mut errors);
                left -= end;
                see(member.name, set);
                set.clear(1 << 26);
            }
        });
    }
}
