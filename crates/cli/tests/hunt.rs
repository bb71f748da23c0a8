//! `yagura hunt` as scripts and people use it: exit statuses, what goes where, and what each option does.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use support::logs::Company;
use support::{Sandbox, content};

const LINE: &str = "2026-05-07T03:00:00.000000+00:00 web01 sshd[812]: Failed password for root from 192.0.2.66 port 50123 ssh2\n";
const BROKE: &str =
    "2026-05-07T03:00:30.000000+00:00 web01 kernel: app[9]: segfault at 0 ip 0 sp 0 error 4\n";

/// A sandbox with the logs of a small company, and the argument that names them.
fn company() -> (Sandbox, Company, String) {
    let company = Company::new();
    let logs = company.logs().display().to_string();
    (Sandbox::new(), company, logs)
}

fn titles(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|title| (*title).to_owned()).collect()
}

#[test]
fn a_hunt_ends_with_status_0_and_says_what_it_found() {
    let (sandbox, _company, logs) = company();
    let ran = sandbox.hunt(&[&logs]);
    ran.must_end(0);
    assert_eq!(ran.stderr, "");
    for part in ["Yagura", "Event log cleared", "findings.jsonl", "critical"] {
        assert!(ran.stdout.contains(part), "{part} in {}", ran.stdout);
    }
    // Incidents come first, and where the report lies comes last.
    let place = |part: &str| ran.stdout.find(part).unwrap();
    assert!(place("Incidents") < place("Findings"), "{}", ran.stdout);
    assert!(ran.stdout.lines().last().unwrap().ends_with("out/report.html"), "{}", ran.stdout);
    let files = [
        "findings.jsonl",
        "incidents.jsonl",
        "timeline.jsonl",
        "errors.jsonl",
        "summary.json",
        "report.html",
    ];
    for name in files {
        assert!(sandbox.path("out").join(name).is_file(), "{name}");
    }
}

/// Logons from outside and cleared logs, on so many hosts.
fn intrusions(hosts: usize) -> String {
    let logon = |host: usize| {
        format!(
            r#"{{"EventID":4624,"Channel":"Security","EventTime":"2026-05-07T02:{host:02}:00Z","Hostname":"ws{host}\u001b[31m","TargetUserName":"\u202eotas","TargetLogonId":"0x{host}77","LogonType":10,"IpAddress":"203.0.113.{host}"}}"#
        )
    };
    let cleared = |host: usize| {
        format!(
            r#"{{"EventID":1102,"Channel":"Security","EventTime":"2026-05-07T03:{host:02}:00Z","Hostname":"ws{host}\u001b[31m","SubjectUserName":"\u202eotas","SubjectLogonId":"0x{host}77"}}"#
        )
    };
    (0..hosts).map(|host| format!("{}\n{}\n", logon(host), cleared(host))).collect()
}

#[test]
fn names_out_of_logs_steer_no_terminal() {
    let sandbox = Sandbox::new();
    sandbox.log("events.jsonl", intrusions(3).as_bytes());
    for language in ["en", "ja"] {
        let ran = sandbox.hunt(&["logs", "--lang", language]);
        ran.must_end(0);
        assert!(ran.stdout.contains("ws1"), "{}", ran.stdout);
        let steers = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!ran.stdout.contains(steers), "{:?}", ran.stdout);
    }
}

#[test]
fn the_first_incidents_are_shown_and_the_others_counted() {
    let sandbox = Sandbox::new();
    sandbox.log("events.jsonl", intrusions(14).as_bytes());
    let ran = sandbox.hunt(&["logs"]);
    ran.must_end(0);
    let incidents = ran.lines("incidents.jsonl");
    assert_eq!(ran.summary()["incidents"]["total"], incidents.len());
    let shown = ran.stdout.lines().filter(|line| line.starts_with("    detected ")).count();
    assert!(incidents.len() > shown && shown == 10, "{shown} of {}: {}", incidents.len(), ran.stdout);
    assert!(
        ran.stdout.contains(&format!("… and {} more, of lower score", incidents.len() - 10)),
        "{}",
        ran.stdout
    );
    let widest = ran.stdout.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{widest:?} columns: {}", ran.stdout);
}

#[test]
fn findings_alone_have_neither_incidents_nor_a_report() {
    let (sandbox, _company, logs) = company();
    // What an earlier hunt left must not be taken for this one's.
    sandbox.hunt(&[&logs]).must_end(0);
    assert!(sandbox.path("out/incidents.jsonl").exists() && sandbox.path("out/report.html").exists());
    let ran = sandbox.hunt(&[&logs, "--findings-only"]);
    ran.must_end(0);
    for word in ["Incidents", "incidents.jsonl", "report.html"] {
        assert!(!ran.stdout.contains(word), "{word} in {}", ran.stdout);
    }
    assert!(!sandbox.path("out/incidents.jsonl").exists() && !sandbox.path("out/report.html").exists());
}

#[test]
fn quiet_is_quiet() {
    let (sandbox, _company, logs) = company();
    let ran = sandbox.hunt(&[&logs, "--quiet"]);
    ran.must_end(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    let ran = sandbox.hunt(&[&logs, "--quiet", "--fail-on", "critical"]);
    ran.must_end(3);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
}

#[test]
fn json_on_standard_output_is_the_summary() {
    let (sandbox, _company, logs) = company();
    let ran = sandbox.hunt(&[&logs, "--json"]);
    ran.must_end(0);
    assert_eq!(ran.stderr, "");
    let shown: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(shown, ran.summary());
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema/summary.schema.json");
    let schema = serde_json::from_slice(&fs::read(schema).unwrap()).unwrap();
    jsonschema::validate(&schema, &shown).unwrap();
}

#[test]
fn the_language_is_asked_for_or_taken_from_the_environment() {
    let (sandbox, _company, logs) = company();
    let english = sandbox.hunt(&[&logs]).stdout;
    let japanese = sandbox.hunt(&[&logs, "--lang", "ja"]).stdout;
    assert!(english.is_ascii() || !english.contains('検'), "{english}");
    assert!(japanese.contains('検'), "{japanese}");
    let mut command = sandbox.command();
    command.env("LANG", "ja_JP.UTF-8");
    command.args(["hunt", &logs, "--rules", "rules", "--no-builtin-rules", "--out", "out", "--force"]);
    let from_environment = sandbox.finish(&mut command).stdout;
    let without_speed = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    assert_eq!(without_speed(&from_environment), without_speed(&japanese));
    // What is written for programs is in both languages, whoever asks.
    let before = content(&sandbox.path("out/findings.jsonl"));
    sandbox.hunt(&[&logs, "--lang", "en"]).must_end(0);
    assert!(before == content(&sandbox.path("out/findings.jsonl")));
}

#[test]
fn a_failure_is_one_line_in_the_users_language() {
    let sandbox = Sandbox::new();
    for (language, part) in [("en", "nowhere"), ("ja", "nowhere")] {
        let ran = sandbox.hunt(&["nowhere", "--lang", language]);
        ran.must_end(1);
        assert_eq!(ran.stdout, "");
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
        assert_eq!(ran.stderr.is_ascii(), language == "en", "{}", ran.stderr);
    }
}

#[test]
fn wrong_usage_has_a_status_of_its_own() {
    let sandbox = Sandbox::new();
    sandbox.log("a.log", LINE.as_bytes());
    let wrong: [&[&str]; 9] = [
        &["hunt"],
        &["hunt", "logs", "--no-such-option"],
        &["hunt", "logs", "--since", "yesterday-ish"],
        &["hunt", "logs", "--tz", "Mars/Olympus"],
        &["hunt", "logs", "--as", "evtx"],
        &["hunt", "logs", "--as", "no-such-format=*"],
        &["hunt", "logs", "--host", "=*"],
        &["hunt", "logs", "--fail-on", "terrible"],
        &["hunt", "logs", "--timeline", "some"],
    ];
    for arguments in wrong {
        let ran = sandbox.run(arguments);
        assert_eq!(ran.status, 2, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{arguments:?}");
        assert!(!sandbox.path("yagura-out").exists(), "{arguments:?} wrote something");
    }
}

#[test]
fn a_hunt_that_can_read_nothing_fails_and_says_why_in_its_errors() {
    let sandbox = Sandbox::new();
    sandbox.log("empty.log", b"");
    sandbox.log("picture.png", b"\x89PNG\r\n\x1a\n");
    let ran = sandbox.hunt(&["logs"]);
    ran.must_end(1);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    let expected = [("logs/empty.log", "empty"), ("logs/picture.png", "unknown-format")];
    assert_eq!(ran.errors(), expected.map(|(source, code)| (source.to_owned(), code.to_owned())));
    fs::remove_dir_all(sandbox.path("logs")).unwrap();
    fs::create_dir(sandbox.path("logs")).unwrap();
    sandbox.hunt(&["logs"]).must_end(1);
}

#[test]
fn rules_that_cannot_be_read_end_the_hunt() {
    let sandbox = Sandbox::new();
    sandbox.log("a.log", LINE.as_bytes());
    sandbox.run(&["hunt", "logs", "--rules", "nowhere.yml"]).must_end(1);
    sandbox.run(&["hunt", "logs", "--no-builtin-rules"]).must_end(1);
    assert!(!sandbox.path("yagura-out").exists());
}

#[test]
fn fail_on_gives_status_3_from_that_level_on() {
    let sandbox = Sandbox::new();
    sandbox.log("auth.log", LINE.as_bytes());
    for (level, status) in [("informational", 3), ("low", 3), ("medium", 0), ("high", 0), ("critical", 0)] {
        sandbox.hunt(&["logs", "--fail-on", level]).must_end(status);
    }
    // A finding that was not asked for is none.
    sandbox.hunt(&["logs", "--fail-on", "low", "--min-level", "medium"]).must_end(0);
}

#[test]
fn results_are_not_overwritten_unless_that_is_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.log("auth.log", LINE.as_bytes());
    let plain = ["hunt", "logs", "--rules", "rules", "--no-builtin-rules", "--quiet"];
    sandbox.run(&plain).must_end(0);
    let findings = sandbox.path("yagura-out/findings.jsonl");
    let before = content(&findings);
    sandbox.log("auth.log", LINE.repeat(3).as_bytes());
    let ran = sandbox.run(&plain);
    ran.must_end(1);
    assert!(ran.stderr.contains("--force"), "{}", ran.stderr);
    assert!(before == content(&findings));
    sandbox.run(&[&plain[..], &["--force"]].concat()).must_end(0);
    assert!(before != content(&findings));
}

#[test]
fn a_folder_with_anything_in_it_is_not_written_into() {
    let sandbox = Sandbox::new();
    sandbox.log("auth.log", LINE.as_bytes());
    fs::create_dir(sandbox.path("mine")).unwrap();
    fs::write(sandbox.path("mine/thesis.txt"), "years of work").unwrap();
    let ran = sandbox.run(&["hunt", "logs", "--out", "mine"]);
    ran.must_end(1);
    let left: Vec<_> =
        fs::read_dir(sandbox.path("mine")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["thesis.txt"]);
}

#[test]
fn since_belongs_to_the_hunt_and_until_no_longer() {
    let sandbox = Sandbox::new();
    let line = |second: u32| LINE.replace("03:00:00", &format!("03:00:{second:02}"));
    let text: String = (0..10).map(line).collect();
    sandbox.log("auth.log", text.as_bytes());
    let seconds = |arguments: &[&str]| {
        let ran = sandbox.hunt(&[&["logs"], arguments].concat());
        ran.must_end(0);
        let low = |finding: &&Value| finding["rule"]["level"] == "low";
        let second = |finding: &Value| finding["time"].as_str().unwrap()[17..19].parse::<u32>().unwrap();
        let findings: Vec<u32> = ran.lines("findings.jsonl").iter().filter(low).map(second).collect();
        assert_eq!(ran.summary()["events"], findings.len());
        findings
    };
    assert_eq!(seconds(&["--since", "2026-05-07T03:00:07Z"]), [7, 8, 9]);
    assert_eq!(seconds(&["--until", "2026-05-07T03:00:03Z"]), [0, 1, 2]);
    let both = ["--since", "2026-05-07T12:00:04+09:00", "--until", "2026-05-07T12:00:06+09:00"];
    assert_eq!(seconds(&both), [4, 5]);
    // Without a zone, a time is in the zone of the logs; a date is its first moment.
    assert_eq!(seconds(&["--tz", "Asia/Tokyo", "--since", "2026-05-07T12:00:08"]), [8, 9]);
    assert_eq!(seconds(&["--since", "2026-05-07"]).len(), 10);
    assert_eq!(seconds(&["--until", "2026-05-07"]), Vec::<u32>::new());
}

#[test]
fn rules_below_the_least_level_are_silent_but_serve_correlations() {
    let (sandbox, _company, logs) = company();
    let ran = sandbox.hunt(&[&logs, "--min-level", "high"]);
    assert_eq!(ran.titles(), titles(&["Event log cleared", "Passwords guessed", "Shadow copies deleted"]));
    let ran = sandbox.hunt(&[&logs, "--min-level", "critical"]);
    assert_eq!(ran.titles(), titles(&["Event log cleared"]));
}

#[test]
fn the_timeline_holds_evidence_or_everything() {
    let (sandbox, _company, logs) = company();
    let evidence = sandbox.hunt(&[&logs, "--timeline", "evidence"]).lines("timeline.jsonl").len();
    let ran = sandbox.hunt(&[&logs, "--timeline", "all"]);
    let all = ran.lines("timeline.jsonl").len();
    assert_eq!(ran.summary()["events"], all);
    assert!(evidence < all, "{evidence} of {all}");
}

#[test]
fn standard_input_is_an_input() {
    let sandbox = Sandbox::new();
    let ran = sandbox.hunt_stdin(&["-"], LINE.repeat(2).as_bytes());
    ran.must_end(0);
    let evidence: Vec<(Value, Value)> = ran
        .lines("findings.jsonl")
        .iter()
        .map(|finding| (finding["evidence"][0]["source"].clone(), finding["evidence"][0]["record"].clone()))
        .collect();
    assert_eq!(evidence, [("-".into(), 1.into()), ("-".into(), 2.into())]);
    let packed = support::logs::gzip(LINE.as_bytes());
    sandbox.hunt_stdin(&["-"], &packed).must_end(0);
    sandbox.hunt_stdin(&["-"], b"").must_end(1);
}

#[test]
fn a_record_that_names_no_host_gets_the_one_given() {
    let sandbox = Sandbox::new();
    sandbox.log("web09.txt", b"something broke: segfault\n");
    fs::write(
        sandbox.path("rules/any.yml"),
        "title: Broke\nid: 00000000-0000-4000-8000-000000000009\nlevel: low\nlogsource: {category: application}\n\
         detection: {keywords: [segfault], condition: keywords}\n",
    )
    .unwrap();
    let ran = sandbox.hunt(&["logs", "--host", "WEB09=*web09*"]);
    ran.must_end(0);
    let names: Vec<String> =
        ran.lines("findings.jsonl").iter().map(|finding| finding["entities"].to_string()).collect();
    assert!(!names.is_empty() && names.iter().all(|entities| entities.contains("\"web09\"")), "{names:?}");
}

#[test]
fn a_format_can_be_forced_by_name() {
    let sandbox = Sandbox::new();
    // Too few of these lines have a header for it to be seen as syslog.
    let text = format!("no header\nno header\nno header\n{BROKE}");
    sandbox.log("odd.txt", text.as_bytes());
    sandbox.hunt(&["logs", "--as", "syslog=*.txt"]).must_end(0);
    let ran = sandbox.hunt(&["logs", "--as", "syslog=*.txt"]);
    assert!(ran.titles().contains("Program broke"));
    let by_source = ran.summary()["events_by_log_source"].clone();
    assert!(by_source.as_object().unwrap().keys().any(|name| name.starts_with("linux/")), "{by_source}");
}

#[test]
fn logs_without_a_zone_or_a_year_are_read_as_asked() {
    let sandbox = Sandbox::new();
    sandbox.log(
        "messages",
        b"May  7 12:00:00 web01 sshd[812]: Failed password for root from 192.0.2.66 port 5 ssh2\n",
    );
    let time = |arguments: &[&str]| {
        let ran = sandbox.hunt(&[&["logs"], arguments].concat());
        ran.lines("findings.jsonl")[0]["time"].as_str().unwrap().to_owned()
    };
    assert_eq!(time(&["--year", "2021"]), "2021-05-07T12:00:00.000000Z");
    assert_eq!(time(&["--year", "2021", "--tz", "Asia/Tokyo"]), "2021-05-07T03:00:00.000000Z");
    assert_eq!(time(&["--year", "2021", "--tz", "-05:00"]), "2021-05-07T17:00:00.000000Z");
}

#[test]
fn nothing_is_written_beside_the_output_folder() {
    let (sandbox, _company, logs) = company();
    let before = sandbox.files_beside_output();
    sandbox.hunt(&[&logs, "--timeline", "all"]).must_end(0);
    assert_eq!(sandbox.files_beside_output(), before);
}
