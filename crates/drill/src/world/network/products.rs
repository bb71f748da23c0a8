//! A session as each product writes it.
//!
//! In: a session on its way. Out: one record (two of an ASA: beginning and end) in the log of a site's firewall.

use model::Time;

use super::{Flow, Network, Passage, country};
use crate::clock::{Civil, SECOND};
use crate::company::{Company, SiteId, TOKYO};
use crate::logs::asa::{Asa, Connection, End};
use crate::logs::fortigate::{self, Nat, Policy, Side};
use crate::logs::yamaha::{self, Way};
use crate::logs::{asa, paloalto};
use crate::world::World;
use crate::world::logs::{Appliance, Make};

impl World {
    /// The firewall of a site writes a session down.
    pub(super) fn log_session(&mut self, site: SiteId, it: &Passage) {
        let company = self.company.clone();
        let user = self
            .leases
            .tunnel_of(it.flow.from)
            .map_or(("", ""), |tunnel| (company.account(tunnel.account).name.as_str(), tunnel.group()));
        let step = 1 + self.rng.below(30) as u32;
        let (sink, mark) = (&mut self.sink, self.mark);
        let Some(device) = self.logs.firewalls.get_mut(usize::from(site.0)) else { return };
        device.session = device.session.wrapping_add(step);
        device.sequence += 1;
        let begin = Time::from_micros(self.clock.micros() + it.late);
        let end = Time::from_micros(begin.micros() + if it.flow.allowed { it.flow.lasted } else { 0 });
        let allowed = it.flow.allowed;
        match device.make {
            Make::Fortigate => {
                let traffic =
                    Traffic { user: user.0, group: user.1, ..forwarded(&company, it, device.session) };
                let own = device.fortigate();
                let to_itself = it.is_to_itself();
                sink.line(device.log, end, mark, |out, at| match to_itself {
                    true => own.local(out, at.time, &traffic),
                    false => own.forward(out, at.time, &traffic),
                });
            }
            // Neither of the two is told to log pings.
            Make::Yamaha if allowed && it.flow.protocol == 1 => {}
            Make::Asa if it.flow.protocol == 1 => {}
            Make::Yamaha => {
                let (packet, began) = (inspected(it, site), Civil::of(begin, device.offset));
                device.yamaha(sink, end, mark, |way, out, at| match allowed {
                    true => way.inspected(out, at, &packet, &began),
                    false => way.filtered(out, at, &packet, false),
                });
            }
            Make::Asa if !allowed => {
                let packet = refused(it, site);
                device.asa(sink, begin, mark, |asa, out, at| asa.denied(out, at, &packet));
            }
            Make::Asa => {
                // It is told to log sessions when they end, not when they begin: half as many lines, which say more.
                let connection = connection(&company, it, site, device.session);
                let (seconds, bytes) = (it.seconds(), it.flow.sent + it.flow.received);
                device.asa(sink, end, mark, |asa, out, at| {
                    asa.teardown(out, at, &connection, seconds, bytes, "TCP FINs")
                });
            }
            Make::PaloAlto => {
                let traffic = ended(&company, it, site, (device.session, device.sequence));
                let own = device.paloalto();
                sink.line(device.log, end, mark, |out, at| own.traffic(out, at.time, &traffic));
            }
        }
    }
}

type Mark = Option<crate::truth::Mark>;
type Traffic<'a> = fortigate::Traffic<'a>;

impl Appliance {
    /// As FortiOS's records name it.
    pub fn fortigate(&self) -> fortigate::Device<'_> {
        fortigate::Device { name: &self.name, serial: &self.serial, vdom: "root", offset: self.offset }
    }

    /// As PAN-OS's records name it.
    pub fn paloalto(&self) -> paloalto::Device<'_> {
        paloalto::Device { name: &self.name, serial: &self.serial, vsys: "vsys1", offset: self.offset }
    }

    /// A line of an ASA that writes times as RFC 5424 has them ("logging timestamp rfc5424"), in UTC.
    pub fn asa(
        &self,
        sink: &mut crate::sink::Sink,
        time: Time,
        mark: Mark,
        write: impl FnOnce(&Asa<'_>, &mut Vec<u8>, &Civil),
    ) {
        let asa = Asa { name: &self.name, priority: false };
        sink.line(self.log, time, mark, |out, at| {
            let start = out.len();
            write(&asa, out, &at.civil);
            // `May 07 2026 09:30:00`
            redate(out, start, 20, |out| at.civil.rfc3339(out, 0));
        });
    }

    /// A line of an RTX, which has no time of its own, at a collector that writes its own time with its distance from UTC.
    pub fn yamaha(
        &self,
        sink: &mut crate::sink::Sink,
        time: Time,
        mark: Mark,
        write: impl FnOnce(&Way<'_>, &mut Vec<u8>, &Civil),
    ) {
        let way = Way::Syslog(&self.name);
        sink.line(self.log, time, mark, |out, at| {
            let start = out.len();
            write(&way, out, &at.civil);
            // `May  7 09:30:00`
            redate(out, start, 15, |out| at.civil.rfc3339(out, 6));
        });
    }
}

/// Puts another time where a line that begins at `start` has one of so many bytes.
fn redate(out: &mut Vec<u8>, start: usize, old: usize, write: impl FnOnce(&mut Vec<u8>)) {
    let end = out.len();
    write(out);
    let new = out.len() - end;
    if let Some(line) = out.get_mut(start..) {
        line.rotate_right(new);
    }
    out.drain((start + new).min(end)..(start + new + old).min(end + new));
}

impl Passage {
    fn seconds(&self) -> u32 {
        (self.flow.lasted / SECOND) as u32
    }

    /// Whether it was for the address in the internet that the firewall has itself.
    fn is_to_itself(&self) -> bool {
        self.from == Network::Outside && !self.flow.allowed
    }

    /// Whether it was begun behind that site's firewall.
    fn is_outward(&self, site: SiteId) -> bool {
        self.from.site() == Some(site)
    }

    fn packets(&self) -> (u32, u32) {
        let packets = |bytes: u64| (bytes / 900 + 3) as u32;
        if self.flow.allowed { (packets(self.flow.sent), packets(self.flow.received)) } else { (0, 0) }
    }

    fn sent(&self) -> u64 {
        if self.flow.allowed { self.flow.sent } else { 0 }
    }
}

fn forwarded(company: &Company, it: &Passage, session: u32) -> Traffic<'static> {
    let Flow { from, to, port, protocol, allowed, .. } = it.flow;
    let public = company.site(TOKYO).public;
    let published = allowed && it.from == Network::Outside;
    let mut destination = side(to, port, it.to);
    if published {
        destination = Side { ip: public, ..destination };
    }
    if it.is_to_itself() {
        destination = Side { interface: "root", role: "undefined", ..destination };
    }
    let (sent_packets, received_packets) = it.packets();
    Traffic {
        source: side(from, it.port, it.from),
        destination,
        session,
        protocol,
        action: match (allowed, protocol) {
            (false, _) => "deny",
            (true, 6) => "close",
            (true, _) => "accept",
        },
        policy: policy(it.from, it.to, allowed),
        service: service(port, protocol),
        nat: match (published, allowed && it.to == Network::Outside) {
            (true, _) => Nat::Destination(to, port),
            (_, true) => Nat::Source(public, it.port),
            _ => Nat::None,
        },
        category: "unscanned",
        duration: it.seconds(),
        sent: it.sent(),
        received: it.flow.received,
        sent_packets,
        received_packets,
        ..Traffic::default()
    }
}

fn side(address: u32, port: u16, network: Network) -> Side<'static> {
    let (interface, role) = match network {
        Network::Site(TOKYO) => ("lan", "lan"),
        Network::Fixtures(TOKYO) => ("things", "lan"),
        Network::Site(site) | Network::Fixtures(site) => (tunnel_name(site), "undefined"),
        Network::Desktops => ("vdi", "lan"),
        Network::Tunnels => ("ssl.root", "undefined"),
        Network::Outside => ("wan1", "wan"),
    };
    let country = if network == Network::Outside { country(address) } else { "Reserved" };
    Side { ip: address, port, interface, role, country }
}

/// What the headquarters calls its tunnel to a site.
pub(super) fn tunnel_name(site: SiteId) -> &'static str {
    ["", "to-osaka", "to-singapore", "to-bangkok", "to-sanjose"]
        .get(usize::from(site.0))
        .copied()
        .unwrap_or("to-site")
}

fn policy(from: Network, to: Network, allowed: bool) -> Policy<'static> {
    let (id, name) = match (allowed, from, to) {
        (false, _, _) => (0, ""),
        (true, Network::Tunnels, Network::Desktops) => (21, "vpn-to-vdi"),
        (true, Network::Tunnels, _) => (20, "vpn-to-lan"),
        (true, Network::Desktops, Network::Outside) => (31, "vdi-to-internet"),
        (true, Network::Desktops, _) => (30, "vdi-to-lan"),
        (true, Network::Fixtures(_), Network::Outside) => (60, "things-to-internet"),
        (true, _, Network::Desktops) => (32, "lan-to-vdi"),
        (true, Network::Outside, _) => (40, "published-services"),
        (true, _, Network::Outside) => (10, "lan-to-internet"),
        (true, _, _) => (50, "sites"),
    };
    let uuid = 0x51e0_7c2a_0000_51ef_8000_0000_0000_0000 + u128::from(id) * 0x1_0001_0000_0001;
    Policy { id, name, uuid: if id == 0 { 0 } else { uuid } }
}

fn service(port: u16, protocol: u8) -> &'static str {
    match (protocol, port) {
        (1, _) => "PING",
        (_, 53) => "DNS",
        (6, 80) => "HTTP",
        (6, 443) => "HTTPS",
        (6, 445) => "SMB",
        (6, 22) => "SSH",
        (6, 23) => "TELNET",
        (6, 3389) => "RDP",
        (6, 25) => "SMTP",
        (6, 587) => "SMTP-587",
        (6, 993) => "IMAPS",
        (_, 88) => "KERBEROS",
        (_, 389) => "LDAP",
        (6, 5432) => "PostgreSQL",
        (6, 8080) => "PROXY",
        (17, 123) => "NTP",
        (17, 161) => "SNMP",
        (17, _) => "udp/other",
        _ => "tcp/other",
    }
}

fn transport(protocol: u8) -> &'static str {
    match protocol {
        6 => "tcp",
        17 => "udp",
        _ => "icmp",
    }
}

fn inspected(it: &Passage, site: SiteId) -> yamaha::Packet<'static> {
    let outward = it.is_outward(site);
    let far = if outward { it.to } else { it.from };
    let outside = far == Network::Outside;
    let filter = match (it.flow.allowed, outside, it.flow.port) {
        (false, ..) => 200_099,
        (true, true, 53) => 200_082,
        (true, true, 80 | 443) => 200_083,
        (true, true, _) => 200_098,
        (true, false, _) => 200_105,
    };
    yamaha::Packet {
        interface: if outside { "LAN2" } else { "TUNNEL[1]" },
        is_in: !outward,
        filter: Some(filter),
        protocol: match it.flow.protocol {
            6 => "TCP",
            17 => "UDP",
            _ => "ICMP",
        },
        source: (it.flow.from, it.port),
        destination: (it.flow.to, it.flow.port),
        icmp: "echo request",
    }
}

/// The ends of a connection at an ASA: that of the wide side, and that of the site.
fn ends(company: &Company, it: &Passage, site: SiteId) -> (End<'static>, End<'static>) {
    let (source, destination) = ((it.flow.from, it.port), (it.flow.to, it.flow.port));
    let public = company.site(site).public;
    let (wide, own) = if it.is_outward(site) { (destination, source) } else { (source, destination) };
    let translated = if it.is_outward(site) { it.to } else { it.from } == Network::Outside;
    let end = |interface, (ip, port), mapped| End { interface, ip, port, mapped };
    let mapped = if translated { (public, own.1) } else { own };
    (end("outside", wide, wide), end("inside", own, mapped))
}

fn connection(company: &Company, it: &Passage, site: SiteId, id: u32) -> Connection<'static> {
    let (lower, higher) = ends(company, it, site);
    Connection { id, is_tcp: it.flow.protocol == 6, inbound: !it.is_outward(site), lower, higher, user: "" }
}

fn refused(it: &Passage, site: SiteId) -> asa::Packet<'static> {
    let outward = it.is_outward(site);
    let end = |interface, ip, port| End { interface, ip, port, mapped: (ip, port) };
    asa::Packet {
        protocol: transport(it.flow.protocol),
        source: end(if outward { "inside" } else { "outside" }, it.flow.from, it.port),
        destination: end(if outward { "outside" } else { "inside" }, it.flow.to, it.flow.port),
        list: if outward { "inside_access_in" } else { "outside_access_in" },
        hashes: if outward { (0x6b2f_91d4, 0) } else { (0x1f8a_03c7, 0) },
    }
}

fn ended(
    company: &Company,
    it: &Passage,
    site: SiteId,
    (id, sequence): (u32, u64),
) -> paloalto::Traffic<'static> {
    let Flow { from, to, port, protocol, allowed, .. } = it.flow;
    let zone = |network: Network| match network.site() {
        Some(own) if own == site => ("trust", "ethernet1/2"),
        Some(_) => ("vpn", "tunnel.1"),
        None => ("untrust", "ethernet1/1"),
    };
    let (near, far) = (zone(it.from), if it.is_to_itself() { ("untrust", "") } else { zone(it.to) });
    let place = |address, network| {
        if network == Network::Outside { country(address) } else { "10.0.0.0-10.255.255.255" }
    };
    let translated = allowed && it.to == Network::Outside;
    let rule = match (allowed, it.from, it.to) {
        (false, ..) => "interzone-default",
        (true, _, Network::Outside) => "internet-out",
        (true, Network::Outside, _) => "published",
        _ => "sites",
    };
    let rule_uuid = 0x7a3c_95e1_0000_4d26_9000_0000_0000_0000 + (rule.len() as u128) * 0x1_0003_0000_0007;
    let packets = it.packets();
    paloalto::Traffic {
        session: paloalto::Session {
            id: id & 0x003f_ffff,
            source: (from, it.port),
            destination: (to, port),
            nat_source: if translated { (company.site(site).public, it.port) } else { (0, 0) },
            nat_destination: if translated { (to, port) } else { (0, 0) },
            rule,
            user: "",
            application: application(port, protocol, allowed),
            zones: (near.0, far.0),
            interfaces: (near.1, if allowed { far.1 } else { "" }),
            protocol: transport(protocol),
            action: if allowed { "allow" } else { "deny" },
            countries: (place(from, it.from), if it.is_to_itself() { country(to) } else { place(to, it.to) }),
            rule_uuid,
            sequence,
            host: "",
            mac: None,
        },
        subtype: if allowed { "end" } else { "drop" },
        sent: (if allowed { it.flow.sent } else { 60 }, packets.0.max(1)),
        received: (it.flow.received, packets.1),
        elapsed: if allowed { it.seconds() } else { 0 },
        category: "any",
        end_reason: match (allowed, protocol) {
            (false, _) => "policy-deny",
            (true, 6) => "tcp-fin",
            _ => "aged-out",
        },
    }
}

fn application(port: u16, protocol: u8, allowed: bool) -> &'static str {
    match (allowed, protocol, port) {
        (false, ..) => "not-applicable",
        (_, 1, _) => "ping",
        (_, _, 53) => "dns",
        (_, _, 88) => "kerberos",
        (_, _, 389) => "ldap",
        (_, 6, 80) => "web-browsing",
        (_, 6, 443) => "ssl",
        (_, 6, 445) => "ms-ds-smbv3",
        (_, 6, 22) => "ssh",
        (_, 6, 135) => "msrpc-base",
        (_, 6, 3389) => "ms-rdp",
        (_, 6, 5432) => "postgres",
        (_, 6, 8080) => "http-proxy",
        (_, 17, 123) => "ntp-base",
        (_, 17, 161) => "snmp-base",
        (_, 17, _) => "unknown-udp",
        _ => "unknown-tcp",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_time_takes_the_place_of_the_one_of_the_product() {
        let mut out = b"before\nMay 07 2026 09:30:00 fw03 : x".to_vec();
        redate(&mut out, 7, 20, |out| out.extend_from_slice(b"2026-05-07T00:30:00Z"));
        assert_eq!(String::from_utf8_lossy(&out), "before\n2026-05-07T00:30:00Z fw03 : x");
        let mut out = b"May  7 09:30:00 rt02 IP Tunnel[1] Up".to_vec();
        redate(&mut out, 0, 15, |out| out.extend_from_slice(b"2026-05-07T09:30:00.000000+09:00"));
        assert_eq!(String::from_utf8_lossy(&out), "2026-05-07T09:30:00.000000+09:00 rt02 IP Tunnel[1] Up");
    }
}
