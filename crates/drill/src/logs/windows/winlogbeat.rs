//! Windows events as Winlogbeat 8 sends them: one JSON object a line.
//!
//! In: an event's head and the bytes of its values. Out: the line, with the event below `winlog` and what all of Elastic's shippers say around it.
//! As Winlogbeat does, all values of the event's data are text, and empty ones are left out.

use super::body::Raw;
use super::event::Head;
use super::ids::{Guid, Sid};
use super::kinds::{Form, Kind, Type};
use crate::clock::{self, Civil};
use model::Time;

const VERSION: &str = "8.13.4";

/// Appends an event, without the end of the line. `record` is its EventRecordID on that machine.
pub fn line(out: &mut Vec<u8>, head: &Head, computer: &str, record: u64, body: &[u8]) {
    let kind = head.kind;
    add(out, "{\"@timestamp\":\"");
    moment(out, head.time, 3);
    add(out, "\",\"@metadata\":{\"beat\":\"winlogbeat\",\"type\":\"_doc\",\"version\":\"");
    add(out, VERSION);
    add(out, "\"},\"agent\":{\"id\":\"");
    agent(computer).text(out, false);
    field(out, "\",\"name\":\"", computer.split('.').next().unwrap_or_default());
    field(out, "\",\"type\":\"winlogbeat\",\"version\":\"", VERSION);
    field(out, "\"},\"ecs\":{\"version\":\"8.0.0\"},\"event\":{\"action\":\"", task(head));
    add(out, "\",\"code\":\"");
    clock::number(out, u64::from(kind.event_id));
    add(out, "\",\"created\":\"");
    // It is read a little later than it is written.
    moment(out, Time::from_micros(head.time.micros() + 1_140_000), 3);
    add(out, "\",\"kind\":\"event\"");
    if let Some(succeeded) = head.succeeded() {
        field(out, ",\"outcome\":\"", if succeeded { "success" } else { "failure" });
        add(out, "\"");
    }
    field(out, ",\"provider\":\"", kind.provider);
    field(out, "\"},\"host\":{\"name\":\"", computer);
    field(out, "\"},\"log\":{\"level\":\"", level(head.level));
    field(out, "\"},\"message\":\"", kind.message);
    add(out, "\",\"winlog\":{\"api\":\"wineventlog\"");
    winlog(out, head, computer, record, body);
    add(out, "}}");
}

fn winlog(out: &mut Vec<u8>, head: &Head, computer: &str, record: u64, body: &[u8]) {
    let kind = head.kind;
    if let Some(activity) = head.activity {
        add(out, ",\"activity_id\":\"{");
        activity.text(out, true);
        add(out, "}\"");
    }
    field(out, ",\"channel\":\"", kind.channel);
    field(out, "\",\"computer_name\":\"", computer);
    add(out, "\"");
    data(out, kind, body);
    add(out, ",\"event_id\":\"");
    clock::number(out, u64::from(kind.event_id));
    add(out, "\"");
    if let Some(keyword) = keyword(head) {
        field(out, ",\"keywords\":[\"", keyword);
        add(out, "\"]");
    }
    if let Some(opcode) = opcode(kind.opcode) {
        field(out, ",\"opcode\":\"", opcode);
        add(out, "\"");
    }
    add(out, ",\"process\":{\"pid\":");
    clock::number(out, u64::from(head.process));
    add(out, ",\"thread\":{\"id\":");
    clock::number(out, u64::from(head.thread));
    add(out, "}}");
    if let Some(guid) = kind.guid {
        add(out, ",\"provider_guid\":\"{");
        guid.text(out, false);
        add(out, "}\"");
    }
    field(out, ",\"provider_name\":\"", kind.provider);
    add(out, "\",\"record_id\":");
    clock::number(out, record);
    field(out, ",\"task\":\"", task(head));
    add(out, "\",\"time_created\":\"");
    moment(out, head.time, 6);
    add(out, "\"");
    if let Some(user) = head.user {
        add(out, ",\"user\":{\"identifier\":\"");
        user.text(out);
        add(out, "\"}");
    }
    if kind.version > 0 {
        add(out, ",\"version\":");
        clock::number(out, u64::from(kind.version));
    }
}

fn data(out: &mut Vec<u8>, kind: &Kind, body: &[u8]) {
    let begin = out.len();
    match kind.body {
        Form::User(element, _) => {
            field(out, ",\"user_data\":{\"xml_name\":\"", element);
            add(out, "\"");
        }
        _ => add(out, ",\"event_data\":{"),
    }
    let opened = out.len();
    for (value, field) in Raw::of(body).zip(&kind.fields).filter(|(value, _)| !value.is_empty()) {
        match (kind.body, field.is) {
            (Form::Classic, Type::Texts) => numbered(out, opened, value.bytes),
            (Form::Classic, Type::U32) => {}
            _ => {
                key(out, opened, field.name);
                show(out, value);
                add(out, "\"");
            }
        }
    }
    if out.len() == opened && !matches!(kind.body, Form::User(..)) {
        out.truncate(begin);
    } else {
        add(out, "}");
    }
}

/// Texts without names are called by their numbers.
fn numbered(out: &mut Vec<u8>, opened: usize, bytes: &[u8]) {
    let (units, _) = bytes.as_chunks::<2>();
    for (text, number) in units.split(|unit| *unit == [0, 0]).zip(1..) {
        if text.is_empty() {
            continue;
        }
        if out.len() > opened {
            add(out, ",");
        }
        add(out, "\"param");
        clock::number(out, number);
        add(out, "\":\"");
        utf16(out, text);
        add(out, "\"");
    }
}

fn key(out: &mut Vec<u8>, opened: usize, name: &str) {
    // An object that has a name in it already goes on.
    if out.len() > opened || out.ends_with(b"\"") {
        add(out, ",");
    }
    field(out, "\"", name);
    add(out, "\":\"");
}

/// A value as Windows renders it.
fn show(out: &mut Vec<u8>, value: Raw<'_>) {
    let number = value.bytes.iter().rev().fold(0u64, |number, byte| (number << 8) | u64::from(*byte));
    let is = |is: Type| value.is == is as u8;
    if is(Type::Text) {
        utf16(out, value.bytes.as_chunks::<2>().0);
    } else if is(Type::Hex32) || is(Type::Hex64) {
        add(out, "0x");
        hexadecimal(out, number);
    } else if is(Type::Guid) {
        let guid = Guid(value.bytes.first_chunk().copied().unwrap_or_default());
        add(out, "{");
        guid.text(out, false);
        add(out, "}");
    } else if is(Type::Sid) {
        Sid::from_bytes(value.bytes).unwrap_or(Sid::NULL).text(out);
    } else if is(Type::Bool) {
        add(out, if number == 1 { "true" } else { "false" });
    } else if is(Type::Time) {
        moment(out, Time::from_filetime(number), 6);
    } else if is(Type::I32) && (number as i32) < 0 {
        add(out, "-");
        clock::number(out, u64::from((number as i32).unsigned_abs()));
    } else if is(Type::Binary) {
        let half = |half: u8| DIGITS.to_ascii_uppercase().get(usize::from(half)).copied().unwrap_or(b'0');
        out.extend(value.bytes.iter().flat_map(|byte| [half(byte >> 4), half(byte & 15)]));
    } else {
        clock::number(out, number);
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

fn hexadecimal(out: &mut Vec<u8>, number: u64) {
    let digits = (64 - number.leading_zeros()).div_ceil(4).max(1);
    for digit in (0..digits).rev() {
        out.push(DIGITS.get((number >> (4 * digit) & 15) as usize).copied().unwrap_or(b'0'));
    }
}

fn moment(out: &mut Vec<u8>, time: Time, places: u32) {
    Civil::of(time, 0).rfc3339(out, places);
}

fn level(level: u8) -> &'static str {
    match level {
        1 => "critical",
        2 => "error",
        3 => "warning",
        5 => "verbose",
        _ => "information",
    }
}

/// The task category's name; some kinds have one by the type of the object.
fn task(head: &Head) -> &'static str {
    match head.task {
        12_801 => "Registry",
        12_802 => "Kernel Object",
        _ => head.kind.task_name,
    }
}

fn opcode(opcode: u8) -> Option<&'static str> {
    Some(match opcode {
        0 => "Info",
        1 => "Start",
        2 => "Stop",
        15 => "On create calls",
        20 => "To be used when operation is just executing a method",
        _ => return None,
    })
}

fn keyword(head: &Head) -> Option<&'static str> {
    match head.succeeded() {
        Some(true) => Some("Audit Success"),
        Some(false) => Some("Audit Failure"),
        None => head.kind.is_classic().then_some("Classic"),
    }
}

/// The number of the machine's shipper: the same as long as the drill lasts.
fn agent(computer: &str) -> Guid {
    let half = |seed: u64| {
        computer.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
    };
    Guid::random(half(0xcbf2_9ce4_8422_2325), half(0x8422_2325_cbf2_9ce4))
}

fn add(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

/// What stands before a text, and the text with what JSON has to escape.
fn field(out: &mut Vec<u8>, before: &str, text: &str) {
    add(out, before);
    if text.bytes().any(is_escaped) {
        text.bytes().for_each(|byte| escaped(out, byte));
    } else {
        add(out, text);
    }
}

fn utf16(out: &mut Vec<u8>, units: &[[u8; 2]]) {
    let is_plain = |[low, high]: &[u8; 2]| *high == 0 && *low < 0x80 && !is_escaped(*low);
    if units.iter().all(is_plain) {
        return out.extend(units.iter().map(|[low, _]| low));
    }
    for character in char::decode_utf16(units.iter().map(|unit| u16::from_le_bytes(*unit))) {
        match character.unwrap_or(char::REPLACEMENT_CHARACTER) {
            ascii @ '\0'..='\x7f' => escaped(out, ascii as u8),
            other => add(out, other.encode_utf8(&mut [0; 4])),
        }
    }
}

fn is_escaped(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn escaped(out: &mut Vec<u8>, byte: u8) {
    match byte {
        b'"' => add(out, "\\\""),
        b'\\' => add(out, "\\\\"),
        b'\n' => add(out, "\\n"),
        b'\r' => add(out, "\\r"),
        b'\t' => add(out, "\\t"),
        0..0x20 => {
            add(out, "\\u00");
            out.extend(
                [byte >> 4, byte & 15].map(|half| DIGITS.get(usize::from(half)).copied().unwrap_or(b'0')),
            );
        }
        _ => out.push(byte),
    }
}
