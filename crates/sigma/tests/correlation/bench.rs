//! Rules for tests, and occurrences of them.

use std::sync::Arc;

use sigma::correlation::{Correlator, Firing, Occurrence};
use sigma::{Loaded, Placeholders, RuleFile, RuleSet};

/// The rules on single events: `a`, `b` and `c` are for events whose `kind` says so.
pub const NAMES: [&str; 3] = ["a", "b", "c"];

/// The rules `a`, `b` and `c`, and correlations in YAML.
pub fn yaml(correlations: &[String]) -> String {
    let rule = |name: &str| {
        format!(
            "title: {name}\nid: {name}\nname: {name}\nlogsource:\n  category: test\ndetection:\n  selection:\n    kind: {name}\n  condition: selection\n"
        )
    };
    let documents: Vec<String> =
        NAMES.iter().map(|name| rule(name)).chain(correlations.iter().cloned()).collect();
    documents.join("---\n")
}

/// A correlation in YAML; `body` is indented below `correlation`.
pub fn correlation(name: &str, body: &str) -> String {
    let body: Vec<String> = body.trim_end().lines().map(|line| format!("  {}\n", line)).collect();
    format!("title: {name}\nid: {name}\nname: {name}\ncorrelation:\n{}", body.concat())
}

pub fn load(correlations: &[String]) -> Loaded {
    let file = RuleFile { name: "test.yml".to_owned(), text: yaml(correlations) };
    sigma::load(&[file], &Placeholders::new())
}

/// The rule set of one correlation called `x`.
pub fn rules(body: &str) -> Arc<RuleSet> {
    rules_of(&[correlation("x", body)])
}

pub fn rules_of(correlations: &[String]) -> Arc<RuleSet> {
    let loaded = load(correlations);
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    Arc::new(loaded.rules)
}

/// `kind` occurred at `seconds`; `fields` as in `user=sato n=3`, several values as in `user=sato|ito`.
pub fn at(seconds: i64, kind: &str, fields: &str) -> Occurrence {
    let field = |part: &str| {
        let (name, values) = part.split_once('=').unwrap();
        (name.to_owned(), values.split('|').map(str::to_owned).collect())
    };
    Occurrence {
        time: seconds * 1_000_000,
        rule: NAMES.iter().position(|name| *name == kind).unwrap() as u32,
        fields: fields.split_whitespace().map(field).collect(),
        event: 0,
    }
}

/// Pushes the occurrences, numbered from 0.
pub fn run(rules: &Arc<RuleSet>, occurrences: &[Occurrence]) -> Vec<Firing> {
    let mut correlator = Correlator::new(Arc::clone(rules));
    let mut out = Vec::new();
    for (event, occurrence) in occurrences.iter().enumerate() {
        correlator.push(&Occurrence { event: event as u64, ..occurrence.clone() }, &mut out);
    }
    out
}

/// The seconds at which it fires.
pub fn seconds(rules: &Arc<RuleSet>, occurrences: &[Occurrence]) -> Vec<i64> {
    run(rules, occurrences).iter().map(|firing| firing.time.micros() / 1_000_000).collect()
}
