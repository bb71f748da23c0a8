//! Whether the rules of SigmaHQ for everything but Windows find the fields that they ask for.
//!
//! A field of a rule is filled where an event of a log source that the rule is for has that column: in some `.expected` file of
//! the formats, or in the recorded logs of the corpora. What no decoder fills stands with its reason in `unfilled_fields.tsv`,
//! and nothing else stands there. `-- --nocapture` prints what is filled.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

#[path = "../../sources/tests/support/corpus.rs"]
mod corpus;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex};

use model::{BatchSet, Everything, LogSource, ValueId};
use serde_json::{Map, Value};
use sigma::{Placeholders, Rule, RuleFile, load};
use sources::derive::Needs;
use sources::format::{decoder, framer, recognise};
use sources::input::{Member, Peeked, list, open};
use sources::{Block, Errors, Options};

/// By log source: the columns that its events have.
type Columns = BTreeMap<LogSource, BTreeSet<String>>;

/// The kinds of recorded logs.
const CORPORA: [&str; 5] = ["logs", "network", "otrf", "cloud", "web"];

/// Stands in the place of a field where no event has the log source: rules with keywords alone ask for no field.
const NO_EVENTS: &str = "(no events)";

/// Log source, field, and the rule that asks for it.
type Unfilled = BTreeMap<(String, String), BTreeSet<String>>;

#[test]
fn every_field_that_rules_for_other_systems_than_windows_ask_for_is_filled_or_explained() {
    let Some(folder) = corpus::corpus("sigma") else { return };
    let rules: Vec<Rule> = rules(&folder).into_iter().filter(is_for_others_than_windows).collect();
    assert!(rules.len() > 700, "only {} rules", rules.len());
    let columns = columns();
    let (unfilled, asked) = unfilled(&rules, &columns);
    let explained = Explanations::read();
    let mut wrong = String::new();
    for ((source, field), rules) in &unfilled {
        if !explained.has(source, field) {
            for rule in rules {
                wrong += &format!("{source}\t{field}\t{rule}: no decoder fills it\n");
            }
        }
    }
    for (source, field) in explained.lines.keys() {
        let is_needed = unfilled.keys().any(|(of, name)| of == source && (field == "*" || field == name));
        if !is_needed {
            wrong += &format!("{source}\t{field}\tis explained and need not be\n");
        }
    }
    println!("{} rules ask for {asked} fields; {} are not filled", rules.len(), unfilled.len());
    assert!(wrong.is_empty(), "{wrong}");
}

/// The rules of all of SigmaHQ's folders.
fn rules(folder: &Path) -> Vec<Rule> {
    let files = corpus::files(folder, ".yml").into_iter().filter_map(|path| {
        let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        let text = name.starts_with("rules").then(|| std::fs::read_to_string(&path).unwrap())?;
        Some(RuleFile { name, text })
    });
    load(&files.collect::<Vec<_>>(), &Placeholders::new()).rules.rules
}

fn is_for_others_than_windows(rule: &Rule) -> bool {
    let wanted = &rule.wanted;
    // Without a product, these are Windows' own.
    wanted.product != "windows" && !(wanted.product.is_empty() && wanted.category.contains("process"))
}

/// Which fields no event has that the rule is for, and how many fields there are.
fn unfilled(rules: &[Rule], columns: &Columns) -> (Unfilled, usize) {
    let (mut unfilled, mut asked) = (Unfilled::new(), BTreeSet::new());
    for rule in rules {
        let source = rule.wanted.describe();
        let own = columns.iter().filter(|(source, _)| !source.is_unknown() && rule.wanted.admits(source));
        let own: Vec<&BTreeSet<String>> = own.map(|(_, columns)| columns).collect();
        asked.extend(rule.fields.iter().map(|field| (source.clone(), field.clone())));
        let is_filled = |field: &String| own.iter().any(|columns| columns.contains(field));
        let missing: Vec<String> = match own.is_empty() {
            true => vec![NO_EVENTS.to_owned()],
            false => rule.fields.iter().filter(|field| !is_filled(field)).cloned().collect(),
        };
        for field in missing {
            unfilled.entry((source.clone(), field)).or_default().insert(rule.info.file.clone());
        }
    }
    (unfilled, asked.len())
}

/// What stands in `unfilled_fields.tsv`.
struct Explanations {
    /// By log source and field; `*` stands for all of its fields that are not filled.
    lines: BTreeMap<(String, String), String>,
}

impl Explanations {
    fn read() -> Explanations {
        let text = include_str!("unfilled_fields.tsv").lines().filter(|line| !line.starts_with('#'));
        let lines = text.map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [source, field, reason] = cells.as_slice() else { panic!("{line}: three cells") };
            assert!(!reason.is_empty(), "{line}: a reason");
            ((source.to_string(), field.to_string()), reason.to_string())
        });
        Explanations { lines: lines.collect() }
    }

    fn has(&self, source: &str, field: &str) -> bool {
        let of = |field: &str| self.lines.contains_key(&(source.to_owned(), field.to_owned()));
        of(field) || of("*")
    }
}

/// All columns that decoders are known to fill.
fn columns() -> Columns {
    let mut columns = Columns::new();
    let formats = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sources/formats");
    for path in corpus::files(&formats, ".expected") {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .for_each(|event| add(&event, &mut columns));
    }
    for (source, names) in recorded() {
        columns.entry(source).or_default().extend(names);
    }
    columns
}

/// The columns of a line of an `.expected` file.
fn add(event: &Map<String, Value>, columns: &mut Columns) {
    let Some(source) = event.get("log_source").and_then(Value::as_str) else { return };
    let parts: Vec<&str> = source.splitn(3, '/').map(|part| if part == "-" { "" } else { part }).collect();
    let [product, categories, service] = parts.as_slice() else { return };
    let categories: Vec<&str> = categories.split('+').filter(|category| !category.is_empty()).collect();
    let names = event.keys().filter(|name| !["record", "time", "log_source"].contains(&name.as_str()));
    columns.entry(LogSource::new(product, &categories, service)).or_default().extend(names.cloned());
}

/// The columns of the corpora, decoded on all processors.
fn recorded() -> Columns {
    let roots: Vec<_> = CORPORA.iter().filter_map(|name| corpus::corpus(name)).collect();
    let (files, _) = list(&roots);
    let (files, columns) = (Mutex::new(files.iter()), Mutex::new(Columns::new()));
    let work = || loop {
        let Some(file) = files.lock().unwrap().next() else { return };
        let mut own = Columns::new();
        open(file, &mut |_: &Member<'_>, input: &mut Peeked<'_>| read(input, &mut own));
        let mut all = columns.lock().unwrap();
        own.into_iter().for_each(|(source, names)| all.entry(source).or_default().extend(names));
    };
    std::thread::scope(|scope| {
        let count = std::thread::available_parallelism().map_or(1, usize::from);
        (0..count).for_each(|_| drop(scope.spawn(work)));
    });
    columns.into_inner().unwrap()
}

fn read(input: &mut Peeked<'_>, columns: &mut Columns) {
    let options = Options::default();
    let Some(recognised) = recognise(input.head(), &options) else { return };
    let (mut framer, mut decoder) = (framer(recognised, &options), decoder(recognised.format, &options));
    let (mut block, mut errors) = (Block::default(), Errors::new("corpus"));
    let mut set = BatchSet::new(Arc::new(Needs::new(Everything)));
    let input: &mut dyn Read = input;
    while framer.next(input, &mut block, &mut errors).unwrap_or(false) {
        decoder.decode(&block, &block.spans, &mut set, &mut errors);
        for batch in set.batches() {
            let own = columns.entry(set.interner.log_source_of(batch.shape.log_source).clone()).or_default();
            for column in &batch.columns {
                if column.cells.iter().any(|cell| *cell != ValueId::MISSING) {
                    own.insert(set.interner.dictionary(column.field).name().to_string());
                }
            }
        }
        set.clear(64 << 20);
    }
}
