//! JSON records: one value each, as lines or elements of an array, of any shape.
//!
//! In: records that the framers have cut. Out: rows with a column per path (`a.b.c`), named as `tables/json.tsv` says for
//! the shapes it knows (the forms of Windows events, cloud audit logs, …). A record is read once, to a flat list of its
//! values ([`tape`]); its keys are guessed from the records before ([`paths`]); then its shape is known, and only the
//! values that somebody wants are decoded ([`rows`]). No tree is ever built.
//!
//! Objects make dotted paths, and mark their own path as an object. An array of scalars is a list (of one, too); the
//! objects in an array spread: each path below has the list of their values, or the value itself where there is only
//! one. Nested arrays are one list. A key with dots is the same column as nesting, and wins over it. Of a key that
//! repeats, the last counts. What is no JSON object becomes a `message`.

mod paths;
mod plan;
pub(crate) mod rows;
mod scan;
mod shapes;
mod tape;
mod text;
mod when;

use model::{BatchSet, LogSource, Row, Time};

use crate::text::record_text;
use crate::{Block, Decoder, ErrorCode, Errors, Options, Place, Span};
pub(crate) use paths::Paths;
pub(crate) use rows::{Rows, Scanned};
use scan::Trouble;
pub(crate) use shapes::{Column, Shapes};
pub(crate) use tape::{Entry, Kind, Tape};

/// Decodes records that are JSON values.
#[derive(Debug)]
pub struct JsonDecoder {
    paths: Paths,
    tape: Tape,
    rows: Rows,
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
        JsonDecoder { paths, tape, rows: rows.of_json() }
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
                let shape = Shapes::get().of(&self.tape, text);
                let Self { paths, tape, rows } = self;
                rows.write(Scanned { text, tape, paths, shape, span }, out, errors);
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
    let known = &Shapes::get().paths;
    (Paths::new(known), Tape::new(known.len()), Rows::new(options.zone.clone()))
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
