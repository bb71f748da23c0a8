//! The state: bounded, saved and restored, the same however it is cleaned.

use std::sync::Arc;

use model::Time;
use proptest::prelude::*;
use sigma::RuleSet;
use sigma::correlation::{Correlator, Firing, Limits, MOST_PER_GROUP, Occurrence, RestoreError};

use crate::bench::{at, correlation, rules, rules_of};
use crate::generate::{Sample, events, sample};

fn ten_in_an_hour(name: &str) -> String {
    let body = "type: event_count\nrules: [a]\ngroup-by: [user]\ntimespan: 1h\ncondition:\n  gte: 10\n";
    correlation(name, body)
}

fn push_all(correlator: &mut Correlator, occurrences: &[Occurrence]) -> Vec<Firing> {
    let mut out = Vec::new();
    occurrences.iter().for_each(|occurrence| correlator.push(occurrence, &mut out));
    out
}

#[test]
fn when_there_are_too_many_groups_the_one_silent_longest_goes() {
    let rules = rules_of(&[ten_in_an_hour("x")]);
    let mut correlator = Correlator::new(Arc::clone(&rules)).with_limits(Limits { events: 1000, groups: 3 });
    let user = |second: i64, user: &str| at(second, "a", &format!("user={user}"));
    let mut events: Vec<Occurrence> = (0..9).map(|second| user(second, "kept")).collect();
    events.extend([user(9, "p"), user(10, "q"), user(11, "kept"), user(12, "r")]);
    let firings = push_all(&mut correlator, &events);
    assert_eq!(firings.len(), 1);
    assert_eq!((correlator.evicted(), correlator.groups(), correlator.retained()), (1, 3, 12));
}

#[test]
fn when_too_many_events_are_retained_whole_groups_go_until_they_are_not() {
    let rules = rules_of(&[ten_in_an_hour("x"), ten_in_an_hour("y")]);
    let limits = Limits { events: 100, groups: 1000 };
    let mut correlator = Correlator::new(rules).with_limits(limits);
    for second in 0..5000 {
        push_all(&mut correlator, &[at(second, "a", &format!("user=u{}", second % 7))]);
        assert!(correlator.retained() <= 100);
    }
    assert!(correlator.evicted() > 0);
}

#[test]
fn a_group_keeps_only_so_much_and_says_at_least() {
    let rules =
        rules("type: event_count\nrules: [a]\ngroup-by: [user]\ntimespan: 1h\ncondition:\n  gte: 10\n");
    let mut correlator = Correlator::new(rules);
    let burst = vec![at(5, "a", "user=x"); MOST_PER_GROUP + 500];
    push_all(&mut correlator, &burst);
    assert_eq!(correlator.retained(), MOST_PER_GROUP as u64);
    let firings = push_all(&mut correlator, &[at(3605, "a", "user=x")]);
    assert_eq!((firings.len(), firings[0].value), (1, MOST_PER_GROUP as f64));
}

#[test]
fn time_going_on_frees_what_no_longer_counts() {
    let rules = rules_of(&[ten_in_an_hour("x")]);
    let mut correlator = Correlator::new(rules);
    push_all(&mut correlator, &[at(0, "a", "user=x"), at(10, "a", "user=y")]);
    correlator.advance(Time::from_micros(3_605_000_000));
    assert_eq!((correlator.groups(), correlator.retained()), (1, 1));
    correlator.advance(Time::from_micros(3_611_000_000));
    assert_eq!((correlator.groups(), correlator.retained()), (0, 0));
    assert_eq!(correlator.evicted(), 0);
}

#[test]
fn a_rule_that_changed_begins_anew_and_the_others_go_on() {
    let before = rules_of(&[ten_in_an_hour("x"), ten_in_an_hour("y")]);
    let mut correlator = Correlator::new(before);
    let nine: Vec<Occurrence> = (0..9).map(|second| at(second, "a", "user=u")).collect();
    push_all(&mut correlator, &nine);
    let changed = ten_in_an_hour("x").replace("gte: 10", "gte: 9");
    let after = rules_of(&[ten_in_an_hour("new"), ten_in_an_hour("y"), changed]);
    let mut restored = Correlator::restore(Arc::clone(&after), &correlator.save()).unwrap();
    let firings = push_all(&mut restored, &[at(9, "a", "user=u")]);
    let names: Vec<&str> =
        firings.iter().map(|f| after.correlations[f.correlation as usize].info.id.as_str()).collect();
    assert_eq!(names, ["y"]);
}

#[test]
fn bytes_that_are_no_state_are_refused() {
    let rules = rules_of(&[ten_in_an_hour("x")]);
    let mut correlator = Correlator::new(Arc::clone(&rules));
    push_all(&mut correlator, &[at(0, "a", "user=x")]);
    let bytes = correlator.save();
    for length in 0..bytes.len() {
        let restored = Correlator::restore(Arc::clone(&rules), &bytes[..length]);
        assert!(matches!(restored, Err(RestoreError::Damaged(_))), "{length}");
    }
    assert!(matches!(Correlator::restore(rules, &[99, 0, 0]), Err(RestoreError::Version(99))));
}

fn chained(samples: &[Sample]) -> Arc<RuleSet> {
    let mut all: Vec<String> =
        samples.iter().enumerate().map(|(number, sample)| sample.yaml(&format!("x{number}"))).collect();
    let body = "type: temporal_ordered\nrules: [x0, a]\ngroup-by: [g]\ntimespan: 10s\n";
    all.push(correlation("sequence", body));
    let body = "type: event_count\nrules: [x0, b]\ngroup-by: [h]\ntimespan: 10s\ncondition:\n  gte: 2\n";
    all.push(correlation("count", body));
    rules_of(&all)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_restored_fires_as_what_was_saved_would_have(
        samples in prop::collection::vec(sample(), 1..4),
        mut events in events(),
        at in 0usize..60,
        limits in prop_oneof![Just(Limits::default()), Just(Limits { events: 12, groups: 5 })],
    ) {
        for (number, event) in events.iter_mut().enumerate() {
            event.event = number as u64;
        }
        let rules = chained(&samples);
        let (before, after) = events.split_at(at.min(events.len()));
        let mut correlator = Correlator::new(Arc::clone(&rules)).with_limits(limits);
        push_all(&mut correlator, before);
        let mut restored = Correlator::restore(rules, &correlator.save()).unwrap().with_limits(limits);
        prop_assert_eq!(correlator.save(), restored.save());
        prop_assert_eq!(push_all(&mut correlator, after), push_all(&mut restored, after));
        prop_assert_eq!(
            (correlator.evicted(), correlator.groups(), correlator.retained()),
            (restored.evicted(), restored.groups(), restored.retained())
        );
        prop_assert_eq!(correlator.save(), restored.save());
    }

    #[test]
    fn advancing_now_and_then_changes_no_firing(samples in prop::collection::vec(sample(), 1..4), events in events()) {
        let rules = chained(&samples);
        let mut plain = Correlator::new(Arc::clone(&rules));
        let mut cleaned = Correlator::new(rules);
        for event in &events {
            let event = std::slice::from_ref(event);
            prop_assert_eq!(push_all(&mut plain, event), push_all(&mut cleaned, event));
            cleaned.advance(event[0].time());
        }
    }
}
