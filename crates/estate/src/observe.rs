//! What the estate learns from an activity: leases, and which host shows or says that it has an address.

use model::{Activity, ActivityKind, NameId, Names, Outcome, Via};

use crate::accounts::{AccountId, AccountKind};
use crate::addresses::{Lease, LeaseKind, SHARED_FROM};
use crate::estate::{Estate, Meaning};
use crate::hosts::HostId;
use crate::name::{HostText, host_text};

impl Estate {
    /// Learns from an activity, in the order of time; before the activity's own names are asked for.
    pub fn observe(&mut self, activity: &Activity, names: &Names) {
        self.now = self.now.max(activity.time);
        let host = self.writer(activity.host, names);
        match activity.kind {
            ActivityKind::Lease => self.observe_lease(activity, host, names),
            ActivityKind::Release => {
                let address = self.address_of(activity.source_address, names);
                self.addresses.release(address, activity.session, activity.time);
            }
            ActivityKind::Flow => self.observe_flow(activity, host, names),
            ActivityKind::Logon if activity.outcome == Outcome::Success => {
                self.observe_client(activity, host, names);
                self.observe_comer(activity, host, names);
            }
            ActivityKind::Ticket | ActivityKind::Web | ActivityKind::Proxy
                if activity.outcome == Outcome::Success =>
            {
                self.observe_comer(activity, host, names);
            }
            ActivityKind::Rename
                if activity.outcome == Outcome::Success && activity.target_account.is_some() =>
            {
                self.observe_rename(activity, host, names);
            }
            _ => {}
        }
    }

    /// An account (not a file) was renamed: `target_account` is its old name, `object` the new one in the same domain.
    fn observe_rename(&mut self, activity: &Activity, host: HostId, names: &Names) {
        let (old, new) = (names.get(activity.target_account), names.get(activity.object));
        if new.is_empty() {
            return;
        }
        let new = match old.rsplit_once('\\') {
            Some((domain, _)) => format!("{domain}\\{new}"),
            None => new.to_owned(),
        };
        let (old, new) = (self.account_of(activity.target_account, host, names), self.account(&new, host));
        self.rename(old, new);
    }

    /// The host on which something was done.
    fn writer(&mut self, name: NameId, names: &Names) -> HostId {
        if name == NameId::NONE {
            return HostId::NONE;
        }
        match self.known_meaning(name) {
            Meaning::Host(id) if id == HostId::NONE || self.host_info(id).wrote_logs => return id,
            Meaning::Address(_) => {}
            _ => {
                if let HostText::Name(text) = host_text(names.get(name)) {
                    self.hosts.writer(&text);
                }
            }
        }
        let id = self.host_of(name, names);
        // What a sensor saw at an outside address was not written there.
        if let Some(host) = self.hosts.get_mut(id).filter(|host| !host.external) {
            host.wrote_logs = true;
        }
        id
    }

    fn observe_lease(&mut self, activity: &Activity, by: HostId, names: &Names) {
        let address = self.address_of(activity.source_address, names);
        if address == 0 {
            return;
        }
        let account = self.account_of(activity.account, by, names);
        let dialled = activity.via == Via::Vpn || (account.is_some() && activity.source_host == NameId::NONE);
        let kind = if dialled { LeaseKind::Vpn } else { LeaseKind::Dhcp };
        let host = match kind {
            LeaseKind::Vpn => self.addresses.dialled_in(address, account, &mut self.hosts),
            LeaseKind::Dhcp => self.lease_holder(activity, by, names),
        };
        let (since, until, session) = (activity.time, activity.time, activity.session);
        self.addresses.give(address, Lease { since, until, host, account, session, by, kind });
    }

    /// The machine that a DHCP server gave an address. A device names itself: it is not believed to be one whose addresses the inventory names.
    fn lease_holder(&mut self, activity: &Activity, by: HostId, names: &Names) -> HostId {
        let named = self.host_near_of(activity.source_host, names, by);
        let address = self.address_of(activity.source_address, names);
        let device = !self.host_info(named).is_address && !self.addresses.is_settled(named);
        let free = self.addresses.may_take(named, address, activity.time) || self.is_company_s(named);
        if device && free { named } else { HostId::NONE }
    }

    /// The inventory or records of its own know the host.
    fn is_company_s(&self, host: HostId) -> bool {
        let info = self.host_info(host);
        info.listed || info.wrote_logs
    }

    /// A connection that a host itself recorded, with the program that made it: one of its ends is the host's.
    fn observe_flow(&mut self, activity: &Activity, host: HostId, names: &Names) {
        let own = activity.pid != 0 || activity.program.is_some();
        if !own || host == HostId::NONE || self.host_info(host).is_address {
            return;
        }
        let from = self.address_of(activity.source_address, names);
        let to = self.address_of(activity.target_address, names);
        if from != 0 && to != 0 {
            self.addresses.connects(host, from, to, activity.time);
        }
    }

    /// A client that names itself: believed where the name is the company's, and the address is inside and not known better.
    fn observe_client(&mut self, activity: &Activity, host: HostId, names: &Names) {
        if activity.source_host == NameId::NONE || activity.source_address == NameId::NONE {
            return;
        }
        let address = self.address_of(activity.source_address, names);
        if address == 0 || self.addresses.is_known_otherwise(address, activity.time) {
            return;
        }
        // Windows names the machine itself where the client gave no name.
        let client = self.host_near_of(activity.source_host, names, host);
        let named = client.is_some() && client != host && !self.host_info(client).is_address;
        if named && self.is_company_s(client) && !self.addresses.is_settled(client) {
            self.addresses.says(address, client, activity.time);
        }
    }

    /// Counts who comes from an address.
    fn observe_comer(&mut self, activity: &Activity, host: HostId, names: &Names) {
        if activity.account == NameId::NONE || activity.source_address == NameId::NONE {
            return;
        }
        let address = self.address_of(activity.source_address, names);
        let account = self.account_of(activity.account, host, names);
        if address == 0
            || account == AccountId::NONE
            || self.account_info(account).kind != AccountKind::Person
        {
            return;
        }
        let comers = self.addresses.comes(address, account, activity.time);
        let from = self.host_at_of(activity.source_address, names, activity.time);
        if let Some(from) = self.hosts.get_mut(from).filter(|from| from.comers < comers) {
            from.comers = comers;
            from.shared = comers >= SHARED_FROM;
        }
    }
}
