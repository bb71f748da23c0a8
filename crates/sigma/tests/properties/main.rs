//! Random rules on random events: the same matches as rsigma-eval, however the events are cut into batches.
//!
//! `PROPTEST_CASES=50000 cargo test -p yagura-sigma --test properties` tries more.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod events;
mod naive;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::select;
use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use serde_json::Value;
use sigma::ruleset::Fields;
use sigma::{Loaded, Matcher, Placeholders, RuleFile, RuleSet, load};

use events::{Columns, Event, event};
use rules::{WORLDS, file};

/// By event: the ids of the rules that match.
type Found = BTreeMap<u64, BTreeSet<String>>;

fn loaded(text: &str) -> Loaded {
    load(&[RuleFile { name: "rules.yml".into(), text: text.to_owned() }], &Placeholders::new())
}

/// rsigma with the rules that ours can use, and the ids of those that it can.
fn engine(text: &str, rules: &RuleSet) -> (Engine, BTreeSet<String>) {
    let ours: BTreeSet<&str> = rules.rules.iter().map(|rule| rule.info.id.as_str()).collect();
    let mut engine = Engine::new();
    let mut accepted = BTreeSet::new();
    for rule in rsigma_parser::parse_sigma_yaml(text).unwrap().rules {
        let id = rule.id.clone().unwrap();
        if ours.contains(id.as_str()) && engine.add_rule(&rule).is_ok() {
            accepted.insert(id);
        }
    }
    (engine, accepted)
}

fn theirs(engine: &Engine, rules: &RuleSet, events: &[Event]) -> Found {
    let only_excludes = |id: &String| {
        let number = rules.rules.iter().position(|rule| rule.info.id == *id);
        number.is_some_and(|number| rules.only_excludes(number as u32))
    };
    let mut found = Found::new();
    for (number, event) in events.iter().enumerate() {
        let json = Value::Object(event.fields.clone());
        let json = JsonEvent::borrow(&json);
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let source = |category: &str| rsigma_parser::LogSource {
            product: part(&event.log_source.product),
            category: part(category),
            service: part(&event.log_source.service),
            ..rsigma_parser::LogSource::default()
        };
        let categories = &event.log_source.categories;
        let results = if event.log_source.is_unknown() {
            engine.evaluate(&json)
        } else if categories.is_empty() {
            engine.evaluate_with_logsource(&json, &source(""))
        } else {
            categories.iter().flat_map(|name| engine.evaluate_with_logsource(&json, &source(name))).collect()
        };
        let ids = results.into_iter().filter_map(|result| result.header.rule_id);
        let ids = ids.filter(|id| !(event.log_source.is_unknown() && only_excludes(id)));
        found.entry(number as u64).or_default().extend(ids);
    }
    found
}

/// What happens between two events.
#[derive(Clone, Copy, Debug)]
enum Then {
    /// They are in the same batch.
    Go,
    /// Batches are matched; dictionaries are trimmed to so many bytes.
    Cut(usize),
    /// Batches are matched; the ids of all values, fields and log sources begin anew.
    Restart,
}

/// Matches events in some order, cut in some way.
fn ours(rules: &Arc<RuleSet>, events: &[Event], order: &[usize], then: &[Then], projected: bool) -> Found {
    let mut matcher = Matcher::new(Arc::clone(rules));
    let fresh = || Columns::new(projected.then(|| Arc::new(Fields::new(Arc::clone(rules))) as _));
    let mut columns = fresh();
    let mut found: Found = (0..events.len()).map(|number| (number as u64, BTreeSet::new())).collect();
    for (at, number) in order.iter().enumerate() {
        columns.add(&events[*number], *number as u64);
        let then = if at + 1 == order.len() { Then::Cut(usize::MAX) } else { then[at % then.len()] };
        if matches!(then, Then::Go) {
            continue;
        }
        for batch in columns.set.batches() {
            let mut matches = Vec::new();
            matcher.push(batch, &columns.set.interner, &mut matches);
            assert!(matches.is_sorted(), "matches are in order");
            for found_one in matches {
                let id = rules.rules[found_one.rule as usize].info.id.clone();
                found.entry(batch.rows[found_one.row as usize].record).or_default().insert(id);
            }
        }
        match then {
            Then::Restart => columns = fresh(),
            Then::Cut(bytes) => columns.set.clear(bytes),
            Then::Go => {}
        }
    }
    found
}

fn thens() -> impl Strategy<Value = Vec<Then>> {
    let then = prop_oneof![
        3 => Just(Then::Go),
        2 => Just(Then::Cut(usize::MAX)),
        1 => select(&[0usize, 200, 1000][..]).prop_map(Then::Cut),
        1 => Just(Then::Restart),
    ];
    prop::collection::vec(then, 1..8)
}

#[derive(Clone, Debug)]
struct Case {
    rules: String,
    events: Vec<Event>,
    /// Each event at least once.
    order: Vec<usize>,
    then: Vec<Then>,
    projected: bool,
}

fn case() -> impl Strategy<Value = Case> {
    let worlds = select(&WORLDS[..]);
    worlds
        .prop_flat_map(|world| (file(world), prop::collection::vec(event(world), 1..20)))
        .prop_flat_map(|(rules, events)| {
            let twice: Vec<usize> = (0..events.len()).chain(0..events.len()).collect();
            (Just(rules), Just(events), Just(twice).prop_shuffle(), thens(), any::<bool>())
        })
        .prop_map(|(rules, events, order, then, projected)| Case { rules, events, order, then, projected })
}

/// The rules and events on which they differ.
fn explained(case: &Case, ours: &Found, theirs: &Found) -> String {
    let mut text = String::new();
    for (number, ours) in ours {
        for id in ours.symmetric_difference(&theirs[number]) {
            let whose = if ours.contains(id) { "ours" } else { "theirs" };
            let rule = case.rules.lines().find(|line| line.contains(&format!("\"id\":\"{id}\"")));
            let event = &case.events[*number as usize];
            let (rule, source) = (rule.unwrap_or_default(), &event.log_source);
            text += &format!("only {whose}: {rule}\n  on {source} {}\n", Value::Object(event.fields.clone()));
        }
    }
    text
}

fn check(case: &Case) -> Result<(), TestCaseError> {
    let loaded = loaded(&case.rules);
    let rules = Arc::new(loaded.rules);
    let (engine, accepted) = engine(&case.rules, &rules);
    prop_assert_eq!(accepted.len(), rules.rules.len(), "rsigma refuses what we accept: {:?}", case.rules);
    prop_assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    let expected = theirs(&engine, &rules, &case.events);
    let in_order: Vec<usize> = (0..case.events.len()).collect();
    let at_once = ours(&rules, &case.events, &in_order, &[Then::Go], false);
    prop_assert!(at_once == expected, "{}", explained(case, &at_once, &expected));
    let cut = ours(&rules, &case.events, &case.order, &case.then, case.projected);
    prop_assert!(cut == expected, "{}", explained(case, &cut, &expected));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(2000), ..ProptestConfig::default() })]
    #[test]
    fn any_rules_match_any_events_as_in_rsigma_however_they_are_batched(case in case()) {
        check(&case)?;
    }
}

/// How many cases to try: `$PROPTEST_CASES`, else so many.
pub fn cases(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}
