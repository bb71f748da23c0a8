//! What goes on in the network by itself: leases are prolonged and end, tunnels are counted and break, machines ask for updates, and the internet
//! knocks at every door.
//!
//! In: the company. Out: an actor for each of these. Nobody's work is done here.

use model::Time;

use crate::clock::{DAY, HOUR, MINUTE, SECOND};
use crate::company::{Company, HostId, Os, SiteId, TOKYO};
use crate::engine::{Actor, Engine};
use crate::rng::Rng;
use crate::world::World;

/// The network begins to live.
pub fn keep_up(engine: &mut Engine, company: &Company, start: Time) {
    let mut add = |name: &str, actor: Box<dyn Actor>, first: i64| {
        engine.add(actor, company.rng.of("upkeep", 0).of(name, 0), Time::from_micros(start.micros() + first));
    };
    add("leases", Box::new(Renewals), MINUTE);
    add("cleaning", Box::new(Cleaning), HOUR / 3 + 11 * SECOND);
    add("tunnels", Box::new(Statistics), MINUTE);
    add("noise", Box::new(Noise), 7 * MINUTE);
    add("breaks", Box::new(Breaks), 5 * HOUR);
    let checks = Checks::new(company, start);
    if let Some(first) = checks.next() {
        add("checks", Box::new(checks), first.micros() - start.micros());
    }
}

/// Leases that are half over.
struct Renewals;

impl Actor for Renewals {
    fn act(&mut self, world: &mut World) -> Option<Time> {
        let next = world.renew_leases();
        Some(next.unwrap_or_else(|| world.after(10 * MINUTE)))
    }
}

/// Leases that are over.
struct Cleaning;

impl Actor for Cleaning {
    fn act(&mut self, world: &mut World) -> Option<Time> {
        let next = world.after(HOUR);
        world.clean_leases();
        Some(next)
    }
}

/// Tunnels of the VPN that have been open for another hour.
struct Statistics;

impl Actor for Statistics {
    fn act(&mut self, world: &mut World) -> Option<Time> {
        let next = world.count_tunnels();
        Some(next.unwrap_or_else(|| world.after(5 * MINUTE)))
    }
}

/// Strangers at the sites' doors.
struct Noise;

impl Actor for Noise {
    fn act(&mut self, world: &mut World) -> Option<Time> {
        const PORTS: [(u16, u8); 14] = [
            (23, 6),
            (22, 6),
            (445, 6),
            (3389, 6),
            (8080, 6),
            (5060, 17),
            (1433, 6),
            (80, 6),
            (2323, 6),
            (8443, 6),
            (123, 17),
            (6379, 6),
            (5900, 6),
            (81, 6),
        ];
        // Who knocks at the headquarters wants more, and is somebody.
        let site = SiteId(1 + world.rng.below(world.company.sites.len() as u64 - 1) as u8);
        let from = stranger(&mut world.rng);
        for _ in 0..1 + world.rng.early(3) {
            let port = world.rng.pick(&PORTS).copied().unwrap_or((23, 6));
            world.knock(site, from, port);
            world.pass(SECOND / 5, 8 * SECOND);
        }
        let pause = world.rng.wait(45 * MINUTE);
        Some(world.after(pause))
    }
}

fn stranger(rng: &mut Rng) -> u32 {
    const NETWORKS: [u32; 3] = [0xC000_0200, 0xCB00_7100, 0xC612_0000];
    let network = rng.pick(&NETWORKS).copied().unwrap_or_default();
    network + 1 + rng.below(if network == 0xC612_0000 { 0x1_FFFE } else { 253 }) as u32
}

/// Tunnels between sites, and links, that break now and then.
struct Breaks;

impl Actor for Breaks {
    fn act(&mut self, world: &mut World) -> Option<Time> {
        let sites = world.company.sites.len() as u64;
        let site = SiteId(world.rng.below(sites) as u8);
        if site != TOKYO && world.rng.chance(3, 5) {
            world.tunnel_breaks(site);
        } else {
            world.link_breaks(site);
        }
        let pause = world.rng.wait(2 * DAY);
        Some(world.after(pause.max(HOUR)))
    }
}

/// Machines ask for updates: those of Windows about once in a day, those of its antivirus twice.
struct Checks {
    /// Within a period: when, which machine, what it asks for.
    plan: Vec<(i64, HostId, Check)>,
    /// When the period under way began.
    begin: i64,
    at: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Check {
    System,
    Antivirus,
    Telemetry,
}

/// A little less than a day, so that the time of day moves on.
const PERIOD: i64 = 22 * HOUR;

impl Checks {
    fn new(company: &Company, start: Time) -> Checks {
        let mut plan = Vec::new();
        for (number, _) in company.hosts.iter().enumerate().filter(|(_, host)| host.os == Os::Windows) {
            let mut rng = company.rng.of("update checks", number as u64);
            let id = HostId(number as u32);
            plan.push((rng.between(0, PERIOD - 1), id, Check::System));
            let first = rng.between(0, PERIOD / 2 - 1);
            for turn in 0..2 {
                plan.push((first + turn * PERIOD / 2, id, Check::Antivirus));
            }
            plan.push((rng.between(0, PERIOD - 1), id, Check::Telemetry));
        }
        plan.sort_unstable();
        Checks { plan, begin: start.micros(), at: 0 }
    }

    fn next(&self) -> Option<Time> {
        self.plan.get(self.at).map(|(within, _, _)| Time::from_micros(self.begin + within))
    }
}

impl Actor for Checks {
    fn act(&mut self, world: &mut World) -> Option<Time> {
        if let Some((_, host, check)) = self.plan.get(self.at).copied()
            && world.is_reachable(host)
        {
            // Not to the second: machines wait a little so that not all ask at once.
            world.pass(0, 2 * MINUTE);
            match check {
                Check::System => world.ask_for_updates(host, "update"),
                Check::Antivirus => world.ask_for_updates(host, "antivirus"),
                Check::Telemetry => world.ask_for_updates(host, "telemetry"),
            }
        }
        self.at += 1;
        if self.at >= self.plan.len() {
            (self.at, self.begin) = (0, self.begin + PERIOD);
        }
        self.next()
    }
}
