//! Addresses of machines that have none of their own: leases of the sites' address servers, and what tunnels of the VPN are given.
//!
//! A lease is prolonged while its machine is there, and ends some hours after it has gone; then others may get the address. The servers of Tokyo
//! (Windows) and Osaka (Kea) write down what they do, and so do the firewalls of the sites whose product logs leases.

use std::collections::VecDeque;

use model::Time;

use super::World;
use super::logs::Make;
use super::network::TUNNELS;
use crate::clock::{HOUR, SECOND};
use crate::company::{AccountId, Company, HostId, OSAKA, Role, SiteId, TOKYO};
use crate::logs::windows_dhcp::{self, Event};
use crate::logs::{kea, paloalto};
use crate::truth::Mark;

/// Which machine has which address now.
#[derive(Debug)]
pub struct Leases {
    pools: Vec<Pool>,
    clients: Vec<Client>,
    first_client: usize,
    /// Leases that are half over, the earliest first.
    renewals: VecDeque<(Time, HostId)>,
    tunnels: Vec<Option<Open>>,
    next_tunnel: usize,
    /// Tunnels whose numbers are due, the earliest first.
    pub(super) statistics: VecDeque<(Time, u32)>,
}

/// The addresses of a site's clients.
#[derive(Debug)]
struct Pool {
    first: u32,
    /// By position: the machine that had it last, one more than its number; 0 is nobody.
    holders: Vec<u32>,
    next: u32,
}

/// Where a client is, as far as addresses go.
#[derive(Clone, Copy, Debug)]
struct Client {
    site: SiteId,
    /// The position within that site's pool that it has, or last had.
    position: Option<u32>,
    /// Whether it is there.
    on: bool,
    /// Since when.
    since: Time,
    /// When its lease ends.
    until: Time,
    /// When it asks for more.
    renewal: Time,
    /// The tunnel that it stands at the end of.
    tunnel: Option<u32>,
}

/// A tunnel of the VPN that is open.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    /// Whose account.
    pub account: AccountId,
    /// The machine at its end, where it is the company's.
    pub machine: Option<HostId>,
    /// Where it comes from.
    pub outside: u32,
    /// The gateway's number for it.
    pub number: u32,
    /// Since when it has that number.
    pub since: Time,
    /// Bytes to the client in a second.
    pub rate: u64,
    /// Whether an intruder opened it.
    pub mark: Option<Mark>,
}

impl Open {
    /// The group that lets its user in.
    pub fn group(&self) -> &'static str {
        if self.machine.is_some() { "vpn-company" } else { "vpn-byod" }
    }
}

/// What happens to a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Assigned,
    Renewed,
    Released,
    Expired,
}

/// How long an address is lent.
const LEASE: i64 = 8 * HOUR;
/// Who has not gone after so long has gone without a word.
const LONGEST_DAY: i64 = 15 * HOUR;
/// The first address within [`TUNNELS`] that is handed out.
const FIRST_TUNNEL: u32 = TUNNELS + 10;

impl Leases {
    /// Pools for all sites, a tenth larger than what works there.
    pub(super) fn of(company: &Company) -> Leases {
        let first_client =
            company.hosts.iter().position(|host| host.role == Role::Client).unwrap_or(company.hosts.len());
        let pools = company.sites.iter().map(|site| {
            let size = (site.people + site.people / 10 + 4) as usize;
            Pool { first: site.network + 4_106, holders: vec![0; size], next: 0 }
        });
        let client = |site| {
            let never = Time::UNKNOWN;
            Client {
                site,
                position: None,
                on: false,
                since: never,
                until: never,
                renewal: never,
                tunnel: None,
            }
        };
        let clients = company.hosts.get(first_client..).unwrap_or_default();
        Leases {
            pools: pools.collect(),
            clients: clients.iter().map(|host| client(host.site)).collect(),
            first_client,
            renewals: VecDeque::new(),
            tunnels: vec![None; company.people.len() + 20],
            next_tunnel: 0,
            statistics: VecDeque::new(),
        }
    }

    fn client(&self, host: HostId) -> Option<&Client> {
        self.clients.get((host.0 as usize).wrapping_sub(self.first_client))
    }

    fn client_mut(&mut self, host: HostId) -> Option<&mut Client> {
        self.clients.get_mut((host.0 as usize).wrapping_sub(self.first_client))
    }

    /// The tunnel that an address belongs to.
    pub(super) fn tunnel_of(&self, address: u32) -> Option<&Open> {
        self.tunnels.get(address.wrapping_sub(FIRST_TUNNEL) as usize)?.as_ref()
    }

    pub(super) fn tunnel_mut(&mut self, address: u32) -> Option<&mut Open> {
        self.tunnels.get_mut(address.wrapping_sub(FIRST_TUNNEL) as usize)?.as_mut()
    }

    /// A tunnel is open: the address that it is given, the one after the last that is free.
    pub(super) fn open_tunnel(&mut self, open: Open) -> u32 {
        let size = self.tunnels.len();
        let free = (0..size).map(|step| (self.next_tunnel + step) % size.max(1));
        let at = free.into_iter().find(|at| matches!(self.tunnels.get(*at), Some(None))).unwrap_or(0);
        self.next_tunnel = at + 1;
        let address = FIRST_TUNNEL + at as u32;
        if let Some(slot) = self.tunnels.get_mut(at) {
            *slot = Some(open);
        }
        if let Some(client) = open.machine.and_then(|machine| self.client_mut(machine)) {
            client.tunnel = Some(address);
        }
        address
    }

    /// A tunnel is closed: what it was.
    pub(super) fn close_tunnel(&mut self, address: u32) -> Option<Open> {
        let open = self.tunnels.get_mut(address.wrapping_sub(FIRST_TUNNEL) as usize)?.take()?;
        if let Some(client) = open.machine.and_then(|machine| self.client_mut(machine)) {
            client.tunnel = None;
        }
        Some(open)
    }

    /// The position that a machine is given in a site's pool, and whether it still had it.
    fn take(&mut self, host: HostId, site: SiteId, now: Time, forgets: bool) -> (u32, bool) {
        let own = host.0 + 1;
        let last = self.client(host).filter(|client| client.site == site).and_then(|client| client.position);
        let until = self.client(host).map_or(Time::UNKNOWN, |client| client.until);
        let holds = |at: u32| {
            self.pools.get(usize::from(site.0)).and_then(|pool| pool.holders.get(at as usize)).copied()
        };
        let free = |at: u32| match holds(at) {
            Some(0) => true,
            Some(holder) if holder == own => true,
            Some(holder) => self.client(HostId(holder - 1)).is_none_or(|other| {
                let elsewhere = other.site != site || other.position != Some(at);
                elsewhere || other.until < now
            }),
            None => false,
        };
        if let Some(at) = last.filter(|at| holds(*at) == Some(own) && until > now) {
            return (at, true);
        }
        if let Some(at) = last.filter(|at| !forgets && free(*at)) {
            return (at, false);
        }
        let Some(pool) = self.pools.get(usize::from(site.0)) else { return (0, false) };
        let size = pool.holders.len() as u32;
        let found = (0..size).map(|step| (pool.next + step) % size).find(|at| free(*at)).unwrap_or(0);
        if let Some(pool) = self.pools.get_mut(usize::from(site.0)) {
            pool.next = (found + 1) % size.max(1);
        }
        (found, false)
    }
}

impl World {
    /// The address of a machine now.
    pub fn address(&self, host: HostId) -> u32 {
        let fixed = self.company.host(host);
        let Some(client) = self.leases.client(host) else { return fixed.address };
        if fixed.role != Role::Client {
            return fixed.address;
        }
        let pool = self.leases.pools.get(usize::from(client.site.0));
        let leased = || pool.map_or(0, |pool| pool.first + client.position.unwrap_or(0));
        client.tunnel.unwrap_or_else(leased)
    }

    /// Whether a machine is switched on and within reach: a client in a site's network or at the end of a tunnel, and every other machine.
    pub fn is_reachable(&self, host: HostId) -> bool {
        self.company.host(host).role != Role::Client
            || self.leases.client(host).is_some_and(|client| {
                client.tunnel.is_some()
                    || (client.on && client.since.micros() + LONGEST_DAY > self.clock.micros())
            })
    }

    /// A client comes into the network of a site: it gets the address that it last had, if nobody has it now.
    pub fn lease(&mut self, host: HostId, site: SiteId) -> u32 {
        if self.leases.client(host).is_none() {
            return self.company.host(host).address;
        }
        let forgets = self.rng.chance(1, 9);
        let now = self.clock;
        let (position, kept) = self.leases.take(host, site, now, forgets);
        let Some(pool) = self.leases.pools.get_mut(usize::from(site.0)) else { return 0 };
        let address = pool.first + position;
        if let Some(holder) = pool.holders.get_mut(position as usize) {
            *holder = host.0 + 1;
        }
        if let Some(client) = self.leases.client_mut(host) {
            let tunnel = client.tunnel;
            *client = Client {
                site,
                position: Some(position),
                on: true,
                since: now,
                until: now,
                renewal: now,
                tunnel,
            };
        }
        self.prolong(host);
        self.log_lease(host, (site, address), if kept { Step::Renewed } else { Step::Assigned });
        address
    }

    /// A client leaves the network; most do without a word, and others may get its address when the lease is over.
    pub fn release(&mut self, host: HostId, site: SiteId) {
        let says = self.rng.chance(1, 14);
        let address = self.address(host);
        let now = self.clock;
        let Some(client) = self.leases.client_mut(host) else { return };
        client.on = false;
        if says && client.site == site && client.tunnel.is_none() && client.until > now {
            client.until = now;
            self.log_lease(host, (site, address), Step::Released);
        }
    }

    /// Leases that are half over are prolonged where their machines are still there; when the next one is.
    pub(super) fn renew_leases(&mut self) -> Option<Time> {
        while let Some((time, host)) = self.leases.renewals.front().copied() {
            if time > self.clock {
                return Some(time);
            }
            self.leases.renewals.pop_front();
            let Some(client) = self.leases.client(host).copied() else { continue };
            let there = client.on && client.since.micros() + LONGEST_DAY > self.clock.micros();
            if client.renewal != time || !there {
                continue;
            }
            let address = self.leases.pools.get(usize::from(client.site.0)).map_or(0, |pool| pool.first)
                + client.position.unwrap_or(0);
            self.prolong(host);
            self.log_lease(host, (client.site, address), Step::Renewed);
        }
        None
    }

    /// Once in an hour, the server of the headquarters looks for leases that are over.
    pub(super) fn clean_leases(&mut self) {
        let log = self.logs.dhcp;
        let none = windows_dhcp::Lease::default();
        self.sink.line(log, self.clock, None, |out, at| Event::CleanupBegan.write(out, &at.civil, &none));
        self.pass(20_000, SECOND);
        let size = self.leases.pools.get(usize::from(TOKYO.0)).map_or(0, |pool| pool.holders.len());
        for position in 0..size {
            let Some(pool) = self.leases.pools.get_mut(usize::from(TOKYO.0)) else { break };
            let first = pool.first;
            let holder = pool.holders.get(position).copied().unwrap_or(0);
            let Some(host) = holder.checked_sub(1).map(HostId) else { continue };
            let at = Some(position as u32);
            let Some(client) = self.leases.client(host) else { continue };
            let own = client.site == TOKYO && client.position == at;
            if own && client.until >= self.clock {
                continue;
            }
            if let Some(holder) = self
                .leases
                .pools
                .get_mut(usize::from(TOKYO.0))
                .and_then(|pool| pool.holders.get_mut(position))
            {
                *holder = 0;
            }
            self.log_lease(host, (TOKYO, first + position as u32), Step::Expired);
        }
        self.pass(20_000, SECOND);
        self.sink.line(log, self.clock, None, |out, at| Event::CleanupEnded.write(out, &at.civil, &none));
    }

    /// A lease begins anew.
    fn prolong(&mut self, host: HostId) {
        let now = self.clock.micros();
        let Some(client) = self.leases.client_mut(host) else { return };
        client.until = Time::from_micros(now + LEASE);
        client.renewal = Time::from_micros(now + LEASE / 2);
        let renewal = client.renewal;
        self.leases.renewals.push_back((renewal, host));
    }

    fn log_lease(&mut self, host: HostId, (site, address): (SiteId, u32), step: Step) {
        match site {
            TOKYO => self.log_windows_lease(host, address, step),
            OSAKA => self.log_kea_lease(host, address, step),
            _ => self.log_firewall_lease(host, (site, address), step),
        }
    }

    fn log_windows_lease(&mut self, host: HostId, address: u32, step: Step) {
        let company = self.company.clone();
        let event = match step {
            Step::Assigned => Event::Assigned,
            Step::Renewed => Event::Renewed,
            Step::Released => Event::Released,
            Step::Expired => Event::ExpiredAndDeleted,
        };
        let by_itself = step == Step::Expired;
        let lease = windows_dhcp::Lease {
            ip: Some(address),
            host: &company.host(host).fqdn,
            mac: Some(mac(&company, host)),
            transaction: if by_itself { 0 } else { self.rng.bits() as u32 | 1 },
            is_windows: !by_itself,
            dns_error: 0,
        };
        let (log, mark) = (self.logs.dhcp, if by_itself { None } else { self.mark });
        self.sink.line(log, self.clock, mark, |out, at| event.write(out, &at.civil, &lease));
        // The server registers names for its clients, where they did not do so themselves.
        if step != Step::Assigned || !self.rng.chance(1, 3) {
            return;
        }
        let lease = windows_dhcp::Lease { mac: None, transaction: 0, is_windows: false, ..lease };
        self.sink.line(log, self.clock, mark, |out, at| Event::DnsUpdate.write(out, &at.civil, &lease));
        let answered = self.rng.between(3_000, 800_000);
        let later = self.after(answered);
        let (event, dns_error) =
            if self.rng.chance(1, 25) { (Event::DnsUpdateFailed, 9005) } else { (Event::DnsUpdated, 0) };
        let lease = windows_dhcp::Lease { dns_error, ..lease };
        self.sink.line(log, later, mark, |out, at| event.write(out, &at.civil, &lease));
    }

    fn log_kea_lease(&mut self, host: HostId, address: u32, step: Step) {
        let client =
            kea::Client { mac: mac(&self.company, host), has_id: true, transaction: self.rng.bits() as u32 };
        let server = kea::Server {
            pid: 1_000 + self.company.near(Role::Dhcp, OSAKA, 0).0 * 7,
            thread: 140_211_608_340_288,
        };
        let (log, mark) = (self.logs.kea, self.mark);
        if step == Step::Assigned {
            self.sink.line(log, self.clock, mark, |out, at| server.offered(out, &at.civil, &client, address));
            self.pass(900, 40_000);
        }
        self.sink.line(log, self.clock, mark, |out, at| match step {
            Step::Assigned | Step::Renewed => {
                server.allocated(out, &at.civil, &client, address, (LEASE / SECOND) as u32)
            }
            Step::Released | Step::Expired => server.released(out, &at.civil, &client, address),
        });
    }

    fn log_firewall_lease(&mut self, host: HostId, (site, address): (SiteId, u32), step: Step) {
        let company = self.company.clone();
        let mark = self.mark;
        let Some(device) = self.logs.firewalls.get_mut(usize::from(site.0)) else { return };
        if device.make != Make::PaloAlto {
            return;
        }
        device.sequence += 1;
        let event = match step {
            Step::Assigned => "lease-start",
            Step::Renewed => "lease-renew",
            Step::Released | Step::Expired => "lease-end",
        };
        let mut text = Vec::with_capacity(128);
        lease_words(&mut text, (address, mac(&company, host), &company.host(host).name), step);
        let own = device.paloalto();
        let system = paloalto::System {
            subtype: "dhcp",
            event,
            object: "",
            severity: "informational",
            description: std::str::from_utf8(&text).unwrap_or_default(),
            sequence: device.sequence,
        };
        self.sink.line(device.log, self.clock, mark, |out, at| own.system(out, at.time, &system));
    }
}

/// What PAN-OS says of a lease.
fn lease_words(out: &mut Vec<u8>, (address, mac, name): (u32, [u8; 6], &str), step: Step) {
    use crate::logs::put::{Ip, Mac, put};
    let what = match step {
        Step::Assigned => "started",
        Step::Renewed => "renewed",
        Step::Released | Step::Expired => "ended",
    };
    put!(
        out,
        "DHCP lease ",
        what,
        " ip ",
        Ip(address),
        " --> mac ",
        Mac(mac, b':'),
        " - hostname ",
        name,
        ", interface ethernet1/2"
    );
}

fn mac(company: &Company, host: HostId) -> [u8; 6] {
    let [_, _, mac @ ..] = company.host(host).mac.to_be_bytes();
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Time {
        Time::from_micros(hours * HOUR)
    }

    fn comes(leases: &mut Leases, host: HostId, hours: i64, forgets: bool) -> (u32, bool) {
        let (position, kept) = leases.take(host, TOKYO, at(hours), forgets);
        leases.pools[0].holders[position as usize] = host.0 + 1;
        let client = leases.client_mut(host).unwrap();
        (client.site, client.position, client.until) = (TOKYO, Some(position), at(hours + 8));
        (position, kept)
    }

    #[test]
    fn an_address_goes_to_another_machine_only_after_its_lease() {
        let company = crate::company::company(1, 40);
        let mut leases = Leases::of(&company);
        let first = HostId(leases.first_client as u32);
        let (own, kept) = comes(&mut leases, first, 0, false);
        assert!(!kept);
        assert_eq!(comes(&mut leases, first, 4, false), (own, true));
        assert_eq!(comes(&mut leases, first, 30, false), (own, false));
        let size = leases.pools[0].holders.len();
        let others: Vec<u32> = (1..size as u32)
            .map(|step| comes(&mut leases, HostId(first.0 + step % 39 + 1), 31, true).0)
            .collect();
        assert!(!others.contains(&own));
        assert!((0..size).any(|_| comes(&mut leases, HostId(first.0 + 5), 50, true).0 == own));
    }

    #[test]
    fn a_machine_at_the_end_of_a_tunnel_has_the_tunnel_s_address() {
        let company = crate::company::company(1, 40);
        let mut leases = Leases::of(&company);
        let machine = HostId(leases.first_client as u32);
        let open = Open {
            account: AccountId(0),
            machine: Some(machine),
            outside: 1,
            number: 1,
            since: at(0),
            rate: 1,
            mark: None,
        };
        let inside = leases.open_tunnel(open);
        assert_eq!(leases.client(machine).unwrap().tunnel, Some(inside));
        assert_eq!(leases.tunnel_of(inside).unwrap().group(), "vpn-company");
        let other = leases.open_tunnel(Open { machine: None, ..open });
        assert_ne!(inside, other);
        leases.close_tunnel(inside).unwrap();
        assert_eq!(leases.client(machine).unwrap().tunnel, None);
        assert!(leases.tunnel_of(inside).is_none());
    }
}
