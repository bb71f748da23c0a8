//! When somebody works: days, hours, and from where.

use model::Time;

use crate::calendar;
use crate::clock::{DAY, HOUR, MINUTE};
use crate::company::{Company, Person, PersonId, Remote, Site};
use crate::rng::Rng;

/// One working day of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// When they begin.
    pub start: Time,
    /// When they go.
    pub end: Time,
    /// When they eat.
    pub lunch: Time,
    /// From where they work.
    pub place: Place,
}

/// From where somebody works on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At their desk.
    Office,
    /// With the company's machine over VPN.
    Vpn,
    /// With their own device over VPN, on a virtual desktop.
    Byod,
    /// At another site's desks.
    Trip(crate::company::SiteId),
}

/// The first working day of somebody that begins after `time`. It follows from the company, the person and the date alone.
pub fn next(company: &Company, id: PersonId, time: Time) -> Option<Day> {
    let person = company.person(id);
    let site = company.site(person.site);
    let first = (time.micros() + i64::from(site.offset) * MINUTE).div_euclid(DAY);
    let first = first.max(person.joined);
    (first..first + 60).find_map(|date| {
        let day = on(company, (id, person), site, date)?;
        (day.start > time).then_some(day)
    })
}

fn on(company: &Company, (id, person): (PersonId, &Person), site: &Site, date: i64) -> Option<Day> {
    let mut rng = company.rng.of("day", u64::from(id.0)).of("date", date as u64);
    let habits = &person.habits;
    let works = if habits.shifts {
        // Two days, two nights, two days off.
        (date + i64::from(id.0)).rem_euclid(6) < 4
    } else {
        let open = calendar::is_working_day(site.country, date);
        // Leave now and then, and now and then work on a free day.
        if open { !rng.chance(6, 100) } else { rng.chance(u64::from(habits.overtime), 2_000) }
    };
    if !works {
        return None;
    }
    let night = habits.shifts && (date + i64::from(id.0)).rem_euclid(6) >= 2;
    let spread = i64::from(habits.spread);
    let begin = i64::from(habits.start) + if night { 11 * 60 } else { 0 } + rng.around(0, spread * 2);
    let mut length = i64::from(habits.end - habits.start) + rng.around(0, spread);
    let busy = calendar::is_quarter_end_week(date) || calendar::is_month_end(date);
    if rng.chance(u64::from(habits.overtime) * if busy { 2 } else { 1 }, 100) {
        length += rng.between(20, 210);
    }
    let midnight = Time::from_micros(date * DAY - i64::from(site.offset) * MINUTE);
    let at = |minutes: i64, seconds: i64| {
        Time::from_micros(midnight.micros() + minutes * MINUTE + seconds * 1_000_000)
    };
    let start = at(begin, rng.between(0, 59));
    let lunch = at(begin.max(11 * 60) + rng.between(100, 190), rng.between(0, 59));
    let end = at(begin + length.max(2 * 60), rng.between(0, 59));
    Some(Day { start, end, lunch, place: place(company, person, &mut rng) })
}

fn place(company: &Company, person: &Person, rng: &mut Rng) -> Place {
    if rng.chance(2, 100) {
        let to = rng.below(company.sites.len() as u64) as u8;
        return Place::Trip(crate::company::SiteId(to));
    }
    if !rng.chance(u64::from(person.habits.away), 100) {
        return Place::Office;
    }
    match person.remote {
        Remote::Never => Place::Office,
        Remote::Vpn => Place::Vpn,
        Remote::Byod => Place::Byod,
    }
}

/// How long lunch takes.
pub const LUNCH: i64 = HOUR - 10 * MINUTE;
