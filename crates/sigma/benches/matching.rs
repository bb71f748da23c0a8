//! Matching rates on one thread, as ratios to rsigma-eval on the same events and rules.
//!
//! `cargo bench -p yagura-sigma --bench matching`. Events are SigmaHQ's regression data and the recorded attacks of the
//! corpora, decoded beforehand; the rules are all of SigmaHQ's. Three cases: values seen before, every value met for the
//! first time, and a corpus whose text was made unique (`distinct`).

#[path = "../tests/oracle/support.rs"]
mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use model::{BatchSet, EventBatch, Interner, Row};
use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use serde_json::Value;
use sigma::ruleset::Fields;
use sigma::{Matcher, Placeholders, RuleSet, load};

use support::{batches, corpus, engine, event, log_sources, rule_files};

/// Decoded events for both engines.
struct Events {
    set: BatchSet,
    json: Vec<(Value, Vec<rsigma_parser::LogSource>)>,
}

fn main() {
    let (Some(files), Some(evtx), Some(sigma)) =
        (rule_files(), corpus::corpus("evtx"), corpus::corpus("sigma"))
    else {
        return;
    };
    let loaded = load(&files, &Placeholders::new());
    let peer = engine(&files, &loaded);
    let rules = Arc::new(loaded.rules);
    let inputs = [corpus::files(&evtx, ".evtx"), corpus::files(&sigma, ".evtx")].concat();
    println!("{} rules, {} files", rules.rules.len(), inputs.len());

    let events = read(&inputs, &rules, &|_, text| text.to_owned());
    report("recorded corpus", &events, &rules, &peer);
    let unique = read(&inputs, &rules, &distinct);
    report("made unique", &unique, &rules, &peer);
}

fn report(name: &str, events: &Events, rules: &Arc<RuleSet>, peer: &Engine) {
    let count = events.json.len() as f64;
    // For a profiler: only our engine, many times.
    if std::env::var_os("YAGURA_PROFILE").is_some() {
        let cold = best(60, || run(&mut Matcher::new(Arc::clone(rules)), &events.set));
        println!("{name}: {:.2} us/event", cold.as_secs_f64() * 1e6 / count);
        return;
    }
    let theirs = best(3, || run_peer(peer, &events.json));
    let open = open_routes(&events.json);
    let theirs_open = best(3, || run_peer(peer, &open));
    let cold = best(5, || run(&mut Matcher::new(Arc::clone(rules)), &events.set));
    let mut matcher = Matcher::new(Arc::clone(rules));
    let matches = run(&mut matcher, &events.set);
    let first = matcher.effort();
    let warm = best(20, || run(&mut matcher, &events.set));
    let expected = run_peer(peer, &events.json);
    let per_event = |time: Duration| time.as_secs_f64() * 1e6 / count;
    println!("\n## {name}: {count} events, {matches} matches (rsigma-eval: {expected})");
    println!("rsigma-eval          {:8.2} us/event  (a)", per_event(theirs));
    println!("rsigma-eval          {:8.2} us/event  (b)", per_event(theirs_open));
    println!(
        "every value new      {:8.2} us/event  {:6.1} times (a)  {:6.1} times (b)",
        per_event(cold),
        theirs.as_secs_f64() / cold.as_secs_f64(),
        theirs_open.as_secs_f64() / cold.as_secs_f64()
    );
    println!(
        "values seen before   {:8.2} us/event  {:6.1} times (a)  {:6.1} times (b)",
        per_event(warm),
        theirs.as_secs_f64() / warm.as_secs_f64(),
        theirs_open.as_secs_f64() / warm.as_secs_f64()
    );
    println!(
        "{:.2} candidate rules and {:.2} new values per event",
        first.candidates as f64 / count,
        first.values as f64 / count
    );
}

/// The log sources as rsigma routes by itself: what an event does not say is open to every rule. That gives matches that
/// the rules' log sources do not ask for, and is more work; (a) tells it that an unknown part is none.
fn open_routes(
    events: &[(Value, Vec<rsigma_parser::LogSource>)],
) -> Vec<(Value, Vec<rsigma_parser::LogSource>)> {
    let part = |text: &Option<String>| text.clone().filter(|text| text != "-");
    let open = |source: &rsigma_parser::LogSource| rsigma_parser::LogSource {
        category: part(&source.category),
        product: part(&source.product),
        service: part(&source.service),
        ..source.clone()
    };
    events.iter().map(|(event, sources)| (event.clone(), sources.iter().map(open).collect())).collect()
}

fn run(matcher: &mut Matcher, set: &BatchSet) -> usize {
    let mut matches = Vec::new();
    for batch in set.batches() {
        matcher.push(batch, &set.interner, &mut matches);
    }
    matches.len()
}

fn run_peer(engine: &Engine, events: &[(Value, Vec<rsigma_parser::LogSource>)]) -> usize {
    let evaluate = |(event, sources): &(Value, Vec<rsigma_parser::LogSource>)| -> usize {
        let mut found: Vec<Option<String>> = Vec::new();
        for source in sources {
            for result in engine.evaluate_with_logsource(&JsonEvent::borrow(event), source) {
                if !found.contains(&result.header.rule_id) {
                    found.push(result.header.rule_id.clone());
                }
            }
        }
        found.len()
    };
    events.iter().map(evaluate).sum()
}

/// The least time of several runs: the machine is shared, and others only make a run slower.
fn best(runs: usize, mut work: impl FnMut() -> usize) -> Duration {
    let times = (0..runs).map(|_| {
        let begin = Instant::now();
        std::hint::black_box(work());
        begin.elapsed()
    });
    times.min().unwrap_or_default()
}

/// Decodes everything into one set, with every text changed by `change` (by field name).
fn read(
    inputs: &[std::path::PathBuf],
    rules: &Arc<RuleSet>,
    change: &dyn Fn(usize, &str) -> String,
) -> Events {
    let mut decoded = BatchSet::new(Arc::new(model::Everything));
    let mut events =
        Events { set: BatchSet::new(Arc::new(Fields::new(Arc::clone(rules)))), json: Vec::new() };
    let mut number = 0;
    for path in inputs {
        batches(path.clone(), usize::MAX, &mut decoded, &mut |_: &str, decoded: &BatchSet| {
            for batch in decoded.batches() {
                for row in 0..batch.rows.len() {
                    number += 1;
                    add(&mut events, batch, row, &decoded.interner, &|field, text| match field {
                        "Channel" | "Provider_Name" | "Computer" => text.to_owned(),
                        _ => change(number, text),
                    });
                }
            }
        });
    }
    events
}

fn add(
    events: &mut Events,
    batch: &EventBatch,
    row: usize,
    interner: &Interner,
    change: &dyn Fn(&str, &str) -> String,
) {
    let mut record = batch.record(row, interner);
    for (name, value) in &mut record.fields {
        if let model::OwnedValue::Str(text) = value {
            *text = change(name, text);
        }
    }
    let shape = events.set.shape(&record.log_source, batch.shape.kind);
    let Some(at) = batch.rows.get(row) else { return };
    events.set.batch_mut(shape).begin(Row { start: 0, len: 0, ..*at });
    for (name, value) in &record.fields {
        let field = events.set.interner.field(name);
        let Some(slot) = events.set.slot(shape, field) else { continue };
        let id = intern(events.set.interner.dictionary_mut(field), value);
        events.set.batch_mut(shape).set(slot, id);
    }
    events.json.push((event(&record), log_sources(&record.log_source)));
}

fn intern(dictionary: &mut model::Dictionary, value: &model::OwnedValue) -> model::ValueId {
    use model::OwnedValue;
    match value {
        OwnedValue::Null => model::ValueId::NULL,
        OwnedValue::Object => model::ValueId::OBJECT,
        OwnedValue::Bool(flag) => dictionary.bool(*flag),
        OwnedValue::Int(number) => dictionary.int(*number),
        OwnedValue::Float(number) => dictionary.float(*number),
        OwnedValue::Str(text) => dictionary.str(text),
        OwnedValue::List(items) => {
            let ids: Vec<model::ValueId> = items.iter().map(|item| intern(dictionary, item)).collect();
            dictionary.list(&ids)
        }
    }
}

/// A text with a random middle: paths keep their last part, other text its beginning and end.
fn distinct(number: usize, text: &str) -> String {
    if text.chars().count() < 7 {
        return text.to_owned();
    }
    let mixed = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    let middle = match text.rfind('\\') {
        Some(at) if at > 2 => at,
        _ => text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at),
    };
    let (before, behind) = text.split_at(middle);
    format!("{before}{mixed:08x}{behind}")
}
