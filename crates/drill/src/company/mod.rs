//! The invented company: its sites, machines, people and accounts.
//!
//! In: a seed and how many people work there. Out: a [`Company`], which does not change while a drill runs, and the CSV files that tell a hunt
//! about it. What grows with the number of people is kept small; what grows with their files and customers is worked out when asked for, never kept.

mod build;
mod csv;
pub mod customers;
mod data;
mod fixtures;
mod hosts;
mod staff;
mod staffing;

use std::collections::BTreeMap;

use crate::logs::windows::Sid;
use crate::rng::Rng;

pub use build::company;
pub use csv::{dotted, write_inventory};
pub use data::{FOLDERS, customers};
pub use hosts::{Host, HostId, Lifecycle, Os, Role};
pub use staff::{Account, AccountId, AccountKind, Habits, Person, PersonId, Remote};
pub use staffing::Move;

/// A company.
#[derive(Debug)]
pub struct Company {
    /// What all of its chance comes from.
    pub rng: Rng,
    /// Its Windows domain and its domain in DNS.
    pub domain: Domain,
    /// Where it works.
    pub sites: Vec<Site>,
    /// Departments, by their short codes.
    pub departments: Vec<Department>,
    /// Machines.
    pub hosts: Vec<Host>,
    /// People.
    pub people: Vec<Person>,
    /// Accounts: of people first, in their order.
    pub accounts: Vec<Account>,
    /// The machines with each role, in order.
    roles: BTreeMap<Role, Vec<HostId>>,
}

/// Names of the company's own.
#[derive(Clone, Debug)]
pub struct Domain {
    /// In Japanese: `ひので通信株式会社`.
    pub company: String,
    /// Of the Windows domain: `HINODE`.
    pub netbios: String,
    /// In DNS: `corp.hinode.example`.
    pub dns: String,
    /// Of mail addresses and web sites: `hinode.example`.
    pub public: String,
    /// The security identifier of the domain, without that of an account.
    pub sid: Sid,
}

/// A place where the company works.
#[derive(Clone, Debug)]
pub struct Site {
    /// `Tokyo`.
    pub name: &'static str,
    /// As machines there are called: `tky`.
    pub code: &'static str,
    /// Distance from UTC in minutes.
    pub offset: i32,
    /// Whose holidays it keeps.
    pub country: crate::calendar::Country,
    /// The first address of its machines; the network has 65,536, servers in the first 4,096.
    pub network: u32,
    /// Its address in the internet.
    pub public: u32,
    /// How many work there.
    pub people: u32,
}

/// A position among the sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteId(pub u8);

/// The headquarters.
pub const TOKYO: SiteId = SiteId(0);
/// The second site in Japan.
pub const OSAKA: SiteId = SiteId(1);
/// Abroad.
pub const SINGAPORE: SiteId = SiteId(2);
/// Abroad.
pub const THAILAND: SiteId = SiteId(3);
/// Abroad.
pub const AMERICA: SiteId = SiteId(4);

/// A part of the company.
#[derive(Clone, Debug)]
pub struct Department {
    /// In Japanese.
    pub name: String,
    /// Its folder and group: `sales`.
    pub code: String,
}

impl Company {
    /// A machine.
    pub fn host(&self, id: HostId) -> &Host {
        // Ids are made with the hosts that they name, and hosts are never taken away.
        #[expect(clippy::indexing_slicing, reason = "an id is a position that exists")]
        &self.hosts[id.0 as usize]
    }

    /// Somebody.
    pub fn person(&self, id: PersonId) -> &Person {
        #[expect(clippy::indexing_slicing, reason = "an id is a position that exists")]
        &self.people[id.0 as usize]
    }

    /// An account.
    pub fn account(&self, id: AccountId) -> &Account {
        #[expect(clippy::indexing_slicing, reason = "an id is a position that exists")]
        &self.accounts[id.0 as usize]
    }

    /// A site.
    pub fn site(&self, id: SiteId) -> &Site {
        #[expect(clippy::indexing_slicing, reason = "an id is a position that exists")]
        &self.sites[usize::from(id.0)]
    }

    /// The machines with a role, in order.
    pub fn with_role(&self, role: Role) -> &[HostId] {
        self.roles.get(&role).map_or(&[], Vec::as_slice)
    }

    /// The first machine with a role.
    pub fn the(&self, role: Role) -> HostId {
        self.with_role(role).first().copied().unwrap_or(HostId(0))
    }

    /// The nearest machine with a role: one of the site if it has any, always the same for the same `key`.
    pub fn near(&self, role: Role, site: SiteId, key: u64) -> HostId {
        let all = self.with_role(role);
        let here = all.iter().filter(|id| self.host(**id).site == site).count() as u64;
        let mut fit = all.iter().filter(|id| here == 0 || self.host(**id).site == site);
        let count = if here == 0 { all.len() as u64 } else { here };
        fit.nth((key % count.max(1)) as usize).copied().unwrap_or(HostId(0))
    }

    /// The account with that name.
    pub fn account_named(&self, name: &str) -> Option<AccountId> {
        self.accounts.iter().position(|account| account.name == name).map(|at| AccountId(at as u32))
    }

    /// A number below `end` that a machine keeps for something, such as a process that runs all the time: the same for the same name.
    pub fn kept_number(&self, host: HostId, name: &str, end: u32) -> u32 {
        self.rng.of(name, u64::from(host.0)).below(u64::from(end)) as u32
    }

    /// The service accounts.
    pub fn services(&self) -> impl Iterator<Item = (AccountId, &Account)> {
        let all = self.accounts.iter().enumerate().map(|(at, account)| (AccountId(at as u32), account));
        all.filter(|(_, account)| account.kind == AccountKind::Service)
    }
}
