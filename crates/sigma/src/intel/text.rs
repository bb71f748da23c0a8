//! Bytes of a list or feed as text.
//!
//! In: bytes. Out: text, from UTF-8 or UTF-16 (by its mark), else Shift_JIS where all of it is, else UTF-8 with what is
//! wrong replaced. `None` for what is no text.

use std::borrow::Cow;

use encoding_rs::{SHIFT_JIS, UTF_16BE, UTF_16LE};

/// The text, or nothing for a picture, an archive and the like.
pub fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes)
        && (encoding == UTF_16LE || encoding == UTF_16BE)
    {
        return Some(encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if memchr::memchr(0, bytes).is_some() {
        return None;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(Cow::Borrowed(text));
    }
    let (text, wrong) = SHIFT_JIS.decode_without_bom_handling(bytes);
    if wrong { Some(String::from_utf8_lossy(bytes)) } else { Some(text) }
}
