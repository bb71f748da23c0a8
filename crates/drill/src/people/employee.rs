//! Somebody's working life: they come, sign in, work, eat, and go.

use model::Time;

use super::day::{self, Day, Place};
use super::work;
use crate::clock::{HOUR, MINUTE, SECOND};
use crate::company::PersonId;
use crate::engine::Actor;
use crate::world::{Desktop, How, Logon, Share, Tunnel, World};

/// Somebody who works.
pub struct Employee {
    id: PersonId,
    day: Day,
    at_work: Option<AtWork>,
}

/// What somebody holds open while they work.
pub struct AtWork {
    /// The session on the machine before them, or on their virtual desktop.
    pub logon: Logon,
    /// Shares opened from there.
    pub shares: Vec<Share>,
    /// Whether they have eaten.
    pub eaten: bool,
    /// The screen is locked while they are away.
    pub locked: bool,
    tunnel: Option<Tunnel>,
    desktop: Option<Desktop>,
}

impl Employee {
    /// Somebody's life from `start` on; `None` for who does not work in the next weeks. Also when they come first.
    pub fn new(company: &crate::company::Company, id: PersonId, start: Time) -> Option<(Employee, Time)> {
        let day = day::next(company, id, start)?;
        Some((Employee { id, day, at_work: None }, day.start))
    }

    fn come(&mut self, world: &mut World) -> AtWork {
        let company = world.company.clone();
        let person = company.person(self.id);
        let site = match self.day.place {
            Place::Trip(site) => site,
            _ => person.site,
        };
        if world.rng.chance(3, 100) {
            world.mistype(person.client, person.account, How::Interactive);
            world.pass(4 * SECOND, 20 * SECOND);
        }
        let (mut tunnel, mut desktop) = (None, None);
        let logon = match self.day.place {
            Place::Office | Place::Trip(_) => {
                world.lease(person.client, site);
                world.pass(20 * SECOND, 3 * MINUTE);
                world.sign_in(person.client, person.account, How::Interactive)
            }
            Place::Vpn => {
                // Away from the company's network, the password is checked against what the machine remembers.
                let logon = world.sign_in(person.client, person.account, How::Cached);
                world.pass(20 * SECOND, 2 * MINUTE);
                tunnel = Some(world.vpn_up(person.account, person.home, Some(person.client)));
                logon
            }
            Place::Byod => {
                tunnel = Some(world.vpn_up(person.account, person.home, None));
                world.pass(10 * SECOND, MINUTE);
                let from = tunnel.as_ref().map_or(person.home, |tunnel| tunnel.inside);
                let opened = world.desktop(person.account, from);
                let logon = opened.logon.clone();
                desktop = Some(opened);
                logon
            }
        };
        AtWork { logon, shares: Vec::new(), eaten: false, locked: false, tunnel, desktop }
    }

    fn go(&mut self, world: &mut World, mut at_work: AtWork) -> Option<Time> {
        for share in at_work.shares.drain(..) {
            world.close_share(share);
        }
        match at_work.desktop.take() {
            Some(desktop) => world.leave_desktop(desktop),
            None => world.sign_out(at_work.logon),
        }
        if let Some(tunnel) = at_work.tunnel.take() {
            world.pass(SECOND, 20 * SECOND);
            world.vpn_down(tunnel);
        }
        let company = world.company.clone();
        let person = company.person(self.id);
        if matches!(self.day.place, Place::Office) {
            world.release(person.client, person.site);
        }
        self.day = day::next(&company, self.id, world.now())?;
        Some(self.day.start)
    }
}

impl Actor for Employee {
    fn act(&mut self, world: &mut World) -> Option<Time> {
        let Some(mut at_work) = self.at_work.take() else {
            let at_work = self.come(world);
            self.at_work = Some(at_work);
            let pause = world.rng.between(30 * SECOND, 6 * MINUTE);
            return Some(world.after(pause));
        };
        let now = world.now();
        if now >= self.day.end {
            return self.go(world, at_work);
        }
        let company = world.company.clone();
        let person = company.person(self.id);
        let pause = if at_work.locked {
            at_work.locked = false;
            match &mut at_work.desktop {
                Some(desktop) => world.attach_desktop(desktop),
                None => world.unlock(&at_work.logon),
            }
            world.rng.between(10 * SECOND, 3 * MINUTE)
        } else if !at_work.eaten && now >= self.day.lunch {
            at_work.eaten = true;
            at_work.locked = true;
            match &mut at_work.desktop {
                Some(desktop) => world.detach_desktop(desktop),
                None => world.lock(&at_work.logon),
            }
            world.rng.around(day::LUNCH, 15 * MINUTE)
        } else {
            work::something(world, self.id, &mut at_work);
            let mean = 9 * MINUTE * 100 / i64::from(person.habits.pace.max(10));
            world.rng.wait(mean).min(2 * HOUR)
        };
        let next = world.after(pause.max(SECOND));
        self.at_work = Some(at_work);
        Some(next.min(self.day.end.max(world.after(SECOND))))
    }
}
