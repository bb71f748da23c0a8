//! What each kind of correlation counts or awaits.

use crate::bench::{at, correlation, load, rules, run, seconds};

#[test]
fn the_event_that_makes_the_count_fires_and_those_of_the_window_are_its_evidence() {
    let rules =
        rules("type: event_count\nrules: [a]\ngroup-by: [user]\ntimespan: 10s\ncondition:\n  gte: 3\n");
    let events = [at(0, "a", "user=x"), at(12, "a", "user=x"), at(13, "a", "user=x"), at(14, "a", "user=x")];
    let firings = run(&rules, &events);
    assert_eq!(firings.len(), 1);
    assert_eq!((firings[0].value, firings[0].time.micros()), (3.0, 14_000_000));
    assert_eq!(firings[0].events, [1, 2, 3]);
    assert_eq!(firings[0].group, [("user".to_owned(), "x".to_owned())]);
}

#[test]
fn groups_are_counted_apart_and_case_tells_them_apart() {
    let rules =
        rules("type: event_count\nrules: [a]\ngroup-by: [user]\ntimespan: 1m\ncondition:\n  gte: 2\n");
    assert!(run(&rules, &[at(0, "a", "user=x"), at(1, "a", "user=y"), at(2, "a", "user=X")]).is_empty());
    assert_eq!(seconds(&rules, &[at(0, "a", "user=x"), at(1, "a", "user=y"), at(2, "a", "user=y")]), [2]);
}

#[test]
fn events_of_all_its_rules_count_together() {
    let rules =
        rules("type: event_count\nrules: [a, b]\ngroup-by: [user]\ntimespan: 1m\ncondition:\n  gte: 2\n");
    assert_eq!(seconds(&rules, &[at(0, "a", "user=x"), at(1, "c", "user=x"), at(2, "b", "user=x")]), [2]);
}

#[test]
fn a_range_must_hold_at_both_ends() {
    let rules = rules(
        "type: event_count\nrules: [a]\ngroup-by: [user]\ntimespan: 1m\ncondition:\n  gt: 1\n  lte: 3\n",
    );
    assert_eq!(seconds(&rules, &[at(0, "a", "user=x"), at(1, "a", "user=x")]), [1]);
}

#[test]
fn too_few_is_noticed_only_when_an_event_comes() {
    let rules =
        rules("type: event_count\nrules: [a]\ngroup-by: [user]\ntimespan: 10s\ncondition:\n  lt: 3\n");
    assert_eq!(
        seconds(&rules, &[at(5, "a", "user=x"), at(6, "a", "user=x"), at(60, "a", "user=x")]),
        [5, 60]
    );
}

#[test]
fn events_without_the_group_field_form_a_group_among_themselves() {
    let rules =
        rules("type: event_count\nrules: [a]\ngroup-by: [user, host]\ntimespan: 1m\ncondition:\n  gte: 2\n");
    let firings =
        run(&rules, &[at(0, "a", "host=h"), at(1, "a", "user=x host=h"), at(2, "a", "host=h user=p|q")]);
    assert_eq!(firings.len(), 1);
    assert_eq!(firings[0].group, [("host".to_owned(), "h".to_owned())]);
    assert_eq!(firings[0].events, [0, 2]);
}

#[test]
fn an_alias_stands_for_another_field_in_each_rule() {
    let body = "type: temporal\nrules: [a, b]\ngroup-by: [account]\ntimespan: 1m\naliases:\n  account:\n    a: user\n    b: subject\n";
    let rules = rules(body);
    assert_eq!(rules.rules[0].collects, ["user"]);
    let firings = run(
        &rules,
        &[at(0, "a", "user=x subject=y"), at(1, "b", "user=x subject=y"), at(2, "b", "subject=x")],
    );
    assert_eq!(firings.len(), 1);
    assert_eq!(firings[0].group, [("account".to_owned(), "x".to_owned())]);
    assert_eq!(firings[0].events, [0, 2]);
}

#[test]
fn a_value_counts_once_however_often_it_comes() {
    let body =
        "type: value_count\nrules: [a]\ngroup-by: [ip]\ntimespan: 10s\ncondition:\n  field: user\n  gte: 3\n";
    let rules = rules(body);
    let mut events: Vec<_> = (0..5).map(|second| at(second, "a", "ip=i user=x")).collect();
    events.extend([at(5, "a", "ip=i user=y"), at(6, "a", "ip=i"), at(14, "a", "ip=i user=z")]);
    let firings = run(&rules, &events);
    assert_eq!(firings.len(), 1);
    // The last event of each value.
    assert_eq!((firings[0].value, firings[0].events.as_slice()), (3.0, [4, 5, 7].as_slice()));
}

#[test]
fn each_member_of_a_list_is_a_value() {
    let body =
        "type: value_count\nrules: [a]\ngroup-by: [ip]\ntimespan: 10s\ncondition:\n  field: to\n  gte: 3\n";
    let firings = run(&rules(body), &[at(0, "a", "ip=i to=x|y"), at(1, "a", "ip=i to=y|z")]);
    assert_eq!((firings.len(), firings[0].value), (1, 3.0));
    assert_eq!(firings[0].events, [0, 1]);
}

#[test]
fn several_fields_count_as_one_value() {
    let body = "type: value_count\nrules: [a]\ngroup-by: [ip]\ntimespan: 1m\ncondition:\n  field: [user, host]\n  gte: 3\n";
    let events = [
        at(0, "a", "ip=i user=x host=h"),
        at(1, "a", "ip=i user=xh host=-"),
        at(2, "a", "ip=i user=x"),
        at(3, "a", "ip=i host=h user=x"),
        at(4, "a", "ip=i user=y host=h"),
    ];
    assert_eq!(seconds(&rules(body), &events), [4]);
}

#[test]
fn numbers_are_added_and_other_texts_are_no_events() {
    let body = "type: value_sum\nrules: [a]\ngroup-by: [user]\ntimespan: 10s\ncondition:\n  field: bytes\n  gte: 100\n";
    let events = [
        at(0, "a", "user=x bytes=60"),
        at(5, "a", "user=x bytes=many"),
        at(5, "a", "user=x bytes=inf"),
        at(5, "a", "user=x bytes=39"),
        at(11, "a", "user=x bytes=60"),
        at(12, "a", "user=x bytes=1"),
    ];
    let firings = run(&rules(body), &events);
    assert_eq!((firings.len(), firings[0].value), (1, 100.0));
    assert_eq!(firings[0].events, [3, 4, 5]);
}

#[test]
fn mean_median_and_percentile_are_of_the_window() {
    let body = |kind: &str, more: &str| {
        format!("type: {kind}\nrules: [a]\ngroup-by: [user]\ntimespan: 10s\ncondition:\n  field: n\n{more}")
    };
    let events: Vec<_> = [10, 20, 30, 100].iter().map(|n| at(0, "a", &format!("user=x n={n}"))).collect();
    let value = |body: String| run(&rules(&body), &events).first().map(|firing| firing.value);
    assert_eq!(value(body("value_avg", "  gte: 40\n")), Some(40.0));
    assert_eq!(value(body("value_median", "  gt: 20\n")), Some(25.0));
    assert_eq!(value(body("value_percentile", "  percentile: 75\n  gte: 47\n")), Some(47.5));
    assert_eq!(value(body("value_percentile", "  percentile: 75\n  gte: 48\n")), None);
}

#[test]
fn temporal_awaits_all_rules_in_any_order() {
    let rules = rules("type: temporal\nrules: [a, b, c]\ngroup-by: [user]\ntimespan: 10s\n");
    let late = [at(0, "c", "user=x"), at(6, "a", "user=x"), at(11, "b", "user=x")];
    assert!(run(&rules, &late).is_empty());
    let firings = run(
        &rules,
        &[at(0, "c", "user=x"), at(6, "a", "user=x"), at(6, "a", "user=x"), at(10, "b", "user=x")],
    );
    assert_eq!((firings.len(), firings[0].value), (1, 3.0));
    assert_eq!(firings[0].events, [0, 2, 3]);
}

#[test]
fn temporal_with_a_threshold_awaits_so_many_of_its_rules() {
    let rules =
        rules("type: temporal\nrules: [a, b, c]\ngroup-by: [user]\ntimespan: 10s\ncondition:\n  gte: 2\n");
    assert_eq!(seconds(&rules, &[at(0, "a", "user=x"), at(1, "a", "user=x"), at(2, "c", "user=x")]), [2]);
}

#[test]
fn temporal_with_a_condition_awaits_what_it_says() {
    let body =
        "type: temporal\nrules: [a, b, c]\ngroup-by: [user]\ntimespan: 10s\ncondition: a and (b or not c)\n";
    let rules = rules(body);
    assert_eq!(seconds(&rules, &[at(0, "c", "user=x"), at(1, "a", "user=x"), at(2, "b", "user=x")]), [2]);
    assert_eq!(seconds(&rules, &[at(0, "c", "user=x"), at(1, "a", "user=x"), at(11, "a", "user=x")]), [11]);
}

#[test]
fn temporal_ordered_awaits_the_order() {
    let rules = rules("type: temporal_ordered\nrules: [a, b, c]\ngroup-by: [user]\ntimespan: 10s\n");
    let x = "user=x";
    assert!(run(&rules, &[at(0, "b", x), at(1, "a", x), at(2, "c", x)]).is_empty());
    let firings = run(&rules, &[at(0, "b", x), at(1, "a", x), at(2, "b", x), at(3, "a", x), at(4, "c", x)]);
    assert_eq!((firings.len(), firings[0].value), (1, 3.0));
    assert_eq!(firings[0].events, [1, 2, 4]);
    let begun_too_early = [at(0, "a", x), at(1, "b", x), at(9, "a", x), at(11, "c", x)];
    assert!(run(&rules, &begun_too_early).is_empty());
}

#[test]
fn what_has_the_same_time_is_in_order() {
    let rules = rules("type: temporal_ordered\nrules: [a, b, c]\ngroup-by: [user]\ntimespan: 10s\n");
    let x = "user=x";
    assert_eq!(seconds(&rules, &[at(1, "c", x), at(1, "b", x), at(1, "a", x)]), [1]);
    assert_eq!(seconds(&rules, &[at(0, "a", x), at(1, "c", x), at(1, "b", x)]), [1]);
}

#[test]
fn a_rule_that_stands_twice_must_occur_twice() {
    let rules = rules("type: temporal_ordered\nrules: [a, b, a]\ngroup-by: [user]\ntimespan: 10s\n");
    let x = "user=x";
    assert!(run(&rules, &[at(0, "a", x), at(1, "b", x)]).is_empty());
    assert_eq!(seconds(&rules, &[at(0, "a", x), at(1, "b", x), at(2, "a", x)]), [2]);
}

#[test]
fn a_condition_that_does_not_go_with_the_type_is_reported() {
    let code = |body: &str| load(&[correlation("x", body)]).problems[0].code.clone();
    let head = |kind: &str| format!("type: {kind}\nrules: [a]\ngroup-by: [user]\ntimespan: 1m\n");
    assert_eq!(code(&(head("event_count") + "condition: a\n")), "no-threshold");
    assert_eq!(code(&(head("value_sum") + "condition:\n  gte: 1\n")), "no-field");
    assert_eq!(code(&(head("value_sum") + "condition:\n  field: [m, n]\n  gte: 1\n")), "several-fields");
}
