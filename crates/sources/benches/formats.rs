//! How fast each table format becomes columns, beside a plain count of newlines over the same bytes.
//!
//! `cargo bench -p yagura-sources --bench formats [NAME…]`. Each `.sample` is repeated to some megabytes; numbers of five digits and more
//! differ in every repetition, so that not every value has been seen before. One thread, every column wanted. `YAGURA_SAMPLES` names
//! another folder of samples. With `recognition` as the only name: what recognising the files of `target/corpus/logs` (or of the folder in
//! `YAGURA_SAMPLES`) takes of the time in which they are read.

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
    if wanted.iter().any(|name| name == "recognition") {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/corpus/logs");
        return recognition(given.as_deref().unwrap_or(&corpus));
    }
    gather(given.as_deref().unwrap_or(&folder), "sample", &mut samples);
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

/// Recognising every file of a folder beside reading it.
fn recognition(folder: &Path) {
    let mut paths = Vec::new();
    gather(folder, "", &mut paths);
    let texts: Vec<Vec<u8>> = paths.iter().filter_map(|path| std::fs::read(path).ok()).collect();
    let options = Options::default();
    let head = |text: &[u8]| text.get(..text.len().min(64 << 10)).map(<[u8]>::to_vec).unwrap_or_default();
    let heads: Vec<Vec<u8>> = texts.iter().map(|text| head(text)).collect();
    let mut found = Vec::new();
    let recognising = best(|| found = heads.iter().map(|head| recognise(head, &options)).collect());
    let reading = best(|| {
        for (text, recognised) in texts.iter().zip(&found) {
            if let Some(recognised) = recognised {
                black_box(decode(text, *recognised, &options));
            }
        }
    });
    let bytes: usize = texts.iter().map(Vec::len).sum();
    println!(
        "{} files, {:.1} MB: recognised in {:.1} ms ({:.0} us each), read in {:.1} ms: {:.1} % of both",
        texts.len(),
        bytes as f64 / 1e6,
        recognising * 1e3,
        recognising * 1e6 / texts.len().max(1) as f64,
        reading * 1e3,
        recognising * 100.0 / (recognising + reading)
    );
}

/// The files with that extension; all, where it is empty.
fn gather(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            gather(&path, extension, found);
        } else if extension.is_empty() || path.extension().is_some_and(|own| own == extension) {
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
    // The header is the first line, or all lines at the beginning that are comments.
    let comments = || {
        text.split_inclusive(|byte| *byte == b'\n')
            .take_while(|line| line.first() == Some(&b'#'))
            .map(<[u8]>::len)
    };
    let body = match has_header {
        true if text.first() == Some(&b'#') => comments().sum(),
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
        let digits =
            text.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
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
