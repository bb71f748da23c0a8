//! Distribution of software: packages to clients by day, to servers in a night of the month, a list of what is installed everywhere, and what
//! the antivirus of servers fetches.

use model::Time;

use super::machines::{Round, at_desk, at_minute, date, servers, service_session};
use crate::calendar::{self, Country};
use crate::clock::{MINUTE, SECOND};
use crate::company::{AccountId, Company, HostId, Os, PersonId, Role};
use crate::names::web;
use crate::world::{Program, Visit, World};

/// What the server does on working days: a package for some clients.
pub struct Deployment {
    host: HostId,
    account: AccountId,
    minute: i64,
    /// How many clients get the package of a day.
    clients: u64,
}

/// What it does at night: a look at every Windows server, and, once a month, updates.
pub struct Inventory {
    host: HostId,
    account: AccountId,
    minute: i64,
    weekday: i64,
    servers: Vec<HostId>,
}

/// What Windows servers do each morning: they fetch what their antivirus needs to know.
pub struct Definitions {
    minute: i64,
    servers: Vec<HostId>,
}

impl Definitions {
    /// That of a company.
    pub fn new(company: &Company) -> Definitions {
        let minute = company.rng.of("definitions plan", 0).between(2 * 60, 6 * 60);
        Definitions { minute, servers: servers(company, Os::Windows) }
    }
}

impl Round for Definitions {
    fn next(&self, company: &Company, after: Time) -> Option<Time> {
        at_minute(company, after, ("definitions begin", self.minute, 8), |_| true)
    }

    fn step(&mut self, world: &mut World, step: u64) -> Option<i64> {
        let server = self.servers.get(step as usize).copied()?;
        let received = world.rng.between(200_000, 9_000_000) as u64;
        let lasts = SECOND + (received / 10) as i64;
        let host = "definitions.tate-av.example";
        world.visit(
            server,
            None,
            &Visit { host, method: "CONNECT", path: "/", sent: 3_200, received, lasts },
        );
        Some(world.rng.between(2 * SECOND, 3 * MINUTE))
    }
}

impl Deployment {
    /// That of a company that has a server for it.
    pub fn new(company: &Company) -> Option<Deployment> {
        let (host, account) = server(company)?;
        let mut rng = company.rng.of("deployment plan", 0);
        let clients = (company.people.len() as u64 / 25).max(3);
        Some(Deployment { host, account, minute: rng.between(10 * 60, 15 * 60), clients })
    }
}

impl Round for Deployment {
    fn next(&self, company: &Company, after: Time) -> Option<Time> {
        let working = |date| calendar::is_working_day(Country::Japan, date);
        at_minute(company, after, ("deployment begins", self.minute, 50), working)
    }

    fn step(&mut self, world: &mut World, step: u64) -> Option<i64> {
        if step >= self.clients {
            return None;
        }
        let company = world.company.clone();
        if step == 0 {
            fetch(world, self.host);
        }
        let id = PersonId(world.rng.below(company.people.len() as u64) as u32);
        if at_desk(&company, id, world.now()) {
            let week = date(world.now()) / 7;
            install(world, (self.host, self.account), company.person(id).client, week);
        }
        Some(world.rng.between(15 * SECOND, 4 * MINUTE))
    }
}

impl Inventory {
    /// That of a company that has a server for it.
    pub fn new(company: &Company) -> Option<Inventory> {
        let (host, account) = server(company)?;
        let mut rng = company.rng.of("inventory plan", 0);
        let mut servers = servers(company, Os::Windows);
        servers.retain(|server| *server != host);
        Some(Inventory {
            host,
            account,
            minute: rng.between(19 * 60, 23 * 60),
            weekday: rng.between(1, 4),
            servers,
        })
    }
}

impl Round for Inventory {
    fn next(&self, company: &Company, after: Time) -> Option<Time> {
        at_minute(company, after, ("inventory begins", self.minute, 20), |date| {
            calendar::weekday(date) == self.weekday
        })
    }

    fn step(&mut self, world: &mut World, step: u64) -> Option<i64> {
        let server = self.servers.get(step as usize).copied()?;
        let today = date(world.now());
        let (_, _, day) = crate::clock::date_of(today);
        // The second time in the month is that of the updates.
        if (8..15).contains(&day) {
            install(world, (self.host, self.account), server, today / 7);
        } else {
            let session = service_session(world, self.host, self.account);
            let logon = world.connect(&session, server);
            world.powershell(
                &logon,
                "Get-HotFix | Sort-Object InstalledOn | Select-Object -Last 5 HotFixID, InstalledOn",
            );
            world.pass(2 * SECOND, 30 * SECOND);
            world.sign_out(logon);
        }
        Some(world.rng.between(20 * SECOND, 5 * MINUTE))
    }
}

fn server(company: &Company) -> Option<(HostId, AccountId)> {
    Some((company.with_role(Role::Deployment).first().copied()?, company.account_named("svc-deploy")?))
}

/// The package of a week on a machine: its agent comes as a service, and runs the installer.
fn install(world: &mut World, (host, account): (HostId, AccountId), target: HostId, week: i64) {
    const PACKAGES: [&str; 6] = ["pdfviewer", "vpnclient", "officefix", "assetagent", "avengine", "browser"];
    let package = PACKAGES.get(week.rem_euclid(6) as usize).copied().unwrap_or_default();
    let session = service_session(world, host, account);
    let logon = world.connect(&session, target);
    world.pass(SECOND, 5 * SECOND);
    if world.rng.chance(1, 3) {
        world.install_service(&logon, "HaitatsuAgent", r"C:\Windows\HaitatsuAgent\hagent.exe -service");
        world.pass(SECOND, 6 * SECOND);
    }
    let image = r"C:\Windows\System32\msiexec.exe";
    let command =
        format!(r"msiexec.exe /i C:\Windows\HaitatsuAgent\cache\{package}-{}.msi /qn /norestart", week % 90);
    world.run(&logon, &Program { image, command: &command, parent: r"C:\Windows\HaitatsuAgent\hagent.exe" });
    world.pass(10 * SECOND, 3 * MINUTE);
    world.sign_out(logon);
}

/// Packages from the internet.
fn fetch(world: &mut World, host: HostId) {
    for _ in 0..world.rng.between(1, 4) {
        let Some(site) = web::site(&mut world.rng, "update") else { return };
        let received = world.rng.amount(400_000, 300_000_000);
        let lasts = 2 * SECOND + (received / 20) as i64;
        let visit = Visit {
            host: site.host,
            method: "CONNECT",
            path: "/",
            sent: 4_000 + received / 200,
            received,
            lasts,
        };
        world.visit(host, None, &visit);
        world.pass(5 * SECOND, MINUTE);
    }
}
