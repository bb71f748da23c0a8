//! Who knocks from outside and is not let in: at the VPN gateway, and at the mail server.
//!
//! The webmail's and SSH's own refusals stand with those; what the firewall itself turns away is a [`Flow`](super::Flow) that is not allowed.

use super::World;
use super::network::{Flow, country};
use crate::clock::SECOND;
use crate::company::Role;
use crate::logs::fortigate::SslVpn;
use crate::rng::Rng;

impl World {
    /// A login to the VPN gateway with a name that nobody has.
    pub fn vpn_unknown(&mut self, user: &str, outside: u32) {
        let client = SslVpn { tunnel: 0, remote: outside, country: country(outside), user, group: "" };
        self.gateway(|device, out, at| {
            device.ssl_login_failed(out, at, &client, "sslvpn_login_unknown_user")
        });
    }

    /// Something connects to the VPN gateway, and leaves without a name.
    pub fn vpn_knock(&mut self, outside: u32) {
        let client = SslVpn { tunnel: 0, remote: outside, country: country(outside), user: "", group: "" };
        self.gateway(|device, out, at| device.ssl_new_connection(out, at, &client));
        self.pass(SECOND, 9 * SECOND);
        self.gateway(|device, out, at| device.ssl_exit(out, at, &client));
    }

    /// Somebody tries to send mail through the company's server with a name and a wrong password.
    pub fn submission_refused(&mut self, from: u32, name: &str) {
        let at_once = self.rng.chance(1, 2);
        self.knock_at_mail(from, 587, |peer, out, at, step| match step {
            0 => peer.connect(out, at),
            1 => peer.login_failed(out, at, if at_once { "PLAIN" } else { "LOGIN" }, name),
            2 => peer.lost(out, at, "AUTH"),
            _ => peer.disconnect(out, at, "ehlo=1 auth=0/1 commands=1/2"),
        });
    }

    /// Somebody wants to leave a message for an address that there is not, or that is not the company's.
    pub fn mail_refused(&mut self, from: u32, sender: &str, recipient: &str) {
        let own = recipient.ends_with(&self.company.domain.public);
        let answer = if own {
            format!(
                "550 5.1.1 <{recipient}>: Recipient address rejected: User unknown in virtual mailbox table"
            )
        } else {
            format!("454 4.7.1 <{recipient}>: Relay access denied")
        };
        let greeting = sender.rsplit('@').next().unwrap_or_default().to_owned();
        self.knock_at_mail(from, 25, |peer, out, at, step| match step {
            0 => peer.connect(out, at),
            1 => peer.rejected(out, at, &answer, sender, recipient, &greeting),
            2 => peer.lost(out, at, "RCPT"),
            _ => peer.disconnect(out, at, "ehlo=1 mail=1 rcpt=0/1 commands=2/3"),
        });
    }

    /// The firewall turns away what is not published: a connection to a server's port.
    pub fn turned_away(&mut self, from: u32, role: Role, port: u16, protocol: u8) {
        let to = self.company.host(self.company.the(role)).address;
        self.flow(Flow { from, to, port, protocol, sent: 0, received: 0, lasted: 0, allowed: false });
    }
}

/// An address in the internet that is not in Japan, as firewalls have it.
pub fn abroad(rng: &mut Rng) -> u32 {
    let any = (0..200).map(|_| anywhere(rng)).find(|address| country(*address) != "Japan");
    any.unwrap_or(FIRST)
}

/// An address in the internet.
pub fn anywhere(rng: &mut Rng) -> u32 {
    FIRST + rng.below(1 << 17) as u32
}

/// 198.18.0.0/15, which no real site has.
const FIRST: u32 = 0xC612_0000;
