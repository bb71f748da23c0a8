//! `yagura sources`, and formats of the user's own in a hunt.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use std::fs;

use serde_json::Value;
use support::Sandbox;

/// A program of the company's own.
const OWN: &str = "\
format shop
title Our shop
about Lines of our own program.
split pairs between=comma
recognise ^when= & who=
time when
source product=shop category=webserver
field who user
field from c-ip
";

const SHOP: &str = "when=2026-05-07T01:02:03Z,who=佐藤,from=192.0.2.7\nwhen=2026-05-07T01:02:04Z,who=tanaka,from=192.0.2.8\n";

/// The records of the user's own program raise something.
const RULE: &str = "\
title: Shop was used
id: 7f7d2ac4-53a2-4a7c-9f3f-0c5f2a1b7f10
logsource: {product: shop, category: webserver}
detection:
    selection:
        user: tanaka
    condition: selection
level: high
";

/// As a built-in format of the same name, but what it gives has another log source.
const OWN_ACCESS_LOG: &str = "\
format access-log
title Our access log
about As the built-in one, for our own log source.
line {from} - - [{when:lazy}] \"{said:text}\" {code:int} {_:text}
time when
source product=shop category=webserver
field from c-ip
set user=tanaka
";

const ACCESS: &str = "192.0.2.9 - - [07/May/2026:01:02:03 +0900] \"GET /a?b=c HTTP/1.1\" 200 12\n";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path("shop.format"), OWN).unwrap();
    fs::write(sandbox.path("access.format"), OWN_ACCESS_LOG).unwrap();
    fs::write(sandbox.path("rules/shop.yml"), RULE).unwrap();
    sandbox
}

#[test]
fn a_format_of_the_users_own_is_recognised_and_its_records_are_events() {
    let sandbox = sandbox();
    sandbox.log("shop.log", SHOP.as_bytes());
    let ran = sandbox.hunt(&["logs", "--format", "shop.format", "--quiet"]);
    ran.must_end(0);
    assert_eq!(ran.summary()["events_by_log_source"]["shop/webserver/-"], 2);
    assert!(ran.titles().contains("Shop was used"), "{:?}", ran.titles());
}

#[test]
fn a_format_of_the_users_own_wins_over_a_built_in_one_of_the_same_name() {
    let sandbox = sandbox();
    sandbox.log("access.log", ACCESS.repeat(3).as_bytes());
    let built_in = sandbox.hunt(&["logs", "--quiet"]);
    built_in.must_end(0);
    assert!(built_in.titles().is_empty(), "{:?}", built_in.titles());
    let own = sandbox.hunt(&["logs", "--format", "access.format", "--quiet"]);
    own.must_end(0);
    assert_eq!(own.summary()["events_by_log_source"]["shop/webserver/-"], 3);
    assert!(own.titles().contains("Shop was used"), "{:?}", own.titles());
}

#[test]
fn inputs_are_read_as_the_format_that_the_user_names() {
    let sandbox = sandbox();
    // Most of it is something else.
    let unclear = format!("{}{SHOP}", "---- the shop's own log ----\n".repeat(40));
    sandbox.log("unclear.txt", unclear.as_bytes());
    let named = sandbox.hunt(&["logs", "--format", "shop.format", "--as", "shop=*unclear*", "--quiet"]);
    named.must_end(0);
    assert_eq!(named.summary()["events_by_log_source"]["shop/webserver/-"], 2);
    assert!(named.titles().contains("Shop was used"), "{:?}", named.titles());
    sandbox.log("unclear.txt", b"what a caller wrote\n");
    let built_in = sandbox.hunt(&["logs", "--as", "access-log=*unclear*", "--quiet"]);
    built_in.must_end(0);
    assert_eq!(built_in.summary()["events"], 1);
}

#[test]
fn all_formats_are_listed_in_both_languages_and_for_programs() {
    let sandbox = sandbox();
    for (language, part) in [("en", "formats"), ("ja", "形式")] {
        let ran = sandbox.run(&["sources", "list", "--lang", language]);
        ran.must_end(0);
        for name in ["access-log", "fortigate", "cloudtrail", "evtx", part] {
            assert!(ran.stdout.contains(name), "{name} in {}", ran.stdout);
        }
        assert!(!ran.stdout.contains("shop"), "{}", ran.stdout);
    }
    let ran = sandbox.run(&["sources", "list", "--json", "--format", "shop.format"]);
    ran.must_end(0);
    let all: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let shop = all.iter().find(|one| one["name"] == "shop").unwrap();
    assert_eq!(shop["log_sources"][0], "shop/webserver/-");
}

#[test]
fn files_of_formats_are_checked_line_by_line() {
    let sandbox = sandbox();
    for language in ["en", "ja"] {
        let good = sandbox.run(&["sources", "check", "shop.format", "--lang", language]);
        good.must_end(0);
        assert_eq!(good.stdout.is_ascii(), language == "en", "{}", good.stdout);
    }
    fs::write(
        sandbox.path("bad.format"),
        "format bad\ntitle Bad\nabout Bad.\nsplit sideways\nfield a b:nonsense\n",
    )
    .unwrap();
    for language in ["en", "ja"] {
        let bad = sandbox.run(&["sources", "check", "bad.format", "--lang", language]);
        assert_eq!(bad.status, 1, "{}", bad.stdout);
        for place in ["bad.format:4", "bad.format:5"] {
            assert!(bad.stdout.contains(place), "{place} in {}", bad.stdout);
        }
    }
    assert_eq!(sandbox.run(&["sources", "check", "nowhere.format"]).status, 1);
}

#[test]
fn a_log_is_shown_as_it_is_understood() {
    let sandbox = sandbox();
    sandbox.log("shop.log", SHOP.as_bytes());
    for (language, part) in [("en", "2 records"), ("ja", "2 レコード")] {
        let ran =
            sandbox.run(&["sources", "try", "logs/shop.log", "--format", "shop.format", "--lang", language]);
        ran.must_end(0);
        for part in [part, "2026-05-07T01:02:03", "shop/webserver/-", "佐藤", "192.0.2.8"] {
            assert!(ran.stdout.contains(part), "{part} in {}", ran.stdout);
        }
    }
    assert_eq!(sandbox.run(&["sources", "try", "logs/nothing-there"]).status, 1);
}

#[test]
fn what_each_format_fills_is_shown_with_derived_columns() {
    let sandbox = sandbox();
    for (language, role) in [("en", "source"), ("ja", "接続元")] {
        let ran = sandbox.run(&["sources", "coverage", "--lang", language]);
        ran.must_end(0);
        assert!(ran.stdout.contains("access-log") && ran.stdout.contains(role), "{role} in {}", ran.stdout);
    }
    let ran = sandbox.run(&["sources", "coverage", "--json"]);
    ran.must_end(0);
    let all: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let access = all.iter().find(|one| one["name"] == "access-log").unwrap();
    let filled = access["taxonomy"]["webserver"]["filled"].as_array().unwrap();
    for column in ["cs-uri", "cs-uri-stem", "cs-uri-query", "cs-uri-decoded", "cs-uri-length"] {
        assert!(filled.iter().any(|name| name == column), "{column} in {filled:?}");
    }
}
