//! From the text of a record to its raw fields.
//!
//! Each function sets what it finds and says whether the text has the form at all. Nothing is lost silently: what does not fit makes the
//! caller try another format, and in the end the record stays a message.

use super::definition::{CellNames, Pairs};
use super::raws::{Names, RawId, Raws, trimmed_end};

/// Splits that are written in Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The records of one event of the Linux audit system.
    Audit,
    /// An entry of the systemd journal; the decoder reads its message as if it had come through syslog.
    Journal,
    /// An event of Sysmon for Linux.
    Sysmon,
    /// A flow as nfdump prints it.
    Nfdump,
    /// A line of a web server's access log.
    AccessLog,
    /// A line of Apache's error log.
    ApacheError,
    /// A line of nginx's error log.
    NginxError,
    /// A transaction in ModSecurity's audit log.
    ModSecurityAudit,
    /// A record of Microsoft's RADIUS server.
    Nps,
    /// Findings of Coraza.
    Coraza,
    /// `key=value` pairs of any program.
    KeyValue,
}

impl Code {
    /// By its name in `split code NAME`.
    pub fn named(name: &str) -> Option<Code> {
        match name {
            "audit" => Some(Code::Audit),
            "journal" => Some(Code::Journal),
            "sysmon" => Some(Code::Sysmon),
            "nfdump" => Some(Code::Nfdump),
            "access-log" => Some(Code::AccessLog),
            "apache-error" => Some(Code::ApacheError),
            "nginx-error" => Some(Code::NginxError),
            "modsecurity-audit" => Some(Code::ModSecurityAudit),
            "nps" => Some(Code::Nps),
            "coraza" => Some(Code::Coraza),
            "key-value" => Some(Code::KeyValue),
            _ => None,
        }
    }

    /// Sets the raw fields; whether the text has the form.
    pub fn split(self, text: &str, record: &Record<'_>, names: &mut Names, raws: &mut Raws) -> bool {
        match self {
            Code::Audit => super::code::audit::split(text, record, names, raws),
            Code::Journal => super::code::journal::Entry::read(text.as_bytes()).is_some(),
            Code::Nfdump => super::code::nfdump::split(text, record, names, raws),
            Code::Sysmon => super::code::sysmon::split(text, record, names, raws),
            Code::AccessLog => super::code::access_log::split(text, record, names, raws),
            Code::ApacheError => super::code::error_log::apache(text, record, names, raws),
            Code::NginxError => super::code::error_log::nginx(text, record, names, raws),
            Code::ModSecurityAudit => super::code::error_log::audit(text, record, names, raws),
            Code::Nps => super::code::nps::split(text, record, names, raws),
            Code::Coraza => super::code::error_log::coraza(text, record, names, raws),
            Code::KeyValue => super::code::key_value::split(text, record, names, raws),
        }
    }
}

/// The record at hand.
pub struct Record<'a> {
    /// Its text.
    pub text: &'a str,
    /// How many names the table has.
    pub of_table: usize,
}

/// Pairs. True where there is at least one.
pub fn pairs(text: &str, form: &Pairs, record: &Record<'_>, names: &mut Names, raws: &mut Raws) -> bool {
    let mut key_buffer = String::new();
    let mut rest = text;
    let mut any = false;
    loop {
        // Whatever ends a pair is passed over: otherwise the next one would begin where it ended.
        let is_between = |byte: u8| byte == form.between || is_blank(byte);
        let start = rest.bytes().position(|byte| !is_between(byte)).unwrap_or(rest.len());
        rest = rest.get(start..).unwrap_or_default();
        if rest.is_empty() {
            return any;
        }
        let Some((key, value, after)) = pair(rest, form) else { return any };
        rest = after;
        let (value, escaped) = match value {
            Some(found) => found,
            None if form.flags => ("", false),
            None => continue,
        };
        if key.is_empty() {
            continue;
        }
        let id = match form.prefix.is_empty() {
            true => names.of_record(key, record.of_table),
            false => {
                key_buffer.clear();
                key_buffer.extend([form.prefix.as_str(), key]);
                names.of_record(&key_buffer, record.of_table)
            }
        };
        let Some(id) = id else { continue };
        any = true;
        match escaped {
            true => raws.set_written(id, |into| unescape(value, into)),
            false => raws.set_piece(id, record.text, value),
        }
    }
}

/// The value of a pair, and whether there are escapes in it.
type PairValue<'a> = Option<(&'a str, bool)>;

/// The first pair of a text: key, value, rest.
#[inline]
fn pair<'a>(text: &'a str, form: &Pairs) -> Option<(&'a str, PairValue<'a>, &'a str)> {
    let bytes = text.as_bytes();
    let end = match form.between {
        b' ' => bytes.iter().position(|byte| *byte == form.equals || is_blank(*byte)),
        between => memchr::memchr2(form.equals, between, bytes),
    };
    let Some(end) = end else { return Some((text.trim_end(), None, "")) };
    let (key, after) = text.split_at_checked(end)?;
    let key = if form.between == b' ' { key } else { key.trim() };
    if after.as_bytes().first() != Some(&form.equals) {
        return Some((key, None, after));
    }
    let after = after.get(1..)?;
    let value = if form.between == b' ' { after } else { after.trim_start_matches(' ') };
    if let Some(inner) = value.strip_prefix('"') {
        let (len, escaped) = quoted(inner.as_bytes());
        let (value, rest) = inner.split_at_checked(len)?;
        return Some((key, Some((value, escaped)), rest.strip_prefix('"').unwrap_or(rest)));
    }
    let end = match form.between {
        b' ' => value.bytes().position(is_blank),
        between => memchr::memchr(between, value.as_bytes()),
    };
    let (value, rest) = value.split_at_checked(end.unwrap_or(value.len()))?;
    Some((key, Some((trimmed_end(value), false)), rest))
}

/// As [`u8::is_ascii_whitespace`]; hardly any byte is asked twice.
#[inline]
fn is_blank(byte: u8) -> bool {
    byte <= b' ' && byte.is_ascii_whitespace()
}

/// How long a quoted text is, and whether there are escapes in it.
fn quoted(text: &[u8]) -> (usize, bool) {
    let (mut from, mut escaped) = (0, false);
    while let Some(found) = memchr::memchr2(b'"', b'\\', text.get(from..).unwrap_or_default()) {
        match text.get(from + found) {
            Some(b'"') => return (from + found, escaped),
            _ => (from, escaped) = (from + found + 2, true),
        }
    }
    (text.len(), escaped)
}

/// `\"` and `\\` are the second character; other backslashes are themselves (paths of Windows).
fn unescape(text: &str, into: &mut String) {
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.peek() {
            Some(next @ ('"' | '\\')) if letter == '\\' => {
                into.push(*next);
                letters.next();
            }
            _ => into.push(letter),
        }
    }
}

/// Cells with names from the table. True where a list of names fits.
pub fn cells(text: &str, delimiter: u8, columns: &[CellNames], record: &Record<'_>, raws: &mut Raws) -> bool {
    // Most lists ask for the same cell.
    let mut asked: Option<(usize, Option<&str>)> = None;
    let mut cell = |number: usize| match asked {
        Some((known, text)) if known == number => text,
        _ => {
            let cell = Cells::new(text, delimiter).nth(number.saturating_sub(1)).map(|cell| cell.text);
            asked = Some((number, cell));
            cell
        }
    };
    let holds = |columns: &&CellNames| {
        columns.when.iter().all(|(number, wanted)| cell(*number) == Some(wanted.as_str()))
    };
    let Some(columns) = columns.iter().find(holds) else { return false };
    let mut count = 0;
    for (cell, name) in Cells::new(text, delimiter).zip(&columns.names) {
        count += 1;
        if let Some(id) = name {
            cell.set(*id, record, raws);
        }
    }
    // A line with hardly any cells is something else.
    count * 2 > columns.names.len().min(8)
}

/// Cells with the names of a header. True where there are as many of both, but for a few at the end.
pub fn named_cells(
    text: &str,
    (delimiter, quotes): (u8, bool),
    columns: &[Option<RawId>],
    record: &Record<'_>,
    raws: &mut Raws,
) -> bool {
    let mut count = 0;
    let mut cells = Cells { quotes, ..Cells::new(text, delimiter) };
    for (cell, name) in cells.by_ref().zip(columns) {
        count += 1;
        if let Some(id) = name {
            cell.set(*id, record, raws);
        }
    }
    count * 2 > columns.len()
}

/// The names in a header line.
pub fn header_names(line: &str, delimiter: u8) -> impl Iterator<Item = &str> {
    Cells::new(line, delimiter).map(|cell| cell.text.trim())
}

/// A cell, without its quotes.
#[derive(Clone, Copy, Debug)]
struct Cell<'a> {
    text: &'a str,
    /// It has doubled quotes.
    doubled: bool,
}

impl Cell<'_> {
    #[inline]
    fn set(&self, id: RawId, record: &Record<'_>, raws: &mut Raws) {
        match self.doubled {
            true => raws.set_copy(id, &self.text.replace("\"\"", "\"")),
            false => raws.set_piece(id, record.text, self.text),
        }
    }
}

/// The cells of a line (RFC 4180; a quote within a cell that has no quotes around it is itself).
struct Cells<'a> {
    rest: Option<&'a str>,
    delimiter: u8,
    quotes: bool,
}

impl<'a> Cells<'a> {
    fn new(text: &'a str, delimiter: u8) -> Cells<'a> {
        Cells { rest: Some(text), delimiter, quotes: true }
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Cell<'a>;

    #[inline]
    fn next(&mut self) -> Option<Cell<'a>> {
        let rest = self.rest?;
        if let Some(inner) = rest.strip_prefix('"').filter(|_| self.quotes) {
            let (mut from, mut doubled) = (0, false);
            while let Some(found) = memchr::memchr(b'"', inner.as_bytes().get(from..).unwrap_or_default()) {
                let end = from + found;
                match inner.as_bytes().get(end + 1) {
                    Some(b'"') => (from, doubled) = (end + 2, true),
                    next if next.is_none_or(|next| *next == self.delimiter) => {
                        self.rest = next.and_then(|_| inner.get(end + 2..));
                        return Some(Cell { text: inner.get(..end)?, doubled });
                    }
                    _ => from = end + 1,
                }
            }
        }
        match memchr::memchr(self.delimiter, rest.as_bytes()) {
            Some(end) => {
                self.rest = rest.get(end + 1..);
                Some(Cell { text: rest.get(..end)?, doubled: false })
            }
            None => {
                self.rest = None;
                Some(Cell { text: rest, doubled: false })
            }
        }
    }
}

/// `CEF:0|vendor|product|version|id|name|severity|extension`. Custom fields have the names of their labels.
pub fn cef(text: &str, record: &Record<'_>, names: &mut Names, raws: &mut Raws) -> bool {
    const HEAD: [&str; 7] = [
        "cef.version",
        "cef.vendor",
        "cef.product",
        "cef.device_version",
        "cef.id",
        "cef.name",
        "cef.severity",
    ];
    let Some(start) = memchr::memmem::find(text.as_bytes(), b"CEF:") else { return false };
    let mut rest = text.get(start + 4..).unwrap_or_default();
    for name in HEAD {
        let Some(end) = unescaped(rest, b'|') else { return false };
        let (value, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if let Some(id) = names.of_record(name, record.of_table) {
            set_without_backslashes(id, value, record, raws);
        }
        rest = after.get(1..).unwrap_or_default();
    }
    let mut labels: Vec<(&str, &str)> = Vec::new();
    let mut found: Vec<(&str, &str)> = Vec::new();
    while let Some((key, value, after)) = cef_pair(rest) {
        match key.strip_suffix("Label") {
            Some(of) => labels.push((of, value)),
            None => found.push((key, value)),
        }
        rest = after;
    }
    for (key, value) in found {
        let label = labels.iter().find(|(of, _)| *of == key).map_or(key, |(_, label)| label.trim());
        if let Some(id) = names.of_record(label, record.of_table) {
            set_without_backslashes(id, value, record, raws);
        }
    }
    true
}

/// `key=value with blanks next=…`: key, value, rest.
fn cef_pair(text: &str) -> Option<(&str, &str, &str)> {
    let (key, value) = text.trim_start().split_once('=')?;
    let bytes = value.as_bytes();
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'=', bytes.get(from..).unwrap_or_default()) {
        let equals = from + found;
        from = equals + 1;
        let before = bytes.get(..equals).unwrap_or_default();
        if before.last() == Some(&b'\\') {
            continue;
        }
        // The word before it is the next key, if there is a blank before that word.
        let word = before.iter().rposition(|byte| *byte == b' ');
        let is_key = |word: usize| {
            let key = before.get(word + 1..).unwrap_or_default();
            !key.is_empty() && key.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.-[]".contains(byte))
        };
        if let Some(word) = word.filter(|word| is_key(*word)) {
            return Some((key, value.get(..word)?.trim_end(), value.get(word + 1..)?));
        }
    }
    Some((key, value.trim_end(), ""))
}

/// Where a byte stands that has no backslash before it.
fn unescaped(text: &str, wanted: u8) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = memchr::memchr2(wanted, b'\\', text.as_bytes().get(from..)?) {
        if text.as_bytes().get(from + found) == Some(&wanted) {
            return Some(from + found);
        }
        from += found + 2;
    }
    None
}

/// `\=`, `\|`, `\\`, `\n` and `\r` are one character.
fn set_without_backslashes(id: RawId, value: &str, record: &Record<'_>, raws: &mut Raws) {
    if !value.contains('\\') {
        return raws.set_piece(id, record.text, value);
    }
    raws.set_written(id, |into| {
        let mut letters = value.chars();
        while let Some(letter) = letters.next() {
            match (letter, letters.as_str().chars().next()) {
                ('\\', Some(next @ ('=' | '|' | '\\'))) => {
                    into.push(next);
                    letters.next();
                }
                ('\\', Some('n' | 'r')) => {
                    into.push('\n');
                    letters.next();
                }
                _ => into.push(letter),
            }
        }
    });
}

/// `LEEF:1.0|vendor|product|version|id|` and pairs with tabs between them; from 2.0 on, the sixth cell names the character between.
pub fn leef(text: &str, record: &Record<'_>, names: &mut Names, raws: &mut Raws) -> bool {
    const HEAD: [&str; 5] = ["leef.version", "leef.vendor", "leef.product", "leef.device_version", "leef.id"];
    let Some(start) = memchr::memmem::find(text.as_bytes(), b"LEEF:") else { return false };
    let mut rest = text.get(start + 5..).unwrap_or_default();
    let is_second = rest.starts_with('2');
    for name in HEAD {
        let Some((value, after)) = rest.split_once('|') else { return false };
        if let Some(id) = names.of_record(name, record.of_table) {
            raws.set_piece(id, record.text, value);
        }
        rest = after;
    }
    let mut between = '\t';
    if is_second && let Some((delimiter, after)) = rest.split_once('|') {
        between = leef_delimiter(delimiter).unwrap_or(between);
        rest = after;
    }
    for pair in rest.split(between) {
        let Some((key, value)) = pair.split_once('=') else { continue };
        if let Some(id) = names.of_record(key.trim(), record.of_table) {
            raws.set_piece(id, record.text, value.trim_end());
        }
    }
    true
}

/// The character itself, or `x09` and the like.
fn leef_delimiter(text: &str) -> Option<char> {
    let code = text.strip_prefix("0x").or_else(|| text.strip_prefix('x'));
    match code.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
        Some(code) => char::from_u32(code),
        None => text.chars().next(),
    }
}
