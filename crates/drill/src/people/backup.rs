//! The backup of a night: shares of the file servers, folder by folder; files of Linux servers over SSH; the repository's own copy.

use model::Time;

use super::machines::{Round, at_minute, date, servers, service_session};
use crate::calendar;
use crate::clock::{MINUTE, SECOND};
use crate::company::{AccountId, Company, HostId, Os, Role, TOKYO};
use crate::world::{Amount, Deed, Proof, World};

/// The backup server.
pub struct Backup {
    host: HostId,
    account: AccountId,
    /// The minute of the day at which it begins.
    minute: i64,
    /// The day of the week on which it reads more.
    full: i64,
    works: Vec<Work>,
}

#[derive(Clone, Copy)]
enum Work {
    /// A share of a Windows file server.
    Share(HostId, u16),
    /// A file server of another make, over its rsync daemon.
    Daemon(HostId),
    /// A Linux server, over SSH.
    Fetch(HostId),
    /// Its own repository.
    Repository,
}

impl Backup {
    /// The backup of a company that has a server for it.
    pub fn new(company: &Company) -> Option<Backup> {
        let host = company.with_role(Role::Backup).first().copied()?;
        let account = company.account_named("svc-backup")?;
        let mut rng = company.rng.of("backup plan", 0);
        let departments = 0..company.departments.len() as u16;
        let shares = departments.filter(|department| department % 4 != 3).map(|department| {
            Work::Share(company.near(Role::FileServer, TOKYO, u64::from(department)), department)
        });
        let mut works: Vec<Work> = shares.collect();
        works.extend(company.with_role(Role::Nas).iter().copied().map(Work::Daemon));
        let others = servers(company, Os::Linux);
        let others =
            others.into_iter().filter(|id| !matches!(company.host(*id).role, Role::Nas | Role::Backup));
        works.extend(others.map(Work::Fetch));
        works.push(Work::Repository);
        Some(Backup { host, account, minute: rng.between(20, 170), full: rng.between(5, 7) % 7, works })
    }

    fn share(&self, world: &mut World, (server, department): (HostId, u16)) {
        let today = date(world.now());
        let full = calendar::weekday(today) == self.full;
        let session = service_session(world, self.host, self.account);
        let share = world.open_share(&session, server, department);
        // What has changed since the last time; all folders in turn on one day of the week.
        let folders = if full { world.rng.between(5, 9) } else { world.rng.between(1, 3) };
        for _ in 0..folders {
            let folder = world.rng.early(400);
            world.touch(&share, folder, None, Deed::List);
            let files = world.rng.between(0, if full { 6 } else { 3 });
            for file in 0..files {
                world.pass(90_000, 4 * SECOND);
                world.touch(&share, folder, Some(file as u64), Deed::Read);
            }
        }
        world.close_share(share);
    }

    fn fetch(&self, world: &mut World, host: HostId) {
        let from = world.address(self.host);
        if world.rng.chance(1, 60) {
            // A machine that is being changed has not got the key for a night.
            world.ssh_refused(from, host, "svc-backup", true);
            return;
        }
        let shell = world.ssh_without_terminal(from, host, self.account, Proof::Key);
        let folders = ["/etc /home", "/etc /opt", "/var/lib", "/etc /srv"];
        let folder = folders.get(host.0 as usize % folders.len()).copied().unwrap_or("/etc");
        world.sudo(&shell, &format!("rsync --server --sender -logDtpre.iLsfxCIvu --numeric-ids . {folder}"));
        world.pass(5 * SECOND, 6 * MINUTE);
        world.leave_shell(shell);
    }

    fn amount(&self, world: &mut World) -> Amount {
        let seconds = world.rng.between(40, 1_500) as u64;
        Amount {
            files: world.rng.amount(2_000, 90_000),
            bytes: seconds * (world.rng.amount(6_000_000, 40_000_000)),
            seconds,
        }
    }
}

impl Round for Backup {
    fn next(&self, company: &Company, after: Time) -> Option<Time> {
        at_minute(company, after, ("backup begins", self.minute, 4), |_| true)
    }

    fn step(&mut self, world: &mut World, step: u64) -> Option<i64> {
        let company = world.company.clone();
        let work = self.works.get(step as usize).copied()?;
        if step == 0 {
            // The day's first ticket.
            let from = world.address(self.host);
            let first = world.arrive(from, company.the(Role::FileServer), self.account);
            world.sign_out(first);
        }
        let today = date(world.now());
        match work {
            Work::Share(server, department) => self.share(world, (server, department)),
            Work::Daemon(host) => {
                let amount = self.amount(world);
                world.rsync_fetched(host, self.host, "shares", amount);
            }
            // Each every other night.
            Work::Fetch(host) if (i64::from(host.0) + today) % 2 == 0 => self.fetch(world, host),
            Work::Fetch(_) => {}
            Work::Repository => {
                let amount = self.amount(world);
                let forgotten = if calendar::weekday(today) == self.full { 7 } else { 0 };
                world.backed_up(self.host, amount, forgotten);
            }
        }
        Some(world.rng.between(10 * SECOND, 4 * MINUTE))
    }
}
