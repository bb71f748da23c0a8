//! Times in lines of text: ISO 8601 and those of web servers anywhere, those of RFC 3164 at the beginning of a line.

use jiff::civil::DateTime;
use jiff::{SignedDuration, ToSpan};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The year of times that name none: one with a 29th of February.
const YEAR: i16 = 2024;

/// A time as it is written.
struct Found {
    start: usize,
    end: usize,
    time: DateTime,
    form: Form,
}

/// How a time is written.
#[derive(Clone, Copy)]
enum Form {
    /// `2020-05-02T02:56:08`: what stands within the date, and behind it.
    Iso(u8, u8),
    /// `02/May/2020:02:56:08`.
    Web,
    /// `May  2 02:56:08`.
    Syslog,
}

/// The first and the last of the times by which lines begin or are known.
#[derive(Debug, Default)]
pub struct Range(Option<(DateTime, DateTime)>);

impl Range {
    /// Takes the first time of a line into account.
    pub fn see(&mut self, line: &[u8]) {
        if let Some(time) = first(line) {
            self.add(time);
        }
    }

    /// Takes a time into account.
    pub fn add(&mut self, time: DateTime) {
        let (low, high) = self.0.unwrap_or((time, time));
        self.0 = Some((low.min(time), high.max(time)));
    }

    /// How many seconds lie between the two, and one more, so that copies do not overlap.
    pub fn span(&self) -> i64 {
        self.0.map_or(1, |(low, high)| low.duration_until(high).as_secs() + 1)
    }
}

/// The first time of a line.
pub fn first(line: &[u8]) -> Option<DateTime> {
    next(line, 0).map(|found| found.time)
}

/// Where the seconds end, where the whole text is an ISO time.
pub fn whole(text: &str) -> Option<usize> {
    let found = iso(text.as_bytes(), 0)?;
    let rest = text.get(found.end..)?;
    rest.chars().all(|each| each.is_ascii_digit() || ".:+-Z ".contains(each)).then_some(found.end)
}

/// Writes the line with all its times so many seconds later, each in the form in which it stands.
pub fn shift(line: &[u8], seconds: i64, out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(found) = next(line, at) {
        out.extend_from_slice(line.get(at..found.start).unwrap_or_default());
        // Times that would leave the calendar stay.
        let time = found.time.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(found.time);
        let written = written(time, found.form);
        out.extend_from_slice(written.as_bytes());
        at = found.end;
    }
    out.extend_from_slice(line.get(at..).unwrap_or_default());
}

fn written(time: DateTime, form: Form) -> String {
    let clock = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
    let (year, month, day) = (time.year(), time.month(), time.day());
    let name = usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month)).unwrap_or(&"Jan");
    match form {
        Form::Iso(within, behind) => {
            let (within, behind) = (within as char, behind as char);
            format!("{year:04}{within}{month:02}{within}{day:02}{behind}{clock}")
        }
        Form::Web => format!("{day:02}/{name}/{year:04}:{clock}"),
        Form::Syslog => format!("{name} {day:>2} {clock}"),
    }
}

/// A FILETIME (100 ns since 1601, [MS-DTYP] 2.3.3) as a time.
pub fn of_filetime(ticks: u64) -> Option<DateTime> {
    let seconds = i64::try_from(ticks / 10_000_000).ok()?;
    DateTime::constant(1601, 1, 1, 0, 0, 0, 0).checked_add(seconds.seconds()).ok()
}

fn next(line: &[u8], from: usize) -> Option<Found> {
    if from == 0
        && let Some(found) = rfc3164(line)
    {
        return Some(found);
    }
    // A time is known by the first dash or slash of its date.
    let mut at = from;
    loop {
        at += line.get(at..)?.iter().position(|byte| matches!(byte, b'-' | b'/'))?;
        let starts_at = |before: usize| {
            let start = at.checked_sub(before).filter(|start| *start >= from)?;
            let is_alone = start == 0 || !line.get(start - 1).is_some_and(u8::is_ascii_digit);
            is_alone.then_some(start)
        };
        let found = starts_at(4).and_then(|start| iso(line, start));
        if let Some(found) = found.or_else(|| starts_at(2).and_then(|start| web(line, start))) {
            return Some(found);
        }
        at += 1;
    }
}

/// `2020-05-02T02:56:08` at that place, or with a blank, or with slashes.
fn iso(line: &[u8], start: usize) -> Option<Found> {
    const FORM: &[u8; 19] = b"dddd-dd-ddTdd:dd:dd";
    let text = line.get(start..start + FORM.len())?;
    if !fits(text, FORM) || text.get(4) != text.get(7) {
        return None;
    }
    let number = |from: usize| number(text, from);
    let year = i16::from(number(0)?) * 100 + i16::from(number(2)?);
    let time =
        DateTime::new(year, number(5)?, number(8)?, number(11)?, number(14)?, number(17)?.min(59), 0).ok()?;
    let form = Form::Iso(*text.get(4)?, *text.get(10)?);
    Some(Found { start, end: start + FORM.len(), time, form })
}

/// `02/May/2020:02:56:08` at that place.
fn web(line: &[u8], start: usize) -> Option<Found> {
    const FORM: &[u8; 20] = b"dd/aaa/dddd:dd:dd:dd";
    let text = line.get(start..start + FORM.len())?;
    if !fits(text, FORM) {
        return None;
    }
    let number = |from: usize| number(text, from);
    let year = i16::from(number(7)?) * 100 + i16::from(number(9)?);
    let name = text.get(3..6)?;
    let month = i8::try_from(MONTHS.iter().position(|month| month.as_bytes() == name)?).ok()? + 1;
    let time =
        DateTime::new(year, month, number(0)?, number(12)?, number(15)?, number(18)?.min(59), 0).ok()?;
    Some(Found { start, end: start + FORM.len(), time, form: Form::Web })
}

/// Whether the text has that form: `d` for a digit, `a` for a letter, `-` and `T` for what may stand in their place.
fn fits(text: &[u8], form: &[u8]) -> bool {
    text.iter().zip(form).all(|(byte, form)| match form {
        b'd' => byte.is_ascii_digit(),
        b'a' => byte.is_ascii_alphabetic(),
        b'T' => matches!(byte, b'T' | b' '),
        b'-' => matches!(byte, b'-' | b'/'),
        other => byte == other,
    })
}

/// A number of two digits; the first may be a blank.
fn number(text: &[u8], from: usize) -> Option<i8> {
    std::str::from_utf8(text.get(from..from + 2)?).ok()?.trim_start().parse().ok()
}

/// `May  2 02:56:08` at the beginning of a line, after the priority.
fn rfc3164(line: &[u8]) -> Option<Found> {
    let start = match line.first()? {
        b'<' => line.iter().take(6).position(|byte| *byte == b'>')? + 1,
        _ => 0,
    };
    let text = line.get(start..start + 15)?;
    let month = MONTHS.iter().position(|month| text.starts_with(month.as_bytes()))?;
    let number = |from: usize| number(text, from);
    let form_fits = text.get(9) == Some(&b':') && text.get(12) == Some(&b':') && text.get(3) == Some(&b' ');
    let month = i8::try_from(month).ok()? + 1;
    // `May  2 02:56:08`: day at 4, hour at 7.
    let time =
        DateTime::new(YEAR, month, number(4)?, number(7)?, number(10)?, number(13)?.min(59), 0).ok()?;
    form_fits.then_some(Found { start, end: start + 15, time, form: Form::Syslog })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shifted(line: &str, seconds: i64) -> String {
        let mut out = Vec::new();
        shift(line.as_bytes(), seconds, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_iso_time_of_a_line_is_shifted_and_keeps_its_form() {
        assert_eq!(
            shifted(r#"{"a":"2020-02-28T23:59:59.5Z","b":"2020-02-28 00:00:00+09:00","c":"1-2-3"}"#, 2),
            r#"{"a":"2020-02-29T00:00:01.5Z","b":"2020-02-28 00:00:02+09:00","c":"1-2-3"}"#
        );
    }

    #[test]
    fn a_syslog_time_is_shifted_over_the_end_of_the_year() {
        assert_eq!(shifted("<13>Dec 31 23:59:59 pc1 a: b", 1), "<13>Jan  1 00:00:00 pc1 a: b");
        assert_eq!(shifted("Feb  9 01:02:03 pc1 a", 86_400), "Feb 10 01:02:03 pc1 a");
    }

    #[test]
    fn times_of_web_servers_are_shifted_wherever_they_stand() {
        assert_eq!(
            shifted("a-b 192.0.2.1 - - [31/Dec/2020:23:59:59 +0900] \"GET /a/b\"", 1),
            "a-b 192.0.2.1 - - [01/Jan/2021:00:00:00 +0900] \"GET /a/b\""
        );
        assert_eq!(shifted("2020/02/28 23:59:59 [error] x", 1), "2020/02/29 00:00:00 [error] x");
    }

    #[test]
    fn what_only_looks_like_a_time_stays() {
        for line in [
            "92020-02-28T23:59:59",
            "2020-13-28T23:59:59",
            "2020-02/28 23:59:59",
            "31/Xyz/2020:23:59:59",
            "2020-02-28",
            "-",
            "",
            "Mai  2 02:56:08",
            "May",
            "日-本-語-----",
        ] {
            assert_eq!(shifted(line, 60), line);
        }
    }

    #[test]
    fn a_range_reaches_from_the_first_to_the_last_time() {
        let mut range = Range::default();
        assert_eq!(range.span(), 1);
        for line in ["x 2020-01-01T00:01:00 2029-01-01T00:00:00", "2020-01-01 00:00:00", "none"] {
            range.see(line.as_bytes());
        }
        assert_eq!(range.span(), 61);
    }

    #[test]
    fn a_filetime_is_read() {
        assert_eq!(of_filetime(132_328_725_680_000_000).unwrap().to_string(), "2020-05-02T05:56:08");
    }
}
