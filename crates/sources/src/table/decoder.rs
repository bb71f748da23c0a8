//! Lines of any table format, alone, within syslog, or mixed.
//!
//! Each record is tried in the format that the input was recognised as; then, by its program or its signs, in all others; then as
//! plain syslog; then it is a message. So a file in which several programs write is decoded record by record, and nothing is lost.

use std::sync::Arc;

use model::{BatchSet, FieldId, LogSource, Row, Time};

use super::engine::{Clock, Engine, Outcome, Place as RecordPlace};
use super::envelope::{Envelope, priority_names};
use super::formats::{FormatId, Formats};
use crate::syslog::years::Years;
use crate::syslog::{Header, has_header, repeated, structured};
use crate::text::{leading_time, record_text};
use crate::times::Stamp;
use crate::{Block, Decoder, ErrorCode, Errors, Options, Place, Span};

/// What the records of an input mostly are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mostly {
    /// A table format.
    Format(FormatId),
    /// Syslog, in which each program has its own.
    Syslog,
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
    candidates: Vec<FormatId>,
    scratch: String,
    /// How many further rows repeated messages may still make in the current block.
    repeats_left: u32,
}

/// The columns of a syslog header.
struct HeaderFields {
    program: FieldId,
    pid: FieldId,
    message_id: FieldId,
    facility: FieldId,
    severity: FieldId,
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
            candidates: Vec::new(),
            scratch: String::new(),
            repeats_left: 0,
            options: options.clone(),
        }
    }

    fn line(&mut self, raw: Raw<'_>, fields: &HeaderFields, out: &mut BatchSet, errors: &mut Errors) {
        let bare = match self.mostly {
            Mostly::Format(id) => self.bare(&[id], raw, out),
            Mostly::Syslog => None,
            Mostly::Lines => self.by_content(raw, out),
        };
        let outcome = bare.or_else(|| self.syslog(raw, fields, out, errors));
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

    fn bare(&mut self, ids: &[FormatId], raw: Raw<'_>, out: &mut BatchSet) -> Option<Outcome> {
        ids.iter().find_map(|id| self.record(*id, raw.text, raw, &Envelope::NONE, out))
    }

    fn by_content(&mut self, raw: Raw<'_>, out: &mut BatchSet) -> Option<Outcome> {
        let mut candidates = std::mem::take(&mut self.candidates);
        self.formats.by_content(raw.text, &mut candidates);
        let outcome = self.bare(&candidates, raw, out);
        self.candidates = candidates;
        outcome
    }

    /// A line with a syslog header, in its program's format.
    fn syslog(
        &mut self,
        raw: Raw<'_>,
        fields: &HeaderFields,
        out: &mut BatchSet,
        errors: &mut Errors,
    ) -> Option<Outcome> {
        let header = Header::parse(raw.text, &self.options.zone)?;
        let time = self.years.time(raw.span.record, header.stamp);
        if time.is_none() && header.stamp != Stamp::None && self.mostly == Mostly::Syslog {
            report_time(raw.span, "the line's time names a day that does not exist", errors);
        }
        if self.mostly != Mostly::Syslog && !has_header(raw.text) {
            return None;
        }
        let (message, times) = repeated::unfold(header.message);
        let header = Header { message: message.trim_start(), ..header };
        let envelope = Envelope { header: Some(&header), time };
        let times = times.min(self.repeats_left + 1);
        self.repeats_left -= times - 1;
        let mut outcome = None;
        for _ in 0..times {
            let (id, found) = self.message(raw, &envelope, out)?;
            if let Some(shape) = self.engine(id).shape() {
                self.write_header(&header, shape, fields, out);
            }
            outcome = Some(found);
        }
        outcome
    }

    /// The row of a message: in its program's format, else by its signs, else in that of any program.
    fn message(
        &mut self,
        raw: Raw<'_>,
        envelope: &Envelope<'_>,
        out: &mut BatchSet,
    ) -> Option<(FormatId, Outcome)> {
        let header = envelope.header?;
        let program = header.program.split('(').next().unwrap_or_default();
        let own = self.formats.of_program(program);
        if let Some(id) = own
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
        for id in candidates.iter().filter(|id| own != Some(**id)) {
            found = self.enveloped(*id, raw, envelope, out).map(|outcome| (*id, outcome));
            if found.is_some() {
                break;
            }
        }
        self.candidates = candidates;
        found.or_else(|| {
            let any = self.formats.named(ANY_PROGRAM)?;
            Some((any, self.enveloped(any, raw, envelope, out)?))
        })
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
        let place =
            RecordPlace { row: Row { time: Time::UNKNOWN, record, start, len }, header: raw.header };
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

    fn write_header(
        &mut self,
        header: &Header<'_>,
        shape: usize,
        fields: &HeaderFields,
        out: &mut BatchSet,
    ) {
        let (facility, severity) = priority_names(header);
        let texts = [
            (fields.program, header.program),
            (fields.message_id, header.message_id),
            (fields.facility, facility),
            (fields.severity, severity),
        ];
        for (field, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            out.set_str(shape, field, text);
        }
        match header.pid.parse() {
            Ok(number) => out.set_int(shape, fields.pid, number),
            Err(_) if header.pid.is_empty() => {}
            Err(_) => out.set_str(shape, fields.pid, header.pid),
        }
        self.structured.set(header.data, shape, out);
    }

    /// A row with nothing but the text; whether it has a time.
    fn plain(&mut self, raw: Raw<'_>, out: &mut BatchSet) -> bool {
        let log_source = match self.mostly {
            Mostly::Syslog => LogSource::new("linux", &[], "syslog"),
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

/// The format of programs that have none of their own.
const ANY_PROGRAM: &str = "syslog";

fn from_tag<'a>(line: &'a str, header: &Header<'a>) -> &'a str {
    let first = if header.program.is_empty() { header.message } else { header.program };
    let start = (first.as_ptr() as usize).wrapping_sub(line.as_ptr() as usize);
    line.get(start..).unwrap_or(header.message)
}

fn report_time(span: Span, reason: &str, errors: &mut Errors) {
    errors.add(Some(Place::Record(span.record)), ErrorCode::BadTime, reason);
}

impl Decoder for LogDecoder {
    fn decode(&mut self, block: &Block, spans: &[Span], out: &mut BatchSet, errors: &mut Errors) {
        /// So that a hostile block of short lines that say `repeated 999 times` cannot fill the memory.
        const MOST_REPEATS: u32 = 100_000;
        self.repeats_left = MOST_REPEATS;
        let mut field = |name: &str| out.interner.field(name);
        let fields = HeaderFields {
            program: field("program"),
            pid: field("pid"),
            message_id: field("msgid"),
            facility: field("facility"),
            severity: field("severity"),
        };
        let zone = &self.options.zone;
        // Only what tells the year is read ahead; a line in another encoding is ASCII up to there.
        let mut stamps = spans.iter().filter_map(|span| {
            let raw = block.raw(*span);
            let head = raw.get(..64).unwrap_or(raw);
            let text = head.utf8_chunks().next()?.valid();
            Some((span.record, Header::stamp(text, zone)))
        });
        self.years.begin_block(&mut stamps);
        let mut scratch = std::mem::take(&mut self.scratch);
        for span in spans {
            let text = record_text(block, *span, &mut scratch, errors);
            let above = block.headers.partition_point(|(from, _)| *from < span.record);
            let header = above.checked_sub(1).and_then(|at| block.headers.get(at)).map(|(_, text)| text);
            self.line(Raw { text, span: *span, header }, &fields, out, errors);
        }
        self.scratch = scratch;
    }
}
