//! Firewalls themselves: who administers them, the tunnels between sites, and their links.

use model::Time;

use super::Flow;
use super::products::tunnel_name;
use crate::clock::{HOUR, MINUTE, SECOND};
use crate::company::{HostId, SiteId, TOKYO};
use crate::logs::fortigate::{Admin, Change, Ipsec, Usage};
use crate::logs::{asa, paloalto, yamaha};
use crate::world::logs::Make;
use crate::world::{Logon, World};

/// What an administrator does at a firewall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Managing<'a> {
    /// Does not get in: a wrong password.
    Refused,
    /// Looks at something, and goes.
    Look,
    /// Changes a rule, and saves.
    Rule(&'a str),
    /// Makes another administrator, and saves.
    Administrator(&'a str),
}

/// Somebody at a device's own door.
#[derive(Clone, Copy)]
struct Visitor<'a> {
    name: &'a str,
    from: u32,
    device: u32,
    seconds: u32,
}

impl World {
    /// From a session, somebody goes to the firewall of a site as an administrator.
    pub fn manage_firewall(&mut self, by: &Logon, site: SiteId, what: Managing<'_>) {
        let company = self.company.clone();
        let Some(host) = self.logs.firewalls.get(usize::from(site.0)).map(|device| device.host) else {
            return;
        };
        let seconds = if what == Managing::Refused { 3 } else { self.rng.between(40, 1_500) as u32 };
        let visitor = Visitor {
            name: &company.account(by.account).name,
            from: self.address(by.host),
            device: company.host(host).address,
            seconds,
        };
        let make = self.logs.firewalls.get(usize::from(site.0)).map(|device| device.make);
        let port = if matches!(make, Some(Make::Yamaha | Make::Asa)) { 22 } else { 443 };
        let lasted = i64::from(seconds) * SECOND;
        let (sent, received) = (u64::from(seconds) * 300 + 2_000, u64::from(seconds) * 5_000 + 6_000);
        self.flow(Flow {
            from: visitor.from,
            to: visitor.device,
            port,
            protocol: 6,
            sent,
            received,
            lasted,
            allowed: true,
        });
        self.pass(SECOND, 5 * SECOND);
        match make {
            Some(Make::Fortigate) => self.manage_fortigate(site, visitor, what),
            Some(Make::Yamaha) => self.manage_yamaha(site, visitor, what),
            Some(Make::Asa) => self.manage_asa(site, visitor, what),
            Some(Make::PaloAlto) => self.manage_paloalto(site, visitor, what),
            None => {}
        }
    }

    fn manage_fortigate(&mut self, site: SiteId, who: Visitor<'_>, what: Managing<'_>) {
        let session = 1_700_000_000 + self.session();
        let transaction = self.rng.below(1 << 30) as u32;
        let admin = Admin {
            session,
            user: who.name,
            method: "https",
            source: who.from,
            device: who.device,
            profile: "super_admin",
        };
        let attributes = [
            "status[enable->disable]",
            "dstaddr[all]",
            "service[HTTPS]",
            "logtraffic[utm->all]",
            "srcaddr[grp-it]",
        ];
        let attributes = self.rng.pick(&attributes).copied().unwrap_or_default();
        if what == Managing::Refused {
            self.fortigate(site, 0, |device, out, at| {
                device.admin_login_failed(out, at, &admin, "passwd_invalid")
            });
            return;
        }
        self.fortigate(site, 0, |device, out, at| device.admin_login(out, at, &admin));
        let half = i64::from(who.seconds) * SECOND / 2;
        let change = match what {
            Managing::Rule(rule) => Some(Change {
                action: "Edit",
                transaction,
                path: "firewall.policy",
                object: rule,
                attributes,
            }),
            Managing::Administrator(name) => {
                let attributes = "accprofile[super_admin]password[*]";
                Some(Change { action: "Add", transaction, path: "system.admin", object: name, attributes })
            }
            Managing::Look | Managing::Refused => None,
        };
        if let Some(change) = change {
            self.fortigate(site, half, |device, out, at| device.config_change(out, at, &admin, &change));
        }
        let reason = if who.seconds > 1_200 { "timeout" } else { "exit" };
        self.fortigate(site, half * 2, |device, out, at| {
            device.admin_logout(out, at, &admin, who.seconds, reason)
        });
    }

    fn manage_yamaha(&mut self, site: SiteId, who: Visitor<'_>, what: Managing<'_>) {
        let visit = yamaha::Visit { method: "SSH", source: who.from, user: who.name };
        let succeeds = what != Managing::Refused;
        self.yamaha(site, 0, |way, out, at| way.login(out, at, &visit, succeeds));
        if !succeeds {
            return;
        }
        let half = i64::from(who.seconds) * SECOND / 2;
        if what != Managing::Look {
            self.yamaha(site, half / 4, |way, out, at| way.administrator(out, at, &visit, true));
            self.yamaha(site, half, |way, out, at| way.config_saved(out, at, &visit, "CONFIG0"));
        }
        self.yamaha(site, half * 2, |way, out, at| way.logout(out, at, &visit));
    }

    fn manage_asa(&mut self, site: SiteId, who: Visitor<'_>, what: Managing<'_>) {
        let port = self.rng.between(49_152, 65_535) as u16;
        let visit = asa::Visit {
            source: (who.from, port),
            interface: ("inside", who.device),
            service: "ssh",
            user: who.name,
        };
        let client = asa::Client { group: "", user: who.name, ip: who.from };
        if what == Managing::Refused {
            self.asa(site, 0, |asa, out, at| asa.local_rejected(out, at, &client, "Invalid password"));
            self.asa(site, 2_000, |asa, out, at| asa.login(out, at, &visit, false));
            return;
        }
        self.asa(site, 0, |asa, out, at| asa.local_success(out, at, who.name));
        self.asa(site, 2_000, |asa, out, at| asa.authenticated(out, at, who.from, who.name));
        self.asa(site, 4_000, |asa, out, at| asa.login(out, at, &visit, true));
        let half = i64::from(who.seconds) * SECOND / 2;
        let mut command = String::new();
        match what {
            Managing::Rule(rule) => {
                command.push_str("access-list outside_access_in line 1 remark ");
                command.push_str(rule);
            }
            Managing::Administrator(name) => {
                command.push_str("username ");
                command.push_str(name);
                command.push_str(" password ***** privilege 15");
                self.asa(site, half, |asa, out, at| asa.user_added(out, at, name, 15));
            }
            Managing::Look | Managing::Refused => {}
        }
        if !command.is_empty() {
            let by = (who.name, "CLI", who.from);
            self.asa(site, half + 4_000, |asa, out, at| asa.configured(out, at, by, &command));
            self.asa(site, half + 9 * SECOND, |asa, out, at| asa.executed(out, at, who.name, "write memory"));
        }
        self.asa(site, half * 2, |asa, out, at| asa.logged_out(out, at, who.name));
    }

    fn manage_paloalto(&mut self, site: SiteId, who: Visitor<'_>, what: Managing<'_>) {
        let mut change = paloalto::Change {
            host: who.from,
            command: "set",
            admin: who.name,
            client: "Web",
            result: "Succeeded",
            path: "",
            sequence: 0,
        };
        let succeeds = what != Managing::Refused;
        self.paloalto(site, 0, |device, out, at, sequence| {
            device.admin_login(out, at, &paloalto::Change { sequence, ..change }, succeeds);
        });
        if !succeeds {
            return;
        }
        let half = i64::from(who.seconds) * SECOND / 2;
        let mut path = String::new();
        match what {
            Managing::Rule(rule) => {
                path.push_str(" vsys vsys1 rulebase security rules ");
                path.push_str(rule);
            }
            Managing::Administrator(name) => {
                path.push_str(" mgt-config users ");
                path.push_str(name);
            }
            Managing::Look | Managing::Refused => {}
        }
        if !path.is_empty() {
            change.path = &path;
            self.paloalto(site, half, |device, out, at, sequence| {
                device.config(out, at, &paloalto::Change { sequence, ..change });
            });
            self.paloalto(site, half + 8 * SECOND, |device, out, at, sequence| {
                device.config(
                    out,
                    at,
                    &paloalto::Change {
                        sequence,
                        command: "commit",
                        result: "Submitted",
                        path: "",
                        ..change
                    },
                );
            });
        }
        self.paloalto(site, half * 2, |device, out, at, sequence| {
            device.admin_logout(out, at, &paloalto::Change { sequence, ..change });
        });
    }

    /// The tunnel between a site and the headquarters goes down, and comes back after a while.
    pub(super) fn tunnel_breaks(&mut self, site: SiteId) {
        let company = self.company.clone();
        let down = self.rng.between(20 * SECOND, 6 * MINUTE);
        let (here, there) = (company.site(TOKYO).public, company.site(site).public);
        let ipsec = Ipsec {
            name: tunnel_name(site),
            tunnel: 900 + u32::from(site.0),
            remote: (there, 500),
            local: (here, 500),
            interface: "wan1",
            cookies: (self.rng.bits(), self.rng.bits()),
            user: "",
            group: "",
            assigned: None,
        };
        let seconds = self.rng.between(HOUR / SECOND, 86_400) as u32;
        let sent = u64::from(seconds) * self.rng.between(2_000, 60_000) as u64;
        let usage = Usage { duration: seconds, sent, received: sent / 4 };
        self.fortigate(TOKYO, 0, |device, out, at| device.ipsec_down(out, at, &ipsec, usage));
        for phase in [1, 2] {
            let late = down + i64::from(phase) * 90_000;
            self.fortigate(TOKYO, late, |device, out, at| {
                device.ipsec_negotiation(out, at, &ipsec, phase, true)
            });
        }
        self.fortigate(TOKYO, down + 260_000, |device, out, at| device.ipsec_up(out, at, &ipsec));
        match self.logs.firewalls.get(usize::from(site.0)).map(|device| device.make) {
            Some(Make::Yamaha) => {
                self.yamaha(site, 2 * SECOND, |way, out, at| way.tunnel(out, at, 1, false));
                self.yamaha(site, down, |way, out, at| way.ike_initiates(out, at, there, here));
                self.yamaha(site, down + 270_000, |way, out, at| way.tunnel(out, at, 1, true));
            }
            Some(Make::Asa) => {
                let group = crate::company::dotted(here);
                let client = asa::Client { group: &group, user: &group, ip: here };
                let (kind, reason) = ("LAN-to-LAN", "Lost Service");
                let ended =
                    asa::Ended { kind, duration: seconds, sent: usage.received, received: sent, reason };
                self.asa(site, 3 * SECOND, |asa, out, at| asa.disconnected(out, at, &client, &ended));
            }
            Some(Make::PaloAlto) => {
                self.paloalto_says(
                    site,
                    2 * SECOND,
                    ["vpn", "tunnel-status-down", "to-tokyo", "Tunnel to-tokyo is down"],
                );
                self.paloalto_says(
                    site,
                    down + 240_000,
                    ["vpn", "tunnel-status-up", "to-tokyo", "Tunnel to-tokyo is up"],
                );
            }
            _ => {}
        }
    }

    /// A link of a site's firewall goes down, and up again.
    pub(super) fn link_breaks(&mut self, site: SiteId) {
        let down = self.rng.between(2 * SECOND, 90 * SECOND);
        match self.logs.firewalls.get(usize::from(site.0)).map(|device| device.make) {
            Some(Make::Fortigate) => {
                let port = ["port3", "port5", "port9", "wan2"];
                let port = self.rng.pick(&port).copied().unwrap_or_default();
                self.fortigate(site, 0, |device, out, at| device.link(out, at, port, false));
                self.fortigate(site, down, |device, out, at| device.link(out, at, port, true));
            }
            Some(Make::Yamaha) => {
                self.yamaha(site, 0, |way, out, at| way.link(out, at, "LAN1", false));
                self.yamaha(site, down, |way, out, at| way.link(out, at, "LAN1", true));
            }
            Some(Make::PaloAlto) => {
                let object = "ethernet1/3";
                self.paloalto_says(
                    site,
                    0,
                    ["general", "link-change", object, "Port ethernet1/3: Down 1Gb/s-full duplex"],
                );
                self.paloalto_says(
                    site,
                    down,
                    ["general", "link-change", object, "Port ethernet1/3: Up 1Gb/s-full duplex"],
                );
            }
            Some(Make::Asa) | None => {}
        }
    }

    /// A line of a site's FortiGate, so much later than now.
    fn fortigate(
        &mut self,
        site: SiteId,
        late: i64,
        write: impl FnOnce(&crate::logs::fortigate::Device<'_>, &mut Vec<u8>, Time),
    ) {
        let Some(device) = self.logs.firewalls.get(usize::from(site.0)) else { return };
        let time = Time::from_micros(self.clock.micros() + late);
        let own = device.fortigate();
        self.sink.line(device.log, time, self.mark, |out, at| write(&own, out, at.time));
    }

    fn yamaha(
        &mut self,
        site: SiteId,
        late: i64,
        write: impl FnOnce(&yamaha::Way<'_>, &mut Vec<u8>, &crate::clock::Civil),
    ) {
        let Some(device) = self.logs.firewalls.get(usize::from(site.0)) else { return };
        device.yamaha(&mut self.sink, Time::from_micros(self.clock.micros() + late), self.mark, write);
    }

    fn asa(
        &mut self,
        site: SiteId,
        late: i64,
        write: impl FnOnce(&asa::Asa<'_>, &mut Vec<u8>, &crate::clock::Civil),
    ) {
        let Some(device) = self.logs.firewalls.get(usize::from(site.0)) else { return };
        device.asa(&mut self.sink, Time::from_micros(self.clock.micros() + late), self.mark, write);
    }

    fn paloalto(
        &mut self,
        site: SiteId,
        late: i64,
        write: impl FnOnce(&paloalto::Device<'_>, &mut Vec<u8>, Time, u64),
    ) {
        let Some(device) = self.logs.firewalls.get_mut(usize::from(site.0)) else { return };
        device.sequence += 1;
        let (time, own) = (Time::from_micros(self.clock.micros() + late), device.paloalto());
        self.sink.line(device.log, time, self.mark, |out, at| write(&own, out, at.time, device.sequence));
    }

    fn paloalto_says(&mut self, site: SiteId, late: i64, [subtype, event, object, description]: [&str; 4]) {
        self.paloalto(site, late, |device, out, at, sequence| {
            let severity = if event.ends_with("down") { "high" } else { "informational" };
            device.system(
                out,
                at,
                &paloalto::System { subtype, event, object, severity, description, sequence },
            );
        });
    }

    /// A line of the VPN's gateway.
    pub(in crate::world) fn gateway(
        &mut self,
        write: impl FnOnce(&crate::logs::fortigate::Device<'_>, &mut Vec<u8>, Time),
    ) {
        self.fortigate(TOKYO, 0, write);
    }

    /// The VPN's gateway.
    pub(in crate::world) fn gateway_host(&self) -> HostId {
        self.logs.firewalls.get(usize::from(TOKYO.0)).map_or(HostId(0), |device| device.host)
    }
}
