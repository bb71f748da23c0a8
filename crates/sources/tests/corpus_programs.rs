//! The expected results that come with fail2ban, CrowdSec and Wazuh, reproduced: a percentage per program.
//!
//! fail2ban says the host and the time of each line that is a failed login; CrowdSec the address, the account and the request of each
//! line that it parses, and the time of each that is a part of an alarm; of Wazuh's lines, every one must be read as more than text.
//! Lines are read in place and never committed.
//!
//! What is measured is the reading of single lines. Where fail2ban takes a host from an earlier line of the same connection, the line
//! itself does not name it: such lines are counted apart, and how many they are is printed.

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
    "apache-auth",
    "apache-fakegooglebot",
    "apache-noscript",
    "apache-overflows",
    "apache-pass",
    "apache-shellshock",
    "dovecot",
    "exim-spam",
    "haproxy-http-auth",
    "mssql-auth",
    "named-refused",
    "nginx-bad-request",
    "nginx-botsearch",
    "nginx-forbidden",
    "nginx-http-auth",
    "nginx-limit-req",
    "pam-generic",
    "php-url-fopen",
    "selinux-ssh",
    "sshd",
    "sshd-journal",
    "traefik-auth",
    "zzz-sshd-obsolete-multiline",
];

/// How CrowdSec's folders of programs in the list begin.
const CROWDSEC: &[&str] = &[
    "apache",
    "auditd-",
    "aws-",
    "bind9",
    "caddy",
    "charon",
    "dovecot",
    "exchange",
    "exim",
    "fortinet",
    "haproxy",
    "http-",
    "iis",
    "iptables",
    "keycloak",
    "laurel",
    "mariadb",
    "modsecurity",
    "mysql",
    "nginx",
    "palo-alto",
    "pfsense",
    "opnsense",
    "pf-logs",
    "pgsql",
    "postfix",
    "ssh-",
    "sshd",
    "suricata",
    "tcpudp-flood-traefik",
    "wireguard",
    "CVE-",
    "cve",
    "netgear",
    "thinkphp",
    "vmware-",
    "grafana_cve",
];

/// Folders that begin like one of those and are something else: the own log of a shop's plugin.
const NOT_CROWDSEC: &[&str] = &["http-magento-bf"];

/// The share of lines of programs in the list that must be right.
const GOAL: f64 = 0.98;

/// Right and all, with the first lines that are wrong.
#[derive(Default)]
struct Share {
    right: usize,
    all: usize,
    /// Lines that do not say what is wanted of them.
    apart: usize,
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
        let place = if listed { "" } else { "(not in the list) " };
        let apart = if share.apart > 0 {
            format!(", and {} that do not name the host", share.apart)
        } else {
            String::new()
        };
        println!("{title} {place}{name}: {}/{} = {percent:.0} %{apart}", share.right, share.all);
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
            OwnedValue::List(items) => {
                texts.extend(items.iter().filter_map(|item| Some((&**name, item.text()?))))
            }
            other => texts.extend(other.text().map(|text| (&**name, text))),
        }
    }
    texts
}

/// Whether one of the columns that may hold a client has that value.
fn names_host(record: &Record, host: &str) -> bool {
    const CLIENTS: [&str; 12] = [
        "src_ip",
        "src_host",
        "c-ip",
        "SourceIp",
        "SourceHostname",
        "x-forwarded-for",
        "addr",
        "hostname",
        "calling_station",
        "sourceIPAddress",
        "id.orig_h",
        "device",
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
        let record =
            records.iter().rev().find(|(number, _)| *number <= at as u64 + 1).map(|(_, record)| record);
        if wanted["host"].as_str().is_some_and(|host| !says(line, host)) {
            share.apart += 1;
            continue;
        }
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

/// Whether a line has a host in it, an address in any of its forms.
fn says(line: &str, host: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_hexdigit() || letter == '.' || letter == ':';
    let mut words = line.split(|letter| !is_part(letter)).map(|word| word.trim_end_matches(['.', ':']));
    line.to_lowercase().contains(&host.to_lowercase()) || words.any(|word| same_host(word, host))
}

/// The same local time; the year only where the line names one.
fn is_at(time: Time, wanted: &str, line: &str, zone: &TimeZone) -> bool {
    // fail2ban takes the seconds of multilog's labels for Unix time; they are ten more.
    let ahead = if line.starts_with("@4") { 10_000_000 } else { 0 };
    let Ok(stamp) = jiff::Timestamp::from_microsecond(time.micros() + ahead) else { return false };
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
        let read = |file: &str| fs::read_to_string(path.join(file)).unwrap_or_default();
        let mut wanted = wanted_of(&read("parser.assert"));
        let is_all = !wanted.is_empty();
        if wanted.is_empty() {
            wanted = wanted_of_alarms(&read("scenario.assert"));
        }
        if !path.is_dir() {
            continue;
        }
        let log = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path());
        let Some(log) = log.filter(|path| path.is_file()).find(|path| is_log(path)) else { continue };
        let options = Options { formats: formats.clone(), ..support::options() };
        shares.insert(name, crowdsec(&wanted, is_all, &fs::read(log).unwrap(), &options));
    }
    let share = report("CrowdSec", &shares, |name| {
        CROWDSEC.iter().any(|start| name.starts_with(start)) && !NOT_CROWDSEC.contains(&name)
    });
    assert!(share >= GOAL, "{share}");
}

fn is_log(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().into_owned());
    !matches!(extension.as_deref(), Some("yaml" | "assert" | "md"))
        && fs::metadata(path).is_ok_and(|data| data.len() > 0)
}

/// What CrowdSec says of one line: its address, and what else.
type Wanted = BTreeMap<String, String>;

/// Each record stands for one line where all lines are wanted; a line may be a part of several alarms.
fn crowdsec(wanted: &[Wanted], is_all: bool, log: &[u8], options: &Options) -> Share {
    let mut share = Share::default();
    let (records, _) = support::read(log, options);
    let mut left: Vec<&Record> = records.iter().map(|(_, record)| record).collect();
    for wanted in wanted {
        let found = left.iter().position(|record| is_what(record, wanted));
        if let Some(at) = found.filter(|_| is_all) {
            left.remove(at);
        }
        share.add(found.is_some(), || format!("{wanted:?}"));
    }
    for record in left.iter().take(if share.wrong.is_empty() { 0 } else { share.wrong.len() }) {
        share.wrong.push(format!("left: {}", found(Some(record))));
    }
    share
}

/// Whether it says what a decoder can be asked for.
fn says_something(wanted: &Wanted) -> bool {
    ["source_ip", "username", "user", "target_user"].iter().any(|key| wanted.contains_key(*key))
}

/// The lines with all that is known of them: of the parser that adds their times, else of those that read them.
fn wanted_of(asserts: &str) -> Vec<Wanted> {
    let mut by_parser: BTreeMap<(String, String), BTreeMap<usize, Wanted>> = BTreeMap::new();
    for line in asserts.lines() {
        let Some(rest) = line.strip_prefix("results[\"s0") else { continue };
        let mut parts = rest.split(['"', '[', ']']).filter(|part| !part.is_empty());
        let (Some(stage), Some(parser), Some(index)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let Ok(index) = index.parse::<usize>() else { continue };
        let Some((key, value)) =
            line.split_once(".Evt.Meta[\"").and_then(|(_, rest)| rest.split_once("\"] == "))
        else {
            continue;
        };
        let value = value.trim().trim_matches('"').replace("\\\"", "\"").replace("\\\\", "\\");
        let place = by_parser.entry((stage.to_owned(), parser.to_owned())).or_default();
        place.entry(index).or_default().insert(key.to_owned(), value);
    }
    let of_stage = |stage: &str| -> Vec<Wanted> {
        let parsers = by_parser.iter().filter(|((of, _), _)| of.starts_with(stage));
        parsers.flat_map(|(_, lines)| lines.values().cloned()).filter(says_something).collect()
    };
    let dated = by_parser.iter().find(|((_, parser), _)| parser == "crowdsecurity/dateparse-enrich");
    let dated: Vec<Wanted> = dated
        .map(|(_, lines)| lines.values().filter(|wanted| says_something(wanted)).cloned().collect())
        .unwrap_or_default();
    match (dated, of_stage("1")) {
        (dated, parsed) if !dated.is_empty() && dated.len() >= parsed.len() => dated,
        (_, parsed) if !parsed.is_empty() => parsed,
        _ => of_stage("2"),
    }
}

/// The lines that alarms point at.
fn wanted_of_alarms(asserts: &str) -> Vec<Wanted> {
    let mut events: BTreeMap<&str, Wanted> = BTreeMap::new();
    for line in asserts.lines() {
        let Some((event, rest)) = line.split_once(".GetMeta(\"") else { continue };
        let Some((key, value)) = rest.split_once("\") == ") else { continue };
        let value = value.trim().trim_matches('"').replace("\\\"", "\"").replace("\\\\", "\\");
        events.entry(event).or_default().insert(key.to_owned(), value);
    }
    events.retain(|_, wanted| says_something(wanted));
    let mut all: Vec<Wanted> = events.into_values().collect();
    all.sort();
    all.dedup();
    all
}

fn is_what(record: &Record, wanted: &Wanted) -> bool {
    const USERS: [&str; 7] = ["user", "target_user", "cs-username", "acct", "AUID", "sender", "recipient"];
    let texts = texts(record);
    let any = |columns: &[&str], value: &str| {
        texts.iter().any(|(name, text)| columns.contains(name) && text.eq_ignore_ascii_case(value))
    };
    wanted.iter().all(|(key, value)| match key.as_str() {
        _ if value.is_empty() || value == "-" => true,
        "source_ip" => names_host(record, value),
        "username" | "user" | "target_user" => {
            any(&USERS, value)
                || texts.iter().any(|(name, text)| USERS.contains(name) && value.ends_with(text.as_str()))
        }
        "http_status" => any(&["sc-status"], value),
        "http_verb" => any(&["cs-method"], value),
        // As IIS writes it in its events, with `+` for blanks.
        "http_user_agent" => value == "-" || any(&["c-useragent", "csUser-Agent", "csUserAgent"], value),
        // Of error logs and of IIS: the server's name in its configuration.
        "target_fqdn" => value == "_" || any(&["cs-host", "server", "s-sitename"], value),
        "http_path" => texts.iter().any(|(name, text)| {
            ["cs-uri", "c-uri", "cs-uri-stem"].contains(name) && text.starts_with(value.as_str())
        }),
        "timestamp" => is_second(record.time, value),
        _ => true,
    })
}

/// The same second; the year is another where the line names none.
fn is_second(time: Time, wanted: &str) -> bool {
    let Ok(wanted) = wanted.parse::<jiff::Timestamp>() else { return true };
    let Ok(found) = jiff::Timestamp::from_microsecond(time.micros()) else { return false };
    let text = |stamp: jiff::Timestamp| stamp.strftime("%m-%dT%H:%M:%S").to_string();
    text(found) == text(wanted)
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
        let lines =
            text.lines().filter(|line| line.starts_with("log ")).filter_map(|line| line.split_once("= "));
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
    let share = report("Wazuh", &shares, |name| {
        !["panda_paps", "oscap", "cpanel", "proftpd", "opensmtpd"].contains(&name)
    });
    assert!(share >= GOAL, "{share}");
}
