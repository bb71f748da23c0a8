//! Which days people work.
//!
//! In: a day, as days since 1970. Out: whether it is a holiday, under which name, and whether offices work. Japan's holidays follow the law on
//! national holidays (国民の祝日に関する法律) for 2000 to 2099; the equinoxes of years to come are computed, as the law leaves them to the almanac.
//! Other countries have their main public holidays; those that follow the moon come from a table for 2019 to 2030 and are absent elsewhere.
//! Extra days that a government gives at short notice (elections, bridge days) are not known here.

use std::sync::OnceLock;

use crate::clock::{date_of, days_of};

/// A country with offices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Country {
    /// 日本
    Japan,
    /// シンガポール
    Singapore,
    /// タイ
    Thailand,
    /// 米国
    UnitedStates,
}

impl Country {
    /// The two letters of ISO 3166-1.
    pub fn code(self) -> &'static str {
        match self {
            Country::Japan => "JP",
            Country::Singapore => "SG",
            Country::Thailand => "TH",
            Country::UnitedStates => "US",
        }
    }
}

/// The name of the holiday on that day: in Japanese for Japan, in English elsewhere.
pub fn holiday(country: Country, days: i64) -> Option<&'static str> {
    match country {
        Country::Japan => japan(days),
        Country::Singapore => singapore(days).or_else(|| in_lieu(days, singapore, false)),
        Country::Thailand => thailand(days).or_else(|| in_lieu(days, thailand, true)),
        Country::UnitedStates => observed_in_united_states(days),
    }
}

/// Offices work: neither a weekend, nor a holiday, nor the closing of companies in Japan around New Year. In the week of obon they do, with
/// fewer people.
pub fn is_working_day(country: Country, days: i64) -> bool {
    let closed = country == Country::Japan && is_year_end_closing(days);
    !is_weekend(days) && !closed && holiday(country, days).is_none()
}

/// The first working day after that day.
pub fn next_working_day(country: Country, days: i64) -> i64 {
    (days + 1..days + 30).find(|day| is_working_day(country, *day)).unwrap_or(days + 1)
}

/// The last working day before that day.
pub fn previous_working_day(country: Country, days: i64) -> i64 {
    (days - 29..days).rev().find(|day| is_working_day(country, *day)).unwrap_or(days - 1)
}

/// 29 December to 3 January (年末年始), when companies in Japan are closed.
pub fn is_year_end_closing(days: i64) -> bool {
    matches!(date_of(days), (_, 12, 29..) | (_, 1, ..=3))
}

/// 13 to 16 August (お盆), when many people in Japan take their leave.
pub fn is_obon(days: i64) -> bool {
    matches!(date_of(days), (_, 8, 13..=16))
}

/// Saturday or Sunday.
pub fn is_weekend(days: i64) -> bool {
    matches!(weekday(days), SATURDAY | SUNDAY)
}

/// 0 is Sunday.
pub fn weekday(days: i64) -> i64 {
    (days + 4).rem_euclid(7)
}

/// The last working day in Japan of the month that the day is in: when accounts are closed and invoices go out.
pub fn month_end(days: i64) -> i64 {
    previous_working_day(Country::Japan, first_of_next_month(days))
}

/// The last working day of its month in Japan.
pub fn is_month_end(days: i64) -> bool {
    month_end(days) == days
}

/// Among the last seven days up to the last working day of March, June, September or December: when orders are booked and people work late.
pub fn is_quarter_end_week(days: i64) -> bool {
    let (_, month, _) = date_of(days);
    let end = month_end(days);
    month % 3 == 0 && (end - 6..=end).contains(&days)
}

/// The year that companies and offices in Japan reckon with (年度), from April.
pub fn fiscal_year(days: i64) -> i32 {
    let (year, month, _) = date_of(days);
    if month < 4 { year - 1 } else { year }
}

const SUNDAY: i64 = 0;
const MONDAY: i64 = 1;
const THURSDAY: i64 = 4;
const FRIDAY: i64 = 5;
const SATURDAY: i64 = 6;

fn first_of_next_month(days: i64) -> i64 {
    let (year, month, _) = date_of(days);
    if month == 12 { days_of(year + 1, 1, 1) } else { days_of(year, month + 1, 1) }
}

/// With substitute holidays (振替休日) and days between two holidays (国民の休日).
fn japan(days: i64) -> Option<&'static str> {
    national_holiday(days).or_else(|| in_lieu(days, national_holiday, false).map(|_| "振替休日")).or_else(
        || {
            let between = national_holiday(days - 1).is_some() && national_holiday(days + 1).is_some();
            (between && weekday(days) != SUNDAY).then_some("国民の休日")
        },
    )
}

/// The holidays that the law names, without those that follow from them.
fn national_holiday(days: i64) -> Option<&'static str> {
    let (year, month, day) = date_of(days);
    if !(2000..2100).contains(&year) {
        return None;
    }
    let moved = matches!(year, 2020 | 2021);
    let name = match (month, day) {
        (1, 1) => "元日",
        (1, _) if is_nth(days, 2, MONDAY) => "成人の日",
        (2, 11) => "建国記念の日",
        (2, 23) if year >= 2020 => "天皇誕生日",
        (3, _) if i64::from(day) == spring_equinox(year) => "春分の日",
        (4, 29) if year < 2007 => "みどりの日",
        (4, 29) => "昭和の日",
        (5, 1) if year == 2019 => "天皇の即位の日",
        (5, 3) => "憲法記念日",
        (5, 4) if year >= 2007 => "みどりの日",
        (5, 5) => "こどもの日",
        (7, 20) if year < 2003 => "海の日",
        (7, _) if year >= 2003 && !moved && is_nth(days, 3, MONDAY) => "海の日",
        (8, 11) if year >= 2016 && !moved => "山の日",
        (9, 15) if year < 2003 => "敬老の日",
        (9, _) if year >= 2003 && is_nth(days, 3, MONDAY) => "敬老の日",
        (9, _) if i64::from(day) == autumn_equinox(year) => "秋分の日",
        (10, _) if year < 2020 && is_nth(days, 2, MONDAY) => "体育の日",
        (10, _) if year > 2021 && is_nth(days, 2, MONDAY) => "スポーツの日",
        (10, 22) if year == 2019 => "即位礼正殿の儀の行われる日",
        (11, 3) => "文化の日",
        (11, 23) => "勤労感謝の日",
        (12, 23) if year < 2019 => "天皇誕生日",
        _ if moved => return moved_for_the_games(year, month, day),
        _ => return None,
    };
    Some(name)
}

/// The days that were moved for the Olympic Games, planned for 2020 and held in 2021.
fn moved_for_the_games(year: i32, month: u8, day: u8) -> Option<&'static str> {
    match (year, month, day) {
        (2020, 7, 23) | (2021, 7, 22) => Some("海の日"),
        (2020, 7, 24) | (2021, 7, 23) => Some("スポーツの日"),
        (2020, 8, 10) | (2021, 8, 8) => Some("山の日"),
        _ => None,
    }
}

/// The day in March, for 1980 to 2099.
fn spring_equinox(year: i32) -> i64 {
    let years = i64::from(year) - 1980;
    (20_843_100 + 242_194 * years) / 1_000_000 - years / 4
}

/// The day in September, for 1980 to 2099.
fn autumn_equinox(year: i32) -> i64 {
    let years = i64::from(year) - 1980;
    (23_248_800 + 242_194 * years) / 1_000_000 - years / 4
}

fn singapore(days: i64) -> Option<&'static str> {
    let (year, month, day) = date_of(days);
    match (month, day) {
        (1, 1) => Some("New Year's Day"),
        (5, 1) => Some("Labour Day"),
        (8, 9) => Some("National Day"),
        (12, 25) => Some("Christmas Day"),
        (3 | 4, _) if days == easter(year) - 2 => Some("Good Friday"),
        _ => feast(Country::Singapore, days),
    }
}

fn thailand(days: i64) -> Option<&'static str> {
    let (year, month, day) = date_of(days);
    match (month, day) {
        (1, 1) => Some("New Year's Day"),
        (4, 6) => Some("Chakri Memorial Day"),
        (4, 13..=15) => Some("Songkran Festival"),
        (5, 1) => Some("National Labour Day"),
        (5, 4) if year >= 2020 => Some("Coronation Day"),
        (6, 3) if year >= 2019 => Some("H.M. Queen Suthida's Birthday"),
        (7, 28) if year >= 2017 => Some("H.M. King Maha Vajiralongkorn's Birthday"),
        (8, 12) => Some("H.M. Queen Sirikit's Birthday"),
        (10, 13) if year >= 2017 => Some("H.M. King Bhumibol Adulyadej Memorial Day"),
        (10, 23) => Some("H.M. King Chulalongkorn Memorial Day"),
        (12, 5) => Some("H.M. King Bhumibol Adulyadej's Birthday"),
        (12, 10) => Some("Constitution Day"),
        (12, 31) => Some("New Year's Eve"),
        _ => feast(Country::Thailand, days),
    }
}

/// Federal holidays.
fn united_states(days: i64) -> Option<&'static str> {
    let (year, month, day) = date_of(days);
    match (month, day) {
        (1, 1) => Some("New Year's Day"),
        (1, _) if is_nth(days, 3, MONDAY) => Some("Martin Luther King Jr. Day"),
        (2, _) if is_nth(days, 3, MONDAY) => Some("Washington's Birthday"),
        (5, 25..) if weekday(days) == MONDAY => Some("Memorial Day"),
        (6, 19) if year >= 2021 => Some("Juneteenth"),
        (7, 4) => Some("Independence Day"),
        (9, _) if is_nth(days, 1, MONDAY) => Some("Labor Day"),
        (10, _) if is_nth(days, 2, MONDAY) => Some("Columbus Day"),
        (11, 11) => Some("Veterans Day"),
        (11, _) if is_nth(days, 4, THURSDAY) => Some("Thanksgiving Day"),
        (12, 25) => Some("Christmas Day"),
        _ => None,
    }
}

/// A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after.
fn observed_in_united_states(days: i64) -> Option<&'static str> {
    united_states(days).or_else(|| match weekday(days) {
        MONDAY => united_states(days - 1),
        FRIDAY => united_states(days + 1),
        _ => None,
    })
}

/// The holiday of the weekend before, where it is made up for on that day: each holiday on a Sunday (and, with `saturdays`, on a Saturday) by
/// the first weekday after it that is none itself. A feast over both days is made up for once.
fn in_lieu(days: i64, own: fn(i64) -> Option<&'static str>, saturdays: bool) -> Option<&'static str> {
    let since_sunday = weekday(days);
    if matches!(since_sunday, SATURDAY | SUNDAY) || own(days).is_some() {
        return None;
    }
    let sunday = days - since_sunday;
    let free_before = (sunday + 1..days).filter(|day| own(*day).is_none()).count();
    let on_saturday = if saturdays { own(sunday - 1) } else { None };
    let on_sunday = own(sunday).filter(|name| on_saturday != Some(*name));
    on_saturday.into_iter().chain(on_sunday).nth(free_before)
}

/// The `n`th such weekday of its month.
fn is_nth(days: i64, n: u8, which: i64) -> bool {
    let (_, _, day) = date_of(days);
    weekday(days) == which && day.div_ceil(7) == n
}

/// Easter Sunday (the rule of the Gregorian calendar, as whole numbers; Meeus, Jones and Butcher).
fn easter(year: i32) -> i64 {
    let (golden, century, of_century) = (year % 19, year / 100, year % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let to_sunday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let early = (golden + 11 * epact + 22 * to_sunday) / 451;
    let from_march = epact + to_sunday - 7 * early + 114;
    days_of(year, (from_march / 31) as u8, (from_march % 31 + 1) as u8)
}

/// A holiday that follows the moon.
fn feast(country: Country, days: i64) -> Option<&'static str> {
    /// Day, country and name, by day.
    static FEASTS: OnceLock<Vec<(i64, &'static str, &'static str)>> = OnceLock::new();
    let feasts = FEASTS.get_or_init(|| {
        let lines = include_str!("../data/feasts.tsv").lines().filter(|line| !line.starts_with('#'));
        let mut feasts: Vec<_> = lines.filter_map(feast_of_line).collect();
        feasts.sort_unstable();
        feasts
    });
    let from = feasts.partition_point(|(day, _, _)| *day < days);
    let on_that_day = feasts.iter().skip(from).take_while(|(day, _, _)| *day == days);
    on_that_day.filter(|(_, code, _)| *code == country.code()).map(|(_, _, name)| *name).next()
}

fn feast_of_line(line: &'static str) -> Option<(i64, &'static str, &'static str)> {
    let mut cells = line.split('\t');
    let (date, code, name) = (cells.next()?, cells.next()?, cells.next()?);
    let mut numbers = date.split('-');
    let year = numbers.next()?.parse().ok()?;
    let month = numbers.next()?.parse().ok()?;
    let day = numbers.next()?.parse().ok()?;
    Some((days_of(year, month, day), code, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(country: Country, year: i32) -> Vec<(u8, u8, &'static str)> {
        let days = days_of(year, 1, 1)..days_of(year + 1, 1, 1);
        days.filter_map(|day| holiday(country, day).map(|name| (date_of(day).1, date_of(day).2, name)))
            .collect()
    }

    fn of_japan(year: i32, month: u8, day: u8) -> Option<&'static str> {
        holiday(Country::Japan, days_of(year, month, day))
    }

    #[test]
    fn the_holidays_of_2026_are_those_of_the_almanac() {
        let expected = [
            (1, 1, "元日"),
            (1, 12, "成人の日"),
            (2, 11, "建国記念の日"),
            (2, 23, "天皇誕生日"),
            (3, 20, "春分の日"),
            (4, 29, "昭和の日"),
            (5, 3, "憲法記念日"),
            (5, 4, "みどりの日"),
            (5, 5, "こどもの日"),
            (5, 6, "振替休日"),
            (7, 20, "海の日"),
            (8, 11, "山の日"),
            (9, 21, "敬老の日"),
            (9, 22, "国民の休日"),
            (9, 23, "秋分の日"),
            (10, 12, "スポーツの日"),
            (11, 3, "文化の日"),
            (11, 23, "勤労感謝の日"),
        ];
        assert_eq!(named(Country::Japan, 2026), expected);
    }

    #[test]
    fn the_ten_days_at_the_change_of_emperors_were_free() {
        for day in days_of(2019, 4, 27)..=days_of(2019, 5, 6) {
            assert!(!is_working_day(Country::Japan, day), "{:?}", date_of(day));
        }
        assert_eq!(of_japan(2019, 4, 30), Some("国民の休日"));
        assert_eq!(of_japan(2019, 5, 2), Some("国民の休日"));
        assert_eq!(of_japan(2019, 5, 6), Some("振替休日"));
        assert_eq!(of_japan(2019, 12, 23), None);
        assert_eq!(of_japan(2019, 2, 23), None);
    }

    #[test]
    fn the_days_moved_for_the_games_are_where_they_were_moved_to() {
        assert_eq!(of_japan(2020, 7, 20), None);
        assert_eq!(of_japan(2020, 7, 23), Some("海の日"));
        assert_eq!(of_japan(2020, 10, 12), None);
        assert_eq!(of_japan(2021, 7, 23), Some("スポーツの日"));
        assert_eq!(of_japan(2021, 8, 9), Some("振替休日"));
        assert_eq!(of_japan(2021, 8, 11), None);
        assert_eq!(of_japan(2022, 7, 18), Some("海の日"));
    }

    #[test]
    fn before_2007_the_fourth_of_may_was_free_for_being_between_two_holidays() {
        assert_eq!(of_japan(2005, 5, 4), Some("国民の休日"));
        assert_eq!(of_japan(2003, 5, 4), None);
        assert_eq!(of_japan(2009, 5, 6), Some("振替休日"));
        assert_eq!(of_japan(2009, 9, 22), Some("国民の休日"));
        assert_eq!(of_japan(2002, 7, 20), Some("海の日"));
        assert_eq!(of_japan(2002, 9, 16), Some("振替休日"));
    }

    #[test]
    fn equinoxes_fall_where_the_observatory_put_them() {
        let march =
            [(2000, 20), (2003, 21), (2012, 20), (2023, 21), (2024, 20), (2025, 20), (2026, 20), (2027, 21)];
        assert!(march.iter().all(|(year, day)| spring_equinox(*year) == *day));
        let september =
            [(2000, 23), (2012, 22), (2020, 22), (2023, 23), (2024, 22), (2025, 23), (2026, 23), (2027, 23)];
        assert!(september.iter().all(|(year, day)| autumn_equinox(*year) == *day));
    }

    #[test]
    fn a_company_is_closed_around_new_year_but_not_in_the_week_of_obon() {
        assert!(is_working_day(Country::Japan, days_of(2026, 12, 28)));
        assert!(!is_working_day(Country::Japan, days_of(2026, 12, 29)));
        assert_eq!(next_working_day(Country::Japan, days_of(2026, 12, 28)), days_of(2027, 1, 4));
        assert_eq!(previous_working_day(Country::Japan, days_of(2027, 1, 4)), days_of(2026, 12, 28));
        assert!(is_obon(days_of(2026, 8, 14)) && is_working_day(Country::Japan, days_of(2026, 8, 14)));
    }

    #[test]
    fn months_and_quarters_end_on_their_last_working_day() {
        assert_eq!(month_end(days_of(2026, 5, 7)), days_of(2026, 5, 29));
        assert_eq!(month_end(days_of(2026, 12, 31)), days_of(2026, 12, 28));
        assert!(is_quarter_end_week(days_of(2026, 3, 25)) && is_quarter_end_week(days_of(2026, 3, 31)));
        assert!(!is_quarter_end_week(days_of(2026, 3, 24)) && !is_quarter_end_week(days_of(2026, 4, 30)));
        assert_eq!(fiscal_year(days_of(2026, 3, 31)), 2025);
        assert_eq!(fiscal_year(days_of(2026, 4, 1)), 2026);
    }

    #[test]
    fn singapore_keeps_a_sunday_s_holiday_on_the_next_free_day() {
        let names = named(Country::Singapore, 2023);
        assert!(names.contains(&(1, 2, "New Year's Day")));
        assert!(names.contains(&(1, 24, "Chinese New Year")));
        assert!(names.contains(&(4, 7, "Good Friday")));
        assert!(names.contains(&(11, 13, "Deepavali")));
        assert_eq!(holiday(Country::Singapore, days_of(2024, 2, 12)), Some("Chinese New Year"));
        assert!(is_working_day(Country::Singapore, days_of(2026, 5, 6)));
    }

    #[test]
    fn thailand_makes_up_for_songkran_once() {
        let free = |day| holiday(Country::Thailand, days_of(2024, 4, day)).is_some();
        assert!(free(15) && free(16) && !free(17));
        assert_eq!(holiday(Country::Thailand, days_of(2026, 6, 1)), Some("Visakha Bucha Day"));
        assert_eq!(holiday(Country::Thailand, days_of(2023, 1, 3)), Some("New Year's Day"));
    }

    #[test]
    fn the_united_states_keep_a_saturday_s_holiday_on_friday() {
        assert_eq!(holiday(Country::UnitedStates, days_of(2026, 7, 3)), Some("Independence Day"));
        assert_eq!(holiday(Country::UnitedStates, days_of(2026, 11, 26)), Some("Thanksgiving Day"));
        assert_eq!(holiday(Country::UnitedStates, days_of(2026, 5, 25)), Some("Memorial Day"));
        assert!(!is_working_day(Country::UnitedStates, days_of(2022, 12, 26)));
    }

    #[test]
    fn the_formula_for_easter_agrees_with_the_church() {
        let dates = [(2019, 4, 21), (2020, 4, 12), (2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28)];
        assert!(dates.iter().all(|(year, month, day)| easter(*year) == days_of(*year, *month, *day)));
    }
}
