//! Whoever of the administrators is called when something has to be done now.

use super::administrator::{Duty, Ways};
use super::machines::at_desk;
use crate::company::{Company, PersonId};
use crate::world::{Logon, World};

/// Those who administer.
pub struct Desk {
    people: Vec<PersonId>,
}

impl Desk {
    /// The administrators of a company.
    pub fn new(company: &Company) -> Desk {
        let all = (0..company.people.len() as u32).map(PersonId);
        Desk { people: all.filter(|id| company.person(*id).admin.is_some()).collect() }
    }

    /// One who sits at their desk now and has one of these duties, or else one who sits there; and how they work.
    pub fn call(&self, world: &mut World, duties: &[Duty]) -> Option<(PersonId, Ways)> {
        /// In a large company nobody asks everybody.
        const ASKED: usize = 40;
        let company = world.company.clone();
        let first = world.rng.below(self.people.len() as u64) as usize;
        let mut any = None;
        for id in self.people.iter().cycle().skip(first).take(self.people.len().min(ASKED)) {
            let Some(account) = company.person(*id).admin.filter(|_| at_desk(&company, *id, world.now()))
            else {
                continue;
            };
            let ways = Ways::of(&company, *id, account);
            if duties.contains(&ways.duty) {
                return Some((*id, ways));
            }
            any.get_or_insert((*id, ways));
        }
        any
    }
}

/// Somebody sits down to administer, on the jump host.
pub fn sit_down(world: &mut World, id: PersonId, ways: &Ways) -> Logon {
    let client = world.company.person(id).client;
    let seat = world.seat_at(client);
    world.desktop_from(&seat, ways.jump, ways.account)
}
