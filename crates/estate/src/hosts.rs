//! Which machine a name means.
//!
//! In: names in the form of `name`. Out: [`HostId`]s. The inventory's row comes first; else the full name; a short name is the machine of the only
//! full name that begins with it, and stays by itself where several do. What a name once meant it means from then on.

use std::net::IpAddr;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::accounts::AccountId;
use crate::assets::AssetId;
use crate::inventory::Inventory;
use crate::name::{is_full, netbios, short, suffix};
use crate::snapshot;

/// A host of one [`crate::Estate`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HostId(pub u32);

impl HostId {
    /// No host, or one that nobody named.
    pub const NONE: HostId = HostId(0);

    /// Whether it stands for a host at all.
    pub fn is_some(self) -> bool {
        self != HostId::NONE
    }
}

/// A machine, or what is known of it: an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// As it is shown: the inventory's name; else the short name, where only one host has it; else the full name; of an address the address.
    pub name: Box<str>,
    /// The longest name that is known.
    pub full_name: Box<str>,
    /// Its row of the inventory.
    pub asset: Option<AssetId>,
    /// The inventory has it. Says something only where [`Inventory::lists_assets`].
    pub listed: bool,
    /// Nothing but its address is known.
    pub is_address: bool,
    /// It is not the company's: an address outside, or a name in a domain in which nothing of the company stands.
    pub external: bool,
    /// Records say what was done on it.
    pub wrote_logs: bool,
    /// A record names it.
    pub seen: bool,
    /// So many accounts come from it that one who comes from it is anybody: a proxy, an address translation, a terminal server.
    pub shared: bool,
    /// The most accounts that came from it within a day, counted up to [`crate::SHARED_FROM`].
    pub comers: u16,
    /// Who dialled in, where the address was given to a VPN client; [`AccountId::NONE`] else.
    pub dialled_in: AccountId,
    /// Its full name is one of those that make a short name ambiguous.
    counted: bool,
    /// It is shown as the inventory names it.
    named_by_list: bool,
}

/// The hosts of one short name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Short {
    /// Those with a full name.
    full: Vec<HostId>,
    /// The one that calls itself by the short name alone.
    bare: HostId,
    /// Several full names have it, as was known beforehand: the short name is none of them.
    several: bool,
}

/// What an organisation registered: whether it is the company's, and as long as it is not, its hosts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Domain {
    ours: bool,
    hosts: Vec<HostId>,
}

/// At most so many hosts; three quarters of them may be outside addresses or names.
pub const MOST_HOSTS: usize = 500_000;

/// At most so many domains become the company's by what writes records in them.
const MOST_OWN_DOMAINS: usize = 4096;

/// Top domains that exist only within a company (RFC 6762 appendix G, RFC 8375, ICANN's `internal`).
const INNER: [&str; 10] =
    ["local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "intra", "home.arpa"];

/// All hosts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hosts {
    hosts: Vec<Host>,
    #[serde(skip)]
    nobody: Host,
    #[serde(with = "snapshot::map")]
    by_name: HashMap<Box<str>, HostId, FixedState>,
    #[serde(with = "snapshot::map")]
    shorts: HashMap<Box<str>, Short, FixedState>,
    /// Short names of more than 15 characters, by what NetBIOS leaves of them; empty where several have that.
    #[serde(with = "snapshot::map")]
    cuts: HashMap<Box<str>, Box<str>, FixedState>,
    #[serde(with = "snapshot::map")]
    domains: HashMap<Box<str>, Domain, FixedState>,
    own_domains: usize,
    external: usize,
    left_out: u64,
    #[serde(skip)]
    pub(crate) most: usize,
}

impl Hosts {
    /// Those of the inventory: the host of an asset is its number and one.
    pub fn new(inventory: &Inventory, most: usize) -> Hosts {
        let mut hosts = Hosts {
            hosts: vec![Host::default()],
            nobody: Host::default(),
            by_name: HashMap::default(),
            shorts: HashMap::default(),
            cuts: HashMap::default(),
            domains: HashMap::default(),
            own_domains: 0,
            external: 0,
            left_out: 0,
            most: most.max(inventory.assets().len() + 1),
        };
        for (number, asset) in (0..).zip(inventory.assets()) {
            let asset_id = Some(AssetId(number));
            let (name, full_name): (Box<str>, Box<str>) =
                (asset.name.as_str().into(), asset.name.as_str().into());
            let host = Host {
                name,
                full_name,
                asset: asset_id,
                listed: true,
                named_by_list: true,
                ..Host::default()
            };
            let id = hosts.push(host);
            hosts.by_name.insert(asset.name.as_str().into(), id);
            if is_full(&asset.name) {
                hosts.count(id);
                hosts.make_ours(suffix(&asset.name));
            } else {
                hosts.note_cut(&asset.name);
                hosts.short_of(&asset.name).bare = id;
            }
        }
        hosts
    }

    /// The host.
    pub fn get(&self, id: HostId) -> &Host {
        self.hosts.get(id.0 as usize).unwrap_or(&self.nobody)
    }

    /// The host, to be changed; `None` for no host.
    pub fn get_mut(&mut self, id: HostId) -> Option<&mut Host> {
        if id == HostId::NONE { None } else { self.hosts.get_mut(id.0 as usize) }
    }

    /// A record names it.
    pub fn see(&mut self, id: HostId) {
        if let Some(host) = self.get_mut(id) {
            host.seen = true;
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (HostId, &Host)> {
        (0..).map(HostId).zip(&self.hosts).skip(1)
    }

    /// How often a host was met that no longer found room.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Takes in names of the company's machines before the first event, in any order.
    pub fn add(&mut self, names: impl Iterator<Item = String>) {
        let mut names: Vec<String> = names.collect();
        names.sort_unstable();
        names.dedup();
        names.iter().for_each(|name| self.make_ours(suffix(name)));
        let mut full: Vec<&String> = names.iter().filter(|name| is_full(name)).collect();
        full.sort_by_key(|name| short(name));
        for group in full.chunk_by(|a, b| short(a) == short(b)) {
            let Some(short) = group.first().map(|name| short(name)) else { continue };
            let new = group.iter().filter(|name| !self.by_name.contains_key(name.as_str())).count();
            let known = self.shorts.get(short).map_or(0, |short| short.full.len());
            if new + known > 1 {
                self.short_of(short).several = true;
            }
            for name in group {
                let id = self.named(name);
                self.count(id);
            }
        }
        for name in names.iter().filter(|name| !is_full(name)) {
            self.note_cut(name);
        }
        for name in names.iter().filter(|name| !is_full(name)) {
            self.named(name);
        }
    }

    /// The host that is known by a name, without making one.
    pub fn known(&self, name: &str) -> Option<HostId> {
        let own = || self.by_name.get(name).copied();
        own().or_else(|| if is_full(name) { None } else { self.of_short(name) })
    }

    /// The host of a name.
    pub fn named(&mut self, name: &str) -> HostId {
        if let Some(id) = self.by_name.get(name) {
            return *id;
        }
        let id = if is_full(name) { self.full(name) } else { self.bare(name) };
        if id.is_some() {
            self.by_name.insert(name.into(), id);
        }
        id
    }

    /// The namesake of a host in the domain of `near`, where the host has but an ambiguous short name; else itself.
    pub fn nearest(&self, id: HostId, near: HostId) -> HostId {
        let host = self.get(id);
        if host.is_address || is_full(&host.full_name) {
            return id;
        }
        let domain = suffix(&self.get(near).full_name);
        let several = || self.shorts.get(&*host.full_name).is_some_and(|short| short.full.len() > 1);
        if domain.is_empty() || !several() {
            return id;
        }
        self.known(&format!("{}.{domain}", host.full_name)).unwrap_or(id)
    }

    /// How many there may be.
    pub fn most(&self) -> usize {
        self.most
    }

    /// A host that is only an address.
    pub fn lone_address(&mut self, address: IpAddr, external: bool, dialled_in: AccountId) -> HostId {
        let name: Box<str> = address.to_string().into();
        let full_name = name.clone();
        self.push(Host {
            name,
            full_name,
            is_address: true,
            external,
            dialled_in,
            seen: true,
            ..Host::default()
        })
    }

    /// The host of a name under which records are written: it is the company's, and so is its domain.
    pub fn writer(&mut self, name: &str) -> HostId {
        self.make_ours(suffix(name));
        let id = self.named(name);
        self.count(id);
        if let Some(host) = self.get_mut(id) {
            host.wrote_logs = true;
            host.external = false;
        }
        id
    }

    /// A host with a full name that is not known.
    fn full(&mut self, name: &str) -> HostId {
        let domain = suffix(name);
        let external = self.is_foreign(domain);
        let namesakes = self.shorts.get(short(name));
        let bare = namesakes.map_or(HostId::NONE, |namesakes| namesakes.bare);
        let alone = namesakes.is_some_and(|namesakes| namesakes.full.is_empty() && !namesakes.several);
        if bare.is_some() && alone && !external {
            if let Some(host) = self.get_mut(bare) {
                host.full_name = name.into();
            }
            self.belongs(domain, bare);
            self.count(bare);
            return bare;
        }
        // A row of the inventory that names several machines by their short name is the row of each.
        let asset = self.get(bare).asset.filter(|_| !external);
        let (name, full_name): (Box<str>, Box<str>) = (name.into(), name.into());
        let id =
            self.push(Host { name, full_name, asset, listed: asset.is_some(), external, ..Host::default() });
        if id.is_some() {
            self.belongs(domain, id);
            if !external {
                self.count(id);
            }
        }
        id
    }

    /// A host with a short name that is not known.
    fn bare(&mut self, name: &str) -> HostId {
        if let Some(known) = self.of_short(name) {
            return known;
        }
        let text: Box<str> = name.into();
        let id = self.push(Host { name: text.clone(), full_name: text, ..Host::default() });
        if id.is_some() {
            self.note_cut(name);
            self.short_of(name).bare = id;
        }
        id
    }

    /// The host that a short name, whole or as NetBIOS cuts it, can only mean.
    fn of_short(&self, name: &str) -> Option<HostId> {
        let uncut = || self.cuts.get(name).filter(|uncut| !uncut.is_empty());
        let bare = |uncut: &str| self.shorts.get(uncut).map(|short| short.bare).filter(|bare| bare.is_some());
        self.only_full(name)
            .or_else(|| uncut().and_then(|uncut| self.only_full(uncut).or_else(|| bare(uncut))))
    }

    fn only_full(&self, short: &str) -> Option<HostId> {
        match self.shorts.get(short)?.full.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// The full name of a host counts from now on among those of its short name.
    fn count(&mut self, id: HostId) {
        let Some(host) = self.get_mut(id).filter(|host| !host.counted && is_full(&host.full_name)) else {
            return;
        };
        host.counted = true;
        let name = short(&host.full_name).to_owned();
        self.note_cut(&name);
        let entry = self.short_of(&name);
        entry.full.push(id);
        let first = entry.full.first().copied().unwrap_or_default();
        let several = entry.several || entry.full.len() > 1;
        self.show(first, &name, several);
        self.show(id, &name, several);
    }

    fn show(&mut self, id: HostId, short: &str, several: bool) {
        if let Some(host) = self.get_mut(id).filter(|host| !host.named_by_list) {
            host.name = if several || host.external { host.full_name.clone() } else { short.into() };
        }
    }

    fn short_of(&mut self, name: &str) -> &mut Short {
        self.shorts.entry_ref(name).or_default()
    }

    fn note_cut(&mut self, short: &str) {
        if let Some(cut) = netbios(short) {
            let known = self.cuts.entry_ref(cut).or_insert_with(|| short.into());
            if **known != *short {
                *known = Box::default();
            }
        }
    }

    fn belongs(&mut self, domain: &str, id: HostId) {
        self.domains.entry_ref(organisation(domain)).or_default().hosts.push(id);
    }

    /// Whether a domain is known not to be the company's: only where some are known that are.
    pub fn is_foreign(&self, domain: &str) -> bool {
        let own = organisation(domain);
        let top = own.rsplit('.').next().unwrap_or(own);
        let inner = INNER.contains(&top) || own == "home.arpa";
        self.own_domains > 0 && !inner && !self.domains.get(own).is_some_and(|domain| domain.ours)
    }

    fn make_ours(&mut self, domain: &str) {
        if domain.is_empty() || self.own_domains >= MOST_OWN_DOMAINS {
            return;
        }
        let entry = self.domains.entry_ref(organisation(domain)).or_default();
        if entry.ours {
            return;
        }
        entry.ours = true;
        let hosts = std::mem::take(&mut entry.hosts);
        self.own_domains += 1;
        for id in hosts {
            let Some(host) = self.get_mut(id) else { continue };
            host.external = false;
            let name = short(&host.full_name).to_owned();
            self.count(id);
            let several = self.shorts.get(&*name).is_none_or(|short| short.several || short.full.len() > 1);
            self.show(id, &name, several);
        }
    }

    fn push(&mut self, host: Host) -> HostId {
        let limit = if host.external { self.most / 4 * 3 } else { self.most };
        let used = if host.external { self.external } else { self.hosts.len() };
        let Some(id) =
            u32::try_from(self.hosts.len()).ok().filter(|_| used < limit && self.hosts.len() <= self.most)
        else {
            self.left_out += 1;
            return HostId::NONE;
        };
        self.external += usize::from(host.external);
        self.hosts.push(host);
        HostId(id)
    }
}

/// What an organisation registers of a domain: two labels, or three below the second levels that registries of countries have (`co.jp`).
fn organisation(domain: &str) -> &str {
    const SECOND_LEVELS: [&str; 14] =
        ["ac", "ad", "co", "com", "ed", "edu", "go", "gov", "gr", "lg", "ne", "net", "or", "org"];
    let labels = |count: usize| domain.rmatch_indices('.').nth(count - 1).map_or(0, |(at, _)| at + 1);
    let two = domain.get(labels(2)..).unwrap_or(domain);
    match two.split_once('.') {
        Some((second, top)) if top.len() == 2 && SECOND_LEVELS.contains(&second) => {
            domain.get(labels(3)..).unwrap_or(domain)
        }
        _ => two,
    }
}
