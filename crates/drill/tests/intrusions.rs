//! Every intrusion, played in a small company: the same each time for a seed, within its time, and told truly.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use drill::generate::{FIRST_DAY, Wish, generate};
use drill::scenario::{Pace, SCENARIOS, Scenario};
use serde_json::Value;
use sha2::{Digest, Sha256};

const DAYS: u32 = 14;
const DAY: i64 = 24 * 3_600 * 1_000_000;

/// A drill that was written.
struct Drill {
    /// Every file with the hash of what is in it.
    hashes: BTreeMap<PathBuf, Vec<u8>>,
    incidents: Vec<Value>,
    readings: Vec<Value>,
    records: Vec<Value>,
}

impl Drill {
    fn of(scenario: &str, seed: u64) -> Drill {
        Drill::lasting(scenario, seed, Pace::Fast, DAYS)
    }

    fn lasting(scenario: &str, seed: u64, pace: Pace, days: u32) -> Drill {
        let folder = tempfile::tempdir().unwrap();
        let wish = Wish {
            scenario: scenario.parse::<Scenario>().unwrap(),
            pace,
            seed,
            users: 60,
            hosts: None,
            days,
            first_day: FIRST_DAY,
            damage: Default::default(),
        };
        generate(&wish, folder.path(), &mut |_| {}).unwrap();
        let lines = |name: &str| -> Vec<Value> {
            let text = std::fs::read_to_string(folder.path().join("truth").join(name)).unwrap();
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        };
        let (incidents, readings, records) =
            (lines("incidents.jsonl"), lines("readings.jsonl"), lines("records.jsonl"));
        let mut hashes = BTreeMap::new();
        hash(folder.path(), folder.path(), &mut hashes);
        Drill { hashes, incidents, readings, records }
    }

    fn hops(&self) -> Vec<Hop> {
        let hops = self.incidents.iter().flat_map(|incident| incident["path"].as_array().unwrap());
        let text = |hop: &Value, name: &str| hop[name].as_str().unwrap().to_owned();
        hops.map(|hop| Hop {
            from: text(hop, "from"),
            to: text(hop, "to"),
            account: text(hop, "account"),
            time: micros(&hop["time"]),
        })
        .collect()
    }

    /// Every time that the truth names.
    fn times(&self) -> Vec<i64> {
        let ends =
            self.incidents.iter().flat_map(|one| [micros(&one["first_seen"]), micros(&one["last_seen"])]);
        ends.chain(self.readings.iter().map(|one| micros(&one["time"]))).collect()
    }
}

struct Hop {
    from: String,
    to: String,
    account: String,
    time: i64,
}

fn hash(root: &Path, folder: &Path, hashes: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            hash(root, &path, hashes);
        } else {
            let digest = Sha256::digest(std::fs::read(&path).unwrap()).to_vec();
            hashes.insert(path.strip_prefix(root).unwrap().to_owned(), digest);
        }
    }
}

fn micros(time: &Value) -> i64 {
    model::Time::parse(time.as_str().unwrap()).unwrap().micros()
}

/// 192.0.2.7
fn is_address(name: &str) -> bool {
    name.parse::<std::net::Ipv4Addr>().is_ok()
}

const SEEDS: std::ops::RangeInclusive<u64> = 1..=4;

/// Drills of every intrusion alone, with several seeds; made once for all tests.
fn drills() -> impl Iterator<Item = (&'static str, u64, &'static Drill)> {
    static DRILLS: OnceLock<Vec<(&'static str, u64, Drill)>> = OnceLock::new();
    let made = DRILLS.get_or_init(|| {
        let each = intrusions().flat_map(|name| SEEDS.map(move |seed| (name, seed)));
        each.map(|(name, seed)| (name, seed, Drill::of(name, seed))).collect()
    });
    made.iter().map(|(name, seed, drill)| (*name, *seed, drill))
}

fn intrusions() -> impl Iterator<Item = &'static str> {
    SCENARIOS.iter().filter(|scenario| scenario.intrusions().len() == 1).map(|scenario| scenario.name())
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_does_not() {
    for (name, seed, drill) in drills() {
        assert!(drill.hashes.len() > 4, "{name}");
        let others = drills().filter(|(own, other, _)| *own == name && *other != seed);
        assert!(others.into_iter().all(|(_, _, other)| other.hashes != drill.hashes), "{name}");
        if seed == 1 {
            assert!(Drill::of(name, seed).hashes == drill.hashes, "{name}");
        }
    }
    for name in ["ntt-2020", "quiet"] {
        assert!(Drill::of(name, 5).hashes == Drill::of(name, 5).hashes, "{name}");
    }
}

#[test]
fn every_intrusion_leaves_marked_records_and_moves_as_far_as_its_case_does() {
    for (name, seed, drill) in drills() {
        assert_eq!(drill.incidents.len(), 1, "{name}");
        assert!(drill.incidents[0]["stages"].as_array().unwrap().len() >= 2, "{name}");
        assert!(
            (20..60_000).contains(&drill.records.len()),
            "{name} {seed}: {} records",
            drill.records.len()
        );
        assert!(!drill.hops().is_empty(), "{name} {seed}");
        assert!(!drill.incidents[0]["entities"].as_array().unwrap().is_empty(), "{name}");
        assert!(name == "ransom" || !drill.readings.is_empty(), "{name} {seed}");
    }
}

#[test]
fn every_move_begins_outside_or_where_an_earlier_one_ended() {
    for (name, seed, drill) in drills() {
        let mut reached = BTreeSet::new();
        for (number, hop) in drill.hops().iter().enumerate() {
            // An employee begins at their own machine.
            if name == "insider" && number == 0 {
                reached.insert(hop.from.clone());
            }
            assert!(is_address(&hop.from) || reached.contains(&hop.from), "{name} {seed}: from {}", hop.from);
            reached.insert(hop.to.clone());
            assert!(!is_address(&hop.to) && !hop.account.is_empty(), "{name}");
        }
        assert!(drill.hops().is_sorted_by_key(|hop| hop.time), "{name} {seed}");
    }
}

#[test]
fn an_intrusion_begins_when_what_is_usual_is_known_and_ends_before_the_logs_do() {
    let start = FIRST_DAY * DAY - 9 * DAY / 24;
    for (name, seed, drill) in drills() {
        let (from, until) = (start + i64::from(DAYS) * DAY / 2, start + i64::from(DAYS) * DAY);
        let times = drill.times();
        assert!(times.iter().all(|time| (from..until).contains(time)), "{name} {seed}");
        let (first, last) = (times.iter().min().unwrap(), times.iter().max().unwrap());
        assert!(last - first < 6 * DAY + DAY / 4, "{name} {seed}: {} hours", (last - first) / (DAY / 24));
    }
}

#[test]
fn a_slow_intrusion_takes_weeks() {
    for name in intrusions() {
        let drill = Drill::lasting(name, 3, Pace::Slow, 64);
        let times = drill.times();
        let weeks = (times.iter().max().unwrap() - times.iter().min().unwrap()) / (7 * DAY);
        assert!((4..=8).contains(&weeks), "{name}: {weeks} weeks");
        assert!(drill.records.len() < 60_000, "{name}: {} records", drill.records.len());
    }
}

#[test]
fn other_seeds_have_other_victims() {
    for name in intrusions() {
        let seeds = drills().filter(|(own, _, _)| *own == name);
        let taken: BTreeSet<Vec<(String, String)>> = seeds
            .map(|(_, _, drill)| {
                drill.hops().iter().map(|hop| (hop.to.clone(), hop.account.clone())).collect()
            })
            .collect();
        assert!(taken.len() >= 3, "{name}: {taken:?}");
    }
}

#[test]
fn where_nothing_happens_no_record_is_an_intruder_s() {
    let drill = Drill::of("quiet", 7);
    assert!(drill.records.is_empty() && drill.incidents.is_empty() && drill.readings.is_empty());
}
