//! Names that people write in lists, and whether they mean a host or an account of the estate.
//!
//! In: a text such as `CORP\sato`, `fs01`, `fs01.corp.example`, `192.0.2.7`, `192.0.2.0/24`. Out: whether it means a host or an account that is
//! there. Unlike a name in a record it makes no host and no account.

use std::net::IpAddr;

use crate::accounts::AccountId;
use crate::assets::Asset;
use crate::estate::Estate;
use crate::hosts::HostId;
use crate::name::{AccountText, HostText, account_text, host_text, is_full, short};
use crate::network::Network;

/// What a name may mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Called {
    account: Option<AccountText>,
    host: Option<String>,
    network: Option<Network>,
}

impl Called {
    /// Reads a name. A path (`/projects`, `D:\projects`, `\\fs01\projects`) means neither a host nor an account.
    pub fn read(text: &str) -> Called {
        let text = text.trim();
        if is_path(text) {
            return Called::default();
        }
        let host = host_text(text);
        let network = Network::parse(text).or(match host {
            HostText::Address(address) => Network::parse(&address.to_string()),
            _ => None,
        });
        if network.is_some() {
            return Called { network, ..Called::default() };
        }
        // Behind a domain stands an account, but for a machine's.
        let of_machine = text.starts_with("\\\\") || text.ends_with('$') || !text.contains(['\\', '@']);
        let host = match host {
            HostText::Name(name) if of_machine => Some(name),
            _ => None,
        };
        Called { account: account_text(text), host, network }
    }

    /// The names in short under which to look for what it may mean ([`Estate::account_key`], [`Estate::host_keys`]); none for a network.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let account = self.account.as_ref().map(|account| account.name.as_str());
        let host = self.host.as_deref().map(short).filter(|host| Some(*host) != account);
        account.into_iter().chain(host)
    }

    /// The address or network that it is.
    pub fn network(&self) -> Option<Network> {
        self.network
    }
}

/// Whether it begins with `/`, a drive, or a host and a share.
fn is_path(text: &str) -> bool {
    let share = text.strip_prefix("\\\\").is_some_and(|rest| rest.trim_end_matches('\\').contains('\\'));
    let drive = matches!(text.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    share || drive || text.starts_with('/')
}

impl Estate {
    /// Whether a name means the account.
    pub fn account_is(&self, id: AccountId, called: &Called) -> bool {
        let text = called.account.as_ref();
        id.is_some() && text.is_some_and(|text| self.accounts.is_meant(id, text, &self.hosts))
    }

    /// Whether a name means the host: its full name; its short one, where that is shown or the inventory knows one such machine; an address or a
    /// network of which its address is, where its name is not known or the inventory says it.
    pub fn host_is(&self, id: HostId, called: &Called) -> bool {
        let info = self.host_info(id);
        if id == HostId::NONE {
            return false;
        }
        if let Some(network) = called.network {
            let own = |asset: &Asset| {
                let mut singles = asset.addresses.iter().filter(|own| own.names_one_host());
                singles.any(|own| network.contains(own.address()))
            };
            let asset = info.asset.and_then(|asset| self.inventory().asset(asset));
            let address = info.full_name.parse::<IpAddr>();
            return address.is_ok_and(|address| network.contains(address)) || asset.is_some_and(own);
        }
        let Some(name) = called.host.as_deref() else { return false };
        if *name == *info.name || *name == *info.full_name {
            return true;
        }
        if is_full(name) && is_full(&info.full_name) {
            return false;
        }
        let listed = self.inventory().named(name);
        let of_short = !info.external && !info.is_address && !is_full(&info.full_name);
        (listed.is_some() && listed == info.asset) || (of_short && short(name) == &*info.full_name)
    }

    /// The account's name without a domain, under which [`Called::keys`] finds it.
    pub fn account_key(&self, id: AccountId) -> &str {
        self.account_info(id).bare()
    }

    /// The host's names without a domain, likewise: as it is known, and as it is shown.
    pub fn host_keys(&self, id: HostId) -> [&str; 2] {
        let info = self.host_info(id);
        [short(&info.full_name), short(&info.name)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Inventory;

    #[test]
    fn a_name_means_a_host_in_short_in_full_and_by_its_address() {
        let mut inventory = Inventory::default();
        let list = b"name,addresses\nfs01.corp.example,192.0.2.10\ndc01,\n";
        inventory.add_assets("a.csv", list).unwrap();
        let mut estate = Estate::new(inventory);
        estate.add_host_names(["pc01.corp.example", "pc02.corp.example", "pc02.lab.example"].into_iter());
        let hosts = ["fs01", "dc01", "pc01", "pc02.lab.example", "203.0.113.7"].map(|name| estate.host(name));
        let [fs01, dc01, pc01, pc02, outside] = hosts;
        let is = |host, text| estate.host_is(host, &Called::read(text));
        for (host, text) in [
            (fs01, "FS01"),
            (fs01, r"\\fs01"),
            (fs01, "fs01.corp.example."),
            (fs01, "192.0.2.10"),
            (fs01, "192.0.2.0/24"),
            (dc01, "dc01.corp.example"),
            (pc01, "pc01"),
            (pc02, "pc02.lab.example"),
            (outside, "203.0.113.7"),
            (outside, "203.0.113.0/28"),
        ] {
            assert!(is(host, text), "{text}");
        }
        for (host, text) in [
            (fs01, "fs01.other.example"),
            (fs01, r"\\fs01\sales"),
            (fs01, r"fs01\sato"),
            (fs01, "fs0"),
            (pc02, "pc02"),
            (pc02, "pc02.corp.example"),
            (outside, "203.0.113.70"),
            (HostId::NONE, "-"),
        ] {
            assert!(!is(host, text), "{text}");
        }
    }

    #[test]
    fn a_name_means_an_account_with_and_without_its_domain() {
        let mut inventory = Inventory::default();
        inventory.add_users("u.csv", b"account\nCORP\\sato\nsvc-scan\n").unwrap();
        let mut estate = Estate::new(inventory);
        estate.add_host_names(["web01"].into_iter());
        estate.add_account_names([r"corp\kondo", r"lab\kondo"].into_iter());
        let web01 = estate.host("web01");
        let names = [r"CORP\sato", "svc-scan", r"corp\kondo", r"web01\oper"];
        let [sato, scan, kondo, local] = names.map(|name| estate.account(name, web01));
        let is = |account, text| estate.account_is(account, &Called::read(text));
        for (account, text) in [
            (sato, "Sato"),
            (sato, r"corp\SATO"),
            (scan, "svc-scan"),
            (scan, r"CORP\svc-scan"),
            (kondo, r"CORP\kondo"),
            (local, r"WEB01\oper"),
        ] {
            assert!(is(account, text), "{text}");
        }
        let wrong =
            [(sato, r"other\sato"), (kondo, "kondo"), (kondo, r"lab\kondo"), (local, "oper"), (sato, "sat")];
        for (account, text) in wrong {
            assert!(!is(account, text), "{text}");
        }
    }

    #[test]
    fn what_a_name_means_is_found_under_its_keys() {
        let keys = |text| Called::read(text).keys().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(keys(r"CORP\sato"), ["sato"]);
        assert_eq!(keys("FS01.corp.example"), ["fs01.corp.example", "fs01"]);
        assert_eq!(keys("pc01"), ["pc01"]);
        assert!(keys("192.0.2.1").is_empty() && keys("/projects").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}") {
            let _ = Called::read(&text).keys().count();
        }
    }
}
