//! Somebody's life with a second account, for administration, beside their daily work.
//!
//! Some times a day they sit down to it: a remote desktop on the jump host with the admin account, from there to servers, or straight to Linux
//! servers over SSH. Some nights are for maintenance, from home through a tunnel. How somebody does this is a habit of theirs ([`Ways`]): the same
//! servers, scripts and mistakes again and again. What they do looks now and then as an intruder's deeds do, as it does in real life.

use model::Time;

use super::day::{self, Day, Place};
use super::linux_work;
use super::machines::{date, servers};
use super::windows_work;
use crate::calendar;
use crate::clock::{DAY, HOUR, MINUTE, SECOND};
use crate::company::{AccountId, Company, HostId, Os, PersonId, Role};
use crate::engine::Actor;
use crate::rng::Rng;
use crate::world::{How, Logon, Proof, Seat, Tunnel, World};

/// Somebody who administers.
pub struct Administrator {
    id: PersonId,
    day: Day,
    ways: Ways,
    sitting: Option<Sitting>,
    /// A session on the jump host that was left open.
    forgotten: Option<Logon>,
    /// The last night that was or was not for maintenance.
    night: i64,
}

/// How somebody administers.
#[derive(Clone, Debug)]
pub struct Ways {
    /// Their account for it.
    pub account: AccountId,
    /// What they answer for.
    pub duty: Duty,
    /// The jump host that they use.
    pub jump: HostId,
    /// Windows servers, the most often visited first.
    pub windows: Vec<HostId>,
    /// Linux servers, the most often visited first.
    pub linux: Vec<HostId>,
    /// How they prove to Linux servers who they are.
    pub proof: Proof,
    /// Whether they go to Linux servers from the jump host, or straight from their own machine.
    pub by_jump: bool,
    /// The positions of the scripts that they like.
    pub scripts: [usize; 3],
    /// Where these lie.
    pub folder: String,
    /// Out of 100 sittings, how many do not end as they should.
    forgets: u64,
    /// Out of 100 sittings, how many begin with a wrong password.
    mistypes: u64,
    /// Minutes from one sitting to the next, on average.
    gap: i64,
}

/// What somebody answers for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Accounts and passwords.
    HelpDesk,
    /// Windows servers and the directory.
    Windows,
    /// Linux servers.
    Linux,
    /// The order system and its database.
    Orders,
    /// Looking at what happens everywhere.
    Security,
}

/// What somebody holds open while they administer.
pub struct Sitting {
    /// On the jump host.
    pub jump: Option<Logon>,
    /// Where they sit.
    seat: Seat,
    /// Whether it is at night, when services may be stopped.
    pub maintenance: bool,
    tasks: u64,
    tunnel: Option<Tunnel>,
    /// On their own machine, where they sat down to it only for this.
    own: Option<Logon>,
}

impl Ways {
    /// The habits of somebody with such an account.
    pub fn of(company: &Company, id: PersonId, account: AccountId) -> Ways {
        let person = company.person(id);
        let mut rng = company.rng.of("administrator ways", u64::from(id.0));
        let department =
            company.departments.get(usize::from(person.department)).map_or("", |one| one.code.as_str());
        let duty = match (department, rng.below(10)) {
            ("security", _) => Duty::Security,
            ("netops" | "cloudops", 0..7) => Duty::Linux,
            ("netops" | "cloudops", _) => Duty::Orders,
            (_, 0..4) => Duty::HelpDesk,
            (_, 4..8) => Duty::Windows,
            (_, 8) => Duty::Linux,
            _ => Duty::Orders,
        };
        let windows = shuffled(servers(company, Os::Windows), &mut rng);
        let mut linux = shuffled(servers(company, Os::Linux), &mut rng);
        // Those first for whose sake they are there.
        let own = |role| match duty {
            Duty::Orders => matches!(role, Role::OrderWeb | Role::OrderRelay | Role::OrderDatabase),
            Duty::Linux => matches!(role, Role::CloudOperations | Role::Mail | Role::Webmail | Role::Dns),
            _ => false,
        };
        linux.sort_by_key(|host| !own(company.host(*host).role));
        let folder = match rng.below(3) {
            0 => r"D:\Tools".to_owned(),
            1 => format!(r"C:\Scripts\{}", company.account(person.account).name),
            _ => format!(r"C:\Users\{}\Documents", company.account(account).name),
        };
        Ways {
            account,
            duty,
            jump: company.near(Role::Jump, person.site, u64::from(id.0)),
            windows,
            linux,
            proof: if rng.chance(8, 10) { Proof::Key } else { Proof::Password },
            by_jump: rng.chance(6, 10),
            scripts: [(); 3].map(|()| rng.below(64) as usize),
            folder,
            forgets: rng.between(1, 12) as u64,
            mistypes: rng.between(1, 9) as u64,
            gap: rng.between(120, 420),
        }
    }

    /// One of the Windows servers that they look after: the first ones most often.
    pub fn windows_server(&self, rng: &mut Rng) -> Option<HostId> {
        self.windows.get(rng.early(self.windows.len() as u64) as usize).copied()
    }

    /// One of the Linux servers.
    pub fn linux_server(&self, rng: &mut Rng) -> Option<HostId> {
        self.linux.get(rng.early(self.linux.len() as u64) as usize).copied()
    }
}

fn shuffled(mut several: Vec<HostId>, rng: &mut Rng) -> Vec<HostId> {
    for at in (1..several.len()).rev() {
        several.swap(at, rng.below(at as u64 + 1) as usize);
    }
    several
}

impl Administrator {
    /// Somebody's life from `start` on; `None` for who has no such account. Also when they act first.
    pub fn new(company: &Company, id: PersonId, start: Time) -> Option<(Administrator, Time)> {
        let account = company.person(id).admin?;
        let day = day::next(company, id, start)?;
        let ways = Ways::of(company, id, account);
        let late = company.rng.of("administrator", u64::from(id.0)).between(10 * MINUTE, 2 * HOUR);
        let first = Time::from_micros(day.start.micros() + late);
        let administrator = Administrator { id, day, ways, sitting: None, forgotten: None, night: 0 };
        Some((administrator, first))
    }

    fn sit_down(&mut self, world: &mut World) -> Option<Sitting> {
        let company = world.company.clone();
        let person = company.person(self.id);
        let maintenance = world.now() > self.day.end;
        let (mut tunnel, mut own) = (None, None);
        match self.day.place {
            _ if maintenance => {
                own = Some(world.sign_in(person.client, person.account, How::Cached));
                world.pass(30 * SECOND, 3 * MINUTE);
                tunnel = Some(world.vpn_up(person.account, person.home, Some(person.client)));
                world.pass(30 * SECOND, 4 * MINUTE);
            }
            // Private devices are not let through to servers.
            Place::Byod => return None,
            _ => {}
        }
        let seat = world.seat_at(person.client);
        if let Some(forgotten) = self.forgotten.take() {
            // It is ended from within the new one, or by the time limit.
            world.sign_out(forgotten);
            world.pass(SECOND, 10 * SECOND);
        }
        let mut sitting =
            Sitting { jump: None, seat, maintenance, tasks: 1 + world.rng.early(5), tunnel, own };
        if maintenance {
            sitting.tasks += 3;
        }
        let straight = !self.ways.by_jump && matches!(self.ways.duty, Duty::Linux | Duty::Orders);
        if !straight || world.rng.chance(1, 4) {
            world.start_desktop(&sitting.seat, self.ways.jump, self.ways.account);
            let from = world.seat_address(&sitting.seat);
            self.mistakes(world, from);
            sitting.jump = Some(world.sign_in(self.ways.jump, self.ways.account, How::Remote(from)));
        }
        Some(sitting)
    }

    /// Wrong passwords; after very many of them the account is locked for a while.
    fn mistakes(&self, world: &mut World, from: u32) {
        if !world.rng.chance(self.ways.mistypes, 100) {
            return;
        }
        let many = world.rng.chance(1, 15);
        let times = if many { 5 } else { 1 + world.rng.early(2) };
        for _ in 0..times {
            world.mistype(self.ways.jump, self.ways.account, How::Remote(from));
            world.pass(4 * SECOND, 25 * SECOND);
        }
        if many {
            world.locked_out(self.ways.account, self.ways.jump);
            world.pass(15 * MINUTE, 25 * MINUTE);
        }
    }

    fn get_up(&mut self, world: &mut World, sitting: Sitting) {
        if let Some(jump) = sitting.jump {
            if world.rng.chance(self.ways.forgets, 100) {
                self.forgotten = Some(jump);
            } else {
                world.sign_out(jump);
            }
        }
        if let Some(tunnel) = sitting.tunnel {
            world.pass(2 * SECOND, MINUTE);
            world.vpn_down(tunnel);
        }
        if let Some(own) = sitting.own {
            world.pass(2 * SECOND, MINUTE);
            world.sign_out(own);
        }
    }

    /// When they sit down to it again: today, tonight, or on the next day.
    fn again(&mut self, world: &mut World) -> Option<Time> {
        let company = world.company.clone();
        let now = world.now();
        let gap = world.rng.wait(self.ways.gap * MINUTE).max(10 * MINUTE);
        let next = world.after(gap);
        if now < self.day.end && next.micros() < self.day.end.micros() - 10 * MINUTE {
            return Some(next);
        }
        let today = date(self.day.start);
        if self.night != today && now < self.day.end {
            self.night = today;
            if self.is_maintenance(world, today) {
                let begin = today * DAY - 9 * HOUR + 21 * HOUR + world.rng.between(30 * MINUTE, 3 * HOUR);
                return Some(Time::from_micros(begin.max(self.day.end.micros() + HOUR)));
            }
        }
        self.day = day::next(&company, self.id, now.max(self.day.end))?;
        let late = world.rng.between(5 * MINUTE, 3 * HOUR);
        Some(Time::from_micros(self.day.start.micros() + late))
    }

    /// Nights of maintenance: the same day of the week for all, and now and then another one, for what could not wait.
    fn is_maintenance(&self, world: &mut World, today: i64) -> bool {
        let usual = world.company.rng.of("maintenance", 0).between(2, 4);
        let company = world.company.clone();
        let at_home = company.site(company.person(self.id).site).offset == crate::clock::JST;
        let planned = calendar::weekday(today) == usual && (today / 7) % 2 == 0;
        at_home && world.rng.chance(if planned { 50 } else { 2 }, 100)
    }
}

impl Actor for Administrator {
    fn act(&mut self, world: &mut World) -> Option<Time> {
        let Some(mut sitting) = self.sitting.take() else {
            self.sitting = self.sit_down(world);
            if self.sitting.is_none() {
                return self.again(world);
            }
            let pause = world.rng.between(15 * SECOND, 3 * MINUTE);
            return Some(world.after(pause));
        };
        if sitting.tasks == 0 {
            self.get_up(world, sitting);
            return self.again(world);
        }
        sitting.tasks -= 1;
        self.task(world, &sitting);
        self.sitting = Some(sitting);
        let pause = world.rng.wait(5 * MINUTE).clamp(10 * SECOND, 25 * MINUTE);
        Some(world.after(pause))
    }
}

impl Administrator {
    fn task(&self, world: &mut World, sitting: &Sitting) {
        let on_linux = match self.ways.duty {
            Duty::HelpDesk => 4,
            Duty::Windows => 10,
            Duty::Security => 40,
            Duty::Linux | Duty::Orders => 88,
        };
        let on_linux = world.rng.chance(on_linux, 100);
        match &sitting.jump {
            Some(jump) if !on_linux => windows_work::something(world, &self.ways, sitting, jump),
            Some(jump) if self.ways.by_jump => {
                linux_work::something(world, &self.ways, &Seat::from(jump), sitting.maintenance);
            }
            _ => linux_work::something(world, &self.ways, &sitting.seat, sitting.maintenance),
        }
    }
}
