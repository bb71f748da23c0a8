//! Where on earth a clock stands: offsets, names of zones, and local times in UTC.
//!
//! In: what follows a time, or a local time and a zone. Out: a [`Place`], a [`Time`]. Names that mean different zones to
//! different people (CST, IST, BST) are known as names, but mean the user's zone.

use std::cell::RefCell;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::Time;

use super::cursor::{Cursor, SECOND};

/// Where the clock stands that shows a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Where the user says.
    User,
    /// So many minutes before UTC.
    East(i64),
}

/// The zone behind a time, up to the end of the text: nothing, `Z`, `+09:00`, ` JST`, ` +0900 (JST)`, ` GMT+0900`,
/// `+09:00[Asia/Tokyo]`.
pub(super) fn tail(cursor: &mut Cursor<'_>) -> Option<Place> {
    match cursor.0 {
        [] => return Some(Place::User),
        [b'Z'] => return Some(Place::East(0)),
        _ => cursor.blanks(),
    };
    let place = match cursor.peek() {
        None => return Some(Place::User),
        Some(b'+' | b'-') => {
            let place = Place::East(offset(cursor)?);
            let mut named = *cursor;
            if named.blanks() && name(named.word()).is_some() {
                named.blanks();
                *cursor = named;
            }
            place
        }
        Some(_) => name_and_offset(cursor)?,
    };
    cursor.blanks();
    let is_over = match cursor.0 {
        [] | [b'(', .., b')'] => true,
        [b'[', .., b']'] => place != Place::User,
        _ => false,
    };
    is_over.then_some(place)
}

/// `+09:00`, `+0900`, `+09`, `-3:30`: minutes before UTC.
pub(super) fn offset(cursor: &mut Cursor<'_>) -> Option<i64> {
    let sign = if cursor.one_of(b"+-")? == b'+' { 1 } else { -1 };
    let count = cursor.digits(5);
    let number = cursor.number(1, 4)?;
    let (hours, minutes) = match count {
        1 | 2 if cursor.skip(b":") => (number, cursor.number(2, 2)?),
        1 | 2 => (number, 0),
        4 => (number / 100, number % 100),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// The zone of an abbreviation, in any case.
pub(super) fn name(word: &[u8]) -> Option<Place> {
    let mut upper = [0u8; 5];
    let upper = upper.get_mut(..word.len())?;
    upper.copy_from_slice(word);
    upper.make_ascii_uppercase();
    Some(Place::East(match &*upper {
        b"UTC" | b"GMT" | b"Z" | b"UT" | b"WET" => 0,
        b"JST" | b"KST" | b"WIT" => 9 * 60,
        b"CET" | b"MET" | b"WEST" | b"WAT" => 60,
        b"CEST" | b"MEST" | b"EET" | b"SAST" | b"CAT" => 2 * 60,
        b"EEST" | b"MSK" | b"EAT" | b"TRT" => 3 * 60,
        b"PKT" => 5 * 60,
        b"NPT" => 5 * 60 + 45,
        b"ICT" | b"WIB" => 7 * 60,
        b"HKT" | b"SGT" | b"MYT" | b"AWST" | b"WITA" => 8 * 60,
        b"ACST" => 9 * 60 + 30,
        b"AEST" => 10 * 60,
        b"ACDT" => 10 * 60 + 30,
        b"AEDT" => 11 * 60,
        b"NZST" => 12 * 60,
        b"NZDT" => 13 * 60,
        b"BRT" | b"ART" => -3 * 60,
        b"EDT" => -4 * 60,
        b"EST" => -5 * 60,
        b"MDT" => -6 * 60,
        b"MST" | b"PDT" => -7 * 60,
        b"PST" | b"AKDT" => -8 * 60,
        b"AKST" => -9 * 60,
        b"HST" => -10 * 60,
        b"CST" | b"CDT" | b"IST" | b"BST" | b"AST" | b"ADT" | b"SST" | b"WST" => return Some(Place::User),
        _ => return None,
    }))
}

/// A local time in UTC. In the hour that a change of the clock repeats, the first one is meant; one in the hour that it
/// leaves out is as much later as the clock was put forward.
pub fn local_time(year: i16, month: i8, day: i8, micros: i64, zone: &TimeZone) -> Option<Time> {
    in_zone(Time::from_date(year, month, day, micros)?, zone)
}

/// The moment at which the clocks of the zone show what `local` shows in UTC.
pub(super) fn in_zone(local: Time, zone: &TimeZone) -> Option<Time> {
    if *zone == TimeZone::UTC {
        return Some(local);
    }
    let hour = local.micros().div_euclid(HOUR);
    let known = HOURS.with(|hours| hours.try_borrow_mut().ok()?.offset(hour, zone));
    match known {
        Some(offset) => local.micros().checked_sub(offset).map(Time::from_micros),
        None => looked_up(local.micros(), zone).map(|(time, _)| time),
    }
}

/// The month, the day and the microseconds of the day that the zone's clocks show.
pub(super) fn shown(time: Time, zone: &TimeZone) -> Option<(i8, i8, i64)> {
    let stamp = Timestamp::from_microsecond(time.micros()).ok()?;
    let offset = i64::from(zone.to_offset(stamp).seconds()) * SECOND;
    let civil = zone.to_datetime(stamp);
    Some((civil.month(), civil.day(), (time.micros() + offset).rem_euclid(24 * HOUR)))
}

fn name_and_offset(cursor: &mut Cursor<'_>) -> Option<Place> {
    let place = name(cursor.word())?;
    if place == Place::East(0) && matches!(cursor.peek(), Some(b'+' | b'-')) {
        return offset(cursor).map(Place::East);
    }
    Some(place)
}

const HOUR: i64 = 3600 * SECOND;

thread_local! {
    static HOURS: RefCell<Hours> = const { RefCell::new(Hours { zone: TimeZone::UTC, known: [(i64::MIN, 0); SLOTS] }) };
}

const SLOTS: usize = 32;

/// The offsets of hours of local time in which no clock is changed, because zones take long to ask.
struct Hours {
    zone: TimeZone,
    /// Hours since 1970, and how many microseconds their clocks are before UTC. An hour has its place by its number.
    known: [(i64, i64); SLOTS],
}

impl Hours {
    fn offset(&mut self, hour: i64, zone: &TimeZone) -> Option<i64> {
        if self.zone != *zone {
            *self = Hours { zone: zone.clone(), known: [(i64::MIN, 0); SLOTS] };
        }
        let slot = self.known.get_mut(hour.rem_euclid(SLOTS as i64) as usize)?;
        if slot.0 == hour {
            return Some(slot.1);
        }
        let start = hour.checked_mul(HOUR)?;
        let (_, first) = looked_up(start, zone)?;
        let (_, last) = looked_up(start.checked_add(HOUR - 1)?, zone)?;
        let offset = first.filter(|_| first == last)?;
        *slot = (hour, offset);
        Some(offset)
    }
}

/// The time, and the offset where the clocks show that time once.
fn looked_up(local: i64, zone: &TimeZone) -> Option<(Time, Option<i64>)> {
    let civil = TimeZone::UTC.to_datetime(Timestamp::from_microsecond(local).ok()?);
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    let is_once = !ambiguous.is_ambiguous();
    let time = ambiguous.compatible().ok()?.as_microsecond();
    Some((Time::from_micros(time), is_once.then_some(local - time)))
}
