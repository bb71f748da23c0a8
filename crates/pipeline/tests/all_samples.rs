//! A sample of every format in one folder, hunted in one run with the built-in rules: each is known, and each kind of log source
//! has events.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hunts::hunted;
use model::{BatchSet, Everything};
use pipeline::{Hunt, RuleOptions};
use serde_json::Value;
use sources::format::{decoder, framer, recognise};
use sources::{Block, Errors, Options};

#[path = "../../sources/tests/support/corpus.rs"]
#[allow(dead_code, reason = "no corpus is needed here")]
mod corpus;
#[path = "support/hunts.rs"]
mod hunts;

/// Formats whose records may be of no known log source, and why.
const OF_NO_LOG_SOURCE: [(&str, &str); 15] = [
    ("auditd", "a damaged line stays a message"),
    ("cef", "any product writes so; the log source follows from what a record says, where it does"),
    ("coraza", "a damaged line stays a message"),
    ("csv", "tables of anything"),
    ("dhcpd-leases", "the file has comments and settings beside leases"),
    ("docker-json", "the lines of any program"),
    ("endlessh", "a line that was cut off"),
    ("filebeat", "the lines of any program"),
    ("journal-export", "an entry that no program signed"),
    ("key-value", "any program writes so"),
    ("leef", "any product writes so"),
    ("nfdump-line", "the header and the sum stand beside flows"),
    ("other", "JSON of any form"),
    ("traefik-log", "what it says of itself is read as pairs"),
    ("w3c", "tables of anything"),
];

/// The categories of `docs/fields.md`.
const CATEGORIES: [&str; 16] = [
    "process_creation",
    "file_event",
    "network_connection",
    "webserver",
    "proxy",
    "dns",
    "firewall",
    "database",
    "file_share",
    "mail",
    "webmail",
    "vpn",
    "vdi",
    "radius",
    "dhcp",
    "file_delete",
];

fn samples() -> (PathBuf, Vec<PathBuf>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sources/formats");
    let samples = corpus::files(&folder, ".sample");
    assert!(samples.len() > 100, "only {} samples", samples.len());
    (folder, samples)
}

#[test]
fn a_folder_with_a_log_of_every_format_is_hunted_in_one_run() {
    let (from, samples) = samples();
    let logs = tempfile::tempdir().unwrap();
    for sample in &samples {
        // Names say nothing.
        let to = logs.path().join(sample.strip_prefix(&from).unwrap()).with_extension("log");
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(sample, to).unwrap();
    }
    let rules = RuleOptions::default();
    let written = hunted(vec![logs.path().to_owned()], &rules, |hunt| Hunt { threads: 2, ..hunt });
    let (summary, errors) = (&written.summary, written.lines("errors.jsonl"));
    let unknown: Vec<&Value> = errors.iter().filter(|error| error["code"] == "unknown-format").collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert_eq!((summary.inputs.read, summary.inputs.failed), (samples.len() as u64, 0));
    let is_there = |category: &&str| {
        let own = |source: &str| {
            source.split('/').nth(1).is_some_and(|part| part.split('+').any(|own| own == *category))
        };
        summary.events_by_log_source.iter().any(|(source, events)| own(source) && *events > 0)
    };
    let missing: Vec<&str> = CATEGORIES.into_iter().filter(|category| !is_there(category)).collect();
    assert!(missing.is_empty(), "no events of {missing:?} in {:?}", summary.events_by_log_source);
    assert!(summary.findings.total > 100, "{} findings", summary.findings.total);
}

#[test]
fn every_sample_is_read_as_its_own_format_and_its_events_have_a_log_source() {
    let mut wrong = String::new();
    let mut without: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for sample in samples().1 {
        let name = sample.file_stem().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&sample).unwrap();
        let options = Options::default();
        let recognised = recognise(&bytes[..bytes.len().min(64 << 10)], &options).unwrap();
        let as_what = recognised.format.name(&options.formats);
        // In these, each record has its own.
        if as_what != name && !["syslog", "json", "json-lines", "windows-xml"].contains(&as_what) {
            wrong += &format!("{name} is read as {as_what}\n");
        }
        let (mut framer, mut decoder) = (framer(recognised, &options), decoder(recognised.format, &options));
        let (mut block, mut errors) = (Block::default(), Errors::new(&name));
        let mut set = BatchSet::new(Arc::new(Everything));
        let input: &mut dyn Read = &mut &*bytes;
        while framer.next(input, &mut block, &mut errors).unwrap() {
            decoder.decode(&block, &block.spans, &mut set, &mut errors);
            for batch in set.batches() {
                if set.interner.log_source_of(batch.shape.log_source).is_unknown() {
                    without.entry(name.clone()).or_default().extend(batch.rows.iter().map(|row| row.record));
                }
            }
            set.clear(1 << 20);
        }
    }
    let known: BTreeMap<&str, &str> = OF_NO_LOG_SOURCE.into_iter().collect();
    for (name, records) in &without {
        if !known.contains_key(name.as_str()) {
            wrong += &format!("{name}: records {records:?} have no log source\n");
        }
    }
    for name in known.keys().filter(|name| !without.contains_key(**name)) {
        wrong += &format!("{name}: all records have a log source\n");
    }
    assert!(wrong.is_empty(), "{wrong}");
}
