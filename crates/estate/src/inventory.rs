//! The lists together, and what they answer.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::Path;

use crate::assets::{self, Asset, AssetId};
use crate::network::Network;
use crate::problem::{Problem, ReadFailure};
use crate::users::{self, User, UserId};

/// What the company has.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    assets: Vec<Asset>,
    users: Vec<User>,
    /// By full name.
    by_name: HashMap<String, AssetId>,
    /// By the name before the first dot; `None` where two machines share it.
    by_short_name: HashMap<String, Option<AssetId>>,
    by_address: HashMap<IpAddr, AssetId>,
    /// The longest prefixes first.
    networks: Vec<(Network, AssetId)>,
    by_account: HashMap<String, UserId>,
    problems: Vec<Problem>,
}

impl Inventory {
    /// Reads the lists that there are.
    ///
    /// # Errors
    /// A list that cannot be read at all; what is wrong with single rows is in [`Inventory::problems`].
    pub fn read(assets: &[&Path], users: &[&Path]) -> Result<Inventory, ReadFailure> {
        let mut inventory = Inventory::default();
        for path in assets {
            inventory.add_assets(&path.display().to_string(), &bytes_of(path)?)?;
        }
        for path in users {
            inventory.add_users(&path.display().to_string(), &bytes_of(path)?)?;
        }
        Ok(inventory)
    }

    /// Adds a list of machines.
    pub fn add_assets(&mut self, file: &str, bytes: &[u8]) -> Result<(), ReadFailure> {
        let (found, problems) = assets::read(file, bytes)?;
        self.problems.extend(problems);
        for asset in
            found.into_iter().filter(|asset| !self.by_name.contains_key(&asset.name)).collect::<Vec<_>>()
        {
            let id = AssetId(self.assets.len() as u32);
            self.by_name.insert(asset.name.clone(), id);
            let short = short(&asset.name).to_owned();
            self.by_short_name.entry(short).and_modify(|known| *known = None).or_insert(Some(id));
            for network in &asset.addresses {
                match network.is_single() {
                    true => {
                        self.by_address.entry(network.address()).or_insert(id);
                    }
                    false => self.networks.push((*network, id)),
                }
            }
            self.assets.push(asset);
        }
        self.networks.sort_by_key(|(network, id)| (std::cmp::Reverse(network.prefix()), *id));
        Ok(())
    }

    /// Adds a list of accounts.
    pub fn add_users(&mut self, file: &str, bytes: &[u8]) -> Result<(), ReadFailure> {
        let (found, problems) = users::read(file, bytes)?;
        self.problems.extend(problems);
        for user in found {
            let id = UserId(self.users.len() as u32);
            self.by_account.entry(user.account.clone()).or_insert(id);
            self.users.push(user);
        }
        Ok(())
    }

    /// What is wrong with rows.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// All machines.
    pub fn assets(&self) -> &[Asset] {
        &self.assets
    }

    /// All accounts.
    pub fn users(&self) -> &[User] {
        &self.users
    }

    /// A machine by its id.
    pub fn asset(&self, id: AssetId) -> Option<&Asset> {
        self.assets.get(id.0 as usize)
    }

    /// The machine of a name: its full name; else the name before the first dot, where only one machine has it.
    pub fn named(&self, name: &str) -> Option<AssetId> {
        let name = name.trim_end_matches('.').to_lowercase();
        if name.is_empty() {
            return None;
        }
        self.by_name.get(&name).copied().or_else(|| {
            // A full name of another domain is another machine.
            let (own, dotted) = (short(&name), name.contains('.'));
            let id = self.by_short_name.get(own).copied().flatten()?;
            let known = self.asset(id)?;
            (!dotted || !known.name.contains('.')).then_some(id)
        })
    }

    /// The machine that has an address: its own address, else the smallest network that holds it.
    pub fn at(&self, address: IpAddr) -> Option<AssetId> {
        let address = address.to_canonical();
        let own = self.by_address.get(&address).copied();
        own.or_else(|| self.networks.iter().find(|(network, _)| network.contains(address)).map(|(_, id)| *id))
    }

    /// The machine whose own an address is; that it lies in a machine's network does not make it that machine.
    pub fn single(&self, address: IpAddr) -> Option<AssetId> {
        let address = address.to_canonical();
        let link = || self.networks.iter().take_while(|(network, _)| network.prefix() >= 31);
        let of_link = || link().find(|(network, _)| network.names_one_host() && network.contains(address));
        self.by_address.get(&address).copied().or_else(|| of_link().map(|(_, id)| *id))
    }

    /// Whether an address, or a network around it, is listed.
    pub fn is_inside(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let around = |(network, _): &(Network, AssetId)| !network.is_boundless() && network.contains(address);
        self.by_address.contains_key(&address) || self.networks.iter().any(around)
    }

    /// Whether a list of machines was given.
    pub fn lists_assets(&self) -> bool {
        !self.assets.is_empty()
    }

    /// Whether a list of accounts was given.
    pub fn lists_users(&self) -> bool {
        !self.users.is_empty()
    }

    /// The machine that the nearest part of a path names: of `linux/dc1web02/access.log`, `dc1web02`; also `dc1web02.log`,
    /// `access-dc1web02.log.gz` and `dc1web02_access.log`.
    pub fn of_path(&self, path: &str) -> Option<AssetId> {
        path.split(['/', '\\', '!']).rev().filter(|part| !part.is_empty()).find_map(|part| {
            self.named_exactly(part).or_else(|| {
                let parts = part.split(['.', '_', ' ', '-']).filter(|part| part.len() > 1);
                let whole = part.split(['.', '_', ' ']).filter(|part| part.len() > 1);
                whole.chain(parts).find_map(|part| self.named_exactly(part))
            })
        })
    }

    /// As [`Inventory::named`], but a name of one word is only that of a machine.
    fn named_exactly(&self, part: &str) -> Option<AssetId> {
        let part = part.to_lowercase();
        self.by_name.get(&part).copied().or_else(|| self.by_short_name.get(&part).copied().flatten())
    }

    /// The account of a name: `DOMAIN\name` as it stands; else without the domain.
    pub fn account(&self, name: &str) -> Option<&User> {
        let name = name.to_lowercase();
        let bare = name.rsplit('\\').next().unwrap_or(&name);
        let id = self.by_account.get(&name).or_else(|| self.by_account.get(bare))?;
        self.users.get(id.0 as usize)
    }
}

fn short(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// The bytes of a list.
pub fn bytes_of(path: &Path) -> Result<Vec<u8>, ReadFailure> {
    std::fs::read(path).map_err(|source| ReadFailure::Open { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, Lifecycle};

    const ASSETS: &str = "name,addresses,site,role,criticality,owner,lifecycle,rack\n\
        dc1web02,192.0.2.10;2001:db8::10,東京,web,4,情報システム部,active,A-3\n\
        fs01.corp.example,10.1.0.0/24;10.9.9.9,大阪,file,5,,retiring,\n\
        vpn-gw,10.1.0.0/16,東京,vpn,9,net,gone,\n\
        dc1web02,192.0.2.11,,,,,,\n\
        ,192.0.2.12,,,,,,\n\
        broken,999.1.1.1,,,,,,\n";

    fn inventory() -> Inventory {
        let mut inventory = Inventory::default();
        inventory.add_assets("assets.csv", ASSETS.as_bytes()).unwrap();
        inventory
    }

    fn name(inventory: &Inventory, id: Option<AssetId>) -> &str {
        id.and_then(|id| inventory.asset(id)).map_or("", |asset| &asset.name)
    }

    #[test]
    fn a_machine_is_found_by_name_address_and_path() {
        let inventory = inventory();
        for (found, expected) in [
            (inventory.named("DC1WEB02"), "dc1web02"),
            (inventory.named("dc1web02.corp.example"), "dc1web02"),
            (inventory.named("fs01"), "fs01.corp.example"),
            (inventory.named("fs01.other.example"), ""),
            (inventory.named(""), ""),
            (inventory.at("192.0.2.10".parse().unwrap()), "dc1web02"),
            (inventory.at("::ffff:192.0.2.10".parse().unwrap()), "dc1web02"),
            (inventory.at("10.1.0.77".parse().unwrap()), "fs01.corp.example"),
            (inventory.at("10.1.7.7".parse().unwrap()), "vpn-gw"),
            (inventory.at("203.0.113.1".parse().unwrap()), ""),
            (inventory.of_path("linux/dc1web02/access.log"), "dc1web02"),
            (inventory.of_path("logs/dc1web02_access.log.gz"), "dc1web02"),
            (inventory.of_path("logs/vpn-gw/2026-05.log"), "vpn-gw"),
            (inventory.of_path("fs01/x.zip!audit.log"), "fs01.corp.example"),
            (inventory.of_path("web/access.log"), ""),
        ] {
            assert_eq!(name(&inventory, found), expected);
        }
    }

    #[test]
    fn a_row_that_cannot_be_used_is_told_and_the_others_count() {
        let inventory = inventory();
        let told: Vec<(u64, &str, Code, bool)> = inventory
            .problems()
            .iter()
            .map(|one| (one.line, one.column.as_str(), one.code, one.skipped))
            .collect();
        assert_eq!(
            told,
            [
                (4, "criticality", Code::BadValue, false),
                (4, "lifecycle", Code::BadValue, false),
                (5, "name", Code::Duplicate, true),
                (6, "name", Code::MissingValue, true),
                (7, "addresses", Code::BadValue, false),
            ]
        );
        assert_eq!(inventory.assets().len(), 4);
        let [first, second, ..] = inventory.assets() else { panic!("machines") };
        assert_eq!((first.criticality, first.others["rack"].as_str()), (4, "A-3"));
        assert_eq!((second.lifecycle, second.owner.as_str()), (Lifecycle::Retiring, ""));
    }

    #[test]
    fn lists_from_excel_in_japanese_encodings_are_read() {
        let text = "name,site\ndc1web02,東京\n";
        let shift_jis = encoding_rs::SHIFT_JIS.encode(text).0.into_owned();
        let utf_16: Vec<u8> =
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let with_mark = format!("\u{feff}{text}").into_bytes();
        for bytes in [shift_jis, utf_16, with_mark] {
            let mut inventory = Inventory::default();
            inventory.add_assets("a.csv", &bytes).unwrap();
            assert_eq!(inventory.assets().first().map(|asset| asset.site.as_str()), Some("東京"));
        }
    }

    #[test]
    fn a_list_without_its_column_says_which_it_needs() {
        let error = Inventory::default().add_assets("a.csv", b"host,ip\nx,y\n").unwrap_err();
        assert_eq!(error.to_string(), "a.csv: the header has no column `name`; it must have: name");
    }

    #[test]
    fn accounts_are_found_with_and_without_their_domain() {
        let mut inventory = Inventory::default();
        let text = "account,name,department,title,privileged,status\nCORP\\sato,佐藤,営業部,,no,active\nadm-tanaka,田中,,,yes,active\nx,,,,maybe,\n";
        inventory.add_users("users.csv", text.as_bytes()).unwrap();
        assert_eq!(inventory.account("corp\\SATO").map(|user| user.name.as_str()), Some("佐藤"));
        assert_eq!(inventory.account("corp\\adm-tanaka").map(|user| user.privileged), Some(true));
        assert!(inventory.account("nobody").is_none());
        assert_eq!(inventory.problems().len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn no_list_makes_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let mut inventory = Inventory::default();
            let _ = inventory.add_assets("x", &bytes);
            let _ = inventory.add_assets("x", &[b"name,addresses\n", bytes.as_slice()].concat());
            let _ = inventory.of_path(&String::from_utf8_lossy(&bytes));
        }
    }
}
