//! JSON records: one value each, as lines or elements of an array, of any shape.
//!
//! In: records that the framers have cut. Out: rows with a column per path (`a.b.c`), named as the JSON formats say for
//! the shapes it knows (the forms of Windows events, cloud audit logs, …). A record is read once, to a flat list of its
//! values ([`tape`]); its keys are guessed from the records before ([`paths`]); then its shape is known, and only the
//! values that somebody wants are decoded ([`rows`]). No tree is ever built.
//!
//! Objects make dotted paths, and mark their own path as an object. An array of scalars is a list (of one, too); the
//! objects in an array spread: each path below has the list of their values, or the value itself where there is only
//! one. Nested arrays are one list. A key with dots is the same column as nesting, and wins over it. Of a key that
//! repeats, the last counts. What is no JSON object becomes a `message`.

mod build;
mod named;
mod paths;
mod plan;
pub(crate) mod rows;
mod scan;
mod shapes;
mod tape;
mod text;
mod when;

use std::sync::Arc;

use model::{BatchSet, LogSource, Row, Time, ValueId};

use crate::syslog::Header;
use crate::table::LogDecoder;
use crate::text::record_text;
use crate::{Block, Decoder, ErrorCode, Errors, Options, Place, Span};
pub(crate) use build::shapes as shapes_of;
pub(crate) use paths::Paths;
pub(crate) use rows::{Rows, Scanned};
use scan::Trouble;
use shapes::Seen;
pub(crate) use shapes::{Column, Shapes};
pub(crate) use tape::{Entry, Kind, Tape};

/// Decodes records that are JSON values.
#[derive(Debug)]
pub struct JsonDecoder {
    paths: Paths,
    tape: Tape,
    rows: Rows,
    seen: Seen,
    options: Options,
    /// How many records this one's lie in.
    depth: u8,
    /// For records of other formats within.
    lines: Option<Box<LogDecoder>>,
    inner_text: String,
}

/// A record within another, and what that says of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inner<'a> {
    /// The record.
    pub text: &'a str,
    /// The outer record.
    pub span: Span,
    /// Its time, where it gives none itself.
    pub time: Option<Time>,
    /// Its host, likewise.
    pub host: &'a str,
    /// Its program, likewise.
    pub program: &'a str,
}

impl<'a> Inner<'a> {
    /// A record of which the outer one says nothing.
    pub(crate) fn only(text: &'a str, span: Span) -> Inner<'a> {
        Inner { text, span, time: None, host: "", program: "" }
    }
}

impl Default for JsonDecoder {
    fn default() -> JsonDecoder {
        JsonDecoder::new()
    }
}

impl JsonDecoder {
    /// With times that name no zone in UTC.
    pub fn new() -> JsonDecoder {
        JsonDecoder::with_options(&Options::default())
    }

    /// With times that name no zone in the user's.
    pub fn with_options(options: &Options) -> JsonDecoder {
        let (paths, tape, rows) = tools(options);
        JsonDecoder {
            paths,
            tape,
            rows: rows.of_json(),
            seen: Seen::default(),
            options: options.clone(),
            depth: 0,
            lines: None,
            inner_text: String::new(),
        }
    }

    /// The same for what stands in that many records of other formats.
    pub(crate) fn within(depth: u8, options: &Options) -> JsonDecoder {
        JsonDecoder { depth, ..JsonDecoder::with_options(options) }
    }

    /// The row of a record that stands within another. Returns its batch; `None`, and no row, where it is no JSON object.
    pub(crate) fn inner(
        &mut self,
        inner: &Inner<'_>,
        out: &mut BatchSet,
        errors: &mut Errors,
    ) -> Option<usize> {
        if self.paths.begin_record() {
            self.rows.forget();
        }
        self.tape.clear();
        scan::scan(inner.text, &mut self.paths, &mut self.tape).ok()?;
        let batch = self.row(inner.text, inner.span, out, errors)?;
        self.tape.shrink();
        if let (Some(row), Some(time)) = (out.batch_mut(batch).rows.last_mut(), inner.time)
            && row.time == Time::UNKNOWN
        {
            row.time = time;
        }
        set_missing("host", inner.host, batch, out);
        set_missing("program", inner.program, batch, out);
        Some(batch)
    }

    /// The row of the record on the tape, or of the record of another format within it.
    fn row(&mut self, text: &str, span: Span, out: &mut BatchSet, errors: &mut Errors) -> Option<usize> {
        let Self { paths, tape, rows, seen, .. } = self;
        let shape = rows.shapes().of(tape, text, seen);
        let record = Scanned { text, tape, paths, shape, span };
        if rows.shapes().shape(shape).inner.is_some() && self.depth < DEEPEST {
            return self.row_of_inner(text, shape, span, out, errors);
        }
        rows.write(record, out, errors)
    }

    #[cold]
    fn row_of_inner(
        &mut self,
        text: &str,
        shape: usize,
        span: Span,
        out: &mut BatchSet,
        errors: &mut Errors,
    ) -> Option<usize> {
        let Self { paths, tape, rows, options, depth, lines, inner_text, .. } = self;
        let record = Scanned { text, tape, paths, shape, span };
        let time = rows.time(&record);
        let inner = rows.shapes().shape(shape).inner.clone().unwrap_or_default();
        let value = |nodes: &[tape::NodeId]| shapes::first(nodes, tape, text);
        let part = |nodes: &[tape::NodeId]| {
            let found = value(nodes).map(|(raw, _)| text::unescaped(raw)).unwrap_or_default();
            found.trim().to_owned()
        };
        inner_text.clear();
        if let Some((raw, Kind::Plain | Kind::Escaped)) = value(&[inner.text]) {
            text::unescape(raw, inner_text);
        }
        let message = inner_text.trim();
        let (program, host, pid) = (part(&inner.program), part(&inner.host), part(&inner.pid));
        let header = Header { program: &program, host: &host, pid: &pid, message, ..Header::EMPTY };
        let lines = lines.get_or_insert_with(|| Box::new(LogDecoder::within(*depth + 1, options)));
        let batch = match message.is_empty() {
            true => None,
            false => lines.inner(&header, (time != Time::UNKNOWN).then_some(time), span, out, errors),
        };
        let Some(batch) = batch else { return rows.write(record, out, errors) };
        for (node, column) in &inner.keep {
            set_missing(column, &part(&[*node]), batch, out);
        }
        Some(batch)
    }

    fn record(&mut self, text: &str, span: Span, out: &mut BatchSet, errors: &mut Errors) {
        if self.paths.begin_record() {
            self.rows.forget();
        }
        self.tape.clear();
        match scan::scan(text, &mut self.paths, &mut self.tape) {
            Ok(too_deep) => {
                if too_deep {
                    let reason = "objects or arrays nest deeper than 128; what lies deeper is kept as text";
                    errors.add(Some(Place::Record(span.record)), ErrorCode::DamagedRecord, reason);
                }
                self.row(text, span, out, errors);
            }
            Err(Trouble::NoObject) => message(&text::unquoted(text), span, out),
            Err(trouble) => {
                report(&trouble, span, errors);
                message(text, span, out);
            }
        }
        self.tape.shrink();
    }
}

impl Decoder for JsonDecoder {
    fn decode(&mut self, block: &Block, spans: &[Span], out: &mut BatchSet, errors: &mut Errors) {
        let mut scratch = String::new();
        for span in spans {
            let text = record_text(block, *span, &mut scratch, errors);
            self.record(text, *span, out, errors);
        }
    }
}

/// What a decoder works with whose records are values at paths.
pub(crate) fn tools(options: &Options) -> (Paths, Tape, Rows) {
    let shapes = Arc::clone(options.formats.shapes());
    let known = &shapes.paths;
    (Paths::new(known), Tape::new(known.len()), Rows::new(Arc::clone(&shapes), options.zone.clone()))
}

/// How many records may lie in each other.
const DEEPEST: u8 = 2;

/// Sets a column of the row written last that has no value.
fn set_missing(column: &str, text: &str, batch: usize, out: &mut BatchSet) {
    if text.is_empty() {
        return;
    }
    let field = out.interner.field(column);
    if let Some(slot) = out.slot(batch, field)
        && out.batch_mut(batch).last(slot) == ValueId::MISSING
    {
        out.set_str(batch, field, text);
    }
}

/// A row that is only text.
pub(crate) fn message(text: &str, span: Span, out: &mut BatchSet) {
    let shape = out.shape(&LogSource::default(), 0);
    let field = out.interner.field("message");
    let Span { start, len, record } = span;
    out.batch_mut(shape).begin(Row { time: Time::UNKNOWN, record, start, len });
    out.set_str(shape, field, text);
}

fn report(trouble: &Trouble, span: Span, errors: &mut Errors) {
    let reason = match trouble {
        Trouble::TooMany => "the record has more values or different keys than can be columns".to_owned(),
        Trouble::Syntax(at) => format!("the record is no valid JSON, from about byte {at} on"),
        Trouble::NoObject => return,
    };
    let reason = format!("{reason}; it is kept as the text of an event's message");
    errors.add(Some(Place::Record(span.record)), ErrorCode::DamagedRecord, reason);
}
