//! Filters as the specification of Sigma filters says: which rules they change, and how.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{BatchSet, Everything, LogSource, Row, Time};
use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use serde_json::{Value, json};
use sigma::{Loaded, Matcher, Placeholders, RuleFile, load};

const RULES: &str = "
title: A shell
id: 6f3e2987-0000-4000-8000-000000000001
name: shell
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        Image|endswith: '\\cmd.exe'
    condition: selection
---
title: A tool
id: 6f3e2987-0000-4000-8000-000000000002
logsource:
    category: process_creation
detection:
    selection:
        Image|endswith: '.exe'
    other:
        Image: tool
    condition:
        - selection
        - other
";

/// RULES with a filter, in files of their own: the filter first.
fn with_filter(filter: &str) -> Loaded {
    let file = |name: &str, text: &str| RuleFile { name: name.to_owned(), text: text.to_owned() };
    load(&[file("filter.yml", filter), file("rules.yml", RULES)], &Placeholders::new())
}

/// A filter on `rules` (as YAML) with what stands below them.
fn filter(source: &str, rules: &str, below: &str) -> String {
    format!("title: Administrators may\nlogsource: {source}\nfilter:\n    rules: {rules}\n{below}")
}

const NOT_ADMINS: &str = "    selection:\n        User|startswith: 'adm_'\n    condition: not selection\n";

/// The titles of the rules that match an event of Windows' process creation.
fn matched(loaded: Loaded, event: &Value) -> BTreeSet<String> {
    let rules = Arc::new(loaded.rules);
    let mut set = BatchSet::new(Arc::new(Everything));
    let shape = set.shape(&LogSource::new("windows", &["process_creation"], ""), 0);
    set.batch_mut(shape).begin(Row { time: Time::UNKNOWN, record: 0, start: 0, len: 0 });
    for (name, value) in event.as_object().unwrap() {
        let field = set.interner.field(name);
        set.set_str(shape, field, value.as_str().unwrap());
    }
    let mut matches = Vec::new();
    for batch in set.batches() {
        Matcher::new(Arc::clone(&rules)).push(batch, &set.interner, &mut matches);
    }
    let rule = |found: &sigma::Match| rules.rules.get(found.rule as usize).unwrap().info.title.clone();
    matches.iter().map(rule).collect()
}

fn titles(titles: &[&str]) -> BTreeSet<String> {
    titles.iter().map(|title| (*title).to_owned()).collect()
}

fn shell_of(user: &str) -> Value {
    json!({"Image": "C:\\Windows\\cmd.exe", "User": user})
}

const WINDOWS: &str = "{product: windows, category: process_creation}";

#[test]
fn a_filter_changes_the_rules_that_it_names_by_id_or_name() {
    for name in ["6f3e2987-0000-4000-8000-000000000001", "shell", "[shell]"] {
        let text = filter("{product: windows}", name, NOT_ADMINS);
        assert_eq!(matched(with_filter(&text), &shell_of("adm_sato")), titles(&["A tool"]), "{name}");
        assert_eq!(matched(with_filter(&text), &shell_of("sato")), titles(&["A shell", "A tool"]), "{name}");
    }
}

#[test]
fn a_filter_for_any_rule_changes_those_whose_log_source_has_all_of_its_own() {
    let all = titles(&["A shell", "A tool"]);
    for (source, left) in [
        ("{category: process_creation}", titles(&[])),
        (WINDOWS, titles(&["A tool"])),
        ("{product: windows}", titles(&["A tool"])),
        ("{product: Windows, category: Process_Creation}", titles(&["A tool"])),
        ("{product: linux}", all.clone()),
        ("{product: windows, service: sysmon}", all.clone()),
    ] {
        let loaded = with_filter(&filter(source, "any", NOT_ADMINS));
        assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
        assert_eq!(matched(loaded, &shell_of("adm_sato")), left, "{source}");
    }
}

#[test]
fn the_condition_of_a_filter_must_hold_beside_each_condition_of_the_rule() {
    let text = filter("{category: process_creation}", "any", NOT_ADMINS);
    assert_eq!(matched(with_filter(&text), &json!({"Image": "tool", "User": "adm_sato"})), titles(&[]));
    assert_eq!(matched(with_filter(&text), &json!({"Image": "tool", "User": "sato"})), titles(&["A tool"]));
    let only = filter("{category: process_creation}", "any", &NOT_ADMINS.replace("not ", ""));
    assert_eq!(matched(with_filter(&only), &shell_of("adm_sato")), titles(&["A shell", "A tool"]));
    assert_eq!(matched(with_filter(&only), &shell_of("sato")), titles(&[]));
}

#[test]
fn the_names_in_a_filter_are_its_own() {
    // `selection` and `1 of …` mean the filter's selections, not those of the rule that has the same names.
    let below = "    selection_a:\n        User: adm_a\n    selection_b:\n        User: adm_b\n    condition: not 1 of selection_*\n";
    let text = filter("{category: process_creation}", "any", below);
    assert_eq!(matched(with_filter(&text), &shell_of("adm_b")), titles(&[]));
    assert_eq!(matched(with_filter(&text), &shell_of("adm_c")), titles(&["A shell", "A tool"]));
}

#[test]
fn several_filters_must_all_hold() {
    let both = filter(WINDOWS, "shell", NOT_ADMINS)
        + "---\n"
        + &filter(WINDOWS, "shell", &NOT_ADMINS.replace("adm_", "svc_"));
    for (user, matches) in [("adm_sato", false), ("svc_backup", false), ("sato", true)] {
        assert_eq!(matched(with_filter(&both), &shell_of(user)).contains("A shell"), matches, "{user}");
    }
}

#[test]
fn filters_do_what_rsigmas_do() {
    // By id, which rsigma knows; it takes a title for a name.
    let names = ["any", "6f3e2987-0000-4000-8000-000000000001", "[6f3e2987-0000-4000-8000-000000000002]"];
    let sources = [WINDOWS, "{category: process_creation}", "{product: windows}", "{product: linux}"];
    let source = rsigma_parser::LogSource {
        product: Some("windows".into()),
        category: Some("process_creation".into()),
        ..rsigma_parser::LogSource::default()
    };
    let mut compared = 0;
    for (name, logsource) in names.iter().flat_map(|name| sources.map(|source| (name, source))) {
        let text = filter(logsource, name, NOT_ADMINS);
        let mut engine = Engine::new();
        engine.add_collection(&rsigma_parser::parse_sigma_yaml(RULES).unwrap()).unwrap();
        for filter in &rsigma_parser::parse_sigma_yaml(&text).unwrap().filters {
            engine.apply_filter(filter).unwrap();
        }
        for user in ["adm_sato", "sato"] {
            let event = shell_of(user);
            let results = engine.evaluate_with_logsource(&JsonEvent::borrow(&event), &source);
            let theirs = results.into_iter().map(|result| result.header.rule_title).collect();
            assert_eq!(matched(with_filter(&text), &event), theirs, "{name} {logsource} {user}");
            compared += 1;
        }
    }
    assert_eq!(compared, 24);
}
