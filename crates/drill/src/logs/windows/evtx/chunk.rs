//! A chunk: 64 KiB that can be read without the rest of the file.

use super::super::body::{filetime, utf16};
use super::super::event::Head;
use super::super::kinds::{self, Type};
use super::template::{
    NAME_BUCKETS, Names, Written, event_template, fields_template, is_fixed, template_bytes,
};

/// The size of a chunk.
pub const CHUNK_BYTES: usize = 0x1_0000;
const HEADER_BYTES: usize = 0x200;
const TEMPLATE_BUCKETS: u32 = 32;

/// A chunk that is being filled.
#[derive(Debug)]
pub struct Chunk {
    bytes: Vec<u8>,
    names: Names,
    /// What the definitions of templates are called and where they stand.
    templates: Vec<(u32, u32)>,
    /// For each kind where the template of its fields is defined; 0 for nowhere.
    of_kind: Vec<u32>,
    /// Templates of the event around them, which name the machine.
    events: Vec<EventTemplate>,
    first_record: u64,
    last_record: u64,
    /// Where the last record begins.
    last_begin: u32,
}

#[derive(Debug)]
struct EventTemplate {
    key: EventKey,
    computer: String,
    at: u32,
}

/// Events of the same key differ in values only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct EventKey {
    /// The kind, where its template holds the names of provider and channel.
    fixed: Option<usize>,
    in_user_data: bool,
}

impl Chunk {
    /// A chunk without records.
    pub fn new() -> Chunk {
        let mut chunk = Chunk {
            bytes: Vec::with_capacity(CHUNK_BYTES),
            names: Names::default(),
            templates: Vec::new(),
            of_kind: vec![0; kinds::all().len()],
            events: Vec::new(),
            first_record: 0,
            last_record: 0,
            last_begin: 0,
        };
        chunk.clear();
        chunk
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.resize(HEADER_BYTES, 0);
        self.names.clear();
        self.templates.clear();
        self.of_kind.fill(0);
        self.events.clear();
        (self.first_record, self.last_record, self.last_begin) = (0, 0, 0);
    }

    /// Whether no record is in it.
    pub fn is_empty(&self) -> bool {
        self.first_record == 0
    }

    /// Whether a record fits, with room for the templates that it needs. Values have lengths of 16 bits, and the event's data is one.
    pub fn holds(&self, head: &Head, computer: &str, body: &[u8]) -> bool {
        let mut size = RECORD_BYTES + 2 * (head.kind.provider.len() + head.kind.channel.len()) + body.len();
        let defined = self.of_kind.get(head.kind.index).is_some_and(|at| *at != 0);
        let nested = FRAGMENT_BYTES + body.len() + if defined { 0 } else { template_bytes(head.kind) };
        size += nested - body.len();
        if self.event_template(head, computer).is_none() {
            size += EVENT_TEMPLATE_BYTES
                + 2 * (computer.len() + head.kind.provider.len() + head.kind.channel.len());
        }
        nested <= usize::from(u16::MAX) && self.bytes.len() + size <= CHUNK_BYTES
    }

    /// Adds a record that it [holds](Chunk::holds).
    pub fn push(&mut self, record: u64, head: &Head, computer: &str, body: &[u8]) {
        let begin = self.bytes.len();
        self.bytes.extend_from_slice(b"\x2a\x2a\0\0\0\0\0\0");
        self.bytes.extend_from_slice(&record.to_le_bytes());
        self.bytes.extend_from_slice(&filetime(head.time).to_le_bytes());
        self.event(record, head, computer, body);
        // Records begin at multiples of eight, and end with their size.
        let end = (self.bytes.len() + 4).next_multiple_of(8);
        self.bytes.resize(end - 4, 0);
        let size = (end - begin) as u32;
        self.bytes.extend_from_slice(&size.to_le_bytes());
        set(&mut self.bytes, begin + 4, &size.to_le_bytes());
        if self.first_record == 0 {
            self.first_record = record;
        }
        self.last_record = record;
        self.last_begin = begin as u32;
    }

    /// The bytes of the chunk as they stand in the file.
    pub fn finish(&mut self) -> &[u8] {
        let free = self.bytes.len() as u32;
        let sum = crc32fast::hash(self.bytes.get(HEADER_BYTES..).unwrap_or_default());
        let mut header = Vec::with_capacity(HEADER_BYTES);
        header.extend_from_slice(b"ElfChnk\0");
        for number in [self.first_record, self.last_record, self.first_record, self.last_record] {
            header.extend_from_slice(&number.to_le_bytes());
        }
        for number in [128, self.last_begin, free, sum] {
            header.extend_from_slice(&number.to_le_bytes());
        }
        header.resize(128, 0);
        let mut tables = [0u32; NAME_BUCKETS as usize + TEMPLATE_BUCKETS as usize];
        let names = self.names.iter().map(|name| (usize::from(name.hash % NAME_BUCKETS), name.at));
        let templates = self
            .templates
            .iter()
            .map(|(id, at)| (usize::from(NAME_BUCKETS) + (id % TEMPLATE_BUCKETS) as usize, *at));
        for (bucket, at) in names.chain(templates) {
            if let Some(slot) = tables.get_mut(bucket) {
                *slot = at;
            }
        }
        header.extend(tables.iter().flat_map(|at| at.to_le_bytes()));
        let mut sum = crc32fast::Hasher::new();
        sum.update(header.get(..120).unwrap_or_default());
        sum.update(header.get(128..).unwrap_or_default());
        set(&mut header, 124, &sum.finalize().to_le_bytes());
        set(&mut self.bytes, 0, &header);
        self.bytes.resize(CHUNK_BYTES, 0);
        &self.bytes
    }

    fn event_template(&self, head: &Head, computer: &str) -> Option<u32> {
        let key = EventKey::of(head);
        self.events.iter().find(|event| event.key == key && event.computer == computer).map(|event| event.at)
    }

    /// The event as an instance of its template.
    fn event(&mut self, record: u64, head: &Head, computer: &str, body: &[u8]) {
        self.bytes.extend_from_slice(FRAGMENT);
        if let Some(at) = self.event_template(head, computer) {
            self.instance(at);
        } else {
            let id = template_id(head.kind.name, computer);
            let at = self.define(id, |out| event_template(out, head.kind, computer));
            self.events.push(EventTemplate { key: EventKey::of(head), computer: computer.to_owned(), at });
        }
        let nested = self.values(record, head);
        let begin = self.bytes.len();
        self.bytes.extend_from_slice(FRAGMENT);
        match self.of_kind.get(head.kind.index) {
            Some(at) if *at != 0 => self.instance(*at),
            _ => {
                let id = template_id(head.kind.name, "");
                let at = self.define(id, |out| fields_template(out, head.kind));
                if let Some(of_kind) = self.of_kind.get_mut(head.kind.index) {
                    *of_kind = at;
                }
            }
        }
        self.bytes.extend_from_slice(body);
        self.bytes.push(END);
        let length = (self.bytes.len() - begin) as u16;
        set(&mut self.bytes, nested, &length.to_le_bytes());
        self.bytes.push(END);
    }

    /// The values of the system part. Returns where the length of the last one is to be written, which is the event's data and follows.
    fn values(&mut self, record: u64, head: &Head) -> usize {
        let kind = head.kind;
        let fixed = is_fixed(kind);
        let count = if fixed { 20 } else { 18 };
        self.bytes.extend_from_slice(&(count as u32).to_le_bytes());
        let descriptors = self.bytes.len();
        self.bytes.resize(descriptors + count * 4, 0);
        let mut values = Values { bytes: &mut self.bytes, next: descriptors };
        values.add(U8, |out| out.push(head.level));
        values.add(U8, |out| out.push(kind.opcode));
        values.add(Type::U16 as u8, |out| out.extend_from_slice(&head.task.to_le_bytes()));
        values.add(Type::U16 as u8, |out| out.extend_from_slice(&kind.event_id.to_le_bytes()));
        values.option(Type::U16 as u8, kind.qualifiers, |out, it| out.extend_from_slice(&it.to_le_bytes()));
        values.add(Type::Hex64 as u8, |out| out.extend_from_slice(&head.keywords.to_le_bytes()));
        values.add(Type::Time as u8, |out| out.extend_from_slice(&filetime(head.time).to_le_bytes()));
        values.option(Type::Guid as u8, head.activity, |out, it| out.extend_from_slice(&it.0));
        values.add(Type::U32 as u8, |out| out.extend_from_slice(&head.process.to_le_bytes()));
        values.add(Type::U32 as u8, |out| out.extend_from_slice(&head.thread.to_le_bytes()));
        values.add(Type::U64 as u8, |out| out.extend_from_slice(&record.to_le_bytes()));
        values.add(U8, |out| out.push(kind.version));
        values.option(Type::Sid as u8, head.user, |out, it| it.bytes(out));
        // No event here is related to another activity.
        values.skip(1);
        if fixed {
            values.skip(5);
        } else {
            values.add(Type::Text as u8, |out| utf16(out, kind.provider));
            values.option(Type::Guid as u8, kind.guid, |out, it| out.extend_from_slice(&it.0));
            values.add(Type::Text as u8, |out| utf16(out, kind.channel));
        }
        let nested = values.next;
        values.add(XML, |_| {});
        nested
    }

    fn instance(&mut self, at: u32) {
        let id = self.templates.iter().find(|(_, defined)| *defined == at).map_or(0, |(id, _)| *id);
        self.bytes.extend_from_slice(INSTANCE);
        self.bytes.extend_from_slice(&id.to_le_bytes());
        self.bytes.extend_from_slice(&at.to_le_bytes());
    }

    /// An instance of a template that is defined right there. Returns where.
    fn define(&mut self, id: u32, write: impl FnOnce(&mut Written<'_>)) -> u32 {
        let at = (self.bytes.len() + INSTANCE.len() + 8) as u32;
        let before =
            self.templates.iter().rev().find(|(other, _)| other % TEMPLATE_BUCKETS == id % TEMPLATE_BUCKETS);
        let before = before.map_or(0, |(_, at)| *at);
        self.templates.push((id, at));
        self.instance(at);
        self.bytes.extend_from_slice(&before.to_le_bytes());
        // The template's GUID begins with its id; the rest is free.
        for part in [id, id.rotate_left(7), id.rotate_left(13), id.rotate_left(23)] {
            self.bytes.extend_from_slice(&part.to_le_bytes());
        }
        let size = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        self.bytes.extend_from_slice(FRAGMENT);
        write(&mut Written { out: &mut self.bytes, names: &mut self.names });
        self.bytes.push(END);
        let length = (self.bytes.len() - size - 4) as u32;
        set(&mut self.bytes, size, &length.to_le_bytes());
        at
    }
}

/// A fragment begins.
const FRAGMENT: &[u8] = &[0x0F, 1, 1, 0];
/// An instance of a template follows.
const INSTANCE: &[u8] = &[0x0C, 1];
const END: u8 = 0;
const U8: u8 = 0x04;
const XML: u8 = 0x21;
/// What a record has beside its data, its names, and templates, at most.
const RECORD_BYTES: usize = 24 + 4 + 10 + 4 + 20 * 4 + 52 + 16 + 32 + 1 + 12;
/// What the data have beside values and template.
const FRAGMENT_BYTES: usize = 4 + 10 + 1;
/// What the template of an event takes beside its names, at most.
const EVENT_TEMPLATE_BYTES: usize = 2400;

/// The values of the system part.
struct Values<'a> {
    bytes: &'a mut Vec<u8>,
    next: usize,
}

impl Values<'_> {
    fn add(&mut self, is: u8, write: impl FnOnce(&mut Vec<u8>)) {
        let begin = self.bytes.len();
        write(self.bytes);
        let [low, high] = ((self.bytes.len() - begin) as u16).to_le_bytes();
        set(self.bytes, self.next, &[low, high, is, 0]);
        self.next += 4;
    }

    fn option<T>(&mut self, is: u8, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, T)) {
        match value {
            Some(value) => self.add(is, |out| write(out, value)),
            None => self.skip(1),
        }
    }

    fn skip(&mut self, count: usize) {
        self.next += 4 * count;
    }
}

impl EventKey {
    fn of(head: &Head) -> EventKey {
        EventKey {
            fixed: is_fixed(head.kind).then_some(head.kind.index),
            in_user_data: matches!(head.kind.body, kinds::Form::User(..)),
        }
    }
}

fn set(bytes: &mut [u8], at: usize, to: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + to.len()) {
        place.copy_from_slice(to);
    }
}

/// Stands for a template; the same on every machine.
fn template_id(name: &str, computer: &str) -> u32 {
    crc32fast::hash(name.as_bytes()) ^ crc32fast::hash(computer.as_bytes()).rotate_left(9)
}
