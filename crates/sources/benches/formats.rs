//! How fast each table format becomes columns, beside a plain count of newlines over the same bytes.
//!
//! `cargo bench -p yagura-sources --bench formats [NAME…]`. Each `.sample` is repeated to some megabytes; numbers of five digits and more
//! differ in every repetition, so that not every value has been seen before. One thread, every column wanted. `YAGURA_SAMPLES` names
//! another folder of samples. With `recognition` as the only name: what recognising the files of `target/corpus/logs` (or of the folder in
//! `YAGURA_SAMPLES`) takes of the time in which they are read.

use std::hint::black_box;
use std::path::{Path, PathBuf};

use samples::{best, decode, gather, repeated};
use sources::Options;
use sources::format::recognise;

#[path = "support/samples.rs"]
mod samples;

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
