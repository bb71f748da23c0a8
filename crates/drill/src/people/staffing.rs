//! Who comes, and who goes to another department: administrators make an account some days before, and change groups some days after.
//!
//! In: the dates that the company has for it. Out: the directory's events at working hours, and accounts on the machines of those who work with Linux.

use model::Time;

use super::administrator::{Duty, Ways};
use super::desk::{self, Desk};
use super::machines::{Round, date};
use super::windows_work;
use crate::clock::{DAY, HOUR, MINUTE, SECOND};
use crate::company::{Company, HostId, Move, PersonId, Remote, Role};
use crate::world::World;

/// All changes of the staff from a day on.
pub struct Staffing {
    desk: Desk,
    changes: Vec<(Time, Change)>,
    done: usize,
}

#[derive(Clone, Copy)]
enum Change {
    /// The account of somebody who will come.
    Account(PersonId),
    /// The same on machines that run Linux.
    Linux(PersonId),
    /// Somebody's groups after a move.
    Groups(PersonId, Move),
}

/// For so many days changes are known beforehand; no drill lasts longer.
const KNOWN: i64 = 420;

impl Staffing {
    /// Those of a company from a moment on.
    pub fn new(company: &Company, start: Time) -> Staffing {
        let first = date(start);
        let mut changes = Vec::new();
        for id in (0..company.people.len() as u32).map(PersonId) {
            let mut rng = company.rng.of("staffing", u64::from(id.0));
            let mut add = |day: i64, change| {
                if day >= first {
                    let minute = rng.between(9 * 60 + 20, 16 * 60 + 40);
                    let at = day * DAY - 9 * HOUR + minute * MINUTE + rng.between(0, MINUTE);
                    changes.push((Time::from_micros(at), change));
                }
            };
            let person = company.person(id);
            if person.joined > 0 {
                let day = company.account_made(id);
                add(day, Change::Account(id));
                if with_linux(company, person.department) {
                    add(day + 1, Change::Linux(id));
                }
            }
            for one in company.moves(id, first + KNOWN) {
                add(one.regrouped, Change::Groups(id, one));
                if with_linux(company, one.to) && !with_linux(company, one.from) {
                    add(one.regrouped + 1, Change::Linux(id));
                }
            }
        }
        changes.sort_by_key(|(time, _)| *time);
        Staffing { desk: Desk::new(company), changes, done: 0 }
    }
}

impl Round for Staffing {
    fn next(&self, _: &Company, after: Time) -> Option<Time> {
        let (time, _) = self.changes.get(self.done)?;
        Some((*time).max(Time::from_micros(after.micros() + SECOND)))
    }

    fn step(&mut self, world: &mut World, step: u64) -> Option<i64> {
        let (_, change) = self.changes.get(self.done).copied()?;
        let duties: &[Duty] = match change {
            Change::Linux(_) => &[Duty::Linux, Duty::Orders],
            _ => &[Duty::HelpDesk, Duty::Windows],
        };
        match self.desk.call(world, duties) {
            Some((by, ways)) => done(world, (by, &ways), change),
            // On a day when nobody is in the office it waits, but not for ever.
            None if step < 200 => return Some(40 * MINUTE),
            None => {}
        }
        self.done += 1;
        None
    }
}

fn done(world: &mut World, (by, ways): (PersonId, &Ways), change: Change) {
    if let Change::Linux(id) = change {
        return on_linux(world, (by, ways), id);
    }
    let jump = desk::sit_down(world, by, ways);
    world.pass(20 * SECOND, 4 * MINUTE);
    let there = windows_work::operations(world, &jump);
    let company = world.company.clone();
    match change {
        Change::Account(id) => {
            let person = company.person(id);
            world.create_account_of(&there, person.account);
            let mut groups = vec![company.group(person.department)];
            groups.extend(own_rights(&company, id, person.department));
            groups.extend((person.remote != Remote::Never).then(|| "VPN-Users".to_owned()));
            groups.extend((person.remote == Remote::Byod).then(|| "Remote Desktop Users".to_owned()));
            groups.extend((person.habits.orders > 0).then(|| "Order-Users".to_owned()));
            for group in groups {
                world.pass(8 * SECOND, 90 * SECOND);
                world.add_to_group(&there, person.account, &group);
            }
            world.pass(5 * SECOND, MINUTE);
            world.change_account(&there, person.account);
        }
        Change::Groups(id, one) => {
            let account = company.person(id).account;
            world.change_account(&there, account);
            for (department, joins) in [(one.to, true), (one.from, false)] {
                let rights = own_rights(&company, id, department);
                for group in std::iter::once(company.group(department)).chain(rights) {
                    world.pass(8 * SECOND, 90 * SECOND);
                    if joins {
                        world.add_to_group(&there, account, &group);
                    } else {
                        world.remove_from_group(&there, account, &group);
                    }
                }
            }
        }
        Change::Linux(_) => {}
    }
    world.pass(5 * SECOND, MINUTE);
    world.sign_out(there);
    world.pass(10 * SECOND, 3 * MINUTE);
    world.sign_out(jump);
}

/// Some have rights of their own beside those of their department's group.
fn own_rights(company: &Company, id: PersonId, department: u16) -> Option<String> {
    let own =
        company.rng.of("own rights", u64::from(id.0)).of("department", u64::from(department)).chance(1, 4);
    own.then(|| format!("DL-{}-RW", company.share_name(department).to_uppercase()))
}

/// An account on some of the developers' servers.
fn on_linux(world: &mut World, (by, ways): (PersonId, &Ways), id: PersonId) {
    let company = world.company.clone();
    let seat = world.seat_at(company.person(by).client);
    let all = company.with_role(Role::Development);
    let count = 1 + world.rng.below(2) as usize;
    let some: Vec<HostId> = all
        .iter()
        .cycle()
        .skip(id.0 as usize % all.len().max(1))
        .take(count.min(all.len()))
        .copied()
        .collect();
    for server in some {
        let shell = world.ssh(&seat, server, ways.account, ways.proof);
        world.pass(5 * SECOND, 40 * SECOND);
        world.add_account_of(&shell, company.person(id).account);
        if world.rng.chance(1, 2) {
            world.pass(3 * SECOND, 20 * SECOND);
            let name = &company.account(company.person(id).account).name;
            world.sudo(&shell, &format!("usermod -aG developers {name}"));
        }
        world.pass(3 * SECOND, MINUTE);
        world.leave_shell(shell);
    }
}

/// Whether people of a department work on machines that run Linux.
fn with_linux(company: &Company, department: u16) -> bool {
    matches!(company.share_name(department), "dev" | "research" | "netops" | "netdesign" | "cloudops")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_who_comes_has_one_account_made_and_everybody_who_moves_other_groups() {
        let company = crate::company::company(1, 2_000);
        let start = Time::parse("2026-05-31T15:00:00Z").unwrap();
        let staffing = Staffing::new(&company, start);
        let count = |fits: fn(&Change) -> bool| staffing.changes.iter().filter(|(_, one)| fits(one)).count();
        let later = |id: &PersonId| company.account_made(*id) >= date(start);
        let come = (0..2_000).map(PersonId).filter(later).count();
        assert_eq!(count(|one| matches!(one, Change::Account(_))), come);
        assert!(count(|one| matches!(one, Change::Groups(..))) > 100);
        assert!(count(|one| matches!(one, Change::Linux(_))) > come / 10);
        assert!(staffing.changes.iter().all(|(time, _)| *time > start));
    }
}
