//! A flow as nfdump prints it: the forms line, long, extended and biline, which differ in what stands behind the addresses.
//!
//! In: `2026-05-07 11:00:00.123 00:01:02.500 TCP 10.1.2.3:51234 -> 203.0.113.9:443 120 1.5 M 1`. Out: raw fields `@time`, `td`, `proto`, `sa`, `sp`,
//! `da`, `dp`, `packets`, `bytes`, `out_packets`, `out_bytes`, `flags`.

use super::super::raws::{Names, Raws};
use super::super::split::Record;

/// Sets the raw fields; false where the text is no flow.
pub fn split(text: &str, record: &Record<'_>, names: &mut Names, raws: &mut Raws) -> bool {
    let mut words = text.split_ascii_whitespace();
    let (Some(day), Some(clock), Some(duration), Some(protocol)) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return false;
    };
    let (Some(from), Some(arrow), Some(to)) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    let is_day = day.len() == 10 && day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !is_day || !matches!(arrow, "->" | "<->") {
        return false;
    }
    let mut set = |name: &str, value: &str| {
        if let Some(id) = names.of_record(name, record.of_table).filter(|_| !value.is_empty()) {
            raws.set_piece(id, record.text, value);
        }
    };
    set("@time", &format!("{day} {clock}"));
    set("td", duration);
    set("proto", protocol);
    for (end, address_name, port_name) in [(from, "sa", "sp"), (to, "da", "dp")] {
        let (address, port) = ends(end);
        // Long addresses are cut in the middle unless the form is line6 or the like: no address is better than a wrong one.
        if !address.contains("..") {
            set(address_name, address);
        }
        set(port_name, port);
    }
    let (counts, count) = numbers(&mut words);
    let at = |number: usize| counts.get(number).map_or("", String::as_str);
    match (arrow, count) {
        ("->", 3) => [("packets", 0), ("bytes", 1)].iter().for_each(|(name, number)| set(name, at(*number))),
        ("->", 5 | 8) => {
            [("flags", 0), ("packets", 2), ("bytes", 3)]
                .iter()
                .for_each(|(name, number)| set(name, at(*number)));
        }
        // What came back stands first.
        ("<->", 5) => [("out_packets", 0), ("packets", 1), ("out_bytes", 2), ("bytes", 3)]
            .iter()
            .for_each(|(name, number)| set(name, at(*number))),
        _ => {}
    }
    true
}

/// Address and port: `10.1.2.3:443`, `2001:db8::5.443`.
fn ends(text: &str) -> (&str, &str) {
    let dotted = text.bytes().filter(|byte| *byte == b':').count() > 1;
    text.rsplit_once(if dotted { '.' } else { ':' }).unwrap_or((text, ""))
}

/// The words behind the addresses; `1.5 M` is one number.
fn numbers<'a>(words: &mut impl Iterator<Item = &'a str>) -> (Vec<String>, usize) {
    const MOST: usize = 16;
    let mut all: Vec<String> = Vec::new();
    for word in words.take(MOST) {
        let factor = match word {
            "K" => 1e3,
            "M" => 1e6,
            "G" => 1e9,
            "T" => 1e12,
            _ => {
                all.push(word.to_owned());
                continue;
            }
        };
        if let Some(last) = all.last_mut()
            && let Ok(number) = last.parse::<f64>()
        {
            *last = format!("{:.0}", number * factor);
        }
    }
    let count = all.len();
    (all, count)
}
