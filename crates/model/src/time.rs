//! Event time: microseconds since 1970-01-01T00:00:00Z.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment in UTC, in microseconds since the Unix epoch. Printed as RFC 3339 with six decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(i64);

impl Time {
    /// The time of records that carry none that could be read.
    pub const UNKNOWN: Time = Time(0);

    /// From microseconds since the Unix epoch.
    pub const fn from_micros(micros: i64) -> Time {
        Time(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whether it lies in the years that a log can be of (1601 to 9999): the difference of two such times is a number that fits.
    pub const fn is_plausible(self) -> bool {
        const FROM: i64 = -11_644_473_600_000_000;
        const UNTIL: i64 = 253_402_300_800_000_000;
        FROM <= self.0 && self.0 < UNTIL
    }

    /// From a Windows FILETIME: 100-nanosecond steps since 1601-01-01T00:00:00Z (MS-DTYP 2.3.3).
    pub const fn from_filetime(filetime: u64) -> Time {
        const MICROS_1601_TO_1970: i64 = 11_644_473_600_000_000;
        Time((filetime / 10) as i64 - MICROS_1601_TO_1970)
    }

    /// A date of the proleptic Gregorian calendar and the microseconds of that day, in UTC. `None` where there is no such
    /// day; the microseconds are not limited to one.
    pub const fn from_date(year: i16, month: i8, day: i8, micros: i64) -> Option<Time> {
        let (year, month, day) = (year as i64, month as i64, day as i64);
        if month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        match (days_from_civil(year, month, day) * 86_400_000_000).checked_add(micros) {
            Some(micros) => Some(Time(micros)),
            None => None,
        }
    }

    /// Reads RFC 3339 (`2026-05-07T01:02:03.5Z`, any offset). `None` where the text is no such time.
    pub fn parse(text: &str) -> Option<Time> {
        parse_utc(text.as_bytes())
            .or_else(|| text.parse::<jiff::Timestamp>().ok().map(|t| Time(t.as_microsecond())))
    }
}

/// The common shape `YYYY-MM-DDTHH:MM:SS[.fraction]Z` without a general parser: logs hold millions of them.
fn parse_utc(text: &[u8]) -> Option<Time> {
    let (fixed, rest) = text.split_at_checked(19)?;
    let rest = rest.strip_suffix(b"Z")?;
    let digits = |from: usize, count: usize| -> Option<i64> {
        fixed
            .get(from..from + count)?
            .iter()
            .try_fold(0i64, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0')))
    };
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if separators.iter().any(|(at, byte)| fixed.get(*at) != Some(byte)) {
        return None;
    }
    let (year, month, day) = (digits(0, 4)?, digits(5, 2)?, digits(8, 2)?);
    let (hour, minute, second) = (digits(11, 2)?, digits(14, 2)?, digits(17, 2)?);
    if !(1..=12).contains(&month) || !(1..=days_in_month(year, month)).contains(&day) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut micros = 0;
    if let [b'.', fraction @ ..] = rest {
        if fraction.is_empty() || fraction.len() > 9 || !fraction.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut scale = 100_000;
        for byte in fraction.iter().take(6) {
            micros += i64::from(byte - b'0') * scale;
            scale /= 10;
        }
    } else if !rest.is_empty() {
        return None;
    }
    let days = days_from_civil(year, month, day);
    Some(Time((days * 86_400 + hour * 3600 + minute * 60 + second) * 1_000_000 + micros))
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = (month + 9) % 12;
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`]: (year, month, day).
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0.div_euclid(86_400_000_000));
        let of_day = self.0.rem_euclid(86_400_000_000);
        let (seconds, micros) = (of_day / 1_000_000, of_day % 1_000_000);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// As text where people may read it, else as microseconds.
impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() {
            true => serializer.collect_str(self),
            false => serializer.serialize_i64(self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        if !deserializer.is_human_readable() {
            return i64::deserialize(deserializer).map(Time);
        }
        let text = String::deserialize(deserializer)?;
        Time::parse(&text).ok_or_else(|| de::Error::custom(format_args!("`{text}` is no time in UTC")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_reader_agrees_with_the_general_one() {
        let mut seconds = -3_000_000_000i64;
        while seconds < 5_000_000_000 {
            let stamp = jiff::Timestamp::from_second(seconds).unwrap();
            assert_eq!(Time::parse(&stamp.to_string()), Some(Time(seconds * 1_000_000)), "{stamp}");
            seconds += 86_399 * 13 + 7;
        }
    }

    #[test]
    fn printing_and_reading_are_inverse() {
        for micros in [0, 1, -1, 1_588_813_323_000_001, 253_402_300_799_999_999, -2_208_988_800_000_000] {
            let time = Time::from_micros(micros);
            assert_eq!(Time::parse(&time.to_string()), Some(time));
        }
    }

    #[test]
    fn a_time_is_saved_and_read_as_text_and_as_a_number() {
        let time = Time::from_micros(-1_588_813_323_000_001);
        let text = serde_json::to_string(&time).unwrap();
        assert_eq!(serde_json::from_str::<Time>(&text).unwrap(), time);
        assert!(serde_json::from_str::<Time>("\"yesterday\"").is_err());
        let bytes = postcard::to_stdvec(&Time::from_micros(-1)).unwrap();
        assert_eq!((bytes.as_slice(), postcard::from_bytes(&bytes)), (&[1][..], Ok(Time::from_micros(-1))));
    }

    #[test]
    fn a_day_that_does_not_exist_is_no_time() {
        for text in ["2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01", ""]
        {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_filetime_counts_from_1601() {
        assert_eq!(Time::from_filetime(132_332_833_230_000_000).to_string(), "2020-05-07T00:02:03.000000Z");
    }
}
