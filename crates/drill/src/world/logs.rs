//! The logs of the company: which machine writes which, and where they lie.

use super::mail::MailLogs;
use super::unix::Linux;
use crate::clock::JST;
use crate::company::{Company, HostId, OSAKA, Os, Role, SINGAPORE, SiteId, TOKYO};
use crate::logs::{iis, windows_dhcp};
use crate::rng::Rng;
use crate::sink::{Encoding, Sink, TextId, TextSpec, WindowsId, WindowsSpec};

/// All logs.
#[derive(Debug)]
pub struct Logs {
    /// The firewalls and routers, by site.
    pub firewalls: Vec<Appliance>,
    /// Connection broker of the desktops, at Tokyo.
    pub horizon: TextId,
    /// The address server of the headquarters.
    pub dhcp: TextId,
    /// That of Osaka.
    pub kea: TextId,
    /// The order system's web server.
    pub order_web: TextId,
    /// And its database.
    pub database: TextId,
    /// The mail server and the webmail.
    pub mail: MailLogs,
    /// The construction-information server.
    pub construction: TextId,
    /// Forward proxies, in the order of their machines.
    pub proxies: Vec<TextId>,
    /// Name servers.
    pub names: Vec<TextId>,
    /// What fixtures send to the collector, where the company has any.
    pub fixtures: Option<TextId>,
    /// Where the address of a page is put together.
    pub page: String,
    /// File servers of another make, with their logs.
    nas: Vec<(HostId, TextId)>,
    /// Linux machines, by the number of the machine.
    pub linux: Vec<Option<Linux>>,
    /// By machine; clients and desktops share a collector.
    windows: Vec<Option<WindowsId>>,
}

/// A firewall or router, and the one log that it writes.
#[derive(Debug)]
pub struct Appliance {
    /// Which machine it is.
    pub host: HostId,
    /// Whose product it is.
    pub make: Make,
    /// Its name.
    pub name: String,
    /// Its serial number.
    pub serial: String,
    /// Its clock's distance from UTC in minutes.
    pub offset: i32,
    /// Its log.
    pub log: TextId,
    /// Its last session.
    pub session: u32,
    /// Its last record, where it counts them.
    pub sequence: u64,
}

/// Products that sites are guarded by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Make {
    /// Fortinet FortiGate.
    Fortigate,
    /// Yamaha RTX.
    Yamaha,
    /// Cisco ASA.
    Asa,
    /// Palo Alto Networks, PAN-OS.
    PaloAlto,
}

impl Logs {
    /// Names all logs; files are made when there is something to write.
    pub fn of(company: &Company, sink: &mut Sink) -> Logs {
        let the = |role| company.the(role);
        let all = |role: Role, sink: &mut Sink, file: &str| -> Vec<(HostId, TextId)> {
            company.with_role(role).iter().map(|host| (*host, text(company, sink, *host, file))).collect()
        };
        let only_logs = |logs: Vec<(HostId, TextId)>| logs.into_iter().map(|(_, log)| log).collect();
        let mail = (skew(company, the(Role::Mail)), skew(company, the(Role::Webmail)));
        Logs {
            windows: windows(company, sink),
            firewalls: firewalls(company, sink),
            page: String::new(),
            order_web: text(company, sink, the(Role::OrderWeb), "access.log"),
            database: text(company, sink, the(Role::OrderDatabase), "postgresql-{date}.csv"),
            mail: MailLogs::of(company, sink, mail),
            construction: construction(company, sink),
            dhcp: dhcp(company, sink),
            kea: text(company, sink, company.near(Role::Dhcp, OSAKA, 0), "kea-dhcp4.log"),
            horizon: text(company, sink, the(Role::VdiBroker), "horizon.log"),
            proxies: only_logs(all(Role::Proxy, sink, "access.log")),
            names: only_logs(all(Role::Dns, sink, "query.log")),
            nas: all(Role::Nas, sink, "samba-audit.log"),
            linux: Linux::all(company, sink),
            fixtures: fixtures(company, sink),
        }
    }

    /// The audit log of a file server of another make.
    pub fn nas(&self, host: HostId) -> Option<TextId> {
        self.nas.iter().find(|(own, _)| *own == host).map(|(_, log)| *log)
    }

    /// The event logs of a Windows machine.
    pub fn windows(&self, host: HostId) -> Option<WindowsId> {
        self.windows.get(host.0 as usize).copied().flatten()
    }
}

/// A log of text of a machine, by its own clock.
fn text(company: &Company, sink: &mut Sink, host: HostId, file: &str) -> TextId {
    let machine = company.host(host);
    sink.text(TextSpec {
        offset: company.site(machine.site).offset,
        skew: skew(company, host),
        ..TextSpec::new(format!("{}/{file}", machine.name))
    })
}

fn fixtures(company: &Company, sink: &mut Sink) -> Option<TextId> {
    let any = company.hosts.last().is_some_and(|host| host.role.is_fixture());
    any.then(|| text(company, sink, company.the(Role::Collector), "devices.log"))
}

/// The event logs of Windows machines: clients and desktops send theirs to a collector.
fn windows(company: &Company, sink: &mut Sink) -> Vec<Option<WindowsId>> {
    let collector = &company.host(company.the(Role::Collector)).name;
    let hosts = company.hosts.iter().enumerate();
    hosts
        .map(|(at, host)| {
            let forwarded = matches!(host.role, Role::Client | Role::VdiDesktop);
            (host.os == Os::Windows).then(|| {
                sink.windows_logs(WindowsSpec {
                    folder: if forwarded { collector.clone() } else { host.name.clone() },
                    computer: host.fqdn.clone(),
                    forwarded,
                    skew: skew(company, HostId(at as u32)),
                })
            })
        })
        .collect()
}

fn construction(company: &Company, sink: &mut Sink) -> TextId {
    let host = company.the(Role::Construction);
    sink.text(TextSpec {
        header: Some(|out, at| iis::header(out, at.time, iis::Fields::Usual)),
        carriage_return: true,
        offset: 0,
        skew: skew(company, host),
        ..TextSpec::new(format!("{}/u_ex{{yymmdd}}.log", company.host(host).name))
    })
}

fn dhcp(company: &Company, sink: &mut Sink) -> TextId {
    let host = company.the(Role::Dhcp);
    sink.text(TextSpec {
        encoding: Encoding::ShiftJis,
        header: Some(|out, _| windows_dhcp::preamble(out)),
        carriage_return: true,
        skew: skew(company, host),
        // Windows keeps a file for each day of the week, and begins it anew a week later; a collector keeps them all.
        ..TextSpec::new(format!("{}/DhcpSrvLog-{{weekday}}-{{date}}.log", company.host(host).name))
    })
}

/// The firewalls and routers of all sites.
fn firewalls(company: &Company, sink: &mut Sink) -> Vec<Appliance> {
    let mut rng = company.rng.of("firewalls", 0);
    let sites = (0..company.sites.len() as u8).map(SiteId);
    sites.map(|site| appliance(company, sink, (site, firewall(company, site)), &mut rng)).collect()
}

fn appliance(company: &Company, sink: &mut Sink, (site, host): (SiteId, HostId), rng: &mut Rng) -> Appliance {
    let (make, file) = match site {
        TOKYO => (Make::Fortigate, "fortigate.log"),
        OSAKA => (Make::Yamaha, "rtx.log"),
        SINGAPORE => (Make::Asa, "asa.log"),
        _ => (Make::PaloAlto, "panos.log"),
    };
    // Who looks after devices abroad sits in Tokyo: one is set to UTC, the others to Tokyo's time, which they write with its distance from UTC.
    let offset = if make == Make::Asa { 0 } else { JST };
    let number = rng.below(10_000_000_000);
    let serial = if make == Make::Fortigate {
        format!("FG200F{number:010}")
    } else {
        format!("{:012}", 10_000_000_000 + number)
    };
    let name = company.host(host).name.clone();
    let log =
        sink.text(TextSpec { offset, skew: skew(company, host), ..TextSpec::new(format!("{name}/{file}")) });
    let session = rng.below(1 << 28) as u32;
    Appliance { host, make, name, serial, offset, log, session, sequence: 7_000_000_000 + rng.below(1 << 30) }
}

/// The firewall or router of a site.
pub fn firewall(company: &Company, site: SiteId) -> HostId {
    company.near(Role::Firewall, site, 0)
}

/// How far a machine's clock, which is kept right by the network, is off: some hundredths of a second; a few are off by more.
pub fn skew(company: &Company, host: HostId) -> i64 {
    let mut rng = company.rng.of("clock", u64::from(host.0));
    if rng.chance(1, 20) { rng.between(-2_500_000, 2_500_000) } else { rng.between(-60_000, 60_000) }
}
