//! The groups of one correlation: found by key, in the order of their last events.
#![expect(
    clippy::indexing_slicing,
    reason = "slots are numbered by this module and never removed, only reused"
)]

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::tally::Group;

const NONE: u32 = u32::MAX;

/// Groups in a slab, linked from the one whose last event is oldest to the one whose last event is newest.
#[derive(Debug)]
pub(super) struct Groups {
    table: HashTable<u32>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    oldest: u32,
    newest: u32,
    hasher: RandomState,
}

#[derive(Debug)]
struct Slot {
    key: Box<[u8]>,
    /// `None` where the slot is free.
    group: Option<Group>,
    before: u32,
    after: u32,
}

impl Default for Groups {
    fn default() -> Groups {
        Groups {
            table: HashTable::new(),
            slots: Vec::new(),
            free: Vec::new(),
            oldest: NONE,
            newest: NONE,
            hasher: RandomState::default(),
        }
    }
}

impl Groups {
    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    /// The group of a key, made where it is new, and now the newest.
    pub(super) fn touch(&mut self, key: &[u8], make: impl FnOnce() -> Group) -> &mut Group {
        let hash = self.hasher.hash_one(key);
        let slots = &self.slots;
        let number = match self.table.find(hash, |number| *slots[*number as usize].key == *key) {
            Some(number) => {
                let number = *number;
                self.unlink(number);
                number
            }
            None => self.insert(hash, key),
        };
        self.link_newest(number);
        self.slots[number as usize].group.get_or_insert_with(make)
    }

    /// The group whose last event is oldest.
    pub(super) fn oldest(&self) -> Option<&Group> {
        self.slots.get(self.oldest as usize)?.group.as_ref()
    }

    /// Takes out the group whose last event is oldest.
    pub(super) fn pop_oldest(&mut self) -> Option<Group> {
        let number = self.oldest;
        let hash = self.hasher.hash_one(&*self.slots.get(number as usize)?.key);
        self.unlink(number);
        if let Ok(entry) = self.table.find_entry(hash, |other| *other == number) {
            entry.remove();
        }
        self.free.push(number);
        let slot = &mut self.slots[number as usize];
        slot.key = Box::default();
        slot.group.take()
    }

    /// Keys and groups, oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], &Group)> {
        let mut next = self.oldest;
        std::iter::from_fn(move || {
            let slot = self.slots.get(next as usize)?;
            next = slot.after;
            Some((&*slot.key, slot.group.as_ref()?))
        })
    }

    fn insert(&mut self, hash: u64, key: &[u8]) -> u32 {
        let number = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { key: Box::default(), group: None, before: NONE, after: NONE });
            self.slots.len() as u32 - 1
        });
        self.slots[number as usize].key = key.into();
        let (slots, hasher) = (&self.slots, &self.hasher);
        self.table.insert_unique(hash, number, |number| hasher.hash_one(&*slots[*number as usize].key));
        number
    }

    fn unlink(&mut self, number: u32) {
        let Slot { before, after, .. } = self.slots[number as usize];
        match before {
            NONE => self.oldest = after,
            before => self.slots[before as usize].after = after,
        }
        match after {
            NONE => self.newest = before,
            after => self.slots[after as usize].before = before,
        }
    }

    fn link_newest(&mut self, number: u32) {
        let before = self.newest;
        let slot = &mut self.slots[number as usize];
        (slot.before, slot.after) = (before, NONE);
        match before {
            NONE => self.oldest = number,
            before => self.slots[before as usize].after = number,
        }
        self.newest = number;
    }
}

#[cfg(test)]
mod tests {
    use super::super::ring::Ring;
    use super::super::tally::Tally;
    use super::*;

    fn touch(groups: &mut Groups, key: &str, last: i64) {
        let make = || Group { last, opened: last, fired: None, tally: Tally::Events(Ring::default()) };
        groups.touch(key.as_bytes(), make).last = last;
    }

    #[test]
    fn the_group_touched_longest_ago_leaves_first() {
        let mut groups = Groups::default();
        for (last, key) in ["a", "b", "c", "a", "b"].into_iter().enumerate() {
            touch(&mut groups, key, last as i64);
        }
        let order: Vec<i64> = std::iter::from_fn(|| groups.pop_oldest()).map(|group| group.last).collect();
        assert_eq!(order, [2, 3, 4]);
        assert_eq!(groups.len(), 0);
    }

    #[test]
    fn a_freed_slot_is_used_again_for_another_key() {
        let mut groups = Groups::default();
        for round in 0..100 {
            touch(&mut groups, &format!("key {round}"), round);
            touch(&mut groups, "always", round);
            if groups.len() > 2 {
                groups.pop_oldest();
            }
        }
        assert!(groups.slots.len() <= 3);
        let keys: Vec<&[u8]> = groups.iter().map(|(key, _)| key).collect();
        assert_eq!(keys, [b"key 99".as_slice(), b"always"]);
    }
}
