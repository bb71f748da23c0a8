//! Horizon Connection Server, 8: its events as it sends them by syslog.
//!
//! In: what a user, a session or an administrator did, in Horizon's terms. Out: RFC 5424 with the event's values in the structured data and
//! the event's sentence behind.

use super::put::{Ip, Piece, put};
use super::syslog::{Rfc5424, facility, severity};
use crate::clock::Civil;

/// Which server writes.
#[derive(Clone, Copy, Debug)]
pub struct Broker<'a> {
    /// Its name.
    pub name: &'a str,
}

/// Who, with what, in which login.
#[derive(Clone, Copy, Debug, Default)]
pub struct User<'a> {
    /// `CORP\sato`
    pub name: &'a str,
    /// Empty where the server does not know the user.
    pub sid: &'a str,
    /// From where.
    pub ip: u32,
    /// What the address is behind an access gateway.
    pub forwarded: Option<u32>,
    /// The client's machine; empty where it is not known.
    pub client: &'a str,
    /// `BrokerSessionId`; 0 before there is one.
    pub session: u128,
}

/// Where a user works.
#[derive(Clone, Copy, Debug, Default)]
pub struct Desktop<'a> {
    /// `PoolId`, `DesktopId`
    pub pool: &'a str,
    /// The pool as users see it.
    pub title: &'a str,
    /// The virtual machine.
    pub machine: &'a str,
    /// The machine with its domain; may be empty.
    pub dns: &'a str,
    /// `SessionId` of the agent.
    pub session: u128,
}

/// What the agent on a virtual machine tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agent {
    /// A session is allocated.
    Pending,
    /// A new session.
    Connected,
    /// The user is back in it.
    Reconnected,
    /// The user left it as it is.
    Disconnected,
    /// It is over.
    Ended,
}

impl Broker<'_> {
    /// A user logs in.
    pub fn logged_in(&self, out: &mut Vec<u8>, at: &Civil, user: &User) {
        let mut event = self.event(out, at, Kind::success("Broker", "BROKER_USERLOGGEDIN"));
        event.user(user).client(user).session(user).node(self.name).says(&[
            "User ",
            user.name,
            " has logged in",
        ]);
    }

    /// A user leaves.
    pub fn logged_out(&self, out: &mut Vec<u8>, at: &Civil, user: &User) {
        let mut event = self.event(out, at, Kind::success("Broker", "BROKER_USERLOGGEDOUT"));
        event.user(user).client(user).session(user).node(self.name).says(&[
            "User ",
            user.name,
            " has logged out",
        ]);
    }

    /// Somebody cannot log in: `BAD_USER_PASSWORD`, `ACCOUNT_LOCKED_OUT`, `ACCOUNT_DISABLED`, `SECUREID_ACCESS_DENIED`.
    pub fn login_failed(&self, out: &mut Vec<u8>, at: &Civil, user: &User, why: &str) {
        let mut event = self.event(out, at, Kind::failure("Broker", "BROKER_USER_AUTHFAILED_"));
        event.out.truncate(event.out.len() - 1);
        put!(event.out, why, "\"");
        event.user(user).client(user).node(self.name);
        let because = match why {
            "BAD_USER_PASSWORD" => " failed to authenticate because of a bad user name or password",
            "ACCOUNT_LOCKED_OUT" => " failed to authenticate because the account is locked out",
            "ACCOUNT_DISABLED" => " failed to authenticate because the account is disabled",
            "PASSWORD_EXPIRED" => " failed to authenticate because the password has expired",
            _ => " failed to authenticate",
        };
        event.says(&["User ", user.name, because]);
    }

    /// A user asks for a desktop of a pool.
    pub fn desktop_requested(&self, out: &mut Vec<u8>, at: &Civil, user: &User, desktop: &Desktop) {
        let mut event = self.event(out, at, Kind::info("Broker", "BROKER_DESKTOP_REQUEST"));
        event
            .user(user)
            .text("DesktopId", desktop.pool)
            .text("DesktopDisplayName", desktop.title)
            .session(user);
        event.node(self.name).says(&["User ", user.name, " requested Pool ", desktop.pool]);
    }

    /// A machine is found for a session: the user and the machine belong together from here on.
    pub fn machine_allocated(&self, out: &mut Vec<u8>, at: &Civil, user: &User, desktop: &Desktop) {
        let mut event = self.event(out, at, Kind::info("Broker", "BROKER_MACHINE_ALLOCATED"));
        event.user(user).text("PoolId", desktop.pool).machine(desktop).session(user).node(self.name);
        event.says(&[
            "User ",
            user.name,
            " requested Pool ",
            desktop.pool,
            ", allocated machine ",
            desktop.machine,
        ]);
    }

    /// A user asks for what he is not entitled to.
    pub fn not_entitled(&self, out: &mut Vec<u8>, at: &Civil, user: &User, desktop: &Desktop) {
        let mut event = self.event(out, at, Kind::failure("Broker", "BROKER_DESKTOP_NOT_ENTITLED"));
        event.user(user).text("DesktopId", desktop.pool).session(user).node(self.name);
        event.says(&[
            "Unable to launch from Pool ",
            desktop.pool,
            " for user ",
            user.name,
            ": User is not entitled to this Pool",
        ]);
    }

    /// An agent tells of a session.
    pub fn agent(&self, out: &mut Vec<u8>, at: &Civil, what: Agent, user: &User, desktop: &Desktop) {
        let (kind, before, after) = match what {
            Agent::Pending => {
                ("AGENT_PENDING", "The agent has accepted an allocated session for user ", " on machine ")
            }
            Agent::Connected => ("AGENT_CONNECTED", "User ", " has logged in to a new session on machine "),
            Agent::Reconnected => ("AGENT_RECONNECTED", "User ", " has reconnected to machine "),
            Agent::Disconnected => ("AGENT_DISCONNECTED", "User ", " has disconnected from machine "),
            Agent::Ended => ("AGENT_ENDED", "User ", " has logged off machine "),
        };
        let mut event = self.event(out, at, Kind::info("Agent", kind));
        event.user(user).text("PoolId", desktop.pool).machine(desktop);
        if !desktop.dns.is_empty() {
            event.text("MachineDnsName", desktop.dns);
        }
        event.id("SessionId", desktop.session);
        if !user.client.is_empty() {
            event.text("ClientName", user.client);
        }
        event.ip("ClientIpAddress", user.ip);
        event.says(&[before, user.name, after, desktop.machine]);
    }

    /// An administrator logs in to the console, or cannot.
    pub fn admin_login(&self, out: &mut Vec<u8>, at: &Civil, user: &User, succeeds: bool) {
        let kind = match succeeds {
            true => Kind::success("Vlsi", "ADMIN_USERLOGGEDIN"),
            false => Kind::failure("Vlsi", "ADMIN_USER_AUTHFAILED"),
        };
        let mut event = self.event(out, at, kind);
        event.user(user).client(user).node(self.name);
        let what = if succeeds {
            " has logged in to Horizon Console"
        } else {
            " failed to log in to Horizon Console"
        };
        event.says(&["User ", user.name, what]);
    }

    /// An administrator lets somebody use a pool.
    pub fn entitled(&self, out: &mut Vec<u8>, at: &Civil, admin: &User, whom: &str, pool: &str) {
        let mut event = self.event(out, at, Kind::success("Vlsi", "ADMIN_ADD_DESKTOP_ENTITLEMENT"));
        event.user(admin).text("EntitlementDisplay", whom).text("DesktopId", pool).node(self.name);
        event.says(&[whom, " was entitled to Pool ", pool, " by ", admin.name]);
    }

    /// An administrator changes a pool.
    pub fn pool_edited(&self, out: &mut Vec<u8>, at: &Civil, admin: &User, pool: &str) {
        let mut event = self.event(out, at, Kind::success("Vlsi", "ADMIN_DESKTOP_EDITED"));
        event.user(admin).text("DesktopId", pool).node(self.name);
        event.says(&["Pool ", pool, " was edited by ", admin.name]);
    }

    fn event<'o>(&self, out: &'o mut Vec<u8>, at: &Civil, kind: Kind) -> Event<'o> {
        let head = Rfc5424 {
            facility: facility::LOCAL0,
            severity: kind.level,
            host: self.name,
            app: "View",
            process: None,
            message_id: kind.number,
            data: "[View@6876",
        };
        head.write(out, at, 3);
        out.pop();
        let mut event = Event { out };
        event.text("Severity", kind.severity).text("Module", kind.module).text("EventType", kind.name);
        event
    }
}

/// What every event has.
struct Kind {
    severity: &'static str,
    level: u8,
    module: &'static str,
    name: &'static str,
    number: &'static str,
}

impl Kind {
    const fn info(module: &'static str, name: &'static str) -> Kind {
        Kind { severity: "INFO", level: severity::INFO, module, name, number: "22" }
    }

    const fn success(module: &'static str, name: &'static str) -> Kind {
        Kind { severity: "AUDIT_SUCCESS", level: severity::INFO, module, name, number: "19" }
    }

    const fn failure(module: &'static str, name: &'static str) -> Kind {
        Kind { severity: "AUDIT_FAIL", level: severity::WARNING, module, name, number: "24" }
    }
}

/// The structured data being written.
struct Event<'o> {
    out: &'o mut Vec<u8>,
}

impl Event<'_> {
    fn text(&mut self, key: &str, value: &str) -> &mut Self {
        put!(self.out, " ", key, "=\"");
        for byte in value.bytes() {
            if matches!(byte, b'"' | b'\\' | b']') {
                self.out.push(b'\\');
            }
            self.out.push(byte);
        }
        self.out.push(b'"');
        self
    }

    fn ip(&mut self, key: &str, value: u32) -> &mut Self {
        put!(self.out, " ", key, "=\"", Ip(value), "\"");
        self
    }

    fn id(&mut self, key: &str, value: u128) -> &mut Self {
        put!(self.out, " ", key, "=\"");
        super::pieces::guid(self.out, value);
        self.out.push(b'"');
        self
    }

    fn user(&mut self, user: &User) -> &mut Self {
        if !user.sid.is_empty() {
            self.text("UserSID", user.sid);
        }
        self.text("UserDisplayName", user.name)
    }

    fn client(&mut self, user: &User) -> &mut Self {
        self.ip("ClientIpAddress", user.ip);
        if let Some(forwarded) = user.forwarded {
            self.ip("ForwardedClientIpAddress", forwarded);
        }
        self
    }

    fn session(&mut self, user: &User) -> &mut Self {
        if user.session == 0 { self } else { self.id("BrokerSessionId", user.session) }
    }

    fn machine(&mut self, desktop: &Desktop) -> &mut Self {
        self.text("MachineName", desktop.machine)
    }

    fn node(&mut self, node: &str) -> &mut Self {
        self.text("Node", node)
    }

    fn says(&mut self, parts: &[&str]) {
        put!(self.out, "] ");
        for part in parts {
            part.put(self.out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, utc};

    const BROKER: Broker = Broker { name: "cs01" };
    const USER: User = User {
        name: "CORP\\佐藤 \"太郎\"",
        sid: "S-1-5-21-1-2-3-1104",
        ip: 0xcb00_7105,
        forwarded: None,
        client: "PC-SATO",
        session: 0xa1b2,
    };
    const DESKTOP: Desktop = Desktop {
        pool: "win11-pool",
        title: "業務用",
        machine: "VDI-0042",
        dns: "vdi-0042.corp.example",
        session: 7,
    };
    const SOURCE: &str = "horizon/vdi/-";

    #[test]
    fn a_user_is_followed_from_the_login_to_a_machine() {
        let long = "長".repeat(2000);
        let desktop = Desktop { title: &long, ..DESKTOP };
        let mut lines = Lines::default();
        lines.add(|out| BROKER.login_failed(out, &utc(), &User { sid: "", ..USER }, "BAD_USER_PASSWORD"));
        lines.add(|out| BROKER.login_failed(out, &utc(), &USER, "ACCOUNT_LOCKED_OUT"));
        lines.add(|out| BROKER.logged_in(out, &utc(), &USER));
        lines.add(|out| BROKER.desktop_requested(out, &utc(), &USER, &desktop));
        lines.add(|out| BROKER.machine_allocated(out, &utc(), &USER, &desktop));
        lines.add(|out| BROKER.not_entitled(out, &utc(), &USER, &desktop));
        lines.add(|out| BROKER.logged_out(out, &utc(), &USER));
        let seen = lines.read("syslog");
        let failed = [
            ("action", "login"),
            ("outcome", "failure"),
            ("reason", "bad_password"),
            ("user", "佐藤 \"太郎\""),
        ];
        seen[0].is(SOURCE, &failed);
        seen[1].is(SOURCE, &[("reason", "account_locked"), ("src_ip", "203.0.113.5")]);
        let session = ("session", "00000000-0000-0000-0000-00000000a1b2");
        seen[2]
            .is(SOURCE, &[("action", "login"), ("outcome", "success"), session, ("src_ip", "203.0.113.5")]);
        assert_eq!(seen[2].time(), "2026-05-07T09:30:00.123000Z");
        seen[3].is(SOURCE, &[("pool", "win11-pool"), ("DesktopDisplayName", &long), session]);
        seen[4].is(SOURCE, &[("target_host", "VDI-0042"), session]);
        seen[5].is(SOURCE, &[("action", "session_start"), ("outcome", "denied")]);
        seen[6].is(SOURCE, &[("action", "logout"), session]);
    }

    #[test]
    fn agents_tell_who_is_on_which_machine() {
        let mut lines = Lines::default();
        for what in [Agent::Pending, Agent::Connected, Agent::Disconnected, Agent::Reconnected, Agent::Ended]
        {
            lines.add(|out| BROKER.agent(out, &utc(), what, &USER, &DESKTOP));
        }
        let seen = lines.read("syslog");
        let machine = ("target_host", "vdi-0042.corp.example");
        seen[0].is(SOURCE, &[("EventType", "AGENT_PENDING"), machine]);
        let connected =
            [("action", "session_start"), ("device", "PC-SATO"), ("src_ip", "203.0.113.5"), machine];
        seen[1].is(SOURCE, &connected);
        seen[2].is(SOURCE, &[("action", "session_end"), machine]);
        seen[3].is(SOURCE, &[("action", "reconnect"), machine]);
        seen[4].is(SOURCE, &[("action", "session_end"), ("EventType", "AGENT_ENDED")]);
    }

    #[test]
    fn administrators_are_read_with_what_they_did() {
        let admin =
            User { name: "CORP\\vdi-admin", sid: "S-1-5-21-1-2-3-500", ip: 0x0a01_0109, ..User::default() };
        let mut lines = Lines::default();
        lines.add(|out| BROKER.admin_login(out, &utc(), &admin, true));
        lines.add(|out| BROKER.admin_login(out, &utc(), &admin, false));
        lines.add(|out| BROKER.entitled(out, &utc(), &admin, "CORP\\外部委託", "win11-pool"));
        lines.add(|out| BROKER.pool_edited(out, &utc(), &admin, "win11-pool"));
        let seen = lines.read("syslog");
        seen[0].is(SOURCE, &[("action", "admin_login"), ("outcome", "success"), ("src_ip", "10.1.1.9")]);
        seen[1].is(SOURCE, &[("action", "admin_login"), ("outcome", "failure")]);
        seen[2].is(SOURCE, &[("action", "config_change"), ("EntitlementDisplay", "CORP\\外部委託")]);
        seen[3].is(SOURCE, &[("action", "config_change"), ("pool", "win11-pool"), ("user", "vdi-admin")]);
    }
}
