//! The templates that records are instances of: element names, and where their values go.
//!
//! A template's bytes differ from chunk to chunk only in offsets. [`skeleton`] writes it down without them, so that the
//! template is understood once per run ([`Template::compile`]) and recognised afterwards. Which element or attribute is
//! which column stands in `tables/windows.tsv`, and is looked up then.

use crate::evtx::{u16_at, u32_at};
use crate::json::{Column, Shapes};

/// The part of a value that a template fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// This text.
    Text(String),
    /// The value with that number.
    Value(u16),
}

/// A leaf of a template: a field and what its value is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The column's name.
    pub name: String,
    /// Whether text that the template fixes is a number there.
    pub int: bool,
    /// What the value is made of, in order; empty for an empty element.
    pub parts: Vec<Part>,
    /// Whether it stands in the event's `System` part.
    pub of_system: bool,
}

/// A place where a value may be an XML fragment of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nest {
    /// The value.
    pub value: u16,
    /// The elements around it, outermost first.
    pub path: Vec<String>,
}

/// A template, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// The fields.
    pub leaves: Vec<Leaf>,
    /// Where fragments may stand.
    pub nests: Vec<Nest>,
    /// Whether it has a form that only the fallback knows.
    pub unknown: bool,
}

const ELEMENT: u8 = b'<';
const ATTRIBUTE: u8 = b'@';
const TEXT: u8 = b'"';
const VALUE: u8 = b'%';
const CLOSE_START: u8 = b'>';
const END: u8 = b'/';

/// The definition at `offset` of the chunk, written down without offsets. `None` where it is damaged.
pub fn skeleton(chunk: &[u8], offset: usize, out: &mut Vec<u8>) -> Option<()> {
    out.clear();
    let size = u32_at(chunk, offset + 20)? as usize;
    let begin = offset + 24;
    let mut reader = Reader { chunk, at: begin, end: begin.checked_add(size)?.min(chunk.len()), out };
    reader.fragment()
}

struct Reader<'a> {
    chunk: &'a [u8],
    at: usize,
    end: usize,
    out: &'a mut Vec<u8>,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.chunk.get(self.at).filter(|_| self.at < self.end)?;
        self.at += 1;
        Some(byte)
    }

    fn number(&mut self) -> Option<u32> {
        let number = u32_at(self.chunk, self.at)?;
        self.at += 4;
        Some(number)
    }

    fn short(&mut self) -> Option<u16> {
        let number = u16_at(self.chunk, self.at)?;
        self.at += 2;
        Some(number)
    }

    /// Tokens up to the end of the fragment (MS-EVEN6 2.2.12).
    fn fragment(&mut self) -> Option<()> {
        while self.at < self.end {
            let token = self.byte()?;
            match token & !MORE {
                0x00 => return Some(()),
                0x0F => self.at += 3,
                0x01 => {
                    self.at += 6;
                    self.out.push(ELEMENT);
                    self.name()?;
                    if token & MORE != 0 {
                        self.at += 4;
                    }
                }
                0x02 => self.out.push(CLOSE_START),
                0x03 | 0x04 => self.out.push(END),
                0x05 => self.text_value()?,
                0x06 => {
                    self.out.push(ATTRIBUTE);
                    self.name()?;
                }
                0x07 => {
                    let length = usize::from(self.short()?);
                    self.text(length)?;
                }
                0x08 => {
                    let character = char::from_u32(u32::from(self.short()?)).unwrap_or('\u{fffd}');
                    self.push_text(character.encode_utf8(&mut [0; 4]));
                }
                0x09 => self.entity()?,
                0x0D | 0x0E => {
                    let value = self.short()?;
                    self.at += 1;
                    self.out.push(VALUE);
                    self.out.extend_from_slice(&value.to_le_bytes());
                }
                _ => return None,
            }
        }
        Some(())
    }

    fn text_value(&mut self) -> Option<()> {
        if self.byte()? != 1 {
            return None;
        }
        let length = usize::from(self.short()?);
        self.text(length)
    }

    fn text(&mut self, characters: usize) -> Option<()> {
        let bytes = self.chunk.get(self.at..self.at + characters * 2)?;
        self.at += characters * 2;
        let text = utf16(bytes);
        self.push_text(&text);
        Some(())
    }

    fn push_text(&mut self, text: &str) {
        self.out.push(TEXT);
        self.out.extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.out.extend_from_slice(text.as_bytes());
    }

    fn entity(&mut self) -> Option<()> {
        let name = self.name_text()?;
        let text = match name.as_str() {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            _ => return None,
        };
        self.push_text(text);
        Some(())
    }

    fn name(&mut self) -> Option<()> {
        let name = self.name_text()?;
        self.out.extend_from_slice(&(name.len() as u32).to_le_bytes());
        self.out.extend_from_slice(name.as_bytes());
        Some(())
    }

    /// A name stands where it is first used, or at the offset given.
    fn name_text(&mut self) -> Option<String> {
        let offset = self.number()? as usize;
        let length = usize::from(u16_at(self.chunk, offset + 6)?);
        let name = utf16(self.chunk.get(offset + 8..offset + 8 + length * 2)?);
        if offset == self.at {
            self.at += 8 + length * 2 + 2;
        }
        Some(name)
    }
}

const MORE: u8 = 0x40;

/// UTF-16LE bytes as text.
pub fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [low, high] => u16::from_le_bytes([*low, *high]),
        _ => 0,
    });
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
}

impl Template {
    /// Understands a skeleton that stands inside the elements of `path`.
    pub fn compile(skeleton: &[u8], path: &[String]) -> Template {
        let mut compiler = Compiler { rest: skeleton, path: path.to_vec(), template: Template::default() };
        if compiler.content(&mut Vec::new(), 0).is_none() {
            compiler.template.unknown = true;
        }
        compiler.template
    }
}

/// Names of attributes, and what their values are made of.
type Attributes = Vec<(String, Vec<Part>)>;

struct Compiler<'a> {
    rest: &'a [u8],
    path: Vec<String>,
    template: Template,
}

impl Compiler<'_> {
    fn token(&mut self) -> Option<u8> {
        let (token, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*token)
    }

    fn text(&mut self) -> Option<String> {
        let length = u32_at(self.rest, 0)? as usize;
        let text = std::str::from_utf8(self.rest.get(4..4 + length)?).ok()?.to_owned();
        self.rest = self.rest.get(4 + length..)?;
        Some(text)
    }

    fn value(&mut self) -> Option<u16> {
        let value = u16_at(self.rest, 0)?;
        self.rest = self.rest.get(2..)?;
        Some(value)
    }

    /// The content of an element up to its end: texts and values go into `parts`. Returns whether elements stand in it.
    fn content(&mut self, parts: &mut Vec<Part>, depth: usize) -> Option<bool> {
        const DEEPEST: usize = 64;
        let mut has_elements = false;
        while let Some(token) = self.token() {
            match token {
                TEXT => parts.push(Part::Text(self.text()?)),
                VALUE => parts.push(Part::Value(self.value()?)),
                ELEMENT if depth < DEEPEST => {
                    has_elements = true;
                    self.element(depth + 1)?;
                }
                END => return Some(has_elements),
                _ => return None,
            }
        }
        (depth == 0).then_some(has_elements)
    }

    fn element(&mut self, depth: usize) -> Option<()> {
        let name = self.text()?;
        let (attributes, has_content) = self.attributes()?;
        let own =
            attributes.iter().find(|(attribute, _)| attribute == "Name").map(|(_, parts)| parts.as_slice());
        let named = match (name.as_str(), own) {
            ("Data", Some([Part::Text(own)])) => own.clone(),
            ("Data", Some([])) | (_, None) => name.clone(),
            // The name of a `Data` is itself a value.
            ("Data", Some(_)) => {
                self.template.unknown = true;
                name.clone()
            }
            _ => name.clone(),
        };
        self.path.push(named);
        let is_data = name == "Data";
        for (attribute, parts) in
            attributes.into_iter().filter(|(attribute, _)| !is_data || attribute != "Name")
        {
            // The declaration of a namespace says nothing about the event.
            if !attribute.starts_with("xmlns") {
                self.push(Some(&attribute), parts);
            }
        }
        if has_content {
            let mut parts = Vec::new();
            let has_elements = self.content(&mut parts, depth)?;
            self.leaf(parts, has_elements);
        } else {
            self.push(None, Vec::new());
        }
        self.path.pop();
        Some(())
    }

    /// Adds what an attribute, or the element itself, is made of to its column.
    fn push(&mut self, attribute: Option<&str>, parts: Vec<Part>) {
        let of_system = self.path.get(1).is_some_and(|element| element == "System");
        let Some(Column { name, int, .. }) = column(&self.path, attribute) else { return };
        self.template.leaves.push(Leaf { name: name.into(), int, parts, of_system });
    }

    fn leaf(&mut self, parts: Vec<Part>, has_elements: bool) {
        for part in &parts {
            if let Part::Value(value) = part {
                self.template.nests.push(Nest { value: *value, path: self.path.clone() });
            }
        }
        let blank = |part: &Part| matches!(part, Part::Text(text) if text.trim().is_empty());
        if has_elements && parts.iter().all(blank) {
            return;
        }
        self.push(None, parts);
    }

    /// The attributes of an element, and whether content follows.
    fn attributes(&mut self) -> Option<(Attributes, bool)> {
        let mut attributes: Attributes = Vec::new();
        loop {
            match self.token()? {
                ATTRIBUTE => {
                    let name = self.text()?;
                    attributes.push((name, Vec::new()));
                }
                TEXT => {
                    let text = self.text()?;
                    attributes.last_mut()?.1.push(Part::Text(text));
                }
                VALUE => {
                    let value = self.value()?;
                    attributes.last_mut()?.1.push(Part::Value(value));
                }
                CLOSE_START => return Some((attributes, true)),
                END => return Some((attributes, false)),
                _ => return None,
            }
        }
    }
}

/// The column of an element, or of an attribute of it.
fn column(path: &[String], attribute: Option<&str>) -> Option<Column> {
    let mut full = path.join(".");
    if let Some(attribute) = attribute {
        full.push_str(".#attributes.");
        full.push_str(attribute);
    }
    let shapes = Shapes::builtin();
    shapes.shape(shapes.named("evtx-json")).column(&full)
}
