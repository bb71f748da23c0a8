//! `yagura hunt --intel` as people use it: from files of indicators to findings that say whose they were.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use support::{Ran, Sandbox};

const LOGIN: &str = "2026-05-07T03:00:00.000000+00:00 web01 sshd[812]: Accepted password for sato from 192.0.2.66 port 50123 ssh2\n";

const STIX: &str = r#"{"type":"bundle","id":"bundle--1","objects":[
  {"type":"identity","id":"identity--1","name":"CERT of Example"},
  {"type":"attack-pattern","id":"attack-pattern--1","name":"Valid Accounts","external_references":[{"source_name":"mitre-attack","external_id":"T1078"}]},
  {"type":"indicator","id":"indicator--0001","created_by_ref":"identity--1","pattern_type":"stix","pattern":"[ipv4-addr:value = '192.0.2.66']",
   "valid_from":"2026-05-01T00:00:00Z","valid_until":"2026-06-01T00:00:00Z","confidence":80,"name":"Stolen accounts are tried from here"},
  {"type":"relationship","id":"relationship--1","relationship_type":"indicates","source_ref":"indicator--0001","target_ref":"attack-pattern--1"}]}"#;

/// A sandbox with a log, and files of indicators in `intel`.
fn sandbox(log: &str, files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.log("auth.log", log.as_bytes());
    fs::create_dir(sandbox.path("intel")).unwrap();
    for (name, text) in files {
        fs::write(sandbox.path("intel").join(name), text).unwrap();
    }
    sandbox
}

fn intel_findings(ran: &Ran) -> Vec<Value> {
    ran.lines("findings.jsonl").into_iter().filter(|finding| finding["kind"] == "intel").collect()
}

fn assert_valid(ran: &Ran) {
    let schema = |name: &str| {
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/schema/{name}.schema.json"));
        serde_json::from_slice::<Value>(&fs::read(file).unwrap()).unwrap()
    };
    for line in ran.lines("findings.jsonl") {
        jsonschema::validate(&schema("finding"), &line).unwrap();
    }
    for line in ran.lines("timeline.jsonl") {
        jsonschema::validate(&schema("timeline"), &line).unwrap();
    }
    jsonschema::validate(&schema("summary"), &ran.summary()).unwrap();
}

#[test]
fn a_finding_says_whose_indicator_it_was_in_both_languages() {
    let sandbox = sandbox(LOGIN, &[("cert.json", STIX)]);
    let ran = sandbox.hunt(&["logs", "--intel", "intel/cert.json"]);
    ran.must_end(0);
    assert_valid(&ran);
    let findings = intel_findings(&ran);
    assert_eq!(findings.len(), 1, "{findings:?}");
    let finding = &findings[0];
    assert_eq!(
        finding["rule"],
        json!({"id": "indicator--0001", "title": "Stolen accounts are tried from here (Valid Accounts)", "level": "high"})
    );
    assert_eq!(finding["attack"]["techniques"], json!(["T1078"]));
    let message = LOGIN.split_once(": ").unwrap().1.trim_end();
    assert_eq!(finding["fields"], json!({"src_ip": "192.0.2.66", "message": message}));
    assert_eq!(finding["evidence"][0]["record"], 1);
    assert_eq!(
        finding["summary"]["en"],
        "192.0.2.66, \"Stolen accounts are tried from here (Valid Accounts)\", stands in the list of CERT of Example \
         (confidence 80, valid until 2026-06-01 00:00:00 UTC): sato on web01 (from 192.0.2.66)"
    );
    assert_eq!(
        finding["summary"]["ja"],
        "192.0.2.66（Stolen accounts are tried from here (Valid Accounts)）は CERT of Example の脅威情報に登録\
         （信頼度80、有効期限 2026-06-01 00:00:00 UTC）：web01 のアカウント sato（接続元 192.0.2.66）"
    );
    assert_eq!(
        finding["indicator"],
        json!({"type": "address", "value": "192.0.2.66", "source": "CERT of Example", "confidence": 80,
            "valid_from": "2026-05-01T00:00:00.000000Z", "valid_until": "2026-06-01T00:00:00.000000Z", "tlp": null, "labels": []})
    );
    let entities = finding["entities"].to_string();
    assert!(entities.contains("192.0.2.66") && entities.contains("web01"), "{entities}");
    let timeline = ran.lines("timeline.jsonl");
    assert_eq!(timeline[0]["rules"].as_array().unwrap().last().unwrap(), &finding["rule"]["title"]);
}

#[test]
fn the_screen_and_the_summary_say_what_became_of_the_indicators() {
    let list =
        "# source: Feed\n# confidence: 20\n192.0.2.66\n192.0.2.66\ngoogle.com\n8.8.8.8\nwhat is this\n";
    let sandbox = sandbox(LOGIN, &[("feed.txt", list), ("picture.png", "\0\0\0"), (".hidden", "192.0.2.1")]);
    let ran = sandbox.hunt(&["logs", "--intel", "intel"]);
    ran.must_end(0);
    assert_valid(&ran);
    assert!(ran.stdout.contains("Indicators"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("1, 2 set aside (everyone's services), 1 could not be used"),
        "{}",
        ran.stdout
    );
    assert!(ran.stderr.contains("picture.png") && ran.stderr.lines().count() == 1, "{}", ran.stderr);
    let used = ran.summary()["indicators"].clone();
    assert_eq!(used["files"], 2);
    assert_eq!(used["loaded"]["total"], 1);
    assert_eq!(used["loaded"]["by_kind"]["address"], 1);
    assert_eq!(used["set_aside"]["by_reason"], json!({"everyone": 2}));
    assert_eq!(used["unusable"]["by_reason"], json!({"value": 1}));
    assert_eq!(used["left_out"]["by_reason"], json!({"duplicate": 1}));
    let problem = &used["problems"][2];
    assert_eq!(
        (&problem["where"], &problem["code"], &problem["what"]),
        (&json!("line 7"), &json!("value"), &json!("what is this"))
    );
    let findings = intel_findings(&ran);
    assert_eq!(findings[0]["rule"]["title"], "Indicator: 192.0.2.66");
    assert_eq!(findings[0]["rule"]["level"], "low");
    let japanese = sandbox.hunt(&["logs", "--intel", "intel", "--lang", "ja"]);
    assert!(
        japanese.stdout.contains("脅威情報")
            && japanese.stdout.contains("1件、誰もが使うサービスのため除外2件"),
        "{}",
        japanese.stdout
    );
    let quiet = sandbox.hunt(&["logs", "--intel", "intel", "--quiet"]);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
}

#[test]
fn without_indicators_nothing_is_said_of_them() {
    let sandbox = sandbox(LOGIN, &[]);
    let ran = sandbox.hunt(&["logs"]);
    ran.must_end(0);
    assert!(ran.summary().get("indicators").is_none() && !ran.stdout.contains("Indicators"));
}

#[test]
fn indicators_that_cannot_be_read_at_all_end_the_hunt() {
    let sandbox =
        sandbox(LOGIN, &[("a.json", "{\"type\":\"bundle\",\n\"objects\":"), ("b.txt", "# nothing today\n")]);
    for (path, part) in [("nowhere", "nowhere"), ("intel/a.json", "line 2")] {
        let ran = sandbox.hunt(&["logs", "--intel", path]);
        ran.must_end(1);
        assert!(ran.stderr.lines().count() == 1 && ran.stderr.contains(part), "{}", ran.stderr);
    }
    assert!(!sandbox.path("out").exists());
    // One that can be read is enough, and an empty feed is none that cannot.
    sandbox.hunt(&["logs", "--intel", "intel"]).must_end(0);
    sandbox.hunt(&["logs", "--intel", "intel/b.txt"]).must_end(0);
}

#[test]
fn the_users_own_list_allows_what_it_names() {
    let sandbox = sandbox(LOGIN, &[("feed.txt", "192.0.2.66\n")]);
    fs::write(sandbox.path("ours.txt"), "192.0.2.0/24 # our office\n").unwrap();
    let ran = sandbox.hunt(&["logs", "--intel", "intel", "--intel-allow", "ours.txt"]);
    ran.must_end(0);
    assert!(intel_findings(&ran).is_empty());
    assert_eq!(ran.summary()["indicators"]["set_aside"]["by_reason"], json!({"allowed": 1}));
    fs::write(sandbox.path("ours.txt"), "our office\n").unwrap();
    let ran = sandbox.hunt(&["logs", "--intel", "intel", "--intel-allow", "ours.txt"]);
    ran.must_end(1);
    assert!(ran.stderr.contains("line 1"), "{}", ran.stderr);
    sandbox.hunt(&["logs", "--intel-allow", "ours.txt"]).must_end(2);
}

#[test]
fn levels_times_and_statuses_are_those_of_any_finding() {
    let sandbox = sandbox(&LOGIN.repeat(3), &[("feed.csv", "ioc,confidence\n192.0.2.66,90\n")]);
    sandbox.hunt(&["logs", "--intel", "intel", "--fail-on", "high"]).must_end(3);
    let ran = sandbox.hunt(&["logs", "--intel", "intel", "--min-level", "critical"]);
    assert!(intel_findings(&ran).is_empty());
    let ran = sandbox.hunt(&["logs", "--intel", "intel", "--until", "2026-05-01"]);
    assert!(intel_findings(&ran).is_empty());
    let ran = sandbox.hunt(&["logs", "--intel", "intel"]);
    assert_eq!(intel_findings(&ran).len(), 3);
    let all = sandbox.hunt(&["logs", "--intel", "intel", "--timeline", "all"]);
    assert_eq!(intel_findings(&all), intel_findings(&ran));
    let top = ran.summary()["top_rules"][0].clone();
    assert_eq!(
        (&top["title"]["en"], &top["title"]["ja"], &top["count"]),
        (&json!("Indicator: 192.0.2.66"), &json!("脅威情報：192.0.2.66"), &json!(3))
    );
}
