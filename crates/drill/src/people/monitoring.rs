//! Monitoring: light checks around the clock, of one machine after the other.

use model::Time;

use super::machines::{Round, servers};
use crate::clock::{MINUTE, SECOND};
use crate::company::{AccountId, Company, HostId, Os, Role, TOKYO};
use crate::world::{Flow, Proof, World};

/// The monitoring server.
pub struct Monitoring {
    host: HostId,
    account: AccountId,
    /// Between two checks.
    interval: i64,
    /// Machines of other sites, which it asks over SNMP.
    far: Vec<HostId>,
    /// Linux machines, whose ports it knocks at.
    near: Vec<HostId>,
    checks: u64,
}

impl Monitoring {
    /// That of a company that has a server for it.
    pub fn new(company: &Company) -> Option<Monitoring> {
        let host = company.with_role(Role::Monitoring).first().copied()?;
        let account = company.account_named("svc-monitor")?;
        let mut rng = company.rng.of("monitoring plan", 0);
        let all = (0..company.hosts.len() as u32).map(HostId);
        let far = all
            .filter(|id| company.host(*id).site != TOKYO)
            .filter(|id| company.host(*id).role != Role::Client && !company.host(*id).role.is_fixture())
            .collect();
        let mut near = servers(company, Os::Linux);
        near.retain(|target| *target != host);
        let interval = [10, 15, 15].get(rng.below(3) as usize).copied().unwrap_or(15) * MINUTE;
        Some(Monitoring { host, account, interval, far, near, checks: 0 })
    }

    fn of(&self, list: &[HostId], every: u64) -> Option<HostId> {
        let number = self.checks.is_multiple_of(every).then_some(self.checks / every)?;
        list.get((number % list.len().max(1) as u64) as usize).copied()
    }

    fn log_in(&self, world: &mut World, target: HostId) {
        let from = world.address(self.host);
        let shell = world.ssh_without_terminal(from, target, self.account, Proof::Key);
        world.command(&shell, "df", &["-P"]);
        world.command(&shell, "uptime", &[]);
        world.pass(SECOND / 2, 3 * SECOND);
        world.leave_shell(shell);
    }
}

impl Round for Monitoring {
    fn next(&self, _: &Company, after: Time) -> Option<Time> {
        let whole = after.micros().div_euclid(self.interval) * self.interval;
        Some(Time::from_micros(whole + self.interval + 700_000))
    }

    fn step(&mut self, world: &mut World, _: u64) -> Option<i64> {
        let company = world.company.clone();
        self.checks += 1;
        let from = world.address(self.host);
        if let Some(target) = self.of(&self.far, 1) {
            let to = company.host(target).address;
            let sent = world.rng.between(400, 900) as u64;
            world.flow(Flow {
                from,
                to,
                port: 161,
                protocol: 17,
                sent,
                received: sent * 3,
                lasted: SECOND,
                allowed: true,
            });
            world.pass(20_000, SECOND);
        }
        if let Some(target) = self.of(&self.near, 2) {
            world.ssh_knock(from, target);
            world.pass(20_000, SECOND);
        }
        if let Some(target) = self.of(company.with_role(Role::OrderWeb), 3) {
            world.odd_request(from, target, "GET", "/health", 200);
            world.pass(20_000, SECOND);
        }
        if let Some(target) = self.of(&self.near, 12) {
            self.log_in(world, target);
        }
        None
    }
}
