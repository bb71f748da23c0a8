//! Times that begin with a date, in whichever order its parts come.
//!
//! In: a text without outer blanks. Out: a [`Stamp`] for all of it; `None` where it is none of these forms. Which forms can
//! be is seen from the first bytes; only few are then tried.

use jiff::tz::TimeZone;

use super::Stamp;
use super::cursor::Cursor;
use super::japan::era;
use super::plain::{Date, compact, fixed, halved, time};
use super::zone::{Place, name, offset, tail};

/// The whole text as a time that is no mere number.
pub(super) fn stamp(mut cursor: Cursor<'_>, zone: &TimeZone) -> Option<Stamp> {
    match cursor.peek()? {
        b'0'..=b'9' => digits_first(cursor, zone),
        b'A'..=b'Z' | b'a'..=b'z' => letters_first(cursor, zone),
        0x80.. => {
            let year = era(&mut cursor)?;
            behind_year(year, cursor, zone)
        }
        _ => None,
    }
}

fn digits_first(mut cursor: Cursor<'_>, zone: &TimeZone) -> Option<Stamp> {
    match cursor.digits(15) {
        4 => fixed(cursor, zone).or_else(|| {
            let year = cursor.number(4, 4)?;
            behind_year(year, cursor, zone)
        }),
        1 | 2 => day_or_month_first(cursor, zone),
        8 | 12 | 14 => compact(cursor, zone),
        _ => None,
    }
}

/// `-05-07 01:02:03`, `年5月7日 1時2分3秒`, `.5.7 01:02`, ` May 7 01:02:03`.
fn behind_year(year: i64, mut cursor: Cursor<'_>, zone: &TimeZone) -> Option<Stamp> {
    separator(&mut cursor, "年")?;
    let month = month(&mut cursor)?;
    separator(&mut cursor, "月")?;
    let day = cursor.number(1, 2)?;
    let is_apart = cursor.skip("日".as_bytes());
    if !gap(&mut cursor) && !is_apart {
        return None;
    }
    let micros = time(&mut cursor)?;
    Date { year: Some(year), month, day }.close(micros, cursor, zone)
}

/// `07/May/2026:01:02:03`, `07-May-2026 01:02:03`, `7 May 2026 01:02`, `05/07/2026 01:02:03 PM`, `07.05.2026 01:02:03`,
/// and Snort's `05/07-01:02:03.123456`.
fn day_or_month_first(mut cursor: Cursor<'_>, zone: &TimeZone) -> Option<Stamp> {
    let first = cursor.number(1, 2)?;
    let sign = cursor.one_of(b"/-. ")?;
    cursor.blanks();
    if !cursor.peek()?.is_ascii_digit() {
        let month = i64::from(cursor.month_name()?);
        cursor.one_of(b"/-.,");
        cursor.blanks();
        let year = year(&mut cursor)?;
        let is_apart = gap(&mut cursor);
        let micros = is_apart.then(|| time(&mut cursor)).flatten()?;
        return Date { year: Some(year), month, day: first }.close(micros, cursor, zone);
    }
    let second = cursor.number(1, 2)?;
    if sign == b'/' && cursor.skip(b"-") {
        let micros = time(&mut cursor).filter(|_| cursor.is_at_end())?;
        return Date { year: None, month: first, day: second }.stamp(micros, Place::User, zone);
    }
    cursor.one_of(&[sign])?;
    let (month, day) = match sign {
        b'/' if first <= 12 => (first, second),
        b'/' | b'.' => (second, first),
        _ => return None,
    };
    let year = cursor.number(4, 4)?;
    let micros = gap(&mut cursor).then(|| time(&mut cursor)).flatten()?;
    Date { year: Some(year), month, day }.close(micros, cursor, zone)
}

/// A day of the week and any of these forms; a month; a letter for an era.
fn letters_first(mut cursor: Cursor<'_>, zone: &TimeZone) -> Option<Stamp> {
    let mut after = cursor;
    if after.weekday().is_some() {
        after.one_of(b",.");
        let is_apart = after.blanks();
        return match after.peek()? {
            b'0'..=b'9' if is_apart => digits_first(after, zone),
            _ if is_apart => month_first(after, zone),
            _ => None,
        };
    }
    if matches!(cursor.0, [b'R' | b'H' | b'S', b'0'..=b'9', ..]) {
        let year = era(&mut cursor)?;
        return behind_year(year, cursor, zone);
    }
    month_first(cursor, zone)
}

/// `May  7 01:02:03`, `May  7 01:02:03.123 JST 2026`, `May 07, 2026 01:02:03 AM`.
fn month_first(mut cursor: Cursor<'_>, zone: &TimeZone) -> Option<Stamp> {
    let month = i64::from(cursor.month_name()?);
    cursor.one_of(b"-/.");
    cursor.blanks();
    let day = cursor.number(1, 2)?;
    let mut after = cursor;
    after.one_of(b"-/,");
    after.blanks();
    if after.digits(5) == 4 {
        let year = after.number(4, 4)?;
        let micros = gap(&mut after).then(|| time(&mut after)).flatten()?;
        return Date { year: Some(year), month, day }.close(micros, after, zone);
    }
    let micros = gap(&mut cursor).then(|| time(&mut cursor)).flatten()?;
    let micros = halved(&mut cursor, micros)?;
    let date = |year| Date { year, month, day };
    if let Some((year, place)) = year_behind(cursor) {
        return date(Some(year)).stamp(micros, place, zone);
    }
    date(None).stamp(micros, tail(&mut cursor)?, zone)
}

/// ` 2026`, ` JST 2026`, ` 2026 +0900`, up to the end of the text. A name of a zone that nobody knows is the user's.
fn year_behind(mut cursor: Cursor<'_>) -> Option<(i64, Place)> {
    if !cursor.blanks() {
        return None;
    }
    if cursor.digits(5) == 4 {
        let year = cursor.number(4, 4)?;
        return Some((year, tail(&mut cursor)?));
    }
    let place = match cursor.peek()? {
        b'+' | b'-' => Place::East(offset(&mut cursor)?),
        _ => {
            let word = cursor.word();
            let is_name = (2..=5).contains(&word.len());
            name(word).or(is_name.then_some(Place::User))?
        }
    };
    let year = cursor.blanks().then(|| cursor.number(4, 4)).flatten()?;
    cursor.is_at_end().then_some((year, place))
}

/// A month by number or name.
fn month(cursor: &mut Cursor<'_>) -> Option<i64> {
    match cursor.peek()? {
        b'0'..=b'9' => cursor.number(1, 2),
        _ => cursor.month_name().map(i64::from),
    }
}

/// A year of four digits, or of two: 1969 to 2068, as POSIX has it.
fn year(cursor: &mut Cursor<'_>) -> Option<i64> {
    match cursor.digits(5) {
        4 => cursor.number(4, 4),
        2 => cursor.number(2, 2).map(of_two_digits),
        _ => None,
    }
}

/// The year that two digits mean.
pub(super) fn of_two_digits(year: i64) -> i64 {
    if year < 69 { 2000 + year } else { 1900 + year }
}

fn separator(cursor: &mut Cursor<'_>, sign: &str) -> Option<()> {
    if cursor.one_of(b"-/.: ").is_none() && !cursor.skip(sign.as_bytes()) {
        return None;
    }
    cursor.blanks();
    Some(())
}

/// What stands between a date and its time: `T`, blanks, a comma, a colon, `at`, the day of the week.
fn gap(cursor: &mut Cursor<'_>) -> bool {
    if cursor.one_of(b"Tt_-:").is_some() {
        return true;
    }
    let is_comma = cursor.skip(b",");
    let is_blank = cursor.blanks();
    if matches!(cursor.peek(), Some(b'0'..=b'9')) {
        return is_comma || is_blank;
    }
    let mut after = *cursor;
    let is_bracketed = after.skip(b"(");
    let is_day = after.weekday().is_some() && (!is_bracketed || after.skip(b")"));
    if is_day {
        *cursor = after;
    }
    let _ = cursor.skip(b"at");
    cursor.blanks();
    is_comma || is_blank || is_day
}
