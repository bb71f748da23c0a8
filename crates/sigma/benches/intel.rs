//! What a million indicators cost: decoding and matching with them, as a ratio to the same without.
//!
//! `cargo bench -p yagura-sigma --bench intel`. Events are the recorded EVTX and JSON corpora and lines of syslog, unpacked
//! into memory beforehand; the rules are the project's own, which a hunt has by default (fewer rules make indicators
//! dearer by comparison). Both sides run in turns on one thread, the least time of each counts. The aim is 1.20.

#[path = "../tests/oracle/support.rs"]
#[allow(dead_code, reason = "a part is used here")]
mod support;

use std::fmt::Write;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::{BatchSet, Level, Projection};
use sigma::intel::{AllowList, Gathered, Indicators, Watched, Watcher, read};
use sigma::ruleset::Fields;
use sigma::{Matcher, Placeholders, RuleFile, RuleSet, load};
use sources::format::{self, Options, Recognised};
use sources::input::{Member, Peeked, list, open};
use sources::{Block, Errors};

use support::corpus;

const INDICATORS: u32 = 1_000_000;
const ROUNDS: usize = 7;
/// So much of a corpus is read.
const MOST_BYTES: usize = 160 << 20;

struct Input {
    recognised: Recognised,
    bytes: Vec<u8>,
}

fn main() {
    let indicators = Arc::new(indicators());
    let rules = Arc::new(load(&own_rules(), &Placeholders::new()).rules);
    println!("{} rules", rules.rules.len());
    for name in ["evtx", "otrf", "cloud", "ads", "logs"] {
        let Some(folder) = corpus::corpus(name) else { continue };
        let inputs = inputs(folder);
        report(name, &inputs, &rules, &indicators);
    }
}

fn report(name: &str, inputs: &[Input], rules: &Arc<RuleSet>, indicators: &Arc<Indicators>) {
    let bytes: usize = inputs.iter().map(|input| input.bytes.len()).sum();
    let none = Arc::new(Indicators::default());
    let (mut without, mut with) = (Duration::MAX, Duration::MAX);
    let (mut events, mut sightings) = (0, 0);
    for _ in 0..ROUNDS {
        without = without.min(timed(|| (events, _) = run(inputs, rules, &none)));
        with = with.min(timed(|| (events, sightings) = run(inputs, rules, indicators)));
    }
    let per_event = |time: Duration| time.as_secs_f64() * 1e6 / events.max(1) as f64;
    println!(
        "{name:5} {:4} MB {events:9} events: {:6.2} us/event without, {:6.2} with: ratio {:.3} ({sightings} sightings)",
        bytes >> 20,
        per_event(without),
        per_event(with),
        with.as_secs_f64() / without.as_secs_f64()
    );
}

fn timed(work: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
}

/// As a worker of a hunt reads: decode what is wanted, match, watch.
fn run(inputs: &[Input], rules: &Arc<RuleSet>, indicators: &Arc<Indicators>) -> (usize, usize) {
    let projection: Arc<dyn Projection + Send + Sync> =
        Arc::new(Watched::new(Fields::new(Arc::clone(rules)), Arc::clone(indicators)));
    let mut set = BatchSet::new(projection);
    let (mut matcher, mut watcher) = (Matcher::new(Arc::clone(rules)), Watcher::new(Arc::clone(indicators)));
    let (mut matches, mut sightings) = (Vec::new(), Vec::new());
    let (mut events, mut seen) = (0, 0);
    for input in inputs {
        let options = Options::default();
        let mut framer = format::framer(input.recognised, &options);
        let mut decoder = format::decoder(input.recognised.format, &options);
        let (mut block, mut errors) = (Block::default(), Errors::new("bench"));
        let mut bytes: &[u8] = &input.bytes;
        while framer.next(&mut bytes, &mut block, &mut errors).unwrap_or(false) {
            decoder.decode(&block, &block.spans, &mut set, &mut errors);
            for batch in set.batches() {
                matcher.push(batch, &set.interner, &mut matches);
                watcher.push(batch, &set.interner, &mut sightings);
                events += batch.rows.len();
            }
            seen += sightings.len();
            matches.clear();
            sightings.clear();
            set.clear(32 << 20);
        }
    }
    (events, seen)
}

/// The members of a corpus that are logs, in memory.
fn inputs(folder: PathBuf) -> Vec<Input> {
    let mut all = Vec::new();
    let mut left = MOST_BYTES;
    for file in list(&[folder]).0 {
        open(&file, &mut |_: &Member<'_>, input: &mut Peeked<'_>| {
            let Some(recognised) = format::recognise(input.head(), &Options::default()) else { return };
            let mut bytes = Vec::new();
            if left > 0 && input.take(left as u64).read_to_end(&mut bytes).is_ok() {
                left -= bytes.len();
                all.push(Input { recognised, bytes });
            }
        });
    }
    all
}

fn own_rules() -> Vec<RuleFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    let files = corpus::files(&root, ".yml").into_iter();
    let files = files.filter(|path| !path.to_string_lossy().ends_with(".test.yml"));
    files
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            Some(RuleFile { name: path.display().to_string(), text })
        })
        .collect()
}

/// Indicators of every kind, in the proportions of public feeds, read from text as a user gives them.
fn indicators() -> Indicators {
    let mut text = String::new();
    let mut random = 0x9E37_79B9_7F4A_7C15u64;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    for number in 0..INDICATORS {
        let (a, b) = (next(), next());
        // Writing into a String cannot fail.
        let _ = match number % 20 {
            0..8 => writeln!(text, "{:x}.{:x}.example", a >> 32, b & 0xffff_ffff),
            8..13 => writeln!(text, "{}", std::net::Ipv4Addr::from_bits((a >> 32) as u32 | 0x0100_0000)),
            13 => writeln!(text, "{}/{}", std::net::Ipv4Addr::from_bits((a >> 32) as u32), 18 + b % 11),
            14..17 => writeln!(text, "http://{:x}.example/{b:x}/login.php?id={number}", a >> 40),
            17 => writeln!(text, "{a:016x}{b:016x}"),
            18 => writeln!(text, "{a:016x}{b:016x}{a:016x}{b:016x}"),
            _ => writeln!(text, "{:x}@{:x}.example", a >> 40, b >> 32),
        };
    }
    let begin = Instant::now();
    let mut gathered = Gathered::new(AllowList::default());
    read("feed.txt", text.as_bytes(), &mut gathered);
    let parsed = begin.elapsed();
    let indicators = Indicators::build(gathered, Level::Informational);
    println!(
        "{} indicators of {INDICATORS} lines, {} MB: read in {:.2} s, compiled in {:.2} s",
        indicators.len(),
        text.len() >> 20,
        parsed.as_secs_f64(),
        (begin.elapsed() - parsed).as_secs_f64()
    );
    indicators
}
