//! Tests of all forms of time together.

use jiff::tz::{TimeZone, offset};
use model::Time;
use proptest::prelude::*;

use super::{Form, Stamp, auto, iso_time, local_time, named_month};

fn tokyo() -> TimeZone {
    TimeZone::fixed(offset(9))
}

fn new_york() -> TimeZone {
    TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap()
}

/// The time in RFC 3339, without decimals that are zero; `Mon-Day micros` where it has no year.
fn shown(stamp: Option<Stamp>) -> String {
    match stamp {
        Some(Stamp::Full(time)) => time.to_string().replace(".000000Z", "Z"),
        Some(Stamp::Yearless { month, day, micros }) => format!("{month}-{day} {micros}"),
        Some(Stamp::None) => "no stamp".into(),
        None => "none".into(),
    }
}

fn all_are(expected: &str, zone: &TimeZone, texts: &[&str]) {
    for text in texts {
        assert_eq!(shown(auto(text, zone)), expected, "{text}");
    }
}

fn read(form: &str, text: &str) -> String {
    shown(Form::parse(form).unwrap().read(text, &tokyo()))
}

#[test]
fn the_relatives_of_rfc_3339_with_a_zone_are_one_moment() {
    all_are(
        "2026-05-06T16:02:03.123000Z",
        &new_york(),
        &[
            "2026-05-06T16:02:03.123Z",
            "2026-05-06t16:02:03.123z",
            "2026-05-06 16:02:03.123 UTC",
            "2026/05/06 16:02:03,123 GMT",
            "2026.05.06 16:02:03.123000000 +00:00",
            "2026-05-07T01:02:03.123+09:00",
            "2026-05-07T01:02:03.123+0900",
            "2026-05-07T01:02:03.123+09",
            "2026-05-07 01:02:03.123 +09:00",
            "2026-05-07 01:02:03.123 JST",
            "2026-05-07 01:02:03.123JST",
            "2026-05-07 01:02:03.123 +0900 JST",
            "2026-05-07T01:02:03.123+09:00[Asia/Tokyo]",
            "2026-5-7 1:2:3.123 +9",
            "2026:05:07 01:02:03:123 +0900",
            "2026-05-07-01.02.03.123000 JST",
            "  2026-05-07T01:02:03.123+09:00\r\n",
            "[2026-05-07T01:02:03.123+09:00]",
        ],
    );
}

#[test]
fn a_time_without_a_zone_is_in_the_user_s() {
    all_are(
        "2026-05-06T16:02:03Z",
        &tokyo(),
        &[
            "2026-05-07T01:02:03",
            "2026-05-07 01:02:03",
            "2026-05-07 01:02:03.",
            "2026/05/07 01:02:03",
            "2026/5/7 1:02:03",
            "2026.05.07 01:02:03",
            "2026-05-07_01:02:03",
            "2026/05/07 01:02:03 AM",
            "2026/05/07(木) 01:02:03",
            "2026/05/07 (Thu) 01:02:03",
            "2026-May-07 01:02:03",
            "20260507T010203",
            "20260507 010203",
            "20260507-01:02:03",
            "20260507010203",
            "Thu May  7 01:02:03 2026",
            "Thu May 07 01:02:03 2026",
            "thu may 7 01:02:03 2026",
            "07-May-2026 01:02:03",
            "7 May 2026 01:02:03",
            "07-MAY-26 01.02.03 AM",
            "May 7 2026 01:02:03",
            "May 07, 2026 01:02:03 AM",
            "May 7, 2026 at 1:02:03 a.m.",
            "2026 May 7 01:02:03",
            "2026 May  7 01:02:03",
            "05/07/2026 01:02:03",
            "5/7/2026, 1:02:03\u{202f}AM",
            "05/07/2026-01:02:03",
            "07.05.2026 01:02:03",
            "Thu 05/07/2026  1:02:03.00",
        ],
    );
}

#[test]
fn the_half_of_the_day_counts() {
    all_are(
        "2026-05-07T13:02:03Z",
        &TimeZone::UTC,
        &[
            "05/07/2026 01:02:03 PM",
            "5/7/2026 1:02:03pm",
            "May 7, 2026 1:02:03 p.m.",
            "2026年5月7日 午後1時2分3秒",
        ],
    );
    all_are("2026-05-07T00:02:03Z", &TimeZone::UTC, &["5/7/2026 12:02:03 AM", "2026/05/07 午前0:02:03"]);
    all_are("2026-05-07T12:02:03Z", &TimeZone::UTC, &["5/7/2026 12:02:03 PM"]);
    all_are("none", &TimeZone::UTC, &["5/7/2026 13:02:03 AM"]);
}

#[test]
fn web_servers_and_mail_write_one_moment() {
    all_are(
        "2026-05-06T16:02:03Z",
        &TimeZone::UTC,
        &[
            "07/May/2026:01:02:03 +0900",
            "[07/May/2026:01:02:03 +0900]",
            "Thu, 07 May 2026 01:02:03 +0900",
            "Thu, 7 May 2026 01:02:03 +0900 (JST)",
            "Thu, 07-May-26 01:02:03 JST",
            "Thursday, 07-May-26 01:02:03 JST",
            "7 May 2026 01:02:03 +0900",
            "Thu May  7 01:02:03 JST 2026",
            "Thu May  7 01:02:03 2026 +0900",
            "Thu May 07 2026 01:02:03 GMT+0900 (Japan Standard Time)",
            "Thu 2026-05-07 01:02:03 JST",
            "Wed, 06 May 2026 16:02:03 GMT",
            "Wed May  6 16:02:03 UTC 2026",
            "Wed May 6 12:02:03 EDT 2026",
            "20260506T160203Z",
            "20260506160203Z",
            "20260506160203.0Z",
            "20260507010203+0900",
            "20260507010203.000000+540",
        ],
    );
    all_are("2026-05-07T01:02:03.123456Z", &TimeZone::UTC, &["[Thu May 07 01:02:03.123456 2026]"]);
    all_are(
        "2026-05-07T01:02:03.123000Z",
        &TimeZone::UTC,
        &["07-May-2026 01:02:03.123", "20260507010203123"],
    );
}

#[test]
fn a_name_that_means_several_zones_is_the_user_s_and_one_that_means_none_is_no_time() {
    all_are("2026-05-06T16:02:03Z", &tokyo(), &["2026-05-07 01:02:03 CST", "Thu May  7 01:02:03 XYZ 2026"]);
    all_are(
        "none",
        &tokyo(),
        &["2026-05-07 01:02:03 hello", "2026-05-07 01:02:03 XYZ", "2026-05-07 01:02:03 +25:00"],
    );
}

#[test]
fn a_time_without_a_year_has_none() {
    all_are(
        "5-7 3723000000",
        &tokyo(),
        &[
            "May  7 01:02:03",
            "May 07 01:02:03",
            "Thu May  7 01:02:03",
            "May 7 01:02:03 JST",
            "05/07-01:02:03",
        ],
    );
    all_are("5-7 3723123000", &tokyo(), &["May  7 01:02:03.123"]);
    all_are("2-29 0", &tokyo(), &["Feb 29 00:00:00"]);
    // Another zone's: what the user's clocks showed then.
    all_are("5-7 32400000000", &tokyo(), &["May  7 00:00:00 UTC"]);
    all_are("1-1 32400000000", &tokyo(), &["Jan  1 00:00:00Z"]);
    all_are("1-1 28800000000", &tokyo(), &["Dec 31 18:00:00 EST"]);
}

#[test]
fn japanese_dates_are_read() {
    all_are(
        "2026-05-06T16:02:03Z",
        &tokyo(),
        &[
            "2026年5月7日 1時2分3秒",
            "2026年05月07日01時02分03秒",
            "2026年5月7日(木) 1:02:03",
            "2026年5月7日 木曜日 1:02:03",
            "令和8年5月7日 01:02:03",
            "令和 8年 5月 7日 01:02:03",
            "R8.5.7 01:02:03",
            "R08/05/07 01:02:03",
            "㋿8年5月7日 1時2分3秒",
            "２０２６年５月７日　１時２分３秒",
            "２０２６／０５／０７　０１：０２：０３",
            "Ｒ８．５．７　０１：０２：０３",
            "2026年５月７日（木）1時2分3秒",
        ],
    );
    all_are("2026-05-06T16:02:00Z", &tokyo(), &["R08/05/07 01:02", "2026年5月7日1時2分", "2026/05/07 01:02"]);
    all_are(
        "2019-05-01T00:00:00Z",
        &TimeZone::UTC,
        &["令和元年5月1日 0時0分", "H31.5.1 0:00", "平成31年5月1日 0:00"],
    );
    all_are("1988-05-01T00:00:00Z", &TimeZone::UTC, &["S63/05/01 00:00:00", "昭和63年5月1日 0:00"]);
}

#[test]
fn the_first_of_two_numbers_is_the_month_unless_it_cannot_be() {
    all_are("2026-05-07T01:02:00Z", &TimeZone::UTC, &["05/07/2026 01:02"]);
    all_are(
        "2026-07-25T01:02:00Z",
        &TimeZone::UTC,
        &["25/07/2026 01:02", "07/25/2026 01:02", "25.07.2026 01:02"],
    );
    all_are("2026-07-05T01:02:00Z", &TimeZone::UTC, &["05.07.2026 01:02"]);
}

#[test]
fn a_number_counts_from_1970_in_the_unit_of_its_size() {
    all_are(
        "2020-06-10T02:50:54.631000Z",
        &tokyo(),
        &[
            "1591757454.631",
            "1591757454631",
            "1591757454631000",
            "1591757454631000000",
            "01591757454631000000",
            "1591757454631.0009",
            "1.591757454631e9",
            "/Date(1591757454631)/",
            "/Date(1591757454631+0900)/",
        ],
    );
    all_are("2020-05-20T18:40:00Z", &tokyo(), &["1.59e9", "1590000000"]);
    all_are(
        "none",
        &tokyo(),
        &["132332833230000000000", "999999999999999999999", "4624", "0", "-1591757454"],
    );
}

#[test]
fn a_leap_second_is_the_second_before() {
    all_are("2016-12-31T23:59:59Z", &TimeZone::UTC, &["2016-12-31T23:59:60Z", "Sat Dec 31 23:59:60 2016"]);
}

#[test]
fn what_is_no_time_is_none() {
    all_are(
        "none",
        &TimeZone::UTC,
        &[
            "",
            " ",
            "-",
            "+",
            "[",
            "[]",
            "[[2026-05-07 01:02:03]]",
            "2026-05-07",
            "2026年5月7日",
            "令和8年5月7日",
            "07/May/2026",
            "May 7 2026",
            "01:02:03",
            "2026-02-29 01:02:03",
            "2026-13-01 01:02:03",
            "2026-05-07 24:00:00",
            "2026-05-07 01:60:00",
            "2026-05-07 01:02:61",
            "2026-05-07 1",
            "2026-05-07 01:02:03 4",
            "20260532010203Z",
            "05-07 01:02:03.123",
            "05-07-2026 01:02:03",
            "05/07/26 01:02:03",
            "Mayor 7 01:02:03",
            "Thursday",
            "Feb 30 01:02:03",
            "R0.5.7 01:02:03",
            "10.0.0.1",
            "192.168.0.10",
            "2026-05-07Tかな",
            "１２３４５６７８９０",
            "/Date()/",
            "1e99",
            "NaN",
            "inf",
        ],
    );
}

#[test]
fn a_repeated_hour_is_the_first_and_one_left_out_is_later() {
    let zone = new_york();
    all_are("2026-11-01T05:30:00Z", &zone, &["2026-11-01 01:30:00"]);
    all_are("2026-03-08T07:30:00Z", &zone, &["2026-03-08 02:30:00"]);
    all_are("2026-03-08T06:59:59Z", &zone, &["2026-03-08 01:59:59"]);
    all_are("2026-03-08T07:00:00Z", &zone, &["2026-03-08 03:00:00"]);
}

#[test]
fn remembered_hours_are_those_that_the_zone_tells() {
    for zone in [new_york(), TimeZone::posix("LHST-10:30LHDT-11,M10.1.0,M4.1.0").unwrap(), tokyo()] {
        for step in 0..40_000i64 {
            let micros = (step * 7_001 % 525_600) * 60_000_000;
            let local =
                jiff::Timestamp::from_microsecond(Time::from_date(2026, 1, 1, micros).unwrap().micros())
                    .unwrap();
            let told = zone.to_ambiguous_timestamp(TimeZone::UTC.to_datetime(local)).compatible().unwrap();
            assert_eq!(
                local_time(2026, 1, 1, micros, &zone),
                Some(Time::from_micros(told.as_microsecond())),
                "{local}"
            );
        }
    }
}

#[test]
fn lines_of_syslog_give_their_time_and_the_rest() {
    let at = Time::parse("2026-05-06T16:02:03.5Z").unwrap();
    for text in ["2026-05-07T01:02:03.5 x", "2026-05-07 01:02:03.5+09:00 x", "2026-5-7T1:2:3,5+0900 x"] {
        assert_eq!(iso_time(text, &tokyo()), Some((at, " x")), "{text}");
    }
    for text in ["2026/05/07 01:02:03", "2026-05-07T01:02:03+09 x", "2026-05-07_01:02:03 x"] {
        assert_eq!(iso_time(text, &tokyo()), None, "{text}");
    }
    for text in ["May  7 2026 01:02:03.5: x", "2026 May 7 01:02:03.5 x"] {
        assert_eq!(named_month(text, &tokyo()), Some((Stamp::Full(at), " x")), "{text}");
    }
    for text in ["may  7 01:02:03 x", "MAY  7 01:02:03 x", "May  7 01:02:03x", "May 32 01:02:03 x"] {
        assert_eq!(named_month(text, &tokyo()), None, "{text}");
    }
}

#[test]
fn a_form_reads_what_it_says() {
    let expected = "2026-05-06T16:02:03Z";
    for (form, text) in [
        ("%d/%b/%Y:%H:%M:%S %z", "07/May/2026:01:02:03 +0900"),
        ("%d/%b/%Y:%H:%M:%S %z", "07/may/2026:01:02:03  +09:00"),
        ("[%d/%B/%Y:%H:%M:%S %z]", "[07/May/2026:01:02:03 +09]"),
        ("%y%m%d %H%M%S", "260507 010203"),
        ("%Y%m%d%H%M%S", "20260507010203"),
        ("%a %b %e %H:%M:%S %Z %Y", "Thu May  7 01:02:03 JST 2026"),
        ("%A, %d %b %Y %H:%M:%S %Z", "Thursday, 07 May 2026 01:02:03 XYZ"),
        ("%d/%m/%Y %I:%M:%S %p", "07/05/2026 1:02:03 am"),
        ("%m-%d-%Y %H:%M:%S", "05-07-2026 01:02:03"),
        ("%Y %j %H:%M:%S", "2026 127 01:02:03"),
        ("%E%m月%d日 %H時%M分%S秒", "令和8年5月7日 1時2分3秒"),
        ("%E年%m月%d日 %H:%M:%S", "令和8年5月7日 01:02:03"),
        ("%E/%m/%d %H:%M:%S", "R8/05/07 01:02:03"),
        ("%Y/%m/%d(%a) %H:%M:%S", "2026/05/07(木) 01:02:03"),
        ("%Y-%m-%dT%H:%M:%S%z", "2026-05-06T16:02:03Z"),
        ("%s", "1778083323"),
        ("100%% %s", "100% 1778083323"),
    ] {
        assert_eq!(read(form, text), expected, "{form} {text}");
    }
}

#[test]
fn a_form_reads_decimals_with_and_without_a_dot() {
    let expected = "2026-05-06T16:02:03.123400Z";
    for (form, text) in [
        ("%Y-%m-%d %H:%M:%S.%f", "2026-05-07 01:02:03.1234"),
        ("%Y-%m-%d %H:%M:%S%f", "2026-05-07 01:02:03.123400000"),
        ("%Y%m%d%H%M%S%f", "202605070102031234"),
        ("%Y-%m-%d %H:%M:%S:%f", "2026-05-07 01:02:03:1234"),
        ("%s", "1778083323.1234"),
        ("%s.%f", "1778083323.1234"),
        ("%s%f", "1778083323.1234"),
    ] {
        assert_eq!(read(form, text), expected, "{form} {text}");
    }
    assert_eq!(read("%s", "-1.5"), "1969-12-31T23:59:58.500000Z");
    assert_eq!(read("%s.%f", "-1.5"), "1969-12-31T23:59:58.500000Z");
}

#[test]
fn a_form_without_a_year_reads_a_time_without_one() {
    assert_eq!(read("%b %e %H:%M:%S", "May  7 01:02:03"), "5-7 3723000000");
    assert_eq!(read("%m-%d %H:%M:%S.%f", "05-07 01:02:03.5"), "5-7 3723500000");
    assert_eq!(read("%m-%d %H:%M", "02-29 01:02"), "2-29 3720000000");
}

#[test]
fn a_form_reads_nothing_else() {
    for (form, text) in
        [("%Y-%m-%d %H:%M:%S", "2026-05-07 01:02:03 "), ("%Y-%m-%d %H:%M:%S", " 2026-05-07 01:02:03")]
    {
        assert_ne!(read(form, text), "none", "outer blanks do not count");
    }
    for (form, text) in [
        ("%Y-%m-%d %H:%M:%S", "2026-05-07 01:02:03Z"),
        ("%Y-%m-%d %H:%M:%S", "2026-05-07T01:02:03"),
        ("%Y-%m-%d %H:%M:%S", "2026-02-29 01:02:03"),
        ("%Y-%m-%d %H:%M:%S", ""),
        ("%Y %j %H", "2026 366 01"),
        ("%Y %j %H", "2026 000 01"),
        ("%m/%d/%Y %I:%M %p", "05/07/2026 13:02 PM"),
        ("%s", "now"),
    ] {
        assert_eq!(read(form, text), "none", "{form} {text}");
    }
    assert_eq!(read("%Y %j %H", "2024 366 09"), "2024-12-31T00:00:00Z");
}

#[test]
fn an_error_says_what_is_wrong_with_a_form() {
    for (form, says) in [
        ("", "needs a month"),
        ("%Y-%m-%d %Q", "%Q means nothing"),
        ("%Y-%m-%d %H%", "ends with a single %"),
        ("%Y-%m-%d", "needs an hour"),
        ("%H:%M:%S", "needs a month"),
        ("%Y-%m-%d %I:%M", "%I needs %p"),
        ("%Y-%y-%m-%d %H", "a year more than once"),
        ("%j %H", "only together with a year"),
        ("%Y %j %d %H", "%j is month and day"),
        ("%s %H", "%s is a whole time"),
    ] {
        let error = Form::parse(form).unwrap_err();
        assert!(error.contains(says) && error.ends_with('.'), "{form}: {error}");
    }
}

#[test]
fn long_texts_are_quickly_no_time() {
    let started = std::time::Instant::now();
    let form = Form::parse("%Y-%m-%d %H:%M:%S %Z").unwrap();
    for part in ["1", "2026-05-07 01:02:03.1", " ", "２", "[", "May ", "年", "1e", "20260507T", "(", "0."] {
        let text = part.repeat(200_000);
        assert_eq!(auto(&text, &tokyo()), None, "{part}");
        assert_eq!(form.read(&text, &tokyo()), None, "{part}");
    }
    assert!(started.elapsed().as_secs() < 5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_text_is_too_much(text in any::<String>(), form in any::<String>()) {
        let _ = auto(&text, &new_york());
        if let Ok(form) = Form::parse(&form) {
            let _ = form.read(&text, &new_york());
        }
    }

    #[test]
    fn no_text_that_looks_like_a_time_is_too_much(
        text in "([0-9]{1,4}|[-/.:, T+Z\\[()]|May|Thu|JST|PM|R|令和|年|月|日|木|午後|時|分|５|：|\u{202f}){0,16}",
        form in "(%[YymbBdeHIpMSfzZsjaAE%]|[-/:. 年]){0,12}",
    ) {
        let _ = auto(&text, &new_york());
        if let Ok(form) = Form::parse(&form) {
            let _ = form.read(&text, &new_york());
        }
    }

    #[test]
    fn what_a_form_writes_it_reads(micros in -2_000_000_000_000_000i64..4_000_000_000_000_000) {
        let stamp = jiff::Timestamp::from_microsecond(micros).unwrap();
        let time = Time::from_micros(micros);
        let there = stamp.to_zoned(tokyo());
        for form in ["%Y-%m-%d %H:%M:%S.%f", "%Y %j %H%M%S%f", "%a %B %e %I:%M:%S,%f %p %Y", "%d/%b/%Y:%H:%M:%S.%f %z"] {
            let text = there.strftime(&form.replace("%f", "%6f")).to_string();
            let read = Form::parse(form).unwrap().read(&text, &tokyo());
            prop_assert_eq!(read, Some(Stamp::Full(time)), "{} {}", form, text);
        }
        for form in [
            "%Y-%m-%dT%H:%M:%S.%6f%z",
            "%Y/%m/%d %H:%M:%S,%6f",
            "%a %b %e %H:%M:%S.%6f %Y",
            "%d/%b/%Y:%H:%M:%S.%6f %z",
            "%Y年%m月%d日 %p%I時%M分%S.%6f秒",
            "%a, %d %b %Y %H:%M:%S.%6f %z",
            "%d.%m.%Y %H:%M:%S.%6f",
            "%Y%m%dT%H%M%S.%6f",
            "%B %d, %Y %I:%M:%S.%6f %p",
        ] {
            let text = there.strftime(form).to_string().replace("AM", "午前").replace("PM", "午後");
            let text = if form.contains('年') { text } else { there.strftime(form).to_string() };
            prop_assert_eq!(auto(&text, &tokyo()), Some(Stamp::Full(time)), "{}", text);
        }
    }

    #[test]
    fn a_number_of_seconds_is_read_as_it_is(micros in 100_000_000_000_000i64..4_000_000_000_000_000) {
        let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
        prop_assert_eq!(auto(&text, &tokyo()), Some(Stamp::Full(Time::from_micros(micros))));
        prop_assert_eq!(auto(&micros.to_string(), &tokyo()), Some(Stamp::Full(Time::from_micros(micros))));
    }
}

/// `cargo test --release -p yagura-sources --lib times -- --ignored --nocapture`
#[test]
#[ignore = "measures; says nothing of right or wrong"]
fn nanoseconds_for_each_form() {
    let zone = TimeZone::get("Asia/Tokyo").unwrap_or_else(|_| tokyo());
    let measure = |name: &str, read: &dyn Fn() -> Option<Stamp>| {
        // Short runs, of which the best was not interrupted by other programs.
        const ROUNDS: u32 = 5_000;
        let best = (0..400).map(|_| {
            let started = std::time::Instant::now();
            for _ in 0..ROUNDS {
                std::hint::black_box(read());
            }
            started.elapsed()
        });
        println!("{:4} ns  {name}", best.min().unwrap_or_default().as_nanos() / u128::from(ROUNDS));
    };
    for text in [
        "2026-05-07T01:02:03.123Z",
        "2026-05-07T01:02:03.123456+09:00",
        "2026-05-07 01:02:03",
        "2026/05/07 01:02:03.123",
        "2026/5/7 1:02",
        "07/May/2026:01:02:03 +0900",
        "[07/May/2026:01:02:03 +0900]",
        "Thu May  7 01:02:03 2026",
        "Thu May 07 01:02:03.123456 2026",
        "Thu May  7 01:02:03 JST 2026",
        "Thu, 07 May 2026 01:02:03 +0900",
        "May  7 01:02:03",
        "05/07/2026 01:02:03 AM",
        "07.05.2026 01:02:03",
        "1778083323",
        "1778083323.123",
        "1778083323123",
        "20260507T010203Z",
        "20260507010203.0Z",
        "2026年5月7日 1時2分3秒",
        "令和8年5月7日 01:02:03",
        "２０２６年５月７日　１時２分３秒",
        "a message that is no time",
        "192.168.0.10",
        "2026-05-07",
    ] {
        measure(text, &|| auto(std::hint::black_box(text), &zone));
    }
    for (form, text) in [
        ("%d/%b/%Y:%H:%M:%S %z", "07/May/2026:01:02:03 +0900"),
        ("%Y-%m-%d %H:%M:%S.%f", "2026-05-07 01:02:03.123"),
        ("%E%m月%d日 %H時%M分%S秒", "令和8年5月7日 1時2分3秒"),
    ] {
        let made = Form::parse(form).unwrap();
        measure(form, &|| made.read(std::hint::black_box(text), &zone));
    }
    let line = "May  7 01:02:03 host sshd[1]: x";
    measure("named_month", &|| named_month(std::hint::black_box(line), &zone).map(|(stamp, _)| stamp));
    let line = "2026-05-07T01:02:03.123456+09:00 host x";
    measure("iso_time", &|| iso_time(std::hint::black_box(line), &zone).map(|(time, _)| Stamp::Full(time)));
}
