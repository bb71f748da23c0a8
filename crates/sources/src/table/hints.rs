//! Which formats' signs may stand in a text.
//!
//! In: a text of each sign, once; then records. Out: the formats one of whose texts stands there. One pass for all: two neighbouring bytes
//! of each text, the rarest that it has, are looked for in a bitmap that stays in the first-level cache. An automaton does the same in fewer
//! steps, but each of them waits for the one before.

use model::short;

use super::formats::FormatId;

/// The texts, by two of their bytes.
#[derive(Debug)]
pub struct Hints {
    /// A bit for each pair of bytes.
    pairs: Box<[u64; 1024]>,
    /// By pair: which of the lists, from 1; empty while there are no texts.
    list_of: Vec<u16>,
    lists: Vec<Vec<Hint>>,
}

/// Whose sign a text is: the format, and which of its signs.
pub type Owner = (FormatId, usize);

#[derive(Clone, Debug)]
struct Hint {
    text: Box<[u8]>,
    /// Where in it the pair stands.
    at: usize,
    owner: Owner,
}

impl Hints {
    /// Of texts and whose sign they are.
    pub fn of(texts: &[(&str, Owner)]) -> Hints {
        let mut hints = Hints { pairs: Box::new([0; 1024]), list_of: vec![0; 1 << 16], lists: Vec::new() };
        for (text, owner) in texts {
            let text = text.as_bytes();
            let Some((at, first)) = rarest(text) else { continue };
            let hint = Hint { text: text.into(), at, owner: *owner };
            match text.get(at + 1) {
                Some(second) => hints.add(u16::from_le_bytes([first, *second]), hint),
                None => (0..=u8::MAX)
                    .for_each(|second| hints.add(u16::from_le_bytes([first, second]), hint.clone())),
            }
        }
        hints
    }

    /// Calls `found` with the owner of each text that stands in a text, as often as it does.
    #[inline]
    pub fn each(&self, text: &[u8], mut found: impl FnMut(Owner)) {
        let mut look = |at: usize, first: u8, second: u8| {
            let pair = u16::from_le_bytes([first, second]);
            if self.pairs.get(usize::from(pair >> 6)).is_some_and(|bits| bits >> (pair & 63) & 1 == 1) {
                self.at(text, at, pair, &mut found);
            }
        };
        for (at, (first, second)) in text.iter().zip(text.get(1..).unwrap_or_default()).enumerate() {
            look(at, *first, *second);
        }
        if let Some(last) = text.last() {
            look(text.len() - 1, *last, 0);
        }
    }

    /// Calls `found` for the texts that have a pair of bytes where it stands.
    #[inline(never)]
    fn at(&self, text: &[u8], at: usize, pair: u16, found: &mut impl FnMut(Owner)) {
        let list = self.list_of.get(usize::from(pair)).and_then(|list| usize::from(*list).checked_sub(1));
        let list = list.and_then(|list| self.lists.get(list));
        for hint in list.into_iter().flatten() {
            let start = at.checked_sub(hint.at).and_then(|start| text.get(start..));
            if start.is_some_and(|rest| short::begins(rest, &hint.text)) {
                found(hint.owner);
            }
        }
    }

    fn add(&mut self, pair: u16, hint: Hint) {
        if let Some(bits) = self.pairs.get_mut(usize::from(pair >> 6)) {
            *bits |= 1 << (pair & 63);
        }
        let Some(list) = self.list_of.get_mut(usize::from(pair)) else { return };
        if *list == 0 {
            self.lists.push(Vec::new());
            *list = self.lists.len() as u16;
        }
        if let Some(list) = self.lists.get_mut(usize::from(*list) - 1) {
            list.push(hint);
        }
    }
}

/// Where the pair of bytes stands that logs have least of, and its first byte; the only byte of a text that has one.
fn rarest(text: &[u8]) -> Option<(usize, u8)> {
    let cost = |at: &usize| {
        let pair = text.get(*at..*at + 2).unwrap_or_default();
        pair.iter().map(|byte| how_common(*byte)).product::<u32>()
    };
    let at = (0..text.len().saturating_sub(1)).min_by_key(cost).unwrap_or(0);
    Some((at, *text.get(at)?))
}

fn how_common(byte: u8) -> u32 {
    match byte {
        b' ' | b'0' | b'1' | b'2' | b'e' | b't' | b'o' | b'n' | b'i' | b'r' | b's' | b'a' => 12,
        b'0'..=b'9' | b'.' | b'=' | b':' | b'-' | b'/' | b'"' => 8,
        b'a'..=b'z' => 6,
        b'A'..=b'Z' | b'_' | b',' | b'[' | b']' => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(texts: &[&str], text: &str) -> Vec<u16> {
        let texts: Vec<(&str, Owner)> =
            texts.iter().zip(0..).map(|(text, number)| (*text, (FormatId(number), 0))).collect();
        let mut found = Vec::new();
        Hints::of(&texts).each(text.as_bytes(), |owner| found.push(owner.0.0));
        found.sort_unstable();
        found.dedup();
        found
    }

    #[test]
    fn texts_are_found_wherever_they_stand_and_whatever_their_length() {
        let texts = ["devname=", "x", "=\"", "name", "利用者", "devname=\"", "0"];
        assert_eq!(found(&texts, "devname=\"fw\""), [0, 2, 3, 5]);
        assert_eq!(found(&texts, "date devname"), [3]);
        assert_eq!(found(&texts, "x"), [1]);
        assert_eq!(found(&texts, "ax"), [1]);
        assert_eq!(found(&texts, "a0"), [6]);
        assert_eq!(found(&texts, "利用者"), [4]);
        assert_eq!(found(&texts, "利用"), [0u16; 0]);
        assert_eq!(found(&texts, ""), [0u16; 0]);
        assert_eq!(found(&[], "devname"), [0u16; 0]);
    }
}
