//! Times in a form that somebody spelled out, as `%d/%b/%Y:%H:%M:%S %z`.
//!
//! In: the form, once; then texts. Out: a [`Stamp`] for a text that has the form from its beginning to its end.
//!
//! | | |
//! |---|---|
//! | `%Y` `%y` `%E` | year: four digits; two (1969 to 2068); Japanese (`令和7年`, `R7`) |
//! | `%m` `%b` `%B` | month: number; English name, short or in full |
//! | `%d` `%e` `%j` | day: number; the same with a blank before it; of the year |
//! | `%H` `%I` `%p` | hour: of the day; of its half; which half (`AM`, `p.m.`, `午後`) |
//! | `%M` `%S` `%f` | minute; second; its decimals, one to nine |
//! | `%z` `%Z` | zone: offset (`+0900`, `+09:00`, `+09`, `Z`); name, where an unknown one is the user's zone |
//! | `%s` | seconds since 1970, with or without decimals |
//! | `%a` `%A` | day of the week, which is passed over |
//! | `%%`, a blank | a percent sign; one or more blanks |

use jiff::tz::TimeZone;
use model::Time;

use super::Stamp;
use super::cursor::{Cursor, SECOND, of_day};
use super::dated::of_two_digits;
use super::japan::era;
use super::plain::{Date, in_half, placed};
use super::zone::{Place, name, offset};

/// An explicit form, for what [`auto`](super::auto) would have to guess.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    items: Vec<Item>,
}

impl Form {
    /// Reads `%d/%b/%Y:%H:%M:%S %z`. An error says what is wrong with it, in one sentence.
    pub fn parse(text: &str) -> Result<Form, String> {
        let mut items: Vec<Item> = Vec::new();
        let mut letters = text.trim().chars();
        while let Some(letter) = letters.next() {
            match letter {
                '%' => items.push(directive(letters.next())?),
                _ if letter.is_whitespace() && items.last() == Some(&Item::Blank) => {}
                _ if letter.is_whitespace() => items.push(Item::Blank),
                _ => items.push(Item::Letter(letter)),
            }
        }
        let form = Form { items };
        form.check()?;
        Ok(form)
    }

    /// The whole text as a time in this form. A time without a zone is in `zone`.
    pub fn read(&self, text: &str, zone: &TimeZone) -> Option<Stamp> {
        let mut cursor = Cursor(text.trim_ascii().as_bytes());
        let mut parts = Parts::EMPTY;
        let mut items = self.items.iter();
        while let Some(item) = items.next() {
            parts.read(*item, items.as_slice().first(), &mut cursor)?;
        }
        if cursor.is_at_end() { parts.stamp(zone) } else { None }
    }

    /// Whether the form says enough, and nothing twice.
    fn check(&self) -> Result<(), String> {
        let has = |what: What| self.items.iter().any(|item| item.what() == Some(what));
        let of_kind = |what: What| self.items.iter().filter(move |item| item.what() == Some(what)).count();
        let all = [
            What::Year,
            What::Month,
            What::Day,
            What::Hour,
            What::Half,
            What::Minute,
            What::Second,
            What::Fraction,
            What::Zone,
            What::Epoch,
            What::DayOfYear,
        ];
        if let Some(what) = all.into_iter().find(|what| of_kind(*what) > 1) {
            return Err(format!("The form has {} more than once.", what.words()));
        }
        if has(What::Epoch) {
            let is_rest =
                all.into_iter().all(|what| matches!(what, What::Epoch | What::Fraction) || !has(what));
            return if is_rest {
                Ok(())
            } else {
                Err("%s is a whole time, so nothing can stand beside it.".into())
            };
        }
        if has(What::DayOfYear) {
            if has(What::Month) || has(What::Day) {
                return Err("%j is month and day, so neither can stand beside it.".into());
            }
            if !has(What::Year) {
                return Err("%j says the day only together with a year (%Y, %y or %E).".into());
            }
        } else if !has(What::Month) || !has(What::Day) {
            return Err("The form needs a month (%m or %b) and a day (%d or %e), or %j, or %s.".into());
        }
        if !has(What::Hour) {
            return Err("The form needs an hour (%H, or %I with %p): a date alone is no time.".into());
        }
        if self.items.contains(&Item::Hour12) && !has(What::Half) {
            return Err("%I needs %p beside it, which says the half of the day.".into());
        }
        Ok(())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    Year,
    ShortYear,
    Era,
    Month,
    MonthName,
    Day,
    DayOfYear,
    Hour,
    Hour12,
    Half,
    Minute,
    Second,
    Fraction,
    Offset,
    ZoneName,
    Epoch,
    Weekday,
    Blank,
    Letter(char),
}

/// What an item says: not twice in a form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Year,
    Month,
    Day,
    DayOfYear,
    Hour,
    Half,
    Minute,
    Second,
    Fraction,
    Zone,
    Epoch,
}

impl What {
    fn words(self) -> &'static str {
        match self {
            What::Year => "a year",
            What::Month => "a month",
            What::Day => "a day",
            What::DayOfYear => "%j",
            What::Hour => "an hour",
            What::Half => "%p",
            What::Minute => "%M",
            What::Second => "%S",
            What::Fraction => "%f",
            What::Zone => "a zone",
            What::Epoch => "%s",
        }
    }
}

impl Item {
    fn what(self) -> Option<What> {
        Some(match self {
            Item::Year | Item::ShortYear | Item::Era => What::Year,
            Item::Month | Item::MonthName => What::Month,
            Item::Day => What::Day,
            Item::DayOfYear => What::DayOfYear,
            Item::Hour | Item::Hour12 => What::Hour,
            Item::Half => What::Half,
            Item::Minute => What::Minute,
            Item::Second => What::Second,
            Item::Fraction => What::Fraction,
            Item::Offset | Item::ZoneName => What::Zone,
            Item::Epoch => What::Epoch,
            Item::Weekday | Item::Blank | Item::Letter(_) => return None,
        })
    }
}

fn directive(letter: Option<char>) -> Result<Item, String> {
    Ok(match letter {
        Some('Y') => Item::Year,
        Some('y') => Item::ShortYear,
        Some('E') => Item::Era,
        Some('m') => Item::Month,
        Some('b' | 'B') => Item::MonthName,
        Some('d' | 'e') => Item::Day,
        Some('j') => Item::DayOfYear,
        Some('H') => Item::Hour,
        Some('I') => Item::Hour12,
        Some('p') => Item::Half,
        Some('M') => Item::Minute,
        Some('S') => Item::Second,
        Some('f') => Item::Fraction,
        Some('z') => Item::Offset,
        Some('Z') => Item::ZoneName,
        Some('s') => Item::Epoch,
        Some('a' | 'A') => Item::Weekday,
        Some('%') => Item::Letter('%'),
        Some(other) => return Err(format!("%{other} means nothing in a form of time.")),
        None => return Err("The form ends with a single %; a percent sign is %%.".into()),
    })
}

/// What a text said.
struct Parts {
    year: Option<i64>,
    month: i64,
    day: i64,
    day_of_year: Option<i64>,
    hour: i64,
    half: Option<bool>,
    minute: i64,
    second: i64,
    micros: i64,
    epoch: Option<i64>,
    is_before_1970: bool,
    place: Place,
}

impl Parts {
    const EMPTY: Parts = Parts {
        year: None,
        month: 1,
        day: 1,
        day_of_year: None,
        hour: 0,
        half: None,
        minute: 0,
        second: 0,
        micros: 0,
        epoch: None,
        is_before_1970: false,
        place: Place::User,
    };

    /// Reads one item; `next` is the one that follows it.
    fn read(&mut self, item: Item, next: Option<&Item>, cursor: &mut Cursor<'_>) -> Option<()> {
        match item {
            Item::Year => self.year = Some(cursor.number(4, 4)?),
            Item::ShortYear => self.year = Some(of_two_digits(cursor.number(2, 2)?)),
            Item::Era => {
                self.year = Some(era(cursor)?);
                let _ = next != Some(&Item::Letter('年')) && cursor.skip("年".as_bytes());
            }
            Item::Month => self.month = padded(cursor, 2)?,
            Item::MonthName => self.month = i64::from(cursor.month_name()?),
            Item::Day => self.day = padded(cursor, 2)?,
            Item::DayOfYear => self.day_of_year = Some(padded(cursor, 3)?),
            Item::Hour => self.hour = padded(cursor, 2)?,
            Item::Hour12 => {
                self.hour = padded(cursor, 2)?;
                if !(1..=12).contains(&self.hour) {
                    return None;
                }
            }
            Item::Half => self.half = Some(cursor.half()?),
            Item::Minute => self.minute = padded(cursor, 2)?,
            Item::Second => self.second = padded(cursor, 2)?,
            Item::Fraction => {
                cursor.one_of(b".,");
                self.micros = cursor.decimals()?;
            }
            Item::Offset => {
                let is_utc = cursor.one_of(b"Zz").is_some();
                self.place = Place::East(if is_utc { 0 } else { offset(cursor)? });
            }
            Item::ZoneName => {
                let word = cursor.word();
                self.place = if word.is_empty() { return None } else { name(word).unwrap_or(Place::User) };
            }
            Item::Epoch => self.read_epoch(next, cursor)?,
            Item::Weekday => cursor.weekday()?,
            Item::Blank => return cursor.blanks().then_some(()),
            Item::Letter(letter) if letter.is_ascii() => {
                return cursor.one_of(&[letter as u8]).map(|_| ());
            }
            Item::Letter(letter) => {
                return cursor.skip(letter.encode_utf8(&mut [0; 4]).as_bytes()).then_some(());
            }
        }
        Some(())
    }

    fn read_epoch(&mut self, next: Option<&Item>, cursor: &mut Cursor<'_>) -> Option<()> {
        self.is_before_1970 = cursor.skip(b"-");
        self.epoch = Some(cursor.number(1, 12)?);
        let mut after = *cursor;
        let is_mine = !matches!(next, Some(Item::Letter('.' | ',') | Item::Fraction));
        if is_mine && after.one_of(b".,").is_some() && after.digits(1) == 1 {
            self.micros = after.decimals()?;
            *cursor = after;
        }
        Some(())
    }

    fn stamp(&self, zone: &TimeZone) -> Option<Stamp> {
        if let Some(epoch) = self.epoch {
            let micros = epoch * SECOND + self.micros;
            return Some(Stamp::Full(Time::from_micros(if self.is_before_1970 { -micros } else { micros })));
        }
        let micros = in_half(of_day(self.hour, self.minute, self.second)? + self.micros, self.half)?;
        let Some(day) = self.day_of_year else {
            let date = Date { year: self.year, month: self.month, day: self.day };
            return date.stamp(micros, self.place, zone);
        };
        let year = i16::try_from(self.year?).ok()?;
        let (new_year, next) = (Time::from_date(year, 1, 1, 0)?, Time::from_date(year + 1, 1, 1, 0)?);
        let local = Time::from_date(year, 1, 1, day.checked_sub(1)? * 24 * 3600 * SECOND)?;
        let is_day = (new_year..next).contains(&local);
        is_day.then(|| placed(Time::from_micros(local.micros() + micros), self.place, zone)).flatten()
    }
}

/// A number of up to so many digits, with or without blanks before it.
fn padded(cursor: &mut Cursor<'_>, most: usize) -> Option<i64> {
    while cursor.skip(b" ") {}
    cursor.number(1, most)
}
