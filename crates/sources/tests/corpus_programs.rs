//! The expected results that come with fail2ban, CrowdSec and Wazuh, reproduced: a percentage per program.
//!
//! fail2ban says the host and the time of each line that is a failed login; CrowdSec the address, the account and the request of each
//! line that it parses; of Wazuh's lines, every one must be read as more than text. Lines are read in place and never committed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::tz::TimeZone;
use model::{OwnedValue, Record, Time};
use sources::Options;
use support::formats;

/// fail2ban's programs that are in the list of formats.
const FAIL2BAN: &[&str] = &[
    "apache-auth", "apache-fakegooglebot", "apache-noscript", "apache-overflows", "apache-pass",
    "apache-shellshock", "dovecot", "exim-spam", "haproxy-http-auth", "mssql-auth", "named-refused",
    "nginx-bad-request", "nginx-botsearch", "nginx-forbidden", "nginx-http-auth", "nginx-limit-req",
    "pam-generic", "php-url-fopen", "selinux-ssh", "sshd", "sshd-journal", "traefik-auth",
    "zzz-sshd-obsolete-multiline",
];

/// How CrowdSec's folders of programs in the list begin.
const CROWDSEC: &[&str] = &[
    "apache", "auditd-", "aws-", "bind9", "caddy", "charon", "dovecot", "exchange", "exim", "fortinet", "haproxy",
    "http-", "iis", "iptables", "keycloak", "laurel", "mariadb", "modsecurity", "mysql", "nginx", "palo-alto",
    "pfsense", "opnsense", "pf-logs", "pgsql", "postfix", "ssh-", "sshd", "suricata", "tcpudp-flood-traefik", "wireguard",
    "CVE-", "cve", "netgear", "thinkphp", "vmware-", "grafana_cve",
];

/// The share of lines of programs in the list that must be right.
const GOAL: f64 = 0.98;

/// Right and all, with the first lines that are wrong.
#[derive(Default)]
struct Share {
    right: usize,
    all: usize,
    wrong: Vec<String>,
}

impl Share {
    fn add(&mut self, is_right: bool, line: impl FnOnce() -> String) {
        self.all += 1;
        self.right += usize::from(is_right);
        if !is_right && self.wrong.len() < most_shown() {
            self.wrong.push(line());
        }
    }
}

/// `YAGURA_SHOW=N` shows the first N lines of each program that are wrong.
fn most_shown() -> usize {
    std::env::var("YAGURA_SHOW").ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn report(title: &str, shares: &BTreeMap<String, Share>, in_list: impl Fn(&str) -> bool) -> f64 {
    let (mut right, mut all) = (0, 0);
    for (name, share) in shares.iter().filter(|(_, share)| share.all > 0) {
        let listed = in_list(name);
        let percent = share.right as f64 * 100.0 / share.all.max(1) as f64;
        println!("{title} {}{name}: {}/{} = {percent:.0} %", if listed { "" } else { "(not in the list) " }, share.right, share.all);
        for line in &share.wrong {
            println!("    {line}");
        }
        if listed {
            right += share.right;
            all += share.all;
        }
    }
    let share = right as f64 / all.max(1) as f64;
    println!("{title}: {right} of {all} lines of programs in the list = {:.1} %", share * 100.0);
    share
}

fn texts(record: &Record) -> Vec<(&str, String)> {
    let mut texts = Vec::new();
    for (name, value) in &record.fields {
        match value {
            OwnedValue::List(items) => texts.extend(items.iter().filter_map(|item| Some((&**name, item.text()?)))),
            other => texts.extend(other.text().map(|text| (&**name, text))),
        }
    }
    texts
}

/// Whether one of the columns that may hold a client has that value.
fn names_host(record: &Record, host: &str) -> bool {
    const CLIENTS: [&str; 12] = [
        "src_ip", "src_host", "c-ip", "SourceIp", "SourceHostname", "x-forwarded-for", "addr", "hostname", "calling_station",
        "sourceIPAddress", "id.orig_h", "device",
    ];
    texts(record).iter().any(|(name, text)| CLIENTS.contains(name) && same_host(text, host))
}

fn same_host(a: &str, b: &str) -> bool {
    match (a.parse::<std::net::IpAddr>(), b.parse::<std::net::IpAddr>()) {
        (Ok(a), Ok(b)) => a.to_canonical() == b.to_canonical(),
        _ => a.eq_ignore_ascii_case(b),
    }
}

#[test]
fn fail2ban_s_hosts_and_times_are_found() {
    let Some(folder) = support::corpus("logs/fail2ban") else { return };
    let zone = TimeZone::get("Europe/Zurich").unwrap();
    let formats = formats::read();
    let mut shares = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let options = Options {
            zone: zone.clone(),
            year: None,
            reference: Time::parse("2005-08-14T12:00:00Z"),
            formats: formats.clone(),
        };
        shares.insert(name, fail2ban(&fs::read(&path).unwrap(), &options, &zone));
    }
    let share = report("fail2ban", &shares, |name| FAIL2BAN.contains(&name));
    assert!(share >= GOAL, "{share}");
}

fn fail2ban(bytes: &[u8], options: &Options, zone: &TimeZone) -> Share {
    let (mut log, mut expected) = (Vec::new(), Vec::new());
    let mut next: Option<serde_json::Value> = None;
    for line in bytes.split(|byte| *byte == b'\n') {
        let text = String::from_utf8_lossy(line);
        if let Some(json) = text.strip_prefix("# failJSON:") {
            next = serde_json::from_str(json).ok();
        } else if !text.starts_with('#') && !text.trim().is_empty() {
            log.extend_from_slice(line);
            log.push(b'\n');
            expected.push((text.into_owned(), next.take()));
        }
    }
    let mut share = Share::default();
    if log.is_empty() {
        return share;
    }
    let (records, _) = support::read(&log, options);
    for (at, (line, wanted)) in expected.iter().enumerate() {
        let Some(wanted) = wanted.as_ref().filter(|wanted| wanted["match"] == true) else { continue };
        // A record of several lines has the number of its first.
        let record = records.iter().rev().find(|(number, _)| *number <= at as u64 + 1).map(|(_, record)| record);
        let is_right = record.is_some_and(|record| {
            let host = wanted["host"].as_str().is_none_or(|host| names_host(record, host));
            host && wanted["time"].as_str().is_none_or(|time| is_at(record.time, time, line, zone))
        });
        share.add(is_right, || format!("{line}\n      wanted {wanted}\n      found {}", found(record)));
    }
    share
}

fn found(record: Option<&Record>) -> String {
    record.map_or_else(String::new, |record| support::to_json(0, record))
}

/// The same local time; the year only where the line names one.
fn is_at(time: Time, wanted: &str, line: &str, zone: &TimeZone) -> bool {
    let Ok(stamp) = jiff::Timestamp::from_microsecond(time.micros()) else { return false };
    let local = zone.to_datetime(stamp).strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let utc = stamp.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let wanted = wanted.get(..19).unwrap_or(wanted);
    let from = if line.contains(wanted.get(..4).unwrap_or(wanted)) { 0 } else { 5 };
    [local, utc].iter().any(|found| found.get(from..) == wanted.get(from..))
}

#[test]
fn crowdsec_s_addresses_accounts_and_requests_are_found() {
    let Some(folder) = support::corpus("logs/crowdsec") else { return };
    let formats = formats::read();
    let mut shares = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Ok(asserts) = fs::read_to_string(path.join("parser.assert")) else { continue };
        let log = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path());
        let Some(log) = log.filter(|path| path.is_file()).find(|path| is_log(path)) else { continue };
        let options = Options { formats: formats.clone(), ..support::options() };
        shares.insert(name, crowdsec(&asserts, &fs::read(log).unwrap(), &options));
    }
    let share = report("CrowdSec", &shares, |name| CROWDSEC.iter().any(|start| name.starts_with(start)));
    assert!(share >= GOAL, "{share}");
}

fn is_log(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().into_owned());
    !matches!(extension.as_deref(), Some("yaml" | "assert" | "md")) && fs::metadata(path).is_ok_and(|data| data.len() > 0)
}

/// What CrowdSec says of one line: its address, and what else.
type Wanted = BTreeMap<String, String>;

fn crowdsec(asserts: &str, log: &[u8], options: &Options) -> Share {
    let mut share = Share::default();
    let (records, _) = support::read(log, options);
    let mut left: Vec<&Record> = records.iter().map(|(_, record)| record).collect();
    for wanted in wanted_of(asserts) {
        let found = left.iter().position(|record| is_what(record, &wanted));
        if let Some(at) = found {
            left.remove(at);
        }
        share.add(found.is_some(), || format!("{wanted:?}"));
    }
    for record in left.iter().take(if share.wrong.is_empty() { 0 } else { share.wrong.len() }) {
        share.wrong.push(format!("left: {}", found(Some(record))));
    }
    share
}

/// The lines of the last stage that has addresses.
fn wanted_of(asserts: &str) -> Vec<Wanted> {
    let mut by_parser: BTreeMap<(String, String), BTreeMap<usize, Wanted>> = BTreeMap::new();
    for line in asserts.lines() {
        let Some(rest) = line.strip_prefix("results[\"s0") else { continue };
        let mut parts = rest.split(['"', '[', ']']).filter(|part| !part.is_empty());
        let (Some(stage), Some(parser), Some(index)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let Ok(index) = index.parse::<usize>() else { continue };
        let Some((key, value)) = line.split_once(".Evt.Meta[\"").and_then(|(_, rest)| rest.split_once("\"] == ")) else { continue };
        let value = value.trim().trim_matches('"').replace("\\\"", "\"").replace("\\\\", "\\");
        let place = by_parser.entry((stage.to_owned(), parser.to_owned())).or_default();
        place.entry(index).or_default().insert(key.to_owned(), value);
    }
    let of_stage = |stage: &str| -> Vec<Wanted> {
        let parsers = by_parser.iter().filter(|((of, _), _)| of.starts_with(stage));
        parsers.flat_map(|(_, lines)| lines.values().cloned()).filter(|wanted| wanted.contains_key("source_ip")).collect()
    };
    let parsed = of_stage("1");
    if parsed.is_empty() { of_stage("2") } else { parsed }
}

fn is_what(record: &Record, wanted: &Wanted) -> bool {
    const USERS: [&str; 7] = ["user", "target_user", "cs-username", "acct", "AUID", "sender", "recipient"];
    let texts = texts(record);
    let any = |columns: &[&str], value: &str| {
        texts.iter().any(|(name, text)| columns.contains(name) && text.eq_ignore_ascii_case(value))
    };
    wanted.iter().all(|(key, value)| match key.as_str() {
        _ if value.is_empty() => true,
        "source_ip" => names_host(record, value),
        "username" | "target_user" => any(&USERS, value) || texts.iter().any(|(name, text)| USERS.contains(name) && value.ends_with(text.as_str())),
        "http_status" => any(&["sc-status"], value),
        "http_verb" => any(&["cs-method"], value),
        "http_path" => texts.iter().any(|(name, text)| ["cs-uri", "c-uri", "cs-uri-stem"].contains(name) && text.starts_with(value.as_str())),
        _ => true,
    })
}

#[test]
fn wazuh_s_lines_are_more_than_text() {
    let Some(folder) = support::corpus("logs/wazuh") else { return };
    let formats = formats::read();
    let mut shares = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name.starts_with("test_") {
            continue;
        }
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        let lines = text.lines().filter(|line| line.starts_with("log ")).filter_map(|line| line.split_once("= "));
        let log: String = lines.map(|(_, log)| format!("{log}\n")).collect();
        if log.is_empty() {
            continue;
        }
        let options = Options { formats: formats.clone(), ..support::options() };
        let (records, _) = support::read(log.as_bytes(), &options);
        let mut share = Share::default();
        for (_, record) in &records {
            share.add(!record.log_source.is_unknown(), || found(Some(record)));
        }
        shares.insert(name, share);
    }
    let share = report("Wazuh", &shares, |name| !["panda_paps", "oscap", "cpanel", "proftpd", "opensmtpd"].contains(&name));
    assert!(share >= GOAL, "{share}");
}
