//! Percent-decoding of request targets, as often as attackers do it.

/// How often a target is decoded.
const ROUNDS: usize = 3;

/// The target decoded until nothing changes: `%XX`, `%uXXXX`, what servers write for bytes that cannot be printed (`\xXX`) and for
/// quotes (`\"`), `+` in the query as a blank. Bytes that are no UTF-8 become U+FFFD.
pub fn decode(target: &str, buffers: &mut Buffers, into: &mut String) {
    if memchr::memchr3(b'%', b'\\', b'+', target.as_bytes()).is_none() {
        return into.push_str(target);
    }
    let Buffers { bytes, next } = buffers;
    bytes.clear();
    as_sent(target.as_bytes(), bytes);
    for _ in 0..ROUNDS {
        next.clear();
        if !round(bytes, next) {
            break;
        }
        std::mem::swap(bytes, next);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => into.push_str(text),
        Err(_) => into.push_str(&String::from_utf8_lossy(bytes)),
    }
}

/// Memory for decoding, used again and again.
#[derive(Debug, Default)]
pub struct Buffers {
    bytes: Vec<u8>,
    next: Vec<u8>,
}

/// Decoded once: `%XX` only means what it says.
pub fn once(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    match round(text.as_bytes(), &mut bytes) {
        true => String::from_utf8_lossy(&bytes).into_owned(),
        false => text.to_owned(),
    }
}

/// The bytes as the client sent them, but for blanks in the query.
fn as_sent(target: &[u8], into: &mut Vec<u8>) {
    let (mut at, mut in_query) = (0, false);
    while let Some(byte) = target.get(at) {
        let escaped = target.get(at + 1..).unwrap_or_default();
        let (byte, taken) = match (byte, escaped) {
            (b'\\', [b'x' | b'X', high, low, ..]) => match pair(*high, *low) {
                Some(byte) => (byte, 4),
                None => (b'\\', 1),
            },
            (b'\\', [b'"', ..]) => (b'"', 2),
            (b'+', _) if in_query => (b' ', 1),
            (byte, _) => (*byte, 1),
        };
        in_query |= byte == b'?';
        into.push(byte);
        at += taken;
    }
}

/// Decodes once; whether anything changed.
fn round(text: &[u8], into: &mut Vec<u8>) -> bool {
    if memchr::memchr(b'%', text).is_none() {
        return false;
    }
    let (mut at, mut changed) = (0, false);
    while let Some(found) = memchr::memchr(b'%', text.get(at..).unwrap_or_default()) {
        into.extend_from_slice(text.get(at..at + found).unwrap_or_default());
        at += found;
        match text.get(at + 1..).unwrap_or_default() {
            [b'u' | b'U', a, b, c, d, ..] if let (Some(high), Some(low)) = (pair(*a, *b), pair(*c, *d)) => {
                let code = u32::from(high) << 8 | u32::from(low);
                let letter = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                into.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                (at, changed) = (at + 6, true);
            }
            [high, low, ..] if let Some(byte) = pair(*high, *low) => {
                into.push(byte);
                (at, changed) = (at + 3, true);
            }
            _ => {
                into.push(b'%');
                at += 1;
            }
        }
    }
    into.extend_from_slice(text.get(at..).unwrap_or_default());
    changed
}

fn pair(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16);
    Some((digit(high)? * 16 + digit(low)?) as u8)
}
