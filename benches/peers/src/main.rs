//! How fast formats of text become columns, beside Vector's parser for the same format, where it has one.
//!
//! `cargo run --release [FORMAT…]`, here. Each sample is repeated as `crates/sources/benches/formats.rs` does it; lines that Vector's
//! parser does not understand are left out for both. Same bytes, one thread, the best of five runs each. Ours makes columns of
//! everything, dictionaries and all; Vector's makes an object (or a list) of each line.

mod pairs;
#[path = "../../../crates/sources/benches/support/samples.rs"]
mod samples;
mod vector;

use std::hint::black_box;
use std::path::{Path, PathBuf};

use pairs::{JSON, TEXT};
use samples::{best, decode, gather, repeated};
use sources::Options;
use sources::format::{Format, recognise};
use vector::Parser;
use vrl::compiler::Function;
use vrl::prelude::Bytes;
use vrl::value::Value;

const HEADER: &str = "\
| format | Vector's parser | lines it reads | ours, MB/s | Vector, MB/s | ours / Vector | newline count, MB/s |
|---|---|---|---|---|---|---|";

/// Vector's functions, and how our formats are read.
struct Bench {
    functions: Vec<Box<dyn Function>>,
    options: Options,
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/sources/formats");
    let mut samples: Vec<PathBuf> = Vec::new();
    gather(&folder, "sample", &mut samples);
    samples.sort();
    let bench = Bench { functions: vrl::stdlib::all(), options: Options::default() };
    println!("{HEADER}");
    let mut ratios = Vec::new();
    for sample in &samples {
        let name = sample.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let Ok(text) = std::fs::read(sample) else { continue };
        if !wanted.is_empty() && !wanted.contains(&name) {
            continue;
        }
        for pair in TEXT.iter().filter(|pair| pair.format == name) {
            ratios.extend(bench.row(&name, &text, pair.program, pair.must));
        }
        if recognise(&text, &bench.options).is_some_and(|found| found.format == Format::JsonLines) {
            ratios.extend(bench.row(&name, &text, JSON, ""));
        }
    }
    ratios.sort_unstable_by(f64::total_cmp);
    let (Some(least), Some(most)) = (ratios.first(), ratios.last()) else { return };
    let faster = ratios.iter().filter(|ratio| **ratio >= 1.0).count();
    let all = ratios.len();
    println!("\n{faster} of {all} at least as fast as Vector's; ours / Vector from {least:.2} to {most:.2}");
}

impl Bench {
    /// Measures, and prints a row; the ratio.
    fn row(&self, name: &str, text: &[u8], program: &str, must: &'static str) -> Option<f64> {
        let parser = match Parser::new(program, must, &self.functions) {
            Ok(parser) => parser,
            Err(error) => {
                println!("{name}: {error}");
                return None;
            }
        };
        let recognised = recognise(text, &self.options)?;
        let all = repeated(text, recognised, &self.options);
        let (bytes, share) = understood(&all, &parser);
        let lines = lines(&bytes);
        // Whether what is left is still of the format.
        let left = recognise(bytes.get(..bytes.len().min(64 << 10))?, &self.options);
        let count = parser.lines(&lines, |_| {});
        if lines.is_empty()
            || left.is_none_or(|left| left.format != recognised.format)
            || count != lines.len()
        {
            println!("| {name} | `{program}` | {share:.0} % | not measured: too little is left | | | |");
            return None;
        }
        let ours = best(|| {
            black_box(decode(&bytes, recognised, &self.options));
        });
        let vector = best(|| {
            black_box(parser.lines(&lines, |_| {}));
        });
        let newlines = best(|| {
            black_box(memchr::memchr_iter(b'\n', &bytes).count());
        });
        let speed = |seconds: f64| bytes.len() as f64 / seconds / 1e6;
        println!(
            "| {name} | `{program}` | {share:.0} % | {:.0} | {:.0} | {:.1} | {:.0} |",
            speed(ours),
            speed(vector),
            vector / ours,
            speed(newlines)
        );
        Some(vector / ours)
    }
}

/// The lines that Vector's parser understands, and how many of a hundred these are.
fn understood(bytes: &[u8], parser: &Parser) -> (Vec<u8>, f64) {
    let all = lines(bytes);
    let mut kept = Vec::with_capacity(bytes.len());
    let mut next = all.iter();
    let count = parser.lines(&all, |is_understood| {
        if let Some(line) = next.next().and_then(Value::as_bytes).filter(|_| is_understood) {
            kept.extend_from_slice(line);
            kept.push(b'\n');
        }
    });
    (kept, count as f64 * 100.0 / all.len().max(1) as f64)
}

/// The lines, each as Vector has it: a value that shares its bytes.
fn lines(bytes: &[u8]) -> Vec<Value> {
    let shared = Bytes::copy_from_slice(bytes);
    let lines = shared.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| Value::Bytes(shared.slice_ref(line))).collect()
}
