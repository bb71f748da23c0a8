//! Numbers, sizes, durations and dates as people write them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::Time;

use crate::{Arg, Words};

/// A whole number with a comma after every three digits.
pub fn grouped(number: u64) -> String {
    grouped_digits(&number.to_string())
}

/// Any number with a comma after every three digits before the point, and at most two behind it.
pub(crate) fn grouped_float(number: f64) -> String {
    if !number.is_finite() {
        return number.to_string();
    }
    let text = format!("{:.2}", number.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let sign = if number < 0.0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", grouped_digits(whole))
}

fn grouped_digits(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl Words {
    /// A number of bytes in the unit that suits it, of 1024 each.
    pub fn bytes(&self, bytes: u64) -> String {
        const UNITS: [&str; 4] = ["bytes-kib", "bytes-mib", "bytes-gib", "bytes-tib"];
        if bytes < 1024 {
            return self.text("bytes-b", &[("number", bytes.into())]);
        }
        let mut number = bytes as f64 / 1024.0;
        let mut unit = "bytes-kib";
        for larger in UNITS.into_iter().skip(1) {
            // What would be rounded to 1024 belongs to the next unit.
            if number < 1023.95 {
                break;
            }
            number /= 1024.0;
            unit = larger;
        }
        self.text(unit, &[("number", Arg::Num((number * 10.0).round() / 10.0))])
    }

    /// A duration, in the two largest units that suit it.
    pub fn duration(&self, seconds: f64) -> String {
        let seconds = if seconds.is_finite() { seconds.max(0.0) } else { 0.0 };
        let tenths = (seconds * 10.0).round() / 10.0;
        if tenths < 60.0 {
            return self.text("duration-seconds", &[("seconds", tenths.into())]);
        }
        let whole = seconds.round() as u64;
        let (minutes, hours, days) = (whole / 60, whole / 3600, whole / 86_400);
        if hours == 0 {
            let args = [("minutes", minutes.into()), ("seconds", (whole % 60).into())];
            return self.text("duration-minutes", &args);
        }
        if days == 0 {
            let args = [("hours", hours.into()), ("minutes", (minutes % 60).into())];
            return self.text("duration-hours", &args);
        }
        self.text("duration-days", &[("days", days.into()), ("hours", (hours % 24).into())])
    }

    /// Date, time of day and zone.
    pub fn date_time(&self, time: Time, zone: &TimeZone) -> String {
        match Timestamp::from_microsecond(time.micros()) {
            Ok(stamp) if time != Time::UNKNOWN => {
                stamp.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
            }
            _ => self.text("time-unknown", &[]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    const EN: Language = Language::En;
    const JA: Language = Language::Ja;

    #[test]
    fn thousands_are_separated() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([-1234.5, 0.25, 1000.0].map(grouped_float), ["-1,234.5", "0.25", "1,000"]);
    }

    #[test]
    fn sizes_are_in_the_unit_that_suits_them() {
        let words = Words::new(EN);
        assert_eq!(words.bytes(1023), "1,023 B");
        assert_eq!(words.bytes(1536), "1.5 KiB");
        assert_eq!(words.bytes((1 << 20) - 1), "1 MiB");
        assert_eq!(words.bytes(5 << 40), "5 TiB");
        assert_eq!(Words::new(JA).bytes(12), "12バイト");
    }

    #[test]
    fn durations_have_two_units_at_most() {
        let shown = |seconds| [Words::new(EN).duration(seconds), Words::new(JA).duration(seconds)];
        assert_eq!(shown(0.84), ["0.8 s", "0.8秒"]);
        assert_eq!(shown(59.97), ["1 min 0 s", "1分0秒"]);
        assert_eq!(shown(7_500.0), ["2 h 5 min", "2時間5分"]);
        assert_eq!(shown(90_000.0), ["1 day 1 h", "1日1時間"]);
        assert_eq!(shown(f64::NAN), ["0 s", "0秒"]);
    }

    #[test]
    fn a_time_is_shown_in_the_zone_asked_for() {
        let time = Time::parse("2026-05-07T01:02:03.5Z").unwrap();
        let words = Words::new(JA);
        assert_eq!(words.date_time(time, &TimeZone::UTC), "2026-05-07 01:02:03 UTC");
        let tokyo = TimeZone::fixed(jiff::tz::offset(9));
        assert_eq!(words.date_time(time, &tokyo), "2026-05-07 10:02:03 +09");
        assert_eq!(words.date_time(Time::UNKNOWN, &tokyo), "時刻不明");
    }
}
