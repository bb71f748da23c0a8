//! Windows' own backup at night: shadow copies are made of servers' disks, and the oldest ones deleted.

use model::Time;

use super::machines::{Round, at_minute, date};
use crate::calendar;
use crate::clock::{MINUTE, SECOND};
use crate::company::{AccountId, Company, HostId, Os, Role};
use crate::world::{Logon, World};

/// The backup jobs of Windows servers, one after the other.
pub struct WindowsBackup {
    account: AccountId,
    minute: i64,
    /// The day of the week on which old copies go.
    tidies: i64,
    servers: Vec<HostId>,
}

impl WindowsBackup {
    /// Those of a company that has an account for it.
    pub fn new(company: &Company) -> Option<WindowsBackup> {
        let account = company.account_named("svc-backup")?;
        let mut rng = company.rng.of("windows backup plan", 0);
        let roles = [Role::DomainController, Role::FileServer, Role::Construction, Role::DirectoryOperations];
        let servers = roles.iter().flat_map(|role| company.with_role(*role)).copied();
        let servers = servers.filter(|host| company.host(*host).os == Os::Windows).take(24).collect();
        Some(WindowsBackup {
            account,
            minute: rng.between(22 * 60, 23 * 60 + 40),
            tidies: rng.between(0, 6),
            servers,
        })
    }
}

impl Round for WindowsBackup {
    fn next(&self, company: &Company, after: Time) -> Option<Time> {
        at_minute(company, after, ("windows backup begins", self.minute, 6), |_| true)
    }

    fn step(&mut self, world: &mut World, step: u64) -> Option<i64> {
        let server = self.servers.get(step as usize).copied()?;
        let today = date(world.now());
        // Each every third night.
        if (today + i64::from(server.0)) % 3 == 0 {
            let job = world.begin_job(server, self.account);
            let tidies = calendar::weekday(today) == self.tidies || world.rng.chance(1, 9);
            copy(world, &job, tidies);
            world.sign_out(job);
        }
        Some(world.rng.between(30 * SECOND, 4 * MINUTE))
    }
}

fn copy(world: &mut World, job: &Logon, tidies: bool) {
    let host = job.host;
    world.pass(SECOND, 4 * SECOND);
    world.type_command(job, "wbadmin", "start backup -backupTarget:E: -include:D: -quiet");
    world.pass(SECOND, 9 * SECOND);
    for service in ["VSS", "swprv"] {
        world.service_turns(host, service, true);
        world.pass(SECOND / 3, 4 * SECOND);
    }
    world.pass(2 * MINUTE, 25 * MINUTE);
    match world.rng.below(4) {
        0 => world.type_command(job, "vssadmin", "list shadows"),
        1 => world.type_command(job, "vssadmin", "list shadowstorage"),
        2 => world.type_command(job, "wbadmin", "get versions"),
        _ => 0,
    };
    if tidies {
        world.pass(2 * SECOND, 20 * SECOND);
        if world.rng.chance(1, 2) {
            world.type_command(job, "vssadmin", "delete shadows /for=D: /oldest /quiet");
        } else {
            world.type_command(job, "wbadmin", "delete backup -keepVersions:14 -quiet");
        }
    }
    world.pass(MINUTE, 5 * MINUTE);
    for service in ["swprv", "VSS"] {
        world.service_turns(host, service, false);
        world.pass(SECOND / 3, 4 * SECOND);
    }
}
