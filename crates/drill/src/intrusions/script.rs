//! What an intruder does, step by step, and when.

use std::collections::VecDeque;

use model::Time;

use super::Span;
use crate::clock::{DAY, HOUR, MINUTE};
use crate::company::{Company, HostId, PersonId};
use crate::engine::Actor;
use crate::rng::Rng;
use crate::truth::{Hop, Mark, Notes, Reading, Stage, Via};
use crate::world::{Database, Desktop, Logon, Mailbox, Seat, Share, Shell, Tunnel, World};

/// An intrusion as a list of steps in sittings: times at which the intruder sits down and does several things in a row. Beside them go routines:
/// what a program that was left behind does by itself.
pub struct Script {
    /// For what the script itself leaves to chance.
    pub rng: Rng,
    steps: VecDeque<Step>,
    routines: Vec<Routine>,
    hand: Hand,
    span: Span,
    /// When the next step takes place.
    next: Time,
    /// The minute of the day, in Japan, at which this intruder likes to begin.
    hour: i64,
    sittings: Vec<Time>,
    sitting: usize,
}

struct Step {
    when: When,
    stage: Stage,
    reason: &'static str,
    what: What,
}

enum When {
    /// In this sitting.
    Sitting(usize),
    /// So long after the last step, at least and at most.
    After(i64, i64),
}

/// Something that is done once.
type Once = Box<dyn FnOnce(&mut World, &mut Hand)>;
/// Something that is done again and again.
type Again = Box<dyn FnMut(&mut World, &mut Hand)>;

enum What {
    Once(Once),
    Begin((i64, i64), Again),
}

struct Routine {
    next: Time,
    every: (i64, i64),
    stage: Stage,
    reason: &'static str,
    deed: Again,
}

/// What an intruder holds open.
#[derive(Debug, Default)]
pub struct Hand {
    /// The number of the intrusion.
    pub intrusion: u8,
    /// A tunnel into the company.
    pub tunnel: Option<Tunnel>,
    /// A virtual desktop.
    pub desktop: Option<Desktop>,
    /// Sessions on Windows machines, the last one on top.
    pub logons: Vec<Logon>,
    /// Logins to Linux machines, the last one on top.
    pub shells: Vec<Shell>,
    /// As whom programs run that were left behind on a machine, where that is not root.
    pub programs: Vec<(HostId, &'static str)>,
    /// Shares.
    pub shares: Vec<Share>,
    /// Sessions of the webmail.
    pub mailboxes: Vec<Mailbox>,
    /// Connections to databases.
    pub databases: Vec<Database>,
    /// Rows of a table, in its order, once the intruder has seen it.
    pub rows: Vec<u64>,
    /// Bytes collected and not yet taken out.
    pub loot: u64,
}

impl Script {
    pub(super) fn new(intrusion: u8, span: Span, rng: &Rng) -> Script {
        let mut rng = rng.of("script", u64::from(intrusion));
        // Half of them keep to the hours of the victim, whose name they use.
        let hour = if rng.chance(1, 2) { rng.between(9 * 60, 15 * 60) } else { rng.between(0, 23 * 60) };
        let hand = Hand { intrusion, ..Hand::default() };
        Script {
            rng,
            steps: VecDeque::new(),
            routines: Vec::new(),
            hand,
            span,
            next: span.begin,
            hour,
            sittings: Vec::new(),
            sitting: 0,
        }
    }

    /// From now on the intruder likes to begin at some minute of the day between these two, in Japan.
    pub fn likes(&mut self, least: i64, most: i64) {
        self.hour = self.rng.between(least, most);
    }

    /// Those who work for the company when the intrusion begins: nobody steals the account of somebody who has yet to come.
    pub fn staff(&self, company: &Company) -> Vec<PersonId> {
        let day = (self.span.begin.micros() + 9 * HOUR).div_euclid(DAY);
        (0..company.people.len() as u32).map(PersonId).filter(|id| company.is_here(*id, day)).collect()
    }

    /// How long the intrusion may take, in microseconds.
    pub fn span(&self) -> i64 {
        (self.span.end.micros() - self.span.begin.micros()).max(DAY)
    }

    /// Spreads so many sittings over the time of the intrusion, in order: if they are days apart, each at about the hour that this intruder likes.
    pub fn sittings(&mut self, count: usize) {
        let each = self.span() / count.max(1) as i64;
        let begin = self.span.begin.micros();
        self.sittings = (0..count as i64)
            .map(|number| {
                let window = begin + number * each;
                let jitter = self.rng.around(0, 80 * MINUTE);
                if each < DAY {
                    let about = window + self.rng.between(0, each * 6 / 10);
                    return Time::from_micros((about + jitter).clamp(window, window + each * 7 / 10));
                }
                let midnight = (window + 9 * HOUR).div_euclid(DAY) * DAY - 9 * HOUR;
                let first = midnight + self.hour * MINUTE;
                let first = if first < window { first + DAY } else { first };
                let days = (window + each - 1 - first).div_euclid(DAY);
                let at = first + self.rng.between(0, days) * DAY;
                Time::from_micros((at + jitter).max(begin))
            })
            .collect();
    }

    /// The next step is the first of the next sitting.
    pub fn sit(
        &mut self,
        stage: Stage,
        reason: &'static str,
        deed: impl FnOnce(&mut World, &mut Hand) + 'static,
    ) {
        let when = When::Sitting(self.sitting);
        self.sitting += 1;
        self.steps.push_back(Step { when, stage, reason, what: What::Once(Box::new(deed)) });
    }

    /// A step so long after the one before.
    pub fn then(
        &mut self,
        (least, most): (i64, i64),
        stage: Stage,
        reason: &'static str,
        deed: impl FnOnce(&mut World, &mut Hand) + 'static,
    ) {
        self.steps.push_back(Step {
            when: When::After(least, most),
            stage,
            reason,
            what: What::Once(Box::new(deed)),
        });
    }

    /// From now on until the intruder is done, something is done again and again beside the steps, with pauses between `least` and `most`.
    pub fn routine(
        &mut self,
        (least, most): (i64, i64),
        stage: Stage,
        reason: &'static str,
        deed: impl FnMut(&mut World, &mut Hand) + 'static,
    ) {
        let what = What::Begin((least, most), Box::new(deed));
        self.steps.push_back(Step { when: When::After(20_000_000, 90_000_000), stage, reason, what });
    }

    /// Those of several optional parts that are done, each with its chance in a hundred, in the order in which they are done.
    pub fn some<T: Copy>(&mut self, parts: &[(u64, T)]) -> Vec<T> {
        let mut chosen = Vec::with_capacity(parts.len());
        for (chance, part) in parts {
            if self.rng.chance(*chance, 100) {
                let at = self.rng.below(chosen.len() as u64 + 1) as usize;
                chosen.insert(at, *part);
            }
        }
        chosen
    }

    /// When the first step takes place.
    pub fn first(&self) -> Option<Time> {
        if self.steps.is_empty() { None } else { self.sittings.first().copied() }
    }

    fn step(&mut self, world: &mut World) {
        let Some(step) = self.steps.pop_front() else { return };
        self.begin(world, step.stage, step.reason);
        match step.what {
            What::Once(deed) => deed(world, &mut self.hand),
            What::Begin(every, deed) => {
                let next = world.now();
                self.routines.push(Routine { next, every, stage: step.stage, reason: step.reason, deed });
            }
        }
        let Some(following) = self.steps.front() else { return };
        self.next = match following.when {
            When::Sitting(number) => {
                let planned = self.sittings.get(number).copied().unwrap_or(self.span.end);
                planned.max(world.after(10 * MINUTE))
            }
            When::After(least, most) => {
                let pause = world.rng.between(least, most);
                world.after(pause)
            }
        };
    }

    fn again(&mut self, world: &mut World, at: usize) {
        let Some(routine) = self.routines.get(at) else { return };
        self.begin(world, routine.stage, routine.reason);
        let Some(routine) = self.routines.get_mut(at) else { return };
        (routine.deed)(world, &mut self.hand);
        let pause = world.rng.between(routine.every.0, routine.every.1);
        routine.next = world.after(pause);
    }

    /// What follows is the intruder's.
    fn begin(&self, world: &mut World, stage: Stage, reason: &'static str) {
        world.set_mark(Some(Mark { intrusion: self.hand.intrusion, stage, reason }));
        let now = world.now();
        self.hand.notes(world).stages.entry(stage).or_insert(now);
    }
}

impl Actor for Script {
    fn act(&mut self, world: &mut World) -> Option<Time> {
        let now = world.now();
        match self.routines.iter().position(|routine| routine.next <= now) {
            Some(at) => self.again(world, at),
            None => self.step(world),
        }
        self.steps.front()?;
        self.routines.iter().map(|routine| routine.next).chain([self.next]).min()
    }
}

impl Hand {
    /// The session on that Windows machine.
    pub fn logon(&self, host: HostId) -> Option<Logon> {
        self.logons.iter().rfind(|logon| logon.host == host).cloned()
    }

    /// The login to that Linux machine.
    pub fn shell(&self, host: HostId) -> Option<Shell> {
        self.shells.iter().rfind(|shell| shell.host == host).cloned()
    }

    /// Where the intruder sits on a machine: in a session there, or else in the program that was left behind.
    pub fn seat(&self, host: HostId) -> Seat {
        if let Some(shell) = self.shell(host) {
            return Seat::Shell(shell);
        }
        if let Some(logon) = self.logon(host) {
            return Seat::Logon(logon);
        }
        let user = self.programs.iter().rfind(|(on, _)| *on == host).map_or("root", |(_, user)| *user);
        Seat::Service(host, user)
    }

    /// The intruder's diary.
    #[expect(clippy::indexing_slicing, reason = "the world was made with a diary for each intrusion")]
    pub fn notes<'w>(&self, world: &'w mut World) -> &'w mut Notes {
        &mut world.notes[usize::from(self.intrusion)]
    }

    /// Writes a move down.
    pub fn hop(
        &self,
        world: &mut World,
        (from, to): (&str, &str),
        account: &str,
        via: Via,
        techniques: &[&'static str],
    ) {
        let hop = Hop {
            time: world.now(),
            from: from.to_owned(),
            to: to.to_owned(),
            account: account.to_owned(),
            via,
            techniques: techniques.to_vec(),
        };
        self.notes(world).hop(hop);
    }

    /// Writes down that somebody or something took part.
    pub fn entity(&self, world: &mut World, kind: &'static str, name: &str) {
        self.notes(world).entity(kind, name);
    }

    /// Writes down that an object was read, and keeps what it held.
    pub fn read(&mut self, world: &mut World, store: &str, object: &str, bytes: u64) {
        let reading =
            Reading { time: world.now(), store: store.to_owned(), object: object.to_owned(), bytes };
        self.loot += bytes;
        self.notes(world).readings.push(reading);
    }

    /// Closes everything, the last opened first.
    pub fn leave(&mut self, world: &mut World) {
        for mailbox in self.mailboxes.drain(..) {
            world.leave_mailbox(mailbox);
        }
        for database in self.databases.drain(..) {
            world.leave_database(database);
        }
        for share in self.shares.drain(..) {
            world.close_share(share);
        }
        for logon in self.logons.drain(..).rev() {
            world.pass(400_000, 20_000_000);
            world.sign_out(logon);
        }
        for shell in self.shells.drain(..).rev() {
            world.pass(400_000, 6_000_000);
            world.leave_shell(shell);
        }
        if let Some(desktop) = self.desktop.take() {
            world.leave_desktop(desktop);
        }
        if let Some(tunnel) = self.tunnel.take() {
            world.pass(2_000_000, MINUTE);
            world.vpn_down(tunnel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(seed: u64, days: i64) -> Script {
        let begin = Time::from_micros(20_610 * DAY);
        Script::new(0, Span { begin, end: Time::from_micros(begin.micros() + days * DAY) }, &Rng::new(seed))
    }

    #[test]
    fn sittings_are_in_order_and_leave_time_before_the_end() {
        for seed in 0..200 {
            for (days, count) in [(2, 9), (3, 5), (6, 7)] {
                let mut script = script(seed, days);
                script.sittings(count);
                let sittings = &script.sittings;
                assert!(sittings.is_sorted() && sittings.iter().all(|at| *at >= script.span.begin));
                let least = script.span() / count as i64 * 3 / 10;
                assert!(sittings.last().is_some_and(|at| at.micros() + least <= script.span.end.micros()));
            }
        }
    }

    #[test]
    fn sittings_that_are_days_apart_begin_at_the_hour_that_the_intruder_likes() {
        for seed in 0..200 {
            let mut script = script(seed, 60);
            script.likes(22 * 60, 22 * 60);
            script.sittings(12);
            assert!(script.sittings.is_sorted());
            let ends = script.span.end.micros() + 2 * HOUR;
            for at in &script.sittings {
                let hour = (at.micros() + 9 * HOUR).rem_euclid(DAY) / HOUR;
                assert!((20..24).contains(&hour) && at.micros() < ends, "{hour}");
            }
        }
    }

    #[test]
    fn optional_parts_come_in_several_orders_and_are_left_out_now_and_then() {
        let mut seen: Vec<Vec<u32>> =
            (0..60).map(|seed| script(seed, 3).some(&[(100, 1), (50, 2), (0, 3)])).collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen, [vec![1], vec![1, 2], vec![2, 1]]);
    }
}
