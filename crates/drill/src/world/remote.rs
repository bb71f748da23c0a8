//! Coming in from outside: tunnels, and virtual desktops.

use model::Time;

use super::World;
use super::address::Open;
use super::logon::{How, Logon, subject, who};
use super::network::{Flow, country};
use crate::clock::{Civil, HOUR, SECOND};
use crate::company::{AccountId, HostId, Role};
use crate::logs::fortigate::{SslVpn, Usage};
use crate::logs::horizon::{Agent, Broker, Desktop as Pool, User};
use crate::logs::windows::Ip;
use crate::logs::windows::session::{RemoteSession, SessionChange, WindowStation};

/// A tunnel from somebody's home into the company.
#[derive(Clone, Debug)]
pub struct Tunnel {
    /// Where it ends.
    pub gateway: HostId,
    /// Whose account.
    pub account: AccountId,
    /// The address in the internet that it comes from.
    pub outside: u32,
    /// The address within the company that it was given.
    pub inside: u32,
    /// Since when.
    pub since: Time,
}

/// A virtual desktop that somebody is connected to.
#[derive(Clone, Debug)]
pub struct Desktop {
    /// The session on it.
    pub logon: Logon,
    from: u32,
    /// Sessions of the broker and of the agent on the desktop.
    sessions: (u128, u128),
    /// Since when the screen is carried; `None` while nobody looks at it.
    carried: Option<Time>,
}

/// The number of a session that is not at the machine itself, as `logon.rs` has it.
const REMOTE_SESSION: u32 = 2;

impl World {
    /// A remote login that fails: a wrong password.
    pub fn vpn_refused(&mut self, account: AccountId, outside: u32) {
        let company = self.company.clone();
        let user = &company.account(account).name;
        let client = SslVpn { tunnel: 0, remote: outside, country: country(outside), user, group: "" };
        self.gateway(|device, out, at| device.ssl_new_connection(out, at, &client));
        self.pass(200_000, 2 * SECOND);
        self.gateway(|device, out, at| {
            device.ssl_login_failed(out, at, &client, "sslvpn_login_permission_denied");
        });
    }

    /// A tunnel is opened with an account, from an address in the internet; with the company's machine or another.
    pub fn vpn_up(&mut self, account: AccountId, outside: u32, machine: Option<HostId>) -> Tunnel {
        if self.rng.chance(1, 40) {
            // The page was opened, and closed again.
            let client =
                SslVpn { tunnel: 0, remote: outside, country: country(outside), user: "", group: "" };
            self.gateway(|device, out, at| device.ssl_new_connection(out, at, &client));
            self.pass(5 * SECOND, 40 * SECOND);
            self.gateway(|device, out, at| device.ssl_exit(out, at, &client));
            self.pass(2 * SECOND, 20 * SECOND);
        }
        let rate = self.rng.between(2_000, 40_000) as u64;
        let open = Open { account, machine, outside, number: 0, since: self.clock, rate, mark: self.mark };
        let inside = self.leases.open_tunnel(open);
        self.connect_tunnel(inside);
        Tunnel { gateway: self.gateway_host(), account, outside, inside, since: self.clock }
    }

    /// A tunnel is closed.
    pub fn vpn_down(&mut self, tunnel: Tunnel) {
        let Some(open) = self.leases.close_tunnel(tunnel.inside) else { return };
        self.disconnect_tunnel(tunnel.inside, &open, "User requested termination of service");
    }

    /// The connection of a tunnel that has its address already: the page, the login, the tunnel.
    fn connect_tunnel(&mut self, inside: u32) {
        let company = self.company.clone();
        let number = 0x4000_0000 | self.session() as u32;
        let Some(open) = self.leases.tunnel_of(inside).copied() else { return };
        let client = client(&company, &Open { number, ..open });
        self.gateway(|device, out, at| device.ssl_new_connection(out, at, &client));
        self.pass(300_000, 2 * SECOND);
        self.gateway(|device, out, at| device.ssl_web_up(out, at, &client));
        self.pass(200_000, SECOND);
        self.gateway(|device, out, at| device.ssl_tunnel_up(out, at, &client, inside));
        let now = self.clock;
        if let Some(open) = self.leases.tunnel_mut(inside) {
            (open.number, open.since) = (number, now);
        }
        self.leases.statistics.push_back((Time::from_micros(now.micros() + HOUR), inside));
    }

    fn disconnect_tunnel(&mut self, inside: u32, open: &Open, reason: &str) {
        let company = self.company.clone();
        let (client, usage) = (client(&company, open), usage(open, self.clock));
        self.gateway(|device, out, at| device.ssl_tunnel_down(out, at, &client, inside, usage, reason));
        self.answer();
        self.gateway(|device, out, at| device.ssl_web_down(out, at, &client, usage, reason));
    }

    /// The gateway writes the numbers of tunnels that have been open for another hour; few of them break just then, and come back. When the next
    /// one is due.
    pub(super) fn count_tunnels(&mut self) -> Option<Time> {
        let company = self.company.clone();
        while let Some((time, inside)) = self.leases.statistics.front().copied() {
            if time > self.clock {
                return Some(time);
            }
            self.leases.statistics.pop_front();
            let Some(open) = self.leases.tunnel_of(inside).copied() else { continue };
            let hours = (time.micros() - open.since.micros()) % HOUR == 0;
            if !hours {
                // Another tunnel has that address now.
                continue;
            }
            self.set_mark(open.mark);
            let now = self.clock;
            if self.rng.chance(1, 50) {
                self.disconnect_tunnel(inside, &open, "DPD failure");
                self.pass(9 * SECOND, 70 * SECOND);
                self.connect_tunnel(inside);
                self.clock = now;
            } else {
                let (client, usage) = (client(&company, &open), usage(&open, self.clock));
                self.gateway(|device, out, at| device.ssl_tunnel_stats(out, at, &client, inside, usage));
                self.leases.statistics.push_back((Time::from_micros(time.micros() + HOUR), inside));
            }
            self.set_mark(None);
        }
        None
    }

    /// A virtual desktop is opened from an address; it is the same one for somebody for some days.
    pub fn desktop(&mut self, account: AccountId, from: u32) -> Desktop {
        let company = self.company.clone();
        let week = self.clock.micros() / (7 * 24 * HOUR);
        let mut rng = company.rng.of("desktop", u64::from(account.0)).of("week", week as u64);
        let host = rng.pick(company.with_role(Role::VdiDesktop)).copied().unwrap_or(HostId(0));
        let sessions = (self.long_number(), self.long_number());
        self.at_broker(from);
        self.broker((account, from, host), sessions, |broker, out, at, user, _| {
            broker.logged_in(out, at, user)
        });
        self.pass(2 * SECOND, 12 * SECOND);
        self.broker((account, from, host), sessions, |broker, out, at, user, pool| {
            broker.desktop_requested(out, at, user, pool);
        });
        self.answer();
        self.broker((account, from, host), sessions, |broker, out, at, user, pool| {
            broker.machine_allocated(out, at, user, pool);
        });
        self.pass(SECOND, 4 * SECOND);
        let carried = Some(self.clock);
        let logon = self.sign_in(host, account, How::Remote(from));
        self.pass(SECOND, 3 * SECOND);
        self.broker((account, from, host), sessions, |broker, out, at, user, pool| {
            broker.agent(out, at, Agent::Connected, user, pool);
        });
        Desktop { logon, from, sessions, carried }
    }

    /// Somebody goes away from their virtual desktop for a while: their client closes, and what runs there goes on.
    pub fn detach_desktop(&mut self, desktop: &mut Desktop) {
        self.carry(desktop, None);
        self.agent_says(desktop, Agent::Disconnected);
        self.answer();
        self.station(desktop, false);
    }

    /// They come back to it.
    pub fn attach_desktop(&mut self, desktop: &mut Desktop) {
        self.at_broker(desktop.from);
        let who = (desktop.logon.account, desktop.from, desktop.logon.host);
        self.broker(who, desktop.sessions, |broker, out, at, user, _| broker.logged_in(out, at, user));
        self.pass(2 * SECOND, 9 * SECOND);
        self.broker(who, desktop.sessions, |broker, out, at, user, pool| {
            broker.desktop_requested(out, at, user, pool)
        });
        self.pass(SECOND, 3 * SECOND);
        let now = self.clock;
        self.carry(desktop, Some(now));
        self.station(desktop, true);
        self.answer();
        self.agent_says(desktop, Agent::Reconnected);
    }

    /// A virtual desktop is left.
    pub fn leave_desktop(&mut self, mut desktop: Desktop) {
        self.carry(&mut desktop, None);
        let Desktop { logon, from, sessions, .. } = desktop;
        let who = (logon.account, from, logon.host);
        self.end(&logon);
        self.pass(SECOND, 4 * SECOND);
        self.broker(who, sessions, |broker, out, at, user, pool| {
            broker.agent(out, at, Agent::Ended, user, pool)
        });
        self.answer();
        self.broker(who, sessions, |broker, out, at, user, _| broker.logged_out(out, at, user));
    }

    /// A login to the virtual desktops that fails.
    pub fn desktop_refused(&mut self, account: AccountId, from: u32) {
        let any = self.company.the(Role::VdiDesktop);
        self.at_broker(from);
        self.broker((account, from, any), (0, 0), |broker, out, at, user, _| {
            broker.login_failed(out, at, user, "BAD_USER_PASSWORD");
        });
    }

    /// What firewalls see of a login to the broker.
    fn at_broker(&mut self, from: u32) {
        let to = self.company.host(self.company.the(Role::VdiBroker)).address;
        let lasted = self.rng.between(2 * SECOND, 30 * SECOND);
        let (sent, received) = (self.rng.amount(7_400, 2_600), self.rng.amount(24_000, 9_000));
        self.flow(Flow { from, to, port: 443, protocol: 6, sent, received, lasted, allowed: true });
        self.answer();
    }

    /// The screen is carried from now on, or no longer; then firewalls write down how long it was.
    fn carry(&mut self, desktop: &mut Desktop, from_now: Option<Time>) {
        if let Some(since) = std::mem::replace(&mut desktop.carried, from_now) {
            let lasted = (self.clock.micros() - since.micros()).max(SECOND);
            let seconds = (lasted / SECOND) as u64;
            let to = self.company.host(desktop.logon.host).address;
            let (sent, received) = (
                seconds * self.rng.between(500, 1_500) as u64,
                seconds * self.rng.between(8_000, 30_000) as u64,
            );
            self.flow_until_now(Flow {
                from: desktop.from,
                to,
                port: 22_443,
                protocol: 6,
                sent,
                received,
                lasted,
                allowed: true,
            });
        }
    }

    fn agent_says(&mut self, desktop: &Desktop, what: Agent) {
        let who = (desktop.logon.account, desktop.from, desktop.logon.host);
        self.broker(who, desktop.sessions, |broker, out, at, user, pool| {
            broker.agent(out, at, what, user, pool)
        });
    }

    /// The desktop's own words about a screen that comes or goes.
    fn station(&mut self, desktop: &Desktop, reconnected: bool) {
        let company = self.company.clone();
        let logon = &desktop.logon;
        let ip = Ip::V4(desktop.from);
        let station = WindowStation {
            reconnected,
            subject: subject(&company, logon),
            session: "RDP-Tcp#2",
            client: "",
            ip,
        };
        self.event(logon.host, &station);
        let change = if reconnected { SessionChange::Reconnected } else { SessionChange::Disconnected };
        let session =
            RemoteSession { change, account: who(&company, logon.account), session: REMOTE_SESSION, ip };
        self.event(logon.host, &session);
    }

    fn broker(
        &mut self,
        (account, from, host): (AccountId, u32, HostId),
        (session, agent): (u128, u128),
        write: impl FnOnce(&Broker<'_>, &mut Vec<u8>, &Civil, &User<'_>, &Pool<'_>),
    ) {
        let company = self.company.clone();
        let name = format!("{}\\{}", company.domain.netbios, company.account(account).name);
        let sid = company.account(account).sid.to_string();
        let user = User { name: &name, sid: &sid, ip: from, forwarded: None, client: "", session };
        let machine = company.host(host);
        let title = "業務デスクトップ";
        let pool =
            Pool { pool: "office-pool", title, machine: &machine.name, dns: &machine.fqdn, session: agent };
        let broker = Broker { name: &company.host(company.the(Role::VdiBroker)).name };
        self.sink.line(self.logs.horizon, self.clock, self.mark, |out, at| {
            write(&broker, out, &at.civil, &user, &pool)
        });
    }

    fn long_number(&mut self) -> u128 {
        u128::from(self.rng.bits()) << 64 | u128::from(self.rng.bits())
    }
}

fn client<'c>(company: &'c crate::company::Company, open: &Open) -> SslVpn<'c> {
    let user = company.account(open.account).name.as_str();
    SslVpn {
        tunnel: open.number,
        remote: open.outside,
        country: country(open.outside),
        user,
        group: open.group(),
    }
}

fn usage(open: &Open, now: Time) -> Usage {
    let seconds = (now.micros() - open.since.micros()).max(0) / SECOND;
    let sent = seconds as u64 * open.rate;
    Usage { duration: seconds as u32, sent, received: sent / 9 }
}
