//! Times in lines of text: ISO 8601, and those of RFC 3164 at the beginning of a line.

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
    /// What stands between day and hour; `None` for RFC 3164.
    separator: Option<u8>,
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
        let clock = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
        let written = match found.separator {
            Some(separator) => {
                let (year, month, day) = (time.year(), time.month(), time.day());
                format!("{year:04}-{month:02}-{day:02}{}{clock}", separator as char)
            }
            None => {
                let month = usize::try_from(time.month() - 1).ok().and_then(|month| MONTHS.get(month));
                format!("{} {:>2} {clock}", month.unwrap_or(&"Jan"), time.day())
            }
        };
        out.extend_from_slice(written.as_bytes());
        at = found.end;
    }
    out.extend_from_slice(line.get(at..).unwrap_or_default());
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
    // An ISO time is known by the dash after its year.
    let mut at = from + 4;
    loop {
        at += line.get(at..)?.iter().position(|byte| *byte == b'-')?;
        let is_alone = |start: usize| start == 0 || !line.get(start - 1).is_some_and(u8::is_ascii_digit);
        if let Some(found) = at
            .checked_sub(4)
            .filter(|start| *start >= from && is_alone(*start))
            .and_then(|start| iso(line, start))
        {
            return Some(found);
        }
        at += 1;
    }
}

/// `2020-05-02T02:56:08` or with a blank, at that place.
fn iso(line: &[u8], start: usize) -> Option<Found> {
    const FORM: &[u8; 19] = b"dddd-dd-ddTdd:dd:dd";
    let text = line.get(start..start + FORM.len())?;
    let fits = text.iter().zip(FORM).all(|(byte, form)| match form {
        b'd' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b' '),
        other => byte == other,
    });
    let number = |from: usize, len: usize| -> Option<i16> {
        std::str::from_utf8(text.get(from..from + len)?).ok()?.parse().ok()
    };
    let small = |from: usize| number(from, 2).and_then(|number| i8::try_from(number).ok());
    if !fits {
        return None;
    }
    let time =
        DateTime::new(number(0, 4)?, small(5)?, small(8)?, small(11)?, small(14)?, small(17)?.min(59), 0);
    Some(Found { start, end: start + FORM.len(), time: time.ok()?, separator: text.get(10).copied() })
}

/// `May  2 02:56:08` at the beginning of a line, after the priority.
fn rfc3164(line: &[u8]) -> Option<Found> {
    let start = match line.first()? {
        b'<' => line.iter().take(6).position(|byte| *byte == b'>')? + 1,
        _ => 0,
    };
    let text = std::str::from_utf8(line.get(start..start + 15)?).ok()?;
    let month = MONTHS.iter().position(|month| text.starts_with(month))?;
    let number = |from: usize| text.get(from..from + 2)?.trim_start().parse::<i8>().ok();
    let form_fits = text.get(9..10)? == ":" && text.get(12..13)? == ":" && text.get(3..4)? == " ";
    let month = i8::try_from(month).ok()? + 1;
    // `May  2 02:56:08`: day at 4, hour at 7.
    let time =
        DateTime::new(YEAR, month, number(4)?, number(7)?, number(10)?, number(13)?.min(59), 0).ok()?;
    form_fits.then_some(Found { start, end: start + 15, time, separator: None })
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
    fn what_only_looks_like_a_time_stays() {
        for line in [
            "92020-02-28T23:59:59",
            "2020-13-28T23:59:59",
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
