//! What works by itself: backup, scanner, distribution of software, monitoring, timed jobs.
//!
//! In: the company. Out: an actor for each, whose work comes in rounds: a night's backup, a week's scan. A round begins by a timetable that follows
//! from the company and the date alone, and is done a step at a time, so that others act in between.

use model::Time;

use super::abroad::caretakers;
use super::backup::Backup;
use super::day::{self, Place};
use super::deployment::{Definitions, Deployment, Inventory};
use super::jobs::Jobs;
use super::monitoring::Monitoring;
use super::saved_passwords::SavedPasswords;
use super::scanner::Scanner;
use super::staffing::Staffing;
use super::windows_backup::WindowsBackup;
use crate::clock::{DAY, HOUR, MINUTE};
use crate::company::{AccountId, Company, HostId, Os, PersonId, Role};
use crate::engine::{Actor, Engine};
use crate::logs::windows::logon::LogonType;
use crate::world::{Logon, World};

/// Work that is done again and again.
pub trait Round {
    /// When the next round after a moment begins.
    fn next(&self, company: &Company, after: Time) -> Option<Time>;

    /// Does a step of a round, and says how long it is to the next one; `None` where the round is over.
    fn step(&mut self, world: &mut World, step: u64) -> Option<i64>;
}

/// A machine at its rounds.
struct Rounds<R> {
    round: R,
    step: u64,
}

impl<R: Round> Actor for Rounds<R> {
    fn act(&mut self, world: &mut World) -> Option<Time> {
        match self.round.step(world, self.step) {
            Some(pause) => {
                self.step += 1;
                Some(world.after(pause))
            }
            None => {
                self.step = 0;
                let company = world.company.clone();
                self.round.next(&company, world.now())
            }
        }
    }
}

/// All machines that work by themselves begin to.
pub fn start_up(engine: &mut Engine, company: &Company, start: Time) {
    if let Some(backup) = Backup::new(company) {
        add(engine, company, start, ("backup", 0), backup);
    }
    if let Some(scanner) = Scanner::new(company) {
        add(engine, company, start, ("scanner", 0), scanner);
    }
    if let Some(deployment) = Deployment::new(company) {
        add(engine, company, start, ("deployment", 0), deployment);
    }
    if let Some(inventory) = Inventory::new(company) {
        add(engine, company, start, ("inventory", 0), inventory);
    }
    add(engine, company, start, ("definitions", 0), Definitions::new(company));
    if let Some(monitoring) = Monitoring::new(company) {
        add(engine, company, start, ("monitoring", 0), monitoring);
    }
    if let Some(backup) = WindowsBackup::new(company) {
        add(engine, company, start, ("windows backup", 0), backup);
    }
    add(engine, company, start, ("staffing", 0), Staffing::new(company, start));
    add(engine, company, start, ("saved passwords", 0), SavedPasswords::new(company));
    for caretaker in caretakers(company) {
        let number = u64::from(caretaker.id().0);
        add(engine, company, start, ("caretaker", number), caretaker);
    }
    for host in servers(company, Os::Linux) {
        add(engine, company, start, ("jobs", u64::from(host.0)), Jobs::new(company, host));
    }
}

fn add(
    engine: &mut Engine,
    company: &Company,
    start: Time,
    (name, number): (&str, u64),
    round: impl Round + 'static,
) {
    if let Some(first) = round.next(company, start) {
        engine.add(Box::new(Rounds { round, step: 0 }), company.rng.of(name, number), first);
    }
}

/// All servers that run a system, in order; no client, no virtual desktop.
pub fn servers(company: &Company, os: Os) -> Vec<HostId> {
    let all = (0..company.hosts.len() as u32).map(HostId);
    let is_server = |id: &HostId| {
        let host = company.host(*id);
        host.os == os && !matches!(host.role, Role::Client | Role::VdiDesktop | Role::Firewall)
    };
    all.filter(is_server).collect()
}

/// The first moment after `after` that is on a day that fits, at about so many minutes of the day in Japan.
pub fn at_minute(
    company: &Company,
    after: Time,
    (name, minute, spread): (&str, i64, i64),
    fits: impl Fn(i64) -> bool,
) -> Option<Time> {
    let today = date(after);
    (today - 1..today + 40).filter(|date| fits(*date)).find_map(|date| {
        let late = company.rng.of(name, date as u64).between(0, spread * MINUTE);
        let at = Time::from_micros(date * DAY - 9 * HOUR + minute * MINUTE + late);
        (at > after).then_some(at)
    })
}

/// The days since 1970 in Japan.
pub fn date(time: Time) -> i64 {
    (time.micros() + 9 * HOUR).div_euclid(DAY)
}

/// What a service has instead of a session on its own machine: it comes from there, and nobody signed in.
pub fn service_session(world: &World, host: HostId, account: AccountId) -> Logon {
    Logon { host, account, id: 0x3e7, kind: LogonType::Service, from: None, since: world.now() }
}

/// Whether somebody sits at their desk now, with their machine running.
pub fn at_desk(company: &Company, id: PersonId, now: Time) -> bool {
    let before = Time::from_micros(now.micros() - 18 * HOUR);
    day::next(company, id, before).is_some_and(|day| {
        matches!(day.place, Place::Office) && day.start.micros() + 10 * MINUTE < now.micros() && now < day.end
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SECOND;

    #[test]
    fn a_round_of_the_night_begins_once_each_night() {
        let company = crate::company::company(1, 60);
        let mut time = Time::parse("2026-06-01T00:00:00Z").unwrap();
        for _ in 0..20 {
            let next = at_minute(&company, time, ("a round", 100, 20), |_| true).unwrap();
            let waited = next.micros() - time.micros();
            assert!(
                (0..DAY + 30 * MINUTE).contains(&waited) && date(next) == date(time) + i64::from(waited > 0)
            );
            assert_eq!(at_minute(&company, time, ("a round", 100, 20), |_| true), Some(next));
            time = Time::from_micros(next.micros() + SECOND);
        }
    }

    #[test]
    fn every_machine_that_works_by_itself_is_there_in_a_small_company() {
        let company = crate::company::company(2, 60);
        let mut engine = Engine::default();
        start_up(&mut engine, &company, Time::parse("2026-06-01T00:00:00Z").unwrap());
        assert!(Backup::new(&company).is_some() && Scanner::new(&company).is_some());
        assert!(Deployment::new(&company).is_some() && Monitoring::new(&company).is_some());
    }

    #[test]
    fn nobody_is_at_their_desk_in_the_middle_of_a_sunday_night() {
        let company = crate::company::company(2, 200);
        let night = Time::parse("2026-06-06T18:00:00Z").unwrap();
        let noon = Time::parse("2026-06-03T05:00:00Z").unwrap();
        let count = |time| (0..200).filter(|id| at_desk(&company, PersonId(*id), time)).count();
        assert!(count(night) < 12 && count(noon) > 60, "{} {}", count(night), count(noon));
    }
}
