//! Pages in the internet, through the proxy, and names that are looked up.
//!
//! In: who looks at pages, or which machine asks for updates. Out: the proxy's records, those of the name servers, and, by [`Flow`], those of the
//! firewalls between client, proxy and internet. What a page is, is drawn from `names::web`.

mod taste;

use model::Time;

use super::World;
use super::logon::Logon;
use super::network::{Flow, Network};
use crate::clock::{DAY, SECOND};
use crate::company::{AccountId, HostId, Role, TOKYO};
use crate::logs::bind::{Channel, Query};
use crate::logs::squid::Request;
use crate::names::web;
use crate::sink::TextId;

/// A request to the internet that is not left to chance.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The site's name.
    pub host: &'a str,
    /// `GET`, `POST`, `CONNECT`.
    pub method: &'a str,
    /// The path, where the proxy sees it.
    pub path: &'a str,
    /// Bytes sent.
    pub sent: u64,
    /// Bytes received.
    pub received: u64,
    /// How long it takes, in microseconds.
    pub lasts: i64,
}

/// What the proxy makes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// Fetched for the client.
    Fetched,
    /// From what it has kept.
    Kept,
    /// Whoever asks must say who they are first.
    AuthenticationRequired,
    /// Pages of this kind are not for looking at here.
    Blocked,
}

/// The port of the proxies.
const PROXY_PORT: u16 = 8080;

impl World {
    /// Some pages of some site, as people look at them.
    pub fn browse(&mut self, logon: &Logon) {
        let category = self.taste(logon.account);
        let Some(site) = web::site(&mut self.rng, category) else { return };
        if self.goes_straight(logon, category) {
            self.look_straight(logon.host, site.host);
            return;
        }
        let who = (logon.host, Some(logon.account));
        if self.is_blocked(category) {
            for _ in 0..self.rng.between(1, 2) {
                let (sent, received) = (self.rng.amount(420, 200), self.rng.amount(3_700, 200));
                let lasts = self.rng.between(900, 4_000);
                let (method, path) = ("CONNECT", "/");
                let visit = Visit { host: site.host, method, path, sent, received, lasts };
                self.ask_proxy(who, &visit, Answer::Blocked, "text/html");
                self.pass(SECOND, 9 * SECOND);
            }
            return;
        }
        if self.rng.chance(1, 12) {
            let (sent, received) = (self.rng.amount(380, 200), self.rng.amount(3_900, 200));
            let lasts = self.rng.between(400, 2_000);
            let visit = Visit { host: site.host, method: "CONNECT", path: "/", sent, received, lasts };
            self.ask_proxy((logon.host, None), &visit, Answer::AuthenticationRequired, "text/html");
            self.pass(2_000, 90_000);
        }
        if category == "storage" && self.rng.chance(1, 3) {
            self.upload(who, site.host);
            return;
        }
        for _ in 0..1 + u32::from(self.rng.chance(1, 6)) {
            self.look_at(who, site);
            self.pass(2 * SECOND, 50 * SECOND);
        }
        // A page brings others with it that nobody asked for.
        if self.rng.chance(1, 5) {
            let along = taste::along(&mut self.rng);
            if let Some(site) = web::site(&mut self.rng, along) {
                self.look_at(who, site);
            }
        }
    }

    /// A page of a site, or a piece of one.
    fn look_at(&mut self, who: (HostId, Option<AccountId>), site: &web::Site) {
        let Some(resource) = web::resource(&mut self.rng, site.category) else { return };
        // Most of the web is encrypted: the proxy sees a tunnel to a host.
        let open = match site.category {
            "certificate" => 100,
            "update" => 40,
            "partner" | "government" | "technology" => 15,
            _ => 6,
        };
        let received = resource.size(&mut self.rng);
        let sent = self.rng.between(600, 6_000) as u64;
        if !self.rng.chance(open, 100) {
            let lasts = self.rng.wait(20 * SECOND);
            let received = received.saturating_mul(3) + self.rng.between(3_900, 6_300) as u64;
            let visit = Visit { host: site.host, method: "CONNECT", path: "/", sent, received, lasts };
            self.ask_proxy(who, &visit, Answer::Fetched, "");
            return;
        }
        let mut path = Vec::new();
        resource.path(&mut path, &mut self.rng);
        let path = String::from_utf8_lossy(&path);
        let cacheable = resource.method == "GET" && taste::is_kept(resource.content_type);
        let answer = if cacheable && self.rng.chance(2, 5) { Answer::Kept } else { Answer::Fetched };
        let lasts = self.rng.wait(SECOND / 4) + received as i64 / 10;
        let visit = Visit {
            host: site.host,
            method: resource.method,
            path: &path,
            sent,
            received: received + self.rng.between(290, 480) as u64,
            lasts,
        };
        self.ask_proxy(who, &visit, answer, resource.content_type);
    }

    /// Something is put into a store in the internet.
    fn upload(&mut self, who: (HostId, Option<AccountId>), host: &str) {
        let sent = self.rng.amount(40_000, 60_000_000);
        let lasts = SECOND + sent as i64 / self.rng.between(2, 9);
        let visit = Visit {
            host,
            method: "CONNECT",
            path: "/",
            sent,
            received: self.rng.amount(2_600, 900) + sent / 300,
            lasts,
        };
        self.ask_proxy(who, &visit, Answer::Fetched, "");
    }

    /// A machine's programs ask whether there is something new: `update`, `antivirus`, `telemetry`.
    pub(super) fn ask_for_updates(&mut self, host: HostId, what: &str) {
        let (name, least, most) = match what {
            "update" => (["fe2.update.mado-os.example", "sls.update.mado-os.example"], 4_000, 90_000),
            "antivirus" => (["definitions.tate-av.example", "update.tate-av.example"], 2_000, 900_000),
            _ => (["v10.events.mado-os.example", "settings-win.mado-os.example"], 300, 9_000),
        };
        let Some(name) = self.rng.pick(&name).copied() else { return };
        let received = self.rng.amount(least, most - least);
        let (sent, lasts) = (self.rng.between(900, 9_000) as u64, self.rng.wait(3 * SECOND));
        let visit = Visit { host: name, method: "CONNECT", path: "/", sent, received, lasts };
        self.ask_proxy((host, None), &visit, Answer::Fetched, "");
        // Now and then there is, and it is fetched as it is.
        if what == "update" && self.rng.chance(1, 5) {
            self.pass(SECOND, 30 * SECOND);
            let received = self.rng.amount(200_000, 90_000_000);
            // What all machines fetch has one name for a week.
            let number = self.clock.micros() / (7 * DAY) * 8 + self.rng.between(0, 7);
            let path = format!("/d/msdownload/{:04x}/update-{number}.cab", (number * 40_503) & 0xffff);
            let lasts = SECOND / 3 + received as i64 / 20;
            let visit =
                Visit { host: "dl.mado-os.example", method: "GET", path: &path, sent: 420, received, lasts };
            let answer = if self.rng.chance(3, 5) { Answer::Kept } else { Answer::Fetched };
            self.ask_proxy((host, None), &visit, answer, "application/vnd.ms-cab-compressed");
        }
    }

    /// A request from a machine to the internet; `account` is whose, where the proxy asks.
    pub fn visit(&mut self, host: HostId, account: Option<AccountId>, visit: &Visit<'_>) {
        let kind = if visit.method == "CONNECT" { "" } else { taste::content_type(visit.path) };
        self.ask_proxy((host, account), visit, Answer::Fetched, kind);
    }

    fn ask_proxy(
        &mut self,
        (host, account): (HostId, Option<AccountId>),
        visit: &Visit<'_>,
        answer: Answer,
        kind: &str,
    ) {
        let company = self.company.clone();
        let proxies = company.with_role(Role::Proxy);
        let number = (host.0 as usize) % proxies.len().max(1);
        let (Some(proxy), Some(log)) = (proxies.get(number).copied(), self.logs.proxies.get(number).copied())
        else {
            return;
        };
        let encrypted = visit.method == "CONNECT";
        let fetched = answer == Answer::Fetched;
        let client = self.address(host);
        let (peer, own) = (internet(visit.host), company.host(proxy).address);
        // The proxy asks for the name, but not again within some minutes.
        if fetched && self.rng.chance(1, 4) {
            self.resolve(proxy, visit.host, "A");
        }
        // A browser keeps connections to the proxy open; each tunnel needs one of its own.
        if (encrypted && fetched) || self.rng.chance(1, 5) {
            let Visit { sent, received, lasts: lasted, .. } = *visit;
            self.flow(Flow {
                from: client,
                to: own,
                port: PROXY_PORT,
                protocol: 6,
                sent,
                received,
                lasted,
                allowed: true,
            });
        }
        self.log_request((client, account), visit, (log, answer), kind);
        if fetched {
            let (port, received) = (if encrypted { 443 } else { 80 }, visit.received);
            let Visit { sent, lasts: lasted, .. } = *visit;
            self.flow(Flow { from: own, to: peer, port, protocol: 6, sent, received, lasted, allowed: true });
        }
    }

    /// What the proxy writes of a request when it is over.
    fn log_request(
        &mut self,
        (client, account): (u32, Option<AccountId>),
        visit: &Visit<'_>,
        (log, answer): (TextId, Answer),
        kind: &str,
    ) {
        let company = self.company.clone();
        let (encrypted, fetched) = (visit.method == "CONNECT", answer == Answer::Fetched);
        let mut url = std::mem::take(&mut self.logs.page);
        url.clear();
        let pieces = if encrypted { ["", visit.host, ":443"] } else { ["http://", visit.host, visit.path] };
        pieces.iter().for_each(|piece| url.push_str(piece));
        let bytes = visit.received;
        let elapsed = if fetched { visit.lasts / 1_000 } else { visit.lasts.min(60_000) / 1_000 };
        let (result, status) = match answer {
            Answer::Fetched if encrypted => ("TCP_TUNNEL", 200),
            Answer::Fetched => ("TCP_MISS", 200),
            Answer::Kept if bytes < 60_000 => ("TCP_MEM_HIT", 200),
            Answer::Kept => ("TCP_HIT", 200),
            Answer::AuthenticationRequired => ("TCP_DENIED", 407),
            Answer::Blocked => ("TCP_DENIED", 403),
        };
        let request = Request {
            elapsed: elapsed as u64,
            client,
            result,
            status,
            bytes,
            method: visit.method,
            url: &url,
            user: account.map_or("", |account| company.account(account).name.as_str()),
            hierarchy: if fetched { "HIER_DIRECT" } else { "HIER_NONE" },
            peer: fetched.then(|| internet(visit.host)),
            content_type: kind,
        };
        let end = Time::from_micros(self.clock.micros() + elapsed * 1_000);
        self.sink.line(log, end, self.mark, |out, at| request.write(out, at.time));
        self.logs.page = url;
    }

    /// Sites abroad let what they work with out by their own firewall; all else goes by the proxies of the headquarters.
    fn goes_straight(&mut self, logon: &Logon, category: &str) -> bool {
        let network = self.network(self.address(logon.host));
        let abroad = matches!(network, Network::Site(site) if site != TOKYO);
        abroad && matches!(category, "saas" | "mail" | "video" | "update") && self.rng.chance(2, 3)
    }

    /// A page without the proxy: the browser looks the name up, and the site's firewall sees the session.
    fn look_straight(&mut self, host: HostId, name: &str) {
        self.resolve(host, name, "A");
        let (from, to) = (self.address(host), internet(name));
        let (sent, received) = (self.rng.between(900, 20_000) as u64, self.rng.amount(6_000, 3_000_000));
        let lasted = self.rng.wait(40 * SECOND);
        self.flow(Flow { from, to, port: 443, protocol: 6, sent, received, lasted, allowed: true });
    }

    /// A name is looked up by a machine.
    pub fn resolve(&mut self, host: HostId, name: &str, kind: &str) {
        let company = self.company.clone();
        let servers = company.with_role(Role::Dns);
        let number = host.0 as usize % servers.len().max(1);
        let (Some(server), Some(log)) = (servers.get(number), self.logs.names.get(number).copied()) else {
            return;
        };
        let query = Query {
            object: 0x7f3a_1000_0000 + (self.rng.below(1 << 14) << 8),
            client: (self.address(host), self.rng.between(1_024, 65_535) as u16),
            view: "",
            name,
            record_type: kind,
            flags: "+E(0)K",
            server: company.host(*server).address,
        };
        self.sink.line(log, self.clock, self.mark, |out, at| query.asked(out, &at.civil, Channel::File));
        self.answer();
    }

    /// What the browser at an address calls itself: always the same for a while.
    pub(super) fn agent(&mut self, from: u32) -> String {
        let mut rng = self.company.rng.of("agent", u64::from(from));
        let mut text = Vec::new();
        if let Some(agent) = web::agent(&mut rng, "browser") {
            agent.text(&mut text, self.today());
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    /// The days since 1970 in Japan.
    pub fn today(&self) -> i64 {
        (self.clock.micros() + 9 * 3600 * SECOND).div_euclid(DAY)
    }
}

/// The address of a site in the internet, always the same.
pub fn internet(name: &str) -> u32 {
    let hash =
        name.bytes().fold(0x811c_9dc5u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    // 198.18.0.0/15, which no real site has.
    0xC612_0000 | (hash >> 8 & 0x1_FFFF)
}
