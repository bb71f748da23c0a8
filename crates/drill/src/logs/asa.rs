//! Cisco ASA, 9.x: its numbered messages.
//!
//! In: what a connection, a client of the VPN or an administrator did, in the ASA's terms. Out: `%ASA-6-302013: …` behind the head that
//! "logging timestamp" and "logging device-id hostname" give: `<166>May 07 2026 09:30:00 fw01 : %ASA-6-302013: …`, facility local4.

use super::put::{Ip, put};
use super::syslog::{facility, pri};
use crate::clock::{Civil, digits, number};

/// Which device writes.
#[derive(Clone, Copy, Debug)]
pub struct Asa<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether the priority stands before the line, as on the wire.
    pub priority: bool,
}

/// One end of a connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct End<'a> {
    /// `inside`, `outside`, `dmz`.
    pub interface: &'a str,
    /// Its address.
    pub ip: u32,
    /// Its port.
    pub port: u16,
    /// The address and port on the other side of the translation; the same ones where nothing is translated.
    pub mapped: (u32, u16),
}

/// A TCP or UDP connection. The end on the interface of lower security is written first, whoever began.
#[derive(Clone, Copy, Debug, Default)]
pub struct Connection<'a> {
    /// Its number.
    pub id: u32,
    /// TCP, where it is not UDP.
    pub is_tcp: bool,
    /// Whether it was begun from the side of lower security.
    pub inbound: bool,
    /// The end of lower security: `outside`.
    pub lower: End<'a>,
    /// The end of higher security: `inside`.
    pub higher: End<'a>,
    /// Who, of the identity firewall or the VPN; mostly empty.
    pub user: &'a str,
}

/// What an access list decided about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Packet<'a> {
    /// `tcp`, `udp`.
    pub protocol: &'a str,
    /// From where.
    pub source: End<'a>,
    /// Where to.
    pub destination: End<'a>,
    /// The access list.
    pub list: &'a str,
    /// The two hashes of the entry; 0 for the implicit one.
    pub hashes: (u32, u32),
}

/// A client of the VPN.
#[derive(Clone, Copy, Debug, Default)]
pub struct Client<'a> {
    /// The group policy or tunnel group.
    pub group: &'a str,
    /// Who.
    pub user: &'a str,
    /// From where.
    pub ip: u32,
}

/// How a session of the VPN ended.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ended<'a> {
    /// `AnyConnect-Parent`, `SSL`, `IKEv2`.
    pub kind: &'a str,
    /// Seconds.
    pub duration: u32,
    /// To the client.
    pub sent: u64,
    /// From the client.
    pub received: u64,
    /// `User Requested`, `Idle Timeout`, `Connection Lost`.
    pub reason: &'a str,
}

/// Somebody at the device's own door.
#[derive(Clone, Copy, Debug, Default)]
pub struct Visit<'a> {
    /// From where.
    pub source: (u32, u16),
    /// Which interface, and its address.
    pub interface: (&'a str, u32),
    /// `ssh`, `https`, `telnet`.
    pub service: &'a str,
    /// Who.
    pub user: &'a str,
}

impl Asa<'_> {
    fn head(&self, out: &mut Vec<u8>, at: &Civil, severity: u8, id: u32) {
        if self.priority {
            pri(out, facility::LOCAL4, severity);
        }
        put!(out, at.month_name(), " ");
        digits(out, u64::from(at.day), 2);
        put!(out, " ", at.year.unsigned_abs(), " ");
        at.time(out);
        put!(out, " ", self.name, " : %ASA-", severity, "-", id, ": ");
    }

    /// 302013 and 302015: a connection begins.
    pub fn built(&self, out: &mut Vec<u8>, at: &Civil, connection: &Connection) {
        self.head(out, at, 6, if connection.is_tcp { 302_013 } else { 302_015 });
        let direction = if connection.inbound { "inbound " } else { "outbound " };
        put!(out, "Built ", direction, connection.protocol(), " connection ", connection.id, " for ");
        connection.lower.with_mapped(out);
        put!(out, " to ");
        connection.higher.with_mapped(out);
        if !connection.user.is_empty() {
            put!(out, " (", connection.user, ")");
        }
    }

    /// 302014 and 302016: a connection ends after so many seconds and bytes; `reason` is TCP's: `TCP FINs`, `TCP Reset-O`, `SYN Timeout`.
    pub fn teardown(
        &self,
        out: &mut Vec<u8>,
        at: &Civil,
        it: &Connection,
        duration: u32,
        bytes: u64,
        reason: &str,
    ) {
        self.head(out, at, 6, if it.is_tcp { 302_014 } else { 302_016 });
        put!(out, "Teardown ", it.protocol(), " connection ", it.id, " for ");
        it.lower.write(out);
        put!(out, " to ");
        it.higher.write(out);
        put!(out, " duration ");
        clock(out, duration);
        put!(out, " bytes ", bytes);
        if it.is_tcp {
            put!(out, " ", reason);
        }
        if !it.user.is_empty() {
            put!(out, " (", it.user, ")");
        }
    }

    /// 106023: an access list denies a packet.
    pub fn denied(&self, out: &mut Vec<u8>, at: &Civil, packet: &Packet) {
        self.head(out, at, 4, 106_023);
        put!(out, "Deny ", packet.protocol, " src ");
        packet.source.write(out);
        put!(out, " dst ");
        packet.destination.write(out);
        put!(out, " by access-group \"", packet.list, "\" ");
        packet.hashes(out);
    }

    /// 106100: an access list with `log` met a packet, for the first time or so often in five minutes.
    pub fn access_list(&self, out: &mut Vec<u8>, at: &Civil, packet: &Packet, permitted: bool, hits: u32) {
        self.head(out, at, 6, 106_100);
        put!(
            out,
            "access-list ",
            packet.list,
            if permitted { " permitted " } else { " denied " },
            packet.protocol,
            " "
        );
        packet.source.listed(out);
        put!(out, " -> ");
        packet.destination.listed(out);
        put!(out, " hit-cnt ", hits, if hits == 1 { " first hit " } else { " 300-second interval " });
        packet.hashes(out);
    }

    /// 305011: a translation of an address begins.
    pub fn translation(
        &self,
        out: &mut Vec<u8>,
        at: &Civil,
        is_tcp: bool,
        inner: &End,
        outer_interface: &str,
    ) {
        self.head(out, at, 6, 305_011);
        put!(out, "Built dynamic ", if is_tcp { "TCP" } else { "UDP" }, " translation from ");
        inner.write(out);
        put!(out, " to ", outer_interface, ":", Ip(inner.mapped.0), "/", inner.mapped.1);
    }

    /// 113004: a server lets a user in.
    pub fn aaa_success(&self, out: &mut Vec<u8>, at: &Civil, server: u32, user: &str) {
        self.head(out, at, 6, 113_004);
        put!(out, "AAA user authentication Successful : server =  ", Ip(server), " : user = ", user);
    }

    /// 113005: a server does not: `AAA failure`, `Account has been locked out`.
    pub fn aaa_rejected(&self, out: &mut Vec<u8>, at: &Civil, server: u32, client: &Client, reason: &str) {
        self.head(out, at, 6, 113_005);
        put!(out, "AAA user authentication Rejected : reason = ", reason, " : server = ", Ip(server));
        put!(out, " : user = ", client.user, " : user IP = ", Ip(client.ip));
    }

    /// 113012: the device's own list of users lets one in.
    pub fn local_success(&self, out: &mut Vec<u8>, at: &Civil, user: &str) {
        self.head(out, at, 6, 113_012);
        put!(out, "AAA user authentication Successful : local database : user = ", user);
    }

    /// 113015: it does not: `Invalid password`, `User was not found`. The name is `*****` unless "no logging hide username" is set.
    pub fn local_rejected(&self, out: &mut Vec<u8>, at: &Civil, client: &Client, reason: &str) {
        self.head(out, at, 6, 113_015);
        put!(out, "AAA user authentication Rejected : reason = ", reason, " : local database : user = ");
        put!(out, client.user, " : user IP = ", Ip(client.ip));
    }

    /// 113039: a session of AnyConnect begins.
    pub fn parent_started(&self, out: &mut Vec<u8>, at: &Civil, client: &Client) {
        self.bracketed(out, at, (6, 113_039), client, "AnyConnect parent session started.");
    }

    /// 113019: a session of the VPN is over.
    pub fn disconnected(&self, out: &mut Vec<u8>, at: &Civil, client: &Client, ended: &Ended) {
        self.head(out, at, 4, 113_019);
        put!(out, "Group = ", client.group, ", Username = ", client.user, ", IP = ", Ip(client.ip));
        put!(out, ", Session disconnected. Session Type: ", ended.kind, ", Duration: ");
        span(out, ended.duration);
        put!(out, ", Bytes xmt: ", ended.sent, ", Bytes rcv: ", ended.received, ", Reason: ", ended.reason);
    }

    /// 713228: a client of IPsec has this address.
    pub fn ipsec_assigned(&self, out: &mut Vec<u8>, at: &Civil, client: &Client, assigned: u32) {
        self.head(out, at, 6, 713_228);
        put!(out, "Group = ", client.group, ", Username = ", client.user, ", IP = ", Ip(client.ip));
        put!(out, ", Assigned private IP address ", Ip(assigned), " to remote user");
    }

    /// 722051: a client of AnyConnect has this address.
    pub fn assigned(&self, out: &mut Vec<u8>, at: &Civil, client: &Client, assigned: u32) {
        self.bracketed(out, at, (4, 722_051), client, "IPv4 Address <");
        put!(out, Ip(assigned), "> IPv6 address <::> assigned to session");
    }

    /// 722022: a tunnel of AnyConnect is there; UDP is DTLS.
    pub fn tunnel_up(&self, out: &mut Vec<u8>, at: &Civil, client: &Client, is_tcp: bool) {
        let protocol = if is_tcp { "TCP" } else { "UDP" };
        self.bracketed(out, at, (6, 722_022), client, protocol);
        put!(out, " SVC connection established without compression");
    }

    /// 722023: it is gone.
    pub fn tunnel_down(&self, out: &mut Vec<u8>, at: &Civil, client: &Client, is_tcp: bool) {
        let protocol = if is_tcp { "TCP" } else { "UDP" };
        self.bracketed(out, at, (6, 722_023), client, protocol);
        put!(out, " SVC connection terminated without compression");
    }

    /// 722055: what the client is: `Cisco AnyConnect VPN Agent for Windows 4.10.07061`.
    pub fn client_type(&self, out: &mut Vec<u8>, at: &Civil, client: &Client, agent: &str) {
        self.bracketed(out, at, (6, 722_055), client, "Client Type: ");
        put!(out, agent);
    }

    /// 716001: the portal lets somebody in.
    pub fn webvpn_started(&self, out: &mut Vec<u8>, at: &Civil, client: &Client) {
        self.bracketed(out, at, (6, 716_001), client, "WebVPN session started.");
    }

    /// 716002: and is left: `User Requested`, `Idle Timeout`.
    pub fn webvpn_terminated(&self, out: &mut Vec<u8>, at: &Civil, client: &Client, reason: &str) {
        self.bracketed(out, at, (6, 716_002), client, "WebVPN session terminated: ");
        put!(out, reason, ".");
    }

    fn bracketed(&self, out: &mut Vec<u8>, at: &Civil, what: (u8, u32), client: &Client, message: &str) {
        self.head(out, at, what.0, what.1);
        put!(out, "Group <", client.group, "> User <", client.user, "> IP <", Ip(client.ip), "> ", message);
    }

    /// 605004 and 605005: an administrator is not let in, or is.
    pub fn login(&self, out: &mut Vec<u8>, at: &Civil, visit: &Visit, permitted: bool) {
        self.head(out, at, 6, if permitted { 605_005 } else { 605_004 });
        put!(out, if permitted { "Login permitted from " } else { "Login denied from " });
        put!(
            out,
            Ip(visit.source.0),
            "/",
            visit.source.1,
            " to ",
            visit.interface.0,
            ":",
            Ip(visit.interface.1)
        );
        put!(out, "/", visit.service, " for user \"", visit.user, "\"");
    }

    /// 611101: the device knows who an administrator is.
    pub fn authenticated(&self, out: &mut Vec<u8>, at: &Civil, ip: u32, user: &str) {
        self.head(out, at, 6, 611_101);
        put!(out, "User authentication succeeded: IP address: ", Ip(ip), ", Uname: ", user);
    }

    /// 611103: an administrator leaves.
    pub fn logged_out(&self, out: &mut Vec<u8>, at: &Civil, user: &str) {
        self.head(out, at, 5, 611_103);
        put!(out, "User logged out: Uname: ", user);
    }

    /// 111008: a command that changes something.
    pub fn executed(&self, out: &mut Vec<u8>, at: &Civil, user: &str, command: &str) {
        self.head(out, at, 5, 111_008);
        put!(out, "User '", user, "' executed the '", command, "' command.");
    }

    /// 111010: the same, with the program (`CLI`, `ASDM`) and from where.
    pub fn configured(&self, out: &mut Vec<u8>, at: &Civil, who: (&str, &str, u32), command: &str) {
        let (user, program, ip) = who;
        self.head(out, at, 5, 111_010);
        put!(
            out,
            "User '",
            user,
            "', running '",
            program,
            "' from IP ",
            Ip(ip),
            ", executed '",
            command,
            "'"
        );
    }

    /// 502101: a new local user.
    pub fn user_added(&self, out: &mut Vec<u8>, at: &Civil, user: &str, privilege: u8) {
        self.head(out, at, 5, 502_101);
        put!(out, "New user added to local dbase: Uname: ", user, " Priv: ", privilege, " Encpass: ****");
    }

    /// 199002: the device has started.
    pub fn started(&self, out: &mut Vec<u8>, at: &Civil) {
        self.head(out, at, 6, 199_002);
        put!(out, "Startup completed.  Beginning operation.");
    }
}

impl Connection<'_> {
    fn protocol(&self) -> &'static str {
        if self.is_tcp { "TCP" } else { "UDP" }
    }
}

impl End<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        put!(out, self.interface, ":", Ip(self.ip), "/", self.port);
    }

    fn with_mapped(&self, out: &mut Vec<u8>) {
        self.write(out);
        put!(out, " (", Ip(self.mapped.0), "/", self.mapped.1, ")");
    }

    fn listed(&self, out: &mut Vec<u8>) {
        put!(out, self.interface, "/", Ip(self.ip), "(", self.port, ")");
    }
}

impl Packet<'_> {
    fn hashes(&self, out: &mut Vec<u8>) {
        put!(out, "[0x");
        super::pieces::hex(out, self.hashes.0.into());
        put!(out, ", 0x");
        super::pieces::hex(out, self.hashes.1.into());
        put!(out, "]");
    }
}

/// `1:02:03`
fn clock(out: &mut Vec<u8>, seconds: u32) {
    number(out, u64::from(seconds / 3600));
    out.push(b':');
    digits(out, u64::from(seconds / 60 % 60), 2);
    out.push(b':');
    digits(out, u64::from(seconds % 60), 2);
}

/// `2d 1h:02m:03s`
fn span(out: &mut Vec<u8>, seconds: u32) {
    if seconds >= 86_400 {
        put!(out, seconds / 86_400, "d ");
    }
    put!(out, seconds / 3600 % 24, "h:");
    digits(out, u64::from(seconds / 60 % 60), 2);
    put!(out, "m:");
    digits(out, u64::from(seconds % 60), 2);
    put!(out, "s");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, utc};

    const FW: Asa = Asa { name: "fw01", priority: true };
    const OUTSIDE: End = End { interface: "outside", ip: 0xcb00_7150, port: 443, mapped: (0xcb00_7150, 443) };
    const INSIDE: End =
        End { interface: "inside", ip: 0x0a01_0203, port: 51514, mapped: (0xc633_6401, 20001) };

    #[test]
    fn connections_and_refusals_are_read_with_both_ends() {
        let out_tcp =
            Connection { id: 12345, is_tcp: true, inbound: false, lower: OUTSIDE, higher: INSIDE, user: "" };
        let in_udp = Connection { is_tcp: false, inbound: true, user: "LOCAL\\佐藤", ..out_tcp };
        let packet = Packet {
            protocol: "tcp",
            source: OUTSIDE,
            destination: INSIDE,
            list: "OUTSIDE_IN",
            hashes: (0x1a2b, 0),
        };
        let mut lines = Lines::default();
        lines.add(|out| FW.built(out, &utc(), &out_tcp));
        lines.add(|out| FW.built(out, &utc(), &in_udp));
        lines.add(|out| FW.teardown(out, &utc(), &out_tcp, 3723, 5_000_000_000, "TCP FINs"));
        lines.add(|out| FW.teardown(out, &utc(), &Connection { user: "", ..in_udp }, 0, 120, ""));
        lines.add(|out| FW.denied(out, &utc(), &packet));
        lines.add(|out| FW.access_list(out, &utc(), &packet, true, 1));
        lines.add(|out| FW.access_list(out, &utc(), &packet, false, 5));
        lines.add(|out| FW.translation(out, &utc(), true, &INSIDE, "outside"));
        lines.each_is("syslog");
        let seen = lines.read("syslog");
        let firewall = "cisco/firewall/asa";
        let built = [
            ("src_ip", "10.1.2.3"),
            ("dst_ip", "203.0.113.80"),
            ("action", "permit"),
            ("session", "12345"),
            ("nat_src_ip", "198.51.100.1"),
        ];
        seen[0].is(firewall, &built);
        assert_eq!(seen[0].time(), "2026-05-07T09:30:00.000000Z");
        seen[1].is(firewall, &[("src_ip", "203.0.113.80"), ("user", "佐藤"), ("protocol", "udp")]);
        seen[2].is(firewall, &[("duration", "3723"), ("bytes", "5000000000"), ("logged_reason", "TCP FINs")]);
        seen[3].is(firewall, &[("bytes", "120"), ("duration", "0")]);
        seen[4].is(firewall, &[("action", "deny"), ("rule_name", "OUTSIDE_IN"), ("dst_port", "51514")]);
        seen[5].is(firewall, &[("action", "permit"), ("hits", "1")]);
        seen[6].is(firewall, &[("action", "deny"), ("hits", "5")]);
        seen[7].is("cisco/-/asa", &[("nat_src_port", "20001")]);
    }

    #[test]
    fn a_client_of_the_vpn_is_followed_to_its_end() {
        let client = Client { group: "VPN-USERS", user: "佐藤> IP <192.0.2.9", ip: 0xcb00_7132 };
        let ended = Ended {
            kind: "AnyConnect-Parent",
            duration: 90_184,
            sent: 2_000_000,
            received: 40_000,
            reason: "User Requested",
        };
        let mut lines = Lines::default();
        lines.add(|out| FW.aaa_success(out, &utc(), 0x0a01_0105, "sato"));
        lines.add(|out| FW.aaa_rejected(out, &utc(), 0x0a01_0105, &client, "AAA failure"));
        lines.add(|out| FW.local_success(out, &utc(), "sato"));
        lines.add(|out| {
            FW.local_rejected(out, &utc(), &Client { user: "*****", ..client }, "Invalid password")
        });
        lines.add(|out| FW.parent_started(out, &utc(), &client));
        lines.add(|out| FW.assigned(out, &utc(), &client, 0x0ad4_0009));
        lines.add(|out| FW.tunnel_up(out, &utc(), &client, false));
        lines.add(|out| {
            FW.client_type(out, &utc(), &client, "Cisco AnyConnect VPN Agent for Windows 4.10.07061")
        });
        lines.add(|out| FW.tunnel_down(out, &utc(), &client, false));
        lines.add(|out| FW.disconnected(out, &utc(), &client, &ended));
        lines.add(|out| FW.ipsec_assigned(out, &utc(), &client, 0x0ad4_0009));
        lines.add(|out| FW.webvpn_started(out, &utc(), &client));
        lines.add(|out| FW.webvpn_terminated(out, &utc(), &client, "Idle Timeout"));
        let seen = lines.read("syslog");
        let vpn = "cisco/vpn/asa";
        seen[0].is("cisco/-/asa", &[("user", "sato")]);
        let rejected =
            [("action", "login"), ("outcome", "failure"), ("user", client.user), ("src_ip", "203.0.113.50")];
        seen[1].is(vpn, &rejected);
        seen[2].is("cisco/-/asa", &[("user", "sato")]);
        seen[3].is(vpn, &[("reason", "bad_password"), ("src_ip", "203.0.113.50")]);
        seen[4].is(vpn, &[("action", "login"), ("outcome", "success"), ("user", client.user)]);
        seen[5].is(vpn, &[("action", "assign"), ("assigned_ip", "10.212.0.9"), ("src_ip", "203.0.113.50")]);
        seen[6].is(vpn, &[("action", "session_start")]);
        seen[7].is(vpn, &[("client", "Cisco AnyConnect VPN Agent for Windows 4.10.07061")]);
        seen[8].is(vpn, &[("action", "session_end")]);
        seen[9].is(
            vpn,
            &[
                ("action", "logout"),
                ("bytes_out", "2000000"),
                ("bytes_in", "40000"),
                ("duration", "90184"),
                ("logged_reason", "User Requested"),
            ],
        );
        seen[10].is(vpn, &[("assigned_ip", "10.212.0.9")]);
        seen[11].is(vpn, &[("action", "login"), ("src_ip", "203.0.113.50")]);
        seen[12].is(vpn, &[("action", "logout"), ("logged_reason", "Idle Timeout.")]);
    }

    #[test]
    fn administrators_are_read_with_what_they_did() {
        let visit = Visit {
            source: (0xcb00_714d, 50001),
            interface: ("outside", 0xc633_6401),
            service: "ssh",
            user: "管理者",
        };
        let command = format!("object-group network {}", "長".repeat(3000));
        let mut lines = Lines::default();
        lines.add(|out| FW.login(out, &utc(), &visit, false));
        lines.add(|out| FW.login(out, &utc(), &visit, true));
        lines.add(|out| FW.authenticated(out, &utc(), 0x0a01_0109, "admin"));
        lines.add(|out| FW.executed(out, &utc(), "admin", "write memory"));
        lines.add(|out| FW.configured(out, &utc(), ("admin", "CLI", 0x0a01_0109), &command));
        lines.add(|out| FW.user_added(out, &utc(), "support_tmp", 15));
        lines.add(|out| FW.logged_out(out, &utc(), "admin"));
        lines.add(|out| FW.started(out, &utc()));
        let seen = lines.read("syslog");
        let vpn = "cisco/vpn/asa";
        seen[0].is(
            vpn,
            &[("action", "admin_login"), ("outcome", "failure"), ("user", "管理者"), ("method", "ssh")],
        );
        seen[1].is(vpn, &[("outcome", "success"), ("src_ip", "203.0.113.77")]);
        seen[2].is("cisco/-/asa", &[("user", "admin"), ("src_ip", "10.1.1.9")]);
        seen[3].is(vpn, &[("action", "config_change"), ("command", "write memory")]);
        seen[4].is(vpn, &[("action", "config_change"), ("command", &command), ("src_ip", "10.1.1.9")]);
        seen[5].is(vpn, &[("action", "account_add"), ("target_user", "support_tmp"), ("privilege", "15")]);
        seen[6].is("cisco/-/asa", &[("action", "logout")]);
        seen[7].is("cisco/-/asa", &[]);
    }
}
