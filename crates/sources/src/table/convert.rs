//! From the text of a raw field to the value of a column.

use std::net::IpAddr;

use model::{Dictionary, ValueId};

use super::columns::Type;
use super::definition::ValueMap;
use super::raws::trimmed;

/// What a text says, besides the value of its own column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aside<'a> {
    /// A name that stands in an address's place.
    pub name: Option<&'a str>,
    /// A port behind an address.
    pub port: Option<i64>,
    /// The domain of an account.
    pub domain: Option<&'a str>,
}

/// The value of a text that is not empty; `None` where the column has none.
#[inline]
pub fn value<'a>(
    text: &'a str,
    kind: &Type,
    maps: &[(String, ValueMap)],
    dictionary: &mut Dictionary,
) -> (Option<ValueId>, Aside<'a>) {
    let mut aside = Aside::default();
    let id = match kind {
        Type::Text => dictionary.str(text),
        Type::Int(times, by) => int(text, *times, *by, dictionary),
        Type::Float => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => dictionary.float(number),
            _ => dictionary.str(text),
        },
        Type::Bool => match bool_of(text) {
            Some(flag) => dictionary.bool(flag),
            None => dictionary.str(text),
        },
        Type::Ip | Type::Endpoint => return address(text, dictionary),
        Type::Account | Type::Principal => {
            // A principal's own name may have a slash (`host/ws07.example`); its realm has none.
            let parts = match kind {
                Type::Principal => text.rsplit_once('/').map(|(name, realm)| (realm, name)),
                _ => text.split_once('\\'),
            };
            let (domain, name) = parts.map_or((None, text), |(domain, name)| (Some(domain), name));
            aside.domain = domain.filter(|domain| !domain.is_empty());
            match name.is_empty() {
                true => return (None, aside),
                false => dictionary.str(name),
            }
        }
        Type::Share => match text.trim_end_matches('\\').rsplit('\\').next() {
            None | Some("") => return (None, aside),
            Some(share) => dictionary.str(share),
        },
        Type::Line if !text.contains(['\n', '\r', '\t']) => dictionary.str(text),
        Type::Lower
        | Type::Upper
        | Type::Mac
        | Type::Domain
        | Type::Line
        | Type::List(_)
        | Type::Duration
        | Type::Hex
        | Type::Plus
        | Type::Percent
        | Type::Map(_) => {
            return (remembered(text, kind, maps, dictionary), aside);
        }
    };
    (Some(id), aside)
}

/// Types whose conversion costs more than recognising the text again.
fn remembered(
    text: &str,
    kind: &Type,
    maps: &[(String, ValueMap)],
    dictionary: &mut Dictionary,
) -> Option<ValueId> {
    let tag = match kind {
        Type::Lower => 101,
        Type::Upper => 102,
        Type::Mac => 109,
        Type::Domain => 103,
        Type::Duration => 104,
        Type::Hex => 105,
        Type::Plus => 108,
        Type::Percent => 107,
        Type::Line => 106,
        // Separators and maps are of one format, and one decoder may use several for one column.
        Type::List(_) | Type::Map(_) => return converted(text, kind, maps, dictionary),
        _ => 0,
    };
    match dictionary.recall(tag, text.as_bytes()) {
        Ok(id) => (id != ValueId::MISSING).then_some(id),
        Err(hash) => {
            let id = converted(text, kind, maps, dictionary);
            dictionary.learn(tag, text.as_bytes(), hash, id.unwrap_or(ValueId::MISSING));
            id
        }
    }
}

fn converted(
    text: &str,
    kind: &Type,
    maps: &[(String, ValueMap)],
    dictionary: &mut Dictionary,
) -> Option<ValueId> {
    Some(match kind {
        Type::Lower => dictionary.str(&text.to_lowercase()),
        Type::Upper => dictionary.str(&text.to_uppercase()),
        Type::Mac => dictionary.str(&mac(text)),
        Type::Domain => match domain(text) {
            name if name.is_empty() => return None,
            name => dictionary.str(&name),
        },
        Type::Duration => match seconds(text) {
            Some(seconds) => dictionary.int(seconds),
            None => dictionary.str(text),
        },
        Type::Hex => match hex_text(text) {
            Some(decoded) => dictionary.str(&decoded),
            None => dictionary.str(text),
        },
        Type::Plus => dictionary.str(&text.replace('+', " ")),
        Type::Percent => dictionary.str(&crate::derive::percent_decoded(text)),
        Type::List(separator) => {
            let items =
                text.split(&**separator).map(str::trim).filter(|item| !item.is_empty() && *item != "-");
            let ids: Vec<ValueId> = items.map(|item| dictionary.str(item)).collect();
            match *ids.as_slice() {
                [] => return None,
                [one] => one,
                ref several => dictionary.list(several),
            }
        }
        Type::Line => dictionary.str(text.split_ascii_whitespace().collect::<Vec<_>>().join(" ").as_str()),
        Type::Map(number) => {
            let (_, map) = maps.get(*number)?;
            let to =
                map.pairs.iter().find(|(from, _)| from.eq_ignore_ascii_case(text.trim())).map(|(_, to)| to);
            let to = to.or_else(|| map.starts.iter().find(|(from, _)| begins(text, from)).map(|(_, to)| to));
            match to.or(map.other.as_ref()).map_or(text, |to| to) {
                "" | "-" => return None,
                to => dictionary.str(to),
            }
        }
        _ => dictionary.str(text),
    })
}

/// Whether a text begins with another, whatever their case, blanks before it set aside.
fn begins(text: &str, start: &str) -> bool {
    text.trim_start().get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn int(text: &str, times: i64, by: i64, dictionary: &mut Dictionary) -> ValueId {
    let text = trimmed(text);
    if times == 1 && by == 1 {
        return match text.parse::<i64>() {
            Ok(number) => dictionary.int(number),
            Err(_) => match text.strip_prefix("0x").and_then(|digits| i64::from_str_radix(digits, 16).ok()) {
                Some(number) => dictionary.int(number),
                None => dictionary.str(text),
            },
        };
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => {
            dictionary.int((number * times as f64 / by as f64).round() as i64)
        }
        _ => dictionary.str(text),
    }
}

fn bool_of(text: &str) -> Option<bool> {
    let is = |known: &[&str]| known.iter().any(|known| known.eq_ignore_ascii_case(text));
    if is(&["true", "yes", "1", "on", "y", "t", "enabled"]) {
        return Some(true);
    }
    is(&["false", "no", "0", "off", "n", "f", "disabled"]).then_some(false)
}

/// An address in any of the forms in which logs write it, or the name that stands there instead.
fn address<'a>(text: &'a str, dictionary: &mut Dictionary) -> (Option<ValueId>, Aside<'a>) {
    const NOBODY: [&str; 9] = ["UNKNOWN", "unknown", "?", "(null)", "none", "*", "N/A", "local", "<unknown>"];
    let mut aside = Aside::default();
    if is_ipv4(text.as_bytes()) {
        return (Some(dictionary.str(text)), aside);
    }
    if let Some(address) = plain_address(text) {
        return (Some(set_address(text, address, dictionary)), aside);
    }
    let bare = text.trim();
    let (host, port) = match bare.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => match bare.rsplit_once([':', '#']) {
            Some((host, port)) if !host.contains(':') => (host, Some(port)),
            _ => (bare, None),
        },
    };
    aside.port = port.and_then(|port| port.parse::<u16>().ok()).map(i64::from);
    let host = if port.is_some() && aside.port.is_none() { bare } else { host };
    let without_length = host.split_once('/').filter(|(_, length)| length.parse::<u8>().is_ok());
    let host = without_length.map_or(host, |(host, _)| host);
    if let Some(address) = plain_address(host) {
        return (Some(set_address(host, address, dictionary)), aside);
    }
    if !host.is_empty() && !NOBODY.contains(&host) {
        aside.name = Some(host);
    }
    (None, aside)
}

/// Four numbers up to 255, without zeros before them: the usual case.
#[inline]
pub fn is_ipv4(text: &[u8]) -> bool {
    const LONGEST: usize = 15;
    if text.len() > LONGEST {
        return false;
    }
    let (mut dots, mut digits, mut number) = (0, 0, 0u32);
    for byte in text {
        match byte {
            b'0'..=b'9' if digits == 0 || (number > 0 && digits < 3) => {
                digits += 1;
                number = number * 10 + u32::from(byte - b'0');
            }
            b'.' if digits > 0 && number < 256 => (dots, digits, number) = (dots + 1, 0, 0),
            _ => return false,
        }
    }
    dots == 3 && digits > 0 && number < 256
}

fn plain_address(text: &str) -> Option<IpAddr> {
    let first = *text.as_bytes().first()?;
    if !(first.is_ascii_hexdigit() || first == b':') || text.len() > 64 {
        return None;
    }
    text.split('%').next()?.parse().ok()
}

/// IPv4 in IPv6's clothes is IPv4; addresses are written as they stand otherwise.
fn set_address(text: &str, address: IpAddr, dictionary: &mut Dictionary) -> ValueId {
    match address {
        IpAddr::V4(_) => dictionary.str(text),
        IpAddr::V6(long) => match long.to_ipv4_mapped() {
            Some(mapped) => dictionary.str(&mapped.to_string()),
            None => dictionary.str(text),
        },
    }
}

/// `www.example.`, `(3)www(7)example(0)`: `www.example`. The root is `.`.
fn domain(text: &str) -> String {
    if text.starts_with('(') {
        let labels = text.split(['(', ')']).skip(2).step_by(2).filter(|label| !label.is_empty());
        return labels.collect::<Vec<_>>().join(".").to_lowercase();
    }
    match text.strip_suffix('.') {
        Some("") => ".".to_owned(),
        Some(name) => name.to_lowercase(),
        None => text.to_lowercase(),
    }
}

/// `00005E005301`, `00-00-5E-00-53-01`, `0000.5e00.5301`: six pairs of small digits with colons between. What is no such address stays.
fn mac(text: &str) -> String {
    let is_between = |letter: char| matches!(letter, ':' | '-' | '.');
    let digits: String =
        text.chars().filter(|letter| !is_between(*letter)).collect::<String>().to_ascii_lowercase();
    if digits.len() != 12 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return text.to_lowercase();
    }
    let mut address = String::with_capacity(17);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % 2 == 0 {
            address.push(':');
        }
        address.push(digit);
    }
    address
}

/// `62`, `62.5`, `01:02`, `1:02:03`, `1d 2h3m4s`, `2 days 01:02:03`: whole seconds.
fn seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return number.is_finite().then_some(number.round() as i64);
    }
    let mut total: f64 = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        rest = rest.trim_start_matches([' ', ',', ':']);
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(end)?;
        let after = after.trim_start();
        let unit = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(unit)?;
        total += match number.contains(':') {
            true if unit.is_empty() => clock(number)?,
            true => return None,
            false => {
                let factor = match unit.to_ascii_lowercase().as_str() {
                    "d" | "day" | "days" => 86_400.0,
                    "h" | "hour" | "hours" | "hr" | "hrs" => 3600.0,
                    "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
                    "s" | "sec" | "secs" | "second" | "seconds" | "" => 1.0,
                    "ms" => 0.001,
                    _ => return None,
                };
                number.parse::<f64>().ok()? * factor
            }
        };
        rest = after;
    }
    (total.is_finite() && !text.is_empty()).then_some(total.round() as i64)
}

/// `1:02:03` or `02:03`.
fn clock(text: &str) -> Option<f64> {
    text.split(':').try_fold(0.0, |total, part| Some(total * 60.0 + part.parse::<f64>().ok()?))
}

/// Text behind hexadecimal digits; zeros between arguments are blanks. `None` where it is something else.
pub fn hex_text(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_hex = |byte: &u8| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte);
    if bytes.is_empty() || !bytes.len().is_multiple_of(2) || !bytes.iter().all(is_hex) {
        return None;
    }
    let digit = |byte: u8| if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 };
    let decoded = bytes.chunks_exact(2).map(|pair| match *pair {
        [high, low] => digit(high) * 16 + digit(low),
        _ => 0,
    });
    let decoded: Vec<u8> = decoded.map(|byte| if byte == 0 { b' ' } else { byte }).collect();
    Some(String::from_utf8_lossy(&decoded).trim_end_matches(' ').to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::{BatchSet, Everything, Value};

    use super::*;

    fn converted_to(text: &str, kind: &Type) -> (String, Option<i64>, Option<String>) {
        let mut set = BatchSet::new(Arc::new(Everything));
        let field = set.interner.field("x");
        let dictionary = set.interner.dictionary_mut(field);
        let (id, aside) = value(text, kind, &[], dictionary);
        let shown = match id.map_or(Value::Missing, |id| dictionary.value(id)) {
            Value::Str(text) => text.to_owned(),
            Value::Int(number) => format!("#{number}"),
            Value::List(items) => format!("{} items", items.len()),
            other => format!("{other:?}"),
        };
        (shown, aside.port, aside.name.map(str::to_owned))
    }

    #[test]
    fn addresses_lose_brackets_ports_and_lengths() {
        for (text, address, port) in [
            ("192.0.2.1", "192.0.2.1", None),
            ("192.0.2.1:443", "192.0.2.1", Some(443)),
            ("192.0.2.1#53", "192.0.2.1", Some(53)),
            ("[2001:db8::1]:443", "2001:db8::1", Some(443)),
            ("[2001:db8::1]", "2001:db8::1", None),
            ("2001:db8::1", "2001:db8::1", None),
            ("::ffff:192.0.2.1", "192.0.2.1", None),
            ("10.0.0.1/24", "10.0.0.1", None),
            ("255.255.255.255", "255.255.255.255", None),
        ] {
            assert_eq!(converted_to(text, &Type::Ip), (address.to_owned(), port, None), "{text}");
        }
        let name = |text: &str| converted_to(text, &Type::Ip).2;
        assert_eq!(name("host.example"), Some("host.example".to_owned()));
        assert_eq!(name("UNKNOWN"), None);
        assert_eq!(name("999999999999999"), Some("999999999999999".to_owned()));
    }

    #[test]
    fn a_map_knows_beginnings() {
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let map = ValueMap {
            pairs: vec![pair("select into", "create")],
            starts: vec![pair("SELECT", "select")],
            other: Some("other".to_owned()),
        };
        let maps = [("verb".to_owned(), map)];
        let mut set = BatchSet::new(Arc::new(Everything));
        let field = set.interner.field("x");
        for (text, to) in
            [("Select Into", "create"), ("\n select\n1", "select"), ("SEL", "other"), ("選", "other")]
        {
            let dictionary = set.interner.dictionary_mut(field);
            let id = value(text, &Type::Map(0), &maps, dictionary).0;
            assert_eq!(id.map(|id| dictionary.value(id)), Some(Value::Str(to)), "{text}");
        }
    }

    #[test]
    fn numbers_durations_and_names_are_what_they_say() {
        assert_eq!(converted_to("1.5", &Type::Int(1000, 1)).0, "#1500");
        assert_eq!(converted_to("0x1f", &Type::Int(1, 1)).0, "#31");
        assert_eq!(converted_to("x", &Type::Int(1, 1)).0, "x");
        for text in ["3723", "1:02:03", "1h02m03s", "1h 2m 3s", "01:02:03"] {
            assert_eq!(converted_to(text, &Type::Duration).0, "#3723", "{text}");
        }
        assert_eq!(converted_to("1 day 00:00:01", &Type::Duration).0, "#86401");
        assert_eq!(converted_to("(3)WWW(7)example(0)", &Type::Domain).0, "www.example");
        assert_eq!(converted_to("Www.Example.", &Type::Domain).0, "www.example");
        assert_eq!(converted_to("2F62696E2F7368002D63", &Type::Hex).0, "/bin/sh -c");
        assert_eq!(converted_to("a; b", &Type::List(";".into())).0, "2 items");
        assert_eq!(converted_to("CORP\\sato", &Type::Account).0, "sato");
        assert_eq!(converted_to("host/ws07.example/CORP.EXAMPLE", &Type::Principal).0, "host/ws07.example");
        assert_eq!(converted_to("sato", &Type::Principal).0, "sato");
        for text in [r"\\fs01\営業 資料", r"\\fs01\営業 資料\", "営業 資料"] {
            assert_eq!(converted_to(text, &Type::Share).0, "営業 資料", "{text}");
        }
        assert_eq!(converted_to(r"\\", &Type::Share).0, "Missing");
        for text in ["00005E005301", "00-00-5E-00-53-01", "0000.5e00.5301", "00:00:5e:00:53:01"] {
            assert_eq!(converted_to(text, &Type::Mac).0, "00:00:5e:00:53:01", "{text}");
        }
        assert_eq!(converted_to("Ethernet 0", &Type::Mac).0, "ethernet 0");
        assert_eq!(converted_to("SELECT *\r\n\tFROM t", &Type::Line).0, "SELECT * FROM t");
        assert_eq!(converted_to("SELECT  1", &Type::Line).0, "SELECT  1");
    }
}
