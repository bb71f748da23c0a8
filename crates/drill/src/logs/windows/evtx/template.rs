//! Templates: the elements of an event with places for its values, and the names that they use.

use super::super::body::utf16;
use super::super::kinds::{Field, Form, Kind, Type};

/// Where a definition is written.
pub struct Written<'a> {
    pub out: &'a mut Vec<u8>,
    pub names: &'a mut Names,
}

/// How many chains of names a chunk has.
pub const NAME_BUCKETS: u16 = 64;

/// The names that stand in a chunk.
#[derive(Debug, Default)]
pub struct Names(Vec<Name>);

/// A name in a chunk.
#[derive(Debug)]
pub struct Name {
    text: &'static str,
    /// By which it is found.
    pub hash: u16,
    /// Where it stands.
    pub at: u32,
}

impl Names {
    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn iter(&self) -> impl Iterator<Item = &Name> {
        self.0.iter()
    }
}

/// Whether the names of provider and channel are part of the template: of the old logging interface, and of the service itself.
pub fn is_fixed(kind: &Kind) -> bool {
    kind.is_classic()
        || (matches!(kind.body, Form::User(..)) && kind.provider == "Microsoft-Windows-Eventlog")
}

/// How many bytes the template of a kind's fields has at most.
pub fn template_bytes(kind: &Kind) -> usize {
    const AROUND: usize = 400;
    const EACH: usize = 64;
    let around = match kind.body {
        Form::Named(name) => name.map_or(0, str::len),
        Form::User(element, namespace) => element.len() + namespace.len(),
        Form::Classic => 0,
    };
    AROUND + 2 * around + kind.fields.iter().map(|field| EACH + 2 * field.name.len()).sum::<usize>()
}

/// The numbers of the values of the system part, in the order in which [`super::chunk`] writes them.
mod of {
    pub const LEVEL: u16 = 0;
    pub const OPCODE: u16 = 1;
    pub const TASK: u16 = 2;
    pub const EVENT_ID: u16 = 3;
    pub const QUALIFIERS: u16 = 4;
    pub const KEYWORDS: u16 = 5;
    pub const TIME: u16 = 6;
    pub const ACTIVITY: u16 = 7;
    pub const PROCESS: u16 = 8;
    pub const THREAD: u16 = 9;
    pub const RECORD: u16 = 10;
    pub const VERSION: u16 = 11;
    pub const USER: u16 = 12;
    pub const RELATED: u16 = 13;
    pub const PROVIDER: u16 = 14;
    pub const GUID: u16 = 15;
    pub const CHANNEL: u16 = 16;
    pub const DATA: u16 = 17;
    /// Where the names are part of the template, these stand elsewhere.
    pub const FIXED_RELATED: u16 = 18;
    pub const FIXED_DATA: u16 = 19;
}

const U8: u8 = Type::U8 as u8;
const U16: u8 = Type::U16 as u8;
const U32: u8 = Type::U32 as u8;
const U64: u8 = Type::U64 as u8;
const GUID: u8 = Type::Guid as u8;
const TEXT: u8 = Type::Text as u8;
const XML: u8 = 0x21;

/// `<Event>` with its system part, and a place for its data.
pub fn event_template(to: &mut Written<'_>, kind: &Kind, computer: &str) {
    let data = if is_fixed(kind) { of::FIXED_DATA } else { of::DATA };
    let in_user_data = matches!(kind.body, Form::User(..));
    let namespace = ("xmlns", Attribute::Text("http://schemas.microsoft.com/win/2004/08/events/event"));
    let event = to.open("Event", if in_user_data { NEVER } else { data }, &[namespace]);
    system(to, kind, computer);
    if in_user_data {
        let user_data = to.open("UserData", data, &[]);
        to.substitute(OPTIONAL, data, XML);
        to.close(user_data);
    } else {
        to.substitute(OPTIONAL, data, XML);
    }
    to.close(event);
}

fn system(to: &mut Written<'_>, kind: &Kind, computer: &str) {
    let system = to.open("System", NEVER, &[]);
    provider(to, kind);
    to.value("EventID", of::EVENT_ID, U16, &[("Qualifiers", Attribute::Value(of::QUALIFIERS, U16))]);
    to.value("Version", of::VERSION, U8, &[]);
    to.value("Level", of::LEVEL, U8, &[]);
    to.value("Task", of::TASK, U16, &[]);
    to.value("Opcode", of::OPCODE, U8, &[]);
    to.value("Keywords", of::KEYWORDS, Type::Hex64 as u8, &[]);
    to.empty("TimeCreated", &[("SystemTime", Attribute::Value(of::TIME, Type::Time as u8))]);
    to.value("EventRecordID", of::RECORD, U64, &[]);
    let related = if is_fixed(kind) { of::FIXED_RELATED } else { of::RELATED };
    let related = ("RelatedActivityID", Attribute::Value(related, GUID));
    to.empty("Correlation", &[("ActivityID", Attribute::Value(of::ACTIVITY, GUID)), related]);
    let thread = ("ThreadID", Attribute::Value(of::THREAD, U32));
    to.empty("Execution", &[("ProcessID", Attribute::Value(of::PROCESS, U32)), thread]);
    if is_fixed(kind) {
        to.holds("Channel", kind.channel);
    } else {
        to.value("Channel", of::CHANNEL, TEXT, &[]);
    }
    to.holds("Computer", computer);
    to.empty("Security", &[("UserID", Attribute::Value(of::USER, Type::Sid as u8))]);
    to.close(system);
}

fn provider(to: &mut Written<'_>, kind: &Kind) {
    if !is_fixed(kind) {
        let guid = ("Guid", Attribute::Value(of::GUID, GUID));
        return to.empty("Provider", &[("Name", Attribute::Value(of::PROVIDER, TEXT)), guid]);
    }
    let name = ("Name", Attribute::Text(kind.provider));
    let Some(guid) = kind.guid else { return to.empty("Provider", &[name]) };
    let mut text = vec![b'{'];
    guid.text(&mut text, false);
    text.push(b'}');
    let guid = ("Guid", Attribute::Text(std::str::from_utf8(&text).unwrap_or_default()));
    match kind.source {
        Some(source) => to.empty("Provider", &[name, guid, ("EventSourceName", Attribute::Text(source))]),
        None => to.empty("Provider", &[name, guid]),
    }
}

/// The data of an event, with places for its fields.
pub fn fields_template(to: &mut Written<'_>, kind: &Kind) {
    let fields = kind.fields.iter().zip(0..);
    match kind.body {
        Form::Named(name) => {
            let name = name.map(|name| ("Name", Attribute::Text(name)));
            let data = to.open("EventData", NEVER, name.as_slice());
            fields.for_each(|(field, number)| named(to, field, number));
            to.close(data);
        }
        Form::User(element, namespace) => {
            let data = to.open(element, NEVER, &[("xmlns", Attribute::Text(namespace))]);
            for (field, number) in fields {
                let element = to.open(field.name, NEVER, &[]);
                to.substitute(NORMAL, number, field.is as u8);
                to.close(element);
            }
            to.close(data);
        }
        Form::Classic => {
            let data = to.open("EventData", NEVER, &[]);
            // The value between the two is the number of bytes, which is not shown.
            to.value("Data", 0, Type::Texts as u8, &[]);
            to.value("Binary", 2, Type::Binary as u8, &[]);
            to.close(data);
        }
    }
}

fn named(to: &mut Written<'_>, field: &Field, number: u16) {
    if field.is == Type::Binary {
        return to.value("Binary", number, Type::Binary as u8, &[]);
    }
    let data = to.open("Data", NEVER, &[("Name", Attribute::Text(field.name))]);
    to.substitute(NORMAL, number, field.is as u8);
    to.close(data);
}

/// The value of an attribute.
#[derive(Clone, Copy)]
enum Attribute<'a> {
    Text(&'a str),
    /// The value of that number and type; without it, the attribute is left out.
    Value(u16, u8),
}

type Attributes<'a> = [(&'static str, Attribute<'a>)];

/// An element that depends on no value.
const NEVER: u16 = 0xFFFF;
/// A value that may be nothing, and then leaves an empty element.
const NORMAL: u8 = 0x0D;
/// A value that may be nothing, and then leaves out the element or attribute.
const OPTIONAL: u8 = 0x0E;

impl Written<'_> {
    /// Begins an element that has content, and is there only where the value of the number `depends` is. Returns what [`Written::close`] needs.
    fn open(&mut self, name: &'static str, depends: u16, attributes: &Attributes<'_>) -> usize {
        let size = self.begin(name, depends, attributes);
        self.out.push(0x02);
        size
    }

    fn close(&mut self, size: usize) {
        self.out.push(0x04);
        self.set_size(size);
    }

    /// An element without content.
    fn empty(&mut self, name: &'static str, attributes: &Attributes<'_>) {
        let size = self.begin(name, NEVER, attributes);
        self.out.push(0x03);
        self.set_size(size);
    }

    /// An element that holds one value, and is left out without it.
    fn value(&mut self, name: &'static str, number: u16, is: u8, attributes: &Attributes<'_>) {
        let size = self.open(name, number, attributes);
        self.substitute(OPTIONAL, number, is);
        self.close(size);
    }

    /// An element that holds a text.
    fn holds(&mut self, name: &'static str, text: &str) {
        let size = self.open(name, NEVER, &[]);
        self.text(text);
        self.close(size);
    }

    fn substitute(&mut self, token: u8, number: u16, is: u8) {
        self.out.push(token);
        self.u16(number);
        self.out.push(is);
    }

    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(&[0x05, 0x01]);
        self.u16(text.encode_utf16().count() as u16);
        utf16(self.out, text);
    }

    fn begin(&mut self, name: &'static str, depends: u16, attributes: &Attributes<'_>) -> usize {
        /// Added to the token of what has attributes, or is followed by another one.
        const MORE: u8 = 0x40;
        self.out.push(if attributes.is_empty() { 0x01 } else { 0x01 | MORE });
        self.u16(depends);
        let size = self.size();
        self.name(name);
        if let Some((_, before)) = attributes.split_last() {
            let size = self.size();
            for (at, (name, value)) in attributes.iter().enumerate() {
                self.out.push(if at < before.len() { 0x06 | MORE } else { 0x06 });
                self.name(name);
                match *value {
                    Attribute::Text(text) => self.text(text),
                    Attribute::Value(number, is) => self.substitute(OPTIONAL, number, is),
                }
            }
            self.set_size(size);
        }
        size
    }

    /// A name stands where it is first used; later uses point there.
    fn name(&mut self, text: &'static str) {
        if let Some(name) = self.names.0.iter().find(|name| name.text == text) {
            return self.out.extend_from_slice(&name.at.to_le_bytes());
        }
        let hash =
            text.encode_utf16().fold(0u32, |hash, unit| hash.wrapping_mul(65_599).wrapping_add(unit.into()));
        let hash = hash as u16;
        let at = self.out.len() as u32 + 4;
        self.out.extend_from_slice(&at.to_le_bytes());
        let before = self.names.0.iter().rev().find(|name| name.hash % NAME_BUCKETS == hash % NAME_BUCKETS);
        let before = before.map_or(0, |name| name.at);
        self.out.extend_from_slice(&before.to_le_bytes());
        self.u16(hash);
        self.u16(text.encode_utf16().count() as u16);
        utf16(self.out, text);
        self.u16(0);
        self.names.0.push(Name { text, hash, at });
    }

    fn u16(&mut self, number: u16) {
        self.out.extend_from_slice(&number.to_le_bytes());
    }

    /// Leaves room for the number of bytes that follow.
    fn size(&mut self) -> usize {
        let at = self.out.len();
        self.out.extend_from_slice(&[0; 4]);
        at
    }

    fn set_size(&mut self, at: usize) {
        let size = (self.out.len() - at - 4) as u32;
        if let Some(place) = self.out.get_mut(at..at + 4) {
            place.copy_from_slice(&size.to_le_bytes());
        }
    }
}
