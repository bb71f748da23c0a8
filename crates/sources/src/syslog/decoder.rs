//! From lines to rows.

use std::net::IpAddr;

use model::{BatchSet, FieldId, Row, Time};

use super::header::{Header, Stamp};
use super::repeated;
use super::structured;
use super::table::{Found, LinuxTable};
use super::years::Years;
use crate::text::{decode_text, report_bad_encoding};
use crate::{Block, Decoder, ErrorCode, Errors, Options, Place, Span};

/// Decodes syslog lines. One decoder reads one input, its blocks in order.
pub struct SyslogDecoder {
    options: Options,
    years: Years,
    found: Found,
    scratch: String,
    structured: structured::Columns,
    /// How many further rows repeated messages may still make in the current block.
    repeats_left: u32,
}

/// The fields of every line, as the batch set of one call knows them.
struct Fields {
    host: FieldId,
    program: FieldId,
    pid: FieldId,
    message: FieldId,
    message_id: FieldId,
    facility: FieldId,
    severity: FieldId,
    src_ip: FieldId,
    src_host: FieldId,
    /// By index in the table.
    of_table: Vec<FieldId>,
    /// The shapes of programs that were met, by index in the table.
    shapes: Vec<Option<usize>>,
}

impl SyslogDecoder {
    /// With the user's zone and year, and the input's reference time.
    pub fn new(options: &Options) -> SyslogDecoder {
        SyslogDecoder {
            options: options.clone(),
            years: Years::new(options),
            found: Found::default(),
            scratch: String::new(),
            structured: structured::Columns::default(),
            repeats_left: 0,
        }
    }

    fn line(&mut self, raw: Raw<'_>, fields: &mut Fields, out: &mut BatchSet, errors: &mut Errors) {
        let header = Header::parse(raw.text, &self.options.zone);
        let Some(header) = header else {
            let row = raw.row(Time::UNKNOWN);
            let shape = out.shape(&model::LogSource::new("linux", &[], "syslog"), 0);
            out.batch_mut(shape).begin(row);
            out.set_str(shape, fields.message, raw.text);
            let reason = "the line has no time that could be read";
            return errors.add(Some(Place::Record(raw.span.record)), ErrorCode::BadTime, reason);
        };
        let time = self.years.time(raw.span.record, header.stamp);
        if time.is_none() && header.stamp != Stamp::None {
            let reason = "the line's time names a day that does not exist";
            errors.add(Some(Place::Record(raw.span.record)), ErrorCode::BadTime, reason);
        }
        let (message, times) = repeated::unfold(header.message);
        let header = Header { message: message.trim_start(), ..header };
        let times = times.min(self.repeats_left + 1);
        self.repeats_left -= times - 1;
        for _ in 0..times {
            self.row(raw.row(time.unwrap_or(Time::UNKNOWN)), &header, fields, out);
        }
    }

    fn row(&mut self, row: Row, header: &Header<'_>, fields: &mut Fields, out: &mut BatchSet) {
        let table = LinuxTable::get();
        let program = header.program.split('(').next().unwrap_or_default();
        let index = table.look_up(program, header.message, &mut self.found);
        let Some(known) = table.programs.get(index) else { return };
        let shape = match fields.shapes.get_mut(index) {
            Some(slot) => *slot.get_or_insert_with(|| out.shape(&known.log_source, index as u64)),
            None => return,
        };
        out.batch_mut(shape).begin(row);
        let (facility, severity) = priority_names(header);
        let texts = [
            (fields.host, header.host),
            (fields.program, header.program),
            (fields.message_id, header.message_id),
            (fields.facility, facility),
            (fields.severity, severity),
            (fields.message, header.message),
        ];
        for (field, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            out.set_str(shape, field, text);
        }
        set_number_or_text(out, shape, fields.pid, header.pid);
        self.structured.set(header.data, shape, out);
        for (field, range) in &self.found.filled {
            let (Some(name), Some(field)) = (table.fields.get(*field), fields.of_table.get(*field)) else {
                continue;
            };
            let value = header.message.get(range.clone()).unwrap_or_default();
            match *name {
                "src" => set_address(out, shape, fields, value),
                "src_port" | "uid" | "gid" => set_number_or_text(out, shape, *field, value),
                _ if value.is_empty() => {}
                "command" => out.set_str(shape, *field, value.trim_start()),
                _ => out.set_str(shape, *field, value),
            }
        }
        for (field, value) in &self.found.constants {
            if let Some(field) = fields.of_table.get(*field) {
                out.set_str(shape, *field, value);
            }
        }
    }
}

impl Decoder for SyslogDecoder {
    fn decode(&mut self, block: &Block, spans: &[Span], out: &mut BatchSet, errors: &mut Errors) {
        /// So that a hostile block of short lines that say `repeated 999 times` cannot fill the memory.
        const MOST_REPEATS: u32 = 100_000;
        self.repeats_left = MOST_REPEATS;
        let mut fields = Fields::of(out);
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
            let (text, lossy) = decode_text(block, block.raw(*span), &mut scratch);
            if lossy {
                report_bad_encoding(span.record, errors);
            }
            self.line(Raw { text, span: *span }, &mut fields, out, errors);
        }
        self.scratch = scratch;
    }
}

/// A line and where it lies.
#[derive(Clone, Copy)]
struct Raw<'a> {
    text: &'a str,
    span: Span,
}

impl Raw<'_> {
    fn row(&self, time: Time) -> Row {
        Row { time, record: self.span.record, start: self.span.start, len: self.span.len }
    }
}

impl Fields {
    fn of(out: &mut BatchSet) -> Fields {
        let mut field = |name: &str| out.interner.field(name);
        Fields {
            host: field("host"),
            program: field("program"),
            pid: field("pid"),
            message: field("message"),
            message_id: field("msgid"),
            facility: field("facility"),
            severity: field("severity"),
            src_ip: field("src_ip"),
            src_host: field("src_host"),
            of_table: LinuxTable::get().fields.iter().map(|name| field(name)).collect(),
            shapes: vec![None; LinuxTable::get().programs.len()],
        }
    }
}

fn set_number_or_text(out: &mut BatchSet, shape: usize, field: FieldId, text: &str) {
    match text.parse() {
        Ok(number) => out.set_int(shape, field, number),
        Err(_) if text.is_empty() => {}
        Err(_) => out.set_str(shape, field, text),
    }
}

/// The client: an address without brackets and IPv6 wrapping of IPv4, else the name that the log gives.
fn set_address(out: &mut BatchSet, shape: usize, fields: &Fields, text: &str) {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let without_zone = bare.split('%').next().unwrap_or(bare);
    match without_zone.parse::<IpAddr>() {
        Ok(address @ IpAddr::V4(_)) => out.set_str(shape, fields.src_ip, &address.to_string()),
        Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(mapped) => out.set_str(shape, fields.src_ip, &mapped.to_string()),
            None => out.set_str(shape, fields.src_ip, bare),
        },
        Err(_) if matches!(bare, "" | "UNKNOWN" | "unknown" | "?" | "(null)") => {}
        Err(_) => out.set_str(shape, fields.src_host, bare),
    }
}

/// Facility and severity as words: RFC 5424, tables 1 and 2, in syslog.conf's short forms.
fn priority_names<'a>(header: &Header<'a>) -> (&'a str, &'a str) {
    const FACILITIES: [&str; 24] = [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
        "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5",
        "local6", "local7",
    ];
    const SEVERITIES: [&str; 8] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];
    match header.priority {
        Some(priority) => {
            let facility = FACILITIES.get(usize::from(priority / 8)).copied().unwrap_or_default();
            (facility, SEVERITIES.get(usize::from(priority % 8)).copied().unwrap_or_default())
        }
        None => header.named_priority.split_once('.').unwrap_or_default(),
    }
}
