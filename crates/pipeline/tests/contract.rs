//! What a hunt writes keeps its word: every line is valid by its schema, in order, the same whatever the number of threads
//! and the order of the paths, and points at records by digests that anyone can work out again.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

#[path = "../../sources/tests/support/corpus.rs"]
#[allow(dead_code, reason = "each test file uses a part")]
mod corpus;
#[path = "support/hunts.rs"]
mod hunts;
#[path = "support/logs.rs"]
mod logs;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use hunts::{Written, hunted, schema};
use logs::Company;
use pipeline::{Hunt, RuleOptions, TimelineScope};
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

impl Written {
    /// The files that are the same for the same input.
    fn fixed(&self) -> [Vec<u8>; 5] {
        ["findings.jsonl", "incidents.jsonl", "timeline.jsonl", "errors.jsonl", "report.html"]
            .map(|name| self.bytes(name))
    }
}

struct Wish<'a> {
    paths: Vec<PathBuf>,
    rules: &'a RuleOptions,
    threads: usize,
    timeline: TimelineScope,
}

fn run(wish: &Wish<'_>) -> Written {
    hunted(wish.paths.clone(), wish.rules, |hunt| Hunt {
        threads: wish.threads,
        timeline: wish.timeline,
        ..hunt
    })
}

fn own_rules(company: &Company) -> RuleOptions {
    RuleOptions { paths: vec![company.rules()], no_builtin: true, ..RuleOptions::default() }
}

fn through(company: &Company, threads: usize, timeline: TimelineScope) -> Written {
    run(&Wish { paths: vec![company.logs()], rules: &own_rules(company), threads, timeline })
}

fn assert_valid(written: &Written) {
    let files =
        [("findings", "finding"), ("incidents", "incident"), ("timeline", "timeline"), ("errors", "error")];
    for (file, name) in files {
        let schema = schema(name);
        for line in written.lines(&format!("{file}.jsonl")) {
            let wrong: Vec<String> =
                schema.iter_errors(&line).map(|error| format!("{}: {error}", error.instance_path)).collect();
            assert!(wrong.is_empty(), "{file}: {wrong:#?} in {line}");
        }
    }
    let summary: Value = serde_json::from_slice(&written.bytes("summary.json")).unwrap();
    let wrong: Vec<String> = schema("summary").iter_errors(&summary).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let published = published("incident");
    let unknown = |line: &Value| undocumented(line, &published, &published);
    let unknown: BTreeSet<String> = written.lines("incidents.jsonl").iter().flat_map(unknown).collect();
    assert!(unknown.is_empty(), "fields of incidents.jsonl that the schema does not name: {unknown:?}");
}

fn published(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema");
    serde_json::from_slice(&fs::read(folder.join(format!("{name}.schema.json"))).unwrap()).unwrap()
}

/// Fields that the schema, which lets further ones be added, does not name: what is written is also said.
fn undocumented(value: &Value, schema: &Value, root: &Value) -> BTreeSet<String> {
    let named = |schema: &Value| match schema["$ref"].as_str() {
        Some(name) => root.pointer(name.strip_prefix('#').unwrap()).unwrap().clone(),
        None => schema.clone(),
    };
    // Of something that may be null, the other form.
    let schema = named(schema["anyOf"].get(0).unwrap_or(schema));
    match value {
        Value::Array(items) => {
            items.iter().flat_map(|item| undocumented(item, &named(&schema["items"]), root)).collect()
        }
        Value::Object(fields) => {
            let each = fields.iter().flat_map(|(name, value)| match schema["properties"].get(name) {
                Some(of_field) => undocumented(value, &named(of_field), root),
                None => BTreeSet::from([name.clone()]),
            });
            each.collect()
        }
        _ => BTreeSet::new(),
    }
}

fn assert_sorted(written: &Written) {
    for (file, field) in [("findings.jsonl", "time"), ("timeline.jsonl", "datetime")] {
        let times: Vec<String> =
            written.lines(file).iter().map(|line| line[field].as_str().unwrap().to_owned()).collect();
        assert!(times.is_sorted(), "{file} is not in the order of time");
    }
    let scores: Vec<u64> =
        written.lines("incidents.jsonl").iter().map(|line| line["score"].as_u64().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "incidents.jsonl is not in the order of scores: {scores:?}");
}

/// A finding is in the incident that it names, and in no other; every incident is counted.
fn assert_joined(written: &Written) {
    let incidents = written.lines("incidents.jsonl");
    let summary: Value = serde_json::from_slice(&written.bytes("summary.json")).unwrap();
    assert_eq!(summary["incidents"]["total"], incidents.len());
    let mut by_severity: BTreeMap<String, u64> = BTreeMap::new();
    let mut of_incidents: BTreeMap<String, String> = BTreeMap::new();
    for incident in &incidents {
        *by_severity.entry(incident["severity"].as_str().unwrap().to_owned()).or_default() += 1;
        for finding in incident["findings"].as_array().unwrap() {
            let id = incident["id"].as_str().unwrap().to_owned();
            let other = of_incidents.insert(finding.as_str().unwrap().to_owned(), id);
            assert_eq!(other, None, "{finding} is in two incidents");
        }
    }
    assert_eq!(summary["incidents"]["by_severity"], serde_json::json!(by_severity));
    let of_findings: BTreeMap<String, String> = written
        .lines("findings.jsonl")
        .iter()
        .filter_map(|line| Some((line["id"].as_str()?.to_owned(), line["incident"].as_str()?.to_owned())))
        .collect();
    assert_eq!(of_findings, of_incidents);
    let ids: BTreeSet<&str> = incidents.iter().map(|incident| incident["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), incidents.len(), "every incident has an id of its own");
}

/// The numbers of the summary are those of the files.
fn assert_counted(written: &Written) {
    assert_joined(written);
    let summary: Value = serde_json::from_slice(&written.bytes("summary.json")).unwrap();
    let findings = written.lines("findings.jsonl");
    assert_eq!(summary["findings"]["total"], findings.len());
    let mut by_level: BTreeMap<&str, u64> = BTreeMap::new();
    for finding in &findings {
        *by_level.entry(finding["rule"]["level"].as_str().unwrap()).or_default() += 1;
    }
    for (level, count) in summary["findings"]["by_level"].as_object().unwrap() {
        assert_eq!(count.as_u64(), Some(by_level.get(level.as_str()).copied().unwrap_or(0)), "{level}");
    }
    assert_eq!(summary["errors"]["total"], written.lines("errors.jsonl").len());
    let events: u64 =
        summary["events_by_log_source"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!(summary["events"], events);
    let ids: BTreeSet<&str> = findings.iter().map(|finding| finding["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), findings.len(), "every finding has an id of its own");
}

/// How often each rule fired, by title.
fn by_title(written: &Written) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in written.lines("findings.jsonl") {
        *counts.entry(finding["rule"]["title"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

#[test]
fn every_line_is_valid_sorted_and_counted() {
    let company = Company::new();
    for timeline in [TimelineScope::Evidence, TimelineScope::All] {
        let written = through(&company, 0, timeline);
        assert_valid(&written);
        assert_sorted(&written);
        assert_counted(&written);
    }
}

#[test]
fn every_form_of_log_gives_its_findings() {
    let written = through(&Company::new(), 0, TimelineScope::Evidence);
    let expected = [
        ("Event log cleared", 3),
        ("Logon failed", 30),
        ("Passwords guessed", 5),
        ("Program broke", 5),
        ("SSH login failed", 100),
        ("Shadow copies deleted", 4),
    ];
    let expected: BTreeMap<String, usize> =
        expected.iter().map(|(title, count)| ((*title).to_owned(), *count)).collect();
    assert_eq!(by_title(&written), expected);
    let errors: Vec<String> = written
        .lines("errors.jsonl")
        .iter()
        .map(|error| format!("{} {}", error["source"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    assert_eq!(errors, ["logs/empty.log empty", "logs/picture.png unknown-format"]);
    assert_eq!((written.summary.inputs.files, written.summary.inputs.failed), (12, 2));
}

#[test]
fn the_number_of_threads_does_not_show() {
    let company = Company::new();
    for timeline in [TimelineScope::Evidence, TimelineScope::All] {
        let one = through(&company, 1, timeline).fixed();
        for threads in [2, 4] {
            assert!(one == through(&company, threads, timeline).fixed(), "{threads} threads, {timeline:?}");
        }
    }
}

#[test]
fn the_order_of_the_paths_does_not_show() {
    let company = Company::new();
    let rules = own_rules(&company);
    let of = |names: &[&str]| {
        let paths = names.iter().map(|name| company.logs().join(name)).collect();
        run(&Wish { paths, rules: &rules, threads: 2, timeline: TimelineScope::Evidence }).fixed()
    };
    let names = ["web01/auth.log", "dc1", "web02/auth.log", "ws07", "old.zip", "picture.png", "empty.log"];
    let mut turned = names;
    turned.reverse();
    assert!(of(&names) == of(&turned));
    turned.swap(1, 4);
    assert!(of(&names) == of(&turned));
}

/// Ids are written into tickets and letters: they stay as long as rule and record do.
#[test]
fn a_finding_has_the_id_that_it_always_had() {
    let written = through(&Company::new(), 0, TimelineScope::Evidence);
    let findings = written.lines("findings.jsonl");
    let segfault = findings.iter().find(|finding| finding["rule"]["title"] == "Program broke").unwrap();
    assert_eq!(
        segfault["evidence"][0],
        serde_json::json!({
            "source": "logs/web01/auth.log",
            "record": 41,
            "sha256": "eeb70fee00c2f3692ba0112a5b09a6887ee640f9e1741786f893b00499394b53"
        })
    );
    assert_eq!(segfault["id"], "F-156801b68f490e21ddc0");
}

/// The raw record that evidence names, found in the input without any of our readers.
fn raw_record(logs: &Path, source: &str, record: u64) -> Vec<u8> {
    let below = source.strip_prefix("logs/").unwrap();
    let (file, member) = below.split_once('!').map_or((below, None), |(file, member)| (file, Some(member)));
    let mut bytes = fs::read(logs.join(file)).unwrap();
    if let Some(member) = member {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
        let mut content = Vec::new();
        archive.by_name(member).unwrap().read_to_end(&mut content).unwrap();
        bytes = content;
    } else if file.ends_with(".gz") {
        let mut content = Vec::new();
        flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut content).unwrap();
        bytes = content;
    }
    match Path::new(member.unwrap_or(file)).extension().unwrap().to_str().unwrap() {
        "evtx" => event_record(&bytes, record),
        "json" => {
            let elements: Vec<Box<RawValue>> = serde_json::from_slice(&bytes).unwrap();
            let number = format!("\"record_id\":{record}");
            let element = elements.iter().find(|element| element.get().contains(&number)).unwrap();
            element.get().as_bytes().to_vec()
        }
        "jsonl" => {
            let number = format!("\"record_id\":{record}");
            let text = String::from_utf8(bytes).unwrap();
            text.lines().find(|line| line.contains(&number)).unwrap().as_bytes().to_vec()
        }
        "xml" => {
            let text = String::from_utf8(bytes).unwrap();
            let number = format!("<EventRecordID>{record}</EventRecordID>");
            text.lines().find(|line| line.contains(&number)).unwrap().as_bytes().to_vec()
        }
        _ if bytes.starts_with(&[0xFF, 0xFE]) => {
            let units: Vec<u16> =
                bytes[2..].chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            let line = units.split(|unit| *unit == u16::from(b'\n')).nth(record as usize - 1).unwrap();
            line.iter().flat_map(|unit| unit.to_le_bytes()).collect()
        }
        _ => bytes.split(|byte| *byte == b'\n').nth(record as usize - 1).unwrap().to_vec(),
    }
}

/// From its signature to its second size, as the format has it.
fn event_record(bytes: &[u8], record: u64) -> Vec<u8> {
    let number = |at: usize| u64::from_le_bytes(*bytes[at + 8..].first_chunk().unwrap());
    let mut places = (0..bytes.len() - 16).filter(|at| bytes[*at..].starts_with(b"\x2a\x2a\0\0"));
    let at = places.find(|at| number(*at) == record).unwrap();
    let size = u32::from_le_bytes(*bytes[at + 4..].first_chunk().unwrap());
    bytes[at..at + size as usize].to_vec()
}

#[test]
fn a_digest_is_that_of_the_raw_record() {
    let company = Company::new();
    let written = through(&company, 0, TimelineScope::Evidence);
    let mut forms = BTreeSet::new();
    let mut checked = BTreeSet::new();
    for finding in written.lines("findings.jsonl") {
        for evidence in finding["evidence"].as_array().unwrap() {
            let (source, record) =
                (evidence["source"].as_str().unwrap(), evidence["record"].as_u64().unwrap());
            if !checked.insert((source.to_owned(), record)) {
                continue;
            }
            let raw = raw_record(&company.logs(), source, record);
            let digest: String = Sha256::digest(&raw).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(evidence["sha256"], digest, "{source} {record}");
            forms.insert(source.rsplit('/').next().unwrap().to_owned());
        }
    }
    let expected = [
        "Security.evtx",
        "Sysmon.evtx",
        "array.json",
        "auth-utf16.log",
        "auth.log",
        "events.xml",
        "old.log.gz",
        "winlogbeat.jsonl",
    ];
    assert_eq!(forms.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

/// The records at which a part of each line points, as they stand there.
fn records(lines: &[Value], of: impl Fn(&Value) -> Vec<Value>) -> BTreeSet<String> {
    lines
        .iter()
        .flat_map(of)
        .flat_map(|part| part["evidence"].as_array().cloned().unwrap_or_default())
        .map(|evidence| evidence.to_string())
        .collect()
}

/// The timeline of evidence holds every event that evidences a finding, a move or the way in, once, with the same digest; and where all events are
/// asked for, the same of them are told as moves.
fn assert_timeline(written: &Written, scope: TimelineScope) -> usize {
    let (findings, incidents) = (written.lines("findings.jsonl"), written.lines("incidents.jsonl"));
    let found = records(&findings, |finding| vec![finding.clone()]);
    let moves = records(&incidents, |one| {
        let hops = one["path"].as_array().unwrap().iter().cloned();
        hops.chain(Some(one["entry"].clone())).collect()
    });
    let timeline = written.lines("timeline.jsonl");
    let of =
        |events: Vec<&Value>| events.iter().map(|event| event["evidence"].to_string()).collect::<Vec<_>>();
    let all = of(timeline.iter().collect());
    if scope == TimelineScope::Evidence {
        assert_eq!(all.len(), found.union(&moves).count());
        assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), found.union(&moves).cloned().collect());
    }
    let told: Vec<&Value> = timeline.iter().filter(|event| event.get("hops").is_some()).collect();
    let told = of(told);
    assert_eq!(told.len(), moves.len(), "a move stands twice");
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), moves);
    let alone = timeline.iter().filter(|event| !found.contains(&event["evidence"].to_string()));
    let alone = alone.filter(|event| event.get("hops").is_some() && scope == TimelineScope::Evidence);
    let alone: Vec<&Value> = alone.collect();
    for event in &alone {
        let desc = event["timestamp_desc"].as_str().unwrap();
        assert!(["Move Between Hosts", "First Sign of Intruder"].contains(&desc), "{event}");
        let hop = incidents.iter().flat_map(|one| one["path"].as_array().unwrap());
        let of_it = hop.filter(|hop| hop["evidence"][0] == event["evidence"]);
        for name in of_it.flat_map(|hop| [&hop["from"], &hop["to"]]) {
            assert!(event["message"].as_str().unwrap().contains(name.as_str().unwrap()), "{event}");
        }
    }
    alone.len()
}

#[test]
fn the_timeline_holds_what_findings_and_moves_point_at() {
    for scope in [TimelineScope::Evidence, TimelineScope::All] {
        assert_timeline(&through(&Company::new(), 0, scope), scope);
    }
    let Some(demo) = demonstration() else { return };
    let rules = RuleOptions::default();
    let wish = |timeline, threads| Wish { paths: vec![demo.clone()], rules: &rules, threads, timeline };
    let evidence = run(&wish(TimelineScope::Evidence, 2));
    let alone = assert_timeline(&evidence, TimelineScope::Evidence);
    assert!(alone > 0, "no move is shown by a record that no rule matches");
    assert_sorted(&evidence);
    let all = run(&wish(TimelineScope::All, 1));
    assert_timeline(&all, TimelineScope::All);
    assert_eq!(all.lines("timeline.jsonl").len() as u64, all.summary.events);
    assert!(all.fixed() == run(&wish(TimelineScope::All, 4)).fixed());
}

#[test]
fn the_timeline_of_all_events_has_them_all() {
    let written = through(&Company::new(), 0, TimelineScope::All);
    assert_eq!(written.lines("timeline.jsonl").len() as u64, written.summary.events);
}

/// A finding says who and what it is about, and is told in both languages.
#[test]
fn a_finding_names_its_host_its_account_and_its_command() {
    let written = through(&Company::new(), 0, TimelineScope::Evidence);
    let findings = written.lines("findings.jsonl");
    let of_sysmon = |finding: &&Value| {
        finding["evidence"][0]["source"] == "logs/ws07/Sysmon.evtx" && finding["rule"]["level"] == "high"
    };
    let finding = findings.iter().find(of_sysmon).unwrap();
    let names: Vec<&str> = finding["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entity| entity["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"ws07") && names.contains(&"corp\\sato"), "{names:?}");
    assert_eq!(finding["fields"]["CommandLine"], "vssadmin delete shadows /all /quiet");
    assert_eq!(finding["attack"], serde_json::json!({"techniques": ["T1490"], "tactics": ["impact"]}));
    for language in ["en", "ja"] {
        assert!(finding["summary"][language].as_str().unwrap().contains("ws07"), "{finding}");
    }
}

#[test]
fn a_finding_of_a_record_without_a_time_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let timed = r#"{"EventID":1102,"Channel":"Security","EventTime":"2026-05-07T01:02:03Z"}"#;
    let untimed = r#"{"EventID":1102,"Channel":"Security","Hostname":"dc1"}"#;
    fs::write(folder.path().join("events.jsonl"), format!("{timed}\n{untimed}\n")).unwrap();
    let (paths, company) = (vec![folder.path().to_owned()], Company::new());
    let rules = own_rules(&company);
    let written = run(&Wish { paths, rules: &rules, threads: 1, timeline: TimelineScope::Evidence });
    assert_valid(&written);
    let findings = written.lines("findings.jsonl");
    let told: Vec<_> = findings.iter().map(|finding| (&finding["time"], finding.get("time_known"))).collect();
    assert_eq!(
        told,
        [
            (&Value::from("1970-01-01T00:00:00.000000Z"), Some(&Value::from(false))),
            (&Value::from("2026-05-07T01:02:03.000000Z"), None)
        ]
    );
    let first = written.summary.first.unwrap().to_string();
    assert_eq!(first, "2026-05-07T01:02:03.000000Z");
    assert_eq!(written.summary.last, written.summary.first);
}

/// Logs of an intrusion over several hosts, where they are.
fn demonstration() -> Option<PathBuf> {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/logs");
    if !demo.is_dir() {
        eprintln!("not run: there is no {}", demo.display());
    }
    demo.is_dir().then_some(demo)
}

/// Lists of the demonstration's company, some of it as it should not be.
fn lists(folder: &Path) -> estate::Inventory {
    let (assets, users) = (folder.join("assets.csv"), folder.join("users.csv"));
    let rows = "name,addresses,site,role,criticality,owner,lifecycle\n\
                ad01,,Tokyo,directory server,5,ito,active\n\
                ops01,,Tokyo,operations,4,,retiring\n\
                fs01,,Tokyo,file server,4,ito,active\n\
                vpn01,,Tokyo,vpn,3,ito,active\n";
    fs::write(&assets, rows).unwrap();
    let rows = "account,name,department,title,privileged,status\nadm-tanaka,Tanaka,IT,,yes,active\n\
                sato.kenji,Sato,Sales,,no,active\n";
    fs::write(&users, rows).unwrap();
    estate::Inventory::read(&[&assets], &[&users]).unwrap()
}

#[test]
fn the_demonstration_keeps_the_contract() {
    let Some(demo) = demonstration() else { return };
    let rules = RuleOptions::default();
    let wish = |threads| Wish {
        paths: vec![demo.clone()],
        rules: &rules,
        threads,
        timeline: TimelineScope::Evidence,
    };
    let one = run(&wish(1));
    assert_valid(&one);
    assert_sorted(&one);
    assert_counted(&one);
    assert!(one.summary.findings.total > 0);
    for threads in [2, 4] {
        assert!(one.fixed() == run(&wish(threads)).fixed(), "{threads} threads");
    }
}

/// Every part of an incident is there and valid, among them what only an inventory can say.
#[test]
fn an_incident_has_all_its_parts() {
    let Some(demo) = demonstration() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (rules, inventory) = (RuleOptions::default(), lists(folder.path()));
    let mut verdicts = estate::Verdicts::default();
    verdicts.add("verdicts.csv", b"kind,name\ngroup,nobody's\nhost,fs01\n").unwrap();
    let written = hunted(vec![demo], &rules, |hunt| Hunt { inventory, verdicts, alerts_per_day: 0, ..hunt });
    assert_valid(&written);
    let verdicts = written.summary.verdicts.as_ref().unwrap();
    assert_eq!((verdicts.loaded, verdicts.applied, verdicts.problems.len()), (1, 0, 1));
    assert_counted(&written);
    let incidents = written.lines("incidents.jsonl");
    let first = &incidents[0];
    let has = |field: &str| !first[field].as_array().unwrap().is_empty();
    let fields = ["stages", "path", "entities", "data", "findings", "severity_reasons", "timeline"];
    fields.iter().for_each(|field| assert!(has(field), "no {field} in {first}"));
    assert!(first["entry"]["from"].is_string(), "{first}");
    let named = |name: &str| {
        let entities = first["entities"].as_array().unwrap();
        entities.iter().find(|entity| entity["name"] == name).cloned().unwrap_or_default()
    };
    assert_eq!(named("ops01")["notes"], serde_json::json!(["retiring", "ownerless", "site:Tokyo"]));
    assert_eq!(named("adm-tanaka")["notes"], serde_json::json!(["privileged"]));
    // A budget of nothing lowers what no high or critical finding speaks for, and hides nothing.
    assert_eq!(first["severity"], "critical");
    let lowered = incidents.iter().filter(|incident| incident["lowered_for_budget"] == true).count();
    assert!(lowered > 0 && incidents.iter().all(|incident| incident["severity"] != "medium"));
}

#[test]
fn findings_alone_can_be_asked_for() {
    let company = Company::new();
    let rules = own_rules(&company);
    let written = hunted(vec![company.logs()], &rules, |hunt| Hunt { incidents: false, ..hunt });
    assert!(written.lines("findings.jsonl").iter().all(|finding| finding["incident"].is_null()));
    assert_eq!(written.summary.incidents.total, 0);
    for name in ["incidents.jsonl", "report.html"] {
        assert!(!written.out.path().join(name).exists(), "{name}");
    }
}

#[test]
fn recorded_logs_keep_the_contract() {
    let (Some(sigma), Some(evtx), Some(logs)) =
        (corpus::corpus("sigma"), corpus::corpus("evtx"), corpus::corpus("logs"))
    else {
        return;
    };
    let rules = RuleOptions { paths: vec![sigma.join("rules")], ..RuleOptions::default() };
    let wish = |threads| Wish {
        paths: vec![evtx.clone(), logs.clone()],
        rules: &rules,
        threads,
        timeline: TimelineScope::Evidence,
    };
    let (one, four) = (run(&wish(1)), run(&wish(4)));
    println!("{} events, {} findings", one.summary.events, one.summary.findings.total);
    assert_valid(&one);
    assert_sorted(&one);
    assert_counted(&one);
    assert!(assert_timeline(&one, TimelineScope::Evidence) > 0);
    assert!(one.fixed() == four.fixed());
}
