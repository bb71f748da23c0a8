//! How the window lies, and how long a group is silent after it has fired.

use std::sync::Arc;

use sigma::RuleSet;
use sigma::correlation::Occurrence;

use crate::bench::{at, rules, run, seconds};

fn count(window: &str) -> Arc<RuleSet> {
    let head = "type: event_count\nrules: [a]\ngroup-by: [user]\ntimespan: 10s\ncondition:\n  gte: 3\n";
    rules(&format!("{head}{window}"))
}

fn events(seconds: &[i64]) -> Vec<Occurrence> {
    seconds.iter().map(|second| at(*second, "a", "user=x")).collect()
}

#[test]
fn a_sliding_window_ends_with_each_event_and_has_both_ends_in_it() {
    assert_eq!(seconds(&count(""), &events(&[0, 5, 10])), [10]);
    assert!(seconds(&count(""), &events(&[0, 5, 11, 16, 22])).is_empty());
}

#[test]
fn a_burst_fires_once_per_time_span() {
    let burst: Vec<i64> = (0..10_000).map(|number| number / 1000).collect();
    assert_eq!(seconds(&count(""), &events(&burst)), [0]);
    let hour: Vec<i64> = (0..35).collect();
    assert_eq!(seconds(&count(""), &events(&hour)), [2, 12, 22, 32]);
}

#[test]
fn what_happens_in_the_silence_counts_for_what_comes_after() {
    assert_eq!(seconds(&count(""), &events(&[0, 1, 2, 9, 11, 13])), [2, 13]);
    let firings = run(&count(""), &events(&[0, 1, 2, 9, 11, 13]));
    assert_eq!(firings[1].events, [3, 4, 5]);
}

#[test]
fn one_group_is_silent_while_another_fires() {
    let mut all = events(&[0, 1, 2]);
    all.extend([3, 4, 5].map(|second| at(second, "a", "user=y")));
    assert_eq!(seconds(&count(""), &all), [2, 5]);
}

#[test]
fn tumbling_windows_lie_side_by_side_from_the_epoch_on() {
    let tumbling = count("window: tumbling\n");
    assert!(seconds(&tumbling, &events(&[7, 9, 10])).is_empty());
    assert_eq!(seconds(&tumbling, &events(&[10, 18, 19])), [19]);
}

#[test]
fn a_tumbling_window_fires_once_and_the_next_is_free_to() {
    assert_eq!(seconds(&count("window: tumbling\n"), &events(&[6, 7, 8, 9, 10, 11, 12, 13])), [8, 12]);
}

#[test]
fn a_session_goes_on_as_long_as_events_follow_within_the_gap() {
    let session = count("window: session\ngap: 4s\n");
    assert_eq!(seconds(&session, &events(&[0, 4, 8])), [8]);
    assert!(seconds(&session, &events(&[0, 4, 9, 13])).is_empty());
}

#[test]
fn a_session_lasts_at_most_the_time_span_and_fires_once() {
    let session = count("window: session\ngap: 4s\n");
    let steady: Vec<i64> = (0..10).map(|number| number * 3).collect();
    // 0, 3, 6, 9 and then, as 12 is more than 10 seconds after the first, 12, 15, 18, 21, and 24, 27.
    assert_eq!(seconds(&session, &events(&steady)), [6, 18]);
}

#[test]
fn an_event_that_comes_late_counts_as_of_the_newest_time() {
    assert_eq!(seconds(&count(""), &events(&[20, 21, 3])), [21]);
}
