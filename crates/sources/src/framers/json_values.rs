//! JSON values one after another, elements of arrays, and lists in envelopes: each value is a record, counted from 1.
//!
//! Values may be pretty-printed over any number of lines. Where a value is broken off and the next one begins (which
//! valid JSON never looks like), the two are separate records, and the damage is reported. What an envelope says beside
//! its list is no record.

use std::io::{self, Read};

use encoding_rs::SHIFT_JIS;

use crate::block::LARGEST_RECORD;
use crate::{Block, ErrorCode, Errors, Framer, Place, Span};

use super::fill::Fill;
use super::json_probe::{self, Probe};

/// Cuts out JSON values.
#[derive(Debug, Default)]
pub struct JsonValueFramer {
    fill: Fill,
    index: u64,
    context: Context,
    /// The value that the last block's end cut through (it is at the beginning of the carried bytes).
    open: Option<Open>,
}

/// What surrounds the next value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Context {
    #[default]
    Top,
    /// In a list, with that many envelopes around it.
    List { closers: u8 },
    /// Behind a list in its envelope; the last byte that was not space.
    Tail { closers: u8, last: u8 },
}

/// A value whose end is not in sight yet.
#[derive(Clone, Copy, Debug)]
struct Open {
    start: usize,
    at: usize,
    scan: Scan,
    /// Not wanted: the rest of a record that was cut, or what stands beside a list.
    passed_over: bool,
}

/// Where reading between values has come to.
enum Between {
    /// A value begins.
    Value { start: usize, passed_over: bool },
    /// A number, a word, or junk, as a record.
    Bare { start: usize, end: usize },
    /// The bytes ended; what begins at this place is still needed.
    More(usize),
}

impl JsonValueFramer {
    /// A framer before the first value.
    pub fn new() -> JsonValueFramer {
        JsonValueFramer::default()
    }

    /// Notes all values that end within `bytes`, from `at` on; returns where the first byte still needed lies.
    fn values(&mut self, bytes: &[u8], mut at: usize, spans: &mut Vec<Span>, run: &mut Run<'_>) -> usize {
        loop {
            if let Some(mut open) = self.open.take() {
                let end = open.scan.run(bytes, open.at, run.shift_jis);
                if matches!(end, ScanEnd::More) {
                    open.at = bytes.len();
                    self.open = Some(open);
                    return if open.passed_over { bytes.len() } else { open.start };
                }
                let (ScanEnd::Complete(end) | ScanEnd::Damaged(end)) = end else { return at };
                at = end;
                if !open.passed_over {
                    self.record(bytes, open.start, end, spans, run.errors);
                }
                if open.scan.damaged {
                    let reason = "the JSON value is broken off where the next one begins";
                    run.errors.add(Some(Place::Record(self.index)), ErrorCode::DamagedRecord, reason);
                }
            }
            match self.between(bytes, at, run.ended) {
                Between::Value { start, passed_over } => {
                    self.open = Some(Open { start, at: start, scan: Scan::default(), passed_over });
                }
                Between::Bare { start, end } => {
                    self.record(bytes, start, end, spans, run.errors);
                    at = end;
                }
                Between::More(needed) => return needed,
            }
        }
    }

    fn record(&mut self, bytes: &[u8], start: usize, end: usize, spans: &mut Vec<Span>, errors: &mut Errors) {
        let value = bytes.get(start..end).unwrap_or_default().trim_ascii_end();
        self.index += 1;
        if value.len() > LARGEST_RECORD {
            self.report_long(errors);
        }
        let len = value.len().min(LARGEST_RECORD) as u32;
        spans.push(Span { start: start as u32, len, record: self.index });
    }

    fn report_long(&self, errors: &mut Errors) {
        let reason =
            format!("the JSON value is longer than {LARGEST_RECORD} bytes; its rest was passed over");
        errors.add(Some(Place::Record(self.index)), ErrorCode::LongRecord, reason);
    }

    /// Goes from `at` to the next value.
    fn between(&mut self, bytes: &[u8], mut at: usize, ended: bool) -> Between {
        while let Some(byte) = bytes.get(at).copied() {
            let step = match self.context {
                Context::Top => self.at_top(bytes, at, byte, ended),
                Context::List { closers } => self.in_list(bytes, at, byte, closers, ended),
                Context::Tail { closers, last } => self.behind_list(bytes, at, byte, closers, last, ended),
            };
            match step {
                Ok(next) => at = next,
                Err(between) => return between,
            }
        }
        Between::More(bytes.len())
    }

    fn at_top(&mut self, bytes: &[u8], at: usize, byte: u8, ended: bool) -> Result<usize, Between> {
        match byte {
            // 0x1e begins each value of a JSON text sequence (RFC 7464).
            b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | b'}' | 0x1e | 0 => Ok(at + 1),
            b'[' => {
                self.context = Context::List { closers: 0 };
                Ok(at + 1)
            }
            b'{' => match json_probe::object(bytes, at) {
                Probe::List { at, closers } => {
                    self.context = Context::List { closers };
                    Ok(at)
                }
                Probe::More if !ended && bytes.len() - at < LARGEST_RECORD => Err(Between::More(at)),
                Probe::More | Probe::No => Err(Between::Value { start: at, passed_over: false }),
            },
            b'"' => Err(Between::Value { start: at, passed_over: false }),
            _ => Err(bare(bytes, at, b"\n", ended)),
        }
    }

    fn in_list(
        &mut self,
        bytes: &[u8],
        at: usize,
        byte: u8,
        closers: u8,
        ended: bool,
    ) -> Result<usize, Between> {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' | b'}' | b':' | 0 => Ok(at + 1),
            b']' => {
                self.context = match closers {
                    0 => Context::Top,
                    _ => Context::Tail { closers, last: b']' },
                };
                Ok(at + 1)
            }
            b'{' | b'[' | b'"' => Err(Between::Value { start: at, passed_over: false }),
            _ => Err(bare(bytes, at, b",]{\n", ended)),
        }
    }

    fn behind_list(
        &mut self,
        bytes: &[u8],
        at: usize,
        byte: u8,
        closers: u8,
        last: u8,
        ended: bool,
    ) -> Result<usize, Between> {
        let tail = |last| Context::Tail { closers, last };
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => return Ok(at + 1),
            b'}' if closers > 1 => self.context = Context::Tail { closers: closers - 1, last: byte },
            b'}' => self.context = Context::Top,
            b'{' | b'[' if last != b':' => {
                // The envelope's end is missing, and the next one begins.
                self.context = Context::Top;
                return Ok(at);
            }
            b'{' | b'[' => {
                self.context = tail(byte);
                return Err(Between::Value { start: at, passed_over: true });
            }
            b'"' => match json_probe::members(bytes, at, closers) {
                Probe::List { at, closers } => {
                    self.context = Context::List { closers };
                    return Ok(at);
                }
                Probe::More if !ended && bytes.len() - at < LARGEST_RECORD => return Err(Between::More(at)),
                Probe::More | Probe::No => {
                    self.context = tail(byte);
                    return Err(Between::Value { start: at, passed_over: true });
                }
            },
            _ => self.context = tail(byte),
        }
        Ok(at + 1)
    }

    /// The value that the input's end cut through, as a record.
    fn truncated(&mut self, bytes: &[u8], spans: &mut Vec<Span>, errors: &mut Errors) {
        let open = self.open.take();
        if let Some(open) = open.filter(|open| !open.passed_over) {
            self.record(bytes, open.start, bytes.len(), spans, errors);
        }
        if open.is_some() || self.context != Context::Top {
            self.context = Context::Top;
            let place = (self.index > 0).then_some(Place::Record(self.index));
            errors.add(
                place,
                ErrorCode::Truncated,
                "the JSON text ends before its last value or list is closed",
            );
        }
    }
}

/// What [`JsonValueFramer::values`] needs beside the bytes.
struct Run<'a> {
    shift_jis: bool,
    ended: bool,
    errors: &'a mut Errors,
}

fn bare(bytes: &[u8], start: usize, ends: &[u8], ended: bool) -> Between {
    let rest = bytes.get(start..).unwrap_or_default();
    match rest.iter().position(|byte| ends.contains(byte)) {
        Some(len) => Between::Bare { start, end: start + len },
        None if ended || rest.len() >= LARGEST_RECORD => Between::Bare { start, end: bytes.len() },
        None => Between::More(start),
    }
}

impl Framer for JsonValueFramer {
    fn next(&mut self, input: &mut dyn Read, block: &mut Block, errors: &mut Errors) -> io::Result<bool> {
        let shift_jis = block.legacy == Some(SHIFT_JIS);
        let mut len = self.fill.begin(block);
        let mut at = 0;
        loop {
            let before = len;
            len = self.fill.more(input, block, len)?;
            let ended = len == before;
            let bytes = block.bytes.get(..len).unwrap_or_default();
            let mut run = Run { shift_jis, ended, errors };
            at = self.values(bytes, at, &mut block.spans, &mut run);
            if ended {
                self.truncated(bytes, &mut block.spans, errors);
                self.fill.end(block, len, len, len);
                return Ok(!block.spans.is_empty());
            }
            let too_long = len - at > LARGEST_RECORD;
            if too_long && let Some(mut open) = self.open.take() {
                self.record(bytes, open.start, len, &mut block.spans, errors);
                open.passed_over = true;
                at = len;
                self.open = Some(open);
            }
            if !block.spans.is_empty() {
                if let Some(open) = &mut self.open {
                    (open.start, open.at) = (open.start.saturating_sub(at), open.at - at);
                }
                self.fill.end(block, at, at, len);
                return Ok(true);
            }
            if at == len {
                if let Some(open) = &mut self.open {
                    (open.start, open.at) = (0, 0);
                }
                (at, len) = (0, 0);
            }
        }
    }
}

/// Follows one value to its end, over any number of pieces.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scan {
    depth: u32,
    /// One bit per level, the innermost lowest: set for objects. Beyond 128 levels the oldest are forgotten.
    kinds: u128,
    in_string: bool,
    escaped: bool,
    last: u8,
    damaged: bool,
}

/// How far a [`Scan`] came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanEnd {
    /// The value ends before this place.
    Complete(usize),
    /// The value is broken off before this place, where another one begins.
    Damaged(usize),
    /// All bytes belong to the value so far.
    More,
}

impl Scan {
    /// Goes on at `from`; the first call begins at the value's first byte, one of `{`, `[`, `"`.
    #[expect(
        clippy::indexing_slicing,
        reason = "the hot loop of framing; `at` is below the length by the loop"
    )]
    pub fn run(&mut self, bytes: &[u8], from: usize, shift_jis: bool) -> ScanEnd {
        let mut at = from;
        while at < bytes.len() {
            if self.in_string {
                match self.string(bytes, at, shift_jis) {
                    ScanEnd::Complete(next) if self.depth == 0 => return ScanEnd::Complete(next),
                    ScanEnd::Complete(next) => at = next,
                    other => return other,
                }
                continue;
            }
            let byte = bytes[at];
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => {
                    if byte == b'{' && self.cannot_begin_here() {
                        self.damaged = true;
                        return ScanEnd::Damaged(at);
                    }
                    self.depth += 1;
                    self.kinds = self.kinds << 1 | u128::from(byte == b'{');
                }
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    self.kinds >>= 1;
                    if self.depth == 0 {
                        return ScanEnd::Complete(at + 1);
                    }
                }
                _ => {}
            }
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                self.last = byte;
            }
            at += 1;
        }
        ScanEnd::More
    }

    /// In valid JSON an object stands behind `:` in an object, and behind `[` or `,` in a list.
    fn cannot_begin_here(&self) -> bool {
        match self.depth {
            0 => false,
            1..=128 if self.kinds & 1 == 1 => self.last != b':',
            1..=128 => !matches!(self.last, b'[' | b','),
            _ => false,
        }
    }

    fn string(&mut self, bytes: &[u8], from: usize, shift_jis: bool) -> ScanEnd {
        let mut at = from;
        if std::mem::take(&mut self.escaped) {
            at += 1;
        }
        while let Some(found) = memchr::memchr3(b'"', b'\\', b'\n', bytes.get(at..).unwrap_or_default()) {
            at += found;
            match bytes.get(at) {
                Some(b'"') => {
                    self.in_string = false;
                    return ScanEnd::Complete(at + 1);
                }
                Some(b'\n') if bytes.get(at + 1..).is_some_and(|rest| rest.starts_with(b"{\"")) => {
                    self.damaged = true;
                    return ScanEnd::Damaged(at + 1);
                }
                Some(b'\\') if !(shift_jis && is_second_byte(bytes, at)) => {
                    if at + 1 == bytes.len() {
                        self.escaped = true;
                    }
                    at += 2;
                }
                _ => at += 1,
            }
        }
        ScanEnd::More
    }
}

/// Whether the byte at `at` is the second of a Shift_JIS character: an odd number of first bytes stands before it.
fn is_second_byte(bytes: &[u8], at: usize) -> bool {
    let is_first = |byte: &&u8| matches!(byte, 0x81..=0x9f | 0xe0..=0xfc);
    let before = bytes.get(..at).unwrap_or_default();
    let firsts = before.iter().rev().take_while(is_first).count();
    let high = before.iter().rev().take_while(|byte| **byte >= 0x80).count();
    let run = before.get(at - high..).unwrap_or_default();
    firsts % 2 == 1 && std::str::from_utf8(run).is_err()
}
