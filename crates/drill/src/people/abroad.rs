//! Sites abroad: somebody there looks after the site's servers beside their work, signs in with their daily account and a password, goes on from there
//! to the other sites' servers and to the cloud's, and, when on the road, comes straight from the internet.

use model::Time;

use super::day::{self, Place};
use super::machines::Round;
use crate::clock::{MINUTE, SECOND};
use crate::company::{AMERICA, Company, HostId, Os, PersonId, Role, SINGAPORE, SiteId, THAILAND};
use crate::world::{How, Logon, Proof, Seat, Shell, World};

/// Somebody who looks after the servers of a site abroad.
pub struct Caretaker {
    id: PersonId,
    site: SiteId,
    /// Out of 100 working days, how many with a look at the servers.
    often: u64,
}

/// All of them: one or two for each site.
pub fn caretakers(company: &Company) -> Vec<Caretaker> {
    [SINGAPORE, THAILAND, AMERICA].into_iter().flat_map(|site| of(company, site)).collect()
}

fn of(company: &Company, site: SiteId) -> Vec<Caretaker> {
    let mut rng = company.rng.of("caretakers", u64::from(site.0));
    let here = (0..company.people.len() as u32).map(PersonId);
    let here: Vec<PersonId> = here
        .filter(|id| company.person(*id).site == site && company.person(*id).joined == 0)
        .take(200)
        .collect();
    let count = if here.len() > 20 { 2 } else { 1 };
    let chosen = (0..count).filter_map(|_| rng.pick(&here).copied());
    let chosen: Vec<PersonId> = chosen.collect();
    chosen.into_iter().map(|id| Caretaker { id, site, often: rng.between(45, 85) as u64 }).collect()
}

impl Caretaker {
    /// Who it is.
    pub fn id(&self) -> PersonId {
        self.id
    }

    fn server(&self, world: &mut World, os: Os) -> Option<HostId> {
        let company = world.company.clone();
        let here = company.with_role(Role::Overseas).iter().copied();
        here.filter(|id| company.host(*id).site == self.site).find(|id| company.host(*id).os == os)
    }

    /// A server of another site, or the cloud's.
    fn farther(&self, world: &mut World) -> Option<HostId> {
        let company = world.company.clone();
        if world.rng.chance(2, 5) {
            return Some(company.the(Role::CloudOperations));
        }
        let others = company.with_role(Role::Overseas).iter().copied();
        let others: Vec<HostId> = others.filter(|id| company.host(*id).site != self.site).collect();
        world.rng.pick(&others).copied()
    }

    fn desktop(&self, world: &mut World, seat: &Seat) {
        let company = world.company.clone();
        let account = company.person(self.id).account;
        let Some(server) = self.server(world, Os::Windows) else { return };
        world.start_desktop(seat, server, account);
        let from = world.seat_address(seat);
        if world.rng.chance(1, 9) {
            for _ in 0..1 + world.rng.early(3) {
                world.mistype(server, account, How::Remote(from));
                world.pass(5 * SECOND, 30 * SECOND);
            }
        }
        let there = world.sign_in(server, account, How::Remote(from));
        world.pass(10 * SECOND, 2 * MINUTE);
        work(world, &there);
        if world.rng.chance(1, 3)
            && let Some(next) = self.farther(world)
        {
            self.onward(world, &there, next);
        }
        world.pass(20 * SECOND, 6 * MINUTE);
        world.sign_out(there);
    }

    fn onward(&self, world: &mut World, there: &Logon, next: HostId) {
        let company = world.company.clone();
        let account = company.person(self.id).account;
        if company.host(next).os == Os::Windows {
            let second = world.remote_desktop(there, next, account);
            world.pass(10 * SECOND, MINUTE);
            work(world, &second);
            world.pass(10 * SECOND, 3 * MINUTE);
            return world.sign_out(second);
        }
        self.log_in(world, &Seat::from(there), next, false);
    }

    /// A login over SSH; perhaps on from there.
    fn log_in(&self, world: &mut World, seat: &Seat, server: HostId, on: bool) {
        let company = world.company.clone();
        let account = company.person(self.id).account;
        if world.rng.chance(1, 8) {
            for _ in 0..1 + world.rng.early(3) {
                world.ssh_refused(seat, server, &company.account(account).name, true);
                world.pass(3 * SECOND, 20 * SECOND);
            }
        }
        let proof = if world.rng.chance(3, 4) { Proof::Password } else { Proof::Key };
        let shell = world.ssh(seat, server, account, proof);
        world.pass(2 * SECOND, 20 * SECOND);
        look(world, &shell);
        if on
            && world.rng.chance(1, 3)
            && let Some(next) = self.farther(world)
        {
            self.go_on(world, &shell, next);
        }
        world.pass(4 * SECOND, 4 * MINUTE);
        world.leave_shell(shell);
    }

    /// From one machine with Linux to the next one, of whatever make.
    fn go_on(&self, world: &mut World, shell: &Shell, next: HostId) {
        let company = world.company.clone();
        if company.host(next).os == Os::Linux {
            return self.log_in(world, &Seat::from(shell), next, false);
        }
        // A share of a server with Windows, from Linux.
        let from = world.address(shell.host);
        let there = world.arrive(from, next, company.person(self.id).account);
        world.pass(5 * SECOND, 3 * MINUTE);
        world.sign_out(there);
    }
}

impl Round for Caretaker {
    fn next(&self, company: &Company, after: Time) -> Option<Time> {
        let day = day::next(company, self.id, after)?;
        let mut rng = company.rng.of("caretaker", u64::from(self.id.0)).of("day", day.start.micros() as u64);
        let (start, end) = (day.start.micros() + 20 * MINUTE, day.end.micros() - 40 * MINUTE);
        Some(Time::from_micros(rng.between(start, end.max(start))))
    }

    fn step(&mut self, world: &mut World, step: u64) -> Option<i64> {
        let company = world.company.clone();
        if step == 0 && !world.rng.chance(self.often, 100) {
            return None;
        }
        if step > world.rng.early(3) {
            return None;
        }
        let before = Time::from_micros(world.now().micros() - 18 * 60 * MINUTE);
        let place = day::next(&company, self.id, before).map(|day| day.place);
        let person = company.person(self.id);
        // At home and on the road it is too far to the tunnel in Tokyo; the site's own door is open.
        let outside = !matches!(place, Some(Place::Office)) || world.rng.chance(1, 15);
        let seat = if outside { Seat::Address(person.home) } else { world.seat_at(person.client) };
        if outside && world.rng.chance(1, 4) {
            // That of the cloud can be reached from everywhere.
            self.log_in(world, &seat, company.the(Role::CloudOperations), false);
        } else if outside || world.rng.chance(3, 5) {
            self.desktop(world, &seat);
        } else if let Some(server) = self.server(world, Os::Linux) {
            self.log_in(world, &seat, server, true);
        }
        Some(world.rng.between(20 * MINUTE, 90 * MINUTE))
    }
}

/// What is looked at on a server with Windows.
fn work(world: &mut World, there: &Logon) {
    const COMMANDS: [(&str, &str); 11] = [
        ("ipconfig", "/all"),
        ("quser", ""),
        ("net", "share"),
        ("tasklist", "/v"),
        ("systeminfo", ""),
        ("hostname", ""),
        ("whoami", "/all"),
        ("netstat", "-ano"),
        ("net", "localgroup administrators"),
        ("net", "view /all"),
        ("arp", "-a"),
    ];
    for _ in 0..1 + world.rng.early(4) {
        if world.rng.chance(1, 4) {
            world.click(there, r"C:\Windows\System32\mmc.exe", r"C:\Windows\System32\services.msc");
        } else {
            let at = world.rng.early(COMMANDS.len() as u64) as usize;
            let Some((program, arguments)) = COMMANDS.get(at) else { continue };
            world.type_command(there, program, arguments);
        }
        world.pass(4 * SECOND, MINUTE);
    }
}

/// What is looked at on one with Linux.
fn look(world: &mut World, shell: &Shell) {
    const LOOKS: [(&str, &[&str]); 9] = [
        ("df", &["-h"]),
        ("id", &[]),
        ("w", &[]),
        ("ps", &["aux"]),
        ("uname", &["-a"]),
        ("last", &["-n", "50"]),
        ("ip", &["addr"]),
        ("cat", &["/etc/hosts"]),
        ("ls", &["-la", "/home"]),
    ];
    for _ in 0..1 + world.rng.early(4) {
        let at = world.rng.early(LOOKS.len() as u64) as usize;
        let Some((program, arguments)) = LOOKS.get(at) else { continue };
        world.command(shell, program, arguments);
        world.pass(2 * SECOND, 30 * SECOND);
    }
    if world.distribution(shell.host).is_some() && world.rng.chance(1, 4) {
        world.sudo(shell, "journalctl -p err --since today");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_site_abroad_has_somebody_for_its_servers() {
        let company = crate::company::company(1, 50);
        let mut sites: Vec<SiteId> =
            caretakers(&company).iter().map(|one| company.person(one.id).site).collect();
        sites.dedup();
        assert_eq!(sites, [SINGAPORE, THAILAND, AMERICA]);
    }
}
