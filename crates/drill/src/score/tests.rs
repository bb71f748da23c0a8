//! Small drills and hunts, written by hand.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;

const DRILL: &str = r#"{"scenario": "ntt-2020", "seed": 7, "users": 50, "days": 4, "from": "2026-05-06T15:00:00Z",
    "until": "2026-05-10T15:00:00Z", "records": 1000, "marked": 5, "tz": "Asia/Tokyo"}"#;

const INTRUSIONS: &str = concat!(
    r#"{"id": "ntt-2020-1", "title": {"en": "a", "ja": "b"}, "first_seen": "2026-05-07T01:00:00.000000Z", "last_seen": "2026-05-07T05:00:00.000000Z", "#,
    r#""stages": ["lateral-movement"], "entry": {"time": "2026-05-07T01:00:00.000000Z", "entity": {"type": "host", "name": "sg01"}, "how": "x"}, "#,
    r#""path": [{"time": "2026-05-07T01:00:00.000000Z", "from": "sg01.corp.example", "to": "dc01.corp.example", "account": "CORP\\adm-ito", "via": "rdp", "techniques": []},"#,
    r#"{"time": "2026-05-07T02:00:00.000000Z", "from": "dc01.corp.example", "to": "fs01.corp.example", "account": "CORP\\adm-ito", "via": "smb", "techniques": []}],"#,
    r#""entities": [{"type": "host", "name": "dc01.corp.example", "status": "confirmed"}, {"type": "user", "name": "adm-ito", "status": "confirmed"}],"#,
    r#""data": [{"store": "projects", "objects": 2, "bytes": 200, "first": "2026-05-07T02:10:00.000000Z", "last": "2026-05-07T05:00:00.000000Z"}]}"#,
    "\n",
    r#"{"id": "ntt-2020-2", "path": [], "entities": [], "data": []}"#,
    "\n"
);

const RECORDS: &str = r#"{"intrusion": "ntt-2020-1", "source": "logs/dc01/Security.evtx", "record": 12, "time": "2026-05-07T02:00:00.000000Z", "stage": "lateral-movement", "reason": "x"}
{"intrusion": "ntt-2020-1", "source": "logs/dc01/Security.evtx", "record": 10, "time": "2026-05-07T01:00:00.000000Z", "stage": "lateral-movement", "reason": "x"}
{"intrusion": "ntt-2020-1", "source": "logs/fs01/Security.evtx", "record": 77, "time": "2026-05-07T04:00:00.000000Z", "stage": "collection", "reason": "x"}
{"intrusion": "ntt-2020-2", "source": "logs/vpn01/vpn.log", "record": 5, "time": "2026-05-08T01:00:00.000000Z", "stage": "initial-access", "reason": "x"}
{"intrusion": "ntt-2020-2", "source": "logs/dc01/Security.evtx", "record": 11, "time": "2026-05-08T02:00:00.000000Z", "stage": "initial-access", "reason": "x"}
"#;

const READINGS: &str = r#"{"intrusion": "ntt-2020-1", "time": "2026-05-07T02:10:00.000000Z", "store": "projects", "object": "a.xlsx", "bytes": 100}
{"intrusion": "ntt-2020-1", "time": "2026-05-07T03:00:00.000000Z", "store": "projects", "object": "a.xlsx", "bytes": 100}
{"intrusion": "ntt-2020-1", "time": "2026-05-07T05:00:00.000000Z", "store": "projects", "object": "b.xlsx", "bytes": 100}
{"intrusion": "ntt-2020-1", "time": "2026-05-07T05:00:00.000000Z", "store": "orders", "object": "a.xlsx", "bytes": 100}
"#;

const SCOPE: &str = r#"{"incident": "ntt-2020-1", "customers": [{"company": "T-1", "customer_ids": ["a", "b"], "status": "confirmed"}], "counts": {}}"#;

/// A drill and a hunt over it.
struct Case(TempDir);

impl Case {
    fn new() -> Case {
        let case = Case(tempfile::tempdir().unwrap());
        for (file, text) in [
            ("truth/drill.json", DRILL),
            ("truth/incidents.jsonl", INTRUSIONS),
            ("truth/records.jsonl", RECORDS),
            ("truth/readings.jsonl", READINGS),
        ] {
            case.write(file, text);
        }
        case.findings("").write("out/errors.jsonl", "").write("out/summary.json", r#"{"events": 999}"#);
        case
    }

    fn write(&self, file: &str, text: &str) -> &Case {
        let path = self.0.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn findings(&self, text: &str) -> &Case {
        self.write("out/findings.jsonl", text)
    }

    fn incidents(&self, text: &str) -> &Case {
        self.write("out/incidents.jsonl", text)
    }

    fn score(&self) -> Score {
        score(self.0.path(), &self.0.path().join("out")).unwrap()
    }

    fn error(&self) -> String {
        score(self.0.path(), &self.0.path().join("out")).unwrap_err().to_string()
    }
}

/// A finding of rule `R-1` at `time` on the records.
fn finding(id: &str, time: &str, level: &str, evidence: &[(&str, u64)]) -> String {
    let evidence: Vec<String> = evidence
        .iter()
        .map(|(source, record)| format!(r#"{{"source": "{source}", "record": {record}, "sha256": "00"}}"#))
        .collect();
    format!(
        "{{\"id\": \"{id}\", \"time\": \"2026-05-{time}Z\", \"kind\": \"sigma\", \"rule\": {{\"id\": \"R-1\", \"title\": \"t\", \"level\": \"{level}\"}}, \
         \"entities\": [{{\"type\": \"host\", \"name\": \"DC01\", \"role\": \"target\"}}], \"evidence\": [{}], \"incident\": null}}\n",
        evidence.join(", ")
    )
}

fn incident(id: &str, severity: &str, detected: &str, findings: &str) -> String {
    format!(
        "{{\"id\": \"{id}\", \"revision\": 1, \"merged_into\": null, \"severity\": \"{severity}\", \
         \"detected\": \"2026-05-{detected}Z\", \"findings\": [{findings}]}}\n"
    )
}

const DC: &str = "logs/dc01/Security.evtx";
const FS: &str = "logs/fs01/Security.evtx";
const VPN: &str = "logs/vpn01/vpn.log";

#[test]
fn findings_alone_tell_whether_when_and_after_how_much_but_not_the_path() {
    let case = Case::new();
    let text = [
        finding("F-1", "07T01:00:00", "low", &[(DC, 10)]),
        finding("F-2", "07T04:00:00", "medium", &[(FS, 77)]),
        finding("F-3", "07T02:30:00", "high", &[(DC, 9), (DC, 12)]),
        finding("F-4", "08T02:00:00", "low", &[(DC, 11)]),
    ];
    let score = case.findings(&text.concat()).score();
    assert_eq!((score.basis, &score.merged, score.alarms.incidents), (Basis::Findings, &None, None));
    assert_eq!(score.notes, [Note::NoIncidents]);
    let [first, second] = score.intrusions.as_slice() else { panic!("{score:?}") };
    assert_eq!((first.found, first.records, first.findings), (true, 3, 2));
    assert_eq!(first.detected.unwrap().to_string(), "2026-05-07T02:30:00.000000Z");
    assert_eq!(first.delay_seconds, Some(5400.0));
    assert_eq!((first.objects, first.objects_read, first.read_share), (3, 1, Some(1.0 / 3.0)));
    assert_eq!((first.incidents.as_ref(), first.hops, first.entities, first.data), (None, None, None, None));
    assert_eq!(
        (second.found, second.detected, second.delay_seconds, second.read_share),
        (false, None, None, None)
    );
}

#[test]
fn what_was_never_found_was_read_to_the_end() {
    let score = Case::new().score();
    assert_eq!(score.intrusions[0].read_share, Some(1.0));
    assert!(score.intrusions.iter().all(|one| !one.found));
}

#[test]
fn time_runs_from_the_first_record_that_the_given_logs_show() {
    let case = Case::new();
    let later: Vec<&str> = RECORDS.lines().filter(|line| !line.contains("dc01")).collect();
    case.write("truth/records.jsonl", &later.join("\n"));
    let score = case.findings(&finding("F-2", "07T04:00:01", "medium", &[(FS, 77)])).score();
    let first = &score.intrusions[0];
    assert_eq!(first.first.unwrap().to_string(), "2026-05-07T04:00:00.000000Z");
    assert_eq!((first.records, first.delay_seconds), (1, Some(1.0)));
    case.write("truth/records.jsonl", later[0]);
    assert!(case.score().notes.contains(&Note::NotInLogs { intrusion: "ntt-2020-2".to_owned() }));
}

#[test]
fn alarms_without_an_intruders_record_are_false_and_grouped_by_rule_host_and_day_of_the_company() {
    let case = Case::new();
    let text = [
        finding("F-1", "07T02:30:00", "high", &[(DC, 12)]),
        finding("F-2", "07T14:00:00", "medium", &[(DC, 500)]),
        finding("F-3", "07T14:59:59", "medium", &[("logs/web01/access.log", 500)]),
        finding("F-4", "07T15:00:00", "medium", &[(DC, 501)]),
        finding("F-5", "07T15:00:00", "low", &[(DC, 502)]),
    ];
    let alarms = case.findings(&text.concat()).score().alarms;
    assert_eq!(alarms.findings, Rate { count: 3, per_day: Some(0.75) });
    assert_eq!(alarms.groups, Rate { count: 2, per_day: Some(0.5) });
    assert_eq!(alarms.rules, 1);
}

#[test]
fn findings_without_evidence_belong_to_nobody_and_are_told() {
    let case = Case::new();
    let bare = "{\"id\": \"F-9\", \"time\": \"2026-05-07T02:00:00Z\", \"rule\": {\"id\": \"R-2\", \"level\": \"high\"}}\n";
    let null = "{\"id\": \"F-8\", \"time\": \"2026-05-07T02:00:00Z\", \"rule\": {\"id\": \"R-2\", \"level\": \"low\"}, \"evidence\": null}\n";
    let score = case.findings(&[bare, null, &finding("F-1", "07T02:00:00", "high", &[])].concat()).score();
    assert!(score.notes.contains(&Note::WithoutEvidence { findings: 2 }));
    assert_eq!(
        (score.alarms.findings.count, score.alarms.groups.count, score.intrusions[0].found),
        (2, 2, false)
    );
}

#[test]
fn a_finding_whose_time_is_not_known_finds_but_not_at_a_time() {
    let case = Case::new();
    let text = finding("F-1", "07T02:00:00", "high", &[(DC, 10)])
        .replace("\"kind\"", "\"time_known\": false, \"kind\"");
    let score = case.findings(&text).score();
    let first = &score.intrusions[0];
    assert_eq!((first.found, first.detected, first.read_share), (true, None, None));
}

#[test]
fn an_incident_is_found_by_its_findings_and_its_hops_and_scored_by_what_it_says() {
    let case = Case::new();
    let incident = r#"{"id": "I-1", "revision": 1, "merged_into": null, "severity": "high", "detected": "2026-05-07T02:00:00Z",
        "path": [{"time": "2026-05-07T01:00:30Z", "from": "sg01", "to": "DC01", "account": "adm-ito", "via": "rdp", "techniques": [],
            "confidence": 0.9, "evidence": [{"source": "logs/dc01/Security.evtx", "record": 10, "sha256": "0"}]},
            {"time": "2026-05-07T01:30:00Z", "from": "dc01", "to": "pc09", "account": "adm-ito", "evidence": []}],
        "entities": [{"type": "host", "name": "dc01", "status": "confirmed"}, {"type": "user", "name": "corp\\adm-ito", "status": "suspected"}],
        "data": [{"store": "projects", "objects": 1, "bytes": 150, "first": "2026-05-07T02:00:00Z", "last": "2026-05-07T02:00:00Z"}],
        "findings": []}"#
        .replace('\n', " ");
    let score = case.incidents(&incident).score();
    assert_eq!((score.basis, score.notes.as_slice()), (Basis::Incidents, [].as_slice()));
    let first = &score.intrusions[0];
    assert_eq!((first.found, first.delay_seconds, first.read_share), (true, Some(3600.0), Some(0.0)));
    assert_eq!(first.incidents.as_deref(), Some(["I-1".to_owned()].as_slice()));
    let hops = first.hops.unwrap();
    assert_eq!((hops.recall, hops.precision), (Some(0.5), Some(0.5)));
    let entities = first.entities.unwrap();
    assert_eq!((entities.confirmed.recall, entities.all.recall), (Some(0.5), Some(1.0)));
    let data = first.data.unwrap();
    assert_eq!(
        (data.stores.recall, data.objects_recall, data.bytes_ratio),
        (Some(1.0), Some(0.5), Some(0.75))
    );
    let second = &score.intrusions[1];
    assert_eq!((second.found, second.hops.unwrap().recall), (false, None));
}

#[test]
fn an_incident_of_two_intrusions_belongs_to_that_with_most_evidence_and_hides_the_other() {
    let case = Case::new();
    let findings = [
        finding("F-1", "07T01:00:00", "high", &[(DC, 10), (DC, 12)]),
        // The same records once more make no more evidence.
        finding("F-2", "08T02:00:00", "high", &[(VPN, 5)]).repeat(5),
    ];
    case.findings(&findings.concat());
    let score = case.incidents(&incident("I-1", "high", "07T01:00:00", r#""F-1", "F-2""#)).score();
    let both = ["ntt-2020-1", "ntt-2020-2"].map(str::to_owned).to_vec();
    assert_eq!(score.merged, Some(vec![Merged { incident: "I-1".to_owned(), intrusions: both }]));
    let [first, second] = score.intrusions.as_slice() else { panic!("{score:?}") };
    assert_eq!((first.found, second.found), (true, false));
    assert_eq!(second.hidden_in.as_deref(), Some(["I-1".to_owned()].as_slice()));
    assert_eq!(second.incidents.as_deref(), Some([].as_slice()));
}

#[test]
fn an_intrusion_in_several_incidents_is_split_and_the_first_alarm_counts() {
    let case = Case::new();
    case.findings(
        &[
            finding("F-1", "07T01:00:00", "high", &[(DC, 10)]),
            finding("F-2", "07T04:00:00", "high", &[(FS, 77)]),
            finding("F-3", "07T04:00:00", "high", &[(DC, 900)]),
        ]
        .concat(),
    );
    let incidents = [
        incident("I-1", "low", "07T01:00:00", r#""F-1""#),
        incident("I-2", "medium", "07T04:00:00", r#""F-2""#),
        incident("I-3", "medium", "07T04:00:00", r#""F-3""#),
        incident("I-4", "low", "07T04:00:00", ""),
        incident("I-5", "high", "07T00:00:00", r#""F-1""#)
            .replace("\"merged_into\": null", "\"merged_into\": \"I-1\""),
        incident("I-3", "high", "07T04:00:00", r#""F-3""#),
    ];
    let score = case.incidents(&incidents.concat()).score();
    let first = &score.intrusions[0];
    assert_eq!(first.incidents.as_ref().unwrap(), &["I-1", "I-2"]);
    assert_eq!((first.found, first.delay_seconds), (true, Some(10_800.0)));
    assert_eq!(score.alarms.incidents, Some(Rate { count: 1, per_day: Some(0.25) }));
}

#[test]
fn an_incident_that_no_analyst_is_shown_finds_nothing() {
    let case = Case::new();
    case.findings(&finding("F-1", "07T01:00:00", "high", &[(DC, 10)]));
    let score = case.incidents(&incident("I-1", "low", "07T01:00:00", r#""F-1""#)).score();
    assert_eq!((score.intrusions[0].found, score.intrusions[0].detected), (false, None));
    assert_eq!(score.intrusions[0].incidents.as_ref().unwrap(), &["I-1"]);
}

#[test]
fn a_finding_may_name_its_incident_itself() {
    let case = Case::new();
    let named = finding("F-1", "07T01:00:00", "high", &[(DC, 10)])
        .replace("\"incident\": null", "\"incident\": \"I-1\"");
    let score = case.findings(&named).incidents(&incident("I-1", "high", "07T01:00:00", "")).score();
    assert!(score.intrusions[0].found);
}

#[test]
fn a_hunt_may_have_been_given_another_folder_of_the_same_drill() {
    for source in ["case/logs/dc01/Security.evtx", "dc01/Security.evtx", "a/b/logs/dc01/Security.evtx"] {
        let score = Case::new().findings(&finding("F-1", "07T01:00:00", "high", &[(source, 10)])).score();
        assert!(score.intrusions[0].found, "{source}");
    }
    let score =
        Case::new().findings(&finding("F-1", "07T01:00:00", "high", &[("Security.evtx", 10)])).score();
    assert!(score.notes.contains(&Note::NoCommonSource) && !score.intrusions[0].found);
}

#[test]
fn a_scope_is_compared_where_there_are_two() {
    let case = Case::new();
    case.write("truth/scope.json", SCOPE);
    assert!(case.score().scope.is_none() && case.score().notes.contains(&Note::NoScope));
    case.write("out/scope.json", &SCOPE.replace("T-1", "C-55").replace("[\"a\", \"b\"]", "[\"a\"]"));
    let scope = case.score().scope.unwrap();
    assert_eq!((scope.confirmed.recall, scope.confirmed.precision), (Some(0.5), Some(1.0)));
    assert_eq!((scope.companies, scope.companies_counted), (1, 1));
}

#[test]
fn records_that_could_not_be_read_are_counted_and_those_of_an_intruder_among_them() {
    let case = Case::new();
    case.write(
        "out/errors.jsonl",
        "{\"source\": \"logs/dc01/Security.evtx\", \"record\": 10, \"code\": \"damaged-record\", \"reason\": \"x\"}\n\
         {\"source\": \"logs/dc01/Security.evtx\", \"offset\": 10, \"code\": \"truncated\", \"reason\": \"x\"}\n",
    );
    let hunt = case.score().hunt;
    assert_eq!(hunt, Read { records: 1000, events: Some(999), errors: 2, errors_marked: 1 });
}

#[test]
fn what_a_hunt_should_not_have_written_is_passed_over_and_told() {
    let case = Case::new();
    let good = finding("F-1", "07T02:00:00", "high", &[(DC, 10)]);
    let deep = "[".repeat(100_000);
    let broken = [
        "{",
        "[]",
        "null",
        "\u{feff}",
        "{\"id\": 1}",
        &good.replace("high", "urgent"),
        &good.replace("2026-", "-"),
        &deep,
    ];
    case.findings(&format!("{}\n\n{good}{}", broken.map(str::trim).join("\n"), &good[..50]));
    case.incidents(
        "{\"id\": \"I-1\", \"detected\": null}\n{\"id\": \"I-2\", \"severity\": \"high\", \"path\": null}\n",
    );
    case.write("out/scope.json", "{\"customers\": [{\"status\": \"perhaps\"}]}")
        .write("out/summary.json", "")
        .write("out/errors.jsonl", "\0\n");
    fs::write(case.0.path().join("out/errors.jsonl"), b"\xff\xfe\n").unwrap();
    let score = case.score();
    assert_eq!((score.intrusions[0].findings, score.alarms.findings.count), (1, 0));
    let skipped: Vec<(&str, u64, u64)> = score
        .notes
        .iter()
        .filter_map(|note| match note {
            Note::Skipped { file, lines, first, .. } => Some((file.as_str(), *lines, *first)),
            _ => None,
        })
        .collect();
    let expected = [
        ("incidents.jsonl", 2, 1),
        ("findings.jsonl", 9, 1),
        ("errors.jsonl", 1, 1),
        ("summary.json", 1, 1),
        ("scope.json", 1, 1),
    ];
    assert_eq!(skipped, expected);
}

#[test]
fn damage_in_the_truth_is_an_error_that_says_where_and_what_to_do() {
    let case = Case::new();
    case.write("truth/records.jsonl", &RECORDS.replace("ntt-2020-2", "ransom"));
    let text = case.error();
    assert!(text.contains("records.jsonl:4: no intrusion `ransom`") && text.contains("generate"), "{text}");
    case.write("truth/records.jsonl", RECORDS).write("truth/readings.jsonl", "\n\n{");
    assert!(case.error().contains("readings.jsonl:3:"));
    case.write("truth/readings.jsonl", "").write("truth/incidents.jsonl", "x");
    assert!(case.error().contains("incidents.jsonl:1:"));
    case.write("truth/drill.json", "{}");
    assert!(case.error().contains("drill.json:1:"));
    fs::remove_dir_all(case.0.path().join("truth")).unwrap();
    assert!(case.error().contains("yagura drill generate"));
}

#[test]
fn without_findings_there_was_no_hunt() {
    let case = Case::new();
    fs::remove_file(case.0.path().join("out/findings.jsonl")).unwrap();
    assert!(case.error().contains("yagura hunt"));
    let elsewhere = score(case.0.path(), Path::new("does/not/exist")).unwrap_err();
    assert!(matches!(elsewhere, ScoreError::NoHunt(_)));
}

#[test]
fn a_quiet_drill_has_alarms_only() {
    let case = Case::new();
    for file in ["truth/incidents.jsonl", "truth/records.jsonl", "truth/readings.jsonl"] {
        case.write(file, "");
    }
    case.write("truth/drill.json", r#"{"scenario": "quiet", "seed": 1, "days": 0, "tz": "Mars/Olympus"}"#);
    let score = case.findings(&finding("F-1", "07T02:00:00", "high", &[(DC, 10)])).score();
    assert_eq!(score.intrusions, []);
    assert_eq!(score.alarms.findings, Rate { count: 1, per_day: None });
    assert_eq!(score.notes, [Note::UnknownZone { zone: "Mars/Olympus".to_owned() }, Note::NoIncidents]);
    assert!(!serde_json::to_string(&score).unwrap().is_empty());
}

/// Drills of which each says when it was found, and what share of hops and how many false findings there were.
fn scores(of: &[(u64, Option<f64>, f64, u64)]) -> Vec<Score> {
    let base = Case::new().score();
    let one = |(seed, delay, recall, false_findings): &(u64, Option<f64>, f64, u64)| {
        let mut score = base.clone();
        score.seed = *seed;
        score.intrusions.truncate(1);
        score.alarms.findings = Rate { count: 4 * false_findings, per_day: Some(*false_findings as f64) };
        let intrusion = &mut score.intrusions[0];
        (intrusion.found, intrusion.delay_seconds) = (delay.is_some(), *delay);
        let (found, truth) = ((recall * 10.0) as u64, 10);
        intrusion.hops = Some(Match::new(truth, found, 0, 0));
        score
    };
    of.iter().map(one).collect()
}

#[test]
fn over_several_drills_rates_are_counted_shares_averaged_and_times_put_in_order() {
    let all = scores(&[
        (1, Some(60.0), 1.0, 2),
        (2, None, 0.0, 3),
        (3, Some(30.0), 0.5, 10),
        (4, Some(600.0), 0.9, 1),
        (5, Some(90.0), 0.8, 4),
    ]);
    let summary = Summary::of(&all);
    let [group] = summary.groups.as_slice() else { panic!("{summary:?}") };
    assert_eq!((group.scenario.as_str(), group.seeds.as_slice()), ("ntt-2020", [1, 2, 3, 4, 5].as_slice()));
    assert_eq!(group.by_findings, 5);
    let found = group.figure(Measure::Found).unwrap();
    assert_eq!((found.hits, found.cases, found.value, found.worst_seed), (4, 5, Some(0.8), Some(2)));
    assert!(found.low.unwrap() > 0.37 && found.high.unwrap() < 0.97);
    let delay = group.figure(Measure::Delay).unwrap();
    assert_eq!((delay.hits, delay.value, delay.worst, delay.worst_seed), (4, Some(90.0), None, Some(2)));
    // What was not found has no hops to be measured.
    let hops = group.figure(Measure::HopRecall).unwrap();
    assert_eq!((hops.cases, hops.value, hops.worst, hops.worst_seed), (4, Some(0.8), Some(0.5), Some(3)));
    assert!(hops.high.unwrap() <= 1.0);
    let alarms = group.figure(Measure::FalseFindings).unwrap();
    assert_eq!((alarms.value, alarms.worst, alarms.low), (Some(4.0), Some(10.0), Some(0.0)));
    assert!(group.figure(Measure::FalseIncidents).is_none() && group.figure(Measure::Apart).is_none());
}

#[test]
fn a_median_is_none_where_half_were_never_found_and_its_interval_may_reach_to_never() {
    let late: Vec<_> = (0..20).map(|seed| (seed, (seed < 12).then_some(seed as f64), 0.0, 0)).collect();
    let summary = Summary::of(&scores(&late));
    let delay = summary.groups[0].figure(Measure::Delay).unwrap();
    assert_eq!((delay.hits, delay.value, delay.low, delay.high), (12, Some(9.5), Some(5.0), None));
    let never = Summary::of(&scores(&[(1, None, 0.0, 0), (2, Some(1.0), 0.0, 0)]));
    assert_eq!(never.groups[0].figure(Measure::Delay).unwrap().value, None);
}

#[test]
fn scenarios_are_kept_apart_and_the_same_scores_give_the_same_bytes() {
    let mut all = scores(&[(1, Some(1.0), 1.0, 0), (1, Some(1.0), 1.0, 0)]);
    all[1].scenario = "quiet".to_owned();
    all[1].intrusions.clear();
    let summary = Summary::of(&all);
    assert_eq!(
        summary.groups.iter().map(|group| group.scenario.as_str()).collect::<Vec<_>>(),
        ["ntt-2020", "quiet"]
    );
    assert!(summary.groups[1].figure(Measure::Found).is_none());
    let bytes = |scores: &[Score]| serde_json::to_string(&Summary::of(scores)).unwrap();
    assert_eq!(bytes(&all), bytes(&all.clone()));
    assert_eq!(Summary::of(&[]), Summary::default());
}
