//! Indicators on their way from the files to the index.
//!
//! In: values in their normal form, from the parsers. Out: all that may be used, packed into few allocations, and a
//! [`Report`] of the others. Every value passes the allow-list here, and nowhere else.

use foldhash::fast::FixedState;
use std::collections::HashMap;

use super::allow::AllowList;
use super::indicator::{Details, Kind};
use super::reason::{Reason, Report};

/// An indicator, packed: a million of them are 16 MB and their texts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Where its value begins in the texts; its id stands behind it.
    pub start: u32,
    pub value_len: u16,
    pub id_len: u8,
    pub kind: Kind,
    /// In [`Gathered::details`].
    pub details: u32,
    /// The next entry with the same value, set by the index.
    pub next: u32,
}

/// Indicators read so far.
#[derive(Debug, Default)]
pub struct Gathered {
    pub(super) entries: Vec<Entry>,
    pub(super) texts: String,
    pub(super) details: Vec<Details>,
    numbers: HashMap<Details, u32, FixedState>,
    last: u32,
    allow: AllowList,
    /// What was not used.
    pub report: Report,
}

impl Gathered {
    /// Nothing yet; values that `allow` names will be set aside.
    pub fn new(allow: AllowList) -> Gathered {
        Gathered { allow, ..Gathered::default() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds an indicator by its value in normal form, or says why it is set aside. `id` is its source's, or empty.
    ///
    /// # Errors
    /// Where the allow-list names it.
    pub fn add(&mut self, kind: Kind, value: &str, id: &str, details: &Details) -> Result<(), Reason> {
        if let Some(reason) = self.allow.objects_to(kind, value) {
            return Err(reason);
        }
        let id = if id.len() <= usize::from(u8::MAX) { id } else { "" };
        let (Ok(start), Ok(value_len)) = (u32::try_from(self.texts.len()), u16::try_from(value.len())) else {
            return Err(Reason::Value);
        };
        self.texts.push_str(value);
        self.texts.push_str(id);
        let details = self.number(details);
        self.entries.push(Entry { start, value_len, id_len: id.len() as u8, kind, details, next: 0 });
        Ok(())
    }

    /// Adds an indicator and takes note of it where it is set aside.
    pub fn add_from(
        &mut self,
        place: (&str, &dyn std::fmt::Display),
        (kind, value): (Kind, &str),
        id: &str,
        details: &Details,
    ) {
        if let Err(reason) = self.add(kind, value, id, details) {
            self.report.note(place.0, place.1, reason, value);
        }
    }

    fn number(&mut self, details: &Details) -> u32 {
        if self.details.get(self.last as usize) == Some(details) {
            return self.last;
        }
        self.last = match self.numbers.get(details) {
            Some(number) => *number,
            None => {
                let number = self.details.len() as u32;
                self.details.push(details.clone());
                self.numbers.insert(details.clone(), number);
                number
            }
        };
        self.last
    }
}
