//! The domains of accounts: a directory's short (NetBIOS) name and its DNS name are one.
//!
//! In: what stands before `\` or behind `@`. Out: a number per directory. Two names are one where the first label of the DNS name is the short
//! name; a suffix of user names (UPN) above the DNS name of the only directory below it is that directory's.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::snapshot;

/// A directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DomainId(pub u32);

/// At most so many directories: names of unknown machines stand in the same place.
const MOST: usize = 100_000;

/// Directories below one domain that are told apart.
const MOST_BELOW: usize = 64;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Directory {
    /// The name that is shown: the short name where one is known.
    label: Box<str>,
    /// The DNS name; empty where none is known.
    dns: Box<str>,
    /// The list of accounts has it, or it is known under both names.
    sure: bool,
    /// Only its DNS name was met.
    unnamed: bool,
}

/// All directories.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Domains {
    #[serde(with = "snapshot::map")]
    by_name: HashMap<Box<str>, DomainId, FixedState>,
    directories: Vec<Directory>,
    /// By every domain above a DNS name: the directories below.
    #[serde(with = "snapshot::map")]
    above: HashMap<Box<str>, Vec<DomainId>, FixedState>,
}

impl Domains {
    /// The directory of a name in small letters; new where it is not known, `None` where there is no room.
    pub fn id(&mut self, name: &str) -> Option<DomainId> {
        if let Some(id) = self.by_name.get(name).copied() {
            if let Some(directory) =
                self.directories.get_mut(id.0 as usize).filter(|directory| directory.unnamed)
            {
                directory.unnamed = name.contains('.');
                directory.sure |= !directory.unnamed;
                directory.label = if directory.unnamed { directory.label.clone() } else { name.into() };
            }
            return Some(id);
        }
        let id = if name.contains('.') { self.dns(name)? } else { self.new_directory(name, "")? };
        self.by_name.insert(name.into(), id);
        Some(id)
    }

    /// Whether it is known to be a directory, and not a machine.
    pub fn is_sure(&self, name: &str) -> bool {
        let directory = self.by_name.get(name).and_then(|id| self.directories.get(id.0 as usize));
        directory.is_some_and(|directory| directory.sure)
    }

    /// The list of accounts has it.
    pub fn is_listed(&mut self, id: DomainId) {
        if let Some(directory) = self.directories.get_mut(id.0 as usize) {
            directory.sure = true;
        }
    }

    /// Whether a name in small letters is one of the directory's: one that was met, or the first label of its DNS name.
    pub fn is(&self, id: DomainId, name: &str) -> bool {
        let known = self.by_name.get(name) == Some(&id);
        let first = |directory: &Directory| directory.dns.split('.').next() == Some(name);
        known || self.directories.get(id.0 as usize).is_some_and(|one| *one.dns == *name || first(one))
    }

    /// The name that is shown: the short name where one was met, else the DNS name.
    pub fn label(&self, id: DomainId) -> &str {
        self.directories.get(id.0 as usize).map_or("", |directory| &directory.label)
    }

    fn dns(&mut self, name: &str) -> Option<DomainId> {
        let label = name.split('.').next().unwrap_or(name);
        let same = self.by_name.get(label).copied();
        let found = match same.and_then(|id| Some((id, self.directories.get_mut(id.0 as usize)?))) {
            Some((id, directory)) if directory.dns.is_empty() => {
                directory.dns = name.into();
                directory.sure = true;
                id
            }
            // A suffix of user names: nothing stands above it that is a directory's own.
            _ => match self.only_below(name) {
                Some(only) => return Some(only),
                None => self.new_directory(label, name)?,
            },
        };
        for (at, _) in name.match_indices('.') {
            let parent = name.get(at + 1..).filter(|parent| parent.contains('.'));
            let Some(parent) = parent else { break };
            let below = self.above.entry_ref(parent).or_default();
            if below.len() < MOST_BELOW && !below.contains(&found) {
                below.push(found);
            }
        }
        Some(found)
    }

    /// The only directory below a domain: of those that are sure to be one, if there are such.
    fn only_below(&self, name: &str) -> Option<DomainId> {
        let below = self.above.get(name)?;
        let sure =
            |id: &&DomainId| self.directories.get(id.0 as usize).is_some_and(|directory| directory.sure);
        let mut sure = below.iter().filter(sure);
        match (sure.next(), sure.next(), below.as_slice()) {
            (Some(only), None, _) | (None, _, [only]) => Some(*only),
            _ => None,
        }
    }

    fn new_directory(&mut self, label: &str, dns: &str) -> Option<DomainId> {
        if self.directories.len() >= MOST {
            return None;
        }
        let id = DomainId(u32::try_from(self.directories.len()).ok()?);
        let unnamed = !dns.is_empty();
        let shown = if unnamed { dns } else { label };
        self.directories.push(Directory { label: shown.into(), dns: dns.into(), sure: false, unnamed });
        // Its short name, unless another directory has that.
        self.by_name.entry_ref(label).or_insert(id);
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_one_under_both_its_names() {
        let mut domains = Domains::default();
        let corp = domains.id("corp").unwrap();
        assert_eq!(domains.id("corp.example.com"), Some(corp));
        assert_eq!(domains.id("example.com"), Some(corp), "a suffix of user names");
        let other = domains.id("corp.other.example").unwrap();
        assert_ne!(other, corp);
        assert_eq!((domains.id("corp"), domains.label(other)), (Some(corp), "corp.other.example"));
    }

    #[test]
    fn two_directories_below_one_suffix_do_not_share_it() {
        let mut domains = Domains::default();
        let (tokyo, osaka) =
            (domains.id("tokyo.corp.example").unwrap(), domains.id("osaka.corp.example").unwrap());
        let above = domains.id("corp.example").unwrap();
        assert!(tokyo != osaka && above != tokyo && above != osaka);
    }
}
