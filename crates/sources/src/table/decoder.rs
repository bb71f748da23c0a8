//! Lines of any table format, alone, within syslog, or mixed.
//!
//! Each record is tried in the format that the input was recognised as; then, by its program or its signs, in all others; then as
//! plain syslog; then it is a message. So a file in which several programs write is decoded record by record, and nothing is lost.

use std::sync::Arc;

use jiff::tz::TimeZone;
use model::{BatchSet, LogSource, Row, Time, short};

use super::code::journal::Entry;
use super::definition::Split;
use super::engine::{Clock, Engine, Outcome, Place as RecordPlace};
use super::envelope::Envelope;
use super::formats::{FormatId, Formats};
use super::heads::HeaderColumns;
use super::raws::trimmed;
use super::split::Code;
use crate::json::{Inner, JsonDecoder};
use crate::syslog::years::Years;
use crate::syslog::{Header, has_header, repeated, structured};
use crate::text::{block_text, leading_time, record_text};
use crate::times::Stamp;
use crate::{Block, Decoder, ErrorCode, Errors, Options, Place, Span};

/// What the records of an input mostly are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mostly {
    /// A table format.
    Format(FormatId),
    /// Syslog, in which each program has its own.
    Syslog,
    /// The same, with heads that lack the time.
    Timeless,
    /// Nothing known.
    Lines,
}

/// Decodes lines. One decoder reads one input, its blocks in order.
pub struct LogDecoder {
    formats: Arc<Formats>,
    options: Options,
    mostly: Mostly,
    engines: Vec<Option<Box<Engine>>>,
    years: Years,
    structured: structured::Columns,
    head: HeaderColumns,
    candidates: Vec<(usize, FormatId)>,
    last_program: (String, Option<FormatId>),
    scratch: String,
    /// For records that are JSON within a line.
    json: Option<Box<JsonDecoder>>,
    /// How many records this one's lie in.
    depth: u8,
    /// How many further rows repeated messages may still make in the current block.
    repeats_left: u32,
}

/// A record and what belongs to it.
#[derive(Clone, Copy)]
struct Raw<'a> {
    text: &'a str,
    span: Span,
    header: Option<&'a Arc<str>>,
}

impl LogDecoder {
    /// For an input that is mostly that.
    pub fn new(mostly: Mostly, options: &Options) -> LogDecoder {
        LogDecoder {
            formats: Arc::clone(&options.formats),
            mostly,
            engines: Vec::new(),
            years: Years::new(options),
            structured: structured::Columns::default(),
            head: HeaderColumns::default(),
            candidates: Vec::new(),
            last_program: (String::new(), None),
            scratch: String::new(),
            json: None,
            depth: 0,
            repeats_left: 0,
            options: options.clone(),
        }
    }

    /// The same for what stands in that many records of other formats.
    pub(crate) fn within(depth: u8, options: &Options) -> LogDecoder {
        LogDecoder { depth, ..LogDecoder::new(Mostly::Lines, options) }
    }

    /// The row of a line that stands within another record; `header` is what that says of it. Returns its batch; `None`, and no row,
    /// where nothing knows the line.
    pub(crate) fn inner(
        &mut self,
        header: &Header<'_>,
        time: Option<Time>,
        span: Span,
        out: &mut BatchSet,
        errors: &mut Errors,
    ) -> Option<usize> {
        let text = header.message;
        if let Some(text) = json_in(text)
            && let (host, program) = (header.host, header.program)
            && let Some(shape) = self.json(&Inner { text, span, time, host, program }, out, errors)
        {
            return Some(shape);
        }
        // What was read from a file with a header of its own: that knows better.
        if has_header(text)
            && let Some(own) = Header::parse(text, &self.options.zone)
            && own.message.len() < text.len()
        {
            let or = |own, outer| if str::is_empty(own) { outer } else { own };
            let own_time = match own.stamp {
                Stamp::Full(time) => Some(time),
                stamp => time.or_else(|| self.years.nearest(stamp)),
            };
            let message = own.message.trim_start();
            let (host, program, pid) = (or(own.host, header.host), own.program, own.pid);
            let header = Header { host, program, pid, message, ..own };
            return self.inner(&header, own_time, span, out, errors);
        }
        let raw = Raw { text, span, header: None };
        let envelope = Envelope { header: Some(header), time };
        let id = if header.program.is_empty() {
            let mut candidates = std::mem::take(&mut self.candidates);
            self.formats.by_content(text, &mut candidates);
            let id = candidates
                .iter()
                .find(|(_, id)| self.enveloped(*id, raw, &envelope, out).is_some())
                .map(|(_, id)| *id);
            self.candidates = candidates;
            id?
        } else {
            self.message(raw, &envelope, out)?.0
        };
        let shape = self.engine(id).shape()?;
        self.head.write(header, shape, out);
        Some(shape)
    }

    fn json(&mut self, inner: &Inner<'_>, out: &mut BatchSet, errors: &mut Errors) -> Option<usize> {
        if self.depth >= DEEPEST {
            return None;
        }
        let (depth, options) = (self.depth + 1, &self.options);
        let decoder = self.json.get_or_insert_with(|| Box::new(JsonDecoder::within(depth, options)));
        decoder.inner(inner, out, errors)
    }

    fn line(&mut self, raw: Raw<'_>, out: &mut BatchSet, errors: &mut Errors) {
        if let Some((time, message)) = of_container(raw.text, &self.options.zone) {
            let header = Header { message, ..Header::EMPTY };
            if self.inner(&header, Some(time), raw.span, out, errors).is_some() {
                return;
            }
        }
        if let Some(text) = json_in(raw.text)
            && self.json(&Inner::only(text, raw.span), out, errors).is_some()
        {
            return;
        }
        let bare = match self.mostly {
            // A format that any text has leaves to syslog what has come through it.
            Mostly::Format(id) if self.takes_all(id) && has_header(raw.text) => None,
            Mostly::Format(id) => self.bare(id, raw, out),
            Mostly::Syslog | Mostly::Timeless => None,
            Mostly::Lines => self.by_content(raw, out),
        };
        let outcome = bare.or_else(|| self.syslog(raw, out, errors));
        let outcome = outcome.or_else(|| match self.mostly {
            Mostly::Lines => None,
            _ => self.by_content(raw, out),
        });
        match outcome {
            Some(outcome) if outcome.bad_time => {
                report_time(raw.span, "the record's time could not be read", errors);
            }
            Some(_) => {}
            None => {
                let timed = self.plain(raw, out);
                if !timed && self.mostly == Mostly::Syslog {
                    report_time(raw.span, "the line has no time that could be read", errors);
                }
            }
        }
    }

    fn takes_all(&self, id: FormatId) -> bool {
        matches!(self.formats.get(id).split, Split::None)
    }

    fn bare(&mut self, id: FormatId, raw: Raw<'_>, out: &mut BatchSet) -> Option<Outcome> {
        self.record(id, raw.text, raw, &Envelope::NONE, out)
    }

    fn by_content(&mut self, raw: Raw<'_>, out: &mut BatchSet) -> Option<Outcome> {
        let mut candidates = std::mem::take(&mut self.candidates);
        self.formats.by_content(raw.text, &mut candidates);
        let outcome = candidates.iter().find_map(|(_, id)| self.bare(*id, raw, out));
        self.candidates = candidates;
        outcome
    }

    /// A line with a syslog header, in its program's format.
    fn syslog(&mut self, raw: Raw<'_>, out: &mut BatchSet, errors: &mut Errors) -> Option<Outcome> {
        let header = Header::parse(raw.text, &self.options.zone);
        if let Some(header) = header.is_none().then(|| self.timeless(raw.text)).flatten() {
            report_time(raw.span, "the line has no time", errors);
            return self.headed(raw, &header, None, (out, errors));
        }
        let header = header?;
        let time = self.years.time(raw.span.record, header.stamp);
        if time.is_none() && header.stamp != Stamp::None && self.mostly == Mostly::Syslog {
            report_time(raw.span, "the line's time names a day that does not exist", errors);
        }
        if self.mostly != Mostly::Syslog && !header.is_sure(raw.text) {
            return None;
        }
        self.headed(raw, &header, time, (out, errors))
    }

    /// The head of a line without a time, where the input's first lines had none.
    fn timeless<'a>(&self, line: &'a str) -> Option<Header<'a>> {
        if self.mostly == Mostly::Timeless { Header::timeless(line) } else { None }
    }

    /// A message and its head, in its program's format.
    fn headed(
        &mut self,
        raw: Raw<'_>,
        header: &Header<'_>,
        time: Option<Time>,
        (out, errors): (&mut BatchSet, &mut Errors),
    ) -> Option<Outcome> {
        let (message, times) = repeated::unfold(header.message);
        let header = Header { message: message.trim_start(), ..*header };
        let text = if header.program.starts_with('{') { from_tag(raw.text, &header) } else { header.message };
        if let Some(text) = json_in(text) {
            let program = if header.program.starts_with('{') { "" } else { header.program };
            let inner = Inner { text, span: raw.span, time, host: header.host, program };
            if let Some(shape) = self.json(&inner, out, errors) {
                let timed = out.batch_mut(shape).rows.last().is_some_and(|row| row.time != Time::UNKNOWN);
                return Some(Outcome { timed, bad_time: false, understood: true });
            }
        }
        let envelope = Envelope { header: Some(&header), time };
        let times = times.min(self.repeats_left + 1);
        self.repeats_left -= times - 1;
        let mut outcome = None;
        for _ in 0..times {
            let (id, found) = self.message(raw, &envelope, out)?;
            if let Some(shape) = self.engine(id).shape() {
                self.head.write(&header, shape, out);
                if !self.formats.get(id).from_data {
                    self.structured.set(header.data, shape, out);
                }
            }
            outcome = Some(found);
        }
        outcome
    }

    fn is_journal(&self) -> bool {
        match self.mostly {
            Mostly::Format(id) => matches!(self.formats.get(id).split, Split::Code(Code::Journal)),
            _ => false,
        }
    }

    /// An entry of the journal, as the syslog message that it stands for; whether it is one.
    fn journal(&mut self, bytes: &[u8], raw: Raw<'_>, (out, errors): (&mut BatchSet, &mut Errors)) -> bool {
        let Some(entry) = Entry::read(bytes) else { return false };
        let Some(header) = entry.header() else { return false };
        let time = self.years.time(raw.span.record, header.stamp);
        self.headed(raw, &header, time, (out, errors)).is_some()
    }

    /// The row of a message: in its program's format, else by its signs, else in that of any program.
    fn message(
        &mut self,
        raw: Raw<'_>,
        envelope: &Envelope<'_>,
        out: &mut BatchSet,
    ) -> Option<(FormatId, Outcome)> {
        let header = envelope.header?;
        let program = before_parenthesis(header.program);
        let own = self.of_program(program);
        // Programs of several products may have one name: where its format has signs and the message has none, others come first.
        let is_sure = own.is_some_and(|id| self.formats.allow(id, header.message));
        if is_sure
            && let Some(id) = own
            && let Some(outcome) = self.enveloped(id, raw, envelope, out)
        {
            return Some((id, outcome));
        }
        let mut candidates = std::mem::take(&mut self.candidates);
        self.formats.by_content(header.message, &mut candidates);
        if candidates.is_empty() && header.message.len() < raw.text.len() {
            // What looked like a tag may belong to the message.
            self.formats.by_content(from_tag(raw.text, header), &mut candidates);
        }
        let mut found = None;
        for (_, id) in candidates.iter().filter(|(_, id)| own != Some(*id)) {
            found = self.enveloped(*id, raw, envelope, out).map(|outcome| (*id, outcome));
            if found.is_some() {
                break;
            }
        }
        self.candidates = candidates;
        if found.is_none() && !is_sure {
            found = own.and_then(|id| Some((id, self.enveloped(id, raw, envelope, out)?)));
        }
        found.or_else(|| {
            let any = self.formats.named(ANY_PROGRAM)?;
            Some((any, self.enveloped(any, raw, envelope, out)?))
        })
    }

    /// The format of a program. Lines of one program come together.
    fn of_program(&mut self, program: &str) -> Option<FormatId> {
        if !short::same(self.last_program.0.as_bytes(), program.as_bytes()) {
            self.last_program.0.clear();
            self.last_program.0.push_str(program);
            self.last_program.1 = self.formats.of_program(program);
        }
        self.last_program.1
    }

    fn enveloped(
        &mut self,
        id: FormatId,
        raw: Raw<'_>,
        envelope: &Envelope<'_>,
        out: &mut BatchSet,
    ) -> Option<Outcome> {
        let header = envelope.header?;
        let first = match self.formats.get(id).from_tag {
            true => from_tag(raw.text, header),
            false => header.message,
        };
        self.record(id, first, raw, envelope, out)
    }

    fn record(
        &mut self,
        id: FormatId,
        text: &str,
        raw: Raw<'_>,
        envelope: &Envelope<'_>,
        out: &mut BatchSet,
    ) -> Option<Outcome> {
        self.engine(id);
        let Self { engines, years, options, .. } = self;
        let engine = engines.get_mut(usize::from(id.0))?.as_mut()?;
        let Span { start, len, record } = raw.span;
        let place = RecordPlace { row: Row { time: Time::UNKNOWN, record, start, len }, header: raw.header };
        let resolve = |stamp| years.time(record, stamp).or_else(|| years.nearest(stamp));
        let clock = Clock { zone: &options.zone, resolve: &resolve };
        engine.record(text, envelope, &place, &clock, out)
    }

    #[expect(clippy::indexing_slicing, reason = "the list is made as long as the ids need just before")]
    fn engine(&mut self, id: FormatId) -> &mut Engine {
        let index = usize::from(id.0);
        if self.engines.len() <= index {
            self.engines.resize_with(index + 1, || None);
        }
        let definition = self.formats.get(id);
        self.engines[index].get_or_insert_with(|| Box::new(Engine::new(definition, index as u64 + 1)))
    }

    /// A row with nothing but the text; whether it has a time.
    fn plain(&mut self, raw: Raw<'_>, out: &mut BatchSet) -> bool {
        let log_source = match self.mostly {
            Mostly::Syslog | Mostly::Timeless => LogSource::new("linux", &[], "syslog"),
            _ => LogSource::default(),
        };
        let shape = out.shape(&log_source, 0);
        let message = out.interner.field("message");
        let time = leading_time(raw.text, &self.options.zone).and_then(|stamp| self.years.nearest(stamp));
        let Span { start, len, record } = raw.span;
        out.batch_mut(shape).begin(Row { time: time.unwrap_or(Time::UNKNOWN), record, start, len });
        out.set_str(shape, message, raw.text);
        time.is_some()
    }
}

/// How many records may lie in each other.
const DEEPEST: u8 = 2;

/// A line that Kubernetes' container runtime has written (`TIME stdout F MESSAGE`): its time and message.
fn of_container<'a>(line: &'a str, zone: &TimeZone) -> Option<(Time, &'a str)> {
    let end = memchr::memchr(b' ', line.as_bytes())
        .filter(|_| line.starts_with(|first: char| first.is_ascii_digit()))?;
    let (time, rest) = (line.get(..end)?, line.get(end + 1..)?);
    let rest = rest.strip_prefix("stdout ").or_else(|| rest.strip_prefix("stderr "))?;
    let message = rest.strip_prefix("F ").or_else(|| rest.strip_prefix("P "))?;
    match leading_time(time, zone)? {
        Stamp::Full(time) => Some((time, message)),
        _ => None,
    }
}

/// The JSON object that a message is, perhaps behind Common Event Expression's mark.
fn json_in(message: &str) -> Option<&str> {
    let text = trimmed(message);
    let text = text.strip_prefix("@cee:").map_or(text, str::trim_start);
    (text.starts_with('{') && text.ends_with('}')).then_some(text)
}

impl std::fmt::Debug for LogDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogDecoder").field("mostly", &self.mostly).finish_non_exhaustive()
    }
}

/// `sshd` of `sshd(pam_unix)`.
fn before_parenthesis(program: &str) -> &str {
    let end = program.bytes().position(|byte| byte == b'(').unwrap_or(program.len());
    program.get(..end).unwrap_or(program)
}

/// The format of programs that have none of their own.
const ANY_PROGRAM: &str = "syslog";

fn from_tag<'a>(line: &'a str, header: &Header<'a>) -> &'a str {
    let first = if header.program.is_empty() { header.message } else { header.program };
    let start = (first.as_ptr() as usize).wrapping_sub(line.as_ptr() as usize);
    // `[tag] message`: the bracket is the tag's.
    let bracket = start.checked_sub(1).filter(|at| line.as_bytes().get(*at) == Some(&b'['));
    line.get(bracket.unwrap_or(start)..).unwrap_or(header.message)
}

/// `May  7` of `<134>May  7 01:02:03 …`.
fn day_of(raw: &[u8]) -> &[u8] {
    let priority =
        if raw.first() == Some(&b'<') { raw.iter().take(5).position(|byte| *byte == b'>') } else { None };
    let rest = raw.get(priority.map_or(0, |end| end + 1)..).unwrap_or_default();
    rest.get(..6).unwrap_or(rest)
}

fn report_time(span: Span, reason: &str, errors: &mut Errors) {
    errors.add(Some(Place::Record(span.record)), ErrorCode::BadTime, reason);
}

impl Decoder for LogDecoder {
    fn decode(&mut self, block: &Block, spans: &[Span], out: &mut BatchSet, errors: &mut Errors) {
        /// So that a hostile block of short lines that say `repeated 999 times` cannot fill the memory.
        const MOST_REPEATS: u32 = 100_000;
        /// For fewer records of a block it is not worth while to look at all of it.
        const MANY: usize = 64;
        self.repeats_left = MOST_REPEATS;
        self.head.begin(out);
        let zone = &self.options.zone;
        // Only what tells the year is read ahead, once for lines that begin with the same day; a line in another encoding is
        // ASCII up to there.
        let mut before: &[u8] = &[];
        let mut stamps = spans.iter().filter_map(|span| {
            let raw = block.raw(*span);
            let start = day_of(raw);
            if short::same(start, before) {
                return None;
            }
            before = start;
            let head = raw.get(..64).unwrap_or(raw);
            let text = std::str::from_utf8(head).ok().or_else(|| Some(head.utf8_chunks().next()?.valid()))?;
            Some((span.record, Header::stamp(text, zone)))
        });
        self.years.begin_block(&mut stamps);
        let mut scratch = std::mem::take(&mut self.scratch);
        let is_journal = self.is_journal();
        let whole = if spans.len() >= MANY { block_text(block) } else { None };
        for span in spans {
            let of_block = whole.and_then(|whole| whole.get(span.start as usize..)?.get(..span.len as usize));
            let text = match of_block {
                Some(text) => text,
                None => record_text(block, *span, &mut scratch, errors),
            };
            let above = block.headers.partition_point(|(from, _)| *from < span.record);
            let header = above.checked_sub(1).and_then(|at| block.headers.get(at)).map(|(_, text)| text);
            let raw = Raw { text, span: *span, header };
            if !is_journal || !self.journal(block.raw(*span), raw, (out, errors)) {
                self.line(raw, out, errors);
            }
        }
        self.scratch = scratch;
    }
}
