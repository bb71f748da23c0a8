//! Real alerts of other tools during two intrusions (the AIT alert data set), through whole hunts: they are joined into incidents by host,
//! kind and time alone, as the tables name nothing else.
//!
//! The two label columns are the truth. They are read here, from the raw lines; the hunt never sees them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use hunts::{Written, hunted};
use pipeline::RuleOptions;

#[path = "../../sources/tests/support/corpus.rs"]
#[allow(dead_code, reason = "one folder is needed")]
mod corpus;
#[path = "support/hunts.rs"]
mod hunts;

/// Incidents that someone would look at.
const FIRST: usize = 3;
/// Beside incidents by rank, from 1: alerts in none.
const LOOSE: usize = 0;

/// What the tables do not let anyone reach: the file and the phase with its event label. Service stops and busy processors come falsely all the
/// time and name neither account nor cause; these are hours off, or on a host with nothing else.
const NOT_REACHED: [(&str, &str); 3] = [
    ("russellmitchell", "service_stop/dnsteal"),
    ("shaw", "service_stop/dnsteal"),
    ("shaw", "cracking/crack_passwords"),
];

struct Alert {
    /// The window of time that it lies in, or `false_positive`.
    phase: String,
    /// What it is of, or `-`.
    event: String,
    host: String,
    /// Of its incident, by score.
    rank: usize,
}

/// The alerts of a table, each with its labels and with where the hunt put it.
fn alerts(table: &Path, written: &Written) -> Vec<Alert> {
    let mut ranks: HashMap<String, usize> = HashMap::new();
    for (rank, incident) in (1..).zip(written.lines("incidents.jsonl")) {
        for finding in incident["findings"].as_array().unwrap() {
            let before = ranks.insert(finding.as_str().unwrap().to_owned(), rank);
            assert_eq!(before, None, "a finding is in one incident");
        }
    }
    let mut by_record: BTreeMap<u64, usize> = BTreeMap::new();
    for finding in written.lines("findings.jsonl") {
        assert_eq!(finding["kind"], "external");
        let rank = ranks.get(finding["id"].as_str().unwrap()).copied().unwrap_or(LOOSE);
        by_record.insert(finding["evidence"][0]["record"].as_u64().unwrap(), rank);
    }
    let text = fs::read_to_string(table).unwrap();
    let lines = (1..).zip(text.lines()).skip(1);
    lines
        .map(|(record, line)| {
            let cells: Vec<&str> = line.rsplitn(5, ',').collect();
            let [event, phase, _, host, _] = cells[..] else { unreachable!("line {record}: {line}") };
            Alert { phase: phase.into(), event: event.into(), host: host.into(), rank: by_record[&record] }
        })
        .collect()
}

/// How many of these alerts are in which incident.
fn by_rank<'a>(alerts: impl Iterator<Item = &'a Alert>) -> BTreeMap<usize, usize> {
    alerts.fold(BTreeMap::new(), |mut ranks, alert| {
        *ranks.entry(alert.rank).or_default() += 1;
        ranks
    })
}

fn in_first(ranks: &BTreeMap<usize, usize>) -> usize {
    ranks.range(1..=FIRST).map(|(_, count)| count).sum()
}

fn check(name: &str) {
    let Some(folder) = corpus::corpus("ads") else { return };
    let table = folder.join(format!("{name}_alerts.txt"));
    let rules = RuleOptions { no_builtin: true, ..RuleOptions::default() };
    let written = hunted(vec![table.clone()], &rules, |hunt| hunt);
    let alerts = alerts(&table, &written);
    let incidents = written.lines("incidents.jsonl");
    println!(
        "{name}: {} alerts, {} incidents; how many alerts in which, by score (0: none)",
        alerts.len(),
        incidents.len()
    );
    for (rank, incident) in (1..).zip(&incidents).take(FIRST + 1) {
        println!(
            "  {rank}. {} points, {} to {}",
            incident["score"], incident["first_seen"], incident["last_seen"]
        );
    }

    let mut phases: BTreeMap<String, Vec<&Alert>> = BTreeMap::new();
    for alert in alerts.iter().filter(|alert| alert.event != "-" && alert.phase != "false_positive") {
        phases.entry(format!("{}/{}", alert.phase, alert.event)).or_default().push(alert);
    }
    assert!(phases.len() > 5, "the labels are there");
    let mut missed = Vec::new();
    for (phase, alerts) in &phases {
        let ranks = by_rank(alerts.iter().copied());
        let is_reached = 2 * in_first(&ranks) >= alerts.len();
        println!("  {phase:45} {:6} {ranks:?}", if is_reached { "" } else { "missed" });
        if !is_reached && !NOT_REACHED.contains(&(name, phase)) {
            missed.push(phase);
        }
    }

    let steps = by_rank(alerts.iter().filter(|alert| alert.event != "-" && alert.host == "intranet_server"));
    println!("  steps on intranet_server: {steps:?}");
    let is_false = |alert: &&Alert| alert.phase == "false_positive" && alert.event == "-";
    let false_ones = by_rank(alerts.iter().filter(is_false));
    let (inside, all) = (in_first(&false_ones), false_ones.values().sum::<usize>());
    let outside = 100.0 * (1.0 - inside as f64 / all as f64);
    println!("  false alerts: {outside:.2} % of {all} outside the first {FIRST}, {inside} inside");

    assert!(missed.is_empty(), "not in the first {FIRST} incidents: {missed:?}");
    let all_steps: usize = steps.values().sum();
    assert_eq!(
        steps.keys().filter(|rank| **rank != LOOSE).count(),
        1,
        "steps on one host in one incident: {steps:?}"
    );
    let loose = steps.get(&LOOSE).copied().unwrap_or_default();
    assert!(1000 * loose <= all_steps, "of {all_steps} steps {loose} are in no incident");
    assert!(outside >= 99.0, "{inside} of {all} false alerts are in the first {FIRST} incidents");
}

#[test]
fn the_alerts_of_an_intrusion_of_several_steps_are_in_the_first_incidents_and_the_false_ones_outside() {
    check("russellmitchell");
}

#[test]
fn so_are_those_of_another_in_a_noisier_company() {
    check("shaw");
}
