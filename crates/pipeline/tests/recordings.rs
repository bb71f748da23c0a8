//! Recorded attacks of others, each hunted by itself: every move between hosts that its records show is a hop of an incident.
//!
//! The truth is `recordings/moves.tsv`, found by reading the records by hand; its head says what its columns hold. A move counts as reached where an
//! incident has a hop between the right hosts (also by their other names) with the right account within minutes; whether the hop tells
//! the way that the records show is counted as well. Incidents need findings, so SigmaHQ's rules are loaded beside the built-in ones; where none speaks,
//! the table says so.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use hunts::hunted;
use pipeline::RuleOptions;
use serde_json::Value;

#[path = "../../sources/tests/support/corpus.rs"]
#[allow(dead_code, reason = "single files are needed")]
mod corpus;
#[path = "support/hunts.rs"]
mod hunts;

/// How far the hop of a move may be from the move, in seconds: its records are.
const APART: i64 = 300;

/// Moves that no incident has as a hop, each with the end of its recording's name, from, to, and why.
const NOT_REACHED: [(&str, &str, &str, &str); 5] = [
    ("dfir_rdpsharp_target_RdpCoreTs_168_68_131.evtx", "10.0.2.16", "msedgewin10", DAILY),
    ("smb_bi_auth_conn_spoolsample.evtx", "10.0.2.17", "msedgewin10", DAILY),
    ("day2/zeek/combined_zeek.log", "utica.dmevals.local", "newyork.dmevals.local", LOW),
    ("day2/zeek/combined_zeek.log", "172.18.39.2", "utica.dmevals.local", LOW),
    ("day2/zeek/combined_zeek.log", "utica.dmevals.local", "scranton.dmevals.local", LOW),
];

/// Moves whose hop tells another way than the records do, each as above, with the way that it tells.
const OTHER_WAY: [(&str, &str, &str, &str); 1] = [
    // Two moves within three minutes are one visit; the service of the second tells its way.
    ("LM_renamed_psexecsvc_5145.evtx", "10.0.2.16", "iewin7", "service"),
];

/// No finding: remote desktops one after the other, and two servers that use each other's shares, are everybody's day.
const DAILY: &str = "no finding";
/// One finding, of low level and in nobody's session: a certificate that its own holder signed.
const LOW: &str = "a finding of low level that is in no session";

/// Moves that are reached, those of them whose hop tells the way, and hops that are no move of the list.
const REACHED: usize = 37;
const REACHED_BY_ITS_WAY: usize = 36;
const BESIDE: usize = 0;

#[derive(Clone)]
struct Move {
    recording: String,
    time: i64,
    from: String,
    to: String,
    account: String,
    via: String,
    /// Another way that is right as well.
    also: Option<String>,
    how: String,
}

/// The moves by recording, and the other names of hosts.
struct Truth {
    moves: BTreeMap<String, Vec<Move>>,
    aliases: BTreeMap<String, Vec<[String; 2]>>,
}

fn seconds(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second)
}

fn truth() -> Truth {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/moves.tsv");
    let text = std::fs::read_to_string(path).unwrap();
    let mut truth = Truth { moves: BTreeMap::new(), aliases: BTreeMap::new() };
    for line in text.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        match cells[..] {
            ["# alias", recording, name, other, _] => {
                let names = [name.to_owned(), other.to_owned()];
                truth.aliases.entry(recording.to_owned()).or_default().push(names);
            }
            [recording, time, from, to, account, via, _, note]
                if !line.starts_with('#') && recording != "corpus-path" =>
            {
                let how = note.split([':', ' ']).next().unwrap_or_default();
                truth.moves.entry(recording.to_owned()).or_default().push(Move {
                    recording: recording.to_owned(),
                    time: seconds(time),
                    from: from.to_owned(),
                    to: to.to_owned(),
                    account: account.to_owned(),
                    via: via.split('|').next().unwrap_or_default().to_owned(),
                    also: via.split_once('|').map(|(_, also)| also.to_owned()),
                    how: how.to_owned(),
                });
            }
            _ => {}
        }
    }
    truth
}

/// The name without its domain; an address as it stands.
fn short(name: &str) -> String {
    let lower = name.to_lowercase();
    match lower.parse::<std::net::IpAddr>() {
        Ok(_) => lower,
        Err(_) => lower.split('.').next().unwrap_or_default().to_owned(),
    }
}

impl Truth {
    fn is_host(&self, recording: &str, wanted: &str, got: &str) -> bool {
        let others = self.aliases.get(recording).into_iter().flatten();
        let mut names: BTreeSet<String> = BTreeSet::from([short(wanted)]);
        for pair in others.filter(|pair| pair.iter().any(|name| short(name) == short(wanted))) {
            names.extend(pair.iter().map(|name| short(name)));
        }
        names.contains(&short(got))
    }

    fn is_hop(&self, wanted: &Move, hop: &Value) -> bool {
        let text = |name: &str| hop[name].as_str().unwrap_or_default();
        let bare = |account: &str| account.rsplit('\\').next().unwrap_or_default().to_lowercase();
        self.is_host(&wanted.recording, &wanted.from, text("from"))
            && self.is_host(&wanted.recording, &wanted.to, text("to"))
            && (wanted.account == "-" || bare(&wanted.account) == bare(text("account")))
            && (seconds(text("time")) - wanted.time).abs() <= APART
    }
}

/// What a hunt through one recording gave.
struct Seen {
    levels: BTreeMap<String, usize>,
    hops: Vec<Value>,
    incidents: usize,
}

fn hunt(recording: &str, roots: &BTreeMap<&str, PathBuf>, rules: &RuleOptions) -> Seen {
    let (corpus, rest) = recording.split_once('/').unwrap();
    let file = roots[corpus].join(rest.split('!').next().unwrap());
    let written = hunted(vec![file], rules, |hunt| hunt);
    let mut levels = BTreeMap::new();
    for finding in written.lines("findings.jsonl") {
        *levels.entry(finding["rule"]["level"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let incidents = written.lines("incidents.jsonl");
    let hops = incidents.iter().flat_map(|one| one["path"].as_array().unwrap().clone()).collect();
    Seen { levels, hops, incidents: incidents.len() }
}

/// Whether one of the hops goes the way that the records show, or one known to be taken for it.
fn goes_its_way(wanted: &Move, found: &[&Value]) -> bool {
    let ways = || found.iter().filter_map(|hop| hop["via"].as_str());
    ways().any(|via| via == wanted.via)
        || wanted.also.as_deref().is_some_and(|also| ways().any(|via| via == also))
}

fn is_known_for(wanted: &Move, found: &[&Value]) -> bool {
    let of_it = OTHER_WAY.iter().filter(|known| wanted.recording.ends_with(known.0));
    let mut of_it = of_it.filter(|known| wanted.from == known.1 && wanted.to == known.2);
    of_it.any(|known| found.iter().any(|hop| hop["via"] == known.3))
}

fn print(wanted: &Move, found: &[&Value]) {
    let Move { how, from, to, account, via, .. } = wanted;
    let as_what: Vec<&str> = found.iter().filter_map(|hop| hop["via"].as_str()).collect();
    let reached = if found.is_empty() { "missed " } else { "reached" };
    println!("    {reached} {how:5} {from} -> {to} {account} by {via} {as_what:?}");
}

/// What is missed is what is known to be.
fn compare(missed: &BTreeSet<(String, String, String)>) {
    let is_known = |(recording, from, to): &(String, String, String)| {
        NOT_REACHED.iter().any(|known| recording.ends_with(known.0) && from == known.1 && to == known.2)
    };
    let news: Vec<_> = missed.iter().filter(|one| !is_known(one)).collect();
    assert!(news.is_empty(), "no longer reached: {news:#?}");
    let gone: Vec<_> = NOT_REACHED
        .iter()
        .filter(|known| {
            !missed
                .iter()
                .any(|(recording, from, to)| recording.ends_with(known.0) && from == known.1 && to == known.2)
        })
        .collect();
    assert!(gone.is_empty(), "reached by now, so no longer to be listed: {gone:#?}");
}

#[test]
fn every_move_that_a_recording_shows_is_a_hop_of_an_incident() {
    let corpora: Vec<_> = ["evtx", "otrf", "sigma"]
        .into_iter()
        .filter_map(|name| Some((name, corpus::corpus(name)?)))
        .collect();
    let roots: BTreeMap<&str, PathBuf> = corpora.into_iter().collect();
    if roots.len() < 3 {
        return;
    }
    let cache = tempfile::tempdir().unwrap();
    let rules = RuleOptions {
        paths: vec![roots["sigma"].join("rules")],
        cache: Some(cache.path().to_owned()),
        ..RuleOptions::default()
    };
    let truth = truth();
    let (mut reached, mut ways, mut lost, mut silent, mut others) = (0, 0, 0, 0, 0);
    let mut missed: BTreeSet<(String, String, String)> = BTreeSet::new();
    for (recording, moves) in &truth.moves {
        let seen = hunt(recording, &roots, &rules);
        println!("{recording}: findings {:?}, {} incidents", seen.levels, seen.incidents);
        let mut used = BTreeSet::new();
        for wanted in moves.iter().filter(|one| matches!(one.how.as_str(), "firm" | "link" | "try")) {
            let is_it = |(_, hop): &(usize, &Value)| truth.is_hop(wanted, hop);
            let (places, found): (Vec<usize>, Vec<&Value>) =
                seen.hops.iter().enumerate().filter(is_it).unzip();
            used.extend(places);
            print(wanted, &found);
            match (wanted.how == "try", found.is_empty()) {
                (true, _) => {}
                (false, false) => {
                    let right = goes_its_way(wanted, &found);
                    assert!(right || is_known_for(wanted, &found), "another way: {recording}");
                    reached += 1;
                    ways += usize::from(right);
                }
                (false, true) => {
                    lost += 1;
                    silent += usize::from(seen.incidents == 0);
                    missed.insert((recording.clone(), wanted.from.clone(), wanted.to.clone()));
                }
            }
        }
        for (_, hop) in seen.hops.iter().enumerate().filter(|(place, _)| !used.contains(place)) {
            others += 1;
            let text = |name: &str| hop[name].as_str().unwrap_or_default().to_owned();
            println!("    beside  {} -> {} {} by {}", text("from"), text("to"), text("account"), text("via"));
        }
    }
    println!(
        "{reached} moves reached ({ways} by their way), {lost} missed ({silent} of them where no rule speaks loud enough), {others} other hops"
    );
    compare(&missed);
    let expected = (REACHED, REACHED_BY_ITS_WAY, BESIDE);
    assert_eq!((reached, ways, others), expected, "moves reached, by their way, hops beside them");
}
