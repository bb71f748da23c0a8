//! What every drill promises: the same wish gives the same bytes, every record is read, damage does what it says, and the truth is true.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::OnceLock;

use drill::company;
use drill::generate::Wish;
use drill::scenario::SCENARIOS;
use model::{OwnedValue, Record, Time};
use serde_json::Value;
use support::{Made, each, sha256, wish};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;

/// What was seen of a drill.
struct Seen {
    name: &'static str,
    hashes: BTreeMap<String, String>,
    header: Value,
    /// Records that were read, in lines of the logs.
    lines: u64,
    /// Files with records of which nobody knows where they come from.
    unknown: BTreeSet<String>,
    errors: Vec<String>,
    marks: BTreeMap<(String, u64), Value>,
    /// How many of the marks stand at a record that was read, in lines of the logs.
    found: u64,
    /// Marked records that were read, with what they say.
    marked: Vec<(Value, Record)>,
    entities: BTreeSet<String>,
    readings: Vec<Value>,
    /// Objects that were read, as the logs name them.
    named: BTreeSet<String>,
}

/// Every scenario once, for all tests.
fn seen() -> &'static [Seen] {
    static SEEN: OnceLock<Vec<Seen>> = OnceLock::new();
    SEEN.get_or_init(|| each(&SCENARIOS, |scenario| see(scenario.name())))
}

fn see(name: &'static str) -> Seen {
    let made = Made::of(&wish(name, 1, 6));
    let marks = made.marks();
    let readings = made.truth("readings.jsonl");
    let mut found = 0;
    let (mut lines, mut unknown, mut marked, mut named) = (0, BTreeSet::new(), Vec::new(), BTreeSet::new());
    let errors = made.read(&mut |_, _| true, &mut |read| {
        lines += read.lines();
        if read.is_unknown() {
            unknown.insert(read.source.to_owned());
        }
        if let Some(mark) = marks.get(&(read.source.to_owned(), read.record)) {
            found += read.lines();
            let record = read.record();
            for field in ["object", "ObjectName", "cs-uri-stem"] {
                named.extend(record.text(field).map(|text| text.replace('\\', "/")));
            }
            marked.push((mark.clone(), record));
        }
    });
    let incidents = made.truth("incidents.jsonl");
    let entities = incidents.iter().flat_map(|one| one["entities"].as_array().unwrap());
    let entities = entities.map(|entity| entity["name"].as_str().unwrap().to_lowercase()).collect();
    Seen {
        name,
        hashes: made.hashes(),
        header: made.header(),
        lines,
        unknown,
        errors: errors.iter().map(|error| format!("{error:?}")).collect(),
        marks,
        found,
        marked,
        entities,
        readings,
        named,
    }
}

#[test]
fn the_same_wish_gives_the_same_bytes() {
    let again = each(&SCENARIOS, |scenario| Made::of(&wish(scenario.name(), 1, 6)).hashes());
    for (seen, again) in seen().iter().zip(again) {
        let other: Vec<&String> =
            seen.hashes.keys().filter(|name| again.get(*name) != seen.hashes.get(*name)).collect();
        assert!(other.is_empty() && again.len() == seen.hashes.len(), "{}: {other:?}", seen.name);
    }
}

/// What the company of a tiny drill is on any machine. Where the company was changed on purpose: the test prints the new lines, to be put here.
const COMPANY: [(&str, &str); 5] = [
    ("access.csv", "67663f1ee001db1639384665d2b0511ecb72ba3b469a02aaa91bbf0dd1593d70"),
    ("assets.csv", "5b7de3c804caa338fc3bf1001fd8374f65dd9a99768c309b64fa1b6d277f55e7"),
    ("customers.csv", "88affee38f4c218b3e83d8ed40f58e9396bdc6d59e506b2e12a99fbf93687be6"),
    ("holdings.csv", "e5271b931cd35afdc2c3e787ef3b9f8d8040edc8b08192064023d29a00cd7c02"),
    ("users.csv", "8389d7e10eed78b45d1a7d694be58001a6978ee434f3e4e5e77e5672b89cba96"),
];

#[test]
fn any_machine_makes_the_same_company() {
    let made = Made::of(&Wish { users: 20, ..wish("quiet", 1, 1) });
    let files = support::files(&made.path().join("company"));
    let own: Vec<(String, String)> = files
        .iter()
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), sha256(&std::fs::read(path).unwrap()))
        })
        .collect();
    own.iter().for_each(|(name, hash)| println!("    (\"{name}\", \"{hash}\"),"));
    let same = own.iter().map(|(name, hash)| (name.as_str(), hash.as_str())).eq(COMPANY);
    assert!(
        same,
        "the company is another one than it was: if that was meant, put the lines above into COMPANY"
    );
}

/// What a whole drill of fifty people, five days and two intrusions is on any machine: the number of files and the hash of their names and hashes, folder by folder.
/// Where the drill was changed on purpose: the test prints the new lines, to be put here.
const DRILL: [(&str, usize, &str); 3] = [
    ("company", 5, "defaef05f441280c94198509343117dcc8032fd7e4eb28102a1b02a5e40247e9"),
    ("logs", 163, "608e775db3f2f1b3f84f76d5b67e5e79ba48ed6919a1f5b8bd1e5354c2e7e405"),
    ("truth", 6, "9f4ab807d5a622bcda8479c52c7481feb07c4488b1982333392fdb23131f594a"),
];

#[test]
fn any_machine_makes_the_same_drill() {
    let made = Made::of(&wish("ntt-2020", 1, 5));
    let mut folders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, hash) in made.hashes() {
        let (folder, _) = name.split_once('/').unwrap();
        folders.entry(folder.to_owned()).or_default().push(format!("{hash}  {name}\n"));
    }
    let whole =
        folders.into_iter().map(|(folder, lines)| (folder, lines.len(), sha256(lines.concat().as_bytes())));
    let own: Vec<(String, usize, String)> = whole.collect();
    own.iter().for_each(|(folder, files, hash)| println!("    (\"{folder}\", {files}, \"{hash}\"),"));
    let same = own.iter().map(|(folder, files, hash)| (folder.as_str(), *files, hash.as_str())).eq(DRILL);
    assert!(same, "the drill is another one than it was: if that was meant, put the lines above into DRILL");
}

#[test]
fn every_record_is_read_and_its_log_is_known() {
    for seen in seen() {
        assert!(
            seen.errors.is_empty(),
            "{}: {:#?}",
            seen.name,
            seen.errors.iter().take(9).collect::<Vec<_>>()
        );
        assert!(seen.unknown.is_empty(), "{}: {:?}", seen.name, seen.unknown);
        assert_eq!(Some(seen.lines), seen.header["records"].as_u64(), "{}", seen.name);
        assert_eq!(Some(seen.marks.len() as u64), seen.header["marked"].as_u64(), "{}", seen.name);
        assert_eq!(seen.found, seen.marks.len() as u64, "{}: marks that stand at no record", seen.name);
    }
}

#[test]
fn a_mark_stands_at_its_own_record() {
    for seen in seen() {
        let mut late = BTreeMap::new();
        for (mark, record) in &seen.marked {
            // Logs without a zone are whole hours off; clocks go wrong by some seconds, and some show no fractions.
            let apart = (record.time.micros() - time(&mark["time"])).rem_euclid(HOUR);
            if apart > 4 * SECOND && apart < HOUR - 4 * SECOND {
                late.entry(format!("{} {}", mark["source"], record.log_source))
                    .or_insert_with(Vec::new)
                    .push((mark, record));
            }
        }
        let count: usize = late.values().map(Vec::len).sum();
        for (log, records) in &late {
            println!("{}: {log}: {} {:?}", seen.name, records.len(), records[0]);
        }
        assert!(count * 100 <= seen.marked.len(), "{}: {count} of {}", seen.name, seen.marked.len());
    }
}

#[test]
fn a_marked_record_tells_of_those_who_took_part() {
    for seen in seen() {
        let mut of_reason: BTreeMap<&str, [u32; 2]> = BTreeMap::new();
        for (mark, record) in &seen.marked {
            let text = said(record).to_lowercase();
            let tells = seen.entities.iter().any(|entity| text.contains(entity.as_str()));
            of_reason.entry(mark["reason"].as_str().unwrap()).or_default()[usize::from(tells)] += 1;
        }
        of_reason.iter().for_each(|(reason, [not, tells])| {
            println!("{}: {reason}: {tells} of {}", seen.name, not + tells)
        });
        let [not, tells] = of_reason.values().fold([0, 0], |sum, one| [sum[0] + one[0], sum[1] + one[1]]);
        assert!(tells >= 2 * not, "{}: {tells} of {}", seen.name, not + tells);
    }
}

#[test]
fn what_was_read_is_named_by_logs_and_held_for_customers() {
    let (company, mut resolved) = (company::company(1, 50), BTreeSet::new());
    let customers = company::customers(&company);
    for seen in seen() {
        let mut of_store: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
        for reading in &seen.readings {
            let (store, object) = (reading["store"].as_str().unwrap(), reading["object"].as_str().unwrap());
            let held = customers.customers_in(store, object);
            // What holds a customer's data is among the objects of that customer, and so in the holdings.
            let of_customer =
                |customer: &u64| customers.objects_of(*customer).iter().any(|one| one.store == store);
            assert!(held.iter().take(2).all(of_customer), "{}: {store} {object}", seen.name);
            let named = seen.named.iter().any(|named| named.contains(object));
            let counts = of_store.entry(store).or_default();
            *counts =
                [counts[0] + 1, counts[1] + usize::from(!held.is_empty()), counts[2] + usize::from(named)];
        }
        println!("{}: read, of customers, named by logs: {of_store:?}", seen.name);
        for (store, [all, held, named]) in of_store {
            // Files and documents are named one by one.
            assert!(!store.contains(":/") || named == all, "{} {store}: {named} of {all}", seen.name);
            if held > 0 {
                resolved.insert(store.to_owned());
            }
        }
    }
    for part in ["fs01:/", "orderdb"] {
        assert!(
            resolved.iter().any(|store| store.contains(part)),
            "{part} holds no customer's data: {resolved:?}"
        );
    }
}

/// A drill with something taken away or damaged, beside the same without.
struct Pair {
    whole: Made,
    less: Made,
}

impl Pair {
    fn of(damage: impl FnOnce(&mut Wish)) -> Pair {
        let mut wish = wish("ntt-2020-1", 1, 5);
        let whole = Made::of(&wish);
        damage(&mut wish);
        Pair { whole, less: Made::of(&wish) }
    }

    /// What is left out is counted, and the truth tells of what is left.
    fn adds_up(&self) {
        let (whole, less) = (self.whole.totals, self.less.totals);
        assert_eq!(less.records + less.left_out, whole.records);
        assert_eq!(less.marked + less.marked_left_out, whole.marked);
        assert_eq!(self.less.marks().len() as u64, less.marked);
        let (whole, less) = (marked_texts(&self.whole), marked_texts(&self.less));
        assert!(less.iter().all(|(text, count)| whole.get(text).is_some_and(|own| own >= count)));
        assert_eq!(
            less.values().sum::<usize>(),
            self.less.marks().keys().filter(|(source, _)| is_text(source)).count()
        );
    }

    /// The logs that are not as they were, and are still there.
    fn changed(&self) -> BTreeSet<String> {
        let whole = self.whole.hashes();
        let changed = self.less.hashes().into_iter().filter(|(name, hash)| whole.get(name) != Some(hash));
        changed.map(|(name, _)| name).filter(|name| name.starts_with("logs/")).collect()
    }
}

fn is_text(source: &str) -> bool {
    !source.ends_with(".evtx")
}

/// The lines of text that are marked, and how often each is there.
fn marked_texts(made: &Made) -> BTreeMap<Vec<u8>, usize> {
    let mut files: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    let mut texts = BTreeMap::new();
    for (source, record) in made.marks().into_keys().filter(|(source, _)| is_text(source)) {
        let lines = files.entry(source.clone()).or_insert_with(|| lines(made, &source));
        *texts.entry(lines[record as usize - 1].clone()).or_default() += 1;
    }
    texts
}

fn lines(made: &Made, source: &str) -> Vec<Vec<u8>> {
    let bytes = std::fs::read(made.path().join(source)).unwrap();
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// The times of all records of the files whose name holds this text.
fn times(made: &Made, part: &str) -> BTreeMap<(String, u64), i64> {
    let mut times = BTreeMap::new();
    made.read(&mut |source, _| source.contains(part), &mut |read| {
        times.insert((read.source.to_owned(), read.record), read.row.time.micros());
    });
    times
}

#[test]
fn a_missing_source_is_missing_and_nothing_else() {
    let pair = Pair::of(|wish| wish.damage.miss("FS01"));
    pair.adds_up();
    assert!(pair.less.totals.left_out > 0 && pair.less.totals.marked_left_out > 0, "{:?}", pair.less.totals);
    assert!(pair.whole.hashes().keys().any(|name| name.starts_with("logs/") && name.contains("fs01")));
    assert!(!pair.less.hashes().keys().any(|name| name.starts_with("logs/") && name.contains("fs01")));
    assert!(pair.changed().is_empty(), "{:?}", pair.changed());
    assert!(!pair.less.marks().keys().any(|(source, _)| source.contains("fs01")));
}

#[test]
fn a_gap_has_no_records() {
    let (from, until) = ("2026-06-03T15:00:00Z", "2026-06-04T15:00:00Z");
    let pair = Pair::of(|wish| wish.damage.gap(&format!("dc0={from}..{until}")).unwrap());
    pair.adds_up();
    assert!(pair.less.totals.left_out > 0);
    assert!(
        !pair.changed().is_empty() && pair.changed().iter().all(|name| name.contains("dc0")),
        "{:?}",
        pair.changed()
    );
    let (from, until) = (Time::parse(from).unwrap().micros(), Time::parse(until).unwrap().micros());
    // The clock of the machine is some seconds off.
    let within = |times: BTreeMap<(String, u64), i64>| {
        times.values().filter(|time| (from + 4 * SECOND..until - 4 * SECOND).contains(*time)).count()
    };
    assert!(within(times(&pair.whole, "dc0")) > 50);
    assert_eq!(within(times(&pair.less, "dc0")), 0);
}

#[test]
fn a_clock_that_is_wrong_is_wrong_in_all_its_records() {
    let pair = Pair::of(|wish| {
        wish.damage.skew("fs01=-5400").unwrap();
        wish.damage.skew("proxy01/access=+77").unwrap();
    });
    assert_eq!(pair.whole.totals.records, pair.less.totals.records);
    assert_eq!(pair.whole.totals.marked, pair.less.totals.marked);
    assert!(
        pair.changed().iter().all(|name| name.contains("fs01") || name.contains("proxy01")),
        "{:?}",
        pair.changed()
    );
    assert_eq!(
        pair.whole.marks().into_keys().collect::<Vec<_>>(),
        pair.less.marks().into_keys().collect::<Vec<_>>()
    );
    for (part, skew) in [("fs01/Security", -5_400), ("proxy01/access", 77)] {
        let (whole, less) = (times(&pair.whole, part), times(&pair.less, part));
        assert!(whole.len() > 100 && whole.len() == less.len(), "{part}");
        let apart = |(whole, less): (&i64, &i64)| (less - whole - skew * SECOND).abs() < 1_000;
        assert!(whole.values().zip(less.values()).all(apart), "{part}");
    }
}

#[test]
fn shuffled_logs_hold_the_same_records_in_another_order() {
    let pair = Pair::of(|wish| wish.damage.shuffle = true);
    assert_eq!(pair.whole.totals, pair.less.totals);
    assert_eq!(marked_texts(&pair.whole), marked_texts(&pair.less));
    let mut moved = 0;
    for source in pair.changed() {
        let count = times(&pair.less, source.strip_prefix("logs/").unwrap());
        if is_text(&source) {
            // What stands at the top of a file tells when it was begun.
            let records = |made| -> Vec<Vec<u8>> {
                lines(made, &source).into_iter().filter(|line| !line.starts_with(b"#")).collect()
            };
            let (mut whole, mut less) = (records(&pair.whole), records(&pair.less));
            moved += usize::from(whole != less);
            whole.sort_unstable();
            less.sort_unstable();
            assert!(whole == less, "{source}");
        } else {
            let whole = times(&pair.whole, source.strip_prefix("logs/").unwrap());
            let (mut whole, mut less): (Vec<_>, Vec<_>) =
                (whole.into_values().collect(), count.into_values().collect());
            moved += usize::from(whole != less);
            whole.sort_unstable();
            less.sort_unstable();
            assert!(whole == less, "{source}");
        }
    }
    assert!(moved > 20, "only {moved} files are in another order");
}

/// Days for [`a_drill_for_the_memory_of_a_process_of_its_own`].
const DAYS: &str = "YAGURA_TEST_DRILL_DAYS";

#[test]
fn a_drill_for_the_memory_of_a_process_of_its_own() {
    let Some(days) = std::env::var(DAYS).ok().and_then(|days| days.parse().ok()) else { return };
    drop(Made::of(&Wish { users: 20, ..wish("quiet", 1, days) }));
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    println!("\n{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap());
}

#[test]
#[cfg(target_os = "linux")]
fn twice_the_days_need_no_more_memory() {
    let peak = |days: &u32| -> f64 {
        let mut own = Command::new(std::env::current_exe().unwrap());
        own.args(["--exact", "a_drill_for_the_memory_of_a_process_of_its_own", "--nocapture"])
            .env(DAYS, days.to_string());
        let said = String::from_utf8(own.output().unwrap().stdout).unwrap();
        let line = said.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    };
    // By then the buffers of logs that are seldom written to have been full once.
    let peaks = each(&[28, 56], peak);
    println!("peaks in KiB: {peaks:?}");
    assert!(peaks[1] < 1.3 * peaks[0], "{peaks:?}");
}

fn time(value: &Value) -> i64 {
    Time::parse(value.as_str().unwrap()).unwrap().micros()
}

/// All that a record says.
fn said(record: &Record) -> String {
    fn add(out: &mut String, value: &OwnedValue) {
        match value {
            OwnedValue::List(items) => items.iter().for_each(|item| add(out, item)),
            other => out.extend(other.text().map(|text| text + "\n")),
        }
    }
    let mut out = String::new();
    record.fields.iter().for_each(|(_, value)| add(&mut out, value));
    out
}
