//! Correlations of correlations.

use std::sync::Arc;

use sigma::RuleSet;
use sigma::correlation::{Correlator, Firing};

use crate::bench::{at, correlation, load, rules_of, run};

fn failures(name: &str, more: &str) -> String {
    correlation(
        name,
        &format!(
            "type: event_count\nrules: [a]\ngroup-by: [ip, user]\ntimespan: 1m\ncondition:\n  gte: 3\n{more}"
        ),
    )
}

fn of(rules: &RuleSet, firings: &[Firing], name: &str) -> Vec<Firing> {
    let number = rules.correlations.iter().position(|c| c.info.id == name).unwrap();
    firings.iter().filter(|firing| firing.correlation as usize == number).cloned().collect()
}

#[test]
fn many_failures_and_then_a_success() {
    let then =
        correlation("then", "type: temporal_ordered\nrules: [many, b]\ngroup-by: [ip]\ntimespan: 5m\n");
    // The chain stands before what it is made of.
    let rules = rules_of(&[then, failures("many", "")]);
    let fail = |second| at(second, "a", "ip=i user=x");
    let success = at(60, "b", "ip=i user=y");
    assert!(of(&rules, &run(&rules, &[fail(0), fail(1), success.clone()]), "then").is_empty());
    let firings = of(&rules, &run(&rules, &[fail(0), fail(1), fail(2), success]), "then");
    assert_eq!(firings.len(), 1);
    assert_eq!(firings[0].group, [("ip".to_owned(), "i".to_owned())]);
    // The failures are evidence too.
    assert_eq!(firings[0].events, [0, 1, 2, 3]);
}

#[test]
fn failures_that_go_on_in_the_silence_are_still_there_for_what_follows_them() {
    let then =
        correlation("then", "type: temporal_ordered\nrules: [many, b]\ngroup-by: [ip]\ntimespan: 1m\n");
    let rules = rules_of(&[failures("many", ""), then]);
    let mut events: Vec<_> = (0..50).map(|second| at(second, "a", "ip=i user=x")).collect();
    events.push(at(100, "b", "ip=i user=x"));
    let firings = run(&rules, &events);
    assert_eq!(of(&rules, &firings, "many").len(), 1);
    let then = of(&rules, &firings, "then");
    assert_eq!(then.len(), 1, "a minute after the end of the failures, not after their beginning");
    assert_eq!(then[0].events, [0, 1, 2, 50]);
}

#[test]
fn firings_that_are_counted_count_once_however_long_they_go_on() {
    let waves = correlation(
        "waves",
        "type: event_count\nrules: [many]\ngroup-by: [user]\ntimespan: 1h\ncondition:\n  gte: 2\n",
    );
    let rules = rules_of(&[failures("many", ""), waves]);
    let wave = |from: i64, ip: &str| -> Vec<_> {
        (from..from + 20).map(|second| at(second, "a", &format!("ip={ip} user=x"))).collect()
    };
    assert!(of(&rules, &run(&rules, &wave(0, "i")), "waves").is_empty());
    let two = [wave(0, "i"), wave(30, "j")].concat();
    let firings = of(&rules, &run(&rules, &two), "waves");
    assert_eq!((firings.len(), firings[0].time.micros()), (1, 32_000_000));
    assert_eq!(firings[0].events, [0, 1, 2, 20, 21, 22]);
}

#[test]
fn the_values_of_a_firings_group_can_be_counted() {
    let spread = correlation(
        "spread",
        "type: value_count\nrules: [many]\ngroup-by: [user]\ntimespan: 1h\ncondition:\n  field: ip\n  gte: 2\n",
    );
    let rules = rules_of(&[failures("many", ""), spread]);
    let three = |ip: &str| [0, 1, 2].map(|second| at(second, "a", &format!("ip={ip} user=x")));
    assert!(of(&rules, &run(&rules, &three("i")), "spread").is_empty());
    assert_eq!(of(&rules, &run(&rules, &[three("i"), three("j")].concat()), "spread").len(), 1);
}

#[test]
fn a_chain_of_three_links_fires_at_one_event() {
    let second = correlation("second", "type: temporal\nrules: [many]\ngroup-by: [ip]\ntimespan: 1m\n");
    let third = correlation("third", "type: temporal\nrules: [second]\ngroup-by: [ip]\ntimespan: 1m\n");
    let rules = rules_of(&[third, second, failures("many", "")]);
    let firings = run(&rules, &[0, 1, 2].map(|second| at(second, "a", "ip=i user=x")));
    let order: Vec<&str> =
        firings.iter().map(|f| rules.correlations[f.correlation as usize].info.id.as_str()).collect();
    assert_eq!(order, ["many", "second", "third"]);
    assert!(firings.iter().all(|firing| firing.events == [0, 1, 2]));
}

fn circle() -> [String; 3] {
    let link = |name: &str, rules: &str| {
        correlation(
            name,
            &format!(
                "type: event_count\nrules: [{rules}]\ngroup-by: [user]\ntimespan: 1m\ncondition:\n  gte: 1\n"
            ),
        )
    };
    [link("one", "a, two"), link("two", "one"), link("after", "two, a")]
}

#[test]
fn correlations_that_feed_themselves_are_reported_and_so_are_those_that_need_them() {
    let loaded = load(&circle());
    let mut codes: Vec<_> = loaded.problems.iter().map(|problem| problem.code.clone()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["correlation-cycle", "correlation-cycle", "unknown-rule"]);
    assert!(loaded.rules.correlations.is_empty());
}

#[test]
fn a_circle_that_did_not_come_through_loading_comes_to_an_end() {
    let links = ["a", "one"].map(|from| circle()[0].replace("[a, two]", &format!("[{from}]")));
    let links = [links[0].clone(), links[1].replace(": one", ": two").replace("[two]", "[one]")];
    let mut rules = Arc::into_inner(rules_of(&links)).unwrap();
    let second = sigma::correlation::Reference::Correlation(1);
    rules.correlations[0].rules.push(second);
    let rules = Arc::new(rules);
    let mut out = Vec::new();
    Correlator::new(rules).push(&at(0, "a", "user=x"), &mut out);
    assert_eq!(out.len(), 1);
}
