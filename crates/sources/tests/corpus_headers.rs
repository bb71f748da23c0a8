//! Whatever the program: the lines that CrowdSec's syslog parser reads have here the same program, machine and process id. A program that
//! is in no list of formats is at least read as syslog.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use model::{Record, Time};
use sources::Options;
use support::formats;

/// The share of lines that must be right.
const GOAL: f64 = 0.98;

#[test]
fn every_program_s_lines_have_their_program_host_and_time() {
    let Some(folder) = support::corpus("logs/crowdsec") else { return };
    let options = Options { formats: formats::read(), ..support::options() };
    let (mut right, mut all, mut wrong) = (0, 0, Vec::new());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(asserts) = fs::read_to_string(path.join("parser.assert")) else { continue };
        let wanted = headers(&asserts);
        let Some(log) = log_of(&path).filter(|_| !wanted.is_empty()) else { continue };
        let (records, _) = support::read(&fs::read(log).unwrap(), &options);
        let mut left: Vec<&Record> = records.iter().map(|(_, record)| record).collect();
        for one in wanted {
            all += 1;
            match left.iter().position(|record| fits(record, &one)) {
                Some(at) => {
                    left.remove(at);
                    right += 1;
                }
                None => wrong.push(format!("{}: {one:?}", path.display())),
            }
        }
    }
    let share = f64::from(right) / f64::from(all.max(1));
    println!("syslog headers of any program: {right} of {all} = {:.1} %", share * 100.0);
    wrong.iter().take(20).for_each(|line| println!("    {line}"));
    assert!(all > 100 && share >= GOAL, "{share}");
}

fn log_of(folder: &Path) -> Option<std::path::PathBuf> {
    let files = fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let mut logs = files.filter(|path| {
        let extension = path.extension().map(|extension| extension.to_string_lossy().into_owned());
        !matches!(extension.as_deref(), Some("yaml" | "assert" | "md")) && path.is_file()
    });
    logs.find(|path| fs::metadata(path).is_ok_and(|data| data.len() > 0))
}

/// What the syslog parser says of each line that it read.
fn headers(asserts: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines: BTreeMap<usize, BTreeMap<String, String>> = BTreeMap::new();
    for line in asserts.lines() {
        let start = "results[\"s00-raw\"][\"crowdsecurity/syslog-logs\"][";
        let Some((index, rest)) = line.strip_prefix(start).and_then(|rest| rest.split_once("].Evt.")) else {
            continue;
        };
        let Ok(index) = index.parse::<usize>() else { continue };
        for key in ["Parsed[\"program\"]", "Parsed[\"pid\"]", "Meta[\"machine\"]"] {
            if let Some(value) = rest.strip_prefix(key).and_then(|rest| rest.strip_prefix(" == ")) {
                lines
                    .entry(index)
                    .or_default()
                    .insert(key.to_owned(), value.trim().trim_matches('"').to_owned());
            }
        }
    }
    lines
        .into_values()
        .filter(|one| one.get("Parsed[\"program\"]").is_some_and(|name| !name.is_empty()))
        .collect()
}

fn fits(record: &Record, wanted: &BTreeMap<String, String>) -> bool {
    let has = |columns: &[&str], value: &str| {
        value.is_empty() || columns.iter().any(|name| record.text(name).is_some_and(|text| *text == *value))
    };
    record.time != Time::UNKNOWN
        && wanted.iter().all(|(key, value)| match key.as_str() {
            "Meta[\"machine\"]" => has(&["host"], value),
            "Parsed[\"pid\"]" => has(&["pid"], value) || value == "-",
            _ => has(&["program"], value),
        })
}
