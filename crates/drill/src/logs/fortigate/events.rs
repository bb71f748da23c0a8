//! Administrators, users, leases and the device's own state.

use model::Time;

use super::{Device, Kind, Pairs, escaped, or_na};
use crate::logs::put::{Ip, put};

/// An administrator's session.
#[derive(Clone, Copy, Debug, Default)]
pub struct Admin<'a> {
    /// `sn`, the session's number; 0 before there is one.
    pub session: u64,
    /// Who.
    pub user: &'a str,
    /// `https`, `ssh`, `jsconsole`.
    pub method: &'a str,
    /// From where.
    pub source: u32,
    /// The device's own address.
    pub device: u32,
    /// `profile`
    pub profile: &'a str,
}

/// What an administrator changes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Change<'a> {
    /// `Add`, `Edit`, `Delete`, `Move`.
    pub action: &'a str,
    /// `cfgtid`, the transaction.
    pub transaction: u32,
    /// `cfgpath`: `firewall.policy`, `system.admin`.
    pub path: &'a str,
    /// `cfgobj`; empty for settings.
    pub object: &'a str,
    /// `cfgattr`: `status[enable->disable]`; empty where the object goes.
    pub attributes: &'a str,
}

/// A login to the firewall itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Authentication<'a> {
    /// From where.
    pub source: u32,
    /// The device's address.
    pub destination: u32,
    /// The policy that asks for it.
    pub policy: u32,
    /// Where it came in.
    pub interface: &'a str,
    /// Who.
    pub user: &'a str,
    /// `N/A` is written where it is empty.
    pub group: &'a str,
    /// `HTTPS`, `HTTP`.
    pub protocol: &'a str,
}

/// An address that is lent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lease<'a> {
    /// On which interface.
    pub interface: &'a str,
    /// To whom.
    pub mac: [u8; 6],
    /// Which.
    pub ip: u32,
    /// For how many seconds.
    pub seconds: u32,
    /// What the client calls itself; `N/A` is written where it is empty.
    pub host: &'a str,
}

impl Device<'_> {
    /// An administrator logs in.
    pub fn admin_login(&self, out: &mut Vec<u8>, at: Time, admin: &Admin) {
        self.head(out, at, "0100032001", SYSTEM_INFO);
        let mut pairs = admin.write(out, "Admin login successful");
        pairs
            .text("action", "login")
            .text("status", "success")
            .text("reason", "none")
            .text("profile", admin.profile);
        admin.message(out, ["Administrator ", " logged in successfully from ", ""]);
    }

    /// Somebody fails to: `passwd_invalid`, `name_invalid`.
    pub fn admin_login_failed(&self, out: &mut Vec<u8>, at: Time, admin: &Admin, reason: &str) {
        self.head(out, at, "0100032002", Kind::new("event", "system", "alert"));
        let mut pairs = Admin { session: 0, ..*admin }.write(out, "Admin login failed");
        pairs.text("action", "login").text("status", "failed").text("reason", reason);
        let because = match reason {
            "name_invalid" => " because of invalid user name",
            "passwd_invalid" => " because of invalid password",
            _ => "",
        };
        admin.message(out, ["Administrator ", " login failed from ", because]);
    }

    /// An administrator logs out after so many seconds: `exit`, `timeout`.
    pub fn admin_logout(&self, out: &mut Vec<u8>, at: Time, admin: &Admin, duration: u32, reason: &str) {
        self.head(out, at, "0100032003", SYSTEM_INFO);
        let mut pairs = admin.write(out, "Admin logout successful");
        pairs.text("action", "logout").text("status", "success");
        pairs.num("duration", duration.into()).text("reason", reason);
        admin.message(out, ["Administrator ", " logged out from ", ""]);
    }

    /// An administrator changes the configuration.
    pub fn config_change(&self, out: &mut Vec<u8>, at: Time, admin: &Admin, change: &Change) {
        let (id, described) = match (change.object.is_empty(), change.attributes.is_empty()) {
            (true, _) => ("0100044546", "Attribute configured"),
            (false, true) => ("0100044545", "Object configured"),
            (false, false) => ("0100044547", "Object attribute configured"),
        };
        self.head(out, at, id, SYSTEM_INFO);
        let mut pairs = Pairs(out);
        pairs.text("logdesc", described).text("user", admin.user);
        pairs.called("ui", if admin.method == "https" { "GUI" } else { admin.method }, admin.source);
        pairs
            .text("action", change.action)
            .num("cfgtid", change.transaction.into())
            .text("cfgpath", change.path);
        if !change.object.is_empty() {
            pairs.text("cfgobj", change.object);
        }
        if !change.attributes.is_empty() {
            pairs.text("cfgattr", change.attributes);
        }
        put!(out, " msg=\"", change.action, " ", change.path, " ");
        escaped(out, change.object);
        out.push(b'"');
    }

    /// A user logs in to the firewall itself; without a reason, it succeeds.
    pub fn authentication(&self, out: &mut Vec<u8>, at: Time, who: &Authentication, failure: Option<&str>) {
        let id = if failure.is_some() { "0102043009" } else { "0102043008" };
        self.head(out, at, id, Kind::new("event", "user", "notice"));
        let mut pairs = Pairs(out);
        pairs.text(
            "logdesc",
            if failure.is_some() { "Authentication failed" } else { "Authentication success" },
        );
        pairs.ip("srcip", who.source).ip("dstip", who.destination).num("policyid", who.policy.into());
        pairs.text("interface", who.interface).text("user", who.user).text("group", or_na(who.group));
        pairs.called("authproto", who.protocol, who.source).text("action", "authentication");
        pairs.text("status", if failure.is_some() { "failure" } else { "success" });
        pairs.text("reason", failure.unwrap_or("N/A"));
        put!(out, " msg=\"User ");
        escaped(out, who.user);
        put!(
            out,
            if failure.is_some() { " failed in authentication\"" } else { " succeeded in authentication\"" }
        );
    }

    /// The DHCP server lends an address for so many seconds.
    pub fn dhcp_ack(&self, out: &mut Vec<u8>, at: Time, lease: &Lease) {
        self.head(out, at, "0100026001", SYSTEM_INFO);
        let mut pairs = Pairs(out);
        pairs.text("logdesc", "DHCP Ack log").text("interface", lease.interface).text("dhcp_msg", "Ack");
        pairs.mac("mac", lease.mac).ip("ip", lease.ip).num("lease", lease.seconds.into());
        pairs.text("hostname", or_na(lease.host)).text("msg", "DHCP server sends a DHCPACK");
    }

    /// A client gives its address back.
    pub fn dhcp_release(&self, out: &mut Vec<u8>, at: Time, lease: &Lease) {
        self.head(out, at, "0100026002", SYSTEM_INFO);
        let mut pairs = Pairs(out);
        pairs
            .text("logdesc", "DHCP Release log")
            .text("interface", lease.interface)
            .text("dhcp_msg", "Release");
        pairs.mac("mac", lease.mac).ip("ip", lease.ip).text("hostname", or_na(lease.host));
        pairs.text("msg", "DHCP server receives a DHCPRELEASE");
    }

    /// A link goes up or down.
    pub fn link(&self, out: &mut Vec<u8>, at: Time, interface: &str, up: bool) {
        let level = if up { "information" } else { "warning" };
        self.head(out, at, "0100020099", Kind::new("event", "system", level));
        let mut pairs = Pairs(out);
        pairs.text("logdesc", "Interface status changed").text("action", "interface-stat-change");
        pairs.text("status", if up { "UP" } else { "DOWN" });
        put!(
            out,
            " msg=\"Link monitor: Interface ",
            interface,
            " was turned ",
            if up { "up\"" } else { "down\"" }
        );
    }

    /// A member of the cluster changes its role: `primary`, `secondary`.
    pub fn ha_role(&self, out: &mut Vec<u8>, at: Time, member: (u32, &str, &str), role: &str) {
        self.head(out, at, "0108037892", Kind::new("event", "ha", "notice"));
        let (number, name, serial) = member;
        let mut pairs = Pairs(out);
        pairs
            .text("logdesc", "Virtual cluster moved member")
            .text("msg", "Virtual cluster's member state moved");
        pairs.num("vcluster", 1).text("vcluster_state", "work").num("vcluster_member", number.into());
        pairs.text("hostname", name).text("sn", serial).text("ha_role", role);
    }

    /// Memory runs short (`on`), or no longer.
    pub fn conserve(&self, out: &mut Vec<u8>, at: Time, on: bool, total: u32, used: u32) {
        let id = if on { "0100022011" } else { "0100022012" };
        self.head(out, at, id, Kind::new("event", "system", if on { "critical" } else { "notice" }));
        let mut pairs = Pairs(out);
        pairs
            .text("logdesc", if on { "Memory conserve mode entered" } else { "Memory conserve mode exited" });
        pairs.text("service", "kernel").text("conserve", if on { "on" } else { "exit" });
        put!(pairs.0, " total=\"", total, " MB\" used=\"", used, " MB\" red=\"", total / 100 * 88, " MB\"");
        put!(pairs.0, " green=\"", total / 100 * 82, " MB\"");
        pairs.text(
            "msg",
            if on { "Kernel enters memory conserve mode" } else { "Kernel leaves memory conserve mode" },
        );
    }
}

const SYSTEM_INFO: Kind = Kind::new("event", "system", "information");

impl Admin<'_> {
    fn write<'o>(&self, out: &'o mut Vec<u8>, described: &str) -> Pairs<'o> {
        let mut pairs = Pairs(out);
        pairs.text("logdesc", described);
        put!(pairs.0, " sn=\"", self.session, "\"");
        pairs.text("user", self.user).called("ui", self.method, self.source).text("method", self.method);
        pairs.ip("srcip", self.source).ip("dstip", self.device);
        pairs
    }

    fn message(&self, out: &mut Vec<u8>, parts: [&str; 3]) {
        let [before, between, after] = parts;
        put!(out, " msg=\"", before);
        escaped(out, self.user);
        put!(out, between, self.method, "(", Ip(self.source), ")", after, "\"");
    }
}
