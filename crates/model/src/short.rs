//! Comparing short texts.
//!
//! In: two pieces of bytes. Out: whether they are the same, or one begins or ends with the other. Decoders compare texts of a few bytes some
//! dozens of times for a record. The system's `memcmp` is made for long ones: it has to be called, and where a processor's masked loads are
//! used for what is shorter than a vector, an empty text that lies nowhere costs hundreds of cycles. Here up to sixteen bytes are two loads.

/// Whether both are the same bytes.
#[inline]
pub fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    match one.len() {
        0 => true,
        1..=3 => {
            one.first() == other.first()
                && one.get(one.len() / 2) == other.get(one.len() / 2)
                && one.last() == other.last()
        }
        4..=7 => {
            one.first_chunk::<4>() == other.first_chunk::<4>()
                && one.last_chunk::<4>() == other.last_chunk::<4>()
        }
        8..=16 => {
            one.first_chunk::<8>() == other.first_chunk::<8>()
                && one.last_chunk::<8>() == other.last_chunk::<8>()
        }
        _ => one == other,
    }
}

/// What follows `start` in `text`; `None` where that does not begin with it.
#[inline]
pub fn behind<'a>(text: &'a [u8], start: &[u8]) -> Option<&'a [u8]> {
    let (head, rest) = text.split_at_checked(start.len())?;
    same(head, start).then_some(rest)
}

/// Whether `text` begins with `start`.
#[inline]
pub fn begins(text: &[u8], start: &[u8]) -> bool {
    text.get(..start.len()).is_some_and(|head| same(head, start))
}

/// Whether `text` ends with `end`.
#[inline]
pub fn ends(text: &[u8], end: &[u8]) -> bool {
    let tail = text.len().checked_sub(end.len()).and_then(|start| text.get(start..));
    tail.is_some_and(|tail| same(tail, end))
}

/// Where the first byte stands that is a blank or a control character of ASCII (up to `0x20`). Words are a few letters long: eight at once
/// cost less than anything wider.
#[inline]
pub fn control(text: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let (chunks, rest) = text.as_chunks::<8>();
    for (number, chunk) in chunks.iter().enumerate() {
        let letters = u64::from_le_bytes(*chunk);
        // The lowest bit that is set belongs to the first byte below `!`; those above it may be wrong.
        let below = letters.wrapping_sub(ONES * 0x21) & !letters & (ONES * 0x80);
        if below != 0 {
            return Some(number * 8 + below.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|byte| *byte <= b' ').map(|at| chunks.len() * 8 + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_every_length_are_told_apart_by_every_byte() {
        for len in 0..40usize {
            let one: Vec<u8> = (0..len as u8).collect();
            assert!(same(&one, &one.clone()), "{len}");
            assert!(!same(&one, &[one.as_slice(), &[0]].concat()), "{len}");
            for at in 0..len {
                let mut other = one.clone();
                other[at] ^= 0x40;
                assert!(!same(&one, &other), "{len}, {at}");
            }
        }
    }

    #[test]
    fn beginnings_and_ends_are_those_of_the_standard_library() {
        let text = b"a text of some bytes";
        for end in 0..=text.len() {
            assert!(begins(text, &text[..end]) && ends(text, &text[end..]));
            assert_eq!(behind(text, &text[..end]), Some(&text[end..]));
        }
        assert!(!begins(b"a", b"ab") && !ends(b"b", b"ab") && !begins(b"ax", b"ab"));
        assert_eq!(behind(b"ax", b"ab"), None);
    }

    #[test]
    fn the_first_control_character_is_found_wherever_it_stands() {
        let text = "利用者aé\u{7f}bcdefghijklmnop".as_bytes();
        assert_eq!(control(text), None);
        for at in 0..text.len() {
            for byte in [0, b'\t', b'\n', 0x1f, b' '] {
                let mut with = text.to_vec();
                with[at] = byte;
                with.extend_from_slice(b" \t");
                assert_eq!(control(&with), Some(at));
            }
        }
    }
}
