//! Text and numbers as JSON writes them (RFC 8259), without a copy where there is nothing to decode.

use std::borrow::Cow;

/// The end of the string whose first byte is at `from` (the index of its closing quote), and whether it has backslashes.
#[inline]
pub(crate) fn string_end(bytes: &[u8], from: usize) -> Option<(usize, bool)> {
    const WORDS: usize = 4;
    let mut at = from;
    for _ in 0..WORDS {
        let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) else { break };
        let found = special(u64::from_le_bytes(*word));
        if found != 0 {
            at += (found.trailing_zeros() / 8) as usize;
            return if bytes.get(at) == Some(&b'"') { Some((at, false)) } else { escaped_end(bytes, at) };
        }
        at += 8;
    }
    at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
    if bytes.get(at) == Some(&b'"') { Some((at, false)) } else { escaped_end(bytes, at) }
}

/// The same from the first backslash on. Only quotes are searched for: text with one backslash mostly has many.
fn escaped_end(bytes: &[u8], first: usize) -> Option<(usize, bool)> {
    let mut at = first;
    loop {
        at += memchr::memchr(b'"', bytes.get(at..)?)?;
        let before = bytes.get(first..at)?;
        let backslashes = before.iter().rev().take_while(|byte| **byte == b'\\').count();
        if backslashes % 2 == 0 {
            return Some((at, true));
        }
        at += 1;
    }
}

/// The high bit of each byte that is a quote or a backslash (of bytes above the first such, also of some others).
#[inline]
fn special(word: u64) -> u64 {
    zero_bytes(word ^ (ONES * b'"' as u64)) | zero_bytes(word ^ (ONES * b'\\' as u64))
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

#[inline]
fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// Appends the text that `raw`, the inside of a JSON string, stands for. Half of a surrogate pair becomes U+FFFD; a
/// backslash before something that needs none stays as it is, so that nothing is lost. `false` where there was one.
pub(crate) fn unescape(raw: &str, out: &mut String) -> bool {
    let mut valid = true;
    let mut at = 0;
    out.reserve(raw.len());
    while let Some(escape) = plain(raw, &mut at, out) {
        let (decoded, used) = match escape.as_bytes().get(1) {
            Some(b'"') => (Some('"'), 2),
            Some(b'\\') => (Some('\\'), 2),
            Some(b'/') => (Some('/'), 2),
            Some(b'b') => (Some('\u{8}'), 2),
            Some(b'f') => (Some('\u{c}'), 2),
            Some(b'n') => (Some('\n'), 2),
            Some(b'r') => (Some('\r'), 2),
            Some(b't') => (Some('\t'), 2),
            Some(b'u') => unicode(escape),
            _ => (None, 1),
        };
        valid &= decoded.is_some();
        out.push(decoded.unwrap_or('\\'));
        at += used;
    }
    valid
}

/// Appends the text from `at` to the next backslash and returns what begins there; `None` at the end. Where there is one
/// backslash there are mostly many, so that text is copied by words while it is searched.
#[inline]
fn plain<'a>(raw: &'a str, at: &mut usize, out: &mut String) -> Option<&'a str> {
    loop {
        let rest = raw.get(*at..)?;
        let length = match rest.as_bytes().first_chunk::<8>() {
            Some(word) => match backslash(u64::from_le_bytes(*word)) {
                8 if rest.is_char_boundary(8) => {
                    out.push_str(rest.get(..8)?);
                    *at += 8;
                    continue;
                }
                8 => memchr::memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len()),
                length => length,
            },
            None => rest.bytes().position(|byte| byte == b'\\').unwrap_or(rest.len()),
        };
        let (before, escape) = rest.split_at_checked(length)?;
        out.push_str(before);
        *at += length;
        return if escape.is_empty() { None } else { Some(escape) };
    }
}

/// How many bytes of the word come before its first backslash: 8 where it has none.
#[inline]
fn backslash(word: u64) -> usize {
    (zero_bytes(word ^ (ONES * b'\\' as u64)).trailing_zeros() / 8) as usize
}

/// `\uXXXX`, or a pair of them, at the beginning of `escape`, and how many bytes it has.
fn unicode(escape: &str) -> (Option<char>, usize) {
    let unit = |from: usize| -> Option<u32> {
        let digits = escape.get(from..from + 6)?.strip_prefix("\\u")?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
        u32::from_str_radix(digits, 16).ok()
    };
    match (unit(0), unit(6)) {
        (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
            let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            (Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)), 12)
        }
        (Some(code), _) => (Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)), 6),
        (None, _) => (None, 1),
    }
}

/// The text that the inside of a JSON string stands for.
pub(crate) fn unescaped(raw: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\\', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    unescape(raw, &mut text);
    Cow::Owned(text)
}

/// The text of a value that is no object: of a string its content, of others what stands there.
pub(crate) fn unquoted(value: &str) -> Cow<'_, str> {
    let value = value.trim_start_matches('\u{feff}').trim_ascii();
    match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inside) => unescaped(inside),
        None => Cow::Borrowed(value),
    }
}

/// The end of the number that begins at `from`; `None` where none does.
pub(crate) fn number_end(bytes: &[u8], from: usize) -> Option<usize> {
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let begin = if bytes.get(from) == Some(&b'-') { from + 1 } else { from };
    let mut at = digits(begin);
    if at == begin || (at > begin + 1 && bytes.get(begin) == Some(&b'0')) {
        return None;
    }
    if bytes.get(at) == Some(&b'.') {
        let fraction = at + 1;
        at = digits(fraction);
        if at == fraction {
            return None;
        }
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let signed = matches!(bytes.get(at + 1), Some(b'+' | b'-'));
        let exponent = at + 1 + usize::from(signed);
        at = digits(exponent);
        if at == exponent {
            return None;
        }
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_what_they_stand_for() {
        let cases = [
            (r"C:\\Windows\\\u3042\n\/", "C:\\Windows\\あ\n/"),
            (r"\ud83d\ude00!", "😀!"),
            (r"\ud83d!\ude00", "\u{fffd}!\u{fffd}"),
            (r"\q\u12", "\\q\\u12"),
            (r"\u+123", "\\u+123"),
            (r"\ud83d\u0041", "\u{fffd}A"),
        ];
        for (raw, expected) in cases {
            assert_eq!(unescaped(raw), expected, "{raw}");
        }
    }

    #[test]
    fn the_end_of_a_string_is_found_wherever_the_quote_lies() {
        for fill in 0..80 {
            let plain = format!("{}\" x", "a".repeat(fill));
            assert_eq!(string_end(plain.as_bytes(), 0), Some((fill, false)));
            let escaped = format!("{}\\\"\\\\\" x", "é".repeat(fill));
            assert_eq!(string_end(escaped.as_bytes(), 0), Some((fill * 2 + 4, true)));
            assert_eq!(string_end("a".repeat(fill).as_bytes(), 0), None);
            assert_eq!(string_end(format!("{}\\\"", "a".repeat(fill)).as_bytes(), 0), None);
        }
    }

    #[test]
    fn only_numbers_of_the_grammar_end_anywhere() {
        for number in ["0", "-0", "12", "-1.5e+10", "1E5", "0.25"] {
            assert_eq!(number_end(number.as_bytes(), 0), Some(number.len()), "{number}");
        }
        for other in ["01", "-", ".5", "1.", "1e", "1e+", "+1", "NaN", ""] {
            assert_eq!(number_end(other.as_bytes(), 0), None, "{other}");
        }
    }
}
