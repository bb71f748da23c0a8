//! Lines put together from pieces, without `fmt`.
//!
//! In: texts, numbers and addresses. Out: their bytes appended to a buffer, one after the other. Nothing is escaped here.

use crate::clock::{address, number};

/// What can be appended to a line.
pub trait Piece {
    /// Appends it.
    fn put(self, out: &mut Vec<u8>);
}

/// An IPv4 address, in dots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ip(pub u32);

/// A hardware address, with any byte between its pairs of small digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mac(pub [u8; 6], pub u8);

impl Piece for &str {
    fn put(self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

impl Piece for u64 {
    fn put(self, out: &mut Vec<u8>) {
        number(out, self);
    }
}

impl Piece for u32 {
    fn put(self, out: &mut Vec<u8>) {
        number(out, u64::from(self));
    }
}

impl Piece for u16 {
    fn put(self, out: &mut Vec<u8>) {
        number(out, u64::from(self));
    }
}

impl Piece for u8 {
    fn put(self, out: &mut Vec<u8>) {
        number(out, u64::from(self));
    }
}

impl Piece for Ip {
    fn put(self, out: &mut Vec<u8>) {
        address(out, self.0);
    }
}

impl Piece for Mac {
    fn put(self, out: &mut Vec<u8>) {
        for (at, byte) in self.0.into_iter().enumerate() {
            if at > 0 {
                out.push(self.1);
            }
            super::pieces::hex_byte(out, byte);
        }
    }
}

/// `put!(out, "from ", Ip(address), "/", port)`: the pieces, one after the other.
macro_rules! put {
    ($out:expr, $($piece:expr),+ $(,)?) => {{
        $( $crate::logs::put::Piece::put($piece, $out); )+
    }};
}
pub(crate) use put;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stand_one_after_the_other() {
        let mut out = Vec::new();
        put!(&mut out, "from ", Ip(0xcb00_7105), "/", 443u16, " (", Mac([0, 0, 0x5e, 0, 0x53, 1], b'-'), ")");
        assert_eq!(out, b"from 203.0.113.5/443 (00-00-5e-00-53-01)");
    }
}
