//! SigmaHQ's own regression data, through a whole hunt: every case fires its rule, as often as it states.
//!
//! In: `regression_data/**/info.yml` of SigmaHQ's repository, each with the id of a rule, an event log, and often a
//! count, beside the same events as JSON. All of SigmaHQ's rules are loaded, once, and all cases hunted through together.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use hunts::hunted;
use pipeline::RuleOptions;
use serde::Deserialize;
use serde_json::Value;

#[path = "../../sources/tests/support/corpus.rs"]
mod corpus;
#[path = "support/hunts.rs"]
mod hunts;

/// What an `info.yml` says, as far as it matters here.
#[derive(Deserialize)]
struct Info {
    rule_metadata: Vec<RuleId>,
    /// Left out (as a comment) where SigmaHQ's own tests cannot read the log.
    #[serde(default)]
    regression_tests_info: Vec<Case>,
}

#[derive(Deserialize)]
struct RuleId {
    id: String,
}

#[derive(Deserialize)]
struct Case {
    path: String,
    match_count: Option<usize>,
}

/// A rule, the log in which it must fire, and how often; where nothing is stated, at least once.
struct Expected {
    rule: String,
    source: String,
    count: Option<usize>,
}

fn expected(root: &Path) -> Vec<Expected> {
    let mut all = Vec::new();
    for path in corpus::files(&root.join("regression_data"), "info.yml") {
        let text = std::fs::read_to_string(&path).unwrap();
        let info: Info =
            yaml_serde::from_str(&text).unwrap_or_else(|error| unreachable!("{}: {error}", path.display()));
        for case in &info.regression_tests_info {
            for rule in &info.rule_metadata {
                all.push(Expected {
                    rule: rule.id.clone(),
                    source: case.path.clone(),
                    count: case.match_count,
                });
            }
        }
    }
    all
}

/// Findings by the input that they are about.
type Findings = BTreeMap<String, Vec<Value>>;

/// The corpus, and the findings of the one hunt through it.
fn findings() -> Option<&'static (PathBuf, Findings)> {
    static FOUND: OnceLock<Option<(PathBuf, Findings)>> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            let root = corpus::corpus("sigma")?;
            let found = hunt_all(&root);
            Some((root, found))
        })
        .as_ref()
}

fn hunt_all(root: &Path) -> Findings {
    let folders = ["rules", "rules-emerging-threats", "rules-threat-hunting", "rules-compliance"];
    let rules = RuleOptions {
        paths: folders.iter().map(|folder| root.join(folder)).collect(),
        no_builtin: true,
        ..RuleOptions::default()
    };
    let written = hunted(vec![root.join("regression_data")], &rules, |hunt| hunt);
    let mut by_source: Findings = BTreeMap::new();
    for finding in written.lines("findings.jsonl") {
        let source = finding["evidence"][0]["source"].as_str().unwrap().to_owned();
        by_source.entry(source).or_default().push(finding);
    }
    by_source
}

fn count(found: &Findings, rule: &str, source: &str) -> usize {
    let of_source = found.get(source).into_iter().flatten();
    of_source.filter(|finding| finding["rule"]["id"] == rule).count()
}

/// The cases that do not fire as stated, read from the logs whose names end as `ending`.
fn failing(root: &Path, found: &Findings, ending: &str) -> Vec<String> {
    let expected = expected(root);
    println!("{} cases, read as {ending}", expected.len());
    assert!(expected.len() > 100, "the regression data is there");
    let mut failing = Vec::new();
    for case in &expected {
        let source = Path::new(&case.source).with_extension(ending).to_string_lossy().replace('\\', "/");
        let fired = count(found, &case.rule, &source);
        if case.count.map_or(fired == 0, |stated| fired != stated) {
            let stated = case.count.map_or("at least 1".to_owned(), |count| count.to_string());
            failing.push(format!("{} in {source}: fired {fired} times, stated {stated}", case.rule));
        }
    }
    failing
}

#[test]
fn every_case_fires_its_rule_as_often_as_stated() {
    let Some((root, found)) = findings() else { return };
    let failing = failing(root, found, "evtx");
    assert!(failing.is_empty(), "{failing:#?}");
}

#[test]
fn every_case_fires_its_rule_on_the_same_events_as_json() {
    let Some((root, found)) = findings() else { return };
    let failing = failing(root, found, "json");
    assert!(failing.is_empty(), "{failing:#?}");
}

/// What a finding says, without what must differ between the two forms of a log: its id, the digest of its record, and
/// spaces at the ends of values, which whoever wrote the JSON has cut.
fn said(finding: &Value) -> (String, String, String) {
    let mut fields = finding["fields"].clone();
    for value in fields.as_object_mut().unwrap().values_mut() {
        if let Value::String(text) = value {
            *text = text.trim().to_owned();
        }
    }
    let text = |name: &str| finding[name].to_string();
    let record = finding["evidence"][0]["record"].to_string();
    let who = [text("entities"), text("summary"), fields.to_string(), record].concat();
    (text("time"), finding["rule"]["id"].to_string(), who)
}

#[test]
fn an_event_log_and_the_same_events_as_json_have_the_same_findings() {
    let Some((root, found)) = findings() else { return };
    let mut differing = Vec::new();
    for case in expected(root) {
        let json = Path::new(&case.source).with_extension("json").to_string_lossy().replace('\\', "/");
        let all = |source: &str| {
            // What is unusual depends on all logs together, which tell all of this twice.
            let of_rules = |finding: &&Value| finding["kind"] != "behavior";
            let all = found.get(source).into_iter().flatten().filter(of_rules);
            let mut all: Vec<_> = all.map(said).collect();
            all.sort();
            all
        };
        let (of_log, of_json) = (all(&case.source), all(&json));
        for finding in of_log.iter().filter(|finding| !of_json.contains(finding)) {
            differing.push(format!("{}: only as event log: {finding:?}", case.source));
        }
        for finding in of_json.iter().filter(|finding| !of_log.contains(finding)) {
            differing.push(format!("{}: only as JSON: {finding:?}", case.source));
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
}
