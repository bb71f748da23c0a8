//! The values of a record: their types, and their text.

use std::fmt::Write;

use model::{Dictionary, Time, ValueId};

use crate::evtx::template::utf16;
use crate::evtx::{u16_at, u32_at, u64_at};

/// A value as it stands in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw<'a> {
    /// Its BinXML type (MS-EVEN6 2.2.18).
    pub kind: u8,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// A nested fragment.
pub const FRAGMENT: u8 = 0x21;
const NULL: u8 = 0x00;
const STRING: u8 = 0x01;
const ARRAY: u8 = 0x80;

impl Raw<'_> {
    /// Nothing.
    pub const NULL: Raw<'static> = Raw { kind: NULL, bytes: &[] };

    /// Whether the form is one that [`Raw::intern`] knows.
    pub fn is_known(self) -> bool {
        let scalar = |kind: u8| kind <= 0x15;
        scalar(self.kind)
            || (self.kind & ARRAY != 0 && scalar(self.kind & !ARRAY) && width(self.kind & !ARRAY).is_some())
            || self.kind == ARRAY | STRING
    }

    /// The id of the value, decoded only where its bytes were not met before.
    #[inline]
    pub fn intern(self, dictionary: &mut Dictionary) -> ValueId {
        if self.kind == NULL {
            return ValueId::NULL;
        }
        match dictionary.recall(self.kind, self.bytes) {
            Ok(id) => id,
            Err(hash) => {
                let id = self.decode(dictionary);
                dictionary.learn(self.kind, self.bytes, hash, id);
                id
            }
        }
    }

    fn decode(self, dictionary: &mut Dictionary) -> ValueId {
        if self.kind & ARRAY != 0 {
            return self.decode_array(dictionary);
        }
        match self.int() {
            Some(number) => return dictionary.int(number),
            None if self.bytes.is_empty() => return dictionary.str(""),
            None => {}
        }
        let bytes = self.bytes;
        match self.kind {
            0x0B => bytes
                .first_chunk()
                .map_or(ValueId::NULL, |b| dictionary.float(f64::from(f32::from_le_bytes(*b)))),
            0x0C => bytes.first_chunk().map_or(ValueId::NULL, |b| dictionary.float(f64::from_le_bytes(*b))),
            0x0D => match u32_at(bytes, 0) {
                Some(0) => dictionary.bool(false),
                Some(1) => dictionary.bool(true),
                // Windows writes bit masks into some flags.
                Some(mask) => dictionary.int(i64::from(mask as i32)),
                None => ValueId::NULL,
            },
            _ => {
                let mut text = String::new();
                self.write(&mut text);
                dictionary.str(&text)
            }
        }
    }

    /// The value as a whole number, where it is one.
    pub fn int(self) -> Option<i64> {
        let bytes = self.bytes;
        Some(match self.kind {
            0x03 => i64::from(*bytes.first()? as i8),
            0x04 => i64::from(*bytes.first()?),
            0x05 => i64::from(u16_at(bytes, 0)? as i16),
            0x06 => i64::from(u16_at(bytes, 0)?),
            0x07 => i64::from(u32_at(bytes, 0)? as i32),
            0x08 => i64::from(u32_at(bytes, 0)?),
            0x09 => u64_at(bytes, 0)? as i64,
            0x0A => i64::try_from(u64_at(bytes, 0)?).ok()?,
            _ => return None,
        })
    }

    fn decode_array(self, dictionary: &mut Dictionary) -> ValueId {
        let kind = self.kind & !ARRAY;
        let mut items = Vec::new();
        if kind == STRING {
            let units = self.bytes.chunks_exact(2);
            let mut begin = 0;
            for (at, unit) in units.enumerate() {
                if unit == [0, 0] {
                    items.push(dictionary.str(&utf16(self.bytes.get(begin..at * 2).unwrap_or_default())));
                    begin = at * 2 + 2;
                }
            }
            let rest = self.bytes.get(begin..).unwrap_or_default();
            if rest.len() > 1 {
                items.push(dictionary.str(&utf16(rest)));
            }
        } else if let Some(width) = width(kind) {
            for bytes in self.bytes.chunks_exact(width) {
                items.push(Raw { kind, bytes }.decode(dictionary));
            }
        }
        match items.as_slice() {
            [] => ValueId::NULL,
            [item] => *item,
            items => dictionary.list(items),
        }
    }

    /// Appends the value as text.
    pub fn write(self, out: &mut String) {
        let bytes = self.bytes;
        // Writing into a String cannot fail.
        let _ = match self.kind {
            STRING => {
                let text = utf16(bytes);
                out.push_str(text.trim_end_matches('\0'));
                Ok(())
            }
            0x02 => {
                out.push_str(&ansi(bytes));
                Ok(())
            }
            0x0B | 0x0C => {
                let single = bytes.first_chunk().map(|b| f64::from(f32::from_le_bytes(*b)));
                let double = bytes.first_chunk().map(|b| f64::from_le_bytes(*b));
                write!(out, "{}", double.or(single).unwrap_or_default())
            }
            0x0D => write!(out, "{}", u32_at(bytes, 0) == Some(1)),
            0x0E => bytes.iter().try_for_each(|byte| write!(out, "{byte:02X}")),
            0x0F => write_guid(bytes, out),
            0x10 | 0x14 | 0x15 => match bytes.len() {
                4 => write!(out, "0x{:x}", u32_at(bytes, 0).unwrap_or_default()),
                _ => write!(out, "0x{:x}", u64_at(bytes, 0).unwrap_or_default()),
            },
            0x11 => write_filetime(bytes, out),
            0x12 => write_systemtime(bytes, out),
            0x13 => write_sid(bytes, out),
            0x0A => write!(out, "{}", u64_at(bytes, 0).unwrap_or_default()),
            _ => self.int().map_or(Ok(()), |number| write!(out, "{number}")),
        };
    }
}

/// The bytes of one member of an array of that type.
fn width(kind: u8) -> Option<usize> {
    Some(match kind {
        0x03 | 0x04 => 1,
        0x05 | 0x06 => 2,
        0x07 | 0x08 | 0x0B | 0x0D | 0x14 => 4,
        0x09 | 0x0A | 0x0C | 0x11 | 0x15 => 8,
        0x0F | 0x12 => 16,
        _ => return None,
    })
}

/// Text of the machine's ANSI code page. Which one that was the file does not say: UTF-8 and Shift_JIS show by their
/// form, the rest is read as Windows-1252.
fn ansi(bytes: &[u8]) -> String {
    let bytes: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    if let Ok(text) = std::str::from_utf8(&bytes) {
        return text.to_owned();
    }
    let japanese = encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&bytes);
    japanese.unwrap_or_else(|| encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0).into_owned()
}

fn write_guid(bytes: &[u8], out: &mut String) -> std::fmt::Result {
    let Some(rest) = bytes.get(8..16) else { return Ok(()) };
    let (a, b, c) = (u32_at(bytes, 0), u16_at(bytes, 4), u16_at(bytes, 6));
    write!(
        out,
        "{{{:08x}-{:04x}-{:04x}-",
        a.unwrap_or_default(),
        b.unwrap_or_default(),
        c.unwrap_or_default()
    )?;
    for (at, byte) in rest.iter().enumerate() {
        write!(out, "{}{byte:02x}", if at == 2 { "-" } else { "" })?;
    }
    out.push('}');
    Ok(())
}

fn write_filetime(bytes: &[u8], out: &mut String) -> std::fmt::Result {
    match u64_at(bytes, 0) {
        None => Ok(()),
        Some(filetime) => write!(out, "{}", Time::from_filetime(filetime)),
    }
}

fn write_systemtime(bytes: &[u8], out: &mut String) -> std::fmt::Result {
    let part = |at: usize| u16_at(bytes, at * 2).unwrap_or_default();
    let (year, month, day) = (part(0), part(1), part(3));
    let (hour, minute, second, milli) = (part(4), part(5), part(6), part(7));
    write!(out, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}000Z")
}

fn write_sid(bytes: &[u8], out: &mut String) -> std::fmt::Result {
    let [revision, count, authority @ ..] = bytes else { return Ok(()) };
    let authority =
        authority.get(..6).unwrap_or_default().iter().fold(0u64, |n, byte| (n << 8) | u64::from(*byte));
    write!(out, "S-{revision}-{authority}")?;
    for at in 0..usize::from(*count) {
        if let Some(part) = u32_at(bytes, 8 + at * 4) {
            write!(out, "-{part}")?;
        }
    }
    Ok(())
}
