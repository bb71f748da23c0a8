//! Remote access: SSL-VPN and IPsec.

use model::Time;

use super::{Device, Kind, Pairs, or_na};
use crate::logs::pieces::hex_byte;
use crate::logs::put::put;

/// A client of the SSL-VPN.
#[derive(Clone, Copy, Debug, Default)]
pub struct SslVpn<'a> {
    /// `tunnelid`, the same for the portal and the tunnel.
    pub tunnel: u32,
    /// `remip`
    pub remote: u32,
    /// `srccountry`
    pub country: &'a str,
    /// Who.
    pub user: &'a str,
    /// Which group let the user in; `N/A` is written where it is empty.
    pub group: &'a str,
}

/// An IPsec tunnel.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ipsec<'a> {
    /// `vpntunnel`, the name of phase 1.
    pub name: &'a str,
    /// `tunnelid`
    pub tunnel: u32,
    /// `remip` and `remport`
    pub remote: (u32, u16),
    /// `locip` and `locport`
    pub local: (u32, u16),
    /// `outintf`
    pub interface: &'a str,
    /// The two cookies.
    pub cookies: (u64, u64),
    /// `xauthuser`; empty between offices.
    pub user: &'a str,
    /// `xauthgroup`
    pub group: &'a str,
    /// `assignip`
    pub assigned: Option<u32>,
}

/// How long, and how much: `sent` is what the device sends to the client.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Seconds.
    pub duration: u32,
    /// `sentbyte`
    pub sent: u64,
    /// `rcvdbyte`
    pub received: u64,
}

impl Device<'_> {
    /// `ssl-new-con`: somebody opens the SSL-VPN's page.
    pub fn ssl_new_connection(&self, out: &mut Vec<u8>, at: Time, client: &SslVpn) {
        let new = SslVpn { user: "", group: "", tunnel: 0, ..*client };
        self.head(out, at, "0101039943", VPN_INFO);
        new.write(out, ("SSL VPN new connection", "ssl-new-con", "ssl"), None, "N/A")
            .text("msg", "SSL new connection");
    }

    /// `ssl-exit-error`: the connection ends without a login.
    pub fn ssl_exit(&self, out: &mut Vec<u8>, at: Time, client: &SslVpn) {
        let exit = SslVpn { user: "", group: "", tunnel: 0, ..*client };
        self.head(out, at, "0101039946", VPN_INFO);
        exit.write(out, ("SSL VPN exit error", "ssl-exit-error", "ssl"), None, "N/A")
            .text("msg", "SSL exit error");
    }

    /// `ssl-login-fail`, with FortiOS's reason: `sslvpn_login_permission_denied`, `sslvpn_login_unknown_user`.
    pub fn ssl_login_failed(&self, out: &mut Vec<u8>, at: Time, client: &SslVpn, reason: &str) {
        let denied = SslVpn { tunnel: 0, ..*client };
        self.head(out, at, "0101039426", VPN_ALERT);
        let what = ("SSL VPN login fail", "ssl-login-fail", "ssl-web");
        denied.write(out, what, None, reason).text("msg", "SSL user failed to logged in");
    }

    /// `tunnel-up` of the portal: the login.
    pub fn ssl_web_up(&self, out: &mut Vec<u8>, at: Time, client: &SslVpn) {
        self.head(out, at, "0101039424", VPN_INFO);
        let what = ("SSL VPN tunnel up", "tunnel-up", "ssl-web");
        client.write(out, what, None, "login successfully").text("msg", "SSL tunnel established");
    }

    /// `tunnel-down` of the portal.
    pub fn ssl_web_down(&self, out: &mut Vec<u8>, at: Time, client: &SslVpn, usage: Usage, reason: &str) {
        self.head(out, at, "0101039425", VPN_INFO);
        let what = ("SSL VPN tunnel down", "tunnel-down", "ssl-web");
        let mut pairs = client.write(out, what, None, reason);
        pairs.used(usage).text("msg", "SSL tunnel shutdown");
    }

    /// `tunnel-up` of the tunnel, in which the client has this address.
    pub fn ssl_tunnel_up(&self, out: &mut Vec<u8>, at: Time, client: &SslVpn, ip: u32) {
        self.head(out, at, "0101039947", VPN_INFO);
        let what = ("SSL VPN tunnel up", "tunnel-up", "ssl-tunnel");
        client.write(out, what, Some(ip), "tunnel established").text("msg", "SSL tunnel established");
    }

    /// `tunnel-stats`: the numbers so far, every ten minutes.
    pub fn ssl_tunnel_stats(&self, out: &mut Vec<u8>, at: Time, client: &SslVpn, ip: u32, usage: Usage) {
        self.head(out, at, "0101039949", VPN_INFO);
        let what = ("SSL VPN statistics", "tunnel-stats", "ssl-tunnel");
        let mut pairs = client.write(out, what, Some(ip), "N/A");
        pairs.num("nextstat", 600).used(usage).text("msg", "SSL tunnel statistics");
    }

    /// `tunnel-down` of the tunnel: `User requested termination of service`, `idle timeout`.
    pub fn ssl_tunnel_down(
        &self,
        out: &mut Vec<u8>,
        at: Time,
        client: &SslVpn,
        ip: u32,
        usage: Usage,
        reason: &str,
    ) {
        self.head(out, at, "0101039948", VPN_INFO);
        let what = ("SSL VPN tunnel down", "tunnel-down", "ssl-tunnel");
        let mut pairs = client.write(out, what, Some(ip), reason);
        pairs.used(usage).text("msg", "SSL tunnel shutdown");
    }

    /// The negotiation of phase 1 or 2, with whether it succeeded.
    pub fn ipsec_negotiation(&self, out: &mut Vec<u8>, at: Time, tunnel: &Ipsec, phase: u8, success: bool) {
        let (id, described) = match phase {
            1 => ("0101037127", "Progress IPsec phase 1"),
            _ => ("0101037129", "Progress IPsec phase 2"),
        };
        self.head(out, at, id, if success { VPN_NOTICE } else { VPN_ERROR });
        let mut pairs = Pairs(out);
        pairs.text("logdesc", described);
        put!(pairs.0, " msg=\"progress IPsec phase ", phase, "\"");
        pairs.text("action", "negotiate");
        tunnel.write(&mut pairs);
        let (status, result) = if success { ("success", "OK") } else { ("failure", "ERROR") };
        pairs.text("status", status).text("init", "remote");
        pairs.text("mode", if phase == 1 { "main" } else { "quick" }).text("dir", "inbound").num("stage", 1);
        pairs.text("role", "responder").text("result", result);
    }

    /// The tunnel comes up.
    pub fn ipsec_up(&self, out: &mut Vec<u8>, at: Time, tunnel: &Ipsec) {
        self.ipsec(out, at, tunnel, ("0101037138", "tunnel-up", 0), Usage::default());
    }

    /// The numbers so far, every ten minutes.
    pub fn ipsec_stats(&self, out: &mut Vec<u8>, at: Time, tunnel: &Ipsec, usage: Usage) {
        self.ipsec(out, at, tunnel, ("0101037141", "tunnel-stats", 600), usage);
    }

    /// The tunnel goes down.
    pub fn ipsec_down(&self, out: &mut Vec<u8>, at: Time, tunnel: &Ipsec, usage: Usage) {
        self.ipsec(out, at, tunnel, ("0101037138", "tunnel-down", 0), usage);
    }

    fn ipsec(&self, out: &mut Vec<u8>, at: Time, tunnel: &Ipsec, what: (&str, &str, u64), usage: Usage) {
        let (id, action, next) = what;
        self.head(out, at, id, VPN_NOTICE);
        let mut pairs = Pairs(out);
        match next {
            0 => pairs
                .text("logdesc", "IPsec connection status changed")
                .text("msg", "IPsec connection status change"),
            _ => pairs.text("logdesc", "IPsec tunnel statistics").text("msg", "IPsec tunnel statistics"),
        };
        pairs.text("action", action);
        tunnel.write(&mut pairs);
        put!(pairs.0, " tunnelip=N/A");
        pairs
            .num("tunnelid", tunnel.tunnel.into())
            .text("tunneltype", "ipsec")
            .used(usage)
            .num("nextstat", next);
    }
}

const VPN_INFO: Kind = Kind::new("event", "vpn", "information");
const VPN_NOTICE: Kind = Kind::new("event", "vpn", "notice");
const VPN_ERROR: Kind = Kind::new("event", "vpn", "error");
const VPN_ALERT: Kind = Kind::new("event", "vpn", "alert");

impl SslVpn<'_> {
    fn write<'o>(
        &self,
        out: &'o mut Vec<u8>,
        (described, action, tunnel_type): (&str, &str, &str),
        ip: Option<u32>,
        reason: &str,
    ) -> Pairs<'o> {
        let mut pairs = Pairs(out);
        pairs.text("logdesc", described).text("action", action).text("tunneltype", tunnel_type);
        pairs.num("tunnelid", self.tunnel.into()).ip("remip", self.remote);
        if let Some(ip) = ip {
            pairs.ip("tunnelip", ip);
        }
        pairs
            .text("srccountry", self.country)
            .text("user", or_na(self.user))
            .text("group", or_na(self.group));
        pairs.text("dst_host", "N/A").text("reason", reason);
        pairs
    }
}

impl Ipsec<'_> {
    fn write(&self, pairs: &mut Pairs) {
        pairs.ip("remip", self.remote.0).ip("locip", self.local.0);
        pairs.num("remport", self.remote.1.into()).num("locport", self.local.1.into());
        pairs.text("outintf", self.interface);
        put!(pairs.0, " cookies=\"");
        for byte in self.cookies.0.to_be_bytes() {
            hex_byte(pairs.0, byte);
        }
        pairs.0.push(b'/');
        for byte in self.cookies.1.to_be_bytes() {
            hex_byte(pairs.0, byte);
        }
        pairs.0.push(b'"');
        pairs.text("user", "N/A").text("group", "N/A").text("useralt", "N/A");
        pairs.text("xauthuser", or_na(self.user)).text("xauthgroup", or_na(self.group));
        match self.assigned {
            Some(ip) => pairs.ip("assignip", ip),
            None => {
                put!(pairs.0, " assignip=N/A");
                pairs
            }
        }
        .text("vpntunnel", self.name);
    }
}
