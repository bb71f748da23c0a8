//! The distinct values of each field, and the ids by which columns name them.
//!
//! Logs repeat themselves: a value is stored and looked at once, a cell is only its id. Ids are stable within an
//! epoch; [`Interner::trim`] ends the epoch of the largest dictionaries when memory runs short, between blocks,
//! when no batch refers to them.

use std::hash::BuildHasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::fast::{FixedState, RandomState};
use hashbrown::{HashMap, HashTable};

use crate::{LogSource, LogSourceId, Value, short};

/// A field name known to one [`Interner`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub u32);

/// A value of one field, in one epoch of its [`Dictionary`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueId(pub u32);

impl ValueId {
    /// The record has no such field.
    pub const MISSING: ValueId = ValueId(0);
    /// The field is there and holds nothing.
    pub const NULL: ValueId = ValueId(1);
    /// The field holds further fields.
    pub const OBJECT: ValueId = ValueId(2);

    /// The id as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

const RESERVED: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Entry {
    Missing,
    Null,
    Object,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str { start: u32, len: u32 },
    List { start: u32, len: u32 },
}

/// The distinct values of one field.
#[derive(Debug)]
pub struct Dictionary {
    name: Arc<str>,
    epoch: u32,
    entries: Vec<Entry>,
    text: String,
    lists: Vec<ValueId>,
    index: HashTable<(u32, ValueId)>,
    hasher: RandomState,
    raw: HashTable<RawEntry>,
    raw_bytes: Vec<u8>,
}

/// A value as a binary format stores it, already seen.
#[derive(Clone, Copy, Debug)]
struct RawEntry {
    hash: u32,
    tag: u8,
    start: u32,
    len: u32,
    id: ValueId,
}

impl Dictionary {
    fn new(name: &str) -> Dictionary {
        Dictionary {
            name: name.into(),
            epoch: 0,
            entries: vec![Entry::Missing, Entry::Null, Entry::Object],
            text: String::new(),
            lists: Vec::new(),
            index: HashTable::new(),
            hasher: RandomState::default(),
            raw: HashTable::new(),
            raw_bytes: Vec::new(),
        }
    }

    /// The field's name.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Counts how often the ids began anew; what is remembered by id holds within one epoch.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// How many ids there are, the reserved ones included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds nothing but the reserved ids.
    pub fn is_empty(&self) -> bool {
        self.entries.len() == RESERVED
    }

    /// The value behind an id; [`Value::Missing`] for an id of another epoch.
    pub fn value(&self, id: ValueId) -> Value<'_> {
        match self.entries.get(id.index()).copied().unwrap_or(Entry::Missing) {
            Entry::Missing => Value::Missing,
            Entry::Null => Value::Null,
            Entry::Object => Value::Object,
            Entry::Bool(flag) => Value::Bool(flag),
            Entry::Int(number) => Value::Int(number),
            Entry::Float(number) => Value::Float(number),
            Entry::Str { start, len } => Value::Str(str_at(&self.text, start, len)),
            Entry::List { start, len } => {
                let range = start as usize..(start + len) as usize;
                Value::List(self.lists.get(range).unwrap_or_default())
            }
        }
    }

    /// The id of a text.
    pub fn str(&mut self, text: &str) -> ValueId {
        let hash = self.hasher.hash_one(text.as_bytes());
        let (entries, stored) = (&self.entries, self.text.as_bytes());
        let found = self.index.find(hash, |(short, id)| {
            *short == hash as u32
                && matches!(entries.get(id.index()), Some(Entry::Str { start, len })
                    if short::same(bytes_at(stored, *start, *len), text.as_bytes()))
        });
        if let Some((_, id)) = found {
            return *id;
        }
        let entry = Entry::Str { start: self.text.len() as u32, len: text.len() as u32 };
        self.text.push_str(text);
        self.insert(hash, entry)
    }

    /// The id of a whole number.
    pub fn int(&mut self, number: i64) -> ValueId {
        self.scalar(Entry::Int(number), self.hasher.hash_one((1u8, number)))
    }

    /// The id of a number with a fraction.
    pub fn float(&mut self, number: f64) -> ValueId {
        self.scalar(Entry::Float(number), self.hasher.hash_one((2u8, number.to_bits())))
    }

    /// The id of `true` or `false`.
    pub fn bool(&mut self, flag: bool) -> ValueId {
        self.scalar(Entry::Bool(flag), self.hasher.hash_one((3u8, flag)))
    }

    /// The id of several values, themselves of this dictionary.
    pub fn list(&mut self, items: &[ValueId]) -> ValueId {
        let hash = self.hasher.hash_one((4u8, items));
        let (entries, lists) = (&self.entries, &self.lists);
        let found = self.index.find(hash, |(short, id)| {
            *short == hash as u32
                && matches!(entries.get(id.index()), Some(Entry::List { start, len })
                    if lists.get(*start as usize..(*start + *len) as usize) == Some(items))
        });
        if let Some((_, id)) = found {
            return *id;
        }
        let entry = Entry::List { start: self.lists.len() as u32, len: items.len() as u32 };
        self.lists.extend_from_slice(items);
        self.insert(hash, entry)
    }

    /// The id of a value in the form in which a binary format stores it, where [`Dictionary::learn`] has seen it.
    /// `tag` tells forms apart whose bytes could be the same.
    #[inline]
    pub fn recall(&self, tag: u8, raw: &[u8]) -> Result<ValueId, RawHash> {
        let hash = self.hasher.hash_one(raw).wrapping_add(u64::from(tag));
        let found = self.raw.find(hash, |entry| {
            entry.hash == hash as u32
                && entry.tag == tag
                && short::same(bytes_at(&self.raw_bytes, entry.start, entry.len), raw)
        });
        found.map(|entry| entry.id).ok_or(RawHash(hash))
    }

    /// Remembers that the raw form means `id`, so that it need not be decoded again in this epoch.
    pub fn learn(&mut self, tag: u8, raw: &[u8], hash: RawHash, id: ValueId) {
        let start = self.raw_bytes.len() as u32;
        self.raw_bytes.extend_from_slice(raw);
        let entry = RawEntry { hash: hash.0 as u32, tag, start, len: raw.len() as u32, id };
        let (bytes, hasher) = (&self.raw_bytes, &self.hasher);
        self.raw.insert_unique(hash.0, entry, |entry| {
            hasher.hash_one(bytes_at(bytes, entry.start, entry.len)).wrapping_add(u64::from(entry.tag))
        });
    }

    /// Bytes held, for [`Interner::trim`].
    fn bytes(&self) -> usize {
        self.text.len()
            + self.raw_bytes.len()
            + self.entries.len() * (size_of::<Entry>() + 12)
            + self.lists.len() * 4
            + self.raw.len() * size_of::<RawEntry>()
    }

    /// Forgets all values. Memory of a moderate size is kept: it will be needed again.
    fn begin_epoch(&mut self) {
        const KEPT: usize = 8 << 20;
        self.epoch += 1;
        self.entries.truncate(RESERVED);
        self.lists.clear();
        self.index.clear();
        self.raw.clear();
        self.text.clear();
        self.text.shrink_to(KEPT);
        self.raw_bytes.clear();
        self.raw_bytes.shrink_to(KEPT);
        self.entries.shrink_to(KEPT / size_of::<Entry>());
    }

    fn scalar(&mut self, entry: Entry, hash: u64) -> ValueId {
        let entries = &self.entries;
        let same = |id: &ValueId| match (entries.get(id.index()), entry) {
            (Some(Entry::Float(a)), Entry::Float(b)) => a.to_bits() == b.to_bits(),
            (Some(a), b) => *a == b,
            (None, _) => false,
        };
        match self.index.find(hash, |(short, id)| *short == hash as u32 && same(id)) {
            Some((_, id)) => *id,
            None => self.insert(hash, entry),
        }
    }

    fn insert(&mut self, hash: u64, entry: Entry) -> ValueId {
        let id = ValueId(self.entries.len() as u32);
        self.entries.push(entry);
        let (entries, text, lists, hasher) = (&self.entries, self.text.as_bytes(), &self.lists, &self.hasher);
        self.index.insert_unique(hash, (hash as u32, id), |(_, id)| match entries.get(id.index()) {
            Some(Entry::Str { start, len }) => hasher.hash_one(bytes_at(text, *start, *len)),
            Some(Entry::Int(number)) => hasher.hash_one((1u8, *number)),
            Some(Entry::Float(number)) => hasher.hash_one((2u8, number.to_bits())),
            Some(Entry::Bool(flag)) => hasher.hash_one((3u8, *flag)),
            Some(Entry::List { start, len }) => hasher
                .hash_one((4u8, lists.get(*start as usize..(*start + *len) as usize).unwrap_or_default())),
            Some(Entry::Missing | Entry::Null | Entry::Object) | None => 0,
        });
        id
    }
}

/// The hash of a raw form that [`Dictionary::recall`] did not know, for [`Dictionary::learn`].
#[derive(Clone, Copy, Debug)]
pub struct RawHash(u64);

fn bytes_at(bytes: &[u8], start: u32, len: u32) -> &[u8] {
    bytes.get(start as usize..start as usize + len as usize).unwrap_or_default()
}

fn str_at(text: &str, start: u32, len: u32) -> &str {
    text.get(start as usize..start as usize + len as usize).unwrap_or_default()
}

/// The dictionaries of all fields and the log sources met, of one worker.
#[derive(Debug)]
pub struct Interner {
    fields: HashMap<Box<str>, FieldId, FixedState>,
    dictionaries: Vec<Dictionary>,
    log_sources: Vec<LogSource>,
    generation: u64,
}

impl Default for Interner {
    fn default() -> Interner {
        static GENERATIONS: AtomicU64 = AtomicU64::new(1);
        Interner {
            fields: HashMap::default(),
            dictionaries: Vec::new(),
            log_sources: Vec::new(),
            generation: GENERATIONS.fetch_add(1, Ordering::Relaxed),
        }
    }
}

impl Interner {
    /// An empty interner.
    pub fn new() -> Interner {
        Interner::default()
    }

    /// The id of a field name; the name is new to the interner the first time.
    pub fn field(&mut self, name: &str) -> FieldId {
        if let Some(id) = self.fields.get(name) {
            return *id;
        }
        let id = FieldId(self.dictionaries.len() as u32);
        self.dictionaries.push(Dictionary::new(name));
        self.fields.insert(name.into(), id);
        id
    }

    /// Names this set of ids, no two in a process alike: what is remembered by shape, slot, field, log source or value
    /// holds for one generation only.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Forgets everything and begins a new generation of ids.
    pub fn restart(&mut self) {
        *self = Interner::default();
    }

    /// How many fields there are; their ids are below this.
    pub fn field_count(&self) -> usize {
        self.dictionaries.len()
    }

    /// The dictionary of a field.
    #[expect(clippy::indexing_slicing, reason = "FieldIds are handed out by this interner and stay valid")]
    pub fn dictionary(&self, field: FieldId) -> &Dictionary {
        &self.dictionaries[field.0 as usize]
    }

    /// The dictionary of a field, to add to.
    #[expect(clippy::indexing_slicing, reason = "FieldIds are handed out by this interner and stay valid")]
    pub fn dictionary_mut(&mut self, field: FieldId) -> &mut Dictionary {
        &mut self.dictionaries[field.0 as usize]
    }

    /// The id of a log source.
    pub fn log_source(&mut self, log_source: &LogSource) -> LogSourceId {
        let known = self.log_sources.iter().position(|known| known == log_source);
        let index = known.unwrap_or_else(|| {
            self.log_sources.push(log_source.clone());
            self.log_sources.len() - 1
        });
        LogSourceId(index as u32)
    }

    /// The log source behind an id.
    #[expect(
        clippy::indexing_slicing,
        reason = "LogSourceIds are handed out by this interner and stay valid"
    )]
    pub fn log_source_of(&self, id: LogSourceId) -> &LogSource {
        &self.log_sources[id.0 as usize]
    }

    /// Begins a new epoch for the largest dictionaries until all together hold at most `limit` bytes. Only between
    /// blocks: ids of those fields in existing batches lose their meaning.
    pub fn trim(&mut self, limit: usize) {
        let mut total: usize = self.dictionaries.iter().map(Dictionary::bytes).sum();
        while total > limit {
            let Some(largest) = self.dictionaries.iter_mut().max_by_key(|dictionary| dictionary.bytes())
            else {
                return;
            };
            total -= largest.bytes();
            largest.begin_epoch();
            if largest.is_empty() && total <= limit {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value_has_the_same_id_and_another_type_has_another() {
        let mut interner = Interner::new();
        let field = interner.field("CommandLine");
        let dictionary = interner.dictionary_mut(field);
        let text = dictionary.str("4624");
        assert_eq!(dictionary.str("4624"), text);
        assert_ne!(dictionary.int(4624), text);
        assert_eq!(dictionary.int(4624), dictionary.int(4624));
        assert_ne!(dictionary.float(0.0), dictionary.float(-0.0));
        let list = dictionary.list(&[text, ValueId::NULL]);
        assert_eq!(dictionary.list(&[text, ValueId::NULL]), list);
        assert_eq!(dictionary.value(list), Value::List(&[text, ValueId::NULL]));
        assert_eq!(dictionary.value(text), Value::Str("4624"));
    }

    #[test]
    fn thousands_of_values_stay_apart_while_the_table_grows() {
        let mut interner = Interner::new();
        let field = interner.field("f");
        let dictionary = interner.dictionary_mut(field);
        let ids: Vec<_> =
            (0..20_000).map(|n| (dictionary.str(&format!("v{n}")), dictionary.int(n))).collect();
        for (n, (text, number)) in ids.into_iter().enumerate() {
            assert_eq!(dictionary.str(&format!("v{n}")), text);
            assert_eq!(dictionary.value(number), Value::Int(n as i64));
        }
    }

    #[test]
    fn a_raw_form_is_recalled_only_after_it_was_learnt_and_only_with_its_tag() {
        let mut interner = Interner::new();
        let field = interner.field("f");
        let dictionary = interner.dictionary_mut(field);
        let hash = dictionary.recall(1, b"a\0b\0").unwrap_err();
        let id = dictionary.str("ab");
        dictionary.learn(1, b"a\0b\0", hash, id);
        assert_eq!(dictionary.recall(1, b"a\0b\0").unwrap(), id);
        assert!(dictionary.recall(2, b"a\0b\0").is_err());
    }

    #[test]
    fn trimming_begins_an_epoch_for_the_largest_only() {
        let mut interner = Interner::new();
        let (large, small) = (interner.field("large"), interner.field("small"));
        for n in 0..10_000 {
            interner.dictionary_mut(large).str(&format!("a long and unique text {n}"));
        }
        let kept = interner.dictionary_mut(small).str("kept");
        interner.trim(10_000);
        assert_eq!(interner.dictionary(large).epoch(), 1);
        assert!(interner.dictionary(large).is_empty());
        assert_eq!(interner.dictionary(small).value(kept), Value::Str("kept"));
    }
}
