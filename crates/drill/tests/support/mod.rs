//! Drills for tests: made in a folder of their own, and read back by the decoders of `sources` as a hunt does.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use drill::generate::{FIRST_DAY, Wish, generate};
use drill::scenario::{Pace, Scenario};
use drill::sink::{Damage, Totals};
use model::{BatchSet, EventBatch, Everything, Interner, Row};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sources::format::{self, Options};
use sources::input::{InputFile, Member, Peeked, list, open};
use sources::{Block, Errors, ReadError, Span};
use tempfile::TempDir;

/// A drill in a small company at a fast pace.
pub fn wish(scenario: &str, seed: u64, days: u32) -> Wish {
    Wish {
        hosts: None,
        scenario: scenario.parse::<Scenario>().unwrap(),
        pace: Pace::Fast,
        seed,
        users: 50,
        days,
        first_day: FIRST_DAY,
        damage: Damage::default(),
    }
}

/// A drill that was written; its files go with it.
pub struct Made {
    folder: TempDir,
    /// What the generator says that it wrote.
    pub totals: Totals,
}

impl Made {
    /// Writes a drill.
    pub fn of(wish: &Wish) -> Made {
        let folder = tempfile::tempdir().unwrap();
        let totals = generate(wish, folder.path(), &mut |_| {}).unwrap();
        Made { folder, totals }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The log of that name, whichever machine keeps it.
    pub fn log_named(&self, name: &str) -> String {
        let folders = std::fs::read_dir(self.path().join("logs")).unwrap();
        let mut files = folders.map(|one| one.unwrap().path().join(name)).filter(|file| file.is_file());
        std::fs::read_to_string(files.next().unwrap()).unwrap()
    }

    /// The lines of a file of the truth.
    pub fn truth(&self, name: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.path().join("truth").join(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// `truth/drill.json`
    pub fn header(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.path().join("truth/drill.json")).unwrap()).unwrap()
    }

    /// Every intruder's record by its file and number.
    pub fn marks(&self) -> BTreeMap<(String, u64), Value> {
        let lines = self.truth("records.jsonl").into_iter();
        lines
            .map(|line| {
                let source = line["source"].as_str().unwrap().to_owned();
                ((source, line["record"].as_u64().unwrap()), line)
            })
            .collect()
    }

    /// Every file with the hash of what is in it.
    pub fn hashes(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        hash(self.path(), self.path(), &mut all);
        all
    }

    /// Hands every record of the logs that `choose` wants, by file and number, to `each`; says what could not be read.
    pub fn read(
        &self,
        choose: &mut dyn FnMut(&str, u64) -> bool,
        each: &mut dyn FnMut(&Read<'_>),
    ) -> Vec<ReadError> {
        let (files, mut errors) = list(&[self.path().join("logs")]);
        for file in &files {
            errors.extend(read_file(file, choose, each));
        }
        errors
    }
}

/// A record as it was read.
pub struct Read<'a> {
    /// The file, as the truth names it: `logs/fs01/Security.evtx`.
    pub source: &'a str,
    /// The number of its line, or in an event log its own.
    pub record: u64,
    /// Its time and place.
    pub row: Row,
    /// As it stands in the file.
    pub raw: &'a [u8],
    number: usize,
    batch: &'a EventBatch,
    interner: &'a Interner,
}

impl Read<'_> {
    /// All its fields.
    pub fn record(&self) -> model::Record {
        self.batch.record(self.number, self.interner)
    }

    /// Whether nobody knows where it comes from.
    pub fn is_unknown(&self) -> bool {
        self.interner.log_source_of(self.batch.shape.log_source).is_unknown()
    }

    /// How many records of a drill it is: some formats write several lines for one event.
    pub fn lines(&self) -> u64 {
        if self.source.ends_with(".evtx") {
            return 1;
        }
        let raw = self.raw.strip_suffix(b"\n").unwrap_or(self.raw);
        1 + raw.iter().filter(|byte| **byte == b'\n').count() as u64
    }
}

fn read_file(
    file: &InputFile,
    choose: &mut dyn FnMut(&str, u64) -> bool,
    each: &mut dyn FnMut(&Read<'_>),
) -> Vec<ReadError> {
    let mut all = Vec::new();
    let opened = open(file, &mut |member: &Member<'_>, input: &mut Peeked<'_>| {
        let mut errors = Errors::new(member.name);
        // Times without a zone are taken for UTC, so that times of logs are right up to whole hours only.
        let reference = Some(model::Time::from_micros((FIRST_DAY + 90) * 86_400_000_000));
        let options = Options { reference, ..Options::default() };
        let Some(recognised) = format::recognise(input.head(), &options) else {
            panic!("{} is not recognised", member.name)
        };
        let mut decoder = format::decoder(recognised.format, &options);
        let mut framer = format::framer(recognised, &options);
        let (mut block, mut set) = (Block::default(), BatchSet::new(std::sync::Arc::new(Everything)));
        while framer.next(input, &mut block, &mut errors).unwrap() {
            // A hunt numbers forwarded events as their machines did, which is known once they are read.
            let forwarded = member.name.contains("winlogbeat");
            let wanted = block.spans.iter().filter(|span| forwarded || choose(member.name, span.record));
            let wanted: Vec<Span> = wanted.copied().collect();
            let lines: BTreeMap<u32, u64> = wanted.iter().map(|span| (span.start, span.record)).collect();
            decoder.decode(&block, &wanted, &mut set, &mut errors);
            for batch in set.batches() {
                for (number, row) in batch.rows.iter().enumerate() {
                    let (start, end) = (row.start as usize, (row.start + row.len) as usize);
                    let raw = block.bytes.get(start..end).unwrap_or_default();
                    let interner = &set.interner;
                    let line = lines.get(&row.start).copied().unwrap_or(row.record);
                    let by_machine = forwarded || member.name.ends_with(".evtx");
                    let record = if by_machine { row.record } else { line };
                    if forwarded && !choose(member.name, record) {
                        continue;
                    }
                    let source = member.name;
                    each(&Read { source, record, row: *row, raw, number, batch, interner });
                }
            }
            set.clear(8 << 20);
        }
        all.extend(errors.finish());
    });
    all.extend(opened);
    all
}

fn hash(root: &Path, folder: &Path, hashes: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            hash(root, &path, hashes);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            hashes.insert(name, sha256(&std::fs::read(&path).unwrap()));
        }
    }
}

/// In hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All files below a folder, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

/// Does something for each of several, on two threads; the answers in the order of the questions.
pub fn each<Q: Sync, A: Send>(questions: &[Q], answer: impl Fn(&Q) -> A + Sync) -> Vec<A> {
    let next = Mutex::new(0..questions.len());
    let answers = Mutex::new(Vec::new());
    let work = || {
        loop {
            let Some(at) = next.lock().unwrap().next() else { return };
            let one = answer(&questions[at]);
            answers.lock().unwrap().push((at, one));
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    let mut answers = answers.into_inner().unwrap();
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
