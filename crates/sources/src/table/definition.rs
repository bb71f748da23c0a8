//! A format as its file says.

use model::short;

use super::columns::Type;
use super::messages::Messages;
use super::raws::{Names, RawId};
use crate::times::Form;

/// The raw field that is the text of the record itself.
pub const TEXT: RawId = 0;

/// A format.
#[derive(Debug)]
pub struct Definition {
    /// Its name in `--as NAME=GLOB`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// One sentence for the documentation: versions, settings that matter, where the form is described.
    pub about: String,
    /// How a record becomes raw fields.
    pub split: Split,
    /// How a stream becomes records.
    pub records: Records,
    /// By which texts it is recognised; any of them.
    pub signs: Vec<Sign>,
    /// It is a shape that many products have: any other format comes before it, and a file is of it only where most records have a time.
    pub weak: bool,
    /// In syslog: whose messages it is.
    pub programs: Vec<String>,
    /// In syslog: the record begins with the tag, not behind it.
    pub from_tag: bool,
    /// A line with a syslog header is never a record as a whole.
    pub never_bare: bool,
    /// In syslog: the structured data of the header are raw fields.
    pub from_data: bool,
    /// What a message may end with that says nothing.
    pub suffixes: Vec<String>,
    /// Where the time stands, in order of preference.
    pub times: Vec<TimeRule>,
    /// Where the host stands.
    pub host: Option<RawId>,
    /// Values that mean nothing.
    pub empty: Vec<String>,
    /// Whether raw fields that no line names become columns of their own names.
    pub keeps_others: bool,
    /// Value maps.
    pub maps: Vec<(String, ValueMap)>,
    /// What holds for every record.
    pub body: Body,
    /// What holds for records of a kind; the first that fits.
    pub kinds: Vec<Kind>,
    /// The raw fields that the file names.
    pub names: Names,
    /// Formats whose messages are tried behind its own.
    pub uses: Vec<String>,
    /// What only JSON formats say.
    pub json: Json,
    /// The whole file.
    pub source: String,
}

/// What only JSON formats say. Raw fields are paths there, in which `?` is any one key and a `*` at the end any further path.
#[derive(Clone, Debug, Default)]
pub struct Json {
    /// What a record has; any of them.
    pub signs: Vec<Vec<Condition>>,
    /// Formats of a higher rank are tried first.
    pub rank: i32,
    /// It is the user's own, which are tried before all others.
    pub is_users: bool,
    /// All lines of these formats hold, with that before every path.
    pub like: Vec<(String, String)>,
    /// Records of the format may lie at these paths in records that say nothing else.
    pub behind: Vec<String>,
    /// What may stand before the name of an attribute: the names of Windows events hold.
    pub attributes: Vec<String>,
    /// Keys that some write with other capitals.
    pub spelled: Vec<String>,
    /// Paths whose values tell apart events with different fields; of several lists, the first that a record has.
    pub apart: Vec<Vec<RawId>>,
    /// Where the host stands, in order of preference.
    pub hosts: Vec<RawId>,
    /// Where a record of another format stands.
    pub inner: Option<Inner>,
}

/// A record of another format within a JSON record.
#[derive(Clone, Debug, Default)]
pub struct Inner {
    /// Where it stands.
    pub text: RawId,
    /// What a syslog header would say, by the header's part (`program`, `host`, `pid`), in order of preference.
    pub header: Vec<(String, RawId)>,
}

/// How a record becomes raw fields.
#[derive(Debug)]
pub enum Split {
    /// It stays a message.
    None,
    /// One of the patterns matches the whole of it.
    Line(Messages),
    /// `key=value` pairs.
    Pairs(Pairs),
    /// Cells, with fixed names.
    Cells {
        /// Between cells.
        delimiter: u8,
        /// The names; the first list whose conditions hold.
        columns: Vec<CellNames>,
    },
    /// Cells, with the names that the stream itself gives.
    Header {
        /// Between cells; `None` for that of the header line (comma, tab, semicolon, bar).
        delimiter: Option<u8>,
        /// Cells may stand in quotes; where they never do, a quote is a part of the value.
        quotes: bool,
    },
    /// ArcSight's Common Event Format.
    Cef,
    /// QRadar's Log Event Extended Format.
    Leef,
    /// JSON, which has a decoder of its own.
    Json,
    /// Written in Rust, by that name.
    Code(super::split::Code),
}

/// Names of cells.
#[derive(Debug)]
pub struct CellNames {
    /// Cell (from 1) and the text that it must be.
    pub when: Vec<(usize, String)>,
    /// The cells' raw fields; `None` for those that nobody needs.
    pub names: Vec<Option<RawId>>,
}

/// How pairs are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs {
    /// Between key and value.
    pub equals: u8,
    /// Between pairs; blanks where it is one.
    pub between: u8,
    /// Words without a value are raw fields with an empty value (`SYN`, `DF`).
    pub flags: bool,
    /// Put before every key.
    pub prefix: String,
}

/// How a stream becomes records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Records {
    /// One a line.
    Lines,
    /// Cells in quotes may go over several lines.
    Quoted,
    /// Lines that begin with a blank or a tab belong to the line before.
    Indented,
    /// Lines that do not begin with a digit or a bracket and a digit (a time) belong to the record before.
    Dated,
    /// A record begins with one of these texts.
    From(Vec<String>),
    /// A record ends with a line that has one of these texts.
    Until(Vec<String>),
    /// Records have empty lines between them.
    Blank,
    /// The same, but values with line breaks have their length before them (the systemd journal's export form).
    Export,
    /// Lines of one audit event (`msg=audit(…:N)`) are one record.
    Audit,
    /// The first line, or the line that begins with that text, names the cells.
    Header(Option<String>),
    /// The line that begins with that text names the cells; what stands before it is no record. Where there is no such line, all are.
    Below(String),
}

/// Texts that a record must have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sign {
    /// It begins with it.
    pub start: String,
    /// They stand anywhere in it.
    pub inside: Vec<String>,
}

impl Definition {
    /// Whether a syslog header before a record must be taken off first: pairs and cells would take it for the beginning of the first one.
    pub fn needs_header_off(&self) -> bool {
        let is_open = matches!(self.split, Split::Pairs(_) | Split::Cells { .. } | Split::Cef | Split::Leef);
        self.never_bare || (is_open && self.records == Records::Lines)
    }

    /// Whether its records are JSON, which has a decoder of its own.
    pub fn is_json(&self) -> bool {
        matches!(self.split, Split::Json)
    }
}

impl Sign {
    /// Whether a record has it.
    pub fn fits(&self, text: &str) -> bool {
        short::begins(text.as_bytes(), self.start.as_bytes())
            && self
                .inside
                .iter()
                .all(|inside| memchr::memmem::find(text.as_bytes(), inside.as_bytes()).is_some())
    }

    /// How much it says.
    pub fn weight(&self) -> usize {
        self.start.len() * 2 + self.inside.iter().map(String::len).sum::<usize>()
    }
}

/// Where a time stands.
#[derive(Debug)]
pub struct TimeRule {
    /// Raw fields, put together with a blank.
    pub raws: Vec<RawId>,
    /// How it is written, where that must be said.
    pub form: Option<Form>,
    /// A time that names no zone is UTC, whatever the user's zone is.
    pub utc: bool,
}

/// From texts to texts.
#[derive(Clone, Debug, Default)]
pub struct ValueMap {
    /// From, to.
    pub pairs: Vec<(String, String)>,
    /// What a value may begin with, to; asked where no pair has the value.
    pub starts: Vec<(String, String)>,
    /// For what is not there; `None` to keep it.
    pub other: Option<String>,
}

/// What a format, or a kind of its records, says of columns.
#[derive(Debug, Default)]
pub struct Body {
    /// `product=`, `category=`, `service=`; `None` where nothing is said.
    pub product: Option<Template>,
    /// Several with commas.
    pub category: Option<Template>,
    /// The service.
    pub service: Option<Template>,
    /// Raw fields to columns.
    pub fields: Vec<FieldLine>,
    /// Columns with values that are the same in all records.
    pub sets: Vec<(String, String)>,
    /// Patterns for raw fields.
    pub messages: Vec<(RawId, Messages)>,
    /// Raw fields that hold pairs.
    pub pairs: Vec<(RawId, Pairs)>,
    /// Columns put together from raw fields.
    pub joins: Vec<(String, Template)>,
    /// Counts whose direction the addresses tell.
    pub flows: Vec<Flow>,
}

/// Counts of what went from one address to another, and back.
#[derive(Clone, Debug)]
pub struct Flow {
    /// The count from `source` to `target`, and back.
    pub counts: [RawId; 2],
    /// The address that began, and the other.
    pub ends: [RawId; 2],
    /// The raw fields for what came into the company, and for what left it.
    pub directed: [RawId; 2],
}

/// A raw field that becomes a column.
#[derive(Clone, Debug)]
pub struct FieldLine {
    /// From.
    pub raw: RawId,
    /// To; empty for no column.
    pub column: String,
    /// Its type, where it is not the column's own.
    pub kind: Option<Type>,
    /// The raw field keeps what else it would be.
    pub also: bool,
    /// In JSON: it wins over the column's other raw fields.
    pub strong: bool,
}

/// A kind of record.
#[derive(Debug, Default)]
pub struct Kind {
    /// What must hold, all of it.
    pub conditions: Vec<Condition>,
    /// What then holds.
    pub body: Body,
}

/// A question to a raw field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The raw field.
    pub raw: RawId,
    /// The answer that is wanted is no.
    pub negated: bool,
    /// Any of these; empty: that it is there.
    pub values: Vec<Wanted>,
}

/// A text that a raw field may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// It is the text.
    Is(String),
    /// It begins with it.
    Starts(String),
    /// It ends with it.
    Ends(String),
    /// It has it somewhere.
    Has(String),
}

impl Wanted {
    /// Whether a value is what is wanted.
    pub fn fits(&self, value: &str) -> bool {
        match self {
            Wanted::Is(text) => short::same(value.as_bytes(), text.as_bytes()),
            Wanted::Starts(text) => short::begins(value.as_bytes(), text.as_bytes()),
            Wanted::Ends(text) => short::ends(value.as_bytes(), text.as_bytes()),
            Wanted::Has(text) => value.contains(text.as_str()),
        }
    }
}

/// Text with raw fields in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// The pieces, in order.
    pub parts: Vec<Part>,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Itself.
    Text(String),
    /// The value of a raw field.
    Raw(RawId),
}

impl Template {
    /// The raw fields in it.
    pub fn raws(&self) -> impl Iterator<Item = RawId> {
        self.parts.iter().filter_map(|part| match part {
            Part::Raw(raw) => Some(*raw),
            Part::Text(_) => None,
        })
    }

    /// The text, with what `value` gives for each raw field. It ends before the text that stands before the first raw field
    /// without a value; nothing at all where that is the first.
    pub fn fill<'a>(&self, value: &dyn Fn(RawId) -> Option<&'a str>, into: &mut String) -> bool {
        let (mut pending, mut any) = ("", false);
        for part in &self.parts {
            match part {
                Part::Text(text) => pending = text,
                Part::Raw(raw) => {
                    let Some(value) = value(*raw) else { return any };
                    into.push_str(std::mem::take(&mut pending));
                    into.push_str(value);
                    any = true;
                }
            }
        }
        into.push_str(pending);
        any || self.raws().next().is_none()
    }
}
