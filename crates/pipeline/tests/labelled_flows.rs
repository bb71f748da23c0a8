//! Flows whose nature others stated: which of them are long enough for calls of programs to be told, and how far up those are, day by day.
//!
//!     cargo test -p yagura-pipeline --test labelled_flows -- --nocapture
//!
//! prints the tables. A peer stands beside: the z-score of how little the intervals between calls vary (their coefficient of variation, against that of all callers of the day).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

#[path = "support/activities.rs"]
mod reading;
#[path = "support/rita.rs"]
#[allow(dead_code, reason = "the score is needed, not its parts")]
mod rita;

#[path = "../../sources/tests/support/corpus.rs"]
#[allow(dead_code, reason = "folders are needed")]
mod corpus;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use behavior::Calls;
use corpus::corpus;
use estate::{Estate, HostId};
use model::{Activity, ActivityKind, Names};
use reading::{activities, behaved};

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// Before so many hours with calls nothing is told of a pair; nor before so many intervals.
const HOURS: f64 = 4.0;
const INTERVALS: usize = 10;
/// Calls closer than this are one, for all methods (microseconds).
const SAME: i64 = 3_000_000;

/// Where flows lie, and whether somebody stated which are malicious.
const RECORDINGS: [(&str, &str); 4] = [
    ("network/slips/test18-malicious-ctu-sme-11-win", "label on every flow"),
    ("network/rita/proxy_rolling", "expected scores of pairs"),
    ("otrf/apt29/day1/zeek/individual_zeek_logs", "none on flows"),
    ("otrf/apt29/day2/zeek/individual_zeek_logs", "none on flows"),
];

#[test]
fn nothing_is_told_of_recordings_shorter_than_four_hours_and_all_that_have_labels_are() {
    println!("| recording | labels | hours | flows | pairs told of | most regular, nats |");
    println!("|---|---|---|---|---|---|");
    for (name, labels) in RECORDINGS {
        let Some(folder) = corpus(name) else { continue };
        let (all, names) = activities(&[folder]);
        let flows: Vec<&Activity> = all.iter().filter(|one| one.kind == ActivityKind::Flow).collect();
        let (first, last) = (flows.first().unwrap(), flows.last().unwrap());
        let hours = (last.time.micros() - first.time.micros()) as f64 / HOUR as f64;
        let mut told = Vec::new();
        behaved(&all, &names, "name,addresses\n", |behaviors, _| told = behaviors.calls());
        let most = told.iter().map(|one| one.nats).fold(0.0, f64::max);
        println!("| `{name}` | {labels} | {hours:.1} | {} | {} | {most:.1} |", flows.len(), told.len());
        assert!(hours >= HOURS || told.is_empty(), "{name}: {told:?}");
        assert!(!labels.starts_with("label") || hours < HOURS, "{name} is long enough now: measure it");
    }
}

/// A row of Zeek's table of connections, with its label.
struct Labelled {
    pair: (String, String),
    time: i64,
    is_malicious: bool,
}

fn labelled(path: &Path) -> Vec<Labelled> {
    let text = std::fs::read_to_string(path).unwrap();
    let head = text.lines().find_map(|line| line.strip_prefix("#fields\t")).unwrap();
    let at = |name: &str| head.split('\t').position(|field| field == name).unwrap();
    let [time, from, to, label] = ["ts", "id.orig_h", "id.resp_h", "label"].map(at);
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let seconds: f64 = cells[time].parse().unwrap();
        Labelled {
            pair: (cells[from].to_owned(), cells[to].to_owned()),
            time: (seconds * 1e6) as i64,
            is_malicious: cells[label] == "Malicious",
        }
    };
    rows.map(row).collect()
}

/// Eight minutes of one machine that a program on it makes call its master: the peer needs no more, and behaviour says nothing yet.
#[test]
fn of_eight_minutes_of_a_program_that_calls_its_master_only_the_peer_says_anything() {
    let Some(folder) = corpus("network/slips/test18-malicious-ctu-sme-11-win/zeek-labeled") else { return };
    let mut pairs: BTreeMap<(String, String), (Vec<i64>, bool)> = BTreeMap::new();
    for row in labelled(&folder.join("conn.log.labeled")) {
        let (times, is_malicious) = pairs.entry(row.pair).or_default();
        times.push(row.time);
        *is_malicious |= row.is_malicious;
    }
    let malicious = pairs.values().filter(|(_, is_malicious)| *is_malicious).count();
    println!("{} pairs, {malicious} of them malicious", pairs.len());
    println!(
        "| from | to | calls | calls 3 s apart | variation of intervals | label |\n|---|---|---|---|---|---|"
    );
    for ((from, to), (times, is_malicious)) in &mut pairs {
        times.sort_unstable();
        let (calls, label) = (apart(times), if *is_malicious { "malicious" } else { "other" });
        let variation = variation(&calls).map_or("too few".to_owned(), |one| format!("{one:.2}"));
        println!("| {from} | {to} | {} | {} | {variation} | {label} |", times.len(), calls.len());
    }
    assert_eq!(malicious, 1, "there are enough now for shares: measure them");
}

/// The times of calls that are not the same call as the one before.
fn apart(times: &[i64]) -> Vec<i64> {
    let mut apart: Vec<i64> = Vec::new();
    for time in times {
        if apart.last().is_none_or(|last| time - last >= SAME) {
            apart.push(*time);
        }
    }
    apart
}

/// Standard deviation of the intervals in means of them; none where there are too few.
fn variation(times: &[i64]) -> Option<f64> {
    let intervals: Vec<f64> = times.windows(2).map(|two| (two[1] - two[0]) as f64).collect();
    let count = intervals.len() as f64;
    let mean = intervals.iter().sum::<f64>() / count;
    let variance = intervals.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / count;
    (intervals.len() >= INTERVALS).then(|| variance.sqrt() / mean)
}

/// RITA's test states a score of 0.963 for one caller of its sensor; here is where it lies among all callers at the end of each day.
#[test]
fn on_each_whole_day_fewer_than_one_caller_in_a_hundred_is_above_the_beacon_of_rita_s_own_data() {
    let Some(folder) = corpus("network/rita/missing_host") else { return };
    let (sensor, beacon) = ("64.225.56.201", "73.54.23.243");
    let (all, names) = activities(&[folder]);
    let calls = calls_by_day(&all, &names, sensor);
    let callers: BTreeSet<&str> = calls.values().flat_map(|day| day.keys().copied()).collect();
    // Each is a machine of the company, so that it is looked at.
    let rows = callers.iter().enumerate().map(|(number, address)| format!("m{number},{address}\n"));
    let assets = format!("name,addresses\n{}", rows.collect::<String>());
    let addresses: Vec<&str> = callers.iter().copied().collect();
    let mut told: Vec<BTreeMap<String, f64>> = Vec::new();
    behaved(&all, &names, &assets, |behaviors, estate| {
        told.push(scores(behaviors.calls(), estate, sensor, &addresses));
    });
    let days: BTreeSet<i64> = all.iter().map(|one| one.time.micros().div_euclid(DAY)).collect();
    println!("| day | callers | the beacon's calls | method | rank | callers above | at 0.1 % | 1 % | 5 % |");
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut whole_days = 0;
    for (day, told) in days.iter().zip(&told) {
        // The first hours in UTC have five callers.
        let is_whole = |calls: &&BTreeMap<&str, Vec<Call>>| calls.len() >= 1000 && calls.contains_key(beacon);
        let Some(calls) = calls.get(day).filter(is_whole) else { continue };
        whole_days += 1;
        let own = calls[beacon].len();
        let methods = [
            ("calls of programs", told.clone()),
            ("variation", z_scores(calls)),
            ("RITA", of_rita(calls, *day)),
        ];
        for (name, scores) in methods {
            let above = above(&scores, beacon);
            let share = above.map(|above| above as f64 / calls.len() as f64);
            let at = [0.001, 0.01, 0.05]
                .map(|most| if share.is_some_and(|share| share <= most) { "yes" } else { "no" });
            let (rank, percent) =
                above.zip(share).map_or(("–".to_owned(), "–".to_owned()), |(above, share)| {
                    ((above + 1).to_string(), format!("{:.2} %", 100.0 * share))
                });
            println!(
                "| {whole_days} | {} | {own} | {name} | {rank} | {percent} | {} |",
                calls.len(),
                at.join(" | ")
            );
            if name == "calls of programs" {
                assert!(share.is_some_and(|share| share < 0.01), "{day}: {share:?}");
            }
        }
    }
    assert!(whole_days > 0, "the beacon is there");
}

/// By day and caller the times of calls to the sensor.
fn calls_by_day<'a>(
    all: &[Activity],
    names: &'a Names,
    sensor: &str,
) -> BTreeMap<i64, BTreeMap<&'a str, Vec<Call>>> {
    let mut calls: BTreeMap<i64, BTreeMap<&str, Vec<Call>>> = BTreeMap::new();
    for one in all.iter().filter(|one| one.kind == ActivityKind::Flow) {
        let caller = names.get(one.source_address);
        if names.get(one.target_address) == sensor && !caller.is_empty() && caller != sensor {
            let day = calls.entry(one.time.micros().div_euclid(DAY)).or_default();
            day.entry(caller).or_default().push(Call { time: one.time.micros(), bytes: one.bytes_in });
        }
    }
    calls
}

struct Call {
    time: i64,
    bytes: u64,
}

/// Nats by address, of those that called the sensor.
fn scores(calls: Vec<Calls>, estate: &Estate, sensor: &str, addresses: &[&str]) -> BTreeMap<String, f64> {
    let name = |host: HostId| estate.host_info(host).name.to_string();
    let address = |machine: &str| addresses.get(machine.strip_prefix('m')?.parse::<usize>().ok()?);
    let of_sensor = calls.into_iter().filter(|one| one.place.is_some_and(|place| name(place) == sensor));
    of_sensor.filter_map(|one| Some(((*address(&name(one.machine))?).to_owned(), one.nats))).collect()
}

fn z_scores(calls: &BTreeMap<&str, Vec<Call>>) -> BTreeMap<String, f64> {
    let of = |calls: &Vec<Call>| variation(&apart(&calls.iter().map(|call| call.time).collect::<Vec<_>>()));
    let varied: Vec<(&str, f64)> =
        calls.iter().filter_map(|(caller, calls)| Some((*caller, of(calls)?))).collect();
    let count = varied.len() as f64;
    let mean = varied.iter().map(|(_, one)| one).sum::<f64>() / count;
    let deviation = (varied.iter().map(|(_, one)| (one - mean).powi(2)).sum::<f64>() / count).sqrt();
    varied.into_iter().map(|(caller, one)| (caller.to_owned(), (mean - one) / deviation)).collect()
}

fn of_rita(calls: &BTreeMap<&str, Vec<Call>>, day: i64) -> BTreeMap<String, f64> {
    let scored = calls.iter().filter_map(|(caller, calls)| {
        let times: Vec<i64> = calls.iter().map(|call| call.time / 1_000_000).collect();
        let sizes: Vec<f64> = calls.iter().map(|call| call.bytes as f64).collect();
        let from = day * DAY / 1_000_000;
        Some(((*caller).to_owned(), rita::score(&times, &sizes, from, from + DAY / 1_000_000)?))
    });
    scored.collect()
}

/// How many have a higher score than one of them, or the same; none where it has no score.
fn above(scores: &BTreeMap<String, f64>, one: &str) -> Option<usize> {
    let own = scores.get(one)?;
    Some(scores.iter().filter(|(name, score)| *name != one && *score >= own).count())
}
