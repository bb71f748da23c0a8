//! The estate over time: which host and which account a name or an address meant at a moment.
//!
//! In: the inventory, the host names that stand in what is read, and the activities in the order of time. Out: [`HostId`]s and [`AccountId`]s, and
//! what is known of each. Nothing here is read from a clock. What is kept has a bound: 500,000 hosts, 500,000 accounts, a million addresses, of which
//! outside hosts and addresses may take three quarters; what finds no room is no host or no account, and counted in [`Estate::left_out`].

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use model::{NameId, Names, Time};
use serde::{Deserialize, Serialize};

use crate::accounts::{Account, AccountId, Accounts, MOST_ACCOUNTS};
use crate::addresses::{AddressId, Addresses, Lease, MOST_ADDRESSES};
use crate::hosts::{Host, HostId, Hosts, MOST_HOSTS};
use crate::inventory::Inventory;
use crate::name::{self, HostText, account_text};
use crate::persons::{PersonId, persons};

mod state;

/// Accounts remembered by name and host; when so many are, they are forgotten and looked up again.
const MOST_REMEMBERED: usize = 1 << 20;

/// What the company has, as it was at each moment.
///
/// Bound: nothing in it grows with the number of activities, only with hosts, accounts, addresses and names, each up to what the module's
/// documentation says. Of an address four leases are kept. 20 accounts of a day are counted on each of 100,000 addresses; from then on addresses
/// from which nobody came for a day are forgotten, and where that is none, new ones are not counted. Of a million names of
/// accounts on single hosts the meaning is remembered, then all are forgotten and worked out again. For each id of the caller's table of names 16
/// bytes are kept, until [`Estate::forget_names`].
#[derive(Debug)]
pub struct Estate {
    inventory: Inventory,
    persons: Vec<Option<PersonId>>,
    pub(crate) hosts: Hosts,
    pub(crate) addresses: Addresses,
    pub(crate) accounts: Accounts,
    /// The time of the last activity.
    pub(crate) now: Time,
    /// By name, what it means as a host.
    host_names: Vec<Meaning>,
    /// By name, the account, where the host makes no difference.
    account_names: Vec<Option<AccountId>>,
    accounts_on: HashMap<(NameId, HostId), AccountId, FixedState>,
}

/// What a name means as a host.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) enum Meaning {
    #[default]
    Unasked,
    Host(HostId),
    Address(AddressId),
}

impl Estate {
    /// The estate before anything was read.
    pub fn new(inventory: Inventory) -> Estate {
        Estate::bounded(inventory, MOST_HOSTS, MOST_ACCOUNTS, MOST_ADDRESSES)
    }

    /// With bounds of one's own for hosts, accounts and addresses.
    pub(crate) fn bounded(inventory: Inventory, hosts: usize, accounts: usize, addresses: usize) -> Estate {
        let mut estate = Estate {
            persons: persons(inventory.users()),
            hosts: Hosts::new(&inventory, hosts),
            addresses: Addresses::new(addresses),
            accounts: Accounts::new(&inventory, accounts),
            inventory,
            now: Time::UNKNOWN,
            host_names: Vec::new(),
            account_names: Vec::new(),
            accounts_on: HashMap::default(),
        };
        for (number, asset) in (1..).zip(estate.inventory.assets()) {
            if asset.addresses.iter().any(|network| network.names_one_host()) {
                estate.addresses.settle(HostId(number));
            }
        }
        estate
    }

    /// The lists.
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// Names under which records are written ([`Activity::host`](model::Activity)), and short names that stand anywhere in what is read, so that a
    /// short name can be told to be unique before the first event is handled. Not full names that were only asked for (web sites, clients' names by
    /// reverse DNS): the domains of these names are the company's from then on. Who reads a stream adds them as they come; a name keeps what it
    /// once meant.
    pub fn add_host_names<'a>(&mut self, names: impl Iterator<Item = &'a str>) {
        let named = names.filter_map(|text| match name::host_text(text) {
            HostText::Name(name) => Some(name),
            _ => None,
        });
        self.hosts.add(named);
    }

    /// Names of accounts that stand anywhere in what is read, after the host names: a name without a domain is the account of the only directory
    /// that has it.
    pub fn add_account_names<'a>(&mut self, names: impl Iterator<Item = &'a str>) {
        self.accounts.add(names, &self.hosts);
    }

    /// The host of a name, however it is written: the inventory's row where it is known there, else the full name; a short name that only one full
    /// name has is that host; a short name that several have stays by itself. An address is the host that has it at the last activity's time.
    pub fn host(&mut self, name: &str) -> HostId {
        let meaning = self.meaning(name);
        self.meant(meaning, self.now)
    }

    /// As [`Estate::host`], but a short name that several have is the one in the domain of `near`.
    pub fn host_near(&mut self, name: &str, near: HostId) -> HostId {
        let id = self.host(name);
        self.hosts.nearest(id, near)
    }

    /// The host that had the address at that moment: by lease, inventory, its own records, logons seen; else one that is only the address.
    /// Calls come in the order of time.
    pub fn host_at(&mut self, address: &str, time: Time) -> HostId {
        let meaning = self.meaning(address);
        self.meant(meaning, time)
    }

    /// The account of a name as it stands in a record of the host `on`.
    pub fn account(&mut self, name: &str, on: HostId) -> AccountId {
        self.account_and_scope(name, on).0
    }

    /// As [`Estate::host`], for a name of the one table whose names are asked for by id.
    pub fn host_of(&mut self, name: NameId, names: &Names) -> HostId {
        let meaning = self.meaning_of(name, names);
        self.meant(meaning, self.now)
    }

    /// As [`Estate::host_near`].
    pub fn host_near_of(&mut self, name: NameId, names: &Names, near: HostId) -> HostId {
        let id = self.host_of(name, names);
        self.hosts.nearest(id, near)
    }

    /// As [`Estate::host_at`].
    pub fn host_at_of(&mut self, address: NameId, names: &Names, time: Time) -> HostId {
        let meaning = self.meaning_of(address, names);
        self.meant(meaning, time)
    }

    /// As [`Estate::account`].
    pub fn account_of(&mut self, name: NameId, on: HostId, names: &Names) -> AccountId {
        if name == NameId::NONE {
            return AccountId::NONE;
        }
        if let Some(Some(id)) = self.account_names.get(name.0 as usize) {
            return *id;
        }
        if let Some(id) = self.accounts_on.get(&(name, on)) {
            return *id;
        }
        let (id, of_host) = self.account_and_scope(names.get(name), on);
        if of_host {
            if self.accounts_on.len() >= MOST_REMEMBERED {
                self.accounts_on.clear();
            }
            self.accounts_on.insert((name, on), id);
        } else if let Some(place) = place(&mut self.account_names, name) {
            *place = Some(id);
        }
        id
    }

    /// Forgets what the ids of names mean, because another table takes the place of the one asked for until now.
    pub fn forget_names(&mut self) {
        self.host_names.clear();
        self.account_names.clear();
        self.accounts_on.clear();
    }

    /// Two accounts are one: it was renamed. Both ids stay good; new calls give the old one, shown under the new name.
    pub fn rename(&mut self, old: AccountId, new: AccountId) {
        self.accounts.join(old, new);
        self.account_names.clear();
        self.accounts_on.clear();
    }

    /// What is known of a host; of no host an empty one.
    pub fn host_info(&self, id: HostId) -> &Host {
        self.hosts.get(id)
    }

    /// What is known of an account; of no account an empty one.
    pub fn account_info(&self, id: AccountId) -> &Account {
        self.accounts.get(id)
    }

    /// All hosts: first those of the inventory, then as they were met.
    pub fn hosts(&self) -> impl Iterator<Item = (HostId, &Host)> {
        self.hosts.iter()
    }

    /// All accounts, each once: first those of the list, then as they were met.
    pub fn accounts(&self) -> impl Iterator<Item = (AccountId, &Account)> {
        self.accounts.iter()
    }

    /// The person of an account, by the list of accounts.
    pub fn person(&self, id: AccountId) -> Option<PersonId> {
        let user = self.account_info(id).user?;
        self.persons.get(user.0 as usize).copied().flatten()
    }

    /// Whether two accounts are one, or one person's.
    pub fn same_person(&self, a: AccountId, b: AccountId) -> bool {
        let (one, other) = (self.accounts.canonical(a), self.accounts.canonical(b));
        one == other || self.person(a).is_some_and(|person| self.person(b) == Some(person))
    }

    /// Where a host stands: by its row, or by the network of the inventory in which its address lies; empty where neither says.
    pub fn site(&self, id: HostId) -> &str {
        let host = self.host_info(id);
        let network = || host.full_name.parse().ok().and_then(|address| self.inventory.at(address));
        let asset = host.asset.or_else(|| if host.is_address { network() } else { None });
        asset.and_then(|asset| self.inventory.asset(asset)).map_or("", |asset| &asset.site)
    }

    /// Whether an address is outside: neither private nor in a network or at an address of the inventory. What is no address is not.
    pub fn is_external(&self, address: &str) -> bool {
        name::address(address).is_some_and(|address| self.is_outside(address))
    }

    /// The lease of an address that stood at that moment.
    pub fn lease(&self, address: &str, time: Time) -> Option<&Lease> {
        let id = self.addresses.known(name::address(address)?)?;
        self.addresses.lease(id, time)
    }

    /// How often a host, account or address was met that no longer found room.
    pub fn left_out(&self) -> u64 {
        self.hosts.left_out() + self.accounts.left_out() + self.addresses.left_out()
    }

    /// The number of the address that a name is; 0 where it is none.
    pub(crate) fn address_of(&mut self, name: NameId, names: &Names) -> AddressId {
        match self.meaning_of(name, names) {
            Meaning::Address(id) => id,
            _ => 0,
        }
    }

    fn meaning_of(&mut self, name: NameId, names: &Names) -> Meaning {
        if name == NameId::NONE {
            return Meaning::Host(HostId::NONE);
        }
        match self.host_names.get(name.0 as usize).copied() {
            None | Some(Meaning::Unasked) => {}
            Some(known) => return known,
        }
        let meaning = self.meaning(names.get(name));
        if let Some(place) = place(&mut self.host_names, name) {
            *place = meaning;
        }
        meaning
    }

    fn meaning(&mut self, text: &str) -> Meaning {
        match name::host_text(text) {
            HostText::Nothing => Meaning::Host(HostId::NONE),
            HostText::Name(name) => {
                let id = self.hosts.named(&name);
                self.hosts.see(id);
                Meaning::Host(id)
            }
            HostText::Address(address) => {
                let external = self.is_outside(address);
                let listed = self.inventory.single(address).map_or(HostId::NONE, |asset| HostId(asset.0 + 1));
                self.hosts.see(listed);
                Meaning::Address(self.addresses.id(address, external, listed))
            }
        }
    }

    /// What a name was last found to mean.
    pub(crate) fn known_meaning(&self, name: NameId) -> Meaning {
        self.host_names.get(name.0 as usize).copied().unwrap_or_default()
    }

    fn meant(&mut self, meaning: Meaning, time: Time) -> HostId {
        match meaning {
            Meaning::Unasked => HostId::NONE,
            Meaning::Host(id) => id,
            Meaning::Address(id) => self.addresses.host_at(id, time, &mut self.hosts),
        }
    }

    fn account_and_scope(&mut self, name: &str, on: HostId) -> (AccountId, bool) {
        let Some(text) = account_text(name) else { return (AccountId::NONE, false) };
        let (id, of_host) = self.accounts.named(&text, on, &self.hosts);
        self.accounts.see(id);
        (self.accounts.canonical(id), of_host)
    }

    fn is_outside(&self, address: std::net::IpAddr) -> bool {
        !name::is_private(address) && !self.inventory.is_inside(address)
    }
}

/// The place of a name in a list by ids, made where there is none.
fn place<T: Default + Clone>(list: &mut Vec<T>, name: NameId) -> Option<&mut T> {
    let at = name.0 as usize;
    if list.len() <= at {
        list.resize((at + 1).next_power_of_two(), T::default());
    }
    list.get_mut(at)
}
