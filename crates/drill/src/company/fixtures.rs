//! Machines that nobody signs in to: printers, panels in meeting rooms, tills, access points, cameras.
//!
//! In: a company and how many machines it shall have in all. Out: the company with as many of these as that takes, in networks of their own. They come behind
//! all other machines, so that a company with them is otherwise the same as without.

use super::build::push_host;
use super::{Company, Os, Role, SiteId};

/// The role, how such a machine is called, how many of a hundred are such, and how much depends on one.
type Kind = (Role, &'static str, u64, u8);
const KINDS: [Kind; 5] = [
    (Role::Printer, "mfp", 22, 1),
    (Role::MeetingRoom, "room", 16, 1),
    (Role::Till, "pos", 20, 2),
    (Role::AccessPoint, "ap", 27, 2),
    (Role::Camera, "cam", 15, 1),
];

/// The first network of a site's fixtures: 10.128.0.0, then each site's 524,288 addresses later.
const NETWORKS: u32 = (10 << 24) | (128 << 16);
const SIZE: u32 = 8 << 16;

impl Company {
    /// Puts up fixtures until there are so many machines; where there are as many already, none.
    pub fn furnish(&mut self, hosts: u32) {
        let mut rng = self.rng.of("fixtures", 0);
        let people: u32 = self.sites.iter().map(|site| site.people).sum();
        let mut counts = vec![0; self.sites.len()];
        for number in 1..=hosts.saturating_sub(self.hosts.len() as u32) {
            // Where more people work there are more of them.
            let site = self.site_of(rng.below(u64::from(people.max(1))) as u32);
            let (role, stem, _, criticality) = kind(rng.below(100));
            let Some(count) = counts.get_mut(usize::from(site.0)) else { continue };
            *count += 1;
            let name = format!("{}-{stem}{number:05}", self.site(site).code);
            let address = NETWORKS + u32::from(site.0) * SIZE + 256 + *count;
            let id = push_host(self, &mut rng, (name, role, Os::Appliance, site, address, criticality));
            self.roles.entry(role).or_default().push(id);
        }
    }

    /// The site in whose fixtures' network an address is.
    pub fn site_of_fixture(&self, address: u32) -> Option<SiteId> {
        let number = address.checked_sub(NETWORKS)? / SIZE;
        (number < self.sites.len() as u32).then_some(SiteId(number as u8))
    }

    /// Where somebody works, by their place among all people.
    fn site_of(&self, mut person: u32) -> SiteId {
        for (number, site) in self.sites.iter().enumerate() {
            if person < site.people {
                return SiteId(number as u8);
            }
            person -= site.people;
        }
        SiteId(0)
    }
}

/// The kind at a place of a hundred.
fn kind(mut place: u64) -> Kind {
    let [.., last] = KINDS;
    for kind in KINDS {
        if place < kind.2 {
            return kind;
        }
        place -= kind.2;
    }
    last
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::company::company;

    #[test]
    fn fixtures_fill_up_a_company_that_is_otherwise_the_same() {
        let (plain, mut furnished) = (company(3, 60), company(3, 60));
        furnished.furnish(2_000);
        assert_eq!(furnished.hosts.len(), 2_000);
        assert_eq!(format!("{:?}", &furnished.hosts[..plain.hosts.len()]), format!("{:?}", plain.hosts));
        let fixtures = &furnished.hosts[plain.hosts.len()..];
        assert!(fixtures.iter().all(|host| host.role.is_fixture()));
        assert!(fixtures.iter().all(|host| furnished.site_of_fixture(host.address) == Some(host.site)));
        assert!(plain.hosts.iter().all(|host| furnished.site_of_fixture(host.address).is_none()));
        let distinct = |of: fn(&crate::company::Host) -> String| {
            furnished
                .hosts
                .iter()
                .filter(|host| host.role != Role::Client)
                .map(of)
                .collect::<HashSet<_>>()
                .len()
        };
        let clients = furnished.with_role(Role::Client).len();
        // Firewalls stand at the edge of their networks.
        assert_eq!(distinct(|host| host.name.clone()), 2_000 - clients);
        assert!(distinct(|host| host.address.to_string()) >= 2_000 - clients - 5);
    }

    #[test]
    fn a_company_that_is_large_enough_gets_none() {
        let mut furnished = company(3, 60);
        let before = furnished.hosts.len();
        furnished.furnish(10);
        assert_eq!(furnished.hosts.len(), before);
    }
}
