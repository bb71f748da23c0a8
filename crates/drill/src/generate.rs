//! A drill from beginning to end: company, actors, time, files.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::clock::{DAY, HOUR, MINUTE};
use crate::company::customers::{self, Customers};
use crate::company::{self, Company};
use crate::engine::Engine;
use crate::intrusions::{self, Span};
use crate::people;
use crate::rng::Rng;
use crate::scenario::{Pace, Scenario};
use crate::scope;
use crate::sink::{Damage, Sink, Totals};
use crate::truth::{self, Header};
use crate::world::{self, World};
use model::Time;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wish {
    /// What happens.
    pub scenario: Scenario,
    /// How fast.
    pub pace: Pace,
    /// What all chance comes from.
    pub seed: u64,
    /// How many people work there.
    pub users: u32,
    /// How many machines the company has: printers, cameras and the like beside those that its people need; `None` is no more than these.
    pub hosts: Option<u32>,
    /// How many days the logs last.
    pub days: u32,
    /// The first day, as days since 1970-01-01 in Japan.
    pub first_day: i64,
    /// What is taken away.
    pub damage: Damage,
}

/// Why there is no drill.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Too few or too many people.
    #[error("a drill needs between {least} and {most} users, not {asked}: say --users N")]
    Users {
        /// What was asked for.
        asked: u32,
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// Fewer machines than the people need, or too many.
    #[error("a drill of so many users has between {least} and {most} machines, not {asked}: say --hosts N")]
    Hosts {
        /// What was asked for.
        asked: u32,
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// Too few or too many days.
    #[error(
        "`{scenario}` at this pace needs between {least} and {most} days of logs, not {asked}: say --days N"
    )]
    Days {
        /// What was asked for.
        asked: u32,
        /// The least.
        least: u32,
        /// The most.
        most: u32,
        /// The scenario.
        scenario: Scenario,
    },
    /// A file could not be written.
    #[error("{path}: {source}; check that there is space and that the folder may be written to")]
    Write {
        /// The folder of the drill.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// The smallest company.
pub const LEAST_USERS: u32 = 20;
/// The largest.
pub const MOST_USERS: u32 = 60_000;
/// The most machines.
pub const MOST_HOSTS: u32 = 500_000;
/// The longest drill in days.
pub const MOST_DAYS: u32 = 400;
/// 2026-06-01, a Monday.
pub const FIRST_DAY: i64 = 20_605;

/// Writes `logs/`, `company/` and `truth/` below `out`; `progress` hears how many of the days have passed.
pub fn generate(wish: &Wish, out: &Path, progress: &mut dyn FnMut(u32)) -> Result<Totals, Failure> {
    check(wish)?;
    let company = furnished(wish)?;
    write(wish, company, out, progress).map_err(|source| Failure::Write { path: out.to_path_buf(), source })
}

fn check(wish: &Wish) -> Result<(), Failure> {
    if !(LEAST_USERS..=MOST_USERS).contains(&wish.users) {
        return Err(Failure::Users { asked: wish.users, least: LEAST_USERS, most: MOST_USERS });
    }
    let least = match (wish.scenario.intrusions().is_empty(), wish.pace) {
        (true, _) => 1,
        (false, Pace::Fast) => 5,
        (false, Pace::Slow) => 62,
    };
    if !(least..=MOST_DAYS).contains(&wish.days) {
        let (asked, scenario) = (wish.days, wish.scenario);
        return Err(Failure::Days { asked, least, most: MOST_DAYS, scenario });
    }
    Ok(())
}

/// The company with as many machines as were asked for.
fn furnished(wish: &Wish) -> Result<Company, Failure> {
    let mut company = company::company(wish.seed, wish.users);
    if let Some(asked) = wish.hosts {
        let least = company.hosts.len() as u32;
        if !(least..=MOST_HOSTS).contains(&asked) {
            return Err(Failure::Hosts { asked, least, most: MOST_HOSTS });
        }
        company.furnish(asked);
    }
    Ok(company)
}

fn write(wish: &Wish, company: Company, out: &Path, progress: &mut dyn FnMut(u32)) -> io::Result<Totals> {
    let company = Arc::new(company);
    let names = wish.scenario.intrusions().iter().map(|one| one.name().to_owned()).collect();
    let sink = Sink::new(out, names, wish.damage.clone())?;
    let start = Time::from_micros(wish.first_day * DAY - 9 * HOUR);
    let mut world = World::new(Arc::clone(&company), sink, wish.scenario.intrusions().len());
    let mut engine = Engine::default();
    let root = Rng::new(wish.seed);
    people::move_in(&mut engine, &company, start);
    world::keep_up(&mut engine, &company, start);
    for (number, intrusion) in wish.scenario.intrusions().iter().enumerate() {
        let span = span(wish, start, &mut root.of("span", number as u64));
        let script = intrusions::script(*intrusion, number as u8, &company, span, &root);
        if let Some(first) = script.first() {
            engine.add(Box::new(script), root.of("intruder", number as u64), first);
        }
    }
    for day in 1..=wish.days {
        engine.run(&mut world, Time::from_micros(start.micros() + i64::from(day) * DAY))?;
        progress(day);
    }
    let World { sink, notes, customers, .. } = world;
    let totals = sink.finish()?;
    let folder = out.join("company");
    std::fs::create_dir_all(&folder)?;
    company::write_inventory(&company, &folder, wish.first_day + i64::from(wish.days) - 1)?;
    write_customers(&customers, &folder)?;
    let header = Header {
        scenario: wish.scenario.name(),
        seed: wish.seed,
        users: wish.users,
        hosts: wish.hosts,
        days: wish.days,
        from: start,
        until: Time::from_micros(start.micros() + i64::from(wish.days) * DAY),
        tz: "Asia/Tokyo",
        totals,
    };
    let folder = out.join("truth");
    truth::write(&folder, &header, wish.scenario.intrusions(), &notes)?;
    scope::write(&folder, wish.scenario.intrusions(), &notes, &customers)?;
    let mut rows = io::BufWriter::new(std::fs::File::create(folder.join("customers.csv"))?);
    customers::write_truth(&customers, &mut rows)?;
    rows.flush()?;
    Ok(totals)
}

/// Writes `customers.csv`, `holdings.csv` and `access.csv`.
fn write_customers(customers: &Customers, folder: &Path) -> io::Result<()> {
    let create = |name: &str| std::fs::File::create(folder.join(name)).map(io::BufWriter::new);
    let mut list = create("customers.csv")?;
    customers::write_customers(customers, &mut list)?;
    list.flush()?;
    let mut holdings = create("holdings.csv")?;
    customers::write_holdings(customers, &mut holdings)?;
    holdings.flush()?;
    let mut access = create("access.csv")?;
    customers::write_access(customers, &mut access)?;
    access.flush()
}

/// When an intrusion takes place: after enough days to know what is usual, and not up to the end.
fn span(wish: &Wish, start: Time, rng: &mut Rng) -> Span {
    let all = i64::from(wish.days) * DAY;
    let end = start.micros() + all - 6 * HOUR;
    let begin = match wish.pace {
        Pace::Fast => start.micros() + all / 2 + rng.between(0, all / 10),
        Pace::Slow => end - 60 * DAY,
    };
    let end = match wish.pace {
        Pace::Fast => end.min(begin + rng.between(3 * DAY, 6 * DAY)),
        Pace::Slow => end,
    };
    Span { begin: Time::from_micros(begin - begin.rem_euclid(MINUTE)), end: Time::from_micros(end) }
}
