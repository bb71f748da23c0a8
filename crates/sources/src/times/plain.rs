//! Times of day, and times that are all digits and signs: RFC 3339's relatives and compact ones.
//!
//! In: what is left of a text. Out: a [`Stamp`] for all of it, or the parts that other forms share.

use jiff::tz::TimeZone;
use model::Time;

use super::Stamp;
use super::cursor::{Cursor, SECOND, of_day};
use super::zone::{self, Place, in_zone};

/// What the clock shows at `2026-05-07T01:02:03`, each number with all its digits.
pub(super) struct Fixed {
    /// As though it were in UTC.
    pub local: Time,
    /// What stands between year, month, day and hour.
    pub separators: [u8; 3],
}

impl Fixed {
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Option<Fixed> {
        let (head, rest) = cursor.0.split_first_chunk::<19>()?;
        let [c, y, a, r, s0, m, o, s1, d, e, s2, h, u, b':', i, n, b':', s, t] = *head else { return None };
        let year = two(c, y)? * 100 + two(a, r)?;
        let micros = of_day(two(h, u)?, two(i, n)?, two(s, t)?)?;
        let local = Time::from_date(year as i16, two(m, o)? as i8, two(d, e)? as i8, micros)?;
        cursor.0 = rest;
        Some(Fixed { local, separators: [s0, s1, s2] })
    }
}

/// `2026-05-07T01:02:03[.123]` and what may follow it, each number with all its digits.
pub(super) fn fixed(mut cursor: Cursor<'_>, zone: &TimeZone) -> Option<Stamp> {
    let Fixed { local, separators } = Fixed::read(&mut cursor)?;
    let [b'-' | b'/' | b'.' | b':', b'-' | b'/' | b'.' | b':', b'T' | b't' | b' ' | b'-' | b'_' | b':'] =
        separators
    else {
        return None;
    };
    let local = Time::from_micros(local.micros() + fraction(&mut cursor)?);
    match cursor.0 {
        [b'Z'] => Some(Stamp::Full(local)),
        [] => in_zone(local, zone).map(Stamp::Full),
        _ => {
            let of_day = local.micros().rem_euclid(24 * 3600 * SECOND);
            let shift = halved(&mut cursor, of_day)? - of_day;
            placed(Time::from_micros(local.micros() + shift), zone::tail(&mut cursor)?, zone)
        }
    }
}

/// `20260507T010203Z`, `20260507 010203`, `20260507010203.0Z`, `20260507-01:02:03.123`, and WMI's
/// `20260507010203.000000+540`.
pub(super) fn compact(mut cursor: Cursor<'_>, zone: &TimeZone) -> Option<Stamp> {
    let (year, month, day) = (cursor.number(4, 4)?, cursor.number(2, 2)?, cursor.number(2, 2)?);
    let date = Date { year: Some(year), month, day };
    let is_apart = cursor.one_of(b"Tt-_:").is_some() || cursor.blanks();
    let digits = cursor.digits(10);
    let mut micros = match digits {
        4 | 6 | 9 => {
            let (hour, minute) = (cursor.number(2, 2)?, cursor.number(2, 2)?);
            let second = if digits > 4 { cursor.number(2, 2)? } else { 0 };
            of_day(hour, minute, second)?
        }
        _ if is_apart => return date.close(time(&mut cursor)?, cursor, zone),
        _ => return None,
    };
    if !is_apart && !(1970..2100).contains(&year) {
        return None;
    }
    micros += if digits == 9 { cursor.decimals()? } else { fraction(&mut cursor)? };
    if let [sign @ (b'+' | b'-'), digits @ ..] = cursor.0
        && digits.len() == 3
    {
        let minutes = Cursor(digits).number(3, 3)?;
        let east = if *sign == b'+' { minutes } else { -minutes };
        return placed(date.at(micros)?, Place::East(east), zone);
    }
    date.close(micros, cursor, zone)
}

/// A day, perhaps without the year.
#[derive(Clone, Copy)]
pub(super) struct Date {
    pub year: Option<i64>,
    pub month: i64,
    pub day: i64,
}

impl Date {
    /// With a time of that day, and what follows that up to the end of the text: the half of the day, the zone.
    pub(super) fn close(self, micros: i64, mut cursor: Cursor<'_>, zone: &TimeZone) -> Option<Stamp> {
        let micros = halved(&mut cursor, micros)?;
        self.stamp(micros, zone::tail(&mut cursor)?, zone)
    }

    pub(super) fn stamp(self, micros: i64, place: Place, zone: &TimeZone) -> Option<Stamp> {
        let local = self.at(micros)?;
        if self.year.is_some() {
            return placed(local, place, zone);
        }
        let Place::East(_) = place else {
            return Some(Stamp::Yearless { month: self.month as i8, day: self.day as i8, micros });
        };
        // What the user's clocks showed then. Which year it was matters hardly ever.
        let Some(Stamp::Full(time)) = placed(local, place, zone) else { return None };
        let (month, day, micros) = zone::shown(time, zone)?;
        Some(Stamp::Yearless { month, day, micros })
    }

    /// As though it were in UTC; without a year, in one that has every day.
    fn at(self, micros: i64) -> Option<Time> {
        const LEAP_YEAR: i64 = 2024;
        let year = i16::try_from(self.year.unwrap_or(LEAP_YEAR)).ok()?;
        Time::from_date(year, i8::try_from(self.month).ok()?, i8::try_from(self.day).ok()?, micros)
    }
}

/// What a clock shows, in UTC.
pub(super) fn placed(local: Time, place: Place, zone: &TimeZone) -> Option<Stamp> {
    match place {
        Place::User => in_zone(local, zone).map(Stamp::Full),
        Place::East(minutes) => {
            Some(Stamp::Full(Time::from_micros(local.micros().checked_sub(minutes * 60 * SECOND)?)))
        }
    }
}

/// `01:02:03.123`, `1:02`, `01.02.03`, `1時2分3秒`, `午後1時2分`: the microseconds of the day.
pub(super) fn time(cursor: &mut Cursor<'_>) -> Option<i64> {
    let mut after = *cursor;
    let is_second_half = after.half();
    if is_second_half.is_some() {
        after.blanks();
        *cursor = after;
    }
    let hour = cursor.number(1, 2)?;
    let separator = cursor.one_of(b":.");
    if separator.is_none() && !cursor.skip("時".as_bytes()) {
        return None;
    }
    let minute = cursor.number(1, 2)?;
    let is_more = match separator {
        Some(separator) => cursor.skip(&[separator]),
        None => cursor.skip("分".as_bytes()) && cursor.digits(1) == 1,
    };
    if !is_more && separator == Some(b'.') {
        return None;
    }
    let second = if is_more { cursor.number(1, 2)? } else { 0 };
    let mut micros = of_day(hour, minute, second)?;
    if is_more {
        micros += fraction(cursor)?;
        let _ = separator.is_none() && cursor.skip("秒".as_bytes());
    }
    in_half(micros, is_second_half)
}

/// A time of day with the `AM` or `PM` that may follow it.
pub(super) fn halved(cursor: &mut Cursor<'_>, micros: i64) -> Option<i64> {
    let mut after = *cursor;
    after.blanks();
    let half = after.half();
    if half.is_some() {
        *cursor = after;
    }
    in_half(micros, half)
}

/// A time of day in the half that it names. Hours past twelve are in the second half anyway.
pub(super) fn in_half(micros: i64, is_second: Option<bool>) -> Option<i64> {
    const HALF: i64 = 12 * 3600 * SECOND;
    match is_second {
        Some(true) if micros < HALF => Some(micros + HALF),
        Some(false) if (HALF..HALF + HALF / 12).contains(&micros) => Some(micros - HALF),
        Some(false) if micros >= HALF => None,
        _ => Some(micros),
    }
}

/// `.123`, `,123`, with any number of decimals, or `:123`: microseconds. Nothing is nothing.
fn fraction(cursor: &mut Cursor<'_>) -> Option<i64> {
    match cursor.0 {
        [] | [b'Z'] | [b' ', ..] => return Some(0),
        [b'.' | b',', rest @ ..] => {
            cursor.0 = rest;
            let micros = if cursor.digits(1) == 1 { cursor.decimals()? } else { 0 };
            while let [b'0'..=b'9', rest @ ..] = cursor.0 {
                cursor.0 = rest;
            }
            return Some(micros);
        }
        [b':', rest @ ..] if Cursor(rest).digits(4) == 3 => cursor.0 = rest,
        _ => return Some(0),
    }
    cursor.decimals()
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens) * 10 + i64::from(ones))
}
