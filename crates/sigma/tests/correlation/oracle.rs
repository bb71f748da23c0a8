//! The same rules and events through rsigma's correlation engine, which shares no code with ours.
//!
//! rsigma runs with `action: alert` and without suppression, so that it reports every event at which a condition holds; the
//! silence after a firing is then applied here, by its definition and not by our code.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use rsigma_eval::{CorrelationConfig, CorrelationEngine, JsonEvent, ResultBody};
use sigma::RuleSet;
use sigma::correlation::{Correlation, Correlator, Occurrence};

use crate::bench::{NAMES, correlation, rules_of, yaml};
use crate::generate::{Sample, Window, events, sample};

/// A firing: event number, correlation, group, value.
type Fired = (usize, String, String, String);

/// A result of rsigma: event number, correlation, group, value.
type Reported = (usize, String, Vec<(String, String)>, f64);

fn fired(event: usize, name: &str, group: &[(String, String)], value: f64) -> Fired {
    (event, name.to_owned(), format!("{group:?}"), format!("{value:.6}"))
}

fn ours(rules: &Arc<RuleSet>, occurrences: &[Occurrence]) -> BTreeSet<Fired> {
    let mut correlator = Correlator::new(Arc::clone(rules));
    let mut all = BTreeSet::new();
    for (event, occurrence) in occurrences.iter().enumerate() {
        let mut out = Vec::new();
        correlator.push(occurrence, &mut out);
        all.extend(out.iter().map(|firing| {
            let name = &rules.correlations[firing.correlation as usize].info.id;
            fired(event, name, &firing.group, firing.value)
        }));
    }
    all
}

fn theirs(correlations: &[String], occurrences: &[Occurrence]) -> Vec<Reported> {
    let collection = rsigma_parser::parse_sigma_yaml(&yaml(correlations)).unwrap();
    let mut engine = CorrelationEngine::new(CorrelationConfig::default());
    engine.add_collection(&collection).unwrap();
    let mut all = Vec::new();
    for (event, occurrence) in occurrences.iter().enumerate() {
        let mut json = serde_json::Map::new();
        json.insert("kind".into(), NAMES[occurrence.rule as usize].into());
        for (name, values) in &occurrence.fields {
            let number = values[0].parse::<i64>().map(serde_json::Value::from);
            json.insert(name.clone(), number.unwrap_or_else(|_| values[0].as_str().into()));
        }
        let json = serde_json::Value::Object(json);
        for result in engine.process_event_at(&JsonEvent::borrow(&json), occurrence.time / 1_000_000) {
            if let ResultBody::Correlation(body) = &result.body {
                let name = result.header.rule_id.clone().unwrap();
                all.push((event, name, body.group_key.clone(), body.aggregated_value));
            }
        }
    }
    all
}

/// Which window each event of a group lies in, for windows that do not slide.
fn window_numbers(
    sample: &Sample,
    correlation: &Correlation,
    occurrences: &[Occurrence],
) -> Vec<(String, usize)> {
    let mut sessions: BTreeMap<String, (i64, i64, usize)> = BTreeMap::new();
    let mut numbers = Vec::new();
    for occurrence in occurrences {
        let second = occurrence.time / 1_000_000;
        let value = |name: &String| {
            let field = occurrence.fields.iter().find(|(field, _)| field == name)?;
            Some((name.clone(), field.1[0].clone()))
        };
        let group: Vec<(String, String)> = correlation.group_by.iter().filter_map(value).collect();
        let group = format!("{group:?}");
        let rule = sigma::correlation::Reference::Rule(occurrence.rule);
        let number = match sample.window {
            _ if !correlation.rules.contains(&rule) => 0,
            Window::Sliding => 0,
            Window::Tumbling => (second / sample.timespan) as usize,
            Window::Session(gap) => {
                let session = sessions.entry(group.clone()).or_insert((second, second, 0));
                if second - session.1 > gap || second - session.0 > sample.timespan {
                    *session = (second, second, session.2 + 1);
                }
                session.1 = second;
                session.2
            }
        };
        numbers.push((group, number));
    }
    numbers
}

fn check(samples: &[Sample], occurrences: &[Occurrence]) {
    let names: Vec<String> = (0..samples.len()).map(|number| format!("x{number}")).collect();
    let correlations: Vec<String> = samples.iter().zip(&names).map(|(s, name)| s.yaml(name)).collect();
    let rules = rules_of(&correlations);
    let mut expected = BTreeSet::new();
    let raw = theirs(&correlations, occurrences);
    for (number, sample) in samples.iter().enumerate() {
        let compiled = &rules.correlations[number];
        let windows = window_numbers(sample, compiled, occurrences);
        let mut last: BTreeMap<String, (i64, usize)> = BTreeMap::new();
        for (event, name, group, value) in raw.iter().filter(|(_, name, _, _)| *name == names[number]) {
            // rsigma reports a percentile whether or not the threshold holds.
            let holds =
                |(operator, with): &(sigma::correlation::Operator, f64)| operator.holds(*value, *with);
            if sample.percentile && !compiled.thresholds.iter().all(holds) {
                continue;
            }
            let now = (occurrences[*event].time / 1_000_000, windows[*event].1);
            let is_silent = |last: &(i64, usize)| match sample.window {
                Window::Sliding => now.0 - last.0 < sample.timespan,
                Window::Tumbling | Window::Session(_) => now.1 == last.1,
            };
            if !last.get(&format!("{group:?}")).is_some_and(is_silent) {
                last.insert(format!("{group:?}"), now);
                expected.insert(fired(*event, name, group, *value));
            }
        }
    }
    let found = ours(&rules, occurrences);
    assert_eq!(found, expected, "{}\n{occurrences:?}", correlations.join("---\n"));
}

/// A chain: a sliding child, a temporal parent, both seen by rsigma at every event.
fn check_chain(child: &Sample, parent: &str, timespan: i64, occurrences: &[Occurrence]) {
    let correlations = [child.yaml("x0"), correlation("p", parent)];
    let rules = rules_of(&correlations);
    let mut expected = BTreeSet::new();
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    for (event, name, group, value) in theirs(&correlations, occurrences) {
        let second = occurrences[event].time / 1_000_000;
        if name == "p" && last.get(&format!("{group:?}")).is_none_or(|last| second - last >= timespan) {
            last.insert(format!("{group:?}"), second);
            expected.insert(fired(event, &name, &group, value));
        }
    }
    let found: BTreeSet<Fired> =
        ours(&rules, occurrences).into_iter().filter(|(_, name, _, _)| name == "p").collect();
    assert_eq!(found, expected, "{}\n{occurrences:?}", correlations.join("---\n"));
}

/// A chain that counts: rsigma has to suppress the child as we do.
fn check_counting_chain(child: &Sample, atleast: u32, timespan: i64, occurrences: &[Occurrence]) {
    let parent = format!(
        "type: event_count\nrules: [x0]\ngroup-by: [g]\ntimespan: {timespan}s\ncondition:\n  gte: {atleast}\n"
    );
    let quiet = |yaml: String, timespan: i64| format!("{yaml}rsigma.suppress: {timespan}s\n");
    let plain = [child.yaml("x0"), correlation("p", &parent)];
    let suppressed = [quiet(plain[0].clone(), child.timespan), quiet(plain[1].clone(), timespan)];
    let expected: BTreeSet<Fired> = theirs(&suppressed, occurrences)
        .iter()
        .map(|(event, name, group, value)| fired(*event, name, group, *value))
        .collect();
    assert_eq!(ours(&rules_of(&plain), occurrences), expected, "{}\n{occurrences:?}", plain.join("---\n"));
}

fn is_plain(sample: &Sample) -> bool {
    sample.window == Window::Sliding && !sample.percentile
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn fires_where_rsigma_does(samples in prop::collection::vec(sample(), 1..5), events in events()) {
        check(&samples, &events);
    }

    #[test]
    fn chains_fire_where_rsigmas_do(
        child in sample().prop_filter("sliding", is_plain),
        parent in prop::sample::select(vec!["temporal", "temporal_ordered"]),
        order in prop::sample::select(vec!["x0, a", "b, x0", "x0"]),
        timespan in 1i64..15,
        group in prop::sample::select(vec!["[g]", "[h]", "[]"]),
        events in events(),
    ) {
        let rules = order.split(", ").count();
        let body = format!("type: {parent}\nrules: [{order}]\ngroup-by: {group}\ntimespan: {timespan}s\ncondition:\n  gte: {rules}\n");
        check_chain(&child, &body, timespan, &events);
    }

    #[test]
    fn chains_that_count_fire_where_rsigmas_do(
        child in sample().prop_filter("sliding", is_plain), atleast in 1u32..4, timespan in 1i64..30, events in events(),
    ) {
        check_counting_chain(&child, atleast, timespan, &events);
    }
}
