//! How fast JSON lines become rows, beside the fastest parsers that only parse them.
//!
//!     cargo run --release -p yagura-sources --example json_speed -- FILE [ROUNDS [nothing|five|all]]
//!
//! Prints MB/s on one core, the best of some rounds, and how much more time each takes than sonic-rs needs for its value
//! tree. Every round begins with nothing known and reads the whole file.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use model::{BatchSet, Everything, LogSource, Projection};
use sonic_rs::JsonValueTrait;
use sources::json::JsonDecoder;
use sources::{Block, Decoder, Errors, Span};

const BLOCK: usize = 1 << 20;
const DICTIONARIES: usize = 64 << 20;

struct Five;

impl Projection for Five {
    fn wants(&self, _: &LogSource, field: &str) -> bool {
        matches!(field, "EventID" | "Image" | "CommandLine" | "TargetUserName" | "TargetObject")
    }
}

struct AllButMessage;

impl Projection for AllButMessage {
    fn wants(&self, _: &LogSource, field: &str) -> bool {
        field != "Message"
    }
}

struct Nothing;

impl Projection for Nothing {
    fn wants(&self, _: &LogSource, _: &str) -> bool {
        false
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(file) = arguments.next() else {
        eprintln!("usage: json_speed FILE [ROUNDS]");
        return;
    };
    let rounds = arguments.next().and_then(|rounds| rounds.parse().ok()).unwrap_or(5);
    let only = arguments.next();
    let bytes = std::fs::read(&file).unwrap_or_default();
    let blocks = blocks(&bytes);
    let records: usize = blocks.iter().map(|block| block.spans.len()).sum();
    println!("{file}: {} MB, {records} records", bytes.len() >> 20);

    // For profiling: one of them alone.
    match only.as_deref() {
        Some("nothing") => return run(rounds, &|| decode(&blocks, Arc::new(Nothing))),
        Some("five") => return run(rounds, &|| decode(&blocks, Arc::new(Five))),
        Some("all") => return run(rounds, &|| decode(&blocks, Arc::new(Everything))),
        _ => {}
    }
    let runs: [(&str, &dyn Fn()); 7] = [
        ("sonic-rs, value tree", &|| sonic_tree(&blocks)),
        ("sonic-rs, lazy object", &|| sonic_lazy(&blocks)),
        ("simd-json, tape", &|| simd_tape(&blocks)),
        ("yagura, nothing wanted", &|| decode(&blocks, Arc::new(Nothing))),
        ("yagura, five fields", &|| decode(&blocks, Arc::new(Five))),
        ("yagura, all but Message", &|| decode(&blocks, Arc::new(AllButMessage))),
        ("yagura, everything", &|| decode(&blocks, Arc::new(Everything))),
    ];
    // Round by round, so that what else the machine does falls on all of them.
    let mut best = [f64::MAX; 7];
    for _ in 0..rounds {
        for ((_, run), best) in runs.iter().zip(&mut best) {
            let start = Instant::now();
            run();
            *best = best.min(start.elapsed().as_secs_f64());
        }
    }
    for ((what, _), seconds) in runs.iter().zip(best) {
        let speed = bytes.len() as f64 / 1e6 / seconds;
        println!("{what:<24} {speed:>7.0} MB/s   {:>5.2} times sonic-rs' tree", seconds / best[0]);
    }
}

fn run(rounds: usize, run: &dyn Fn()) {
    (0..rounds).for_each(|_| run());
}

fn blocks(bytes: &[u8]) -> Vec<Block> {
    let mut blocks = vec![Block::default()];
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty())
    {
        if blocks.last().is_none_or(|block| block.bytes.len() + line.len() > BLOCK) {
            blocks.push(Block::default());
        }
        if let Some(block) = blocks.last_mut() {
            let (start, len) = (block.bytes.len() as u32, line.len() as u32);
            block.spans.push(Span { start, len, record: number as u64 + 1 });
            block.bytes.extend_from_slice(line);
            block.bytes.push(b'\n');
        }
    }
    blocks
}

fn decode(blocks: &[Block], projection: Arc<dyn Projection + Send + Sync>) {
    let mut decoder = JsonDecoder::new();
    let mut out = BatchSet::new(projection);
    let mut errors = Errors::new("-");
    for block in blocks {
        decoder.decode(block, &block.spans, &mut out, &mut errors);
        black_box(out.batches().count());
        out.clear(DICTIONARIES);
    }
    black_box(errors.count());
}

fn sonic_tree(blocks: &[Block]) {
    for block in blocks {
        for span in &block.spans {
            black_box(sonic_rs::from_slice::<sonic_rs::Value>(block.raw(*span)).is_ok());
        }
    }
}

fn sonic_lazy(blocks: &[Block]) {
    for block in blocks {
        for span in &block.spans {
            for (key, value) in sonic_rs::to_object_iter(block.raw(*span)).flatten() {
                black_box((key.len(), value.is_str()));
            }
        }
    }
}

fn simd_tape(blocks: &[Block]) {
    let mut buffers = simd_json::Buffers::default();
    let mut copy = Vec::new();
    for block in blocks {
        for span in &block.spans {
            copy.clear();
            copy.extend_from_slice(block.raw(*span));
            black_box(simd_json::to_tape_with_buffers(&mut copy, &mut buffers).is_ok());
        }
    }
}
