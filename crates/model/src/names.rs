//! Names in four bytes: hosts, accounts, addresses, programs, shares, as later stages handle them.
//!
//! In: texts. Out: [`NameId`]s that stand for them as long as the table lives. A table only grows: whoever holds one
//! bounds what goes into it.

use std::fmt;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A name of one [`Names`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NameId(pub u32);

impl NameId {
    /// No name: the empty text.
    pub const NONE: NameId = NameId(0);

    /// Whether it stands for a text at all.
    pub fn is_some(self) -> bool {
        self != NameId::NONE
    }

    /// Itself, or the other where it stands for nothing.
    #[must_use]
    pub fn or(self, other: NameId) -> NameId {
        if self.is_some() { self } else { other }
    }
}

/// Distinct texts and their ids, in the order in which they came.
#[derive(Clone, Debug)]
pub struct Names {
    text: String,
    ends: Vec<u32>,
    index: HashTable<u32>,
    hasher: FixedState,
}

impl Default for Names {
    fn default() -> Names {
        let mut names = Names {
            text: String::new(),
            ends: Vec::new(),
            index: HashTable::new(),
            hasher: FixedState::default(),
        };
        names.id("");
        names
    }
}

impl Names {
    /// The id of a text, new where it was not known. Where the table is full (4 GiB of text), that of nothing.
    pub fn id(&mut self, text: &str) -> NameId {
        let hash = self.hasher.hash_one(text);
        let Names { text: all, ends, index, hasher } = self;
        if let Some(number) = index.find(hash, |number| at(all, ends, *number) == text) {
            return NameId(*number);
        }
        let (Ok(end), Ok(number)) = (u32::try_from(all.len() + text.len()), u32::try_from(ends.len())) else {
            return NameId::NONE;
        };
        all.push_str(text);
        ends.push(end);
        index.insert_unique(hash, number, |number| hasher.hash_one(at(all, ends, *number)));
        NameId(number)
    }

    /// The id of a text that is known.
    pub fn known(&self, text: &str) -> Option<NameId> {
        let hash = self.hasher.hash_one(text);
        let found = self.index.find(hash, |number| at(&self.text, &self.ends, *number) == text);
        found.map(|number| NameId(*number))
    }

    /// The text.
    pub fn get(&self, id: NameId) -> &str {
        at(&self.text, &self.ends, id.0)
    }

    /// How many there are, the empty one included.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether nothing but the empty name is known.
    pub fn is_empty(&self) -> bool {
        self.ends.len() <= 1
    }

    /// Every name in the order of ids, the empty one first.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len() as u32).map(|number| at(&self.text, &self.ends, number))
    }

    /// Bytes that the texts and their index take, about.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.ends.len() * 12
    }
}

/// The texts in the order of their ids, without the empty one.
impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().skip(1))
    }
}

/// Every text has the id that it had. What says one twice, or has too much of them, is no table.
impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Names, D::Error> {
        deserializer.deserialize_seq(Texts)
    }
}

struct Texts;

impl<'de> Visitor<'de> for Texts {
    type Value = Names;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("texts, each another")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<Names, A::Error> {
        let mut names = Names::default();
        while let Some(text) = texts.next_element::<String>()? {
            let next = names.len();
            if names.id(&text).0 as usize != next {
                return Err(A::Error::custom("a name that cannot have an id of its own"));
            }
        }
        Ok(names)
    }
}

fn at<'a>(text: &'a str, ends: &[u32], number: u32) -> &'a str {
    let end = ends.get(number as usize).copied().unwrap_or(0) as usize;
    let start = number.checked_sub(1).and_then(|before| ends.get(before as usize)).copied().unwrap_or(0);
    text.get(start as usize..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_id() {
        let mut names = Names::default();
        let ids: Vec<NameId> = (0..1000).map(|number| names.id(&format!("host{number}"))).collect();
        assert_eq!(names.id("host7"), *ids.get(7).unwrap());
        assert_eq!(names.get(*ids.get(999).unwrap()), "host999");
        assert_eq!((names.id(""), names.get(NameId::NONE), names.len()), (NameId::NONE, "", 1001));
        assert_eq!(names.known("host1000"), None);
    }

    #[test]
    fn a_saved_table_gives_every_name_its_id_again() {
        let mut names = Names::default();
        for text in ["fs01", "佐藤", "srv02"] {
            names.id(text);
        }
        let text = serde_json::to_string(&names).unwrap();
        assert_eq!(text, r#"["fs01","佐藤","srv02"]"#);
        let mut read: Names = serde_json::from_str(&text).unwrap();
        assert!(read.iter().eq(names.iter()));
        assert_eq!((read.id("srv02"), read.id("new")), (NameId(3), NameId(4)));
        assert!(serde_json::from_str::<Names>(r#"["fs01","fs01"]"#).is_err());
        assert!(serde_json::from_str::<Names>(r#"[""]"#).is_err());
    }
}
