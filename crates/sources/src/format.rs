//! The formats, how they are recognised, and which framer and decoder belong to each.
//!
//! In: the first bytes of an input ([`recognise`]; names are never looked at), or the user's word ([`Format::parse`]). Out:
//! the framer and the decoder for it.

use std::io::{self, Read};
use std::sync::Arc;

use encoding_rs::UTF_8;
use jiff::tz::TimeZone;
use model::Time;

use crate::derive::Deriving;
use crate::evtx::{ChunkFramer, EvtxDecoder};
use crate::framers::{
    JsonValueFramer, LineFramer, RecordFramer, Utf16Framer, XmlEventFramer, is_dated, is_wrapper,
};
use crate::json::JsonDecoder;
use crate::steps::Stepping;
use crate::table::{FormatId, Formats, LogDecoder, Mostly, Records, guesses};
use crate::text::Charset;
use crate::windows::xml::XmlDecoder;
use crate::{Block, Decoder, Errors, Framer, syslog};

/// What the user said about the inputs.
#[derive(Clone, Debug)]
pub struct Options {
    /// The zone of log times that name none.
    pub zone: TimeZone,
    /// The year of the last line of syslog inputs that name none; `None` to infer it from `reference`.
    pub year: Option<i16>,
    /// When the input was last written, where that is known; stands for today where it is not. No record of an input
    /// without years is later than a day after it.
    pub reference: Option<Time>,
    /// The table formats: the built-in ones, and the user's.
    pub formats: Arc<Formats>,
}

impl Default for Options {
    fn default() -> Options {
        Options { zone: TimeZone::UTC, year: None, reference: None, formats: Formats::builtin() }
    }
}

/// A format of inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Windows event log files.
    Evtx,
    /// JSON lines, one value a line.
    JsonLines,
    /// A JSON array, or JSON values one after another, over any number of lines.
    Json,
    /// Windows event XML: `<Event>` elements, alone, in `<Events>`, or one a line.
    WindowsXml,
    /// Syslog, RFC 3164 or RFC 5424, with or without the priority.
    Syslog,
    /// The same without the time: `host program[pid]: message`.
    TimelessSyslog,
    /// Lines of text that no decoder knows.
    Lines,
    /// The same, where lines that do not begin with a time belong to the one before.
    DatedLines,
    /// A format that a table describes.
    Table(FormatId),
}

impl Format {
    /// The formats that are no tables, by their names in `--as FORMAT=GLOB`.
    pub const NAMES: [(&'static str, Format); 8] = [
        ("evtx", Format::Evtx),
        ("json-lines", Format::JsonLines),
        ("json", Format::Json),
        ("windows-xml", Format::WindowsXml),
        ("syslog", Format::Syslog),
        ("timeless-syslog", Format::TimelessSyslog),
        ("lines", Format::Lines),
        ("dated-lines", Format::DatedLines),
    ];

    /// The format of that name.
    pub fn parse(name: &str, formats: &Formats) -> Option<Format> {
        let own = Format::NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format);
        own.or_else(|| {
            let id = formats.named(name)?;
            Some(if formats.get(id).is_json() { Format::Json } else { Format::Table(id) })
        })
    }

    /// The format's name.
    pub fn name(self, formats: &Formats) -> &str {
        match self {
            Format::Table(id) => &formats.get(id).name,
            _ => Format::NAMES.iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name),
        }
    }
}

/// What an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// Its format.
    pub format: Format,
    /// How its text is encoded; without meaning for binary formats.
    pub charset: Charset,
}

impl Recognised {
    /// What the user says it is, in the encoding that its first bytes are in.
    pub fn forced(format: Format, head: &[u8]) -> Recognised {
        Recognised { format, charset: Charset::of(head).unwrap_or(Charset::Utf8) }
    }
}

/// How many of an input's first bytes are looked at.
pub const HEAD_BYTES: usize = 64 << 10;

/// What an input is that begins with `head` (up to [`HEAD_BYTES`] of it); `None` where it is no log in any known form.
pub fn recognise(head: &[u8], options: &Options) -> Option<Recognised> {
    if is_evtx(head) {
        return Some(Recognised { format: Format::Evtx, charset: Charset::Utf8 });
    }
    if known_other(head).is_some() {
        return None;
    }
    // A log that was emptied while its writer had it open begins with a hole.
    let hole = head.iter().take_while(|byte| **byte == 0).count();
    let head = if hole >= 16 { head.get(hole..)? } else { head };
    if head.is_empty() {
        return None;
    }
    let charset = Charset::of(head)?;
    let encoding = match charset {
        Charset::Utf16(encoding) => encoding,
        // What tells formats apart is ASCII.
        Charset::Utf8 | Charset::Legacy(_) => UTF_8,
    };
    let text = encoding.decode_with_bom_removal(head).0;
    Some(Recognised { format: text_format(&text, &options.formats), charset })
}

/// Why [`recognise`] knows nothing of an input, for the error report.
pub fn unknown_reason(head: &[u8]) -> String {
    match known_other(head) {
        Some(what) => format!("this is {what}, which is not read; convert or unpack it first"),
        None => {
            "this is not a log in any known form; give the form with --as FORMAT=GLOB if it is one".into()
        }
    }
}

/// The framer for an input.
pub fn framer(recognised: Recognised, options: &Options) -> Box<dyn Framer + Send> {
    let inner: Box<dyn Framer + Send> = match recognised.format {
        Format::Evtx => Box::new(ChunkFramer::new()),
        Format::Json => Box::new(JsonValueFramer::new()),
        Format::WindowsXml => Box::new(XmlEventFramer::new()),
        Format::JsonLines | Format::Syslog | Format::TimelessSyslog | Format::Lines => {
            Box::new(LineFramer::new())
        }
        Format::DatedLines => Box::new(RecordFramer::new(Records::Dated)),
        Format::Table(id) => match &options.formats.get(id).records {
            Records::Lines => Box::new(LineFramer::new()),
            records => Box::new(RecordFramer::new(records.clone())),
        },
    };
    let charset = if recognised.format == Format::Evtx { Charset::Utf8 } else { recognised.charset };
    let inner = match charset {
        Charset::Utf16(encoding) => Box::new(Utf16Framer::new(encoding, inner)),
        Charset::Utf8 | Charset::Legacy(_) => inner,
    };
    Box::new(EncodedFramer { charset, inner })
}

/// The decoder for the records of an input. One decoder reads one input.
pub fn decoder(format: Format, options: &Options) -> Box<dyn Decoder + Send> {
    let lines = |mostly| Box::new(Stepping::new(LogDecoder::new(mostly, options)));
    let decoder: Box<dyn Decoder + Send> = match format {
        Format::Evtx => Box::new(EvtxDecoder::new()),
        Format::JsonLines | Format::Json => Box::new(JsonDecoder::with_options(options)),
        Format::WindowsXml => Box::new(XmlDecoder::with_options(options)),
        Format::Syslog => lines(Mostly::Syslog),
        Format::TimelessSyslog => lines(Mostly::Timeless),
        Format::Lines | Format::DatedLines => lines(Mostly::Lines),
        Format::Table(id) => lines(Mostly::Format(id)),
    };
    Box::new(Deriving::new(decoder))
}

/// Tells the decoder, through the blocks (which served other inputs before), how the input is encoded.
struct EncodedFramer {
    charset: Charset,
    inner: Box<dyn Framer + Send>,
}

impl Framer for EncodedFramer {
    fn next(&mut self, input: &mut dyn Read, block: &mut Block, errors: &mut Errors) -> io::Result<bool> {
        (block.legacy, block.utf16) = match self.charset {
            Charset::Utf8 => (None, None),
            Charset::Utf16(encoding) => (None, Some(encoding)),
            Charset::Legacy(encoding) => (Some(encoding), None),
        };
        self.inner.next(input, block, errors)
    }
}

/// EVTX files begin with a file header; of damaged and carved ones, chunks are left.
fn is_evtx(head: &[u8]) -> bool {
    const CHUNK: &[u8] = b"ElfChnk\0";
    let at_4096 = head.get(4096..).unwrap_or_default();
    head.starts_with(b"ElfFile\0") || head.starts_with(CHUNK) || at_4096.starts_with(CHUNK)
}

/// Well-known files that are no logs, or archives that are not unpacked.
fn known_other(head: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 19] = [
        (b"%PDF-", "a PDF document"),
        (b"\x89PNG", "a picture"),
        (b"GIF8", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"MZ", "a Windows program"),
        (b"\x7fELF", "a program"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"regf", "a registry hive"),
        (b"PAR1", "a Parquet file"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (b"Rar!\x1a", "a RAR archive"),
        (b"MSCF", "a cabinet archive"),
        (b"\x1f\x9d", "a file packed with compress"),
        (b"\xd4\xc3\xb2\xa1", "a packet capture"),
        (b"\xa1\xb2\xc3\xd4", "a packet capture"),
        (b"\x0a\x0d\x0d\x0a", "a packet capture"),
        (b"LPKSHHRH", "a systemd journal"),
        (b"\xd0\xcf\x11\xe0", "an old Office document"),
        (b"{\\rtf", "a text document"),
    ];
    let found = KNOWN.iter().find(|(magic, _)| head.starts_with(magic))?;
    // `MZ` is also how a line of text may begin.
    (found.0.len() > 2 || head.iter().take(512).any(|byte| *byte == 0)).then_some(found.1)
}

fn text_format(text: &str, formats: &Formats) -> Format {
    let start = text.trim_start();
    match start.as_bytes() {
        [b'{' | b'[', ..] if let Some(format) = json_format(start) => return format,
        [b'<', next, ..] if !next.is_ascii_digit() && has_windows_event(start) => return Format::WindowsXml,
        _ => {}
    }
    // A table that half of the records have; syslog is what has many formats within.
    let guess = guesses(formats, text).into_iter().next();
    match guess {
        Some(guess) if guess.confidence >= 0.5 && !formats.get(guess.format).weak => {
            Format::Table(guess.format)
        }
        _ if is_syslog(text) => Format::Syslog,
        Some(guess) => Format::Table(guess.format),
        None if is_timeless_syslog(text) => Format::TimelessSyslog,
        None if has_continued_lines(text) => Format::DatedLines,
        None => Format::Lines,
    }
}

/// Whether lines begin with a time, but for some that go on with what the line before says (stack traces).
fn has_continued_lines(text: &str) -> bool {
    const LINES: usize = 200;
    let lines = text.lines().filter(|line| !line.is_empty()).take(LINES);
    let (mut all, mut dated, mut first) = (0, 0, false);
    for line in lines {
        let is_dated = is_dated(line.as_bytes());
        first |= all == 0 && is_dated;
        all += 1;
        dated += usize::from(is_dated);
    }
    first && dated >= 2 && dated < all
}

fn json_format(text: &str) -> Option<Format> {
    let rest = text.get(1..)?.trim_start();
    if text.starts_with('[') {
        return (rest.starts_with('{') || rest.starts_with(']')).then_some(Format::Json);
    }
    if !(rest.starts_with('"') || rest.starts_with('}')) {
        return None;
    }
    if is_wrapper(text.as_bytes()) {
        return Some(Format::Json);
    }
    // A first line that is one object, or cut by the end of what was read: one value a line.
    let first = text.lines().next()?;
    let mut values = serde_json::Deserializer::from_str(first).into_iter::<serde::de::IgnoredAny>();
    let is_one = match (values.next()?, values.next()) {
        (Ok(_), next) => next.is_none(),
        (Err(error), _) => error.is_eof() && !text.contains('\n'),
    };
    Some(if is_one { Format::JsonLines } else { Format::Json })
}

/// An `<Event>` or `<Events>` element, with any prefix, near the beginning.
fn has_windows_event(text: &str) -> bool {
    let opens = |tag: &str| {
        let name = tag.split(['>', ' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
        matches!(name.rsplit(':').next(), Some("Event" | "Events"))
    };
    let first = text.split('<').skip(1).find(|tag| !tag.starts_with(['?', '!']));
    // Microsoft's RADIUS server has `<Event>` elements of its own.
    let is_radius = text.starts_with("<Event><Timestamp ");
    !is_radius && (first.is_some_and(opens) || text.contains("<Event xmlns="))
}

/// Whether most of the first lines have a syslog header.
fn is_syslog(text: &str) -> bool {
    share_of_lines(text, syslog::has_header) > 0.5
}

/// Whether nearly all of the first lines have one that lacks the time.
fn is_timeless_syslog(text: &str) -> bool {
    share_of_lines(text, |line| syslog::Header::timeless(line).is_some()) > 0.9
}

fn share_of_lines(text: &str, is_one: impl Fn(&str) -> bool) -> f64 {
    const LINES: usize = 40;
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let (mut all, mut found) = (0u32, 0u32);
    for line in lines.take(LINES) {
        all += 1;
        found += u32::from(is_one(line));
    }
    f64::from(found) / f64::from(all.max(1))
}
