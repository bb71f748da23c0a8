//! What can be done in the company, and which logs each deed leaves.
//!
//! In: deeds, in the order of time, by people, machines and intruders alike: signing in, opening a share, reading a file, browsing, a remote
//! login. Out: the records that every product on the way writes, with the same sessions, addresses and bytes. A deed does not know who does it:
//! what an intruder does leaves what anybody's doing it would leave, and is only marked for the truth.

mod address;
mod device;
mod directory;
mod fixture;
mod knocks;
mod logon;
mod logs;
mod mail;
mod network;
mod orders;
mod process;
mod remote;
mod seat;
mod share;
mod unix;
mod web;

use std::collections::HashMap;
use std::sync::Arc;

use model::Time;

use crate::company::customers::Customers;
use crate::company::{Company, HostId};
use crate::rng::Rng;
use crate::sink::Sink;
use crate::truth::{Mark, Notes};

pub use address::Leases;
pub use knocks::{abroad, anywhere};
pub use logon::{How, Logon};
use logs::Logs;
pub use mail::{MailDeed, Mailbox, registered};
pub use network::{Flow, Managing, keep_up};
pub use orders::{Database, Query};
pub use process::Program;
pub use remote::{Desktop, Tunnel};
pub use seat::Seat;
pub use share::{Deed, Share};
pub use unix::{Amount, Proof, Shell};
pub use web::{Visit, internet};

/// The company at a moment.
pub struct World {
    /// What does not change.
    pub company: Arc<Company>,
    /// Its customers.
    pub customers: Arc<Customers>,
    /// Where records go.
    pub sink: Sink,
    /// The chance of whoever acts now.
    pub rng: Rng,
    /// Diaries of the intruders, by their number.
    pub notes: Vec<Notes>,
    logs: Logs,
    leases: Leases,
    /// When the deed under way takes place; it moves on with each of its records.
    clock: Time,
    mark: Option<Mark>,
    machines: Vec<Machine>,
    sessions: u64,
    /// By session on a file server: bytes that went there, and that came from there.
    moved: HashMap<(HostId, u64), (u64, u64)>,
    /// The connection to the database that the order system's web server keeps open.
    pooled: Option<Database>,
}

/// What a machine counts, and who sits at it.
#[derive(Clone, Debug, Default)]
struct Machine {
    logons: u32,
    processes: u32,
    /// The session at its keyboard.
    seated: Option<Logon>,
}

impl World {
    /// A company at the beginning of a drill; `intruders` have a diary each.
    pub fn new(company: Arc<Company>, mut sink: Sink, intruders: usize) -> World {
        let logs = Logs::of(&company, &mut sink);
        let leases = Leases::of(&company);
        let machines = vec![Machine::default(); company.hosts.len()];
        World {
            customers: Arc::new(crate::company::customers(&company)),
            sink,
            rng: company.rng.of("world", 0),
            notes: (0..intruders).map(|_| Notes::default()).collect(),
            logs,
            leases,
            clock: Time::UNKNOWN,
            mark: None,
            machines,
            sessions: company.rng.of("sessions", 0).below(1 << 24),
            moved: HashMap::new(),
            pooled: None,
            company,
        }
    }

    /// When the deed under way takes place.
    pub fn now(&self) -> Time {
        self.clock
    }

    /// Somebody begins to act.
    pub fn set_time(&mut self, time: Time) {
        self.clock = time;
        self.mark = None;
    }

    /// What is done from now on in this turn is an intruder's.
    pub fn set_mark(&mut self, mark: Option<Mark>) {
        self.mark = mark;
    }

    /// Lets a time between `least` and `most` pass within the deed, in microseconds.
    pub fn pass(&mut self, least: i64, most: i64) {
        let passed = self.rng.between(least, most);
        self.clock = Time::from_micros(self.clock.micros() + passed);
    }

    /// Some thousandths of a second, as machines take to answer.
    fn answer(&mut self) {
        self.pass(900, 42_000);
    }

    /// The moment so much later.
    pub fn after(&self, micros: i64) -> Time {
        Time::from_micros(self.clock.micros() + micros)
    }

    /// A number for a session of a product that counts them.
    fn session(&mut self) -> u64 {
        self.sessions += 1 + self.rng.below(5);
        self.sessions
    }
}
