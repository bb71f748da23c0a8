//! Printers, panels, tills, access points and cameras: each does something a few times a day, by itself.

use model::Time;

use crate::clock::DAY;
use crate::company::{Company, HostId};
use crate::engine::{Actor, Engine};
use crate::world::World;

/// How often a day each does something.
const TIMES: i64 = 3;

/// All of them together: in each third of a day every one has its turn once, in another order each time.
struct Fixtures {
    all: Vec<HostId>,
    waiting: Vec<HostId>,
}

/// They begin, where there are any.
pub fn begin(engine: &mut Engine, company: &Company, start: Time) {
    let all = (0..company.hosts.len() as u32).map(HostId);
    let all: Vec<HostId> = all.filter(|id| company.host(*id).role.is_fixture()).collect();
    if !all.is_empty() {
        engine.add(
            Box::new(Fixtures { all, waiting: Vec::new() }),
            company.rng.of("fixtures at work", 0),
            start,
        );
    }
}

impl Actor for Fixtures {
    fn act(&mut self, world: &mut World) -> Option<Time> {
        if self.waiting.is_empty() {
            self.waiting.clone_from(&self.all);
        }
        let pause = DAY / TIMES / self.all.len().max(1) as i64;
        let next = world.after(pause);
        let turn = world.rng.below(self.waiting.len() as u64) as usize;
        world.fixture_works(self.waiting.swap_remove(turn));
        Some(next)
    }
}
