//! The raw fields of the record at hand.
//!
//! A split gives every raw field a number; its value is a piece of the record's text, of what was unescaped, or of the table. The numbers
//! of names that the table knows are fixed; others are handed out as records bring them, up to a bound.

use std::collections::HashMap;
use std::sync::Arc;

use model::short;

/// A raw field's number within its format.
pub type RawId = usize;

/// The names of a format's raw fields.
#[derive(Clone, Debug, Default)]
pub struct Names {
    names: Vec<Arc<str>>,
    by_name: HashMap<Arc<str>, RawId, foldhash::fast::FixedState>,
    /// By the number of a name, which one came behind it last: records name things in the same order.
    behind: Vec<RawId>,
    /// The one that was asked for last.
    last: RawId,
}

impl Names {
    /// How many names records may add to those of the table: real logs have a few hundred, hostile ones as many as they like.
    const MOST_ADDED: usize = 2048;

    /// The number of a name of the table.
    pub fn of_table(&mut self, name: &str) -> RawId {
        match self.by_name.get(name) {
            Some(id) => *id,
            None => self.add(name),
        }
    }

    /// The number of a name that a record has; `None` where there are too many.
    #[inline]
    pub fn of_record(&mut self, name: &str, of_table: usize) -> Option<RawId> {
        let guess = self.behind.get(self.last).copied();
        let is_it = |guess: &RawId| {
            self.names.get(*guess).is_some_and(|known| short::same(known.as_bytes(), name.as_bytes()))
        };
        let id = match guess.filter(is_it) {
            Some(id) => id,
            None => self.look_up(name, of_table)?,
        };
        self.last = id;
        Some(id)
    }

    fn look_up(&mut self, name: &str, of_table: usize) -> Option<RawId> {
        const LONGEST: usize = 128;
        let known = self.by_name.get(name).copied();
        let fits = || name.len() <= LONGEST && self.names.len() < of_table + Names::MOST_ADDED;
        let id = match known {
            None if fits() => self.add(name),
            known => known?,
        };
        if self.behind.len() <= self.last {
            self.behind.resize(self.last + 1, 0);
        }
        if let Some(place) = self.behind.get_mut(self.last) {
            *place = id;
        }
        Some(id)
    }

    /// The number of a name, where there is one.
    pub fn find(&self, name: &str) -> Option<RawId> {
        self.by_name.get(name).copied()
    }

    /// A name by its number.
    pub fn name(&self, id: RawId) -> &str {
        self.names.get(id).map_or("", |name| name)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    fn add(&mut self, name: &str) -> RawId {
        let name: Arc<str> = name.into();
        self.names.push(Arc::clone(&name));
        self.by_name.insert(name, self.names.len() - 1);
        self.names.len() - 1
    }
}

/// A text without the blanks around it. Most have none.
#[inline]
pub fn trimmed(text: &str) -> &str {
    let is_letter = |byte: Option<&u8>| byte.is_some_and(|byte| (b'!'..=b'~').contains(byte));
    let bytes = text.as_bytes();
    if is_letter(bytes.first()) && is_letter(bytes.last()) { text } else { text.trim() }
}

/// A text without the blanks behind it.
#[inline]
pub fn trimmed_end(text: &str) -> &str {
    let is_letter = text.as_bytes().last().is_none_or(|byte| (b'!'..=b'~').contains(byte));
    if is_letter { text } else { text.trim_end() }
}

/// Where a value lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Missing,
    Text(u32, u32),
    Scratch(u32, u32),
}

/// The values of one record.
#[derive(Debug, Default)]
pub struct Raws {
    places: Vec<Place>,
    /// The numbers that have a value.
    pub set: Vec<RawId>,
    scratch: String,
}

impl Raws {
    /// Forgets the values of the record before.
    pub fn clear(&mut self) {
        for id in self.set.drain(..) {
            if let Some(place) = self.places.get_mut(id) {
                *place = Place::Missing;
            }
        }
        self.scratch.clear();
    }

    /// Sets a value that is a piece of `text`.
    #[inline]
    pub fn set_piece(&mut self, id: RawId, text: &str, piece: &str) {
        let start = (piece.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
        match start <= text.len() && piece.len() <= text.len() - start {
            true => self.put(id, Place::Text(start as u32, piece.len() as u32)),
            // Not of this text: of what was unescaped, or of the table.
            false => self.set_copy(id, piece),
        }
    }

    /// Sets a value that stands nowhere in the text as it is.
    pub fn set_copy(&mut self, id: RawId, value: &str) {
        let start = self.scratch.len() as u32;
        self.scratch.push_str(value);
        self.put(id, Place::Scratch(start, value.len() as u32));
    }

    /// Sets a value that `write` appends.
    pub fn set_written(&mut self, id: RawId, write: impl FnOnce(&mut String)) {
        let start = self.scratch.len();
        write(&mut self.scratch);
        let len = self.scratch.len().saturating_sub(start);
        self.put(id, Place::Scratch(start as u32, len as u32));
    }

    /// A value of the record.
    #[inline]
    pub fn get<'a>(&'a self, id: RawId, text: &'a str) -> Option<&'a str> {
        match *self.places.get(id)? {
            Place::Missing => None,
            Place::Text(start, len) => text.get(start as usize..(start + len) as usize),
            Place::Scratch(start, len) => self.scratch.get(start as usize..(start + len) as usize),
        }
    }

    #[inline]
    fn put(&mut self, id: RawId, place: Place) {
        if self.places.len() <= id {
            self.places.resize(id + 1, Place::Missing);
        }
        if let Some(slot) = self.places.get_mut(id) {
            if *slot == Place::Missing {
                self.set.push(id);
            }
            *slot = place;
        }
    }
}
