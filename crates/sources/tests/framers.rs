//! Cutting streams into records, whole ones and damaged ones, with any size of read.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use std::io::{self, Read};

use encoding_rs::{SHIFT_JIS, UTF_16BE, UTF_16LE};
use sources::framers::{JsonValueFramer, LineFramer, Utf16Framer, XmlEventFramer};
use sources::{Block, ErrorCode, Errors, Framer};

/// Gives at most `step` bytes a read, and cycles a pattern up to `total` bytes.
struct Cycle {
    pattern: Vec<u8>,
    at: usize,
    total: usize,
    step: usize,
}

impl Read for Cycle {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = out.len().min(self.step).min(self.total - self.at);
        for (offset, byte) in out.iter_mut().take(count).enumerate() {
            *byte = self.pattern[(self.at + offset) % self.pattern.len()];
        }
        self.at += count;
        Ok(count)
    }
}

fn once(bytes: &[u8], step: usize) -> Cycle {
    let pattern = if bytes.is_empty() { vec![0] } else { bytes.to_vec() };
    Cycle { pattern, at: 0, total: bytes.len(), step }
}

/// All records as (number, bytes), and the errors' codes.
fn frame(framer: &mut dyn Framer, input: &mut dyn Read) -> (Vec<(u64, Vec<u8>)>, Vec<ErrorCode>) {
    frame_in(framer, input, Block::default())
}

fn frame_in(
    framer: &mut dyn Framer,
    input: &mut dyn Read,
    mut block: Block,
) -> (Vec<(u64, Vec<u8>)>, Vec<ErrorCode>) {
    let mut errors = Errors::new("test");
    let mut records = Vec::new();
    while framer.next(input, &mut block, &mut errors).unwrap() {
        assert!(!block.spans.is_empty());
        records.extend(block.spans.iter().map(|span| (span.record, block.raw(*span).to_vec())));
    }
    assert!(!framer.next(input, &mut block, &mut errors).unwrap(), "the end stays the end");
    (records, errors.finish().into_iter().map(|error| error.code).collect())
}

fn texts(records: &[(u64, Vec<u8>)]) -> Vec<String> {
    records.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect()
}

fn json(text: &str) -> (Vec<String>, Vec<ErrorCode>) {
    let (records, errors) = frame(&mut JsonValueFramer::new(), &mut once(text.as_bytes(), 7));
    let numbers: Vec<u64> = records.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=records.len() as u64).collect::<Vec<_>>());
    (texts(&records), errors)
}

fn xml(text: &str) -> (Vec<String>, Vec<ErrorCode>) {
    let (records, errors) = frame(&mut XmlEventFramer::new(), &mut once(text.as_bytes(), 7));
    (texts(&records), errors)
}

#[test]
fn empty_lines_are_no_records_but_count() {
    let text = b"\xef\xbb\xbfone\r\n\r\n\nfour\n\rfive\nsix";
    let (records, errors) = frame(&mut LineFramer::new(), &mut once(text, 3));
    let expected: Vec<(u64, Vec<u8>)> =
        vec![(1, b"one".to_vec()), (4, b"four".to_vec()), (5, b"\rfive".to_vec()), (6, b"six".to_vec())];
    assert_eq!((records, errors), (expected, vec![]));
}

#[test]
fn an_empty_input_has_no_records() {
    for framer in
        [&mut LineFramer::new() as &mut dyn Framer, &mut JsonValueFramer::new(), &mut XmlEventFramer::new()]
    {
        assert_eq!(frame(framer, &mut io::empty()), (vec![], vec![]));
    }
}

#[test]
fn lines_are_the_same_wherever_blocks_end() {
    let text: String = (0..60_000).map(|i| format!("line {i} {}\n", "x".repeat(i % 90))).collect();
    let (records, _) = frame(&mut LineFramer::new(), &mut once(text.as_bytes(), usize::MAX));
    assert_eq!(records.len(), 60_000);
    for ((number, bytes), line) in records.iter().zip(text.lines()) {
        assert_eq!(bytes, line.as_bytes(), "line {number}");
    }
}

#[test]
fn a_line_of_100_mb_is_cut_and_reported() {
    let mut input = (&b"before\n"[..])
        .chain(Cycle { pattern: b"abcdefg".to_vec(), at: 0, total: 100 << 20, step: usize::MAX })
        .chain(&b"\nafter\n"[..]);
    let (records, errors) = frame(&mut LineFramer::new(), &mut input);
    assert_eq!(
        records.iter().map(|(number, bytes)| (*number, bytes.len())).collect::<Vec<_>>(),
        [(1, 6), (2, 16 << 20), (3, 5)]
    );
    assert_eq!(errors, [ErrorCode::LongRecord]);
}

#[test]
fn a_long_line_that_the_input_ends_in_is_cut_too() {
    let mut input = Cycle { pattern: b"z".to_vec(), at: 0, total: 40 << 20, step: usize::MAX };
    let (records, errors) = frame(&mut LineFramer::new(), &mut input);
    assert_eq!((records.len(), records[0].1.len()), (1, 16 << 20));
    assert_eq!(errors, [ErrorCode::LongRecord]);
}

#[test]
fn utf_16_lines_come_out_as_utf_8() {
    let text = "一行目 first\r\n二行目 second 🗼\n";
    for (encoding, mark, to_bytes) in [
        (UTF_16LE, [0xff, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]),
        (UTF_16BE, [0xfe, 0xff], u16::to_be_bytes),
    ] {
        let bytes: Vec<u8> = mark.into_iter().chain(text.encode_utf16().flat_map(to_bytes)).collect();
        for step in [1, 2, 5, 4096] {
            let mut framer = Utf16Framer::new(encoding, Box::new(LineFramer::new()));
            let (records, errors) = frame(&mut framer, &mut once(&bytes, step));
            assert_eq!(texts(&records), ["一行目 first", "二行目 second 🗼"]);
            assert_eq!(errors, []);
        }
        let mut framer = Utf16Framer::new(encoding, Box::new(LineFramer::new()));
        let (records, errors) = frame(&mut framer, &mut once(&bytes[..bytes.len() - 1], 4096));
        assert_eq!((records.len(), errors), (2, vec![ErrorCode::BadEncoding]));
    }
}

#[test]
fn json_values_may_follow_each_other_in_any_layout() {
    let text =
        "{\"a\":1}{\"a\":\"}\\\"{\"}\n{\n  \"a\": [1, {\"b\": 2}]\n}\n\u{1e}{\"a\":[]}\n3 \n\"text\"\nnull\n";
    let (values, errors) = json(text);
    let expected = [
        "{\"a\":1}",
        "{\"a\":\"}\\\"{\"}",
        "{\n  \"a\": [1, {\"b\": 2}]\n}",
        "{\"a\":[]}",
        "3",
        "\"text\"",
        "null",
    ];
    assert_eq!((values, errors), (expected.map(String::from).to_vec(), vec![]));
}

#[test]
fn elements_of_an_array_are_records() {
    let (values, errors) = json(" [ {\"a\":1},\r\n {\"a\":[{}]} , 5,\"x\", [1,2] ]\n[{\"a\":3}]");
    assert_eq!(values, ["{\"a\":1}", "{\"a\":[{}]}", "5", "\"x\"", "[1,2]", "{\"a\":3}"]);
    assert_eq!(errors, []);
}

#[test]
fn lists_in_envelopes_are_opened() {
    for text in [
        "{\"Records\":[{\"a\":1},{\"a\":2}]}",
        "{\"@odata.context\":\"https://example.test\",\"value\":[{\"a\":1},{\"a\":2}],\"@odata.nextLink\":\"x\"}",
        "{\"took\":3,\"_shards\":{\"total\":[1]},\"hits\":{\"total\":{\"value\":2},\"hits\":[{\"a\":1},{\"a\":2}]}}",
        "{\"events\":[{\"a\":1}],\"next\":{\"events\":[{\"z\":0}]},\"logs\":[{\"a\":2}]}",
        "{\"Records\":[{\"a\":1}]}\n{\"Records\":[{\"a\":2}]}",
        "{\"Records\":[{\"a\":1}]\n{\"Records\":[{\"a\":2}]}",
    ] {
        let (values, errors) = json(text);
        assert_eq!(
            (values, errors),
            (vec!["{\"a\":1}".to_owned(), "{\"a\":2}".to_owned()], vec![]),
            "{text}"
        );
    }
}

#[test]
fn an_event_with_a_list_among_its_fields_is_no_envelope() {
    for text in [
        "{\"time\":\"t\",\"events\":[{\"a\":1}]}",
        "{\"value\":[1,2]}",
        "{\"value\":{\"Records\":[{\"a\":1}]}}",
        "{\"hits\":{\"a\":[{\"b\":1}]}}",
    ] {
        assert_eq!(json(text), (vec![text.to_owned()], vec![]));
    }
}

#[test]
fn a_broken_off_json_value_does_not_swallow_the_next() {
    let (values, errors) = json("{\"a\":1}\n{\"b\":\"cut\n{\"c\":3}\n{\"d\":{\"e\":1\n{\"f\":4}\n");
    assert_eq!(values, ["{\"a\":1}", "{\"b\":\"cut", "{\"c\":3}", "{\"d\":{\"e\":1", "{\"f\":4}"]);
    assert_eq!(errors, [ErrorCode::DamagedRecord, ErrorCode::DamagedRecord]);
}

#[test]
fn a_json_text_that_ends_early_keeps_its_last_part() {
    assert_eq!(
        json("[{\"a\":1},{\"b\":"),
        (vec!["{\"a\":1}".into(), "{\"b\":".into()], vec![ErrorCode::Truncated])
    );
    assert_eq!(json("[{\"a\":1},"), (vec!["{\"a\":1}".into()], vec![ErrorCode::Truncated]));
    assert_eq!(json("{\"Records\":[{\"a\":1}"), (vec!["{\"a\":1}".into()], vec![ErrorCode::Truncated]));
}

#[test]
fn a_json_value_of_40_mb_is_cut_and_the_next_one_read() {
    let mut input = (&b"[{\"x\":\""[..])
        .chain(Cycle { pattern: b"{a\\\"".to_vec(), at: 0, total: 40 << 20, step: usize::MAX })
        .chain(&b"\"},{\"b\":2}]"[..]);
    let (records, errors) = frame(&mut JsonValueFramer::new(), &mut input);
    assert_eq!(records.len(), 2);
    assert_eq!((records[0].1.len(), &*records[1].1), (16 << 20, &b"{\"b\":2}"[..]));
    assert_eq!(errors, [ErrorCode::LongRecord]);
}

#[test]
fn brackets_a_million_deep_are_one_record() {
    let text = format!("[{}{}]", "[".repeat(1 << 20), "]".repeat(1 << 20));
    let (records, errors) = frame(&mut JsonValueFramer::new(), &mut once(text.as_bytes(), 1 << 16));
    assert_eq!((records.len(), records[0].1.len(), errors), (1, 2 << 20, vec![]));
}

#[test]
fn a_shift_jis_character_that_ends_like_a_backslash_does_not_escape_the_quote() {
    let text = SHIFT_JIS.encode("[{\"a\":\"表\"},{\"b\":\"ソ\"},{\"c\":\"\\\"\"}]").0;
    let block = Block { legacy: Some(SHIFT_JIS), ..Block::default() };
    let (records, errors) = frame_in(&mut JsonValueFramer::new(), &mut once(&text, 5), block);
    assert_eq!((records.len(), errors), (3, vec![]));
}

#[test]
fn json_values_are_the_same_wherever_blocks_end() {
    let values: Vec<String> = (0..30_000)
        .map(|i| format!("{{\n \"id\": {i}, \"text\": \"{}\\\\\" \n}}", "y\\\"".repeat(i % 40)))
        .collect();
    let text = format!("[{}]", values.join(" ,\n"));
    let (records, errors) = frame(&mut JsonValueFramer::new(), &mut once(text.as_bytes(), usize::MAX));
    assert_eq!((texts(&records), errors), (values, vec![]));
}

#[test]
fn events_stand_alone_or_in_any_element() {
    let one = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>1</EventID></System></Event>";
    let two =
        "<e:Event xmlns:e=\"x>y\"><Event>inner</Event><!-- </e:Event> --><![CDATA[</Event>]]><b/></e:Event>";
    for text in [
        format!("{one}\n{two}\n"),
        format!("\u{feff}<?xml version=\"1.0\"?>\r\n<Events>{one}{two}</Events>"),
        format!("<!-- <Event> --><Log><EventData/>{one}<Events/>{two}</Log>"),
    ] {
        assert_eq!(xml(&text), (vec![one.to_owned(), two.to_owned()], vec![]));
    }
}

#[test]
fn an_event_without_end_is_cut_where_the_next_begins() {
    let text = "<Event xmlns='x'><a>1</a>\n<Event xmlns='x'><a>2</a></Event><Event xmlns='x'><a>";
    let (events, errors) = xml(text);
    assert_eq!(
        events,
        ["<Event xmlns='x'><a>1</a>\n", "<Event xmlns='x'><a>2</a></Event>", "<Event xmlns='x'><a>"]
    );
    assert_eq!(errors, [ErrorCode::DamagedRecord, ErrorCode::Truncated]);
}

#[test]
fn text_between_events_is_reported_once() {
    let (events, errors) = xml("junk <Event xmlns='x'/> more junk <Event xmlns='x'>2</Event> <Eventual> end");
    assert_eq!(events, ["<Event xmlns='x'/>", "<Event xmlns='x'>2</Event>"]);
    assert_eq!(errors, [ErrorCode::DamagedPart]);
}

#[test]
fn an_event_of_40_mb_is_cut_and_the_next_one_read() {
    let mut input = (&b"<Events><Event xmlns='x'>"[..])
        .chain(Cycle { pattern: b"<d>text</d>".to_vec(), at: 0, total: 40 << 20, step: usize::MAX })
        .chain(&b"></Event><Event xmlns='x'>2</Event></Events>"[..]);
    let (records, errors) = frame(&mut XmlEventFramer::new(), &mut input);
    assert_eq!(records.iter().map(|(_, bytes)| bytes.len()).collect::<Vec<_>>(), [16 << 20, 26]);
    assert_eq!(errors, [ErrorCode::LongRecord]);
}

#[test]
fn a_tag_or_comment_without_end_ends_with_the_input() {
    for text in ["<Event xmlns='", "<!-- ", "<Event xmlns='x'><!-- </Event>", "<", "<![CDA"] {
        let (events, _) = xml(text);
        assert!(events.len() <= 1, "{text}");
    }
}

#[test]
fn events_are_the_same_wherever_blocks_end() {
    let events: Vec<String> = (0..20_000)
        .map(|i| format!("<Event xmlns='x'><n>{i}</n>{}</Event>", "<d/>".repeat(i % 50)))
        .collect();
    let text = format!("<Events>{}</Events>", events.join("\r\n"));
    let (records, errors) = frame(&mut XmlEventFramer::new(), &mut once(text.as_bytes(), usize::MAX));
    assert_eq!((texts(&records), errors), (events, vec![]));
}

#[test]
fn no_bytes_make_a_framer_hang_or_lose_lines() {
    // A simple generator of bytes that matter to the framers.
    let alphabet = b"{}[]\",:\\<>/!-? \n\r\0aE\xe3\x81Event";
    let mut state = 1u64;
    for round in 0..2000 {
        let bytes: Vec<u8> = (0..round % 200)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                alphabet[(state >> 33) as usize % alphabet.len()]
            })
            .collect();
        for framer in [
            &mut LineFramer::new() as &mut dyn Framer,
            &mut JsonValueFramer::new(),
            &mut XmlEventFramer::new(),
        ] {
            frame(framer, &mut once(&bytes, 1 + round % 5));
        }
    }
}
