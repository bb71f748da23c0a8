//! Which host had an address at a moment.
//!
//! In: leases, the inventory's addresses, what hosts' own records show, what clients say when they log in; in the order of time. Out: the host,
//! by the strongest of them; else a host that is only the address.

use std::net::IpAddr;

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use model::Time;
use serde::{Deserialize, Serialize};

use crate::accounts::AccountId;
use crate::hosts::{HostId, Hosts};
use crate::snapshot;

const HOUR: i64 = 3_600_000_000;

/// How long a lease stands that nothing confirms: eight days, what a Windows DHCP server gives by itself.
const LEASE: i64 = 8 * 24 * HOUR;

/// How long a host keeps an address that its own records showed.
pub const SHOWN: i64 = 8 * 24 * HOUR;

/// How long a host keeps an address under which somebody logged in from it.
pub const SAID: i64 = 24 * HOUR;

/// At most so many addresses; three quarters of them may be outside.
pub const MOST_ADDRESSES: usize = 1_000_000;

/// So many accounts from one address within a day: it is shared.
pub const SHARED_FROM: u16 = 20;

/// Leases of one address that are remembered.
const REMEMBERED: usize = 4;

/// Addresses whose comers are counted at the same time.
const MOST_COUNTED: usize = 100_000;

/// How an address was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LeaseKind {
    /// To a machine of the network.
    #[default]
    Dhcp,
    /// To somebody who dialled in.
    Vpn,
}

/// An address that was given to somebody for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// When it was given.
    pub since: Time,
    /// When it ended, or ends at the latest unless something confirms it.
    pub until: Time,
    /// The machine; of a dial-in the host that is only this address of this account.
    pub host: HostId,
    /// Who dialled in; [`AccountId::NONE`] of a machine.
    pub account: AccountId,
    /// The session of the dial-in at the gateway, as in its activity; 0 none.
    pub session: u64,
    /// The VPN gateway or DHCP server.
    pub by: HostId,
    /// Which of them.
    pub kind: LeaseKind,
}

impl Lease {
    /// Whether the other is the same lease, given again.
    fn goes_on(&self, other: &Lease) -> bool {
        let same_session = other.kind == LeaseKind::Dhcp || other.session == self.session;
        self.host == other.host && self.account == other.account && self.kind == other.kind && same_session
    }
}

/// A host that an address is said to be, and how often and when last.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Claim {
    host: HostId,
    weight: u8,
    last: i64,
}

impl Claim {
    /// Somebody says so. Where others said otherwise, it must be said more often than that.
    fn say(&mut self, host: HostId, time: i64, holds: i64) {
        let gone = self.host == HostId::NONE || time - self.last > holds;
        if gone {
            *self = Claim { host, weight: 1, last: time };
        } else if self.host == host {
            *self = Claim { host, weight: (self.weight + 1).min(8), last: time };
        } else {
            self.weight = self.weight.saturating_sub(2);
            if self.weight == 0 {
                *self = Claim { host, weight: 0, last: time };
            }
        }
    }

    fn at(&self, time: i64, holds: i64) -> HostId {
        if self.weight > 0 && time - self.last <= holds { self.host } else { HostId::NONE }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct State {
    address: IpAddr,
    external: bool,
    /// The last lease once more: most questions are about it.
    leased: Held,
    /// Whose it is by the inventory.
    listed: HostId,
    /// The host that is only this address.
    alone: HostId,
    shown: Claim,
    said: Claim,
}

/// Who holds an address by its last lease, in microseconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Held {
    since: i64,
    until: i64,
    host: HostId,
}

impl Held {
    const NEVER: Held = Held { since: i64::MIN, until: i64::MIN, host: HostId::NONE };
}

/// The addresses that all flows of a host have in common: its own is the one that stays.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Common {
    first: u32,
    second: u32,
    weight: u8,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Comers {
    since: i64,
    accounts: Vec<AccountId>,
}

/// An address of one [`Addresses`]; 0 none.
pub type AddressId = u32;

/// All addresses.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Addresses {
    states: Vec<State>,
    #[serde(with = "snapshot::map")]
    by_address: HashMap<IpAddr, AddressId, FixedState>,
    #[serde(with = "snapshot::map")]
    leases: HashMap<AddressId, Vec<Lease>, FixedState>,
    #[serde(with = "snapshot::map")]
    dialled_in: HashMap<(AddressId, AccountId), HostId, FixedState>,
    #[serde(with = "snapshot::map")]
    common: HashMap<HostId, Common, FixedState>,
    #[serde(with = "snapshot::map")]
    comers: HashMap<AddressId, Comers, FixedState>,
    /// By host, the address that it was last given.
    #[serde(with = "snapshot::map")]
    held: HashMap<HostId, AddressId, FixedState>,
    /// Hosts whose addresses the inventory names.
    #[serde(with = "snapshot::set")]
    settled: HashSet<HostId, FixedState>,
    external: usize,
    left_out: u64,
    #[serde(skip)]
    pub(crate) most: usize,
}

impl Addresses {
    /// None yet.
    pub fn new(most: usize) -> Addresses {
        Addresses {
            states: Vec::new(),
            by_address: HashMap::default(),
            leases: HashMap::default(),
            dialled_in: HashMap::default(),
            common: HashMap::default(),
            comers: HashMap::default(),
            held: HashMap::default(),
            settled: HashSet::default(),
            external: 0,
            left_out: 0,
            most,
        }
    }

    /// The number of an address; 0 where there is no room.
    pub fn id(&mut self, address: IpAddr, external: bool, listed: HostId) -> AddressId {
        if let Some(id) = self.by_address.get(&address) {
            return *id;
        }
        let room = if external { self.external < self.most / 4 * 3 } else { self.states.len() < self.most };
        let Some(id) =
            u32::try_from(self.states.len() + 1).ok().filter(|_| room && self.states.len() < self.most)
        else {
            self.left_out += 1;
            return 0;
        };
        let (shown, said) = (Claim::default(), Claim::default());
        let state =
            State { address, external, leased: Held::NEVER, listed, alone: HostId::NONE, shown, said };
        self.states.push(state);
        self.by_address.insert(address, id);
        self.external += usize::from(external);
        id
    }

    /// The number of an address that is known.
    pub fn known(&self, address: IpAddr) -> Option<AddressId> {
        self.by_address.get(&address).copied()
    }

    /// The inventory names addresses of that host.
    pub fn settle(&mut self, host: HostId) {
        self.settled.insert(host);
    }

    /// Whether the inventory names addresses of that host.
    pub fn is_settled(&self, host: HostId) -> bool {
        self.settled.contains(&host)
    }

    /// How often an address was met that no longer found room.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The host that has the address.
    pub fn host_at(&mut self, id: AddressId, time: Time, hosts: &mut Hosts) -> HostId {
        let named = self.named_at(id, time);
        if named.is_some() {
            return named;
        }
        let Some(state) = self.state_mut(id) else { return HostId::NONE };
        if state.alone == HostId::NONE {
            state.alone = hosts.lone_address(state.address, state.external, AccountId::NONE);
        }
        state.alone
    }

    /// The host that has the address and is known by more than it, or by who dialled in.
    pub fn named_at(&self, id: AddressId, time: Time) -> HostId {
        let Some(state) = self.state(id) else { return HostId::NONE };
        let micros = time.micros();
        let leased = self.leased(id, state, micros).unwrap_or_default();
        [leased, state.listed, state.shown.at(micros, SHOWN), state.said.at(micros, SAID)]
            .into_iter()
            .find(|host| host.is_some())
            .unwrap_or_default()
    }

    /// The host of the lease that stood at that moment.
    fn leased(&self, id: AddressId, state: &State, micros: i64) -> Option<HostId> {
        if micros >= state.leased.since {
            return (micros < state.leased.until).then_some(state.leased.host);
        }
        self.lease(id, Time::from_micros(micros)).map(|lease| lease.host)
    }

    /// The lease that stood at that moment.
    pub fn lease(&self, id: AddressId, time: Time) -> Option<&Lease> {
        self.leases.get(&id)?.iter().rev().find(|lease| lease.since <= time && time < lease.until)
    }

    /// The host of a dial-in: another one for each account, because it is another machine. When dial-ins are a quarter of all hosts there may be,
    /// further ones are the address alone.
    pub fn dialled_in(&mut self, id: AddressId, account: AccountId, hosts: &mut Hosts) -> HostId {
        if let Some(host) = self.dialled_in.get(&(id, account)) {
            return *host;
        }
        let Some(state) = self.state(id).filter(|_| self.dialled_in.len() < hosts.most() / 4) else {
            return HostId::NONE;
        };
        let host = hosts.lone_address(state.address, state.external, account);
        if host.is_some() {
            self.dialled_in.insert((id, account), host);
        }
        host
    }

    /// Whether a host may be given an address that names itself as it likes: where it holds no other at that moment.
    pub fn may_take(&self, host: HostId, id: AddressId, time: Time) -> bool {
        let other = self.held.get(&host).copied().filter(|other| *other != id);
        other.and_then(|other| self.lease(other, time)).is_none_or(|lease| lease.host != host)
    }

    /// An address was given, or given again.
    pub fn give(&mut self, id: AddressId, mut lease: Lease) {
        lease.until = Time::from_micros(lease.since.micros().saturating_add(LEASE));
        if lease.kind == LeaseKind::Dhcp && lease.host.is_some() {
            self.held.insert(lease.host, id);
        }
        let leases = self.leases.entry(id).or_default();
        let last = leases.last_mut().filter(|last| lease.since < last.until);
        match last {
            Some(last) if last.goes_on(&lease) => last.until = lease.until,
            last => {
                if let Some(last) = last {
                    last.until = lease.since;
                }
                if leases.len() == REMEMBERED {
                    leases.remove(0);
                }
                leases.push(lease);
            }
        }
        self.note_last(id);
    }

    /// Keeps the last lease beside the address.
    fn note_last(&mut self, id: AddressId) {
        let last = self.leases.get(&id).and_then(|leases| leases.last());
        let held =
            last.map(|last| Held { since: last.since.micros(), until: last.until.micros(), host: last.host });
        if let (Some(state), Some(held)) = (self.state_mut(id), held) {
            state.leased = held;
        }
    }

    /// An address is free again; where the session is known, only if it is that session's.
    pub fn release(&mut self, id: AddressId, session: u64, time: Time) {
        let last = self.leases.get_mut(&id).and_then(|leases| leases.last_mut());
        let Some(last) = last.filter(|last| session == 0 || last.session == 0 || last.session == session)
        else {
            return;
        };
        last.until = last.until.min(time);
        self.note_last(id);
    }

    /// A record of a host's own shows a connection between two addresses: the one that all its connections have in common is its own.
    pub fn connects(&mut self, host: HostId, from: AddressId, to: AddressId, time: Time) {
        if self.common.len() >= self.most && !self.common.contains_key(&host) {
            return;
        }
        let common = self.common.entry(host).or_default();
        let has = |id: AddressId| id != 0 && (id == common.first || id == common.second);
        let (mut kept, both) = (0, has(from) && has(to) && from != to);
        if has(from) || has(to) {
            kept = if has(from) { from } else { to };
        }
        match kept {
            0 if common.weight > 0 => common.weight -= 1,
            0 => *common = Common { first: from, second: to, weight: 0 },
            _ if both => {}
            kept => *common = Common { first: kept, second: 0, weight: (common.weight + 1).min(8) },
        }
        let (own, sure) = (common.first, common.second == 0 && common.weight > 0);
        if let Some(state) = self.state_mut(own).filter(|_| sure && kept == own) {
            state.shown.say(host, time.micros(), SHOWN);
        }
    }

    /// A client that logged in named itself.
    pub fn says(&mut self, id: AddressId, host: HostId, time: Time) {
        if let Some(state) = self.state_mut(id) {
            state.said.say(host, time.micros(), SAID);
        }
    }

    /// Whether an address is known better than by a client's word.
    pub fn is_known_otherwise(&self, id: AddressId, time: Time) -> bool {
        let leased = self.lease(id, time).is_some();
        self.state(id).is_none_or(|state| {
            state.external
                || leased
                || state.listed.is_some()
                || state.shown.at(time.micros(), SHOWN).is_some()
        })
    }

    /// An account came from an address: how many did within a day, counted up to [`SHARED_FROM`].
    pub fn comes(&mut self, id: AddressId, account: AccountId, time: Time) -> u16 {
        let day = 24 * HOUR;
        if self.comers.len() >= MOST_COUNTED && !self.comers.contains_key(&id) {
            self.comers.retain(|_, comers| time.micros() - comers.since <= day);
            if self.comers.len() >= MOST_COUNTED {
                return 0;
            }
        }
        let comers = self.comers.entry(id).or_default();
        if time.micros() - comers.since > day {
            comers.since = time.micros();
            comers.accounts.clear();
        }
        if comers.accounts.len() < usize::from(SHARED_FROM) && !comers.accounts.contains(&account) {
            comers.accounts.push(account);
        }
        comers.accounts.len() as u16
    }

    fn state(&self, id: AddressId) -> Option<&State> {
        self.states.get((id as usize).checked_sub(1)?)
    }

    fn state_mut(&mut self, id: AddressId) -> Option<&mut State> {
        self.states.get_mut((id as usize).checked_sub(1)?)
    }
}
