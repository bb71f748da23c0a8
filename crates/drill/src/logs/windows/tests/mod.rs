//! Every kind of event, written and read back: by this project's reader and by the `evtx` crate.

mod typed;

use std::io::Cursor;

use ::evtx::{EvtxParser, ParserSettings};
use model::Time;

use super::*;
use crate::logs::check::{Lines, Seen};

pub(super) const COMPUTER: &str = "dc01.corp.hinode.example";

pub(super) fn time() -> Time {
    Time::parse("2026-05-07T09:30:00.123456Z").unwrap()
}

/// A value as it is given to an event, and as the readers must show it.
enum Given {
    Text(String),
    Number(u64),
    Hex32(u32),
    Hex64(u64),
    Guid(Guid),
    Sid(Sid),
    Time(Time),
    Bool(bool),
    Texts(Vec<String>),
    Binary(Vec<u8>),
}

/// An event of any kind with values that differ from field to field.
struct Sample {
    kind: &'static Kind,
    values: Vec<Given>,
}

impl Sample {
    fn of(kind: &'static Kind, round: u64) -> Sample {
        let value = |(at, field): (usize, &kinds::Field)| {
            let number = (at as u64 + 1) * 257 + round * 65_537;
            match field.is {
                kinds::Type::Text if round == 1 => Given::Text(String::new()),
                kinds::Type::Text if at % 2 == 1 => Given::Text(format!("東京本社<&>\"𩸽{number}")),
                kinds::Type::Text => Given::Text(format!("text {number}")),
                kinds::Type::U8 => Given::Number(number & 0xFF),
                kinds::Type::U16 => Given::Number(number & 0xFFFF),
                kinds::Type::U32 | kinds::Type::I32 | kinds::Type::U64 => Given::Number(number),
                kinds::Type::Hex32 => Given::Hex32(number as u32),
                kinds::Type::Hex64 | kinds::Type::Pointer => Given::Hex64(number << 20),
                kinds::Type::Guid => Given::Guid(Guid::random(number * 0x1234_5678_9abc, number)),
                kinds::Type::Sid => Given::Sid(Sid::domain([1, 2, 3]).with(number as u32)),
                kinds::Type::Time => Given::Time(Time::from_micros(time().micros() + number as i64)),
                kinds::Type::Bool => Given::Bool(at % 2 == 0),
                kinds::Type::Texts => Given::Texts((0..3).map(|n| format!("文字{n} {number}")).collect()),
                kinds::Type::Binary => Given::Binary(vec![0xAB, at as u8, round as u8]),
            }
        };
        Sample { kind, values: kind.fields.iter().enumerate().map(value).collect() }
    }
}

impl WindowsEvent for Sample {
    fn kind(&self) -> &'static Kind {
        self.kind
    }

    fn values(&self, body: &mut Body<'_>) {
        for (field, value) in self.kind.fields.iter().zip(&self.values) {
            match value {
                Given::Text(text) => body.text(text),
                Given::Number(number) => match field.is {
                    kinds::Type::U16 => body.u16(*number as u16),
                    kinds::Type::U32 => body.u32(*number as u32),
                    kinds::Type::I32 => body.i32(*number as i32),
                    _ => body.u64(*number),
                },
                Given::Hex32(number) => body.hex32(*number),
                Given::Hex64(number) => body.hex64(*number),
                Given::Guid(guid) => body.guid(*guid),
                Given::Sid(sid) => body.sid(sid),
                Given::Time(time) => body.time(*time),
                Given::Bool(is) => body.bool(*is),
                Given::Texts(texts) => body.texts(&texts.iter().map(String::as_str).collect::<Vec<_>>()),
                Given::Binary(bytes) => body.binary(bytes),
            }
        }
    }
}

impl Given {
    /// In lower case and without braces, in which the readers differ.
    fn shown(&self) -> String {
        plain(&match self {
            Given::Text(text) => text.clone(),
            Given::Number(number) => number.to_string(),
            Given::Hex32(number) => format!("0x{number:x}"),
            Given::Hex64(number) => format!("0x{number:x}"),
            Given::Guid(guid) => {
                let mut out = Vec::new();
                guid.text(&mut out, false);
                String::from_utf8(out).unwrap()
            }
            Given::Sid(sid) => sid.to_string(),
            Given::Time(time) => time.to_string(),
            Given::Bool(is) => is.to_string(),
            Given::Texts(texts) => serde_json::to_string(texts).unwrap(),
            Given::Binary(bytes) => bytes.iter().map(|byte| format!("{byte:02X}")).collect(),
        })
    }
}

fn plain(text: &str) -> String {
    text.trim_start_matches('{').trim_end_matches('}').to_lowercase()
}

/// A file of these events, with the record number of each.
pub(super) fn file(events: &[&dyn WindowsEvent]) -> Vec<u8> {
    let mut file = EvtxFile::new(Cursor::new(Vec::new())).unwrap();
    let mut body = Vec::new();
    for (at, event) in events.iter().enumerate() {
        body.clear();
        pack(*event, &mut body).unwrap();
        let record = file.write(&Head::of(*event, COMPUTER, time()), COMPUTER, &body).unwrap();
        assert_eq!(record, at as u64 + 1);
    }
    file.finish().unwrap().into_inner()
}

/// As this project's reader sees them.
pub(super) fn read(bytes: &[u8]) -> Vec<Seen> {
    let mut lines = Lines::default();
    lines.bytes.extend_from_slice(bytes);
    lines.read_any("evtx")
}

/// As the `evtx` crate sees them.
fn dumped(bytes: &[u8]) -> Vec<serde_json::Value> {
    let settings = ParserSettings::new().validate_checksums(true);
    let mut parser = EvtxParser::from_buffer(bytes.to_vec()).unwrap().with_configuration(settings);
    parser.records_json_value().map(|record| record.unwrap().data).collect()
}

fn in_json(event: &serde_json::Value, kind: &Kind, field: &str) -> String {
    let data = match kind.body {
        kinds::Form::User(element, _) => &event["Event"]["UserData"][element][field],
        _ => &event["Event"]["EventData"][field],
    };
    let data = data.get("#text").unwrap_or(data);
    let shown = plain(&data.as_str().map_or_else(|| data.to_string(), str::to_owned));
    // Its times have one more digit, as Windows' have.
    if shown.ends_with("0z") { shown.replace("0z", "z") } else { shown }
}

#[test]
fn every_value_of_every_kind_is_read_as_it_was_written() {
    let samples: Vec<Sample> =
        (0..3).flat_map(|round| kinds::all().iter().map(move |kind| Sample::of(kind, round))).collect();
    let events: Vec<&dyn WindowsEvent> = samples.iter().map(|sample| sample as &dyn WindowsEvent).collect();
    let bytes = file(&events);
    let (read, dumped) = (read(&bytes), dumped(&bytes));
    assert_eq!((read.len(), dumped.len()), (samples.len(), samples.len()));
    for (at, sample) in samples.iter().enumerate() {
        let kind = sample.kind;
        let (seen, json) = (&read[at], &dumped[at]);
        let system = &json["Event"]["System"];
        assert_eq!(seen.text("EventRecordID"), (at + 1).to_string());
        assert_eq!(system["EventRecordID"], at + 1, "{json}");
        assert_eq!(system["Provider"]["#attributes"]["Name"], kind.provider);
        assert_eq!(system["Channel"], kind.channel);
        assert_eq!(seen.time(), time().to_string());
        for (name, value) in [
            ("EventID", kind.event_id.to_string()),
            ("Channel", kind.channel.to_owned()),
            ("Provider_Name", kind.provider.to_owned()),
            ("Computer", COMPUTER.to_owned()),
            ("Version", kind.version.to_string()),
            ("Task", kind.task.to_string()),
            ("Level", kind.level.to_string()),
            ("Opcode", kind.opcode.to_string()),
            ("Keywords", format!("0x{:x}", kind.keywords)),
            ("Qualifiers", kind.qualifiers.map_or("null".into(), |bits| bits.to_string())),
            ("UserID", kind.user.map_or("null".into(), |sid| sid.to_string())),
        ] {
            assert_eq!(seen.text(name), value, "{name} of {}", seen.shown());
        }
        for (field, value) in kind.fields.iter().zip(&sample.values) {
            if (kind.body, field.name) == (kinds::Form::Classic, "Size") {
                continue;
            }
            // The reader gives some fields the names that Sigma uses.
            let ours = match (kind.event_id, field.name) {
                (104, "Channel") => "Data.Channel",
                (4688, "ProcessId") => "ParentProcessId",
                (_, name) => name,
            };
            let shown = value.shown();
            let empty = |read: &str| shown.is_empty() && matches!(read, "null" | "" | "\"\"");
            for read in [plain(&seen.text(ours)), in_json(json, kind, field.name)] {
                assert!(empty(&read) || read == shown, "{} {read} {shown}: {json}", field.name);
            }
        }
    }
}

#[test]
fn winlogbeat_sends_the_same_values() {
    let samples: Vec<Sample> =
        (0..3).flat_map(|round| kinds::all().iter().map(move |kind| Sample::of(kind, round))).collect();
    let mut lines = Lines::default();
    for (at, sample) in samples.iter().enumerate() {
        let mut body = Vec::new();
        pack(sample, &mut body).unwrap();
        lines.add(|out| {
            winlogbeat::line(out, &Head::of(sample, COMPUTER, time()), COMPUTER, at as u64 + 1, &body)
        });
    }
    for line in lines.bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        serde_json::from_slice::<serde_json::Value>(line)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(line)));
    }
    for (at, (seen, sample)) in lines.read("json-lines").iter().zip(&samples).enumerate() {
        let kind = sample.kind;
        assert_eq!((seen.text("EventRecordID"), seen.time()), ((at + 1).to_string(), time().to_string()));
        assert_eq!(
            (seen.text("Channel"), seen.text("EventID")),
            (kind.channel.to_owned(), kind.event_id.to_string())
        );
        for (field, value) in kind.fields.iter().zip(&sample.values) {
            let shown = value.shown();
            let ours = match (kind.event_id, field.name) {
                _ if shown.is_empty() || kind.body == kinds::Form::Classic => continue,
                (104, "Channel") => "Data.Channel",
                (4688, "ProcessId") => "ParentProcessId",
                (_, name) => name,
            };
            assert_eq!(plain(&seen.text(ours)), shown, "{} of {}", field.name, seen.shown());
        }
        if let (kinds::Form::Classic, Some(Given::Texts(texts))) = (kind.body, sample.values.first()) {
            assert_eq!(seen.text("param2"), texts[1], "{}", seen.shown());
        }
    }
}

#[test]
fn a_text_too_long_for_an_event_is_refused() {
    struct Script(usize);
    impl WindowsEvent for Script {
        fn kind(&self) -> &'static Kind {
            kinds::Name::PowerShellScriptBlock.kind()
        }
        fn values(&self, body: &mut Body<'_>) {
            body.i32(1);
            body.i32(1);
            body.text(&"あ".repeat(self.0));
            body.text("");
            body.text("");
        }
    }
    let (mut file, mut body) = (EvtxFile::new(Cursor::new(Vec::new())).unwrap(), Vec::new());
    let mut write = |length: usize| {
        let script = Script(length);
        body.clear();
        pack(&script, &mut body).map_err(EvtxError::from)?;
        file.write(&Head::of(&script, COMPUTER, time()), COMPUTER, &body)
    };
    // Windows itself cuts scripts into parts of this length.
    assert_eq!(write(16_000).unwrap(), 1);
    assert_eq!(write(30_000).unwrap(), 2);
    for too_long in [32_767, 32_768, 100_000] {
        let error = write(too_long).unwrap_err();
        assert!(matches!(error, EvtxError::TooLong(TooLong("PowerShellScriptBlock"))), "{error}");
    }
    assert_eq!(write(1).unwrap(), 3);
    let bytes = file.finish().unwrap().into_inner();
    let lengths: Vec<usize> =
        read(&bytes).iter().map(|seen| seen.text("ScriptBlockText").chars().count()).collect();
    assert_eq!(lengths, [16_000, 30_000, 1]);
}

#[test]
fn records_count_on_from_chunk_to_chunk_and_from_machine_to_machine() {
    let (mut file, mut body) = (EvtxFile::new(Cursor::new(Vec::new())).unwrap(), Vec::new());
    let computers: Vec<String> = (0..40).map(|n| format!("vd{n:04}.corp.hinode.example")).collect();
    let kinds = kinds::all();
    for n in 0..3000u64 {
        let sample = Sample::of(&kinds[(n * n % 97) as usize % kinds.len()], n % 3);
        let computer = &computers[(n * 7 % 40) as usize];
        body.clear();
        pack(&sample, &mut body).unwrap();
        assert_eq!(file.write(&Head::of(&sample, computer, time()), computer, &body).unwrap(), n + 1);
    }
    assert_eq!(file.records(), 3000);
    let bytes = file.finish().unwrap().into_inner();
    assert!((bytes.len() - 0x1000).is_multiple_of(0x1_0000) && bytes.len() > 1 << 20);
    let (read, dumped) = (read(&bytes), dumped(&bytes));
    assert_eq!((read.len(), dumped.len()), (3000, 3000));
    for (n, (seen, json)) in read.iter().zip(&dumped).enumerate() {
        assert_eq!(seen.text("EventRecordID"), (n + 1).to_string());
        assert_eq!(seen.text("Computer"), computers[n * 7 % 40]);
        assert_eq!(json["Event"]["System"]["Computer"], *computers[n * 7 % 40]);
    }
}

#[test]
fn a_file_without_events_is_a_file() {
    let bytes = file(&[]);
    assert!(read(&bytes).is_empty());
    assert!(dumped(&bytes).is_empty());
}

#[test]
fn the_same_events_give_the_same_bytes() {
    let bytes = || {
        let mut bytes = Vec::new();
        typed::each_event(|event| bytes.extend(file(&[event])));
        crc32fast::hash(&bytes)
    };
    assert_eq!(bytes(), bytes());
}
