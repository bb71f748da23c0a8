//! Where we decided otherwise than rsigma: against plain definitions, written down here a second time.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::LogSource;
use proptest::prelude::*;
use proptest::sample::select;
use regex::Regex;
use serde_json::{Value, json};
use sigma::Matcher;

use crate::events::{Columns, Event};
use crate::{cases, loaded};

/// Whether a rule of one item matches an event of one field `f`.
fn matches(key: &str, value: &Value, event: &Value) -> bool {
    let rule = json!({
        "title": "A rule", "logsource": {"product": "p"}, "detection": {"s": {key: value}, "condition": "s"}
    });
    let loaded = loaded(&rule.to_string());
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    let mut columns = Columns::new(None);
    let fields = event.as_object().unwrap().clone();
    columns.add(&Event { log_source: LogSource::new("p", &[], ""), kind: 0, fields }, 0);
    let mut matches = Vec::new();
    let batch = columns.set.batches().next().unwrap();
    Matcher::new(Arc::new(loaded.rules)).push(batch, &columns.set.interner, &mut matches);
    !matches.is_empty()
}

const LETTERS: [&str; 16] =
    ["a", "i", "İ", "ı", "s", "S", "ſ", "σ", "ς", "Σ", "α", "k", "\u{212a}", "\n", "ß", "ẞ"];

fn letters(most: usize) -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(select(&LETTERS[..]), 0..most)
}

fn folded(text: &str) -> String {
    let fold = |c: char| match c {
        'Σ' | 'ς' => 'σ',
        'İ' => 'İ',
        c => c.to_lowercase().next().unwrap(),
    };
    text.chars().map(fold).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(2000), ..ProptestConfig::default() })]

    #[test]
    fn text_is_compared_letter_by_letter_whatever_the_letters(
        needle in letters(4), value in letters(7), place in 0..4usize, cased in any::<bool>(),
    ) {
        let (needle, value) = (needle.concat(), value.concat());
        let modifier = ["", "|contains", "|startswith", "|endswith"][place];
        let key = format!("f{modifier}{}", if cased { "|cased" } else { "" });
        let (part, whole) = if cased { (needle.clone(), value.clone()) } else { (folded(&needle), folded(&value)) };
        let expected = match place {
            0 => whole == part,
            1 => whole.contains(&part),
            2 => whole.starts_with(&part),
            _ => whole.ends_with(&part),
        };
        prop_assert_eq!(matches(&key, &needle.into(), &json!({"f": value})), expected);
    }

    #[test]
    fn a_wildcard_stands_for_any_characters_also_line_ends(
        pieces in prop::collection::vec(prop_oneof![3 => select(&LETTERS[..]), 1 => select(&["*", "?"][..])], 0..6),
        value in letters(7),
    ) {
        let regex: String = pieces.iter().map(|piece| match *piece {
            "*" => ".*".to_owned(),
            "?" => ".".to_owned(),
            text => regex_syntax::escape(&folded(text)),
        }).collect();
        let expected = Regex::new(&format!("(?s)^(?:{regex})$")).unwrap().is_match(&folded(&value.concat()));
        prop_assert_eq!(matches("f", &pieces.concat().into(), &json!({"f": value.concat()})), expected);
    }

    #[test]
    fn a_regular_expression_is_found_whatever_the_letters(
        pieces in prop::collection::vec(prop_oneof![4 => select(&LETTERS[..]), 1 => select(&[".", "a*", "(?:σα|ας)"][..])], 1..6),
        value in letters(7),
        flags in select(&["", "i", "s", "is"][..]),
    ) {
        let (pattern, value) = (pieces.concat(), value.concat());
        let key = flags.chars().fold("f|re".to_owned(), |key, flag| format!("{key}|{flag}"));
        let whole = if flags.is_empty() { pattern.clone() } else { format!("(?{flags}){pattern}") };
        let expected = Regex::new(&whole).unwrap().is_match(&value);
        prop_assert_eq!(matches(&key, &pattern.into(), &json!({"f": value})), expected);
    }

    #[test]
    fn base64offset_finds_a_text_anywhere_in_a_longer_one(
        before in "[ -~]{0,4}", text in "[!-)+-<>@-\\[\\]-~]{3,8}", behind in "[ -~]{0,4}", cased in any::<bool>(),
    ) {
        let encoded = STANDARD.encode(format!("{before}{text}{behind}"));
        let key = if cased { "f|base64offset|contains|cased" } else { "f|base64offset" };
        let event = json!({"f": encoded});
        prop_assert!(matches(key, &text.into(), &event));
    }

    #[test]
    fn windash_takes_any_dash_or_slash_for_any_other(
        text in prop::collection::vec(select(&["-", "/", "–", "a", "b*", " "][..]), 1..5),
        other in prop::collection::vec(select(&["-", "/", "–", "—", "―"][..]), 5),
    ) {
        let mut dashes = other.into_iter();
        let value: String = text.iter().map(|piece| match *piece {
            "-" | "/" | "–" => dashes.next().unwrap(),
            "b*" => "bcd",
            text => text,
        }).collect();
        let event = json!({"f": value});
        prop_assert!(matches("f|windash", &text.concat().into(), &event));
    }
}

#[test]
fn null_in_a_list_finds_a_field_that_is_not_there() {
    assert!(matches("f", &json!([null, "x"]), &json!({"g": 1})));
    assert!(matches("f", &json!([null, "x"]), &json!({"f": null})));
    assert!(!matches("f", &json!([null, "x"]), &json!({"f": ""})));
}

#[test]
fn a_field_exists_whatever_it_holds() {
    for (event, expected) in [
        (json!({"f": null}), true),
        (json!({"f": ""}), true),
        (json!({"f": {}}), true),
        (json!({"g": 1}), false),
    ] {
        assert_eq!(matches("f|exists", &json!(true), &event), expected, "{event}");
        assert_eq!(matches("f|exists", &json!(false), &event), !expected, "{event}");
    }
}

#[test]
fn keywords_are_looked_for_in_every_text_and_in_no_number() {
    let event = json!({"f": "one two", "g": ["three", 4], "h.i": "five", "n": 6});
    for (keywords, expected) in [
        (json!(["ONE"]), true),
        (json!(["t?o", "none"]), true),
        (json!(["three"]), true),
        (json!(["five"]), true),
        (json!(["four", "4", "6", 6]), false),
    ] {
        let rule = json!({"title": "A rule", "logsource": {"product": "p"}, "detection": {"k": keywords, "condition": "k"}});
        let loaded = loaded(&rule.to_string());
        let mut columns = Columns::new(None);
        let fields = event.as_object().unwrap().clone();
        columns.add(&Event { log_source: LogSource::new("p", &[], ""), kind: 0, fields }, 0);
        let mut found = Vec::new();
        let batch = columns.set.batches().next().unwrap();
        Matcher::new(Arc::new(loaded.rules)).push(batch, &columns.set.interner, &mut found);
        assert_eq!(!found.is_empty(), expected, "{rule}");
    }
    assert!(matches("|all", &json!(["one", "three", "fi*e"]), &event));
    assert!(!matches("|all", &json!(["one", "three", "seven"]), &event));
    assert!(matches("|re", &json!(["t[h]ree$"]), &event));
    assert!(!matches("|startswith", &json!("two"), &event));
}

#[test]
fn the_long_s_is_an_s_to_a_regular_expression_and_a_letter_of_its_own_to_others() {
    assert!(matches("f|re|i", &json!("mask"), &json!({"f": "MAſK"})));
    assert!(!matches("f|re", &json!("mask"), &json!({"f": "maſk"})));
    assert!(!matches("f|contains", &json!("mask"), &json!({"f": "maſk"})));
}

#[test]
fn a_place_is_kept_beside_wildcards() {
    assert!(matches("f|startswith", &json!("a?c"), &json!({"f": "abcd"})));
    assert!(!matches("f|startswith", &json!("a?c"), &json!({"f": "dabc"})));
    assert!(matches("f|endswith", &json!("a*c"), &json!({"f": "dabc"})));
    assert!(!matches("f|endswith", &json!("a*c"), &json!({"f": "abcd"})));
    assert!(matches("f|windash|contains", &json!("-x*y"), &json!({"f": "a /x.y b"})));
}

#[test]
fn a_pattern_of_selections_may_have_several_stars() {
    let rule = |condition: &str| {
        let detection = json!({"a_one_x": {"f": 1}, "b_one_y": {"f": 2}, "condition": condition});
        json!({"title": "A rule", "logsource": {"product": "p"}, "detection": detection}).to_string()
    };
    assert!(loaded(&rule("1 of *_one_*")).problems.is_empty());
    assert!(loaded(&rule("all of *_o*_x")).problems.is_empty());
    assert_eq!(loaded(&rule("all of *_two_*")).problems.len(), 1);
}

#[test]
fn the_name_of_a_field_may_have_brackets() {
    assert!(matches("f[0]", &json!("x"), &json!({"f[0]": "x"})));
}

#[test]
fn truth_values_are_text_where_a_place_in_the_text_is_asked_for() {
    assert!(matches("f|contains", &json!(true), &json!({"f": "untrue"})));
    assert!(matches("f|startswith", &json!(12), &json!({"f": 123})));
}
