//! Who lives in the company: people at work, administrators, and machines that work by themselves.
//!
//! In: the world at the moment when somebody's turn comes. Out: deeds on it. Nobody here knows whether there is an intruder.

mod abroad;
mod administrator;
mod backup;
mod day;
mod deployment;
mod desk;
mod employee;
mod fixtures;
mod jobs;
mod linux_work;
mod machines;
mod monitoring;
mod noise;
mod outside;
mod saved_passwords;
mod scanner;
mod services;
mod staffing;
mod windows_backup;
mod windows_care;
mod windows_work;
mod work;

pub use administrator::Administrator;
pub use employee::Employee;
use services::Services;

use model::Time;

use crate::clock::HOUR;
use crate::company::{Company, HostId, Os, PersonId, Role};
use crate::engine::Engine;

/// Everybody begins to live.
pub fn move_in(engine: &mut Engine, company: &Company, start: Time) {
    outside::begin(engine, company, start);
    for number in 0..company.people.len() as u32 {
        if let Some((employee, first)) = Employee::new(company, PersonId(number), start) {
            engine.add(Box::new(employee), company.rng.of("employee", u64::from(number)), first);
        }
        if let Some((administrator, first)) = Administrator::new(company, PersonId(number), start) {
            engine.add(
                Box::new(administrator),
                company.rng.of("administrator life", u64::from(number)),
                first,
            );
        }
    }
    machines::start_up(engine, company, start);
    fixtures::begin(engine, company, start);
    for (at, host) in company.hosts.iter().enumerate() {
        if host.os == Os::Windows && !matches!(host.role, Role::Client | Role::VdiDesktop) {
            let mut rng = company.rng.of("services of", at as u64);
            let first = Time::from_micros(start.micros() + rng.between(0, 4 * HOUR));
            engine.add(Box::new(Services { host: HostId(at as u32), running: None }), rng, first);
        }
    }
}
