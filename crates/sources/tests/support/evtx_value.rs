//! The values of event records, as bytes: part of `evtx_writer.rs`.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use model::Time;

/// A value of a record: its BinXML type (MS-EVEN6 2.2.18) and its bytes.
#[derive(Clone, Debug)]
pub struct Value {
    pub kind: u8,
    pub bytes: Vec<u8>,
}

/// The types of values, by their names in MS-EVEN6.
pub mod kind {
    pub const NULL: u8 = 0x00;
    pub const STRING: u8 = 0x01;
    pub const ANSI: u8 = 0x02;
    pub const INT8: u8 = 0x03;
    pub const UINT8: u8 = 0x04;
    pub const INT16: u8 = 0x05;
    pub const UINT16: u8 = 0x06;
    pub const INT32: u8 = 0x07;
    pub const UINT32: u8 = 0x08;
    pub const INT64: u8 = 0x09;
    pub const UINT64: u8 = 0x0A;
    pub const REAL32: u8 = 0x0B;
    pub const REAL64: u8 = 0x0C;
    pub const BOOL: u8 = 0x0D;
    pub const BINARY: u8 = 0x0E;
    pub const GUID: u8 = 0x0F;
    pub const SIZE: u8 = 0x10;
    pub const FILETIME: u8 = 0x11;
    pub const SYSTIME: u8 = 0x12;
    pub const SID: u8 = 0x13;
    pub const HEX32: u8 = 0x14;
    pub const HEX64: u8 = 0x15;
    pub const BINXML: u8 = 0x21;
    pub const ARRAY: u8 = 0x80;
}

impl Value {
    /// Of any type.
    pub fn raw(kind: u8, bytes: impl Into<Vec<u8>>) -> Value {
        Value { kind, bytes: bytes.into() }
    }

    /// Nothing.
    pub fn null() -> Value {
        Value::raw(kind::NULL, [])
    }

    /// Text in UTF-16.
    pub fn text(text: &str) -> Value {
        Value::raw(kind::STRING, utf16(text))
    }

    /// A 32-bit number.
    pub fn u32(number: u32) -> Value {
        Value::raw(kind::UINT32, number.to_le_bytes())
    }

    /// A 32-bit number shown in hexadecimal.
    pub fn hex32(number: u32) -> Value {
        Value::raw(kind::HEX32, number.to_le_bytes())
    }

    /// A 64-bit number shown in hexadecimal.
    pub fn hex64(number: u64) -> Value {
        Value::raw(kind::HEX64, number.to_le_bytes())
    }

    /// A GUID as `5770385f-c22a-43e0-bf4c-06f5698ffbd9`.
    pub fn guid(text: &str) -> Value {
        let parts: Vec<&str> = text.split('-').collect();
        let number = |at: usize| u64::from_str_radix(parts[at], 16).unwrap();
        let mut bytes = (number(0) as u32).to_le_bytes().to_vec();
        bytes.extend((number(1) as u16).to_le_bytes());
        bytes.extend((number(2) as u16).to_le_bytes());
        bytes.extend((number(3) as u16).to_be_bytes());
        bytes.extend(number(4).to_be_bytes().iter().skip(2));
        Value::raw(kind::GUID, bytes)
    }

    /// A SID as `S-1-5-21-…`.
    pub fn sid(text: &str) -> Value {
        let parts: Vec<u64> = text.split('-').skip(1).map(|part| part.parse().unwrap()).collect();
        let mut bytes = vec![parts[0] as u8, parts.len() as u8 - 2];
        bytes.extend(parts[1].to_be_bytes().iter().skip(2));
        parts.iter().skip(2).for_each(|part| bytes.extend((*part as u32).to_le_bytes()));
        Value::raw(kind::SID, bytes)
    }

    /// A time as a FILETIME.
    pub fn filetime(text: &str) -> Value {
        Value::raw(kind::FILETIME, filetime(text).to_le_bytes())
    }

    /// Several values of one type: those of text end with a zero each, all others have one width.
    pub fn array(values: &[Value]) -> Value {
        let kind = values.first().map_or(kind::STRING, |value| value.kind);
        let mut bytes = Vec::new();
        for value in values {
            bytes.extend_from_slice(&value.bytes);
            if kind == kind::STRING {
                bytes.extend([0, 0]);
            }
        }
        Value::raw(kind | kind::ARRAY, bytes)
    }
}

/// Text as UTF-16LE.
pub fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Hundreds of nanoseconds since 1601 (MS-DTYP 2.3.3).
pub fn filetime(text: &str) -> u64 {
    let micros = Time::parse(text).unwrap().micros();
    (micros + 11_644_473_600_000_000) as u64 * 10
}
