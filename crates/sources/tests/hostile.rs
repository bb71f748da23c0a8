//! Every format's sample, damaged in many ways: nothing fails, every record becomes a row, and it does not take long.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use encoding_rs::SHIFT_JIS;
use model::{BatchSet, Everything};
use sources::format::{Format, Recognised, decoder, framer, recognise};
use sources::{Block, Errors, Options};
use support::formats;

/// The same bytes, damaged; and how.
type Damaged = (String, Vec<u8>);

/// A format, and its sample.
struct Sample {
    name: String,
    bytes: Vec<u8>,
}

fn samples() -> Vec<Sample> {
    let paths = formats::files().into_iter().map(|path| (path.with_extension("sample"), path));
    let of = |(sample, path): (std::path::PathBuf, std::path::PathBuf)| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        Some(Sample { name, bytes: fs::read(sample).ok()? })
    };
    paths.filter_map(of).collect()
}

/// Does this to every sample, on all processors; what it says about any.
fn of_all(look: impl Fn(&Sample, &Options) -> String + Sync) -> String {
    let options = Options { formats: formats::read(), ..support::options() };
    let samples = samples();
    assert!(samples.len() > 100, "only {} samples", samples.len());
    let (waiting, said) = (Mutex::new(samples.iter()), Mutex::new(String::new()));
    let work = || loop {
        let Some(sample) = waiting.lock().unwrap().next() else { return };
        let found = look(sample, &options);
        *said.lock().unwrap() += &found;
    };
    std::thread::scope(|scope| {
        let count = std::thread::available_parallelism().map_or(1, usize::from);
        (0..count).for_each(|_| drop(scope.spawn(work)));
    });
    said.into_inner().unwrap()
}

/// Reads bytes as a format: how many records there are, and what is wrong with the rows.
fn read(recognised: Recognised, mut bytes: &[u8], options: &Options) -> (u64, Option<String>) {
    let (mut framer, mut decoder) = (framer(recognised, options), decoder(recognised.format, options));
    let (mut block, mut errors) = (Block::default(), Errors::new("hostile"));
    let mut set = BatchSet::new(Arc::new(Everything));
    let (mut records, mut wrong) = (0, None);
    let input: &mut dyn Read = &mut bytes;
    while framer.next(input, &mut block, &mut errors).unwrap() {
        decoder.decode(&block, &block.spans, &mut set, &mut errors);
        let wanted: BTreeSet<(u32, u32)> = block.spans.iter().map(|span| (span.start, span.len)).collect();
        let rows = set.batches().flat_map(|batch| &batch.rows).map(|row| (row.start, row.len));
        let found: BTreeSet<(u32, u32)> = rows.collect();
        if found != wanted {
            let missing = wanted.difference(&found).count();
            wrong = Some(format!("{missing} of {} records are no rows", wanted.len()));
        }
        records += block.spans.len() as u64;
        set.clear(1 << 20);
    }
    (records, wrong)
}

/// What is wrong with how a format reads damaged bytes.
fn problems(sample: &Sample, damaged: &[Damaged], options: &Options) -> String {
    let format = Format::parse(&sample.name, &options.formats).unwrap();
    let mut said = String::new();
    for (how, bytes) in damaged {
        let as_named = Recognised::forced(format, &bytes[..bytes.len().min(64 << 10)]);
        let as_found = recognise(&bytes[..bytes.len().min(64 << 10)], options);
        for recognised in [Some(as_named), as_found].into_iter().flatten() {
            let start = Instant::now();
            let (_, wrong) = read(recognised, bytes, options);
            // Far more than is needed, so that a busy machine does not fail: what grows with the square takes minutes.
            let allowed = Duration::from_secs(5 + (bytes.len() >> 18) as u64);
            if start.elapsed() > allowed {
                said += &format!(
                    "{}, {how}: took {:?} for {} bytes\n",
                    sample.name,
                    start.elapsed(),
                    bytes.len()
                );
            }
            if let Some(wrong) = wrong {
                said += &format!("{}, {how}: {wrong}\n", sample.name);
            }
        }
    }
    said
}

/// Numbers that look random and are the same on every run.
fn noise(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    }
}

fn utf16(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

/// With this text put in at many places.
fn sprinkled(bytes: &[u8], what: &[u8], every: usize) -> Vec<u8> {
    bytes.chunks(every).flat_map(|chunk| [chunk, what].concat()).collect()
}

#[test]
fn a_sample_cut_anywhere_is_read_up_to_there() {
    let said = of_all(|sample, options| {
        let cuts = (0..sample.bytes.len()).step_by(97);
        let cut: Vec<Damaged> =
            cuts.map(|end| (format!("cut at {end}"), sample.bytes[..end].to_vec())).collect();
        problems(sample, &cut, options)
    });
    assert!(said.is_empty(), "{said}");
}

#[test]
fn a_sample_with_wrong_bytes_is_read_around_them() {
    let said = of_all(|sample, options| {
        let mut damaged = Vec::new();
        for seed in 0..8 {
            let (mut next, mut bytes) = (noise(seed), sample.bytes.clone());
            for byte in &mut bytes {
                if next() % 60 == 0 {
                    *byte ^= next() as u8;
                }
            }
            damaged.push((format!("wrong bytes, seed {seed}"), bytes));
        }
        for every in [1, 3, 41] {
            // Some of these are blanks to some.
            for control in [0, 0x0b, 0x0c, 0x1c, 0x1f, 0x85, 0xa0] {
                let bytes = sprinkled(&sample.bytes, &[control], every);
                damaged.push((format!("{control:#x} after every {every}"), bytes));
            }
        }
        problems(sample, &damaged, options)
    });
    assert!(said.is_empty(), "{said}");
}

#[test]
fn a_sample_with_every_delimiter_twice_is_read() {
    let said = of_all(|sample, options| {
        let text = String::from_utf8_lossy(&sample.bytes);
        let twice =
            |mark: &str| (format!("`{mark}` twice"), text.replace(mark, &mark.repeat(2)).into_bytes());
        let marks =
            [",", "\t", " ", "|", "=", ":", ";", "\"", "'", "[", "]", "{", "}", "(", ")", "\\", "-", "\n"];
        let mut damaged: Vec<Damaged> = marks.into_iter().map(twice).collect();
        damaged.extend(marks.map(|mark| (format!("without `{mark}`"), text.replace(mark, "").into_bytes())));
        problems(sample, &damaged, options)
    });
    assert!(said.is_empty(), "{said}");
}

#[test]
fn values_of_a_megabyte_take_no_longer_than_their_size() {
    let said = of_all(|sample, options| {
        let mut damaged = Vec::new();
        for filler in ["x", "a ", "\"", "k=v ", "1,"] {
            let (long, place) = (filler.repeat((1 << 20) / filler.len()), sample.bytes.len() / 2);
            let bytes = [&sample.bytes[..place], long.as_bytes(), &sample.bytes[place..]].concat();
            damaged.push((format!("a megabyte of `{filler}`"), bytes));
        }
        problems(sample, &damaged, options)
    });
    assert!(said.is_empty(), "{said}");
}

#[test]
fn samples_in_other_encodings_and_with_other_line_ends_have_as_many_records() {
    let said = of_all(|sample, options| {
        let Ok(text) = std::str::from_utf8(&sample.bytes) else { return String::new() };
        let windows = text.replace("\r\n", "\n").replace('\n', "\r\n");
        let damaged = [
            ("UTF-16".to_owned(), utf16(text)),
            ("Shift_JIS".to_owned(), SHIFT_JIS.encode(text).0.into_owned()),
            ("CRLF".to_owned(), windows.clone().into_bytes()),
            ("CRLF, many times".to_owned(), windows.repeat(20).into_bytes()),
        ];
        let format = Format::parse(&sample.name, &options.formats).unwrap();
        let count = |bytes: &[u8]| read(Recognised::forced(format, bytes), bytes, options).0;
        let plain = count(&sample.bytes);
        let mut said = problems(sample, &damaged, options);
        // The length of a value in bytes may stand before it.
        let is_counted = sample.name == "journal-export";
        for (how, bytes) in damaged[..3].iter().filter(|_| !is_counted) {
            let found = count(bytes);
            if found != plain {
                said += &format!("{}, {how}: {found} records instead of {plain}\n", sample.name);
            }
        }
        said
    });
    assert!(said.is_empty(), "{said}");
}
