//! What happens after somebody has changed their password: drives and programs that have kept the old one are refused, again and again, until somebody
//! notices.

use model::Time;

use super::machines::{Round, at_desk, service_session};
use crate::clock::{DAY, MINUTE, SECOND};
use crate::company::{Company, HostId, PersonId, Role};
use crate::world::World;

/// Passwords that were changed, one after the other.
pub struct SavedPasswords {
    /// The mean time between two of them.
    mean: i64,
    now: Option<Case>,
}

#[derive(Clone, Copy)]
struct Case {
    id: PersonId,
    server: HostId,
    times: u64,
    locked: bool,
}

impl SavedPasswords {
    /// Those of a company: everybody changes theirs four times a year, and one in three has kept the old one somewhere.
    pub fn new(company: &Company) -> SavedPasswords {
        SavedPasswords { mean: DAY * 90 / company.people.len().max(1) as i64, now: None }
    }

    fn begin(&mut self, world: &mut World) -> Option<Case> {
        let company = world.company.clone();
        let id = PersonId(world.rng.below(company.people.len() as u64) as u32);
        if !at_desk(&company, id, world.now()) {
            return None;
        }
        let person = company.person(id);
        world.change_password(person.account);
        let server = match world.rng.below(10) {
            0..6 => company.share_server(person.department),
            6..8 => company.the(Role::DirectoryOperations),
            8 => company.the(Role::Construction),
            _ => company.near(Role::FileServer, person.site, u64::from(id.0)),
        };
        // A server of another make asks nobody else.
        let server =
            if company.host(server).role == Role::Nas { company.the(Role::FileServer) } else { server };
        Some(Case {
            id,
            server,
            times: if world.rng.chance(1, 3) { 1 + world.rng.early(9) } else { 0 },
            locked: world.rng.chance(1, 6),
        })
    }
}

impl Round for SavedPasswords {
    fn next(&self, company: &Company, after: Time) -> Option<Time> {
        // Most are not at their desk whenever this is asked.
        let mut rng = company.rng.of("saved passwords", (after.micros() / SECOND) as u64);
        Some(Time::from_micros(after.micros() + rng.wait(self.mean / 4).max(SECOND)))
    }

    fn step(&mut self, world: &mut World, step: u64) -> Option<i64> {
        if step == 0 {
            self.now = self.begin(world);
            return self.now.map(|_| world.rng.between(20 * SECOND, 40 * MINUTE));
        }
        let case = self.now.filter(|case| step <= case.times)?;
        let company = world.company.clone();
        let person = company.person(case.id);
        if !at_desk(&company, case.id, world.now()) {
            return None;
        }
        let session = service_session(world, person.client, person.account);
        for _ in 0..1 + world.rng.early(3) {
            world.connect_refused(&session, case.server, person.account);
            world.pass(SECOND / 5, 9 * SECOND);
        }
        if case.locked && step == case.times {
            world.locked_out(person.account, person.client);
        }
        Some(world.rng.between(MINUTE, 50 * MINUTE))
    }
}
