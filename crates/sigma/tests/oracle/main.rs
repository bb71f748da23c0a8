//! Every event of the corpora against every SigmaHQ rule: the same (event, rule) pairs as rsigma-eval.
//!
//! Both engines see the same decoded fields and the same log source. Differences that stay are listed in
//! [`DECIDED`], each with what decides it.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{BatchSet, Everything};
use rsigma_eval::event::JsonEvent;
use sigma::{Matcher, Placeholders, RuleFile, load};

use support::{RULES, batches, corpus, engine, event, log_sources, rule_files};

/// Rules of which the engines are known to differ, and why ours is right.
const DECIDED: &[(&str, &str)] = &[];

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
                        if ours.contains(id) {
                            entry.0 += 1
                        } else {
                            entry.1 += 1
                        }
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
    let open: BTreeMap<_, _> =
        compared.differences.iter().filter(|(id, _)| !DECIDED.iter().any(|(known, _)| known == id)).collect();
    assert!(open.is_empty(), "rule: (only ours, only theirs, last event): {open:#?}");
    assert!(compared.pairs > 0);
}

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
