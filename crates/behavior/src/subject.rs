//! Whose days are looked at, and with whom they are compared.

use estate::{AccountId, AccountKind, Estate, HostId};
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
}

/// Groups of peers: of accounts the department, of machines the role, as the company's lists say.
#[derive(Debug, Default)]
pub(crate) struct Peers {
    groups: HashMap<(usize, String), u32, FixedState>,
    known: HashMap<Subject, u32, FixedState>,
}

impl Peers {
    /// The group of a subject.
    pub fn group(&mut self, subject: Subject, estate: &Estate) -> u32 {
        if let Some(group) = self.known.get(&subject) {
            return *group;
        }
        let next = self.groups.len() as u32;
        let group = *self.groups.entry((subject.kind(), name_of_group(subject, estate))).or_insert(next);
        self.known.insert(subject, group);
        group
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
