//! Times as JSON records write them.

use jiff::tz::TimeZone;
use model::Time;

pub(crate) use crate::times::of_number;
use crate::times::{Stamp, auto};

/// The time of a text, in any form that [`auto`] knows, with a year. Digits alone are a number here, as those without
/// quotes are: never `20260507010203`.
pub(crate) fn of_text(text: &str, zone: &TimeZone) -> Option<Time> {
    let text = text.trim_ascii();
    // `1778115723.456:789`: auditd's time and number of an event.
    let text = match text.split_once(':') {
        Some((time, number)) if time.contains('.') && !number.is_empty() => {
            if number.bytes().all(|byte| byte.is_ascii_digit()) && of_number(time).is_some() {
                time
            } else {
                text
            }
        }
        _ => text,
    };
    match of_number(text) {
        Some(time) => Some(time),
        None => match auto(text, zone)? {
            Stamp::Full(time) => Some(time),
            Stamp::Yearless { .. } | Stamp::None => None,
        },
    }
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
            "1591757454.631:30826",
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
