//! The times with which lines of syslog begin.
//!
//! In: a line from its time on. Out: the time and the text behind it. Stricter than [`auto`](super::auto), as what follows
//! is anything.

use jiff::tz::TimeZone;
use model::Time;

use super::Stamp;
use super::cursor::{self, Cursor};
use super::plain::Fixed;
use super::zone::{in_zone, local_time};

/// `2026-05-07T01:02:03[.123456][Z|+09:00|+0900]`, also with a blank for the `T`; without offset in `zone`.
pub(crate) fn iso_time<'a>(text: &'a str, zone: &TimeZone) -> Option<(Time, &'a str)> {
    let mut cursor = Cursor(text.as_bytes());
    let local = match Fixed::read(&mut cursor) {
        Some(Fixed { local, separators: [b'-', b'-', b'T' | b't' | b' '] }) => {
            Time::from_micros(local.micros() + decimals(&mut cursor))
        }
        Some(_) => return None,
        None => {
            cursor = Cursor(text.as_bytes());
            loose(&mut cursor)?
        }
    };
    let time = match offset(&mut cursor)? {
        Some(minutes) => Time::from_micros(local.micros() - minutes * 60 * cursor::SECOND),
        None => in_zone(local, zone)?,
    };
    Some((time, behind(text, &cursor)?))
}

/// `May  7 01:02:03[.123]`, also with a year before or behind the day.
pub(crate) fn named_month<'a>(text: &'a str, zone: &TimeZone) -> Option<(Stamp, &'a str)> {
    let mut cursor = Cursor(text.as_bytes());
    let mut year = None;
    if matches!(cursor.peek(), Some(b'0'..=b'9')) {
        year = Some(cursor.number(4, 4)?);
        cursor.one_of(b" ")?;
    }
    let (name, rest) = cursor.0.split_first_chunk::<3>()?;
    // As syslog writes it: words of messages that look alike are mostly written otherwise.
    let [first, second, third] = *name;
    let month = cursor::month([first | 0x20, second, third]).filter(|_| first.is_ascii_uppercase())?;
    cursor.0 = rest;
    let day = spaced(&mut cursor).and_then(|()| cursor.number(1, 2))?;
    spaced(&mut cursor)?;
    let mut after = cursor;
    if let Some(found) = after.number(4, 4)
        && spaced(&mut after).is_some()
    {
        (year, cursor) = (Some(found), after);
    }
    let micros = time_of_day(&mut cursor)?;
    cursor.skip(b":");
    if !matches!(cursor.peek(), None | Some(b' ')) {
        return None;
    }
    let day = i8::try_from(day).ok().filter(|day| (1..=31).contains(day))?;
    let stamp = match year {
        Some(year) => Stamp::Full(local_time(i16::try_from(year).ok()?, month, day, micros, zone)?),
        None => Stamp::Yearless { month, day, micros },
    };
    Some((stamp, behind(text, &cursor)?))
}

/// As [`iso_time`], with numbers of fewer digits.
fn loose(cursor: &mut Cursor<'_>) -> Option<Time> {
    let year = cursor.number(4, 4)?;
    cursor.one_of(b"-")?;
    let month = cursor.number(1, 2)?;
    cursor.one_of(b"-")?;
    let day = cursor.number(1, 2)?;
    cursor.one_of(b"Tt ")?;
    let micros = time_of_day(cursor)?;
    Time::from_date(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?, micros)
}

/// `01:02:03` with up to nine decimals, in microseconds.
fn time_of_day(cursor: &mut Cursor<'_>) -> Option<i64> {
    let hour = cursor.number(1, 2)?;
    cursor.one_of(b":")?;
    let minute = cursor.number(1, 2)?;
    cursor.one_of(b":")?;
    let second = cursor.number(1, 2)?;
    Some(cursor::of_day(hour, minute, second)? + decimals(cursor))
}

/// The decimals of a second; none where something else follows the dot.
fn decimals(cursor: &mut Cursor<'_>) -> i64 {
    let mut after = *cursor;
    if after.one_of(b".,").is_none() || !(1..=9).contains(&after.digits(10)) {
        return 0;
    }
    let micros = after.decimals();
    *cursor = after;
    micros.unwrap_or_default()
}

/// `Z`, `+09:00`, `-0330` in minutes; `None` inside where there is no offset.
fn offset(cursor: &mut Cursor<'_>) -> Option<Option<i64>> {
    let sign = match cursor.one_of(b"Zz+-") {
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return Some(Some(0)),
        None => return Some(None),
    };
    let hours = cursor.number(1, 2)?;
    cursor.skip(b":");
    let minutes = cursor.number(1, 2)?;
    (hours < 24 && minutes < 60).then_some(Some(sign * (hours * 60 + minutes)))
}

fn spaced(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.one_of(b" ")?;
    while cursor.skip(b" ") {}
    Some(())
}

fn behind<'a>(text: &'a str, cursor: &Cursor<'_>) -> Option<&'a str> {
    text.get(text.len().checked_sub(cursor.0.len())?..)
}
