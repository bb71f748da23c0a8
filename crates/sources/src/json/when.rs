//! Times as JSON records write them.

use jiff::civil;
use jiff::tz::TimeZone;
use model::Time;

/// The time of a text: RFC 3339, with a space for the `T`, without a zone, `/` in the date, seconds since 1970 (or a finer
/// unit) in digits, .NET's `/Date(ms)/`. `None` where it is none of these.
pub(crate) fn of_text(text: &str, zone: &TimeZone) -> Option<Time> {
    let text = text.trim_ascii();
    if let Some(time) = Time::parse(text) {
        return Some(time);
    }
    let epoch = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")).unwrap_or(text);
    if let Some(time) = of_number(epoch) {
        return Some(time);
    }
    of_civil(text, zone)
}

/// The time of a number: seconds, milliseconds, microseconds or nanoseconds since 1970, by its size. `None` for numbers
/// that would be before 1973, or past the year 5000, in each of them.
pub(crate) fn of_number(text: &str) -> Option<Time> {
    if text.contains(['e', 'E']) {
        let number: f64 = text.parse().ok()?;
        return if (0.0..1e20).contains(&number) { of_number(&format!("{number:.6}")) } else { None };
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 20 || !digits(whole) || !digits(fraction) {
        return None;
    }
    // Twenty digits and nine decimals fit well into 128 bits.
    let mut number: i128 = whole.parse().ok()?;
    for digit in fraction.bytes().chain(std::iter::repeat(b'0')).take(9) {
        number = number * 10 + i128::from(digit - b'0');
    }
    const SCALE: i128 = 1_000_000_000;
    let micros = match number / SCALE {
        100_000_000..100_000_000_000 => number / 1_000,
        100_000_000_000..100_000_000_000_000 => number / 1_000_000,
        100_000_000_000_000..100_000_000_000_000_000 => number / SCALE,
        100_000_000_000_000_000..100_000_000_000_000_000_000 => number / SCALE / 1_000,
        _ => return None,
    };
    i64::try_from(micros).ok().map(Time::from_micros)
}

/// `YYYY-MM-DD HH:MM:SS[.fraction]`, or with `T`, `/`, a comma before the fraction, and perhaps a zone behind it.
fn of_civil(text: &str, zone: &TimeZone) -> Option<Time> {
    let (fixed, rest) = text.as_bytes().split_at_checked(19)?;
    let mut plain = [0u8; 32];
    plain.get_mut(..19)?.copy_from_slice(fixed);
    for (at, from, to) in [(4, b'/', b'-'), (7, b'/', b'-'), (10, b' ', b'T')] {
        let byte = plain.get_mut(at)?;
        if *byte == from {
            *byte = to;
        }
    }
    let mut fraction = 0;
    if let [b'.' | b',', digits @ ..] = rest {
        fraction = 1 + digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let kept = fraction.min(10);
        plain.get_mut(19..19 + kept)?.copy_from_slice(rest.get(..kept)?);
        *plain.get_mut(19)? = b'.';
        let end = 19 + if kept == 1 { 0 } else { kept };
        *plain.get_mut(end)? = b'Z';
        plain.get_mut(end + 1..)?.fill(0);
    } else {
        *plain.get_mut(19)? = b'Z';
    }
    let end = plain.iter().position(|byte| *byte == 0)?;
    let utc = Time::parse(std::str::from_utf8(plain.get(..end)?).ok()?)?;
    match text.get(19 + fraction..)?.trim_ascii() {
        "" => in_zone(utc, zone),
        "Z" | "UTC" | "GMT" => Some(utc),
        offset => less_offset(utc, offset),
    }
}

/// The moment at which the clocks of the zone show what `utc` shows in UTC.
fn in_zone(utc: Time, zone: &TimeZone) -> Option<Time> {
    if *zone == TimeZone::UTC {
        return Some(utc);
    }
    let stamp = jiff::Timestamp::from_microsecond(utc.micros()).ok()?;
    let civil: civil::DateTime = TimeZone::UTC.to_datetime(stamp);
    Some(Time::from_micros(zone.to_timestamp(civil).ok()?.as_microsecond()))
}

/// The time less `+hh:mm`, `+hhmm` or `+hh`.
fn less_offset(time: Time, offset: &str) -> Option<Time> {
    let (sign, digits) = match offset.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at_checked(2)?;
    let hours: i64 = hours.parse().ok()?;
    let minutes: i64 = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
    Some(Time::from_micros(time.micros() - sign * (hours * 60 + minutes) * 60_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_in_which_logs_write_one_moment_are_the_same_moment() {
        let forms = [
            "2020-06-10T02:50:54.631Z",
            "2020-06-10 02:50:54.631",
            "2020-06-10 02:50:54,631",
            "2020/06/10 02:50:54.631",
            "2020-06-10T02:50:54.631",
            "2020-06-10T02:50:54.631+00:00",
            "2020-06-10T02:50:54.631000+0000",
            "2020-06-10 11:50:54.631 +0900",
            "2020-06-10 11:50:54.631+09",
            "2020-06-10 02:50:54.6310000 UTC",
            "2020-06-10T02:50:54.6310000Z",
            "1591757454.631",
            "1591757454631",
            "1591757454631000",
            "1591757454631000000",
            "1.591757454631e9",
            "/Date(1591757454631)/",
        ];
        for form in forms {
            let time = of_text(form, &TimeZone::UTC).map(|time| time.to_string());
            assert_eq!(time.as_deref(), Some("2020-06-10T02:50:54.631000Z"), "{form}");
        }
    }

    #[test]
    fn a_time_without_a_zone_is_in_the_user_s() {
        let tokyo = TimeZone::fixed(jiff::tz::offset(9));
        let time = of_text("2020-06-10 11:50:54", &tokyo).unwrap();
        assert_eq!(time.to_string(), "2020-06-10T02:50:54.000000Z");
        assert_eq!(
            of_text("2020-06-10 11:50:54 UTC", &tokyo).unwrap().to_string(),
            "2020-06-10T11:50:54.000000Z"
        );
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "0",
            "4624",
            "yesterday",
            "2020-06-10",
            "2020-06-10 25:00:00",
            "-1",
            "1e99",
            "１２３４５６７８９０",
        ] {
            assert_eq!(of_text(text, &TimeZone::UTC), None, "{text}");
        }
    }
}
