//! Windows events as XML, the way Windows renders them (`Get-WinEvent`, `wevtutil`, event forwarding, Splunk).
//!
//! In: records of one `<Event>` each. Out: rows with the columns that all forms of Windows events have. The elements are
//! put on the tape under the paths of evtx_dump's JSON (`Event.System.Provider.#attributes.Name`), so that the names in
//! `tables/windows.tsv` are the only place that knows the columns. What repeats (unnamed `Data`) becomes a list.
//!
//! Schema: <https://learn.microsoft.com/windows/win32/wes/eventschema-schema>.

use model::BatchSet;
use quick_xml::Reader;
use quick_xml::escape::{resolve_xml_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::json::{Entry, Kind, Paths, Rows, Scanned, Tape, message, tools};
use crate::text::record_text;
use crate::{Block, Decoder, ErrorCode, Errors, Options, Place, Span};

/// How deep elements may nest.
const DEEPEST: usize = 128;

/// Decodes event XML.
#[derive(Debug)]
pub struct XmlDecoder {
    paths: Paths,
    tape: Tape,
    rows: Rows,
    shape: usize,
    /// By node: the stamp of the record that had it last, and the entry.
    seen: Vec<(u32, u32)>,
    stamp: u32,
}

impl Default for XmlDecoder {
    /// With times that name no zone in UTC.
    fn default() -> XmlDecoder {
        XmlDecoder::with_options(&Options::default())
    }
}

impl XmlDecoder {
    /// With times that name no zone in the user's.
    pub fn with_options(options: &Options) -> XmlDecoder {
        let (paths, tape, rows) = tools(options);
        let shape = rows.shapes().named("evtx-json");
        XmlDecoder { paths, tape, rows, shape, seen: Vec::new(), stamp: 0 }
    }

    fn record(&mut self, text: &str, span: Span, out: &mut BatchSet, errors: &mut Errors) {
        if self.paths.begin_record() {
            self.rows.forget();
            self.seen.clear();
        }
        self.tape.clear();
        self.stamp = self.stamp.wrapping_add(1);
        let Self { paths, tape, seen, stamp, .. } = self;
        let mut scanner =
            Scanner { text, paths, tape, seen, stamp: *stamp, path: String::new(), open: vec![] };
        match scanner.scan() {
            Ok(()) => {
                let Self { paths, tape, rows, shape, .. } = self;
                rows.write(Scanned { text, tape, paths, shape: *shape, span }, out, errors);
            }
            Err(reason) => {
                let reason =
                    format!("the record is no Windows event: {reason}; it is kept as an event's message");
                errors.add(Some(Place::Record(span.record)), ErrorCode::DamagedRecord, reason);
                message(text, span, out);
            }
        }
        self.tape.shrink();
    }
}

impl Decoder for XmlDecoder {
    fn decode(&mut self, block: &Block, spans: &[Span], out: &mut BatchSet, errors: &mut Errors) {
        let mut scratch = String::new();
        for span in spans {
            let text = record_text(block, *span, &mut scratch, errors);
            self.record(text, *span, out, errors);
        }
    }
}

/// An element whose end has not come yet.
#[derive(Debug)]
struct Open {
    /// How long the path was before it.
    before: usize,
    /// Its text so far: a piece of the record, or copied once there are several pieces.
    start: usize,
    len: usize,
    copied: String,
    children: bool,
    attributes: bool,
}

impl Open {
    fn text<'a>(&'a self, record: &'a str) -> &'a str {
        if !self.copied.is_empty() {
            return &self.copied;
        }
        record.get(self.start..self.start + self.len).unwrap_or_default()
    }

    fn append(&mut self, text: &str, record: &str) {
        if self.copied.is_empty() {
            self.copied.push_str(record.get(self.start..self.start + self.len).unwrap_or_default());
        }
        self.copied.push_str(text);
    }
}

struct Scanner<'a> {
    text: &'a str,
    paths: &'a mut Paths,
    tape: &'a mut Tape,
    seen: &'a mut Vec<(u32, u32)>,
    stamp: u32,
    path: String,
    open: Vec<Open>,
}

const TOO_MANY: &str = "it has more elements than can be columns";

impl Scanner<'_> {
    fn scan(&mut self) -> Result<(), String> {
        let mut reader = Reader::from_str(self.text);
        reader.config_mut().expand_empty_elements = true;
        let mut ended = false;
        loop {
            let event = reader.read_event().map_err(|error| error.to_string())?;
            let position = reader.buffer_position() as usize;
            match event {
                Event::Start(_) if ended => return Err("something follows its end".to_owned()),
                Event::Start(element) => self.start(&element)?,
                Event::End(_) => {
                    self.end()?;
                    ended = self.open.is_empty();
                }
                Event::Text(text) => self.add_text(position - text.len(), text.len()),
                Event::CData(text) => {
                    let from = position.saturating_sub(text.len() + "]]>".len());
                    self.add_text(from, text.len());
                }
                Event::GeneralRef(reference) => self.add_reference(&reference),
                Event::Eof if ended => return Ok(()),
                Event::Eof => return Err("its end is missing".to_owned()),
                _ => {}
            }
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        let local = element.local_name();
        let name = std::str::from_utf8(local.as_ref()).unwrap_or_default();
        if self.open.len() >= DEEPEST {
            return Err("its elements nest deeper than 128".to_owned());
        }
        if self.open.is_empty() && name != "Event" {
            return Err(format!("it begins with <{name}>"));
        }
        if let Some(parent) = self.open.last_mut() {
            parent.children = true;
        }
        let data = name == "Data" && self.path == "Event.EventData";
        let given = if data { attribute(element, "Name") } else { None };
        let before = self.path.len();
        if before > 0 {
            self.path.push('.');
        }
        self.path.push_str(given.as_deref().unwrap_or(name));
        let copied = String::new();
        let mut open = Open { before, start: 0, len: 0, copied, children: false, attributes: false };
        for attribute in element.attributes().with_checks(false).flatten() {
            let key = std::str::from_utf8(attribute.key.as_ref()).unwrap_or_default();
            if key.starts_with("xmlns") || (given.is_some() && key == "Name") {
                continue;
            }
            open.attributes = true;
            let value = String::from_utf8_lossy(&attribute.value);
            let start = self.tape.scratch.len();
            self.tape.scratch.push_str(&unescape(&value).unwrap_or_default());
            let end = self.path.len();
            self.path.push_str(".#attributes.");
            self.path.push_str(key);
            let pushed = self.push(Kind::Scratch, start, self.tape.scratch.len() - start);
            self.path.truncate(end);
            pushed?;
        }
        self.open.push(open);
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        let Some(element) = self.open.pop() else { return Ok(()) };
        let depth = self.open.len();
        let blank = element.text(self.text).trim_ascii().is_empty();
        let in_data = self.path.starts_with("Event.EventData.") || self.path.starts_with("Event.UserData.");
        // An empty container says nothing, an empty datum is an empty text.
        let datum = in_data && !(depth == 2 && self.path.starts_with("Event.UserData."));
        if element.children && !blank {
            self.path.push_str(".#text");
        }
        if !blank || (datum && !element.children && !element.attributes) {
            let copied_to = self.tape.scratch.len();
            self.tape.scratch.push_str(&element.copied);
            match element.copied.len() {
                0 => self.push(Kind::Plain, element.start, element.len)?,
                len => self.push(Kind::Scratch, copied_to, len)?,
            }
        }
        self.path.truncate(element.before);
        Ok(())
    }

    /// A piece of text at that place of the record: borrowed while it is the only one of its element.
    fn add_text(&mut self, start: usize, len: usize) {
        let Some(element) = self.open.last_mut() else { return };
        if element.len == 0 && element.copied.is_empty() {
            (element.start, element.len) = (start, len);
        } else {
            element.append(self.text.get(start..start + len).unwrap_or_default(), self.text);
        }
    }

    fn add_reference(&mut self, reference: &BytesRef<'_>) {
        let Some(element) = self.open.last_mut() else { return };
        let name = std::str::from_utf8(reference).unwrap_or_default();
        match reference.resolve_char_ref() {
            Ok(Some(letter)) => element.append(letter.encode_utf8(&mut [0; 4]), self.text),
            _ => match resolve_xml_entity(name) {
                Some(text) => element.append(text, self.text),
                None => element.append(&format!("&{name};"), self.text),
            },
        }
    }

    /// Puts a value of the current path on the tape.
    fn push(&mut self, kind: Kind, start: usize, len: usize) -> Result<(), String> {
        if self.tape.is_full() {
            return Err(TOO_MANY.to_owned());
        }
        let node = self.paths.intern(&self.path).ok_or(TOO_MANY)?;
        if self.seen.len() <= node as usize {
            self.seen.resize(node as usize + 1, (0, 0));
        }
        let mut spread = false;
        if let Some(seen) = self.seen.get_mut(node as usize) {
            if seen.0 == self.stamp {
                spread = true;
                if let Some(earlier) = self.tape.entries.get_mut(seen.1 as usize) {
                    earlier.spread = true;
                }
            }
            *seen = (self.stamp, self.tape.entries.len() as u32);
        }
        let (start, len) = (start as u32, len as u32);
        self.tape.push(Entry { node, start, len, kind, depth: 0, item: false, spread });
        Ok(())
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.try_get_attribute(name).ok().flatten()?;
    let value = String::from_utf8_lossy(&found.value).into_owned();
    let value = unescape(&value).map(|text| text.into_owned()).unwrap_or(value);
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::{BatchSet, Everything, OwnedValue, Record};

    use super::*;

    fn decode(text: &str) -> (Record, u64, u64) {
        let span = Span { start: 0, len: text.len() as u32, record: 1 };
        let block = Block { bytes: text.as_bytes().to_vec(), spans: vec![span], ..Block::default() };
        let mut out = BatchSet::new(Arc::new(Everything));
        let mut errors = Errors::new("x.xml");
        XmlDecoder::default().decode(&block, &block.spans, &mut out, &mut errors);
        let batch = out.batches().next().unwrap();
        (batch.record(0, &out.interner), batch.rows[0].record, errors.count())
    }

    const SERVICE: &str = r#"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>
        <Provider Name='Service Control Manager' Guid='{555908d1-a6d7-4695-8e1e-26931d2012f4}'/>
        <EventID Qualifiers='16384'>7045</EventID><Version>0</Version><Level>4</Level>
        <TimeCreated SystemTime='2026-05-07T01:02:03.1234567Z'/><EventRecordID>99</EventRecordID><Correlation/>
        <Execution ProcessID='700' ThreadID='712'/><Channel>System</Channel><Computer>fs01.example.jp</Computer>
        <Security UserID='S-1-5-18'/></System><EventData><Data Name='ServiceName'>A &amp; B &#x3042;</Data>
        <Data Name='ImagePath'></Data><Data>one</Data><Data>two</Data><Binary>00FF</Binary></EventData>
        <RenderingInfo Culture='ja-JP'><Message>サービスがインストールされました。</Message></RenderingInfo></Event>"#;

    #[test]
    fn the_parts_of_an_event_become_the_common_columns() {
        let (record, number, errors) = decode(SERVICE);
        assert_eq!((number, errors), (99, 0));
        assert_eq!(record.log_source.to_string(), "windows/-/system");
        assert_eq!(record.time.to_string(), "2026-05-07T01:02:03.123456Z");
        assert_eq!(record.get("EventID"), Some(&OwnedValue::Int(7045)));
        assert_eq!(record.get("ExecutionProcessID"), Some(&OwnedValue::Int(700)));
        assert_eq!(record.get("Qualifiers"), Some(&OwnedValue::Int(16384)));
        let texts = [
            ("Provider_Name", "Service Control Manager"),
            ("Computer", "fs01.example.jp"),
            ("UserID", "S-1-5-18"),
            ("ServiceName", "A & B あ"),
            ("Binary", "00FF"),
            ("Message", "サービスがインストールされました。"),
        ];
        for (name, text) in texts {
            assert_eq!(record.get(name), Some(&OwnedValue::Str(text.to_owned())), "{name}");
        }
        assert_eq!(record.get("ImagePath"), Some(&OwnedValue::Str(String::new())));
        let list = ["one", "two"].map(|text| OwnedValue::Str(text.to_owned())).to_vec();
        assert_eq!(record.get("Data"), Some(&OwnedValue::List(list)));
        assert_eq!(record.get("Correlation"), None);
    }

    #[test]
    fn the_leaves_of_user_data_are_columns_and_leave_the_system_s_alone() {
        let (record, _, errors) = decode(
            "<Event><System><Provider Name='Microsoft-Windows-Eventlog'/><EventID>104</EventID>\
             <Channel>System</Channel></System><UserData><LogFileCleared xmlns='urn:x'>\
             <SubjectUserName>sato</SubjectUserName><Channel>Security</Channel><BackupPath/>\
             </LogFileCleared></UserData></Event>",
        );
        assert_eq!(errors, 0);
        assert_eq!(record.log_source.service, "system");
        assert_eq!(record.text("SubjectUserName").as_deref(), Some("sato"));
        assert_eq!(record.text("Channel").as_deref(), Some("System"));
        assert_eq!(record.text("Data.Channel").as_deref(), Some("Security"));
        assert_eq!(record.get("BackupPath"), Some(&OwnedValue::Str(String::new())));
    }

    #[test]
    fn what_is_no_event_is_a_message_and_reported() {
        for text in ["<Event><System>", "<Events/>", "<Event></Evil>", "no xml", "<Event/><Event/>", ""] {
            let (record, _, errors) = decode(text);
            assert_eq!(record.get("message"), Some(&OwnedValue::Str(text.to_owned())), "{text}");
            assert_eq!(errors, 1, "{text}");
        }
        let deep = "<Event>".repeat(200);
        assert_eq!(decode(&deep).2, 1);
    }
}
