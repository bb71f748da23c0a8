//! Security identifiers and GUIDs, in the form of Windows' own bytes and in text.

use std::fmt;

use crate::clock::number;

/// A security identifier: an account, a group or a label.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sid {
    authority: u8,
    count: u8,
    parts: [u32; MOST_PARTS],
}

/// Services' identifiers have this many.
const MOST_PARTS: usize = 6;

impl Sid {
    /// S-1-0-0: nobody.
    pub const NULL: Sid = Sid::of(0, [0, 0]).cut(1);
    /// S-1-1-0
    pub const EVERYONE: Sid = Sid::of(1, [0, 0]).cut(1);
    /// S-1-5-7
    pub const ANONYMOUS: Sid = Sid::of(5, [7, 0]).cut(1);
    /// S-1-5-18
    pub const SYSTEM: Sid = Sid::of(5, [18, 0]).cut(1);
    /// S-1-5-19
    pub const LOCAL_SERVICE: Sid = Sid::of(5, [19, 0]).cut(1);
    /// S-1-5-20
    pub const NETWORK_SERVICE: Sid = Sid::of(5, [20, 0]).cut(1);
    /// S-1-5-32-544
    pub const ADMINISTRATORS: Sid = Sid::of(5, [32, 544]);
    /// S-1-5-32-549
    pub const SERVER_OPERATORS: Sid = Sid::of(5, [32, 549]);
    /// S-1-5-32-550
    pub const PRINT_OPERATORS: Sid = Sid::of(5, [32, 550]);
    /// S-1-5-32-551
    pub const BACKUP_OPERATORS: Sid = Sid::of(5, [32, 551]);
    /// S-1-5-32-555
    pub const REMOTE_DESKTOP_USERS: Sid = Sid::of(5, [32, 555]);
    /// S-1-16-8192
    pub const MEDIUM_LABEL: Sid = Sid::of(16, [8192, 0]).cut(1);
    /// S-1-16-12288
    pub const HIGH_LABEL: Sid = Sid::of(16, [12_288, 0]).cut(1);
    /// S-1-16-16384
    pub const SYSTEM_LABEL: Sid = Sid::of(16, [16_384, 0]).cut(1);

    const fn of(authority: u8, first: [u32; 2]) -> Sid {
        let [one, two] = first;
        Sid { authority, count: 2, parts: [one, two, 0, 0, 0, 0] }
    }

    const fn cut(mut self, count: u8) -> Sid {
        self.count = count;
        self
    }

    /// `S-1-5-21-…` of a domain or a machine, without an account.
    pub const fn domain(of: [u32; 3]) -> Sid {
        let [one, two, three] = of;
        Sid { authority: 5, count: 4, parts: [21, one, two, three, 0, 0] }
    }

    /// The account of that number in a domain; unchanged where there is no room.
    pub fn with(mut self, account: u32) -> Sid {
        if let Some(part) = self.parts.get_mut(usize::from(self.count)) {
            *part = account;
            self.count += 1;
        }
        self
    }

    /// From text; `None` where it is none, or one with more than six parts.
    pub fn parse(text: &str) -> Option<Sid> {
        let mut parts = text.strip_prefix("S-1-")?.split('-');
        let empty = Sid { authority: parts.next()?.parse().ok()?, count: 0, parts: [0; MOST_PARTS] };
        let sid = parts.clone().try_fold(empty, |sid, part| Some(sid.with(part.parse().ok()?)))?;
        (parts.count() == usize::from(sid.count)).then_some(sid)
    }

    /// As text.
    pub fn text(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"S-1-");
        number(out, u64::from(self.authority));
        for part in self.parts() {
            out.push(b'-');
            number(out, u64::from(*part));
        }
    }

    /// As Windows stores it.
    pub fn bytes(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[1, self.count, 0, 0, 0, 0, 0, self.authority]);
        for part in self.parts() {
            out.extend_from_slice(&part.to_le_bytes());
        }
    }

    /// From what [`Sid::bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Option<Sid> {
        let (head, parts) = bytes.split_at_checked(8)?;
        let empty = Sid { authority: *head.last()?, count: 0, parts: [0; MOST_PARTS] };
        let (parts, _) = parts.as_chunks::<4>();
        Some(parts.iter().fold(empty, |sid, part| sid.with(u32::from_le_bytes(*part))))
    }

    fn parts(&self) -> &[u32] {
        self.parts.get(..usize::from(self.count)).unwrap_or_default()
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S-1-{}", self.authority)?;
        self.parts().iter().try_for_each(|part| write!(f, "-{part}"))
    }
}

impl fmt::Debug for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A GUID, in the order of Windows' bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// All zeros.
    pub const NULL: Guid = Guid([0; 16]);

    /// A random GUID (version 4) from 128 bits of chance.
    pub fn random(high: u64, low: u64) -> Guid {
        let high = (high & !0xF000) | 0x4000;
        let low = (low & !(0b11 << 62)) | (0b10 << 62);
        Guid::of((u128::from(high) << 64) | u128::from(low))
    }

    /// From the number that its digits are.
    pub const fn of(digits: u128) -> Guid {
        let [a3, a2, a1, a0, b1, b0, c1, c0, d, e, f, g, h, i, j, k] = digits.to_be_bytes();
        Guid([a0, a1, a2, a3, b0, b1, c0, c1, d, e, f, g, h, i, j, k])
    }

    /// From text, with or without braces.
    pub fn parse(text: &str) -> Option<Guid> {
        let text = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
        let digits =
            text.bytes().filter(|byte| *byte != b'-').try_fold((0u128, 0), |(value, count), byte| {
                Some(((value << 4) | u128::from((byte as char).to_digit(16)?), count + 1))
            })?;
        (digits.1 == 32).then(|| Guid::of(digits.0))
    }

    /// As text without braces: `54849625-5478-4994-…`.
    pub fn text(&self, out: &mut Vec<u8>, upper: bool) {
        const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
        let digits: &[u8; 16] = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
        for (at, from) in ORDER.into_iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                out.push(b'-');
            }
            let byte = self.0.get(from).copied().unwrap_or_default();
            out.extend(
                [byte >> 4, byte & 15].map(|half| digits.get(usize::from(half)).copied().unwrap_or(b'0')),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_the_same_as_text_and_as_bytes() {
        for text in ["S-1-5-21-1004336348-1177238915-682003330-1104", "S-1-5-18", "S-1-16-12288", "S-1-0-0"] {
            let sid = Sid::parse(text).unwrap();
            let (mut bytes, mut shown) = (Vec::new(), Vec::new());
            sid.bytes(&mut bytes);
            sid.text(&mut shown);
            assert_eq!((Sid::from_bytes(&bytes), sid.to_string().as_bytes()), (Some(sid), &shown[..]));
            assert_eq!(shown, text.as_bytes());
        }
        assert_eq!(Sid::domain([1, 2, 3]).with(500).to_string(), "S-1-5-21-1-2-3-500");
        for none in ["", "S-1-5-x", "S-1-5-1-2-3-4-5-6-7", "1-5"] {
            assert_eq!(Sid::parse(none), None, "{none}");
        }
    }

    #[test]
    fn a_guid_is_read_and_shown_in_the_order_of_its_text() {
        let guid = Guid::parse("{54849625-5478-4994-a5ba-3e3b0328c30d}").unwrap();
        assert_eq!(guid.0[..4], [0x25, 0x96, 0x84, 0x54]);
        let mut out = Vec::new();
        guid.text(&mut out, false);
        guid.text(&mut out, true);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "54849625-5478-4994-a5ba-3e3b0328c30d54849625-5478-4994-A5BA-3E3B0328C30D");
        assert_eq!(Guid::parse("54849625"), None);
        let mut random = Vec::new();
        Guid::random(u64::MAX, u64::MAX).text(&mut random, false);
        assert_eq!(random, b"ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
