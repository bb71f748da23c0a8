//! Legitimate and attacking web requests of public collections: how many of the attacks are told apart at how many false alarms.
//!
//! What is usual is learnt from the first part of the legitimate ones only; thresholds come from the rest of them. Attacks are scored, never learnt
//! from. Neither collection says to which page a request went: all go to one, which makes it harder than a real application is, and of
//! `modsec-learn` those legitimate ones are of hundreds of sites.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use std::fmt::Write as _;
use std::fs;

use behavior::{Asked, Oddness, Requests};
use corpus::corpus;
use model::request::Request;

#[path = "../../sources/tests/support/corpus.rs"]
#[allow(dead_code, reason = "one folder is needed")]
mod corpus;

/// Over so many days the learnt requests are spread.
const DAYS: usize = 30;
/// Shares of legitimate requests that may be taken for odd.
const FALSE: [f64; 3] = [0.001, 0.01, 0.05];

/// What is compared.
struct Case {
    name: &'static str,
    /// At least so many attacks are to be found at each share of false alarms.
    floor: [f64; 3],
    learnt: Vec<String>,
    held_out: Vec<String>,
    attacks: Vec<String>,
}

/// Shares of attacks found at each share of false alarms, and at the threshold that the application itself goes by.
#[derive(Debug)]
struct Found {
    model: [f64; 3],
    /// Mean and deviation of the length and of the number of special characters, the greater of both.
    peer: [f64; 3],
    own: f64,
    own_false: f64,
}

fn asked(query: &str, number: usize) -> (String, u64, Request) {
    let target = format!("/?{query}");
    let request = Request::of_target(&target).and(Request::of_method("GET")).and(Request::of_status("200"));
    (target, number as u64, request)
}

fn with<T>(query: &str, number: usize, run: impl FnOnce(&Asked<'_>) -> T) -> T {
    let (target, source, request) = asked(query, number);
    run(&Asked { source, account: 0, application: 1, name: 0, path: &target, request })
}

fn measured(case: &Case) -> Found {
    let mut requests = Requests::default();
    for (number, query) in case.learnt.iter().enumerate() {
        let day = (number * DAYS / case.learnt.len()) as i32;
        with(query, number, |asked| requests.push(asked, day));
    }
    let judge =
        |query: &String| -> Oddness { with(query, 1 << 40, |asked| requests.judge(asked, DAYS as i32)) };
    let held_out: Vec<Oddness> = case.held_out.iter().map(judge).collect();
    let attacks: Vec<Oddness> = case.attacks.iter().map(judge).collect();
    let raw = |all: &[Oddness]| all.iter().map(|one| f64::from(one.raw)).collect::<Vec<f64>>();
    let peer = Peer::of(&case.learnt);
    let by_peer = |all: &[String]| all.iter().map(|one| peer.score(one)).collect::<Vec<f64>>();
    let above = |all: &[Oddness]| share(all.iter().filter(|one| one.above > 0.0).count(), all.len());
    Found {
        model: found(&raw(&held_out), &raw(&attacks)),
        peer: found(&by_peer(&case.held_out), &by_peer(&case.attacks)),
        own: above(&attacks),
        own_false: above(&held_out),
    }
}

fn share(part: usize, all: usize) -> f64 {
    part as f64 / all as f64
}

/// The share of attacks above the score that only so many of the legitimate ones exceed.
fn found(legitimate: &[f64], attacks: &[f64]) -> [f64; 3] {
    let mut sorted = legitimate.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    FALSE.map(|rate| {
        let threshold = sorted[(sorted.len() as f64 * rate) as usize];
        share(attacks.iter().filter(|score| **score > threshold).count(), attacks.len())
    })
}

/// The simple way.
struct Peer([(f64, f64); 2]);

impl Peer {
    fn of(learnt: &[String]) -> Peer {
        Peer([0, 1].map(|at| {
            let values: Vec<f64> = learnt.iter().map(|one| Peer::numbers(one)[at]).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
            (mean, (squares / values.len() as f64).sqrt())
        }))
    }

    fn numbers(query: &str) -> [f64; 2] {
        let bytes = decoded(query);
        let special = bytes.iter().filter(|byte| !byte.is_ascii_alphanumeric()).count();
        [bytes.len() as f64, special as f64]
    }

    fn score(&self, query: &str) -> f64 {
        let z = |(value, (mean, deviation)): (f64, (f64, f64))| (value - mean) / deviation;
        Peer::numbers(query).into_iter().zip(self.0).map(z).fold(f64::MIN, f64::max)
    }
}

fn decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|two| std::str::from_utf8(two).ok());
        match hex.filter(|_| bytes[at] == b'%').and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => (out.push(byte), at += 3).1,
            None => (out.push(bytes[at]), at += 1).1,
        }
    }
    out
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'_' | b'.' => out.push(byte.into()),
            _ => write!(out, "%{byte:02X}").unwrap(),
        }
        out
    })
}

fn modsec() -> Option<[Case; 2]> {
    let folder = corpus("web")?.join("modsec-learn");
    let read = |name: &str| -> Vec<String> {
        serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
    };
    let (legitimate, attacks) = (read("legitimate_test.json"), read("malicious_test.json"));
    let (learnt, held_out) = legitimate.split_at(legitimate.len() / 2);
    // All attacks are recorded with one parameter of one name, `p`: a give-away. So they are put into legitimate requests, too.
    let within = attacks.iter().enumerate().map(|(number, attack)| {
        let value = attack.split_once('=').unwrap().1;
        let mut parameters: Vec<String> =
            held_out[number % held_out.len()].split('&').map(str::to_owned).collect();
        let at = number % parameters.len();
        let name = parameters[at].split_once('=').map_or(String::new(), |(name, _)| format!("{name}="));
        parameters[at] = format!("{name}{value}");
        parameters.join("&")
    });
    let within = within.collect();
    let (learnt, held_out) = (learnt.to_vec(), held_out.to_vec());
    let case = |name, floor, attacks| Case {
        name,
        floor,
        learnt: learnt.clone(),
        held_out: held_out.clone(),
        attacks,
    };
    Some([
        case("modsec-learn, as recorded", [0.0, 0.15, 0.8], attacks),
        case("modsec-learn, in a legitimate request", [0.04, 0.25, 0.7], within),
    ])
}

fn http_params() -> Option<Case> {
    let folder = corpus("web")?.join("http-params");
    let read = |name: &str, label: &str| -> Vec<String> {
        let text = String::from_utf8_lossy(&fs::read(folder.join(name)).unwrap()).into_owned();
        let end = format!("\",\"{label}\"");
        let lines = text.lines().skip(1).filter(|line| line.trim_end().ends_with(&end));
        // "payload","length","attack_type","label"
        lines
            .map(|line| {
                line.rsplitn(4, "\",\"").last().unwrap().trim_start_matches('"').replace("\"\"", "\"")
            })
            .map(|value| format!("value={}", encoded(&value)))
            .collect()
    };
    Some(Case {
        name: "http-params",
        floor: [0.95, 0.97, 0.98],
        learnt: read("payload_train.csv", "norm"),
        held_out: read("payload_test.csv", "norm"),
        attacks: read("payload_test.csv", "anom"),
    })
}

#[test]
fn attacks_are_odder_than_legitimate_requests() {
    let (Some(modsec), Some(http_params)) = (modsec(), http_params()) else { return };
    println!("attacks found at false alarms of       |  0.1 %    1 %    5 % | own threshold (false)");
    for case in modsec.into_iter().chain([http_params]) {
        let found = measured(&case);
        let row = |rates: [f64; 3]| rates.map(|rate| format!("{:5.1} %", rate * 100.0)).join(" ");
        println!(
            "{:38} | {} | {:5.1} % ({:.2} %)",
            case.name,
            row(found.model),
            found.own * 100.0,
            found.own_false * 100.0
        );
        println!("{:38} | {} |", "  lengths and special characters alone", row(found.peer));
        let [learnt, held_out, attacks] =
            [&case.learnt, &case.held_out, &case.attacks].map(|requests| requests.len());
        println!("  {learnt} learnt, {held_out} held out, {attacks} attacks");
        for at in 0..FALSE.len() {
            assert!(found.model[at] >= case.floor[at], "{}: {found:?}", case.name);
            assert!(found.model[at] >= found.peer[at], "{}: {found:?}", case.name);
        }
        // Its own threshold, once in a thousand requests, is to be what it says.
        assert!(found.own_false <= 0.003, "{}: {found:?}", case.name);
    }
}
