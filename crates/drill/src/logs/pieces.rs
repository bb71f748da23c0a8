//! Pieces that the lines of several products are made of.
//!
//! In: values. Out: bytes appended to a buffer. Nothing of a product is known here.

use crate::clock::digits;

/// One text after the other.
pub fn text(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}

/// A text, or `-` in its place where it is empty.
pub fn or_dash(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(if text.is_empty() { b"-" } else { text.as_bytes() });
}

/// A number in small hexadecimal digits, without zeros before it.
pub fn hex(out: &mut Vec<u8>, value: u64) {
    let places = (u64::BITS - value.leading_zeros()).div_ceil(4).max(1);
    for place in (0..places).rev() {
        out.push(HEX.get((value >> (4 * place)) as usize & 15).copied().unwrap_or_default());
    }
}

/// A byte in two small hexadecimal digits.
pub fn hex_byte(out: &mut Vec<u8>, byte: u8) {
    out.extend([byte >> 4, byte & 15].map(|digit| HEX.get(usize::from(digit)).copied().unwrap_or_default()));
}

/// Bytes in two capital hexadecimal digits each.
pub fn hex_capitals(out: &mut Vec<u8>, bytes: &[u8]) {
    for byte in bytes {
        let start = out.len();
        hex_byte(out, *byte);
        if let Some(written) = out.get_mut(start..) {
            written.make_ascii_uppercase();
        }
    }
}

/// `00112233-4455-6677-8899-aabbccddeeff`.
pub fn guid(out: &mut Vec<u8>, value: u128) {
    for (at, byte) in value.to_be_bytes().into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        hex_byte(out, byte);
    }
}

/// A fraction after `places` digits: 1523441 with 3 is `1523.441`.
pub fn decimal(out: &mut Vec<u8>, value: u64, places: u32) {
    let unit = 10u64.pow(places);
    digits(out, value / unit, 1);
    out.push(b'.');
    digits(out, value % unit, places as usize);
}

/// A JSON string with its quotes; what is no ASCII stays as it is.
pub fn json(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    json_inner(out, text);
    out.push(b'"');
}

/// The inside of a JSON string, for strings that are put together.
pub fn json_inner(out: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => {
                out.extend_from_slice(b"\\u00");
                hex_byte(out, byte);
            }
            _ => out.push(byte),
        }
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_are_written_as_people_expect_them() {
        let mut out = Vec::new();
        hex(&mut out, 0);
        hex(&mut out, 0x69fb_1a40);
        out.push(b' ');
        hex_capitals(&mut out, "見".as_bytes());
        out.push(b' ');
        guid(&mut out, 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff);
        out.push(b' ');
        decimal(&mut out, 1_000_007, 3);
        json(&mut out, "a\"\\\n\u{1}見");
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "069fb1a40 E8A68B 00112233-4455-6677-8899-aabbccddeeff 1000.007\"a\\\"\\\\\\n\\u0001見\""
        );
    }
}
