//! Windows event XML: each `<Event>` element is a record, counted from 1.
//!
//! The elements may stand alone, one a line, or in `<Events>` or any other element, with any namespace prefix. Comments
//! and CDATA are passed over as a whole, so that what they quote ends nothing. Text outside events is no record and is
//! reported once. An event whose end is missing is cut where the next one begins.

use std::io::{self, Read};

use memchr::memmem;

use crate::block::LARGEST_RECORD;
use crate::{Block, ErrorCode, Errors, Framer, Place, Span};

use super::fill::Fill;

/// Cuts out `<Event>` elements.
#[derive(Debug, Default)]
pub struct XmlEventFramer {
    fill: Fill,
    index: u64,
    at: usize,
    /// The event that has begun.
    open: Option<Open>,
    /// Within a comment, CDATA or processing instruction: what ends it.
    until: Option<&'static [u8]>,
    stray_reported: bool,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    start: usize,
    /// Elements of the same name within the event.
    nested: u32,
    /// Not wanted: the rest of an event that was cut.
    passed_over: bool,
}

/// A tag, as far as framing cares.
enum Tag {
    /// `<Event …>`; whether it declares a namespace, as only a real event does.
    Opens { end: usize, is_root: bool },
    /// `</Event>`.
    Closes { end: usize },
    /// `<Event/>`.
    Empty { end: usize },
    /// A comment, CDATA or instruction; its content begins at `at`.
    Skips { at: usize, until: &'static [u8] },
    /// Anything else, up to the end of its name.
    Other { end: usize },
    /// The bytes end within it.
    More,
}

impl XmlEventFramer {
    /// A framer before the first event.
    pub fn new() -> XmlEventFramer {
        XmlEventFramer::default()
    }

    /// Notes all events that end within `bytes`; returns where the first byte still needed lies.
    fn events(&mut self, bytes: &[u8], spans: &mut Vec<Span>, errors: &mut Errors) -> usize {
        loop {
            if let Some(until) = self.until {
                let rest = bytes.get(self.at..).unwrap_or_default();
                let Some(end) = memmem::find(rest, until) else {
                    self.at = self.at.max((bytes.len() + 1).saturating_sub(until.len()));
                    return self.needed();
                };
                self.at += end + until.len();
                self.until = None;
            }
            let rest = bytes.get(self.at..).unwrap_or_default();
            let found = memchr::memchr(b'<', rest).unwrap_or(rest.len());
            self.check_stray(rest.get(..found).unwrap_or_default(), errors);
            self.at += found;
            if self.at == bytes.len() {
                return self.needed();
            }
            match tag(bytes, self.at) {
                Tag::More => return self.needed(),
                Tag::Other { end } if self.open.is_some() => self.at = end,
                Tag::Other { end } => match tag_end(bytes, end) {
                    Some(end) => self.at = end,
                    None => return self.needed(),
                },
                Tag::Skips { at, until } => (self.at, self.until) = (at, Some(until)),
                Tag::Empty { end } => {
                    if self.open.is_none() {
                        self.record(self.at, end, spans, errors);
                    }
                    self.at = end;
                }
                Tag::Opens { end, is_root } => self.opens(end, is_root, spans, errors),
                Tag::Closes { end } => {
                    self.at = end;
                    match &mut self.open {
                        Some(open) if open.nested > 0 => open.nested -= 1,
                        Some(open) => {
                            let (start, passed_over) = (open.start, open.passed_over);
                            self.open = None;
                            if !passed_over {
                                self.record(start, end, spans, errors);
                            }
                        }
                        None => {}
                    }
                }
            }
        }
    }

    fn opens(&mut self, end: usize, is_root: bool, spans: &mut Vec<Span>, errors: &mut Errors) {
        let start = self.at;
        self.at = end;
        match &mut self.open {
            Some(open) if !is_root => open.nested += 1,
            Some(open) => {
                let (before, passed_over) = (open.start, open.passed_over);
                if !passed_over {
                    self.record(before, start, spans, errors);
                    let reason = "the event's end is missing; it is cut where the next one begins";
                    errors.add(Some(Place::Record(self.index)), ErrorCode::DamagedRecord, reason);
                }
                self.open = Some(Open { start, nested: 0, passed_over: false });
            }
            None => self.open = Some(Open { start, nested: 0, passed_over: false }),
        }
    }

    fn record(&mut self, start: usize, end: usize, spans: &mut Vec<Span>, errors: &mut Errors) {
        self.index += 1;
        let len = (end - start).min(LARGEST_RECORD);
        if len < end - start {
            let reason = format!("the event is longer than {LARGEST_RECORD} bytes; its rest was passed over");
            errors.add(Some(Place::Record(self.index)), ErrorCode::LongRecord, reason);
        }
        spans.push(Span { start: start as u32, len: len as u32, record: self.index });
    }

    fn check_stray(&mut self, text: &[u8], errors: &mut Errors) {
        let is_stray =
            self.open.is_none() && text.iter().any(|byte| !byte.is_ascii_whitespace() && *byte != 0);
        if is_stray && !self.stray_reported {
            self.stray_reported = true;
            let place = (self.index > 0).then_some(Place::Record(self.index));
            let reason = "there is text outside the <Event> elements; it was passed over";
            errors.add(place, ErrorCode::DamagedPart, reason);
        }
    }

    fn needed(&self) -> usize {
        match self.open {
            Some(open) if !open.passed_over => open.start,
            _ => self.at,
        }
    }

    fn truncated(&mut self, len: usize, spans: &mut Vec<Span>, errors: &mut Errors) {
        if let Some(open) = self.open.take().filter(|open| !open.passed_over) {
            self.record(open.start, len, spans, errors);
            let reason = "the input ends within an event; what is there of it was read";
            errors.add(Some(Place::Record(self.index)), ErrorCode::Truncated, reason);
        }
    }

    /// Moves all places by the bytes that leave the block.
    fn shift(&mut self, by: usize) {
        self.at = self.at.saturating_sub(by);
        if let Some(open) = &mut self.open {
            open.start = open.start.saturating_sub(by);
        }
    }
}

impl Framer for XmlEventFramer {
    fn next(&mut self, input: &mut dyn Read, block: &mut Block, errors: &mut Errors) -> io::Result<bool> {
        let mut len = self.fill.begin(block);
        loop {
            let before = len;
            len = self.fill.more(input, block, len)?;
            let bytes = block.bytes.get(..len).unwrap_or_default();
            let mut needed = self.events(bytes, &mut block.spans, errors);
            if len == before {
                self.truncated(len, &mut block.spans, errors);
                self.fill.end(block, len, len, len);
                return Ok(!block.spans.is_empty());
            }
            if len - needed > LARGEST_RECORD {
                match self.open {
                    Some(open) if !open.passed_over => {
                        self.record(open.start, len, &mut block.spans, errors);
                        self.open = Some(Open { passed_over: true, ..open });
                    }
                    // A tag without end.
                    _ => self.at += 1,
                }
                needed = self.at;
            }
            if !block.spans.is_empty() || needed == len {
                self.shift(needed);
                self.fill.end(block, needed, needed, len);
                if !block.spans.is_empty() {
                    return Ok(true);
                }
                len = self.fill.begin(block);
            }
        }
    }
}

/// Reads the tag at `at`, where a `<` stands.
fn tag(bytes: &[u8], at: usize) -> Tag {
    let rest = bytes.get(at + 1..).unwrap_or_default();
    for (mark, until) in [(&b"!--"[..], &b"-->"[..]), (b"![CDATA[", b"]]>"), (b"?", b"?>")] {
        if rest.starts_with(mark) {
            return Tag::Skips { at: at + 1 + mark.len(), until };
        }
        if mark.starts_with(rest) {
            return Tag::More;
        }
    }
    const LONGEST_NAME: usize = 128;
    let (closes, name) = match rest.strip_prefix(b"/") {
        Some(name) => (true, name),
        None => (false, rest),
    };
    let near = name.get(..LONGEST_NAME).unwrap_or(name);
    let is_end = |byte: &u8| matches!(byte, b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n' | b'<');
    let Some(len) = near.iter().position(is_end) else {
        return if near.len() == LONGEST_NAME { Tag::Other { end: at + 1 } } else { Tag::More };
    };
    let qualified = near.get(..len).unwrap_or_default();
    let local = qualified.rsplit(|byte| *byte == b':').next().unwrap_or_default();
    if local != b"Event" {
        return Tag::Other { end: at + 1 + usize::from(closes) + len };
    }
    let Some(end) = tag_end(bytes, at + 1 + usize::from(closes) + len) else { return Tag::More };
    let whole = bytes.get(at..end).unwrap_or_default();
    match closes {
        true => Tag::Closes { end },
        false if whole.ends_with(b"/>") => Tag::Empty { end },
        false => Tag::Opens { end, is_root: memmem::find(whole, b"xmlns").is_some() },
    }
}

/// Behind the `>` that ends a tag; one within quotes does not. A `<` ends a broken tag.
fn tag_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut quote = None;
    for (offset, byte) in bytes.get(from..)?.iter().enumerate() {
        match (quote, *byte) {
            (None, b'>') => return Some(from + offset + 1),
            (None, b'<') => return Some(from + offset),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}
