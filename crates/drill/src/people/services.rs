//! Windows' own services, which start and stop all day on every server.

use model::Time;

use crate::clock::{HOUR, MINUTE, SECOND};
use crate::company::HostId;
use crate::engine::Actor;
use crate::world::World;

/// The services of one server.
pub struct Services {
    /// Where.
    pub host: HostId,
    /// What runs for now, and stops next.
    pub running: Option<&'static str>,
}

/// Those that are started when they are needed, and stop when they have nothing more to do.
const NAMES: [&str; 11] = [
    "wuauserv",
    "BITS",
    "TrustedInstaller",
    "WinHttpAutoProxySvc",
    "WinHttpAutoProxySvc",
    "AppXSvc",
    "msiserver",
    "sppsvc",
    "defragsvc",
    "swprv",
    "VSS",
];

impl Actor for Services {
    fn act(&mut self, world: &mut World) -> Option<Time> {
        let pause = match self.running.take() {
            Some(name) => {
                world.service_turns(self.host, name, false);
                if matches!(name, "BITS" | "wuauserv") {
                    world.pass(SECOND, 90 * SECOND);
                    world.service_starts(self.host, name, false);
                }
                world.rng.wait(4 * HOUR)
            }
            None => {
                let name = world.rng.pick(&NAMES).copied().unwrap_or("BITS");
                if matches!(name, "BITS" | "wuauserv") {
                    world.service_starts(self.host, name, true);
                    world.pass(SECOND / 10, 2 * SECOND);
                }
                world.service_turns(self.host, name, true);
                self.running = Some(name);
                world.rng.between(2 * MINUTE, 25 * MINUTE)
            }
        };
        Some(world.after(pause.max(SECOND)))
    }
}
