//! YAMAHA RTX routers: the log as "show log" prints it and as it comes by syslog.
//!
//! In: what a filter, a tunnel, a client or an administrator did, in the router's terms. Out: one line. The router sends neither time nor name
//! by syslog: both are the collector's.

use super::put::{Ip, Mac, put};
use super::syslog;
use crate::clock::Civil;

/// How a line reaches a file.
#[derive(Clone, Copy, Debug)]
pub enum Way<'a> {
    /// Printed by the router.
    Shown,
    /// By syslog, where the collector knows the router under this name or address.
    Syslog(&'a str),
}

/// A packet that a filter met.
#[derive(Clone, Copy, Debug, Default)]
pub struct Packet<'a> {
    /// `PP[01]`, `LAN2`, `TUNNEL[1]`.
    pub interface: &'a str,
    /// Coming in, where it is not going out.
    pub is_in: bool,
    /// The filter's number; `None` is the default.
    pub filter: Option<u32>,
    /// `TCP`, `UDP`, `ICMP`.
    pub protocol: &'a str,
    /// From where; the port is not written for ICMP.
    pub source: (u32, u16),
    /// Where to.
    pub destination: (u32, u16),
    /// What kind of ICMP: `echo request`.
    pub icmp: &'a str,
}

/// A client that dials in by L2TP/IPsec. The router writes: IKE, tunnel up, L2TP's connection, tunnel and session, the call, the address.
#[derive(Clone, Copy, Debug, Default)]
pub struct Caller<'a> {
    /// Who.
    pub user: &'a str,
    /// From where.
    pub remote: u32,
    /// Which `TUNNEL[1]`.
    pub tunnel: u16,
    /// Which `PP[ANONYMOUS01]`.
    pub pp: u16,
    /// The tunnel of L2TP.
    pub l2tp: u16,
    /// The session of L2TP.
    pub session: u16,
    /// The router's address.
    pub local: u32,
    /// The client's address.
    pub assigned: u32,
}

/// Somebody at the router's own door.
#[derive(Clone, Copy, Debug, Default)]
pub struct Visit<'a> {
    /// `SSH`, `TELNET`, `HTTP`.
    pub method: &'a str,
    /// From where.
    pub source: u32,
    /// Empty for the user without a name.
    pub user: &'a str,
}

impl Way<'_> {
    fn head(&self, out: &mut Vec<u8>, at: &Civil) {
        match self {
            Way::Shown => {
                at.date(out, b'/');
                out.push(b' ');
                at.time(out);
                out.extend_from_slice(b": ");
            }
            Way::Syslog(host) => syslog::rfc3164(out, at, host),
        }
    }

    /// A filter with pass-log lets a packet through, or one with reject-log does not.
    pub fn filtered(&self, out: &mut Vec<u8>, at: &Civil, packet: &Packet, passed: bool) {
        self.head(out, at);
        put!(out, packet.interface, if passed { " Passed at " } else { " Rejected at " });
        put!(out, if packet.is_in { "IN(" } else { "OUT(" });
        match packet.filter {
            Some(number) => put!(out, number),
            None => put!(out, "default"),
        }
        put!(out, ") filter: ", packet.protocol, " ");
        packet.ends(out);
        if packet.is_icmp() {
            put!(out, " : ", packet.icmp);
        }
    }

    /// A dynamic filter's connection ends; `began` is when it began.
    pub fn inspected(&self, out: &mut Vec<u8>, at: &Civil, packet: &Packet, began: &Civil) {
        self.head(out, at);
        put!(out, "[INSPECT] ", packet.interface, if packet.is_in { "[in][" } else { "[out][" });
        put!(out, packet.filter.unwrap_or_default(), "] ", packet.protocol, " ");
        packet.ends(out);
        put!(out, " (");
        began.date(out, b'/');
        out.push(b' ');
        began.time(out);
        out.push(b')');
    }

    /// IKE: the other side begins phase 1 (`ISAKMP`) or 2 (`IPsec`).
    pub fn ike_responds(&self, out: &mut Vec<u8>, at: &Civil, phase: &str, remote: u32) {
        self.head(out, at);
        put!(out, "[IKE] respond ", phase, " phase to ", Ip(remote));
    }

    /// IKE: this side begins phase 1.
    pub fn ike_initiates(&self, out: &mut Vec<u8>, at: &Civil, local: u32, remote: u32) {
        self.head(out, at);
        put!(out, "[IKE] initiate ISAKMP phase to ", Ip(remote), " (local address ", Ip(local), ")");
    }

    /// A tunnel goes up or down.
    pub fn tunnel(&self, out: &mut Vec<u8>, at: &Civil, tunnel: u16, up: bool) {
        self.head(out, at);
        put!(out, "IP Tunnel[", tunnel, if up { "] Up" } else { "] Down" });
    }

    /// L2TP: somebody is there.
    pub fn l2tp_connected(&self, out: &mut Vec<u8>, at: &Civil, caller: &Caller) {
        self.l2tp(out, at, caller);
        put!(out, "connected from ", Ip(caller.remote));
    }

    /// L2TP: the tunnel stands.
    pub fn l2tp_tunnel(&self, out: &mut Vec<u8>, at: &Civil, caller: &Caller) {
        self.l2tp(out, at, caller);
        put!(out, "tunnel ", caller.l2tp, " established");
    }

    /// The user is who he says.
    pub fn call_detected(&self, out: &mut Vec<u8>, at: &Civil, caller: &Caller) {
        self.pp(out, at, caller);
        put!(out, "Call detected from user '", caller.user, "'");
    }

    /// L2TP: the session stands.
    pub fn l2tp_session(&self, out: &mut Vec<u8>, at: &Civil, caller: &Caller) {
        self.l2tp(out, at, caller);
        put!(out, "session ", caller.session, " established");
    }

    /// The client has its address.
    pub fn ipcp_up(&self, out: &mut Vec<u8>, at: &Civil, caller: &Caller) {
        self.pp(out, at, caller);
        put!(out, "PPP/IPCP up  (Local: ", Ip(caller.local), ", Remote: ", Ip(caller.assigned), ")");
    }

    /// The client is gone: `PPP: Disconnected (peer)`.
    pub fn disconnected(&self, out: &mut Vec<u8>, at: &Civil, caller: &Caller, cause: &str) {
        self.pp(out, at, caller);
        put!(out, "disconnected, cause [", cause, "]");
    }

    /// L2TP: the tunnel is taken down.
    pub fn l2tp_down(&self, out: &mut Vec<u8>, at: &Civil, caller: &Caller) {
        self.l2tp(out, at, caller);
        put!(out, "disconnect tunnel ", caller.l2tp, " complete");
    }

    fn l2tp(&self, out: &mut Vec<u8>, at: &Civil, caller: &Caller) {
        self.head(out, at);
        put!(out, "[L2TP] TUNNEL[", caller.tunnel, "] ");
    }

    fn pp(&self, out: &mut Vec<u8>, at: &Civil, caller: &Caller) {
        self.head(out, at);
        put!(out, "PP[ANONYMOUS", if caller.pp < 10 { "0" } else { "" }, caller.pp, "] ");
    }

    /// Somebody logs in to the router, or cannot.
    pub fn login(&self, out: &mut Vec<u8>, at: &Civil, visit: &Visit, succeeds: bool) {
        self.head(out, at);
        put!(out, if succeeds { "Login succeeded for " } else { "Login failed for " });
        visit.write(out);
    }

    /// Somebody becomes the administrator, or cannot.
    pub fn administrator(&self, out: &mut Vec<u8>, at: &Civil, visit: &Visit, succeeds: bool) {
        self.head(out, at);
        put!(out, if succeeds { "'administrator' succeeded for " } else { "'administrator' failed for " });
        visit.write(out);
    }

    /// Somebody leaves.
    pub fn logout(&self, out: &mut Vec<u8>, at: &Civil, visit: &Visit) {
        self.head(out, at);
        put!(out, "Logout from ");
        visit.write(out);
    }

    /// The configuration is saved under this name: `CONFIG0`.
    pub fn config_saved(&self, out: &mut Vec<u8>, at: &Civil, visit: &Visit, name: &str) {
        self.head(out, at);
        put!(out, "Configuration saved in \"", name, "\" by ", visit.method, "(", Ip(visit.source), ")");
    }

    /// The DHCP server lends an address, or lends it on.
    pub fn dhcp_lease(&self, out: &mut Vec<u8>, at: &Civil, lease: (&str, u32, [u8; 6]), is_new: bool) {
        self.dhcp(out, at, lease, if is_new { " Allocates " } else { " Extends " });
    }

    /// An address comes back.
    pub fn dhcp_release(&self, out: &mut Vec<u8>, at: &Civil, lease: (&str, u32, [u8; 6])) {
        self.dhcp(out, at, lease, " Releases ");
    }

    fn dhcp(&self, out: &mut Vec<u8>, at: &Civil, (port, ip, mac): (&str, u32, [u8; 6]), what: &str) {
        self.head(out, at);
        put!(out, "[DHCPD] ", port, what, Ip(ip), ": ", Mac(mac, b':'));
    }

    /// A link goes up or down.
    pub fn link(&self, out: &mut Vec<u8>, at: &Civil, interface: &str, up: bool) {
        self.head(out, at);
        put!(out, interface, if up { ": link up (1000BASE-T Full Duplex)" } else { ": link down" });
    }
}

impl Packet<'_> {
    fn is_icmp(&self) -> bool {
        self.protocol == "ICMP"
    }

    fn ends(&self, out: &mut Vec<u8>) {
        if self.is_icmp() {
            put!(out, Ip(self.source.0), " > ", Ip(self.destination.0));
        } else {
            put!(
                out,
                Ip(self.source.0),
                ":",
                self.source.1,
                " > ",
                Ip(self.destination.0),
                ":",
                self.destination.1
            );
        }
    }
}

impl Visit<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        put!(out, self.method, ": ", Ip(self.source));
        if !self.user.is_empty() {
            put!(out, " ", self.user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, Seen, utc};

    const PACKET: Packet = Packet {
        interface: "LAN2",
        is_in: true,
        filter: Some(1012),
        protocol: "TCP",
        source: (0xcb00_7163, 40_000),
        destination: (0xc0a8_6401, 23),
        icmp: "",
    };
    const CALLER: Caller = Caller {
        user: "佐藤' from '",
        remote: 0xcb00_7132,
        tunnel: 1,
        pp: 1,
        l2tp: 3211,
        session: 46_001,
        local: 0xc0a8_6401,
        assigned: 0xc0a8_64c9,
    };

    fn written(way: Way, format: &str) -> Vec<Seen> {
        let (at, mut lines) = (utc(), Lines::default());
        let icmp =
            Packet { protocol: "ICMP", icmp: "echo request", filter: None, interface: "PP[01]", ..PACKET };
        let visit = Visit { method: "SSH", source: 0xc0a8_6402, user: "管理者" };
        let lease = ("LAN1(port2)", 0xc0a8_6403, [0, 0, 0x5e, 0, 0x53, 1]);
        lines.add(|out| way.filtered(out, &at, &PACKET, false));
        lines.add(|out| way.filtered(out, &at, &Packet { is_in: false, ..PACKET }, true));
        lines.add(|out| way.filtered(out, &at, &icmp, false));
        lines.add(|out| way.inspected(out, &at, &PACKET, &at));
        lines.add(|out| way.ike_responds(out, &at, "ISAKMP", CALLER.remote));
        lines.add(|out| way.ike_initiates(out, &at, CALLER.local, CALLER.remote));
        lines.add(|out| way.tunnel(out, &at, 2, true));
        lines.add(|out| way.l2tp_connected(out, &at, &CALLER));
        lines.add(|out| way.l2tp_tunnel(out, &at, &CALLER));
        lines.add(|out| way.call_detected(out, &at, &CALLER));
        lines.add(|out| way.l2tp_session(out, &at, &CALLER));
        lines.add(|out| way.ipcp_up(out, &at, &CALLER));
        lines.add(|out| way.disconnected(out, &at, &CALLER, "PPP: Disconnected (peer)"));
        lines.add(|out| way.l2tp_down(out, &at, &CALLER));
        lines.add(|out| way.login(out, &at, &visit, true));
        lines.add(|out| way.login(out, &at, &Visit { user: "", ..visit }, false));
        lines.add(|out| way.administrator(out, &at, &visit, true));
        lines.add(|out| way.logout(out, &at, &visit));
        lines.add(|out| way.config_saved(out, &at, &visit, "CONFIG0"));
        lines.add(|out| way.dhcp_lease(out, &at, lease, true));
        lines.add(|out| way.dhcp_lease(out, &at, lease, false));
        lines.add(|out| way.dhcp_release(out, &at, lease));
        lines.add(|out| way.link(out, &at, "LAN2", false));
        lines.read(format)
    }

    #[test]
    fn filters_and_callers_are_read_as_shown_and_from_syslog() {
        for seen in [written(Way::Shown, "yamaha-rtx"), written(Way::Syslog("192.168.100.1"), "syslog")] {
            let (firewall, vpn) = ("yamaha/firewall/syslog", "yamaha/vpn/syslog");
            let rejected = [
                ("action", "reject"),
                ("src_ip", "203.0.113.99"),
                ("dst_port", "23"),
                ("rule_name", "1012"),
                ("in_interface", "LAN2"),
            ];
            seen[0].is(firewall, &rejected);
            assert_eq!(seen[0].time(), "2026-05-07T09:30:00.000000Z");
            seen[1].is(firewall, &[("action", "pass"), ("direction", "OUT")]);
            seen[2].is(
                firewall,
                &[("rule_name", "default"), ("dst_ip", "192.168.100.1"), ("in_interface", "PP[01]")],
            );
            seen[3].is(firewall, &[("action", "pass"), ("src_port", "40000")]);
            seen[7].is(vpn, &[("action", "session_start"), ("src_ip", "203.0.113.50")]);
            seen[8].is(vpn, &[("session", "3211")]);
            seen[9].is(vpn, &[("action", "login"), ("outcome", "success"), ("user", "佐藤' from '")]);
            seen[11]
                .is(vpn, &[("action", "assign"), ("assigned_ip", "192.168.100.201"), ("pp", "ANONYMOUS01")]);
            seen[12].is(vpn, &[("action", "session_end")]);
            seen[13].is(vpn, &[("action", "session_end"), ("session", "3211")]);
        }
    }

    #[test]
    fn the_router_s_own_doings_are_read_as_shown_and_from_syslog() {
        for seen in [written(Way::Shown, "yamaha-rtx"), written(Way::Syslog("192.168.100.1"), "syslog")] {
            let (vpn, dhcp) = ("yamaha/vpn/syslog", "yamaha/dhcp/syslog");
            assert!(seen[6].shown().contains("IP Tunnel[2] Up"));
            seen[14].is(vpn, &[("action", "admin_login"), ("outcome", "success"), ("user", "管理者")]);
            seen[15].is(vpn, &[("outcome", "failure"), ("src_ip", "192.168.100.2"), ("user", "-")]);
            seen[16].is("yamaha/-/syslog", &[("action", "switch_user"), ("target_user", "administrator")]);
            assert!(seen[17].shown().contains("Logout from SSH"));
            seen[18]
                .is(vpn, &[("action", "config_change"), ("object", "CONFIG0"), ("src_ip", "192.168.100.2")]);
            seen[19].is(
                dhcp,
                &[("action", "assign"), ("assigned_ip", "192.168.100.3"), ("src_mac", "00:00:5e:00:53:01")],
            );
            seen[20].is(dhcp, &[("action", "renew")]);
            seen[21].is(dhcp, &[("action", "release")]);
        }
    }
}
