//! Calls home and names that carry data, in recordings of others and in tunnels of real tools.
//!
//!     cargo test -p yagura-pipeline --test network_behavior -- --nocapture
//!
//! prints the tables. The corpora lie below `$YAGURA_CORPUS`, else below `target/corpus`; the tunnels' logs in `$YAGURA_TUNNELS`, else they are
//! recorded by `crates/behavior/tests/tunnels.sh`. What is not there is said to be missing, and not tested.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

#[path = "support/activities.rs"]
mod reading;
#[path = "support/rita.rs"]
mod rita;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use behavior::{Calls, LookUps};
use model::{Activity, ActivityKind, Names};
use reading::{activities, behaved};

fn corpus(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("YAGURA_CORPUS").map(PathBuf::from);
    let root = root.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/corpus"));
    let folder = root.join(name);
    if !folder.is_dir() {
        println!("not tested: no {}", folder.display());
        return None;
    }
    Some(folder)
}

/// A list in which every address of the log that calls the sensor is a machine of the company, so that each is looked at.
fn callers_are_ours(folder: &Path, sensor: &str) -> String {
    let (all, names) = activities(&[folder.to_owned()]);
    let flows = all.iter().filter(|one| one.kind == ActivityKind::Flow);
    let callers: BTreeSet<&str> = flows.map(|one| names.get(one.source_address)).collect();
    let rows = callers.iter().enumerate().filter(|(_, address)| !address.is_empty() && **address != sensor);
    let rows: Vec<String> = rows.map(|(number, address)| format!("m{number},{address}")).collect();
    format!("name,addresses\n{}\n", rows.join("\n"))
}

/// The pairs of a folder as they stand at last, by regularity, with names; and seconds per activity.
fn regular(folder: &Path, assets: &str) -> (Vec<(String, String, Calls)>, f64) {
    let (all, names) = activities(&[folder.to_owned()]);
    let mut told = Vec::new();
    let (_, cost) = behaved(&all, &names, assets, |behaviors, estate| {
        let name = |host: estate::HostId| {
            let info = estate.host_info(host);
            let text = if info.full_name.is_empty() { &info.name } else { &info.full_name };
            text.to_string()
        };
        let place = |one: &Calls| one.place.map_or_else(|| "(names)".to_owned(), name);
        told = behaviors.calls().into_iter().map(|one| (name(one.machine), place(&one), one)).collect();
    });
    told.sort_by(|a, b| b.2.nats.total_cmp(&a.2.nats));
    println!("{}: {} activities, {} pairs with enough calls", folder.display(), all.len(), told.len());
    (told, cost)
}

/// RITA's score of all who called the sensor in the last 24 hours of the log, by address.
fn scores_of_rita(folder: &Path, sensor: &str) -> BTreeMap<String, f64> {
    let (all, names) = activities(&[folder.to_owned()]);
    let to = all.last().unwrap().time.micros() / 1_000_000;
    let mut calls: BTreeMap<&str, (Vec<i64>, Vec<f64>)> = BTreeMap::new();
    for one in
        all.iter().filter(|one| one.kind == ActivityKind::Flow && names.get(one.target_address) == sensor)
    {
        let time = one.time.micros() / 1_000_000;
        if time >= to - 86_400 {
            let (times, sizes) = calls.entry(names.get(one.source_address)).or_default();
            times.push(time);
            sizes.push(one.bytes_in as f64);
        }
    }
    let scored = calls.into_iter().filter_map(|(address, (times, sizes))| {
        Some((address.to_owned(), rita::score(&times, &sizes, to - 86_400, to)?))
    });
    scored.collect()
}

#[test]
fn the_beacon_of_rita_s_own_data_is_among_the_most_regular_of_thousands_of_callers() {
    let Some(folder) = corpus("network/rita/missing_host") else { return };
    let (sensor, caller) = ("64.225.56.201", "73.54.23.243");
    let assets = callers_are_ours(&folder, sensor);
    let (told, cost) = regular(&folder, &assets);
    let scores = scores_of_rita(&folder, sensor);
    let mut sorted: Vec<f64> = scores.values().copied().collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let addresses: BTreeMap<&str, &str> = assets.lines().filter_map(|row| row.split_once(',')).collect();
    println!("callers: {}; with a score of RITA's: {}", addresses.len(), scores.len());
    println!("rank   nats  RITA   rank  caller");
    let told: Vec<_> = told.iter().filter(|(_, place, _)| place == sensor).collect();
    for (at, (machine, _, one)) in told.iter().enumerate() {
        let address = addresses[machine.as_str()];
        let score = scores.get(address).copied().unwrap_or_default();
        if at < 12 || address == caller {
            let rank = sorted.iter().filter(|other| **other > score).count() + 1;
            println!("{:4} {:6.1} {score:5.3} {rank:6}  {address}", at + 1, one.nats);
        }
    }
    println!(
        "expected by RITA's test: {caller} 0.963; {:.2} µs an activity for all of behaviour",
        cost * 1e6
    );
    for (address, score) in scores.iter().filter(|(_, score)| **score > 0.9) {
        let rank = told.iter().position(|(machine, _, _)| addresses[machine.as_str()] == address);
        println!("RITA above 0.9: {score:.3} {address}, rank here {:?}", rank.map(|rank| rank + 1));
    }
    assert!((scores[caller] - 0.963).abs() < 0.05, "{}", scores[caller]);
    let rank = told.iter().position(|(machine, _, _)| addresses[machine.as_str()] == caller);
    assert!(rank.is_some_and(|rank| rank < 5), "{rank:?}");
}

/// In the capture of Stratosphere's there are two machines, and a device asks for its maker's name every 19 minutes for a day: that is regular, and whether
/// others do so nobody can tell.
#[test]
fn a_resolver_and_a_browser_that_rita_calls_half_a_beacon_are_none() {
    println!("RITA: 10.0.0.238 -> 75.75.75.75 has 0.673 in proxy_rolling");
    for (folder, most) in [("rita/proxy_rolling", 10.0), ("rita/proxy", 10.0), ("slips", 100.0)] {
        let Some(folder) = corpus(&format!("network/{folder}")) else { continue };
        let (told, _) = regular(&folder, "name,addresses\n");
        for (machine, place, one) in told.iter().take(8) {
            println!("{:6.1} {:6.1}  {machine} -> {place}", one.nats, one.rare);
        }
        assert!(told.iter().all(|(_, _, one)| one.nats < most), "{:?}", told.first());
    }
}

/// What was asked below each domain on each day, and how many days of machines and domains there were.
fn asked(path: &Path) -> Vec<LookUps> {
    let (all, names) = activities(&[path.to_owned()]);
    let (told, cost) = asked_of(&all, &names);
    let told: Vec<LookUps> = told.into_iter().map(|(_, one)| one).collect();
    let most = told.iter().map(|one| one.bytes).fold(0.0, f64::max);
    let looks = all.iter().filter(|one| one.kind == ActivityKind::Dns).count();
    println!(
        "{looks:>7} look-ups, {:>4} days of a domain, most {most:>9.0} bytes, {:.2} µs each  {}",
        told.len(),
        cost * 1e6,
        path.display(),
    );
    told
}

/// The same with the machines' names, and seconds per look-up.
fn asked_of(all: &[Activity], names: &Names) -> (Vec<(String, LookUps)>, f64) {
    let all: Vec<Activity> = all.iter().filter(|one| one.kind == ActivityKind::Dns).copied().collect();
    let mut told = Vec::new();
    let (_, cost) = behaved(&all, names, "name,addresses\n", |behaviors, estate| {
        let name = |one: &LookUps| estate.host_info(one.machine).name.to_string();
        told.extend(behaviors.asked().into_iter().map(|one| (name(&one), one)));
    });
    (told, cost)
}

/// Names as programs make them up that seek their master among many: letters at random, 8 to 15 of them, none of which there is.
fn made_up(number: u64) -> String {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 20) % below
    };
    let length = 8 + next(8);
    let label: String = (0..length).map(|_| char::from(b'a' + next(26) as u8)).collect();
    format!("{label}.example")
}

#[test]
fn made_up_domains_look_unlike_those_that_people_ask_for() {
    let Some(folder) = corpus("network") else { return };
    let (mut all, mut names) = activities(&[folder]);
    let last = *all.iter().rfind(|one| one.kind == ActivityKind::Dns).unwrap();
    for number in 0..100 {
        let (object, source_address) = (names.id(&made_up(number)), names.id("10.250.0.9"));
        all.push(Activity { object, source_address, outcome: model::Outcome::Failure, ..last });
    }
    let told = asked_of(&all, &names).0;
    let (made, others): (Vec<_>, Vec<_>) = told.iter().partition(|(name, _)| name == "10.250.0.9");
    let mut by_machine: BTreeMap<&str, f64> = BTreeMap::new();
    others.iter().for_each(|(name, one)| *by_machine.entry(name).or_default() += one.made_up);
    let most = by_machine.values().copied().fold(0.0, f64::max);
    let unlike = |all: &[&(String, LookUps)]| all.iter().filter(|(_, one)| one.made_up > 0.0).count();
    let domains: BTreeSet<u32> = others.iter().map(|(_, one)| one.domain).collect();
    let sum: f64 = made.iter().map(|(_, one)| one.made_up).sum();
    println!("made up: {} domains, {} look so, {sum:.1} nats", made.len(), unlike(&made));
    println!(
        "others: {} domains, {} look so; most of a machine {most:.1} nats",
        domains.len(),
        unlike(&others)
    );
    assert!(sum > 4.0 * most, "{sum} {most}");
}

/// What Paxson and others (USENIX Security 2013) let pass: 4 kB a day from one machine to one domain.
const LIMIT: f64 = 4096.0;

#[test]
fn tunnels_carry_more_than_4_kb_a_day_and_the_names_of_others_do_not() {
    let folders = [
        "network/rita",
        "network/slips",
        "otrf/apt29/day1/zeek/individual_zeek_logs",
        "otrf/apt29/day2/zeek/individual_zeek_logs",
    ];
    let normal: Vec<LookUps> =
        folders.iter().filter_map(|one| corpus(one)).flat_map(|one| asked(&one)).collect();
    let above = normal.iter().filter(|one| one.bytes > LIMIT).count();
    println!("normal: {above} of {} above {LIMIT} bytes", normal.len());
    assert!(above * 100 <= normal.len(), "{above} of {}", normal.len());

    let Some((_guard, folder)) = tunnels() else { return };
    for (file, is_one) in [("iodine-busy.log", true), ("dns2tcp.log", true), ("iodine-idle.log", false)] {
        let most = asked(&folder.join(file)).iter().map(|one| one.bytes).fold(0.0, f64::max);
        println!("{file}: {most:.0} bytes");
        assert!(!is_one || most > LIMIT, "{file}: {most}");
    }
}

/// The folder with the logs of tunnels, recorded now where there is none.
fn tunnels() -> Option<(Option<tempfile::TempDir>, PathBuf)> {
    if let Some(folder) = std::env::var_os("YAGURA_TUNNELS") {
        return Some((None, folder.into()));
    }
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../behavior/tests/tunnels.sh");
    let ran = Command::new("sh").arg(script).arg(folder.path()).arg("5").output().unwrap();
    if !ran.status.success() {
        println!("not tested: tunnels {}", String::from_utf8_lossy(&ran.stderr));
        return None;
    }
    let path = folder.path().to_owned();
    Some((Some(folder), path))
}

/// Real recordings put among a company's logs, which `$YAGURA_COMPANY` (a folder with `logs` and `company/assets.csv`) has: of its last days.
#[test]
fn a_beacon_and_tunnels_stand_out_in_a_company() {
    let Some(company) = std::env::var_os("YAGURA_COMPANY").map(PathBuf::from) else {
        return println!("not tested: no $YAGURA_COMPANY");
    };
    let (mut all, mut names) = activities(&[company.join("logs")]);
    let last = all.last().unwrap().time.micros();
    let mut put = |path: &Path, client: &str, wanted: &dyn Fn(&Activity, &Names) -> bool| {
        let (others, theirs) = activities(&[path.to_owned()]);
        let others: Vec<_> = others.into_iter().filter(|one| wanted(one, &theirs)).collect();
        let Some(end) = others.last().map(|one| one.time.micros()) else { return };
        for mut one in others {
            one.time = model::Time::from_micros(one.time.micros() - end + last - 4 * 3_600_000_000);
            one.record.key.source.0 += 1 << 30;
            one.source_address = names.id(client);
            for id in [&mut one.target_address, &mut one.host, &mut one.object] {
                *id = names.id(theirs.get(*id));
            }
            all.push(one);
        }
    };
    if let Some(rita) = corpus("network/rita/missing_host") {
        put(&rita, "10.250.0.1", &|one, names| {
            one.kind == ActivityKind::Flow && names.get(one.source_address) == "73.54.23.243"
        });
    }
    let tunnels = tunnels();
    if let Some((_, folder)) = &tunnels {
        put(&folder.join("iodine-busy.log"), "10.250.0.2", &|one, _| one.kind == ActivityKind::Dns);
        put(&folder.join("dns2tcp.log"), "10.250.0.3", &|one, _| one.kind == ActivityKind::Dns);
    }
    all.sort_by_key(|one| (one.time, one.record.key));
    let assets = std::fs::read_to_string(company.join("company/assets.csv")).unwrap();
    let (mut called, mut looked_up) = (Vec::new(), Vec::new());
    let mut days = 0;
    let (surprises, cost) = behaved(&all, &names, &assets, |behaviors, estate| {
        let name = |host| estate.host_info(host).name.to_string();
        let calls = behaviors.calls().into_iter();
        let place = |one: &Calls| one.place.map_or_else(|| "(names)".to_owned(), name);
        called = calls.map(|one| (name(one.machine), place(&one), one.nats, one.rare)).collect();
        let asked = behaviors.asked();
        let above = asked.iter().filter(|one| one.bytes > LIMIT).count();
        let above_rare = asked.iter().filter(|one| one.rare > LIMIT).count();
        days += 1;
        println!(
            "day {days}: {} machines and domains, {above} above {LIMIT} bytes, {above_rare} where it is rare",
            asked.len()
        );
        let told = asked.into_iter().map(|one| (name(one.machine), one.names, one.bytes, one.rare));
        looked_up.extend(told.filter(|one| one.3 > 0.0));
    });
    looked_up.sort_by(|a, b| b.3.total_cmp(&a.3));
    println!("{} activities, {:.2} µs each for all of behaviour", all.len(), cost * 1e6);
    called.iter().take(20).for_each(|one| println!("calls {one:?}"));
    looked_up.iter().take(12).for_each(|one| println!("asked {one:?}"));
    for one in &surprises {
        let why: Vec<String> = one
            .why
            .iter()
            .map(|why| format!("{} {:.1} {} {:.4}", why.measure.as_str(), why.value, why.example, why.chance))
            .collect();
        if why
            .iter()
            .any(|why| why.starts_with("beacon") || why.starts_with("name_t") || why.starts_with("made_up"))
        {
            println!(
                "{} {:?} {:.3} {why:?}",
                one.time.micros() / 86_400_000_000,
                one.subject,
                one.expected_per_day
            );
        }
    }
    let place = |wanted: &str| called.iter().position(|one| one.0 == wanted);
    assert!(place("10.250.0.1").is_some_and(|rank| rank < 3), "{:?}", called.first());
    if tunnels.is_some() {
        let first: Vec<&str> = looked_up.iter().take(2).map(|one| one.0.as_str()).collect();
        assert!(first.contains(&"10.250.0.2") && first.contains(&"10.250.0.3"), "{first:?}");
    }
}
