//! Times, confidence and sharing marks as lists and feeds write them.
//!
//! In: a text. Out: what it means, or nothing where that is not clear: a validity that cannot be read is never taken for
//! none.

use model::Time;

/// RFC 3339, `YYYY-MM-DD`, `YYYY/MM/DD`, with or without a time of day, in UTC; or seconds since 1970.
pub fn time(text: &str) -> Option<Time> {
    let text = text.trim().trim_end_matches("UTC").trim_end();
    if let Some(time) = Time::parse(text) {
        return Some(time);
    }
    if text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Time::from_micros(text.parse::<i64>().ok()?.checked_mul(1_000_000)?));
    }
    let (date, clock) = text.split_once([' ', 'T']).unwrap_or((text, "00:00:00"));
    let clock = if clock.len() == 5 { format!("{clock}:00") } else { clock.to_owned() };
    let (year, rest) = date.split_once(['-', '/'])?;
    let (month, day) = rest.split_once(['-', '/'])?;
    Time::parse(&format!("{year}-{month:0>2}-{day:0>2}T{clock}Z"))
}

/// As [`time`], but a date alone is its last moment: valid until the 31st holds on the 31st.
pub fn end(text: &str) -> Option<Time> {
    const DAY: i64 = 86_400_000_000;
    let time = time(text)?;
    let is_date = !text.contains(':') && text.contains(['-', '/']);
    Some(if is_date { Time::from_micros(time.micros().saturating_add(DAY)) } else { time })
}

/// 0 to 100, with or without `%`, or STIX's words for it (STIX 2.1, appendix A: high is 85, medium 50, low 15).
pub fn confidence(text: &str) -> Option<u8> {
    let text = text.trim().trim_end_matches('%').trim_end().to_lowercase();
    Some(match text.as_str() {
        "very high" | "certain" | "confirmed" => 95,
        "high" | "高" => 85,
        "medium" | "med" | "moderate" | "中" => 50,
        "low" | "低" => 20,
        "none" | "unknown" | "" => return None,
        number => number.parse::<f64>().ok().filter(|number| (0.0..=100.0).contains(number))? as u8,
    })
}

/// `TLP:AMBER+STRICT` is `amber+strict`; the old `white` is `clear`.
pub fn tlp(text: &str) -> String {
    let text = text.trim().to_ascii_lowercase();
    let text = text.strip_prefix("tlp").unwrap_or(&text).trim_start_matches([':', '-', ' ']);
    if text == "white" { "clear".to_owned() } else { text.to_owned() }
}

/// ATT&CK techniques named anywhere in a text, `T1566` and `T1566.001`.
pub fn techniques(text: &str, found: &mut Vec<String>) {
    let bytes = text.as_bytes();
    let digits = |from: usize, count: usize| {
        bytes.get(from..from + count).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    for (at, _) in text.match_indices(['T', 't']) {
        let begins = at == 0 || !bytes.get(at - 1).is_some_and(u8::is_ascii_alphanumeric);
        if !begins || !digits(at + 1, 4) {
            continue;
        }
        let mut end = at + 5;
        if bytes.get(end) == Some(&b'.') && digits(end + 1, 3) {
            end += 4;
        }
        if bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        let technique = text.get(at..end).unwrap_or_default().to_ascii_uppercase();
        if !found.contains(&technique) {
            found.push(technique);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_forms_that_lists_have() {
        let first = Time::parse("2026-05-07T00:00:00Z");
        for text in ["2026-05-07", "2026/5/7", "2026-05-07 00:00", "2026-05-07 00:00:00 UTC", "1778112000"] {
            assert_eq!(time(text), first, "{text}");
        }
        assert_eq!(end("2026-05-07"), Time::parse("2026-05-08T00:00:00Z"));
        assert_eq!(end("2026-05-07 09:00"), Time::parse("2026-05-07T09:00:00Z"));
        for text in ["", "soon", "2026-02-30", "07.05.2026"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn confidence_is_a_number_or_a_word() {
        let all = ["80", "80%", "High", "低", "99.9", "101", "?", ""].map(confidence);
        assert_eq!(all, [Some(80), Some(80), Some(85), Some(20), Some(99), None, None, None]);
    }

    #[test]
    fn techniques_are_found_wherever_they_stand() {
        let mut found = Vec::new();
        techniques(
            "Spearphishing Attachment - T1566.001, t1059 and T1566.001; not T12345 or AT1059",
            &mut found,
        );
        assert_eq!(found, ["T1566.001", "T1059"]);
    }
}
