//! Writes EVTX files for tests, so that what the decoder must understand is our own and not a recording.
//!
//! In: [`Event`]s. Out: the bytes of a file as Windows writes it: file header, chunks of 64 KiB with their checksums and
//! tables of names and templates, records that are instances of a template, with the event's data as a nested fragment.
//!
//! Format: MS-EVEN6 section 2.2 (BinXML), and libyal's description of the file format.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

#[path = "evtx_value.rs"]
mod value;

use std::collections::HashMap;

use value::utf16;
pub use value::{Value, filetime, kind};

/// What an event says beside its system part.
#[derive(Clone, Debug)]
pub enum Data {
    /// No data at all.
    None,
    /// `<EventData>` with a `<Data Name="…">` each.
    Named(Vec<(&'static str, Value)>),
    /// `<EventData>` with `<Data>` elements without names.
    Unnamed(Vec<Value>),
    /// `<UserData>` with one element of that name and the fields as elements in it.
    User(&'static str, Vec<(&'static str, Value)>),
    /// `<EventData>` of texts that the template fixes; `&` and `<` in them stand as entities.
    Fixed(Vec<(&'static str, &'static str)>),
}

/// One event.
#[derive(Clone, Debug)]
pub struct Event {
    /// EventRecordID.
    pub record: u64,
    /// The number in the record's header, where it is another: an export numbers its records anew.
    pub number: Option<u64>,
    /// When, as RFC 3339 in UTC.
    pub time: &'static str,
    pub provider: &'static str,
    pub provider_guid: Option<&'static str>,
    pub event_id: u16,
    /// Only events of the old logging interface have qualifiers.
    pub qualifiers: Option<u16>,
    pub version: u8,
    pub level: u8,
    pub task: u16,
    pub opcode: u8,
    pub keywords: u64,
    pub activity: Option<&'static str>,
    pub process: u32,
    pub thread: u32,
    pub channel: &'static str,
    pub computer: &'static str,
    pub user: Option<&'static str>,
    pub data: Data,
    /// Whether the record is an XML fragment of its own, without a template.
    pub plain: bool,
}

impl Default for Event {
    fn default() -> Event {
        Event {
            record: 1,
            number: None,
            time: "2026-05-07T01:02:03.456789Z",
            provider: "Yagura-Test",
            provider_guid: None,
            event_id: 1,
            qualifiers: None,
            version: 0,
            level: 4,
            task: 0,
            opcode: 0,
            keywords: 0x8000_0000_0000_0000,
            activity: None,
            process: 4,
            thread: 8,
            channel: "Application",
            computer: "host01.example.jp",
            user: None,
            data: Data::None,
            plain: false,
        }
    }
}

/// The size of a chunk.
pub const CHUNK_BYTES: usize = 0x1_0000;
/// The size of the file header, after which the first chunk begins.
pub const FILE_HEADER_BYTES: usize = 0x1000;
const CHUNK_HEADER_BYTES: usize = 0x200;

/// A file with these events, as closed by the event log service.
pub fn file(events: &[Event]) -> Vec<u8> {
    let mut chunks: Vec<Chunk> = Vec::new();
    for event in events {
        let added = chunks.last_mut().is_some_and(|chunk| chunk.add(event));
        if !added {
            let mut chunk = Chunk::new();
            assert!(chunk.add(event), "the event is larger than a chunk");
            chunks.push(chunk);
        }
    }
    let next = events.iter().map(|event| event.record + 1).max().unwrap_or(1);
    let mut bytes = file_header(chunks.len(), next, false);
    let mut number = 1;
    for chunk in chunks {
        let records = chunk.records.len() as u64;
        bytes.extend(chunk.finish(number));
        number += records;
    }
    bytes
}

/// A copy of a file as it lies on a machine that is running: the header does not know of the last chunk yet, and says so.
pub fn dirty(mut bytes: Vec<u8>) -> Vec<u8> {
    let chunks = (bytes.len() - FILE_HEADER_BYTES) / CHUNK_BYTES;
    let header = file_header(chunks.saturating_sub(1), 0, true);
    bytes[..FILE_HEADER_BYTES].copy_from_slice(&header);
    bytes
}

fn file_header(chunks: usize, next_record: u64, dirty: bool) -> Vec<u8> {
    let mut bytes = b"ElfFile\0".to_vec();
    bytes.extend(0u64.to_le_bytes());
    bytes.extend((chunks as u64).saturating_sub(1).to_le_bytes());
    bytes.extend(next_record.to_le_bytes());
    bytes.extend(128u32.to_le_bytes());
    bytes.extend(1u16.to_le_bytes());
    bytes.extend(3u16.to_le_bytes());
    bytes.extend((FILE_HEADER_BYTES as u16).to_le_bytes());
    bytes.extend((chunks as u16).to_le_bytes());
    bytes.resize(120, 0);
    let sum = crc32fast::hash(&bytes);
    bytes.extend(u32::from(dirty).to_le_bytes());
    bytes.extend(sum.to_le_bytes());
    bytes.resize(FILE_HEADER_BYTES, 0);
    bytes
}

/// A piece of a template.
#[derive(Clone, Debug)]
enum Node {
    Element(&'static str, Vec<(&'static str, Node)>, Vec<Node>),
    Text(String),
    Entity(&'static str),
    /// The value of that number; where it is null, the element or attribute is left out.
    Value(u16, u8),
}

/// A template with the values of one instance.
#[derive(Default)]
struct Instance {
    values: Vec<Value>,
}

impl Instance {
    fn value(&mut self, value: Value) -> Node {
        let kind = value.kind;
        self.values.push(value);
        Node::Value(self.values.len() as u16 - 1, kind)
    }

    /// An element that holds one value.
    fn holds(&mut self, name: &'static str, value: Value) -> Node {
        let value = self.value(value);
        Node::Element(name, Vec::new(), vec![value])
    }
}

#[derive(Clone)]
struct Chunk {
    bytes: Vec<u8>,
    names: HashMap<String, u32>,
    name_table: [u32; 64],
    templates: HashMap<String, u32>,
    template_table: [u32; 32],
    /// Offset and id of each record.
    records: Vec<(u32, u64)>,
    in_definition: bool,
}

impl Chunk {
    fn new() -> Chunk {
        Chunk {
            bytes: vec![0; CHUNK_HEADER_BYTES],
            names: HashMap::new(),
            name_table: [0; 64],
            templates: HashMap::new(),
            template_table: [0; 32],
            records: Vec::new(),
            in_definition: false,
        }
    }

    /// Adds a record; `false`, and nothing changed, where the chunk is full.
    fn add(&mut self, event: &Event) -> bool {
        let before = self.clone();
        let at = self.bytes.len();
        let number = event.number.unwrap_or(event.record);
        self.records.push((at as u32, number));
        self.bytes.extend(b"\x2a\x2a\0\0");
        self.u32(0);
        self.bytes.extend(number.to_le_bytes());
        self.bytes.extend(filetime(event.time).to_le_bytes());
        match event.plain {
            true => self.plain(event),
            false => self.event(event),
        }
        // Records begin at multiples of eight.
        while !(self.bytes.len() + 4).is_multiple_of(8) {
            self.bytes.push(0);
        }
        let size = (self.bytes.len() + 4 - at) as u32;
        self.u32(size);
        self.bytes[at + 4..at + 8].copy_from_slice(&size.to_le_bytes());
        if self.bytes.len() > CHUNK_BYTES {
            *self = before;
            return false;
        }
        true
    }

    fn finish(mut self, first_number: u64) -> Vec<u8> {
        let free = self.bytes.len() as u32;
        let (first, last) = (self.records[0], self.records[self.records.len() - 1]);
        let mut header = b"ElfChnk\0".to_vec();
        header.extend(first_number.to_le_bytes());
        header.extend((first_number + self.records.len() as u64 - 1).to_le_bytes());
        header.extend(first.1.to_le_bytes());
        header.extend(last.1.to_le_bytes());
        header.extend(128u32.to_le_bytes());
        header.extend(last.0.to_le_bytes());
        header.extend(free.to_le_bytes());
        header.extend(crc32fast::hash(&self.bytes[CHUNK_HEADER_BYTES..]).to_le_bytes());
        header.resize(128, 0);
        let tables = self.name_table.iter().chain(&self.template_table);
        header.extend(tables.flat_map(|offset| offset.to_le_bytes()));
        let sum = crc32fast::hash(&[&header[..120], &header[128..]].concat());
        header[124..128].copy_from_slice(&sum.to_le_bytes());
        self.bytes[..CHUNK_HEADER_BYTES].copy_from_slice(&header);
        self.bytes.resize(CHUNK_BYTES, 0);
        self.bytes
    }

    fn u16(&mut self, number: u16) {
        self.bytes.extend(number.to_le_bytes());
    }

    fn u32(&mut self, number: u32) {
        self.bytes.extend(number.to_le_bytes());
    }

    /// Writes the number of bytes after `at + 4` at `at`.
    fn patch_size(&mut self, at: usize) {
        let size = (self.bytes.len() - at - 4) as u32;
        self.bytes[at..at + 4].copy_from_slice(&size.to_le_bytes());
    }

    fn event(&mut self, event: &Event) {
        let mut root = Instance::default();
        let mut content = vec![system(event, &mut root)];
        let nested = data(event);
        if nested.is_some() {
            content.push(Node::Value(root.values.len() as u16, kind::BINXML));
        }
        self.instance(&event_element(content), root, nested);
        self.bytes.push(0x00);
    }

    /// A fragment that is one instance of a template; `nested` becomes its last value.
    fn instance(&mut self, template: &Node, instance: Instance, nested: Option<(Node, Instance)>) {
        self.bytes.extend([0x0F, 1, 1, 0, 0x0C, 1]);
        let key = format!("{template:?}");
        let known = self.templates.get(&key).copied();
        let id = crc32fast::hash(key.as_bytes());
        self.u32(id);
        let offset = known.unwrap_or(self.bytes.len() as u32 + 4);
        self.u32(offset);
        if known.is_none() {
            self.templates.insert(key, offset);
            self.definition(template, id);
        }
        self.u32((instance.values.len() + usize::from(nested.is_some())) as u32);
        let descriptors = self.bytes.len();
        for value in &instance.values {
            self.u16(value.bytes.len() as u16);
            self.bytes.extend([value.kind, 0]);
        }
        if nested.is_some() {
            self.bytes.extend([0, 0, kind::BINXML, 0]);
        }
        for value in &instance.values {
            self.bytes.extend_from_slice(&value.bytes);
        }
        if let Some((template, values)) = nested {
            let (at, begin) = (descriptors + instance.values.len() * 4, self.bytes.len());
            self.instance(&template, values, None);
            self.bytes.push(0x00);
            let size = (self.bytes.len() - begin) as u16;
            self.bytes[at..at + 2].copy_from_slice(&size.to_le_bytes());
        }
    }

    fn definition(&mut self, template: &Node, id: u32) {
        let bucket = id as usize % self.template_table.len();
        let next = std::mem::replace(&mut self.template_table[bucket], self.bytes.len() as u32);
        self.u32(next);
        // The GUID begins with the id; the rest is free.
        self.u32(id);
        self.bytes.extend([0x59; 12]);
        let size = self.bytes.len();
        self.u32(0);
        self.bytes.extend([0x0F, 1, 1, 0]);
        self.in_definition = true;
        self.node(template);
        self.in_definition = false;
        self.bytes.push(0x00);
        self.patch_size(size);
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Element(name, attributes, content) => self.element(name, attributes, content),
            Node::Text(text) => {
                self.bytes.extend([0x05, 0x01]);
                self.u16(text.encode_utf16().count() as u16);
                self.bytes.extend(utf16(text));
            }
            Node::Entity(name) => {
                self.bytes.push(0x09);
                self.name(name);
            }
            Node::Value(number, kind) => {
                self.bytes.push(0x0E);
                self.u16(*number);
                self.bytes.push(*kind);
            }
        }
    }

    fn element(&mut self, name: &str, attributes: &[(&'static str, Node)], content: &[Node]) {
        self.bytes.push(if attributes.is_empty() { 0x01 } else { 0x41 });
        if self.in_definition {
            // The value on which the element depends: none.
            self.u16(0xFFFF);
        }
        let size = self.bytes.len();
        self.u32(0);
        self.name(name);
        if !attributes.is_empty() {
            let size = self.bytes.len();
            self.u32(0);
            for (number, (name, value)) in attributes.iter().enumerate() {
                self.bytes.push(if number + 1 < attributes.len() { 0x46 } else { 0x06 });
                self.name(name);
                self.node(value);
            }
            self.patch_size(size);
        }
        if content.is_empty() {
            self.bytes.push(0x03);
        } else {
            self.bytes.push(0x02);
            content.iter().for_each(|node| self.node(node));
            self.bytes.push(0x04);
        }
        self.patch_size(size);
    }

    /// A name stands where it is first used; later uses point there.
    fn name(&mut self, name: &str) {
        if let Some(offset) = self.names.get(name) {
            return self.u32(*offset);
        }
        let offset = self.bytes.len() as u32 + 4;
        self.u32(offset);
        self.names.insert(name.to_owned(), offset);
        let hash = name.encode_utf16().fold(0u32, |hash, unit| hash.wrapping_mul(65599) + u32::from(unit));
        let bucket = hash as u16 as usize % self.name_table.len();
        let next = std::mem::replace(&mut self.name_table[bucket], offset);
        self.u32(next);
        self.u16(hash as u16);
        self.u16(name.encode_utf16().count() as u16);
        self.bytes.extend(utf16(name));
        self.u16(0);
    }

    /// The event as elements and texts, with no template and no values.
    fn plain(&mut self, event: &Event) {
        let element = |name, text: String| Node::Element(name, Vec::new(), vec![Node::Text(text)]);
        let provider = vec![("Name", Node::Text(event.provider.to_owned()))];
        let system = vec![
            Node::Element("Provider", provider, Vec::new()),
            element("EventID", event.event_id.to_string()),
            element("Channel", event.channel.to_owned()),
            element("Computer", event.computer.to_owned()),
        ];
        let mut content = vec![Node::Element("System", Vec::new(), system)];
        if let Data::Fixed(fields) = &event.data {
            content.push(Node::Element("EventData", Vec::new(), fixed(fields)));
        }
        self.bytes.extend([0x0F, 1, 1, 0]);
        self.node(&event_element(content));
        self.bytes.push(0x00);
    }
}

fn event_element(content: Vec<Node>) -> Node {
    let namespace = "http://schemas.microsoft.com/win/2004/08/events/event".to_owned();
    Node::Element("Event", vec![("xmlns", Node::Text(namespace))], content)
}

/// The system part. As in files of Windows, provider and channel are the template's, all else are values.
fn system(event: &Event, instance: &mut Instance) -> Node {
    let optional = |value: Option<Value>| value.unwrap_or_else(Value::null);
    let number = |number: u16| Value::raw(kind::UINT16, number.to_le_bytes());
    let byte = |number: u8| Value::raw(kind::UINT8, [number]);
    let text = |name, text: &str| Node::Element(name, Vec::new(), vec![Node::Text(text.to_owned())]);
    let mut provider = vec![("Name", Node::Text(event.provider.to_owned()))];
    if let Some(guid) = event.provider_guid {
        provider.push(("Guid", Node::Text(format!("{{{guid}}}"))));
    }
    let level = instance.holds("Level", byte(event.level));
    let opcode = instance.holds("Opcode", byte(event.opcode));
    let task = instance.holds("Task", number(event.task));
    let id = instance.value(number(event.event_id));
    let qualifiers = instance.value(optional(event.qualifiers.map(number)));
    let keywords = instance.holds("Keywords", Value::hex64(event.keywords));
    let time = instance.value(Value::filetime(event.time));
    let activity = instance.value(optional(event.activity.map(Value::guid)));
    let process = instance.value(Value::u32(event.process));
    let thread = instance.value(Value::u32(event.thread));
    let record = Value::raw(kind::UINT64, event.record.to_le_bytes());
    let record = instance.holds("EventRecordID", record);
    let version = instance.holds("Version", byte(event.version));
    let user = instance.value(optional(event.user.map(Value::sid)));
    let content = vec![
        Node::Element("Provider", provider, Vec::new()),
        Node::Element("EventID", vec![("Qualifiers", qualifiers)], vec![id]),
        version,
        level,
        task,
        opcode,
        keywords,
        Node::Element("TimeCreated", vec![("SystemTime", time)], Vec::new()),
        record,
        Node::Element("Correlation", vec![("ActivityID", activity)], Vec::new()),
        Node::Element("Execution", vec![("ProcessID", process), ("ThreadID", thread)], Vec::new()),
        text("Channel", event.channel),
        text("Computer", event.computer),
        Node::Element("Security", vec![("UserID", user)], Vec::new()),
    ];
    Node::Element("System", Vec::new(), content)
}

/// The template and values of the nested fragment.
fn data(event: &Event) -> Option<(Node, Instance)> {
    let mut instance = Instance::default();
    let element = |name, content| Node::Element(name, Vec::new(), content);
    let node = match &event.data {
        Data::None => return None,
        Data::Named(fields) => {
            let field = |(name, value): &(&'static str, Value)| {
                let value = instance.value(value.clone());
                Node::Element("Data", vec![("Name", Node::Text((*name).to_owned()))], vec![value])
            };
            element("EventData", fields.iter().map(field).collect())
        }
        Data::Unnamed(values) => {
            element("EventData", values.iter().map(|value| instance.holds("Data", value.clone())).collect())
        }
        Data::User(name, fields) => {
            let fields = fields.iter().map(|(name, value)| instance.holds(name, value.clone())).collect();
            element("UserData", vec![element(name, fields)])
        }
        Data::Fixed(fields) => element("EventData", fixed(fields)),
    };
    Some((node, instance))
}

fn fixed(fields: &[(&'static str, &'static str)]) -> Vec<Node> {
    let field = |(name, text): &(&'static str, &'static str)| {
        let mut content = Vec::new();
        for piece in text.split_inclusive(['&', '<']) {
            let entity =
                [("&", "amp"), ("<", "lt")].into_iter().find(|(character, _)| piece.ends_with(character));
            let plain = piece.trim_end_matches(['&', '<']);
            if !plain.is_empty() {
                content.push(Node::Text(plain.to_owned()));
            }
            content.extend(entity.map(|(_, name)| Node::Entity(name)));
        }
        Node::Element("Data", vec![("Name", Node::Text((*name).to_owned()))], content)
    };
    fields.iter().map(field).collect()
}
