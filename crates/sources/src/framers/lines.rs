//! Lines of text: every line that is not empty is a record, its number from 1.

use std::io::{self, Read};

use crate::block::LARGEST_RECORD;
use crate::{Block, ErrorCode, Errors, Framer, Place, Span};

use super::fill::Fill;

/// Cuts at line feeds; a carriage return before one belongs to the end of the line.
#[derive(Debug, Default)]
pub struct LineFramer {
    fill: Fill,
    line: u64,
    skipping: bool,
}

impl LineFramer {
    /// A framer at line 1.
    pub fn new() -> LineFramer {
        LineFramer::default()
    }

    /// Notes all lines that end within `bytes[from..]`; returns where the first unfinished one begins.
    fn lines(&mut self, bytes: &[u8], from: usize, spans: &mut Vec<Span>, errors: &mut Errors) -> usize {
        let mut start = from;
        for end in memchr::memchr_iter(b'\n', bytes.get(from..).unwrap_or_default()) {
            let end = from + end;
            self.line += 1;
            push_line(bytes, start, end, self.line, spans);
            start = end + 1;
        }
        for span in spans.iter_mut().filter(|span| span.len as usize > LARGEST_RECORD) {
            span.len = LARGEST_RECORD as u32;
            report_long(span.record, errors);
        }
        start
    }

    /// Passes over the rest of a line that was cut. Returns where the next line begins, and the length of the block.
    fn skip(&mut self, input: &mut dyn Read, block: &mut Block, kept: usize) -> io::Result<(usize, usize)> {
        let mut len = kept;
        while self.skipping {
            let searched = block.bytes.get(..len).unwrap_or_default();
            if let Some(end) = memchr::memchr(b'\n', searched) {
                self.skipping = false;
                return Ok((end + 1, len));
            }
            len = self.fill.more(input, block, 0)?;
            if len == 0 {
                self.skipping = false;
            }
        }
        Ok((0, len))
    }
}

impl Framer for LineFramer {
    fn next(&mut self, input: &mut dyn Read, block: &mut Block, errors: &mut Errors) -> io::Result<bool> {
        let kept = self.fill.begin(block);
        let (from, mut len) = self.skip(input, block, kept)?;
        let (mut start, mut searched) = (from, from);
        loop {
            let before = len;
            len = self.fill.more(input, block, len)?;
            let bytes = block.bytes.get(..len).unwrap_or_default();
            if len == before {
                start = self.lines(bytes, start, &mut block.spans, errors);
                if start < len {
                    self.line += 1;
                    push_line(bytes, start, len, self.line, &mut block.spans);
                }
                self.fill.end(block, len, len, len);
                return Ok(!block.spans.is_empty());
            }
            if memchr::memchr(b'\n', bytes.get(searched..).unwrap_or_default()).is_some() {
                let tail = self.lines(bytes, start, &mut block.spans, errors);
                if !block.spans.is_empty() {
                    self.fill.end(block, tail, tail, len);
                    return Ok(true);
                }
                start = tail;
            }
            searched = len;
            if len - start > LARGEST_RECORD {
                self.line += 1;
                let span = Span { start: start as u32, len: LARGEST_RECORD as u32, record: self.line };
                block.spans.push(span);
                self.skipping = true;
                report_long(self.line, errors);
                self.fill.end(block, start + LARGEST_RECORD, len, len);
                return Ok(true);
            }
            if start == len {
                (start, searched, len) = (0, 0, 0);
            }
        }
    }
}

fn report_long(record: u64, errors: &mut Errors) {
    let reason = format!("the line is longer than {LARGEST_RECORD} bytes; its rest was passed over");
    errors.add(Some(Place::Record(record)), ErrorCode::LongRecord, reason);
}

fn push_line(bytes: &[u8], start: usize, end: usize, record: u64, spans: &mut Vec<Span>) {
    let end = if end > start && bytes.get(end - 1) == Some(&b'\r') { end - 1 } else { end };
    if end > start {
        spans.push(Span { start: start as u32, len: (end - start) as u32, record });
    }
}
