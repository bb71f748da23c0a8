//! Records of text that may have several lines.
//!
//! In: bytes. Out: a span per record, from its first line to its last, its number that of the first line. Where the first line, or directives
//! (`#Fields: …`), name the cells, they go into the block as a header instead of being records. A record that never ends is cut at
//! [`LARGEST_RECORD`].

use std::io::{self, Read};
use std::sync::Arc;

use super::fill::Fill;
use crate::block::LARGEST_RECORD;
use crate::table::{Records, binary};
use crate::{Block, ErrorCode, Errors, Framer, Place, Span};

/// Cuts as [`Records`] say.
#[derive(Debug)]
pub struct RecordFramer {
    records: Records,
    fill: Fill,
    line: u64,
    header: Header,
    /// The rest of the line that was cut is passed over.
    skipping: bool,
}

/// The directives in force.
#[derive(Debug, Default)]
struct Header {
    text: Option<Arc<str>>,
    /// Where the first one stands.
    line: u64,
    /// For [`Records::Below`]: the line that names the cells, 0 where none of the first does.
    names_at: u64,
}

/// The record that lines are being added to.
#[derive(Debug, Default)]
struct Group {
    start: usize,
    end: usize,
    first_line: u64,
    lines: u64,
    /// An odd number of quotes so far.
    quote_open: bool,
    /// Its last line ended it.
    ended: bool,
}

/// A line, or a value of several lines that belongs to one.
struct Line<'b> {
    content: &'b [u8],
    /// Where the next one begins.
    next: usize,
    /// The ends of lines within it.
    within: u64,
}

/// What a pass over the bytes at hand came to.
struct Pass {
    /// Where the first byte stands that belongs to no finished record.
    tail: usize,
    /// The lines before it.
    lines: u64,
}

impl RecordFramer {
    /// A framer at line 1.
    pub fn new(records: Records) -> RecordFramer {
        RecordFramer { records, fill: Fill::default(), line: 0, header: Header::default(), skipping: false }
    }

    /// Cuts a text that is at hand as a whole, such as the first bytes of an input, without reading anything.
    pub fn cut(&mut self, text: &[u8], block: &mut Block, errors: &mut Errors) {
        block.clear();
        let mut parts = BlockParts { spans: &mut block.spans, headers: &mut block.headers };
        self.pass(text, true, &mut parts, errors);
        block.bytes.extend_from_slice(text);
    }

    /// Notes all records that end within `bytes`. The last one only where nothing follows.
    fn pass(&mut self, bytes: &[u8], at_end: bool, block: &mut BlockParts<'_>, errors: &mut Errors) -> Pass {
        let mut group: Option<Group> = None;
        if self.line == 0 {
            self.header.look_for_names(&self.records, bytes);
        }
        let Some(mut start) = self.skip(bytes, at_end) else { return Pass { tail: bytes.len(), lines: 0 } };
        let mut line = self.line;
        let mut pass = Pass { tail: start, lines: 0 };
        while start < bytes.len() {
            let Some(Line { content, next, within }) = self.next_line(bytes, start, at_end) else { break };
            line += 1;
            if self.header.takes(&self.records, content, line) {
                if self.header.is_said_by(&self.records, content) {
                    self.header.read(content, line, block);
                }
                close(group.take(), bytes, block.spans, errors);
                pass = Pass { tail: next, lines: line - self.line };
            } else if group.as_ref().is_none_or(|group| self.begins(content, group, bytes)) {
                if let Some(before) = group.take() {
                    pass = Pass { tail: start, lines: line - 1 - self.line };
                    close(Some(before), bytes, block.spans, errors);
                }
                if content.is_empty() {
                    pass = Pass { tail: next, lines: line - self.line };
                } else {
                    group = Some(self.begun(content, start, line));
                }
            } else if let Some(group) = &mut group {
                self.add(group, content, start);
            }
            line += within;
            start = next;
        }
        let is_long = group.as_ref().is_some_and(|group| bytes.len() - group.start > LARGEST_RECORD);
        if at_end || is_long || self.skipping {
            close(group, bytes, block.spans, errors);
            pass = Pass { tail: start, lines: line - self.line };
        }
        pass
    }

    /// The line that begins at `start`; `None` where its end has not been read yet.
    fn next_line<'b>(&mut self, bytes: &'b [u8], start: usize, at_end: bool) -> Option<Line<'b>> {
        let rest = bytes.get(start..).unwrap_or_default();
        let (len, next) = match memchr::memchr(b'\n', rest) {
            Some(len) => (len, start + len + 1),
            None if at_end => (rest.len(), bytes.len()),
            None if rest.len() > LARGEST_RECORD => {
                self.skipping = true;
                (rest.len(), bytes.len())
            }
            None => return None,
        };
        let content = rest.get(..len).unwrap_or_default();
        let content = content.strip_suffix(b"\r").unwrap_or(content);
        // A value that says how long it is belongs to its key's line, whatever stands in it.
        let value = if self.records == Records::Export { binary(bytes, content, next) } else { None };
        match value.map(|(at, len)| at.saturating_add(len)) {
            Some(end) if end < bytes.len() => {
                let within = memchr::memchr_iter(b'\n', bytes.get(next..=end).unwrap_or_default()).count();
                let content = bytes.get(start..end).unwrap_or_default();
                Some(Line { content, next: end + 1, within: within as u64 })
            }
            // The rest of it has not been read yet.
            Some(end) if !at_end && end - start < LARGEST_RECORD => None,
            _ => Some(Line { content, next, within: 0 }),
        }
    }

    /// Where the first line begins that is to be read; `None` where the line that was cut goes on.
    fn skip(&mut self, bytes: &[u8], at_end: bool) -> Option<usize> {
        if !self.skipping {
            return Some(0);
        }
        let end = memchr::memchr(b'\n', bytes);
        self.skipping = end.is_none() && !at_end;
        end.map(|end| end + 1)
    }

    fn begun(&self, content: &[u8], start: usize, line: u64) -> Group {
        let mut group = Group { start, end: start, first_line: line, ..Group::default() };
        self.add(&mut group, content, start);
        group
    }

    fn add(&self, group: &mut Group, content: &[u8], start: usize) {
        group.lines += 1;
        if !content.is_empty() {
            group.end = start + content.len();
        }
        match &self.records {
            Records::Quoted | Records::Header(None) => {
                group.quote_open ^= memchr::memchr_iter(b'"', content).count() % 2 == 1;
            }
            Records::Until(texts) => group.ended = texts.iter().any(|text| has(content, text)),
            Records::Blank | Records::Export => group.ended = content.is_empty(),
            _ => {}
        }
    }

    /// Whether a line begins a new record behind that group.
    fn begins(&self, line: &[u8], group: &Group, bytes: &[u8]) -> bool {
        /// A quote that is never closed must not swallow the file.
        const MOST_QUOTED_LINES: u64 = 2000;
        match &self.records {
            Records::Lines | Records::Header(Some(_)) | Records::Below(_) => true,
            Records::Quoted | Records::Header(None) => !group.quote_open || group.lines > MOST_QUOTED_LINES,
            Records::Indented => !line.starts_with(b" ") && !line.starts_with(b"\t"),
            Records::Dated => is_dated(line),
            Records::From(texts) => texts.iter().any(|text| line.starts_with(text.as_bytes())),
            Records::Until(_) | Records::Blank | Records::Export => group.ended,
            Records::Audit => {
                let first = bytes.get(group.start..group.end).unwrap_or_default();
                audit_id(line).is_none_or(|id| audit_id(first) != Some(id))
            }
        }
    }
}

/// Whether a line begins with a time, also in brackets: what follows without one belongs to it.
pub fn is_dated(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"[").unwrap_or(line);
    let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match line.get(digits) {
        // `2026-05-07`, `07/May`, `07.05.2026`, `10:00:00`, epochs.
        Some(b'-' | b'/' | b'.' | b':' | b' ') => (1..=13).contains(&digits) && line.len() > 8,
        Some(b'T' | b'Z') if digits > 0 => digits == 8,
        // 年
        Some(0xe5) => digits == 4,
        _ if digits == 0 => {
            const NAMES: [&[u8]; 19] = [
                b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
                b"Dec", b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun",
            ];
            NAMES
                .iter()
                .any(|name| line.starts_with(name) && line.get(3).is_some_and(|next| b" ,".contains(next)))
                || line.starts_with("令和".as_bytes())
        }
        _ => false,
    }
}

/// `1747357323.123:4711` of `msg=audit(1747357323.123:4711):`.
fn audit_id(line: &[u8]) -> Option<&[u8]> {
    let start = memchr::memmem::find(line.get(..512).unwrap_or(line), b"audit(")? + 6;
    let rest = line.get(start..)?;
    rest.get(..memchr::memchr(b')', rest.get(..64).unwrap_or(rest))?)
}

fn has(line: &[u8], text: &str) -> bool {
    memchr::memmem::find(line, text.as_bytes()).is_some()
}

fn close(group: Option<Group>, bytes: &[u8], spans: &mut Vec<Span>, errors: &mut Errors) {
    let Some(group) = group else { return };
    let end = group.end.min(bytes.len());
    let mut len = end.saturating_sub(group.start);
    if len > LARGEST_RECORD {
        len = LARGEST_RECORD;
        let reason = format!("the record is longer than {LARGEST_RECORD} bytes; its rest was passed over");
        errors.add(Some(Place::Record(group.first_line)), ErrorCode::LongRecord, reason);
    }
    if len > 0 {
        spans.push(Span { start: group.start as u32, len: len as u32, record: group.first_line });
    }
}

/// What a pass adds to.
struct BlockParts<'a> {
    spans: &'a mut Vec<Span>,
    headers: &'a mut Vec<(u64, Arc<str>)>,
}

impl Header {
    fn takes(&self, records: &Records, line: &[u8], number: u64) -> bool {
        match records {
            Records::Header(Some(prefix)) => {
                line.first().is_some_and(|first| Some(first) == prefix.as_bytes().first())
            }
            Records::Header(None) => (self.text.is_none() || number == self.line) && !line.is_empty(),
            Records::Below(text) => number < self.names_at || line.starts_with(text.as_bytes()),
            _ => false,
        }
    }

    /// Whether a line that it takes is more than what stands above the names.
    fn is_said_by(&self, records: &Records, line: &[u8]) -> bool {
        match records {
            Records::Below(text) => line.starts_with(text.as_bytes()),
            _ => true,
        }
    }

    /// Finds the line that names the cells in the first bytes.
    fn look_for_names(&mut self, records: &Records, bytes: &[u8]) {
        const LINES: usize = 500;
        let Records::Below(text) = records else { return };
        let at =
            bytes.split(|byte| *byte == b'\n').take(LINES).position(|line| line.starts_with(text.as_bytes()));
        self.names_at = at.map_or(0, |at| at as u64 + 1);
    }

    /// Directives that follow each other are one header; a later one of the same name wins.
    fn read(&mut self, line: &[u8], number: u64, block: &mut BlockParts<'_>) {
        const LONGEST: usize = 64 << 10;
        let line = String::from_utf8_lossy(line.get(..LONGEST).unwrap_or(line));
        let joined = match &self.text {
            Some(text) if text.len() < LONGEST && line.starts_with('#') => with_directive(text, &line),
            _ => line.into_owned(),
        };
        if self.text.is_none() {
            self.line = number;
        }
        let text: Arc<str> = joined.into();
        self.text = Some(Arc::clone(&text));
        block.headers.push((number, text));
    }
}

/// The directives with another one, which takes the place of that of the same name.
fn with_directive(text: &str, line: &str) -> String {
    fn name(line: &str) -> &[u8] {
        let end = line.bytes().position(|byte| matches!(byte, b':' | b'\t' | b' ')).unwrap_or(line.len());
        line.as_bytes().get(..end).unwrap_or_default()
    }
    let own = name(line);
    let mut joined = String::with_capacity(text.len() + 1 + line.len());
    for known in text.lines().filter(|known| name(known) != own) {
        joined.push_str(known);
        joined.push('\n');
    }
    joined.push_str(line);
    joined
}

impl Framer for RecordFramer {
    fn next(&mut self, input: &mut dyn Read, block: &mut Block, errors: &mut Errors) -> io::Result<bool> {
        let mut len = self.fill.begin(block);
        block.headers.clear();
        block.headers.extend(self.header.text.iter().map(|text| (0, Arc::clone(text))));
        loop {
            let before = len;
            len = self.fill.more(input, block, len)?;
            let at_end = len == before;
            let bytes = std::mem::take(&mut block.bytes);
            let mut parts = BlockParts { spans: &mut block.spans, headers: &mut block.headers };
            let pass = self.pass(bytes.get(..len).unwrap_or_default(), at_end, &mut parts, errors);
            block.bytes = bytes;
            if at_end || !block.spans.is_empty() {
                self.line += pass.lines;
                self.fill.end(block, pass.tail.min(len), pass.tail, len);
                return Ok(!block.spans.is_empty());
            }
            block.spans.clear();
            block.headers.truncate(usize::from(block.headers.first().is_some_and(|(from, _)| *from == 0)));
        }
    }
}
