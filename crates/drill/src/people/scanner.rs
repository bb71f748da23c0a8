//! The vulnerability scanner: once a week it touches every server, as an intruder who looks around would, from an address that everybody knows.

use model::Time;

use super::machines::{Round, at_minute, servers, service_session};
use crate::calendar;
use crate::clock::{MINUTE, SECOND};
use crate::company::{AccountId, Company, HostId, Os, Role, TOKYO};
use crate::world::{Flow, Proof, World};

/// The scanner.
pub struct Scanner {
    host: HostId,
    account: AccountId,
    minute: i64,
    weekday: i64,
    targets: Vec<HostId>,
}

impl Scanner {
    /// The scanner of a company that has one.
    pub fn new(company: &Company) -> Option<Scanner> {
        let host = company.with_role(Role::Scanner).first().copied()?;
        let account = company.account_named("svc-scan")?;
        let mut rng = company.rng.of("scan plan", 0);
        let mut targets = servers(company, Os::Linux);
        targets.extend(servers(company, Os::Windows));
        targets.retain(|target| *target != host);
        targets.extend(company.with_role(Role::VdiDesktop).iter().step_by(7).take(12));
        let minute =
            if rng.chance(1, 2) { rng.between(12 * 60, 15 * 60) } else { rng.between(21 * 60, 23 * 60) };
        Some(Scanner { host, account, minute, weekday: rng.between(0, 6), targets })
    }

    fn linux(&self, world: &mut World, target: HostId) {
        let from = world.address(self.host);
        for _ in 0..world.rng.between(1, 3) {
            world.ssh_knock(from, target);
            world.pass(SECOND, 20 * SECOND);
        }
        let names = [("root", true), ("admin", false), ("guest", false), ("test", false), ("oracle", false)];
        for (name, exists) in names {
            if world.rng.chance(1, 3) {
                world.ssh_refused(from, target, name, exists);
                world.pass(SECOND, 8 * SECOND);
            }
        }
        // With its own account it looks at what is installed.
        if target.0.is_multiple_of(2) {
            let shell = world.ssh_without_terminal(from, target, self.account, Proof::Key);
            for (program, arguments) in [
                ("uname", ["-a"].as_slice()),
                ("cat", &["/etc/os-release"]),
                ("rpm", &["-qa"]),
                ("ss", &["-tulpn"]),
            ] {
                world.command(&shell, program, arguments);
                world.pass(SECOND / 2, 3 * SECOND);
            }
            world.leave_shell(shell);
        }
    }

    fn windows(&self, world: &mut World, target: HostId) {
        let session = service_session(world, self.host, self.account);
        for _ in 0..world.rng.below(3) {
            world.connect_refused(&session, target, self.account);
            world.pass(SECOND, 10 * SECOND);
        }
        let from = world.address(self.host);
        let logon = world.arrive(from, target, self.account);
        world.pass(4 * SECOND, 2 * MINUTE);
        world.sign_out(logon);
    }

    fn web(&self, world: &mut World, target: HostId) {
        const TARGETS: [(&str, &str, u16); 14] = [
            ("GET", "/", 200),
            ("GET", "/robots.txt", 404),
            ("GET", "/.git/HEAD", 404),
            ("GET", "/.env", 404),
            ("GET", "/admin/", 404),
            ("GET", "/server-status", 403),
            ("GET", "/phpinfo.php", 404),
            ("GET", "/backup.zip", 404),
            ("GET", "/test.php", 404),
            ("GET", "/manager/html", 404),
            ("OPTIONS", "/", 200),
            ("TRACE", "/", 405),
            ("GET", "/login?next=%2F", 404),
            ("GET", "/nonexistent-check-8471.html", 404),
        ];
        let from = world.address(self.host);
        for (method, path, status) in TARGETS {
            if world.rng.chance(4, 5) {
                world.odd_request(from, target, method, path, status);
                world.pass(SECOND / 20, 2 * SECOND);
            }
        }
    }

    /// What the firewalls see of a target in another network.
    fn ports(&self, world: &mut World, target: HostId) {
        let company = world.company.clone();
        let (from, to) = (world.address(self.host), company.host(target).address);
        let open: &[u16] = if company.host(target).os == Os::Windows { &[135, 445, 3389] } else { &[22, 80] };
        for port in [21, 22, 23, 80, 135, 443, 445, 3389, 5985, 8080] {
            let allowed = open.contains(&port);
            let (sent, received) = if allowed { (1_400, 2_100) } else { (60, 0) };
            let lasted = world.rng.between(20_000, 4 * SECOND);
            world.flow(Flow { from, to, port, protocol: 6, sent, received, lasted, allowed });
            world.pass(5_000, SECOND);
        }
    }
}

impl Round for Scanner {
    fn next(&self, company: &Company, after: Time) -> Option<Time> {
        at_minute(company, after, ("scan begins", self.minute, 10), |date| {
            calendar::weekday(date) == self.weekday
        })
    }

    fn step(&mut self, world: &mut World, step: u64) -> Option<i64> {
        let company = world.company.clone();
        let target = self.targets.get(step as usize).copied()?;
        let host = company.host(target);
        if host.site != TOKYO || host.role == Role::VdiDesktop {
            self.ports(world, target);
        }
        match (host.role, host.os) {
            (Role::VdiDesktop, _) => {}
            (_, Os::Linux) => self.linux(world, target),
            (_, Os::Windows) => self.windows(world, target),
            (_, Os::Appliance) => {}
        }
        if matches!(host.role, Role::OrderWeb | Role::Webmail | Role::Construction) {
            self.web(world, target);
        }
        Some(world.rng.between(30 * SECOND, 5 * MINUTE))
    }
}
