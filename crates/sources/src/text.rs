//! Text in the encodings that logs of Japanese companies come in.
//!
//! In: the first bytes of an input, or a raw record. Out: its encoding ([`Charset`]), its text, and the time that it begins with. An input is never converted as a whole but for UTF-16: files mix encodings, so a record that is not
//! UTF-8 is looked at by itself. Nothing is ever dropped: what is valid in no encoding keeps its readable part.

use encoding_rs::{EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS, UTF_16BE, UTF_16LE};
use jiff::tz::TimeZone;

use crate::times::{self, Stamp};
use crate::{Block, ErrorCode, Errors, Place, Span};

/// How an input's text is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8, with or without byte order mark, or ASCII.
    Utf8,
    /// UTF-16 in the given byte order.
    Utf16(&'static Encoding),
    /// Some records are in that older encoding.
    Legacy(&'static Encoding),
}

impl Charset {
    /// The encoding of an input that begins with `head`; `None` where that is no text.
    ///
    /// UTF-16 is known by its mark or by its zero bytes. A legacy encoding is chosen by the lines that are not UTF-8:
    /// the one in which most of them are valid and read most like Japanese.
    pub fn of(head: &[u8]) -> Option<Charset> {
        if let Some(encoding) = utf16(head) {
            return Some(Charset::Utf16(encoding));
        }
        if is_binary(head) {
            return None;
        }
        if has_iso_2022_jp(head) {
            return Some(Charset::Legacy(ISO_2022_JP));
        }
        Some(legacy(head).map_or(Charset::Utf8, Charset::Legacy))
    }

    /// The encoding of records that are not UTF-8, for [`Block::legacy`].
    pub fn legacy(self) -> Option<&'static Encoding> {
        match self {
            Charset::Legacy(encoding) => Some(encoding),
            Charset::Utf8 | Charset::Utf16(_) => None,
        }
    }
}

/// The text of a raw record, and whether bytes of it had to be replaced.
///
/// UTF-8 first (the usual case, borrowed), then the input's legacy encoding, then whichever Japanese encoding the record
/// is convincing in; else its valid parts, with U+FFFD for the rest.
pub fn decode_text<'a>(block: &Block, raw: &'a [u8], scratch: &'a mut String) -> (&'a str, bool) {
    if block.legacy == Some(ISO_2022_JP) && raw.contains(&0x1b) && strict(ISO_2022_JP, raw, scratch) {
        return (scratch, false);
    }
    if let Ok(text) = std::str::from_utf8(raw) {
        return (text, false);
    }
    for encoding in [block.legacy, legacy_of_line(raw)].into_iter().flatten() {
        if strict(encoding, raw, scratch) {
            return (scratch, false);
        }
    }
    scratch.clear();
    match block.legacy {
        Some(encoding) => scratch.push_str(&encoding.decode_without_bom_handling(raw).0),
        None => scratch.push_str(&String::from_utf8_lossy(raw)),
    }
    (scratch, true)
}

/// The text of all of a block, where each of its records is what it looks like: UTF-8. Looking at the whole costs less than at each line.
pub fn block_text(block: &Block) -> Option<&str> {
    if block.legacy == Some(ISO_2022_JP) {
        return None;
    }
    std::str::from_utf8(&block.bytes).ok()
}

/// The text of a record; reports one whose bytes are valid in no known encoding.
pub fn record_text<'a>(
    block: &'a Block,
    span: Span,
    scratch: &'a mut String,
    errors: &mut Errors,
) -> &'a str {
    let (text, lossy) = decode_text(block, block.raw(span), scratch);
    if lossy {
        let reason = "the record is valid in no known text encoding; its undecodable bytes were replaced";
        errors.add(Some(Place::Record(span.record)), ErrorCode::BadEncoding, reason);
    }
    text
}

/// As [`str::split_once`], of an ASCII byte.
#[inline]
pub(crate) fn cut(text: &str, at: u8) -> Option<(&str, &str)> {
    let end = memchr::memchr(at, text.as_bytes())?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

/// The time at the beginning of a line, also in brackets.
pub fn leading_time(text: &str, zone: &TimeZone) -> Option<Stamp> {
    let (text, closing) = match text.strip_prefix('[') {
        Some(inner) => (inner, ']'),
        None => (text, ' '),
    };
    if closing == ']' {
        let inside = text.get(..text.find(']')?)?;
        return times::auto(inside, zone);
    }
    if !text.starts_with(|first: char| first.is_ascii_digit() || first.is_ascii_uppercase()) {
        return None;
    }
    // Times have up to five words; what follows is the message.
    const WORDS: usize = 6;
    let mut ends = [0; WORDS + 1];
    let mut count = 0;
    let blanks = memchr::memchr2_iter(b' ', b'\t', text.as_bytes()).take(WORDS);
    for (place, end) in ends.iter_mut().zip(blanks.chain([text.len().min(40)])) {
        *place = end;
        count += 1;
    }
    let mut before = None;
    let ends = ends.iter().take(count).rev().filter(|end| before.replace(**end) != Some(**end));
    let words = ends.filter_map(|end| text.get(..*end));
    words.map(|words| words.trim_end_matches([':', ',', ' '])).find_map(|words| times::auto(words, zone))
}

fn utf16(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [0xff, 0xfe, ..] => return Some(UTF_16LE),
        [0xfe, 0xff, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let sample = head.get(..4096).unwrap_or(head);
    let mut zeros = [0usize; 2];
    for pair in sample.chunks_exact(2) {
        for (count, byte) in zeros.iter_mut().zip(pair) {
            *count += usize::from(*byte == 0);
        }
    }
    // Half of a log is ASCII even in Japanese, so one byte of most pairs is zero and the other almost never.
    let (pairs, [even, odd]) = (sample.len() / 2, zeros);
    let encoding = match () {
        () if pairs < 4 => None,
        () if odd * 4 > pairs && even * 20 < pairs => Some(UTF_16LE),
        () if even * 4 > pairs && odd * 20 < pairs => Some(UTF_16BE),
        () => None,
    }?;
    let (text, errors) = encoding.decode_without_bom_handling(sample.get(..pairs * 2)?);
    (!errors || !is_binary(text.as_bytes())).then_some(encoding)
}

/// Text has next to no control characters; compressed and binary data has one in ten and more.
fn is_binary(head: &[u8]) -> bool {
    let is_control = |byte: &&u8| matches!(byte, 0..=6 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    let controls = head.iter().filter(is_control).count();
    controls * 25 > head.len()
}

fn has_iso_2022_jp(head: &[u8]) -> bool {
    head.is_ascii()
        && [&b"\x1b$B"[..], b"\x1b$@"].iter().any(|mark| memchr::memmem::find(head, mark).is_some())
}

fn legacy(head: &[u8]) -> Option<&'static Encoding> {
    // The last line may be cut anywhere.
    let whole = memchr::memrchr(b'\n', head).and_then(|end| head.get(..end)).unwrap_or(head);
    if std::str::from_utf8(whole).is_ok() {
        return None;
    }
    let bad = || whole.split(|byte| *byte == b'\n').filter(|line| std::str::from_utf8(line).is_err());
    let mut buffer = String::new();
    let mut best = None;
    for encoding in [SHIFT_JIS, EUC_JP] {
        let score: i64 = bad().map(|line| japanese(encoding, line, &mut buffer)).sum();
        if score > best.map_or(0, |(_, score)| score) {
            best = Some((encoding, score));
        }
    }
    best.map(|(encoding, _)| encoding)
}

fn legacy_of_line(raw: &[u8]) -> Option<&'static Encoding> {
    let mut buffer = String::new();
    let mut score = |encoding| japanese(encoding, raw, &mut buffer);
    match (score(SHIFT_JIS), score(EUC_JP)) {
        (sjis, euc) if sjis <= 0 && euc <= 0 => None,
        (sjis, euc) => Some(if sjis >= euc { SHIFT_JIS } else { EUC_JP }),
    }
}

/// How much a line reads like Japanese in an encoding: negative where it is not valid there or consists of what hardly
/// occurs (half-width katakana is what EUC-JP looks like when read as Shift_JIS).
fn japanese(encoding: &'static Encoding, line: &[u8], buffer: &mut String) -> i64 {
    const LONGEST: usize = 4096;
    let line = line.get(..LONGEST).unwrap_or(line);
    let whole = line.len() < LONGEST;
    buffer.clear();
    buffer.reserve(line.len() * 3 + 16);
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (result, _) = decoder.decode_to_string_without_replacement(line, buffer, whole);
    if matches!(result, encoding_rs::DecoderResult::Malformed(..)) {
        return -4;
    }
    let mut score = 0;
    let mut before = ' ';
    for now in buffer.chars() {
        score += match now {
            '\u{3041}'..='\u{30ff}' => 2,
            // A lone ideograph between Latin letters is an accented letter of another encoding.
            '\u{4e00}'..='\u{9fff}' if before.is_ascii_alphabetic() => -1,
            '\u{4e00}'..='\u{9fff}' | '\u{3000}'..='\u{3020}' => 1,
            '\u{ff01}'..='\u{ff5e}' => 1,
            '\u{ff61}'..='\u{ff9f}' => -1,
            '\u{e000}'..='\u{f8ff}' => -4,
            '\u{80}'.. => -1,
            _ => 0,
        };
        before = now;
    }
    score
}

/// Whether the whole of `raw` is valid in `encoding`; the text is then in `scratch`.
fn strict(encoding: &'static Encoding, raw: &[u8], scratch: &mut String) -> bool {
    match encoding.decode_without_bom_handling_and_without_replacement(raw) {
        Some(text) => {
            scratch.clear();
            scratch.push_str(&text);
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JAPANESE: &str = "2026-05-07 利用者「佐藤」がログインに失敗しました。端末: 営業部パソコン\n";

    #[test]
    fn each_encoding_is_recognised_by_its_bytes() {
        let utf16 = |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "time=1 user=sato 佐藤 logon\n".repeat(4).encode_utf16().flat_map(to_bytes).collect()
        };
        assert_eq!(Charset::of(JAPANESE.as_bytes()), Some(Charset::Utf8));
        for encoding in [SHIFT_JIS, EUC_JP, ISO_2022_JP] {
            let bytes = encoding.encode(JAPANESE).0;
            assert_eq!(Charset::of(&bytes), Some(Charset::Legacy(encoding)), "{}", encoding.name());
        }
        assert_eq!(Charset::of(&utf16(u16::to_le_bytes)), Some(Charset::Utf16(UTF_16LE)));
        assert_eq!(Charset::of(&utf16(u16::to_be_bytes)), Some(Charset::Utf16(UTF_16BE)));
    }

    #[test]
    fn bytes_of_a_program_are_no_text() {
        let random: Vec<u8> = (0..5000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert_eq!(Charset::of(&random), None);
        assert_eq!(Charset::of(&[0, 1, 2, 3]), None);
    }

    #[test]
    fn a_half_width_katakana_name_is_shift_jis() {
        let bytes = SHIFT_JIS.encode("ユーザー ｻﾄｳ が接続\n").0;
        assert_eq!(Charset::of(&bytes), Some(Charset::Legacy(SHIFT_JIS)));
    }

    #[test]
    fn a_legacy_line_in_an_otherwise_ascii_input_is_still_read() {
        let raw = SHIFT_JIS.encode("user=佐藤太郎 がログオン").0;
        let mut scratch = String::new();
        assert_eq!(decode_text(&Block::default(), &raw, &mut scratch), ("user=佐藤太郎 がログオン", false));
        let raw = EUC_JP.encode("共有フォルダを開きました").0;
        assert_eq!(decode_text(&Block::default(), &raw, &mut scratch), ("共有フォルダを開きました", false));
    }

    #[test]
    fn latin_1_is_not_taken_for_japanese() {
        let mut scratch = String::new();
        let (text, lossy) = decode_text(&Block::default(), b"user=Jos\xe9 logged on", &mut scratch);
        assert!(lossy);
        assert!(text.starts_with("user=Jos") && text.ends_with("logged on"), "{text}");
    }

    #[test]
    fn the_time_at_the_beginning_of_a_line_is_found_however_it_is_bracketed() {
        let stamp = |text: &str| match leading_time(text, &TimeZone::UTC) {
            Some(Stamp::Full(time)) => time.to_string(),
            other => format!("{other:?}"),
        };
        for text in [
            "2026-05-07T01:02:03Z started",
            "[2026-05-07T01:02:03Z] started",
            "2026-05-07 01:02:03 started",
            "[07/May/2026:01:02:03 +0000] started",
            "Thu May  7 01:02:03 2026 started",
            "2026-05-07 01:02:03,000 INFO started",
        ] {
            assert_eq!(stamp(text), "2026-05-07T01:02:03.000000Z", "{text}");
        }
        assert_eq!(stamp("no time"), "None");
        assert_eq!(stamp("[warn] no time"), "None");
    }
}
