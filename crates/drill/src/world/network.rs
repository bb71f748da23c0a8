//! What firewalls see: sessions between networks.
//!
//! In: who spoke with whom, how much and how long. Out: a record of every firewall on the way, each in its product's terms and by its own clock, with the
//! same addresses, ports and bytes. Sites reach each other through tunnels to the headquarters. What stays within a network no firewall sees.

mod devices;
mod products;
mod upkeep;

use super::World;
use crate::clock::SECOND;
use crate::company::{SiteId, TOKYO};

pub use devices::Managing;
pub use upkeep::keep_up;

/// A session between two addresses.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// Who began.
    pub from: u32,
    /// Whom it was for.
    pub to: u32,
    /// The port there.
    pub port: u16,
    /// 6 is TCP, 17 UDP, 1 ICMP.
    pub protocol: u8,
    /// Bytes to the other side.
    pub sent: u64,
    /// Bytes from there.
    pub received: u64,
    /// How long it lasted, in microseconds. It is logged at its end.
    pub lasted: i64,
    /// Whether the firewall let it through.
    pub allowed: bool,
}

/// Which network an address is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// That of a site.
    Site(SiteId),
    /// That of a site's printers, cameras and the like.
    Fixtures(SiteId),
    /// The virtual desktops'.
    Desktops,
    /// The clients of the VPN.
    Tunnels,
    /// The internet.
    Outside,
}

impl Network {
    /// The site whose firewall it is behind.
    pub fn site(self) -> Option<SiteId> {
        match self {
            Network::Site(site) | Network::Fixtures(site) => Some(site),
            Network::Desktops | Network::Tunnels => Some(TOKYO),
            Network::Outside => None,
        }
    }
}

/// The first address that is handed out to tunnels: 10.250.0.0.
pub const TUNNELS: u32 = (10 << 24) | (250 << 16);

/// A session on its way through firewalls.
#[derive(Clone, Copy, Debug)]
struct Passage {
    flow: Flow,
    /// The port that it was begun from.
    port: u16,
    from: Network,
    to: Network,
    /// How much later than at its beginning it comes to this firewall, in microseconds.
    late: i64,
}

impl World {
    /// The network of an address.
    pub fn network(&self, address: u32) -> Network {
        if address >> 16 == TUNNELS >> 16 {
            return Network::Tunnels;
        }
        let block = address & 0xFFFF_0000;
        let site = self.company.sites.iter().position(|site| site.network == block);
        match site {
            Some(site) => Network::Site(SiteId(site as u8)),
            None if self.company.site(TOKYO).network + 65_536 == block => Network::Desktops,
            None => self.company.site_of_fixture(address).map_or(Network::Outside, Network::Fixtures),
        }
    }

    /// A session takes place, and the firewalls between the two networks write it down when it ends.
    pub fn flow(&mut self, mut flow: Flow) {
        let (from, to) = (self.network(flow.from), self.network(flow.to));
        if from == to {
            return;
        }
        if let (false, Network::Outside, Some(site)) = (flow.allowed, from, to.site()) {
            // What is not let in was for an address that is seen from outside.
            flow.to = self.company.site(site).public;
        }
        let port = self.rng.between(49_152, 65_535) as u16;
        if flow.allowed {
            // What packets have around their contents, and some that are sent twice.
            flow.sent += self.rng.below(flow.sent / 24 + 90);
            flow.received += self.rng.below(flow.received / 24 + 90);
        }
        let mut passage = Passage { flow, port, from, to, late: 0 };
        for site in way(from.site(), to.site()).into_iter().flatten() {
            self.log_session(site, &passage);
            if !flow.allowed {
                // The first firewall lets it end there.
                return;
            }
            passage.late += self.rng.between(900, if site == TOKYO { 6_000 } else { 95_000 });
        }
    }

    /// A session that has lasted until now, as [`World::flow`] has it.
    pub fn flow_until_now(&mut self, flow: Flow) {
        let now = self.clock;
        self.clock = model::Time::from_micros(now.micros() - flow.lasted);
        self.flow(flow);
        self.clock = now;
    }

    /// The shortest of all sessions: something from the internet knocks at a site's own address, and is not let in.
    fn knock(&mut self, site: SiteId, from: u32, (port, protocol): (u16, u8)) {
        let to = self.company.site(site).public;
        let flow =
            Flow { from, to, port, protocol, sent: 44, received: 0, lasted: SECOND / 50, allowed: false };
        let source = self.rng.between(1_024, 65_535) as u16;
        let passage =
            Passage { flow, port: source, from: Network::Outside, to: Network::Site(site), late: 0 };
        self.log_session(site, &passage);
    }
}

/// The sites whose firewalls are passed, in order.
fn way(from: Option<SiteId>, to: Option<SiteId>) -> [Option<SiteId>; 3] {
    match (from, to) {
        (Some(from), Some(to)) if from == to => [Some(from), None, None],
        (Some(TOKYO), to) => [Some(TOKYO), to, None],
        (from, Some(TOKYO)) => [from, Some(TOKYO), None],
        (Some(from), Some(to)) => [Some(from), Some(TOKYO), Some(to)],
        (from, to) => [from, to, None],
    }
}

/// Where an address of the internet is, as the databases of firewalls have it.
pub fn country(address: u32) -> &'static str {
    match (address >> 8) % 16 {
        0 => "United States",
        1 => "Singapore",
        _ => "Japan",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::company::{AMERICA, OSAKA, SINGAPORE};

    #[test]
    fn every_firewall_on_the_way_writes_the_same_session() {
        let folder = tempfile::tempdir().unwrap();
        let company = std::sync::Arc::new(crate::company::company(1, 60));
        let sink = crate::sink::Sink::new(folder.path(), Vec::new(), Default::default()).unwrap();
        let mut world = World::new(std::sync::Arc::clone(&company), sink, 0);
        world.set_time(model::Time::parse("2026-06-01T01:00:00Z").unwrap());
        let to = company.site(TOKYO).network + 300;
        for site in [OSAKA, SINGAPORE, AMERICA] {
            let from = company.site(site).network + 4_200;
            world.flow(Flow {
                from,
                to,
                port: 445,
                protocol: 6,
                sent: 5_000,
                received: 9_000,
                lasted: SECOND,
                allowed: true,
            });
        }
        let names = world.logs.firewalls.iter().map(|device| device.name.clone()).collect::<Vec<_>>();
        world.sink.finish().unwrap();
        let read = |site: SiteId, file: &str| {
            let path = folder.path().join("logs").join(&names[usize::from(site.0)]).join(file);
            std::fs::read_to_string(path).unwrap()
        };
        let own = read(TOKYO, "fortigate.log");
        let ports = own.lines().filter_map(|line| line.split_once("srcport=")?.1.split_once(' '));
        let ports: Vec<&str> = ports.map(|(port, _)| port).collect();
        assert_eq!(ports.len(), 3);
        let (rtx, asa, panos) =
            (read(OSAKA, "rtx.log"), read(SINGAPORE, "asa.log"), read(AMERICA, "panos.log"));
        assert!(ports.iter().any(|port| rtx.contains(&format!(":{port} > "))), "{rtx}");
        assert!(
            ports.iter().any(|port| asa.contains(&format!("/{port} duration"))) && asa.lines().count() == 1,
            "{asa}"
        );
        assert!(asa.starts_with("2026-06-01T0"), "{asa}");
        assert!(ports.iter().any(|port| panos.contains(&format!(",{port},445,"))), "{panos}");
        // The same bytes as its neighbour has, and few more than were asked for.
        let port = ports.iter().find(|port| panos.contains(&format!(",{port},445,"))).unwrap();
        let line = own.lines().find(|line| line.contains(&format!("srcport={port} "))).unwrap();
        let number = |name: &str| -> u64 {
            let (_, rest) = line.split_once(name).unwrap();
            rest.split_whitespace().next().unwrap().parse().unwrap()
        };
        let (sent, received) = (number("sentbyte="), number("rcvdbyte="));
        assert!((5_000..5_400).contains(&sent) && (9_000..9_500).contains(&received));
        assert!(panos.contains(&format!(",{},{sent},{received},", sent + received)), "{panos}");
    }

    #[test]
    fn sites_reach_each_other_through_the_headquarters() {
        let passed = |from, to| way(from, to).into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(passed(Some(OSAKA), Some(SINGAPORE)), [OSAKA, TOKYO, SINGAPORE]);
        assert_eq!(passed(Some(TOKYO), Some(OSAKA)), [TOKYO, OSAKA]);
        assert_eq!(passed(Some(OSAKA), Some(TOKYO)), [OSAKA, TOKYO]);
        assert_eq!(passed(Some(TOKYO), Some(TOKYO)), [TOKYO]);
        assert_eq!(passed(Some(SINGAPORE), None), [SINGAPORE]);
        assert_eq!(passed(None, Some(OSAKA)), [OSAKA]);
        assert!(passed(None, None).is_empty());
    }
}
