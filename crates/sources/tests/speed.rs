//! How fast streams are cut and syslog lines decoded, beside how fast memory is read. Run with
//! `cargo test --release -p yagura-sources --test speed -- --ignored --nocapture`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Instant;

use model::{BatchSet, Everything};
use sources::format::{Recognised, decoder, framer};
use sources::text::Charset;
use sources::{Block, Errors, Format};

#[test]
#[ignore = "a measurement"]
fn framing_runs_at_gigabytes_a_second() {
    let line = |i: usize| {
        format!(
            "May  7 01:{:02}:{:02} web01 sshd[{i}]: Failed password for invalid user u{} from 203.0.113.{} port {} ssh2\n",
            i / 60 % 60,
            i % 60,
            i % 500,
            i % 250,
            1024 + i % 60_000
        )
    };
    let text: String = (0..1_000_000).map(line).collect();
    let started = Instant::now();
    let read = io::copy(&mut text.as_bytes().chain(io::empty()), &mut io::sink()).unwrap();
    println!("{read} bytes; copying alone takes {:?}", started.elapsed());
    for (format, decodes) in
        [(Format::Lines, false), (Format::Json, false), (Format::Syslog, true), (Format::Lines, true)]
    {
        let bytes = match format {
            Format::Json => text
                .lines()
                .map(|line| format!("{{\"message\":\"{line}\",\"n\":{{\"a\":[1,2]}}}}\n"))
                .collect(),
            _ => text.clone(),
        };
        let recognised = Recognised { format, charset: Charset::Utf8 };
        let (mut framer, mut decoder) =
            (framer(recognised, &support::options()), decoder(format, &support::options()));
        let (mut block, mut errors) = (Block::default(), Errors::new("speed"));
        let mut set = BatchSet::new(Arc::new(Everything));
        let mut input = bytes.as_bytes();
        let input: &mut dyn Read = &mut input;
        let (started, mut records) = (Instant::now(), 0);
        while framer.next(input, &mut block, &mut errors).unwrap() {
            records += block.spans.len();
            if decodes {
                decoder.decode(&block, &block.spans, &mut set, &mut errors);
                set.clear(64 << 20);
            }
        }
        let seconds = started.elapsed().as_secs_f64();
        println!(
            "{} ({}): {:.2} GB/s, {:.0} ns a record",
            format.name(&support::options().formats),
            if decodes { "framed and decoded" } else { "framed" },
            bytes.len() as f64 / seconds / 1e9,
            seconds * 1e9 / records as f64
        );
    }
}
