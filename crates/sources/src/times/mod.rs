//! Times, in every form in which logs write them.
//!
//! In: a text, and the zone of times that name none. Out: a [`Stamp`]. [`auto`] knows the forms by their looks, [`Form`] is
//! told. A date alone is no time. Neither ever takes long or fails over a text, whatever stands in it.
//!
//! What [`auto`] does not guess, because half of its guesses would be wrong: dates with a year of two digits and no name of
//! a month (`05/07/26`), without a year and a name (`05-07`), with dashes and the year last (`05-07-2026`); a Windows
//! FILETIME. A number between slashes with the year last is a month first, unless it is over 12.

mod cursor;
mod dated;
mod epoch;
mod form;
mod head;
mod japan;
mod plain;
#[cfg(test)]
mod tests;
mod zone;

use jiff::tz::TimeZone;
use model::Time;

use cursor::Cursor;
pub(crate) use epoch::of_number;
pub use form::Form;
pub(crate) use head::{iso_time, named_month};
pub use zone::local_time;

/// When a record was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// With year.
    Full(Time),
    /// Month, day and microseconds of the day, in local time.
    Yearless {
        /// 1-12.
        month: i8,
        /// 1-31.
        day: i8,
        /// Since midnight.
        micros: i64,
    },
    /// The record has none.
    None,
}

/// The whole text as a time, in any form known; `None` where it is none. A time without a zone is in `zone`.
pub fn auto(text: &str, zone: &TimeZone) -> Option<Stamp> {
    let text = text.trim_ascii();
    let found = match text.as_bytes() {
        [b'0'..=b'9', ..] => number_or_date(text, zone),
        [b'[', inner @ .., b']'] => dated::stamp(Cursor(inner.trim_ascii()), zone),
        [b'/', ..] => dot_net(text),
        [b'a'..=b'z' | b'A'..=b'Z' | 0x80.., ..] => dated::stamp(Cursor(text.as_bytes()), zone),
        [b'+' | b'-', ..] => rfc_3339(text),
        _ => return None,
    };
    if found.is_some() || text.is_ascii() {
        return found;
    }
    dated::stamp(Cursor(japan::narrow(text)?.trim_ascii().as_bytes()), zone)
}

fn number_or_date(text: &str, zone: &TimeZone) -> Option<Stamp> {
    let cursor = Cursor(text.as_bytes());
    let number = || of_number(text).map(Stamp::Full);
    let count = cursor.digits(20);
    match (count, text.as_bytes().get(count)) {
        // As milliseconds these would be past the year 2286.
        (14, _) | (17, None) => plain::compact(cursor, zone).or_else(number),
        (1..=4 | 8 | 12, Some(_)) => dated::stamp(cursor, zone).or_else(number).or_else(|| rfc_3339(text)),
        _ => number(),
    }
}

/// `/Date(1591757454631)/`, where an offset changes nothing: the number counts in UTC.
fn dot_net(text: &str) -> Option<Stamp> {
    let number = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let end = number.find(['+', '-']).unwrap_or(number.len());
    of_number(number.get(..end)?).map(Stamp::Full)
}

/// What of RFC 3339 and RFC 9557 is too rare to be read here: offsets with seconds, years of six digits, annotations.
fn rfc_3339(text: &str) -> Option<Stamp> {
    let bytes = text.as_bytes();
    // It has one blank at most, between date and time.
    let mut blanks = memchr::memchr_iter(b' ', bytes);
    if blanks.next().is_some() && blanks.next().is_some() {
        return None;
    }
    let is_alike = match bytes {
        [b'+' | b'-', digit, ..] => digit.is_ascii_digit() && bytes.len() > 16,
        _ => {
            bytes.len() > 11
                && (bytes.get(4) == Some(&b'-') || matches!(bytes.get(8), Some(b'T' | b't' | b' ')))
        }
    };
    is_alike.then(|| Time::parse(text)).flatten().map(Stamp::Full)
}
