//! Alerts of other tools become findings, in both languages, with who and where.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

#[path = "support/hunts.rs"]
mod hunts;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use hunts::{hunted, schema};
use pipeline::{Hunt, RuleOptions};
use serde_json::Value;
use sources::Options;
use sources::table::Formats;

fn findings(logs: &Path, formats: Arc<Formats>) -> (Vec<Value>, u64) {
    let rules = RuleOptions { no_builtin: true, ..RuleOptions::default() };
    let read = Options { formats, ..Options::default() };
    let written = hunted(vec![logs.to_owned()], &rules, |hunt| Hunt { threads: 1, read, ..hunt });
    let (schema, findings) = (schema("finding"), written.lines("findings.jsonl"));
    assert!(findings.iter().all(|finding| schema.is_valid(finding)), "{findings:?}");
    assert_eq!(written.lines("timeline.jsonl").len(), findings.len());
    (findings, written.summary.top_rules.iter().map(|rule| rule.count).sum())
}

#[test]
fn an_alert_of_wazuh_is_a_finding_with_its_rule_level_and_techniques() {
    let logs = tempfile::tempdir().unwrap();
    let alert = r#"{"timestamp":"2026-05-07T10:02:03.456+0900","rule":{"level":10,"description":"sshd: many failed logins","id":"5763","mitre":{"id":["T1110"],"tactic":["Credential Access"]},"groups":["syslog","sshd"]},"agent":{"id":"003","name":"web01"},"manager":{"name":"siem01"},"data":{"srcip":"203.0.113.9","srcuser":"sato"},"full_log":"May  7 10:02:03 web01 sshd[9]: Failed password for sato from 203.0.113.9 port 4022 ssh2","location":"/var/log/auth.log"}"#;
    let quiet = r#"{"timestamp":"2026-05-07T10:02:04.000+0900","rule":{"level":3,"description":"Login session opened.","id":"5501"},"agent":{"id":"003","name":"web01"},"manager":{"name":"siem01"},"data":{}}"#;
    fs::write(logs.path().join("alerts.json"), format!("{alert}\n{quiet}\n")).unwrap();
    let (findings, counted) = findings(logs.path(), Formats::builtin());
    assert_eq!((findings.len(), counted), (2, 2));
    let finding = &findings[0];
    assert_eq!(finding["kind"], "external");
    assert_eq!(finding["time"], "2026-05-07T01:02:03.456000Z");
    assert_eq!(finding["rule"]["id"], "wazuh:5763");
    assert_eq!(finding["rule"]["title"], "sshd: many failed logins");
    assert_eq!(finding["rule"]["level"], "medium");
    assert_eq!(finding["attack"]["techniques"][0], "T1110");
    assert_eq!(finding["attack"]["tactics"][0], "credential-access");
    assert!(
        finding["summary"]["en"].as_str().unwrap().starts_with("Wazuh reports: sshd: many failed logins")
    );
    assert!(finding["summary"]["ja"].as_str().unwrap().starts_with("Wazuh が報告：sshd: many failed logins"));
    let entities = finding["entities"].as_array().unwrap();
    for (kind, name) in [("host", "web01"), ("user", "sato"), ("address", "203.0.113.9")] {
        let found = entities.iter().any(|entity| entity["type"] == kind && entity["name"] == name);
        assert!(found, "{kind} {name}: {entities:?}");
    }
    assert_eq!(finding["evidence"][0]["record"], 1);
    assert_eq!(findings[1]["rule"]["level"], "informational");
}

#[test]
fn alerts_within_syslog_and_by_the_user_s_own_format_are_findings_too() {
    let logs = tempfile::tempdir().unwrap();
    let eve = r#"May  7 10:02:03 fw01 suricata[12]: {"timestamp":"2026-05-07T01:02:03.000000+0000","flow_id":7,"event_type":"alert","src_ip":"203.0.113.9","src_port":4022,"dest_ip":"192.0.2.1","dest_port":445,"proto":"TCP","alert":{"signature_id":2024217,"signature":"EXPLOIT attempt","severity":1}}"#;
    fs::write(logs.path().join("messages"), format!("{eve}\n")).unwrap();
    fs::write(
        logs.path().join("edr.csv"),
        "When,Machine,Alert,Severity,Account\n2026-05-07T01:03:00Z,ws07,\"tool, unwanted\",7,tanaka\n",
    )
    .unwrap();
    let own = "format our-edr\ntitle Our EDR\nabout Export of alerts.\nrecognise Machine & Alert & Severity\nrecords header\nsplit header comma\ntime When\nhost Machine\nsource product=edr\nmap level 7=high *=low\nset external.tool=EDR\nfield Alert external.title\nfield Severity external.level:level\nfield Account user\n";
    let formats = Formats::with(vec![("our-edr.format".to_owned(), own.to_owned())]).unwrap();
    let (findings, _) = findings(logs.path(), formats);
    let told: Vec<(&str, &str)> = findings
        .iter()
        .map(|finding| (finding["rule"]["id"].as_str().unwrap(), finding["rule"]["level"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("suricata:2024217", "high"), ("edr:tool, unwanted", "high")]);
    let names: Vec<&str> =
        findings[0]["entities"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"fw01") && names.contains(&"192.0.2.1"), "{names:?}");
}
