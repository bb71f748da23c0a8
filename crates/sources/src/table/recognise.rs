//! Which table format an input is in.
//!
//! In: the first bytes of an input, as text. Out: the format that most of its records have, and which share of them that is. Each format
//! whose signs stand there, or that has none, cuts and splits these bytes as it would the whole input; nothing is guessed.

use std::sync::Arc;

use jiff::tz::TimeZone;
use model::{BatchSet, LogSource, Projection, Row, Time};

use super::definition::{Definition, Records, Split};
use super::engine::{Clock, Engine, Place};
use super::envelope::Envelope;
use super::formats::{FormatId, Formats};
use crate::framers::RecordFramer;
use crate::syslog::has_header;
use crate::{Block, Errors};

/// A format, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guess {
    /// The format.
    pub format: FormatId,
    /// The share of the records looked at that have it, 0 to 1.
    pub confidence: f64,
}

/// How many records are looked at.
const RECORDS: usize = 40;

/// How many records without the format are enough to see that it is none.
const HOPELESS: u32 = 12;

/// The share that a format must have which is marked as weak.
const WEAK_SHARE: f64 = 0.8;

/// How many bytes are looked at: enough for the header of a table and some records.
const BYTES: usize = 16 << 10;

/// The formats that at least a third of the first records have, the surest first.
pub fn guesses(formats: &Formats, head: &str) -> Vec<Guess> {
    let mut end = BYTES.min(head.len());
    while !head.is_char_boundary(end) {
        end -= 1;
    }
    // A last line that is cut says nothing, but for the first.
    let head = head.get(..end).unwrap_or(head);
    let head = match head.rfind('\n') {
        Some(last) if end == BYTES => head.get(..last).unwrap_or(head),
        _ => head,
    };
    let hinted = formats.hinted(head);
    let mut block = Block::default();
    let mut found: Vec<(Guess, usize)> = Vec::new();
    for (format, definition) in formats.iter().filter(|(_, definition)| stands_alone(definition)) {
        let hint = hinted.get(usize::from(format.0)).copied().unwrap_or(false);
        if !hint && !definition.signs.is_empty() {
            continue;
        }
        let weight =
            definition.signs.iter().filter(|sign| sign_in(sign, head)).map(super::Sign::weight).max();
        if weight.is_none() && !definition.signs.is_empty() {
            continue;
        }
        let confidence = share(definition, head, &mut block);
        if confidence > if definition.weak { WEAK_SHARE } else { 0.33 } {
            found.push((Guess { format, confidence }, weight.unwrap_or(0)));
        }
    }
    // What hardly any record has comes even behind weak formats.
    let tier = |guess: &Guess| match formats.get(guess.format).weak {
        false if guess.confidence >= 0.5 => 0,
        true => 1,
        false => 2,
    };
    found.sort_by(|(a, a_weight), (b, b_weight)| {
        let by_share = (b.confidence * 20.0).round().total_cmp(&(a.confidence * 20.0).round());
        tier(a)
            .cmp(&tier(b))
            .then(by_share)
            .then(b_weight.cmp(a_weight))
            .then(b.confidence.total_cmp(&a.confidence))
            .then(a.format.cmp(&b.format))
    });
    found.into_iter().map(|(guess, _)| guess).collect()
}

/// Formats that are only recognised by the program that syslog names cannot be told from a file.
fn stands_alone(definition: &Definition) -> bool {
    match definition.split {
        Split::Json => false,
        Split::Line(_) | Split::Header { .. } => true,
        _ => !definition.signs.is_empty(),
    }
}

/// Whether the first bytes have the sign: its start at the beginning of a line.
fn sign_in(sign: &super::Sign, head: &str) -> bool {
    let has = |text: &String| memchr::memmem::find(head.as_bytes(), text.as_bytes()).is_some();
    let starts = sign.start.is_empty()
        || memchr::memmem::find_iter(head.as_bytes(), sign.start.as_bytes())
            .any(|at| at == 0 || head.as_bytes().get(at - 1) == Some(&b'\n'));
    starts && sign.inside.iter().all(has)
}

/// Which share of the records have the format.
fn share(definition: &Arc<Definition>, head: &str, block: &mut Block) -> f64 {
    struct Nothing;
    impl Projection for Nothing {
        fn wants(&self, _: &LogSource, _: &str) -> bool {
            false
        }
    }
    let mut framer = RecordFramer::new(definition.records.clone());
    framer.cut(head.as_bytes(), block, &mut Errors::new(""));
    let mut engine = Engine::new(definition, 0);
    let mut out = BatchSet::new(Arc::new(Nothing));
    let resolve = |_| Some(Time::UNKNOWN);
    let clock = Clock { zone: &TimeZone::UTC, resolve: &resolve };
    let (mut all, mut fitting) = (0u32, 0.0);
    for span in block.spans.iter().take(RECORDS) {
        let Ok(text) = std::str::from_utf8(block.raw(*span)) else { continue };
        if text.trim().is_empty() || (text.starts_with('#') && definition.records == Records::Lines) {
            continue;
        }
        if all >= HOPELESS && fitting == 0.0 {
            return 0.0;
        }
        all += 1;
        // Any text is a message: only those that have a sign speak for the format, and none that has come through syslog.
        let has_sign = || definition.signs.iter().any(|sign| sign.fits(text));
        if matches!(definition.split, Split::None) && (has_header(text) || !has_sign()) {
            continue;
        }
        let header = block.headers.iter().rev().find(|(from, _)| *from < span.record).map(|(_, text)| text);
        let row = Row { time: Time::UNKNOWN, record: span.record, start: span.start, len: span.len };
        if let Some(outcome) = engine.record(text, &Envelope::NONE, &Place { row, header }, &clock, &mut out)
        {
            fitting += match outcome {
                _ if definition.weak && !outcome.timed => 0.0,
                _ if outcome.bad_time => 0.5,
                _ => 1.0,
            };
        }
    }
    if all == 0 { 0.0 } else { fitting / f64::from(all) }
}
