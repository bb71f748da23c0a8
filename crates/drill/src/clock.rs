//! Moments, and how products write them.
//!
//! In: microseconds since 1970 in UTC ([`Time`]). Out: the pieces of a date and time at a fixed distance from UTC, and digits for log lines
//! without going through `fmt`. Zones with summer time are left to products that write their offset or UTC.

use model::Time;

/// Microseconds.
pub const SECOND: i64 = 1_000_000;
/// Microseconds.
pub const MINUTE: i64 = 60 * SECOND;
/// Microseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// Microseconds.
pub const DAY: i64 = 24 * HOUR;
/// Japan's distance from UTC in minutes.
pub const JST: i32 = 540;

/// A date and time of day somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Of the Gregorian calendar.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999,999.
    pub micros: u32,
    /// 0 is Sunday.
    pub weekday: u8,
    /// Distance from UTC in minutes.
    pub offset: i32,
}

impl Civil {
    /// What clocks show at `time` where they are `offset` minutes ahead of UTC.
    pub fn of(time: Time, offset: i32) -> Civil {
        let local = time.micros() + i64::from(offset) * MINUTE;
        let (days, of_day) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let (year, month, day) = date_of(days);
        let seconds = of_day / SECOND;
        Civil {
            year,
            month,
            day,
            hour: (seconds / 3600) as u8,
            minute: (seconds / 60 % 60) as u8,
            second: (seconds % 60) as u8,
            micros: (of_day % SECOND) as u32,
            weekday: (days + 4).rem_euclid(7) as u8,
            offset,
        }
    }

    /// `Jan` to `Dec`.
    pub fn month_name(&self) -> &'static str {
        const NAMES: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        NAMES.get(usize::from(self.month) - 1).copied().unwrap_or_default()
    }

    /// `Sun` to `Sat`.
    pub fn weekday_name(&self) -> &'static str {
        const NAMES: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
        NAMES.get(usize::from(self.weekday)).copied().unwrap_or_default()
    }

    /// `2026-05-07`, with any byte between the numbers.
    pub fn date(&self, out: &mut Vec<u8>, between: u8) {
        digits(out, self.year as u64, 4);
        out.push(between);
        digits(out, u64::from(self.month), 2);
        out.push(between);
        digits(out, u64::from(self.day), 2);
    }

    /// `09:30:00`.
    pub fn time(&self, out: &mut Vec<u8>) {
        digits(out, u64::from(self.hour), 2);
        out.push(b':');
        digits(out, u64::from(self.minute), 2);
        out.push(b':');
        digits(out, u64::from(self.second), 2);
    }

    /// The fraction of the second, without a point: 3 digits are milliseconds, 6 microseconds.
    pub fn fraction(&self, out: &mut Vec<u8>, places: u32) {
        digits(out, u64::from(self.micros) / 10u64.pow(6u32.saturating_sub(places)), places as usize);
    }

    /// `+0900`, or `+09:00` with `colon`.
    pub fn offset(&self, out: &mut Vec<u8>, colon: bool) {
        out.push(if self.offset < 0 { b'-' } else { b'+' });
        digits(out, u64::from(self.offset.unsigned_abs()) / 60, 2);
        if colon {
            out.push(b':');
        }
        digits(out, u64::from(self.offset.unsigned_abs()) % 60, 2);
    }

    /// `May  7 09:30:00`: the time of syslog after RFC 3164.
    pub fn syslog(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.month_name().as_bytes());
        out.push(b' ');
        if self.day < 10 {
            out.push(b' ');
        }
        number(out, u64::from(self.day));
        out.push(b' ');
        self.time(out);
    }

    /// `2026-05-07T09:30:00.123456+09:00` (`Z` at an offset of 0), with that many places.
    pub fn rfc3339(&self, out: &mut Vec<u8>, places: u32) {
        self.date(out, b'-');
        out.push(b'T');
        self.time(out);
        if places > 0 {
            out.push(b'.');
            self.fraction(out, places);
        }
        if self.offset == 0 { out.push(b'Z') } else { self.offset(out, true) }
    }
}

/// The number with zeros before it.
pub fn digits(out: &mut Vec<u8>, value: u64, places: usize) {
    let mut buffer = itoa::Buffer::new();
    let written = buffer.format(value).as_bytes();
    out.extend(std::iter::repeat_n(b'0', places.saturating_sub(written.len())));
    out.extend_from_slice(written);
}

/// The number.
pub fn number(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// An IPv4 address in dots.
pub fn address(out: &mut Vec<u8>, address: u32) {
    for (at, octet) in address.to_be_bytes().into_iter().enumerate() {
        if at > 0 {
            out.push(b'.');
        }
        number(out, u64::from(octet));
    }
}

/// Days since 1970-01-01 as year, month, day (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
pub fn date_of(days: i64) -> (i32, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    ((year_of_era + era * 400 + i64::from(month <= 2)) as i32, month as u8, day as u8)
}

/// Days since 1970-01-01 of a date of the Gregorian calendar that exists; the inverse of [`date_of`].
pub fn days_of(year: i32, month: u8, day: u8) -> i64 {
    model::Time::from_date(year as i16, month as i8, day as i8, 0)
        .map_or(0, |time| time.micros().div_euclid(DAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_as_clocks_in_japan_show_it() {
        let civil = Civil::of(Time::parse("2026-05-06T23:59:58.123456Z").unwrap(), JST);
        let mut out = Vec::new();
        civil.rfc3339(&mut out, 6);
        out.push(b' ');
        civil.syslog(&mut out);
        out.push(b' ');
        out.extend_from_slice(civil.weekday_name().as_bytes());
        assert_eq!(String::from_utf8(out).unwrap(), "2026-05-07T08:59:58.123456+09:00 May  7 08:59:58 Thu");
    }

    #[test]
    fn days_and_dates_are_inverse() {
        for days in (-30_000..60_000).step_by(13) {
            let (year, month, day) = date_of(days);
            assert_eq!(days_of(year, month, day), days);
        }
    }
}
