//! Random correlations and random events for them.

use proptest::prelude::*;
use sigma::correlation::Occurrence;

use crate::bench::{NAMES, at, correlation};

/// A correlation, so far as tests need to know of it.
#[derive(Clone, Debug)]
pub struct Sample {
    pub body: String,
    pub timespan: i64,
    pub window: Window,
    pub percentile: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    Sliding,
    Tumbling,
    Session(i64),
}

impl Sample {
    pub fn yaml(&self, name: &str) -> String {
        correlation(name, &self.body)
    }
}

const OPERATORS: [&str; 6] = ["gte", "gt", "lt", "lte", "eq", "neq"];

fn window() -> impl Strategy<Value = Window> {
    prop_oneof![
        3 => Just(Window::Sliding),
        1 => Just(Window::Tumbling),
        1 => (1i64..8).prop_map(Window::Session),
    ]
}

/// The condition, and whether it is about a percentile.
fn condition() -> impl Strategy<Value = (&'static str, String)> {
    let operator = prop_oneof![3 => Just("gte"), 1 => prop::sample::select(&OPERATORS[..])];
    let counts = (operator.clone(), 1u32..6).prop_map(|(op, n)| format!("condition:\n  {op}: {n}\n"));
    let range =
        (1u32..4, 3u32..6).prop_map(|(low, high)| format!("condition:\n  gte: {low}\n  lt: {high}\n"));
    let fields = prop_oneof![Just("v"), Just("[v, n]")];
    let numbers = (operator, 0u32..40).prop_map(|(op, n)| format!("condition:\n  field: n\n  {op}: {n}\n"));
    let percentile = 0u32..101;
    prop_oneof![
        prop_oneof![counts.clone(), range].prop_map(|text| ("event_count", text)),
        (counts, fields).prop_map(|(text, fields)| ("value_count", format!("{text}  field: {fields}\n"))),
        numbers.clone().prop_map(|text| ("value_sum", text)),
        numbers.clone().prop_map(|text| ("value_avg", text)),
        numbers.clone().prop_map(|text| ("value_median", text)),
        (numbers, percentile)
            .prop_map(|(text, p)| ("value_percentile", format!("{text}  percentile: {p}\n"))),
    ]
}

fn temporal() -> impl Strategy<Value = (&'static str, String, Vec<&'static str>)> {
    let rules = prop::sample::subsequence(NAMES.to_vec(), 1..=3).prop_shuffle();
    let which = prop::sample::select(vec!["F or L", "F and not L", "not (F and L)", "F and L", "not F"]);
    let text = move |rules: &[&'static str], pick: u32, which: &str| match pick {
        0 => format!("condition:\n  gte: {}\n", rules.len()),
        1 => "condition:\n  gte: 2\n".to_owned(),
        _ => format!("condition: {}\n", which.replace('F', rules[0]).replace('L', rules[rules.len() - 1])),
    };
    let kind = prop_oneof![Just("temporal"), Just("temporal_ordered")];
    (kind, rules, 0u32..3, which).prop_map(move |(kind, rules, pick, which)| {
        // rsigma counts all rules as soon as the order is there, and none before; ask for no other number.
        let pick = if kind == "temporal_ordered" && pick == 1 { 0 } else { pick };
        let text = text(&rules, pick, which);
        (kind, text, rules)
    })
}

/// A correlation of the rules on single events.
pub fn sample() -> impl Strategy<Value = Sample> {
    let counting = (condition(), prop::sample::subsequence(NAMES.to_vec(), 1..=2))
        .prop_map(|((kind, text), rules)| (kind, text, rules));
    let what = prop_oneof![2 => counting, 1 => temporal()];
    let group = prop::sample::select(vec!["[g]", "[g, h]", "[h]", "[]"]);
    (what, window(), 1i64..12, group).prop_map(|((kind, condition, rules), window, timespan, group)| {
        let lie = match window {
            Window::Sliding => String::new(),
            Window::Tumbling => "window: tumbling\n".to_owned(),
            Window::Session(gap) => format!("window: session\ngap: {gap}s\n"),
        };
        let rules = rules.join(", ");
        let body = format!(
            "type: {kind}\nrules: [{rules}]\ngroup-by: {group}\ntimespan: {timespan}s\n{lie}{condition}"
        );
        Sample { body, timespan, window, percentile: kind == "value_percentile" }
    })
}

/// Events in time order, each of one kind; with the fields that are counted, sometimes without those of the group.
pub fn events() -> impl Strategy<Value = Vec<Occurrence>> {
    let step = prop_oneof![4 => 0i64..3, 1 => 3i64..15];
    let event = (step, prop::sample::select(&NAMES[..]), 0u32..4, 0u32..4, 0u32..4, 0u32..20);
    prop::collection::vec(event, 1..60).prop_map(|events| {
        let mut second = 1000;
        let mut all = Vec::new();
        for (step, kind, group, host, value, number) in events {
            second += step;
            let mut fields = format!("v=v{value} n={number}");
            if group > 0 {
                fields += &format!(" g=g{}", group / 2);
            }
            if host > 0 {
                fields += &format!(" h=h{}", host / 3);
            }
            all.push(at(second, kind, &fields));
        }
        all
    })
}
