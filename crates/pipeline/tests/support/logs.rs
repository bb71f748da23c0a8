//! A small company's logs in many forms, and rules that find something in each. All lines are our own.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

#[path = "../../../sources/tests/support/evtx_writer.rs"]
pub mod evtx_writer;

use evtx_writer::{Data, Event, Value, dirty, file};

/// A folder with `logs` and `rules` in it, removed with this value.
pub struct Company {
    root: tempfile::TempDir,
}

impl Company {
    /// Writes everything.
    pub fn new() -> Company {
        let company = Company { root: tempfile::tempdir().unwrap() };
        let logs = company.logs();
        write(&logs.join("dc1/Security.evtx"), &file(&security()));
        write(&logs.join("ws07/Sysmon.evtx"), &dirty(file(&processes())));
        write(&logs.join("web01/auth.log"), auth_log("web01", "192.0.2.66", 0).as_bytes());
        write(&logs.join("web02/auth.log"), auth_log("web02", "198.51.100.9", 1).as_bytes());
        write(&logs.join("web03/auth-utf16.log"), &utf16(&auth_log("web03", "203.0.113.5", 2)));
        write(&logs.join("winlogbeat.jsonl"), winlogbeat().as_bytes());
        write(
            &logs.join("array.json"),
            format!("[\n{}\n]\n", winlogbeat().trim().replace('\n', ",\n")).as_bytes(),
        );
        write(&logs.join("events.xml"), xml().as_bytes());
        write(
            &logs.join("old.zip"),
            &zip(&[("inner/auth.log", auth_log("web04", "192.0.2.67", 3).as_bytes())]),
        );
        write(&logs.join("old.log.gz"), &gzip(auth_log("web05", "192.0.2.68", 4).as_bytes()));
        write(&logs.join("picture.png"), b"\x89PNG\r\n\x1a\n no log");
        write(&logs.join("empty.log"), b"");
        for (name, text) in RULES {
            write(&company.rules().join(name), text.as_bytes());
        }
        company
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// The logs.
    pub fn logs(&self) -> PathBuf {
        self.root.path().join("logs")
    }

    /// The rules.
    pub fn rules(&self) -> PathBuf {
        self.root.path().join("rules")
    }
}

/// Writes a file with the folders above it.
pub fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Packs with gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A zip archive of these members.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// UTF-16LE with a byte order mark.
pub fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn security() -> Vec<Event> {
    let base = Event {
        provider: "Microsoft-Windows-Security-Auditing",
        channel: "Security",
        computer: "dc1.corp.example",
        ..Event::default()
    };
    let failed = |number: u64| Event {
        record: 100 + number,
        time: "2026-05-07T01:00:00.000001Z",
        event_id: 4625,
        data: Data::Named(vec![
            ("TargetUserName", Value::text("suzuki")),
            ("TargetDomainName", Value::text("CORP")),
            ("IpAddress", Value::text("192.0.2.45")),
            ("LogonType", Value::u32(3)),
        ]),
        ..base.clone()
    };
    let mut events: Vec<Event> = (0..30).map(failed).collect();
    events.push(Event {
        record: 130,
        time: "2026-05-07T01:30:00Z",
        provider: "Microsoft-Windows-Eventlog",
        event_id: 1102,
        data: Data::User(
            "LogFileCleared",
            vec![("SubjectUserName", Value::text("Sato")), ("SubjectDomainName", Value::text("CORP"))],
        ),
        ..base
    });
    events
}

fn processes() -> Vec<Event> {
    let start = |record: u64, time, command: &str| Event {
        record,
        time,
        provider: "Microsoft-Windows-Sysmon",
        channel: "Microsoft-Windows-Sysmon/Operational",
        computer: "ws07.corp.example",
        data: Data::Named(vec![
            ("Image", Value::text("C:\\Windows\\System32\\vssadmin.exe")),
            ("CommandLine", Value::text(command)),
            ("User", Value::text("CORP\\sato")),
        ]),
        ..Event::default()
    };
    // Enough for several chunks, so that a block holds more than one.
    let mut events: Vec<Event> =
        (1..=400).map(|record| start(record, "2026-05-07T02:00:00Z", "vssadmin list shadows")).collect();
    events.push(start(401, "2026-05-07T02:00:01Z", "vssadmin delete shadows /all /quiet"));
    events.push(start(402, "2026-05-07T02:00:02Z", "vssadmin delete shadows /for=業務"));
    events
}

/// Twenty failed logins a second apart, among others' lines, and a program that breaks.
fn auth_log(host: &str, from: &str, minute: u32) -> String {
    let mut text = String::new();
    for second in 0..20 {
        let stamp = format!("2026-05-07T03:{minute:02}:{second:02}.000000+00:00 {host}");
        text += &format!("{stamp} CRON[77]: (root) CMD (run-parts /etc/cron.hourly)\n");
        text += &format!(
            "{stamp} sshd[812]: Failed password for invalid user admin from {from} port 5{second:03} ssh2\n"
        );
    }
    text + &format!(
        "2026-05-07T03:{minute:02}:30.000000+00:00 {host} kernel: app[9]: segfault at 0 ip 0 sp 0 error 4\n"
    )
}

fn winlogbeat() -> String {
    let event = |number: u32, command: &str| {
        serde_json::json!({
            "@timestamp": format!("2026-05-07T04:00:{number:02}.000Z"),
            "winlog": {
                "channel": "Security",
                "provider_name": "Microsoft-Windows-Security-Auditing",
                "event_id": "4688",
                "record_id": 9000 + number,
                "computer_name": "fs01.corp.example",
                "event_data": {"CommandLine": command, "NewProcessName": "C:\\Windows\\System32\\vssadmin.exe",
                               "SubjectUserName": "suzuki", "SubjectDomainName": "CORP"}
            }
        })
    };
    let commands = ["vssadmin list shadows", "vssadmin delete shadows /all", "whoami \u{1f600} <&>"];
    commands.iter().zip(0..).map(|(command, number)| event(number, command).to_string() + "\n").collect()
}

fn xml() -> String {
    let event = |number: u32| {
        format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
             <Provider Name='Microsoft-Windows-Eventlog'/><EventID>1102</EventID>\
             <TimeCreated SystemTime='2026-05-07T05:00:0{number}.0000000Z'/><EventRecordID>{}</EventRecordID>\
             <Channel>Security</Channel><Computer>ad02.corp.example</Computer></System><UserData>\
             <LogFileCleared xmlns='urn:x'><SubjectUserName>tanaka</SubjectUserName></LogFileCleared></UserData></Event>\n",
            500 + number
        )
    };
    (1..=2).map(event).collect()
}

/// One rule of every level, one with keywords, and a correlation.
pub const RULES: [(&str, &str); 6] = [
    (
        "cleared.yml",
        "title: Event log cleared\nid: 00000000-0000-4000-8000-000000000001\nlevel: critical\n\
         tags: [attack.defense-evasion, attack.t1070.001]\n\
         logsource: {product: windows, service: security}\n\
         detection: {selection: {EventID: 1102}, condition: selection}\n",
    ),
    (
        "shadows.yml",
        "title: Shadow copies deleted\nid: 00000000-0000-4000-8000-000000000002\nlevel: high\n\
         tags: [attack.impact, attack.t1490]\n\
         logsource: {product: windows, category: process_creation}\n\
         detection: {selection: {CommandLine|contains|all: [vssadmin, delete]}, condition: selection}\n",
    ),
    (
        "logon.yml",
        "title: Logon failed\nid: 00000000-0000-4000-8000-000000000003\nlevel: medium\n\
         logsource: {product: windows, service: security}\n\
         detection: {selection: {EventID: 4625}, condition: selection}\n",
    ),
    (
        "sshd.yml",
        "title: SSH login failed\nid: 00000000-0000-4000-8000-000000000004\nname: ssh_failed\nlevel: low\n\
         logsource: {product: linux, service: sshd}\n\
         detection: {selection: {outcome: failure}, condition: selection}\n",
    ),
    (
        "segfault.yml",
        "title: Program broke\nid: 00000000-0000-4000-8000-000000000005\nlevel: informational\n\
         logsource: {product: linux, service: syslog}\n\
         detection: {keywords: [segfault], condition: keywords}\n",
    ),
    (
        "guessing.yml",
        "title: Passwords guessed\nid: 00000000-0000-4000-8000-000000000006\nlevel: high\n\
         correlation: {type: event_count, rules: [ssh_failed], group-by: [src_ip], timespan: 5m, condition: {gte: 10}, generate: true}\n",
    ),
];
