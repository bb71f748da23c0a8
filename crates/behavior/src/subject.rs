//! Whose days are looked at, and with whom they are compared.

use std::hash::BuildHasher;

use estate::{AccountId, AccountKind, Estate, HostId, snapshot};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

/// Whose day it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Subject {
    /// An account.
    Account(AccountId),
    /// A machine of the company, by what comes from it.
    Machine(HostId),
    /// An address outside, by what comes from it.
    Outside(HostId),
}

/// The sorts of subjects.
pub(crate) const KINDS: usize = 3;

impl Subject {
    /// The subject that stands for what comes from a host; none for no host.
    pub fn of_source(host: HostId, estate: &Estate) -> Option<Subject> {
        let info = estate.host_info(host);
        if host == HostId::NONE {
            None
        } else if info.external {
            Some(Subject::Outside(host))
        } else {
            Some(Subject::Machine(host))
        }
    }

    /// Which sort, from 0.
    pub(crate) fn kind(self) -> usize {
        match self {
            Subject::Account(_) => 0,
            Subject::Machine(_) => 1,
            Subject::Outside(_) => 2,
        }
    }

    /// A number of its own.
    pub(crate) fn number(self) -> u64 {
        let id = match self {
            Subject::Account(AccountId(id)) => id,
            Subject::Machine(HostId(id)) | Subject::Outside(HostId(id)) => id,
        };
        (self.kind() as u64) << 32 | u64::from(id)
    }

    /// The subject of a number.
    fn of_number(number: u64) -> Option<Subject> {
        let id = number as u32;
        match number >> 32 {
            0 => Some(Subject::Account(AccountId(id))),
            1 => Some(Subject::Machine(HostId(id))),
            2 => Some(Subject::Outside(HostId(id))),
            _ => None,
        }
    }
}

/// Groups of peers: of accounts the department, of machines the role, as the company's lists say. The number of a group follows from its name, so that it is
/// the same in every state.
///
/// Bound: as many as the estate has accounts and hosts (some 30 MB), and groups as the lists have.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Peers {
    #[serde(with = "snapshot::map")]
    known: HashMap<Subject, u32, FixedState>,
}

impl Peers {
    /// The group of a subject.
    pub fn group(&mut self, subject: Subject, estate: &Estate) -> u32 {
        if let Some(group) = self.known.get(&subject) {
            return *group;
        }
        let hash = FixedState::default().hash_one((subject.kind(), name_of_group(subject, estate)));
        // The highest number means all.
        let group = (hash as u32).min(u32::MAX - 1);
        self.known.insert(subject, group);
        group
    }

    /// The group of a subject by its number, where it is known.
    pub fn of_number(&self, number: u64) -> Option<u32> {
        self.known.get(&Subject::of_number(number)?).copied()
    }

    /// What share of the subjects of each sort that the one knows that knows fewer is known to both.
    pub fn common(&self, other: &Peers) -> [f32; KINDS] {
        std::array::from_fn(|kind| {
            let of = |peers: &Peers| peers.known.keys().filter(|subject| subject.kind() == kind).count();
            let both = self.known.keys().filter(|subject| subject.kind() == kind);
            let both = both.filter(|subject| other.known.contains_key(*subject)).count();
            both as f32 / of(self).min(of(other)).max(1) as f32
        })
    }

    /// Adds what another state knows. Who was in different groups is in one of them.
    pub fn merge(&mut self, other: Peers) {
        for (subject, group) in other.known {
            let known = self.known.entry(subject).or_insert(group);
            *known = group.min(*known);
        }
    }
}

/// The department or role by which people know a subject's peers; empty where no list says it.
pub(crate) fn name_of_peers(subject: Subject, estate: &Estate) -> &str {
    let inventory = estate.inventory();
    match subject {
        Subject::Account(id) => {
            let user = estate.account_info(id).user.and_then(|user| inventory.users().get(user.0 as usize));
            user.map_or("", |user| &user.department)
        }
        Subject::Machine(id) => {
            let asset = estate.host_info(id).asset.and_then(|asset| inventory.asset(asset));
            asset.map_or("", |asset| &asset.role)
        }
        Subject::Outside(_) => "",
    }
}

fn name_of_group(subject: Subject, estate: &Estate) -> String {
    match subject {
        Subject::Account(id) => {
            let info = estate.account_info(id);
            let user = info.user.and_then(|user| estate.inventory().users().get(user.0 as usize));
            match user {
                Some(user) => format!("{} {}", user.department, user.privileged),
                None => format!("? {:?}", info.kind == AccountKind::Shared),
            }
        }
        Subject::Machine(id) => {
            let asset = estate.host_info(id).asset;
            let asset = asset.and_then(|asset| estate.inventory().assets().get(asset.0 as usize));
            asset.map_or_else(|| "?".to_owned(), |asset| asset.role.clone())
        }
        Subject::Outside(_) => String::new(),
    }
}
