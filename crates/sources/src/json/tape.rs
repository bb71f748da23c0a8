//! One record as a flat list of values: what a scanner leaves behind and [`super::rows`] turns into a row.
//!
//! Nothing is decoded here. An [`Entry`] says which path has a value of which kind, and where its bytes lie. The paths that
//! the table of shapes names have the lowest [`NodeId`]s, and the tape remembers where it saw them: a record's shape
//! is known without a second look at its bytes.

/// A path of keys (`winlog.event_data.Image`), by number; see [`super::paths`].
pub(crate) type NodeId = u32;

/// The most values of one record; one with more is kept as text.
pub(crate) const MOST_VALUES: usize = 1 << 20;

/// What kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text that stands in the record as it is.
    Plain,
    /// Text with backslashes.
    Escaped,
    /// Text in [`Tape::scratch`].
    Scratch,
    Number,
    True,
    False,
    Null,
    Object,
    /// `start` is the index of the first entry behind the array's content.
    Array,
}

/// One value of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Whose value it is; elements of an array have the array's path.
    pub node: NodeId,
    pub start: u32,
    pub len: u32,
    pub kind: Kind,
    /// How many objects it lies in: where the same path is written with dots and nested, the dotted one wins.
    pub depth: u8,
    /// It is an element of an array.
    pub item: bool,
    /// It lies in an object in an array, so that its path can have several values.
    pub spread: bool,
}

/// Which signature paths a record has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Mask([u64; Mask::WORDS]);

impl Mask {
    const WORDS: usize = 6;

    /// How many paths have a bit: those with the lowest numbers.
    pub const BITS: usize = Mask::WORDS * 64;

    /// Adds a path, where it has a bit.
    #[inline]
    pub fn add(&mut self, node: NodeId) {
        if let Some(word) = self.0.get_mut(node as usize / 64) {
            *word |= 1 << (node % 64);
        }
    }

    /// Whether it has all paths of another.
    pub fn has(&self, other: &Mask) -> bool {
        self.0.iter().zip(other.0).all(|(own, other)| own & other == other)
    }
}

/// The values of one record.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    pub entries: Vec<Entry>,
    /// Decoded text of values that do not stand in the record as they are.
    pub scratch: String,
    /// For each path that the table of shapes names, the record (by `stamp`) and entry in which it was last seen.
    marks: Vec<(u32, u32)>,
    stamp: u32,
    /// A bit for each signature path seen.
    pub mask: Mask,
}

impl Tape {
    /// A tape for a table that names that many paths.
    pub fn new(marks: usize) -> Tape {
        Tape { marks: vec![(0, 0); marks], ..Tape::default() }
    }

    /// Begins a record.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.scratch.clear();
        self.mask = Mask::default();
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            self.marks.fill((0, 0));
            self.stamp = 1;
        }
    }

    /// Appends a value.
    #[inline]
    pub fn push(&mut self, entry: Entry) {
        if (entry.node as usize) < self.marks.len() {
            self.mark(entry.node);
        }
        self.entries.push(entry);
    }

    fn mark(&mut self, node: NodeId) {
        if let Some(mark) = self.marks.get_mut(node as usize) {
            *mark = (self.stamp, self.entries.len() as u32);
            self.mask.add(node);
        }
    }

    /// Whether there is no room for another value.
    pub fn is_full(&self) -> bool {
        self.entries.len() >= MOST_VALUES
    }

    /// The last value of a path that the table names, where this record has it.
    pub fn marked(&self, node: NodeId) -> Option<&Entry> {
        let (stamp, entry) = *self.marks.get(node as usize)?;
        (stamp == self.stamp).then(|| self.entries.get(entry as usize)).flatten()
    }

    /// The bytes of a value as they stand, escapes and all; empty for objects and arrays.
    pub fn raw<'a>(&'a self, entry: &Entry, text: &'a str) -> &'a str {
        let from = match entry.kind {
            Kind::Scratch => self.scratch.as_str(),
            Kind::Object | Kind::Array => return "",
            _ => text,
        };
        from.get(entry.start as usize..(entry.start + entry.len) as usize).unwrap_or_default()
    }

    /// Gives memory back after an unusually large record.
    pub fn shrink(&mut self) {
        if self.entries.capacity() > 1 << 16 {
            self.entries = Vec::new();
        }
        if self.scratch.capacity() > 1 << 20 {
            self.scratch = String::new();
        }
    }
}
