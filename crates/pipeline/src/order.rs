//! The order of everything that leaves a hunt.

use model::Time;

/// Event time first; records of the same time by input and record number, then by rule. Inputs are numbered by their
/// sorted names, so the order depends on content only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Event time.
    pub time: Time,
    /// The input.
    pub source: u32,
    /// The record in it.
    pub record: u64,
    /// The rule.
    pub rule: u32,
}

impl Key {
    /// The size of a key on disk.
    pub const BYTES: usize = 24;

    /// For disk.
    pub fn to_bytes(self) -> [u8; Key::BYTES] {
        let mut bytes = [0; Key::BYTES];
        let parts = self.time.micros().to_le_bytes().into_iter().chain(self.record.to_le_bytes());
        let parts = parts.chain(self.source.to_le_bytes()).chain(self.rule.to_le_bytes());
        bytes.iter_mut().zip(parts).for_each(|(byte, part)| *byte = part);
        bytes
    }

    /// From disk.
    pub fn from_bytes(bytes: [u8; Key::BYTES]) -> Key {
        let part = |from: usize, to: usize| {
            let bytes = bytes.get(from..to).unwrap_or_default();
            bytes.iter().rev().fold(0u64, |number, byte| (number << 8) | u64::from(*byte))
        };
        Key {
            time: Time::from_micros(part(0, 8) as i64),
            record: part(8, 16),
            source: part(16, 20) as u32,
            rule: part(20, 24) as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_the_disk() {
        let key = Key { time: Time::from_micros(-5), source: 70_000, record: u64::MAX - 3, rule: 9 };
        assert_eq!(Key::from_bytes(key.to_bytes()), key);
    }
}
