//! Samples of formats, made long, and how fast they become columns. `benches/peers` measures the same beside other parsers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use model::{BatchSet, Everything};
use sources::format::{Format, Recognised, decoder, framer};
use sources::{Block, Errors, Options};

const BYTES: usize = 6 << 20;
const ROUNDS: usize = 5;

/// The files with that extension; all, where it is empty.
pub fn gather(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
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
pub fn repeated(text: &[u8], recognised: Recognised, options: &Options) -> Vec<u8> {
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

/// Seconds of the best of some runs.
pub fn best(mut work: impl FnMut()) -> f64 {
    let once = |work: &mut dyn FnMut()| {
        let started = Instant::now();
        work();
        started.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(|_| once(&mut work)).fold(f64::MAX, f64::min)
}

/// Makes columns of everything; how many records there were.
pub fn decode(bytes: &[u8], recognised: Recognised, options: &Options) -> usize {
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
