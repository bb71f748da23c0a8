//! What an intruder does leaves the same records as anybody's doing it: a classifier that sees only the surface of records cannot tell whose they are.
//!
//! Drills of every intrusion are read back; records of one kind (one log, one event, one way) are balanced within each drill, so that which kinds an attack
//! has and how many says nothing. What is left are features of the surface: which fields are there, how values look, how fine times are. A logistic
//! regression learns them from half of the seeds and is judged on the other half, where all names are others.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails as tests do"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::{OwnedValue, Record, Time};
use support::{Made, each, wish};

/// Fields whose value is what an attack chooses, and why. Of these the classifier is told that they are there and their [`form`]; of paths and command
/// lines also their [`shape`] and how they are [`build`]; of amounts not how large they are.
const CHOSEN: [(&str, &str); 7] = [
    (
        "who: an intruder uses the account that was stolen; what it may do, and its groups, follow from it",
        "*user* *account* *sid *uid *gid acct id sender recipient group *domain* identity key ElevatedToken IntegrityLevel \
         TokenElevationType MandatoryLabel Privilege*",
    ),
    (
        "where: from where to where an intruder goes; what is set up on these machines is the same for whoever comes there",
        "host* *.name agent.* Computer *ip *address addr *hostname *_host device devid *mac nat* *workstation* relay \
         helo client server service* Param* rule_name poluuid policy* Node cs-host *zone *interface *share*",
    ),
    (
        "what: the files, pages, mails, programs and commands that are asked for, and what these programs are",
        "*object* *path* *file* *uri* *url* *query* statement *command* cmd *image exe comm a0 a1 a2 a3 argc proctitle \
         name* inode cwd *directory* *processname hashes *version product company description *target* folder \
         Task* app*",
    ),
    ("all of this once more in one text: who, where and what", "*message status_text"),
    (
        "with what: the programs of an intruder name themselves, and machines have the browsers that they have",
        "*agent",
    ),
    (
        "how much, and when: an intruder takes more, or hides among less",
        "*bytes* *byte *pkt *packets* sent received duration *length* time-taken size rows delay attempts *time* \
         event.created *count*",
    ),
    (
        "what machines count: it goes on with the hours",
        "EventRecordID *logonid session* serial ses transaction pid ppid *handle*",
    ),
];

/// The positions among these of what is asked for, and of what is counted.
const WHAT: usize = 2;
const COUNTED: usize = 6;

/// Fields that say what kind of deed a record is of. Which deeds an attack has is its own choice, so only records of one kind are compared.
const DEEDS: [&str; 30] = [
    "EventID",
    "action",
    "program",
    "LogonType",
    "outcome",
    "EventType",
    "cs-method",
    "dst_port",
    "service",
    "operation",
    "type",
    "syscall",
    "protocol",
    "sc-status",
    "Status",
    "SubStatus",
    "method",
    "AccessMask",
    "winlog.api",
    "reason",
    "level",
    "object_type",
    "command_tag",
    "AuthenticationPackageName",
    "TicketEncryptionType",
    "result",
    "in_interface",
    "out_interface",
    "src_zone",
    "dst_zone",
];

/// Whether a pattern with `*` at its ends fits.
fn fits(pattern: &str, field: &str) -> bool {
    let (pattern, field) = (pattern.to_lowercase(), field.to_lowercase());
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(_), Some(_)) => field.contains(pattern.trim_matches('*')),
        (Some(end), None) => field.ends_with(end),
        (None, Some(start)) => field.starts_with(start),
        (None, None) => field == pattern,
    }
}

/// Which of [`CHOSEN`] a field is.
fn chosen(field: &str) -> Option<usize> {
    CHOSEN.iter().position(|(_, patterns)| patterns.split_whitespace().any(|pattern| fits(pattern, field)))
}

/// What a value looks like: letters, digits, Japanese, and what stands between, with repetitions once; and about how long it is.
fn shape(text: &str) -> String {
    let mut shape = String::new();
    for one in text.chars() {
        let class = match one {
            '0'..='9' => '9',
            'a'..='z' => 'a',
            'A'..='Z' => 'A',
            '\u{3040}'..='\u{30ff}' => 'か',
            '\u{3400}'..='\u{9fff}' => '漢',
            other => other,
        };
        if !shape.ends_with(class) {
            shape.push(class);
        }
        if shape.len() > 40 {
            break;
        }
    }
    let length = text.chars().count();
    format!("{shape} {}", if length < 8 { length } else { 8 + length.ilog2() as usize })
}

/// How something chosen is written, whatever it is: `DOMAIN\user` or `user@domain`, with quotes or without, a name, an address, or a number.
fn form(text: &str) -> String {
    let mark = ['\\', '@', '"', '\t', '$'].into_iter().find(|mark| text.contains(*mark)).unwrap_or(' ');
    match text.rsplit(':').next().unwrap_or_default() {
        "" | "-" => format!("nothing {text}"),
        last if last.parse::<std::net::Ipv4Addr>().is_ok() => format!("address {}", text.contains(':')),
        // Amounts that are all round were made up.
        _ if text.parse::<i64>().is_ok() => format!("number {}", text.len() > 2 && text.ends_with("00")),
        _ => format!("text {mark}"),
    }
}

fn values(value: &OwnedValue) -> Vec<String> {
    match value {
        OwnedValue::List(items) => items.iter().flat_map(values).collect(),
        OwnedValue::Null => vec!["null".to_owned()],
        OwnedValue::Object => Vec::new(),
        other => other.text().into_iter().collect(),
    }
}

fn kind(record: &Record) -> String {
    let mut kind = record.log_source.to_string();
    for field in DEEDS {
        if let Some(value) = record.get(field) {
            kind.push_str(&format!(" {field}={}", values(value).join(",")));
        }
    }
    // From outside or within is where an intruder comes from.
    for field in ["src_ip", "dst_ip", "c-ip", "IpAddress", "addr", "assigned_ip", "nat_src_ip"] {
        if let Some(text) = record.text(field) {
            let text = text.rsplit(':').next().unwrap_or_default();
            kind.push_str(&format!(" {field}:{}", range(text)));
        }
    }
    // What syslog has no action for is told apart by its first words.
    if record.get("action").is_none()
        && let Some(message) = record.text("message").filter(|_| record.get("program").is_some())
    {
        let words: Vec<&str> = message
            .split_whitespace()
            .take(2)
            .filter(|word| word.bytes().all(|one| one.is_ascii_alphabetic()))
            .collect();
        kind.push_str(&format!(" {}", words.join(" ")));
    }
    // A command at a terminal or not, and of how many words.
    for field in ["tty", "AUID", "a1", "a2", "a3"] {
        kind.push_str(if record.get(field).is_some() { "+" } else { "-" });
    }
    // A person, a machine, or nobody; and which service of a machine, without what is its own in the name.
    for field in ["user", "cs-username", "SubjectUserName", "TargetUserName"] {
        if let Some(name) = record.text(field) {
            kind.push_str(&format!(" {field}{}", if name.ends_with('$') { "$" } else { "" }));
        }
    }
    if let Some(unit) = record.text("unit") {
        kind.push_str(&format!(" unit:{}", unit.replace(|one: char| one.is_ascii_digit(), "")));
    }
    kind
}

fn range(text: &str) -> &'static str {
    match text.split('.').next() {
        Some("10" | "172" | "192") if !text.starts_with("192.0.2") => "inside",
        Some("127") | Some("") | None => "own",
        _ => "outside",
    }
}

/// What of the surface of a record is told to the classifier.
fn features(record: &Record) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    all.insert(format!("fields {}", record.fields.len()));
    let micros = record.time.micros();
    let zeros = (1..=6).rev().find(|zeros| micros % 10i64.pow(*zeros) == 0).unwrap_or(0);
    all.insert(format!("time ends with {zeros} zeros"));
    all.insert(format!("time at a full minute: {}", micros.rem_euclid(60_000_000) < 1_000_000));
    for (field, value) in &record.fields {
        all.insert(format!("has {field}"));
        values(value).iter().for_each(|text| features_of(field, text, &mut all));
    }
    all
}

fn features_of(field: &str, text: &str, all: &mut BTreeSet<String>) {
    let chosen = chosen(field);
    all.insert(format!("{field} ~ {}", form(text)));
    if matches!(chosen, None | Some(WHAT)) {
        all.insert(format!("{field} ~ {}", shape(text)));
        all.extend(build(text).into_iter().map(|one| format!("{field} {one}")));
    }
    let number =
        text.strip_prefix("0x").map_or_else(|| text.parse().ok(), |hex| i64::from_str_radix(hex, 16).ok());
    if let Some(number) = number {
        // Processes and handles are numbered in steps.
        all.insert(format!("{field} by 4: {}", number % 4 == 0));
    }
    // What is the same in every company is so for everybody.
    if text.len() <= 12 && (chosen.is_none() || (chosen == Some(COUNTED) && number.is_some())) {
        all.insert(format!("{field} = {text}"));
    }
}

/// How a path, a command line or a name is put together, whatever it names.
fn build(text: &str) -> Vec<String> {
    let all = |fits: fn(char) -> bool| text.chars().filter(|one| fits(*one)).count();
    let depth = all(|one| matches!(one, '/' | '\\'));
    let words = text.split_whitespace().count();
    let last = text.split_whitespace().next().unwrap_or_default();
    let ending =
        last.rsplit(['/', '\\']).next().unwrap_or_default().rsplit_once('.').map_or("", |(_, end)| end);
    let ending = match ending.to_lowercase().trim_matches('"') {
        "" => "none",
        "exe" | "msi" | "dll" | "sys" | "com" => "program",
        "ps1" | "bat" | "cmd" | "sh" | "vbs" | "py" => "script",
        "html" | "htm" | "php" | "do" | "aspx" | "jsp" => "page",
        short if short.len() <= 4 && short.chars().all(char::is_alphanumeric) => "file",
        _ => "other",
    };
    let begins = match text.chars().next() {
        Some('A'..='Z' | 'a'..='z') if text.get(1..2) == Some(":") => "drive",
        Some('a'..='z') => "small",
        Some('A'..='Z') => "capital",
        Some('0'..='9') => "digit",
        Some('\u{3040}'..='\u{9fff}') => "Japanese",
        Some('/' | '\\') => "root",
        Some('"' | '\'') => "quote",
        Some('%' | '$') => "variable",
        _ => "other",
    };
    let length = text.chars().count();
    vec![
        format!("depth {}", depth.min(8)),
        format!("words {}", words.min(6)),
        format!("ending {ending}"),
        format!("begins {begins}"),
        format!("length {}", if length < 4 { length as u32 } else { 4 + (length * length).ilog2() }),
        format!("digits {}", (all(|one| one.is_ascii_digit()) * 4).div_ceil(length.max(1))),
        format!("capitals {}", (all(|one| one.is_ascii_uppercase()) * 4).div_ceil(length.max(1))),
        format!("quotes {}", all(|one| matches!(one, '"' | '\'')).min(3)),
        format!("marks {}", all(|one| one.is_ascii_punctuation()).min(9)),
        format!("Japanese {}", all(|one| ('\u{3040}'..'\u{9fff}').contains(&one)).min(1)),
    ]
}

/// A record as the classifier sees it.
struct Sample {
    kind: String,
    drill: usize,
    malicious: bool,
    features: Vec<u32>,
}

/// Numbers for features.
#[derive(Default)]
struct Names {
    numbers: HashMap<String, u32>,
    names: Vec<String>,
}

impl Names {
    fn number(&mut self, name: String) -> u32 {
        let next = self.names.len() as u32;
        *self.numbers.entry(name).or_insert_with_key(|name| {
            self.names.push(name.clone());
            next
        })
    }
}

/// Of each kind in a drill, at most so many records of each side.
const MOST: usize = 40;
/// A kind counts that has so many records of an intruder in the drills of each half.
const LEAST: usize = 10;
const SEEDS: std::ops::RangeInclusive<u64> = 1..=4;
const INTRUSIONS: [&str; 7] =
    ["ntt-2020-1", "ntt-2020-2", "ntt-2025", "iij-2025", "invoice-fraud", "ransom", "insider"];

/// Records of a drill by kind: of an intruder, and of others in the same days, with their features.
type ByKind = BTreeMap<String, [Vec<BTreeSet<String>>; 2]>;

fn records(scenario: &str, seed: u64) -> ByKind {
    let made = Made::of(&wish(scenario, seed, 7));
    let marks = made.marks();
    let times: Vec<i64> =
        marks.values().map(|mark| Time::parse(mark["time"].as_str().unwrap()).unwrap().micros()).collect();
    // Times of logs without a zone are some hours off.
    let hours = 12 * 3_600_000_000;
    let days = times.iter().min().unwrap() - hours..times.iter().max().unwrap() + hours;
    let mut kinds = ByKind::new();
    let mut seen: BTreeMap<(String, usize), u64> = BTreeMap::new();
    let mut wanted = |source: &str, record: u64| {
        let marked = marks.contains_key(&(source.to_owned(), record));
        marked || every(source, record).is_multiple_of(2)
    };
    made.read(&mut wanted, &mut |read| {
        let malicious = marks.contains_key(&(read.source.to_owned(), read.record));
        if !malicious && !days.contains(&read.row.time.micros()) {
            return;
        }
        let record = read.record();
        let kind = kind(&record);
        let side = usize::from(malicious);
        // As many as are wanted, each with the same chance: a reservoir.
        let count = seen.entry((kind.clone(), side)).or_default();
        *count += 1;
        let kept = &mut kinds.entry(kind).or_default()[side];
        if kept.len() < MOST {
            kept.push(features(&record));
        } else {
            let at = every(read.source, read.record) % *count;
            if let Some(place) = kept.get_mut(at as usize) {
                *place = features(&record);
            }
        }
    });
    kinds
}

/// A number that follows from the place of a record alone.
fn every(source: &str, record: u64) -> u64 {
    let hash = source
        .bytes()
        .fold(record ^ 0x51_7c_c1, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash ^ hash >> 29).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33
}

fn samples(names: &mut Names) -> (Vec<Sample>, Vec<(&'static str, u64)>) {
    let drills: Vec<(&'static str, u64)> =
        INTRUSIONS.iter().flat_map(|name| SEEDS.map(move |seed| (*name, seed))).collect();
    let all = each(&drills, |(scenario, seed)| records(scenario, *seed));
    let mut samples = Vec::new();
    let mut alone: BTreeMap<String, usize> = BTreeMap::new();
    for (drill, kinds) in all.into_iter().enumerate() {
        for (kind, sides) in kinds {
            let count = sides.iter().map(Vec::len).min().unwrap_or(0);
            if sides[0].is_empty() {
                *alone.entry(kind.clone()).or_default() += sides[1].len();
            }
            for (side, records) in sides.into_iter().enumerate() {
                for features in records.into_iter().take(count) {
                    // Each feature counts by itself and in its kind.
                    let own = features.iter().map(|feature| format!("{kind}: {feature}"));
                    let mut features: Vec<u32> =
                        own.chain(features.iter().cloned()).map(|name| names.number(name)).collect();
                    features.sort_unstable();
                    samples.push(Sample { kind: kind.clone(), drill, malicious: side == 1, features });
                }
            }
        }
    }
    let mut alone: Vec<(usize, String)> = alone.into_iter().map(|(kind, count)| (count, kind)).collect();
    alone.sort_unstable_by(|a, b| b.cmp(a));
    println!("kinds of records that are in some drill an intruder's alone:");
    alone.iter().take(20).for_each(|(count, kind)| println!("  {count:5} {kind}"));
    (samples, drills)
}

/// A logistic regression.
struct Model {
    weights: Vec<f64>,
}

impl Model {
    fn learn(samples: &[&Sample], features: usize) -> Model {
        let mut seen: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); features];
        for sample in samples {
            sample.features.iter().for_each(|feature| {
                seen[*feature as usize].insert(sample.drill);
            });
        }
        // What one drill alone has is its own names and numbers.
        let common = |feature: &u32| seen[*feature as usize].len() >= 3;
        let known: Vec<Vec<usize>> = samples
            .iter()
            .map(|sample| sample.features.iter().filter(|one| common(one)).map(|one| *one as usize).collect())
            .collect();
        let mut model = Model { weights: vec![0.0; features] };
        // Each feature learns in steps that grow smaller the more it has learnt (AdaGrad), and forgets what does not show again.
        let mut learnt = vec![1.0; features];
        for round in 0..12 {
            for at in 0..samples.len() {
                // Neighbours are of one kind: far ones come after each other.
                let at = (at * 7_919 + round) % samples.len();
                let sample = samples[at];
                let wrong = f64::from(u8::from(sample.malicious))
                    - 1.0 / (1.0 + (-model.score(&sample.features)).exp());
                for feature in known[at].iter().copied() {
                    let slope = wrong - 2e-3 * model.weights[feature];
                    learnt[feature] += slope * slope;
                    model.weights[feature] += 0.1 * slope / f64::sqrt(learnt[feature]);
                }
            }
        }
        model
    }

    fn score(&self, features: &[u32]) -> f64 {
        features.iter().map(|feature| self.weights[*feature as usize]).sum::<f64>()
            / (features.len().max(1) as f64).sqrt()
    }
}

/// How many of the samples are told rightly, in a hundred; ties count half. Both sides are of one size.
fn right(model: &Model, samples: &[&Sample]) -> f64 {
    let sum: f64 = samples
        .iter()
        .map(|sample| match model.score(&sample.features) {
            0.0 => 0.5,
            score => f64::from(u8::from((score > 0.0) == sample.malicious)),
        })
        .sum();
    100.0 * sum / samples.len().max(1) as f64
}

/// What came out when each half of the seeds had learnt and judged the other.
struct Verdict {
    /// How many of all records were told rightly, in a hundred.
    pooled: f64,
    /// How far that may be from what more drills would give: records of one drill are alike, so drills are what is counted.
    error: f64,
    /// How many records were judged.
    records: f64,
    /// Of each kind, the share that was told rightly.
    by_kind: BTreeMap<String, f64>,
}

fn judge(samples: &[&Sample], drills: &[(&str, u64)], features: usize) -> Verdict {
    let half = |sample: &Sample| (drills[sample.drill].1 % 2) as usize;
    let mut by_drill = Vec::new();
    let mut by_kind: BTreeMap<String, f64> = BTreeMap::new();
    for learning in 0..2 {
        let (learnt, judged): (Vec<&Sample>, Vec<&Sample>) =
            samples.iter().partition(|sample| half(sample) == learning);
        let model = Model::learn(&learnt, features);
        println!("half {learning}: {:.1} % of what it learnt", right(&model, &learnt));
        let mut of_drills: BTreeMap<usize, Vec<&Sample>> = BTreeMap::new();
        let mut of_kinds: BTreeMap<&str, Vec<&Sample>> = BTreeMap::new();
        for sample in judged {
            of_drills.entry(sample.drill).or_default().push(sample);
            of_kinds.entry(&sample.kind).or_default().push(sample);
        }
        for (drill, of_drill) in of_drills {
            let ((name, seed), share) = (drills[drill], right(&model, &of_drill));
            println!("  {name:14} seed {seed}: {share:5.1} % of {}", of_drill.len());
            by_drill.push((share, of_drill.len() as f64));
        }
        for (kind, of_kind) in of_kinds {
            *by_kind.entry(kind.to_owned()).or_default() += right(&model, &of_kind) / 2.0;
        }
    }
    let records: f64 = by_drill.iter().map(|(_, count)| count).sum();
    let pooled = by_drill.iter().map(|(share, count)| share * count).sum::<f64>() / records;
    let spread: f64 =
        by_drill.iter().map(|(share, count)| ((share - pooled) * count / records).powi(2)).sum();
    Verdict { pooled, error: spread.sqrt(), records, by_kind }
}

#[test]
fn the_surface_of_a_record_does_not_tell_whose_it_is() {
    let mut names = Names::default();
    let (mut samples, drills) = samples(&mut names);
    let mut counts: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for sample in samples.iter().filter(|sample| sample.malicious) {
        counts.entry(sample.kind.clone()).or_default()[(drills[sample.drill].1 % 2) as usize] += 1;
    }
    samples.retain(|sample| {
        counts.get(&sample.kind).is_some_and(|counts| counts.iter().all(|count| *count >= LEAST))
    });
    let found = judge(&samples.iter().collect::<Vec<_>>(), &drills, names.names.len());
    println!("by kind, of {} kinds with enough records:", found.by_kind.len());
    let mut kinds: Vec<(&String, &f64)> = found.by_kind.iter().collect();
    kinds.sort_by(|a, b| b.1.total_cmp(a.1));
    for (kind, share) in kinds {
        println!("  {share:5.1} % {:5} {kind}", counts[kind].iter().sum::<usize>());
        if *share > 57.0 {
            show_features(kind, &samples, &names);
        }
    }
    println!("{:.2} % right of {} records, give or take {:.2}", found.pooled, found.records, found.error);
    assert!(found.records > 2_000.0, "too few records to judge: {}", found.records);
    // Chance, the five points that the goal allows, and twice the error of sampling, which may itself not be large.
    assert!(found.error < 3.0, "the drills differ too much to judge: {:.2}", found.error);
    assert!(
        found.pooled <= 55.0 + 2.0 * found.error,
        "{:.2} % of records are told by their surface",
        found.pooled
    );

    // The same classifier does find what gives an intruder away: here a mark in about every other kind.
    let planted = names.number("planted".to_owned());
    for sample in samples.iter_mut().filter(|sample| sample.malicious && sample.kind.len() % 2 == 0) {
        sample.features.push(planted);
    }
    let found = judge(&samples.iter().collect::<Vec<_>>(), &drills, names.names.len());
    println!("{:.2} % with something that gives them away in every other kind", found.pooled);
    assert!(found.pooled > 65.0, "a classifier that learns nothing: {:.2}", found.pooled);
}

/// Shows which features of a kind tell most.
fn show_features(kind: &str, samples: &[Sample], names: &Names) {
    let mut with: BTreeMap<u32, [i64; 2]> = BTreeMap::new();
    for sample in samples.iter().filter(|sample| sample.kind == kind) {
        for feature in &sample.features {
            with.entry(*feature).or_default()[usize::from(sample.malicious)] += 1;
        }
    }
    let own = |feature: &u32| names.names[*feature as usize].strip_prefix(kind).map(str::to_owned);
    let telling = with.iter().filter_map(|(feature, counts)| Some((counts, own(feature)?)));
    let mut telling: Vec<_> = telling.collect();
    telling.sort_by_key(|([others, own], _)| -(own - others).abs());
    for ([others, own], name) in telling.iter().take(5) {
        println!("            {own:5} of an intruder's, {others:5} of others'{name}");
    }
}
