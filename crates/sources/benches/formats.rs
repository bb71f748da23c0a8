//! How fast each table format becomes columns, beside a plain count of newlines over the same bytes.
//!
//! `cargo bench -p yagura-sources --bench formats [NAME…]`. Each `.sample` is repeated to some megabytes; numbers of five digits and more
//! differ in every repetition, so that not every value has been seen before. One thread, every column wanted. `YAGURA_SAMPLES` names
//! another folder of samples.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use model::{BatchSet, Everything};
use sources::format::{Format, Recognised, decoder, framer, recognise};
use sources::{Block, Errors, Options};

const BYTES: usize = 6 << 20;
const ROUNDS: usize = 5;
const GOAL: f64 = 150.0;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("formats");
    let mut samples = Vec::new();
    let given = std::env::var_os("YAGURA_SAMPLES").map(PathBuf::from);
    gather(given.as_deref().unwrap_or(&folder), &mut samples);
    samples.sort();
    println!("{:<28} {:>9} {:>14} {:>10}", "format", "MB/s", "newline count", "ns/record");
    let mut slow = 0;
    for sample in &samples {
        let name = sample.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if !wanted.is_empty() && !wanted.contains(&name) {
            continue;
        }
        let Ok(text) = std::fs::read(sample) else { continue };
        let options = Options::default();
        let Some(recognised) = recognise(&text, &options) else { continue };
        let bytes = repeated(&text, recognised, &options);
        let lines = best(|| {
            black_box(memchr::memchr_iter(b'\n', &bytes).count());
        });
        let mut records = 0;
        let seconds = best(|| records = decode(&bytes, recognised, &options));
        let speed = bytes.len() as f64 / seconds / 1e6;
        slow += usize::from(speed < GOAL);
        println!(
            "{name:<28} {speed:>9.0} {:>13.1}x {:>10.0}{}",
            seconds / lines,
            seconds * 1e9 / records as f64,
            if speed < GOAL { "  below the goal" } else { "" }
        );
    }
    println!("{slow} below {GOAL} MB/s");
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "sample") {
            found.push(path);
        }
    }
}

/// The sample again and again. A header stands there once.
fn repeated(text: &[u8], recognised: Recognised, options: &Options) -> Vec<u8> {
    let has_header = match recognised.format {
        Format::Table(id) => matches!(options.formats.get(id).records, sources::table::Records::Header(_)),
        _ => false,
    };
    let is_array = recognised.format == Format::Json;
    let body = match has_header {
        true => text.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1),
        false => 0,
    };
    let mut bytes = text.to_vec();
    let mut round = 1u64;
    while bytes.len() < BYTES && !is_array {
        if bytes.last() != Some(&b'\n') {
            bytes.push(b'\n');
        }
        push_varied(text.get(body..).unwrap_or_default(), round, &mut bytes);
        round += 1;
    }
    bytes
}

/// Adds the text with other digits in numbers of five digits and more.
fn push_varied(text: &[u8], round: u64, into: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let digits = text.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits < 5 {
            let len = digits.max(1);
            into.extend_from_slice(text.get(at..at + len).unwrap_or(&[*byte]));
            at += len;
            continue;
        }
        let mut number = round;
        let first = into.len();
        into.extend_from_slice(text.get(at..at + digits).unwrap_or_default());
        for digit in into.iter_mut().skip(first).rev().take(4) {
            *digit = b'0' + ((u64::from(*digit - b'0') + number) % 10) as u8;
            number /= 10;
        }
        at += digits;
    }
}

fn best(mut work: impl FnMut()) -> f64 {
    let once = |work: &mut dyn FnMut()| {
        let started = Instant::now();
        work();
        started.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(|_| once(&mut work)).fold(f64::MAX, f64::min)
}

fn decode(bytes: &[u8], recognised: Recognised, options: &Options) -> usize {
    let (mut framer, mut decoder) = (framer(recognised, options), decoder(recognised.format, options));
    let (mut block, mut errors) = (Block::default(), Errors::new("bench"));
    let mut set = BatchSet::new(Arc::new(Everything));
    let mut input = bytes;
    let mut records = 0;
    while framer.next(&mut input, &mut block, &mut errors).unwrap_or(false) {
        records += block.spans.len();
        decoder.decode(&block, &block.spans, &mut set, &mut errors);
        set.clear(32 << 20);
    }
    records
}
