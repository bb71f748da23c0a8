//! Every event of the corpora against every SigmaHQ rule: the same (event, rule) pairs as rsigma-eval.
//!
//! Both engines see the same decoded fields and the same log source. Differences that stay are listed in
//! [`DECIDED`], each with what decides it. Of each log the first [`MOST`] events are compared; `YAGURA_ALL=1` compares all.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use model::{BatchSet, EventBatch, Everything};
use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use sigma::{Match, Matcher, Placeholders, RuleSet, load};

use support::{batches, corpus, engine, event, log_sources, rule_files};

/// How many events of each log are compared.
const MOST: usize = 20_000;

/// Rules of which the engines are known to differ, and why ours is right (docs/sigma.md, "Differences from rsigma").
const DECIDED: &[(&str, &str)] = &[
    ("550d3350-bb8a-4ff3-9533-2ba533f4a1c0", ALL_KEYWORDS),
    ("9db37458-4df2-46a5-95ab-307e7f29e675", ALL_KEYWORDS),
    ("c52a914f-3d8b-4b2a-bb75-b3991e75f8ba", ALL_KEYWORDS),
    ("4a0b2c7e-7cb2-495d-8b63-5f268e7bfd67", WINDASH),
];

const ALL_KEYWORDS: &str = "keywords with `|all` are searched for across the entire event (rules, \"Keywords search\"); rsigma \
                            wants them all in one text, and each of them to be that whole text";

const WINDASH: &str = "`windash` makes `-` of `/` as it makes `/` of `-` (modifiers, \"String Modifiers\"); rsigma does only \
                       the latter";

/// SigmaHQ's rules in both engines.
struct Engines {
    ours: Arc<RuleSet>,
    theirs: Engine,
    /// The ids of rules that only exclude.
    only_exclude: BTreeSet<String>,
}

fn engines() -> Option<&'static Engines> {
    static ENGINES: OnceLock<Option<Engines>> = OnceLock::new();
    let build = || {
        let files = rule_files()?;
        let loaded = load(&files, &Placeholders::new());
        for problem in &loaded.problems {
            eprintln!("{problem}");
        }
        let theirs = engine(&files, &loaded);
        let rules = loaded.rules.rules.iter().enumerate();
        let only_exclude = rules
            .filter(|(number, _)| loaded.rules.only_excludes(*number as u32))
            .map(|(_, rule)| rule.info.id.clone())
            .collect();
        Some(Engines { ours: Arc::new(loaded.rules), theirs, only_exclude })
    };
    ENGINES.get_or_init(build).as_ref()
}

/// Of a rule: how many events only we, or only they, say that it matches, and the last such event.
#[derive(Debug, Default)]
struct Difference {
    only_ours: u64,
    only_theirs: u64,
    last: String,
}

#[derive(Default)]
struct Compared {
    events: u64,
    pairs: u64,
    differences: BTreeMap<String, Difference>,
}

impl Compared {
    fn batch(&mut self, name: &str, batch: &EventBatch, set: &BatchSet, engines: &Engines, found: &[Match]) {
        let mut by_row: HashMap<u32, BTreeSet<&str>> = HashMap::new();
        for found in found {
            let rule = &engines.ours.rules[found.rule as usize];
            by_row.entry(found.row).or_default().insert(&rule.info.id);
        }
        for row in 0..batch.rows.len() {
            let ours = by_row.remove(&(row as u32)).unwrap_or_default();
            let theirs = theirs(batch, row, set, engines);
            self.events += 1;
            self.pairs += theirs.len() as u64;
            let theirs: BTreeSet<&str> = theirs.iter().map(String::as_str).collect();
            for id in ours.symmetric_difference(&theirs) {
                let entry = self.differences.entry((*id).to_owned()).or_default();
                if ours.contains(id) {
                    entry.only_ours += 1;
                } else {
                    entry.only_theirs += 1;
                }
                entry.last = format!("{name} {}", batch.rows[row].record);
            }
        }
    }
}

/// The ids of the rules that rsigma matches.
fn theirs(batch: &EventBatch, row: usize, set: &BatchSet, engines: &Engines) -> BTreeSet<String> {
    let record = batch.record(row, &set.interner);
    let value = event(&record);
    let event = JsonEvent::borrow(&value);
    let sources = log_sources(&record.log_source);
    let results = match sources.is_empty() {
        true => engines.theirs.evaluate(&event),
        false => {
            sources.iter().flat_map(|source| engines.theirs.evaluate_with_logsource(&event, source)).collect()
        }
    };
    let ids = results.into_iter().filter_map(|result| result.header.rule_id);
    // What nothing is known of is open to every rule here, but for those that only exclude.
    ids.filter(|id| !(sources.is_empty() && engines.only_exclude.contains(id))).collect()
}

/// Compares the engines on the logs below these folders of the corpora.
fn compare(folders: &[&str]) {
    let Some(engines) = engines() else { return };
    let most = if std::env::var_os("YAGURA_ALL").is_some() { usize::MAX } else { MOST };
    let mut all = Compared::default();
    for folder in folders {
        let (name, below) = folder.split_once('/').unwrap_or((folder, ""));
        let Some(root) = corpus::corpus(name) else { return };
        let mut matcher = Matcher::new(Arc::clone(&engines.ours));
        let mut set = BatchSet::new(Arc::new(Everything));
        batches(root.join(below), most, &mut set, &mut |name, set| {
            for batch in set.batches() {
                let mut found = Vec::new();
                matcher.push(batch, &set.interner, &mut found);
                all.batch(name, batch, set, engines, &found);
            }
        });
    }
    eprintln!("{}: {} events, {} pairs", folders.join(" "), all.events, all.pairs);
    let decided = |id: &str| DECIDED.iter().any(|(known, _)| *known == id);
    let open: BTreeMap<_, _> = all.differences.iter().filter(|(id, _)| !decided(id)).collect();
    assert!(open.is_empty(), "{open:#?}");
    assert!(all.events > 0);
}

#[test]
fn windows_event_logs() {
    compare(&["evtx", "sigma/regression_data"]);
}

#[test]
fn recorded_attacks_as_json() {
    compare(&["otrf/atomic"]);
}

#[test]
fn zeek_logs_and_flows() {
    compare(&["otrf/apt29", "network"]);
}

#[test]
fn cloud_audit_logs() {
    compare(&["cloud"]);
}

#[test]
fn syslog_and_other_text() {
    compare(&["logs"]);
}

#[test]
fn web_logs_and_alerts() {
    compare(&["web", "ads"]);
}

#[test]
fn an_empty_object_takes_nothing_away_from_the_fields_below_it() {
    let text =
        "title: t\nid: r\nlogsource:\n    product: p\ndetection:\n    s:\n        a.b: x\n    condition: s\n";
    let mut engine = Engine::new();
    engine.add_collection(&rsigma_parser::parse_sigma_yaml(text).unwrap()).unwrap();
    let flat = serde_json::json!({"a": {}, "a.b": "x"});
    let nested = serde_json::json!({"a": {"b": "x"}});
    for value in [&flat, &nested] {
        assert_eq!(engine.evaluate(&JsonEvent::borrow(value)).len(), 1, "{value}");
    }
}
