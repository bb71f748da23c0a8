//! Placeholders (`expand`), with values as `--placeholders FILE` gives them.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::sync::Arc;

use model::{BatchSet, Everything, LogSource, Row, Time};
use sigma::{Loaded, Matcher, Placeholders, RuleFile, load};

/// What such a file holds: names, each with its values.
const FILE: &str = r#"{
    "Administrators": ["root", "adm_*"],
    "Servers": ["srv-1", "srv-2"],
    "internal": ["10.0.0.0/8", "192.168.0.0/16"],
    "nobody": []
}"#;

fn loaded(item: &str) -> Loaded {
    let placeholders: Placeholders = serde_json::from_str(FILE).unwrap();
    let text = format!(
        "title: A rule\nlogsource:\n    product: any\ndetection:\n    selection:\n        {item}\n    condition: selection\n"
    );
    load(&[RuleFile { name: "rule.yml".into(), text }], &placeholders)
}

/// Whether a rule of one item matches an event whose field `f` has that value.
fn matches(item: &str, value: &str) -> bool {
    let loaded = loaded(item);
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    let mut set = BatchSet::new(Arc::new(Everything));
    let shape = set.shape(&LogSource::new("any", &[], ""), 0);
    set.batch_mut(shape).begin(Row { time: Time::UNKNOWN, record: 0, start: 0, len: 0 });
    let field = set.interner.field("f");
    set.set_str(shape, field, value);
    let mut matches = Vec::new();
    Matcher::new(Arc::new(loaded.rules)).push(set.batches().next().unwrap(), &set.interner, &mut matches);
    !matches.is_empty()
}

#[test]
fn a_placeholder_stands_for_any_of_its_values_which_may_hold_wildcards() {
    for (value, expected) in
        [("root", true), ("ADM_sato", true), ("sato", false), ("%Administrators%", false)]
    {
        assert_eq!(matches("f|expand: '%Administrators%'", value), expected, "{value}");
    }
}

#[test]
fn a_value_may_hold_text_and_several_placeholders() {
    let item = r"f|expand|startswith: '\\%Servers%\\%Administrators%'";
    assert!(matches(item, r"\srv-2\root\x"));
    assert!(matches(item, r"\srv-1\adm_sato"));
    assert!(!matches(item, r"\srv-3\root"));
}

#[test]
fn networks_can_be_placeholders() {
    assert!(matches("f|cidr|expand: '%internal%'", "10.2.3.4"));
    assert!(!matches("f|cidr|expand: '%internal%'", "203.0.113.9"));
}

#[test]
fn without_expand_or_with_a_backslash_a_percent_sign_is_one() {
    assert!(matches("f: '%Administrators%'", "%Administrators%"));
    assert!(matches(r"f|expand: '\%Servers%Administrators%'", "%Serversroot"));
    assert!(matches("f|expand: '100% of %Servers%'", "100% of srv-1"));
    assert!(matches("f|expand: '5%'", "5%"));
}

#[test]
fn a_rule_whose_placeholder_has_no_values_is_refused_with_the_name() {
    for name in ["unknown", "nobody"] {
        let loaded = loaded(&format!("f|expand: '%{name}%'"));
        assert!(loaded.rules.rules.is_empty());
        let codes: Vec<&str> = loaded.problems.iter().map(|problem| problem.code.as_str()).collect();
        assert_eq!(codes, ["no-placeholder"]);
        assert!(loaded.problems.iter().all(|problem| problem.reason.contains(name)));
    }
}
