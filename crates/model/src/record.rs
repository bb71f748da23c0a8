//! Where a record lies, and what it says when it is needed whole.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{LogSource, OwnedValue, Time};

/// An input of one run: the index of its path in the run's sorted list of inputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceId(pub u32);

/// A record that evidences something, as it stands in the output: `docs/schema/finding.schema.json`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Evidence {
    /// The path below the given input; members of archives as `a.zip!dir/b.log`, standard input as `-`.
    pub source: String,
    /// EventRecordID for Windows events, else line number or array index from 1.
    pub record: u64,
    /// SHA-256 of the raw record, in lower-case hexadecimal.
    pub sha256: String,
}

impl Evidence {
    /// Points at `record` of `source` and digests its raw bytes.
    pub fn new(source: &str, record: u64, raw: &[u8]) -> Evidence {
        Evidence { source: source.to_owned(), record, sha256: hex(&Sha256::digest(raw)) }
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
        text
    })
}

/// One event with every field, outside the columns: made only for events that evidence something.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// When it happened.
    pub time: Time,
    /// Where it comes from.
    pub log_source: LogSource,
    /// Every field by its taxonomy name, in the order of the record.
    pub fields: Vec<(Arc<str>, OwnedValue)>,
}

impl Record {
    /// The field of that name.
    pub fn get(&self, name: &str) -> Option<&OwnedValue> {
        self.fields.iter().find(|(field, _)| **field == *name).map(|(_, value)| value)
    }

    /// The field's value as text, where it has one that says something (not empty, not `-`).
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name)?.text().filter(|text| !text.is_empty() && text != "-")
    }
}
